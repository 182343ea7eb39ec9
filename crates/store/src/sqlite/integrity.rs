//! The rows of a platform, checked among each other; the ledger's own check is `ledger::audit`.

use model::{AttachmentId, RecordId, Slug};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::House;
use super::act::{Course, walk};
use super::columns::{Sql, column, optional};
use crate::erasures;
use crate::error::StoreError;

/// What must not be found: the finding, and a query whose rows name what is wrong. None of them reads a value.
const ORPHANS: &[(&str, &str)] = &[
    (
        "a value belongs to a part without a key: value",
        "SELECT lower(hex(v.record)) || ' ' || v.role || ' ' || v.item \
        FROM value v LEFT JOIN part p USING (record, subject, role) WHERE p.slot IS NULL",
    ),
    (
        "an attachment belongs to a part without a key: attachment",
        "SELECT lower(hex(a.attachment)) \
        FROM attachment a LEFT JOIN part p USING (record, subject, role) WHERE p.slot IS NULL",
    ),
    (
        "an object is held and loose at once: attachment",
        "SELECT lower(hex(a.attachment)) FROM attachment a JOIN loose_object o ON o.object = a.attachment",
    ),
    (
        "a key lies in no slot: part",
        "SELECT lower(hex(p.record)) || ' ' || p.role FROM part p \
        LEFT JOIN key_slot k USING (slot) WHERE p.slot IS NOT NULL AND k.slot IS NULL",
    ),
    (
        "a part's key is all zeroes: part",
        "SELECT lower(hex(p.record)) || ' ' || p.role FROM part p \
        JOIN key_slot k USING (slot) WHERE k.wrapped = zeroblob(length(k.wrapped))",
    ),
    (
        "a key belongs to no part: slot",
        "SELECT k.slot FROM key_slot k LEFT JOIN part p USING (slot) \
        WHERE p.slot IS NULL AND k.wrapped <> zeroblob(length(k.wrapped))",
    ),
    ("two parts share a key: slot", "SELECT slot FROM part WHERE slot IS NOT NULL GROUP BY slot HAVING count(*) > 1"),
    (
        "a part belongs to no record: part",
        "SELECT lower(hex(p.record)) || ' ' || p.role FROM part p \
        LEFT JOIN record r USING (record) WHERE r.record IS NULL",
    ),
    (
        "a record that is erased still has a key: record",
        "SELECT lower(hex(r.record)) FROM record r \
        JOIN part p USING (record) WHERE r.life = 'erased' AND p.slot IS NOT NULL GROUP BY r.record",
    ),
    (
        "a search token is carried by no part: subject",
        "SELECT lower(hex(t.subject)) || ' ' || t.kind FROM token t \
        LEFT JOIN token_carrier c ON c.subject = t.subject AND c.kind = t.kind AND c.token = t.token \
        WHERE c.subject IS NULL",
    ),
    (
        "a part carries a token that is not there: record",
        "SELECT lower(hex(c.record)) || ' ' || c.kind \
        FROM token_carrier c LEFT JOIN token t ON t.kind = c.kind AND t.token = c.token AND t.subject = c.subject \
        WHERE t.token IS NULL",
    ),
    (
        "a subject that is forgotten still has tokens or leaves: subject",
        "SELECT lower(hex(s.subject)) FROM subject s \
        WHERE s.forgotten = 1 AND (s.last_link <> 0 OR EXISTS (SELECT 1 FROM token_carrier c WHERE c.subject = s.subject))",
    ),
    (
        "an organisation belongs to no record: organisation",
        "SELECT lower(hex(o.organisation)) FROM organisation o \
        LEFT JOIN record r USING (record) WHERE r.record IS NULL",
    ),
    (
        "leaves are missing before leaf",
        "SELECT b.leaf FROM leaf b WHERE b.leaf > 0 \
        AND NOT EXISTS (SELECT 1 FROM leaf a WHERE a.leaf = b.leaf - 1)",
    ),
    (
        "the last leaf is not that of the head: size",
        "SELECT size FROM head \
        WHERE size <> (SELECT coalesce(max(leaf) + 1, 0) FROM leaf)",
    ),
    (
        "a face is counted in a part without a key: part",
        "SELECT lower(hex(f.record)) || ' ' || f.role \
        FROM face_part f LEFT JOIN part p USING (record, subject, role) WHERE p.slot IS NULL",
    ),
    (
        "the count of persons is wrong: persons",
        "SELECT persons FROM tally WHERE persons <> (SELECT count(*) FROM subject WHERE forgotten = 0)",
    ),
    (
        "the count of persons with a face is wrong: persons",
        "SELECT faces FROM tally WHERE faces <> (SELECT count(DISTINCT subject) FROM face_part)",
    ),
    (
        "an erasure speaks of a key that is there: erasure",
        "SELECT e.sequence FROM erasure e \
        JOIN part p ON p.record = e.record AND p.subject = e.subject AND p.role = e.role WHERE p.slot IS NOT NULL",
    ),
];

