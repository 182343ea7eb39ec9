//! `shouyue recovery`: the root key in shares that officers keep on paper, and back.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use vault::recovery::{self, Share, ShareError};
use zeroize::Zeroizing;

use crate::config::Config;
use crate::options::{Misused, Recovery, RecoveryCommand};
use crate::system::SystemEntropy;
use crate::{Outcome, keyring};

pub(crate) fn run(asked: &Recovery, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    match &asked.command {
        RecoveryCommand::Split { of, need, key, to, at } => {
            let config = Config::read(&at.config)?;
            let key = keyring::lying_in(&config.root_key, key.as_deref())?;
            let shares = recovery::split(&key, (*of, *need), &SystemEntropy);
            let shares = shares.map_err(|why| Misused(why.to_string()))?;
            write_down(&shares, (*of, *need), to, out)
        }
        RecoveryCommand::Join { shares, at } => join(shares, &Config::read(&at.config)?.root_key, out),
    }
}

fn write_down(shares: &[Share], (of, need): (u8, u8), to: &Path, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(to);
    made.with_context(|| format!("cannot make {}", to.display()))?;
    for share in shares {
        let path = to.join(format!("share-{}-of-{of}.txt", share.number()));
        let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let mut file = file.with_context(|| format!("cannot write {}: shares go where none are", path.display()))?;
        file.write_all(share.text().as_bytes())?;
        file.sync_all()?;
        writeln!(out, "{}", path.display())?;
    }
    let root = shares.first().map(|share| share.root().to_string()).unwrap_or_default();
    writeln!(out, "any {need} of these bring back root key {root}")?;
    writeln!(
        out,
        "next: try it (`shouyue recovery join` with another configuration), print each for another officer,"
    )?;
    writeln!(out, "      then destroy the files; a new root key needs new shares")?;
    Ok(Outcome::Fine)
}

fn join(files: &[PathBuf], root_key: &Path, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let read = |path: &PathBuf| {
        let shown = path.display();
        let text = Zeroizing::new(fs::read_to_string(path).with_context(|| format!("cannot read {shown}"))?);
        text.parse::<Share>().with_context(|| format!("{shown} is no share that can be used"))
    };
    let shares = files.iter().map(read).collect::<anyhow::Result<Vec<_>>>()?;
    let key = recovery::join(&shares).map_err(|why| match why {
        ShareError::Mixed(at) | ShareError::Twice(at) => {
            let file = files.get(at).map(|path| path.display().to_string()).unwrap_or_default();
            anyhow!("{file}: {why}")
        }
        why => why.into(),
    })?;
    let root = keyring::bring_back(root_key, &key)?;
    writeln!(out, "root key {root} is in {} again", root_key.display())?;
    writeln!(out, "next: `shouyue fsck`; older root keys, which older backups need, are not in it")?;
    Ok(Outcome::Fine)
}
