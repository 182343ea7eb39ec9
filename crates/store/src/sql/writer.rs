//! The one thread that writes a database: everything that waits shares a transaction, and so one flush of the disk.
//!
//! Each task runs in a savepoint of its own, so that one that fails leaves the others alone. Nobody is answered before
//! the commit is on disk; a task that destroyed a key not before the key is gone from the write-ahead log as well.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::act::{Numbers, Since};
use super::tree::Tip;
use super::{Connection, tree};
use crate::error::StoreError;
use crate::verbs::Flushed;

/// Most tasks in one flush.
const GROUP: usize = 256;

/// From how many tasks on writing them takes longer than the flush itself.
const MANY: usize = 32;

/// Longest wait for tasks that are about to come, whatever a flush takes.
const LINGER: Duration = Duration::from_millis(1);

/// How soon a checkpoint that a reader held up is tried again.
const RETRY: Duration = Duration::from_millis(20);

/// The handle of a writer thread; the thread ends, all done, when the handle is dropped.
pub(crate) struct Writer {
    counted: Arc<Counted>,
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
    /// Every version and from when it is in force, once an act of this transaction has read it; unknown again when that may change.
    pub(crate) published: Option<Vec<Since>>,
    /// How far what bears numbers has come, as far as an act of this transaction has read it.
    pub(crate) numbers: Numbers,
    /// Set by a task that destroyed something: answered only once it is gone from every file.
    pub(crate) erased: bool,
}

trait Task: Send {
    /// Runs in the transaction.
    fn run(&mut self, flush: &mut Flush<'_>) -> Result<(), Broken>;
    /// Whether the answer must wait for a scrub.
    fn erased(&self) -> bool;
    /// Tells the caller, after the transaction ended as said.
    fn answer(self: Box<Self>, end: Result<(), StoreError>);
}

/// The transaction itself is lost, not just one task of it.
struct Broken;

struct Work<F, T, E> {
    job: Option<F>,
    outcome: Option<Result<T, E>>,
    erased: bool,
    caller: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Task for Work<F, T, E>
where
    F: FnOnce(&mut Flush<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run(&mut self, flush: &mut Flush<'_>) -> Result<(), Broken> {
        let Some(job) = self.job.take() else { return Ok(()) };
        let connection = flush.connection;
        connection.begin_part().map_err(|_| Broken)?;
        flush.erased = false;
        let outcome = job(flush);
        // A full disk may have rolled everything back: what ran now would commit by itself.
        if !connection.is_writing() {
            return Err(Broken);
        }
        if outcome.is_err() {
            (flush.published, flush.numbers) = (None, Numbers::default());
            connection.undo_part().map_err(|_| Broken)?;
        }
        connection.end_part().map_err(|_| Broken)?;
        self.erased = flush.erased && outcome.is_ok();
        self.outcome = Some(outcome);
        Ok(())
    }

    fn erased(&self) -> bool {
        self.erased
    }

    fn answer(self: Box<Self>, end: Result<(), StoreError>) {
        let outcome = match (end, self.outcome) {
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => Err(StoreError::Stopped.into()),
            (Err(error), _) => Err(error.into()),
        };
        // The caller may have gone away; the act stands all the same.
        drop(self.caller.send(outcome));
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
        let (own, unscrubbed) = (Arc::clone(&counted), Vec::new());
        let mut bench = Bench { connection, reopen, keeps, tip, scrub, unscrubbed, owes: false, pace, counted: own };
        let thread = std::thread::Builder::new().name(format!("store-{name}")).spawn(move || bench.serve(&tasks))?;
        Ok(Self { counted, queue: Some(queue), thread: Some(thread) })
    }

    /// What was written since the thread began.
    pub(crate) fn flushed(&self) -> Flushed {
        let Counted { transactions, tasks, micros } = &*self.counted;
        let [transactions, tasks, micros] = [transactions, tasks, micros].map(|count| count.load(Ordering::Relaxed));
        Flushed { transactions, tasks, took: Duration::from_micros(micros) }
    }

    /// Runs `work` in the next transaction; returns when that is durable.
    pub(crate) async fn run<T, E>(
        &self,
        work: impl FnOnce(&mut Flush<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let task = Box::new(Work { job: Some(work), outcome: None, erased: false, caller });
        let queue = self.queue.as_ref().ok_or(StoreError::Stopped)?;
        queue.send(task).map_err(|_| StoreError::Stopped)?;
        answer.await.map_err(|_| StoreError::Stopped)?
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
    scrub: Scrub,
    /// Done and durable, but what they erased may still lie in a log.
    unscrubbed: Vec<Box<dyn Task>>,
    /// Whether a scrub failed and nobody waits for the next one: it is made up for after whatever comes next.
    owes: bool,
    pace: Pace,
    counted: Arc<Counted>,
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
        while let Some(tasks) = self.pace.gather(queue, !self.unscrubbed.is_empty()) {
            if !tasks.is_empty() && !self.flush(tasks) {
                return;
            }
            self.scrub();
        }
        self.scrub();
    }

    /// One transaction; `false` when the thread has to stop.
    fn flush(&mut self, mut tasks: Vec<Box<dyn Task>>) -> bool {
        let began = Instant::now();
        let done = self.transact(&mut tasks);
        let took = began.elapsed();
        self.pace.took(tasks.len(), took);
        self.counted.flush(tasks.len(), took);
        match done {
            Ok(()) => {
                let (waiting, done): (Vec<_>, Vec<_>) = tasks.into_iter().partition(|task| task.erased());
                self.unscrubbed.extend(waiting);
                for task in done {
                    task.answer(Ok(()));
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
        let connection = &self.connection;
        connection.begin_to_write()?;
        let done = self.keeps.tip_now(connection, &self.tip).and_then(|tip| {
            let size = tip.edge.size();
            let numbers = Numbers::default();
            let mut flush = Flush { connection, tip, published: None, numbers, erased: false };
            tasks.iter_mut().try_for_each(|task| task.run(&mut flush)).map_err(|Broken| {
                StoreError::Engine("the transaction was rolled back; is the disk full?".to_owned())
            })?;
            tree::store(connection, &mut flush.tip.edge, size)?;
            connection.end()?;
            Ok(flush.tip)
        });
        match done {
            Ok(tip) => self.tip = tip,
            Err(error) => {
                if connection.is_writing() {
                    connection.undo();
                }
                return Err(error);
            }
        }
        Ok(())
    }

    /// Answers those whose erasure has reached every file. A long read, such as a backup, may hold it up.
    fn scrub(&mut self) {
        if self.unscrubbed.is_empty() && !self.owes {
            return;
        }
        let end = match (self.scrub)(&self.connection) {
            Ok(false) => return,
            Ok(true) => Ok(()),
            Err(error) => Err(error),
        };
        self.owes = end.is_err();
        self.unscrubbed.drain(..).for_each(|task| task.answer(end.clone()));
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

    /// Everything queued, at most [`GROUP`]; nothing after a short while if `impatient`; `None` at the end.
    fn gather(&self, queue: &Receiver<Box<dyn Task>>, impatient: bool) -> Option<Vec<Box<dyn Task>>> {
        let mut tasks = if impatient {
            match queue.recv_timeout(RETRY) {
                Ok(first) => vec![first],
                Err(RecvTimeoutError::Timeout) => return Some(Vec::new()),
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        } else {
            vec![queue.recv().ok()?]
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
