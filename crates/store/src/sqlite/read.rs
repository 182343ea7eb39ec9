//! Reads of a platform's database, each in one read transaction.

use jiff::civil::Date;
use model::act::{Attested, Consent, DevicePermission, RecordState, Refused, Snapshot, SubjectState};
use model::{ConsentId, OrganisationId, RecordId, RequestId, Slug, SubjectId};
use rusqlite::{Connection, OptionalExtension as _, Params, Row, params};

use super::act::{in_force, walk};
use super::columns::{Sql, column, optional, subject_bytes, subject_or_none};
use crate::batch::{ConsentGiven, Joined, NewAttachment, NewInvitation, NewPaper, NewSubject, SealedValue, TokenKind};
use crate::error::StoreError;
use crate::read::{
    CheckpointRow, InvitationRow, Organisation, OutboxRow, PaperRow, PartRow, PublicationRow, RecordRow, RequestRow,
    SubjectRow,
};

const SUBJECT: &str = "SELECT subject, account, gate_record, gate_role, version FROM subject \
    WHERE subject = ?1 AND forgotten = 0";
const CONSENTS: &str = "SELECT consent, scope, party, policy, text, given_by, artefact, at, until, withdrawn \
    FROM consent WHERE subject = ?1 ORDER BY at, leaf, consent";
const PAPER: &str = "SELECT c.document, p.record, p.role, p.kind, p.sealed FROM consent c \
    LEFT JOIN paper p ON p.consent = c.consent WHERE c.subject = ?1 AND c.consent = ?2 AND c.document IS NOT NULL";
const PERMISSIONS: &str = "SELECT permission, is_on, at FROM device_permission WHERE subject = ?1 ORDER BY permission";
const REFUSALS: &str = "SELECT scope, at, times FROM refusal WHERE subject = ?1 ORDER BY scope";
const ATTESTED: &str = "SELECT fact, holds, came_by, at, request FROM attestation WHERE subject = ?1 ORDER BY number";
const STATES: &str = "SELECT r.record, r.class, o.role, r.in_force_from, r.in_force_until, r.ended, r.open_claims, r.life \
    FROM record_role o JOIN record r ON r.record = o.record WHERE o.subject = ?1 ORDER BY r.at, r.record, o.role";
const TOKEN: &str = "SELECT subject FROM token WHERE kind = ?1 AND token = ?2";
const RECORD_TOKEN: &str = "SELECT c.subject, c.record, c.role FROM token t \
    JOIN token_carrier c ON c.subject = t.subject AND c.kind = t.kind AND c.token = t.token \
    JOIN record r ON r.record = c.record \
    WHERE t.kind = ?1 AND t.token = ?2 ORDER BY r.at, r.record, c.role LIMIT 1";
const ORGANISATION_TOKEN: &str = "SELECT contact FROM organisation WHERE token = ?1";
const ORGANISATION: &str = "SELECT organisation, record, contact FROM organisation WHERE organisation = ?1";
const ORGANISATIONS_OF: &str =
    "SELECT organisation, record, contact FROM organisation WHERE contact = ?1 ORDER BY organisation";
const RECORD: &str = "SELECT record, class, function, product, holder, in_force_from, in_force_until, life, at FROM record WHERE record = ?1";
const RECORDS_OF: &str = "SELECT record, class, function, product, holder, in_force_from, in_force_until, life, at FROM record \
    WHERE record IN (SELECT record FROM record_role WHERE subject = ?1) ORDER BY at, record";
const RECORDS_ENDING: &str = "SELECT record, class, function, product, holder, in_force_from, in_force_until, life, at FROM record \
    WHERE ending IS NOT NULL AND life <> 'erased' AND ending <= ?1 ORDER BY ending, record LIMIT ?2";
const ROLES: &str = "SELECT subject, role FROM record_role WHERE record = ?1 ORDER BY subject, role";
const JOINED: &str = "SELECT subject, role, invitation, telephone FROM record_role \
    WHERE record = ?1 AND invitation IS NOT NULL ORDER BY subject, role";
const EVENTS: &str = "SELECT event, day, at FROM record_event WHERE record = ?1 ORDER BY number";
const PART: &str = "SELECT k.wrapped FROM part p LEFT JOIN key_slot k ON k.slot = p.slot \
    WHERE p.record = ?1 AND p.subject = ?2 AND p.role = ?3";
