//! Face comparison.

use async_trait::async_trait;
use model::Clear;

use super::{Nobody, Outside, Said};

/// Compares a face with an identity document (rule R33).
#[async_trait]
pub trait FaceCheck: Send + Sync {
    /// Whether the face on the picture is that of the named person. The picture is not kept on either side.
    async fn compare(
        &self,
        name: Clear<String>,
        document: Clear<String>,
        picture: Clear<Vec<u8>>,
    ) -> Result<Said, Outside>;
}

#[async_trait]
impl FaceCheck for Nobody {
    async fn compare(&self, _: Clear<String>, _: Clear<String>, _: Clear<Vec<u8>>) -> Result<Said, Outside> {
        Err(Outside::Nobody)
    }
}
