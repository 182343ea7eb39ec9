//! Sessions: what a browser carries is 256 random bits; what is kept is their digest.

use std::sync::PoisonError;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use jiff::{SignedDuration, Timestamp};
use model::{ActorId, Slug, SubjectId};
use store::SessionKind;
use tokio::time::timeout;

use super::secret::{Secret, sha256};
use crate::act::AFTER;
use crate::{House, Platform, Refusal};

/// A session that was just opened.
pub struct Opened {
    /// Value of the cookie; given out this once.
    pub cookie: Secret,
    /// The session.
    pub session: Session,
}

/// Whose a session is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// A visitor of a platform's portal, before log-in.
    Visitor(Slug),
    /// A customer of a platform.
    Subject(Slug, SubjectId),
    /// Staff.
    Staff(ActorId),
}

/// A session that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose.
    pub holder: Holder,
    /// The token that every form of it carries, hexadecimal.
    pub csrf: String,
    /// Ends at.
    pub until: Timestamp,
}

impl Session {
    /// Whether a form came from a page of this session. Takes the same time whatever differs.
    pub fn is_mine(&self, csrf: &str) -> bool {
        verify_slices_are_equal(self.csrf.as_bytes(), csrf.as_bytes()).is_ok()
    }
}

impl From<store::Session> for Session {
    fn from(row: store::Session) -> Self {
        let holder = match row.kind {
            SessionKind::Visitor(platform) => Holder::Visitor(platform),
            SessionKind::Subject(platform, subject) => Holder::Subject(platform, subject),
            SessionKind::Staff(seat) => Holder::Staff(seat),
        };
        Self { holder, csrf: hex::encode(row.csrf), until: row.until }
    }
}

/// How long a session lasts, and how the store keeps whose it is.
fn kept(holder: Holder) -> (SignedDuration, SessionKind) {
    let hours = SignedDuration::from_hours;
    match holder {
        Holder::Visitor(platform) => (hours(2), SessionKind::Visitor(platform)),
        Holder::Subject(platform, subject) => (hours(2), SessionKind::Subject(platform, subject)),
        Holder::Staff(seat) => (hours(8), SessionKind::Staff(seat)),
    }
}

/// Opens a session. A log-in always opens a new one, so that nobody can plant a cookie beforehand.
pub async fn session_new(house: &House, holder: Holder) -> Result<Opened, Refusal> {
    let now = house.now();
    let (lasts, kind) = kept(holder);
    let until = now.checked_add(lasts).map_err(|_| Refusal::Broken("the clock is at its end".to_owned()))?;
    let cookie = Secret::draw(&*house.entropy, "");
    let row = store::Session { digest: cookie.digest(), kind, csrf: house.entropy.draw(), until };
    house.store.session_put(row.clone()).await?;
    Ok(Opened { cookie, session: row.into() })
}

/// The session of a cookie, if it stands.
pub async fn session(house: &House, cookie: &str) -> Result<Option<Session>, Refusal> {
    let found = house.store.session(&sha256(cookie.as_bytes())).await?;
    Ok(found.filter(|row| house.now() < row.until).map(Session::from))
}

/// Ends a session.
pub async fn session_end(house: &House, cookie: &str) -> Result<(), Refusal> {
    Ok(house.store.session_end(&sha256(cookie.as_bytes())).await?)
}

/// Logs a customer out everywhere.
pub async fn sessions_end(house: &House, platform: &Platform, subject: SubjectId) -> Result<(), Refusal> {
    Ok(house.store.sessions_end(&platform.id, subject).await?)
}

/// Ends the sessions of who was erased. The erasure stands whatever becomes of this: what fails is tried again by
/// [`end_lingering`].
pub(crate) async fn end_of_erased(house: &House, platform: &Slug, subject: SubjectId) {
    let why = match timeout(AFTER, house.store.sessions_end(platform, subject)).await {
        Ok(Ok(())) => return,
        Ok(Err(why)) => why.to_string(),
        Err(_) => "the store takes too long".to_owned(),
    };
    tracing::error!(%platform, why, "the sessions of somebody who was erased did not end: tried again soon");
    house.lingering.lock().unwrap_or_else(PoisonError::into_inner).insert((platform.clone(), subject));
}

/// Ends the sessions of the erased that could not be ended at once; of how many people. Where the process ends before,
/// they end by themselves: there is nothing left that they could see.
pub async fn end_lingering(house: &House) -> Result<usize, Refusal> {
    let lingering = || house.lingering.lock().unwrap_or_else(PoisonError::into_inner);
    let left: Vec<(Slug, SubjectId)> = lingering().iter().cloned().collect();
    for one in &left {
        house.store.sessions_end(&one.0, one.1).await?;
        lingering().remove(one);
    }
    Ok(left.len())
}

/// How long an idempotency key is remembered. A caller that repeats a request does so within minutes.
const KEYS_DAYS: i64 = 30;

/// Drops what has ended: sessions, codes, links, tries, tickets, and idempotency keys of old acts. Nothing of it is
/// evidence; it would only lie there. Call it now and then; gives how many rows went.
pub async fn forget_expired(house: &House) -> Result<usize, Refusal> {
    let now = house.now();
    house.waiting.sweep(now);
    house.rosters.sweep(now);
    let mut dropped = house.store.expired_drop(now).await?;
    let old = now.checked_sub(SignedDuration::from_hours(24 * KEYS_DAYS));
    let old = old.map_err(|_| Refusal::Broken("the clock is at its beginning".to_owned()))?;
    for platform in house.platforms() {
        dropped += house.store.keys_drop(&platform.id, old).await?;
        dropped += crate::track::forget(house, &platform).await?;
    }
    Ok(dropped)
}
