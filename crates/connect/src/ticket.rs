//! Tickets by which the insurer's own application or mini-program lets its customer in here. This dialect is ours: a
//! compact JWS (RFC 7515) under EdDSA with Ed25519 (RFC 8037), its members those of RFC 7519 and no others:
//!
//! `{"typ":"shouyue-ticket+jwt","alg":"EdDSA"}` `{"iss":…,"aud":<platform>,"sub":<subject id>,"jti":…,"iat":…,"exp":…}`
//!
//! It lives for two minutes at most and works once. It stands in an address, so that nothing of a person may stand in it:
//! the subject id is a random number of ours, which the company's systems have from registering.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use desk::ports::{Outside, Ticket, Tickets};
use jiff::Timestamp;
use model::{Slug, SubjectId};
use serde::Deserialize;

use crate::jose::{Jws, Key};

/// The type in the header: a token made for anything else is none of these (RFC 8725 §3.11).
const KIND: &str = "shouyue-ticket+jwt";

/// The longest life, in seconds.
const LIFE: i64 = 120;

/// How far the issuer's clock may be from ours, in seconds.
const SKEW: i64 = 30;

/// Length of `jti`, in characters.
const NUMBER: std::ops::RangeInclusive<usize> = 16..=64;

/// Who may issue tickets of which platform: Ed25519 keys by platform and issuer.
#[derive(Default)]
pub struct TicketKeys(BTreeMap<(Slug, String), Key>);

impl TicketKeys {
    /// Lets an issuer in. `key`: 32 bytes.
    #[must_use]
    pub fn with(mut self, platform: Slug, issuer: String, key: [u8; 32]) -> Self {
        self.0.insert((platform, issuer), Key::Ed25519(key.to_vec()));
        self
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    sub: SubjectId,
    jti: String,
    iat: i64,
    exp: i64,
}

impl Tickets for TicketKeys {
    fn read(&self, platform: &Slug, ticket: &str, now: Timestamp) -> Result<Ticket, Outside> {
        let jws = Jws::read(ticket).filter(|jws| jws.kind.as_deref() == Some(KIND)).ok_or(Outside::Untrusted)?;
        let opened = self.0.iter().filter(|((of, _), _)| of == platform).find_map(|((_, issuer), key)| {
            let claims: Claims = serde_json::from_value(jws.open(key)?).ok()?;
            (claims.iss == *issuer).then_some(claims)
        });
        let claims = opened.ok_or(Outside::Untrusted)?;
        let second = now.as_second();
        let in_time = claims.iat <= second.saturating_add(SKEW)
            && second < claims.exp
            && claims.exp.saturating_sub(claims.iat) <= LIFE;
        if claims.aud != platform.as_str() || !in_time || !NUMBER.contains(&claims.jti.len()) {
            return Err(Outside::Refused);
        }
        let until = Timestamp::from_second(claims.exp).map_err(|_| Outside::Refused)?;
        Ok(Ticket { subject: claims.sub, number: number(&claims.iss, &claims.jti), until })
    }
}

/// The digest of a ticket's number; two issuers may give the same one.
fn number(issuer: &str, jti: &str) -> [u8; 32] {
    let mut out = [0; 32];
    let text = format!("{}:{issuer}{jti}", issuer.len());
    for (to, from) in out.iter_mut().zip(digest(&SHA256, text.as_bytes()).as_ref()) {
        *to = *from;
    }
    out
}

#[cfg(test)]
mod tests;
