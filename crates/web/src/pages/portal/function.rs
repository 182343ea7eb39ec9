//! A function of the platform that collects something: any of them, made from its element of the policy.

use askama::Template;

use super::servicing::About;
use crate::pages::parts::{Clause, ConsentChoice, Form, Link, Problems, Reason};
use crate::pages::shell::{Place, Portal};

parts!(Reading);

/// Who stands in a matter, chosen before the form; nothing about a person is asked here.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/who.html", blocks = ["main"])]
pub struct WhoStands {
    /// Around it.
    pub shell: Portal,
    /// The function's published name.
    pub title: String,
    /// What it is for, in a sentence.
    pub purpose: String,
    /// Where the policy says so.
    pub clause: Option<Clause>,
    /// The record that it is about, and what is wanted of it.
    pub about: Option<About>,
    /// What the address says besides the choice, to come back with it: name and value.
    pub kept: Vec<(String, String)>,
    /// Product, and for each role who stands in it.
    pub form: Form,
}

/// What a function asks, with its notices and consents.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/function_form.html", blocks = ["main"])]
pub struct FunctionForm {
    /// Around it.
    pub shell: Portal,
    /// The function's published name.
    pub title: String,
    /// What it is for, in a sentence.
    pub purpose: String,
    /// Where the policy says so.
    pub clause: Option<Clause>,
    /// The record that it is about, and what is wanted of it.
    pub about: Option<About>,
    /// Why it was decided against; empty when it was not.
    pub denied: Vec<Reason>,
    /// What would mend that.
    pub next: Vec<Link>,
    /// Back to the choice of who stands in it, where there was one.
    pub change: Option<String>,
    /// Where the form is posted, with the query that repeats the choice; absent: to the page itself.
    pub action: Option<String>,
    /// How many people of a kind the form asks about: `count.<role>.<kind>`.
    pub counts: Vec<(String, String)>,
    /// The questions about each person.
    pub people: Vec<FormPerson>,
    /// Filling in from a picture of the holder's own document, where the policy reads pictures for this.
    pub reading: Option<Reading>,
    /// What was wrong with the form as a whole.
    pub problem: Option<String>,
    /// The holder's own consents, each by itself; empty where the function rests on another ground.
    pub consents: Vec<ConsentChoice>,
    /// What was refused and is not asked again yet (rule R14), and where to decide anew.
    pub not_asked: Vec<(String, Link)>,
    /// What follows from not giving what is asked.
    pub refused: String,
    /// Items that are asked later, each on a page of its own.
    pub later: Vec<String>,
}

/// One person, or organisation, that a form asks about.
#[derive(Debug, Clone, Default)]
pub struct FormPerson {
    /// The questions.
    pub form: Form,
    /// What stands over the consents.
    pub asks: String,
    /// Consents that somebody else gives for this person.
    pub consents: Vec<ConsentChoice>,
    /// What the button posts that asks about one more: the value of `add`.
    pub more: Option<String>,
}

/// A picture that fills in what stands on it. It is sent with everything else on the form, which nothing is kept of.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/reading.html")]
pub struct Reading {
    /// Where it is sent.
    pub action: String,
    /// The picture; `None` where the installation has no reader.
    pub form: Option<Form>,
    /// What was read.
    pub told: Option<String>,
    /// Whether consents on the page have to be answered before.
    pub asks: bool,
}

impl FunctionForm {
    fn problems(&self) -> Problems<'_> {
        let people = self.people.iter().map(|person| {
            let legend = person.form.groups.first().map_or("", |group| group.legend.as_str());
            person.form.problems().and_of(legend, &person.consents)
        });
        let whole = Problems::whole(self.problem.as_deref());
        let picture = self.reading.iter().filter_map(|reading| reading.form.as_ref()).map(Form::problems);
        people.chain(picture).fold(whole, Problems::with).and(&self.consents)
    }
}
