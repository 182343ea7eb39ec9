//! Messages to customers about a new version, by ways of which the installation knows who carries them.

use async_trait::async_trait;
use jiff::Timestamp;
use model::{Clear, Fingerprint, Slug};
use policy::syntax::Route;

use super::{Nobody, Outside};

/// One message to one person.
pub struct Dispatch {
    /// Platform.
    pub platform: Slug,
    /// By which way.
    pub route: Route,
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
    fn carries(&self, platform: &Slug) -> Vec<Route>;

    /// Sends a message; `Ok` once somebody has it who answers for carrying it on.
    async fn send(&self, dispatch: Dispatch) -> Result<(), Outside>;
}

#[async_trait]
impl Messages for Nobody {
    fn carries(&self, _: &Slug) -> Vec<Route> {
        Vec::new()
    }

    async fn send(&self, _: Dispatch) -> Result<(), Outside> {
        Err(Outside::Nobody)
    }
}
