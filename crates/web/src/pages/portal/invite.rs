//! Roles of a matter that were left open: what its holder passes on, and what whoever was invited fills in.

use askama::Template;

use super::FormPerson;
use crate::pages::parts::{Clause, ConsentChoice, Fact, Form, Link, Moment, Problems, Reason};
use crate::pages::shell::{Place, Portal};

parts!(Opened);

/// The invitations of one matter, for its holder: nothing of who joined.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/invitations.html")]
pub struct Invitations {
    /// Around it.
    pub shell: Portal,
    /// The record, for paths.
    pub record: String,
    /// Nobody is missing whom the function demands.
    pub complete: bool,
    /// How many days a link works.
    pub days: String,
    /// Invitations, in the order in which they were made.
    pub lines: Vec<InvitationLine>,
    /// Where many of one role are sent in at once.
    pub rosters: Vec<Link>,
}

/// One invitation.
#[derive(Debug, Clone, Default)]
pub struct InvitationLine {
    /// Id, posted to make it again or to take it back.
    pub id: String,
    /// The role.
    pub role: String,
    /// How it stands.
    pub state: InvitationState,
    /// Until when its link works.
    pub until: Moment,
    /// The link, the one time that it is shown.
    pub link: Option<String>,
}

/// How an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InvitationState {
    /// It can be used.
    #[default]
    Open,
    /// Nobody used it in time.
    Over,
    /// Somebody filled the role in.
    Used,
    /// It was taken back.
    Withdrawn,
}

/// A role that somebody was invited to fill in.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/join.html", blocks = ["main"])]
pub struct Join {
    /// Around it.
    pub shell: Portal,
    /// The function's published name.
    pub title: String,
    /// What it is for, in a sentence.
    pub purpose: String,
    /// Where the policy says so.
    pub clause: Option<Clause>,
    /// Who handles it, which product, which role, until when.
    pub facts: Vec<Fact>,
    /// How far one has come.
    pub step: JoinStep,
}

/// How far somebody has come who opened a link.
#[derive(Debug, Clone)]
pub enum JoinStep {
    /// To prove a telephone: the field `phone`, and what will be asked then.
    Phone {
        /// The field.
        form: Form,
        /// Items that are asked of the role.
        asks: Vec<String>,
    },
    /// The code that proves it.
    Code {
        /// The field.
        form: Form,
        /// The number, masked.
        phone: String,
        /// The number as it was typed a moment ago, for the hidden field `phone`.
        typed: String,
    },
    /// To fill the role in.
    Fill(Box<JoinForm>),
    /// Done, by who has no account.
    Done {
        /// Number of the leaf.
        leaf: String,
        /// Where one comes back to what one gave.
        back: Option<String>,
    },
}

impl Default for JoinStep {
    fn default() -> Self {
        Self::Fill(Box::default())
    }
}

/// What the role asks.
#[derive(Debug, Clone, Default)]
pub struct JoinForm {
    /// Why it was decided against; empty when it was not.
    pub denied: Vec<Reason>,
    /// What would mend that.
    pub next: Vec<Link>,
    /// The questions.
    pub person: FormPerson,
    /// What was wrong with the form as a whole.
    pub problem: Option<String>,
    /// The guest's own consents, each by itself.
    pub consents: Vec<ConsentChoice>,
    /// What follows from not giving what is asked.
    pub refused: String,
    /// Items that are asked later, each on a page of its own.
    pub later: Vec<String>,
    /// That a telephone was proven; absent for who is logged in.
    pub proof: Option<String>,
    /// The word of this page, under which its form counts once.
    pub once: String,
}

impl Join {
    fn problems(&self) -> Problems<'_> {
        match &self.step {
            JoinStep::Phone { form, .. } | JoinStep::Code { form, .. } => form.problems(),
            JoinStep::Fill(fill) => {
                Problems::whole(fill.problem.as_deref()).with(fill.person.form.problems()).and(&fill.consents)
            }
            JoinStep::Done { .. } => Problems::whole(None),
        }
    }
}

/// A guest without an account comes back by the link that was used.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/back.html")]
pub struct Back {
    /// Around it.
    pub shell: Portal,
    /// Where the link leads.
    pub path: String,
    /// How far one has come.
    pub step: BackStep,
}

/// How far somebody has come who comes back.
#[derive(Debug, Clone)]
pub enum BackStep {
    /// The telephone: the field `phone`.
    Phone(Form),
    /// The code that proves it.
    Code {
        /// The field.
        form: Form,
        /// The number, masked.
        phone: String,
        /// The number as it was typed a moment ago, for the hidden field `phone`.
        typed: String,
    },
}

impl Default for BackStep {
    fn default() -> Self {
        Self::Phone(Form::default())
    }
}

impl Back {
    fn problems(&self) -> Problems<'_> {
        match &self.step {
            BackStep::Phone(form) | BackStep::Code { form, .. } => form.problems(),
        }
    }
}

/// The roles of a record that others are to fill in, as other pages tell of them.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/opened.html")]
pub struct Opened {
    /// Where the invitations are.
    pub href: String,
    /// What it is about: the class of the record and its day.
    pub label: String,
    /// How many are still open.
    pub waiting: usize,
    /// Nobody is missing whom the function demands.
    pub complete: bool,
}
