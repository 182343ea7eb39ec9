//! Importing (导入): customers, records and consents that the company kept elsewhere before. A batch of rows is one act
//! with one leaf; a batch that comes again is answered and not repeated, so an import that was cut short goes on.
//!
//! As with what a system hands in, the items were collected elsewhere: the question is `retain`. A consent that comes along
//! keeps the day on which it was given and says how well it is proved ([`crate::consent::Evidence`]); one of no version that is
//! known here opens nothing, so its giver is asked anew.

use std::collections::BTreeSet;

use jiff::Timestamp;
use ledger::Edge;
use model::act::{Account, Consent, GivenBy};
use model::key::SearchToken;
use model::{ConsentId, Fingerprint, Slug, SubjectId};
use policy::label::written;
use policy::question::Answer;
use policy::syntax::Form;
use serde::{Deserialize, Serialize};
use store::{ConsentGiven, NewSubject, PublicationHead, TokenKind, Write};

use super::HandIn;
use super::handed::{Filing, Given, Named, Takes, expected, fill, people};
use super::ids::Ids;
use super::standing::{Claims, Filed, Seen, Standing};
use crate::act::{Draft, Once, TRIES};
use crate::consent::{Manner, party_fits, scope};
use crate::leaf::{Act, Entry, Who};
use crate::refusal::FieldFault;
use crate::{House, Platform, Refusal};

/// Most rows of a batch: what an act can hold that many people share.
pub const MOST_ROWS: usize = 50;

/// What a consent names as its policy where nobody knows.
const UNKNOWN: &str = "unknown";

/// One row: a record, with the consents of those who stand in it.
pub struct ImportRow {
    /// Where it stands in the file, counted from 1.
    pub line: u64,
    /// The record.
    pub record: HandIn,
    /// Who of its people has an account, by place among them.
    pub account: Option<usize>,
    /// Consents that were given before.
    pub consents: Vec<Legacy>,
}

/// A consent that was given elsewhere, before.
#[derive(Debug, Clone)]
pub struct Legacy {
    /// Who gave it, by place among the people of the row.
    pub person: usize,
    /// Scope id, as the policy in force names it.
    pub scope: String,
    /// Chosen party.
    pub party: Option<Slug>,
    /// How it was given.
    pub artefact: Manner,
    /// By whom.
    pub by: GivenBy,
    /// When.
    pub at: Timestamp,
    /// When it ends by itself.
    pub until: Option<Timestamp>,
    /// The version that it was given for: fingerprint or name; `None` where nobody knows.
    pub policy: Option<String>,
}

/// A row that was not taken in. Free of personal information.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unfit {
    /// Line.
    pub line: u64,
    /// What is wrong: item or scope, and the code of the reason.
    pub why: Vec<(String, String)>,
}

/// A batch, taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batched {
    /// Leaf.
    pub leaf: u64,
    /// Rows taken in.
    pub taken: u64,
    /// Rows that were not.
    pub unfit: Vec<Unfit>,
    /// Whether this is the answer of the first time.
    pub again: bool,
}

/// What the key of a batch repeats.
#[derive(Serialize, Deserialize)]
struct Kept {
    taken: u64,
    unfit: Vec<Unfit>,
}

/// A row that can be asked about.
struct Ready {
    line: u64,
    record: HandIn,
    people: Vec<Named>,
    account: Option<usize>,
    consents: Vec<Legacy>,
}

/// Takes a batch of rows in; `name` and `number` say which batch of which import it is, `request` is all of it.
///
/// # Errors
/// [`Refusal::KeyReused`] when that batch came before with other rows; [`Refusal::Wrong`] for more than [`MOST_ROWS`].
pub async fn import(
    house: &House,
    platform: &Platform,
    (name, number): (&str, u64),
    rows: Vec<ImportRow>,
    request: &[u8],
) -> Result<Batched, Refusal> {
    if rows.len() > MOST_ROWS {
        return Err(Refusal::Wrong(format!("a batch has at most {MOST_ROWS} rows")));
    }
    let once = Once::new(platform, "import", &format!("{number}:{name}"), request);
    if let Some((leaf, Kept { taken, unfit })) = house.answered(platform, Some(once)).await? {
        return Ok(Batched { leaf, taken, unfit, again: true });
    }
    let (mut ready, mut unread) = (Vec::new(), Vec::new());
    for ImportRow { line, mut record, account, consents } in rows {
        match people(platform, std::mem::take(&mut record.people)) {
            Ok(people) => ready.push(Ready { line, record, people, account, consents }),
            Err(Refusal::Fields(faults)) => unread.push(Unfit { line, why: told(faults) }),
            Err(refusal) => return Err(refusal),
        }
    }
    let beside = house.importing.read().await;
    if let Some(done) = attempt(house, platform, (&ready, &unread), once, true).await? {
        return Ok(done);
    }
    drop(beside);
    // Of batches in which one person stands all but one are in each other's way: those come one after the other.
    let _alone = house.importing.write().await;
    for _ in 1..TRIES {
        if let Some(done) = attempt(house, platform, (&ready, &unread), once, false).await? {
            return Ok(done);
        }
    }
    Err(Refusal::Contended)
}

