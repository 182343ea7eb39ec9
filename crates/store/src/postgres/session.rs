//! A connection to a server, driven by whoever uses it: no other thread runs on its behalf.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;

use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::error::SqlState;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type};
use tokio_postgres::{Client, NoTls, Row, Socket, Statement};

use super::Address;
use crate::error::{CommitError, StoreError};
use crate::sql::column::{self, Kept, Value};
use crate::sql::connection::{Must, Question, unmet};
use crate::sql::{Put, SqlError};

/// How long the server lets a transaction stand in which nothing happens: whoever writes holds the head's row, and a server
/// of ours that is frozen in the midst of it must not hold up the others for ever.
const IDLE: &str = "30s";

/// Statements that wait before they are sent though nothing is asked: a group of acts writes thousands.
const MOST_WAITING: usize = 512;

/// How every session plans. A plan is made once and kept, whatever the tables were like then: planned on the empty tables of a
/// new house, the question for the newest link would look through all there ever are. So what an index answers is never looked
/// for by going through the table.
const PLANS: &str = "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan; SET jit = off";

/// A connection; blocks the thread that uses it.
pub(crate) struct Session {
    client: Client,
    /// How often somebody waited for the server, in all sessions together.
    journeys: Arc<AtomicU64>,
    /// Each statement as the server prepared it.
    prepared: RefCell<BTreeMap<&'static str, Statement>>,
    /// The same for many rows at once; `None` for what takes one.
    folded: RefCell<BTreeMap<&'static str, Option<Statement>>>,
    /// Statements that go with the next one that is waited for.
    waiting: RefCell<Vec<Waiting>>,
    /// The first of those since the last question that did not do what it must.
    unmet: RefCell<Option<CommitError>>,
    /// Answers to questions that were sent before anybody asked them.
    ahead: RefCell<BTreeMap<Question, Vec<Row>>>,
    /// From which of the waiting statements on they are of the part under way.
    part: Cell<usize>,
    /// Whether a statement of the part was sent that may have written.
    is_sent: Cell<bool>,
    /// Whether the server refused anything in this transaction, after which it takes nothing more.
    is_refused: Cell<bool>,
    /// Also drives the connection. Taken when the session is dropped.
    runtime: Option<Runtime>,
}

impl Session {
    /// Connects, and works in a schema from then on.
    pub(super) fn open(server: &Address, schema: &str, journeys: &Arc<AtomicU64>) -> Result<Self, StoreError> {
        let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
        let client = match &server.tls {
            None => connected(&runtime, server, NoTls),
            Some(tls) => connected(&runtime, server, tls.clone()),
        }?;
        let session = Self {
            client,
            journeys: Arc::clone(journeys),
            prepared: RefCell::default(),
            folded: RefCell::default(),
            waiting: RefCell::default(),
            unmet: RefCell::default(),
            ahead: RefCell::default(),
            part: Cell::default(),
            is_sent: Cell::default(),
            is_refused: Cell::default(),
            runtime: Some(runtime),
        };
        session.batch(&format!(
            "SET search_path = \"{schema}\"; SET synchronous_commit = on; \
            SET idle_in_transaction_session_timeout = '{IDLE}'; {PLANS}"
        ))?;
        Ok(session)
    }

    fn runtime(&self) -> Result<&Runtime, StoreError> {
        self.runtime.as_ref().ok_or(StoreError::Stopped)
    }

