//! Questions and answers in the form that travels: one JSON object in, one out.
//!
//! Elements are named by id, by published Chinese name or by clause number, as everywhere in the language.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use model::act::SubjectState;
use model::{Fingerprint, Slug, SubjectId};
use serde::{Deserialize, Serialize};

use crate::syntax::{Action, Basis};

/// Anything that can be asked; the key `ask` says what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Question {
    /// May these items be processed so?
    Processing(Box<Processing>),
    /// Is a function open to somebody who refuses these items?
    Function(Box<FunctionOpen>),
    /// May a right be exercised, and by when is it answered?
    Right(Box<RightAsked>),
    /// When does a clock run out?
    Due(Box<DueAsked>),
}

/// `"ask": "processing"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Processing {
    /// Platform id.
    pub platform: Slug,
    /// The instant to decide for; absent: now, which the caller of the engine gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// What is to be done.
    pub action: Action,
    /// In the course of which function.
    #[serde(default)]
    pub function: Option<String>,
    /// For which purpose.
    #[serde(default)]
    pub purpose: Option<String>,
    /// About which product.
    #[serde(default)]
    pub product: Option<String>,
    /// Over which channel.
    #[serde(default)]
    pub channel: Option<String>,
    /// To whom.
    #[serde(default)]
    pub recipient: Option<String>,
    /// To which party of that recipient class, chosen by the customer.
    #[serde(default)]
    pub party: Option<String>,
    /// The address that data would be sent to; undeclared ones are denied (rule R24).
    #[serde(default)]
    pub endpoint: Option<String>,
    /// Who acts.
    #[serde(default)]
    pub actor: Actor,
    /// In which role the subject stands.
    pub person: String,
    /// Which items.
    pub items: Vec<String>,
    /// The numbered exception that is relied on: its id or number.
    #[serde(default)]
    pub exception: Option<String>,
    /// The subject: inline for advice, or by id.
    #[serde(default)]
    pub subject: Subject,
    /// Facts that conditions ask for; absent ones are unknown.
    #[serde(default)]
    pub facts: Facts,
    /// The document that was shown, where one is demanded.
    #[serde(default)]
    pub document: Option<String>,
}

/// `"ask": "function"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunctionOpen {
    /// Platform id.
    pub platform: Slug,
    /// The instant to decide for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Which function.
    pub function: String,
    /// About which product.
    #[serde(default)]
    pub product: Option<String>,
    /// Over which channel.
    #[serde(default)]
    pub channel: Option<String>,
    /// In which role the subject stands.
    pub person: String,
    /// Items that the subject refuses to give.
    #[serde(default)]
    pub refused: Vec<String>,
    /// The subject.
    #[serde(default)]
    pub subject: Subject,
    /// Facts that conditions ask for.
    #[serde(default)]
    pub facts: Facts,
}

/// `"ask": "right"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RightAsked {
    /// Platform id.
    pub platform: Slug,
    /// The instant to decide for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Which right: the word of [`crate::syntax::RightKind`].
    pub right: crate::syntax::RightKind,
    /// Who exercises it.
    #[serde(default = "by_self")]
    pub by: String,
    /// The day the request came in.
    pub since: Date,
    /// Items it is about; empty: all.
    #[serde(default)]
    pub items: Vec<String>,
    /// Ground of refusal that the handler would rely on: its id or number.
    #[serde(default)]
    pub ground: Option<String>,
    /// The subject.
    #[serde(default)]
    pub subject: Subject,
    /// Facts that conditions ask for.
    #[serde(default)]
    pub facts: Facts,
}

fn by_self() -> String {
    "self".to_owned()
}

/// `"ask": "due"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DueAsked {
    /// Platform id.
    pub platform: Slug,
    /// Which clock: its id, or the word of a right.
    pub clock: String,
    /// From when.
    pub since: Date,
}

/// Who acts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Actor {
    /// The subject.
    #[default]
    Subject,
    /// Staff in a role of the operation file.
    Staff {
        /// Role id.
        role: String,
        /// Whether a manager approved the access (rule R18: minors).
        #[serde(default)]
        approved: bool,
        /// Whether the single value is to be opened in the clear, with a reason on the ledger (rule R56).
        #[serde(default)]
        clear_view: bool,
    },
    /// A system of the handler.
    System,
    /// A party chosen by the customer.
    Party {
        /// Party id.
        party: String,
    },
}

/// The subject of a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Subject {
    /// Known to the store. Only the server can answer such a question.
    Known {
        /// Which.
        id: SubjectId,
    },
    /// Written by hand: advice only.
    Inline(Box<InlineSubject>),
}

impl Default for Subject {
    fn default() -> Self {
        Self::Inline(Box::default())
    }
}

