//! Witnesses of a ledger: each is offered its newest head, with the proof that it extends what the witness has seen. What comes back
//! stands as a further line under the head, and under the receipts of every leaf below it.
//!
//! A witness that has seen more than the database holds, or another history, proves that the database is not the one that went on:
//! an old copy, most likely. The platform is then not served, so that nobody builds on it or is told what has changed since.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use ledger::witness::Request;
use ledger::{SignedCheckpoint, VerifierKey};
use model::Slug;
use store::CheckpointRow;

use super::verify::{Check, Checked};
use super::{broken, consistency, signed};
use crate::ports::{Answered, Outside, Witness};
use crate::{House, Platform, Refusal};

/// How long a witness's word is good for: then it is asked again, though nothing was added.
const FRESH: SignedDuration = SignedDuration::from_hours(1);

/// How often one is asked anew within one round, because its head is not the one that we know of.
const TRIES: usize = 4;

/// How a witness stands to one platform's ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its name.
    pub witness: String,
    /// Whether nothing is served before it has answered at the start.
    pub is_required: bool,
    /// Leaves of the newest head that it cosigned in this process's time, and when.
    pub cosigned: Option<(u64, Timestamp)>,
    /// What the last round came to.
    pub last: Word,
}

/// What asking a witness came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// It cosigned.
    Cosigned,
    /// It did not answer, or not as a witness does.
    Silent(Outside),
    /// It does not watch this ledger, or knows it under another key: its operator is to be told the verifier key.
    Unwatched,
    /// Other servers moved its head on again and again.
    Moved,
    /// It has seen another history, or more of this one.
    Contradicts,
}

impl Word {
    /// The word for logs and measures.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cosigned => "cosigned",
            Self::Silent(_) => "silent",
            Self::Unwatched => "unwatched",
            Self::Moved => "moved",
            Self::Contradicts => "contradicts",
        }
    }
}

/// What witnesses said of the ledgers of this process.
#[derive(Default)]
pub(crate) struct Said(Mutex<BTreeMap<Slug, OfLedger>>);

#[derive(Default)]
struct OfLedger {
    /// The newest head that was cosigned, with every line that was given for it.
    head: Option<SignedCheckpoint>,
    standings: BTreeMap<String, Standing>,
    /// Why the platform is not served.
    barred: Option<String>,
}

impl Said {
    fn of<T>(&self, id: &Slug, look: impl FnOnce(&mut OfLedger) -> T) -> T {
        look(self.all().entry(id.clone()).or_default())
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<Slug, OfLedger>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why a platform is not served, where a witness contradicts its ledger.
    pub(crate) fn barred(&self, id: &Slug) -> Option<String> {
        self.all().get(id).and_then(|of| of.barred.clone())
    }

    /// The newest cosigned head, where it covers a leaf.
    pub(super) fn covering(&self, id: &Slug, leaf: u64) -> Option<SignedCheckpoint> {
        let all = self.all();
        let head = all.get(id).and_then(|of| of.head.as_ref());
        head.filter(|head| head.unverified().size() > leaf).cloned()
    }
}

impl House {
    /// How every witness stands to the ledger of every platform that it was asked about.
    pub fn witnesses(&self) -> Vec<(Slug, Standing)> {
        let all = self.said.all();
        all.iter().flat_map(|(id, of)| of.standings.values().map(|one| (id.clone(), one.clone()))).collect()
    }