    /// Sends whatever waits, then does the work: one journey to the server for all of it.
    fn wait<T>(&self, work: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T, SqlError> {
        let waiting = self.waiting.take();
        self.is_sent.set(self.is_sent.get() || waiting.len() > self.part.replace(0));
        self.journeys.fetch_add(1, Ordering::Relaxed);
        let (ran, done) = self.runtime()?.block_on(async {
            let sent = sent(waiting.iter().map(|one| self.run(one))).await;
            let done = work.await;
            (came(sent).await, done)
        });
        self.is_refused.set(self.is_refused.get() || done.is_err() || ran.iter().any(Result::is_err));
        let held = waiting.iter().zip(ran).try_for_each(|(one, ran)| one.must.hold_each(one.rows.len(), changed(ran)));
        if let Err(error) = held {
            let told = unmet(error.clone());
            self.unmet.borrow_mut().get_or_insert(error);
            return Err(told.into());
        }
        Ok(done?)
    }

    async fn run(&self, one: &Waiting) -> Result<u64, tokio_postgres::Error> {
        if let [row] = one.rows.as_slice() {
            return self.client.execute_raw(&one.statement, row.iter().map(Kept::value)).await;
        }
        let places = 0..one.rows.first().map_or(0, Vec::len);
        let column = |at: usize| one.rows.iter().filter_map(|row| row.get(at)).map(Kept::value).collect::<Vec<_>>();
        self.client.execute_raw(&one.statement, places.map(column).collect::<Vec<_>>()).await
    }

    /// Runs a statement some time before the next one that is waited for; rows for one table that come one after the other
    /// are one statement.
    pub(crate) fn later(&self, sql: &'static str, values: &[Value<'_>], must: Must) -> Result<(), CommitError> {
        let values = values.iter().map(Kept::from).collect();
        // Preparing sends whatever waits: only then is it looked what there is to follow.
        let many = if self.follows(sql, must) { self.folded(sql, must)? } else { None };
        if let (Some(many), Some(last)) = (many, self.waiting.borrow_mut().last_mut()) {
            last.statement = many;
            last.rows.push(values);
            return Ok(());
        }
        let statement = self.prepared(sql)?;
        self.waiting.borrow_mut().push(Waiting { sql, statement, rows: vec![values], must });
        if self.waiting.borrow().len() < MOST_WAITING {
            return Ok(());
        }
        self.wait(async { Ok(()) }).map_err(|error| self.unmet.borrow().clone().unwrap_or_else(|| error.into()))
    }

    /// Whether the statement that waits last is the same one, of the same part: what one part wrote is undone by itself.
    fn follows(&self, sql: &'static str, must: Must) -> bool {
        let waiting = self.waiting.borrow();
        waiting.len() > self.part.get() && waiting.last().is_some_and(|last| last.sql == sql && last.must == must)
    }

    /// The statement that takes many rows at once.
    fn folded(&self, sql: &'static str, must: Must) -> Result<Option<Statement>, SqlError> {
        if let Some(known) = self.folded.borrow().get(sql) {
            return Ok(known.clone());
        }
        let many = match fold(sql, self.prepared(sql)?.params(), must) {
            Some(many) => Some(self.wait(self.client.prepare(&many))?),
            None => None,
        };
        self.folded.borrow_mut().insert(sql, many.clone());
        Ok(many)
    }

    /// What came of the statements that were not waited for, since this was asked before.
    pub(crate) fn settled(&self) -> Result<(), CommitError> {
        let failed = self.unmet.take();
        let waits = !self.waiting.borrow().is_empty();
        match failed {
            // Of a transaction in which something failed the server takes nothing more.
            Some(error) => {
                self.waiting.borrow_mut().clear();
                Err(error)
            }
            None if waits => {
                self.wait(async { Ok(()) }).map_err(|error| self.unmet.take().unwrap_or_else(|| error.into()))
            }
            None => Ok(()),
        }
    }

    /// The first statement of a transaction; goes with the next one.
    pub(crate) fn first(&self, sql: &'static str) -> Result<(), SqlError> {
        self.drop_waiting();
        self.is_refused.set(false);
        self.later(sql, &[], Must::Run).map_err(|error| unmet(error).into())
    }

    /// The last statement of a transaction. It goes with those that wait, unless one of them might run and yet not do what it must:
    /// for any other reason the server refuses one of them, and then takes the last one for an end without a commit.
    pub(crate) fn commit(&self, sql: &'static str) -> Result<(), CommitError> {
        if self.waiting.borrow().iter().any(|one| !one.must.is_sure()) {
            self.settled()?;
        }
        self.unask();
        self.later(sql, &[], Must::Run)?;
        self.settled()
    }

    /// Begins a part that is undone, if it must be, by not sending it.
    pub(crate) fn mark(&self) {
        self.part.set(self.waiting.borrow().len());
        self.is_sent.set(false);
    }

    /// Takes back what the part did; `false` where some of it was sent, so that only the end of the transaction takes it back.
    pub(crate) fn unsend(&self) -> bool {
        self.waiting.borrow_mut().truncate(self.part.get());
        !self.is_sent.get()
    }

    /// Whether something failed in this transaction, as far as the server has answered.
    pub(crate) fn is_refused(&self) -> bool {
        self.is_refused.get() || self.unmet.borrow().is_some()
    }

    /// Sends nothing of what waits, and uses none of the answers that lie ready.
    pub(crate) fn drop_waiting(&self) {
        self.waiting.borrow_mut().clear();
        self.part.set(0);
        self.unmet.take();
        self.unask();
    }

