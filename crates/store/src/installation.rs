//! What the installation keeps, whatever its platforms: staff, service tokens, sessions, codes and links.

use jiff::Timestamp;
use model::{ActorId, Slug, SubjectId};

/// A page of somebody's, or nobody's: server-side state of a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Hash of the cookie's value; the value itself is never stored.
    pub digest: [u8; 32],
    /// Whose.
    pub kind: SessionKind,
    /// Token that every form of the session carries.
    pub csrf: [u8; 32],
    /// Ends at.
    pub until: Timestamp,
}

/// Whose session it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionKind {
    /// A visitor of a platform's portal, before log-in; what was typed is kept by the page, not here.
    Visitor(Slug),
    /// A customer.
    Subject(Slug, SubjectId),
    /// Staff.
    Staff(ActorId),
}

/// A code sent to a telephone, as a keyed token and a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginCode {
    /// Keyed token of the telephone number.
    pub phone: [u8; 32],
    /// Hash of the code.
    pub digest: [u8; 32],
    /// Ends at.
    pub until: Timestamp,
    /// Tries left.
    pub tries: u32,
}

/// A staff member's seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// Id.
    pub id: ActorId,
    /// Log-in name.
    pub name: String,
    /// Password hash in PHC form.
    pub password: String,
    /// Platforms and the role in each.
    pub roles: Vec<(Slug, Slug)>,
    /// Whether the seat may manage seats and tokens.
    pub operator: bool,
    /// Whether it is closed.
    pub closed: bool,
}

/// A caller's service token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceToken {
    /// Id.
    pub id: ActorId,
    /// Name for people.
    pub name: String,
    /// Hash of the token.
    pub digest: [u8; 32],
    /// Platform.
    pub platform: Slug,
    /// Actions it may do (`collect`, `show`, … or `decide`).
    pub actions: Vec<String>,
    /// Purposes and functions it may name; empty: none.
    pub purposes: Vec<Slug>,
    /// The chosen party (agency) that it speaks for, if any.
    pub party: Option<Slug>,
    /// Requests a minute.
    pub rate: u32,
    /// Whether it is revoked.
    pub revoked: bool,
}

/// A link that works once, for the first operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneTimeLink {
    /// Hash of the secret in the link.
    pub digest: [u8; 32],
    /// Ends at.
    pub until: Timestamp,
}

/// Somebody on the way to a provider of accounts and back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginTry {
    /// Hash of the cookie of the session that went.
    pub session: [u8; 32],
    /// Platform.
    pub platform: Slug,
    /// What the desk remembers meanwhile; holds nothing of a person.
    pub kept: Vec<u8>,
    /// Ends at.
    pub until: Timestamp,
}
