//! Paying for a record: what is due, the order, and the code that the payment network's app scans.

use askama::Template;

use crate::pages::parts::{Clause, ConsentChoice, Form, Link, Moment, Problems, Reason, Tone};
use crate::pages::qr::Qr;
use crate::pages::shell::{Place, Portal};

/// What is due, and what was paid.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/payments.html")]
pub struct Payments {
    /// Around it.
    pub shell: Portal,
    /// What the list is called: the function's name, where the text has one.
    pub title: String,
    /// Where the policy says so.
    pub clause: Option<Clause>,
    /// Payments, what can be paid first.
    pub payments: Vec<PaymentLine>,
}

/// A payment in a list.
#[derive(Debug, Clone, Default)]
pub struct PaymentLine {
    /// Id for the path.
    pub id: String,
    /// What is paid for.
    pub description: String,
    /// Amount in yuan, with two decimals.
    pub yuan: String,
    /// What of it goes back or went, in yuan.
    pub back: Option<String>,
    /// Its state, in a word.
    pub state: String,
    /// The tone of that.
    pub tone: Tone,
    /// Until when it can be paid, while it can.
    pub until: Option<Moment>,
}

/// One payment.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/payment.html", blocks = ["main"])]
pub struct PaymentPage {
    /// Around it.
    pub shell: Portal,
    /// The payment.
    pub payment: PaymentLine,
    /// What kind of record is paid.
    pub record_name: String,
    /// The record's id, for the path.
    pub record: String,
    /// What can be done now.
    pub step: PaymentStep,
    /// What came of the last try, and how to go on.
    pub problem: Option<String>,
    /// Why it was decided against; empty when it was not.
    pub denied: Vec<Reason>,
}

/// What can be done with a payment now.
#[derive(Debug, Clone, Default)]
pub enum PaymentStep {
    /// Nothing.
    #[default]
    Over,
    /// Begin: with what the function asks, where the text has one.
    Begin(Box<PaymentForm>),
    /// Ask the network whether the money is back.
    Returning,
    /// Scan the code, then look.
    Scan {
        /// The code; none while the network does not answer.
        code: Option<Qr>,
        /// Where the demo's telephone scans it.
        demo: Option<Link>,
    },
}

/// What is asked before an order is opened.
#[derive(Debug, Clone, Default)]
pub struct PaymentForm {
    /// What it is for, in a sentence; empty where the text has no function for paying.
    pub purpose: String,
    /// Where the policy says so.
    pub clause: Option<Clause>,
    /// The questions.
    pub form: Form,
    /// Consents, each by itself.
    pub consents: Vec<ConsentChoice>,
    /// What follows from not giving what is asked.
    pub refused: String,
}

impl PaymentPage {
    fn problems(&self) -> Problems<'_> {
        let whole = Problems::whole(self.problem.as_deref());
        match &self.step {
            PaymentStep::Begin(asked) => whole.with(asked.form.problems()).and(&asked.consents),
            PaymentStep::Over | PaymentStep::Returning | PaymentStep::Scan { .. } => whole,
        }
    }
}
