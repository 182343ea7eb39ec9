//! Administrative commands: to the running server over its socket, else on the files. The same code answers either way.
//!
//! The socket lies in the data folder, which only its owner may enter: who can reach it owns the installation.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use desk::collect::{self, Batched, Unfit};
use desk::keys::{self, Changed};
use desk::leaf::Who;
use desk::ports::Parties;
use desk::publish;
use desk::report::{self, Kind};
use desk::seat::{NewToken, Seat, service_token_new, service_token_revoke};
use desk::{House, Refusal, evidence, retain, webhook};
use jiff::civil::Date;
use model::ActorId;
use policy::finding::Source;
use serde::{Deserialize, Serialize};
use store::{BackupPaths, Store};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use crate::command::draft::{self, Draft, Shown, Wish};
use crate::command::import::Row;
use crate::command::notices::{self, Outbox};
use crate::command::publish::{Published, rendered};
use crate::command::report::reported;
use crate::command::versions::Version;
use crate::config::Config;
use crate::keyring::{Keyring, Place};
use crate::serve::{care, house};
use crate::system::SystemEntropy;

/// Longest request that is read: two files of the language and some.
const LONGEST: u64 = 4 << 20;

/// What is said beside a token that cannot be made.
const KNOWN: &str = "no token: actions are those of the language (collect, show, share, …) or decide, consent, rights, \
    partners, approve, audit, events; purposes are functions and purposes of the policy, parties stand in the operation file";

/// What can be asked.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Request {
    /// Put a policy version in force.
    Publish {
        /// Name and text of the policy file.
        policy: (String, String),
        /// Name and text of the operation file.
        operation: (String, String),
        /// Suite of algorithms of a platform that is new.
        #[serde(default)]
        suite: Option<String>,
        /// The day from which it is in force, where it is later than its text's own.
        #[serde(default)]
        from: Option<Date>,
    },
    /// Do something with a draft.
    Draft(Wish),
    /// List the versions of a platform.
    Versions {
        /// Platform.
        platform: String,
        /// Give the texts of this one, too: its fingerprint, or the beginning of it.
        text_of: Option<String>,
    },
    /// Make a service token.
    TokenNew {
        /// Name for people.
        name: String,
        /// Platform.
        platform: String,
        /// Actions.
        actions: Vec<String>,
        /// Functions and purposes.
        purposes: Vec<String>,
        /// Party.
        party: Option<String>,
        /// Requests a minute.
        rate: u32,
    },
    /// Revoke a service token.
    TokenRevoke {
        /// Its digest.
        digest: String,
    },
    /// Change the root key.
    RotateRoot {
        /// Where the new one is made; in the security module, if there is one, unless it is said.
        #[serde(default)]
        to: Option<Place>,
    },
    /// Change the key of a platform's data.
    RotatePlatform {
        /// Platform.
        platform: String,
        /// Another suite of algorithms.
        suite: Option<String>,
    },
    /// Change the key of a platform's search tokens.
    RotateTokens {
        /// Platform.
        platform: String,
    },
    /// Check every platform.
    Fsck,
    /// Make a report.
    Report {
        /// Which, by its word.
        kind: String,
        /// Of which platform; of every one, where none is named.
        platform: Option<String>,
        /// From which day on.
        since: Option<Date>,
    },
    /// How webhooks stand.
    Webhooks,
    /// Send a dead letter again.
    Resend {
        /// Platform.
        platform: String,
        /// Webhook.
        webhook: String,
        /// Number of the change.
        number: u64,
    },
    /// How notices of new versions stand.
    Notices {
        /// Of which platform; of every one, where none is named.
        platform: Option<String>,
    },
    /// Send given up notices again.
    NoticesAgain {
        /// Platform.
        platform: String,
        /// Number of the notice; absent: all.
        number: Option<u64>,
    },
    /// Take a batch of rows in.
    Import {
        /// Platform.
        platform: String,
        /// Which import.
        name: String,
        /// Which batch of it.
        batch: u64,
        /// The rows.
        rows: Vec<Row>,
    },
    /// Write a backup.
    Backup {
        /// Platform.
        platform: String,
        /// Folder, absolute.
        to: PathBuf,
    },
}

