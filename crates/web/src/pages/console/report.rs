//! Reports, for audit and compliance.

use askama::Template;

use crate::pages::parts::{Day, Fact, Moment};
use crate::pages::shell::{Console, Desk};

/// Every kind of report.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/reports.html")]
pub struct Reports {
    /// Around it.
    pub shell: Console,
    /// In their order.
    pub lines: Vec<ReportLine>,
}

/// One kind of report.
#[derive(Debug, Clone, Default)]
pub struct ReportLine {
    /// To which it is posted.
    pub href: String,
    /// Name.
    pub name: String,
    /// What it shows, and for whom.
    pub what: String,
}

/// One report, as it was made.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/report.html")]
pub struct ReportPage {
    /// Around it.
    pub shell: Console,
    /// Of which kind.
    pub line: ReportLine,
    /// When it was made.
    pub at: Moment,
    /// Leaf and fingerprint.
    pub facts: Vec<Fact>,
    /// What is not as it must be.
    pub faults: Vec<String>,
    /// What it says.
    pub tables: Vec<ReportTable>,
}

/// A table of a report.
#[derive(Debug, Clone, Default)]
pub struct ReportTable {
    /// What it lists.
    pub name: String,
    /// Heads.
    pub heads: Vec<String>,
    /// Rows, each cell under its head.
    pub rows: Vec<Vec<(String, ReportCell)>>,
}

/// What stands in a cell.
#[derive(Debug, Clone)]
pub enum ReportCell {
    /// Words or a count.
    Text(String),
    /// A day.
    Day(Day),
    /// An instant.
    At(Moment),
}
