//! Short messages.

use async_trait::async_trait;
use model::Clear;

use super::{Nobody, Outside};

/// Sends short messages.
#[async_trait]
pub trait Sms: Send + Sync {
    /// Sends a log-in code to a telephone. The adapter keeps neither.
    async fn send_code(&self, phone: Clear<String>, code: Clear<String>) -> Result<(), Outside>;
}

#[async_trait]
impl Sms for Nobody {
    async fn send_code(&self, _: Clear<String>, _: Clear<String>) -> Result<(), Outside> {
        Err(Outside::Nobody)
    }
}