const VALUES: &str = "SELECT v.record, v.subject, v.role, v.item, v.version, v.sealed, v.came_by, v.at, v.function, \
    v.source \
    FROM value v WHERE v.record = ?1 AND v.subject = ?2 AND v.role = ?3 AND v.version = \
    (SELECT max(version) FROM value WHERE record = ?1 AND subject = ?2 AND role = ?3 AND item = v.item) ORDER BY v.item";
const ATTACHMENTS: &str = "SELECT attachment, record, subject, role, item, kind, size, digest, came_by, at, function \
    FROM attachment WHERE record = ?1 AND subject = ?2 AND role = ?3 ORDER BY at, leaf, attachment";
const INVITATIONS_OF: &str = "SELECT invitation, record, role, digest, until, at, state \
    FROM invitation WHERE record = ?1 ORDER BY leaf, place";
const INVITATION_DIGEST: &str = "SELECT invitation, record, role, digest, until, at, state \
    FROM invitation WHERE digest = ?1";
const REQUEST: &str = "SELECT request, subject, subject_right, asked_by, state, reason, since, due, calendar, \
    provisional, topic, about, words, at FROM request WHERE request = ?1";
const REQUESTS_OF: &str = "SELECT request, subject, subject_right, asked_by, state, reason, since, due, calendar, \
    provisional, topic, about, words, at FROM request WHERE subject = ?1 ORDER BY opened DESC, leaf DESC, request";
const REQUESTS_DUE: &str = "SELECT request, subject, subject_right, asked_by, state, reason, since, due, calendar, \
    provisional, topic, about, words, at FROM request WHERE state NOT IN ('done', 'refused', 'taken-back') \
    ORDER BY due, opened, request LIMIT ?1";
const REQUESTS_PROVISIONAL: &str = "SELECT request, subject, subject_right, asked_by, state, reason, since, due, \
    calendar, provisional, topic, about, words, at FROM request WHERE provisional = 1 AND calendar <> ?1 \
    AND state NOT IN ('done', 'refused', 'taken-back') ORDER BY due, opened, request LIMIT ?2";
const OUTBOX: &str = "SELECT number, subject, kind, detail, at FROM outbox WHERE sent IS NULL ORDER BY number LIMIT ?1";
const PUBLICATIONS: &str = "SELECT policy, tables, text, stem, source, operation, notice, since, \
    lead(since) OVER (ORDER BY number) FROM publication ORDER BY number";
const LAST_LINK: &str = "SELECT last_link FROM subject WHERE subject = ?1";
const CHECKPOINT: &str = "SELECT size, note, at FROM checkpoint ORDER BY size DESC LIMIT 1";
const CHECKPOINTS: &str = "SELECT size, note, at FROM checkpoint ORDER BY size";
const PLATFORM_KEY: &str = "SELECT wrapped_key FROM house WHERE one = 1";

