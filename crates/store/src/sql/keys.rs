//! A platform's keys, and what is done about the old ones while acts go on: none of it is an act.

use jiff::Timestamp;
use model::key::{KeyPurpose, WrappedKey};
use model::{OrganisationId, RecordId, Slug, SubjectId};

use crate::batch::TokenKind;
use crate::error::StoreError;
use crate::key::{CarriedToken, NewToken, PartKeyRow, Retoken, RetokenStage, Rewrapped, TokenOf, ValueRow};
use crate::sql::column::{SubjectOrNone, subject_bytes, values};
use crate::sql::connection::Connection;

const KEYS: &str = "SELECT purpose, version, wrapped, since FROM platform_key ORDER BY purpose, version";
const KEY_PUT: &str = "INSERT INTO platform_key (purpose, version, wrapped, since) VALUES (?1, ?2, ?3, ?4)";
pub(crate) const TOKEN_KEYS: &str = "SELECT version FROM platform_key WHERE purpose = 'tokens' ORDER BY version DESC";
const TOKEN_KEYS_DROP: &str = "DELETE FROM platform_key WHERE purpose = 'tokens' AND version <= ?1";
/// By the parts, for a slot does not know whose it is.
const OLD_PARTS: &str = "SELECT p.record, p.subject, p.role, k.wrapped, k.slot FROM part p \
    JOIN key_slot k ON k.slot = p.slot \
    WHERE (p.record, p.subject, p.role) > (?1, ?2, ?3) AND substr(k.wrapped, 1, 4) <> ?4 \
    ORDER BY p.record, p.subject, p.role LIMIT ?5";
/// In place and of the same length, as it is overwritten when it is destroyed.
const REWRAP: &str = "UPDATE key_slot SET wrapped = ?2 WHERE slot = ?1 AND wrapped = ?3";
const OLD_VALUES: &str = "SELECT v.record, v.subject, v.role, v.item, v.version, v.sealed, k.wrapped FROM value v \
    JOIN part p ON p.record = v.record AND p.subject = v.subject AND p.role = v.role \
    JOIN key_slot k ON k.slot = p.slot \
    WHERE (v.record, v.subject, v.role, v.item, v.version) > (?1, ?2, ?3, ?4, ?5) AND substr(v.sealed, 1, 1) <> ?6 \
    ORDER BY v.record, v.subject, v.role, v.item, v.version LIMIT ?7";
const RESEAL: &str = "UPDATE value SET sealed = ?6 \
    WHERE record = ?1 AND subject = ?2 AND role = ?3 AND item = ?4 AND version = ?5 AND sealed = ?7";
const RETOKEN: &str = "SELECT old, stage, subject, organisation, at FROM retoken WHERE one = 1";
const RETOKEN_DROP: &str = "DELETE FROM retoken";
const RETOKEN_PUT: &str = "INSERT INTO retoken (one, old, stage, subject, organisation, at) \
    VALUES (1, ?1, ?2, ?3, ?4, ?5) ON CONFLICT (one) DO UPDATE SET old = excluded.old, stage = excluded.stage, \
    subject = excluded.subject, organisation = excluded.organisation, at = excluded.at";
const SUBJECTS: &str = "SELECT DISTINCT subject FROM token_carrier WHERE subject > ?1 AND version = ?2 \
    ORDER BY subject LIMIT ?3";
const CARRIERS: &str = "SELECT record, role, kind, token FROM token_carrier WHERE subject = ?1 AND version = ?2";
const ORGANISATIONS: &str = "SELECT t.organisation, t.token, o.record, p.role FROM organisation_token t \
    JOIN organisation o ON o.organisation = t.organisation JOIN part p ON p.record = o.record AND length(p.subject) = 0 \
    WHERE t.version = ?2 AND t.organisation IN (SELECT DISTINCT organisation FROM organisation_token \
    WHERE organisation > ?1 AND version = ?2 ORDER BY organisation LIMIT ?3)";
const WRAPPED: &str = "SELECT k.wrapped FROM part p JOIN key_slot k ON k.slot = p.slot \
    WHERE p.record = ?1 AND p.subject = ?2 AND p.role = ?3";
const VALUES: &str = "SELECT item, version, sealed FROM value WHERE record = ?1 AND subject = ?2 AND role = ?3";
const CARRIER: &str = "SELECT sole FROM token_carrier \
    WHERE subject = ?1 AND record = ?2 AND role = ?3 AND kind = ?4 AND token = ?5";
const ORGANISATION_TOKEN: &str = "SELECT version FROM organisation_token WHERE organisation = ?1 AND token = ?2";
pub(crate) const TOKEN_PUT: &str =
    "INSERT INTO token (kind, token, subject) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
pub(crate) const CARRIER_PUT: &str = "INSERT INTO token_carrier \
    (subject, record, role, kind, token, version, sole) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING";
pub(crate) const ORGANISATION_TOKEN_PUT: &str = "INSERT INTO organisation_token (token, organisation, version) \
    VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
