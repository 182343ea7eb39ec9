//! Facts about tracks of sales: closed by an act, gone with their record.

use model::RecordId;

use super::{Act, conflict};
use crate::error::CommitError;
use crate::sql::column::values;
use crate::sql::tracks::{append, begin, head};
use crate::tracks::{TrackClosed, start};

const TRACK_CLOSE: &str = "UPDATE track SET visit = NULL, record = ?2, leaf = ?3 WHERE track = ?1";
const STEPS_OF_DROP: &str = "DELETE FROM track_step WHERE track IN (SELECT track FROM track WHERE record = ?1)";
const TRACKS_OF_DROP: &str = "DELETE FROM track WHERE record = ?1";

impl Act<'_> {
    pub(crate) fn track(&mut self, closed: &TrackClosed) -> Result<(), CommitError> {
        let TrackClosed { visit, open, function, record, markup, steps } = closed;
        let connection = self.connection;
        let known = head(connection, open.track, visit)?;
        if known.unwrap_or_else(|| start(open.track, function)) != open.head {
            return Err(CommitError::Moved);
        }
        if let (None, Some(first)) = (known, steps.first()) {
            begin(connection, open, visit, function, first.at).map_err(|error| conflict(error, "track"))?;
        }
        let mut head = open.head;
        for step in steps {
            head = append(connection, open.track, head, step, markup)?;
        }
        let row = values![open.track.as_bytes(), record.as_bytes(), self.leaf];
        self.put(TRACK_CLOSE, "track", row)
    }

    /// The tracks of a record that is erased.
    pub(crate) fn tracks_go(&self, record: RecordId) -> Result<(), CommitError> {
        for sql in [STEPS_OF_DROP, TRACKS_OF_DROP] {
            self.connection.execute(sql, values![record.as_bytes()])?;
        }
        Ok(())
    }
}
