//! The parts that pages are made of. Each has a template of its own, escapes what it holds, and stands in a page as `{{ part }}`.

use askama::Template;
use jiff::{Timestamp, civil, tz};

pub use super::field::{Choice, Field, FieldGroup, FieldKind, Form, Problems};

parts!(
    Day,
    Moment,
    Status,
    Fact,
    Clause,
    Reason,
    Shown,
    SensitiveNotice,
    ConsentChoice,
    ConsentForm,
    Check,
    ReceiptLink,
    Pager,
    Unverified,
    English,
    Chinese,
    Said,
);

/// A calendar day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Template)]
#[template(path = "parts/day.html")]
pub struct Day(pub civil::Date);

/// An instant, shown to the minute in the time of Asia/Shanghai.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Template)]
#[template(path = "parts/moment.html")]
pub struct Moment(pub Timestamp);

impl Moment {
    /// A fixed offset: China has kept +08:00 since 1992, and nothing here is older.
    fn local(self) -> civil::DateTime {
        tz::offset(8).to_datetime(self.0)
    }
}

/// How something went, or how pressing it is. Never shown by colour alone: each tone has a sign and a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Done, in order.
    Good,
    /// For information.
    #[default]
    Note,
    /// Look at this soon.
    Warn,
    /// Stopped, refused, overdue, broken.
    Stop,
}

impl Tone {
    /// The class of the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Note => "note",
            Self::Warn => "warn",
            Self::Stop => "stop",
        }
    }
}

/// The result of an act, announced to screen readers (`role="status"`).
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/status.html")]
pub struct Status {
    /// How it went.
    pub tone: Tone,
    /// One or two sentences.
    pub text: String,
    /// The receipt of the act.
    pub receipt: Option<ReceiptLink>,
}

/// A term and what it says, inside a `<dl>`.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/fact.html")]
pub struct Fact {
    /// The term.
    pub label: String,
    /// What it says.
    pub value: String,
}

/// A clause of the published policy, linked to its place in the text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "parts/clause.html")]
pub struct Clause {
    /// Number as published.
    pub label: String,
    /// Link to the anchor in the rendered text; none where the text is not at hand.
    pub href: Option<String>,
}

/// Why something is shown, masked, withheld, refused, kept.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/reason.html")]
pub struct Reason {
    /// One sentence.
    pub text: String,
    /// Rule or reason code, as in the API.
    pub code: Option<String>,
    /// Where the published policy says so.
    pub clause: Option<Clause>,
    /// Where the law says so.
    pub article: Option<String>,
    /// How to go on, told where something was refused.
    pub next: Option<String>,
}

/// A value as this reader may see it: clear, masked, or not at all. The page never holds more than is shown.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/shown.html")]
pub enum Shown {
    /// The whole value.
    Clear(String),
    /// The masked form.
    Masked(String),
    /// Nothing may be shown.
    Withheld,
    /// Nothing is held.
    #[default]
    Empty,
}

/// What must be told before a sensitive item is taken (PIPL art. 17 and 30): beside the field, not in a text elsewhere.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/sensitive_notice.html")]
pub struct SensitiveNotice {
    /// The items it is about.
    pub items: Vec<String>,
    /// What for.
    pub purpose: String,
    /// Why it cannot be done without.
    pub necessity: String,
    /// Effect on the person's rights and interests.
    pub effect: String,
    /// How long, or how the time is determined.
    pub kept: String,
    /// Who receives it; empty: nobody.
    pub receivers: Vec<String>,
    /// Where the policy says so.
    pub clause: Option<Clause>,
}

