//! One act inside the writer's transaction: idempotency, expectations, facts, leaf.

mod approvals;
mod attachments;
mod changes;
mod erase;
mod facts;
mod invitations;
mod keys;
mod notices;
mod partners;
mod payments;
mod questions;
mod records;
mod services;
mod thresholds;
mod tracks;

pub(crate) use changes::replayed;
pub(crate) use erase::{ERASURES_LISTED, SLOT_ZERO, chain, destroy, erasure, forget, last, list, note};
pub(crate) use questions::questions;
pub(crate) use records::{Course, slot_new};

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::mem::discriminant;

use jiff::{SignedDuration, Timestamp};
use model::act::{Committed, Policies};
use model::{Fingerprint, SubjectId};

use super::writer::Flush;
use crate::batch::{Batch, Expect, Key, Leaf, TokenKind, Write};
use crate::error::{CommitError, StoreError};
use crate::read::PartId;
use crate::sql::column::{Value, values};
use crate::sql::connection::{Connection, Must, conflict};

const KEY_PUT: &str = "INSERT INTO idempotency (digest, request, answer, leaf) VALUES (?1, ?2, ?3, ?4)";
const KEY: &str = "SELECT request, answer, leaf FROM idempotency WHERE digest = ?1";
const SUBJECT: &str = "SELECT version, forgotten, last_link FROM subject WHERE subject = ?1";
const PUBLISHED: &str = "SELECT coalesce(max(number), 0) FROM publication";
/// Answered by the index `publication_since` alone: the rows are long.
pub(super) const SINCE: &str = "SELECT number, since, policy FROM publication";
const LEAF_PUT: &str = "INSERT INTO leaf (leaf, kind, at, entry) VALUES (?1, ?2, ?3, ?4)";
/// The number of a link is the next one of its table; it says nothing outside this file.
const LINK_PUT: &str = "INSERT INTO leaf_link (link, body) VALUES (?1, ?2)";
const LINK_LAST: &str = "SELECT coalesce(max(link), 0) FROM leaf_link";
const PERSONS_COME: &str = "UPDATE tally SET persons = persons + ?1";
/// How much older than the ledger's newest leaf the instant may be on which an act was decided: as long as one may be under
/// way, and further than clocks of servers drift apart that are set by the network.
const LATE: SignedDuration = SignedDuration::from_mins(1);
const SUBJECT_MOVE: &str = "UPDATE subject SET version = ?2, last_link = ?3 WHERE subject = ?1";

/// What acts of a transaction have read, so that the next ones need not: nobody else writes meanwhile.
#[derive(Default)]
pub(crate) struct Known {
    /// Every version and from when it is in force.
    published: Option<Vec<Since>>,
    /// Versions of the keys under which search tokens are made.
    token_keys: Option<Vec<u32>>,
    /// The number of the last link between a subject and a leaf.
    last_link: Option<u64>,
    /// The slot of the last key.
    last_slot: Option<u64>,
    /// The number of the last change.
    last_change: Option<u64>,
}

/// Applies the act whole; on an error the caller undoes its part of the transaction.
pub(crate) fn apply(flush: &mut Flush<'_>, batch: &Batch) -> Result<Committed, CommitError> {
    let leaf = flush.tip.edge.size();
    let applied = applied(flush, batch, leaf);
    // Of two failures the one that nobody waited for came first.
    if flush.is_settled_apart { flush.connection.settled().and(applied) } else { applied }?;
    flush.tip.edge.append(ledger::leaf_hash(&batch.leaf.entry));
    flush.tip.at = flush.tip.at.max(batch.leaf.at);
    Ok(Committed::from_store(leaf))
}

