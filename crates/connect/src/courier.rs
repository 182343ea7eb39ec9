//! Carrying a person's copy to a party that the person named (转移, PIPL art. 45). This dialect is ours, made of standards:
//!
//! - `POST` of the copy (`application/json`, form `shouyue-portability/1`) to the address that the party gave;
//! - `content-digest` with SHA-256 (RFC 9530), and `idempotency-key` with the parcel's number (a string of RFC 8941, as in
//!   draft-ietf-httpapi-idempotency-key-header), the same at every try;
//! - an HTTP Message Signature (RFC 9421), algorithm `ed25519`, over method, address, type, digest and number, with `created`
//!   and a `nonce`. `keyid` is the key of the platform's ledger as it is published (C2SP signed-note), so that a party checks
//!   whoever sends by the very key by which customers check their receipts.
//!
//! The party answers 200 or 201 with `{"number": …, "receipt": …}`: our number, and its own, of 1 to 64 letters, digits, `-`,
//! `_` and `.`. A number that it took in before it answers with the receipt of the first time. A signature older than five
//! minutes, a nonce twice, and a digest that is not the body's are 401; what it does not want, 403 or 422.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use desk::ports::{Clock, Courier, Outside, Parcel, Seal};
use model::{Entropy, Slug};

use crate::line::{Headers, Line, Reply};

/// A signature older than this, in seconds, is a replay.
pub(crate) const FRESH: i64 = 300;

/// The type of the body.
pub(crate) const KIND: &str = "application/json";

/// What is signed, in this order (RFC 9421 §2.3).
pub(crate) const SIGNED: &str = "(\"@method\" \"@target-uri\" \"content-type\" \"content-digest\" \"idempotency-key\")";

/// Where a party takes copies in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Scheme, host and port, without a slash at the end.
    pub origin: String,
    /// Path, with its first slash.
    pub path: String,
}

impl Address {
    /// Reads an address such as `https://partner.example/portability`; `None` for what has no scheme and host.
    pub fn read(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let sound = !host.is_empty() && !text.contains(['#', ' ', '"']);
        sound.then(|| Self { origin: format!("{scheme}://{host}"), path: format!("/{path}") })
    }
}

/// Carries over HTTP to every party that gave an address.
pub struct HttpCourier {
    doors: BTreeMap<(Slug, Slug), Door>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

struct Door {
    line: Line,
    address: Address,
}

impl HttpCourier {
    /// `doors`: addresses by platform and party.
    pub fn new(
        doors: BTreeMap<(Slug, Slug), Address>,
        patience: Duration,
        (clock, entropy): (Arc<dyn Clock>, Arc<dyn Entropy>),
    ) -> Self {
        let door = |address: Address| Door { line: Line::new(&address.origin, patience), address };
        Self { doors: doors.into_iter().map(|(whom, address)| (whom, door(address))).collect(), clock, entropy }
    }
}

#[async_trait]
impl Courier for HttpCourier {
    fn reaches(&self, platform: &Slug, party: &Slug) -> bool {
        self.doors.contains_key(&(platform.clone(), party.clone()))
    }

    async fn carry(&self, parcel: Parcel) -> Result<String, Outside> {
        let Parcel { platform, party, number, content, seal } = parcel;
        let door = self.doors.get(&(platform, party)).ok_or(Outside::Nobody)?;
        let stamp = Stamp { at: self.clock.now().as_second(), nonce: hex::encode(self.entropy.draw::<16>()) };
        let (address, own) = (format!("{}{}", door.address.origin, door.address.path), number.clone());
        let sign = move |body: &[u8]| signed(&*seal, &address, &own, &stamp, body);
        let reply = door.line.post(&door.address.path, content, sign).await?;
        taken(&reply, &number)
    }
}

/// When, and a word that is used once.
struct Stamp {
    at: i64,
    nonce: String,
}

fn signed(seal: &dyn Seal, address: &str, number: &str, stamp: &Stamp, body: &[u8]) -> Headers {
    let (digest, key) = (content_digest(body), idempotency_key(number));
    let parameters = parameters(stamp.at, &stamp.nonce, &seal.key());
    let signature = seal.sign(base("POST", address, &digest, &key, &parameters).as_bytes());
    vec![
        ("content-type", KIND.to_owned()),
        ("content-digest", digest),
        ("idempotency-key", key),
        ("signature-input", format!("sig={parameters}")),
        ("signature", format!("sig=:{}:", STANDARD.encode(signature))),
    ]
}

/// `content-digest` of a body (RFC 9530 §2).
pub(crate) fn content_digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(digest(&SHA256, body)))
}

fn idempotency_key(number: &str) -> String {
    format!("\"{number}\"")
}

/// The parameters of a signature (RFC 9421 §2.3).
fn parameters(at: i64, nonce: &str, key: &str) -> String {
    format!("{SIGNED};created={at};nonce=\"{nonce}\";keyid=\"{key}\";alg=\"ed25519\"")
}

/// What is signed (RFC 9421 §2.5).
pub(crate) fn base(method: &str, address: &str, digest: &str, key: &str, parameters: &str) -> String {
    format!(
        "\"@method\": {method}\n\"@target-uri\": {address}\n\"content-type\": {KIND}\n\"content-digest\": {digest}\n\
         \"idempotency-key\": {key}\n\"@signature-params\": {parameters}"
    )
}

/// The party's receipt.
fn taken(reply: &Reply, number: &str) -> Result<String, Outside> {
    match reply.status {
        200 | 201 => {
            let answer = reply.json()?;
            let word = |name: &str| answer.get(name).and_then(serde_json::Value::as_str);
            let receipt = word("receipt").filter(|_| word("number") == Some(number)).filter(|text| is_number(text));
            receipt.map(str::to_owned).ok_or(Outside::Untrusted)
        }
        401 => Err(Outside::Unaccepted),
        403 | 404 | 410 | 413 | 415 | 422 => Err(Outside::Refused),
        429 | 503 => Err(Outside::Busy),
        status => {
            tracing::warn!(status, "a party answered a copy with something else");
            Err(Outside::Untrusted)
        }
    }
}

/// A number that can name nobody, as far as its letters go: it stands on the ledger.
fn is_number(text: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=64).contains(&text.len()) && text.bytes().all(known)
}

#[cfg(test)]
mod tests;
