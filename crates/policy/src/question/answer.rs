//! Answers in the form that travels: one JSON object, its keys in the order of the alphabet, and so are the fields here.
//!
//! The words of an answer to a processing question, `T`, are its own ([`String`]) or borrowed from the tables and the
//! question ([`Tables::answer`](crate::compile::Tables::answer)): who writes it down at once needs no copy of them.

use std::cmp::Ordering;
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
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
pub struct Answer<T = String> {
    /// The instant for which the answer holds.
    pub as_of: Timestamp,
    /// The ground relied on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// The stricter of the two verdicts.
    pub effect: Effect,
    /// The exception relied on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exception: Option<T>,
    /// Item by item, in the order asked.
    pub items: Vec<ItemAnswer<T>>,
    /// What the law as encoded says.
    pub law: Verdict<T>,
    /// What goes with doing it.
    pub obligations: Vec<Obligation>,
    /// What the published policy says.
    pub published: Verdict<T>,
    /// For `retain`: the three dates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retain: Option<Retain>,
    /// Fingerprint of the tables that answered.
    pub tables: Fingerprint,
}

impl Answer<&str> {
    /// With words of its own.
    pub fn owned(self) -> Answer {
        Answer {
            as_of: self.as_of,
            basis: self.basis,
            effect: self.effect,
            exception: self.exception.map(str::to_owned),
            items: self.items.into_iter().map(ItemAnswer::owned).collect(),
            law: self.law.owned(),
            obligations: self.obligations,
            published: self.published.owned(),
            retain: self.retain,
            tables: self.tables,
        }
    }
}

/// One of the two verdicts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict<T = String> {
    /// Its effect alone.
    pub effect: Effect,
    /// Reasons that concern every item.
    pub reasons: Vec<Reason<T>>,
}

impl Verdict<&str> {
    fn owned(self) -> Verdict {
        Verdict { effect: self.effect, reasons: self.reasons.into_iter().map(Reason::owned).collect() }
    }
}

/// The answer for one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct ItemAnswer<T = String> {
    /// Item id.
    pub item: T,
    /// By law.
    pub law: Outcome,
    /// The mask, when masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask: Option<model::field::Mask>,
    /// What takes effect.
    pub outcome: Outcome,
    /// By the published policy.
    pub published: Outcome,
    /// Why not clear.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason<T>>,
}

impl ItemAnswer<&str> {
    fn owned(self) -> ItemAnswer {
        let Self { item, law, mask, outcome, published, reasons } = self;
        let reasons = reasons.into_iter().map(Reason::owned).collect();
        ItemAnswer { item: item.to_owned(), law, mask, outcome, published, reasons }
    }
}

/// Why something is not given, or on what it rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason<T = String> {
    /// Article, with the rule of the catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<T>,
    /// Clause of the published text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clause: Option<T>,
    /// Closed list, documented in `docs/answers.md`.
    pub code: Code,
    /// The fact that is unknown or false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fact: Option<T>,
    /// The scope that is missing or in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<T>,
    /// Whose reason: published policy or law.
    pub side: Side,
}

impl<T> Reason<T> {
    /// What reasons are sorted by.
    const fn rank(&self) -> (Code, Side, [Option<&T>; 4]) {
        (self.code, self.side, [self.scope.as_ref(), self.fact.as_ref(), self.clause.as_ref(), self.article.as_ref()])
    }
}

impl Reason<&str> {
    /// With words of its own.
    pub fn owned(self) -> Reason {
        let own = |word: Option<&str>| word.map(str::to_owned);
        let Self { article, clause, code, fact, scope, side } = self;
        Reason { article: own(article), clause: own(clause), code, fact: own(fact), scope: own(scope), side }
    }
}

