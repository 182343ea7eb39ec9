//! Reads for reports: whole tables in pages, each in one read transaction.

use jiff::Timestamp;
use model::act::RecordState;
use model::{RecordId, SubjectId};

use super::act::walk_while;
use super::connection::{Connection, Row};
use super::copy;
use crate::error::StoreError;
use crate::report::{ErasureTold, Look, PartErased, RecordStanding, Telling};
use crate::sql::column::{Value, values};

const RECORDS: &str = "SELECT r.record, r.class, r.in_force_from, r.in_force_until, r.ended, r.open_claims, r.life, r.at, \
    (SELECT count(*) FROM part p WHERE p.record = r.record AND p.slot IS NOT NULL) \
    FROM record r WHERE r.record > ?1 ORDER BY r.record LIMIT ?2";
const ERASED: &str = "SELECT r.record, r.class, r.in_force_from, r.in_force_until, r.ended, r.open_claims, r.life, r.at, \
    (SELECT count(*) FROM part p WHERE p.record = r.record AND p.slot IS NOT NULL), e.sequence, l.at \
    FROM erasure e JOIN record r ON r.record = e.record JOIN leaf l ON l.leaf = e.leaf \
    WHERE e.sequence > ?1 ORDER BY e.sequence LIMIT ?2";
const SUBJECTS: &str = "SELECT subject, last_link FROM subject WHERE subject > ?1 ORDER BY subject LIMIT ?2";
const ERASURES: &str = "SELECT number, at, leaf FROM change WHERE number > ?1 AND kind = 'erasure' AND at >= ?2 \
    ORDER BY number LIMIT ?3";
/// Of each webhook, whether the change is still before it, and its delivery where there is one.
const TELLINGS: &str = "SELECT w.webhook, CASE WHEN w.after < ?1 THEN 1 ELSE 0 END, d.number, d.due, d.because, d.answered \
    FROM webhook w LEFT JOIN delivery d ON d.webhook = w.webhook AND d.number = ?1 ORDER BY w.webhook";

/// The id of what comes after another one; everything comes after nothing.
fn after<const N: usize>(id: Option<&[u8; N]>) -> Value<'_> {
    Value::Bytes(id.map_or(&[], |id| id.as_slice()))
}

pub(crate) fn records(
    connection: &Connection,
    last: Option<RecordId>,
    limit: u32,
) -> Result<Vec<RecordStanding>, StoreError> {
    let [limit] = values![limit];
    connection.rows(RECORDS, [after(last.as_ref().map(RecordId::as_bytes)), limit], standing)
}

pub(crate) fn erased(connection: &Connection, last: u64, limit: u32) -> Result<Vec<PartErased>, StoreError> {
    connection.rows(ERASED, values![last, limit], |row| {
        Ok(PartErased { record: standing(row)?, sequence: row.get(9)?, at: row.get(10)? })
    })
}

fn standing(row: &Row<'_>) -> Result<RecordStanding, StoreError> {
    let state = RecordState {
        id: row.get(0)?,
        class: row.get(1)?,
        roles: Vec::new(),
        in_force_from: row.get(2)?,
        in_force_until: row.get(3)?,
        ended: row.get(4)?,
        open_claim: row.get::<u32>(5)? > 0,
        life: row.get(6)?,
    };
    Ok(RecordStanding { state, opened: row.get(7)?, keys: row.get(8)? })
}

/// Subjects with their leaves from one on; who is forgotten has none.
pub(crate) fn leaves(
    connection: &Connection,
    last: Option<SubjectId>,
    from: u64,
    limit: u32,
) -> Result<Vec<(SubjectId, Vec<u64>)>, StoreError> {
    let [limit] = values![limit];
    let place = [after(last.as_ref().map(SubjectId::as_bytes)), limit];
    let subjects: Vec<(SubjectId, u64)> = connection.rows(SUBJECTS, place, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut found = Vec::with_capacity(subjects.len());
    for (subject, last_link) in subjects {
        let mut leaves = Vec::new();
        walk_while(connection, last_link, |_, link| {
            let is_young = link.leaf >= from;
            leaves.extend(is_young.then_some(link.leaf));
            Ok(is_young)
        })?;
        found.push((subject, leaves));
    }
    Ok(found)
}

/// Erasures in the feed, not before an instant.
pub(crate) fn told(
    connection: &Connection,
    last: u64,
    since: Timestamp,
    limit: u32,
) -> Result<Vec<ErasureTold>, StoreError> {
    let erasures: Vec<(u64, Timestamp, u64)> =
        connection.rows(ERASURES, values![last, since, limit], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let mut told = Vec::with_capacity(erasures.len());
    for (number, at, leaf) in erasures {
        told.push(ErasureTold { number, at, leaf, webhooks: connection.rows(TELLINGS, values![number], telling)? });
    }
    Ok(told)
}

fn telling(row: &Row<'_>) -> Result<(String, Telling), StoreError> {
    let (is_new, is_row): (bool, bool) = (row.get(1)?, row.get::<Option<u64>>(2)?.is_some());
    let (due, answered): (Option<Timestamp>, Option<Timestamp>) = (row.get(3)?, row.get(5)?);
    let telling = match answered {
        Some(at) => Telling::Answered(at),
        None if is_new || due.is_some() => Telling::Waiting,
        None if is_row => Telling::GivenUp(row.get::<Option<String>>(4)?.unwrap_or_default()),
        None => Telling::Unknown,
    };
    Ok((row.get(0)?, telling))
}

/// Hands every cell with text or bytes on, table by table.
pub(crate) fn look_through(connection: &Connection, mut look: Look) -> Result<(), StoreError> {
    for table in copy::PLATFORM {
        let columns = connection.columns(table)?;
        connection.hand_on(table, &columns, &mut |row| {
            for (column, value) in columns.iter().zip(row) {
                match value {
                    Value::Text(text) => look(table, column, text.as_bytes()),
                    Value::Bytes(bytes) => look(table, column, bytes),
                    Value::Null | Value::Number(_) | Value::Day(_) => {}
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}
