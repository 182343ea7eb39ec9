//! PostgreSQL: one schema for each platform and one for the installation, for any number of servers at once.
//!
//! | in the database | what |
//! |---|---|
//! | schema `shouyue_installation` | seats, service tokens, sessions, codes, links |
//! | schema `shouyue_<platform>` | everything of one platform: facts, sealed values, wrapped keys, ledger |
//!
//! Whoever writes locks the row of the platform's head first, so acts of several servers follow one another; the tree is
//! read anew where another server has appended to it. Objects and the list of erasures lie in a folder, as with SQLite.

mod expiry;
mod session;
mod tls;

use std::fs::{self, DirBuilder};
use std::net::IpAddr;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use model::Slug;
use model::key::WrappedKey;
use tokio::runtime::Handle;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

pub(crate) use session::Session;
use tls::Tls;

use crate::destruction::Destruction;
use crate::error::StoreError;
use crate::objects::{Bucket, Objects};
use crate::sql::column::values;
use crate::sql::copy;
pub use crate::sql::copy::Copied;
use crate::sql::{
    self, Connection, Database, ERASURES, Engine, ErasureFile, INSTALLATION, Readers, SqlError, SqlStore,
};
use crate::sqlite::{self, Restored};
use crate::verbs::BackupPaths;

/// What every schema of ours begins with.
const PREFIX: &str = "shouyue_";

/// Folder of the objects.
const OBJECTS: &str = "objects";

/// The statements that lead a schema from each version to the next.
type Steps = &'static [&'static str];

const PLATFORM: Steps = &[
    include_str!("../../migrations/postgres/platform/0001.sql"),
    include_str!("../../migrations/postgres/platform/0002.sql"),
    include_str!("../../migrations/postgres/platform/0003.sql"),
    include_str!("../../migrations/postgres/platform/0004.sql"),
    include_str!("../../migrations/postgres/platform/0005.sql"),
    include_str!("../../migrations/postgres/platform/0006.sql"),
    include_str!("../../migrations/postgres/platform/0007.sql"),
];
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
const SCRUB: &str = "VACUUM key_slot, leaf_link, change";

/// The server's statistics of a column hold values of it, which no vacuum takes away: it is to make none of keys.
const SAMPLED: &str = "SELECT count(*) FROM pg_attribute \
    WHERE attrelid = 'key_slot'::regclass AND attname = 'wrapped' AND coalesce(attstattarget, -1) <> 0";
/// Setting a type, though it is the same, drops those that there are.
const SAMPLE_NONE: &str = "ALTER TABLE key_slot ALTER COLUMN wrapped TYPE bytea; \
    ALTER TABLE key_slot ALTER COLUMN wrapped SET STATISTICS 0";

/// How often two servers may be in each other's way where a schema is made.
const TRIES: usize = 5;

/// Copies a data folder of SQLite, which no server has open, into a database that has none of its platforms: the
/// installation first, then each platform, each whole or not at all. Objects and the lists of erasures stay where they
/// are. Blocks the thread.
///
/// # Errors
///
/// [`StoreError::Occupied`] where the database has the installation or the platform, [`StoreError::Damaged`] where
/// counts or roots differ, and as [`open`].
pub fn copy(folder: &Path, address: &Address) -> Result<Vec<(String, Copied)>, StoreError> {
    let server = Server::at(address, folder);
    let (installation, platforms) = sqlite::databases(folder)?;
    let mut copied = Vec::new();
    let to = server.ready(INSTALLATION, INSTALLED)?;
    if !copy::is_unused(&to)? {
        return Err(StoreError::Occupied("an installation in the database"));
    }
    copied.push((INSTALLATION.to_owned(), to.whole(|| copy::installation(&installation, &to))?));
    for (platform, from) in platforms {
        let done = server.put(&platform, &from)?;
        copied.push((platform.to_string(), done));
    }
    Ok(copied)
}

/// Puts a platform back from a backup into a database that does not have it; otherwise as [`sqlite::restore`].
///
/// # Errors
///
/// As of [`sqlite::restore`] and [`open`].
pub fn restore(
    address: &Address,
    folder: &Path,
    platform: &Slug,
    from: &BackupPaths,
    newest_erasures: &Path,
    bucket: Option<&Bucket>,
) -> Result<Restored, StoreError> {
    let server = Server::at(address, folder);
    let aside = folder.join(format!("{platform}.restoring"));
    if aside.exists() {
        fs::remove_dir_all(&aside)?;
    }
    DirBuilder::new().recursive(true).mode(0o700).create(&aside)?;
    let list = |folder: &Path| folder.join(platform.as_str()).with_extension(ERASURES);
    // The folder's own list is one that the newest must continue.
    if list(folder).exists() {
        fs::copy(list(folder), list(&aside))?;
    }
    let restored = sqlite::restore(&aside, platform, from, newest_erasures, bucket).and_then(|restored| {
        if bucket.is_none() {
            place(&aside, folder, platform)?;
        }
        fs::rename(list(&aside), list(folder))?;
        // The database last: what was cut short before can be done again.
        let (_, platforms) = sqlite::databases(&aside)?;
        for (platform, from) in &platforms {
            server.put(platform, from)?;
        }
        Ok(restored)
    });
    fs::remove_dir_all(&aside)?;
    restored
}

