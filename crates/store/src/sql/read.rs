//! Reads of a platform's database, each in one read transaction.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use model::act::{Attested, Consent, DevicePermission, RecordState, Refused, Snapshot, SubjectState};
use model::key::{Keyed, SearchToken};
use model::{ConsentId, OrganisationId, RecordId, RequestId, Slug, SubjectId};

use super::act::{SINCE, policies, walk};
use crate::batch::{ConsentGiven, Joined, NewAttachment, NewInvitation, NewPaper, NewSubject, SealedValue, TokenKind};
use crate::error::StoreError;
use crate::payment::PaymentRow;
use crate::read::{
    CheckpointRow, InvitationRow, Organisation, PaperRow, PartId, PartRow, RecordRow, RequestRow, Strangers,
    SubjectRow, View, own,
};
use crate::service::ServiceRow;
use crate::sql::column::{Bind, SubjectOrNone, Value, subject_bytes, values};
use crate::sql::connection::{Connection, Row};
use crate::sql::{payments, services};

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
/// So many as [`TOKENS_AT_ONCE`].
const TOKENS: &str = "SELECT token, subject FROM token WHERE kind = ?1 AND token IN \
    (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";
const TOKENS_AT_ONCE: usize = 16;
const HAS_SOLE: &str = "SELECT 1 FROM token_carrier WHERE subject = ?1 AND kind = ?2 AND sole = 1 LIMIT 1";
const RECORD_TOKEN: &str = "SELECT c.subject, c.record, c.role FROM token t \
    JOIN token_carrier c ON c.subject = t.subject AND c.kind = t.kind AND c.token = t.token \
    JOIN record r ON r.record = c.record \
    WHERE t.kind = ?1 AND t.token = ?2 ORDER BY r.at, r.record, c.role LIMIT 1";
const ORGANISATION_TOKEN: &str = "SELECT o.contact FROM organisation_token t \
    JOIN organisation o ON o.organisation = t.organisation WHERE t.token = ?1";
const ORGANISATION: &str = "SELECT organisation, record, contact FROM organisation WHERE organisation = ?1";
const ORGANISATIONS_OF: &str =
    "SELECT organisation, record, contact FROM organisation WHERE contact = ?1 ORDER BY organisation";
const RECORD: &str = "SELECT record, class, function, product, holder, in_force_from, in_force_until, life, at FROM record WHERE record = ?1";
const RECORDS_OF: &str = "SELECT record, class, function, product, holder, in_force_from, in_force_until, life, at FROM record \
    WHERE record IN (SELECT record FROM record_role WHERE subject = ?1) ORDER BY at, record";
const RECORDS_ENDING: &str = "SELECT record, class, function, product, holder, in_force_from, in_force_until, life, at FROM record \
    WHERE ending IS NOT NULL AND life <> 'erased' AND ending <= ?1 ORDER BY ending, record LIMIT ?2";
const ROLES: &str = "SELECT record, subject, role, invitation, telephone FROM record_role \
    WHERE record = ?1 ORDER BY subject, role";
const ROLES_OF: &str = "SELECT record, subject, role, invitation, telephone FROM record_role \
    WHERE record IN (SELECT record FROM record_role WHERE subject = ?1) ORDER BY record, subject, role";
const EVENTS: &str = "SELECT record, event, day, at FROM record_event WHERE record = ?1 ORDER BY number";
const EVENTS_OF: &str = "SELECT record, event, day, at FROM record_event \
    WHERE record IN (SELECT record FROM record_role WHERE subject = ?1) ORDER BY record, number";
const PART: &str = "SELECT k.wrapped FROM part p LEFT JOIN key_slot k ON k.slot = p.slot \
    WHERE p.record = ?1 AND p.subject = ?2 AND p.role = ?3";
const VALUES: &str = "SELECT v.record, v.subject, v.role, v.item, v.version, v.sealed, v.came_by, v.at, v.function, \
    v.source \
    FROM value v WHERE v.record = ?1 AND v.subject = ?2 AND v.role = ?3 AND v.version = \
    (SELECT max(version) FROM value WHERE record = ?1 AND subject = ?2 AND role = ?3 AND item = v.item) ORDER BY v.item";
/// The part in which the birth date is sealed, by whose it is.
const GATE: &str = "SELECT s.gate_record, s.gate_role, k.wrapped FROM subject s \
    JOIN part p ON p.record = s.gate_record AND p.subject = s.subject AND p.role = s.gate_role \
    LEFT JOIN key_slot k ON k.slot = p.slot WHERE s.subject = ?1";
