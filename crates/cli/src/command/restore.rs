//! `shouyue restore`: a platform from its backup, without what was erased since.

use std::io::Write;

use crate::Outcome;
use crate::config::Config;
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
    let config = asked.config.as_deref().map(Config::read).transpose()?;
    let server = config.as_ref().map(Config::server).transpose()?.flatten();
    let data = asked.data.as_deref().or(config.as_ref().map(|config| config.data.as_path()));
    let bucket = config.as_ref().map(Config::bucket).transpose()?.flatten();
    let done = match (server, data) {
        (Some((address, folder)), _) => {
            store::postgres::restore(&address, &folder, &platform, &from, &asked.erasures, bucket.as_ref())?
        }
        (None, Some(data)) => store::sqlite::restore(data, &platform, &from, &asked.erasures, bucket.as_ref())?,
        (None, None) => return Err(Misused("name a data folder or a configuration file".to_owned()).into()),
    };
    let (leaves, replayed) = (done.size, done.replayed);
    writeln!(out, "{platform} restored: {leaves} leaves, {replayed} erasure(s) since the backup replayed")?;
    writeln!(out, "next: the root key that it was made under; staff and tokens belong to the installation")?;
    for finding in &done.findings {
        writeln!(out, "  {finding}")?;
    }
    Ok(if done.findings.is_empty() { Outcome::Fine } else { Outcome::Found })
}
