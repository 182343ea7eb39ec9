//! Administrative commands: to the running server over its socket, else on the files. The same code answers either way.
//!
//! The socket lies in the data folder, which only its owner may enter: who can reach it owns the installation.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use desk::collect::{self, Batched, Unfit};
use desk::leaf::Who;
use desk::ports::Parties;
use desk::publish::{Publish, publish};
use desk::seat::{NewToken, Seat, service_token_new, service_token_revoke};
use desk::{House, Refusal, evidence, webhook};
use model::ActorId;
use policy::compile::Tables;
use policy::finding::Source;
use serde::{Deserialize, Serialize};
use store::{BackupPaths, Store};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::Runtime;

use crate::command::import::Row;
use crate::config::Config;
use crate::serve::house;

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
    /// Check every platform.
    Fsck,
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
    /// In force now.
    Published {
        /// Platform.
        platform: String,
        /// Fingerprint `policy`.
        policy: String,
        /// Verifier key of the platform's ledger.
        key: String,
    },
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
    /// Done, with nothing to say.
    Done,
    /// What each platform's check found.
    Checked(Vec<Checked>),
    /// How each webhook stands.
    Webhooks(Vec<Hook>),
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

/// Asks the running server, or opens the data folder when none runs.
pub(crate) fn ask(config: &Config, request: Request) -> anyhow::Result<Reply> {
    Reach::open(config)?.ask(request)
}

/// The running server, or the data folder where none runs.
pub(crate) struct Reach {
    runtime: Runtime,
    /// Opened, where no server runs.
    files: Option<(Arc<dyn Store>, Arc<House>)>,
    socket: PathBuf,
}

impl Reach {
    /// Finds the server, or opens the folder.
    pub(crate) fn open(config: &Config) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let socket = config.socket();
        let files = runtime.block_on(async {
            match UnixStream::connect(&socket).await {
                Ok(_) => anyhow::Ok(None),
                Err(_) => Ok(Some(house::open(config, Parties::default(), false).await?)),
            }
        })?;
        Ok(Self { runtime, files, socket })
    }

    /// Asks one thing.
    pub(crate) fn ask(&self, request: Request) -> anyhow::Result<Reply> {
        self.runtime.block_on(async {
            match &self.files {
                Some((store, house)) => Ok(perform(store, house, request).await),
                None => over(UnixStream::connect(&self.socket).await?, &request).await,
            }
        })
    }
}

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
pub(crate) async fn listen(listener: UnixListener, store: Arc<dyn Store>, house: Arc<House>) -> anyhow::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let (store, house) = (Arc::clone(&store), Arc::clone(&house));
        tokio::spawn(async move { drop(answer(stream, &store, &house).await) });
    }
}

async fn answer(stream: UnixStream, store: &Arc<dyn Store>, house: &House) -> anyhow::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    BufReader::new(read.take(LONGEST)).read_line(&mut line).await?;
    let reply = match serde_json::from_str(&line) {
        Ok(request) => perform(store, house, request).await,
        Err(why) => Reply::Refused(why.to_string()),
    };
    write.write_all(&serde_json::to_vec(&reply)?).await?;
    Ok(())
}

/// Does what is asked.
pub(crate) async fn perform(store: &Arc<dyn Store>, house: &House, request: Request) -> Reply {
    done(store, house, request).await.unwrap_or_else(|why| Reply::Refused(format!("{why:#}")))
}

async fn done(store: &Arc<dyn Store>, house: &House, request: Request) -> anyhow::Result<Reply> {
    match request {
        Request::Publish { policy, operation } => {
            let source = |(name, text): (String, String)| Source::new(name, text);
            let (policy, operation) = (source(policy), source(operation));
            let loaded = policy::load(&policy::Sources { policy: &policy, operation: Some(&operation) });
            let Some(tables) = loaded.tables else {
                bail!("the policy does not compile: run `shouyue check` on its folder");
            };
            put_in_force(house, &tables, policy, operation).await
        }
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
        Request::Fsck => fsck(house).await,
        Request::Webhooks => webhooks(house).await,
        Request::Resend { platform, webhook, number } => {
            let platform = house.platform(&platform).map_err(plain)?;
            webhook::resend(house, &platform, &webhook, number).await.map_err(plain)?;
            Ok(Reply::Done)
        }
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
    for platform in house.platforms() {
        let health = evidence::check(house, &platform).await?;
        let damages = health.damages.iter().map(ToString::to_string).chain(health.rows.clone()).collect();
        checked.push(Checked { platform: platform.id.to_string(), leaves: health.size, damages });
    }
    Ok(Reply::Checked(checked))
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

/// Renders the notice of compiled tables and puts the version that they were made from in force.
pub(crate) async fn put_in_force(
    house: &House,
    tables: &Tables,
    policy: Source,
    operation: Source,
) -> anyhow::Result<Reply> {
    let notice = render::notice::notice(tables).fragment().to_owned();
    let text = policy::shown::fingerprint(&notice);
    let publication = Publish { policy, operation, notice, text, who: Who::House };
    let platform = publish(house, publication).await.map_err(plain)?;
    let key = evidence::verifier_key(&platform)?.to_string();
    Ok(Reply::Published { platform: platform.id.to_string(), policy: platform.tables.policy().to_string(), key })
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
                findings.iter().map(|finding| format!("{} {}", finding.code, finding.message)).collect();
            let next =
                "`shouyue check` shows where; for an error of the law operation.toml can answer: [[acknowledge]]";
            anyhow::anyhow!("cannot be published:\n  {}\n{next}", list.join("\n  "))
        }
        other => other.into(),
    }
}
