//! Telling the company's own systems of changes. Where they are is the installation's to know.

use async_trait::async_trait;
use model::Slug;

use super::{Nobody, Outside};

/// One message to one webhook. It names people by ids alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Platform.
    pub platform: Slug,
    /// Which of its webhooks.
    pub webhook: String,
    /// The same at every try, so that whoever took it in once can tell.
    pub id: String,
    /// What is told, JSON.
    pub content: Vec<u8>,
}

/// Posts to webhooks.
#[async_trait]
pub trait Webhooks: Send + Sync {
    /// Names of a platform's webhooks.
    fn of(&self, platform: &Slug) -> Vec<String>;

    /// Posts a message, signed; `Ok` once the other side said that it took it in.
    ///
    /// # Errors
    /// [`Outside::Nobody`] for a webhook that is not configured.
    async fn post(&self, message: Message) -> Result<(), Outside>;
}

#[async_trait]
impl Webhooks for Nobody {
    fn of(&self, _: &Slug) -> Vec<String> {
        Vec::new()
    }

    async fn post(&self, _: Message) -> Result<(), Outside> {
        Err(Outside::Nobody)
    }
}
