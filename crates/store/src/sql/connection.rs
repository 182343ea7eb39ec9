//! A connection to either engine: a statement and its values in, rows out.
//!
//! A statement is written once, in the words that both engines know, with places as SQLite writes them (`?1`).

use super::column::{Cell, Column, Kept, Value};
use crate::batch::TokenKind;
use crate::error::{CommitError, StoreError};
use crate::postgres::Session;

/// Why a statement failed.
#[derive(Debug, Clone)]
pub(crate) enum SqlError {
    /// A row of this key is there already.
    Unique,
    /// The row speaks of something that is not there.
    Foreign,
    /// Anything else.
    Store(StoreError),
}

impl From<SqlError> for StoreError {
    fn from(error: SqlError) -> Self {
        match error {
            SqlError::Unique => Self::Engine("a row of this key is there already".to_owned()),
            SqlError::Foreign => Self::Engine("a row speaks of another that is not there".to_owned()),
            SqlError::Store(error) => error,
        }
    }
}

impl From<StoreError> for SqlError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<SqlError> for CommitError {
    fn from(error: SqlError) -> Self {
        Self::Store(error.into())
    }
}

/// What must come of a statement whose answer nobody waits for by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Must {
    /// That it runs.
    Run,
    /// A row of such a thing comes, or the engine says why not.
    Come(&'static str),
    /// A row of such a thing changes.
    Change(&'static str),
    /// A row changes, or somebody else holds this token.
    Claim(TokenKind),
}

impl Must {
    /// What it means for the act that the statement ran so.
    pub(crate) fn hold(self, ran: Result<usize, SqlError>) -> Result<(), CommitError> {
        self.hold_each(1, ran)
    }

    /// The same of so many rows that went with one statement.
    pub(crate) fn hold_each(self, rows: usize, ran: Result<usize, SqlError>) -> Result<(), CommitError> {
        match (ran, self) {
            (Ok(changed), Self::Change(what)) if changed < rows => Err(CommitError::Missing { what }),
            (Ok(changed), Self::Claim(kind)) if changed < rows => Err(CommitError::TokenTaken(kind)),
            (Ok(_), _) => Ok(()),
            (Err(error), Self::Come(what) | Self::Change(what)) => Err(conflict(error, what)),
            (Err(error), Self::Run | Self::Claim(_)) => Err(error.into()),
        }
    }

    /// Whether it holds for every statement that runs.
    pub(crate) const fn is_sure(self) -> bool {
        matches!(self, Self::Run | Self::Come(_))
    }
}

/// A statement that asks something, with its values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Question {
    pub(crate) sql: &'static str,
    pub(crate) values: Vec<Kept>,
}

impl Question {
    /// A question that is going to be asked with just these values.
    pub(crate) fn new<'v>(sql: &'static str, values: impl AsRef<[Value<'v>]>) -> Self {
        Self { sql, values: values.as_ref().iter().map(Kept::from).collect() }
    }
}

/// What a broken constraint means: a thing of this id is there already, because another act was faster; or the thing
/// that the row speaks of is not there.
pub(crate) fn conflict(error: SqlError, what: &'static str) -> CommitError {
    match error {
        SqlError::Unique => CommitError::Moved,
        SqlError::Foreign => CommitError::Missing { what },
        SqlError::Store(error) => error.into(),
    }
}

/// What a statement that did not do what it must is to whoever knows nothing of acts.
pub(crate) fn unmet(error: CommitError) -> StoreError {
    match error {
        CommitError::Store(error) => error,
        unmet => StoreError::Engine(unmet.to_string()),
    }
}

/// A connection.
pub(crate) enum Connection {
    /// To a file.
    Sqlite(rusqlite::Connection),
    /// To a server.
    Postgres(Box<Session>),
}

/// How far a transaction has come.
#[derive(Clone, Copy)]
pub(crate) struct Mark(u64);