/// What is answered.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Reply {
    /// In force, or announced.
    Published(Published),
    /// The versions of a platform.
    Versions(Vec<Version>),
    /// Drafts.
    Drafts(Vec<Draft>),
    /// A draft.
    Draft(Box<Shown>),
    /// The token; shown this once.
    Issued {
        /// The secret.
        secret: String,
        /// What revokes it.
        digest: String,
    },
    /// What came of a batch.
    Imported {
        /// Leaf.
        leaf: u64,
        /// Rows taken in.
        taken: u64,
        /// Rows that were not.
        unfit: Vec<Unfit>,
        /// Whether an earlier run did it.
        again: bool,
    },
    /// Everything is under a new root key.
    RootRotated {
        /// Its name.
        root: String,
        /// Platforms whose keys moved.
        platforms: Vec<String>,
        /// The key file.
        file: PathBuf,
    },
    /// A platform has a new key.
    Rotated {
        /// Platform.
        platform: String,
        /// Version of the key.
        version: u32,
        /// From then on it is used.
        since: String,
    },
    /// Done, with nothing to say.
    Done,
    /// What each platform's check found.
    Checked(Vec<Checked>),
    /// The reports of each platform.
    Reported(Vec<Reported>),
    /// How each webhook stands.
    Webhooks(Vec<Hook>),
    /// How the notices of each platform stand.
    Notices(Vec<Outbox>),
    /// So many are sent again.
    Again(u64),
    /// Not done.
    Refused(String),
}

/// The check of one platform.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Checked {
    /// Platform.
    pub(crate) platform: String,
    /// Leaves.
    pub(crate) leaves: u64,
    /// Everything damaged; empty when all is well.
    pub(crate) damages: Vec<String>,
    /// Why erasures are not confirmed yet, where some are not; no damage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pending: Option<String>,
}

/// One report.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Reported {
    /// Platform.
    pub(crate) platform: String,
    /// Kind.
    pub(crate) kind: String,
    /// When it was made.
    pub(crate) at: String,
    /// As tables.
    pub(crate) text: String,
    /// As it was fingerprinted.
    pub(crate) json: String,
    /// SHA-256 of that.
    pub(crate) fingerprint: String,
    /// Leaf.
    pub(crate) leaf: u64,
    /// What is not as it must be, and how often.
    pub(crate) faults: Vec<(String, u64)>,
}

/// How one webhook stands.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Hook {
    /// Platform.
    pub(crate) platform: String,
    /// Its name.
    pub(crate) webhook: String,
    /// Changes that it has not taken in and that are sent, or sent again.
    pub(crate) waiting: u64,
    /// Changes that were given up: number, and why the last try failed. The first ones, where there are very many.
    pub(crate) dead: Vec<(u64, String)>,
}

/// On what commands are performed.
pub(crate) struct Host {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) house: Arc<House>,
    /// Where root keys are.
    pub(crate) keyring: Arc<Keyring>,
    /// Held while it is rewritten.
    renewing: tokio::sync::Mutex<()>,
}

impl Host {
    pub(crate) fn new(store: Arc<dyn Store>, house: Arc<House>, keyring: Arc<Keyring>) -> Self {
        Self { store, house, keyring, renewing: tokio::sync::Mutex::default() }
    }
}

fn rotated(changed: &Changed) -> Reply {
    let (platform, version) = (changed.platform.to_string(), changed.version);
    Reply::Rotated { platform, version, since: changed.since.to_string() }
}

/// Asks the running server, or opens the data folder when none runs.
pub(crate) fn ask(config: &Config, request: Request) -> anyhow::Result<Reply> {
    Reach::open(config)?.ask(request)
}

/// The running server, or the data folder where none runs.
pub(crate) struct Reach {
    runtime: Runtime,
    /// Opened, where no server runs.
    files: Option<Arc<Host>>,
    socket: PathBuf,
}

impl Reach {
    /// Finds the server, or opens the folder.
    pub(crate) fn open(config: &Config) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let socket = config.socket();
        let files = runtime.block_on(async {
            if UnixStream::connect(&socket).await.is_ok() {
                return anyhow::Ok(None);
            }
            let keyring = Arc::new(Keyring::open(config)?);
            let (store, house) = house::open(config, &keyring, Parties::default(), false).await?;
            Ok(Some(Arc::new(Host::new(store, house, keyring))))
        })?;
        Ok(Self { runtime, files, socket })
    }

    /// Asks one thing.
    pub(crate) fn ask(&self, request: Request) -> anyhow::Result<Reply> {
        self.answer(self.send(request))
    }

    /// Asks, and waits for no answer yet.
    pub(crate) fn send(&self, request: Request) -> Asked {
        let (files, socket) = (self.files.clone(), self.socket.clone());
        Asked(self.runtime.spawn(async move {
            let Some(host) = files else {
                return over(UnixStream::connect(&socket).await?, &request).await;
            };
            let reply = perform(&host, request).await;
            // What follows from a changed key is done at once: nobody else is served meanwhile.
            if matches!(reply, Reply::RootRotated { .. } | Reply::Rotated { .. }) {
                care::keys(&host.house).await;
            }
            Ok(reply)
        }))
    }

    /// Waits for the answer.
    pub(crate) fn answer(&self, asked: Asked) -> anyhow::Result<Reply> {
        self.runtime.block_on(asked.0)?
    }
}

/// What was asked and is not answered yet.
pub(crate) struct Asked(JoinHandle<anyhow::Result<Reply>>);

