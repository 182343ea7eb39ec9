//! Policies as they lie on disk: `platforms/<id>/<date or undated>.toml` with `operation.toml`, `*.scenarios.toml`
//! and `*.claims.toml` beside.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::{Context as _, bail};
use policy::compile::Tables;
use policy::finding::{Finding, Severity, Source};
use policy::scenario::Suite;
use policy::{Loaded, Sources, claim, scenario};

use crate::options::Misused;

/// Name of the operation file.
const OPERATION: &str = "operation.toml";

/// One policy version and what lies beside it.
pub(crate) struct Written {
    /// The policy file.
    pub(crate) policy: Source,
    /// The operation file.
    pub(crate) operation: Option<Source>,
    /// Scenario files.
    pub(crate) scenarios: Vec<Source>,
    /// Claim files.
    pub(crate) claims: Vec<Source>,
}

impl Written {
    /// Reads, resolves and compiles.
    pub(crate) fn load(&self) -> Loaded {
        policy::load(&self.sources())
    }

    /// What the compiler reads.
    pub(crate) fn sources(&self) -> Sources<'_> {
        Sources { policy: &self.policy, operation: self.operation.as_ref() }
    }

    /// Name and text of the policy file and of the operation file, as a server is handed them.
    pub(crate) fn pairs(&self) -> anyhow::Result<[(String, String); 2]> {
        let operation = self.operation.as_ref().context("publishing needs an operation.toml beside the policy")?;
        Ok([&self.policy, operation].map(|source| (source.name.to_string(), source.text.to_string())))
    }

    /// The tables.
    ///
    /// # Errors
    /// When the policy does not compile.
    pub(crate) fn tables(&self) -> anyhow::Result<Arc<Tables>> {
        let folder = Path::new(&*self.policy.name).parent().unwrap_or(Path::new("."));
        let tables = self.load().tables;
        tables
            .with_context(|| format!("{} does not compile: run `shouyue check {}`", self.policy.name, folder.display()))
    }

    /// Scenarios and claims.
    ///
    /// # Errors
    /// When a file of them cannot be read.
    pub(crate) fn suite(&self) -> anyhow::Result<Suite> {
        let mut suite = Suite::default();
        for source in &self.scenarios {
            let (file, findings) = scenario::read_scenarios(source);
            suite.scenarios.push(sound(file, &findings, source)?);
        }
        for source in &self.claims {
            let (file, findings) = claim::read_claims(source);
            suite.claims.push(sound(file, &findings, source)?);
        }
        Ok(suite)
    }

    /// The texts that findings quote.
    pub(crate) fn texts(&self) -> Vec<Source> {
        let mut texts = vec![self.policy.clone(), policy::vocabulary()];
        texts.extend(self.operation.clone());
        texts.extend(self.scenarios.iter().chain(&self.claims).cloned());
        texts
    }
}

fn sound<T>(file: Option<T>, findings: &[Finding], source: &Source) -> anyhow::Result<T> {
    let broken = findings.iter().any(|finding| finding.severity == Severity::Error);
    let file = file.filter(|_| !broken);
    file.with_context(|| format!("{} cannot be read: run `shouyue check` on its folder", source.name))
}

/// Every policy version at `path`: a policy file, a platform folder, or a folder of platform folders.
pub(crate) fn written(path: &Path) -> anyhow::Result<Vec<Written>> {
    if !path.exists() {
        return Err(
            Misused(format!("nothing is at {}: name a policy file or a platform folder", path.display())).into()
        );
    }
    if path.is_file() {
        if path.extension().is_none_or(|end| end != "toml") {
            return Err(Misused(format!("{} is no policy file: those are TOML", path.display())).into());
        }
        return Ok(vec![one(path)?]);
    }
    let entries = sorted(path)?;
    let mut found = Vec::new();
    for file in entries.iter().filter(|entry| is_policy(entry)) {
        found.push(one(file)?);
    }
    if found.is_empty() {
        for folder in entries.iter().filter(|entry| entry.is_dir()) {
            for file in sorted(folder)?.iter().filter(|entry| is_policy(entry)) {
                found.push(one(file)?);
            }
        }
    }
    if found.is_empty() {
        bail!("no policy file at {}: expected <date>.toml or undated.toml there, or in its folders", path.display());
    }
    Ok(found)
}

/// The newest policy version at `path`.
pub(crate) fn newest(path: &Path) -> anyhow::Result<Written> {
    let mut all = written(path)?;
    let platforms: std::collections::BTreeSet<PathBuf> =
        all.iter().filter_map(|one| Path::new(&*one.policy.name).parent().map(Path::to_owned)).collect();
    if platforms.len() > 1 {
        bail!("{} holds several platforms: name one of them", path.display());
    }
    all.pop().context("no policy file")
}

/// When each file was last written, and how long it was.
pub(crate) type Stamps = BTreeMap<PathBuf, (SystemTime, u64)>;

/// The TOML files that [`written`] may read for `path`: those beside a policy file, of a platform's folder, or of the
/// folders in it. What cannot be read just now is left out.
pub(crate) fn stamps(path: &Path) -> Stamps {
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = sorted(folder).unwrap_or_default();
    let inner = entries.iter().filter(|entry| path.is_dir() && entry.is_dir()).flat_map(|inner| sorted(inner));
    let files: Vec<PathBuf> = inner.flatten().chain(entries.iter().cloned()).collect();
    let toml = files.into_iter().filter(|file| file.extension().is_some_and(|end| end == "toml"));
    toml.filter_map(|file| {
        let about = fs::metadata(&file).ok()?;
        Some((file, (about.modified().ok()?, about.len())))
    })
    .collect()
}

fn one(file: &Path) -> anyhow::Result<Written> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let operation = folder.join(OPERATION);
    let operation = operation.is_file().then(|| source(&operation)).transpose()?;
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = sorted(folder)?;
    let beside = |end: &str| {
        let named = entries.iter().filter(|entry| entry.to_string_lossy().ends_with(end));
        named.map(|entry| source(entry)).collect::<anyhow::Result<Vec<_>>>()
    };
    let (scenarios, claims) = (beside(".scenarios.toml")?, beside(".claims.toml")?);
    Ok(Written { policy: source(file)?, operation, scenarios, claims })
}

fn is_policy(path: &Path) -> bool {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let dated = stem == "undated" || stem.parse::<jiff::civil::Date>().is_ok();
    path.is_file() && dated && path.extension().is_some_and(|end| end == "toml")
}

fn sorted(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// Reads a text under the name by which the user called it.
pub(crate) fn source(path: &Path) -> anyhow::Result<Source> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Source::new(path.to_string_lossy(), text))
}
