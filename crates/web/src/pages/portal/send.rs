//! Having a copy of one's data sent to a party that one names.

use askama::Template;

use crate::pages::parts::{Clause, ConsentChoice, Fact, Moment, Problems, Reason, ReceiptLink};
use crate::pages::shell::{Place, Portal};

/// To whom a copy can be sent, and what was sent before.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/send_list.html")]
pub struct SendList {
    /// Around it.
    pub shell: Portal,
    /// Name of the function.
    pub title: String,
    /// Where the policy says so.
    pub clause: Option<Clause>,
    /// Parties of the register.
    pub parties: Vec<SendParty>,
    /// Copies that were let out, newest first.
    pub sent: Vec<SentLine>,
}

/// A party on the platform's register.
#[derive(Debug, Clone, Default)]
pub struct SendParty {
    /// Id for the path.
    pub id: String,
    /// Registered name.
    pub name: String,
    /// Kind and contact.
    pub facts: Vec<Fact>,
    /// Why nothing can be sent there; then the copy is downloaded.
    pub closed: Option<String>,
}

/// A copy that was let out.
#[derive(Debug, Clone, Default)]
pub struct SentLine {
    /// Number for the path.
    pub number: String,
    /// To whom.
    pub party: String,
    /// When.
    pub at: Moment,
    /// Whether it arrived.
    pub arrived: bool,
}

/// What is sent to one party, and the consents to that.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/send_form.html")]
pub struct SendForm {
    /// Around it.
    pub shell: Portal,
    /// Whom.
    pub party: SendParty,
    /// What is held and would be sent, item by item.
    pub items: Vec<String>,
    /// What for, and how it travels.
    pub facts: Vec<Fact>,
    /// Separate consents: the first is to the copy itself, each further one to sensitive items.
    pub consents: Vec<ConsentChoice>,
    /// Where the policy says so.
    pub clause: Option<Clause>,
}

impl SendForm {
    fn problems(&self) -> Problems<'_> {
        Problems::default().and(&self.consents)
    }
}

/// What became of a copy.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/sent.html")]
pub struct Sent {
    /// Around it.
    pub shell: Portal,
    /// The party's name.
    pub party: String,
    /// When it was first let out.
    pub at: Moment,
    /// When the party took it in; none: it did not, as far as is known.
    pub arrived: Option<Moment>,
    /// Why it did not, and what then.
    pub reasons: Vec<Reason>,
    /// What was let out, under which number, how often, the party's receipt.
    pub facts: Vec<Fact>,
    /// Receipt of the act that let it out.
    pub receipt: Option<ReceiptLink>,
}
