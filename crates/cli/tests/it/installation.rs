//! An installation in a folder of its own: its configuration, its server as a process, its commands.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead as _, BufReader, ErrorKind, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use testkit::Weather;

use crate::calls::Caller;

/// How long a server may take to start in a debug build, filling included.
const PATIENCE: Duration = Duration::from_secs(120);

/// The platform that a configured installation publishes.
const PLATFORM: &str = "haigang";

/// The repository, whose platforms every test serves.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What a command said and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// What it said, when all was well.
    #[track_caller]
    pub(crate) fn fine(self) -> String {
        assert_eq!(self.status, 0, "{self:?}");
        self.out
    }
}

/// Runs a command in the repository, with nothing to read.
pub(crate) fn shouyue(arguments: &[&str]) -> Ran {
    fed("", arguments)
}

/// Runs a command in the repository, with something to read.
pub(crate) fn fed(input: &str, arguments: &[&str]) -> Ran {
    run(input, arguments, Vec::<Setting>::new())
}

/// Runs a command in the repository, in some weather.
pub(crate) fn shouyue_in(weather: &Weather, arguments: &[&str]) -> Ran {
    run("", arguments, weather.environment())
}

/// Runs a command in the repository, with more in its environment.
pub(crate) fn shouyue_with(environment: &[Setting], arguments: &[&str]) -> Ran {
    run("", arguments, environment.iter().cloned())
}

/// A variable of the environment.
pub(crate) type Setting = (&'static str, PathBuf);

fn run(
    input: &str,
    arguments: &[&str],
    environment: impl IntoIterator<Item = (impl AsRef<OsStr>, impl AsRef<OsStr>)>,
) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_shouyue"))
        .args(arguments)
        .envs(environment)
        .current_dir(repository())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that does not read ends with the pipe still full.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let ended = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(ended.stdout), text(ended.stderr));
    assert!(!err.contains("panicked"), "{err}");
    Ran { status: ended.status.code().unwrap(), out, err }
}

/// A service token.
pub(crate) struct Token {
    pub(crate) secret: String,
    pub(crate) digest: String,
}

/// A folder with a configuration. The demo lays its folder out in the same way, so the same commands work on it.
pub(crate) struct Installation {
    folder: TempDir,
    /// Over its data folder, for what serves it.
    pub(crate) weather: Option<Weather>,
    /// What else stands in the environment of its processes.
    pub(crate) environment: Vec<Setting>,
}

impl Installation {
    /// Nothing but a configuration.
    pub(crate) fn new() -> Self {
        let made = Self { folder: tempfile::tempdir().unwrap(), weather: None, environment: Vec::new() };
        made.configure("http://127.0.0.1", 0);
        made
    }

    /// The same, with the weather to be made; `None` where it cannot be.
    pub(crate) fn in_weather() -> Option<Self> {
        let made = Self::new();
        let weather = Weather::over(&made.data())?;
        Some(Self { weather: Some(weather), ..made })
    }

    /// A configuration with a free port, for browsers: the origin that they see is the one that is served.
    pub(crate) fn for_browsers() -> Self {
        let made = Self::new();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        made.configure(&format!("http://127.0.0.1:{port}"), port);
        made
    }

    pub(crate) fn configure(&self, origin: &str, port: u16) {
        let text = format!(
            "data = 'data'\nroot_key = 'root.key'\nlisten = '127.0.0.1:{port}'\norigin = '{origin}'\nsimulated = true\n"
        );
        fs::write(self.folder.path().join("shouyue.toml"), text).unwrap();
    }

    /// Adds to the configuration.
    pub(crate) fn also(&self, text: &str) {
        let path = self.folder.path().join("shouyue.toml");
        let before = fs::read_to_string(&path).unwrap();
        fs::write(path, before + text).unwrap();
    }

