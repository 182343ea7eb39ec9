//! What the rules find in the five published texts, beside what careful readers found who knew neither rules nor encodings
//! (`platforms/<id>/expected-findings.toml`, written before).
//!
//! An expected finding is *found* where a rule of its number, or of its kind for the text itself, reports one of its clauses, a
//! clause in it, or one around it. A finding without a clause speaks of the text as a whole, and finds only what readers noted
//! of that: they wrote it down at the opening. One finding may find several expected ones.
//!
//! A finding that no reader expected is *beyond the list*: not wrong by that, but somebody who did not write the rules has looked
//! at it and says in `platforms/<id>/beyond-findings.toml` whether it is right, doubtful or a false alarm.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use shouyue_policy::finding::{Finding, Source};
use shouyue_policy::rules::text::same_place;
use shouyue_policy::{Sources, load};

#[derive(Deserialize)]
struct List {
    finding: Vec<Expected>,
}

/// What a reader found.
#[derive(Deserialize)]
struct Expected {
    clause: Clauses,
    rule: Option<String>,
    text: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Clauses {
    One(String),
    Many(Vec<String>),
}

/// What lists and encodings call that which stands before the first numbered clause, the longer name first. A reader who found
/// something missing from the text noted it here.
const OPENING: [&str; 6] = ["序言", "序", "首部", "首段", "文首", "引言"];

/// Which part of the opening a clause is, if it is in it: nothing for the whole.
fn opening(clause: &str) -> Option<&str> {
    OPENING.iter().find_map(|name| clause.strip_prefix(name))
}

/// Whether one of two clauses is the other, or stands in it, whatever each calls the opening.
fn meets(one: &str, other: &str) -> bool {
    let opened = opening(one).zip(opening(other));
    same_place(one, other) || opened.is_some_and(|(one, other)| one == other || one.is_empty() || other.is_empty())
}

impl Clauses {
    fn all(&self) -> &[String] {
        match self {
            Self::One(clause) => std::slice::from_ref(clause),
            Self::Many(clauses) => clauses,
        }
    }

