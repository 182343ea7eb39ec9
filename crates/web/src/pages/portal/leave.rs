//! Erasing and closing the account.

use askama::Template;

use super::centre::Side;
use super::consents::Kept;
use crate::pages::parts::{Day, Fact, Form, Link, Moment, Reason, ReceiptLink};
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
    /// Where that can be asked for later.
    pub ask: String,
    /// How many record parts cannot be decrypted any more.
    pub parts: u32,
    /// Until when backups may hold ciphertext.
    pub backups_until: Option<Day>,
    /// More: fingerprints, recipients told.
    pub facts: Vec<Fact>,
}