/// Most findings of one kind that are named one by one.
const NAMED: usize = 100;

/// Every finding as a line that names its row; empty when all is well.
pub(super) fn check(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let mut findings = Vec::new();
    engine(connection, &mut findings)?;
    for (finding, sql) in ORPHANS {
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        let mut named = 0;
        while let Some(row) = rows.next()? {
            named += 1;
            if named > NAMED {
                findings.push(format!("{finding}: and more"));
                break;
            }
            findings.push(match row.get_ref(0)? {
                rusqlite::types::ValueRef::Integer(number) => format!("{finding} {number}"),
                text => format!("{finding} {}", text.as_str().unwrap_or("?")),
            });
        }
    }
    chains(connection, &mut findings)?;
    courses(connection, &mut findings)?;
    list(connection, &mut findings)?;
    Ok(findings)
}

/// The engine's own check: pages, indices, checks, foreign keys.
fn engine(connection: &Connection, findings: &mut Vec<String>) -> Result<(), StoreError> {
    let mut statement = connection.prepare("PRAGMA integrity_check(100)")?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
    for line in lines {
        findings.extend(Some(line?).filter(|line| line != "ok"));
    }
    let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
    let tables = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(2)?)))?;
    for tables in tables.take(NAMED) {
        let (table, parent) = tables?;
        findings.push(format!("a row of {table} belongs to no row of {parent}"));
    }
    Ok(())
}

/// Each subject's chain to its leaves.
fn chains(connection: &Connection, findings: &mut Vec<String>) -> Result<(), StoreError> {
    let size: u64 = connection.query_row("SELECT size FROM head", [], |row| column(row, 0))?;
    let mut statement = connection.prepare("SELECT subject, last_link FROM subject WHERE last_link <> 0")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (subject, last): (model::SubjectId, u64) = (column(row, 0)?, column(row, 1)?);
        let mut beyond = false;
        let walked = walk(connection, last, |_, link| {
            beyond |= link.leaf >= size;
            Ok(())
        });
        if walked.is_err() || beyond {
            findings.push(format!("the chain to the leaves of {subject} is damaged"));
        }
    }
    Ok(())
}

/// What the writer derived from each record's events.
fn courses(connection: &Connection, findings: &mut Vec<String>) -> Result<(), StoreError> {
    let sql = "SELECT DISTINCT r.record, r.in_force_from, r.in_force_until, r.ended, r.open_claims, r.ending \
        FROM record r JOIN record_event e USING (record)";
    let mut statement = connection.prepare(sql)?;
    let mut events = connection.prepare("SELECT event, day FROM record_event WHERE record = ?1 ORDER BY number")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let record: RecordId = column(row, 0)?;
        let stored = Course {
            from: optional(row, 1)?,
            until: optional(row, 2)?,
            ended: optional(row, 3)?,
            open_claims: row.get(4)?,
        };
        // Cover as it was at the beginning stands nowhere but in the columns; the events only ever replace it.
        let mut derived = Course { from: stored.from, until: stored.until, ..Course::default() };
        let mut of = events.query(params![record.as_bytes()])?;
        while let Some(event) = of.next()? {
            derived.take(&event.get::<_, String>(0)?, column(event, 1)?);
        }
        if derived != stored || derived.ending() != optional(row, 5)? {
            findings.push(format!("the state of {record} does not follow from its events"));
        }
    }
    Ok(())
}

