//! Facts of the change feed, which other facts of the act bring about.

use model::{RecordId, SubjectId};

use super::{Act, walk};
use crate::change::NewChange;
use crate::error::{CommitError, StoreError};
use crate::sql::changes::SEPARATOR;
use crate::sql::column::{subject_bytes, values};
use crate::sql::connection::Connection;

/// Whoever writes here has the database for itself until it commits: numbers follow the order of the acts.
const CHANGE_PUT: &str = "INSERT INTO change (number, change, kind, subject, record, scopes, at, leaf) \
    VALUES ((SELECT coalesce(max(number), 0) + 1 FROM change), ?1, ?2, ?3, ?4, ?5, ?6, ?7)";
/// In place and of the same length: the row does not move, so no copy of it stays behind.
const SUBJECT_ZERO: &str = "UPDATE change SET subject = ?3 WHERE leaf = ?1 AND subject = ?2";

impl Act<'_> {
    pub(crate) fn change(&mut self, new: &NewChange) -> Result<(), CommitError> {
        let scopes = new.scopes.join(SEPARATOR);
        let values = values![
            &new.id,
            new.kind.word(),
            subject_bytes(new.subject.as_ref()),
            new.record.as_ref().map(RecordId::as_bytes),
            scopes,
            new.at,
            self.leaf,
        ];
        self.put(CHANGE_PUT, "change", values)
    }
}

/// Takes a subject out of the changes that its leaves brought about.
pub(super) fn forget(connection: &Connection, subject: SubjectId, last_link: u64) -> Result<(), StoreError> {
    walk(connection, last_link, |_, link| {
        let values = values![link.leaf, subject.as_bytes(), &[0; 16]];
        Ok(connection.execute(SUBJECT_ZERO, values).map(drop)?)
    })
}
