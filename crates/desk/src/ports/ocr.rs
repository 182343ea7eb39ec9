//! Reading text off a picture.

use async_trait::async_trait;
use model::Clear;

use super::{Nobody, Outside};

/// Reads the text on a picture.
#[async_trait]
pub trait Ocr: Send + Sync {
    /// Whether there is a reader at all; without one, nobody is asked for a picture.
    fn is_there(&self) -> bool;

    /// The text, line by line. Neither it nor the picture is kept.
    ///
    /// # Errors
    /// [`Outside::Nobody`] where the reader is gone; [`Outside::TimedOut`]; [`Outside::Busy`] while it reads as many as
    /// it can; [`Outside::Untrusted`] for what is no picture, or too large a one.
    async fn read(&self, picture: Clear<Vec<u8>>) -> Result<Clear<String>, Outside>;
}

#[async_trait]
impl Ocr for Nobody {
    fn is_there(&self) -> bool {
        false
    }

    async fn read(&self, _: Clear<Vec<u8>>) -> Result<Clear<String>, Outside> {
        Err(Outside::Nobody)
    }
}