/// Everything but the tree, which nobody can take back.
fn applied(flush: &mut Flush<'_>, batch: &Batch, leaf: u64) -> Result<(), CommitError> {
    let (connection, newest) = (flush.connection, flush.tip.at);
    if let Some(key) = &batch.key {
        claim(connection, key, leaf)?;
    }
    if batch.leaf.at.checked_add(LATE).is_ok_and(|latest| latest < newest) {
        return Err(CommitError::Behind(newest));
    }
    let mut act = Act {
        connection,
        known: &mut flush.known,
        leaf,
        chained: &batch.leaf.subjects,
        subjects: BTreeMap::new(),
        persons: 0,
        links: None,
        keyed: BTreeMap::new(),
        claimed: BTreeMap::new(),
        erased: false,
    };
    for expect in &batch.expect {
        match expect {
            Expect::Subject(subject, version) => act.expect(*subject, *version)?,
            Expect::Published(versions) => published_then(connection, *versions)?,
            Expect::InForce(number) => act.in_force_then(*number, (batch.leaf.at, newest))?,
            Expect::Invitation(record, id, state, digest) => act.still(*record, *id, *state, digest)?,
            Expect::CutOff(party, is_cut) => act.standing(party, *is_cut)?,
            Expect::Keys(keys) => act.still_keyed(keys)?,
        }
    }
    for alike in batch.writes.chunk_by(|one, next| discriminant(one) == discriminant(next)) {
        alike.iter().try_for_each(|write| act.write(write))?;
        alike.iter().try_for_each(|write| act.follow(write))?;
    }
    act.leaf(&batch.leaf)?;
    flush.erased |= act.erased;
    Ok(())
}

/// Takes the idempotency key, or says what came of it the first time.
fn claim(connection: &Connection, key: &Key, leaf: u64) -> Result<(), CommitError> {
    match keyed(connection, key.digest)? {
        None => connection.later(KEY_PUT, values![key.digest, key.request, key.answer, leaf], Must::Come("key")),
        Some((Key { request, answer, .. }, leaf)) if request == key.request => Err(CommitError::Done { leaf, answer }),
        Some(_) => Err(CommitError::KeyReused),
    }
}

/// What a key was given for, and the leaf of that act.
pub(crate) fn keyed(connection: &Connection, digest: [u8; 32]) -> Result<Option<(Key, u64)>, StoreError> {
    let first = connection.row(KEY, values![digest], |row| Ok((row.get(0)?, row.get(1)?, row.get::<u64>(2)?)))?;
    Ok(first.map(|(request, answer, leaf)| (Key { digest, request, answer }, leaf)))
}

fn published_then(connection: &Connection, expected: u64) -> Result<(), CommitError> {
    if published(connection)? == expected { Ok(()) } else { Err(CommitError::Moved) }
}

/// A version, and from when it is in force.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Since {
    number: u64,
    from: Timestamp,
    policy: Fingerprint,
}

/// Every version, in the order of publication.
fn versions(connection: &Connection) -> Result<Vec<Since>, StoreError> {
    let mut versions = connection
        .rows(SINCE, values![], |row| Ok(Since { number: row.get(0)?, from: row.get(1)?, policy: row.get(2)? }))?;
    versions.sort_unstable_by_key(|one| one.number);
    Ok(versions)
}

/// How many versions were published.
pub(crate) fn published(connection: &Connection) -> Result<u64, StoreError> {
    connection.one(PUBLISHED, values![], |row| row.get(0))
}

/// Which policy is in force when; `None` before any was published.
pub(crate) fn policies(connection: &Connection) -> Result<Option<Policies>, StoreError> {
    let versions = versions(connection)?;
    let from = versions.iter().map(|one| (one.from, one.policy)).collect();
    Ok((!versions.is_empty()).then(|| Policies::published(from)))
}

/// What an act knows of a subject that it names.
#[derive(Clone, Copy)]
struct State {
    version: u64,
    last_link: u64,
    /// Whether its version moves with this act.
    touched: bool,
    /// Forgotten by this very act.
    forgotten: bool,
    /// Made by this very act, which has written nothing of it that a later fact of the act could end.
    is_new: bool,
    /// Version and last link as the row says them already.
    written: (u64, u64),
}

/// The next number after a last one, which `sql` reads where nobody has yet.
fn next(last: &mut Option<u64>, connection: &Connection, sql: &'static str) -> Result<u64, StoreError> {
    let next = 1 + match last {
        Some(last) => *last,
        None => connection.one(sql, values![], |row| row.get(0))?,
    };
    *last = Some(next);
    Ok(next)
}

