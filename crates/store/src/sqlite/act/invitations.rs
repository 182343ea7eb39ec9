//! Facts about invitations: made, made again, used, withdrawn.

use model::{InvitationId, RecordId};
use rusqlite::{OptionalExtension as _, params};

use super::Act;
use crate::batch::{InvitationState, NewInvitation};
use crate::error::CommitError;
use crate::sqlite::columns::{Sql, column};

/// Made again it keeps its place; its link is a new one.
const PUT: &str = "INSERT INTO invitation (record, invitation, place, role, digest, until, at, state, leaf) \
    VALUES (?1, ?2, (SELECT count(*) FROM invitation WHERE record = ?1), ?3, ?4, ?5, ?6, 'open', ?7) \
    ON CONFLICT (record, invitation) DO UPDATE SET digest = excluded.digest, until = excluded.until, \
    at = excluded.at, state = 'open'";
const STATE: &str = "SELECT state, digest FROM invitation WHERE record = ?1 AND invitation = ?2";
const STATE_SET: &str = "UPDATE invitation SET state = ?3 WHERE record = ?1 AND invitation = ?2";

impl Act<'_> {
    pub(super) fn invitation(&mut self, new: &NewInvitation) -> Result<(), CommitError> {
        let values = params![
            new.record.as_bytes(),
            new.id.as_bytes(),
            new.role.as_str(),
            new.digest,
            Sql(new.until),
            Sql(new.at),
            Sql(self.leaf),
        ];
        self.put(PUT, "record", values)
    }

    pub(super) fn invited(
        &mut self,
        record: RecordId,
        id: InvitationId,
        state: InvitationState,
    ) -> Result<(), CommitError> {
        self.put(STATE_SET, "invitation", params![record.as_bytes(), id.as_bytes(), Sql(state)])
    }

    /// Whether nobody used it, took it back or made it again meanwhile.
    pub(super) fn still(
        &self,
        record: RecordId,
        id: InvitationId,
        state: InvitationState,
        digest: &[u8; 32],
    ) -> Result<(), CommitError> {
        let mut statement = self.connection.prepare_cached(STATE)?;
        let found = statement.query_row(params![record.as_bytes(), id.as_bytes()], |row| {
            Ok((column::<InvitationState>(row, 0)?, row.get::<_, [u8; 32]>(1)?))
        });
        if found.optional()? == Some((state, *digest)) { Ok(()) } else { Err(CommitError::Moved) }
    }
}
