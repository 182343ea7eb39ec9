//! What goes wrong, as a problem (RFC 9457): what the caller is told is here, what the log is told is written here too.
//!
//! A problem never carries a personal value: fields are named by item, bodies that do not read by line and column.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use desk::Refusal;
use desk::ports::Outside;
use policy::question::{Answer, Reason};
use serde::Serialize;
use utoipa::ToSchema;

/// Media type of problems.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// How long a caller over its rate waits, in seconds: a minute's requests are free again by then.
const RATE_WAIT: &str = "60";

/// How long a caller waits after others kept changing the same data, in seconds.
const CONTENDED_WAIT: &str = "1";

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $code:literal, $status:ident, $title:literal;)+) => {
        /// Kinds of problem: each has one code, one status and one title, listed in `docs/api.md`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Kind {
            $($(#[$doc])* $kind),+
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// The last part of the problem's type.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$kind => $code),+ }
            }

            /// Status of the answer.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$kind => StatusCode::$status),+ }
            }

            /// The same for every occurrence.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$kind => $title),+ }
            }
        }
    };
}

kinds! {
    /// No token, or one that is unknown or revoked.
    Unauthenticated = "unauthenticated", UNAUTHORIZED, "A service token is needed";
    /// The token is good and does not cover this.
    NotAllowed = "not-allowed", FORBIDDEN, "The token does not cover this";
    /// The decision was no.
    Denied = "denied", FORBIDDEN, "Not permitted by the policy or the law";
    /// Nothing of that name here, for this caller.
    NotFound = "not-found", NOT_FOUND, "No such thing here";
    /// The path knows other methods.
    Method = "method", METHOD_NOT_ALLOWED, "The method does not fit the path";
    /// The request took too long.
    Timeout = "timeout", SERVICE_UNAVAILABLE, "The request took too long";
    /// The value is another subject's already.
    Taken = "taken", CONFLICT, "Registered already";
    /// Something has to end first.
    Blocked = "blocked", CONFLICT, "Blocked";
    /// An upload is not where the request goes on from.
    Offset = "offset", CONFLICT, "The upload is at another place";
    /// A link that leads nowhere any more, or an upload whose time is over.
    Gone = "gone", GONE, "No longer there";
    /// The idempotency key came with another request.
    KeyReused = "key-reused", CONFLICT, "The idempotency key was used for another request";
    /// The body is larger than the endpoint takes.
    TooLarge = "too-large", PAYLOAD_TOO_LARGE, "The body is too large";
    /// The body is not of the content type that the endpoint takes.
    MediaType = "media-type", UNSUPPORTED_MEDIA_TYPE, "The body is of another media type";
    /// A version of the upload protocol that is not spoken here.
    Version = "version", PRECONDITION_FAILED, "Another version of the protocol";
    /// The body is not JSON, or not the JSON of this endpoint.
    Malformed = "malformed", BAD_REQUEST, "The request does not read";
    /// Fields that cannot be accepted.
    Fields = "fields", UNPROCESSABLE_ENTITY, "Fields that cannot be accepted";
    /// The request reads and makes no sense here.
    Wrong = "wrong", UNPROCESSABLE_ENTITY, "The request cannot be done as it is";
    /// Over the rate of the token.
    TooMany = "too-many", TOO_MANY_REQUESTS, "Too many requests";
    /// Others kept changing the same data.
    Contended = "contended", SERVICE_UNAVAILABLE, "Others are changing the same data";
    /// A party outside did not answer as it must.
    Outside = "outside", BAD_GATEWAY, "A party outside did not answer as it must";
    /// A witness has seen more of the platform's ledger.
    Overtaken = "overtaken", SERVICE_UNAVAILABLE, "A witness has seen more of this ledger";
    /// The database is not there for the moment.
    Away = "away", SERVICE_UNAVAILABLE, "The service is away for the moment";
    /// The platform's keys are not of the suite that is declared.
    NotAsDeclared = "not-as-declared", SERVICE_UNAVAILABLE, "The suite is not the one that is declared";
    /// The house is not well.
    Broken = "broken", INTERNAL_SERVER_ERROR, "The service is not well";
}

/// A field that cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldProblem {
    /// Role whose field it is, where several people are typed in at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Which of these people, counted from 0 in the order in which they came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<usize>,
    /// Item id, or the name of a member of the body; `?` where the name itself might say too much.
    pub item: String,
    /// Reason code: `missing`, `checksum`, `unknown`, …
    pub code: String,
}

/// A problem (RFC 9457) on its way out.
#[derive(Debug, Clone)]
pub struct Problem {
    body: Box<ProblemBody>,
    header: Option<(HeaderName, &'static str)>,
}

/// A problem (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// `/problems/<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same for every problem of the type.
    pub title: &'static str,
    /// Status of the answer.
    pub status: u16,
    /// What happened and what would mend it.
    pub detail: String,
    /// Rule of the catalogue that says no, such as `R12`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Clause of the published text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// Fields that cannot be accepted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldProblem>,
    /// The whole decision, where one said no.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub decision: Option<Box<Answer>>,
}

