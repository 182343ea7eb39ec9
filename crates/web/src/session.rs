//! Cookies, sessions and the token that every form carries: who is behind a request of the pages.
//!
//! A portal has one cookie for each platform and the console one of its own, so that a log-in here says nothing there.
//! What a cookie holds is a secret of the desk's sessions; nothing of a person stands in it.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use desk::seat::{self, Holder, Session};
use desk::{Platform, Refusal};
use model::{Slug, SubjectId};

use crate::app::{App, Site};
use crate::multipart::{Multipart, boundary};
use crate::pages::Template;
use crate::trouble::Trouble;

/// Elder mode: `1`, or absent.
pub(crate) const ELDER: &str = "elder";

/// The session cookie of a platform's portal.
pub(crate) fn portal_cookie(site: &Site, platform: &Slug) -> String {
    named(site, &format!("portal-{platform}"))
}

/// The session cookie of the console.
pub(crate) fn console_cookie(site: &Site) -> String {
    named(site, "console")
}

/// With TLS a name that browsers accept from this host alone, for the whole of it.
fn named(site: &Site, name: &str) -> String {
    if site.is_secure() { format!("__Host-{name}") } else { name.to_owned() }
}

/// What a browser sent under a name.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(key, _)| *key == name).map(|(_, value)| value).next()
}

/// `Set-Cookie`, for `seconds` or, with `None`, until the browser closes. No script reads it, no other site sends it.
pub(crate) fn set_cookie(site: &Site, name: &str, value: &str, seconds: Option<u32>) -> Option<HeaderValue> {
    let secure = if site.is_secure() { "; Secure" } else { "" };
    let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}")).ok()
}

/// The elder cookie's name.
pub(crate) fn elder_cookie(site: &Site) -> String {
    named(site, ELDER)
}

/// Somebody at a platform's portal, logged in or not.
pub(crate) struct Visit {
    pub(crate) app: Arc<App>,
    pub(crate) platform: Arc<Platform>,
    pub(crate) session: Session,
    /// The session's cookie, as the browser holds it.
    pub(crate) secret: String,
    /// To be set with the answer: the visit began with this request.
    fresh: Option<HeaderValue>,
    pub(crate) elder: bool,
}

impl FromRequestParts<Arc<App>> for Visit {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Trouble> {
        let params = RawPathParams::from_request_parts(parts, app).await.map_err(|_| Trouble::Unknown)?;
        let id = params.iter().find(|(name, _)| *name == "platform").map(|(_, id)| id.to_owned());
        let platform = app.house.platform(&id.ok_or(Trouble::Unknown)?).map_err(|_| Trouble::Unknown)?;
        let elder = cookie(&parts.headers, &elder_cookie(&app.site)).is_some();
        let name = portal_cookie(&app.site, &platform.id);
        let shown = cookie(&parts.headers, &name).map(str::to_owned);
        let standing = match &shown {
            Some(secret) => seat::session(&app.house, secret).await?,
            None => None,
        };
        let app = Arc::clone(app);
        if let (Some(session), Some(secret)) = (standing.filter(|one| is_of(one, &platform.id)), shown) {
            return Ok(Self { app, platform, session, secret, fresh: None, elder });
        }
        if !is_safe(&parts.method) {
            return Err(Trouble::Stale);
        }
        let opened = seat::session_new(&app.house, Holder::Visitor(platform.id.clone())).await?;
        let secret = opened.cookie.expose().to_owned();
        let fresh = set_cookie(&app.site, &name, &secret, None);
        Ok(Self { app, platform, session: opened.session, secret, fresh, elder })
    }
}

fn is_of(session: &Session, platform: &Slug) -> bool {
    match &session.holder {
        Holder::Visitor(of) | Holder::Subject(of, _) => of == platform,
        Holder::Staff(_) => false,
    }
}

fn is_safe(method: &Method) -> bool {
    method == Method::GET || method == Method::HEAD
}

impl Visit {
    /// Where the platform's portal is.
    pub(crate) fn base(&self) -> String {
        format!("/p/{}", self.platform.id)
    }

