//! A house with its clients, and turns in which they do one act again and again.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use model::SubjectId;
use tempfile::TempDir;
use testkit::Server;
use tokio::sync::Barrier;

use crate::hand::{Hand, Inside, Typed};
use crate::house::{Bench, Engine};
use crate::wire::Wire;
use crate::workload::Workload;

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    Register,
    Consent,
    Collect,
    Read,
    Erase,
}

impl Act {
    /// Reads come before the records that collecting makes, so that all of them look at the same.
    pub(crate) const ALL: [Self; 5] = [Self::Register, Self::Consent, Self::Read, Self::Collect, Self::Erase];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Consent => "consent",
            Self::Collect => "collect six items",
            Self::Read => "read",
            Self::Erase => "erase",
        }
    }
}

/// From where acts are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    Inside,
    Wire,
}

/// People who are erased in one turn; it ends when there are none left.
const ERASED: usize = 1024;

/// People whom the other acts are about, each client having its own of them. One person alone would soon have thousands of
/// consents, which nobody has.
const PEOPLE: usize = 4096;

/// Clients that make them.
const MAKERS: usize = 32;

/// A house, served.
pub(crate) struct Field {
    pub(crate) bench: Bench,
    server: Server,
    pub(crate) workload: Arc<Workload>,
    next: Arc<AtomicU32>,
    people: Vec<SubjectId>,
    pub(crate) folder: TempDir,
}

/// A client with those whom its acts are about.
struct Client {
    hand: Hand,
    maker: Maker,
    act: Act,
    known: VecDeque<SubjectId>,
}

/// Makes people who never were.
#[derive(Clone)]
struct Maker {
    inside: Inside,
    next: Arc<AtomicU32>,
}

impl Maker {
    /// What somebody types of whom nobody knows yet.
    fn typed(&self) -> Typed {
        Workload::person(self.next.fetch_add(1, Ordering::Relaxed))
    }

    /// Somebody who registered and agreed to what the race does.
    async fn somebody(&self) -> Result<SubjectId> {
        let mut hand = Hand::Inside(self.inside.clone());
        let subject = hand.register(self.typed()).await?;
        hand.consent(subject).await?;
        Ok(subject)
    }

    async fn people(self, count: usize) -> Result<VecDeque<SubjectId>> {
        let mut people = VecDeque::with_capacity(count);
        for _ in 0..count {
            people.push_back(self.somebody().await?);
        }
        Ok(people)
    }
}

impl Field {
    /// A new house, with people.
    pub(crate) async fn new(workload: &Arc<Workload>, engine: &Engine) -> Result<Self> {
        let mut field = Self::empty(workload, engine).await?;
        let makers = (0..MAKERS).map(|_| tokio::spawn(field.maker().people(PEOPLE / MAKERS)));
        for maker in makers.collect::<Vec<_>>() {
            field.people.extend(maker.await.context("a client died")??);
        }
        Ok(field)
    }

    /// A new house without people.
    pub(crate) async fn empty(workload: &Arc<Workload>, engine: &Engine) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let bench = Bench::new(workload, engine, folder.path()).await?;
        let server = bench.serve().await;
        let (workload, next, people) = (Arc::clone(workload), Arc::default(), Vec::new());
        Ok(Self { bench, server, workload, next, people, folder })
    }

    /// Who acts in this process.
    pub(crate) fn inside(&self) -> Inside {
        Inside {
            house: Arc::clone(&self.bench.house),
            platform: Arc::clone(&self.bench.platform),
            caller: self.bench.caller.clone(),
            workload: Arc::clone(&self.workload),
        }
    }

    /// Numbers of people that nobody else gets.
    pub(crate) fn reserve(&self, count: u32) -> u32 {
        self.next.fetch_add(count, Ordering::Relaxed)
    }

    /// One more person.
    pub(crate) async fn somebody(&self) -> Result<SubjectId> {
        self.maker().somebody().await
    }

    /// What one more person types.
    pub(crate) fn typed(&self) -> Typed {
        self.maker().typed()
    }

    /// Closes the house, and leaves the folder.
    pub(crate) fn leave(self) -> TempDir {
        self.folder
    }

    fn maker(&self) -> Maker {
        Maker { inside: self.inside(), next: Arc::clone(&self.next) }
    }

    /// The `at`th of so many clients, with its own of the people.
    async fn client(&self, act: Act, from: From, (at, clients): (usize, usize)) -> Result<Client> {
        let hand = match from {
            From::Inside => Hand::Inside(self.inside()),
            From::Wire => Hand::Wire(Wire::connect(self.server.address, &self.bench, &self.workload).await?),
        };
        let known = match act {
            Act::Register | Act::Erase => VecDeque::new(),
            Act::Consent | Act::Collect | Act::Read => self.people.iter().skip(at).step_by(clients).copied().collect(),
        };
        Ok(Client { hand, maker: self.maker(), act, known })
    }

    /// Acts a second of so many clients, each about people of its own. What they need is there before the clock starts.
    pub(crate) async fn turn(&self, act: Act, from: From, clients: usize, turn: Duration) -> Result<f64> {
        let ready = Arc::new(Barrier::new(clients + 1));
        let mut running = Vec::with_capacity(clients);
        for at in 0..clients {
            let (client, ready) = (self.client(act, from, (at, clients)).await?, Arc::clone(&ready));
            running.push(tokio::spawn(client.run(ERASED.div_ceil(clients), turn, ready)));
        }
        ready.wait().await;
        let start = Instant::now();
        let (mut done, mut until) = (0, start);
        for client in running {
            let (acts, ended) = client.await.context("a client died")??;
            done += acts;
            until = until.max(ended);
        }
        ensure!(done > 0, "nobody did anything within {turn:?}");
        Ok(f64::from(done) / until.duration_since(start).as_secs_f64())
    }
}

impl Client {
    /// How many acts it did before time, or people, were over, and when the last was acknowledged.
    async fn run(mut self, erased: usize, turn: Duration, ready: Arc<Barrier>) -> Result<(u32, Instant)> {
        let prepared = self.prepare(erased).await;
        ready.wait().await;
        prepared?;
        let (start, mut done) = (Instant::now(), 0);
        while start.elapsed() < turn && self.once().await? {
            done += 1;
        }
        Ok((done, Instant::now()))
    }

    async fn prepare(&mut self, erased: usize) -> Result<()> {
        if self.act == Act::Erase {
            self.known = self.maker.clone().people(erased).await?;
        }
        Ok(())
    }

    /// Does the act once more; `false` when nobody is left.
    async fn once(&mut self) -> Result<bool> {
        if self.act == Act::Register {
            self.hand.register(self.maker.typed()).await?;
            return Ok(true);
        }
        let Some(subject) = self.known.pop_front() else { return Ok(false) };
        match self.act {
            Act::Register => {}
            Act::Consent => self.hand.consent(subject).await?,
            Act::Collect => self.hand.collect(subject).await?,
            Act::Read => self.hand.read(subject).await?,
            Act::Erase => return self.hand.erase(subject).await.map(|()| true),
        }
        self.known.push_back(subject);
        Ok(true)
    }
}
