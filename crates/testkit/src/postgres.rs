//! A real PostgreSQL of its own, from Debian's packages, that goes away with the test.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Whom the server runs as where a test runs as root, as whom it refuses to: `nobody` on Debian.
const NOBODY: u32 = 65_534;

/// How long a server may take to start, on a slow machine under load.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server with a folder of its own; it listens on a socket there, and on no port.
pub struct Postgres {
    folder: TempDir,
    programs: PathBuf,
    child: Option<Child>,
    databases: AtomicU32,
}

impl Postgres {
    /// Starts one whose commits reach the disk.
    pub fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("shouyue-postgres-").tempdir().unwrap();
        if is_root() {
            chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let mut server = Self { folder, programs: programs(), child: None, databases: AtomicU32::new(0) };
        let mut initdb = server.program("initdb");
        initdb.arg("-D").arg(server.data()).args(["-U", "shouyue", "--auth=trust", "-E", "UTF8", "--locale=C"]);
        let made = initdb.args(["--no-sync", "--no-instructions"]).output().unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        server.run();
        server
    }

    /// Starts it again on the same folder.
    pub fn run(&mut self) {
        assert!(self.child.is_none(), "it runs");
        let log = std::fs::File::create(self.folder.path().join("log")).unwrap();
        let mut postgres = self.program("postgres");
        postgres.arg("-D").arg(self.data()).args(["-c", "listen_addresses=", "-c", "max_connections=200", "-k"]);
        self.child = Some(postgres.arg(self.folder.path()).stderr(log).spawn().unwrap());
        let began = Instant::now();
        while !self.psql("postgres", "SELECT 1") {
            assert!(began.elapsed() < PATIENCE, "PostgreSQL does not start: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Stops it as an operator would, with nobody's work undone.
    pub fn stop(&mut self) {
        let stopped = self.program("pg_ctl").arg("-D").arg(self.data()).args(["-m", "fast", "-w", "stop"]).status();
        assert!(stopped.unwrap().success(), "{}", self.log());
        drop(self.child.take().unwrap().wait());
    }

    /// Takes it away as a power cut would.
    pub fn kill(&mut self) {
        let stopped =
            self.program("pg_ctl").arg("-D").arg(self.data()).args(["-m", "immediate", "-w", "stop"]).status();
        assert!(stopped.unwrap().success(), "{}", self.log());
        drop(self.child.take().unwrap().wait());
    }

    /// The address of a new, empty database.
    pub fn database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        assert!(self.psql("postgres", &format!("CREATE DATABASE {name}")), "{}", self.log());
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

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
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
        if let Some(mut child) = self.child.take() {
            drop(self.program("pg_ctl").arg("-D").arg(self.data()).args(["-m", "immediate", "stop"]).status());
            drop(child.wait());
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