impl Problem {
    /// A problem of a kind.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        let body = ProblemBody {
            kind: format!("/problems/{}", kind.code()),
            title: kind.title(),
            status: kind.status().as_u16(),
            detail: detail.into(),
            rule: None,
            clause: None,
            fields: Vec::new(),
            decision: None,
        };
        Self { body: Box::new(body), header: header(kind) }
    }

    /// What the caller is told.
    pub fn into_body(self) -> ProblemBody {
        *self.body
    }

    /// Names the fields that cannot be accepted.
    #[must_use]
    pub fn with_fields(mut self, fields: Vec<FieldProblem>) -> Self {
        self.body.fields = fields;
        self
    }

    /// A token is needed; `shown`: one came and is not good.
    pub fn unauthenticated(shown: bool) -> Self {
        if !shown {
            return Self::new(Kind::Unauthenticated, "send `Authorization: Bearer` with a service token");
        }
        let problem = Self::new(Kind::Unauthenticated, "this service token is unknown or revoked");
        Self { header: Some((header::WWW_AUTHENTICATE, r#"Bearer realm="shouyue", error="invalid_token""#)), ..problem }
    }

    /// Nothing of that name.
    pub fn not_found(what: &str) -> Self {
        Self::new(Kind::NotFound, format!("no such {what}"))
    }

    fn denied(answer: Box<Answer>) -> Self {
        let items = answer.items.iter().flat_map(|item| &item.reasons);
        let reasons: Vec<&Reason> = answer.published.reasons.iter().chain(&answer.law.reasons).chain(items).collect();
        let rule = reasons.iter().find_map(|reason| rule(reason.article.as_deref()?));
        let clause = reasons.iter().find_map(|reason| reason.clause.clone());
        let detail = "the decision and its reasons are in `decision`; the refusal is on the ledger";
        let mut problem = Self::new(Kind::Denied, detail);
        (problem.body.rule, problem.body.clause, problem.body.decision) = (rule, clause, Some(answer));
        problem
    }
}

fn header(kind: Kind) -> Option<(HeaderName, &'static str)> {
    match kind {
        Kind::Unauthenticated => Some((header::WWW_AUTHENTICATE, r#"Bearer realm="shouyue""#)),
        Kind::TooMany => Some((header::RETRY_AFTER, RATE_WAIT)),
        Kind::Contended | Kind::Timeout => Some((header::RETRY_AFTER, CONTENDED_WAIT)),
        _ => None,
    }
}

/// The rule that a citation ends with, such as `R12` of `PIPL art. 15 (R12)`.
fn rule(article: &str) -> Option<String> {
    let (_, rule) = article.strip_suffix(')')?.rsplit_once('(')?;
    let digits = rule.strip_prefix('R')?;
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| rule.to_owned())
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let said = refusal.to_string();
        match refusal {
            Refusal::Denied(answer) => Self::denied(answer),
            Refusal::Fields(faults) => {
                let fields = faults.into_iter();
                let fields = fields.map(|fault| FieldProblem {
                    person: fault.person.map(|person| person.to_string()),
                    place: fault.place,
                    item: fault.item,
                    code: fault.code.to_owned(),
                });
                Self::new(Kind::Fields, "nothing was stored: mend the fields named in `fields`")
                    .with_fields(fields.collect())
            }
            Refusal::NotFound(_) => Self::new(Kind::NotFound, said),
            Refusal::Taken(_) => Self::new(Kind::Taken, said),
            Refusal::NotAllowed(what) => Self::new(Kind::NotAllowed, what),
            Refusal::Wrong(_) | Refusal::Empty(_) | Refusal::Roster(_) | Refusal::Findings(_) => {
                Self::new(Kind::Wrong, said)
            }
            Refusal::TooMany => Self::new(Kind::TooMany, said),
            Refusal::Contended => Self::new(Kind::Contended, said),
            Refusal::Blocked(_) => Self::new(Kind::Blocked, said),
            Refusal::Invitation(_) | Refusal::Over => Self::new(Kind::Gone, said),
            Refusal::Elsewhere(_) => Self::new(Kind::Offset, said),
            Refusal::KeyReused => Self::new(Kind::KeyReused, said),
            Refusal::Outside(Outside::TimedOut) => Self::new(Kind::Timeout, said),
            Refusal::Outside(_) => Self::new(Kind::Outside, said),
            Refusal::Done { leaf, .. } => {
                Self::new(Kind::KeyReused, format!("this request was done before, as leaf {leaf}"))
            }
            Refusal::Overtaken(_) => Self::new(Kind::Overtaken, said),
            Refusal::Away(why) => {
                tracing::error!(why, "the service is away");
                Self::new(Kind::Away, "the database does not answer, or a key is being changed: try again later")
            }
            Refusal::NotAsDeclared { .. } => Self::new(Kind::NotAsDeclared, said),
            Refusal::Broken(why) => {
                tracing::error!(why, "the house is not well");
                Self::new(Kind::Broken, "the fault is on our side and in our log: try again later")
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.body.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let extra = self.header;
        let mut response = (status, Json(self.body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some((name, value)) = extra {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response
    }
}
