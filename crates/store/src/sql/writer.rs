//! The one thread that writes a database: everything that waits shares a transaction, and so one flush of the disk.
//!
//! A task that fails leaves the others alone. Nearly all find that they must not go on by what they ask, before they have written
//! anything, and then there is nothing to undo; a server, which answers from afar, is asked and sent everything of all tasks
//! together, and a task that stops there is simply not sent. Only where a task fails that has written, or a server refuses
//! something, is the transaction undone and run again, each task in a savepoint of its own: for one, SQLite copies every page
//! that is written in it. Nobody is answered before the commit is on disk. Whoever destroyed a key then waits until it is gone
//! from the write-ahead log as well, but not for ever, and is answered by the act whatever became of that: it stands, and a scrub
//! that a reader held up, or that failed, is tried again until it is done.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use model::act::Committed;
use tokio::sync::{oneshot, watch};

use super::act::Known;
use super::connection::Question;
use super::tree::Tip;
use super::{Connection, act, tree};
use crate::batch::Batch;
use crate::error::{CommitError, StoreError};
use crate::verbs::Flushed;

/// Most tasks in one flush.
const GROUP: usize = 256;

/// From how many tasks on writing them takes longer than the flush itself.
const MANY: usize = 32;

/// Longest wait for tasks that are about to come, whatever a flush takes.
const LINGER: Duration = Duration::from_millis(1);

/// How long whoever erased something waits for the scrub, beyond the commit. A call is given half a minute, and the answer to
/// an erasure cannot be given twice.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// How soon a scrub that a reader held up is tried again while somebody waits for it.
const RETRY: Duration = Duration::from_millis(20);

/// How soon when nobody does any more.
const LATER: Duration = Duration::from_secs(1);

/// The handle of a writer thread; the thread ends, all done, when the handle is dropped.
pub(crate) struct Writer {
    counted: Arc<Counted>,
    scrubbed: watch::Receiver<Scrubbed>,
    queue: Option<Sender<Box<dyn Task>>>,
    thread: Option<JoinHandle<()>>,
}

/// What runs after a flush in which something was erased, until it succeeds; `false`: not yet.
pub(crate) type Scrub = Box<dyn FnMut(&Connection) -> Result<bool, StoreError> + Send>;

/// How to open the connection anew, where a server may go away and come back.
pub(crate) type Reopen = Box<dyn Fn() -> Result<Connection, StoreError> + Send>;

/// Whether a database keeps a platform's tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeps {
    /// It does.
    Tree,
    /// It is the installation's.
    NoTree,
}

/// The transaction under way.
pub(crate) struct Flush<'c> {
    /// The connection; inside a savepoint while a task runs.
    pub(crate) connection: &'c Connection,
    /// The tip of the platform's tree with the leaves of this transaction; empty for the installation.
    pub(crate) tip: Tip,
    /// What acts of this transaction have read.
    pub(crate) known: Known,
    /// Whether each task is in a savepoint, and waits for what comes of its own statements, or all do together.
    pub(crate) is_settled_apart: bool,
    /// Set by a task that destroyed something: a scrub has to follow.
    pub(crate) erased: bool,
}

/// How far scrubs have come.
#[derive(Debug, Clone, Copy, Default)]
struct Scrubbed {
    /// Nobody waits any more for those that follow the first so many transactions of this thread: they are done, or failed.
    over: u64,
    /// What acts with leaves before this size of the ledger destroyed is in no file any more. None, until the first scrub of
    /// this thread.
    leaves: u64,
}

trait Task: Send {
    /// What it is going to ask.
    fn questions(&self) -> Vec<Question>;
    /// Runs in the transaction.
    fn run(&mut self, flush: &mut Flush<'_>) -> Result<(), Broken>;
    /// Whether a scrub has to follow.
    fn erased(&self) -> bool;
    /// Tells the caller, after the transaction ended as said: as which of this thread.
    fn answer(self: Box<Self>, end: Result<u64, StoreError>);
}

/// The transaction itself is lost, not just one task of it.
enum Broken {
    /// The engine has undone it, or does not say what it did.
    Lost,
    /// What a task did that failed cannot be undone by itself.
    Mixed,
}

/// Why a transaction did not come about.
enum Failed {
    /// What a task did that failed cannot be undone by itself: each has to run in a part of its own.
    Mixed,
    /// The engine says so.
    Engine(StoreError),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Engine(error)
    }
}

struct Work<F, T, E> {
    job: F,
    /// `None` for what is no act: it may change whatever acts have asked.
    questions: Option<Ask>,
    outcome: Option<Result<T, E>>,
    erased: bool,
    caller: oneshot::Sender<Done<T, E>>,
}

