//! Webhooks as [Standard Webhooks 1.0](https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md)
//! has them, so that receivers check them with any of its libraries:
//!
//! - `POST` of JSON with `webhook-id` (the same at every try), `webhook-timestamp` (of this try, seconds since 1970) and
//!   `webhook-signature`: `v1,` and the base64 of HMAC-SHA-256 over `<id>.<timestamp>.<body>`;
//! - the secret is `whsec_` and the base64 of 24 to 64 random bytes;
//! - any answer of the 200s says that the message was taken in; whatever else, and no answer, has it sent again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use desk::ports::{Clock, Message, Outside, Webhooks};
use model::{Clear, Slug};

use crate::courier::Address;
use crate::line::{Headers, Line};

/// Begins a secret.
const PREFIX: &str = "whsec_";

/// A secret that both sides know; shows nothing of itself.
pub struct Secret(Key);

impl Secret {
    /// Reads `whsec_` and base64; `None` for anything else.
    pub fn read(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.strip_prefix(PREFIX)?).ok()?;
        (24..=64).contains(&bytes.len()).then(|| Self(Key::new(HMAC_SHA256, &bytes)))
    }
}

/// Posts over HTTP to every webhook that has an address.
pub struct HttpWebhooks {
    hooks: BTreeMap<(Slug, String), Hook>,
    clock: Arc<dyn Clock>,
}

struct Hook {
    line: Line,
    path: String,
    secret: Arc<Secret>,
}

impl HttpWebhooks {
    /// `hooks`: address and secret by platform and name.
    pub fn new(hooks: BTreeMap<(Slug, String), (Address, Secret)>, patience: Duration, clock: Arc<dyn Clock>) -> Self {
        let hook = |(address, secret): (Address, Secret)| Hook {
            line: Line::new(&address.origin, patience),
            path: address.path,
            secret: Arc::new(secret),
        };
        Self { hooks: hooks.into_iter().map(|(whose, of)| (whose, hook(of))).collect(), clock }
    }
}

#[async_trait]
impl Webhooks for HttpWebhooks {
    fn of(&self, platform: &Slug) -> Vec<String> {
        let own = self.hooks.keys().filter(|(of, _)| of == platform);
        own.map(|(_, name)| name.clone()).collect()
    }

    async fn post(&self, message: Message) -> Result<(), Outside> {
        let Message { platform, webhook, id, content } = message;
        let hook = self.hooks.get(&(platform, webhook)).ok_or(Outside::Nobody)?;
        let (secret, at) = (Arc::clone(&hook.secret), self.clock.now().as_second());
        let signed = move |body: &[u8]| headers(&secret, &id, at, body);
        let reply = hook.line.post(&hook.path, Clear::new(content), signed).await?;
        match reply.status {
            200..=299 => Ok(()),
            401 | 403 => Err(Outside::Unaccepted),
            429 | 503 => Err(Outside::Busy),
            _ => Err(Outside::Refused),
        }
    }
}

/// What a message bears: its number, the instant of this try and the signature over both and the body.
pub(crate) fn headers(secret: &Secret, id: &str, at: i64, body: &[u8]) -> Headers {
    let signed = [format!("{id}.{at}.").as_bytes(), body].concat();
    let signature = STANDARD.encode(sign(&secret.0, &signed));
    vec![
        ("content-type", "application/json".to_owned()),
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", at.to_string()),
        ("webhook-signature", format!("v1,{signature}")),
    ]
}

#[cfg(test)]
mod tests;
