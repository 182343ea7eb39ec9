//! The tables as a whole.

use super::*;

/// Intervals are cut where the rules of this list begin and end: a rule that the interpreter asks for and the list lacks
/// would be taken for eternal.
#[test]
fn every_rule_that_is_asked_for_cuts_intervals() {
    let sources = [include_str!("law.rs"), include_str!("../meaning/law.rs")];
    let asked = sources.iter().flat_map(|source| {
        let calls = source.split("world.rule(").skip(1).chain(source.split("case.holds(").skip(1));
        calls.filter_map(|rest| rest.split(')').next()?.parse::<u8>().ok()).collect::<Vec<_>>()
    });
    let asked: BTreeSet<u8> = asked.collect();
    assert!(asked.len() > 10, "{asked:?}");
    assert!(asked.iter().all(|rule| RUN_TIME.contains(rule)), "{asked:?}");
}