    /// Who is logged in.
    pub(crate) const fn subject(&self) -> Option<SubjectId> {
        match &self.session.holder {
            Holder::Subject(_, subject) => Some(*subject),
            Holder::Visitor(_) | Holder::Staff(_) => None,
        }
    }

    /// A page.
    pub(crate) fn show(&self, page: &impl Template) -> Result<Response, Trouble> {
        self.show_as(StatusCode::OK, page)
    }

    /// A page that says that something was wrong with what was sent.
    pub(crate) fn show_again(&self, page: &impl Template) -> Result<Response, Trouble> {
        self.show_as(StatusCode::UNPROCESSABLE_ENTITY, page)
    }

    /// A page that says that what was sent was decided against.
    pub(crate) fn show_refused(&self, page: &impl Template) -> Result<Response, Trouble> {
        self.show_as(StatusCode::FORBIDDEN, page)
    }

    fn show_as(&self, status: StatusCode, page: &impl Template) -> Result<Response, Trouble> {
        Ok(self.with_cookie(html(status, page)?))
    }

    /// The same answer with the cookie of a visit that began with this request.
    pub(crate) fn with_cookie(&self, mut response: Response) -> Response {
        if let Some(fresh) = self.fresh.clone() {
            response.headers_mut().append(header::SET_COOKIE, fresh);
        }
        response
    }

    /// Goes on to a page of this portal.
    pub(crate) fn go(&self, path: &str) -> Response {
        Redirect::to(&format!("{}{path}", self.base())).into_response()
    }

    /// Logs a subject in: a new session takes the place of this one, so that nobody can plant a cookie beforehand.
    pub(crate) async fn log_in(&self, subject: SubjectId, path: &str) -> Result<Response, Trouble> {
        let holder = Holder::Subject(self.platform.id.clone(), subject);
        let opened = seat::session_new(&self.app.house, holder).await?;
        seat::session_end(&self.app.house, &self.secret).await?;
        let name = portal_cookie(&self.app.site, &self.platform.id);
        let mut response = self.go(path);
        if let Some(cookie) = set_cookie(&self.app.site, &name, opened.cookie.expose(), None) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        Ok(response)
    }
}

