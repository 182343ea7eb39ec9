//! Tables against the reference interpreter, exhaustively, on the files that we ship.

use std::sync::Arc;

use shouyue_policy::compile::Tables;
use shouyue_policy::finding::{Finding, Severity, Source};
use shouyue_policy::prove::tables_match_meaning;
use shouyue_policy::{Sources, load};

fn haigang() -> Arc<Tables> {
    let policy = Source::new("undated.toml", include_str!("../../../../platforms/haigang/undated.toml"));
    let operation = Source::new("operation.toml", include_str!("../../../../platforms/haigang/operation.toml"));
    let loaded = load(&Sources { policy: &policy, operation: Some(&operation) });
    let language = |one: &&Finding| one.severity == Severity::Error && one.code.starts_with('L');
    let errors: Vec<_> = loaded.findings.iter().filter(language).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    loaded.tables.unwrap()
}

#[test]
fn every_row_of_haigang_says_what_it_means() {
    let count = tables_match_meaning(&haigang()).unwrap_or_else(|mismatch| panic!("{mismatch}"));
    assert!(count.rows > 10_000 && count.lines > 100_000, "{count:?}");
}
