//! Letting a third party that the person chooses look at the person's records, and taking that back.

use std::slice;

use askama::Template;

use crate::pages::parts::{Clause, ConsentChoice, Fact, Form, Moment, Problems, Reason, ReceiptLink};
use crate::pages::shell::{Place, Portal};

/// Who can be authorised, and who is.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/agencies.html")]
pub struct Agencies {
    /// Around it.
    pub shell: Portal,
    /// Name of the function, where there is one.
    pub title: String,
    /// What it is for, and that it is the person's choice.
    pub intro: String,
    /// Grants, those in force first.
    pub grants: Vec<Grant>,
    /// Who can be authorised, by function.
    pub groups: Vec<AgencyGroup>,
}

/// Who can be authorised in the course of one function.
#[derive(Debug, Clone, Default)]
pub struct AgencyGroup {
    /// The function's id, by which links lead to it.
    pub id: String,
    /// The function's name.
    pub title: String,
    /// Where the policy says so.
    pub clause: Option<Clause>,
    /// Who.
    pub agencies: Vec<Agency>,
}

/// A third party on the platform's register.
#[derive(Debug, Clone, Default)]
pub struct Agency {
    /// The end of the address at which it is chosen.
    pub path: String,
    /// Registered name.
    pub name: String,
    /// Kind, licence number, contact.
    pub facts: Vec<Fact>,
    /// What it would see, item by item.
    pub sees: Vec<String>,
    /// Already authorised.
    pub granted: bool,
}

/// One authorisation.
#[derive(Debug, Clone, Default)]
pub struct Grant {
    /// Id for the path.
    pub id: String,
    /// The agency's name.
    pub agency: String,
    /// For which share of the policy, by its name.
    pub share: Option<String>,
    /// What it sees.
    pub sees: Vec<String>,
    /// When it was given.
    pub since: Moment,
    /// When it ends by itself.
    pub until: Option<Moment>,
    /// How often and when the agency looked.
    pub used: String,
    /// State.
    pub state: GrantState,
}

/// State of an authorisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GrantState {
    /// The agency may look.
    #[default]
    InForce,
    /// Taken back.
    Revoked(Moment),
    /// Ended by itself.
    Expired(Moment),
}

/// Authorise one agency.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/grant_form.html")]
pub struct GrantForm {
    /// Around it.
    pub shell: Portal,
    /// Whom.
    pub agency: Agency,
    /// What the agency does with it.
    pub purpose: String,
    /// How it looks: by query, each written down.
    pub method: String,
    /// The radio field `until`.
    pub form: Form,
    /// The separate consent.
    pub consent: ConsentChoice,
    /// Further separate consents, for sensitive items: each may be refused by itself.
    pub more: Vec<ConsentChoice>,
    /// Where the policy says so.
    pub clause: Option<Clause>,
}

impl GrantForm {
    fn problems(&self) -> Problems<'_> {
        self.form.problems().and(slice::from_ref(&self.consent)).and(&self.more)
    }
}

/// An authorisation was given.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/grant_done.html")]
pub struct GrantDone {
    /// Around it.
    pub shell: Portal,
    /// The grant.
    pub grant: Grant,
    /// Its receipt.
    pub receipt: Option<ReceiptLink>,
}

/// Take an authorisation back: what that does, before it is done.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/revoke_grant.html")]
pub struct RevokeGrant {
    /// Around it.
    pub shell: Portal,
    /// The grant.
    pub grant: Grant,
    /// What follows, from when.
    pub consequences: Vec<Reason>,
}

/// An authorisation was taken back.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/grant_revoked.html")]
pub struct GrantRevoked {
    /// Around it.
    pub shell: Portal,
    /// The grant.
    pub grant: Grant,
    /// What follows.
    pub consequences: Vec<Reason>,
    /// Its receipt.
    pub receipt: Option<ReceiptLink>,
}
