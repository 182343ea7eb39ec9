//! Whole acts a second: register, consent, collect of six items, read (decide, permit, open, mask, leaf), erase; by one, 16
//! and 64 clients, in one process and over HTTP, each beside as many durable commits of the bare engine in the same run.
//!
//! The turns of all three take their places one after the other, round after round, so that time stolen by the host hits
//! all alike; of the rounds the median counts. Every act that is counted was acknowledged, so it and its leaf are durable.

mod bare;
mod hand;
mod people;
mod wire;

use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use hand::{Hand, Inside};
use model::SubjectId;
use testkit::{Power, TestHouse};
use wire::Wire;

/// Rounds of each row.
const ROUNDS: usize = 5;

/// How long a turn lasts.
const TURN: Duration = Duration::from_millis(600);

const CLIENTS: [usize; 3] = [1, 16, 64];

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Register,
    Consent,
    Collect,
    Read,
    Erase,
}

impl Act {
    const ALL: [Self; 5] = [Self::Register, Self::Consent, Self::Collect, Self::Read, Self::Erase];

    const fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Consent => "consent",
            Self::Collect => "collect 6 items",
            Self::Read => "read",
            Self::Erase => "erase",
        }
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    say("| act | clients | ours, acts/s | over HTTP, acts/s | bare engine, commits/s | ours ÷ bare | HTTP ÷ ours |")?;
    say("|---|---|---|---|---|---|---|")?;
    for act in Act::ALL {
        if !wanted.is_empty() && !wanted.iter().any(|one| act.name().starts_with(one.as_str())) {
            continue;
        }
        for clients in CLIENTS {
            row(act, clients).await?;
        }
    }
    Ok(())
}

async fn row(act: Act, clients: usize) -> Result<()> {
    let bench = TestHouse::haigang().await;
    let actions = ["collect", "consent", "show", "rights"];
    let purposes = ["register", "security", "query-account"];
    let token =
        bench.token(Power { actions: &actions, purposes: &purposes, rate: 2_000_000_000, ..Power::default() }).await;
    let server = bench.serve().await;
    let (house, platform) = (Arc::clone(&bench.house), bench.platform());
    let inside = |_| async { Ok(Hand::Inside(Inside { house: Arc::clone(&house), platform: Arc::clone(&platform) })) };
    let text = platform.text.to_string();
    let outside = |_| async { Ok(Hand::Wire(Wire::connect(server.address, token.clone(), text.clone()).await?)) };
    let mut people = people::Counter::default();
    let (mut ours, mut wired, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(turn(act, clients, inside, &mut people).await?);
        wired.push(turn(act, clients, outside, &mut people).await?);
        bare.push(bare::commits(clients, TURN).await?);
    }
    let [ours, wired, bare] = [ours, wired, bare].map(median);
    let (against, over) = (ours / bare, wired / ours);
    say(&format!("| {} | {clients} | {ours:.0} | {wired:.0} | {bare:.0} | {against:.2} | {over:.2} |", act.name()))
}

/// Acts a second of so many clients, each with somebody of its own.
async fn turn<F>(act: Act, clients: usize, hand: impl Fn(usize) -> F, people: &mut people::Counter) -> Result<f64>
where
    F: Future<Output = Result<Hand>>,
{
    let mut ready = Vec::new();
    for client in 0..clients {
        let mut hand = hand(client).await?;
        let own = people.next(OWN);
        let known = match act {
            Act::Register => Vec::new(),
            Act::Consent | Act::Collect | Act::Read => vec![hand.prepared(&own).await?],
            // Who is erased is gone: each turn needs as many as it may erase.
            Act::Erase => prepared(&mut hand, clients, people).await?,
        };
        ready.push((hand, known, own));
    }
    let start = Instant::now();
    let running = ready.into_iter().map(|(hand, known, own)| tokio::spawn(client(act, hand, (known, own), start)));
    let mut done = 0;
    let mut until = start;
    for client in running.collect::<Vec<_>>() {
        let (acts, ended) = client.await.context("a client died")??;
        done += acts;
        until = until.max(ended);
    }
    ensure!(done > 0, "nobody did anything within {TURN:?}");
    Ok(f64::from(done) / until.duration_since(start).as_secs_f64())
}

/// Numbers that a client keeps for the people whom it registers in one turn.
const OWN: u32 = 100_000;

/// So many that the erasing ends before the turn does: then the turn is as long as they took.
async fn prepared(hand: &mut Hand, clients: usize, people: &mut people::Counter) -> Result<Vec<SubjectId>> {
    let each = (640 / clients).max(8);
    let mut known = Vec::with_capacity(each);
    for _ in 0..each {
        known.push(hand.prepared(&people.next(1)).await?);
    }
    Ok(known)
}

/// One client's acts until the time, or its people, are over; how many, and when the last was acknowledged.
async fn client(
    act: Act,
    mut hand: Hand,
    (mut known, own): (Vec<SubjectId>, people::Numbers),
    start: Instant,
) -> Result<(u32, Instant)> {
    let mut done = 0;
    while start.elapsed() < TURN {
        match act {
            Act::Register => drop(hand.register(&own.at(done)).await?),
            Act::Consent => hand.consent(*known.first().context("nobody")?).await?,
            Act::Collect => hand.collect(*known.first().context("nobody")?).await?,
            Act::Read => hand.read(*known.first().context("nobody")?).await?,
            Act::Erase => match known.pop() {
                Some(subject) => hand.erase(subject).await?,
                None => break,
            },
        }
        done += 1;
    }
    Ok((done, Instant::now()))
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or_default()
}

fn say(line: &str) -> Result<()> {
    writeln!(std::io::stdout().lock(), "{line}").context("standard output is closed")
}
