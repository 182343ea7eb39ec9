//! Facts of the change feed, which other facts of the act bring about.

use model::{RecordId, SubjectId};

use super::{Act, next, walk};
use crate::change::{ChangeKind, NewChange};
use crate::erasures::Chain;
use crate::error::{CommitError, StoreError};
use crate::read::{Erased, Erasure};
use crate::sql::changes::SEPARATOR;
use crate::sql::column::{subject_bytes, values};
use crate::sql::connection::{Connection, Must, unmet};

/// Whoever writes here has the database for itself until it commits: numbers follow the order of the acts.
const CHANGE_PUT: &str = "INSERT INTO change (number, change, kind, subject, record, scopes, at, leaf) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
pub(super) const LAST: &str = "SELECT coalesce(max(number), 0) FROM change";
const NEWEST: &str = "SELECT coalesce(max(at), 0) FROM leaf";
/// In place and of the same length: the row does not move, so no copy of it stays behind.
const SUBJECT_ZERO: &str = "UPDATE change SET subject = ?3 WHERE leaf = ?1 AND subject = ?2";

impl Act<'_> {
    pub(crate) fn change(&mut self, new: &NewChange) -> Result<(), CommitError> {
        let number = next(&mut self.known.last_change, self.connection, LAST)?;
        put(self.connection, new, (number, self.leaf))
    }
}

fn put(connection: &Connection, new: &NewChange, (number, leaf): (u64, u64)) -> Result<(), CommitError> {
    let scopes = new.scopes.join(SEPARATOR);
    let values = values![
        number,
        &new.id,
        new.kind.word(),
        subject_bytes(new.subject.as_ref()),
        new.record.as_ref().map(RecordId::as_bytes),
        scopes,
        new.at,
        leaf,
    ];
    connection.later(CHANGE_PUT, values, Must::Come("change"))
}

/// Tells of an erasure that a restore replayed: who has read the feed up to the backup has not heard of it. Its instant is that of the
/// newest leaf that was restored, for the list of erasures bears none.
pub(crate) fn replayed(connection: &Connection, erasure: &Erasure, chain: &Chain) -> Result<(), StoreError> {
    let (subject, record) = match &erasure.erased {
        Erased::Part { record, subject, .. } => (*subject, Some(*record)),
        Erased::Subject(subject) => (Some(*subject), None),
    };
    let at = connection.one(NEWEST, values![], |row| row.get(0))?;
    let id = chain.as_bytes().first_chunk().copied().unwrap_or_default();
    let new = NewChange { id, kind: ChangeKind::Erasure, subject, record, scopes: Vec::new(), at };
    let number = next(&mut None, connection, LAST)?;
    put(connection, &new, (number, erasure.leaf)).map_err(unmet)
}

/// Takes a subject out of the changes that its leaves brought about.
pub(super) fn forget(connection: &Connection, subject: SubjectId, last_link: u64) -> Result<(), StoreError> {
    walk(connection, last_link, |_, link| {
        let values = values![link.leaf, subject.as_bytes(), &[0; 16]];
        Ok(connection.execute(SUBJECT_ZERO, values).map(drop)?)
    })
}