/// Moves the objects of a platform from one folder to another, where those that a lost database left behind belong to
/// nothing any more.
fn place(from: &Path, to: &Path, platform: &Slug) -> Result<(), StoreError> {
    let objects = |folder: &Path| folder.join(OBJECTS).join(platform.as_str());
    if objects(to).exists() {
        fs::remove_dir_all(objects(to))?;
    }
    if objects(from).exists() {
        DirBuilder::new().recursive(true).mode(0o700).create(to.join(OBJECTS))?;
        fs::rename(objects(from), objects(to))?;
    }
    Ok(())
}

/// Where a server is. Shows no password.
#[derive(Debug, Clone)]
pub struct Address {
    config: Config,
    tls: Option<Tls>,
}

impl Address {
    /// Reads a connection string or URL as of `libpq`, of a server on this machine; the password is given apart, so that none
    /// stands in a configuration.
    ///
    /// # Errors
    ///
    /// [`StoreError::Engine`] for one that does not read, that holds a password, that asks for TLS, or that leads over a
    /// network: without TLS this release speaks through a socket or the loopback address only, where nothing can be listened to.
    pub fn new(text: &str, password: Option<&str>) -> Result<Self, StoreError> {
        let config = read(text, password)?;
        if config.get_ssl_mode() == SslMode::Require {
            return Err(refused("`sslmode` asks for TLS: name in `ca` the authority that certifies the server"));
        }
        let near = |host: &Host| match host {
            Host::Unix(_) => true,
            Host::Tcp(name) => ["localhost", "127.0.0.1", "::1"].contains(&name.as_str()),
        };
        if !config.get_hosts().iter().all(near) || !config.get_hostaddrs().iter().all(IpAddr::is_loopback) {
            return Err(refused("the server is on a network: name in `ca` the authority that certifies it, for TLS"));
        }
        Ok(Self { config, tls: None })
    }

    /// The same for a server anywhere, over TLS and never without: `sslmode` may be `require`, `verify-ca`, `verify-full` or
    /// absent, and means the last of these. `authority` is a PEM file of the certificates that may certify the server.
    ///
    /// # Errors
    ///
    /// [`StoreError::Engine`] for an address that does not read, that holds a password, that forbids TLS or leads to a
    /// socket, and for a file that holds no certificate.
    pub fn over_tls(text: &str, password: Option<&str>, authority: &[u8]) -> Result<Self, StoreError> {
        let mut config = read(text, password)?;
        if config.get_ssl_mode() == SslMode::Disable {
            return Err(refused("`sslmode=disable` and an authority for TLS: drop one of them"));
        }
        let named = |host: &Host| matches!(host, Host::Tcp(_));
        if config.get_hosts().is_empty() || !config.get_hosts().iter().all(named) {
            return Err(refused("TLS needs `host` and a name in it, which the certificate bears; sockets have no TLS"));
        }
        config.ssl_mode(SslMode::Require);
        Ok(Self { config, tls: Some(Tls::trusting(authority)?) })
    }
}

fn refused(why: &str) -> StoreError {
    StoreError::Engine(why.to_owned())
}

fn read(text: &str, password: Option<&str>) -> Result<Config, StoreError> {
    // Words of `libpq` that the driver does not know; ours are never weaker.
    let text = text.replace("sslmode=verify-full", "sslmode=require").replace("sslmode=verify-ca", "sslmode=require");
    let mut config: Config = text.parse().map_err(|_| refused("the address does not read"))?;
    if config.get_password().is_some() {
        return Err(refused("the address holds a password: give it in a file of its own"));
    }
    if let Some(password) = password {
        config.password(password);
    }
    Ok(config)
}

/// Where the server is, and the folder with what is too big for it.
#[derive(Debug, Clone)]
struct Server {
    address: Address,
    folder: PathBuf,
    /// How often somebody waited for the server.
    journeys: Arc<AtomicU64>,
}

/// Opens the store in a database, made ready if need be, with every platform in it. `folder` holds the lists of erasures and,
/// where no bucket is named, the objects; it is shared by all servers of an installation. Blocks the thread.
///
/// # Errors
///
/// [`StoreError::Engine`] when the server cannot be reached, [`StoreError::Newer`] when a newer release wrote the
/// database, [`StoreError::Damaged`] when the edge of a ledger does not agree with its head.
pub fn open(address: &Address, folder: &Path, bucket: Option<&Bucket>) -> Result<Arc<SqlStore>, StoreError> {
    let server = Server::at(address, folder);
    // The folder only then: a first start that finds no database leaves it as empty as it was.
    let connection = server.ready(INSTALLATION, INSTALLED)?;
    let objects = bucket.map_or_else(|| Objects::local(folder.join(OBJECTS)), Objects::within)?;
    let installation =
        Database::of_installation(connection, server.readers(INSTALLATION), Some(server.reopen(INSTALLATION)))?;
    SqlStore::new(Box::new(server), installation, objects)
}

