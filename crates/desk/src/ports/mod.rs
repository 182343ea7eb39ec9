//! What the house needs from outside: the clock, and parties that `connect` speaks to. Each party has a file of its own.

mod face;
mod sms;

use std::sync::Arc;

use jiff::Timestamp;

pub use face::FaceCheck;
pub use sms::Sms;

/// The clock, as an argument.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Why an outside party did not do what was asked. Never carries a personal value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Outside {
    /// It answered no.
    #[error("the other side refused")]
    Refused,
    /// It did not answer in time.
    #[error("the other side did not answer in time: try again")]
    TimedOut,
    /// It answered nonsense, or its signature does not hold.
    #[error("the other side's answer cannot be trusted")]
    Untrusted,
    /// The installation has nobody for this.
    #[error("nobody is configured for this: the installation's settings name outside parties")]
    Nobody,
}

/// Every outside party of an installation. Whom it has not, [`Nobody`] stands in for.
#[derive(Clone)]
pub struct Parties {
    /// Short messages.
    pub sms: Arc<dyn Sms>,
    /// Face comparison.
    pub face: Arc<dyn FaceCheck>,
}

impl Default for Parties {
    fn default() -> Self {
        let nobody = Arc::new(Nobody);
        Self { sms: nobody.clone(), face: nobody }
    }
}

/// Stands where an installation has no such party: answers [`Outside::Nobody`].
#[derive(Debug, Clone, Copy, Default)]
pub struct Nobody;
