//! Why a desk did not do what was asked, and how to go on. The faces translate it; it knows no HTTP.

use jiff::Timestamp;
use model::Slug;
use model::calendar::day_in_shanghai;
use policy::question::{Answer, Code, Reason, Side};
use policy::terms::Scope;

use crate::Platform;

/// A refusal. Nothing was written but, where the act was decided against, the leaf `refused` (rule R59).
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The decision was no: the answer says why and what would have to change.
    #[error("not permitted by the policy or the law")]
    Denied(Box<Answer>),
    /// Fields that do not read as what they must be, by item id; nothing was stored.
    #[error("{} field(s) cannot be accepted", .0.len())]
    Fields(Vec<FieldFault>),
    /// Something that the caller named does not exist, or is not the caller's: the two are not told apart.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// Somebody is registered already under this value.
    #[error("this {0} is registered already")]
    Taken(store::TokenKind),
    /// The caller may not do this at all.
    #[error("not allowed for this caller: {0}")]
    NotAllowed(&'static str),
    /// The request itself is wrong.
    #[error("{0}")]
    Wrong(String),
    /// Nothing was filled in; nobody stands in any of these roles, of which the function needs one.
    #[error("{}", empty(.0))]
    Empty(Vec<Slug>),
    /// Too many tries.
    #[error("too many tries: wait, then ask anew")]
    TooMany,
    /// The state moved several times while deciding.
    #[error("somebody else changed the same data again and again: try once more")]
    Contended,
    /// A legal floor, an open claim or another reason blocks it.
    #[error("blocked: {0}")]
    Blocked(String),
    /// A link that leads nowhere any more.
    #[error("this invitation {0}: ask whoever passed it on for a new one")]
    Invitation(Ended),
    /// An upload under way is at another place than the request goes on from: after so many bytes.
    #[error("the upload is at byte {0}: go on from there")]
    Elsewhere(u64),
    /// An upload that was not finished in time.
    #[error("the time of this upload is over: begin it anew")]
    Over,
    /// A roster that does not read.
    #[error("{0}")]
    Roster(crate::collect::Unread),
    /// The same idempotency key came with another request.
    #[error("the idempotency key was used for another request: use a new one")]
    KeyReused,
    /// The same request was done before, as this leaf. Desks with an idempotency key turn it into their first answer.
    #[error("done before, as leaf {leaf}")]
    Done {
        /// Leaf of the first time.
        leaf: u64,
        /// The first answer: ids only.
        answer: Vec<u8>,
    },
    /// A policy cannot be published while these stand: errors of the language, and errors of law or text that nobody
    /// answers for in the operation file.
    #[error("{} finding(s) stand in the way of publishing: run `shouyue check`", .0.len())]
    Findings(Vec<policy::finding::Finding>),
    /// An outside party did not answer as it must.
    #[error(transparent)]
    Outside(#[from] crate::ports::Outside),
    /// A witness has seen more of the platform's ledger, or another history of it: it is not served, and this says what to do.
    #[error("the platform is not served: {0}")]
    Overtaken(String),
    /// The database is not there, or the root key that another server made; the message is for the log.
    #[error("the service is away for the moment: {0}")]
    Away(String),
    /// The platform's keys are of another suite than its operation file declares (rule R68): it is not served.
    #[error(
        "the platform is not served: its operation file declares the suite `{declared}`, and its keys are of `{used}`: \
        `shouyue rotate platform <id> --suite {declared}` brings it under that one, or publish a version that declares `{used}` or none"
    )]
    NotAsDeclared {
        /// What the operation file declares.
        declared: &'static str,
        /// What the newest key is of.
        used: &'static str,
    },
    /// The house itself is not well; the message is for the log.
    #[error("the service is not well: {0}")]
    Broken(String),
}

/// What an empty form lacks.
fn empty(roles: &[Slug]) -> String {
    if roles.is_empty() {
        return "nothing is filled in: give at least one value".to_owned();
    }
    let roles: Vec<&str> = roles.iter().map(Slug::as_str).collect();
    format!("nobody stands in it: name somebody as {}", roles.join(" or "))
}

/// Why an invitation is no longer good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Somebody joined by it.
    Used,
    /// It was taken back.
    Withdrawn,
    /// Its time is over.
    Over,
    /// The matter itself has ended.
    Closed,
}

impl std::fmt::Display for Ended {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Used => "was used already",
            Self::Withdrawn => "was taken back",
            Self::Over => "is over",
            Self::Closed => "leads to a matter that has ended",
        })
    }
}

/// One field that cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// Role whose field it is, where several people are typed in at once.
    pub person: Option<Slug>,
    /// Which of these people, counted from 0 in the order in which they came.
    pub place: Option<usize>,
    /// Item id, which is the field's name.
    pub item: String,
    /// Reason code: `missing`, `checksum`, `length`, …
    pub code: &'static str,
}

impl FieldFault {
    /// A fault of a field whose role goes without saying.
    pub(crate) fn new(item: impl Into<String>, code: &'static str) -> Self {
        Self { person: None, place: None, item: item.into(), code }
    }

    /// The same fault, of a field of the person at this place, in this role.
    pub(crate) fn of(self, place: usize, person: &Slug) -> Self {
        Self { person: Some(person.clone()), place: Some(place), ..self }
    }
}

impl From<store::StoreError> for Refusal {
    fn from(error: store::StoreError) -> Self {
        match error {
            store::StoreError::Away(_) => Self::Away(error.to_string()),
            _ => Self::Broken(error.to_string()),
        }
    }
}

impl From<vault::VaultError> for Refusal {
    fn from(error: vault::VaultError) -> Self {
        match error {
            vault::VaultError::Erased => Self::NotFound("value: it is erased"),
            // Another server uses a new key that this one reads within seconds.
            vault::VaultError::Version(_) => Self::Contended,
            other => Self::Broken(other.to_string()),
        }
    }
}

/// A reason of the published policy.
pub(crate) fn by_policy(code: Code, scope: Option<&Scope>) -> Reason {
    Reason {
        code,
        side: Side::Published,
        scope: scope.map(|scope| scope.id.clone()),
        fact: None,
        clause: scope.and_then(|scope| scope.clause.first().cloned()),
        article: None,
    }
}

/// A reason of the law, with the article in force that carries the rule.
pub(crate) fn by_law(platform: &Platform, code: Code, scope: Option<&Scope>, rule: &str, now: Timestamp) -> Reason {
    let law = &platform.tables.program().law;
    let article = law.citation(rule, day_in_shanghai(now)).map(|source| format!("{} ({rule})", source.cite));
    Reason {
        code,
        side: Side::Law,
        scope: scope.map(|scope| scope.id.clone()),
        fact: None,
        clause: scope.and_then(|scope| scope.clause.first().cloned()),
        article,
    }
}
