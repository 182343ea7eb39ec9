//! What customers ask about covers in force, as staff decide it.

use askama::Template;

use super::subject::HeldItem;
use crate::pages::parts::{Day, Fact, Form, Moment, Problems, ReceiptLink, Tone};
use crate::pages::shell::{Console, Desk};

/// What waits for a decision.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/services.html")]
pub struct Services {
    /// Around it.
    pub shell: Console,
    /// Oldest first.
    pub services: Vec<ServiceLine>,
}

/// A request that waits.
#[derive(Debug, Clone, Default)]
pub struct ServiceLine {
    /// Its page.
    pub href: String,
    /// What is wanted, in a word.
    pub wish: String,
    /// What kind of record it is about.
    pub what: String,
    /// Short number of that record.
    pub number: String,
    /// Since when it waits.
    pub at: Moment,
}

/// One request, and the decision.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/service.html")]
pub struct ServicePage {
    /// Around it.
    pub shell: Console,
    /// What is wanted, in a word.
    pub wish: String,
    /// What kind of record it is about.
    pub what: String,
    /// In force from.
    pub since: Option<Day>,
    /// In force until.
    pub until: Option<Day>,
    /// State, in a word.
    pub state: String,
    /// Tone of the state.
    pub tone: Tone,
    /// Numbers, and in the course of which function it is shown.
    pub facts: Vec<Fact>,
    /// Since when it waits.
    pub at: Moment,
    /// Who asks: short number, and the id for paths.
    pub subject: (String, String),
    /// Receipt of this look.
    pub receipt: Option<ReceiptLink>,
    /// What was filled in, and what it is about.
    pub groups: Vec<HeldGroup>,
    /// Field `refund`, where granting it gives money back.
    pub refund: Option<Form>,
    /// Field `reason`; none once it is decided.
    pub decline: Option<Form>,
    /// What came of the last try.
    pub problem: Option<String>,
}

/// What one record holds of somebody.
#[derive(Debug, Clone, Default)]
pub struct HeldGroup {
    /// The record's kind.
    pub legend: String,
    /// Items held.
    pub items: Vec<HeldItem>,
}

impl ServicePage {
    fn problems(&self) -> Problems<'_> {
        let whole = Problems::whole(self.problem.as_deref());
        self.refund.iter().chain(&self.decline).map(Form::problems).fold(whole, Problems::with)
    }
}
