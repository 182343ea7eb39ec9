//! Payment.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use model::{Clear, Slug};

use super::{Nobody, Outside};

/// A payment that is asked for.
pub struct Order {
    /// Whose merchant account takes the money.
    pub platform: Slug,
    /// Our number of the order: 6 to 32 letters, digits, `_` and `-`, the same at every try. It names nobody.
    pub number: String,
    /// What the payer reads; it names nobody.
    pub description: String,
    /// Amount in fen (CNY 0.01), at least 1.
    pub fen: u32,
    /// The payer as the payment network knows it, where the page is open inside the network's own app; none: a code to scan.
    pub payer: Option<Clear<String>>,
}

/// What the payer's side does next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prepaid {
    /// The text of a code to scan with the network's app.
    Scan(String),
    /// Parameters for the network's script in its own app, by the names that it asks for.
    Script(BTreeMap<&'static str, String>),
}

/// How a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PaymentState {
    /// Nothing was paid yet.
    Open,
    /// The money is there.
    Paid,
    /// It was paid and went back, in part or whole.
    Returned,
    /// Nothing was paid and nothing can be.
    Closed,
}

/// How an order stands with the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Our number of the order.
    pub order: String,
    /// The network's number of the transaction; it has one once something was paid.
    pub transaction: Option<String>,
    /// State.
    pub state: PaymentState,
    /// Amount of the order in fen; compare it with what was asked for.
    pub fen: Option<u32>,
    /// What went back by the refund that it tells of, in fen; none where it tells of the order alone.
    pub back: Option<u32>,
    /// When it was paid.
    pub at: Option<Timestamp>,
}

/// What the network tells by itself. It tells the same again until it is answered: the event's id makes it count once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Id of the event, the same at every try.
    pub event: String,
    /// What it says.
    pub standing: Standing,
}

/// Money that goes back to who paid it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Whose merchant account it leaves.
    pub platform: Slug,
    /// Our number of the order that was paid.
    pub order: String,
    /// Our number of the refund: letters, digits, `_` and `-`, the same at every try.
    pub number: String,
    /// How much of the order goes back, in fen.
    pub fen: u32,
    /// Amount of the order, in fen.
    pub total: u32,
}

/// How a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refunded {
    /// On its way.
    Going,
    /// The money is back.
    Back,
    /// It cannot go back the way it came: somebody has to look after it.
    Stuck,
}

/// Takes money for a platform.
#[async_trait]
pub trait Payment: Send + Sync {
    /// Opens an order, or opens it again: the same number is one order.
    ///
    /// # Errors
    /// [`Outside::Refused`] for an order that is paid or closed already, or was opened with another amount.
    async fn order(&self, order: Order) -> Result<Prepaid, Outside>;

    /// How an order stands; `None`: the network has no such order.
    async fn query(&self, platform: &Slug, order: &str) -> Result<Option<Standing>, Outside>;

    /// Closes an order, so that nobody can pay it any more. One that is closed already is closed.
    ///
    /// # Errors
    /// [`Outside::Refused`] for an order that is paid.
    async fn close(&self, platform: &Slug, order: &str) -> Result<(), Outside>;

    /// Sends money back, or tells how that goes: the same number is one refund.
    ///
    /// # Errors
    /// [`Outside::Refused`] for an order that is not paid, or for more than was paid.
    async fn refund(&self, refund: Refund) -> Result<Refunded, Outside>;

    /// Reads what the network posted. Header names are in lower case; the body is the bytes as they came.
    ///
    /// # Errors
    /// [`Outside::Untrusted`] when the signature does not hold, is older than the network allows, or the content does
    /// not open: then nothing may be believed, and the answer to the network is no success.
    fn notification(
        &self,
        platform: &Slug,
        headers: &BTreeMap<String, String>,
        body: &[u8],
    ) -> Result<Notification, Outside>;
}

#[async_trait]
impl Payment for Nobody {
    async fn order(&self, _: Order) -> Result<Prepaid, Outside> {
        Err(Outside::Nobody)
    }

    async fn query(&self, _: &Slug, _: &str) -> Result<Option<Standing>, Outside> {
        Err(Outside::Nobody)
    }

    async fn close(&self, _: &Slug, _: &str) -> Result<(), Outside> {
        Err(Outside::Nobody)
    }

    async fn refund(&self, _: Refund) -> Result<Refunded, Outside> {
        Err(Outside::Nobody)
    }

    fn notification(&self, _: &Slug, _: &BTreeMap<String, String>, _: &[u8]) -> Result<Notification, Outside> {
        Err(Outside::Nobody)
    }
}
