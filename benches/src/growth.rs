//! Growth: the time of one decision as a policy grows, which must not depend on its size. The policies are written in the
//! language and loaded like any other. A rule is a group of items that a function collects of a person, on conditions of
//! its own; only their number differs from size to size.

use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::{Result, ensure};
use policy::compile::Tables;
use policy::finding::Source;

use crate::ours::throughput;
use crate::platform::compiled;
use crate::say;
use crate::workload::Workload;
use race::{nanos, race};

const ROUNDS: usize = 101;
/// Rules by size; a function has thirty: ten groups of items of each of three persons. More than 128 functions would have
/// more scopes of consent than the language permits.
const SIZES: [usize; 3] = [30, 300, 3_000];
const PERSONS: [&str; 3] = ["applicant", "insured", "beneficiary"];
const GROUPS: usize = 10;
/// Items of one group.
const ITEMS: usize = 8;
const PURPOSES: usize = 5;
const BASES: [&str; 3] = ["consent", "contract", "statutory"];
const CONDITIONS: [&str; 5] = [
    "{ not = { same-person = [\"applicant\", \"insured\"] } }",
    "{ any = [{ fact = \"disputed\" }, { age-under = 18 }] }",
    "{ product = \"life\" }",
    "{ all = [{ fact = \"urgent\" }, { not = { channel = \"web\" } }] }",
    "{ any = [{ product = \"travel\" }, { not = { fact = \"disputed\" } }] }",
];

pub(crate) fn run() -> Result<()> {
    let grown: Vec<_> = SIZES.iter().map(|rules| tables(*rules)).collect::<Result<_>>()?;
    let workloads: Vec<Workload<'_>> = grown.iter().map(|tables| Workload::of(tables, 2)).collect();
    let lane = |size: usize| throughput(&grown[size], &workloads[size]);
    let times = race(ROUNDS, [lane(0), lane(1), lane(2)]);
    say("| rules of an invented policy | flows | different rows | per question | ÷ 30 rules |\n|---|---|---|---|---|")?;
    for ((rules, tables), time) in SIZES.iter().zip(&grown).zip(times) {
        let (flows, rows) = (tables.flows().len(), tables.distinct_rows());
        say(&format!("| {rules} | {flows} | {rows} | {} | {:.2} |", nanos(time), time / times[0]))?;
    }
    say("")
}

fn tables(rules: usize) -> Result<Arc<Tables>> {
    let functions = rules / (PERSONS.len() * GROUPS);
    let tables = compiled(&Source::new("grown.toml", text(functions)), None)?;
    ensure!(tables.flows().len() >= rules, "{} flows of {rules} rules", tables.flows().len());
    Ok(tables)
}

fn text(functions: usize) -> String {
    let mut text = HEAD.to_owned();
    for person in PERSONS {
        let _ = writeln!(text, "[[person]]\nid = \"{person}\"\nname = \"{person}\"\nkind = \"natural\"\nparty = true");
    }
    for item in 0..GROUPS * ITEMS {
        let class = if item % 7 == 0 { "class = \"financial-account\"\n" } else { "" };
        let _ = writeln!(text, "[[item]]\nid = \"item-{item}\"\nname = \"item {item}\"\ncategory = \"other\"");
        let _ = writeln!(text, "validator = \"identifier\"\nmask = \"last-4\"\n{class}");
    }
    for purpose in 0..PURPOSES {
        let _ = writeln!(text, "[[purpose]]\nid = \"purpose-{purpose}\"\nname = \"purpose {purpose}\"\ntext = \"x\"");
    }
    (0..functions).for_each(|number| function(&mut text, number));
    text
}

/// One function; what it asks for turns with its number.
fn function(text: &mut String, number: usize) {
    let (basis, purpose) = (BASES[number % BASES.len()], number % PURPOSES);
    let _ = writeln!(text, "[[function]]\nid = \"function-{number}\"\nname = \"function {number}\"\nkind = \"basic\"");
    let _ = writeln!(text, "purposes = [\"purpose-{purpose}\"]\nbasis = \"{basis}\"\nconsent = \"general\"");
    let _ = writeln!(text, "opt-out = {}\nsilent = [\"refused\"]", number.is_multiple_of(4));
    for (place, person) in PERSONS.iter().enumerate() {
        for group in 0..GROUPS {
            let items: Vec<String> =
                (group * ITEMS..(group + 1) * ITEMS).map(|item| format!("\"item-{item}\"")).collect();
            let _ = writeln!(text, "[[function.collect]]\nof = \"{person}\"\nitems = [{}]", items.join(", "));
            let _ = writeln!(text, "when = {}", CONDITIONS[(number + place + group) % CONDITIONS.len()]);
            let _ = writeln!(text, "silent = [\"need\", \"sensitive\", \"trigger\"]");
        }
    }
}

const HEAD: &str = r#"
language = 1
silent = ["do-not-track", "refusal-list"]

[storage]
silent = ["place", "end-of-service", "backups", "security-level"]

[minors]
silent = ["age", "guardian", "use-only", "wrongly-collected", "dedicated"]

[export]
silent = ["may", "procedure", "consent"]

[update]
silent = ["major", "major-notice", "notice", "before-effect", "rights-cut-needs-consent", "archive"]

[policy]
title = "t"
platform = "grown"
service = "s"
effective = 2021-12-01
silent = ["updated", "version"]

[handler]
name = "h"
kind = "life-insurer"
silent = ["email", "address", "website", "officer", "affiliates", "complaint-bodies"]

[[channel]]
id = "app"
name = "app"

[[channel]]
id = "web"
name = "web"

[[product]]
id = "life"
name = "life"
silent = ["longer-than-a-year", "anti-money-laundering"]

[[product]]
id = "travel"
name = "travel"
silent = ["longer-than-a-year", "anti-money-laundering"]

[[fact]]
id = "disputed"
name = "disputed"
attested = "staff"

[[fact]]
id = "urgent"
name = "urgent"
attested = "staff"
"#;