/// A row of an answer.
pub(crate) enum Row<'r> {
    /// Of SQLite.
    Sqlite(&'r rusqlite::Row<'r>),
    /// Of PostgreSQL.
    Postgres(&'r tokio_postgres::Row),
}

impl Row<'_> {
    /// The column at a place, from 0.
    pub(crate) fn get<T: Column>(&self, at: usize) -> Result<T, StoreError> {
        T::read(self.cell(at)?).ok_or(StoreError::Damaged("a column does not read as its type"))
    }

    fn cell(&self, at: usize) -> Result<Cell<'_>, StoreError> {
        match self {
            Self::Sqlite(row) => {
                let cell = Cell::try_from(row.get_ref(at)?);
                cell.map_err(|()| StoreError::Damaged("a column does not read as its type"))
            }
            Self::Postgres(row) => Ok(row.try_get(at).map_err(SqlError::from)?),
        }
    }

    /// Every column for people: bytes in hexadecimal digits.
    pub(crate) fn shown(&self) -> String {
        let columns = match self {
            Self::Sqlite(row) => row.as_ref().column_count(),
            Self::Postgres(row) => row.len(),
        };
        let shown = |at| self.get::<Shown>(at).map_or_else(|_| "?".to_owned(), |shown| shown.0);
        (0..columns).map(shown).collect::<Vec<_>>().join(" ")
    }
}

struct Shown(String);

impl Column for Shown {
    fn read(cell: Cell<'_>) -> Option<Self> {
        Some(Self(match cell {
            Cell::Null => "-".to_owned(),
            Cell::Number(number) => number.to_string(),
            Cell::Text(text) => text.to_owned(),
            Cell::Bytes(bytes) => {
                let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
                digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
            }
        }))
    }
}

