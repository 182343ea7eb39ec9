//! `shouyue init`: the files of a new platform, with comments that teach, which check and whose scenarios pass.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context as _, bail};
use model::Slug;

use crate::Outcome;
use crate::options::{Init, Misused};

/// The day from which the first version holds; its file is called so.
const EFFECTIVE: &str = "2026-01-01";
const POLICY: &str = include_str!("../../templates/init/policy.toml");
const OPERATION: &str = include_str!("../../templates/init/operation.toml");
const SCENARIOS: &str = include_str!("../../templates/init/scenarios.toml");
const CLAIMS: &str = include_str!("../../templates/init/claims.toml");

pub(crate) fn run(init: &Init, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let folder = &init.folder;
    let id = platform(folder)?;
    let name = init.name.as_deref().unwrap_or(id.as_str());
    if name.is_empty() || name.chars().any(|sign| sign.is_control() || matches!(sign, '"' | '\\')) {
        return Err(Misused("--name takes a name without quotes, backslashes and line ends".to_owned()).into());
    }
    if folder.exists() && fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_some()) {
        bail!("{} is there already and is no empty folder: choose another, or empty it", folder.display());
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let kind = init.kind.word();
    let filled = |text: &str| text.replace("{{id}}", id.as_str()).replace("{{name}}", name).replace("{{kind}}", kind);
    let files = [
        (format!("{EFFECTIVE}.toml"), POLICY),
        ("operation.toml".to_owned(), OPERATION),
        (format!("{id}.scenarios.toml"), SCENARIOS),
        (format!("{id}.claims.toml"), CLAIMS),
    ];
    for (file, text) in files {
        let path = folder.join(file);
        fs::write(&path, filled(text)).with_context(|| format!("cannot write {}", path.display()))?;
        writeln!(out, "{}", path.display())?;
    }
    let folder = folder.display();
    writeln!(out, "\nnext:  shouyue check {folder}    what is wrong with it")?;
    writeln!(out, "       shouyue test {folder}     whether it means what counsel expects")?;
    writeln!(out, "       shouyue render {folder} --to markdown    the text that customers read")?;
    Ok(Outcome::Fine)
}

/// The platform's id: the name of its folder.
fn platform(folder: &Path) -> anyhow::Result<Slug> {
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let id = name.parse::<Slug>();
    let why = format!(
        "the folder is called after the platform's id, lower-case letters, digits and single hyphens; `{name}` is no id"
    );
    id.map_err(|_| Misused(why).into())
}
