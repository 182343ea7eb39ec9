//! Answers in the form that travels.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use model::Fingerprint;
use model::calendar::Certainty;
use serde::{Deserialize, Serialize};

use crate::syntax::{Archive, Basis, Change, RightKind, Route};

/// Declares a closed list of words, documented in `docs/answers.md`.
macro_rules! closed {
    ($(#[$doc:meta])* $name:ident { $($word:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[expect(missing_docs, reason = "docs/answers.md explains each; the words speak")]
        pub enum $name {
            $($word),+
        }

        impl $name {
            /// Every word, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$word),+];
        }
    };
}

/// Prints a closed list as it travels: the words of a log line are those of the wire form.
macro_rules! printed {
    ($($name:ident),+ $(,)?) => { $(
        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.serialize(out)
            }
        }
    )+ };
}

printed!(Effect, Outcome, Side, Code, Obligation, Openness, Grant, Demand);

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

impl Effect {
    /// The word of the wire form.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Deny => "deny",
            Self::Partial => "partial",
            Self::Permit => "permit",
        }
    }
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

impl fmt::Display for Reason {
    /// The reason in one line: `law: separate-consent-missing share.adjuster (R10)`. Closed lists are printed as they travel; whoever
    /// shows reasons to people puts words of its own in place of the code.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.side, self.code)?;
        for named in [&self.scope, &self.fact].into_iter().flatten() {
            write!(out, " {named}")?;
        }
        for source in [&self.clause, &self.article].into_iter().flatten() {
            write!(out, ", {source}")?;
        }
        Ok(())
    }
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

closed! {
    /// Reason codes.
    Code {
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
        UnknownSource,
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
        IdentityUnverified,
        StorageOnly,
        Erased,
        OptedOut,
        PermissionOff,
        DoNotTrack,
        // Staff.
        RoleNotAllowed,
        ApprovalMissing,
        MaskedByDefault,
        // Recipients.
        RecipientUnnamed,
        RecipientSuspended,
        VirtualNumber,
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
        RightInLaw,
        OverrunInText,
        OverrunNotInLaw,
        // Changes.
        ChangeNeedsConsent,
        ChangeNeedsNotice,
        // The operation file chose to enforce the published policy alone.
        EnforcedAsPublished,
        // A permit was asked for a record that is not the subject's.
        UnknownRecord,
        // The store's policy is not the one compiled.
        PolicyMoved,
    }
}

closed! {
    /// What goes with doing it.
    Obligation {
        Record,
        Minimise,
        Mask,
        TellAfterwards,
        OfferAlternative,
        NotifyRecipientOnErasure,
        ReturnAndDeleteAtEnd,
        KeepDisclosureRecord,
        HumanReview,
        TellOfTransfer,
        VirtualNumber,
        NoList,
        NoCopy,
        NoExport,
        NoOnward,
        Return,
        Delete,
        Inspection,
    }
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

/// How far a function is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Openness {
    /// Not at all.
    Closed,
    /// Open, without what hangs on the refused items.
    Limited,
    /// As if nothing had been refused.
    Available,
}

/// The answer to `"ask": "function"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunctionAnswer {
    /// What takes effect: the verdict that demands less.
    pub effect: Openness,
    /// What the published policy says.
    pub published: FunctionVerdict,
    /// What the law as encoded says.
    pub law: FunctionVerdict,
    /// Ids of ways to offer instead of a refused face (rule R33).
    pub alternatives: Vec<String>,
    /// Fingerprint of the tables that answered.
    pub tables: Fingerprint,
    /// The instant for which the answer holds.
    pub as_of: Timestamp,
}

/// One verdict on a function.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunctionVerdict {
    /// How far it is open.
    pub effect: Openness,
    /// Refused items that it demands.
    pub missing: Vec<String>,
    /// Other functions that the text closes with it.
    pub closes: Vec<String>,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// What becomes of a request to exercise a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grant {
    /// Refused, with ground and remedy.
    Refused,
    /// Not now: something is in the way that will pass.
    Blocked,
    /// Granted.
    Granted,
}

