//! `shouyue schema`: what editors complete by, and the scopes that can be consented to.

use std::io::Write;

use policy::File;

use crate::options::{self, SchemaFile};
use crate::{Outcome, folder};

pub(crate) fn run(schema: &options::Schema, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    if let Some(path) = &schema.scopes {
        let tables = folder::newest(path)?
            .load()
            .tables
            .ok_or_else(|| anyhow::anyhow!("does not compile: run `shouyue check {}`", path.display()))?;
        for scope in tables.scopes() {
            let party = if scope.per_party { "  per party" } else { "" };
            let line = format!("{:<56} {:<8}{party}", scope.id, scope.form.word());
            writeln!(out, "{}", line.trim_end())?;
        }
        return Ok(Outcome::Fine);
    }
    let file = match schema.file {
        SchemaFile::Policy => File::Policy,
        SchemaFile::Operation => File::Operation,
        SchemaFile::Vocabulary => File::Vocabulary,
    };
    writeln!(out, "{:#}", policy::schema(file))?;
    Ok(Outcome::Fine)
}
