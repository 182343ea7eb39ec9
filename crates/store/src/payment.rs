//! Payments: what is due for a record, and how it stands. No person stands in these rows.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use model::{PaymentId, RecordId};

/// How a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PaymentStage {
    /// It is asked for, and nobody has begun to pay.
    Due,
    /// An order is open with the payment network, or was when it was last asked.
    Ordered,
    /// The money is there.
    Paid,
    /// Nothing was paid, and nothing can be.
    Closed,
    /// The money is on its way back.
    Returning,
    /// The money went back.
    Returned,
}

impl PaymentStage {
    /// Every stage.
    pub const ALL: [Self; 6] = [Self::Due, Self::Ordered, Self::Paid, Self::Closed, Self::Returning, Self::Returned];

    /// The word stored.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Ordered => "ordered",
            Self::Paid => "paid",
            Self::Closed => "closed",
            Self::Returning => "returning",
            Self::Returned => "returned",
        }
    }
}

/// No stage is called so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no stage of a payment")]
pub struct NoStage;

impl FromStr for PaymentStage {
    type Err = NoStage;

    fn from_str(word: &str) -> Result<Self, NoStage> {
        Self::ALL.into_iter().find(|stage| stage.word() == word).ok_or(NoStage)
    }
}

/// A payment that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPayment {
    /// Id; the order's number with the payment network is made from it.
    pub id: PaymentId,
    /// The record that is paid.
    pub record: RecordId,
    /// Amount, in fen (CNY 0.01).
    pub fen: u32,
    /// What the payer reads; it names nobody.
    pub description: String,
    /// Until when it can be paid.
    pub until: Timestamp,
    /// First day of cover, once it is paid.
    pub in_force_from: Option<Date>,
    /// Last day of cover, once it is paid.
    pub in_force_until: Option<Date>,
    /// When it was asked for.
    pub at: Timestamp,
}

/// A payment goes on from one stage to the next; whoever finds it at another stage came too late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentMoved {
    /// Which.
    pub id: PaymentId,
    /// The stage that it was read at.
    pub from: PaymentStage,
    /// The stage that it is at from now on.
    pub to: PaymentStage,
    /// The record that paying made, once it is there.
    pub made: Option<RecordId>,
    /// Keyed digest of the network's number of the transaction, once it is there.
    pub transaction: Option<[u8; 32]>,
    /// How much goes back, in fen, at most what was asked for; given when it begins to.
    pub back: Option<u32>,
    /// When.
    pub at: Timestamp,
}

/// A payment as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRow {
    /// What was asked for.
    pub asked: NewPayment,
    /// How it stands.
    pub stage: PaymentStage,
    /// The record that paying made.
    pub made: Option<RecordId>,
    /// Keyed digest of the network's number of the transaction.
    pub transaction: Option<[u8; 32]>,
    /// How much of it goes back or went, in fen.
    pub back: Option<u32>,
    /// Since when it stands so.
    pub at: Timestamp,
}
