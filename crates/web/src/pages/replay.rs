//! A sale shown again: its course step by step, and its pages as they were. The same for the customer and for staff.

use askama::Template;

use super::PolicyHtml;
use super::parts::{Moment, ReceiptLink};
use super::portal::{PaymentLine, RecordGroup};

parts!(Course, Scene);

/// What happened, in order.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/course.html")]
pub struct Course {
    /// Whether all of it is what the ledger says.
    pub sound: bool,
    /// What is wrong as a whole.
    pub wrong: Vec<String>,
    /// Page by page.
    pub scenes: Vec<SceneLine>,
    /// How it was paid, and what of it went back.
    pub payments: Vec<PaymentLine>,
    /// What was filled in, masked.
    pub groups: Vec<RecordGroup>,
    /// Receipt of the act that took the matter in.
    pub closed: Option<ReceiptLink>,
    /// Receipt of this look.
    pub receipt: Option<ReceiptLink>,
}

/// One page of a sale, and what was done on it.
#[derive(Debug, Clone, Default)]
pub struct SceneLine {
    /// Its heading.
    pub title: String,
    /// The page as it was; none where it is not what the track says it is.
    pub href: Option<String>,
    /// What was done.
    pub steps: Vec<StepLine>,
}

/// One step.
#[derive(Debug, Clone, Default)]
pub struct StepLine {
    /// When.
    pub at: Moment,
    /// What was done.
    pub text: String,
    /// What is wrong with it.
    pub wrong: Vec<String>,
}

/// A page as it was.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/scene.html")]
pub struct Scene {
    /// The course it belongs to.
    pub back: String,
    /// When it was shown first.
    pub at: Moment,
    /// Its fingerprint, in short.
    pub page: String,
    /// That of the notice in force then.
    pub text: String,
    /// What was done on it.
    pub steps: Vec<StepLine>,
    /// The page, inert, with the choices marked.
    pub markup: PolicyHtml,
    /// The page before.
    pub earlier: Option<String>,
    /// The page after.
    pub later: Option<String>,
}