impl Connection {
    /// Runs a statement; how many rows it changed.
    pub(crate) fn execute<'v>(&self, sql: &'static str, values: impl AsRef<[Value<'v>]>) -> Result<usize, SqlError> {
        match self {
            Self::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(sql)?;
                Ok(statement.execute(rusqlite::params_from_iter(values.as_ref()))?)
            }
            Self::Postgres(session) => session.execute(sql, values.as_ref()),
        }
    }

    /// Runs a statement whose answer the act does not need before its end. A server is sent it together with the next
    /// statement that is waited for, and rows that go into one table one after the other as one statement; what came of it is
    /// known when `settled` says so.
    pub(crate) fn later<'v>(
        &self,
        sql: &'static str,
        values: impl AsRef<[Value<'v>]>,
        must: Must,
    ) -> Result<(), CommitError> {
        match self {
            Self::Sqlite(_) => must.hold(self.execute(sql, values)),
            Self::Postgres(session) => session.later(sql, values.as_ref(), must),
        }
    }

    /// What came of the statements that nobody waited for: the first that did not do what it must.
    pub(crate) fn settled(&self) -> Result<(), CommitError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(session) => session.settled(),
        }
    }

    /// Asks a server what is going to be asked in this transaction, all in one journey. A file answers at once when it is asked.
    pub(crate) fn ahead<'q>(
        &self,
        questions: impl IntoIterator<Item = (&'static str, &'q [Value<'q>])>,
    ) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(session) => {
                let questions = questions.into_iter().map(|(sql, values)| Question::new(sql, values));
                Ok(session.ask_ahead(Vec::new(), questions)?)
            }
        }
    }

    /// Says that what a write does changes the answer to a question that may have been asked ahead.
    pub(crate) fn overtaken<'v>(&self, sql: &'static str, values: impl AsRef<[Value<'v>]>) {
        if let Self::Postgres(session) = self {
            session.overtaken(sql, values.as_ref());
        }
    }

    /// The same of every question.
    pub(crate) fn all_overtaken(&self) {
        if let Some(server) = self.server() {
            server.unask();
        }
    }

    /// The server behind it.
    pub(crate) fn server(&self) -> Option<&Session> {
        match self {
            Self::Sqlite(_) => None,
            Self::Postgres(session) => Some(session),
        }
    }

    /// Hands every row of a query on, one by one.
    pub(crate) fn each<'v>(
        &self,
        sql: &'static str,
        values: impl AsRef<[Value<'v>]>,
        mut take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(sql)?;
                let mut rows = statement.query(rusqlite::params_from_iter(values.as_ref()))?;
                while let Some(row) = rows.next()? {
                    take(&Row::Sqlite(row))?;
                }
                Ok(())
            }
            Self::Postgres(session) => {
                let rows = session.query(sql, values.as_ref())?;
                rows.iter().try_for_each(|row| take(&Row::Postgres(row)))
            }
        }
    }

    /// Hands every row of a query over whole tables on, a few hundred at a time wherever they come from. Inside a transaction,
    /// and not within another of its kind.
    pub(crate) fn scan(
        &self,
        sql: &'static str,
        mut take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(_) => self.each(sql, [], take),
            Self::Postgres(session) => session.each(sql, &mut |row| take(&Row::Postgres(row))),
        }
    }

    /// Every row of a query.
    pub(crate) fn rows<'v, T>(
        &self,
        sql: &'static str,
        values: impl AsRef<[Value<'v>]>,
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        self.each(sql, values, |row| {
            found.push(read(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// The first row of a query, if there is one.
    pub(crate) fn row<'v, T>(
        &self,
        sql: &'static str,
        values: impl AsRef<[Value<'v>]>,
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut read = Some(read);
        let mut found = None;
        self.each(sql, values, |row| {
            if let Some(read) = read.take() {
                found = Some(read(row)?);
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// The row of a query that must have one.
    pub(crate) fn one<'v, T>(
        &self,
        sql: &'static str,
        values: impl AsRef<[Value<'v>]>,
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let found = self.row(sql, values, read)?;
        found.ok_or(StoreError::Damaged("a row that must be there is missing"))
    }
}

impl<'r> TryFrom<rusqlite::types::ValueRef<'r>> for Cell<'r> {
    type Error = ();

    fn try_from(value: rusqlite::types::ValueRef<'r>) -> Result<Self, ()> {
        use rusqlite::types::ValueRef;
        match value {
            ValueRef::Null => Ok(Self::Null),
            ValueRef::Integer(number) => Ok(Self::Number(number)),
            ValueRef::Text(text) => std::str::from_utf8(text).map(Self::Text).map_err(|_| ()),
            ValueRef::Blob(bytes) => Ok(Self::Bytes(bytes)),
            ValueRef::Real(_) => Err(()),
        }
    }
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, ValueRef};
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Day(day) => return Ok(day.to_string().into()),
            Self::Null => ValueRef::Null,
            Self::Number(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl From<rusqlite::Error> for SqlError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ffi::{SQLITE_CONSTRAINT_FOREIGNKEY, SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
        match error.sqlite_error().map(|error| error.extended_code) {
            Some(SQLITE_CONSTRAINT_PRIMARYKEY | SQLITE_CONSTRAINT_UNIQUE) => Self::Unique,
            Some(SQLITE_CONSTRAINT_FOREIGNKEY) => Self::Foreign,
            _ => Self::Store(error.into()),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            // The engine's own words name tables and columns, never their content.
            rusqlite::Error::SqliteFailure(code, words) => Self::Engine(words.unwrap_or_else(|| code.to_string())),
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::Utf8Error(..) => Self::Damaged("a column does not read as its type"),
            rusqlite::Error::QueryReturnedNoRows => Self::Damaged("a row that must be there is missing"),
            _ => Self::Engine("a statement does not fit the schema".to_owned()),
        }
    }
}

/// Transactions, which each engine begins in its own words.
impl Connection {
    /// Begins to write. Nobody else writes here until it ends: SQLite locks the file, PostgreSQL the row of the head.
    pub(crate) fn begin_to_write(&self) -> Result<(), SqlError> {
        match self {
            Self::Sqlite(_) => self.execute("BEGIN IMMEDIATE", []).map(drop),
            Self::Postgres(session) => session.first("BEGIN ISOLATION LEVEL READ COMMITTED"),
        }
    }

    /// Begins to read: everything until the end is of one instant.
    pub(crate) fn begin_to_read(&self) -> Result<(), SqlError> {
        match self {
            Self::Sqlite(_) => self.execute("BEGIN", []).map(drop),
            Self::Postgres(session) => session.first("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
        }
    }

    /// Ends a transaction in which nothing was written.
    pub(crate) fn end_of_reading(&self) -> Result<(), SqlError> {
        match self {
            Self::Sqlite(_) => self.execute("COMMIT", []).map(drop),
            Self::Postgres(session) => session.last("COMMIT"),
        }
    }

    /// Ends the transaction; what was written is durable.
    pub(crate) fn end(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(_) => Ok(self.execute("COMMIT", []).map(drop)?),
            Self::Postgres(session) => session.commit("COMMIT").map_err(unmet),
        }
    }

    /// Begins a part of the transaction that can be undone by itself.
    pub(crate) fn begin_part(&self) -> Result<(), StoreError> {
        self.later("SAVEPOINT part", [], Must::Run).map_err(unmet)
    }

    /// Ends the part.
    pub(crate) fn end_part(&self) -> Result<(), StoreError> {
        self.later("RELEASE part", [], Must::Run).map_err(unmet)
    }

    /// Undoes what the part did so far.
    pub(crate) fn undo_part(&self) -> Result<(), StoreError> {
        // What was to be sent yet is sent, for the beginning of the part may be among it; what came of it is of no matter now.
        drop(self.settled());
        Ok(self.execute("ROLLBACK TO part", []).map(drop)?)
    }

    /// Marks how far a transaction has come: what follows can be undone as long as nothing was sent to a server, nor written
    /// to a file.
    pub(crate) fn mark(&self) -> Mark {
        match self {
            Self::Sqlite(connection) => Mark(connection.total_changes()),
            Self::Postgres(session) => {
                session.mark();
                Mark(0)
            }
        }
    }

    /// Undoes what was done since then; `false` where it cannot be undone by itself. A statement that SQLite refuses counts for
    /// nothing, for it leaves nothing behind.
    pub(crate) fn back_to(&self, mark: Mark) -> bool {
        match self {
            Self::Sqlite(connection) => connection.total_changes() == mark.0,
            Self::Postgres(session) => session.unsend(),
        }
    }

    /// Ends what followed a mark; what of it the server has refused by now fails the transaction.
    pub(crate) fn end_unsent(&self) -> Result<(), StoreError> {
        let is_refused = self.server().is_some_and(Session::is_refused);
        if is_refused { Err(StoreError::Engine("the server refused a statement".to_owned())) } else { Ok(()) }
    }

    /// Runs statements that take no values and give no rows.
    pub(crate) fn batch(&self, sql: &str) -> Result<(), SqlError> {
        match self {
            Self::Sqlite(connection) => Ok(connection.execute_batch(sql)?),
            Self::Postgres(session) => session.batch(sql),
        }
    }

    /// Runs `work` in a transaction of its own.
    pub(crate) fn whole<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.begin_to_write()?;
        let done = work().and_then(|done| self.end().map(|()| done));
        if done.is_err() {
            self.undo();
        }
        done
    }

    /// Undoes the transaction.
    pub(crate) fn undo(&self) {
        if let Some(server) = self.server() {
            server.drop_waiting();
        }
        // Where even this fails the engine has undone it by itself.
        drop(self.execute("ROLLBACK", []));
    }

    /// Whether a transaction is still under way: a full disk may have undone it.
    pub(crate) fn is_writing(&self) -> bool {
        match self {
            Self::Sqlite(connection) => !connection.is_autocommit(),
            Self::Postgres(session) => !session.is_closed(),
        }
    }

    /// Whether the server is gone, so that only another connection helps.
    pub(crate) fn is_lost(&self) -> bool {
        matches!(self, Self::Postgres(session) if session.is_lost())
    }

    /// Closes the file behind it.
    pub(crate) fn close(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(connection) => Ok(connection.close().map_err(|(_, error)| error)?),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// The file behind it, for what SQLite alone does.
    pub(crate) fn file(&self) -> Result<&rusqlite::Connection, StoreError> {
        match self {
            Self::Sqlite(connection) => Ok(connection),
            Self::Postgres(_) => Err(StoreError::Engine("a server is no file".to_owned())),
        }
    }
}

/// What takes a row.
pub(crate) type Put<'p> = dyn FnMut(&[Value<'_>]) -> Result<(), StoreError> + 'p;

/// Whole tables, column by column.
impl Connection {
    /// The columns of a table, in their order.
    pub(crate) fn columns(&self, table: &'static str) -> Result<Vec<String>, StoreError> {
        let sql = match self {
            Self::Sqlite(_) => "SELECT name FROM pragma_table_info(?1) ORDER BY cid",
            Self::Postgres(_) => {
                "SELECT column_name::text FROM information_schema.columns \
                WHERE table_schema = current_schema() AND table_name::text = ?1 ORDER BY ordinal_position"
            }
        };
        self.rows(sql, super::column::values![table], |row| row.get(0))
    }

    /// How many a query counts.
    pub(crate) fn count(&self, sql: &str) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(connection) => {
                connection.query_row(sql, [], |row| Ok(Row::Sqlite(row).get(0))).map_err(StoreError::from)?
            }
            Self::Postgres(session) => Row::Postgres(&session.only(sql)?).get(0),
        }
    }

    /// Hands every row of a table on.
    pub(crate) fn hand_on(&self, table: &str, columns: &[String], put: &mut Put<'_>) -> Result<(), StoreError> {
        let sql = format!("SELECT {} FROM {table}", columns.join(", "));
        let mut put_row = |row: &Row<'_>| {
            let cells: Vec<Cell<'_>> = (0..columns.len()).map(|at| row.cell(at)).collect::<Result<_, _>>()?;
            let values: Vec<_> = cells.into_iter().map(Value::from).collect();
            put(&values)
        };
        match self {
            Self::Sqlite(connection) => {
                let mut statement = connection.prepare(&sql)?;
                let mut rows = statement.query([])?;
                while let Some(row) = rows.next()? {
                    put_row(&Row::Sqlite(row))?;
                }
                Ok(())
            }
            Self::Postgres(session) => session.each(&sql, &mut |row| put_row(&Row::Postgres(row))),
        }
    }

    /// Puts rows into a table: all that `rows` puts.
    pub(crate) fn fill(
        &self,
        table: &str,
        columns: &[String],
        rows: impl FnOnce(&mut Put<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(connection) => {
                let places: Vec<_> = (1..=columns.len()).map(|at| format!("?{at}")).collect();
                let sql = format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), places.join(", "));
                let mut statement = connection.prepare(&sql)?;
                rows(&mut |values| {
                    statement.execute(rusqlite::params_from_iter(values))?;
                    Ok(())
                })
            }
            Self::Postgres(session) => session.fill(table, columns, rows),
        }
    }
}

impl<'c> From<Cell<'c>> for Value<'c> {
    fn from(cell: Cell<'c>) -> Self {
        match cell {
            Cell::Null => Self::Null,
            Cell::Number(number) => Self::Number(number),
            Cell::Text(text) => Self::Text(text),
            Cell::Bytes(bytes) => Self::Bytes(bytes),
        }
    }
}
