//! `shouyue copy`: from files into a database on a server.

use std::io::Write;

use crate::Outcome;
use crate::config::Config;
use crate::options::{self, Misused};

pub(crate) fn run(asked: &options::Where, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let config = Config::read(&asked.config)?;
    let Some((address, folder)) = config.server()? else {
        return Err(Misused("the configuration names no [postgres] to copy into".to_owned()).into());
    };
    if folder != config.data && config.objects.is_none() {
        return Err(
            Misused("`folder` of [postgres] must be absent while copying: objects stay in `data`".to_owned()).into()
        );
    }
    for (name, copied) in store::postgres::copy(&config.data, &address)? {
        let rows: u64 = copied.rows.iter().map(|(_, rows)| rows).sum();
        let tables = copied.rows.len();
        writeln!(out, "{name:<16} {rows} rows of {tables} tables, {} leaves under the same root", copied.leaves)?;
    }
    writeln!(
        out,
        "next: `shouyue fsck`, then destroy the *.sqlite files in {}: they hold keys",
        config.data.display()
    )?;
    Ok(Outcome::Fine)
}
