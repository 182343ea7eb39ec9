//! The rows of a platform, checked among each other; the ledger's own check is `ledger::audit`.

use std::cmp::Ordering;

use jiff::civil::Date;
use model::{AttachmentId, RecordId, Slug, SubjectId, UploadId};

use super::House;
use super::act::{Course, ERASURES_LISTED, erasure, walk};
use crate::erasures;
use crate::error::StoreError;
use crate::sql::column::values;
use crate::sql::connection::Connection;

/// What must not be found: the finding, and a query whose rows name what is wrong. None of them reads a value.
const ORPHANS: &[(&str, &str)] = &[
    (
        "a value belongs to a part without a key: value",
        "SELECT v.record, v.role, v.item \
        FROM value v LEFT JOIN part p USING (record, subject, role) WHERE p.slot IS NULL",
    ),
    (
        "an attachment belongs to a part without a key: attachment",
        "SELECT a.attachment \
        FROM attachment a LEFT JOIN part p USING (record, subject, role) WHERE p.slot IS NULL",
    ),
    (
        "an object is held and loose at once: attachment",
        "SELECT a.attachment FROM attachment a JOIN loose_object o ON o.object = a.attachment",
    ),
    (
        "a key lies in no slot: part",
        "SELECT p.record, p.role FROM part p \
        LEFT JOIN key_slot k USING (slot) WHERE p.slot IS NOT NULL AND k.slot IS NULL",
    ),
    (
        "two parts share a key: slot",
        "SELECT slot FROM (SELECT slot FROM part UNION ALL SELECT slot FROM upload) AS keyed \
        WHERE slot IS NOT NULL GROUP BY slot HAVING count(*) > 1",
    ),
    (
        "a parcel is held and loose at once: object",
        "SELECT p.object FROM parcel p JOIN loose_object o ON o.object = p.object",
    ),
    (
        "an upload has not received what its parcels hold: upload",
        "SELECT u.upload FROM upload u WHERE u.attachment IS NULL \
        AND u.received <> (SELECT coalesce(sum(p.size), 0) FROM parcel p WHERE p.upload = u.upload)",
    ),
    (
        "a parcel begins where none ends: upload",
        "SELECT p.upload, p.start FROM parcel p WHERE p.start > 0 \
        AND NOT EXISTS (SELECT 1 FROM parcel b WHERE b.upload = p.upload AND b.start + b.size = p.start)",
    ),
    (
        "an upload that is taken in has parcels: upload",
        "SELECT u.upload FROM upload u JOIN parcel p USING (upload) WHERE u.attachment IS NOT NULL GROUP BY u.upload",
    ),
    (
        "a part belongs to no record: part",
        "SELECT p.record, p.role FROM part p \
        LEFT JOIN record r USING (record) WHERE r.record IS NULL",
    ),
    (
        "a record that is erased still has a key: record",
        "SELECT r.record FROM record r \
        JOIN part p USING (record) WHERE r.life = 'erased' AND p.slot IS NOT NULL GROUP BY r.record",
    ),
    (
        "a search token is carried by no part: subject",
        "SELECT t.subject, t.kind FROM token t \
        LEFT JOIN token_carrier c ON c.subject = t.subject AND c.kind = t.kind AND c.token = t.token \
        WHERE c.subject IS NULL",
    ),
    (
        "a part carries a token that is not there: record",
        "SELECT c.record, c.kind \
        FROM token_carrier c LEFT JOIN token t ON t.kind = c.kind AND t.token = c.token AND t.subject = c.subject \
        WHERE t.token IS NULL",
    ),
    (
        "a subject that is forgotten still has tokens or leaves: subject",
        "SELECT s.subject FROM subject s \
        WHERE s.forgotten = 1 AND (s.last_link <> 0 OR EXISTS (SELECT 1 FROM token_carrier c WHERE c.subject = s.subject))",
    ),
    (
        // Callers learn by the act itself, and by those that erased, who was forgotten; nothing older leads there.
        "a change from before names somebody who is forgotten: change",
        "SELECT c.number FROM change c JOIN subject s ON s.subject = c.subject \
        JOIN erasure e ON e.subject = c.subject AND e.record IS NULL \
        WHERE s.forgotten = 1 AND c.kind <> 'erasure' AND c.leaf < e.leaf",
    ),
    (
        "changes are missing before number",
        "SELECT b.number FROM change b WHERE b.number > 1 \
        AND NOT EXISTS (SELECT 1 FROM change a WHERE a.number = b.number - 1)",
    ),
    (
        "an organisation belongs to no record: organisation",
        "SELECT o.organisation FROM organisation o \
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
        "SELECT f.record, f.role \
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

const EMPTY: &str = "SELECT leaf FROM leaf WHERE leaf = ?1 AND length(entry) = 0";

/// Most findings of one kind that are named one by one.
const NAMED: usize = 100;

/// Every finding as a line that names its row; empty when all is well.
pub(crate) fn check(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let mut findings = Vec::new();
    engine(connection, &mut findings)?;
    for (finding, sql) in ORPHANS {
        let mut named = 0;
        connection.scan(sql, |row| {
            named += 1;
            match named.cmp(&NAMED) {
                Ordering::Less => findings.push(format!("{finding} {}", row.shown())),
                Ordering::Equal => findings.push(format!("{finding}: and more")),
                Ordering::Greater => {}
            }
            Ok(())
        })?;
    }
    keys(connection, &mut findings)?;
    chains(connection, &mut findings)?;
    courses(connection, &mut findings)?;
    list(connection, &mut findings)?;
    Ok(findings)
}

/// The engine's own check: pages, indices, checks, foreign keys. A server checks its own.
fn engine(connection: &Connection, findings: &mut Vec<String>) -> Result<(), StoreError> {
    if connection.file().is_err() {
        return Ok(());
    }
    let lines = connection.rows("PRAGMA integrity_check(100)", values![], |row| row.get::<String>(0))?;
    findings.extend(lines.into_iter().filter(|line| line != "ok"));
    let tables = connection
        .rows("PRAGMA foreign_key_check", values![], |row| Ok((row.get::<String>(0)?, row.get::<String>(2)?)))?;
    for (table, parent) in tables.into_iter().take(NAMED) {
        findings.push(format!("a row of {table} belongs to no row of {parent}"));
    }
    Ok(())
}

/// Every key against its part or upload: one that is destroyed is all zeroes and belongs to none.
fn keys(connection: &Connection, findings: &mut Vec<String>) -> Result<(), StoreError> {
    let sql = "SELECT k.slot, k.wrapped, p.record, p.role, u.upload FROM key_slot k \
        LEFT JOIN part p ON p.slot = k.slot LEFT JOIN upload u ON u.slot = k.slot";
    connection.scan(sql, |row| {
        let (slot, key): (u64, Vec<u8>) = (row.get(0)?, row.get(1)?);
        let of: (Option<RecordId>, Option<UploadId>) = (row.get(2)?, row.get(4)?);
        let destroyed = key.iter().all(|byte| *byte == 0);
        match of {
            (Some(record), _) if destroyed => {
                findings.push(format!("a part's key is all zeroes: part of {record} {}", row.get::<Slug>(3)?));
            }
            (None, Some(upload)) if destroyed => findings.push(format!("an upload's key is all zeroes: {upload}")),
            (None, None) if !destroyed => findings.push(format!("a key belongs to no part: slot {slot}")),
            _ => {}
        }
        Ok(())
    })?;
    Ok(())
}

/// Each subject's chain to its leaves.
fn chains(connection: &Connection, findings: &mut Vec<String>) -> Result<(), StoreError> {
    let size: u64 = connection.one("SELECT size FROM head", values![], |row| row.get(0))?;
    let sql = "SELECT subject, last_link FROM subject WHERE last_link <> 0";
    connection.scan(sql, |row| {
        let (subject, last): (SubjectId, u64) = (row.get(0)?, row.get(1)?);
        let mut sound = true;
        let walked = walk(connection, last, |_, link| {
            // A leaf of somebody is there, and never emptied.
            sound &= link.leaf < size && connection.row(EMPTY, values![link.leaf], |_| Ok(()))?.is_none();
            Ok(())
        });
        if walked.is_err() || !sound {
            findings.push(format!("the chain to the leaves of {subject} is damaged"));
        }
        Ok(())
    })
}

/// What the writer derived from each record's events.
fn courses(connection: &Connection, findings: &mut Vec<String>) -> Result<(), StoreError> {
    let sql = "SELECT DISTINCT r.record, r.in_force_from, r.in_force_until, r.ended, r.open_claims, r.ending \
        FROM record r JOIN record_event e ON e.record = r.record";
    let events = "SELECT event, day FROM record_event WHERE record = ?1 ORDER BY number";
    connection.scan(sql, |row| {
        let (from, until, ended) = (row.get(1)?, row.get(2)?, row.get(3)?);
        let (record, ending): (RecordId, Option<Date>) = (row.get(0)?, row.get(5)?);
        let stored = Course { from, until, ended, open_claims: row.get(4)? };
        // Cover as it was at the beginning stands nowhere but in the columns; the events only ever replace it.
        let mut derived = Course { from: stored.from, until: stored.until, ..Course::default() };
        connection.each(events, values![record.as_bytes()], |event| {
            derived.take(&event.get::<String>(0)?, event.get(1)?);
            Ok(())
        })?;
        if derived != stored || derived.ending() != ending {
            findings.push(format!("the state of {record} does not follow from its events"));
        }
        Ok(())
    })
}

/// The list of erasures and its chain.
fn list(connection: &Connection, findings: &mut Vec<String>) -> Result<(), StoreError> {
    let (mut chain, mut expected, mut broken) = (erasures::START, 0_u64, false);
    connection.scan(ERASURES_LISTED, |row| {
        expected += 1;
        let erasure = erasure(row)?;
        chain = erasures::next(chain, &erasure);
        if !broken && (erasure.sequence != expected || row.get::<[u8; 32]>(5)? != *chain.as_bytes()) {
            findings.push(format!("the list of erasures is damaged at line {expected}"));
            broken = true;
        }
        Ok(())
    })
}

const HELD: &str = "SELECT attachment, digest FROM attachment WHERE attachment > ?1 ORDER BY attachment LIMIT 256";
const IS_HELD: &str = "SELECT digest FROM attachment WHERE attachment = ?1";
const PARCELS: &str = "SELECT object, digest FROM parcel WHERE object > ?1 ORDER BY object LIMIT 256";
const IS_PARCEL: &str = "SELECT digest FROM parcel WHERE object = ?1";
const IS_LOOSE: &str = "SELECT 1 FROM loose_object WHERE object = ?1";

/// An attachment with the digest of its object.
pub(crate) type Held = (AttachmentId, [u8; 32]);

/// The attachments after one, in order; a few hundred at most.
pub(crate) fn held(connection: &Connection, after: Option<AttachmentId>) -> Result<Vec<Held>, StoreError> {
    held_by(connection, HELD, after)
}

fn held_by(connection: &Connection, sql: &'static str, after: Option<AttachmentId>) -> Result<Vec<Held>, StoreError> {
    let after = after.as_ref().map_or(&[][..], |id| id.as_bytes());
    connection.rows(sql, values![after], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// What is wrong with the object of an attachment.
pub(crate) fn told(held: &Held, found: Option<[u8; 32]>) -> Option<String> {
    told_of("an attachment", held, found)
}

fn told_of(what: &str, (id, digest): &Held, found: Option<[u8; 32]>) -> Option<String> {
    match found {
        Some(found) if found == *digest => None,
        Some(_) => Some(format!("the object of {what} was changed: {id}")),
        None => Some(format!("the object of {what} is missing: {id}")),
    }
}

/// Every attachment and every parcel against its object, and every object against the rows. Acts may go on meanwhile.
pub(crate) async fn objects(house: &House, platform: &Slug) -> Result<Vec<String>, StoreError> {
    let mut findings = Vec::new();
    for (what, all, one) in [("an attachment", HELD, IS_HELD), ("a parcel", PARCELS, IS_PARCEL)] {
        whole(house, platform, (what, all, one), &mut findings).await?;
    }
    named(house, platform, &mut findings).await?;
    Ok(findings)
}

/// Every object that rows of one kind hold, against its digest.
async fn whole(
    house: &House,
    platform: &Slug,
    (what, all, one): (&str, &'static str, &'static str),
    findings: &mut Vec<String>,
) -> Result<(), StoreError> {
    let database = house.platform(platform)?;
    let mut after = None;
    loop {
        let rows = database.clone().read(move |connection| held_by(connection, all, after)).await?;
        let Some((last, _)) = rows.last() else { return Ok(()) };
        after = Some(*last);
        for row in rows {
            let finding = told_of(what, &row, house.objects.each(platform, row.0, |_| Ok(())).await?);
            // An erasure, or the end of an upload, may have taken both meanwhile.
            let stands = move |connection: &Connection| is_there(connection, one, row.0);
            if finding.is_some() && database.clone().read(stands).await? {
                findings.extend(finding);
            }
        }
    }
}

/// Every object is named by a row.
async fn named(house: &House, platform: &Slug, findings: &mut Vec<String>) -> Result<(), StoreError> {
    let database = house.platform(platform)?;
    for first in 0..=u8::MAX {
        for id in house.objects.listed(platform, first).await? {
            let named = move |connection: &Connection| {
                let kinds = [IS_HELD, IS_PARCEL, IS_LOOSE];
                kinds.into_iter().try_fold(false, |known, sql| Ok(known || is_there(connection, sql, id)?))
            };
            let gone = async || Ok::<_, StoreError>(house.objects.read(platform, id, 0..1).await?.is_none());
            if !database.clone().read(named).await? && !gone().await? {
                findings.push(format!("an object belongs to no attachment: {id}"));
            }
        }
    }
    Ok(())
}

fn is_there(connection: &Connection, sql: &'static str, id: AttachmentId) -> Result<bool, StoreError> {
    Ok(connection.row(sql, values![id.as_bytes()], |_| Ok(()))?.is_some())
}
