//! What the rules find in the five published texts, beside what careful readers found who knew neither rules nor encodings
//! (`platforms/<id>/expected-findings.toml`, written before).
//!
//! An expected finding is *found* where a rule of its number, or of its kind for the text itself, reports one of its clauses, or
//! reports without naming a clause. A finding that no reader expected is *beyond the list*: not wrong by that, but to be looked at.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use shouyue_policy::finding::{Finding, Source};
use shouyue_policy::{Sources, load};

#[derive(Deserialize)]
struct List {
    finding: Vec<Expected>,
}

/// What a reader found.
#[derive(Deserialize)]
struct Expected {
    #[serde(default)]
    clause: Option<Clauses>,
    rule: Option<String>,
    text: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Clauses {
    One(String),
    Many(Vec<String>),
}

/// The readers' kinds of faults in a text itself, and the rules that look for them.
const KINDS: &[(&str, &[&str])] = &[
    ("numbering-hole", &["T01", "T02"]),
    ("dangling-reference", &["T03"]),
    ("switch-not-provided", &["T04", "R31"]),
    ("right-without-route", &["T05", "R40"]),
    ("channel-mismatch", &["T06"]),
    ("recipient-mismatch", &["T07", "T15", "R24"]),
    ("deadline-escape", &["T08", "R41", "R42"]),
    ("period-without-figure", &["T09", "R3"]),
    ("contact-wrong", &["T10", "T18", "R1"]),
    ("undefined-term", &["T11"]),
    ("purpose-without-function", &["T12", "T15"]),
    ("function-without-consequence", &["T13"]),
    ("data-promised-to-nobody", &["T14"]),
    ("control-not-provided", &["T16"]),
    ("contradiction", &["T08", "T14", "T17", "T19"]),
];

impl Expected {
    fn codes(&self) -> Vec<&str> {
        let kind = self.text.as_deref().and_then(|kind| KINDS.iter().find(|(name, _)| *name == kind));
        self.rule.as_deref().into_iter().chain(kind.into_iter().flat_map(|(_, codes)| codes.iter().copied())).collect()
    }

    fn is(&self, finding: &Finding) -> bool {
        self.codes().contains(&finding.code)
            && match (&self.clause, &finding.clause) {
                (Some(Clauses::One(clause)), Some(found)) => meet(clause, found),
                (Some(Clauses::Many(clauses)), Some(found)) => clauses.iter().any(|clause| meet(clause, found)),
                _ => true,
            }
    }
}

/// Whether one of two clauses holds the other.
fn meet(one: &str, other: &str) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

fn platforms() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../platforms");
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.join("expected-findings.toml").exists());
    found.sort();
    found
}

fn source(path: &Path) -> Source {
    Source::new(path.file_name().unwrap().to_string_lossy(), std::fs::read_to_string(path).unwrap())
}

/// The version that the readers read: the file with the oldest name, for later ones are ours.
fn version(folder: &Path) -> PathBuf {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_version = |path: &PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        path.extension().is_some_and(|kind| kind == "toml")
            && (name == "undated" || name.starts_with("20") && !name.contains('.'))
    };
    files.filter(is_version).min().unwrap()
}

/// One row of the table: how many were expected, seen by some rule's reach, found; findings of law and text, beyond the list.
fn row(folder: &Path) -> [usize; 5] {
    let (policy, operation) = (source(&version(folder)), source(&folder.join("operation.toml")));
    let list: List = toml::from_str(&std::fs::read_to_string(folder.join("expected-findings.toml")).unwrap()).unwrap();
    let findings = load(&Sources { policy: &policy, operation: Some(&operation) }).findings;
    let findings: Vec<&Finding> = findings.iter().filter(|finding| !finding.code.starts_with('L')).collect();
    let known: BTreeSet<&str> = checked().collect();
    let within = list.finding.iter().filter(|one| one.codes().iter().any(|code| known.contains(code))).count();
    let found = list.finding.iter().filter(|one| findings.iter().any(|finding| one.is(finding))).count();
    let beyond = findings.iter().filter(|finding| !list.finding.iter().any(|one| one.is(finding))).count();
    [list.finding.len(), within, found, findings.len(), beyond]
}

fn checked() -> impl Iterator<Item = &'static str> {
    use shouyue_policy::rules;
    rules::checked().chain(rules::text::checked()).map(|(code, _)| code)
}

#[test]
fn what_careful_readers_found_is_found() {
    let mut table =
        vec!["| platform | expected | within reach of a rule | found | findings | beyond the list |".to_owned()];
    table.push("|---|---|---|---|---|---|".to_owned());
    let mut whole = [0; 5];
    for folder in platforms() {
        let own = row(&folder);
        for (sum, own) in whole.iter_mut().zip(own) {
            *sum += own;
        }
        table.push(told(&folder.file_name().unwrap().to_string_lossy(), own));
    }
    table.push(told("all", whole));
    insta::assert_snapshot!(table.join("\n"));
}

fn told(name: &str, [expected, within, found, findings, beyond]: [usize; 5]) -> String {
    format!("| {name} | {expected} | {within} | {found} ({} %) | {findings} | {beyond} |", found * 100 / expected)
}

#[test]
fn every_kind_of_the_lists_is_known_or_said_to_be_beyond_encoding() {
    let beyond = ["text-loss", "garbled-text", "reverse", "liability-disclaimer"];
    for folder in platforms() {
        let list: List =
            toml::from_str(&std::fs::read_to_string(folder.join("expected-findings.toml")).unwrap()).unwrap();
        for kind in list.finding.iter().filter_map(|one| one.text.as_deref()) {
            assert!(beyond.contains(&kind) || KINDS.iter().any(|(name, _)| *name == kind), "{kind}");
        }
    }
}