    /// Asks what is going to be asked, all at once and each once: `first` in their order, then the others in any. Each answer
    /// lies ready until somebody asks.
    pub(crate) fn ask_ahead(
        &self,
        first: Vec<Question>,
        others: impl IntoIterator<Item = Question>,
    ) -> Result<(), SqlError> {
        let others: BTreeSet<Question> = others.into_iter().collect();
        let mut asked = Vec::with_capacity(first.len() + others.len());
        for question in first.into_iter().chain(others) {
            asked.push((self.prepared(question.sql)?, question));
        }
        if asked.is_empty() {
            return Ok(());
        }
        let answers = self.wait(async {
            let sent = sent(asked.iter().map(|(statement, question)| self.ask(statement, question))).await;
            came(sent).await.into_iter().collect::<Result<Vec<_>, _>>()
        })?;
        let answered = asked.into_iter().map(|(_, question)| question).zip(answers);
        self.ahead.borrow_mut().extend(answered);
        Ok(())
    }

    async fn ask(&self, statement: &Statement, question: &Question) -> Result<Vec<Row>, tokio_postgres::Error> {
        let values: Vec<Value<'_>> = question.values.iter().map(Kept::value).collect();
        let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| value as _).collect();
        self.client.query(statement, &values).await
    }

    /// The answer that lies ready for a question. It is given once: whoever asks again may have changed it.
    fn answer(&self, sql: &'static str, values: &[Value<'_>]) -> Option<Vec<Row>> {
        if self.ahead.borrow().is_empty() {
            return None;
        }
        self.ahead.borrow_mut().remove(&Question::new(sql, values))
    }

    /// An answer that lies ready is no longer true.
    pub(crate) fn overtaken(&self, sql: &'static str, values: &[Value<'_>]) {
        drop(self.answer(sql, values));
    }

    /// None of the answers that lie ready is true any more.
    pub(crate) fn unask(&self) {
        self.ahead.borrow_mut().clear();
    }

    /// The last statement of a transaction that wrote nothing: sent, and not waited for.
    pub(crate) fn last(&self, sql: &'static str) -> Result<(), SqlError> {
        self.later(sql, &[], Must::Run).map_err(unmet)?;
        let waiting = self.waiting.take();
        self.runtime()?.block_on(async {
            drop(sent(waiting.iter().map(|one| self.run(one))).await);
            // The connection is driven once, so that it leaves: no snapshot of ours stays open.
            yield_now().await;
        });
        self.unmet.take();
        Ok(())
    }

    /// The statement in the server's words (`$1` for `?1`).
    fn prepared(&self, sql: &'static str) -> Result<Statement, SqlError> {
        if let Some(known) = self.prepared.borrow().get(sql) {
            return Ok(known.clone());
        }
        let statement = self.wait(self.client.prepare(&sql.replace('?', "$")))?;
        self.prepared.borrow_mut().insert(sql, statement.clone());
        Ok(statement)
    }

    pub(crate) fn execute(&self, sql: &'static str, values: &[Value<'_>]) -> Result<usize, SqlError> {
        let statement = self.prepared(sql)?;
        self.is_sent.set(true);
        let ran = self.wait(self.client.execute_raw(&statement, values))?;
        changed(Ok(ran))
    }

    pub(crate) fn query(&self, sql: &'static str, values: &[Value<'_>]) -> Result<Vec<Row>, SqlError> {
        if let Some(answer) = self.answer(sql, values) {
            return Ok(answer);
        }
        let statement = self.prepared(sql)?;
        self.is_sent.set(self.is_sent.get() || !sql.starts_with("SELECT"));
        let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| value as _).collect();
        self.wait(self.client.query(&statement, &values))
    }

    /// The only row of a query that takes no values.
    pub(crate) fn only(&self, sql: &str) -> Result<Row, SqlError> {
        self.wait(self.client.query_one(sql, &[]))
    }

    /// Every row of a query that takes no values, a few hundred at a time. Inside a transaction.
    pub(crate) fn each(
        &self,
        sql: &str,
        take: &mut dyn FnMut(&Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.batch(&format!("DECLARE every NO SCROLL CURSOR FOR {sql}"))?;
        loop {
            // Prepared anew each time: what it gives is of another table each time.
            let rows = self.wait(self.client.query("FETCH 500 FROM every", &[]))?;
            if rows.is_empty() {
                return Ok(self.batch("CLOSE every")?);
            }
            rows.iter().try_for_each(&mut *take)?;
        }
    }

    /// Copies rows into a table.
    pub(crate) fn fill(
        &self,
        table: &str,
        columns: &[String],
        rows: impl FnOnce(&mut Put<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let columns = columns.join(", ");
        let shape = self.wait(self.client.prepare(&format!("SELECT {columns} FROM {table}")))?;
        let types: Vec<Type> = shape.columns().iter().map(|column| column.type_().clone()).collect();
        let copy = format!("COPY {table} ({columns}) FROM STDIN BINARY");
        let mut writer = pin!(BinaryCopyInWriter::new(self.wait(self.client.copy_in(&copy))?, &types));
        rows(&mut |values| Ok(self.wait(writer.as_mut().write_raw(values))?))?;
        self.wait(writer.finish())?;
        Ok(())
    }

    /// Runs statements that take no values and give no rows.
    pub(crate) fn batch(&self, sql: &str) -> Result<(), SqlError> {
        self.is_sent.set(true);
        self.wait(self.client.batch_execute(sql))
    }

    /// Whether the server was gone when it was heard last.
    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Whether the server is gone, as far as it has told by now.
    pub(crate) fn is_lost(&self) -> bool {
        // Nobody drives the connection between two uses: with the first step it is seen that something came in, with the second
        // it is read.
        let steps = async {
            yield_now().await;
            yield_now().await;
        };
        let driven = self.runtime().map(|runtime| runtime.block_on(steps));
        driven.is_err() || self.client.is_closed()
    }
}

/// A statement that was not sent yet, with its rows.
struct Waiting {
    sql: &'static str,
    statement: Statement,
    rows: Vec<Vec<Kept>>,
    must: Must,
}

/// `INSERT … VALUES (…)` over many rows: an array for each place. `None` for what is no such statement, and for what changes the
/// row that is there: two rows of one key cannot go with one statement then. Of claims an act makes each once.
fn fold(sql: &str, types: &[Type], must: Must) -> Option<String> {
    let (head, rest) = sql.split_once(" VALUES (").filter(|(head, _)| head.starts_with("INSERT INTO "))?;
    let (row, tail) = rest.split_once(')')?;
    let is_each_once = matches!(must, Must::Claim(_)) || !tail.contains(" DO UPDATE ");
    if types.is_empty() || row.contains('(') || tail.contains('?') || !is_each_once {
        return None;
    }
    let arrays: Vec<String> = types.iter().zip(1..).map(|(of, at)| format!("${at}::{}[]", of.name())).collect();
    let names: Vec<String> = (1..=types.len()).map(|at| format!("v{at}")).collect();
    let (row, arrays, names) = (row.replace('?', "many.v"), arrays.join(", "), names.join(", "));
    Some(format!("{head} SELECT {row} FROM unnest({arrays}) AS many ({names}){tail}"))
}

/// Work of which the first step is done.
enum Sent<F: Future> {
    Waits(Pin<Box<F>>),
    Came(F::Output),
}

/// Takes the first step of each, in order: with it the driver sends a statement.
async fn sent<F: Future>(work: impl Iterator<Item = F>) -> Vec<Sent<F>> {
    let mut all = Vec::new();
    for one in work {
        let mut one = Box::pin(one);
        all.push(match poll_fn(|context| Poll::Ready(one.as_mut().poll(context))).await {
            Poll::Ready(output) => Sent::Came(output),
            Poll::Pending => Sent::Waits(one),
        });
    }
    all
}

/// Waits for the rest.
async fn came<F: Future>(sent: Vec<Sent<F>>) -> Vec<F::Output> {
    let mut all = Vec::new();
    for one in sent {
        all.push(match one {
            Sent::Came(output) => output,
            Sent::Waits(one) => one.await,
        });
    }
    all
}

fn changed(ran: Result<u64, tokio_postgres::Error>) -> Result<usize, SqlError> {
    Ok(usize::try_from(ran?).unwrap_or(usize::MAX))
}

/// Connects, and drives the connection whenever the runtime runs. What ends it is told to whoever asks something of it next.
fn connected<T>(runtime: &Runtime, server: &Address, tls: T) -> Result<Client, SqlError>
where
    T: MakeTlsConnect<Socket, Stream: Send + 'static>,
{
    let (client, connection) = runtime.block_on(server.config.connect(tls))?;
    runtime.spawn(async { drop(connection.await) });
    Ok(client)
}

impl Drop for Session {
    fn drop(&mut self) {
        // A runtime that ends by itself would wait, which is not allowed wherever a store may be dropped.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl From<tokio_postgres::Error> for SqlError {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.code() {
            Some(&SqlState::UNIQUE_VIOLATION) => Self::Unique,
            Some(&SqlState::FOREIGN_KEY_VIOLATION) => Self::Foreign,
            // The code alone: the server's words may repeat a value.
            Some(code) => {
                let said = format!("PostgreSQL answers {}", code.code());
                Self::Store(if takes_nobody(code) { StoreError::Away(said) } else { StoreError::Engine(said) })
            }
            None if error.is_closed() => Self::Store(StoreError::Away("PostgreSQL is gone".to_owned())),
            None => Self::Store(match error.source().filter(|_| of_tls(&error)) {
                Some(why) => StoreError::Engine(format!("PostgreSQL is not reached over TLS: {why}")),
                None => StoreError::Away("PostgreSQL cannot be reached".to_owned()),
            }),
        }
    }
}

