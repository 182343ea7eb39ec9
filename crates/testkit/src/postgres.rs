//! A real PostgreSQL of its own, from Debian's packages, that goes away with the test.

use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

use crate::Authority;

/// Whom the server runs as where a test runs as root, as whom it refuses to: `nobody` on Debian.
const NOBODY: u32 = 65_534;

/// How long a server may take to start or stop, on a slow machine under load, in seconds.
const PATIENCE: &str = "60";

/// What a server asks for that is reached by a port.
const NETWORK_PASSWORD: &str = "an invented one";

/// A server with a folder of its own; it listens on a socket there, and on no port but where a test is of ports.
pub struct Postgres {
    folder: TempDir,
    programs: PathBuf,
    /// The port of the loopback address, and whether TLS is spoken there.
    network: Option<(u16, bool)>,
    runs: bool,
    databases: AtomicU32,
}

impl Postgres {
    /// Starts one whose commits reach the disk.
    pub fn start() -> Self {
        let mut server = Self::made();
        server.run();
        server
    }

    /// Starts one that also listens on a port of the loopback address: over TLS alone, under a certificate for these names
    /// (`DNS:localhost`), or where nothing certifies it, in the clear.
    pub fn on_a_port(certified: Option<(&Authority, &str)>) -> Self {
        let mut server = Self::made();
        server.listen(certified);
        server.run();
        let password = format!("ALTER USER shouyue PASSWORD '{NETWORK_PASSWORD}'");
        assert!(server.psql("postgres", &password), "{}", server.told());
        server
    }

    fn made() -> Self {
        let folder = tempfile::Builder::new().prefix("shouyue-postgres-").tempdir().unwrap();
        if is_root() {
            chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let server = Self { folder, programs: programs(), network: None, runs: false, databases: AtomicU32::new(0) };
        let mut initdb = server.program("initdb");
        initdb.arg("-D").arg(server.data()).args(["-U", "shouyue", "--auth=trust", "-E", "UTF8", "--locale=C"]);
        let made = initdb.args(["--no-sync", "--no-instructions"]).output().unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        server
    }

    fn listen(&mut self, certified: Option<(&Authority, &str)>) {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        self.network = Some((port, certified.is_some()));
        let kind = if certified.is_some() { "hostssl" } else { "host" };
        let allowed = format!("local all all trust\n{kind} all all 127.0.0.1/32 scram-sha-256\n");
        std::fs::write(self.data().join("pg_hba.conf"), allowed).unwrap();
        let Some((authority, names)) = certified else { return };
        authority.certify(names, &self.data());
        for file in ["server.key", "server.crt"].map(|name| self.data().join(name)) {
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
            if is_root() {
                chown(file, Some(NOBODY), Some(NOBODY)).unwrap();
            }
        }
    }

    /// How a database is reached by the port, from the address that [`Postgres::database`] gave, and the password.
    pub fn over_the_network(&self, address: &str) -> (String, &'static str) {
        let (port, _) = self.network.expect("it listens on a port");
        let (_, name) = address.rsplit_once("dbname=").unwrap();
        (format!("host=localhost port={port} user=shouyue dbname={name}"), NETWORK_PASSWORD)
    }

    /// Starts it again on the same folder.
    pub fn run(&mut self) {
        assert!(!self.runs, "it runs");
        let network = self.network.map_or("-c listen_addresses=".to_owned(), |(port, tls)| {
            format!("-c listen_addresses=127.0.0.1 -c port={port} -c ssl={}", if tls { "on" } else { "off" })
        });
        let options = format!("{network} -c max_connections=200 -k {}", self.folder.path().display());
        let started = self.control("start").arg("-l").arg(self.log()).args(["-o", &options]).status().unwrap();
        assert!(started.success(), "PostgreSQL does not start: {}", self.told());
        self.runs = true;
    }

    /// Stops it as an operator would, with nobody's work undone.
    pub fn stop(&mut self) {
        self.down("fast");
    }

    /// Takes it away as a power cut would.
    pub fn kill(&mut self) {
        self.down("immediate");
    }

    fn down(&mut self, mode: &str) {
        let stopped = self.control("stop").args(["-m", mode]).status().unwrap();
        assert!(stopped.success(), "PostgreSQL does not stop: {}", self.told());
        self.runs = false;
    }

    /// The address of a new, empty database.
    pub fn database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        assert!(self.psql("postgres", &format!("CREATE DATABASE {name}")), "{}", self.told());
        let port = self.network.map_or(String::new(), |(port, _)| format!("port={port} "));
        format!("host={} {port}user=shouyue dbname={name}", self.folder.path().display())
    }

