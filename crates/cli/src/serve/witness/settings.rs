//! The configuration file of a witness, and its key.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use ledger::{Cosigner, VerifierKey};
use model::Entropy as _;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::heads::holds_any;
use crate::config;
use crate::keyring;
use crate::system::SystemEntropy;

const NEEDS: &str = "it needs `data`, `key`, `name` and [[log]] with `key`, and may have `listen`";

/// What a witness is and watches.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// Folder of the newest heads.
    pub(super) data: PathBuf,
    /// File with the private key, outside `data`; made at the first start.
    key: PathBuf,
    /// Its name, which stands in its signature lines: an address without a scheme.
    pub(super) name: String,
    /// Address to listen on.
    #[serde(default = "loopback")]
    pub(super) listen: SocketAddr,
    /// Logs that are watched.
    #[serde(default, rename = "log")]
    logs: Vec<Watched>,
}

/// A key of a log, as the log hands it out; the log's origin is its name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Watched {
    key: String,
}

fn loopback() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8441))
}

impl Settings {
    /// Reads a file; relative paths in it are relative to its folder.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut settings: Self = toml::from_str(&text).map_err(|why| {
            let (why, path) = (why.to_string(), path.display());
            anyhow!("{path} cannot be used: {}\n{NEEDS}", why.trim_end())
        })?;
        let folder = path.parent().unwrap_or(Path::new("."));
        settings.data = folder.join(&settings.data);
        settings.key = folder.join(&settings.key);
        if settings.key.starts_with(&settings.data) {
            bail!("`key` must lie outside `data`");
        }
        Ok(settings)
    }

    /// The keys of each log, by its origin.
    pub(super) fn keys(&self) -> anyhow::Result<BTreeMap<String, Vec<VerifierKey>>> {
        let mut logs: BTreeMap<String, Vec<VerifierKey>> = BTreeMap::new();
        for Watched { key } in &self.logs {
            let key: VerifierKey = key.parse().with_context(|| format!("key `{key}` of a [[log]]"))?;
            logs.entry(key.name().to_owned()).or_default().push(key);
        }
        Ok(logs)
    }
}

/// The private key; made at the first start. A witness that has kept heads has a key: no new one is made beside them.
pub(super) fn cosigner(settings: &Settings) -> anyhow::Result<Cosigner> {
    let (path, name) = (&settings.key, &settings.name);
    if !path.exists() {
        if holds_any(&settings.data) {
            bail!("no key at {}, and {} holds heads: restore the key", path.display(), settings.data.display());
        }
        let mut seed = Zeroizing::new([0; 32]);
        SystemEntropy.fill(seed.as_mut_slice());
        let text = Zeroizing::new(Cosigner::private_text(name, &seed)? + "\n");
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        }
        keyring::put(path, &text).with_context(|| format!("cannot make the key at {}", path.display()))?;
    }
    let text = Zeroizing::new(config::secret(path)?);
    let cosigner = Cosigner::parse(&text).with_context(|| format!("{} holds no witness's key", path.display()))?;
    if cosigner.key().name() != name {
        bail!("{} is the key of {}, not of {name}: a name has its own key", path.display(), cosigner.key().name());
    }
    Ok(cosigner)
}
