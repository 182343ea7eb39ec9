//! Who calls: the one extractor that checks a service token, its platform and its scope, before any body is read.

use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use desk::seat::{self, APPROVE, AUDIT, CONSENT, Caller, DECIDE, EVENTS, PARTNERS, RIGHTS};
use desk::{House, Platform, Refusal};

use crate::app::App;
use crate::problem::Problem;

/// What a token must cover for an endpoint: one word of its actions.
pub(super) trait Scope: Send + Sync + 'static {
    const WORD: &'static str;
}

macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident = $word:expr;)+) => {$(
        $(#[$doc])*
        pub(super) struct $name;

        impl Scope for $name {
            const WORD: &'static str = $word;
        }
    )+};
}

scopes! {
    /// Ask for advice.
    Decide = DECIDE;
    /// Bring information in.
    Collect = "collect";
    /// Work with what is held, as a system that shows it to nobody.
    Use = "use";
    /// See and search.
    Show = "show";
    /// Ask for what a customer granted to a party.
    Share = "share";
    /// Bring in what customers consent to and withdraw.
    Consents = CONSENT;
    /// Exercise rights for customers.
    Rights = RIGHTS;
    /// Hand cases to outside parties, cut them off.
    Partners = PARTNERS;
    /// Ask for, and give, a second pair of eyes.
    Approve = APPROVE;
    /// Read the ledger's entries.
    Audit = AUDIT;
    /// Hear of changes.
    Events = EVENTS;
}

/// The system that calls, on the platform of the path, its token covering `S`.
pub(super) struct Calling<S: Scope> {
    pub(super) platform: Arc<Platform>,
    pub(super) caller: Caller,
    scope: PhantomData<S>,
}

impl<S: Scope> Calling<S> {
    /// Whether the token covers a function or purpose as well.
    pub(super) fn covers(&self, purpose: &str) -> Result<(), Problem> {
        Ok(self.caller.may(&self.platform, S::WORD, Some(purpose))?)
    }
}

impl<S: Scope> FromRequestParts<Arc<App>> for Calling<S> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let Bearer { platform, caller } = Bearer::from_request_parts(parts, app).await?;
        caller.may(&platform, S::WORD, None)?;
        Ok(Self { platform, caller, scope: PhantomData })
    }
}

/// The system that calls, on the platform of the path or else its token's own. For endpoints whose scope is told by the
/// body; all others take [`Calling`].
pub(super) struct Bearer {
    pub(super) platform: Arc<Platform>,
    pub(super) caller: Caller,
}

impl FromRequestParts<Arc<App>> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let caller = bearer(&app.house, &parts.headers).await?;
        let named = platform_name(parts, app).await;
        // A platform that is not the token's does not exist for it.
        if named.is_some_and(|name| name != caller.platform().as_str()) {
            return Err(Problem::not_found("platform"));
        }
        let platform = app.house.platform(caller.platform().as_str())?;
        Ok(Self { platform, caller })
    }
}

/// The platform of the path, for what everybody may see.
pub(super) struct Public(pub(super) Arc<Platform>);

impl FromRequestParts<Arc<App>> for Public {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let name = platform_name(parts, app).await.ok_or_else(|| Problem::not_found("platform"))?;
        Ok(Self(app.house.platform(&name)?))
    }
}

async fn platform_name(parts: &mut Parts, app: &Arc<App>) -> Option<String> {
    let named = RawPathParams::from_request_parts(parts, app).await.ok()?;
    named.iter().find(|(name, _)| *name == "platform").map(|(_, id)| id.to_owned())
}

async fn bearer(house: &House, headers: &HeaderMap) -> Result<Caller, Problem> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let (Some(only), None) = (all.next(), all.next()) else { return Err(Problem::unauthenticated(false)) };
    let (scheme, secret) = only.to_str().ok().and_then(|text| text.split_once(' ')).unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") || secret.is_empty() {
        return Err(Problem::unauthenticated(false));
    }
    seat::caller(house, secret).await.map_err(|refusal| match refusal {
        Refusal::NotAllowed(_) => Problem::unauthenticated(true),
        other => other.into(),
    })
}