async fn over(mut stream: UnixStream, request: &Request) -> anyhow::Result<Reply> {
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    serde_json::from_str(&answer).context("the server's answer cannot be read: is it another release?")
}

/// Opens the socket. Whoever reads that the server is ready must find it there.
pub(crate) fn bind(at: &Path) -> anyhow::Result<UnixListener> {
    // The data folder's lock is ours, so a socket that lies there is left over from a server that was killed.
    drop(std::fs::remove_file(at));
    UnixListener::bind(at).with_context(|| format!("cannot listen at {}", at.display()))
}

/// Answers on the socket until the server ends.
pub(crate) async fn listen(listener: UnixListener, host: Host) -> anyhow::Result<()> {
    let host = Arc::new(host);
    loop {
        let (stream, _) = listener.accept().await?;
        let host = Arc::clone(&host);
        tokio::spawn(async move { drop(answer(stream, &host).await) });
    }
}

async fn answer(stream: UnixStream, host: &Host) -> anyhow::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    BufReader::new(read.take(LONGEST)).read_line(&mut line).await?;
    let reply = match serde_json::from_str(&line) {
        Ok(request) => perform(host, request).await,
        Err(why) => Reply::Refused(why.to_string()),
    };
    write.write_all(&serde_json::to_vec(&reply)?).await?;
    Ok(())
}

/// Does what is asked.
async fn perform(host: &Host, request: Request) -> Reply {
    done(host, request).await.unwrap_or_else(|why| Reply::Refused(format!("{why:#}")))
}

async fn done(at: &Host, request: Request) -> anyhow::Result<Reply> {
    let (store, house) = (&at.store, &*at.house);
    match request {
        Request::Publish { policy, operation, suite, from } => {
            let suite = suite.map(|word| word.parse()).transpose()?;
            let source = |(name, text): (String, String)| Source::new(name, text);
            let (policy, operation) = (source(policy), source(operation));
            let loaded = policy::load(&policy::Sources { policy: &policy, operation: Some(&operation) });
            let Some(tables) = loaded.tables else {
                bail!("the policy does not compile: run `shouyue check` on its folder");
            };
            rendered(house, &tables, (policy, operation), suite, from).await
        }
        Request::Draft(wish) => draft::done(house, wish).await,
        Request::Versions { platform, text_of } => versions(house, &platform, text_of.as_deref()).await,
        Request::TokenNew { name, platform, actions, purposes, party, rate } => {
            let purposes = purposes.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
            let party = party.map(|text| text.parse()).transpose()?;
            let new = NewToken { name, platform: platform.parse()?, actions, purposes, party, rate };
            let issued = service_token_new(house, &host(), new).await.map_err(plain).context(KNOWN)?;
            Ok(Reply::Issued { secret: issued.secret.expose().to_owned(), digest: issued.digest })
        }
        Request::TokenRevoke { digest } => {
            service_token_revoke(house, &host(), &digest).await?;
            Ok(Reply::Done)
        }
        Request::RotateRoot { to } => {
            let _one = at.renewing.lock().await;
            // One that was cut short is finished before the next begins.
            keys::finish_root(house).await?;
            let renewed = at.keyring.renew(to, &SystemEntropy)?;
            let root = renewed.newest().to_string();
            let moved = keys::rotate_root(house, renewed).await?;
            let platforms = moved.iter().map(ToString::to_string).collect();
            Ok(Reply::RootRotated { root, platforms, file: at.keyring.path().to_owned() })
        }
        Request::RotatePlatform { platform, suite } => {
            let suite = suite.map(|word| word.parse()).transpose()?;
            Ok(rotated(&keys::rotate_parts(house, &*house.any_platform(&platform)?, suite).await?))
        }
        Request::RotateTokens { platform } => {
            Ok(rotated(&keys::rotate_tokens(house, &*house.platform(&platform)?).await?))
        }
        Request::Fsck => fsck(house).await,
        Request::Report { kind, platform, since } => reports(house, (&kind, platform.as_deref()), since).await,
        Request::Webhooks => webhooks(house).await,
        Request::Resend { platform, webhook, number } => {
            let platform = house.platform(&platform).map_err(plain)?;
            webhook::resend(house, &platform, &webhook, number).await.map_err(plain)?;
            Ok(Reply::Done)
        }
        Request::Notices { platform } => Ok(Reply::Notices(notices::outboxes(house, platform.as_deref()).await?)),
        Request::NoticesAgain { platform, number } => notices::resent(house, &platform, number).await,
        Request::Import { platform, name, batch, rows } => {
            let platform = house.platform(&platform).map_err(plain)?;
            let whole = serde_json::to_vec(&rows)?;
            let rows = rows.into_iter().map(Row::read).collect();
            let done = collect::import(house, &platform, (&name, batch), rows, &whole).await.map_err(plain)?;
            let Batched { leaf, taken, unfit, again } = done;
            Ok(Reply::Imported { leaf, taken, unfit, again })
        }
        Request::Backup { platform, to } => {
            let id = platform.parse()?;
            std::fs::create_dir_all(&to)?;
            store.backup(&id, &backup_paths(&to, &platform)).await?;
            Ok(Reply::Done)
        }
    }
}

