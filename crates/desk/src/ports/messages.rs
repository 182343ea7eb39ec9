//! Messages to customers about a new version, by ways of which the installation knows who carries them.

use async_trait::async_trait;
use jiff::Timestamp;
use model::field::Validator;
use model::{Clear, Fingerprint, Slug};
use policy::syntax::Route;

use super::{Nobody, Outside};

/// A way by which a message can reach somebody whose address for it is held. For a push message, a letter and whatever else a text
/// promises, nothing that people give is an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Short message, to a telephone.
    Sms,
    /// E-mail.
    Email,
}

impl Way {
    /// The way that a text means, if it is one.
    pub const fn of(route: Route) -> Option<Self> {
        match route {
            Route::Sms => Some(Self::Sms),
            Route::Email => Some(Self::Email),
            _ => None,
        }
    }

    /// What makes an item an address for it.
    pub const fn address(self) -> Validator {
        match self {
            Self::Sms => Validator::Phone,
            Self::Email => Validator::Email,
        }
    }
}

/// One message to one person.
pub struct Dispatch {
    /// Platform.
    pub platform: Slug,
    /// By which way.
    pub way: Way,
    /// Number of the notice, the same at every try; it names nobody.
    pub number: u64,
    /// To which address of the person's.
    pub address: Clear<String>,
    /// The service, as its text calls it.
    pub service: String,
    /// Who answers for it.
    pub handler: String,
    /// Title of the policy.
    pub title: String,
    /// From when the new version is in force.
    pub from: Timestamp,
    /// Fingerprint of its notice, by which it is read.
    pub text: Fingerprint,
}

/// Carries messages.
#[async_trait]
pub trait Messages: Send + Sync {
    /// By which ways messages of a platform go.
    fn carries(&self, platform: &Slug) -> Vec<Way>;

    /// Sends a message; `Ok` once somebody has it who answers for carrying it on.
    async fn send(&self, dispatch: Dispatch) -> Result<(), Outside>;
}

#[async_trait]
impl Messages for Nobody {
    fn carries(&self, _: &Slug) -> Vec<Way> {
        Vec::new()
    }

    async fn send(&self, _: Dispatch) -> Result<(), Outside> {
        Err(Outside::Nobody)
    }
}
