//! Words of Shouyue that three rooms or more share: ids, items' fields, the state of a subject, what keys make, the calendar, deadlines.
//!
//! A type enters this room only when three others need it. Nothing here does I/O, reads a clock or draws a number.

pub mod act;
pub mod age;
pub mod attachment;
pub mod calendar;
mod clear;
pub mod deadline;
mod entropy;
pub mod field;
mod fingerprint;
mod id;
pub mod key;
pub mod service;

pub use clear::{Clear, Derived};
pub use entropy::Entropy;
pub use fingerprint::{Fingerprint, NotAFingerprint};
pub use id::{
    ActorId, ApprovalId, AssignmentId, AttachmentId, ConsentId, InvitationId, NotAName, OrganisationId, PaymentId,
    RecordId, RequestId, Slug, SubjectId, TrackId, UploadId,
};
