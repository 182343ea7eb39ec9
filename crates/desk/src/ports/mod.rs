//! What the house needs from outside: the clock, and parties that `connect` speaks to. Each party has a file of its own.

mod courier;
mod face;
mod federation;
mod messages;
mod numbers;
mod ocr;
mod payment;
mod real_name;
mod sms;
mod webhooks;
mod witnesses;

use std::sync::Arc;

use jiff::Timestamp;

pub use courier::{Courier, Parcel, Seal};
pub use face::FaceCheck;
pub use federation::{Errand, Federation, LoginProtocol, Provider, Ticket, Tickets, Vouched};
pub use messages::{Carriers, Dispatch, Messages, To, Way};
pub use numbers::{Bound, Numbers};
pub use ocr::Ocr;
pub use payment::{Notification, Order, Payment, PaymentState, Prepaid, Refund, Refunded, Standing};
pub use real_name::RealName;
pub use sms::Sms;
pub use webhooks::{Message, Webhooks};
pub use witnesses::{Answered, Witness, Witnesses};

/// The clock, as an argument.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;

    /// Goes on from an instant, where it is behind it: no ledger tells of an instant that is still to come.
    fn not_before(&self, instant: Timestamp);
}

/// Why an outside party did not do what was asked. Never carries a personal value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Outside {
    /// It answered no.
    #[error("the other side refused")]
    Refused,
    /// It did not answer in time, or not at all.
    #[error("the other side did not answer in time: try again")]
    TimedOut,
    /// It takes no more calls for now.
    #[error("the other side takes no more calls for now: wait a while and try again")]
    Busy,
    /// It does not know this installation's credentials, or does not let it do this.
    #[error("the other side does not accept this installation: compare its credentials with the settings")]
    Unaccepted,
    /// It answered nonsense, or its signature does not hold.
    #[error("the other side's answer cannot be trusted")]
    Untrusted,
    /// The installation has nobody for this.
    #[error("nobody is configured for this: the installation's settings name outside parties")]
    Nobody,
}

impl Outside {
    /// The word for ledgers and answers.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::TimedOut => "timed-out",
            Self::Busy => "busy",
            Self::Unaccepted => "unaccepted",
            Self::Untrusted => "untrusted",
            Self::Nobody => "nobody",
        }
    }
}

/// What an attester said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Yes or no.
    pub holds: bool,
    /// Its own number of the request, to ask it again what it said; it names nobody.
    pub request: Option<String>,
}

/// Every outside party of an installation. Whom it has not, [`Nobody`] stands in for.
#[derive(Clone)]
pub struct Parties {
    /// Messages about new versions.
    pub messages: Arc<dyn Messages>,
    /// Short messages.
    pub sms: Arc<dyn Sms>,
    /// Face comparison.
    pub face: Arc<dyn FaceCheck>,
    /// Real-name check.
    pub real_name: Arc<dyn RealName>,
    /// Reading text off a picture.
    pub ocr: Arc<dyn Ocr>,
    /// Virtual telephone numbers.
    pub numbers: Arc<dyn Numbers>,
    /// Payment.
    pub payment: Arc<dyn Payment>,
    /// Accounts that somebody else keeps.
    pub federation: Arc<dyn Federation>,
    /// Tickets of the insurer's own applications.
    pub tickets: Arc<dyn Tickets>,
    /// Who carries copies to parties that customers name.
    pub courier: Arc<dyn Courier>,
    /// Systems of the company that are told of changes.
    pub webhooks: Arc<dyn Webhooks>,
    /// Who remembers the newest heads of the ledgers.
    pub witnesses: Arc<dyn Witnesses>,
}

impl Default for Parties {
    fn default() -> Self {
        let nobody = Arc::new(Nobody);
        Self {
            messages: nobody.clone(),
            sms: nobody.clone(),
            face: nobody.clone(),
            real_name: nobody.clone(),
            ocr: nobody.clone(),
            numbers: nobody.clone(),
            payment: nobody.clone(),
            federation: nobody.clone(),
            tickets: nobody.clone(),
            courier: nobody.clone(),
            webhooks: nobody.clone(),
            witnesses: nobody,
        }
    }
}

/// Stands where an installation has no such party: answers [`Outside::Nobody`].
#[derive(Debug, Clone, Copy, Default)]
pub struct Nobody;
