//! Many people of one role at once, as a table.

use askama::Template;

use crate::pages::parts::{Form, Problems};
use crate::pages::shell::{Place, Portal};

/// A roster: how to send one in, what would become of each line, what came of it.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/roster.html")]
pub struct RosterPage {
    /// Around it.
    pub shell: Portal,
    /// Where the roster is: the path of this page.
    pub path: String,
    /// The record's page of invitations.
    pub invitations: String,
    /// The role's published name.
    pub role: String,
    /// Columns, and whether each must be filled in.
    pub columns: Vec<(String, bool)>,
    /// Most lines, largest size, and for how many minutes a roster waits.
    pub limits: [String; 3],
    /// The field `file`.
    pub form: Form,
    /// How far it has come.
    pub step: RosterStep,
    /// Each line and what becomes of it.
    pub lines: Vec<RosterLine>,
    /// How many are taken in.
    pub taken: usize,
    /// How many are invited.
    pub invited: usize,
    /// How many lines are wrong.
    pub wrong: usize,
}

impl RosterPage {
    /// Whether anything would come of it.
    fn does_anything(&self) -> bool {
        self.taken + self.invited > 0
    }

    fn problems(&self) -> Problems<'_> {
        self.form.problems()
    }
}

/// How far a roster has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RosterStep {
    /// To be sent in.
    #[default]
    Ask,
    /// Looked at: nothing is stored yet.
    Look,
    /// Taken in.
    Done,
}

/// One line of a roster.
#[derive(Debug, Clone, Default)]
pub struct RosterLine {
    /// Number in the table.
    pub number: u64,
    /// The first value of the line under its mask, once it is taken in.
    pub who: Option<String>,
    /// Which invitation of the record's page is this line's, counted from 1.
    pub place: Option<usize>,
    /// What becomes of it.
    pub outcome: RosterOutcome,
}

/// What becomes of a line.
#[derive(Debug, Clone, Default)]
pub enum RosterOutcome {
    /// Taken in.
    #[default]
    TakenIn,
    /// To be answered alone, by this link once there is one.
    Invited(Option<String>),
    /// What is wrong, by column, never with a value.
    Wrong(Vec<String>),
}