/// Every row of a query.
pub(super) fn rows<T>(
    connection: &Connection,
    sql: &'static str,
    values: impl Params,
    read: fn(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(values, read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The row of a query, if there is one.
pub(super) fn row<T>(
    connection: &Connection,
    sql: &'static str,
    values: impl Params,
    read: fn(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>, StoreError> {
    Ok(connection.prepare_cached(sql)?.query_row(values, read).optional()?)
}

pub(super) fn platform_key(connection: &Connection) -> Result<Vec<u8>, StoreError> {
    row(connection, PLATFORM_KEY, [], |row| row.get(0))?.ok_or(StoreError::Damaged("the platform's key"))
}

pub(super) fn publications(connection: &Connection) -> Result<Vec<PublicationRow>, StoreError> {
    rows(connection, PUBLICATIONS, [], |row| {
        Ok(PublicationRow {
            policy: column(row, 0)?,
            tables: column(row, 1)?,
            text: column(row, 2)?,
            stem: row.get(3)?,
            source: row.get(4)?,
            operation: row.get(5)?,
            notice: row.get(6)?,
            from: column(row, 7)?,
            until: optional(row, 8)?,
        })
    })
}

pub(super) fn snapshot(connection: &Connection, subject: SubjectId) -> Result<Option<Snapshot>, StoreError> {
    let (Some(policy), Some(of)) = (in_force(connection)?, self::subject(connection, subject)?) else {
        return Ok(None);
    };
    let consents = rows(connection, CONSENTS, [subject.as_bytes()], consent)?;
    let mut records: Vec<RecordState> = Vec::new();
    for next in rows(connection, STATES, [subject.as_bytes()], state)? {
        match records.last_mut().filter(|last| last.id == next.id) {
            Some(last) => last.roles.extend(next.roles),
            None => records.push(next),
        }
    }
    let permissions = rows(connection, PERMISSIONS, [subject.as_bytes()], |row| {
        Ok(DevicePermission { permission: column(row, 0)?, on: row.get(1)?, at: column(row, 2)? })
    })?;
    let refused = rows(connection, REFUSALS, [subject.as_bytes()], |row| {
        Ok(Refused { scope: row.get(0)?, at: column(row, 1)?, times: row.get(2)? })
    })?;
    let attested = rows(connection, ATTESTED, [subject.as_bytes()], |row| {
        let (fact, holds, by, at) = (row.get(0)?, row.get(1)?, row.get(2)?, column(row, 3)?);
        Ok(Attested { fact, holds, by, at, request: row.get(4)? })
    })?;
    let state = SubjectState { consents, account: of.account, records, permissions, refused, attested };
    Ok(Some(Snapshot::from_store(subject, state, of.version, policy)))
}

/// The state of a subject that does not exist yet, with its first consents.
pub(super) fn snapshot_new(
    connection: &Connection,
    subject: &NewSubject,
    consents: &[ConsentGiven],
) -> Result<Option<Snapshot>, StoreError> {
    let Some(policy) = in_force(connection)? else { return Ok(None) };
    let consents = own(consents, subject.id).collect();
    let state = SubjectState { consents, account: subject.account, ..SubjectState::default() };
    Ok(Some(Snapshot::from_store(subject.id, state, 0, policy)))
}

/// The state of a subject with the consents that are about to be given.
pub(super) fn snapshot_given(
    connection: &Connection,
    subject: SubjectId,
    consents: &[ConsentGiven],
) -> Result<Option<Snapshot>, StoreError> {
    let Some(known) = snapshot(connection, subject)? else { return Ok(None) };
    let mut state = known.state().clone();
    state.consents.extend(own(consents, subject));
    Ok(Some(Snapshot::from_store(subject, state, known.version(), known.policy())))
}

/// The consents that are a subject's own.
fn own(consents: &[ConsentGiven], subject: SubjectId) -> impl Iterator<Item = Consent> {
    let own = consents.iter().filter(move |given| given.subject == subject);
    own.map(|given| Consent { id: Some(given.id), ..given.consent.clone() })
}

fn consent(row: &Row<'_>) -> rusqlite::Result<Consent> {
    Ok(Consent {
        id: optional(row, 0)?,
        scope: row.get(1)?,
        party: optional(row, 2)?,
        policy: row.get(3)?,
        text: optional(row, 4)?,
        by: column(row, 5)?,
        artefact: column(row, 6)?,
        at: column(row, 7)?,
        until: optional(row, 8)?,
        withdrawn: optional(row, 9)?,
    })
}

pub(super) fn paper(
    connection: &Connection,
    subject: SubjectId,
    consent: ConsentId,
) -> Result<Option<PaperRow>, StoreError> {
    row(connection, PAPER, params![subject.as_bytes(), consent.as_bytes()], |row| {
        let digest = column(row, 0)?;
        let paper = match optional(row, 1)? {
            None => None,
            Some(record) => {
                let (role, kind, sealed) = (column(row, 2)?, row.get(3)?, row.get(4)?);
                Some(NewPaper { record, role, kind, digest, sealed })
            }
        };
        Ok(PaperRow { digest, paper })
    })
}

/// One role of the subject in one record.
fn state(row: &Row<'_>) -> rusqlite::Result<RecordState> {
    Ok(RecordState {
        id: optional(row, 0)?,
        class: column(row, 1)?,
        roles: vec![column(row, 2)?],
        in_force_from: optional(row, 3)?,
        in_force_until: optional(row, 4)?,
        ended: optional(row, 5)?,
        open_claim: row.get::<_, u32>(6)? > 0,
        life: column(row, 7)?,
    })
}

pub(super) fn subject(connection: &Connection, subject: SubjectId) -> Result<Option<SubjectRow>, StoreError> {
    row(connection, SUBJECT, [subject.as_bytes()], |row| {
        Ok(SubjectRow {
            id: column(row, 0)?,
            account: column(row, 1)?,
            gate: optional(row, 2)?.zip(optional(row, 3)?),
            version: column(row, 4)?,
        })
    })
}

pub(super) fn subject_by_token(
    connection: &Connection,
    kind: TokenKind,
    token: &[u8; 32],
) -> Result<Option<SubjectId>, StoreError> {
    let found = row(connection, TOKEN, params![kind.word(), token], |row| column(row, 0))?;
    match (found, kind) {
        (None, TokenKind::Organisation) => row(connection, ORGANISATION_TOKEN, [token], |row| column(row, 0)),
        (found, _) => Ok(found),
    }
}

pub(super) fn record_by_token(
    connection: &Connection,
    kind: TokenKind,
    token: &[u8; 32],
) -> Result<Option<(SubjectId, RecordId, Slug)>, StoreError> {
    let found = |row: &Row<'_>| Ok((column(row, 0)?, column(row, 1)?, column(row, 2)?));
    row(connection, RECORD_TOKEN, params![kind.word(), token], found)
}

pub(super) fn organisation(connection: &Connection, id: OrganisationId) -> Result<Option<Organisation>, StoreError> {
    row(connection, ORGANISATION, [id.as_bytes()], organisation_row)
}

pub(super) fn organisations_of(connection: &Connection, contact: SubjectId) -> Result<Vec<Organisation>, StoreError> {
    rows(connection, ORGANISATIONS_OF, [contact.as_bytes()], organisation_row)
}

fn organisation_row(row: &Row<'_>) -> rusqlite::Result<Organisation> {
    Ok(Organisation { id: column(row, 0)?, record: column(row, 1)?, contact: column(row, 2)? })
}

pub(super) fn record(connection: &Connection, record: RecordId) -> Result<Option<RecordRow>, StoreError> {
    let found = row(connection, RECORD, [record.as_bytes()], header)?;
    found.map(|header| whole(connection, header)).transpose()
}

pub(super) fn records_of(connection: &Connection, subject: SubjectId) -> Result<Vec<RecordRow>, StoreError> {
    let headers = rows(connection, RECORDS_OF, [subject.as_bytes()], header)?;
    headers.into_iter().map(|header| whole(connection, header)).collect()
}

pub(super) fn records_ending(connection: &Connection, day: Date, limit: u32) -> Result<Vec<RecordRow>, StoreError> {
    let headers = rows(connection, RECORDS_ENDING, params![Sql(day), limit], header)?;
    headers.into_iter().map(|header| whole(connection, header)).collect()
}

fn header(row: &Row<'_>) -> rusqlite::Result<RecordRow> {
    Ok(RecordRow {
        id: column(row, 0)?,
        class: column(row, 1)?,
        function: optional(row, 2)?,
        product: optional(row, 3)?,
        holder: optional(row, 4)?,
        in_force_from: optional(row, 5)?,
        in_force_until: optional(row, 6)?,
        life: column(row, 7)?,
        at: column(row, 8)?,
        roles: Vec::new(),
        joined: Vec::new(),
        events: Vec::new(),
    })
}

fn whole(connection: &Connection, header: RecordRow) -> Result<RecordRow, StoreError> {
    let id = header.id.as_bytes();
    let roles = rows(connection, ROLES, [id], |row| Ok((column(row, 0)?, column(row, 1)?)))?;
    let joined = rows(connection, JOINED, [id], |row| {
        Ok(Joined {
            subject: column(row, 0)?,
            role: column(row, 1)?,
            invitation: column(row, 2)?,
            telephone: row.get(3)?,
        })
    })?;
    let events = rows(connection, EVENTS, [id], |row| Ok((row.get(0)?, column(row, 1)?, column(row, 2)?)))?;
    Ok(RecordRow { roles, joined, events, ..header })
}

pub(super) fn part(
    connection: &Connection,
    record: RecordId,
    subject: Option<SubjectId>,
    role: &Slug,
) -> Result<Option<PartRow>, StoreError> {
    let part = params![record.as_bytes(), subject_bytes(subject.as_ref()), role.as_str()];
    let Some(wrapped) = row(connection, PART, part, |row| row.get(0))? else { return Ok(None) };
    let values = rows(connection, VALUES, part, |row| {
        Ok(SealedValue {
            record: column(row, 0)?,
            subject: subject_or_none(row, 1)?,
            role: column(row, 2)?,
            item: column(row, 3)?,
            version: row.get(4)?,
            sealed: row.get(5)?,
            trigger: row.get(6)?,
            source: optional(row, 9)?,
            at: column(row, 7)?,
            function: optional(row, 8)?,
        })
    })?;
    let attachments = rows(connection, ATTACHMENTS, part, |row| {
        Ok(NewAttachment {
            id: column(row, 0)?,
            record: column(row, 1)?,
            subject: subject_or_none(row, 2)?,
            role: column(row, 3)?,
            item: column(row, 4)?,
            kind: column(row, 5)?,
            size: column(row, 6)?,
            digest: row.get(7)?,
            trigger: row.get(8)?,
            at: column(row, 9)?,
            function: optional(row, 10)?,
        })
    })?;
    Ok(Some(PartRow { record, subject, role: role.clone(), wrapped, values, attachments }))
}

pub(super) fn invitations_of(connection: &Connection, record: RecordId) -> Result<Vec<InvitationRow>, StoreError> {
    rows(connection, INVITATIONS_OF, [record.as_bytes()], invitation)
}

pub(super) fn invitation_by_digest(
    connection: &Connection,
    digest: &[u8; 32],
) -> Result<Option<InvitationRow>, StoreError> {
    row(connection, INVITATION_DIGEST, [digest], invitation)
}

fn invitation(row: &Row<'_>) -> rusqlite::Result<InvitationRow> {
    let made = NewInvitation {
        id: column(row, 0)?,
        record: column(row, 1)?,
        role: column(row, 2)?,
        digest: row.get(3)?,
        until: column(row, 4)?,
        at: column(row, 5)?,
    };
    Ok(InvitationRow { made, state: column(row, 6)? })
}

pub(super) fn requests_of(connection: &Connection, subject: SubjectId) -> Result<Vec<RequestRow>, StoreError> {
    rows(connection, REQUESTS_OF, [subject.as_bytes()], request_row)
}

pub(super) fn requests_due(connection: &Connection, limit: u32) -> Result<Vec<RequestRow>, StoreError> {
    rows(connection, REQUESTS_DUE, [limit], request_row)
}

pub(super) fn requests_provisional(
    connection: &Connection,
    calendar: &str,
    limit: u32,
) -> Result<Vec<RequestRow>, StoreError> {
    rows(connection, REQUESTS_PROVISIONAL, rusqlite::params![calendar, limit], request_row)
}

pub(super) fn request(connection: &Connection, id: RequestId) -> Result<Option<RequestRow>, StoreError> {
    row(connection, REQUEST, [id.as_bytes()], request_row)
}

fn request_row(row: &Row<'_>) -> rusqlite::Result<RequestRow> {
    Ok(RequestRow {
        id: column(row, 0)?,
        subject: column(row, 1)?,
        right: row.get(2)?,
        by: row.get(3)?,
        state: row.get(4)?,
        reason: row.get(5)?,
        since: column(row, 6)?,
        due: column(row, 7)?,
        calendar: row.get(8)?,
        provisional: row.get(9)?,
        topic: row.get(10)?,
        about: optional(row, 11)?,
        words: optional(row, 12)?,
        at: column(row, 13)?,
    })
}

pub(super) fn outbox(connection: &Connection, limit: u32) -> Result<Vec<OutboxRow>, StoreError> {
    rows(connection, OUTBOX, [limit], |row| {
        Ok(OutboxRow {
            id: column(row, 0)?,
            subject: column(row, 1)?,
            kind: row.get(2)?,
            detail: row.get(3)?,
            at: column(row, 4)?,
        })
    })
}

pub(super) fn leaves_of(connection: &Connection, subject: SubjectId) -> Result<Vec<(u64, [u8; 32])>, StoreError> {
    let last = row(connection, LAST_LINK, [subject.as_bytes()], |row| column(row, 0))?;
    let mut leaves = Vec::new();
    walk(connection, last.unwrap_or(0), |_, link| {
        leaves.push((link.leaf, link.salt));
        Ok(())
    })?;
    Ok(leaves)
}

pub(super) fn checkpoint(connection: &Connection) -> Result<Option<CheckpointRow>, StoreError> {
    row(connection, CHECKPOINT, [], checkpoint_row)
}

pub(super) fn checkpoints(connection: &Connection) -> Result<Vec<CheckpointRow>, StoreError> {
    rows(connection, CHECKPOINTS, [], checkpoint_row)
}

fn checkpoint_row(row: &Row<'_>) -> rusqlite::Result<CheckpointRow> {
    Ok(CheckpointRow { size: column(row, 0)?, note: row.get(1)?, at: column(row, 2)? })
}
