//! What is there to do.

use askama::Template;

use super::ledger::LeafLine;
use super::threshold::Alarm;
use crate::pages::parts::{Clause, Day, Fact, Form, Link, Pager, Problems, Reason, Tone};
use crate::pages::shell::{Console, Desk};

/// Counts, what is due, what happened.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/home.html")]
pub struct Home {
    /// Around it.
    pub shell: Console,
    /// Thresholds of the law that are near, and filings that are due.
    pub alarms: Vec<Alarm>,
    /// Today.
    pub today: Day,
    /// Figures.
    pub counts: Vec<Count>,
    /// Requests that are overdue or due today.
    pub due: Vec<RequestLine>,
    /// Latest leaves.
    pub leaves: Vec<LeafLine>,
}

/// A figure.
#[derive(Debug, Clone, Default)]
pub struct Count {
    /// What is counted.
    pub label: String,
    /// The figure.
    pub value: String,
    /// One sentence.
    pub note: Option<String>,
    /// Where it is looked at.
    pub href: Option<String>,
    /// How pressing.
    pub tone: Tone,
}

/// Requests of subjects by due date.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/requests.html")]
pub struct Requests {
    /// Around it.
    pub shell: Console,
    /// Earliest due first.
    pub requests: Vec<RequestLine>,
    /// Before and after.
    pub pager: Pager,
}

/// One request, with what may follow.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/request.html")]
pub struct RequestPage {
    /// Around it.
    pub shell: Console,
    /// Which right.
    pub right: String,
    /// State, by whom, dates, both verdicts.
    pub facts: Vec<Fact>,
    /// Whose: short number and link.
    pub subject: (String, String),
    /// What the customer wrote and what was answered: each link asks for a reason first.
    pub said: Vec<Link>,
    /// The answer to be written; absent where the policy keeps none.
    pub answer: Option<Form>,
    /// Where the answer is posted.
    pub answer_to: String,
    /// What policy and law say.
    pub reasons: Vec<Reason>,
    /// The day that has passed.
    pub overdue: Option<Day>,
    /// Steps that need no reason: word and name.
    pub steps: Vec<(String, String)>,
    /// The step that needs one.
    pub form: Form,
    /// Nothing comes after it.
    pub closed: bool,
}

impl RequestPage {
    fn problems(&self) -> Problems<'_> {
        let answer = self.answer.as_ref().map(Form::problems);
        answer.into_iter().fold(self.form.problems(), Problems::with)
    }
}

/// A request.
#[derive(Debug, Clone, Default)]
pub struct RequestLine {
    /// Its page, if there is one.
    pub href: Option<String>,
    /// Short number.
    pub number: String,
    /// Which right.
    pub right: String,
    /// Whose: masked.
    pub subject: String,
    /// When it came.
    pub received: Day,
    /// When it is due.
    pub due: Option<Day>,
    /// Days left, overdue, in words.
    pub left: String,
    /// The calendar of that year is not published yet: the day may move.
    pub provisional: bool,
    /// How pressing.
    pub tone: Tone,
    /// Which clock runs, in words.
    pub clock: String,
    /// Where the policy says so.
    pub clause: Option<Clause>,
    /// Step it is at.
    pub state: String,
}
