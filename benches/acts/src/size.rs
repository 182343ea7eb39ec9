//! What many people cost: the time of one act among a million beside that among ten thousand, the bytes of an act, and how
//! soon and how large a house is that opens on all of them.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use desk::read::{Sign, find};
use model::{Clear, SubjectId};
use race::{median, nanos};

use crate::field::{Act, Field};
use crate::hand::Hand;
use crate::house::Engine;
use crate::opened::Opened;
use crate::table::{at_most, head, rate, row, say};
use crate::workload::Workload;
use crate::{limit, load};

/// People of the small house.
const SMALL: u32 = 10_000;

/// People of each house whom the acts are about, spread over all.
const SAMPLE: u32 = 500;

const ROUNDS: usize = 12;

/// Acts of one kind in a turn.
const TURN: usize = 200;

/// How much longer an act may take among many people.
const SLOWER: f64 = 1.15;

/// Acts of one kind after which the bytes are counted.
const COUNTED: u32 = 2_000;

/// How long a house that was left may still be closing.
const CLOSING: Duration = Duration::from_secs(30);

pub(crate) async fn run(workload: &Arc<Workload>, people: u32) -> Result<()> {
    let small = Loaded::new(workload, SMALL).await?;
    let large = Loaded::new(workload, people).await?;
    say(&format!("\n{people} people with three consents each: loaded at {}/s", rate(f64::from(people) / large.took)))?;
    compared(&small, &large, people).await?;
    bytes(&small.field).await?;
    let Loaded { field, .. } = large;
    let folder = field.leave();
    reopened(folder.path(), people).await
}

/// A house with imported people.
struct Loaded {
    field: Field,
    sample: Vec<SubjectId>,
    /// Seconds that loading took.
    took: f64,
}

impl Loaded {
    async fn new(workload: &Arc<Workload>, people: u32) -> Result<Self> {
        let field = Field::empty(workload, &Engine::Sqlite).await?;
        let begun = Instant::now();
        load::people(&field, people).await?;
        let took = begun.elapsed().as_secs_f64();
        let sample = sampled(&field, people).await?;
        Ok(Self { field, sample, took })
    }

    /// Nanoseconds of each act of a turn.
    async fn turn(&self, act: Act, round: usize) -> Result<Vec<f64>> {
        let mut hand = Hand::Inside(self.field.inside());
        let mut taken = Vec::with_capacity(TURN);
        for subject in self.sample.iter().cycle().skip(round * TURN).take(TURN) {
            let begun = Instant::now();
            match act {
                Act::Consent => hand.consent(*subject).await?,
                _ => hand.read(*subject).await?,
            }
            taken.push(begun.elapsed().as_secs_f64() * 1e9);
        }
        Ok(taken)
    }
}

/// Some of the people, found as a system finds them.
async fn sampled(field: &Field, people: u32) -> Result<Vec<SubjectId>> {
    let inside = field.inside();
    let mut sample = Vec::new();
    for n in 0..SAMPLE {
        let phone = Clear::new(testkit::person(n * (people / SAMPLE)).phone);
        let found = find(&inside.house, &inside.platform, &inside.caller, Sign::Phone, &phone).await;
        sample.push(found?.context("somebody is not there")?);
    }
    Ok(sample)
}

async fn compared(small: &Loaded, large: &Loaded, people: u32) -> Result<()> {
    let names = [format!("p50 among {SMALL}"), format!("p50 among {people}")];
    head("One client, in process on SQLite", &["act", &names[0], &names[1], "ratio", "target"])?;
    for act in [Act::Read, Act::Consent] {
        let mut taken = [Vec::new(), Vec::new()];
        for round in 0..ROUNDS {
            for (all, house) in taken.iter_mut().zip([small, large]) {
                all.extend(house.turn(act, round).await?);
            }
        }
        let [few, many] = taken.map(median);
        let target = at_most(many / few, Some(SLOWER), |ratio| format!("{ratio:.2}"));
        row(&[act.name().to_owned(), nanos(few), nanos(many), format!("{:.2}", many / few), target])?;
    }
    Ok(())
}

/// What an act leaves on the disk, with its leaf, its tiles and every index.
async fn bytes(field: &Field) -> Result<()> {
    head("Bytes on disk", &["act", "bytes"])?;
    let folder = field.folder.path();
    let mut hand = Hand::Inside(field.inside());
    for act in [Act::Register, Act::Consent, Act::Collect, Act::Read] {
        // Somebody new for each kind: nobody has thousands of records to be read.
        let somebody = field.somebody().await?;
        let before = limit::sqlite::bytes(folder)?;
        for _ in 0..COUNTED {
            match act {
                Act::Register => drop(hand.register(field.typed()).await?),
                Act::Consent => hand.consent(somebody).await?,
                Act::Collect => hand.collect(somebody).await?,
                Act::Read | Act::Erase => hand.read(somebody).await?,
            }
        }
        let grown = limit::sqlite::bytes(folder)?.saturating_sub(before);
        row(&[act.name().to_owned(), (grown / u64::from(COUNTED)).to_string()])?;
    }
    Ok(())
}

async fn reopened(folder: &Path, people: u32) -> Result<()> {
    closed(folder).await?;
    let stored = limit::sqlite::bytes(folder)?;
    let opened = Opened::start(folder)?;
    head(&format!("A house of {people} people"), &["what", "ours"])?;
    row(&["bytes a person on disk".to_owned(), (stored / u64::from(people)).to_string()])?;
    row(&["from start to the first answer".to_owned(), format!("{:.0} ms", opened.took.as_secs_f64() * 1e3)])?;
    row(&["memory then".to_owned(), format!("{} MiB", opened.resident()? / 1024)])
}

/// Waits until nobody holds the folder any more.
async fn closed(folder: &Path) -> Result<()> {
    let begun = Instant::now();
    while store::sqlite::open(folder).is_err() {
        if begun.elapsed() > CLOSING {
            bail!("the house does not close");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}