    /// Whether a platform's database is known to be the one that went on: every witness has cosigned its ledger since this process
    /// began. Where there is no witness, nobody can say otherwise.
    pub(crate) fn is_current(&self, id: &Slug) -> bool {
        self.said.of(id, |of| {
            let cosigned = |witness: &Witness| {
                of.standings.get(witness.key.name()).is_some_and(|standing| standing.cosigned.is_some())
            };
            of.barred.is_none() && self.parties.witnesses.all().iter().all(cosigned)
        })
    }
}

/// The newest head of a platform's ledger that witnesses have cosigned, as a note.
///
/// # Errors
/// [`Refusal::NotFound`] where none has, since this server started.
pub fn witnessed(house: &House, platform: &Platform) -> Result<String, Refusal> {
    let head = house.said.covering(&platform.id, 0);
    head.map(|head| head.to_string()).ok_or(Refusal::NotFound("head that a witness has cosigned"))
}

/// Asks every witness that has something to be asked: the ledger has grown since its word, or that is old, or there is none.
///
/// # Errors
/// [`Refusal::Overtaken`] where one contradicts the ledger: from then on the platform is not served.
pub async fn ask_witnesses(house: &House, platform: &Platform) -> Result<(), Refusal> {
    for witness in house.parties.witnesses.all() {
        let size = house.store.head(&platform.id).await?.size;
        let known = house.said.of(&platform.id, |of| of.standings.get(witness.key.name()).cloned());
        let stands = |standing: &Standing| {
            let fresh = |at: Timestamp| house.now().duration_since(at) < FRESH;
            standing.last == Word::Cosigned && standing.cosigned.is_some_and(|(of, at)| of == size && fresh(at))
        };
        if !known.as_ref().is_some_and(stands) {
            one(house, platform, witness, known).await?;
        }
    }
    Ok(())
}

async fn one(house: &House, platform: &Platform, witness: &Witness, known: Option<Standing>) -> Result<(), Refusal> {
    let before = known.and_then(|known| known.cosigned);
    let (last, cosigned, barred) = match offered(house, platform, witness, before.map_or(0, |(size, _)| size)).await? {
        Came::To(Word::Cosigned, size) => (Word::Cosigned, Some((size, house.now())), None),
        Came::To(word, _) => (word, before, None),
        Came::Against(why) => (Word::Contradicts, before, Some(why)),
    };
    let name = witness.key.name().to_owned();
    if last != Word::Cosigned {
        tracing::warn!(platform = %platform.id, witness = name, word = last.word(), "a witness did not cosign");
    }
    let standing = Standing { witness: name.clone(), is_required: witness.is_required, cosigned, last };
    house.said.of(&platform.id, |of| {
        of.standings.insert(name, standing);
        of.barred = of.barred.take().or_else(|| barred.clone());
    });
    barred.map_or(Ok(()), |why| {
        tracing::error!(platform = %platform.id, why, "the platform is not served");
        Err(Refusal::Overtaken(why))
    })
}

/// What a round came to.
enum Came {
    /// A word, and the size of the head that was offered last.
    To(Word, u64),
    /// The witness contradicts the ledger, in these words.
    Against(String),
}

async fn offered(house: &House, platform: &Platform, witness: &Witness, mut old: u64) -> Result<Came, Refusal> {
    let name = witness.key.name();
    let mut size = 0;
    for _ in 0..TRIES {
        // The newest head each time: another server may have added what the witness has seen.
        let head = signed(house, platform).await?;
        size = head.unverified().size();
        if old > size {
            return Ok(Came::Against(behind(name, old, size)));
        }
        let proof = consistency(house, platform, old, size).await?;
        let request = Request { old, proof, head: head.clone() };
        match house.parties.witnesses.add_checkpoint(name, request.to_string()).await {
            Ok(Answered::Cosigned(lines)) => return taken(house, platform, witness, head, &lines).await,
            Ok(Answered::Holds(held)) if held == old && old == size => return Ok(Came::Against(forked(name, held))),
            // It holds what it was told that it holds: nonsense.
            Ok(Answered::Holds(held)) if held == old => return Ok(Came::To(Word::Silent(Outside::Untrusted), size)),
            Ok(Answered::Holds(held)) => old = held,
            Ok(Answered::Unproved) => return Ok(Came::Against(forked(name, old))),
            Ok(Answered::UnknownLog | Answered::OtherKey) => return Ok(Came::To(Word::Unwatched, size)),
            Err(why) => return Ok(Came::To(Word::Silent(why), size)),
        }
    }
    Ok(Came::To(Word::Moved, size))
}

/// Keeps the line of a witness under the head for which it was given.
async fn taken(
    house: &House,
    platform: &Platform,
    witness: &Witness,
    mut head: SignedCheckpoint,
    lines: &str,
) -> Result<Came, Refusal> {
    let size = head.unverified().size();
    if head.take_cosignature(lines, &witness.key).is_err() {
        return Ok(Came::To(Word::Silent(Outside::Untrusted), size));
    }
    // Another server, with another witness, may have put a line there meanwhile.
    let newest = house.store.checkpoint(&platform.id).await?.filter(|row| row.size == size);
    if let Some(kept) = newest.map(|row| SignedCheckpoint::parse(&row.note)).transpose().map_err(broken)? {
        let mut both = kept;
        if both.unverified() == head.unverified() && both.take_cosignature(lines, &witness.key).is_ok() {
            head = both;
        }
    }
    let row = CheckpointRow { size, note: head.to_string(), at: house.now() };
    house.store.checkpoint_put(&platform.id, row).await?;
    house.said.of(&platform.id, |of| of.head = Some(head));
    Ok(Came::To(Word::Cosigned, size))
}

fn behind(witness: &str, seen: u64, here: u64) -> String {
    format!(
        "the witness {witness} has cosigned {seen} leaves of this ledger, and this database holds {here}: it is an older copy. \
         Stop the server, and put the newest database back, or restore the newest backup; docs/witness.md says what to do when \
         there is none"
    )
}

fn forked(witness: &str, seen: u64) -> String {
    format!(
        "the witness {witness} has cosigned {seen} leaves of this ledger that this database does not hold so: it is an older copy \
         to which something was added. Stop the server, keep this database as evidence, and put the one back that went on; \
         docs/witness.md says what to do when there is none"
    )
}

/// Whether each of these witnesses cosigned a signed head, given as a note.
pub fn cosigned(note: &str, witnesses: &[VerifierKey]) -> Vec<Checked> {
    let head = SignedCheckpoint::parse(note);
    let check = |witness: &VerifierKey| {
        let found = head.as_ref().map_err(ToString::to_string);
        let time = found.and_then(|head| head.cosigned(witness).map_err(|why| why.to_string()));
        let passed = Some(time.is_ok());
        let at = |seconds: u64| {
            let at = i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
            at.map_or_else(|| format!("{seconds} seconds after 1970"), |at| at.to_string())
        };
        let detail = time.map_or_else(
            |why| format!("{}: {why}", witness.name()),
            |time| format!("{} cosigned at {}", witness.name(), at(time)),
        );
        Checked { what: Check::Witness, passed, detail }
    };
    witnesses.iter().map(check).collect()
}
