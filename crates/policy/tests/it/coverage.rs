//! The coverage table of a platform: which element carries which fact of the published text.
//!
//! The head of `coverage.md` lists the facts in one fenced block `facts`; a range keeps the width of its first number. A row
//! is `| fact | what the text says | where it stands |`, with paths in backticks: `a.b` is there, `a.b?slot` is confirmed
//! to be silent, `!a.b` is absent, `a.b=word` is a list that holds the word; `operation:` goes before a path of the operation
//! file. A fact that states nothing has no path but a reason: `none: …`.

use std::collections::BTreeSet;

use toml::Value;

/// A coverage table.
pub(crate) struct Coverage {
    /// The facts that must have a row.
    pub(crate) facts: BTreeSet<String>,
    /// The rows.
    pub(crate) rows: Vec<Row>,
}

/// One row.
pub(crate) struct Row {
    /// The fact.
    pub(crate) fact: String,
    /// The paths that carry it.
    pub(crate) paths: Vec<String>,
}

impl Coverage {
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let block = text.split_once("```facts\n").and_then(|(_, rest)| rest.split_once("```"));
        let (block, rest) = block.ok_or("the head has no block ```facts")?;
        let mut facts = BTreeSet::new();
        for word in block.split([',', '\n']).map(str::trim).filter(|word| !word.is_empty()) {
            for fact in range(word).ok_or_else(|| format!("`{word}` is no fact and no range of facts"))? {
                if !facts.insert(fact.clone()) {
                    return Err(format!("the head lists {fact} twice"));
                }
            }
        }
        let lines = rest.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| fact "));
        Ok(Self { facts, rows: lines.map(Row::read).collect::<Result<_, _>>()? })
    }
}

impl Row {
    fn read(line: &str) -> Result<Self, String> {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [fact, _, carried] = *cells.as_slice() else { return Err(format!("three cells are needed: {line}")) };
        let paths: Vec<String> = carried.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        let reason = carried.strip_prefix("none: ").is_some_and(|reason| !reason.is_empty());
        if paths.is_empty() != reason {
            return Err(format!("{fact} names no element; a fact that states nothing says `none: ` and why"));
        }
        Ok(Self { fact: fact.to_owned(), paths })
    }
}

/// `HG-ID-01..03` or a single fact.
fn range(word: &str) -> Option<Vec<String>> {
    let sound = |fact: &str| {
        let mut parts = fact.split('-');
        parts.all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
            && fact.contains('-')
    };
    let Some((first, last)) = word.split_once("..") else { return sound(word).then(|| vec![word.to_owned()]) };
    let (prefix, number) = first.rsplit_once('-')?;
    let (from, to): (u32, u32) = (number.parse().ok()?, last.parse().ok()?);
    let wide = number.len();
    (from <= to && sound(first)).then(|| (from..=to).map(|n| format!("{prefix}-{n:0wide$}")).collect())
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
pub(crate) fn holds(root: &Value, path: &str) -> bool {
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
fn a_row_that_claims_too_much_is_caught() {
    let policy = r#"
        [policy]
        title = "t"
        silent = ["updated"]
        [[function]]
        id = "claim"
        reads = ["name"]
        [[right]]
        kind = "access"
    "#;
    let root = Value::Table(policy.parse().unwrap());
    for right in
        ["policy.title", "policy?updated", "function.claim", "function.0.reads=name", "!right.copy", "right.access"]
    {
        assert!(holds(&root, right), "{right}");
    }
    for wrong in ["function.other", "policy?title", "policy?version", "!right.access", "function.claim.reads=phone"] {
        assert!(!holds(&root, wrong), "{wrong}");
    }
}

#[test]
fn the_head_lists_facts_and_ranges() {
    let facts = |block: &str| Coverage::read(&format!("# t\n\n```facts\n{block}\n```\n")).map(|one| one.facts);
    let listed = facts("A-ID-08..10, A-FN-2\nB-RT-03a").unwrap();
    assert_eq!(listed.into_iter().collect::<Vec<_>>(), ["A-FN-2", "A-ID-08", "A-ID-09", "A-ID-10", "B-RT-03a"]);
    for wrong in ["A-ID-3..1", "A-ID-x..3", "A-ID-1, A-ID-1", "words of prose"] {
        assert!(facts(wrong).is_err(), "{wrong}");
    }
    assert!(Coverage::read("| A-1 | says | `policy.title` |").is_err(), "a table without its head");
}

#[test]
fn a_row_without_an_element_says_why() {
    let row = |carried: &str| Row::read(&format!("| A-1 | what it says | {carried} |"));
    assert_eq!(row("`a.b`, `c?d`").unwrap().paths, ["a.b", "c?d"]);
    assert!(row("none: a typing error of the text").is_ok());
    assert!(row("").is_err() && row("none: ").is_err() && row("see above").is_err() && row("none: `a.b`").is_err());
}