/// A subject written by hand.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct InlineSubject {
    /// Birth date `YYYY-MM-DD`, or only the year; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<String>,
    /// The rest.
    #[serde(flatten)]
    pub state: SubjectState,
}

/// Facts: `same-person` is a list of groups of roles (absent: unknown; `[]`: no two roles are one person); any other key
/// is a declared fact with true or false.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Groups of roles that are one and the same person.
    #[serde(rename = "same-person", default, skip_serializing_if = "Option::is_none")]
    pub same_person: Option<Vec<Vec<String>>>,
    /// Declared facts.
    #[serde(flatten)]
    pub declared: BTreeMap<String, bool>,
}

/// What takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Nothing is permitted.
    Deny,
    /// Some items are permitted, or some only masked.
    Partial,
    /// Everything asked is permitted.
    Permit,
}

/// What happens to one item; the order is that of strictness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Not given.
    Withheld,
    /// Given under its mask.
    Masked,
    /// Given as it is.
    Clear,
}

/// The answer to a processing question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The stricter of the two verdicts.
    pub effect: Effect,
    /// What the published policy says.
    pub published: Verdict,
    /// What the law as encoded says.
    pub law: Verdict,
    /// Item by item, in the order asked.
    pub items: Vec<ItemAnswer>,
    /// What goes with doing it.
    pub obligations: Vec<Obligation>,
    /// The ground relied on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// The exception relied on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exception: Option<String>,
    /// For `retain`: the three dates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retain: Option<Retain>,
    /// Fingerprint of the tables that answered.
    pub tables: Fingerprint,
    /// The instant for which the answer holds.
    pub as_of: Timestamp,
}

/// One of the two verdicts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Its effect alone.
    pub effect: Effect,
    /// Reasons that concern every item.
    pub reasons: Vec<Reason>,
}

/// The answer for one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemAnswer {
    /// Item id.
    pub item: String,
    /// What takes effect.
    pub outcome: Outcome,
    /// By the published policy.
    pub published: Outcome,
    /// By law.
    pub law: Outcome,
    /// The mask, when masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask: Option<model::field::Mask>,
    /// Why not clear.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
}

/// Why something is not given, or on what it rests.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reason {
    /// Closed list, documented in `docs/answers.md`.
    pub code: Code,
    /// Whose reason: published policy or law.
    pub side: Side,
    /// The scope that is missing or in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The fact that is unknown or false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    /// Clause of the published text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// Article, with the rule of the catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
}

/// Whose reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The published policy's.
    Published,
    /// The law's.
    Law,
}

/// Reason codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "docs/answers.md explains each code; the words speak")]
pub enum Code {
    // Closed world (invariant 1).
    UnknownItem,
    UnknownFunction,
    UnknownPurpose,
    UnknownPerson,
    UnknownChannel,
    UnknownRecipient,
    UnknownParty,
    UnknownEndpoint,
    UnknownException,
    NotDeclared,
    // Conditions.
    ConditionFalse,
    FactUnknown,
    // Consent.
    ConsentMissing,
    SeparateConsentMissing,
    WrittenConsentMissing,
    ConsentWithdrawn,
    ConsentExpired,
    ConsentOfOtherVersion,
    ConsentPrechecked,
    ConsentByOther,
    GuardianConsentMissing,
    AgeUnknown,
    // Ground.
    NoBasis,
    ExceptionNotInLaw,
    NotParty,
    // State.
    AccountClosed,
    StorageOnly,
    Erased,
    OptedOut,
    PermissionOff,
    // Staff.
    RoleNotAllowed,
    ApprovalMissing,
    MaskedByDefault,
    // Recipients.
    RecipientUnnamed,
    DocumentMissing,
    ItemsNotStated,
    // Special items.
    Genetic,
    Authenticator,
    FaceNotSoleWay,
    // Silence.
    NotStated,
    // Rights and functions.
    RightNotGranted,
    Blocked,
    GroundNotInList,
    FloorRuns,
}

/// What goes with doing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "docs/answers.md explains each; the words speak")]
pub enum Obligation {
    Record,
    Minimise,
    Mask,
    TellAfterwards,
    OfferAlternative,
    NotifyRecipientOnErasure,
    ReturnAndDeleteAtEnd,
    KeepDisclosureRecord,
    HumanReview,
}

/// The three dates of `retain`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retain {
    /// First day of storage-only; absent while the purpose lives.
    pub storage_only_from: Option<Date>,
    /// First day on which the legal floors permit erasure; absent while no start event is known.
    pub erase_not_before: Option<Date>,
    /// Day by which it must be erased.
    pub erase_due: Option<Date>,
}