const GATE_VALUES: &str = "SELECT v.record, v.subject, v.role, v.item, v.version, v.sealed, v.came_by, v.at, v.function, \
    v.source FROM subject s \
    JOIN value v ON v.record = s.gate_record AND v.subject = s.subject AND v.role = s.gate_role \
    WHERE s.subject = ?1 AND v.version = (SELECT max(version) FROM value \
    WHERE record = v.record AND subject = v.subject AND role = v.role AND item = v.item) ORDER BY v.item";
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
const LAST_LINK: &str = "SELECT last_link FROM subject WHERE subject = ?1";
const CHECKPOINT: &str = "SELECT size, note, at FROM checkpoint ORDER BY size DESC LIMIT 1";
const CHECKPOINTS: &str = "SELECT size, note, at FROM checkpoint ORDER BY size";

pub(crate) fn snapshot(connection: &Connection, subject: SubjectId) -> Result<Option<Snapshot>, StoreError> {
    let of = values![subject.as_bytes()];
    connection.ahead(state_of(&of))?;
    self::subject(connection, subject)?.map_or(Ok(None), |of| snapshot_of(connection, &of))
}

/// A question with its values.
type Asked<'v> = (&'static str, &'v [Value<'v>]);

/// All that a state is read from.
const fn state_of<'v>(of: &'v [Value<'v>; 1]) -> [Asked<'v>; 7] {
    [(SUBJECT, of), (SINCE, &[]), (CONSENTS, of), (STATES, of), (PERMISSIONS, of), (REFUSALS, of), (ATTESTED, of)]
}

/// The state with the part in which the birth date is sealed, without its attachments.
pub(crate) fn snapshot_and_gate(
    connection: &Connection,
    subject: SubjectId,
) -> Result<Option<(Snapshot, Option<PartRow>)>, StoreError> {
    let of = values![subject.as_bytes()];
    connection.ahead(state_of(&of).into_iter().chain(gate_of(&of)))?;
    state_and_gate(connection, subject)
}