/// One consent, asked for by itself, as two radios of equal weight of which none is chosen.
///
/// The struct cannot say that one is chosen: also after an error elsewhere in the form the person chooses again (PIPL art. 14; R7).
/// The answer comes as `consent.<scope>` with the value `yes` or `no`.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/consent_choice.html")]
pub struct ConsentChoice {
    /// Scope id; becomes part of the control's name.
    pub scope: String,
    /// What is consented to, in a few words.
    pub title: String,
    /// General consent, separate or written.
    pub form: ConsentForm,
    /// The text of this consent, paragraph by paragraph.
    pub text: Vec<String>,
    /// For a sensitive item.
    pub notice: Option<SensitiveNotice>,
    /// What follows from "no": which function stops, or that nothing does.
    pub refused: String,
    /// Links to read first (policy text, lists): label and address.
    pub reading: Vec<Link>,
    /// Fingerprints of the policy and of this text, posted back as `shown.<scope>`: what is agreed to is what was read.
    pub shown: String,
    /// No answer came.
    pub error: Option<String>,
}

impl ConsentChoice {
    /// The question's id in the page.
    pub fn id(&self) -> String {
        format!("c-{}", self.scope)
    }
}

/// Form of a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Template)]
#[template(path = "parts/consent_form.html")]
pub enum ConsentForm {
    /// 同意
    #[default]
    General,
    /// 单独同意
    Separate,
    /// 书面同意
    Written,
}

/// A sentence that is English wherever it stands, as `shouyue check` prints it; what stands between backticks in it is quoted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "parts/english.html")]
pub struct English(pub String);

impl English {
    fn pieces(&self) -> impl Iterator<Item = (bool, &str)> {
        pieces(&self.0)
    }
}

/// What the catalogue of rules says in Chinese; what stands between backticks in it is quoted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "parts/chinese.html")]
pub struct Chinese(pub String);

impl Chinese {
    fn pieces(&self) -> impl Iterator<Item = (bool, &str)> {
        pieces(&self.0)
    }
}

/// The pieces of a sentence, each with whether it is quoted.
fn pieces(said: &str) -> impl Iterator<Item = (bool, &str)> {
    let pieces = said.split('`').enumerate().map(|(nth, piece)| (nth % 2 == 1, piece));
    pieces.filter(|(_, piece)| !piece.is_empty())
}

/// What is said of a rule: in Chinese where that is there, and then once more as the program says it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "parts/said.html")]
pub struct Said {
    /// For whoever reads the page.
    pub chinese: Option<Chinese>,
    /// As `shouyue explain` and `shouyue check` print it.
    pub english: Option<English>,
}

impl Said {
    /// What is said in Chinese, and in English where it is said in English alone.
    pub fn first(chinese: Option<&str>, english: &str) -> Self {
        match chinese {
            Some(chinese) => Self { chinese: Some(Chinese(chinese.to_owned())), english: None },
            None => Self { chinese: None, english: Some(English(english.to_owned())) },
        }
    }

    /// What is said in either language; `None` where nothing is.
    pub fn of(chinese: Option<&str>, english: Option<&str>) -> Option<Self> {
        let said = Self {
            chinese: chinese.map(|said| Chinese(said.to_owned())),
            english: english.map(|said| English(said.to_owned())),
        };
        (said != Self::default()).then_some(said)
    }
}

/// A link with its words.
#[derive(Debug, Clone, Default)]
pub struct Link {
    /// The words.
    pub label: String,
    /// Where to; a path of this site.
    pub href: String,
}

/// That a list is short while the identity is not verified, and the ways to have it verified.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/unverified.html")]
pub struct Unverified {
    /// What is not shown before, in a sentence.
    pub text: String,
    /// Where to have it verified: by face, and otherwise.
    pub ways: Vec<Link>,
}

/// One thing that was verified, and how that went.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/check.html")]
pub struct Check {
    /// What was verified.
    pub name: String,
    /// `None`: could not be verified yet.
    pub passed: Option<bool>,
    /// The hash, the key or why not.
    pub detail: String,
}

/// A receipt, in a line.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/receipt_link.html")]
pub struct ReceiptLink {
    /// Short number to show.
    pub number: String,
    /// Its page.
    pub href: String,
}

/// Links to the pages before and after.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/pager.html")]
pub struct Pager {
    /// Link to newer entries.
    pub newer: Option<String>,
    /// Link to older entries.
    pub older: Option<String>,
    /// What is shown, in words.
    pub here: String,
}
