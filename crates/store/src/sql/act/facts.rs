//! Facts about subjects: accounts, tokens, consents, requests, notices; and the platform's policies.

use std::collections::btree_map::Entry;

use model::act::{Account, Attested};
use model::key::Keyed;
use model::{Fingerprint, RecordId, RequestId, Slug, SubjectId};

use super::{Act, PUBLISHED, SINCE, SUBJECT, State};
use crate::batch::{
    ConsentGiven, ConsentRefused, ConsentWithdrawn, NewOrganisation, NewSubject, PermissionReported, Publication,
    RequestOpened, RequestRecount, RequestStep, Token, TokenKind,
};
use crate::error::CommitError;
use crate::sql::column::values;
use crate::sql::connection::Must;
use crate::sql::keys::{CARRIER_PUT, ORGANISATION_TOKEN_PUT};
use crate::sql::{drafts, uploads};

const SUBJECT_PUT: &str = "INSERT INTO subject (subject, account, gate_record, gate_role, version, last_link, forgotten) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)";
/// The first date stays the one that decides: another part's is no correction of it.
const GATE: &str = "UPDATE subject SET gate_record = coalesce(gate_record, ?2), \
    gate_role = CASE WHEN gate_record IS NULL THEN ?3 ELSE gate_role END WHERE subject = ?1";
const ACCOUNT: &str = "UPDATE subject SET account = ?2 WHERE subject = ?1";
/// One statement, so that of many claims the index itself decides: a row that another subject holds is left alone.
const TOKEN_CLAIM: &str = "INSERT INTO token (kind, token, subject) VALUES (?1, ?2, ?3) \
    ON CONFLICT (kind, token) DO UPDATE SET subject = excluded.subject WHERE token.subject = excluded.subject";
const CARRIERS_FREE: &str = "DELETE FROM token_carrier WHERE subject = ?1 AND kind = ?2";
/// Through the carriers, for a token has no index by subject.
const TOKENS_FREE: &str = "DELETE FROM token WHERE (kind, token) IN \
    (SELECT kind, token FROM token_carrier WHERE subject = ?1 AND kind = ?2)";
const ORGANISATION_PUT: &str = "INSERT INTO organisation (organisation, record, contact) VALUES (?1, ?2, ?3)";
const CONSENT_PUT: &str = "INSERT INTO consent \
    (subject, consent, scope, party, policy, text, given_by, artefact, at, until, withdrawn, leaf, document) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
const PAPER_PUT: &str =
    "INSERT INTO paper (record, subject, role, consent, kind, sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
/// A second withdrawal does not move the first.
const WITHDRAW: &str = "UPDATE consent SET withdrawn = coalesce(withdrawn, ?3) WHERE subject = ?1 AND consent = ?2";
const REFUSED: &str = "INSERT INTO refusal (subject, scope, times, at, leaf) VALUES (?1, ?2, 1, ?3, ?4) \
    ON CONFLICT (subject, scope) DO UPDATE SET times = refusal.times + 1, at = excluded.at, leaf = excluded.leaf";
const REFUSAL_END: &str = "DELETE FROM refusal WHERE subject = ?1 AND scope = ?2";
const PERMISSION: &str = "INSERT INTO device_permission (subject, permission, is_on, at, leaf) \
    VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (subject, permission) \
    DO UPDATE SET is_on = excluded.is_on, at = excluded.at, leaf = excluded.leaf";
const ATTEST: &str = "INSERT INTO attestation (subject, number, fact, holds, came_by, request, at, leaf) \
    VALUES (?1, (SELECT coalesce(max(number), 0) + 1 FROM attestation WHERE subject = ?1), ?2, ?3, ?4, ?5, ?6, ?7)";
const REQUEST_PUT: &str = "INSERT INTO request \
    (request, subject, subject_right, asked_by, state, since, due, calendar, provisional, topic, about, words, \
    opened, at, leaf) VALUES (?1, ?2, ?3, ?4, 'open', ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?13)";
const REQUEST_OF: &str = "SELECT subject FROM request WHERE request = ?1";
const RECOUNT: &str = "UPDATE request SET due = ?2, calendar = ?3, provisional = ?4 WHERE request = ?1";
const STEP: &str = "UPDATE request SET state = ?2, reason = ?3, at = ?4 WHERE request = ?1";
const PUBLISH: &str = "INSERT INTO publication \
    (number, policy, tables, text, stem, source, operation, notice, since, leaf) \
    VALUES ((SELECT coalesce(max(number), 0) + 1 FROM publication), ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