    /// Writes a file that nobody but its owner may read.
    pub(crate) fn secret(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The folder of the databases.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// Runs an administrative command.
    pub(crate) fn admin(&self, arguments: &[&str]) -> Ran {
        let config = self.path("shouyue.toml");
        let all: Vec<&str> = arguments.iter().copied().chain(["--config", &config]).collect();
        shouyue_with(&self.environment, &all)
    }

    pub(crate) fn publish(&self) -> String {
        self.admin(&["publish", "platforms/haigang"]).fine()
    }

    /// Publishes the platform with more in its operation file.
    pub(crate) fn publish_with(&self, more: &str) -> String {
        let folder = self.folder.path().join("platforms/haigang");
        fs::create_dir_all(&folder).unwrap();
        let from = repository().join("platforms/haigang");
        fs::copy(from.join("undated.toml"), folder.join("undated.toml")).unwrap();
        let operation = fs::read_to_string(from.join("operation.toml")).unwrap();
        fs::write(folder.join("operation.toml"), operation + more).unwrap();
        self.admin(&["publish", folder.to_str().unwrap()]).fine()
    }

    /// Makes a token that covers everything that these tests ask of it.
    pub(crate) fn token(&self, actions: &str, party: Option<&str>) -> Token {
        let purposes = "register,register-company,query-account,query-policy,policy-service,authorise-agency";
        let mut arguments = vec!["token", "new", "--name", "test", "--platform", "haigang", "--actions", actions];
        arguments.extend(["--purposes", purposes, "--rate", "1000000"]);
        arguments.extend(party.iter().flat_map(|party| ["--party", *party]));
        let said = self.admin(&arguments).fine();
        let word = |line: &str| {
            let found = said.lines().find_map(|one| one.strip_prefix(line)).unwrap();
            found.split_whitespace().next().unwrap().to_owned()
        };
        Token { secret: word("secret "), digest: word("digest ") }
    }

    /// Serves by the configuration.
    pub(crate) fn serve(&self) -> Server {
        let config = self.path("shouyue.toml");
        let mut server = Server::start(self, &["serve", "--config", &config], "serving ");
        let address = server.said.last().unwrap().rsplit(' ').next().unwrap();
        server.origin = format!("http://{address}");
        server
    }

    /// Serves the demo of one platform alone: what a test asks of a demo, one answers.
    pub(crate) fn demo(&self, platform: &str) -> Server {
        let platforms = tempfile::tempdir().unwrap();
        let (from, to) = (repository().join("platforms").join(platform), platforms.path().join(platform));
        fs::create_dir(&to).unwrap();
        // Not the folder of later versions, which nothing publishes unasked.
        let files = fs::read_dir(&from).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_file());
        for entry in files {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
        let mut server = self.demo_of(platforms.path());
        platform.clone_into(&mut server.platform);
        server
    }

    /// Serves the demo of every platform in a folder.
    pub(crate) fn demo_of(&self, platforms: &Path) -> Server {
        let (data, platforms) = (self.folder.path().to_str().unwrap(), platforms.to_str().unwrap());
        let arguments = ["serve", "--demo", "--port", "0", "--data", data, "--platforms", platforms];
        let mut server = Server::start(self, &arguments, "stop ");
        let portal = server.said.iter().find_map(|line| line.trim().strip_prefix("portal ")).unwrap();
        let (origin, _) = portal.trim().split_once("/p/").unwrap();
        server.origin = origin.to_owned();
        server
    }

    /// The files of the installation that hold a text, by file name. The socket is no file.
    pub(crate) fn files_with(&self, needle: &str) -> Vec<String> {
        files_with(self.folder.path(), needle.as_bytes())
    }
}

/// The files below a folder that hold these bytes. One that a running server takes away meanwhile holds nothing any more.
pub(crate) fn files_with(folder: &Path, needle: &[u8]) -> Vec<String> {
    assert!(needle.len() >= 8, "short enough that sealed bytes spell it by chance");
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, needle));
        } else if path.is_file() {
            let bytes = match fs::read(&path) {
                Err(gone) if gone.kind() == ErrorKind::NotFound => continue,
                read => read.unwrap(),
            };
            if bytes.windows(needle.len()).any(|window| window == needle) {
                found.push(path.file_name().unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found
}

/// A server, as a process; killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) origin: String,
    /// The platform that callers and browsers ask.
    pub(crate) platform: String,
    /// Lines of stdout until it said that it is ready.
    pub(crate) said: Vec<String>,
    later: Receiver<String>,
    log: PathBuf,
}

impl Server {
    /// Starts a process that serves; it is ready once it says a line that begins so.
    pub(crate) fn start(at: &Installation, arguments: &[&str], ready: &str) -> Self {
        let log = at.folder.path().join("stderr.log");
        let errors = fs::OpenOptions::new().create(true).append(true).open(&log).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_shouyue"))
            .args(arguments)
            .current_dir(repository())
            .envs(at.weather.iter().flat_map(Weather::environment))
            .envs(at.environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (send, later) = channel();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| send.send(line)));
        let mut said = Vec::new();
        let started = Instant::now();
        while said.last().is_none_or(|line: &String| !line.starts_with(ready)) {
            let left = PATIENCE.saturating_sub(started.elapsed());
            let line = later.recv_timeout(left).unwrap_or_else(|_| {
                let _ = child.kill();
                panic!("the server did not start: {said:?} {}", fs::read_to_string(&log).unwrap())
            });
            said.push(line);
        }
        Self { child, origin: String::new(), platform: PLATFORM.to_owned(), said, later, log }
    }

    /// A caller with a token.
    pub(crate) fn caller(&self, secret: &str) -> Caller {
        Caller::new(&self.origin, &self.platform, secret)
    }

    /// A token that the demo told.
    pub(crate) fn told(&self, token: &str) -> Caller {
        let begins = format!("token {}/{token} ", self.platform);
        let secret = self.said.iter().find_map(|line| line.trim().strip_prefix(&begins)).unwrap();
        self.caller(secret.trim())
    }

    /// A line that it says after it is ready.
    pub(crate) fn line(&mut self, begins: &str) -> String {
        loop {
            let line = self.later.recv_timeout(PATIENCE).unwrap();
            if line.starts_with(begins) {
                return line;
            }
        }
    }

    /// The key that its receipts verify with.
    pub(crate) fn key(&self) -> String {
        self.caller("").get("ledger/key").text.trim().to_owned()
    }

    /// Leaves on the ledger, as its signed head says.
    pub(crate) fn size(&self) -> u64 {
        let note = self.caller("").get("ledger/checkpoint").text;
        note.lines().nth(1).unwrap().parse().unwrap()
    }

    /// The last leaf, as an auditor reads it.
    pub(crate) fn last_leaf(&self, auditor: &Caller) -> Value {
        let before = self.size().checked_sub(2).unwrap();
        let page = auditor.get(&format!("ledger/leaves?after={before}")).json();
        page["items"].as_array().unwrap().last().unwrap()["entry"].clone()
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it as a power cut would: nothing of it runs on.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Tells it to stop, and looks whether it went gracefully and without a panic.
    pub(crate) fn stop(mut self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
        let started = Instant::now();
        let ended = loop {
            if let Some(ended) = self.child.try_wait().unwrap() {
                break ended;
            }
            assert!(started.elapsed() < Duration::from_secs(20), "it does not stop");
            // Yields until the child is gone; there is no portable way to wait for it with a limit.
            let _ = self.later.recv_timeout(Duration::from_millis(20));
        };
        let log = fs::read_to_string(&self.log).unwrap();
        assert!(!log.contains("panicked"), "{log}");
        assert_eq!(ended.code(), Some(0), "{log}");
    }

    /// What it wrote to stderr.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
