//! Tables against the reference interpreter, exhaustively, on the files that we ship.

use std::sync::Arc;

use shouyue_policy::compile::Tables;
use shouyue_policy::finding::{Severity, Source};
use shouyue_policy::prove::tables_match_meaning;
use shouyue_policy::{Sources, load};

pub(crate) fn haigang() -> Arc<Tables> {
    let policy = Source::new("undated.toml", include_str!("../../../../platforms/haigang/undated.toml"));
    let operation = Source::new("operation.toml", include_str!("../../../../platforms/haigang/operation.toml"));
    let loaded = load(&Sources { policy: &policy, operation: Some(&operation) });
    let errors: Vec<_> =
        loaded.findings.iter().filter(|one| one.severity == Severity::Error && one.code.starts_with('L')).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    loaded.tables.unwrap()
}

#[test]
fn every_row_of_haigang_says_what_it_means() {
    let start = std::time::Instant::now();
    let tables = haigang();
    println!("load {:?}", start.elapsed());
    let start = std::time::Instant::now();
    let count = tables_match_meaning(&tables).unwrap_or_else(|mismatch| panic!("{mismatch}"));
    println!(
        "{count:?} {:?} flows {} rows {} scopes {}",
        start.elapsed(),
        tables.flows().len(),
        tables.distinct_rows(),
        tables.scopes().len()
    );
    for s in tables.scopes() {
        println!("{} {:?}", s.id, s.form);
    }
    assert!(count.lines > 10_000, "{count:?}");
}
