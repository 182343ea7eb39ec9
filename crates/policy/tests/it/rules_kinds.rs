//! Kinds of faults that a rule of the law tells apart, each put into the lawful policy, and beside each what is like it and right
//! (`tests/fixtures/kinds.toml`).

use crate::rules::Files;

#[derive(serde::Deserialize)]
struct Cases {
    case: Vec<Case>,
}

/// A fault, and what is like it and none.
#[derive(serde::Deserialize)]
struct Case {
    code: String,
    severity: String,
    /// Words of its finding.
    told: String,
    wrong: String,
    right: String,
}

#[test]
fn each_kind_of_fault_is_told_once_and_what_is_like_it_never() {
    let cases: Cases = toml::from_str(include_str!("../fixtures/kinds.toml")).unwrap();
    let mut wrong_ones = Vec::new();
    for Case { code, severity, told, wrong, right } in cases.case {
        let found = |elements: &str| {
            let mut told_so = Files::with(elements).told(&code);
            told_so.retain(|one| one.message.english.contains(&told));
            told_so
        };
        let faults: Vec<_> = found(&wrong).iter().map(|one| format!("{:?}", one.severity).to_lowercase()).collect();
        if faults != [severity] {
            let all: Vec<_> = Files::with(&wrong).told(&code).into_iter().map(|one| one.message.english).collect();
            wrong_ones.push(format!("{code} `{told}`: {faults:?} of\n{wrong}{all:#?}"));
        }
        if !found(&right).is_empty() {
            wrong_ones.push(format!("{code} `{told}` is told of\n{right}"));
        }
    }
    assert!(wrong_ones.is_empty(), "{}", wrong_ones.join("\n"));
}
