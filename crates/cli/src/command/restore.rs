//! `shouyue restore`: a platform from its backup, without what was erased since.

use std::io::Write;

use crate::{Outcome, options};

pub(crate) fn run(asked: &options::Restore, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let platform = asked.platform.parse()?;
    let from = crate::admin::backup_paths(&asked.from, &asked.platform);
    let done = store::sqlite::restore(&asked.data, &platform, &from, &asked.erasures)?;
    let (leaves, replayed) = (done.size, done.replayed);
    writeln!(out, "{platform} restored: {leaves} leaves, {replayed} erasure(s) since the backup replayed")?;
    for finding in &done.findings {
        writeln!(out, "  {finding}")?;
    }
    Ok(if done.findings.is_empty() { Outcome::Fine } else { Outcome::Found })
}