/// Whether the server says that it starts, stops, or has no connection left.
fn takes_nobody(code: &SqlState) -> bool {
    let stops = [&SqlState::ADMIN_SHUTDOWN, &SqlState::CRASH_SHUTDOWN, &SqlState::CANNOT_CONNECT_NOW];
    stops.contains(&code) || *code == SqlState::TOO_MANY_CONNECTIONS
}

/// The driver keeps the kind of its errors to itself, but for the words.
fn of_tls(error: &tokio_postgres::Error) -> bool {
    error.to_string().starts_with("error performing TLS handshake")
}

impl ToSql for Value<'_> {
    fn to_sql(&self, of: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Number(number) => number.to_sql(of, out),
            Self::Text(text) => text.to_sql(of, out),
            Self::Day(day) => day.to_string().to_sql(of, out),
            Self::Bytes(bytes) => bytes.to_sql(of, out),
        }
    }

    fn accepts(of: &Type) -> bool {
        [Type::INT8, Type::TEXT, Type::BYTEA].contains(of)
    }

    fn to_sql_checked(&self, of: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        let fits = match self {
            Self::Null => true,
            Self::Number(_) => *of == Type::INT8,
            Self::Text(_) | Self::Day(_) => *of == Type::TEXT,
            Self::Bytes(_) => *of == Type::BYTEA,
        };
        if fits { self.to_sql(of, out) } else { Err("a value does not fit its place in the statement".into()) }
    }
}

