//! The root keys, in a file that the operator guards: one key a line, the newest first. A line is 64 hexadecimal digits, or
//! `hsm:` and the name of a key that lies in a security module. What follows a `#` is for people.

mod module;

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use model::Entropy;
use serde::{Deserialize, Serialize};
use vault::{RootId, RootKey, RootKeys};
use zeroize::Zeroizing;

use crate::config::Config;
use module::Module;

/// What stands before the name of a key in a security module.
const ELSEWHERE: &str = "hsm:";

/// Where a new root key is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Place {
    /// In the key file.
    File,
    /// In the security module of the configuration.
    Hsm,
}

/// The key file, and the security module if there is one.
pub(crate) struct Keyring {
    path: PathBuf,
    module: Option<Arc<Module>>,
}

impl Keyring {
    /// Opens the module where the configuration names one. Once in a process.
    pub(crate) fn open(config: &Config) -> anyhow::Result<Self> {
        let module = config.hsm.as_ref().map(Module::open).transpose()?.map(Arc::new);
        Ok(Self { path: config.root_key.clone(), module })
    }

    /// The key file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the root keys. Makes the first one when `make` says so and no file is there.
    pub(crate) fn read(&self, make: bool, entropy: &dyn Entropy) -> anyhow::Result<RootKeys> {
        let path = &self.path;
        if make && !path.exists() {
            let text = self.line(None, entropy)?;
            put(path, &text).with_context(|| format!("cannot make the root key at {}", path.display()))?;
        }
        self.parse(&text(path)?).with_context(|| format!("{} holds no root keys that can be used", path.display()))
    }

    /// Puts a new key before those that are there; in the module, if there is one, unless told otherwise. Once this returns
    /// it survives a power loss, and so do the old ones, under which everything still lies.
    pub(crate) fn renew(&self, place: Option<Place>, entropy: &dyn Entropy) -> anyhow::Result<RootKeys> {
        let path = &self.path;
        let old = text(path)?;
        let mut renewed = self.line(place, entropy)?;
        renewed.push_str(&old);
        put(path, &renewed).with_context(|| format!("cannot write {}", path.display()))?;
        self.parse(&renewed)
    }

    /// The line of a new key.
    fn line(&self, place: Option<Place>, entropy: &dyn Entropy) -> anyhow::Result<Zeroizing<String>> {
        match (place, &self.module) {
            (Some(Place::File), _) | (None, None) => line(&drawn(entropy)),
            (Some(Place::Hsm), None) => bail!("the configuration names no security module: add [hsm]"),
            (_, Some(module)) => {
                let id = RootId::new(entropy.draw());
                module.make(id)?;
                Ok(Zeroizing::new(format!("{ELSEWHERE}{id}\n")))
            }
        }
    }

    fn parse(&self, text: &str) -> anyhow::Result<RootKeys> {
        let mut keys = lines(text).map(|key| self.key(key));
        let newest = keys.next().context("there is none")??;
        Ok(RootKeys::new(newest, keys.collect::<Result<_, _>>()?))
    }

    fn key(&self, line: &str) -> anyhow::Result<RootKey> {
        let Some(id) = line.strip_prefix(ELSEWHERE) else {
            return Ok(RootKey::from_bytes(digits(line)?.as_mut_slice())?);
        };
        let mut bytes = [0; 8];
        hex::decode_to_slice(id, &mut bytes).ok().context("the name of a key in a module is 16 hexadecimal digits")?;
        let module = self.module.as_ref().with_context(|| {
            format!("root key {id} lies in a security module, and the configuration names none: add [hsm]")
        })?;
        module.key(RootId::new(bytes))
    }
}

/// The digits of the newest key of a key file, or of the one of a name.
pub(crate) fn lying_in(path: &Path, id: Option<&str>) -> anyhow::Result<Zeroizing<[u8; vault::KEY_LEN]>> {
    let text = text(path)?;
    for line in lines(&text) {
        if let Some(name) = line.strip_prefix(ELSEWHERE) {
            if id.is_none_or(|id| id == name) {
                bail!(
                    "root key {name} lies in a security module and never leaves it: back that up by the vendor's means"
                );
            }
            continue;
        }
        let key = digits(line)?;
        if id.is_none_or(|id| name(&key).is_ok_and(|name| name.to_string() == id)) {
            return Ok(key);
        }
    }
    bail!("{} holds no such root key", path.display())
}

/// Writes a key file of one key where there is none; gives the key's name.
pub(crate) fn bring_back(path: &Path, key: &[u8; vault::KEY_LEN]) -> anyhow::Result<RootId> {
    if path.exists() {
        bail!("{} is there already: move it away first, it may hold other keys that are needed", path.display());
    }
    put(path, &line(key)?).with_context(|| format!("cannot write {}", path.display()))?;
    name(key)
}

/// The lines that name a key, without what is for people.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(|line| line.split('#').next().unwrap_or_default().trim()).filter(|line| !line.is_empty())
}

