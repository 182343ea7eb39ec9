//! Outside parties: what their people see of one case, and the card that staff keep of each.

use askama::Template;

use super::ledger::LeafLine;
use crate::pages::parts::{Clause, Day, Fact, Form, Moment, Reason, Shown, Tone};
use crate::pages::shell::{Console, Desk};

/// A party's people open a case by its number; there is no list.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/case_ask.html")]
pub struct CaseAsk {
    /// Around it.
    pub shell: Console,
    /// Field `case`.
    pub form: Form,
}

/// One case: a virtual number, and what the policy lets the party see beside it.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/case.html")]
pub struct CasePage {
    /// Around it.
    pub shell: Console,
    /// Its number.
    pub id: String,
    /// Open until.
    pub until: Moment,
    /// The virtual number, and until when it reaches the customer.
    pub number: Option<(String, Moment)>,
    /// What may be seen.
    pub items: Vec<CaseItem>,
    /// What the party must not do, in words.
    pub limits: Vec<String>,
    /// Field `phone`: from where the party calls.
    pub form: Form,
}

/// One item of a case.
#[derive(Debug, Clone, Default)]
pub struct CaseItem {
    /// Its name.
    pub name: String,
    /// As it may be seen.
    pub value: Shown,
    /// Why not more.
    pub reasons: Vec<Reason>,
}

/// Every party of the platform.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/parties.html")]
pub struct Parties {
    /// Around it.
    pub shell: Console,
    /// In the operation file's order.
    pub parties: Vec<PartyLine>,
}

/// A party, in a line.
#[derive(Debug, Clone, Default)]
pub struct PartyLine {
    /// Its card.
    pub href: String,
    /// Registered name.
    pub name: String,
    /// The class that the text names.
    pub recipient: String,
    /// Number of the contract.
    pub contract: Option<String>,
    /// How it stands.
    pub state: String,
    /// How pressing that is.
    pub tone: Tone,
}

/// The card of a party, with the switch.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/party.html")]
pub struct PartyPage {
    /// Around it.
    pub shell: Console,
    /// The party.
    pub line: PartyLine,
    /// Class, contact, contract, figures.
    pub facts: Vec<Fact>,
    /// Since when and why nothing goes there.
    pub stopped: Option<(Day, String)>,
    /// What the policy lets reach it.
    pub plans: Vec<PlanLine>,
    /// What staff did to it, newest first.
    pub history: Vec<(Moment, String)>,
    /// What reached it.
    pub shares: Vec<LeafLine>,
    /// What it was refused.
    pub refused: Vec<LeafLine>,
    /// Customers handed to it.
    pub handed: Vec<HandedLine>,
    /// The reason for the switch: field `because`.
    pub form: Form,
    /// Whether the switch cuts off; else it lets in again.
    pub cuts: bool,
}

/// One share of the policy.
#[derive(Debug, Clone, Default)]
pub struct PlanLine {
    /// What the text calls it.
    pub name: String,
    /// Where.
    pub clause: Option<Clause>,
    /// For what.
    pub purpose: String,
    /// Which items.
    pub items: String,
}

/// A customer that was handed to a party.
#[derive(Debug, Clone, Default)]
pub struct HandedLine {
    /// The case's number.
    pub id: String,
    /// To whom.
    pub party: String,
    /// When.
    pub at: Moment,
    /// Open until.
    pub until: Moment,
    /// Whether it is open.
    pub open: bool,
    /// Whether a number is bound.
    pub bound: bool,
}