/// A subject that is there and not forgotten.
fn state(connection: &Connection, subject: SubjectId) -> Result<State, CommitError> {
    let row = connection.row(SUBJECT, values![subject.as_bytes()], |row| {
        let (version, last_link) = (row.get(0)?, row.get(2)?);
        let written = (version, last_link);
        let state = State { version, last_link, touched: false, forgotten: false, is_new: false, written };
        Ok((state, row.get::<bool>(1)?))
    });
    match row? {
        None => Err(CommitError::Missing { what: "subject" }),
        Some((_, true)) => Err(CommitError::Erased(subject)),
        Some((state, false)) => Ok(state),
    }
}

/// An act under way.
struct Act<'c> {
    connection: &'c Connection,
    /// What is known of this transaction by the acts before it.
    known: &'c mut Known,
    /// Index of its leaf.
    leaf: u64,
    /// Whom the leaf names, each with its salt.
    chained: &'c [(SubjectId, [u8; 32])],
    /// The subjects named so far, each read once and written once, at the end; a new one when it is made.
    subjects: BTreeMap<SubjectId, State>,
    /// How many persons it made that are not counted yet.
    persons: u64,
    /// The link that leads each of those whom the leaf names to it, worked out before where the act makes somebody.
    links: Option<BTreeMap<SubjectId, u64>>,
    /// Parts that have their key, as far as this act has looked or gave it to them, with its slot.
    keyed: BTreeMap<PartId, u64>,
    /// Who claimed which token by this very act, and has it still.
    claimed: BTreeMap<(TokenKind, [u8; 32]), SubjectId>,
    erased: bool,
}