const TOKENS_DROP: &str = "DELETE FROM token WHERE (kind, token) IN \
    (SELECT kind, token FROM token_carrier WHERE subject = ?1 AND version = ?2)";
const CARRIERS_DROP: &str = "DELETE FROM token_carrier WHERE subject = ?1 AND version = ?2";
const ORGANISATION_TOKENS_DROP: &str = "DELETE FROM organisation_token WHERE version = ?1";

/// Before the first part and the first subject.
const FIRST: [u8; 16] = [0; 16];

pub(crate) fn all(connection: &Connection) -> Result<Vec<WrappedKey>, StoreError> {
    let keys = connection.rows(KEYS, values![], |row| {
        Ok(WrappedKey { purpose: row.get(0)?, version: row.get(1)?, bytes: row.get(2)?, since: row.get(3)? })
    })?;
    if keys.is_empty() { Err(StoreError::Damaged("the platform's keys")) } else { Ok(keys) }
}

pub(crate) fn put(connection: &Connection, key: &WrappedKey) -> Result<(), crate::sql::SqlError> {
    connection.execute(KEY_PUT, values![key.purpose, key.version, key.bytes, key.since]).map(drop)
}

/// The versions under which search tokens are made, newest first.
pub(crate) fn token_versions(connection: &Connection) -> Result<Vec<u32>, StoreError> {
    connection.rows(TOKEN_KEYS, values![], |row| row.get(0))
}

pub(crate) fn old_parts(
    connection: &Connection,
    version: u32,
    after: Option<&PartKeyRow>,
    limit: u32,
) -> Result<Vec<PartKeyRow>, StoreError> {
    let (record, subject, role) = match after {
        Some(after) => (*after.record.as_bytes(), subject_bytes(after.subject.as_ref()), after.role.as_str()),
        None => (FIRST, subject_bytes(None), ""),
    };
    let prefix = version.to_be_bytes();
    connection.rows(OLD_PARTS, values![&record, subject, role, &prefix, limit], |row| {
        Ok(PartKeyRow {
            record: row.get(0)?,
            subject: row.get::<SubjectOrNone>(1)?.0,
            role: row.get(2)?,
            wrapped: row.get(3)?,
            slot: row.get(4)?,
        })
    })
}

/// How many were put in their places.
pub(crate) fn rewrap(connection: &Connection, keys: &[Rewrapped]) -> Result<u64, StoreError> {
    let mut done = 0;
    for key in keys.iter().filter(|key| key.old.len() == key.new.len()) {
        done += u64::from(connection.execute(REWRAP, values![key.slot, key.new, key.old])? == 1);
    }
    Ok(done)
}

pub(crate) fn old_values(
    connection: &Connection,
    suite: u8,
    after: Option<&ValueRow>,
    limit: u32,
) -> Result<Vec<ValueRow>, StoreError> {
    let (record, subject, role, item, version) = match after {
        Some(ValueRow { record, subject, role, item, version, .. }) => {
            (*record.as_bytes(), subject_bytes(subject.as_ref()), role.as_str(), item.as_str(), *version)
        }
        None => (FIRST, subject_bytes(None), "", "", 0),
    };
    let prefix = [suite];
    connection.rows(OLD_VALUES, values![&record, subject, role, item, version, &prefix, limit], |row| {
        Ok(ValueRow {
            record: row.get(0)?,
            subject: row.get::<SubjectOrNone>(1)?.0,
            role: row.get(2)?,
            item: row.get(3)?,
            version: row.get(4)?,
            sealed: row.get(5)?,
            wrapped: row.get(6)?,
        })
    })
}

/// How many were put in their places; one that was erased meanwhile stays so.
pub(crate) fn reseal(connection: &Connection, values: &[(ValueRow, Vec<u8>)]) -> Result<u64, StoreError> {
    let mut done = 0;
    for (row, new) in values {
        let (record, subject) = (row.record.as_bytes(), subject_bytes(row.subject.as_ref()));
        let place = values![record, subject, row.role.as_str(), row.item.as_str(), row.version, new, row.sealed];
        done += u64::from(connection.execute(RESEAL, place)? == 1);
    }
    Ok(done)
}

pub(crate) fn retoken(connection: &Connection) -> Result<Option<Retoken>, StoreError> {
    connection.row(RETOKEN, values![], |row| {
        Ok(Retoken {
            old: row.get(0)?,
            stage: row.get(1)?,
            subject: row.get(2)?,
            organisation: row.get(3)?,
            at: row.get(4)?,
        })
    })
}

pub(crate) fn retoken_put(connection: &Connection, state: &Retoken) -> Result<(), StoreError> {
    let (subject, organisation) = (state.subject.as_bytes(), state.organisation.as_bytes());
    connection.execute(RETOKEN_PUT, values![state.old, state.stage, subject, organisation, state.at])?;
    Ok(())
}

/// The beginning of making tokens anew.
pub(crate) fn begun(old: u32, at: Timestamp) -> Retoken {
    let (subject, organisation) = (SubjectId::from_random(FIRST), OrganisationId::from_random(FIRST));
    Retoken { old, stage: RetokenStage::Make, subject, organisation, at }
}

