//! Real-name check.

use async_trait::async_trait;
use model::Clear;

use super::{Nobody, Outside, Said};

/// Whether a name and a document number belong together, as an authority's register has them.
#[async_trait]
pub trait RealName: Send + Sync {
    /// Asks the verifier. It keeps what its contract says, the adapter nothing.
    async fn belong(&self, name: Clear<String>, document: Clear<String>) -> Result<Said, Outside>;
}

#[async_trait]
impl RealName for Nobody {
    async fn belong(&self, _: Clear<String>, _: Clear<String>) -> Result<Said, Outside> {
        Err(Outside::Nobody)
    }
}
