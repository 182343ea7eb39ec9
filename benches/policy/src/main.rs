//! What a keystroke costs: the largest of the platforms is read, compiled, checked by every rule of law and text, and compared with
//! the version in force. An editor that does so at every key has twenty milliseconds for it. Before each key the file is as it was
//! without the edit, so that no key finds its own work done.

mod edit;

use std::cell::RefCell;
use std::fs;
use std::hint::black_box;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use edit::Edit;
use jiff::Timestamp;
use jiff::civil::Date;
use policy::compile::{Tables, compile};
use policy::diff::{Diff, diff};
use policy::finding::Source;
use policy::{Loaded, Loader, Sources, load, prove, read};
use race::{Lane, race};

/// The allocator of the program that is measured here, `shouyue check --watch` and the console.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Rounds of a race; each turn is taken twice.
const ROUNDS: usize = 31;

/// So often a second, or an editor lags behind who types.
const TARGET: f64 = 50.0;

/// The instant whose law is asked.
const NOW: &str = "2026-11-22T12:00:00+08:00";

/// Everything, or only the edits whose name contains an argument.
fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let field = Field::read()?;
    let edits = edit::EDITS.iter();
    let wanted = |edit: &&Edit| arguments.is_empty() || arguments.iter().any(|one| edit.name.contains(one.as_str()));
    let edits: Vec<&Edit> = edits.filter(wanted).collect();
    say("| edit | elements changed | decisions that differ | scopes asked again |")?;
    say("|---|---|---|---|")?;
    for edit in &edits {
        say(&field.found(edit)?)?;
    }
    say("\n| edit | read | compile | read, compile, check | the same at a key | compare | whole key | a second | target | proof, besides |")?;
    say("|---|---|---|---|---|---|---|---|---|---|")?;
    for edit in &edits {
        say(&field.timed(edit)?)?;
    }
    Ok(())
}

/// The platform that everything is tried on, as it is before an edit.
struct Field {
    policy: String,
    operation: String,
    before: Arc<Tables>,
    now: Timestamp,
}

/// The two files of one platform, edited or not.
struct Files {
    policy: Source,
    operation: Source,
}

impl Files {
    const fn sources(&self) -> Sources<'_> {
        Sources { policy: &self.policy, operation: Some(&self.operation) }
    }

    fn tables(loaded: Loaded) -> Result<Arc<Tables>> {
        let errors: Vec<&str> =
            loaded.findings.iter().filter(|one| one.stops()).map(|one| one.message.english.as_str()).collect();
        loaded.tables.with_context(|| errors.join("; "))
    }
}

impl Field {
    fn read() -> Result<Self> {
        let text = |path: &Path| fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()));
        let path = largest(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../platforms"))?;
        let (policy, operation) = (text(&path)?, text(&path.with_file_name("operation.toml"))?);
        let files = Self::files(&policy, &operation);
        let before = Files::tables(load(&files.sources()))?;
        Ok(Self { policy, operation, before, now: NOW.parse()? })
    }

    fn files(policy: &str, operation: &str) -> Files {
        Files { policy: Source::new("policy.toml", policy), operation: Source::new("operation.toml", operation) }
    }

    fn edited(&self, edit: &Edit) -> Result<Files> {
        Ok(Self::files(&edit.of(&self.policy)?, &self.operation))
    }

    /// All that an editor does at a key.
    fn keystroke(&self, loader: &mut Loader, files: &Files) -> Result<(Loaded, Diff)> {
        let loaded = loader.load(&files.sources());
        let tables = loaded.tables.as_ref().context("the edit does not compile")?;
        let diff = diff(&self.before, tables, self.now)?;
        Ok((loaded, diff))
    }

    /// What the comparison finds: an edit that changes nothing would measure nothing.
    fn found(&self, edit: &Edit) -> Result<String> {
        let (_, diff) = self.keystroke(&mut Loader::default(), &self.edited(edit)?)?;
        ensure!(edit.changes != diff.elements.is_empty(), "{}: {} elements", edit.name, diff.elements.len());
        let decisions = diff.decisions.names.len() + diff.decisions.groups.len();
        Ok(format!("| {} | {} | {decisions} | {} |", edit.name, diff.elements.len(), diff.again().count()))
    }

    fn timed(&self, edit: &Edit) -> Result<String> {
        let files = self.edited(edit)?;
        let sources = files.sources();
        let program = read(&sources).program.context("the edit does not read")?;
        let tables = Files::tables(load(&sources))?;
        let unedited = Self::files(&self.policy, &self.operation);
        let [loading, typing] = [(); 2].map(|()| RefCell::new(Loader::default()));
        let undo = |loader: &RefCell<Loader>| drop(loader.borrow_mut().load(&unedited.sources()));
        let key = |_| drop(black_box(self.keystroke(&mut typing.borrow_mut(), &files)));
        let lanes = [
            Lane::new(1, |_| drop(black_box(read(&sources)))),
            Lane::new(1, |_| drop(black_box(compile(Arc::clone(&program))))),
            Lane::new(1, |_| drop(black_box(load(&sources)))),
            Lane::new(1, |_| drop(black_box(loading.borrow_mut().load(&sources)))).after(|_| undo(&loading)),
            Lane::new(1, |_| drop(black_box(diff(&self.before, &tables, self.now)))),
            Lane::new(1, key).after(|_| undo(&typing)),
            Lane::new(1, |_| drop(black_box(prove::tables_match_meaning(&tables)))),
        ];
        let [read, compile, load, again, compare, whole, proof] = race(ROUNDS, lanes).map(|nanos| nanos / 1e6);
        let rate = 1e3 / whole;
        let verdict = if rate >= TARGET { "met" } else { "**missed**" };
        Ok(format!(
            "| {} | {read:.2} ms | {compile:.2} ms | {load:.2} ms | {again:.2} ms | {compare:.2} ms | {whole:.2} ms | {rate:.0} | ≥ {TARGET:.0} {verdict} | {proof:.1} ms |",
            edit.name
        ))
    }
}

/// The longest policy file of all platforms.
fn largest(platforms: &Path) -> Result<PathBuf> {
    let mut found: Vec<(u64, PathBuf)> = Vec::new();
    for folder in fs::read_dir(platforms).with_context(|| format!("cannot list {}", platforms.display()))? {
        let folder = folder?.path();
        let files = if folder.is_dir() { fs::read_dir(&folder)?.collect() } else { Vec::new() };
        for file in files {
            let file = file?;
            let name = file.file_name().to_string_lossy().into_owned();
            let version = name.strip_suffix(".toml").is_some_and(|stem| stem.parse::<Date>().is_ok());
            found.extend(version.then_some((file.metadata()?.len(), file.path())));
        }
    }
    found.into_iter().max().map(|(_, path)| path).context("no policy")
}

/// Prints one line at once: a run takes a minute, and its reader wants to see it move.
fn say(line: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout().lock(), "{line}")?)
}