/// The three files and the folder of a backup.
pub(crate) fn backup_paths(folder: &Path, platform: &str) -> BackupPaths {
    BackupPaths {
        data: folder.join(format!("{platform}.data.sqlite")),
        keys: folder.join(format!("{platform}.keys.sqlite")),
        erasures: folder.join(format!("{platform}.erasures")),
        objects: folder.join(format!("{platform}.objects")),
    }
}

async fn fsck(house: &House) -> anyhow::Result<Reply> {
    let mut checked = Vec::new();
    for platform in house.every_platform() {
        let health = evidence::check(house, &platform).await?;
        let damages = health.damages.iter().map(ToString::to_string).chain(health.rows.clone()).collect();
        let pending = retain::confirm(house, &platform).await?.held().map(str::to_owned);
        checked.push(Checked { platform: platform.id.to_string(), leaves: health.size, damages, pending });
    }
    Ok(Reply::Checked(checked))
}

/// Reports are made of platforms that are not served, too: why they are not may be what a report says.
async fn reports(house: &House, (kind, platform): (&str, Option<&str>), since: Option<Date>) -> anyhow::Result<Reply> {
    let kind = Kind::of(kind).context("no such report")?;
    let platforms = match platform {
        Some(id) => vec![house.any_platform(id).map_err(plain)?],
        None => house.every_platform(),
    };
    let mut reports = Vec::with_capacity(platforms.len());
    for platform in platforms {
        let made = report::make(house, &platform, kind, since, Who::House).await.map_err(plain)?;
        reports.push(reported(&made));
    }
    Ok(Reply::Reported(reports))
}

async fn webhooks(house: &House) -> anyhow::Result<Reply> {
    let mut hooks = Vec::new();
    for platform in house.platforms() {
        let dead = webhook::dead_letters(house, &platform).await.map_err(plain)?;
        for row in webhook::standings(house, &platform).await.map_err(plain)? {
            let own = dead.iter().filter(|letter| letter.webhook == row.webhook);
            hooks.push(Hook {
                platform: platform.id.to_string(),
                waiting: row.new + row.waiting,
                dead: own.map(|letter| (letter.number, letter.because.clone())).collect(),
                webhook: row.webhook,
            });
        }
    }
    Ok(Reply::Webhooks(hooks))
}

/// The versions of a platform, without their texts but for the one that is named.
async fn versions(house: &House, platform: &str, text_of: Option<&str>) -> anyhow::Result<Reply> {
    let id = platform.parse()?;
    let all = publish::published(house, &id).await.map_err(plain)?;
    let Some(named) = text_of else { return Ok(Reply::Versions(all.into_iter().map(Version::from).collect())) };
    let named = named.trim_start_matches("sha256:");
    let is_named = |version: &publish::Version| {
        let prints = [version.policy, version.tables, version.text].map(|print| print.to_string());
        prints.iter().any(|print| print.trim_start_matches("sha256:").starts_with(named))
    };
    let mut rows = Vec::new();
    for version in all.into_iter().filter(is_named) {
        let texts = publish::texts(house, &id, &version).await.map_err(plain)?;
        rows.push(Version::from(version).with(texts));
    }
    if rows.is_empty() {
        bail!("no version here has that fingerprint: `shouyue versions` lists them");
    }
    Ok(Reply::Versions(rows))
}

/// Who may give commands on the host acts as an operator; on the ledger it is the house.
pub(crate) fn host() -> Seat {
    Seat {
        id: ActorId::from_random([0; 16]),
        name: "host".to_owned(),
        roles: Vec::new(),
        operator: true,
        closed: false,
    }
}

/// A refusal in words for the terminal.
pub(crate) fn plain(refusal: Refusal) -> anyhow::Error {
    match refusal {
        Refusal::Fields(faults) => {
            let list: Vec<String> = faults.iter().map(|fault| format!("{} ({})", fault.item, fault.code)).collect();
            anyhow::anyhow!("cannot be accepted: {}", list.join(", "))
        }
        Refusal::Findings(findings) => {
            let list: Vec<String> =
                findings.iter().map(|finding| format!("{} {}", finding.code, finding.message.english)).collect();
            let next =
                "`shouyue check` shows where; for an error of the law operation.toml can answer: [[acknowledge]]";
            anyhow::anyhow!("cannot be published:\n  {}\n{next}", list.join("\n  "))
        }
        other => other.into(),
    }
}