/// A page as a response.
pub(crate) fn html(status: StatusCode, page: &impl Template) -> Result<Response, Trouble> {
    let body = page.render().map_err(|error| Refusal::Broken(format!("a template: {error}")))?;
    Ok((status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response())
}

/// A part of a page as text.
pub(crate) fn fragment(part: impl Template) -> Result<String, Trouble> {
    Ok(part.render().map_err(|error| Refusal::Broken(format!("a template: {error}")))?)
}

/// A customer at work: whatever a handler does is done for this subject alone, whom no URL can name.
pub(crate) struct Customer {
    pub(crate) visit: Visit,
    pub(crate) subject: SubjectId,
}

impl std::ops::Deref for Customer {
    type Target = Visit;

    fn deref(&self) -> &Visit {
        &self.visit
    }
}

impl FromRequestParts<Arc<App>> for Customer {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Trouble> {
        let safe = is_safe(&parts.method);
        let visit = match Visit::from_request_parts(parts, app).await {
            Err(Trouble::Stale) => return Err(Trouble::Expired),
            other => other?,
        };
        match visit.subject() {
            Some(subject) => Ok(Self { visit, subject }),
            None if safe => Err(Trouble::LogIn),
            None => Err(Trouble::Expired),
        }
    }
}

/// Someone whose forms carry a token.
pub(crate) trait Seated: FromRequestParts<Arc<App>, Rejection = Trouble> + Send {
    /// The session that the token is of.
    fn session(&self) -> &Session;
}

impl Seated for Visit {
    fn session(&self) -> &Session {
        &self.session
    }
}

impl Seated for Customer {
    fn session(&self) -> &Session {
        &self.visit.session
    }
}

/// A form that was posted from a page of this very session. There is no other way to a form's fields.
pub(crate) struct Signed<S>(pub(crate) S, pub(crate) Form);

impl<S: Seated> FromRequest<Arc<App>> for Signed<S> {
    type Rejection = Trouble;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Trouble> {
        let (mut parts, body) = request.into_parts();
        same_origin(&parts.headers, &app.site)?;
        let seated = S::from_request_parts(&mut parts, app).await?;
        let media = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let boundary = boundary(media).map(str::to_owned);
        let is_form = media.split(';').next().is_some_and(|kind| kind.trim() == "application/x-www-form-urlencoded");
        if boundary.is_none() && !is_form {
            return Err(Trouble::MediaType);
        }
        let request = Request::from_parts(parts, body);
        let form = match boundary {
            Some(boundary) => {
                let bytes = Bytes::from_request(request, app).await.map_err(|_| Trouble::TooLarge)?;
                Multipart::new(bytes.into(), &boundary).whole().await.ok_or(Trouble::Unreadable)?
            }
            None => match axum::Form::<Vec<(String, String)>>::from_request(request, app).await {
                Ok(axum::Form(fields)) => Form { fields, file: None },
                Err(why) if why.status() == StatusCode::PAYLOAD_TOO_LARGE => return Err(Trouble::TooLarge),
                Err(_) => return Err(Trouble::Unreadable),
            },
        };
        let token = form.one("csrf").unwrap_or_default();
        if seated.session().is_mine(token) { Ok(Self(seated, form)) } else { Err(Trouble::Stale) }
    }
}

/// A form with a file, of which the fields before the file are read and signed: the file is still on its way.
pub(crate) struct Uploading<S>(pub(crate) S, pub(crate) Form, pub(crate) Multipart);

impl<S: Seated> FromRequest<Arc<App>> for Uploading<S> {
    type Rejection = Trouble;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Trouble> {
        let (mut parts, body) = request.into_parts();
        same_origin(&parts.headers, &app.site)?;
        let seated = S::from_request_parts(&mut parts, app).await?;
        let media = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut upload = Multipart::new(body, boundary(media).ok_or(Trouble::MediaType)?);
        let form = upload.fields().await.ok_or(Trouble::Unreadable)?;
        let token = form.one("csrf").unwrap_or_default();
        if seated.session().is_mine(token) { Ok(Self(seated, form, upload)) } else { Err(Trouble::Stale) }
    }
}

/// What a page's own script asks: signed in a header, for the body is nothing but content, which is still on its way.
pub(crate) struct Scripted<S>(pub(crate) S, pub(crate) HeaderMap, pub(crate) Body);

impl<S: Seated> FromRequest<Arc<App>> for Scripted<S> {
    type Rejection = Trouble;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Trouble> {
        let (mut parts, body) = request.into_parts();
        same_origin(&parts.headers, &app.site)?;
        let seated = S::from_request_parts(&mut parts, app).await?;
        let token = parts.headers.get("csrf").and_then(|value| value.to_str().ok()).unwrap_or_default();
        if seated.session().is_mine(token) { Ok(Self(seated, parts.headers, body)) } else { Err(Trouble::Stale) }
    }
}

/// A browser says where a form comes from; from elsewhere none is taken.
fn same_origin(headers: &HeaderMap, site: &Site) -> Result<(), Trouble> {
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let fine = said("sec-fetch-site").is_none_or(|from| matches!(from, "same-origin" | "none"))
        && said("origin").is_none_or(|origin| origin == site.origin);
    if fine { Ok(()) } else { Err(Trouble::Stale) }
}

/// What was posted.
#[derive(Default)]
pub(crate) struct Form {
    pub(crate) fields: Vec<(String, String)>,
    /// The file of a multipart form.
    pub(crate) file: Option<Vec<u8>>,
}

impl Form {
    /// Takes the file, where it is a PNG or JPEG by its first bytes, whatever its name says, and at most so large.
    pub(crate) fn picture(&mut self, most: usize) -> Option<Vec<u8>> {
        let known = |bytes: &Vec<u8>| bytes.starts_with(b"\x89PNG\r\n\x1a\n") || bytes.starts_with(&[0xff, 0xd8, 0xff]);
        self.file.take().filter(|bytes| bytes.len() <= most && known(bytes))
    }

    /// Every value of a field, in the order in which they came.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The value of a field that came exactly once.
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        let mut found = self.all(name);
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }
}