fn digits(line: &str) -> anyhow::Result<Zeroizing<[u8; vault::KEY_LEN]>> {
    let mut bytes = Zeroizing::new([0; vault::KEY_LEN]);
    hex::decode_to_slice(line, bytes.as_mut_slice()).ok().context("a root key is 64 hexadecimal digits")?;
    Ok(bytes)
}

fn drawn(entropy: &dyn Entropy) -> Zeroizing<[u8; vault::KEY_LEN]> {
    let mut key = Zeroizing::new([0; vault::KEY_LEN]);
    entropy.fill(key.as_mut_slice());
    key
}

fn name(key: &[u8; vault::KEY_LEN]) -> anyhow::Result<RootId> {
    Ok(RootKey::from_bytes(Zeroizing::new(*key).as_mut_slice())?.id())
}

/// A key's line, with the name by which a refusal speaks of it.
fn line(key: &[u8; vault::KEY_LEN]) -> anyhow::Result<Zeroizing<String>> {
    let id = name(key)?;
    // With room for the old ones too: a text that grows leaves a copy of itself behind.
    let mut line = Zeroizing::new(String::with_capacity(16 * 1024));
    for byte in key {
        write!(line, "{byte:02x}")?;
    }
    writeln!(line, "  # {id}")?;
    Ok(line)
}

/// What stands in the file, when nobody but we can read or replace it.
fn text(path: &Path) -> anyhow::Result<Zeroizing<String>> {
    let file = fs::metadata(path).with_context(|| {
        format!("no root key at {}: without the right one nothing opens, restore it first", path.display())
    })?;
    guarded(path, &file)?;
    Ok(Zeroizing::new(fs::read_to_string(path)?))
}

fn guarded(path: &Path, file: &fs::Metadata) -> anyhow::Result<()> {
    let shown = path.display();
    if !file.is_file() {
        bail!("{shown} is no file");
    }
    if file.mode() & 0o077 != 0 {
        bail!("{shown} can be read by others (mode {:o}): chmod 600 it", file.mode() & 0o777);
    }
    let own = rustix::process::geteuid();
    if file.uid() != own.as_raw() && !own.is_root() {
        bail!("{shown} belongs to another user: whoever owns it can replace it");
    }
    let mode = fs::metadata(folder_of(path))?.mode();
    // In a folder with the sticky bit others cannot replace what is ours.
    if mode & 0o022 != 0 && mode & 0o1000 == 0 {
        bail!("others can replace {shown}: they may write in its folder, chmod go-w it");
    }
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes the file whole or not at all, and readable by its owner only.
pub(crate) fn put(path: &Path, text: &str) -> anyhow::Result<()> {
    let folder = folder_of(path);
    let new = folder.join(format!("{}.new", path.file_name().unwrap_or_default().to_string_lossy()));
    // Left over from a writer that was killed: it was never in use.
    drop(fs::remove_file(&new));
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::system::SystemEntropy;

    fn read(path: &Path, make: bool) -> anyhow::Result<RootKeys> {
        Keyring { path: path.to_owned(), module: None }.read(make, &SystemEntropy)
    }

    fn refused(path: &Path) -> String {
        format!("{:#}", read(path, false).unwrap_err())
    }

    #[test]
    fn a_keyring_is_made_once_and_renewed_with_the_old_keys_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        assert!(refused(&path).contains("restore it first"), "a lost key is never replaced");
        let first = read(&path, true).unwrap();
        assert_eq!(read(&path, true).unwrap().newest(), first.newest());
        let ring = Keyring { path: path.clone(), module: None };
        let second = ring.renew(None, &SystemEntropy).unwrap();
        assert!(second.newest() != first.newest() && second.holds(first.newest()));
        assert_eq!(read(&path, false).unwrap().newest(), second.newest());
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
        // As earlier releases wrote it: the digits alone.
        fs::write(&path, "11".repeat(32)).unwrap();
        assert!(read(&path, false).is_ok());
    }

    #[test]
    fn a_keyring_that_others_can_read_or_replace_is_refused_and_no_refusal_shows_a_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        read(&path, true).unwrap();
        let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        mode(&path, 0o644);
        assert!(refused(&path).contains("chmod 600"));
        mode(&path, 0o600);
        for open in [0o777, 0o770, 0o702] {
            mode(folder.path(), open);
            assert!(refused(&path).contains("chmod go-w"), "{open:o}");
        }
        mode(folder.path(), 0o1777);
        assert!(read(&path, false).is_ok());
        let digits = format!("{}zz", "ab".repeat(31));
        fs::write(&path, &digits).unwrap();
        let why = refused(&path);
        assert!(why.contains("64 hexadecimal digits") && !why.contains("abab"), "{why}");
        fs::write(&path, "").unwrap();
        assert!(refused(&path).contains("there is none"));
        fs::write(&path, "hsm:0011223344556677\n").unwrap();
        assert!(refused(&path).contains("add [hsm]"));
        let ring = Keyring { path, module: None };
        let why = format!("{:#}", ring.renew(Some(Place::Hsm), &SystemEntropy).unwrap_err());
        assert!(why.contains("add [hsm]"), "{why}");
    }
}