/// What a caller is told: the outcome, and the transaction whose scrub it waits for, if it erased something.
type Done<T, E> = (Result<T, E>, Option<u64>);

/// Says what an act is going to ask.
type Ask = Box<dyn Fn() -> Vec<Question> + Send>;

impl<F, T, E> Task for Work<F, T, E>
where
    F: Fn(&mut Flush<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn questions(&self) -> Vec<Question> {
        self.questions.as_ref().map_or_else(Vec::new, |ask| ask())
    }

    fn run(&mut self, flush: &mut Flush<'_>) -> Result<(), Broken> {
        let (connection, is_apart) = (flush.connection, flush.is_settled_apart);
        let before = if is_apart {
            connection.begin_part().map_err(|_| Broken::Lost)?;
            None
        } else {
            Some(connection.mark())
        };
        flush.erased = false;
        let outcome = (self.job)(flush);
        // A full disk may have rolled everything back: what ran now would commit by itself.
        if !connection.is_writing() {
            return Err(Broken::Lost);
        }
        if outcome.is_err() || self.questions.is_none() {
            flush.known = Known::default();
            connection.all_overtaken();
        }
        match before {
            None if outcome.is_err() => connection.undo_part().and_then(|()| connection.end_part()),
            None => connection.end_part(),
            Some(mark) if outcome.is_err() && !connection.back_to(mark) => return Err(Broken::Mixed),
            Some(_) => connection.end_unsent(),
        }
        .map_err(|_| Broken::Lost)?;
        self.erased = flush.erased && outcome.is_ok();
        self.outcome = Some(outcome);
        Ok(())
    }

    fn erased(&self) -> bool {
        self.erased
    }

    fn answer(self: Box<Self>, end: Result<u64, StoreError>) {
        let done = match (end, self.outcome) {
            (Ok(transaction), Some(outcome)) => (outcome, self.erased.then_some(transaction)),
            (Ok(_), None) => (Err(StoreError::Stopped.into()), None),
            (Err(error), _) => (Err(error.into()), None),
        };
        // The caller may have gone away; the act stands all the same.
        drop(self.caller.send(done));
    }
}

impl Writer {
    /// Starts the thread.
    pub(crate) fn start(
        name: &str,
        keeps: Keeps,
        connection: Connection,
        reopen: Option<Reopen>,
        scrub: Scrub,
    ) -> Result<Self, StoreError> {
        let (queue, tasks) = channel();
        let tip = keeps.tip(&connection)?;
        let (pace, counted) = (Pace::default(), Arc::new(Counted::default()));
        let (own, (told, scrubbed)) = (Arc::clone(&counted), watch::channel(Scrubbed::default()));
        let scrubs = Scrubs { name: name.to_owned(), scrub, owed: None, told };
        let mut bench = Bench { connection, reopen, keeps, tip, scrubs, transactions: 0, pace, counted: own };
        let thread = std::thread::Builder::new().name(format!("store-{name}")).spawn(move || bench.serve(&tasks))?;
        Ok(Self { counted, scrubbed, queue: Some(queue), thread: Some(thread) })
    }

    /// The size of the ledger before which all that acts destroyed was seen to be gone from every file, by this process.
    pub(crate) fn scrubbed(&self) -> u64 {
        self.scrubbed.borrow().leaves
    }

    /// What was written since the thread began.
    pub(crate) fn flushed(&self) -> Flushed {
        let Counted { transactions, tasks, micros } = &*self.counted;
        let [transactions, tasks, micros] = [transactions, tasks, micros].map(|count| count.load(Ordering::Relaxed));
        Flushed { transactions, tasks, took: Duration::from_micros(micros), journeys: 0 }
    }

