//! PostgreSQL: one schema for each platform and one for the installation, for any number of servers at once.
//!
//! | in the database | what |
//! |---|---|
//! | schema `shouyue_installation` | seats, service tokens, sessions, codes, links |
//! | schema `shouyue_<platform>` | everything of one platform: facts, sealed values, wrapped keys, ledger |
//!
//! Whoever writes locks the row of the platform's head first, so acts of several servers follow one another; the tree is
//! read anew where another server has appended to it. Objects and the list of erasures lie in a folder, as with SQLite.

mod session;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::Slug;
use tokio::runtime::Handle;
use tokio_postgres::Config;

pub(crate) use session::Session;

use crate::error::StoreError;
use crate::objects::Objects;
use crate::sql::column::values;
use crate::sql::{
    self, Connection, Database, ERASURES, Engine, ErasureFile, INSTALLATION, Readers, SqlError, SqlStore,
};
use crate::verbs::BackupPaths;

/// What every schema of ours begins with.
const PREFIX: &str = "shouyue_";

/// Folder of the objects.
const OBJECTS: &str = "objects";

/// The statements that lead a schema from each version to the next.
type Steps = &'static [&'static str];

const PLATFORM: Steps = &[include_str!("../../migrations/postgres/platform/0001.sql")];
const INSTALLED: Steps = &[include_str!("../../migrations/postgres/installation/0001.sql")];

const SCHEMAS: &str = "SELECT nspname::text FROM pg_namespace WHERE starts_with(nspname::text, ?1) ORDER BY 1";
/// The version of the schema. Its row is locked while the schema is brought forward, so servers that start at once do
/// it one after the other.
const VERSION_KEPT: &str = "CREATE TABLE IF NOT EXISTS schema_version \
    (one bigint PRIMARY KEY CHECK (one = 1), version bigint NOT NULL); \
    INSERT INTO schema_version (one, version) VALUES (1, 0) ON CONFLICT DO NOTHING;";
const VERSION: &str = "SELECT version FROM schema_version WHERE one = 1 FOR UPDATE";
const VERSION_SET: &str = "UPDATE schema_version SET version = ?1 WHERE one = 1";

/// Rows that were overwritten leave their old versions behind until this has run.
const SCRUB: &str = "VACUUM key_slot, leaf_link";

/// How often two servers may be in each other's way where a schema is made.
const TRIES: usize = 5;

/// Where the server is, and the folder with what is too big for it.
#[derive(Debug, Clone)]
struct Server {
    config: Config,
    folder: PathBuf,
}

/// Opens the store in a database, made ready if need be, with every platform in it. `address` is a connection string
/// or URL as of `libpq`; `folder` holds objects and the lists of erasures, and is shared by all servers of an installation.
/// Blocks the thread.
///
/// # Errors
///
/// [`StoreError::Engine`] when the server cannot be reached, [`StoreError::Newer`] when a newer release wrote the
/// database, [`StoreError::Damaged`] when the edge of a ledger does not agree with its head.
pub fn open(address: &str, folder: &Path) -> Result<Arc<SqlStore>, StoreError> {
    let config: Config = address.parse().map_err(|_| StoreError::Engine("the address does not read".to_owned()))?;
    let objects = Objects::local(folder.join(OBJECTS))?;
    let server = Server { config, folder: folder.to_owned() };
    let connection = server.ready(INSTALLATION, INSTALLED, |_| Ok(()))?;
    let installation =
        Database::of_installation(connection, server.readers(INSTALLATION), Some(server.reopen(INSTALLATION)))?;
    SqlStore::new(Box::new(server), installation, objects)
}

fn schema(name: &str) -> String {
    format!("{PREFIX}{name}")
}

impl Server {
    fn connect(&self, name: &str) -> Result<Connection, StoreError> {
        Ok(Connection::Postgres(Box::new(Session::open(&self.config, &schema(name))?)))
    }

    fn readers(&self, name: &str) -> Readers {
        let (server, name) = (self.clone(), name.to_owned());
        Readers::new(Box::new(move || server.connect(&name)))
    }

    fn reopen(&self, name: &str) -> sql::Reopen {
        let (server, name) = (self.clone(), name.to_owned());
        Box::new(move || server.connect(&name))
    }

    /// A connection to a schema at the version that this release knows; made if need be, and then begun with `first`.
    fn ready(
        &self,
        name: &str,
        steps: Steps,
        first: impl Fn(&Connection) -> Result<(), StoreError>,
    ) -> Result<Connection, StoreError> {
        let connection = self.connect(name)?;
        let make = format!("CREATE SCHEMA IF NOT EXISTS \"{}\"; {VERSION_KEPT}", schema(name));
        let made = (0..TRIES).map(|_| connection.batch(&make)).find(|made| !matches!(made, Err(SqlError::Unique)));
        made.unwrap_or(Err(SqlError::Unique))?;
        connection.whole(|| {
            let found: u32 = connection.one(VERSION, values![], |row| row.get(0))?;
            let known = u32::try_from(steps.len()).unwrap_or(u32::MAX);
            if found > known {
                return Err(StoreError::Newer { found, known });
            }
            for step in steps.iter().skip(usize::try_from(found).unwrap_or(usize::MAX)) {
                connection.batch(step)?;
            }
            if found == 0 {
                first(&connection)?;
            }
            connection.execute(VERSION_SET, values![known])?;
            Ok(())
        })?;
        Ok(connection)
    }

    fn serve(&self, platform: &Slug, connection: Connection) -> Result<Database, StoreError> {
        let name = platform.as_str();
        let mut list = ErasureFile::new(self.folder.join(name).with_extension(ERASURES));
        // What a server that was killed had erased, but not yet scrubbed.
        list.extend(&connection)?;
        connection.batch(SCRUB)?;
        let scrub = move |connection: &Connection| {
            list.extend(connection)?;
            connection.batch(SCRUB)?;
            Ok(true)
        };
        Database::of_platform(platform, connection, self.readers(name), Some(self.reopen(name)), Box::new(scrub))
    }
}

impl Engine for Server {
    fn create(&self, platform: &Slug, wrapped_key: &[u8]) -> Result<Database, StoreError> {
        let connection = self.ready(platform.as_str(), PLATFORM, |new| sql::begin(new, platform, wrapped_key))?;
        self.serve(platform, connection)
    }

    fn platforms(&self) -> Result<Vec<Slug>, StoreError> {
        let connection = self.connect(INSTALLATION)?;
        let names: Vec<String> = connection.rows(SCHEMAS, values![PREFIX], |row| row.get(0))?;
        let names = names.iter().filter_map(|name| name.strip_prefix(PREFIX)).filter(|name| *name != INSTALLATION);
        Ok(names.filter_map(|name| name.parse().ok()).collect())
    }

    fn open(&self, platform: &Slug) -> Result<Option<Database>, StoreError> {
        let connection = self.connect(platform.as_str())?;
        // A schema whose making was cut short has nothing in it yet.
        if connection.row(VERSION, values![], |row| row.get::<u32>(0))?.unwrap_or(0) == 0 {
            return Ok(None);
        }
        let connection = self.ready(platform.as_str(), PLATFORM, |_| Ok(()))?;
        sql::belongs(&connection, platform)?;
        self.serve(platform, connection).map(Some)
    }

    fn backup(&self, _: &Slug, _: (&Objects, &Handle), _: &BackupPaths) -> Result<(), StoreError> {
        Err(StoreError::Engine("not yet".to_owned()))
    }
}
