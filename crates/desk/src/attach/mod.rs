//! Attachments (附件): pictures, papers and recordings that stand in a record part beside its values.
//!
//! Each comes in by an act of its own and is looked at by an act of its own, as values are: the same questions, permits
//! and leaves. Its content goes through in pieces, so that memory does not grow with it; one that comes in by several requests
//! (`under_way`) is an act when its last byte is there.

mod open;
mod slots;
mod under_way;
mod upload;

use async_trait::async_trait;
use jiff::Timestamp;
use model::attachment::FileKind;
use model::field::Validator;
use model::{AttachmentId, Clear, RecordId, Slug};
use policy::resolve::ItemFacts;
use policy::syntax::{Collect, Function, Trigger};

pub(crate) use open::header;
pub use open::{Reading, open_own, open_service, open_staff};
pub use slots::{Slot, slots};
pub use under_way::{OPEN, Sender, UnderWay, begin, give_up, go_on, under_way};
pub(crate) use upload::sweep;
pub use upload::{settle, upload};

use crate::Platform;

/// Largest content that is taken where the configuration says nothing, in bytes: 20 MiB.
pub const LARGEST: u64 = 20 << 20;

/// What is sent in.
pub struct Upload {
    /// Function in whose course it is collected.
    pub function: Slug,
    /// Channel.
    pub channel: Option<Slug>,
    /// The record that it is about.
    pub record: RecordId,
    /// Role of whom it is about.
    pub person: Slug,
    /// Item: id, published name or clause.
    pub item: String,
    /// How it came in.
    pub trigger: Trigger,
}

/// An attachment, taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attached {
    /// Which.
    pub attachment: AttachmentId,
    /// What it holds.
    pub kind: FileKind,
    /// Length of its content, in bytes.
    pub size: u64,
    /// Leaf.
    pub leaf: u64,
}

/// An attachment as lists show it: nothing of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct File {
    /// Which.
    pub id: AttachmentId,
    /// What it holds.
    pub kind: FileKind,
    /// Length of its content, in bytes.
    pub size: u64,
    /// When it came in.
    pub at: Timestamp,
}

impl From<&store::NewAttachment> for File {
    fn from(row: &store::NewAttachment) -> Self {
        Self { id: row.id, kind: row.kind, size: row.size, at: row.at }
    }
}

/// Content on its way in.
#[async_trait]
pub trait Incoming: Send {
    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// [`CutShort`] when whoever sends it went away.
    async fn next(&mut self) -> Result<Option<Clear<Vec<u8>>>, CutShort>;
}

/// The content ended before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CutShort;

/// What an item may hold as an attachment. A face never: it is compared and gone (rule R44).
pub(crate) fn validator(item: &ItemFacts) -> Option<Validator> {
    item.validator.filter(|validator| !item.face && !validator.file_kinds().is_empty())
}

/// The groups in which a function collects an item from a role, as something that is given.
fn groups<'f>(function: &'f Function, role: &'f Slug, item: &'f Slug) -> impl Iterator<Item = &'f Collect> {
    let groups = function.collects.said().into_iter().flatten();
    groups.filter(move |group| {
        group.of.text == role.as_str() && group.items.iter().any(|taken| taken.text == item.as_str())
    })
}

/// The functions that make records of a class.
fn makers<'p>(platform: &'p Platform, class: &'p Slug) -> impl Iterator<Item = &'p Function> {
    let functions = platform.tables.program().policy.functions.iter();
    functions.filter(move |function| function.makes.as_ref().is_some_and(|made| made.text == class.as_str()))
}