/// `None` where somebody else brought one of them in meanwhile.
async fn attempt(
    house: &House,
    platform: &Platform,
    (ready, unread): (&[Ready], &[Unfit]),
    once: Once,
    first: bool,
) -> Result<Option<Batched>, Refusal> {
    let platform = house.current(platform);
    let mut batch = Batch::begin(house, &platform, ready).await?;
    batch.unfit.extend_from_slice(unread);
    for row in ready {
        batch.take(row, first).await?;
    }
    match batch.commit(once).await {
        Err(Refusal::Taken(_)) => Ok(None),
        done => done,
    }
}

/// One act under way.
struct Batch<'h> {
    house: &'h House,
    platform: &'h Platform,
    /// Each that was published here.
    versions: Vec<PublicationHead>,
    now: Timestamp,
    entry: Entry,
    seen: Seen,
    ids: Ids<'h>,
    standings: Vec<Standing>,
    claims: Claims,
    writes: Vec<Write>,
    /// Who has an account from now on.
    opened: BTreeSet<SubjectId>,
    rows: Edge,
    taken: u64,
    unfit: Vec<Unfit>,
}

impl<'h> Batch<'h> {
    async fn begin(house: &'h House, platform: &'h Platform, rows: &[Ready]) -> Result<Self, Refusal> {
        let now = house.now();
        let people = rows.iter().flat_map(|row| &row.people);
        Ok(Self {
            house,
            platform,
            versions: house.store.publication_heads(&platform.id).await?,
            now,
            entry: platform.entry(Act::Import, Who::House, now),
            seen: Seen::of(house, platform, people.map(Named::typed)).await?,
            ids: Ids::together(house, now),
            standings: Vec::new(),
            claims: Claims::new(),
            writes: Vec::new(),
            opened: BTreeSet::new(),
            rows: Edge::empty(),
            taken: 0,
            unfit: Vec::new(),
        })
    }

    /// Takes a row in, or notes why not; nothing of it stays then. `first`: a refusal by a decision leaves its leaf.
    async fn take(&mut self, row: &Ready, first: bool) -> Result<(), Refusal> {
        let (stood, claimed) = (self.standings.len(), self.claims.clone());
        let unfit = match self.row(row).await {
            Ok(()) => {
                self.taken += 1;
                return Ok(());
            }
            Err(Filing::Denied(answer, known)) => {
                let why = denied(&answer);
                if first {
                    let entry = self.platform.entry(Act::Import, Who::House, self.now);
                    let left = self.house.refuse(self.platform, entry, known, *answer).await;
                    if !matches!(left, Refusal::Denied(_)) {
                        return Err(left);
                    }
                }
                why
            }
            Err(Filing::Broken(Refusal::Fields(faults))) => told(faults),
            Err(Filing::Broken(Refusal::Wrong(why))) => vec![("row".to_owned(), why)],
            Err(Filing::Broken(refusal)) => return Err(refusal),
        };
        self.standings.truncate(stood);
        self.claims = claimed;
        self.unfit.push(Unfit { line: row.line, why: unfit });
        Ok(())
    }

    async fn row(&mut self, row: &Ready) -> Result<(), Filing> {
        let filed = Filed::beside(std::mem::take(&mut self.claims));
        let (handed, people, takes) = (&row.record, row.people.as_slice(), Takes::Everything);
        let given = Given { handed, people, takes, seen: &self.seen, ids: self.ids };
        let asked = (&Who::House, self.now);
        let filled = fill(self.house, self.platform, given, (&mut self.standings, filed), asked).await?;
        let (header, mut filed) = (filled.header, filled.filed);
        self.claims = filed.claims();
        let whose = |place: usize| filled.places.get(&place).and_then(|at| self.standings.get(*at));
        let items = filed.items();
        let record = header.id;
        let mut writes = vec![Write::Record(header)];
        writes.extend(filed.writes);
        let mut scopes = Vec::new();
        for legacy in &row.consents {
            let giver = whose(legacy.person).ok_or_else(|| fault(&legacy.scope, "person"))?;
            writes.push(Write::Consent(self.consent(giver.id, legacy)?));
            scopes.push(legacy.scope.clone());
        }
        let holder = row.account.map(|place| whose(place).ok_or_else(|| fault("account", "person"))).transpose()?;
        let opened = holder.filter(|one| one.snapshot.state().account == Account::None).map(|one| one.id);
        self.writes.extend(writes);
        self.opened.extend(opened);
        self.entry.items.extend(items);
        self.entry.scopes.extend(scopes);
        self.rows.append(ledger::leaf_hash(&self.platform.keys.digest("import-row", record.as_bytes())));
        Ok(())
    }

    /// Leaves out what claims a token of somebody else's: a telephone that two people share leads to the first.
    async fn leave_taken(&mut self) -> Result<(), Refusal> {
        let claimed = self.writes.iter().filter_map(shared).collect();
        let owners = self.house.store.subjects_by_tokens(&self.platform.id, claimed).await?;
        let mut owners = owners.into_iter();
        self.writes.retain(|write| match (write, shared(write)) {
            (Write::Token(token), Some(_)) => owners.next().flatten().is_none_or(|owner| owner == token.subject),
            _ => true,
        });
        Ok(())
    }

