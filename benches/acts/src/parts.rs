//! The parts of an act beside the primitives that they stand on: sealing and opening beside the bare cipher, the tree beside
//! bare SHA-256, a mask beside the clock.

use std::hint::black_box;

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use ledger::tile::TILE_WIDTH;
use ledger::{Edge, Tiles, leaf_hash, proof};
use model::field::{Mask, Validator};
use model::{AttachmentId, Clear, RecordId, Slug, SubjectId};
use policy::decide::Permit;
use policy::question::{Actor, Processing, Subject};
use policy::syntax::Action;
use race::{Lane, nanos, race};
use vault::field::{mask, normalise};
use vault::{PlatformKeys, RootKey, RootKeys, Suite, Whose};

use crate::field::Field;
use crate::house::{Drawn, Engine};
use crate::limit::cipher::{Bare, leaf_and_node};
use crate::table::{at_least, at_most, head, rate, row, share};
use crate::workload::Workload;

/// Rounds of short turns: most of them are not interrupted, whatever else runs.
const ROUNDS: usize = 101;

/// Sealings of one turn.
const SEALED: usize = 100;

/// Bytes of a value, and how many times as much a piece of an attachment is.
const LENGTHS: [usize; 2] = [64, 1024];

/// Bytes of a piece of an attachment.
const PIECE: usize = 64 * 1024;

/// Pieces of one turn.
const PIECES: usize = 4;

/// Bytes of a leaf, as in `docs/performance.md`.
const LEAF: usize = 200;

/// Leaves of one turn; those of the tree in which places are proved, and proofs of one turn.
const LEAVES: usize = 1_000;
const TREE: u64 = 1_000_000;
const PROOFS: usize = 100;

/// Masks of one turn.
const MASKED: usize = 10_000;

/// Share of the hashes that the tree must keep.
const OF_HASHES: f64 = 0.85;

/// Nanoseconds that a proof, and a mask, may take.
const PROOF: f64 = 4_000.0;
const MASK: f64 = 25.0;

pub(crate) async fn run(workload: &std::sync::Arc<Workload>) -> Result<()> {
    let field = Field::new(workload, &Engine::Sqlite).await?;
    let somebody = Somebody::of(&field).await?;
    ciphers(workload, &field, &somebody)?;
    tree()?;
    masks()
}

/// Somebody in a store, whose state permits get written on.
struct Somebody {
    snapshot: model::act::Snapshot,
    subject: SubjectId,
    record: RecordId,
}

impl Somebody {
    async fn of(field: &Field) -> Result<Self> {
        let subject = field.somebody().await?;
        let platform = &field.workload.platform;
        let snapshot = field.bench.store.snapshot(platform, subject).await?.context("nobody is there")?;
        let record = snapshot.state().records.first().and_then(|record| record.id).context("no record is there")?;
        Ok(Self { snapshot, subject, record })
    }

    /// Permits to collect one item, each good for one sealing.
    fn permits(&self, field: &Field, count: usize) -> Result<Vec<Permit>> {
        let Workload { platform, collect, seal, .. } = &*field.workload;
        let asked = Processing {
            function: Some(collect.function.to_string()),
            actor: Actor::System,
            subject: Subject::Known { id: self.subject },
            ..Processing::new(platform.clone(), Action::Collect, collect.person.as_str(), vec![seal.item.to_string()])
        };
        let tables = &field.bench.platform.tables;
        let permit = |_| tables.permit(&self.snapshot, None, &asked, self.record, field.bench.house.now()).1;
        (0..count).map(permit).collect::<Option<_>>().context("nothing is permitted")
    }
}

fn ciphers(workload: &Workload, field: &Field, somebody: &Somebody) -> Result<()> {
    let columns = ["sealed", "ours", "bare, key kept", "ours ÷ bare", "bare, key a message", "ours ÷ bare"];
    head("Sealing beside the bare cipher, MB/s on one core", &columns)?;
    for suite in Suite::ALL {
        let keys = keys(workload, *suite, field.bench.house.now())?;
        for length in LENGTHS {
            value(*suite, &keys, (field, somebody), length)?;
        }
        pieces(*suite, &keys, (field, somebody))?;
    }
    Ok(())
}

fn keys(workload: &Workload, suite: Suite, now: Timestamp) -> Result<PlatformKeys> {
    let root = RootKeys::from(RootKey::from_bytes(&mut [0x42; 32])?);
    let wrapped = root.new_platform(&workload.platform, suite, now, &Drawn)?;
    Ok(root.open_platform(&workload.platform, &wrapped, now)?)
}

/// One value a permit into a part that is there: the part's key is unwrapped, the value bound to its place and sealed.
fn value(suite: Suite, keys: &PlatformKeys, (field, somebody): (&Field, &Somebody), length: usize) -> Result<()> {
    let text = "x".repeat(length);
    let item: &Slug = &field.workload.seal.item;
    let mut permits = somebody.permits(field, 1 + SEALED * 2 * ROUNDS)?;
    let first = permits.pop().context("no permit")?;
    let made = keys.seal(first, Whose::Subject, None, vec![(item.clone(), 1, normal(&text)?)], &Drawn)?;
    let wrapped = made.wrapped.context("no key came")?;
    let mut values = (0..permits.len()).map(|_| normal(&text)).collect::<Result<Vec<_>>>()?;
    let ours = Lane::new(SEALED, |_| {
        for _ in 0..SEALED {
            let Some((permit, value)) = permits.pop().zip(values.pop()) else { return };
            let values = vec![(item.clone(), 2, value)];
            drop(black_box(keys.seal(permit, Whose::Subject, Some(&wrapped), values, &Drawn)));
        }
    });
    let [bare, anew] = bares(suite, length, SEALED)?;
    told(&format!("a value of {length} B, {}", suite.word()), length, race(ROUNDS, [ours, bare, anew]))
}

