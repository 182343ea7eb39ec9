//! Who is behind a request of the console: nobody yet, or a seat of staff, in its role on one platform.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use desk::seat::{self, Duty, Holder, Seat, Session};
use desk::{Platform, Refusal};
use model::Slug;

use crate::app::App;
use crate::pages::Template;
use crate::pages::shell::{Console, Csrf, Operator, PlatformLink};
use crate::session::{Seated, console_cookie, cookie, html, set_cookie};
use crate::trouble::Trouble;
use crate::words::say;

/// Where the console is.
pub(crate) const BASE: &str = "/console";

/// Stands for the platform in the session of somebody who has not signed in.
const DOOR: &str = "console";

/// Remembers on which platform a seat with several works; a preference, no secret.
const ON: &str = "console-on";

/// Somebody at the door of the console.
pub(crate) struct Door {
    pub(crate) app: Arc<App>,
    pub(crate) session: Session,
    pub(crate) secret: String,
    fresh: Option<HeaderValue>,
}

impl Seated for Door {
    fn session(&self) -> &Session {
        &self.session
    }
}

impl FromRequestParts<Arc<App>> for Door {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Trouble> {
        let name = console_cookie(&app.site);
        let shown = cookie(&parts.headers, &name).map(str::to_owned);
        let standing = match &shown {
            Some(secret) => seat::session(&app.house, secret).await?,
            None => None,
        };
        let ours = |session: &Session| match &session.holder {
            Holder::Staff(_) => true,
            Holder::Visitor(of) => of.as_str() == DOOR,
            Holder::Subject(..) => false,
        };
        let app = Arc::clone(app);
        if let (Some(session), Some(secret)) = (standing.filter(ours), shown) {
            return Ok(Self { app, session, secret, fresh: None });
        }
        if parts.method != Method::GET && parts.method != Method::HEAD {
            return Err(Trouble::Stale);
        }
        let door: Slug = DOOR.parse().map_err(|_| Refusal::Broken("the door has no name".to_owned()))?;
        let opened = seat::session_new(&app.house, Holder::Visitor(door)).await?;
        let secret = opened.cookie.expose().to_owned();
        let fresh = set_cookie(&app.site, &name, &secret, None);
        Ok(Self { app, session: opened.session, secret, fresh })
    }
}

impl Door {
    /// Around a page outside.
    pub(crate) fn shell(&self) -> Console {
        let platforms = self.app.house.platforms();
        let first = platforms.first();
        let mut shell = first.map(|platform| around(&self.app, platform)).unwrap_or_default();
        BASE.clone_into(&mut shell.base);
        shell.csrf = Csrf(self.session.csrf.clone());
        shell
    }

    /// A page.
    pub(crate) fn show(&self, status: StatusCode, page: &impl Template) -> Result<Response, Trouble> {
        let mut response = html(status, page)?;
        response.headers_mut().extend(self.fresh.clone().map(|fresh| (header::SET_COOKIE, fresh)));
        Ok(response)
    }

    /// Signs a seat in, with a new session.
    pub(crate) async fn sign_in(&self, seat: &Seat) -> Result<Response, Trouble> {
        let opened = seat::session_new(&self.app.house, Holder::Staff(seat.id)).await?;
        seat::session_end(&self.app.house, &self.secret).await?;
        let cookie = set_cookie(&self.app.site, &console_cookie(&self.app.site), opened.cookie.expose(), None);
        let mut response = Redirect::to("/console/").into_response();
        response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
        Ok(response)
    }
}

/// What stands around every page of a platform's console.
pub(crate) fn around(app: &App, platform: &Platform) -> Console {
    let policy = &platform.tables.program().policy;
    Console {
        base: BASE.to_owned(),
        platform: policy.policy.service.value.clone(),
        handler: policy.handler.name.value.clone(),
        theme: app.site.theme_of(platform.id.as_str()),
        demo: app.site.inbox.is_some(),
        ..Console::default()
    }
}

/// Who is signed in, whoever it is, and on which platform.
pub(crate) struct Entrant {
    pub(crate) platform: Arc<Platform>,
    pub(crate) seat: Seat,
    pub(crate) session: Session,
    pub(crate) secret: String,
}

