//! After log in: functions and latest acts; the records that a function shows.

use askama::Template;

use super::PaymentLine;
use super::attachment::UploadLine;
use super::{AgainLine, CheckLine, CheckState, Opened, Servicing};
use crate::pages::parts::{Clause, Day, Link, Moment, Reason, ReceiptLink, Shown, Tone, Unverified};
use crate::pages::shell::{Place, Portal};

parts!(ActOutcome);

/// The functions of the platform as cards, and what happened last.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/home.html")]
pub struct Home {
    /// Around it.
    pub shell: Portal,
    /// The way to a verified identity that was chosen and waits for staff: its name, and what to do.
    pub awaited: Option<(String, String)>,
    /// Functions with their states, by what somebody comes for.
    pub groups: Vec<FunctionGroup>,
    /// Who joined by an invitation and has no account.
    pub guest: bool,
    /// How many records of business there are.
    pub records: usize,
    /// New versions of which the person is to be told.
    pub updates: Vec<UpdateLine>,
    /// What a new version of the policy asks again.
    pub again: Vec<AgainLine>,
    /// What still waits for the person to choose who gets it, and where to.
    pub unchosen: Vec<(String, Link)>,
    /// Records in which others are still to fill their roles in.
    pub opened: Vec<Opened>,
    /// Checks with others, and how they stand; empty: the company makes none.
    pub checks: Vec<CheckLine>,
    /// The latest acts on this person's information, newest first.
    pub acts: Vec<ActLine>,
}

/// A version of which somebody is told.
#[derive(Debug, Clone, Default)]
pub struct UpdateLine {
    /// From when it is in force.
    pub from: Day,
    /// Whether that is still to come.
    pub comes: bool,
    /// Where it is read.
    pub read: Link,
    /// Where a form says that it was told.
    pub noted: String,
}

/// Functions for which somebody comes with the same wish.
#[derive(Debug, Clone, Default)]
pub struct FunctionGroup {
    /// The wish.
    pub title: String,
    /// Each function.
    pub functions: Vec<FunctionCard>,
}

/// One function.
#[derive(Debug, Clone, Default)]
pub struct FunctionCard {
    /// Its published name.
    pub name: String,
    /// What it is for.
    pub text: String,
    /// Whether it can be used.
    pub state: FunctionState,
}

/// Whether a function can be used now, and if not, why.
#[derive(Debug, Clone)]
pub enum FunctionState {
    /// All of it.
    Available {
        /// Where to.
        href: String,
    },
    /// All of it, once its own form has asked for the consents that it needs; none was ever decided.
    Asking {
        /// Where to.
        href: String,
    },
    /// Some of it.
    Limited {
        /// Where to.
        href: String,
        /// What is missing.
        reasons: Vec<Reason>,
    },
    /// None of it.
    Closed {
        /// Why.
        reasons: Vec<Reason>,
        /// What would open it.
        mend: Option<Link>,
    },
}

impl Default for FunctionState {
    fn default() -> Self {
        Self::Closed { reasons: Vec::new(), mend: None }
    }
}

/// An act on the person's information, as a line.
#[derive(Debug, Clone, Default)]
pub struct ActLine {
    /// When.
    pub at: Moment,
    /// Who did what, in a sentence.
    pub text: String,
    /// How it went.
    pub outcome: ActOutcome,
    /// Its receipt.
    pub receipt: Option<ReceiptLink>,
}

/// How an act went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Template)]
#[template(path = "parts/act_outcome.html")]
pub enum ActOutcome {
    /// It was done.
    #[default]
    Done,
    /// It was refused, and the refusal was written down.
    Refused,
}

/// Records that the person may see.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/records.html")]
pub struct Records {
    /// Around it.
    pub shell: Portal,
    /// Name of the function, or what the whole list is called.
    pub title: String,
    /// What is shown under which clause, in a sentence.
    pub note: String,
    /// The clause.
    pub clause: Option<Clause>,
    /// That what systems hand in is not shown before the identity is verified, and the ways to that.
    pub unverified: Option<Unverified>,
    /// The records.
    pub records: Vec<RecordLine>,
    /// Receipt of this look.
    pub receipt: Option<ReceiptLink>,
}

/// A record, as a card.
#[derive(Debug, Clone, Default)]
pub struct RecordLine {
    /// Id for the path.
    pub id: String,
    /// What it is: the product's name, else the class's.
    pub title: String,
    /// Its class where the title is a product, and the person's roles in it; empty where there is neither.
    pub about: String,
    /// When it was opened.
    pub opened: Day,
    /// Its number, masked; empty where it has none.
    pub number: String,
    /// Where its certificate is, of a cover in force.
    pub certificate: Option<String>,
    /// State, in a word.
    pub state: String,
    /// Tone of the state.
    pub tone: Tone,
    /// In force from.
    pub since: Option<Day>,
    /// In force until.
    pub until: Option<Day>,
}

/// One record with its masked fields.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/record.html")]
pub struct RecordPage {
    /// Around it.
    pub shell: Portal,
    /// The record.
    pub record: RecordLine,
    /// Name of the list it stands in.
    pub list: String,
    /// Its fields: about the matter, then about each person.
    pub groups: Vec<RecordGroup>,
    /// Where its certificate is; none for what is no cover in force.
    pub certificate: Option<String>,
    /// To cancel it, where the policy says that a right is exercised so; once it was, to apply again.
    pub cancel: Option<Link>,
    /// What can be asked about it, and what was.
    pub servicing: Servicing,
    /// What is due for it, and what was paid.
    pub payments: Vec<PaymentLine>,
    /// What can be sent in for it as a file.
    pub uploads: Vec<UploadLine>,
    /// Roles that others are to fill in.
    pub opened: Option<Opened>,
    /// Where tables of people are sent in for it.
    pub rosters: Vec<Link>,
    /// Where it is shown again how it came about; none where it was no sale.
    pub replay: Option<String>,
    /// What happened to it.
    pub events: Vec<LifeEvent>,
    /// Receipt of this look.
    pub receipt: Option<ReceiptLink>,
}

/// Fields of a record about one person, or about the matter.
#[derive(Debug, Clone, Default)]
pub struct RecordGroup {
    /// The person's role, or what the matter is.
    pub legend: String,
    /// The fields.
    pub items: Vec<RecordItem>,
}

/// A field of a record.
#[derive(Debug, Clone, Default)]
pub struct RecordItem {
    /// The item's name.
    pub label: String,
    /// Its value as it may be seen.
    pub value: Shown,
    /// Why it is not clear.
    pub reasons: Vec<Reason>,
}

/// An event in a record's life.
#[derive(Debug, Clone, Default)]
pub struct LifeEvent {
    /// The business day.
    pub on: Day,
    /// What happened.
    pub text: String,
}