/// Pieces of an attachment on its way in.
fn pieces(suite: Suite, keys: &PlatformKeys, (field, somebody): (&Field, &Somebody)) -> Result<()> {
    let permit = somebody.permits(field, 1)?.pop().context("no permit")?;
    let id = AttachmentId::from_random([9; 16]);
    let mut sealer = keys.seal_attachment(permit, Whose::Subject, None, (&field.workload.seal.item, id), &Drawn)?;
    let ours = Lane::new(PIECES, |_| {
        for _ in 0..PIECES {
            drop(black_box(sealer.push(Clear::new(vec![7; PIECE]))));
        }
    });
    let [bare, anew] = bares(suite, PIECE, PIECES)?;
    told(&format!("64 KiB of an attachment, {}", suite.word()), PIECE, race(ROUNDS, [ours, bare, anew]))
}

/// The bare cipher over as many bytes: with a key that is kept, and with a key a message.
fn bares<'l>(suite: Suite, length: usize, turns: usize) -> Result<[Lane<'l>; 2]> {
    let (kept, mut bytes) = (Bare::of(suite)?, vec![7; length]);
    let bare = Lane::new(turns, move |_| {
        for _ in 0..turns {
            black_box(kept.seal(&mut bytes));
        }
    });
    let mut bytes = vec![7; length];
    let anew = Lane::new(turns, move |_| {
        for _ in 0..turns {
            black_box(Bare::of(suite).is_ok_and(|bare| bare.seal(&mut bytes)));
        }
    });
    Ok([bare, anew])
}

fn told(what: &str, length: usize, times: [f64; 3]) -> Result<()> {
    let [ours, kept, anew] = times;
    let speed = |nanos: f64| format!("{:.0}", length as f64 * 1e3 / nanos);
    let cells = [what.to_owned(), speed(ours), speed(kept), share(kept / ours), speed(anew), share(anew / ours)];
    row(&cells)
}

fn normal(text: &str) -> Result<vault::field::Normal> {
    Ok(normalise(Validator::Text, text)?)
}

fn tree() -> Result<()> {
    head("The tree beside SHA-256, on one core", &["what", "ours", "limit", "ratio", "target"])?;
    let entry = [7; LEAF];
    let (prefixed, node) = ([&[0], entry.as_slice()].concat(), [1; 65]);
    let mut edge = Edge::empty();
    let ours = Lane::new(LEAVES, |_| {
        for _ in 0..LEAVES {
            edge.append(leaf_hash(black_box(&entry)));
        }
        drop(black_box(edge.take_changed_tiles()));
    });
    let bare = Lane::new(LEAVES, |_| (0..LEAVES).for_each(|_| leaf_and_node(&prefixed, &node)));
    let [ours, bare] = race(ROUNDS, [ours, bare]).map(|nanos| 1e9 / nanos);
    row(&[
        format!("leaves of {LEAF} B appended, a second"),
        rate(ours),
        format!("{} leaf and node hashes", rate(bare)),
        share(ours / bare),
        at_least(ours / bare, Some(OF_HASHES), share),
    ])?;
    let proved = proofs();
    let target = at_most(proved, Some(PROOF), nanos);
    row(&[format!("a proof among {TREE} leaves"), nanos(proved), "–".to_owned(), "–".to_owned(), target])
}

fn proofs() -> f64 {
    let mut edge = Edge::empty();
    for n in 0..TREE {
        edge.append(leaf_hash(&n.to_be_bytes()));
    }
    let tiles: Tiles = edge.take_changed_tiles().into_iter().collect();
    // The hashes between two levels of tiles are made at a tile's first use, and kept with it.
    for first in (0..TREE).step_by(usize::from(TILE_WIDTH)) {
        drop(black_box(proof::inclusion(first, TREE, &tiles)));
    }
    let mut at = 0;
    let lane = Lane::new(PROOFS, |_| {
        for _ in 0..PROOFS {
            at = (at + 618_033) % TREE;
            drop(black_box(proof::inclusion(at, TREE, &tiles)));
        }
    });
    let [nanos] = race(ROUNDS, [lane]);
    nanos
}

fn masks() -> Result<()> {
    head("A masked field", &["mask", "ours", "target"])?;
    let someone = testkit::person(7);
    let fields =
        [(Mask::NameSurname, &someone.name), (Mask::Id1x1, &someone.number), (Mask::Mobile3x4, &someone.phone)];
    for (kind, value) in fields {
        let mut out = String::with_capacity(256);
        let lane = Lane::new(MASKED, |_| {
            for _ in 0..MASKED {
                out.clear();
                let _ = black_box(mask(black_box(kind), black_box(value), &mut out));
            }
        });
        let [taken] = race(ROUNDS, [lane]);
        row(&[kind.to_string(), nanos(taken), at_most(taken, Some(MASK), nanos)])?;
    }
    Ok(())
}
