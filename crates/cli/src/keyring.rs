//! The root keys, in a file that the operator guards: one key a line, 64 hexadecimal digits, the newest first. What follows
//! a `#` is for people.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use model::Entropy;
use vault::{RootKey, RootKeys};
use zeroize::Zeroizing;

/// Reads the root keys. Makes the first one when `make` says so and no file is there.
pub(crate) fn read(path: &Path, make: bool, entropy: &dyn Entropy) -> anyhow::Result<RootKeys> {
    if make && !path.exists() {
        let text = line(&drawn(entropy))?;
        put(path, &text).with_context(|| format!("cannot make the root key at {}", path.display()))?;
    }
    parse(&text(path)?).with_context(|| format!("{} holds no root keys", path.display()))
}

/// Puts a new key before those that are there. Once this returns it survives a power loss, and so do the old ones, under
/// which everything still lies.
pub(crate) fn renew(path: &Path, entropy: &dyn Entropy) -> anyhow::Result<RootKeys> {
    let mut renewed = line(&drawn(entropy))?;
    renewed.push_str(&text(path)?);
    put(path, &renewed).with_context(|| format!("cannot write {}", path.display()))?;
    parse(&renewed)
}

fn drawn(entropy: &dyn Entropy) -> Zeroizing<[u8; vault::KEY_LEN]> {
    let mut key = Zeroizing::new([0; vault::KEY_LEN]);
    entropy.fill(key.as_mut_slice());
    key
}

/// A key's line, with the name by which a refusal speaks of it.
fn line(key: &[u8; vault::KEY_LEN]) -> anyhow::Result<Zeroizing<String>> {
    let id = RootKeys::from(RootKey::from_bytes(Zeroizing::new(*key).as_mut_slice())?).newest();
    // With room for the old ones too: a text that grows leaves a copy of itself behind.
    let mut line = Zeroizing::new(String::with_capacity(16 * 1024));
    for byte in key {
        write!(line, "{byte:02x}")?;
    }
    writeln!(line, "  # {id}")?;
    Ok(line)
}

fn parse(text: &str) -> anyhow::Result<RootKeys> {
    let keys = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    let mut keys = keys.filter(|key| !key.is_empty()).map(|key| {
        let mut bytes = Zeroizing::new([0; vault::KEY_LEN]);
        hex::decode_to_slice(key, bytes.as_mut_slice()).ok().context("a root key is 64 hexadecimal digits")?;
        anyhow::Ok(RootKey::from_bytes(bytes.as_mut_slice())?)
    });
    let newest = keys.next().context("there is none")??;
    Ok(RootKeys::new(newest, keys.collect::<Result<_, _>>()?))
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
    if mode & 0o002 != 0 && mode & 0o1000 == 0 {
        bail!("everybody can replace {shown}: its folder is open to all, chmod o-w it");
    }
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes the file whole or not at all, and readable by its owner only.
fn put(path: &Path, text: &str) -> anyhow::Result<()> {
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

    fn refused(path: &Path) -> String {
        format!("{:#}", read(path, false, &SystemEntropy).unwrap_err())
    }

    #[test]
    fn a_keyring_is_made_once_and_renewed_with_the_old_keys_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        assert!(refused(&path).contains("restore it first"), "a lost key is never replaced");
        let first = read(&path, true, &SystemEntropy).unwrap();
        assert_eq!(read(&path, true, &SystemEntropy).unwrap().newest(), first.newest());
        let second = renew(&path, &SystemEntropy).unwrap();
        assert!(second.newest() != first.newest() && second.holds(first.newest()));
        assert_eq!(read(&path, false, &SystemEntropy).unwrap().newest(), second.newest());
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
        // As earlier releases wrote it: the digits alone.
        fs::write(&path, "11".repeat(32)).unwrap();
        assert!(read(&path, false, &SystemEntropy).is_ok());
    }

    #[test]
    fn a_keyring_that_others_can_read_or_replace_is_refused_and_no_refusal_shows_a_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        read(&path, true, &SystemEntropy).unwrap();
        let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        mode(&path, 0o644);
        assert!(refused(&path).contains("chmod 600"));
        mode(&path, 0o600);
        mode(folder.path(), 0o777);
        assert!(refused(&path).contains("chmod o-w"));
        mode(folder.path(), 0o1777);
        assert!(read(&path, false, &SystemEntropy).is_ok());
        let digits = format!("{}zz", "ab".repeat(31));
        fs::write(&path, &digits).unwrap();
        let why = refused(&path);
        assert!(why.contains("64 hexadecimal digits") && !why.contains("abab"), "{why}");
        fs::write(&path, "").unwrap();
        assert!(refused(&path).contains("there is none"));
    }
}
