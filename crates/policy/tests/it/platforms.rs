//! Every platform and every example: its files are complete, its coverage table holds, its scenarios come out as counsel says.
//! A new folder is tested by being there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use shouyue_policy::claim::{self, ClaimFile};
use shouyue_policy::compile::Tables;
use shouyue_policy::finding::Source;
use shouyue_policy::prove::tables_match_meaning;
use shouyue_policy::scenario::{ScenarioFile, Suite, flips, mutate, read_scenarios, run};
use shouyue_policy::{Sources, load};
use toml::{Table, Value};

use crate::coverage::{Coverage, holds};

/// A platform folder, as a user of the program names its files.
pub(super) struct Platform {
    id: String,
    pub(super) policy: Source,
    pub(super) operation: Source,
    scenarios: Source,
    claims: Source,
    coverage: Option<String>,
}

/// Folders of platforms; those of published texts have a coverage table and fifty scenarios.
fn folders(of: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(of);
    let Ok(entries) = fs::read_dir(root) else { return Vec::new() };
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

pub(super) fn published() -> Vec<Platform> {
    folders("platforms").iter().map(|folder| Platform::at(folder)).collect()
}

fn all() -> Vec<Platform> {
    folders("platforms").iter().chain(&folders("examples/policies")).map(|folder| Platform::at(folder)).collect()
}

impl Platform {
    fn at(folder: &Path) -> Self {
        let id = folder.file_name().unwrap().to_string_lossy().into_owned();
        let source = |name: &str| {
            let path = folder.join(name);
            let text = fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
            Source::new(format!("{id}/{name}"), text)
        };
        let dated = |path: &PathBuf| {
            let stem = path.file_stem().unwrap().to_string_lossy();
            path.extension().is_some_and(|end| end == "toml")
                && (stem == "undated" || stem.parse::<jiff::civil::Date>().is_ok())
        };
        let mut versions: Vec<PathBuf> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(dated).collect();
        versions.sort();
        let newest = versions.last().unwrap_or_else(|| panic!("{id} has no policy file"));
        Self {
            policy: source(&newest.file_name().unwrap().to_string_lossy()),
            operation: source("operation.toml"),
            scenarios: source(&format!("{id}.scenarios.toml")),
            claims: source(&format!("{id}.claims.toml")),
            coverage: fs::read_to_string(folder.join("coverage.md")).ok(),
            id,
        }
    }

    fn tables(&self) -> Arc<Tables> {
        let loaded = load(&Sources { policy: &self.policy, operation: Some(&self.operation) });
        let language: Vec<_> = loaded.findings.iter().filter(|finding| finding.code.starts_with('L')).collect();
        assert!(language.is_empty(), "{}: {language:#?}", self.id);
        loaded.tables.unwrap()
    }

    fn scenarios(&self) -> ScenarioFile {
        let (file, findings) = read_scenarios(&self.scenarios);
        assert_eq!(findings, [], "{}", self.id);
        file.unwrap()
    }

    fn claims(&self) -> ClaimFile {
        let (file, findings) = claim::read_claims(&self.claims);
        assert_eq!(findings, [], "{}", self.id);
        file.unwrap()
    }
}

#[test]
fn every_fact_has_one_row_and_every_row_holds() {
    for platform in published() {
        let of = &platform.id;
        let text = platform.coverage.as_deref().unwrap_or_else(|| panic!("{of} has no coverage.md"));
        let coverage = Coverage::read(text).unwrap_or_else(|why| panic!("{of}/coverage.md: {why}"));
        let named: BTreeSet<&String> = coverage.rows.iter().map(|row| &row.fact).collect();
        assert_eq!(named.len(), coverage.rows.len(), "{of}: each fact has one row");
        let missing: Vec<_> = coverage.facts.iter().filter(|fact| !named.contains(fact)).collect();
        assert!(missing.is_empty(), "{of}: facts without a row: {missing:?}");
        let strange: Vec<_> = named.iter().filter(|fact| !coverage.facts.contains(**fact)).collect();
        assert!(strange.is_empty(), "{of}: rows for facts that the head does not list: {strange:?}");
        let bare = coverage.rows.iter().filter(|row| row.paths.is_empty());
        assert!(bare.count() * 20 <= coverage.rows.len(), "{of}: too many rows name no element");
        let root = |source: &Source| Value::Table(source.text.parse::<Table>().unwrap());
        let (policy, operation) = (root(&platform.policy), root(&platform.operation));
        for row in &coverage.rows {
            for path in &row.paths {
                let held = match path.strip_prefix("operation:") {
                    Some(path) => holds(&operation, path),
                    None => holds(&policy, path),
                };
                assert!(held, "{of}: {}: `{path}` does not hold", row.fact);
            }
        }
    }
}

/// Tables against the reference interpreter, exhaustively, on a thread for each policy.
#[test]
fn every_row_of_every_policy_says_what_it_means() {
    let platforms = all();
    std::thread::scope(|scope| {
        for platform in &platforms {
            scope.spawn(|| {
                let count = tables_match_meaning(&platform.tables());
                let count = count.unwrap_or_else(|mismatch| panic!("{}: {mismatch}", platform.id));
                assert!(count.rows > 1_000 && count.lines > 5_000, "{}: {count:?}", platform.id);
            });
        }
    });
}

#[test]
fn every_scenario_comes_out_as_counsel_says() {
    for platform in all() {
        let outcomes = run(&platform.tables(), &platform.scenarios());
        let failed: Vec<String> = outcomes.iter().filter(|one| !one.passed()).map(ToString::to_string).collect();
        assert!(
            failed.is_empty(),
            "{}: {} of {} failed\n{}",
            platform.id,
            failed.len(),
            outcomes.len(),
            failed.join("\n")
        );
    }
}

#[test]
fn text_and_law_differ_often_and_somebody_says_which_holds() {
    for platform in published() {
        let file = platform.scenarios();
        let both = file.scenarios.iter().filter(|one| one.published.is_some() && one.law.is_some());
        let differ = both.filter(|one| one.published != one.law).count();
        assert!(differ >= 10, "{}: the sides differ in {differ} scenarios", platform.id);
        assert!(file.scenarios.len() >= 50, "{}: {} scenarios", platform.id, file.scenarios.len());
    }
    for platform in all() {
        let file = platform.scenarios();
        let names: BTreeSet<&String> = file.scenarios.iter().map(|one| &one.name.value).collect();
        assert_eq!(names.len(), file.scenarios.len(), "{}: each scenario has a name of its own", platform.id);
        assert_eq!(file.platform.value.as_str(), platform.id, "a folder is called as its platform");
    }
}

#[test]
fn every_claim_comes_out_as_it_must() {
    for platform in all() {
        let file = platform.claims();
        assert!(file.claims.len() >= 8, "{}: {} claims", platform.id, file.claims.len());
        let came = claim::run(&platform.tables(), &file);
        let failed: Vec<String> = came.iter().filter(|one| !one.passed()).map(ToString::to_string).collect();
        assert!(failed.is_empty(), "{}:\n{}", platform.id, failed.join("\n"));
    }
}

/// The flips with every nth number, on a thread for each platform, with at most one in so many unnoticed.
fn flipped(every: impl Fn(usize) -> usize + Sync, one_in: usize) {
    let platforms = all();
    std::thread::scope(|scope| {
        for platform in &platforms {
            scope.spawn(|| {
                let suite = Suite { scenarios: vec![platform.scenarios()], claims: vec![platform.claims()] };
                let tables = platform.tables();
                let flips = flips(tables.program());
                let report = mutate(tables.program(), &suite, (0..flips).step_by(every(flips)));
                let unnoticed: Vec<String> = report.unnoticed.iter().map(|(_, flip)| flip.to_string()).collect();
                let (of, tried, missed) = (&platform.id, report.flips, unnoticed.len());
                assert!(tried >= 15, "{of}: {tried} flips");
                assert!(missed * one_in <= tried, "{of}: {missed} of {tried} unnoticed\n{}", unnoticed.join("\n"));
            });
        }
    });
}

/// A sample of sixteen or so, so small that by chance it may have twice as many of the unnoticed; `shouyue test --mutate` and
/// the soak run make them all and count exactly.
#[test]
fn flips_are_noticed() {
    flipped(|flips| (flips / 16).max(1), 5);
}

#[test]
#[cfg(feature = "soak")]
fn soak_at_most_one_flip_in_ten_passes_unnoticed() {
    flipped(|_| 1, 10);
}
