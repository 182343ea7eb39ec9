//! Leaving a mailing list by the link in a message (信息中的退订方式): no log-in, one use, one act.
//!
//! The link carries a random id, the scope and a day, signed with a key of the platform; nothing in it says who it is for.
//! It can do one thing only, and that is to stop.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use model::SubjectId;

use super::object::{declared, object};
use super::{Done, check};
use crate::act::Once;
use crate::leaf::Who;
use crate::{House, Platform, Refusal};

/// How long a link works: as long as a message lies about.
const WORKS: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The name of the key.
const KEY: &str = "opt-out-link";

/// What a link is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Whose choice it is.
    subject: SubjectId,
    /// What is stopped.
    pub scope: String,
    /// Works until.
    pub until: Timestamp,
}

/// The secret part of a link for a message that a use sends.
///
/// # Errors
/// [`Refusal::NotFound`] for a scope that no use has, or that a law commands.
pub fn link(house: &House, platform: &Platform, subject: SubjectId, scope: &str) -> Result<(String, Link), Refusal> {
    let scope = declared(platform, scope).ok_or(Refusal::NotFound("scope"))?.id.clone();
    let until = house.now().checked_add(WORKS);
    let until = until.map_err(|_| Refusal::Broken("the clock is at its end".to_owned()))?;
    let nonce: [u8; 16] = house.entropy.draw();
    let mut body = Vec::with_capacity(40 + scope.len());
    body.extend_from_slice(subject.as_bytes());
    body.extend_from_slice(&until.as_second().to_be_bytes());
    body.extend_from_slice(&nonce);
    body.extend_from_slice(scope.as_bytes());
    let mut token = platform.keys.digest(KEY, &body).to_vec();
    token.extend_from_slice(&body);
    let until = Timestamp::from_second(until.as_second()).unwrap_or(until);
    Ok((URL_SAFE_NO_PAD.encode(token), Link { subject, scope, until }))
}

/// What the link of a message is for.
///
/// # Errors
/// [`Refusal::NotFound`] for one that is not ours, is over, or stops something that no longer is.
pub fn read(house: &House, platform: &Platform, token: &str) -> Result<Link, Refusal> {
    let unknown = Refusal::NotFound("link");
    let found = opened(platform, token).filter(|link| house.now() < link.until);
    found.filter(|link| check::scope(platform, &link.scope).is_some()).ok_or(unknown)
}

fn opened(platform: &Platform, token: &str) -> Option<Link> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (mac, body) = bytes.split_first_chunk::<32>()?;
    verify_slices_are_equal(mac, &platform.keys.digest(KEY, body)).ok()?;
    let (subject, rest) = body.split_first_chunk::<16>()?;
    let (until, rest) = rest.split_first_chunk::<8>()?;
    let (_, scope) = rest.split_first_chunk::<16>()?;
    Some(Link {
        subject: SubjectId::from_random(*subject),
        scope: String::from_utf8(scope.to_vec()).ok()?,
        until: Timestamp::from_second(i64::from_be_bytes(*until)).ok()?,
    })
}

/// Follows a link: the use is objected to. A link works once; followed again it says the same and does nothing, so that it
/// cannot undo a later yes.
///
/// # Errors
/// Those of [`read`] and [`object`].
pub async fn follow(house: &House, platform: &Platform, token: &str) -> Result<Done, Refusal> {
    let link = read(house, platform, token)?;
    let once = Once::new(platform, KEY, token, token.as_bytes());
    object(house, platform, link.subject, &link.scope, Who::Subject, Some(once)).await
}
