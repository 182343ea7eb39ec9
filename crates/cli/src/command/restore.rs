//! `shouyue restore`: a platform from its backup, without what was erased since.

use std::io::Write;

use crate::Outcome;
use crate::options::{self, Misused};

pub(crate) fn run(asked: &options::Restore, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let platform = asked.platform.parse()?;
    let from = crate::admin::backup_paths(&asked.from, &asked.platform);
    let files = [&from.data, &from.keys, &from.erasures, &asked.erasures].map(|file| (file, file.is_file()));
    for (file, is_there) in files.into_iter().chain([(&from.objects, from.objects.is_dir())]) {
        if !is_there {
            let needs = "a backup has a data, a key and an erasures file and a folder of objects, and --erasures names \
                the newest list";
            return Err(Misused(format!("{} is not there: {needs}", file.display())).into());
        }
    }
    let done = store::sqlite::restore(&asked.data, &platform, &from, &asked.erasures)?;
    let (leaves, replayed) = (done.size, done.replayed);
    writeln!(out, "{platform} restored: {leaves} leaves, {replayed} erasure(s) since the backup replayed")?;
    writeln!(out, "next: the root key that it was made under; staff and tokens belong to the installation")?;
    for finding in &done.findings {
        writeln!(out, "  {finding}")?;
    }
    Ok(if done.findings.is_empty() { Outcome::Fine } else { Outcome::Found })
}