/// The answer to `"ask": "right"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RightAnswer {
    /// Which right.
    pub right: RightKind,
    /// What takes effect: grant before refuse.
    pub effect: Grant,
    /// What the published policy says.
    pub published: RightVerdict,
    /// What the law as encoded says.
    pub law: RightVerdict,
    /// Ways to exercise it.
    pub routes: Vec<Route>,
    /// Path on the page or number to call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The earlier of the two due dates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<DueDate>,
    /// Where to turn after a refusal (rule R43).
    pub remedy: Vec<String>,
    /// Fingerprint of the tables that answered.
    pub tables: Fingerprint,
    /// The instant for which the answer holds.
    pub as_of: Timestamp,
}

/// One verdict on a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RightVerdict {
    /// What becomes of it.
    pub effect: Grant,
    /// By when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<DueDate>,
    /// Why.
    pub reasons: Vec<Reason>,
    /// What is in the way, in the words of the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocked_by: Vec<String>,
}

/// A due date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueDate {
    /// The last day that is in time.
    pub day: Date,
    /// The instant at which time is up.
    pub ends: Timestamp,
    /// Clock of the policy, or rule of the law, that gives it.
    pub clock: String,
    /// Article that carries the rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// Version of the calendar that it was counted on.
    pub calendar: String,
    /// Whether a notice yet to be published can change it.
    pub certainty: Certainty,
    /// `false` where the length of the clock is still to be confirmed by counsel.
    pub confirmed: bool,
}

/// The answer to `"ask": "due"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DueAnswer {
    /// What takes effect: the earlier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<DueDate>,
    /// By the published policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<DueDate>,
    /// By law.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub law: Option<DueDate>,
    /// Why a date is missing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
    /// Fingerprint of the tables that answered.
    pub tables: Fingerprint,
}

/// What a change asks of the handler; the order is that of strictness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Demand {
    /// Nothing.
    Nothing,
    /// A notice, as of every change.
    Notice,
    /// A notice as the text promises it of major changes.
    MajorNotice,
    /// A new consent.
    Consent,
}

/// The answer to `"ask": "change"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangeAnswer {
    /// What changes.
    pub change: Change,
    /// What takes effect: the verdict that demands more.
    pub effect: Demand,
    /// What the published policy says.
    pub published: ChangeVerdict,
    /// What the law as encoded says.
    pub law: ChangeVerdict,
    /// Ways to tell people.
    pub routes: Vec<Route>,
    /// Whether any one of them is enough.
    pub any_one_of: bool,
    /// Whether it must be done before the change takes effect.
    pub before_effect: bool,
    /// Whether the newer text holds where it is better for the person; absent where the text is silent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub election: Option<bool>,
    /// Which older texts can still be read; absent where the text is silent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archive: Option<Archive>,
    /// Fingerprint of the tables that answered.
    pub tables: Fingerprint,
    /// The instant for which the answer holds.
    pub as_of: Timestamp,
}

/// One verdict on a change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangeVerdict {
    /// What it asks for.
    pub effect: Demand,
    /// Ways to tell people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<Route>,
    /// Whether any one of them is enough.
    pub any_one_of: bool,
    /// Whether it must be done before the change takes effect.
    pub before_effect: bool,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// Why a question has no answer here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnswerable {
    /// It names a subject by id.
    #[error(
        "the subject is named by id, which only the server can look up; write the subject inline, or ask the server"
    )]
    SubjectById,
    /// The birth date is unreadable.
    #[error("`born` is neither a day such as 1990-05-01 nor a year such as 1990")]
    Born,
    /// It is about another platform.
    #[error("the question names another platform than the policy that was compiled")]
    OtherPlatform,
    /// The answer cannot be written as JSON.
    #[error("the answer cannot be written as json")]
    Unwritable,
}
