//! The tables as a whole.

use super::*;
use crate::finding::Source;
use crate::scenario::{flipped, flips};
use crate::{Sources, load};

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

/// One fact of a policy after the other is turned, and back again: what a compiler has compiled before must change nothing.
#[test]
fn what_was_compiled_before_changes_nothing() {
    let policy = Source::new("policy.toml", include_str!("../../tests/fixtures/engine/policy.toml"));
    let operation = Source::new("operation.toml", include_str!("../../tests/fixtures/engine/operation.toml"));
    let program = load(&Sources { policy: &policy, operation: Some(&operation) }).program.unwrap();
    let mut compiler = Compiler::default();
    let (mut kept, mut made) = (0, 0);
    let mut last = compiler.compile(Arc::clone(&program)).0.unwrap();
    for number in (0..flips(&program)).step_by(5) {
        let Some(alone) = flipped(&program, number) else { continue };
        // Every third time the fact before stays turned, too, until this one is: then two things change at once.
        let programs = [Arc::clone(alone.program()), Arc::clone(&program)];
        for program in programs.into_iter().take(if number % 3 == 0 { 1 } else { 2 }) {
            let next = compiler.compile(Arc::clone(&program)).0.unwrap();
            let fresh = compile(program).0.unwrap();
            assert_eq!(next.laid, fresh.laid, "flip {number}");
            assert_eq!((&next.flows, next.fingerprint), (&fresh.flows, fresh.fingerprint), "flip {number}");
            if Arc::ptr_eq(&last.laid, &next.laid) {
                kept += 1;
            } else {
                made += 1;
            }
            last = next;
        }
    }
    assert!(kept > 5 && made > 20, "{kept} kept, {made} made");
}
