//! What goes wrong on a page: handlers say what, and `faces` shows it as a page of the platform or console.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::Refusal;
use desk::ports::Outside;
use desk::refusal::Ended;

use crate::pages::parts::Reason;
use crate::pages::portal::ProblemKind;
use crate::words::{fault, say};

/// How long somebody over the limit waits, in seconds.
pub(crate) const WAIT: u32 = 60;

/// Why a page cannot be shown.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The desk did not do it.
    Refusal(Refusal),
    /// There is none, or it is somebody else's.
    Unknown,
    /// The form is not of this session, or came from elsewhere.
    Stale,
    /// Nobody is logged in where somebody was.
    Expired,
    /// Nobody is logged in.
    LogIn,
    /// What this caller looks for is on another page.
    Elsewhere(&'static str),
    /// The body is larger than a form of this page.
    TooLarge,
    /// The body is no form.
    MediaType,
    /// The form does not read.
    Unreadable,
    /// It took too long; what was begun may be done or not.
    Slow,
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(refusal)
    }
}

impl Trouble {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Unknown | Self::Refusal(Refusal::NotFound(_)) => StatusCode::NOT_FOUND,
            Self::Stale | Self::Refusal(Refusal::Denied(_) | Refusal::NotAllowed(_)) => StatusCode::FORBIDDEN,
            Self::Expired => StatusCode::UNAUTHORIZED,
            Self::LogIn | Self::Elsewhere(_) => StatusCode::SEE_OTHER,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::Refusal(Refusal::TooMany) => StatusCode::TOO_MANY_REQUESTS,
            Self::Refusal(
                Refusal::Fields(_) | Refusal::Wrong(_) | Refusal::Empty(_) | Refusal::Roster(_) | Refusal::Findings(_),
            ) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Refusal(
                Refusal::Taken(_)
                | Refusal::Blocked(_)
                | Refusal::KeyReused
                | Refusal::Done { .. }
                | Refusal::Elsewhere(_),
            ) => StatusCode::CONFLICT,
            Self::Refusal(Refusal::Invitation(_) | Refusal::Over) => StatusCode::GONE,
            Self::Slow
            | Self::Refusal(
                Refusal::Contended
                | Refusal::Overtaken(_)
                | Refusal::NotAsDeclared { .. }
                | Refusal::Away(_)
                | Refusal::Outside(Outside::TimedOut),
            ) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Refusal(Refusal::Outside(_)) => StatusCode::BAD_GATEWAY,
            Self::Refusal(Refusal::Broken(_)) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What the page says; `reasons` puts an answer's reasons into words.
    pub(crate) fn kind(&self, reasons: impl FnOnce(&policy::question::Answer) -> Vec<Reason>) -> ProblemKind {
        let invalid = |details: Vec<String>| ProblemKind::Invalid { details };
        match self {
            Self::Unknown | Self::LogIn | Self::Elsewhere(_) | Self::Refusal(Refusal::NotFound(_)) => {
                ProblemKind::NotFound
            }
            Self::Stale => ProblemKind::Stale,
            Self::Expired => ProblemKind::Expired,
            Self::TooLarge => invalid(vec![say("too-large")]),
            Self::MediaType => invalid(vec![say("media-type")]),
            Self::Unreadable => invalid(vec![say("unreadable")]),
            Self::Slow => invalid(vec![say("slow")]),
            Self::Refusal(Refusal::Denied(answer)) => ProblemKind::Refused { reasons: reasons(answer) },
            Self::Refusal(Refusal::NotAllowed(_)) => {
                ProblemKind::Refused { reasons: vec![Reason { text: say("not-allowed"), ..Reason::default() }] }
            }
            Self::Refusal(Refusal::TooMany) => ProblemKind::TooMany,
            Self::Refusal(Refusal::Fields(faults)) => invalid(faults.iter().map(|one| fault(one.code)).collect()),
            Self::Refusal(Refusal::Taken(_)) => invalid(vec![say("taken")]),
            Self::Refusal(Refusal::Empty(_)) => invalid(vec![say("nothing-typed")]),
            Self::Refusal(Refusal::Invitation(ended)) => {
                let why = match ended {
                    Ended::Used => say("invitation-used"),
                    Ended::Withdrawn => say("invitation-withdrawn"),
                    Ended::Over => say("invitation-over"),
                    Ended::Closed => say("invitation-closed"),
                };
                ProblemKind::Ended { reason: why }
            }
            Self::Refusal(Refusal::Blocked(_)) => invalid(vec![say("blocked")]),
            Self::Refusal(
                Refusal::Wrong(_)
                | Refusal::Roster(_)
                | Refusal::Findings(_)
                | Refusal::KeyReused
                | Refusal::Done { .. }
                | Refusal::Elsewhere(_)
                | Refusal::Over,
            ) => invalid(vec![say("wrong")]),
            Self::Refusal(Refusal::Overtaken(_)) => invalid(vec![say("overtaken")]),
            Self::Refusal(Refusal::Away(_)) => invalid(vec![say("away")]),
            Self::Refusal(Refusal::NotAsDeclared { .. }) => invalid(vec![say("not-as-declared")]),
            Self::Refusal(Refusal::Contended) => invalid(vec![say("contended")]),
            Self::Refusal(Refusal::Outside(_)) => invalid(vec![say("outside")]),
            Self::Refusal(Refusal::Broken(_)) => ProblemKind::Internal { trace: String::new() },
        }
    }
}

/// Carries a trouble out of a handler, to the layer that shows it ([`crate::faces`]).
#[derive(Clone)]
pub(crate) struct Carried(pub(crate) Arc<Trouble>);

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Carried(Arc::new(self)));
        response
    }
}

/// The fallback of the pages.
pub(crate) async fn unknown() -> Trouble {
    Trouble::Unknown
}

impl Trouble {
    /// What the console says.
    pub(crate) fn for_staff(&self, reasons: impl FnOnce(&policy::question::Answer) -> Vec<Reason>) -> ProblemKind {
        self.kind(reasons)
    }
}
