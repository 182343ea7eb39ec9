//! The proof passes what is right and finds what is not.

use std::sync::Arc;

use super::*;
use crate::finding::Source;
use crate::terms::lines::lines;
use crate::{Sources, load};

fn fuhe() -> Tables {
    let policy = Source::new("policy.toml", include_str!("../../tests/fixtures/engine/policy.toml"));
    let operation = Source::new("operation.toml", include_str!("../../tests/fixtures/engine/operation.toml"));
    let program = load(&Sources { policy: &policy, operation: Some(&operation) }).program.unwrap();
    Arc::unwrap_or_clone(crate::compile::compile(program).0.unwrap())
}

#[test]
fn untouched_tables_pass() {
    let tables = fuhe();
    let count = tables_match_meaning(&tables).unwrap();
    assert!(count.rows > 1_000 && count.lines > count.rows, "{count:?}");
}

/// A comparison that finds nothing proves nothing: each check dropped, turned round or given another cause must be found.
#[test]
fn every_tampered_check_is_found() {
    let mut tables = fuhe();
    let places = tables.distinct_rows();
    let mut tampered = 0;
    for place in (0..places).step_by(places / 5) {
        for how in 0..3 {
            if let Some(row) = tables.tamper(place, how) {
                tampered += 1;
                assert!(tables_match_meaning(&tables).is_err(), "row {place}, way {how} went unnoticed");
                tables.restore(place, row);
            }
        }
    }
    assert!(tampered > 8, "{tampered}");
}

/// The same for planes: a bit that means something else, and a bit that holds or fails whatever its first digit says.
#[test]
fn every_tampered_plane_is_found() {
    let tables = fuhe();
    let count = u32::try_from(tables.planes().len()).unwrap();
    let mut tampered = 0;
    for plane in (0..count).step_by(usize::try_from(count / 5).unwrap()) {
        for how in 0..3 {
            let mut tables = fuhe();
            tables.tamper_plane(plane, how);
            tampered += 1;
            assert!(tables_match_meaning(&tables).is_err(), "plane {plane}, way {how} went unnoticed");
        }
    }
    assert!(tampered > 8, "{tampered}");
}

#[test]
fn exploring_meets_every_assignment_of_what_is_read() {
    let tables = fuhe();
    let (questions, digits) = (tables.alphabet().questions(), tables.alphabet().digits());
    let reads = questions.iter().take(3).fold(Word::default(), |reads, question| reads.with(&question.bits));
    let mut leaves = Vec::new();
    let visited = explore(questions, digits, Line::default(), |line| {
        let next = reads.bits().find(|bit| !line.decided.has(*bit));
        if next.is_none() {
            leaves.push(line.set);
        }
        Ok::<_, Differs>(next)
    });
    assert_eq!(visited.unwrap(), 15);
    assert_eq!(leaves.iter().collect::<BTreeSet<_>>().len(), 8);
    assert_eq!(lines(questions, &reads), 8);
    assert_eq!(lines(questions, &Word::default()), 1);
}
