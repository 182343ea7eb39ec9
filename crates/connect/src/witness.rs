//! Witnesses over HTTP, as [C2SP tlog-witness](https://c2sp.org/tlog-witness) has them: `POST <prefix>/add-checkpoint`.

use std::time::Duration;

use async_trait::async_trait;
use desk::ports::{Answered, Outside, Witness, Witnesses};
use model::Clear;

use crate::courier::Address;
use crate::line::{Line, Reply};

/// What the protocol calls things; the room that has its texts says it.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// Path of the one call, below a witness's prefix.
    pub call: &'static str,
    /// Media type of the answer that is a size.
    pub size: &'static str,
}

/// Asks every witness that has an address.
pub struct HttpWitnesses {
    all: Vec<Witness>,
    /// In the order of `all`.
    doors: Vec<(Line, String)>,
    words: Words,
}

impl HttpWitnesses {
    /// Witnesses with the prefixes of their calls.
    pub fn new(witnesses: Vec<(Witness, Address)>, words: Words, patience: Duration) -> Self {
        let (all, addresses): (Vec<_>, Vec<_>) = witnesses.into_iter().unzip();
        let door = |Address { origin, path }| {
            (Line::new(&origin, patience), format!("{}{}", path.trim_end_matches('/'), words.call))
        };
        Self { all, doors: addresses.into_iter().map(door).collect(), words }
    }
}

#[async_trait]
impl Witnesses for HttpWitnesses {
    fn all(&self) -> &[Witness] {
        &self.all
    }

    async fn add_checkpoint(&self, witness: &str, request: String) -> Result<Answered, Outside> {
        let known = self.all.iter().zip(&self.doors).find(|(known, _)| known.key.name() == witness);
        let (_, (line, path)) = known.ok_or(Outside::Nobody)?;
        let kind = |_: &[u8]| vec![("content-type", "text/plain; charset=utf-8".to_owned())];
        answered(self.words, line.post(path, Clear::new(request.into_bytes()), kind).await?)
    }
}

fn answered(words: Words, reply: Reply) -> Result<Answered, Outside> {
    match reply.status {
        200 => String::from_utf8(reply.body).map(Answered::Cosigned).map_err(|_| Outside::Untrusted),
        403 => Ok(Answered::OtherKey),
        404 => Ok(Answered::UnknownLog),
        409 if reply.header("content-type") == Some(words.size) => {
            let size = std::str::from_utf8(&reply.body).ok().and_then(|body| body.strip_suffix('\n')?.parse().ok());
            size.map(Answered::Holds).ok_or(Outside::Untrusted)
        }
        422 => Ok(Answered::Unproved),
        429 | 503 => Err(Outside::Busy),
        _ => Err(Outside::Untrusted),
    }
}

#[cfg(test)]
mod tests;
