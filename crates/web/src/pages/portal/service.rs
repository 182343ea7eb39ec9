//! Customer service: where a complaint or a question comes in, and what was said about it.

use askama::Template;

use crate::pages::parts::{Clause, ConsentChoice, Form, Problems, Reason};
use crate::pages::shell::{Place, Portal};

/// A complaint or a question, to be written.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/service.html")]
pub struct ServicePage {
    /// Around it.
    pub shell: Portal,
    /// Where the policy says what is taken.
    pub clause: Option<Clause>,
    /// Whether the policy takes the customer's own words; else only a topic is chosen.
    pub takes_words: bool,
    /// Whether the policy keeps a written answer.
    pub keeps_answers: bool,
    /// What it is, what about, in which words, about which record.
    pub form: Form,
    /// Why the words may not be kept; empty when they were not decided against.
    pub denied: Vec<Reason>,
    /// The consents that are open, each by itself.
    pub consents: Vec<ConsentChoice>,
    /// Items that are asked later: none here.
    pub later: Vec<String>,
    /// By when each kind is answered.
    pub due: Vec<String>,
    /// Where else one may turn.
    pub remedy: Vec<String>,
}

/// Something that was said about a request, opened by a post.
#[derive(Debug, Clone, Default)]
pub struct SaidLine {
    /// Who said it, and as which item it is kept.
    pub label: String,
    /// What the button says.
    pub button: String,
    /// Where the post goes.
    pub href: String,
}

impl ServicePage {
    fn problems(&self) -> Problems<'_> {
        self.form.problems().and(&self.consents)
    }
}
