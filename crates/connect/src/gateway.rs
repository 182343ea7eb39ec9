//! Messages that others carry on for the company: its own push gateway, which knows its application's users by our ids, and the
//! house that prints its letters. There is no protocol that two of either share, so both are told as [`crate::webhook`] tells,
//! signed by Standard Webhooks:
//!
//! - `{"type": "notice.push" | "notice.letter", "timestamp": …, "data": {…}}`, with `platform`, `number` (the same at every try,
//!   as is `webhook-id`), `subject`, `text`, `link` and `day`; beside them `user`, or `name` and `address`;
//! - any answer of the 200s says that it was taken in; 404, 410 and 422 that it never will be (nobody is known by that id, no
//!   letter arrives there), and is not asked again; any other has it sent again.
//!
//! Letters go over the line and lie in no file of ours: an address in the clear has no place on a disk.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use desk::ports::{Clock, Dispatch, Messages, Outside, To, Way};
use model::{Clear, Slug};
use serde_json::{Value, json};

use crate::courier::Address;
use crate::line::Line;
use crate::told::Text;
use crate::webhook::{Secret, headers};

/// Tells one gateway of one way.
pub struct Gateway {
    way: Way,
    line: Line,
    path: String,
    secret: Arc<Secret>,
    /// Origin of the pages that a message leads to.
    origin: String,
    clock: Arc<dyn Clock>,
}

impl Gateway {
    /// The company's own push gateway. `origin`: of the pages that messages lead to.
    pub fn push(to: (Address, Secret), patience: Duration, steady: (&str, Arc<dyn Clock>)) -> Self {
        Self::new(Way::Push, to, patience, steady)
    }

    /// The house that prints letters.
    pub fn letters(to: (Address, Secret), patience: Duration, steady: (&str, Arc<dyn Clock>)) -> Self {
        Self::new(Way::Letter, to, patience, steady)
    }

    fn new(
        way: Way,
        (address, secret): (Address, Secret),
        patience: Duration,
        (origin, clock): (&str, Arc<dyn Clock>),
    ) -> Self {
        let line = Line::new(&address.origin, patience);
        Self { way, line, path: address.path, secret: Arc::new(secret), origin: origin.to_owned(), clock }
    }
}

#[async_trait]
impl Messages for Gateway {
    fn carries(&self, _: &Slug) -> Vec<Way> {
        vec![self.way]
    }

    async fn send(&self, dispatch: Dispatch) -> Result<(), Outside> {
        if dispatch.to.way() != self.way {
            return Err(Outside::Nobody);
        }
        let (told, now) = (Text::of(&dispatch, &self.origin), self.clock.now());
        let mut data = json!({
            "platform": dispatch.platform.as_str(),
            "number": dispatch.number,
            "subject": told.subject,
            "text": told.body,
            "link": told.link,
            "day": told.day,
        });
        let whole = move |data: &Value, kind: &str| {
            let message = json!({ "type": kind, "timestamp": now.to_string(), "data": data });
            message.to_string().into_bytes()
        };
        let body = match dispatch.to {
            To::User(user) => {
                with(&mut data, "user", user.to_string());
                Clear::new(whole(&data, "notice.push"))
            }
            To::Envelope { name, address } => name.zip(address).map(|(name, address)| {
                with(&mut data, "name", name);
                with(&mut data, "address", address);
                whole(&data, "notice.letter")
            }),
            To::Follower(_) | To::Telephone(_) | To::Mailbox(_) => return Err(Outside::Nobody),
        };
        // No part of what is signed may hold a full stop, as full stops part them.
        let (id, secret, at) = (told.id.replace('.', "-"), Arc::clone(&self.secret), now.as_second());
        let reply = self.line.post(&self.path, body, move |body| headers(&secret, &id, at, body)).await?;
        match reply.status {
            200..=299 => Ok(()),
            404 | 410 | 422 => Err(Outside::Refused),
            429 | 503 => Err(Outside::Busy),
            500.. => Err(Outside::TimedOut),
            _ => Err(Outside::Unaccepted),
        }
    }
}

fn with(data: &mut Value, name: &str, value: String) {
    if let Some(fields) = data.as_object_mut() {
        fields.insert(name.to_owned(), Value::String(value));
    }
}

#[cfg(test)]
mod tests;