impl<T: Ord> Ord for Reason<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl<T: Ord> PartialOrd for Reason<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: fmt::Display> fmt::Display for Reason<T> {
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
        RouteMissing,
        RouteExceeded,
        // Special items.
        Genetic,
        Authenticator,
        FaceNotSoleWay,
        NotStated,
        // Rights and functions.
        RightNotGranted,
        Blocked,
        GroundNotInList,
        FloorRuns,
        RightInLaw,
        OverrunInText,
        OverrunNotInLaw,
        ChangeNeedsConsent,
        ChangeNeedsNotice,
        // The operation file chose to enforce the published policy alone.
        EnforcedAsPublished,
        // A permit was asked for a record that is not the subject's.
        UnknownRecord,
        // Business: an open role, a payment not asked for, a cover not serviced. Last: the policy is not the one compiled.
        MatterOpen,
        PaymentDiffers,
        NotInForce,
        NotServiced,
        ServiceOpen,
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
    /// Day by which it must be erased.
    pub erase_due: Option<Date>,
    /// First day on which the legal floors permit erasure; absent while no start event is known.
    pub erase_not_before: Option<Date>,
    /// First day of storage-only; absent while the purpose lives.
    pub storage_only_from: Option<Date>,
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
    /// Ids of ways to offer instead of a refused face (rule R33).
    pub alternatives: Vec<String>,
    /// The instant for which the answer holds.
    pub as_of: Timestamp,
    /// What takes effect: the verdict that demands less.
    pub effect: Openness,
    /// What the law as encoded says.
    pub law: FunctionVerdict,
    /// What the published policy says.
    pub published: FunctionVerdict,
    /// Fingerprint of the tables that answered.
    pub tables: Fingerprint,
}

/// One verdict on a function.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunctionVerdict {
    /// Other functions that the text closes with it.
    pub closes: Vec<String>,
    /// How far it is open.
    pub effect: Openness,
    /// Refused items that it demands.
    pub missing: Vec<String>,
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
    /// The instant for which the answer holds.
    pub as_of: Timestamp,
    /// The earlier of the two due dates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<DueDate>,
    /// What takes effect: grant before refuse.
    pub effect: Grant,
    /// What the law as encoded says.
    pub law: RightVerdict,
    /// Path on the page or number to call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What the published policy says.
    pub published: RightVerdict,
    /// Where to turn after a refusal (rule R43).
    pub remedy: Vec<String>,
    /// Which right.
    pub right: RightKind,
    /// Ways to exercise it.
    pub routes: Vec<Route>,
    /// Fingerprint of the tables that answered.
    pub tables: Fingerprint,
}

/// One verdict on a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RightVerdict {
    /// What is in the way, in the words of the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocked_by: Vec<String>,
    /// By when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<DueDate>,
    /// What becomes of it.
    pub effect: Grant,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// A due date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueDate {
    /// Article that carries the rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// Version of the calendar that it was counted on.
    pub calendar: String,
    /// Whether a notice yet to be published can change it.
    pub certainty: Certainty,
    /// Clock of the policy, or rule of the law, that gives it.
    pub clock: String,
    /// `false` where the length of the clock is still to be confirmed by counsel.
    pub confirmed: bool,
    /// The last day that is in time.
    pub day: Date,
    /// The instant at which time is up.
    pub ends: Timestamp,
}

/// The answer to `"ask": "due"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DueAnswer {
    /// What takes effect: the earlier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<DueDate>,
    /// By law.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub law: Option<DueDate>,
    /// By the published policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<DueDate>,
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
    /// Whether any one of them is enough.
    pub any_one_of: bool,
    /// Which older texts can still be read; absent where the text is silent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archive: Option<Archive>,
    /// The instant for which the answer holds.
    pub as_of: Timestamp,
    /// Whether it must be done before the change takes effect.
    pub before_effect: bool,
    /// What changes.
    pub change: Change,
    /// What takes effect: the verdict that demands more.
    pub effect: Demand,
    /// Whether the newer text holds where it is better for the person; absent where the text is silent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub election: Option<bool>,
    /// What the law as encoded says.
    pub law: ChangeVerdict,
    /// What the published policy says.
    pub published: ChangeVerdict,
    /// Ways to tell people.
    pub routes: Vec<Route>,
    /// Fingerprint of the tables that answered.
    pub tables: Fingerprint,
}

/// One verdict on a change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangeVerdict {
    /// Whether any one of them is enough.
    pub any_one_of: bool,
    /// Whether it must be done before the change takes effect.
    pub before_effect: bool,
    /// What it asks for.
    pub effect: Demand,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Ways to tell people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<Route>,
}

/// The answer to any question, as it travels.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Reply<'a> {
    /// May these items be processed so?
    Processing(Answer<&'a str>),
    /// Is a function open?
    Function(FunctionAnswer),
    /// May a right be exercised?
    Right(RightAnswer),
    /// When does a clock run out?
    Due(DueAnswer),
    /// What does a change ask for?
    Change(ChangeAnswer),
}

impl Reply<'_> {
    /// The JSON text.
    ///
    /// # Errors
    /// [`NotAnswerable::Unwritable`].
    pub fn json(&self) -> Result<String, NotAnswerable> {
        serde_json::to_string(self).map_err(|_| NotAnswerable::Unwritable)
    }
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
