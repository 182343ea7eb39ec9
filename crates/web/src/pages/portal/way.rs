//! Coming in by an account that somebody else keeps, and by a ticket of the insurer's own application.

use askama::Template;

use crate::pages::parts::{Clause, ConsentChoice, Form, Problems};
use crate::pages::shell::{Place, Portal};

/// Before the first time: what will be asked of the provider, and the consents to it.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/way.html")]
pub struct Way {
    /// Around it.
    pub shell: Portal,
    /// What the provider's accounts are called.
    pub name: String,
    /// Whom the text names as the source of the items.
    pub from: String,
    /// Purpose of the function.
    pub purpose: String,
    /// Clause of the function.
    pub clause: Option<Clause>,
    /// Items that come from there and are needed.
    pub needed: Vec<String>,
    /// Items that the person types here afterwards.
    pub typed: Vec<String>,
    /// The items that nobody needs, each with a yes and a no.
    pub form: Form,
    /// The consents.
    pub consents: Vec<ConsentChoice>,
    /// For whoever has come so before: straight there. `None` where nobody can be known again.
    pub known: Option<String>,
    /// What follows from refusing.
    pub refused: String,
    /// Always empty: the page of consents has none.
    pub later: Vec<String>,
}

impl Way {
    fn problems(&self) -> Problems<'_> {
        self.form.problems().and(&self.consents)
    }
}

/// The last page of ours before the provider's.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/way_out.html")]
pub struct WayOut {
    /// Around it.
    pub shell: Portal,
    /// What the provider's accounts are called.
    pub name: String,
    /// Where it goes on.
    pub go: String,
    /// Where one comes back to without going.
    pub back: String,
}

/// After it: what the provider did not tell, and the telephone to be proved.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/way_open.html")]
pub struct WayOpen {
    /// Around it.
    pub shell: Portal,
    /// What the provider's accounts are called.
    pub name: String,
    /// The fields, the telephone last.
    pub form: Form,
    /// The telephone that the provider vouches for has an account here.
    pub known: bool,
}

/// The code that proves the telephone.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/way_code.html")]
pub struct WayCode {
    /// Around it.
    pub shell: Portal,
    /// What the provider's accounts are called.
    pub name: String,
    /// The field `code`.
    pub form: Form,
}

/// Whether to come in by the ticket that the link carries: a page that is fetched beforehand lets nobody in.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/ticket.html")]
pub struct TicketPage {
    /// Around it.
    pub shell: Portal,
    /// The ticket.
    pub ticket: String,
}