impl Act<'_> {
    fn write(&mut self, write: &Write) -> Result<(), CommitError> {
        match write {
            Write::Subject(new) => self.subject(new),
            Write::Token(token) => self.token(token),
            Write::TokenFreed(subject, kind) => self.token_freed(*subject, *kind),
            Write::Organisation(new) => self.organisation(new),
            Write::PlatformKey(key) => self.platform_key(key),
            Write::Rewrapped(key) => self.rewrapped(key),
            Write::Account(subject, account) => self.account(*subject, *account),
            Write::Gate(subject, record, role) => self.gate(*subject, *record, role),
            Write::Consent(given) => self.consent(given),
            Write::Withdraw(withdrawn) => self.withdraw(withdrawn),
            Write::Refused(refused) => self.refused(refused),
            Write::Permission(reported) => self.permission(reported),
            Write::Attest(subject, attested) => self.attest(*subject, attested),
            Write::Record(new) => self.record(new),
            Write::Stand(record, subject, role) => self.stand(*record, *subject, role),
            Write::Join(record, joined) => self.join(*record, joined),
            Write::Invitation(new) => self.invitation(new),
            Write::Invited(record, id, state) => self.invited(*record, *id, *state),
            Write::Event(event) => self.event(event),
            Write::Life(record, life) => self.life(*record, *life),
            Write::PartKey(key) => self.part_key(key),
            Write::Value(value) => self.value(value),
            Write::Face(record, subject, role) => self.face(*record, *subject, role),
            Write::Attachment(new) => self.attachment(new),
            Write::Uploaded(upload, attachment) => self.uploaded(*upload, *attachment),
            Write::Destroy { record, subject, role } => self.destroy(*record, *subject, role),
            Write::Forget(subject) => self.forget(*subject),
            Write::Payment(new) => self.payment(new),
            Write::PaymentMoved(moved) => self.payment_moved(moved),
            Write::Service(service) => self.service(service),
            Write::ServiceEnded(ended) => self.service_ended(ended),
            Write::Request(opened) => self.request(opened),
            Write::Step(step) => self.step(step),
            Write::Recount(recount) => self.recount(recount),
            Write::Notices(new) => self.notices(new),
            Write::Told(number, route, at) => self.told(*number, route, *at),
            Write::Track(closed) => self.track(closed),
            Write::Publish(publication) => self.publish(publication),
            Write::Approval(new) => self.approval(new),
            Write::Approve(id, by, until) => self.approve(*id, *by, *until),
            Write::CutOff(done) => self.cut_off(done),
            Write::Assign(new) => self.assign(new),
            Write::Unassign(id, at) => self.unassign(*id, *at),
            Write::Bind(id, until) => self.bind(*id, *until),
            Write::Unbind(id) => self.unbind(*id),
            Write::Reached(rule, at) => self.reached(rule, *at),
            Write::Filed(filing) => self.filed(filing),
            Write::Change(new) => self.change(new),
        }
    }

    /// Whether a version is in force at the instant of an act, and still was at that of the newest leaf: what was decided before a
    /// version took effect does not come after what was done under it.
    fn in_force_then(&mut self, expected: u64, (at, newest): (Timestamp, Timestamp)) -> Result<(), CommitError> {
        let versions = match &self.known.published {
            Some(versions) => versions,
            None => self.known.published.insert(versions(self.connection)?),
        };
        let in_force = |at: Timestamp| versions.iter().rev().find(|one| one.from <= at).map_or(0, |one| one.number);
        if in_force(at) != expected {
            return Err(CommitError::Moved);
        }
        if in_force(at.max(newest)) == expected { Ok(()) } else { Err(CommitError::Behind(newest)) }
    }

    /// What goes into further tables. Of several facts alike it is written after all of them, for rows that go into one table
    /// one after the other are sent to a server as one statement.
    fn follow(&mut self, write: &Write) -> Result<(), CommitError> {
        match write {
            Write::Record(new) => new.roles.iter().try_for_each(|(subject, role)| self.stand(new.id, *subject, role)),
            Write::PartKey(key) => self.part(key),
            Write::Token(token) => self.carried(token),
            _ => Ok(()),
        }
    }

    /// The leaf, the subjects' chains to it, and the versions of those whom the facts touched.
    fn leaf(&mut self, leaf: &Leaf) -> Result<(), CommitError> {
        let connection = self.connection;
        connection.later(LEAF_PUT, values![self.leaf, leaf.kind, leaf.at, leaf.entry], Must::Run)?;
        for (subject, salt) in &leaf.subjects {
            let leaf = self.leaf;
            if self.named(*subject)?.forgotten {
                continue;
            }
            let link = next(&mut self.known.last_link, connection, LINK_LAST)?;
            let state = self.named(*subject)?;
            let body = Link { leaf, previous: state.last_link, salt: *salt }.to_bytes();
            state.last_link = link;
            connection.later(LINK_PUT, values![link, &body], Must::Run)?;
        }
        for (subject, state) in &self.subjects {
            let (version, last_link) = (state.version + u64::from(state.touched), state.last_link);
            if state.written != (version, last_link) {
                connection.later(SUBJECT_MOVE, values![subject.as_bytes(), version, last_link], Must::Run)?;
            }
        }
        self.counted()
    }

    /// Counts the persons that it made so far.
    fn counted(&mut self) -> Result<(), CommitError> {
        match std::mem::take(&mut self.persons) {
            0 => Ok(()),
            persons => self.connection.later(PERSONS_COME, values![persons], Must::Run),
        }
    }

    /// The last link of a subject that the act makes, as it is when the act is over; 0 where the leaf does not name it.
    fn link_of(&mut self, subject: SubjectId) -> Result<u64, StoreError> {
        if self.links.is_none() {
            let first = next(&mut self.known.last_link, self.connection, LINK_LAST)?;
            self.known.last_link = Some(first - 1);
            self.links = Some(self.chained.iter().map(|(subject, _)| *subject).zip(first..).collect());
        }
        Ok(self.links.iter().find_map(|links| links.get(&subject)).copied().unwrap_or_default())
    }

    /// A subject that the act names; it is there, and not forgotten before.
    fn named(&mut self, subject: SubjectId) -> Result<&mut State, CommitError> {
        match self.subjects.entry(subject) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(new) => Ok(new.insert(state(self.connection, subject)?)),
        }
    }

    /// Version 0: the subject is to be created by this very act.
    fn expect(&mut self, subject: SubjectId, version: u64) -> Result<(), CommitError> {
        let holds = match self.named(subject) {
            Err(CommitError::Missing { .. }) if version == 0 => true,
            named => version > 0 && named?.version == version,
        };
        if holds { Ok(()) } else { Err(CommitError::Moved) }
    }

    /// Notes that the act changes the subject's state.
    fn touch(&mut self, subject: SubjectId) -> Result<(), CommitError> {
        let state = self.named(subject)?;
        if state.forgotten {
            return Err(CommitError::Erased(subject));
        }
        state.touched = true;
        Ok(())
    }

    /// The same, where the forgotten do not stand in the way: they have no state left that could move.
    fn touch_unless_forgotten(&mut self, subject: SubjectId) -> Result<(), CommitError> {
        match self.touch(subject) {
            Err(CommitError::Erased(_)) => Ok(()),
            touched => touched,
        }
    }

    /// Whose the thing of an id is.
    fn whose(&self, sql: &'static str, id: &[u8; 16], what: &'static str) -> Result<SubjectId, CommitError> {
        self.connection.row(sql, values![id], |row| row.get(0))?.ok_or(CommitError::Missing { what })
    }

    /// Runs a statement by which one row comes, or the engine says why not.
    fn add<'v>(
        &self,
        sql: &'static str,
        what: &'static str,
        values: impl AsRef<[Value<'v>]>,
    ) -> Result<(), CommitError> {
        self.connection.later(sql, values, Must::Come(what))
    }

    /// Runs a statement; one row must change.
    fn put<'v>(
        &self,
        sql: &'static str,
        what: &'static str,
        values: impl AsRef<[Value<'v>]>,
    ) -> Result<(), CommitError> {
        self.connection.later(sql, values, Must::Change(what))
    }
}