    /// Whether what was found there meets this.
    fn meet(&self, found: Option<&str>) -> bool {
        match found {
            Some(found) => self.all().iter().any(|clause| meets(clause, found)),
            None => self.all().iter().all(|clause| opening(clause) == Some("")),
        }
    }
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
        self.codes().contains(&finding.code) && self.clause.meet(finding.clause.as_deref())
    }
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

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> T {
    let text = std::fs::read_to_string(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    toml::from_str(&text).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

/// What was made of the findings that no reader expected.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Judgements {
    finding: Vec<Judgement>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Judgement {
    rule: String,
    clause: Option<String>,
    message: String,
    verdict: Verdict,
    why: String,
}

/// A finding as a judgement names it. Two that say the same of one clause are judged at once.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    rule: String,
    clause: Option<String>,
    message: String,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    /// A careful lawyer agrees that the text, or the operation as declared, has this fault.
    Right,
    /// The text, or the law, can be read both ways.
    Doubtful,
    /// The text does not have it, or the law does not ask it.
    False,
}

impl Named {
    fn of(finding: &Finding) -> Self {
        Self { rule: finding.code.to_owned(), clause: finding.clause.clone(), message: finding.message.english.clone() }
    }
}

/// What a text's findings come to beside its list.
struct Measured {
    expected: usize,
    within: usize,
    found: usize,
    findings: usize,
    beyond: Vec<Named>,
}

fn measured(folder: &Path) -> Measured {
    let (policy, operation) = (source(&version(folder)), source(&folder.join("operation.toml")));
    let list: List = read(&folder.join("expected-findings.toml"));
    let findings = load(&Sources { policy: &policy, operation: Some(&operation) }).findings;
    let findings: Vec<&Finding> = findings.iter().filter(|finding| !finding.code.starts_with('L')).collect();
    let known: BTreeSet<&str> = checked().collect();
    let beyond = findings.iter().filter(|finding| !list.finding.iter().any(|one| one.is(finding)));
    Measured {
        expected: list.finding.len(),
        within: list.finding.iter().filter(|one| one.codes().iter().any(|code| known.contains(code))).count(),
        found: list.finding.iter().filter(|one| findings.iter().any(|finding| one.is(finding))).count(),
        findings: findings.len(),
        beyond: beyond.map(|finding| Named::of(finding)).collect(),
    }
}

/// The verdicts of a text, by what they are about.
fn verdicts(folder: &Path) -> BTreeMap<Named, Verdict> {
    let judgements: Judgements = read(&folder.join("beyond-findings.toml"));
    let mut verdicts = BTreeMap::new();
    for Judgement { rule, clause, message, verdict, why } in judgements.finding {
        let named = Named { rule, clause, message };
        assert!(!why.is_empty(), "{}: nothing says why {named:?} is so", folder.display());
        assert!(!verdicts.contains_key(&named), "{}: {named:?} is judged twice", folder.display());
        verdicts.insert(named, verdict);
    }
    verdicts
}

/// One row of the table: how many were expected, seen by some rule's reach, found; findings of law and text, beyond the list; of
/// these right, doubtful and false.
fn row(folder: &Path) -> [usize; 8] {
    let Measured { expected, within, found, findings, beyond } = measured(folder);
    let verdicts = verdicts(folder);
    let count = |verdict| beyond.iter().filter(|named| verdicts.get(named) == Some(&verdict)).count();
    let [right, doubtful, alarms] = [Verdict::Right, Verdict::Doubtful, Verdict::False].map(count);
    [expected, within, found, findings, beyond.len(), right, doubtful, alarms]
}

fn checked() -> impl Iterator<Item = &'static str> {
    use shouyue_policy::rules;
    rules::checked().chain(rules::text::checked()).map(|(code, _)| code)
}

#[test]
fn what_careful_readers_found_is_found() {
    let head =
        "platform | expected | within reach of a rule | found | findings | beyond the list | right | doubtful | false";
    let mut table = vec![format!("| {head} |"), format!("|{}", "---|".repeat(9))];
    let mut whole = [0; 8];
    for folder in platforms() {
        let own = row(&folder);
        for (sum, own) in whole.iter_mut().zip(own) {
            *sum += own;
        }
        table.push(told(&folder.file_name().unwrap().to_string_lossy(), own));
    }
    table.push(told("all", whole));
    let table = table.join("\n");
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/check.md");
    let page = std::fs::read_to_string(page).unwrap();
    insta::assert_snapshot!(table);
    assert!(page.contains(&table), "docs/check.md has another table\n{table}");
    let [_, _, _, findings, .., alarms] = whole;
    let share = format!("{alarms} of {findings} findings ({} %)", (alarms * 100).div_ceil(findings));
    assert!(page.contains(&share), "docs/check.md gives another share of false alarms than {share}");
}

fn told(name: &str, [expected, within, found, findings, judged @ ..]: [usize; 8]) -> String {
    let judged = judged.map(|count| format!(" {count} |")).concat();
    format!("| {name} | {expected} | {within} | {found} ({} %) | {findings} |{judged}", found * 100 / expected)
}

#[test]
fn every_finding_beyond_the_lists_is_judged_and_no_judgement_outlives_its_finding() {
    let mut wrong = Vec::new();
    for folder in platforms() {
        let name = folder.file_name().unwrap().to_string_lossy();
        let found: BTreeSet<Named> = measured(&folder).beyond.into_iter().collect();
        let judged: BTreeSet<Named> = verdicts(&folder).into_keys().collect();
        wrong.extend(found.difference(&judged).map(|named| format!("{name}: nobody has judged {named:?}")));
        wrong.extend(judged.difference(&found).map(|named| format!("{name}: nothing finds any more {named:?}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_kind_of_the_lists_is_known_or_said_to_be_beyond_encoding() {
    let beyond = ["text-loss", "garbled-text", "reverse", "liability-disclaimer"];
    for folder in platforms() {
        let list: List = read(&folder.join("expected-findings.toml"));
        for kind in list.finding.iter().filter_map(|one| one.text.as_deref()) {
            assert!(beyond.contains(&kind) || KINDS.iter().any(|(name, _)| *name == kind), "{kind}");
        }
    }
}

#[test]
fn a_place_is_met_by_its_numbers_and_the_whole_text_only_by_its_opening() {
    let clauses = |all: &[&str]| Clauses::Many(all.iter().map(|&one| one.to_owned()).collect());
    assert!(clauses(&["二", "十(一)"]).meet(Some("十(一)3")) && clauses(&["十(一)3"]).meet(Some("十")));
    assert!(!clauses(&["十"]).meet(Some("十一")) && !clauses(&["一(二)10"]).meet(Some("一(二)1")));
    assert!(Clauses::One("序".to_owned()).meet(None) && clauses(&["首部", "引言"]).meet(None));
    assert!(!clauses(&["序", "十"]).meet(None) && !clauses(&["六"]).meet(None));
}
