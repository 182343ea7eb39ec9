//! Erasing and closing the account.

use askama::Template;

use super::centre::Side;
use super::consents::Kept;
use super::receipts::Witnessed;
use crate::pages::parts::{Check, Day, Fact, Form, Link, Moment, Reason, ReceiptLink};
use crate::pages::qr::Qr;
use crate::pages::shell::{Place, Portal};

/// Close the account: what will be erased and what not, before it is done.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/close_account.html")]
pub struct CloseAccount {
    /// Around it.
    pub shell: Portal,
    /// Erased at once.
    pub erased: Vec<String>,
    /// Goes to storage-only: nothing but keeping and protecting it is allowed.
    pub kept: Vec<Kept>,
    /// Stays in use for an open claim alone.
    pub claims: Vec<Reason>,
    /// Backups that still hold ciphertext cannot be read after this many days.
    pub backup_days: u32,
    /// By when it is done at the latest.
    pub due: Option<Day>,
    /// What the published text says of closing.
    pub published: Side,
    /// What the law says.
    pub law: Side,
    /// What stands against it; empty: nothing.
    pub blocks: Vec<Reason>,
    /// What could be done first: download, other rights.
    pub before: Vec<Link>,
    /// Proof of identity: a code.
    pub form: Form,
}

/// The account is closed.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/account_closed.html")]
pub struct AccountClosed {
    /// Around it.
    pub shell: Portal,
    /// The proof.
    pub certificate: Certificate,
    /// What is kept.
    pub kept: Vec<Kept>,
    /// What stays in use for an open claim alone.
    pub claims: Vec<Reason>,
    /// Its receipt.
    pub receipt: Option<ReceiptLink>,
}

/// Certificate of erasure.
#[derive(Debug, Clone, Default)]
pub struct Certificate {
    /// Its number.
    pub number: String,
    /// When the keys were gone from every file; `None` while a log of the database may hold them.
    pub destroyed: Option<Moment>,
    /// The record parts that cannot be decrypted any more.
    pub erased: Vec<String>,
    /// Until when backups may hold ciphertext.
    pub backups_until: Option<Day>,
    /// More: fingerprints, recipients told.
    pub facts: Vec<Fact>,
    /// Leads whoever scans it to [`DestroyedPage`]; `None` where the address is too long.
    pub code: Option<Qr>,
    /// The same address, for who does not scan.
    pub address: String,
    /// The path of the address.
    pub place: String,
}

/// What a certificate of erasure is worth by now, for anybody. It shows nothing about a person, and of no leaf whether it was an
/// erasure.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/destroyed.html")]
pub struct DestroyedPage {
    /// Around it.
    pub shell: Portal,
    /// Number of the certificate.
    pub number: String,
    /// Whether the leaf stands there.
    pub stands: bool,
    /// Since when the keys that its act destroyed are known to be in no file.
    pub destroyed: Option<Moment>,
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
    /// Path of the leaf's own page.
    pub place: String,
    /// The same answer for programs.
    pub json: String,
}