/// One link of the chain from a subject to its leaves.
pub(crate) struct Link {
    pub(crate) leaf: u64,
    /// 0 at the end of the chain.
    pub(crate) previous: u64,
    pub(crate) salt: [u8; 32],
}

impl Link {
    fn to_bytes(&self) -> [u8; 48] {
        let mut bytes = [0; 48];
        let (leaf, rest) = bytes.split_at_mut(8);
        let (previous, salt) = rest.split_at_mut(8);
        leaf.copy_from_slice(&self.leaf.to_be_bytes());
        previous.copy_from_slice(&self.previous.to_be_bytes());
        salt.copy_from_slice(&self.salt);
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (leaf, rest) = bytes.split_first_chunk()?;
        let (previous, salt) = rest.split_first_chunk()?;
        let (leaf, previous) = (u64::from_be_bytes(*leaf), u64::from_be_bytes(*previous));
        Some(Self { leaf, previous, salt: salt.try_into().ok()? })
    }
}

const LINK: &str = "SELECT body FROM leaf_link WHERE link = ?1";

/// Walks a subject's chain from `link`, newest leaf first.
pub(crate) fn walk(
    connection: &Connection,
    link: u64,
    mut visit: impl FnMut(u64, Link) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    walk_while(connection, link, |at, link| visit(at, link).map(|()| true))
}

/// The same, as long as the visitor says to go on.
pub(crate) fn walk_while(
    connection: &Connection,
    mut link: u64,
    mut visit: impl FnMut(u64, Link) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    let damaged = "the chain from a subject to its leaves";
    while link > 0 {
        let bytes: [u8; 48] = connection.one(LINK, values![link], |row| row.get(0))?;
        let body = Link::from_bytes(&bytes).ok_or(StoreError::Damaged(damaged))?;
        // Links are numbered as they come: a chain that does not descend is damaged, and might never end.
        if body.previous >= link {
            return Err(StoreError::Damaged(damaged));
        }
        let previous = body.previous;
        link = if visit(link, body)? { previous } else { 0 };
    }
    Ok(())
}
