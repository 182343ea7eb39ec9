//! Virtual telephone numbers.

use async_trait::async_trait;
use jiff::Timestamp;
use model::Clear;

use super::{Nobody, Outside};

/// A virtual number between two telephones: each calls it and reaches the other, neither sees the other's own.
pub struct Bound {
    /// The virtual number. It says nothing about whom it reaches, and may be shown to a partner.
    pub number: String,
    /// The network's name of the binding, to end it by.
    pub binding: String,
}

/// Stands between a customer and whoever must reach the customer without learning the number (the regime `virtual-number`).
#[async_trait]
pub trait Numbers: Send + Sync {
    /// Binds a virtual number between a customer's telephone and a partner's, until an instant.
    ///
    /// # Errors
    /// [`Outside::Busy`] when the pool has no number left.
    async fn bind(&self, customer: Clear<String>, partner: Clear<String>, until: Timestamp) -> Result<Bound, Outside>;

    /// Ends a binding now. Ending it twice is fine.
    async fn unbind(&self, bound: &Bound) -> Result<(), Outside>;
}

#[async_trait]
impl Numbers for Nobody {
    async fn bind(&self, _: Clear<String>, _: Clear<String>, _: Timestamp) -> Result<Bound, Outside> {
        Err(Outside::Nobody)
    }

    async fn unbind(&self, _: &Bound) -> Result<(), Outside> {
        Err(Outside::Nobody)
    }
}
