//! What the ledger says of an act: one line of canonical JSON, free of personal information (rules R59, R60).

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::{Fingerprint, RecordId, Slug, SubjectId};
use policy::question::{Code, Effect};
use serde::{Deserialize, Serialize};

/// The entry of one act. Field order is the order of the bytes; absent fields are left out.
///
/// `subject` and `record` are tags blinded with the leaf's salt ([`vault::blind`]): who holds the salt (the receipt, the
/// store until the subject is erased) can tell, nobody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Version of this form: 1.
    pub v: u32,
    /// Platform.
    pub platform: Slug,
    /// Kind of act.
    pub act: Act,
    /// The server's instant.
    pub at: Timestamp,
    /// Who acted.
    pub actor: Who,
    /// Blinded tag of the subject, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Blinded tags of further subjects of the same act, each under a salt of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<String>,
    /// Blinded tag of the record, hexadecimal; under the first subject's salt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// Blinded tag of the other record that a servicing request is about, hexadecimal; under the first subject's salt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// Role of the subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Slug>,
    /// Function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<Slug>,
    /// Purpose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Slug>,
    /// Recipient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Slug>,
    /// Chosen party.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<Slug>,
    /// The source that handed the items in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Slug>,
    /// Items: ids, never values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Slug>,
    /// Scopes consented to, withdrawn, or refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// Ground of PIPL art. 13.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<policy::syntax::Basis>,
    /// Exception relied on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<String>,
    /// What took effect.
    pub effect: Effect,
    /// Why not more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Code>,
    /// A reason that staff gave, as a code of the operation file; free text is kept out of the ledger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// For an act by which money goes back, or is back: how much, in fen (CNY 0.01).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back: Option<u64>,
    /// Policy in force.
    pub policy: Fingerprint,
    /// Tables that decided.
    pub tables: Fingerprint,
    /// Text that was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Fingerprint>,
    /// For a version that is published before it takes effect: from when it is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// SHA-256 of the signed document of a written consent (rule R11), or of the number of a filing (rules R34, R51), or of a report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Fingerprint>,
    /// Device permissions whose state was reported: whether each is on.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub permissions: BTreeMap<Slug, bool>,
    /// For an act over many subjects or records: root over its parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<Fingerprint>,
    /// For an act that ends a sale: the chain over what was shown and done before it (rule R61).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track: Option<Fingerprint>,
}

/// Kinds of acts (design invariant 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the words are design invariant 3's")]
pub enum Act {
    Publish,
    Consent,
    Withdraw,
    Refuse,
    /// Refusing a kind of processing that goes on without consent, or went on with it.
    Object,
    /// Taking an objection back.
    Allow,
    /// A device permission was switched.
    Permission,
    Collect,
    /// What the company kept elsewhere before is taken over: a batch of rows.
    Import,
    Read,
    Share,
    /// What was shared reached the party, or did not: `because` says which.
    Deliver,
    Disclose,
    Correct,
    StorageOnly,
    Erase,
    Event,
    /// A payment goes on: due, begun, paid, closed, sent back.
    Pay,
    Request,
    Step,
    Recount,
    /// A role of a record was opened to somebody by a link, made anew or taken back.
    Invite,
    /// Staff ask to look at a minor's data (rule R18).
    Plea,
    /// Somebody else lets them, for a while.
    Approve,
    /// A customer is handed to an outside party's people.
    Assign,
    /// What was handed over is taken back, or done.
    Unassign,
    /// A virtual number is bound.
    Bind,
    Unbind,
    /// An address was opened to tell the subject of a new version: `because` says of which, and by which way.
    Notify,
    /// The subject was told of a new version: `because` as above.
    Told,
    /// A party gets nothing from now on (rule R63).
    CutOff,
    /// A party that was cut off is let in again.
    Restore,
    /// The persons counted reached a threshold of the law (rules R34, R51).
    Threshold,
    /// Staff note what was filed for it.
    File,
    /// A key was changed: `because` says of what.
    Rotate,
    /// A report was made: `because` says of what, `document` is its fingerprint.
    Report,
    Refused,
}

impl Act {
    /// The word for listings.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Consent => "consent",
            Self::Withdraw => "withdraw",
            Self::Refuse => "refuse",
            Self::Object => "object",
            Self::Allow => "allow",
            Self::Permission => "permission",
            Self::Collect => "collect",
            Self::Import => "import",
            Self::Read => "read",
            Self::Share => "share",
            Self::Deliver => "deliver",
            Self::Disclose => "disclose",
            Self::Correct => "correct",
            Self::StorageOnly => "storage-only",
            Self::Erase => "erase",
            Self::Event => "event",
            Self::Pay => "pay",
            Self::Request => "request",
            Self::Step => "step",
            Self::Recount => "recount",
            Self::Invite => "invite",
            Self::Plea => "plea",
            Self::Approve => "approve",
            Self::Assign => "assign",
            Self::Unassign => "unassign",
            Self::Bind => "bind",
            Self::Unbind => "unbind",
            Self::Notify => "notify",
            Self::Told => "told",
            Self::CutOff => "cut-off",
            Self::Restore => "restore",
            Self::Threshold => "threshold",
            Self::File => "file",
            Self::Rotate => "rotate",
            Self::Report => "report",
            Self::Refused => "refused",
        }
    }
}

impl Act {
    /// Whether an act is open to a platform that is not served because its keys are not of the suite that is declared: it
    /// mends that, or tells of it.
    pub(crate) const fn mends(self) -> bool {
        matches!(self, Self::Publish | Self::Rotate | Self::Report)
    }

    /// Whether an act can bring something to an outside party: then the party must not be cut off when it commits.
    pub(crate) const fn reaches_out(self) -> bool {
        matches!(self, Self::Share | Self::Disclose | Self::Read | Self::Collect | Self::Assign | Self::Bind)
    }
}

/// Who acted, without a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Who {
    /// The subject, or the subject's guardian.
    Subject,
    /// A seat of staff, by its id, with its role.
    Staff {
        /// Seat.
        seat: model::ActorId,
        /// Role.
        role: Slug,
    },
    /// A system that holds a service token.
    Service {
        /// Token id.
        token: model::ActorId,
    },
    /// Who says to be a close relative of a subject who has died (PIPL art. 49).
    Relative,
    /// The house itself: a due erasure.
    House,
}

impl Entry {
    /// The bytes that enter the ledger.
    pub fn bytes(&self) -> Vec<u8> {
        // Serialising a struct of strings and numbers into memory cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Whether the act concerns a subject, as the holder of the subject's salt can tell.
    pub fn concerns(&self, salt: &[u8; 32], subject: SubjectId) -> bool {
        let tag = tag(salt, subject.as_bytes());
        self.subject.iter().chain(&self.with).any(|own| *own == tag)
    }
}

/// The blinded tag of a subject or record under a leaf's salt.
pub fn tag(salt: &[u8; 32], id: &[u8; 16]) -> String {
    hex::encode(vault::blind(salt, id))
}

/// What a receipt carries beside the proof: the entry, and for the one subject it is made for, the salt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extra {
    /// The leaf's bytes, as text.
    pub entry: String,
    /// The leaf's salt, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
    /// The subject that the receipt is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<SubjectId>,
    /// The record, where the act was on one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordId>,
}
