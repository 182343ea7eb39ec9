//! 海港: every fact of the published text stands in the policy file, and the vocabulary can carry it.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::Arc;

use model::field::{Mask, Validator};
use shouyue_policy::compile::Tables;
use shouyue_policy::finding::Source;
use shouyue_policy::scenario::{ScenarioFile, mutate, read_scenarios, run};
use shouyue_policy::syntax::{Category, Operation, Policy, Sensitive, Vocabulary, read};
use shouyue_policy::{Sources, load};
use toml::{Table, Value};

const POLICY: &str = include_str!("../../../../platforms/haigang/undated.toml");
const OPERATION: &str = include_str!("../../../../platforms/haigang/operation.toml");
const SCENARIOS: &str = include_str!("../../../../platforms/haigang/haigang.scenarios.toml");
const COVERAGE: &str = include_str!("../../../../platforms/haigang/coverage.md");
const VOCABULARY: &str = include_str!("../../vocabulary/items.toml");

/// Groups of facts: first and last number, and whether numbers have two digits.
const FACTS: [(&str, u32, u32, bool); 18] = [
    ("ID", 1, 8, true),
    ("CH", 1, 3, true),
    ("FN", 1, 8, false),
    ("IT", 1, 26, true),
    ("PM", 1, 6, true),
    ("USE", 1, 4, true),
    ("CK", 1, 3, true),
    ("SH", 0, 8, true),
    ("PD", 1, 3, true),
    ("SDK", 1, 3, true),
    ("PR", 1, 6, true),
    ("ST", 1, 4, true),
    ("XB", 1, 1, true),
    ("RT", 1, 6, true),
    ("MN", 1, 3, true),
    ("UP", 1, 3, true),
    ("CT", 1, 2, true),
    ("DF", 1, 2, true),
];

fn expected_facts() -> BTreeSet<String> {
    let number = |two: bool, n: u32| if two { format!("{n:02}") } else { n.to_string() };
    let facts = FACTS
        .into_iter()
        .flat_map(|(group, first, last, two)| (first..=last).map(move |n| format!("HG-{group}-{}", number(two, n))));
    facts.collect()
}

/// The rows of the coverage table: fact and paths.
fn rows() -> Vec<(String, Vec<String>)> {
    let cells = |line: &str| line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let paths = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    COVERAGE
        .lines()
        .filter(|line| line.starts_with("| HG-"))
        .map(cells)
        .map(|row| (row[0].clone(), paths(&row[2])))
        .collect()
}

/// Follows a dotted path: keys of tables, positions of lists, and in lists of elements their `id` or `kind`.
fn follow<'v>(root: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').filter(|key| !key.is_empty()).try_fold(root, |at, key| match at {
        Value::Table(table) => table.get(key),
        Value::Array(list) => key.parse::<usize>().ok().and_then(|n| list.get(n)).or_else(|| {
            let called = |one: &&Value| ["id", "kind"].iter().any(|k| one.get(k).and_then(Value::as_str) == Some(key));
            list.iter().find(called)
        }),
        _ => None,
    })
}

fn lists(value: &Value, word: &str) -> bool {
    value.as_array().is_some_and(|list| list.iter().any(|one| one.as_str() == Some(word)))
}

/// Whether the file bears what a path of the coverage table claims.
fn holds(root: &Value, path: &str) -> bool {
    if let Some(absent) = path.strip_prefix('!') {
        follow(root, absent).is_none()
    } else if let Some((element, slot)) = path.split_once('?') {
        follow(root, element)
            .is_some_and(|at| at.get(slot).is_none() && at.get("silent").is_some_and(|silent| lists(silent, slot)))
    } else if let Some((list, member)) = path.split_once('=') {
        follow(root, list).is_some_and(|at| lists(at, member))
    } else {
        follow(root, path).is_some()
    }
}

#[test]
fn every_fact_has_one_row_and_every_row_holds() {
    let root = Value::Table(POLICY.parse::<Table>().unwrap());
    let rows = rows();
    let named: Vec<&String> = rows.iter().map(|(fact, _)| fact).collect();
    assert_eq!(named.iter().copied().cloned().collect::<BTreeSet<_>>(), expected_facts());
    assert_eq!(named.len(), 100, "each fact exactly once");
    for (fact, paths) in &rows {
        assert!(!paths.is_empty(), "{fact} names no element");
        for path in paths {
            assert!(holds(&root, path), "{fact}: `{path}` does not hold in undated.toml");
        }
    }
}

#[test]
fn a_row_that_claims_too_much_is_caught() {
    let root = Value::Table(POLICY.parse::<Table>().unwrap());
    for wrong in ["function.claim", "handler?name", "policy?title", "!right.access", "tracker.cookie.items=phone"] {
        assert!(!holds(&root, wrong), "{wrong}");
    }
}

#[test]
fn files_read_without_a_finding() {
    let policy = Source::new("platforms/haigang/undated.toml", POLICY);
    let operation = Source::new("platforms/haigang/operation.toml", OPERATION);
    let vocabulary = Source::new("vocabulary/items.toml", VOCABULARY);
    assert_eq!(read::<Policy>(&policy).1, []);
    assert_eq!(read::<Operation>(&operation).1, []);
    assert_eq!(read::<Vocabulary>(&vocabulary).1, []);
    let loaded = load(&Sources { policy: &policy, operation: Some(&operation) });
    let language: Vec<_> = loaded.findings.iter().filter(|finding| finding.code.starts_with('L')).collect();
    assert!(language.is_empty(), "{language:#?}");
}