impl Act<'_> {
    pub(crate) fn subject(&mut self, new: &NewSubject) -> Result<(), CommitError> {
        let (record, role) = new.gate.as_ref().map(|(record, role)| (record.as_bytes(), role.as_str())).unzip();
        let written = (1, self.link_of(new.id)?);
        let row = values![new.id.as_bytes(), new.account, record, role, written.0, written.1];
        self.add(SUBJECT_PUT, "subject", row)?;
        self.connection.overtaken(SUBJECT, values![new.id.as_bytes()]);
        let state = State { version: 0, last_link: 0, touched: true, forgotten: false, is_new: true, written };
        self.subjects.insert(new.id, state);
        self.persons += 1;
        Ok(())
    }

    pub(crate) fn account(&mut self, subject: SubjectId, account: Account) -> Result<(), CommitError> {
        self.touch(subject)?;
        // Who leaves sends nothing any more, and nobody else for whom.
        if account != Account::Active {
            self.erased |= uploads::end_of_subject(self.connection, subject)? > 0;
        }
        self.put(ACCOUNT, "subject", values![subject.as_bytes(), account])
    }

    pub(crate) fn gate(&mut self, subject: SubjectId, record: RecordId, role: &Slug) -> Result<(), CommitError> {
        self.touch(subject)?;
        self.put(GATE, "subject", values![subject.as_bytes(), record.as_bytes(), role.as_str()])
    }

    pub(crate) fn token(&mut self, token: &Token) -> Result<(), CommitError> {
        self.touch(token.subject)?;
        self.fenced(&token.token)?;
        for Keyed { token: keyed, .. } in token.token.each() {
            match self.claimed.entry((token.kind, keyed)) {
                Entry::Occupied(owner) if *owner.get() == token.subject => continue,
                Entry::Occupied(_) => return Err(CommitError::TokenTaken(token.kind)),
                Entry::Vacant(new) => new.insert(token.subject),
            };
            let claim = values![token.kind.word(), &keyed, token.subject.as_bytes()];
            self.connection.later(TOKEN_CLAIM, claim, Must::Claim(token.kind))?;
        }
        Ok(())
    }

    /// The part that carries the value of a token which its subject has.
    pub(crate) fn carried(&mut self, token: &Token) -> Result<(), CommitError> {
        let (kind, subject) = (token.kind.word(), token.subject.as_bytes());
        let (record, role) = (token.record.as_bytes(), token.role.as_str());
        for Keyed { version, token: keyed } in token.token.each() {
            let carrier = values![subject, record, role, kind, &keyed, version, token.sole];
            self.connection.later(CARRIER_PUT, carrier, Must::Run)?;
        }
        Ok(())
    }

    pub(crate) fn token_freed(&mut self, subject: SubjectId, kind: TokenKind) -> Result<(), CommitError> {
        self.touch(subject)?;
        self.claimed.clear();
        for sql in [TOKENS_FREE, CARRIERS_FREE] {
            self.connection.later(sql, values![subject.as_bytes(), kind.word()], Must::Run)?;
        }
        Ok(())
    }

    pub(crate) fn organisation(&mut self, new: &NewOrganisation) -> Result<(), CommitError> {
        self.touch(new.contact)?;
        self.fenced(&new.token)?;
        let values = values![new.id.as_bytes(), new.record.as_bytes(), new.contact.as_bytes()];
        self.add(ORGANISATION_PUT, "subject", values)?;
        for Keyed { version, token } in new.token.each() {
            let claim = values![&token, new.id.as_bytes(), version];
            self.connection.later(ORGANISATION_TOKEN_PUT, claim, Must::Claim(TokenKind::Organisation))?;
        }
        Ok(())
    }

    pub(crate) fn consent(&mut self, given: &ConsentGiven) -> Result<(), CommitError> {
        self.touch(given.subject)?;
        let consent = &given.consent;
        let values = values![
            given.subject.as_bytes(),
            given.id.as_bytes(),
            consent.scope,
            consent.party.as_ref().map(Slug::as_str),
            consent.policy,
            consent.text.as_ref().map(Fingerprint::as_bytes),
            consent.by,
            consent.artefact,
            consent.at,
            consent.until,
            consent.withdrawn,
            self.leaf,
            given.paper.as_ref().map(|paper| paper.digest.as_bytes()),
        ];
        self.add(CONSENT_PUT, "subject", values)?;
        if let Some(paper) = &given.paper {
            let values = values![
                paper.record.as_bytes(),
                given.subject.as_bytes(),
                paper.role.as_str(),
                given.id.as_bytes(),
                paper.kind,
                paper.sealed,
            ];
            self.add(PAPER_PUT, "record part", values)?;
        }
        // Whoever is made by this act has refused nothing yet.
        if self.named(given.subject)?.is_new {
            return Ok(());
        }
        self.connection.later(REFUSAL_END, values![given.subject.as_bytes(), consent.scope], Must::Run)
    }

    pub(crate) fn refused(&mut self, refused: &ConsentRefused) -> Result<(), CommitError> {
        self.touch(refused.subject)?;
        self.named(refused.subject)?.is_new = false;
        self.add(REFUSED, "subject", values![refused.subject.as_bytes(), refused.scope, refused.at, self.leaf])
    }

    pub(crate) fn permission(&mut self, reported: &PermissionReported) -> Result<(), CommitError> {
        self.touch(reported.subject)?;
        let state = &reported.state;
        let values = values![reported.subject.as_bytes(), state.permission.as_str(), state.on, state.at, self.leaf];
        self.add(PERMISSION, "subject", values)
    }

    pub(crate) fn withdraw(&mut self, withdrawn: &ConsentWithdrawn) -> Result<(), CommitError> {
        self.touch(withdrawn.subject)?;
        let values = values![withdrawn.subject.as_bytes(), withdrawn.id.as_bytes(), withdrawn.at];
        self.put(WITHDRAW, "consent", values)
    }

    pub(crate) fn attest(&mut self, subject: SubjectId, attested: &Attested) -> Result<(), CommitError> {
        self.touch(subject)?;
        let Attested { fact, holds, by, at, request } = attested;
        self.add(ATTEST, "subject", values![subject.as_bytes(), fact, holds, by, request, *at, self.leaf])
    }

    pub(crate) fn request(&mut self, opened: &RequestOpened) -> Result<(), CommitError> {
        self.touch(opened.subject)?;
        let values = values![
            opened.id.as_bytes(),
            opened.subject.as_bytes(),
            opened.right,
            opened.by,
            opened.since,
            opened.due,
            opened.calendar,
            opened.provisional,
            opened.topic,
            opened.about.as_ref().map(RecordId::as_bytes),
            opened.words.as_ref().map(RecordId::as_bytes),
            opened.at,
            self.leaf,
        ];
        self.add(REQUEST_PUT, "subject", values)
    }

    pub(crate) fn step(&mut self, step: &RequestStep) -> Result<(), CommitError> {
        // Whoever is forgotten may still have the request closed by which that came about.
        self.touch_unless_forgotten(self.asker(step.id)?)?;
        self.put(STEP, "request", values![step.id.as_bytes(), step.state, step.reason, step.at])
    }

    pub(crate) fn recount(&mut self, recount: &RequestRecount) -> Result<(), CommitError> {
        self.touch_unless_forgotten(self.asker(recount.id)?)?;
        let values = values![recount.id.as_bytes(), recount.due, recount.calendar, recount.provisional];
        self.put(RECOUNT, "request", values)
    }

    /// Whose request it is.
    fn asker(&self, id: RequestId) -> Result<SubjectId, CommitError> {
        self.whose(REQUEST_OF, id.as_bytes(), "request")
    }

    pub(crate) fn publish(&mut self, new: &Publication) -> Result<(), CommitError> {
        let values = values![
            new.policy.as_bytes(),
            new.tables.as_bytes(),
            new.text.as_bytes(),
            new.stem,
            new.source,
            new.operation,
            new.notice,
            new.from,
            self.leaf,
        ];
        self.add(PUBLISH, "publication", values)?;
        self.known.published = None;
        for sql in [SINCE, PUBLISHED] {
            self.connection.overtaken(sql, values![]);
        }
        self.connection.later(drafts::PUBLISHED, values![new.source, new.operation], Must::Run)?;
        self.overtaken()
    }
}
