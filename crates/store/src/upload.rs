//! Uploads under way: files that come in by several requests. What has come lies in parcels, each an object of its own, until
//! an act takes the whole as an attachment.

use jiff::Timestamp;
use model::attachment::FileKind;
use model::{ActorId, AttachmentId, RecordId, Slug, SubjectId, UploadId};

/// An upload that begins, or is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUpload {
    /// Id, drawn by the caller.
    pub id: UploadId,
    /// Who sends it.
    pub sender: SubjectId,
    /// The seat or token that does so for the sender.
    pub caller: Option<ActorId>,
    /// Record.
    pub record: RecordId,
    /// Whom it is about.
    pub subject: SubjectId,
    /// Role.
    pub role: Slug,
    /// Item.
    pub item: Slug,
    /// Function in whose course it is collected.
    pub function: Slug,
    /// Channel.
    pub channel: Option<Slug>,
    /// Length of the whole file, in bytes; never 0.
    pub size: u64,
    /// Ends at, whatever has come in by then.
    pub until: Timestamp,
}

/// What became of an upload that was to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// It is under way.
    Begun,
    /// Its sender has as many under way as anybody may have.
    TooMany,
    /// Whom it is about, or who sends it, is forgotten meanwhile, or the record part is erased.
    Erased,
}

/// An upload as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadRow {
    /// As it began.
    pub begun: NewUpload,
    /// How much of it is durable, in bytes.
    pub received: u64,
    /// The wrapped key of its parcels; `None` once it is taken in.
    pub wrapped: Option<Vec<u8>>,
    /// As which attachment, of which kind, with which leaf it was taken in.
    pub taken: Option<(AttachmentId, FileKind, u64)>,
}

/// A piece of an upload, durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// Its object.
    pub object: AttachmentId,
    /// Where in the file it begins.
    pub start: u64,
    /// Length of its content, in bytes; never 0.
    pub size: u64,
    /// SHA-256 of the object.
    pub digest: [u8; 32],
}
