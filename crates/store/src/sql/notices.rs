//! Reads of the outbox, and how its messages went. What is queued and what was told are acts.

use jiff::Timestamp;
use model::SubjectId;

use crate::change::Claim;
use crate::error::StoreError;
use crate::notice::{NoticeCounts, NoticeFailed, NoticeRow};
use crate::sql::column::values;
use crate::sql::connection::{Connection, Row};

/// Between the ways of one notice.
pub(crate) const SEPARATOR: &str = " ";

const DUE: &str = "SELECT number, subject, publication, routes, latest, at, tries, due, because, told, route, leaf \
    FROM outbox WHERE due <= ?1 ORDER BY due, number LIMIT ?2";
/// Whoever sends has it to itself until then.
const CLAIM: &str = "UPDATE outbox SET due = ?2 WHERE number = ?1";
const FAILED: &str = "UPDATE outbox SET tries = tries + 1, due = ?2, because = ?3 WHERE number = ?1 AND told IS NULL";
const AGAIN: &str = "UPDATE outbox SET tries = 0, due = ?2 WHERE number = ?1 AND told IS NULL AND due IS NULL \
    AND because IS NOT NULL";
/// One statement for everybody: a carrier that was missing is configured, and there may be millions.
const ALL_AGAIN: &str =
    "UPDATE outbox SET tries = 0, due = ?1 WHERE told IS NULL AND due IS NULL AND because IS NOT NULL";
const OF: &str = "SELECT number, subject, publication, routes, latest, at, tries, due, because, told, route, leaf \
    FROM outbox WHERE subject = ?1 ORDER BY number";
const GIVEN_UP: &str = "SELECT number, subject, publication, routes, latest, at, tries, due, because, told, route, leaf \
    FROM outbox WHERE told IS NULL AND due IS NULL AND because IS NOT NULL ORDER BY number LIMIT ?1";
const COUNTS: &str = "SELECT publication, count(told), \
    sum(CASE WHEN told IS NULL AND (due IS NOT NULL OR because IS NULL) THEN 1 ELSE 0 END), \
    sum(CASE WHEN told IS NULL AND due IS NULL AND because IS NOT NULL THEN 1 ELSE 0 END), \
    sum(CASE WHEN told IS NULL AND latest <= ?1 THEN 1 ELSE 0 END) \
    FROM outbox GROUP BY publication ORDER BY publication";

/// What is due, the longest due first, for one sender until its claim ends.
pub(crate) fn claim(connection: &Connection, claim: Claim, limit: u32) -> Result<Vec<NoticeRow>, StoreError> {
    let rows = connection.rows(DUE, values![claim.now, limit], notice)?;
    for row in &rows {
        connection.execute(CLAIM, values![row.number, claim.until])?;
    }
    Ok(rows)
}

/// Whether anything is due.
pub(crate) fn is_due(connection: &Connection, now: Timestamp) -> Result<bool, StoreError> {
    Ok(!connection.rows(DUE, values![now, 1u32], notice)?.is_empty())
}

/// A message did not go: due again, or given up.
pub(crate) fn failed(connection: &Connection, failed: NoticeFailed) -> Result<(), StoreError> {
    let NoticeFailed { number, due, because } = failed;
    connection.execute(FAILED, values![number, due, because])?;
    Ok(())
}

/// Tries what was given up once more: one notice, or all; how many.
pub(crate) fn again(connection: &Connection, number: Option<u64>, now: Timestamp) -> Result<u64, StoreError> {
    let tried = match number {
        Some(number) => connection.execute(AGAIN, values![number, now])?,
        None => connection.execute(ALL_AGAIN, values![now])?,
    };
    Ok(u64::try_from(tried).unwrap_or(u64::MAX))
}

/// Every notice to somebody, oldest first.
pub(crate) fn of(connection: &Connection, subject: SubjectId) -> Result<Vec<NoticeRow>, StoreError> {
    connection.rows(OF, values![subject.as_bytes()], notice)
}

/// What was given up as messages.
pub(crate) fn given_up(connection: &Connection, limit: u32) -> Result<Vec<NoticeRow>, StoreError> {
    connection.rows(GIVEN_UP, values![limit], notice)
}

/// How the notices about each version stand.
pub(crate) fn counts(connection: &Connection, now: Timestamp) -> Result<Vec<NoticeCounts>, StoreError> {
    connection.rows(COUNTS, values![now], |row| {
        let (publication, told, waiting) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(NoticeCounts { publication, told, waiting, given_up: row.get(3)?, late: row.get(4)? })
    })
}

fn notice(row: &Row<'_>) -> Result<NoticeRow, StoreError> {
    let routes: String = row.get(3)?;
    let told: (Option<Timestamp>, Option<String>, Option<u64>) = (row.get(9)?, row.get(10)?, row.get(11)?);
    Ok(NoticeRow {
        number: row.get(0)?,
        subject: row.get(1)?,
        publication: row.get(2)?,
        routes: routes.split(SEPARATOR).map(str::to_owned).collect(),
        latest: row.get(4)?,
        at: row.get(5)?,
        tries: row.get(6)?,
        due: row.get(7)?,
        because: row.get(8)?,
        told: told.0.zip(told.1).zip(told.2).map(|((at, route), leaf)| (at, route, leaf)),
    })
}