fn state_and_gate(
    connection: &Connection,
    subject: SubjectId,
) -> Result<Option<(Snapshot, Option<PartRow>)>, StoreError> {
    let of = values![subject.as_bytes()];
    let Some(row) = self::subject(connection, subject)? else { return Ok(None) };
    let Some(snapshot) = snapshot_of(connection, &row)? else { return Ok(None) };
    let gate = connection.row(GATE, of, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let Some((record, role, wrapped)) = gate else { return Ok(Some((snapshot, None))) };
    let values = connection.rows(GATE_VALUES, of, sealed_value)?;
    let gate = PartRow { record, subject: Some(subject), role, wrapped, values, attachments: Vec::new() };
    Ok(Some((snapshot, Some(gate))))
}

/// The state with the part in which the birth date is sealed, some parts, and what stands about their records.
pub(crate) fn view(connection: &Connection, subject: SubjectId, parts: &[PartId]) -> Result<Option<View>, StoreError> {
    let of = values![subject.as_bytes()];
    let named: Vec<_> = parts.iter().map(|(record, subject, role)| part_name(record, subject.as_ref(), role)).collect();
    let records: BTreeSet<RecordId> = parts.iter().map(|(record, ..)| *record).collect();
    let ids: Vec<_> = records.iter().map(|record| values![record.as_bytes()]).collect();
    let of_parts = named.iter().flat_map(|part| part_of(part));
    let of_records = ids.iter().flat_map(|id| [services::ONE, payments::OF_RECORD].map(|sql| (sql, &id[..])));
    connection.ahead(state_of(&of).into_iter().chain(gate_of(&of)).chain(of_parts).chain(of_records))?;
    let Some((snapshot, gate)) = state_and_gate(connection, subject)? else { return Ok(None) };
    let parts = parts.iter().map(|(record, subject, role)| found_part(connection, *record, *subject, role));
    let parts = parts.collect::<Result<_, StoreError>>()?;
    let about = records.into_iter().map(|record| Ok((record, about(connection, record)?)));
    Ok(Some(View { snapshot, gate, parts, about: about.collect::<Result<_, StoreError>>()? }))
}

/// What a record asks for, and what is due for it.
fn about(connection: &Connection, record: RecordId) -> Result<(Option<ServiceRow>, Vec<PaymentRow>), StoreError> {
    Ok((services::one(connection, record)?, payments::of_record(connection, record)?))
}

pub(crate) fn service_and_payments(
    connection: &Connection,
    record: RecordId,
) -> Result<(Option<ServiceRow>, Vec<PaymentRow>), StoreError> {
    let id = values![record.as_bytes()];
    connection.ahead([services::ONE, payments::OF_RECORD].map(|sql| (sql, &id[..])))?;
    about(connection, record)
}

/// All that the part of the birth date is read from.
const fn gate_of<'v>(of: &'v [Value<'v>; 1]) -> [Asked<'v>; 2] {
    [(GATE, of), (GATE_VALUES, of)]
}

fn snapshot_of(connection: &Connection, of: &SubjectRow) -> Result<Option<Snapshot>, StoreError> {
    let (Some(policies), subject) = (policies(connection)?, of.id) else { return Ok(None) };
    let consents = connection.rows(CONSENTS, values![subject.as_bytes()], consent)?;
    let mut records: Vec<RecordState> = Vec::new();
    for next in connection.rows(STATES, values![subject.as_bytes()], state)? {
        match records.last_mut().filter(|last| last.id == next.id) {
            Some(last) => last.roles.extend(next.roles),
            None => records.push(next),
        }
    }
    let permissions = connection.rows(PERMISSIONS, values![subject.as_bytes()], |row| {
        Ok(DevicePermission { permission: row.get(0)?, on: row.get(1)?, at: row.get(2)? })
    })?;
    let refused = connection.rows(REFUSALS, values![subject.as_bytes()], |row| {
        Ok(Refused { scope: row.get(0)?, at: row.get(1)?, times: row.get(2)? })
    })?;
    let attested = connection.rows(ATTESTED, values![subject.as_bytes()], |row| {
        let (fact, holds, by, at) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        Ok(Attested { fact, holds, by, at, request: row.get(4)? })
    })?;
    let state = SubjectState { consents, account: of.account, records, permissions, refused, attested };
    Ok(Some(Snapshot::from_store(subject, state, of.version, policies)))
}

/// The state of a subject that does not exist yet, with its first consents.
pub(crate) fn snapshot_new(
    connection: &Connection,
    subject: &NewSubject,
    consents: &[ConsentGiven],
) -> Result<Option<Snapshot>, StoreError> {
    Ok(strangers(connection)?.map(|strangers| strangers.snapshot(subject, consents)))
}

/// What the state of a subject that does not exist yet is made with.
pub(crate) fn strangers(connection: &Connection) -> Result<Option<Strangers>, StoreError> {
    Ok(policies(connection)?.map(Strangers::under))
}

/// The state of a subject with the consents that are about to be given.
pub(crate) fn snapshot_given(
    connection: &Connection,
    subject: SubjectId,
    consents: &[ConsentGiven],
) -> Result<Option<Snapshot>, StoreError> {
    let Some(known) = snapshot(connection, subject)? else { return Ok(None) };
    let mut state = known.state().clone();
    state.consents.extend(own(consents, subject));
    Ok(Some(Snapshot::from_store(subject, state, known.version(), known.policies().clone())))
}

fn consent(row: &Row<'_>) -> Result<Consent, StoreError> {
    Ok(Consent {
        id: row.get(0)?,
        scope: row.get(1)?,
        party: row.get(2)?,
        policy: row.get(3)?,
        text: row.get(4)?,
        by: row.get(5)?,
        artefact: row.get(6)?,
        at: row.get(7)?,
        until: row.get(8)?,
        withdrawn: row.get(9)?,
    })
}

pub(crate) fn paper(
    connection: &Connection,
    subject: SubjectId,
    consent: ConsentId,
) -> Result<Option<PaperRow>, StoreError> {
    connection.row(PAPER, values![subject.as_bytes(), consent.as_bytes()], |row| {
        let digest = row.get(0)?;
        let paper = match row.get(1)? {
            None => None,
            Some(record) => {
                let (role, kind, sealed) = (row.get(2)?, row.get(3)?, row.get(4)?);
                Some(NewPaper { record, role, kind, digest, sealed })
            }
        };
        Ok(PaperRow { digest, paper })
    })
}

/// One role of the subject in one record.
fn state(row: &Row<'_>) -> Result<RecordState, StoreError> {
    Ok(RecordState {
        id: row.get(0)?,
        class: row.get(1)?,
        roles: vec![row.get(2)?],
        in_force_from: row.get(3)?,
        in_force_until: row.get(4)?,
        ended: row.get(5)?,
        open_claim: row.get::<u32>(6)? > 0,
        life: row.get(7)?,
    })
}

pub(crate) fn subject(connection: &Connection, subject: SubjectId) -> Result<Option<SubjectRow>, StoreError> {
    connection.row(SUBJECT, values![subject.as_bytes()], |row| {
        Ok(SubjectRow {
            id: row.get(0)?,
            account: row.get(1)?,
            gate: row.get::<Option<RecordId>>(2)?.zip(row.get(3)?),
            version: row.get(4)?,
        })
    })
}

pub(crate) fn subject_by_token(
    connection: &Connection,
    kind: TokenKind,
    token: &SearchToken,
) -> Result<Option<SubjectId>, StoreError> {
    for Keyed { token, .. } in token.each() {
        let found = connection.row(TOKEN, values![kind.word(), &token], |row| row.get(0))?;
        let found = match (found, kind) {
            (None, TokenKind::Organisation) => connection.row(ORGANISATION_TOKEN, values![&token], |row| row.get(0))?,
            (found, _) => found,
        };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Whose each token is; so many of one kind are looked up by one statement, and a server is asked all of them at once.
pub(crate) fn subjects_by_tokens(
    connection: &Connection,
    tokens: &[(TokenKind, SearchToken)],
) -> Result<Vec<Option<SubjectId>>, StoreError> {
    let mut sought: BTreeMap<TokenKind, Vec<[u8; 32]>> = BTreeMap::new();
    for (kind, token) in tokens.iter().filter(|(kind, _)| *kind != TokenKind::Organisation) {
        sought.entry(*kind).or_default().extend(token.each().map(|keyed| keyed.token));
    }
    let mut asked: Vec<(TokenKind, Vec<Value<'_>>)> = Vec::new();
    for (kind, sought) in &sought {
        for some in sought.chunks(TOKENS_AT_ONCE) {
            // Places that are left over ask for the first ones again.
            let padded = some.iter().cycle().take(TOKENS_AT_ONCE).map(Bind::bind);
            asked.push((*kind, std::iter::once(kind.word().bind()).chain(padded).collect()));
        }
    }
    connection.ahead(asked.iter().map(|(_, values)| (TOKENS, values.as_slice())))?;
    let mut found: BTreeMap<(TokenKind, [u8; 32]), SubjectId> = BTreeMap::new();
    for (kind, values) in asked {
        connection.each(TOKENS, values, |row| {
            found.insert((kind, row.get(0)?), row.get(1)?);
            Ok(())
        })?;
    }
    let whose = |(kind, token): &(TokenKind, SearchToken)| match kind {
        TokenKind::Organisation => subject_by_token(connection, *kind, token),
        kind => Ok(token.each().find_map(|keyed| found.get(&(*kind, keyed.token)).copied())),
    };
    tokens.iter().map(whose).collect()
}

pub(crate) fn has_sole(connection: &Connection, subject: SubjectId, kind: TokenKind) -> Result<bool, StoreError> {
    Ok(connection.row(HAS_SOLE, values![subject.as_bytes(), kind.word()], |_| Ok(()))?.is_some())
}

pub(crate) fn record_by_token(
    connection: &Connection,
    kind: TokenKind,
    token: &SearchToken,
) -> Result<Option<(SubjectId, RecordId, Slug)>, StoreError> {
    let found = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    for Keyed { token, .. } in token.each() {
        let found = connection.row(RECORD_TOKEN, values![kind.word(), &token], found)?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

pub(crate) fn organisation(connection: &Connection, id: OrganisationId) -> Result<Option<Organisation>, StoreError> {
    connection.row(ORGANISATION, values![id.as_bytes()], organisation_row)
}

pub(crate) fn organisations_of(connection: &Connection, contact: SubjectId) -> Result<Vec<Organisation>, StoreError> {
    connection.rows(ORGANISATIONS_OF, values![contact.as_bytes()], organisation_row)
}

fn organisation_row(row: &Row<'_>) -> Result<Organisation, StoreError> {
    Ok(Organisation { id: row.get(0)?, record: row.get(1)?, contact: row.get(2)? })
}

pub(crate) fn record(connection: &Connection, record: RecordId) -> Result<Option<RecordRow>, StoreError> {
    let id = values![record.as_bytes()];
    connection.ahead([RECORD, ROLES, EVENTS].map(|sql| (sql, &id[..])))?;
    let found = connection.row(RECORD, id, header)?;
    found.map(|header| whole(connection, header)).transpose()
}

pub(crate) fn records_of(connection: &Connection, subject: SubjectId) -> Result<Vec<RecordRow>, StoreError> {
    let of = values![subject.as_bytes()];
    connection.ahead([RECORDS_OF, ROLES_OF, EVENTS_OF].map(|sql| (sql, &of[..])))?;
    let mut records = connection.rows(RECORDS_OF, of, header)?;
    connection.each(ROLES_OF, of, |row| stands(&mut records, row))?;
    connection.each(EVENTS_OF, of, |row| happened(&mut records, row))?;
    Ok(records)
}

pub(crate) fn records_ending(connection: &Connection, day: Date, limit: u32) -> Result<Vec<RecordRow>, StoreError> {
    let headers = connection.rows(RECORDS_ENDING, values![day, limit], header)?;
    headers.into_iter().map(|header| whole(connection, header)).collect()
}

fn header(row: &Row<'_>) -> Result<RecordRow, StoreError> {
    Ok(RecordRow {
        id: row.get(0)?,
        class: row.get(1)?,
        function: row.get(2)?,
        product: row.get(3)?,
        holder: row.get(4)?,
        in_force_from: row.get(5)?,
        in_force_until: row.get(6)?,
        life: row.get(7)?,
        at: row.get(8)?,
        roles: Vec::new(),
        joined: Vec::new(),
        events: Vec::new(),
    })
}

fn whole(connection: &Connection, header: RecordRow) -> Result<RecordRow, StoreError> {
    let id = header.id;
    let mut record = [header];
    connection.each(ROLES, values![id.as_bytes()], |row| stands(&mut record, row))?;
    connection.each(EVENTS, values![id.as_bytes()], |row| happened(&mut record, row))?;
    let [record] = record;
    Ok(record)
}

/// Who stands in one of these records, and by which invitation.
fn stands(records: &mut [RecordRow], row: &Row<'_>) -> Result<(), StoreError> {
    let record = of_row(records, row)?;
    let (subject, role): (_, Slug) = (row.get(1)?, row.get(2)?);
    if let Some(invitation) = row.get(3)? {
        record.joined.push(Joined { subject, role: role.clone(), invitation, telephone: row.get(4)? });
    }
    record.roles.push((subject, role));
    Ok(())
}

/// What happened to one of these records.
fn happened(records: &mut [RecordRow], row: &Row<'_>) -> Result<(), StoreError> {
    of_row(records, row)?.events.push((row.get(1)?, row.get(2)?, row.get(3)?));
    Ok(())
}

/// The record that a row names first.
fn of_row<'r>(records: &'r mut [RecordRow], row: &Row<'_>) -> Result<&'r mut RecordRow, StoreError> {
    let id: RecordId = row.get(0)?;
    records.iter_mut().find(|record| record.id == id).ok_or(StoreError::Damaged("a row of a record that is not there"))
}

pub(crate) fn part(
    connection: &Connection,
    record: RecordId,
    subject: Option<SubjectId>,
    role: &Slug,
) -> Result<Option<PartRow>, StoreError> {
    connection.ahead(part_of(&part_name(&record, subject.as_ref(), role)))?;
    found_part(connection, record, subject, role)
}

fn part_name<'v>(record: &'v RecordId, subject: Option<&'v SubjectId>, role: &'v Slug) -> [Value<'v>; 3] {
    values![record.as_bytes(), subject_bytes(subject), role.as_str()]
}

/// All that a part is read from.
const fn part_of<'v>(part: &'v [Value<'v>; 3]) -> [Asked<'v>; 3] {
    [(PART, part), (VALUES, part), (ATTACHMENTS, part)]
}

fn found_part(
    connection: &Connection,
    record: RecordId,
    subject: Option<SubjectId>,
    role: &Slug,
) -> Result<Option<PartRow>, StoreError> {
    let part = part_name(&record, subject.as_ref(), role);
    let Some(wrapped) = connection.row(PART, part, |row| row.get(0))? else { return Ok(None) };
    let values = connection.rows(VALUES, part, sealed_value)?;
    let attachments = connection.rows(ATTACHMENTS, part, |row| {
        Ok(NewAttachment {
            id: row.get(0)?,
            record: row.get(1)?,
            subject: row.get::<SubjectOrNone>(2)?.0,
            role: row.get(3)?,
            item: row.get(4)?,
            kind: row.get(5)?,
            size: row.get(6)?,
            digest: row.get(7)?,
            trigger: row.get(8)?,
            at: row.get(9)?,
            function: row.get(10)?,
        })
    })?;
    Ok(Some(PartRow { record, subject, role: role.clone(), wrapped, values, attachments }))
}

fn sealed_value(row: &Row<'_>) -> Result<SealedValue, StoreError> {
    Ok(SealedValue {
        record: row.get(0)?,
        subject: row.get::<SubjectOrNone>(1)?.0,
        role: row.get(2)?,
        item: row.get(3)?,
        version: row.get(4)?,
        sealed: row.get(5)?,
        trigger: row.get(6)?,
        source: row.get(9)?,
        at: row.get(7)?,
        function: row.get(8)?,
    })
}

pub(crate) fn invitations_of(connection: &Connection, record: RecordId) -> Result<Vec<InvitationRow>, StoreError> {
    connection.rows(INVITATIONS_OF, values![record.as_bytes()], invitation)
}

pub(crate) fn invitation_by_digest(
    connection: &Connection,
    digest: &[u8; 32],
) -> Result<Option<InvitationRow>, StoreError> {
    connection.row(INVITATION_DIGEST, values![digest], invitation)
}

fn invitation(row: &Row<'_>) -> Result<InvitationRow, StoreError> {
    let made = NewInvitation {
        id: row.get(0)?,
        record: row.get(1)?,
        role: row.get(2)?,
        digest: row.get(3)?,
        until: row.get(4)?,
        at: row.get(5)?,
    };
    Ok(InvitationRow { made, state: row.get(6)? })
}

pub(crate) fn requests_of(connection: &Connection, subject: SubjectId) -> Result<Vec<RequestRow>, StoreError> {
    connection.rows(REQUESTS_OF, values![subject.as_bytes()], request_row)
}

pub(crate) fn requests_due(connection: &Connection, limit: u32) -> Result<Vec<RequestRow>, StoreError> {
    connection.rows(REQUESTS_DUE, values![limit], request_row)
}

pub(crate) fn requests_provisional(
    connection: &Connection,
    calendar: &str,
    limit: u32,
) -> Result<Vec<RequestRow>, StoreError> {
    connection.rows(REQUESTS_PROVISIONAL, values![calendar, limit], request_row)
}

pub(crate) fn request(connection: &Connection, id: RequestId) -> Result<Option<RequestRow>, StoreError> {
    connection.row(REQUEST, values![id.as_bytes()], request_row)
}

fn request_row(row: &Row<'_>) -> Result<RequestRow, StoreError> {
    Ok(RequestRow {
        id: row.get(0)?,
        subject: row.get(1)?,
        right: row.get(2)?,
        by: row.get(3)?,
        state: row.get(4)?,
        reason: row.get(5)?,
        since: row.get(6)?,
        due: row.get(7)?,
        calendar: row.get(8)?,
        provisional: row.get(9)?,
        topic: row.get(10)?,
        about: row.get(11)?,
        words: row.get(12)?,
        at: row.get(13)?,
    })
}

pub(crate) fn leaves_of(connection: &Connection, subject: SubjectId) -> Result<Vec<(u64, [u8; 32])>, StoreError> {
    let last = connection.row(LAST_LINK, values![subject.as_bytes()], |row| row.get(0))?;
    let mut leaves = Vec::new();
    walk(connection, last.unwrap_or(0), |_, link| {
        leaves.push((link.leaf, link.salt));
        Ok(())
    })?;
    Ok(leaves)
}

pub(crate) fn checkpoint(connection: &Connection) -> Result<Option<CheckpointRow>, StoreError> {
    connection.row(CHECKPOINT, values![], checkpoint_row)
}

pub(crate) fn checkpoints(connection: &Connection) -> Result<Vec<CheckpointRow>, StoreError> {
    connection.rows(CHECKPOINTS, values![], checkpoint_row)
}

fn checkpoint_row(row: &Row<'_>) -> Result<CheckpointRow, StoreError> {
    Ok(CheckpointRow { size: row.get(0)?, note: row.get(1)?, at: row.get(2)? })
}