impl<'r> FromSql<'r> for column::Cell<'r> {
    fn from_sql(of: &Type, raw: &'r [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        match *of {
            Type::INT8 => i64::from_sql(of, raw).map(Self::Number),
            Type::INT4 => i32::from_sql(of, raw).map(|number| Self::Number(number.into())),
            Type::BOOL => bool::from_sql(of, raw).map(|is| Self::Number(is.into())),
            Type::BYTEA => Ok(Self::Bytes(raw)),
            _ => <&str>::from_sql(of, raw).map(Self::Text),
        }
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(of: &Type) -> bool {
        [Type::INT8, Type::INT4, Type::BOOL, Type::BYTEA, Type::TEXT].contains(of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::TokenKind;

    #[test]
    fn rows_for_one_table_are_one_statement() {
        let types = [Type::BYTEA, Type::INT8];
        let many = |sql| fold(sql, &types, Must::Run);
        let expected = "INSERT INTO a (x, y, z) SELECT many.v1, NULL, many.v2 FROM unnest($1::bytea[], $2::int8[]) \
            AS many (v1, v2) ON CONFLICT (x) DO NOTHING";
        assert_eq!(many("INSERT INTO a (x, y, z) VALUES (?1, NULL, ?2) ON CONFLICT (x) DO NOTHING").unwrap(), expected);
        assert_eq!(many("UPDATE a SET x = ?1 WHERE y = ?2"), None);
        assert_eq!(many("INSERT INTO a (x, y) VALUES ((SELECT max(y) FROM a WHERE x = ?1), ?2)"), None);
        assert_eq!(many("INSERT INTO a (x) VALUES (?1) ON CONFLICT (x) DO UPDATE SET y = ?2"), None);
        assert_eq!(fold("INSERT INTO a (x) VALUES (0)", &[], Must::Run), None);
        let changes = "INSERT INTO a (x, y) VALUES (?1, ?2) ON CONFLICT (x) DO UPDATE SET y = excluded.y";
        assert_eq!(many(changes), None);
        assert!(fold(changes, &types, Must::Claim(TokenKind::Phone)).is_some());
    }
}