    /// A consent as it was given, under the version that it names.
    fn consent(&self, subject: SubjectId, legacy: &Legacy) -> Result<ConsentGiven, Refusal> {
        let wrong = |code| Err(fault(&legacy.scope, code));
        // A scope that nobody declared may be a value in the wrong place: it is not repeated.
        let Some(scope) = scope(self.platform, &legacy.scope) else { return Err(fault("?", "unknown")) };
        if !party_fits(self.platform, scope, legacy.party.as_ref()) {
            return wrong("party");
        }
        match (scope.form, legacy.artefact) {
            (_, Manner::Prechecked) => return wrong("prechecked"),
            (Form::Separate, Manner::Tick) => return wrong("separate"),
            (Form::Written, _) => return wrong("document"),
            (Form::General | Form::Separate, _) => {}
        }
        if legacy.by == GivenBy::Other {
            return wrong("other");
        }
        if legacy.at > self.now {
            return wrong("future");
        }
        let consent = Consent {
            id: None,
            scope: legacy.scope.clone(),
            party: legacy.party.clone(),
            policy: self.version(legacy.policy.as_deref()),
            text: None,
            by: legacy.by,
            artefact: legacy.artefact.into(),
            at: legacy.at,
            until: legacy.until,
            withdrawn: None,
        };
        let id = ConsentId::from_random(self.house.entropy.draw());
        Ok(ConsentGiven { subject, id, consent, paper: None })
    }

    /// The fingerprint of a version that was in force here; else that nobody knows.
    fn version(&self, named: Option<&str>) -> String {
        let is =
            |head: &&PublicationHead| named.is_some_and(|name| head.stem == name || head.policy.to_string() == name);
        self.versions.iter().rev().find(is).map_or_else(|| UNKNOWN.to_owned(), |head| head.policy.to_string())
    }

    async fn commit(mut self, once: Once) -> Result<Option<Batched>, Refusal> {
        self.leave_taken().await?;
        let Self { house, platform, mut entry, standings, writes, mut opened, rows, taken, mut unfit, .. } = self;
        entry.scopes.sort_unstable();
        entry.scopes.dedup();
        entry.items.sort_unstable();
        entry.items.dedup();
        entry.parts = (taken > 0).then(|| Fingerprint::from_digest(rows.root().0));
        unfit.sort_by_key(|one| one.line);
        let expect = expected(&standings);
        let subjects: Vec<SubjectId> = standings.iter().map(|standing| standing.id).collect();
        let with_account = |new: NewSubject| {
            let account = if opened.remove(&new.id) { Account::Active } else { new.account };
            Write::Subject(NewSubject { account, ..new })
        };
        let made: Vec<Write> = standings.into_iter().filter_map(|one| one.new).map(with_account).collect();
        let opened = opened.into_iter().map(|id| Write::Account(id, Account::Active));
        let mut writes: Vec<Write> = made.into_iter().chain(writes).chain(opened).collect();
        // Facts alike stand together, so that the store writes table by table; what a fact speaks of stands before it.
        writes.sort_by_key(rank);
        let kept = Kept { taken, unfit };
        let draft = Draft { expect, writes, entry, subjects, record: None, key: Some(once.key(&kept)) };
        let Kept { taken, unfit } = kept;
        match house.commit(platform, draft).await {
            Ok(act) => Ok(act.map(|act| Batched { leaf: act.leaf(), taken, unfit, again: false })),
            Err(Refusal::Done { leaf, answer }) => {
                let kept = serde_json::from_slice(&answer);
                let Kept { taken, unfit } = kept.map_err(|_| Refusal::Broken("a kept answer does not read".into()))?;
                Ok(Some(Batched { leaf, taken, unfit, again: true }))
            }
            Err(refusal) => Err(refusal),
        }
    }
}

/// The place of a fact among those of the act.
const fn rank(write: &Write) -> u8 {
    match write {
        Write::Subject(_) => 0,
        Write::Record(_) => 1,
        Write::PartKey(_) => 2,
        Write::Value(_) => 3,
        Write::Token(_) => 4,
        Write::Consent(_) => 5,
        _ => 6,
    }
}

/// The token that something written claims, of those that two people may bear; of two who bear one document number the second
/// is the first.
fn shared(write: &Write) -> Option<(TokenKind, SearchToken)> {
    match write {
        Write::Token(token) if token.kind != TokenKind::Document => Some((token.kind, token.token)),
        _ => None,
    }
}

fn fault(item: &str, code: &'static str) -> Refusal {
    Refusal::Fields(vec![FieldFault::new(item, code)])
}

fn told(faults: Vec<FieldFault>) -> Vec<(String, String)> {
    faults.into_iter().map(|fault| (fault.item, fault.code.to_owned())).collect()
}

/// Why a decision was no, item by item.
fn denied(answer: &Answer) -> Vec<(String, String)> {
    crate::act::reasons(answer).iter().map(|code| ("row".to_owned(), written(code))).collect()
}
