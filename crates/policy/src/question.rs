//! Questions and answers in the form that travels: one JSON object in, one out.
//!
//! Elements are named by id, by published Chinese name or by clause number, as everywhere in the language.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use model::act::SubjectState;
use model::{Slug, SubjectId};
use serde::{Deserialize, Serialize};

use crate::syntax::{Action, Change, RightKind};

mod answer;

pub use answer::*;

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
    /// What does a change of the text ask for?
    Change(Box<ChangeAsked>),
}

impl Question {
    /// The platform that it is about.
    pub const fn platform(&self) -> &Slug {
        match self {
            Self::Processing(asked) => &asked.platform,
            Self::Function(asked) => &asked.platform,
            Self::Right(asked) => &asked.platform,
            Self::Due(asked) => &asked.platform,
            Self::Change(asked) => &asked.platform,
        }
    }

    /// The instant that it is asked for, where it names one; clocks run from a day that they name themselves.
    pub const fn at(&self) -> Option<Timestamp> {
        match self {
            Self::Processing(asked) => asked.at,
            Self::Function(asked) => asked.at,
            Self::Right(asked) => asked.at,
            Self::Due(_) => None,
            Self::Change(asked) => asked.at,
        }
    }

    /// The subject that it is about; clocks and changes are about nobody.
    pub const fn subject(&self) -> Option<&Subject> {
        match self {
            Self::Processing(asked) => Some(&asked.subject),
            Self::Function(asked) => Some(&asked.subject),
            Self::Right(asked) => Some(&asked.subject),
            Self::Due(_) | Self::Change(_) => None,
        }
    }
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
    /// The source that hands them in, where the policy knows several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
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

impl Processing {
    /// The question about items of one person, with nothing else said: the subject acts, nothing is known of the subject or of
    /// any fact. What else there is to say goes over it: `Processing { function: …, ..Processing::new(…) }`.
    pub fn new(platform: Slug, action: Action, person: impl Into<String>, items: Vec<String>) -> Self {
        Self {
            platform,
            at: None,
            action,
            function: None,
            purpose: None,
            product: None,
            channel: None,
            recipient: None,
            party: None,
            endpoint: None,
            actor: Actor::default(),
            person: person.into(),
            items,
            source: None,
            exception: None,
            subject: Subject::default(),
            facts: Facts::default(),
            document: None,
        }
    }
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
    pub right: RightKind,
    /// Who exercises it: `self`, or a word of [`crate::syntax::Delegate`].
    #[serde(default = "by_self")]
    pub by: String,
    /// The day the request came in.
    pub since: Date,
    /// Items it is about; empty: all.
    #[serde(default)]
    pub items: Vec<String>,
    /// Ground of refusal that the handler would rely on: its id, name or number, or a word of
    /// [`crate::syntax::LawGround`].
    #[serde(default)]
    pub refusal: Option<String>,
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

/// `"ask": "change"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeAsked {
    /// Platform id.
    pub platform: Slug,
    /// The instant to decide for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// What changes.
    pub change: Change,
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