    /// Runs `work` in the next transaction; returns when that is durable. If something was erased, when it is gone from every
    /// file as well, or that failed, or [`PATIENCE`] is over. Where a transaction is undone it runs once more.
    pub(crate) async fn run<T, E>(&self, work: impl Fn(&mut Flush<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.queued(work, None).await
    }

    /// Runs an act in the next transaction, as [`Writer::run`] does.
    pub(crate) async fn act(&self, batch: Batch) -> Result<Committed, CommitError> {
        let batch = Arc::new(batch);
        let asked = Arc::clone(&batch);
        let questions: Ask = Box::new(move || act::questions(&asked));
        self.queued(move |flush: &mut Flush<'_>| act::apply(flush, &batch), Some(questions)).await
    }

    async fn queued<T, E>(
        &self,
        job: impl Fn(&mut Flush<'_>) -> Result<T, E> + Send + 'static,
        questions: Option<Ask>,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let task = Box::new(Work { job, questions, outcome: None, erased: false, caller });
        let queue = self.queue.as_ref().ok_or(StoreError::Stopped)?;
        queue.send(task).map_err(|_| StoreError::Stopped)?;
        let (outcome, awaited) = answer.await.map_err(|_| StoreError::Stopped)?;
        if let Some(transaction) = awaited {
            let mut scrubbed = self.scrubbed.clone();
            let over = scrubbed.wait_for(|scrubbed| scrubbed.over >= transaction);
            // How it ended, and whether it did, is for `Writer::scrubbed` to say.
            drop(tokio::time::timeout(PATIENCE, over).await);
        }
        outcome
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

impl Keeps {
    /// The tip of the tree as it is stored.
    fn tip(self, connection: &Connection) -> Result<Tip, StoreError> {
        match self {
            Self::Tree => tree::load(connection),
            Self::NoTree => Ok(Tip::empty()),
        }
    }

    /// What every transaction asks.
    fn question(self) -> Option<Question> {
        (self == Self::Tree).then(tree::question)
    }

    /// The tip for the transaction that has just begun; `known` is that after our last one.
    fn tip_now(self, connection: &Connection, known: &Tip) -> Result<Tip, StoreError> {
        match self {
            Self::Tree => tree::locked(connection, known),
            Self::NoTree => Ok(Tip::empty()),
        }
    }
}

/// What the thread works at.
struct Bench {
    connection: Connection,
    reopen: Option<Reopen>,
    keeps: Keeps,
    /// After the last transaction of ours.
    tip: Tip,
    scrubs: Scrubs,
    /// How many have ended well.
    transactions: u64,
    pace: Pace,
    counted: Arc<Counted>,
}

/// The scrubs that follow erasures.
struct Scrubs {
    /// Of the database, for the log.
    name: String,
    scrub: Scrub,
    owed: Option<Owed>,
    told: watch::Sender<Scrubbed>,
}

/// Something was erased that may still lie in a log.
struct Owed {
    since: Instant,
    /// Whether our own log says so.
    is_told: bool,
}

/// What is measured of a writer.
#[derive(Default)]
struct Counted {
    transactions: AtomicU64,
    tasks: AtomicU64,
    micros: AtomicU64,
}

impl Counted {
    fn flush(&self, tasks: usize, took: Duration) {
        let add = |count: &AtomicU64, more: u64| count.fetch_add(more, Ordering::Relaxed);
        add(&self.transactions, 1);
        add(&self.tasks, u64::try_from(tasks).unwrap_or(u64::MAX));
        add(&self.micros, u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }
}

impl Bench {
    fn serve(&mut self, queue: &Receiver<Box<dyn Task>>) {
        while let Some(tasks) = self.pace.gather(queue, self.scrubs.again()) {
            if !tasks.is_empty() && !self.flush(tasks) {
                return;
            }
            self.scrub();
        }
        self.scrub();
    }

    fn scrub(&mut self) {
        let leaves = self.tip.edge.size();
        self.scrubs.run(&self.connection, Scrubbed { over: self.transactions, leaves });
    }

    /// One transaction; `false` when the thread has to stop.
    fn flush(&mut self, mut tasks: Vec<Box<dyn Task>>) -> bool {
        let began = Instant::now();
        let done = self.transact(&mut tasks);
        let took = began.elapsed();
        self.pace.took(tasks.len(), took);
        self.counted.flush(tasks.len(), took);
        // Also where the commit failed: that it is not on disk is not known.
        if tasks.iter().any(|task| task.erased()) {
            self.scrubs.owe();
        }
        match done {
            Ok(()) => {
                self.transactions += 1;
                for task in tasks {
                    task.answer(Ok(self.transactions));
                }
                true
            }
            Err(error) => {
                for task in tasks {
                    task.answer(Err(error.clone()));
                }
                // Whether a commit that failed is on disk is for the disk to say.
                self.keeps.tip(&self.connection).map(|tip| self.tip = tip).is_ok() || self.reopen.is_some()
            }
        }
    }

    fn transact(&mut self, tasks: &mut [Box<dyn Task>]) -> Result<(), StoreError> {
        if let Some(reopen) = self.reopen.as_ref().filter(|_| self.connection.is_lost()) {
            self.connection = reopen()?;
        }
        let done = match self.tried(tasks, false) {
            // Refused by the server, so nothing of it is there: whose task it was is found task by task. What a server that is
            // gone made of it nobody knows.
            Err(Failed::Engine(error))
                if self.connection.server().is_some() && !matches!(error, StoreError::Away(_)) =>
            {
                self.tried(tasks, true)
            }
            Err(Failed::Mixed) => self.tried(tasks, true),
            done => done,
        };
        self.tip = done.map_err(|failed| match failed {
            Failed::Engine(error) => error,
            Failed::Mixed => StoreError::Engine("a part of a transaction could not be undone".to_owned()),
        })?;
        Ok(())
    }

    /// Runs every task and commits; the tip after that.
    fn tried(&self, tasks: &mut [Box<dyn Task>], is_settled_apart: bool) -> Result<Tip, Failed> {
        let connection = &self.connection;
        connection.begin_to_write().map_err(StoreError::from)?;
        let done = self.ran(tasks, is_settled_apart);
        if done.is_err() && connection.is_writing() {
            connection.undo();
        }
        done
    }

    fn ran(&self, tasks: &mut [Box<dyn Task>], is_settled_apart: bool) -> Result<Tip, Failed> {
        let connection = &self.connection;
        if let Some(server) = connection.server().filter(|_| !is_settled_apart) {
            // In this order: whatever is answered behind the lock on the head is so until the end.
            let locked = self.keeps.question().into_iter().collect();
            server.ask_ahead(locked, tasks.iter().flat_map(|task| task.questions())).map_err(StoreError::from)?;
        }
        let tip = self.keeps.tip_now(connection, &self.tip)?;
        let size = tip.edge.size();
        let mut flush = Flush { connection, tip, known: Known::default(), is_settled_apart, erased: false };
        tasks.iter_mut().try_for_each(|task| task.run(&mut flush)).map_err(|broken| match broken {
            Broken::Mixed => Failed::Mixed,
            Broken::Lost => StoreError::Engine("the transaction was rolled back; is the disk full?".to_owned()).into(),
        })?;
        tree::store(connection, &mut flush.tip.edge, size)?;
        connection.end()?;
        Ok(flush.tip)
    }
}

impl Scrubs {
    fn owe(&mut self) {
        self.owed.get_or_insert_with(|| Owed { since: Instant::now(), is_told: false });
    }

    /// How soon to try again, where there is need to.
    fn again(&self) -> Option<Duration> {
        self.owed.as_ref().map(|owed| if owed.since.elapsed() < PATIENCE { RETRY } else { LATER })
    }

    /// Takes what was erased out of every file: as far as `here`. A long read, such as a backup, may hold it up.
    fn run(&mut self, connection: &Connection, here: Scrubbed) {
        let Some(owed) = &mut self.owed else { return };
        let why = match (self.scrub)(connection) {
            Ok(true) => {
                self.owed = None;
                self.told.send_replace(here);
                return;
            }
            Ok(false) if owed.since.elapsed() < PATIENCE => return,
            Ok(false) => "a long read needs the log that it lies in".to_owned(),
            Err(error) => {
                self.told.send_modify(|told| told.over = here.over);
                error.to_string()
            }
        };
        if !std::mem::replace(&mut owed.is_told, true) {
            let database = self.name.as_str();
            tracing::warn!(database, why, "what was erased is not gone from every file yet: tried again until it is");
        }
    }
}

/// When to wait for more: those who were answered together come back together.
#[derive(Default)]
struct Pace {
    last: usize,
    linger: Duration,
}

impl Pace {
    fn took(&mut self, tasks: usize, time: Duration) {
        self.last = tasks;
        self.linger = time.min(LINGER);
    }

    /// How many are worth waiting for. Few: all of them, for a flush of few is mostly the disk's. Many: half, so that the
    /// others are decided while these are written.
    const fn awaited(&self) -> usize {
        if self.last < MANY { self.last } else { self.last / 2 }
    }

    /// Everything queued, at most [`GROUP`]; nothing after `at_most`, if there is something else to do then; `None` at the end.
    fn gather(&self, queue: &Receiver<Box<dyn Task>>, at_most: Option<Duration>) -> Option<Vec<Box<dyn Task>>> {
        let mut tasks = match at_most.map(|at_most| queue.recv_timeout(at_most)) {
            None => vec![queue.recv().ok()?],
            Some(Ok(first)) => vec![first],
            Some(Err(RecvTimeoutError::Timeout)) => return Some(Vec::new()),
            Some(Err(RecvTimeoutError::Disconnected)) => return None,
        };
        let deadline = Instant::now() + self.linger;
        while tasks.len() < GROUP {
            let next = match queue.try_recv() {
                Err(TryRecvError::Empty) if tasks.len() < self.awaited() => {
                    queue.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok()
                }
                next => next.ok(),
            };
            match next {
                Some(task) => tasks.push(task),
                None => break,
            }
        }
        Some(tasks)
    }
}
