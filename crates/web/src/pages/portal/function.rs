//! A function of the platform that collects something: any of them, made from its element of the policy.

use askama::Template;

use crate::pages::parts::{Clause, ConsentChoice, Form, Problems};
use crate::pages::shell::{Place, Portal};

/// What a function asks, with its notices and consents.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/function_form.html")]
pub struct FunctionForm {
    /// Around it.
    pub shell: Portal,
    /// The function's published name.
    pub title: String,
    /// What it is for, in a sentence.
    pub purpose: String,
    /// Where the policy says so.
    pub clause: Option<Clause>,
    /// The questions.
    pub form: Form,
    /// Each consent by itself; empty where the function rests on another ground.
    pub consents: Vec<ConsentChoice>,
    /// What follows from not giving what is asked.
    pub refused: String,
    /// Items that are asked later, each on a page of its own.
    pub later: Vec<String>,
}

impl FunctionForm {
    fn problems(&self) -> Problems<'_> {
        self.form.problems().and(&self.consents)
    }
}