/// Whether a schema has the tables of a platform and no platform in them.
fn is_blank(connection: &Connection) -> Result<bool, StoreError> {
    Ok(connection.count("SELECT count(*) FROM house")? == 0)
}

fn schema(name: &str) -> String {
    format!("{PREFIX}{name}")
}

impl Server {
    fn at(address: &Address, folder: &Path) -> Self {
        Self { address: address.clone(), folder: folder.to_owned(), journeys: Arc::default() }
    }

    /// Puts a whole platform into a schema that has none.
    fn put(&self, platform: &Slug, from: &Connection) -> Result<Copied, StoreError> {
        let to = self.ready(platform.as_str(), PLATFORM)?;
        if !is_blank(&to)? {
            return Err(StoreError::Occupied("the platform"));
        }
        to.whole(|| copy::platform(from, &to))
    }

    fn connect(&self, name: &str) -> Result<Connection, StoreError> {
        Ok(Connection::Postgres(Box::new(Session::open(&self.address, &schema(name), &self.journeys)?)))
    }

    fn readers(&self, name: &str) -> Readers {
        let (server, name) = (self.clone(), name.to_owned());
        Readers::of_server(Box::new(move || server.connect(&name)))
    }

    fn reopen(&self, name: &str) -> sql::Reopen {
        let (server, name) = (self.clone(), name.to_owned());
        Box::new(move || server.connect(&name))
    }

    /// A connection to a schema at the version that this release knows; made if need be.
    fn ready(&self, name: &str, steps: Steps) -> Result<Connection, StoreError> {
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
        if connection.count(SAMPLED)? > 0 {
            connection.batch(SAMPLE_NONE)?;
        }
        let scrub = move |connection: &Connection| {
            list.extend(connection)?;
            connection.batch(SCRUB)?;
            Ok(true)
        };
        Database::of_platform(platform, connection, self.readers(name), Some(self.reopen(name)), Box::new(scrub))
    }
}

impl Engine for Server {
    fn is_shared(&self) -> bool {
        true
    }

    /// Vacuumed tables no longer lead to it; the log, which is the server's own, may.
    fn destroys_at_once(&self) -> bool {
        false
    }

    fn journeys(&self) -> u64 {
        self.journeys.load(Ordering::Relaxed)
    }

    fn confirm(&self, platform: &Slug, now: Timestamp) -> Result<Option<Destruction>, StoreError> {
        expiry::confirm(self, platform, now).map(Some)
    }

    fn create(&self, platform: &Slug, keys: &[WrappedKey]) -> Result<Database, StoreError> {
        let connection = self.ready(platform.as_str(), PLATFORM)?;
        connection.whole(|| {
            // Another server may be at it: one after the other, and the first one's key stays.
            let _: u32 = connection.one(VERSION, values![], |row| row.get(0))?;
            if is_blank(&connection)? { sql::begin(&connection, platform, keys) } else { Ok(()) }
        })?;
        sql::belongs(&connection, platform)?;
        self.serve(platform, connection)
    }

    fn platforms(&self, installation: &Readers) -> Result<Vec<Slug>, StoreError> {
        let names = |connection: &Connection| connection.rows(SCHEMAS, values![PREFIX], |row| row.get(0));
        let names: Vec<String> = installation.read(names)?;
        let names = names.iter().filter_map(|name| name.strip_prefix(PREFIX)).filter(|name| *name != INSTALLATION);
        Ok(names.filter_map(|name| name.parse().ok()).collect())
    }

    fn open(&self, platform: &Slug) -> Result<Option<Database>, StoreError> {
        let connection = self.ready(platform.as_str(), PLATFORM)?;
        // A schema whose making was cut short has nothing in it yet.
        if is_blank(&connection)? {
            return Ok(None);
        }
        sql::belongs(&connection, platform)?;
        self.serve(platform, connection).map(Some)
    }

    /// In the archives of SQLite: so one kind of backup is restored into either engine.
    fn backup(&self, platform: &Slug, objects: (&Objects, &Handle), to: &BackupPaths) -> Result<(), StoreError> {
        let copy = |path: &Path| {
            let (from, to) = (self.connect(platform.as_str())?, sqlite::blank(path)?);
            from.begin_to_read()?;
            copy::platform(&from, &to)?;
            from.end_of_reading()?;
            to.close()
        };
        sqlite::backup::write(copy, objects, platform, to)
    }
}

#[cfg(test)]
mod tests;
