//! Persons that the law counts, and the filings that follow (rules R34, R51).

use askama::Template;

use crate::pages::parts::{Day, Fact, Form, Tone};
use crate::pages::shell::{Console, Desk};

/// Every threshold.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/thresholds.html")]
pub struct Thresholds {
    /// Around it.
    pub shell: Console,
    /// In the order of the law pack.
    pub lines: Vec<ThresholdLine>,
}

/// One threshold.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/threshold.html")]
pub struct ThresholdPage {
    /// Around it.
    pub shell: Console,
    /// How it stands.
    pub line: ThresholdLine,
    /// Article, counts, days.
    pub facts: Vec<Fact>,
    /// Since when there is something to file, and until when.
    pub days: Option<(Day, Day)>,
    /// What was filed: on which day, under which number.
    pub filed: Option<(Day, String)>,
    /// To note the filing; for who may, while there is one to note.
    pub form: Option<Form>,
}

/// A threshold as a row.
#[derive(Debug, Clone, Default)]
pub struct ThresholdLine {
    /// Its page.
    pub href: String,
    /// Who is counted.
    pub name: String,
    /// How many.
    pub persons: String,
    /// From how many on there is something to file.
    pub limit: String,
    /// State, in words.
    pub state: String,
    /// How pressing.
    pub tone: Tone,
}

/// What must be looked at, on the first page.
#[derive(Debug, Clone, Default)]
pub struct Alarm {
    /// The threshold's page.
    pub href: String,
    /// How it stands.
    pub text: String,
    /// By when to file.
    pub due: Option<Day>,
    /// How pressing.
    pub tone: Tone,
}
