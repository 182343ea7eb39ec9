//! The platforms of this repository, read and compiled.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use jiff::civil::Date;
use policy::compile::Tables;
use policy::finding::{Severity, Source};
use policy::{Sources, load};

/// One platform under the newest version of its policy.
pub(crate) struct Platform {
    pub(crate) name: String,
    pub(crate) tables: Arc<Tables>,
}

/// Every platform, by name.
pub(crate) fn all() -> Result<Vec<Platform>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../platforms");
    let mut folders = listed(&root)?;
    folders.retain(|path| path.is_dir());
    folders.iter().map(|folder| platform(folder).with_context(|| folder.display().to_string())).collect()
}

fn platform(folder: &Path) -> Result<Platform> {
    let mut versions = listed(folder)?;
    versions.retain(|path| is_version(path));
    let Some(newest) = versions.last() else { bail!("no policy here") };
    let operation = folder.join("operation.toml");
    let operation = operation.exists().then(|| source(&operation)).transpose()?;
    let tables = compiled(&source(newest)?, operation.as_ref())?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Platform { name, tables })
}

/// What a folder holds, sorted: of two versions the later comes last.
fn listed(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn is_version(path: &Path) -> bool {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let dated = stem == "undated" || stem.parse::<Date>().is_ok();
    dated && path.extension().is_some_and(|ending| ending == "toml")
}

fn source(path: &Path) -> Result<Source> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Source::new(path.display().to_string(), text))
}

/// Tables of texts that must compile.
pub(crate) fn compiled(policy: &Source, operation: Option<&Source>) -> Result<Arc<Tables>> {
    let loaded = load(&Sources { policy, operation });
    // Findings of the law stand in nobody's way here.
    let errors = loaded.findings.iter().filter(|one| one.severity == Severity::Error && one.code.starts_with('L'));
    let errors: Vec<String> = errors.map(|one| format!("{} {}", one.code, one.message.english)).collect();
    loaded.tables.with_context(|| errors.join("; "))
}
