//! What the house needs from outside: the clock, randomness, and parties that `connect` speaks to.

use async_trait::async_trait;
use jiff::Timestamp;
use model::Clear;

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
}

/// Sends short messages.
#[async_trait]
pub trait Sms: Send + Sync {
    /// Sends a log-in code to a telephone. The adapter keeps neither.
    async fn send_code(&self, phone: Clear<String>, code: Clear<String>) -> Result<(), Outside>;
}

/// Compares a face with an identity document (rule R33).
#[async_trait]
pub trait FaceCheck: Send + Sync {
    /// Whether the face on the picture is that of the named person. The picture is not kept on either side.
    async fn compare(
        &self,
        name: Clear<String>,
        document: Clear<String>,
        picture: Clear<Vec<u8>>,
    ) -> Result<bool, Outside>;
}
