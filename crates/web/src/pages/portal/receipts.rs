//! Receipts: proofs that the person keeps.

use askama::Template;

use super::home::ActOutcome;
use crate::pages::parts::{Check, Clause, Fact, Moment, Pager};
use crate::pages::qr::Qr;
use crate::pages::shell::{Place, Portal};

/// All receipts of the person.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/receipts.html")]
pub struct Receipts {
    /// Around it.
    pub shell: Portal,
    /// Newest first.
    pub receipts: Vec<ReceiptLine>,
    /// Before and after.
    pub pager: Pager,
}

/// One receipt, in a line.
#[derive(Debug, Clone, Default)]
pub struct ReceiptLine {
    /// Id for the path.
    pub id: String,
    /// Short number.
    pub number: String,
    /// What was done.
    pub act: String,
    /// How it went.
    pub outcome: ActOutcome,
    /// When.
    pub at: Moment,
}

/// A witness that cosigned.
#[derive(Debug, Clone, Default)]
pub struct Witnessed {
    /// Its name.
    pub name: String,
    /// When.
    pub at: Moment,
}

/// One receipt, verified on the page.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/receipt.html")]
pub struct ReceiptPage {
    /// Around it.
    pub shell: Portal,
    /// The receipt.
    pub receipt: ReceiptLine,
    /// What the leaf says, in words: function, purpose, items, recipient, policy version.
    pub facts: Vec<Fact>,
    /// Clause it rests on.
    pub clause: Option<Clause>,
    /// What was verified just now.
    pub checks: Vec<Check>,
    /// Hash of the leaf, hex.
    pub leaf: String,
    /// Place in the tree, from 0.
    pub index: u64,
    /// Leaves in the tree of the checkpoint.
    pub size: u64,
    /// Who cosigned the checkpoint, and when.
    pub witnesses: Vec<Witnessed>,
    /// The checkpoint: a signed note.
    pub checkpoint: String,
    /// Leads whoever scans it to [`LeafPage`]; `None` where the address is too long.
    pub code: Option<Qr>,
    /// The same address, for who does not scan.
    pub address: String,
    /// The path of the address.
    pub place: String,
    /// The command that verifies the downloaded file offline.
    pub command: String,
}

/// A leaf's place in the ledger, for anybody: what a receipt's code leads to. It shows nothing about a person.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/leaf.html")]
pub struct LeafPage {
    /// Around it.
    pub shell: Portal,
    /// Short number of the receipt.
    pub number: String,
    /// Whether the leaf stands there.
    pub stands: bool,
    /// What was verified just now.
    pub checks: Vec<Check>,
    /// Hash of the leaf, as the address has it.
    pub leaf: String,
    /// Place in the tree, from 0.
    pub index: u64,
    /// Leaves in the tree of the checkpoint.
    pub size: u64,
    /// Who cosigned the checkpoint, and when.
    pub witnesses: Vec<Witnessed>,
    /// The checkpoint: a signed note.
    pub checkpoint: String,
}

impl ReceiptPage {
    /// All checks passed: `Some(true)`; one failed: `Some(false)`; some could not be made yet: `None`.
    fn verdict(&self) -> Option<bool> {
        if self.checks.iter().any(|check| check.passed == Some(false)) {
            return Some(false);
        }
        (!self.checks.is_empty() && self.checks.iter().all(|check| check.passed == Some(true))).then_some(true)
    }
}