/// The list of erasures and its chain.
fn list(connection: &Connection, findings: &mut Vec<String>) -> Result<(), StoreError> {
    let mut chain = erasures::START;
    for (erasure, expected) in super::act::list(connection, 0)?.into_iter().zip(1_u64..) {
        chain = erasures::next(chain, &erasure);
        let sql = "SELECT count(*) FROM erasure WHERE sequence = ?1 AND chain = ?2";
        let found: u32 =
            connection.query_row(sql, params![Sql(erasure.sequence), chain.as_bytes()], |row| row.get(0))?;
        if erasure.sequence != expected || found != 1 {
            findings.push(format!("the list of erasures is damaged at line {expected}"));
            break;
        }
    }
    Ok(())
}

const HELD: &str = "SELECT attachment, digest FROM attachment WHERE attachment > ?1 ORDER BY attachment LIMIT 256";
const IS_HELD: &str = "SELECT digest FROM attachment WHERE attachment = ?1";
const IS_LOOSE: &str = "SELECT 1 FROM loose_object WHERE object = ?1";

/// An attachment with the digest of its object.
pub(super) type Held = (AttachmentId, [u8; 32]);

/// The attachments after one, in order; a few hundred at most.
pub(super) fn held(connection: &Connection, after: Option<AttachmentId>) -> Result<Vec<Held>, StoreError> {
    let mut statement = connection.prepare_cached(HELD)?;
    let after = after.as_ref().map_or(&[][..], |id| id.as_bytes());
    let rows = statement.query_map([after], |row| Ok((column(row, 0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What is wrong with the object of an attachment.
pub(super) fn told((id, digest): &Held, found: Option<[u8; 32]>) -> Option<String> {
    match found {
        Some(found) if found == *digest => None,
        Some(_) => Some(format!("the object of an attachment was changed: {id}")),
        None => Some(format!("the object of an attachment is missing: {id}")),
    }
}

/// Every attachment against its object, and every object against the rows. Acts may go on meanwhile.
pub(super) async fn objects(house: &House, platform: &Slug) -> Result<Vec<String>, StoreError> {
    let database = house.platform(platform)?;
    let (mut findings, mut after) = (Vec::new(), None);
    loop {
        let rows = database.clone().read(move |connection| held(connection, after)).await?;
        let Some((last, _)) = rows.last() else { break };
        after = Some(*last);
        for row in rows {
            let finding = told(&row, house.objects.each(platform, row.0, |_| Ok(())).await?);
            // An erasure may have taken both meanwhile.
            let stands = move |connection: &Connection| is_there(connection, IS_HELD, row.0);
            if finding.is_some() && database.clone().read(stands).await? {
                findings.extend(finding);
            }
        }
    }
    for first in 0..=u8::MAX {
        for id in house.objects.listed(platform, first).await? {
            let named = move |connection: &Connection| {
                Ok(is_there(connection, IS_HELD, id)? || is_there(connection, IS_LOOSE, id)?)
            };
            let gone = async || Ok::<_, StoreError>(house.objects.read(platform, id, 0..1).await?.is_none());
            if !database.clone().read(named).await? && !gone().await? {
                findings.push(format!("an object belongs to no attachment: {id}"));
            }
        }
    }
    Ok(findings)
}

fn is_there(connection: &Connection, sql: &str, id: AttachmentId) -> Result<bool, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row([id.as_bytes()], |_| Ok(())).optional()?.is_some())
}
