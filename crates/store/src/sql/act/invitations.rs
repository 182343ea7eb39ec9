//! Facts about invitations: made, made again, used, withdrawn.

use model::{InvitationId, RecordId};

use super::Act;
use crate::batch::{InvitationState, NewInvitation};
use crate::error::CommitError;
use crate::sql::column::values;

/// Made again it keeps its place; its link is a new one.
const PUT: &str = "INSERT INTO invitation (record, invitation, place, role, digest, until, at, state, leaf) \
    VALUES (?1, ?2, (SELECT count(*) FROM invitation WHERE record = ?1), ?3, ?4, ?5, ?6, 'open', ?7) \
    ON CONFLICT (record, invitation) DO UPDATE SET digest = excluded.digest, until = excluded.until, \
    at = excluded.at, state = 'open'";
const STATE: &str = "SELECT state, digest FROM invitation WHERE record = ?1 AND invitation = ?2";
const STATE_SET: &str = "UPDATE invitation SET state = ?3 WHERE record = ?1 AND invitation = ?2";

impl Act<'_> {
    pub(crate) fn invitation(&mut self, new: &NewInvitation) -> Result<(), CommitError> {
        let values = values![
            new.record.as_bytes(),
            new.id.as_bytes(),
            new.role.as_str(),
            new.digest,
            new.until,
            new.at,
            self.leaf,
        ];
        self.put(PUT, "record", values)
    }

    pub(crate) fn invited(
        &mut self,
        record: RecordId,
        id: InvitationId,
        state: InvitationState,
    ) -> Result<(), CommitError> {
        self.put(STATE_SET, "invitation", values![record.as_bytes(), id.as_bytes(), state])
    }

    /// Whether nobody used it, took it back or made it again meanwhile.
    pub(crate) fn still(
        &self,
        record: RecordId,
        id: InvitationId,
        state: InvitationState,
        digest: &[u8; 32],
    ) -> Result<(), CommitError> {
        let found = self.connection.row(STATE, values![record.as_bytes(), id.as_bytes()], |row| {
            Ok((row.get::<InvitationState>(0)?, row.get::<[u8; 32]>(1)?))
        });
        if found? == Some((state, *digest)) { Ok(()) } else { Err(CommitError::Moved) }
    }
}
