//! Facts of the outbox.

use jiff::Timestamp;

use super::Act;
use crate::error::CommitError;
use crate::notice::Notices;
use crate::sql::column::values;
use crate::sql::notices::SEPARATOR;

/// One statement for everybody: there may be millions. Of whom nothing is held any more nobody is told.
const QUEUE: &str = "INSERT INTO outbox (number, subject, publication, routes, latest, at, tries, due) \
    SELECT (SELECT coalesce(max(number), 0) FROM outbox) + row_number() OVER (ORDER BY s.subject), s.subject, \
        (SELECT max(number) FROM publication), ?1, ?2, ?3, 0, ?4 \
    FROM subject s WHERE s.forgotten = 0 AND EXISTS (SELECT 1 FROM record_role r \
        JOIN part p ON p.record = r.record AND p.subject = r.subject AND p.role = r.role \
        WHERE r.subject = s.subject AND p.slot IS NOT NULL)";
/// What another version replaces before it took effect is not told any more.
const OVERTAKE: &str = "DELETE FROM outbox WHERE told IS NULL AND publication IN \
    (SELECT p.number FROM publication p WHERE p.since >= \
        (SELECT n.since FROM publication n WHERE n.number = (SELECT max(number) FROM publication)) \
        AND p.number < (SELECT max(number) FROM publication))";
const TOLD: &str = "UPDATE outbox SET told = ?2, route = ?3, leaf = ?4, due = NULL WHERE number = ?1 AND told IS NULL";

impl Act<'_> {
    pub(crate) fn notices(&self, new: &Notices) -> Result<(), CommitError> {
        let routes = new.routes.join(SEPARATOR);
        Ok(self.connection.execute(QUEUE, values![routes, new.latest, new.at, new.due]).map(drop)?)
    }

    pub(crate) fn overtaken(&self) -> Result<(), CommitError> {
        Ok(self.connection.execute(OVERTAKE, values![]).map(drop)?)
    }

    pub(crate) fn told(&self, number: u64, route: &str, at: Timestamp) -> Result<(), CommitError> {
        self.put(TOLD, "notice", values![number, at, route, self.leaf])
    }
}
