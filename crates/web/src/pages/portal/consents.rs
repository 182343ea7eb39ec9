//! My consents: what was agreed to, and taking it back as easily as it was given (PIPL art. 15).

use askama::Template;

use crate::pages::parts::{Clause, ConsentForm, Day, Link, Moment, ReceiptLink};
use crate::pages::shell::{Place, Portal};

/// All consents of the person.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/consents.html")]
pub struct Consents {
    /// Around it.
    pub shell: Portal,
    /// What a new version of the policy asks again.
    pub again: Vec<AgainLine>,
    /// In force first.
    pub consents: Vec<ConsentLine>,
}

/// Something that was agreed to, and that a new version widens.
#[derive(Debug, Clone, Default)]
pub struct AgainLine {
    /// What is asked, and where it is decided.
    pub ask: Link,
    /// When it was agreed to.
    pub given: Moment,
    /// Under which version of the policy.
    pub version: String,
    /// In what it is wider now, a sentence for each.
    pub why: Vec<String>,
}

impl Consents {
    fn of(&self, in_force: bool) -> Vec<&ConsentLine> {
        self.consents.iter().filter(|consent| matches!(consent.state, ConsentState::InForce) == in_force).collect()
    }
}

/// One consent.
#[derive(Debug, Clone, Default)]
pub struct ConsentLine {
    /// Id for the path.
    pub id: String,
    /// What was consented to.
    pub title: String,
    /// General, separate, written.
    pub form: ConsentForm,
    /// What for, by the version that it was given to; empty where that is not known here.
    pub purpose: String,
    /// Which items, by the same; empty where it is not known here.
    pub items: Vec<String>,
    /// When.
    pub given: Moment,
    /// Under which version of the policy.
    pub version: String,
    /// By whom, when not by the person: guardian, authorised agent.
    pub by: Option<String>,
    /// Where the policy says so.
    pub clause: Option<Clause>,
    /// State.
    pub state: ConsentState,
    /// Receipt of the consent.
    pub receipt: Option<ReceiptLink>,
    /// A signed document is there.
    pub document: bool,
}

/// State of a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ConsentState {
    /// It holds.
    #[default]
    InForce,
    /// Taken back.
    Withdrawn(Moment),
    /// Ended by itself.
    Expired(Moment),
    /// A new version reaches further than what was agreed to.
    Outgrown,
}

/// Something that is kept although consent or account end.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// What.
    pub what: String,
    /// Until when, if it is a day.
    pub until: Option<Day>,
    /// Until when or how determined, in words.
    pub period: String,
    /// Why: in words.
    pub why: String,
    /// The law that demands it.
    pub law: String,
}

/// Withdraw a consent: what that does, before it is done.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/withdraw.html")]
pub struct Withdraw {
    /// Around it.
    pub shell: Portal,
    /// The consent.
    pub consent: ConsentLine,
    /// What stops at once.
    pub stops: Vec<String>,
    /// What goes on without change.
    pub stays: Vec<String>,
    /// What must be kept.
    pub kept: Vec<Kept>,
}

/// A consent was withdrawn.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/withdrawn.html")]
pub struct Withdrawn {
    /// Around it.
    pub shell: Portal,
    /// The consent, in its new state.
    pub consent: ConsentLine,
    /// What has stopped.
    pub stops: Vec<String>,
    /// What must be kept.
    pub kept: Vec<Kept>,
    /// Its receipt.
    pub receipt: Option<ReceiptLink>,
}
