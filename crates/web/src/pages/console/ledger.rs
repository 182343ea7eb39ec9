//! The ledger, as anyone may know it: nothing here names a person.

use askama::Template;

use crate::pages::parts::{Check, Moment, Pager};
use crate::pages::portal::ActOutcome;
use crate::pages::shell::{Console, Desk};

/// Size, root, checkpoint, leaves.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/ledger.html")]
pub struct Ledger {
    /// Around it.
    pub shell: Console,
    /// Leaves in the tree.
    pub size: u64,
    /// Root hash.
    pub root: String,
    /// When the checkpoint was signed, as it is stored.
    pub signed: Moment,
    /// The checkpoint: a signed note, as published.
    pub checkpoint: String,
    /// What was verified when the page was made.
    pub checks: Vec<Check>,
    /// A page of leaves, newest first.
    pub leaves: Vec<LeafLine>,
    /// Before and after.
    pub pager: Pager,
    /// The command that checks the ledger on the server, without these pages.
    pub command: String,
}

/// One leaf.
#[derive(Debug, Clone, Default)]
pub struct LeafLine {
    /// Place in the tree, from 0.
    pub index: u64,
    /// When it was committed.
    pub at: Moment,
    /// Kind of act.
    pub kind: String,
    /// Function or purpose.
    pub what: String,
    /// Ground of PIPL art. 13.
    pub basis: String,
    /// How it went.
    pub outcome: ActOutcome,
    /// Hash, shortened.
    pub hash: String,
}
