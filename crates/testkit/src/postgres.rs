//! A real PostgreSQL of its own, from Debian's packages, that goes away with the test.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

/// Whom the server runs as where a test runs as root, as whom it refuses to: `nobody` on Debian.
const NOBODY: u32 = 65_534;

/// How long a server may take to start or stop, on a slow machine under load, in seconds.
const PATIENCE: &str = "60";

/// A server with a folder of its own; it listens on a socket there, and on no port.
pub struct Postgres {
    folder: TempDir,
    programs: PathBuf,
    runs: bool,
    databases: AtomicU32,
}

impl Postgres {
    /// Starts one whose commits reach the disk.
    pub fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("shouyue-postgres-").tempdir().unwrap();
        if is_root() {
            chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let mut server = Self { folder, programs: programs(), runs: false, databases: AtomicU32::new(0) };
        let mut initdb = server.program("initdb");
        initdb.arg("-D").arg(server.data()).args(["-U", "shouyue", "--auth=trust", "-E", "UTF8", "--locale=C"]);
        let made = initdb.args(["--no-sync", "--no-instructions"]).output().unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        server.run();
        server
    }

    /// Starts it again on the same folder.
    pub fn run(&mut self) {
        assert!(!self.runs, "it runs");
        let options = format!("-c listen_addresses= -c max_connections=200 -k {}", self.folder.path().display());
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
        format!("host={} user=shouyue dbname={name}", self.folder.path().display())
    }

    /// Runs a statement in a database of an address; whether it went well.
    pub fn runs(&self, address: &str, sql: &str) -> bool {
        self.psql(address, sql)
    }

    /// Every file of the server that holds these bytes: tables, logs, whatever there is.
    pub fn files_with(&self, bytes: &[u8]) -> Vec<PathBuf> {
        let mut found = Vec::new();
        look(&self.data(), bytes, &mut found);
        found
    }

    fn psql(&self, database: &str, sql: &str) -> bool {
        let mut psql = self.program("psql");
        psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-h"]).arg(self.folder.path());
        psql.args(["-U", "shouyue", "-d", database, "-c", sql]).stderr(Stdio::null());
        psql.status().unwrap().success()
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

fn look(folder: &Path, bytes: &[u8], found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            look(&path, bytes, found);
        } else if std::fs::read(&path).is_ok_and(|held| held.windows(bytes.len()).any(|window| window == bytes)) {
            found.push(path);
        }
    }
}