    /// Runs a statement in a database of an address; whether it went well.
    pub fn runs(&self, address: &str, sql: &str) -> bool {
        self.psql(address, sql)
    }

    /// Every file of the server that holds one of these strings of bytes: tables, logs, whatever there is.
    pub fn files_with(&self, any: &[&[u8]]) -> Vec<PathBuf> {
        let mut found = Vec::new();
        look(&self.data(), &Needles::new(any), &mut found);
        found
    }

    /// Sees a database of an address as it is now until this is dropped.
    pub fn seen(&self, address: &str) -> Seen<'_> {
        let mut psql = self.client(address);
        let sees = ["BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT count(*) FROM pg_class", "SELECT pg_sleep(600)"];
        psql.args(sees.iter().flat_map(|sql| ["-c", sql])).stderr(Stdio::null());
        let seen = Seen { server: self, address: address.to_owned(), client: psql.spawn().unwrap() };
        // Divides by nothing until it sleeps.
        let sleeps =
            "SELECT 1 / count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND backend_xmin IS NOT NULL";
        while !self.psql(address, sleeps) {}
        seen
    }

    fn psql(&self, database: &str, sql: &str) -> bool {
        let mut psql = self.client(database);
        psql.args(["-c", sql]).stderr(Stdio::null());
        psql.status().unwrap().success()
    }

    fn client(&self, database: &str) -> Command {
        let mut psql = self.program("psql");
        psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-h"]).arg(self.folder.path());
        psql.args(self.network.iter().flat_map(|(port, _)| ["-p".to_owned(), port.to_string()]));
        psql.args(["-U", "shouyue", "-d", database]);
        psql
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn told(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }

    /// Waits until it is done.
    fn control(&self, what: &str) -> Command {
        let mut control = self.program("pg_ctl");
        control.arg("-D").arg(self.data()).args(["-w", "-t", PATIENCE, what]);
        control
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.current_dir(self.folder.path()).stdin(Stdio::null()).stdout(Stdio::null());
        if is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.runs {
            drop(self.control("stop").args(["-m", "immediate"]).status());
        }
    }
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

/// Where Debian keeps the programs of the newest version that is installed.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let newest = versions.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok()).max();
    let newest = newest.expect("PostgreSQL is not installed: `cargo xtask test` says how");
    Path::new("/usr/lib/postgresql").join(newest.to_string()).join("bin")
}

/// A session that sees a database as it was.
pub struct Seen<'p> {
    server: &'p Postgres,
    address: String,
    client: Child,
}

impl Drop for Seen<'_> {
    /// By the server, which does not notice that a client is gone while its session sleeps.
    fn drop(&mut self) {
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
        self.server.psql(&self.address, end);
        drop(self.client.wait());
    }
}

/// Strings to look for in a hundred megabytes, in a build that optimises nothing: by their first two bytes.
struct Needles<'n> {
    begins: Vec<bool>,
    any: &'n [&'n [u8]],
}

impl<'n> Needles<'n> {
    fn new(any: &'n [&'n [u8]]) -> Self {
        let mut begins = vec![false; 1 << 16];
        for place in any.iter().map(|one| begin(one)) {
            if let Some(begins) = begins.get_mut(place) {
                *begins = true;
            }
        }
        Self { begins, any }
    }

    fn are_in(&self, held: &[u8]) -> bool {
        let is_one = |rest: &[u8]| self.any.iter().any(|one| rest.starts_with(one));
        let mut pairs = held.windows(2).enumerate();
        pairs.any(|(at, pair)| self.begins.get(begin(pair)) == Some(&true) && held.get(at..).is_some_and(is_one))
    }
}

/// The first two bytes, as a number.
fn begin(bytes: &[u8]) -> usize {
    bytes.iter().take(2).fold(0, |number, byte| number << 8 | usize::from(*byte))
}

fn look(folder: &Path, needles: &Needles<'_>, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            look(&path, needles, found);
        } else if std::fs::read(&path).is_ok_and(|held| needles.are_in(&held)) {
            found.push(path);
        }
    }
}
