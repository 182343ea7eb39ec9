//! Carrying a person's copy to the party that the person named.

use std::sync::Arc;

use async_trait::async_trait;
use model::{Clear, Slug};

use super::{Nobody, Outside};

/// Signs with the key of a platform's ledger, whose public half everybody can fetch.
pub trait Seal: Send + Sync {
    /// The published key: `<origin>+<key id>+<base64>`.
    fn key(&self) -> String;

    /// The signature of these bytes (Ed25519).
    fn sign(&self, message: &[u8]) -> Vec<u8>;
}

/// A copy on its way.
pub struct Parcel {
    /// Whose customer it is about.
    pub platform: Slug,
    /// To whom.
    pub party: Slug,
    /// Our number of the parcel, the same at every try: the leaf of the act that let it out. It names nobody.
    pub number: String,
    /// The copy, JSON.
    pub content: Clear<Vec<u8>>,
    /// Who answers for it.
    pub seal: Arc<dyn Seal>,
}

/// Carries copies to parties. Where one lives is the installation's to know.
#[async_trait]
pub trait Courier: Send + Sync {
    /// Whether there is an address to carry to.
    fn reaches(&self, platform: &Slug, party: &Slug) -> bool;

    /// Carries a parcel, and gives the party's own number of its receipt, which names nobody. The same number again is
    /// the same parcel: who took it in once says so again and takes nothing in twice.
    ///
    /// # Errors
    /// [`Outside::Nobody`] for a party without an address.
    async fn carry(&self, parcel: Parcel) -> Result<String, Outside>;
}

#[async_trait]
impl Courier for Nobody {
    fn reaches(&self, _: &Slug, _: &Slug) -> bool {
        false
    }

    async fn carry(&self, _: Parcel) -> Result<String, Outside> {
        Err(Outside::Nobody)
    }
}