/// What the next subjects and organisations carry under the old key, in one read.
pub(crate) fn carried(
    connection: &Connection,
    state: &Retoken,
    limit: u32,
) -> Result<(Vec<CarriedToken>, Vec<CarriedToken>), StoreError> {
    let (mut of_subjects, mut of_organisations) = (Vec::new(), Vec::new());
    for subject in subjects(connection, state, limit)? {
        let rows: Vec<(RecordId, Slug, TokenKind, [u8; 32])> =
            connection.rows(CARRIERS, values![subject.as_bytes(), state.old], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })?;
        for (record, role, kind, token) in rows {
            let of = TokenOf::Subject(subject);
            of_subjects.push(behind(connection, of, (record, role), (kind, token))?);
        }
    }
    let after = values![state.organisation.as_bytes(), state.old, limit];
    let rows: Vec<(OrganisationId, [u8; 32], RecordId, Slug)> =
        connection.rows(ORGANISATIONS, after, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    for (organisation, token, record, role) in rows {
        let of = TokenOf::Organisation(organisation);
        of_organisations.push(behind(connection, of, (record, role), (TokenKind::Organisation, token))?);
    }
    Ok((of_subjects, of_organisations))
}

fn subjects(connection: &Connection, state: &Retoken, limit: u32) -> Result<Vec<SubjectId>, StoreError> {
    connection.rows(SUBJECTS, values![state.subject.as_bytes(), state.old, limit], |row| row.get(0))
}

fn behind(
    connection: &Connection,
    of: TokenOf,
    (record, role): (RecordId, Slug),
    (kind, token): (TokenKind, [u8; 32]),
) -> Result<CarriedToken, StoreError> {
    let subject = if let TokenOf::Subject(subject) = &of { Some(subject) } else { None };
    let part = values![record.as_bytes(), subject_bytes(subject), role.as_str()];
    let wrapped = connection.row(WRAPPED, part, |row| row.get(0))?;
    let values = connection.rows(VALUES, part, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(CarriedToken { of, record, role, kind, token, wrapped, values })
}

/// Puts new tokens beside those of which they were made, as far as these still stand.
pub(crate) fn made(connection: &Connection, tokens: &[NewToken], state: &Retoken) -> Result<(), StoreError> {
    for NewToken { of, record, role, kind, old, new } in tokens {
        match of {
            TokenOf::Subject(subject) => {
                let (subject, record, role, kind) = (subject.as_bytes(), record.as_bytes(), role.as_str(), kind.word());
                let carrier = values![subject, record, role, kind, old];
                let sole: Option<bool> = connection.row(CARRIER, carrier, |row| row.get(0))?;
                if let Some(sole) = sole {
                    connection.execute(TOKEN_PUT, values![kind, &new.token, subject])?;
                    let carrier = values![subject, record, role, kind, &new.token, new.version, sole];
                    connection.execute(CARRIER_PUT, carrier)?;
                }
            }
            TokenOf::Organisation(organisation) => {
                let organisation = organisation.as_bytes();
                if connection.row(ORGANISATION_TOKEN, values![organisation, old], |_| Ok(()))?.is_some() {
                    let token = values![&new.token, organisation, new.version];
                    connection.execute(ORGANISATION_TOKEN_PUT, token)?;
                }
            }
        }
    }
    retoken_put(connection, state)
}

/// Ends the old key: from now on no act makes a token under it.
pub(crate) fn end(connection: &Connection, old: u32, at: Timestamp) -> Result<(), StoreError> {
    connection.execute(TOKEN_KEYS_DROP, values![old])?;
    retoken_put(connection, &Retoken { stage: RetokenStage::Drop, ..begun(old, at) })
}

/// Drops the tokens that the next subjects carry under the old key; `false` once there are no more.
pub(crate) fn drop_old(connection: &Connection, state: &Retoken, limit: u32) -> Result<bool, StoreError> {
    let subjects = subjects(connection, state, limit)?;
    for subject in &subjects {
        for sql in [TOKENS_DROP, CARRIERS_DROP] {
            connection.execute(sql, values![subject.as_bytes(), state.old])?;
        }
    }
    if let Some(last) = subjects.last() {
        retoken_put(connection, &Retoken { subject: *last, ..state.clone() })?;
        return Ok(true);
    }
    connection.execute(ORGANISATION_TOKENS_DROP, values![state.old])?;
    connection.execute(RETOKEN_DROP, values![])?;
    Ok(false)
}

/// The first keys of a platform.
pub(crate) fn begin(connection: &Connection, keys: &[WrappedKey]) -> Result<(), StoreError> {
    keys.iter().try_for_each(|key| Ok(put(connection, key)?))
}

/// Which key of a purpose is the newest; 0 where there is none.
pub(crate) fn newest(connection: &Connection, purpose: KeyPurpose) -> Result<u32, StoreError> {
    Ok(all(connection)?.iter().filter(|key| key.purpose == purpose).map(|key| key.version).max().unwrap_or(0))
}
