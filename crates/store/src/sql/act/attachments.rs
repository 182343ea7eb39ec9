//! Facts about attachments: an object that was loose is held from now on.

use model::{AttachmentId, Slug, UploadId};

use super::Act;
use crate::batch::NewAttachment;
use crate::error::CommitError;
use crate::sql::column::{subject_bytes, values};
use crate::sql::uploads;

/// One that is being removed is taken no more.
const TAKE: &str = "DELETE FROM loose_object WHERE object = ?1 AND since IS NOT NULL";
const PUT: &str = "INSERT INTO attachment \
    (record, subject, role, attachment, item, kind, size, digest, came_by, at, function, leaf) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";

impl Act<'_> {
    pub(crate) fn attachment(&mut self, new: &NewAttachment) -> Result<(), CommitError> {
        if let Some(subject) = new.subject {
            self.touch(subject)?;
        }
        self.put(TAKE, "object", values![new.id.as_bytes()])?;
        let values = values![
            new.record.as_bytes(),
            subject_bytes(new.subject.as_ref()),
            new.role.as_str(),
            new.id.as_bytes(),
            new.item.as_str(),
            new.kind.id(),
            new.size,
            new.digest,
            new.trigger,
            new.at,
            new.function.as_ref().map(Slug::as_str),
            self.leaf,
        ];
        self.is_keyed(new.record, new.subject, &new.role)?;
        self.add(PUT, "record part", values)
    }

    /// What came in parcels is whole and taken, once.
    pub(crate) fn uploaded(&mut self, upload: UploadId, attachment: AttachmentId) -> Result<(), CommitError> {
        if uploads::taken(self.connection, upload, attachment)? {
            Ok(())
        } else {
            Err(CommitError::Missing { what: "upload" })
        }
    }
}