impl Seated for Entrant {
    fn session(&self) -> &Session {
        &self.session
    }
}

/// A seat of staff at work on a platform.
pub(crate) struct Clerk {
    pub(crate) app: Arc<App>,
    pub(crate) platform: Arc<Platform>,
    pub(crate) seat: Seat,
    session: Session,
}

impl Seated for Clerk {
    fn session(&self) -> &Session {
        &self.session
    }
}

impl FromRequestParts<Arc<App>> for Entrant {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Trouble> {
        let secret = cookie(&parts.headers, &console_cookie(&app.site)).ok_or(Trouble::LogIn)?.to_owned();
        let session = seat::session(&app.house, &secret).await?.ok_or(Trouble::LogIn)?;
        let Holder::Staff(id) = session.holder else { return Err(Trouble::LogIn) };
        // A seat that was closed is refused from the next request on.
        let seat = seat::seat_of(&app.house, id).await.map_err(|_| Trouble::LogIn)?;
        let asked = cookie(&parts.headers, ON).unwrap_or_default();
        let mine = |platform: &Arc<Platform>| works_on(&seat, platform);
        let mut platforms: Vec<Arc<Platform>> = app.house.platforms();
        platforms.retain(mine);
        let chosen = platforms.iter().find(|platform| platform.id.as_str() == asked).or(platforms.first());
        let platform = chosen.cloned().ok_or(Trouble::Unknown)?;
        Ok(Self { platform, seat, session, secret })
    }
}

impl FromRequestParts<Arc<App>> for Clerk {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Trouble> {
        let Entrant { platform, seat, session, .. } = Entrant::from_request_parts(parts, app).await?;
        // Nothing that staff see is for an outside party's people: one door for all of it.
        if let Some(party) = seat::party_seat(&platform, &seat) {
            return Err(super::partner::barred(app, &platform, &party, parts.uri.path()).await);
        }
        Ok(Self { app: Arc::clone(app), platform, seat, session })
    }
}

/// An operator sees the rules and the ledger of every platform; others those of their roles.
fn works_on(seat: &Seat, platform: &Platform) -> bool {
    seat.operator || seat.roles.iter().any(|(on, _)| *on == platform.id)
}

impl Clerk {
    /// The role in which the seat looks at people here.
    pub(crate) fn duty(&self) -> Result<Duty, Trouble> {
        Ok(seat::duty(&self.platform, &self.seat)?)
    }

    /// Around a page.
    pub(crate) fn shell(&self) -> Console {
        let mut shell = around(&self.app, &self.platform);
        shell.csrf = Csrf(self.session.csrf.clone());
        let role = self.seat.roles.iter().find(|(on, _)| *on == self.platform.id);
        let roles = &self.platform.tables.program().operation.roles;
        let role =
            role.and_then(|(_, role)| roles.iter().find(|one| one.id.value == *role)).map(|one| one.name.value.clone());
        let outside = if self.seat.operator { say("c-operator") } else { say("c-no-role") };
        shell.operator = Some(Operator { name: self.seat.name.clone(), role: role.unwrap_or(outside) });
        let others = self.app.house.platforms().into_iter();
        shell.platforms = others
            .filter(|other| other.id != self.platform.id && works_on(&self.seat, other))
            .map(|other| PlatformLink {
                name: other.tables.program().policy.policy.service.value.clone(),
                href: format!("{BASE}/on/{}", other.id),
            })
            .collect();
        shell
    }

    /// A page.
    #[expect(clippy::unused_self, reason = "pages are shown by who has them made")]
    pub(crate) fn show(&self, page: &impl Template) -> Result<Response, Trouble> {
        html(StatusCode::OK, page)
    }

    /// A page that says that something was wrong with what was sent.
    #[expect(clippy::unused_self, reason = "pages are shown by who has them made")]
    pub(crate) fn show_again(&self, page: &impl Template) -> Result<Response, Trouble> {
        html(StatusCode::UNPROCESSABLE_ENTITY, page)
    }
}

/// The cookie that changes the platform.
pub(crate) fn on(app: &App, platform: &str) -> Option<HeaderValue> {
    set_cookie(&app.site, ON, platform, None)
}