fn vocabulary() -> Vocabulary {
    read::<Vocabulary>(&Source::new("vocabulary/items.toml", VOCABULARY)).0.unwrap()
}

#[test]
fn the_vocabulary_has_every_category_and_known_forms() {
    let items = vocabulary().items;
    assert!(items.len() >= 120, "{} items", items.len());
    let categories: BTreeSet<Category> = items.iter().filter_map(|item| Some(item.category.as_ref()?.value)).collect();
    assert_eq!(categories.len(), Category::ALL.len());
    for item in &items {
        let of = &item.id.value;
        let validator = item.validator.as_ref().unwrap_or_else(|| panic!("{of} has no validator"));
        let mask = item.mask.as_ref().unwrap_or_else(|| panic!("{of} has no mask"));
        assert!(validator.value.parse::<Validator>().is_ok(), "{of}: {}", validator.value);
        assert!(mask.value.parse::<Mask>().is_ok(), "{of}: {}", mask.value);
        assert!(item.category.is_some(), "{of} has no category");
        let organisation = item.organisation.as_ref().is_some_and(|flag| flag.value);
        assert_eq!(item.level.is_none(), organisation, "{of}: people's items have a level, organisations' none");
    }
}

#[test]
fn no_two_items_share_a_name() {
    let mut bearers = BTreeMap::<String, BTreeSet<String>>::new();
    for item in vocabulary().items {
        let names: BTreeSet<&String> =
            item.aliases.iter().map(|alias| &alias.value).chain([&item.name.value]).collect();
        for name in names {
            bearers.entry(name.to_lowercase()).or_default().insert(item.id.value.to_string());
        }
    }
    bearers.retain(|_, items| items.len() > 1);
    assert!(bearers.is_empty(), "{bearers:?}");
}

#[test]
fn standards_list_items_that_exist_and_have_a_class() {
    let vocabulary = vocabulary();
    let classes: BTreeMap<String, Option<Sensitive>> = vocabulary
        .items
        .iter()
        .map(|item| (item.id.value.to_string(), item.class.as_ref().map(|class| class.value)))
        .collect();
    for standard in &vocabulary.standards {
        let listed: BTreeSet<&String> = standard.sensitive.iter().map(|item| &item.value).collect();
        assert_eq!(listed.len(), standard.sensitive.len(), "{} lists an item twice", standard.id.value);
        for item in listed {
            let class = classes.get(item).unwrap_or_else(|| panic!("{} lists unknown {item}", standard.id.value));
            assert!(class.is_some(), "{} lists {item}, which has no class", standard.id.value);
        }
    }
}

#[test]
fn the_number_of_an_identity_card_left_the_list_and_its_photograph_entered() {
    let standards = vocabulary().standards;
    let lists = |standard: &str, item: &str| {
        let standard = standards.iter().find(|one| one.id.value.as_str() == standard).unwrap();
        standard.sensitive.iter().any(|one| one.value == item)
    };
    assert!(lists("gbt-35273", "id-number") && lists("jrt-0171", "id-number"));
    assert!(!lists("gbt-45574", "id-number") && lists("gbt-45574", "id-image"));
}

fn scenarios() -> ScenarioFile {
    let (file, findings) = read_scenarios(&Source::new("platforms/haigang/haigang.scenarios.toml", SCENARIOS));
    assert_eq!(findings, []);
    file.unwrap()
}

fn tables() -> Arc<Tables> {
    let policy = Source::new("platforms/haigang/undated.toml", POLICY);
    let operation = Source::new("platforms/haigang/operation.toml", OPERATION);
    load(&Sources { policy: &policy, operation: Some(&operation) }).tables.unwrap()
}

#[test]
fn every_scenario_comes_out_as_counsel_says() {
    let outcomes = run(&tables(), &scenarios());
    let failed: Vec<String> = outcomes.iter().filter(|one| !one.passed()).map(ToString::to_string).collect();
    assert!(failed.is_empty(), "{} of {} failed\n{}", failed.len(), outcomes.len(), failed.join("\n"));
}

#[test]
fn text_and_law_differ_often_and_somebody_says_which_holds() {
    let file = scenarios();
    let differ =
        file.scenarios.iter().filter(|one| one.published.is_some() && one.law.is_some() && one.published != one.law);
    assert!(differ.count() >= 10);
    assert!(file.scenarios.len() >= 45);
    let names: BTreeSet<&String> = file.scenarios.iter().map(|one| &one.name.value).collect();
    assert_eq!(names.len(), file.scenarios.len(), "each scenario has a name of its own");
}

/// Every sixteenth flip, to be quick; `shouyue test --mutate` makes them all.
#[test]
fn at_most_one_flip_in_ten_passes_unnoticed() {
    let report = mutate(tables().program(), &scenarios(), NonZeroUsize::new(16).unwrap());
    let unnoticed: Vec<String> = report.unnoticed.iter().map(ToString::to_string).collect();
    assert!(report.flips >= 15, "{} flips", report.flips);
    assert!(report.is_enough(), "{} of {} unnoticed\n{}", unnoticed.len(), report.flips, unnoticed.join("\n"));
}
