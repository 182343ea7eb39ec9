//! Rules hold while they are law.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::*;
use crate::law::{LawPack, bundled};

/// The bundled pack in which every source of one rule ended the day after it began.
fn repealed(code: &str) -> LawPack {
    let mut rules: Table = include_str!("../../law/rules.toml").parse().unwrap();
    let all = rules["rule"].as_array_mut().unwrap();
    let rule = all.iter_mut().find(|rule| rule["id"].as_str() == Some(code)).unwrap();
    for source in rule["sources"].as_array_mut().unwrap() {
        let from: Date = source["from"].as_str().unwrap().parse().unwrap();
        source.as_table_mut().unwrap().insert("until".to_owned(), Value::from(from.tomorrow().unwrap().to_string()));
    }
    let parameters = include_str!("../../law/parameters.toml");
    LawPack::read(&toml::to_string(&rules).unwrap(), parameters, include_str!("../../law/wording.toml")).unwrap()
}

#[test]
fn a_rule_that_is_no_longer_law_is_silent() {
    let policy = Source::new("policy.toml", include_str!("../../tests/fixtures/engine/policy.toml"));
    let operation = Source::new("operation.toml", include_str!("../../tests/fixtures/engine/operation.toml"));
    let loaded = crate::read(&crate::Sources { policy: &policy, operation: Some(&operation) });
    let mut program = (*loaded.program.unwrap()).clone();
    let fired = |program: &Program| -> BTreeSet<&'static str> {
        check(program, &policy, Some(&operation)).into_iter().map(|finding| finding.code).collect()
    };
    let all = fired(&program);
    assert!(all.len() >= 10, "{all:?}");
    for code in &all {
        program.law = repealed(code);
        let mut others = all.clone();
        others.remove(code);
        assert_eq!(fired(&program), others, "without {code}");
    }
    program.law = bundled().0;
    assert_eq!(fired(&program), all);
}
