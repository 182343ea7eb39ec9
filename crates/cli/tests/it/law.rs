//! Findings of the law from the command line: they are told and fail nothing by themselves, count from `--deny` on, and
//! stand in the way of publishing until somebody answers for them.

use std::fs;

use insta::assert_snapshot;

use crate::commands::{snapshots, told};
use crate::installation::{Installation, repository, shouyue};

/// The lawful insurer with one promise made too late, and with an answer for it where there is one.
pub(crate) fn late(answer: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let from = repository().join("crates/policy/tests/fixtures/lawful");
    let policy = fs::read_to_string(from.join("policy.toml")).unwrap();
    let promise = "length = { count = 15, unit = \"working-days\" }";
    assert!(policy.contains(promise));
    let policy = policy.replacen(promise, "length = { count = 30, unit = \"days\" }", 1);
    fs::write(folder.path().join("2026-04-01.toml"), policy).unwrap();
    let operation = fs::read_to_string(from.join("operation.toml")).unwrap();
    fs::write(folder.path().join("operation.toml"), format!("{operation}\n{answer}")).unwrap();
    folder
}

/// An answer for it.
pub(crate) const ANSWER: &str = "[[acknowledge]]
code = \"R41\"
element = \"handle\"
reason = \"实际均在十五个工作日内办结；下一版改写。\"
on = 2026-03-02
";

#[test]
fn a_promise_that_is_too_late_is_told_and_denied_on_demand() {
    let folder = late("");
    let path = folder.path().to_str().unwrap();
    let ran = shouyue(&["check", path]);
    snapshots().bind(|| assert_snapshot!("check_law", told(&ran)));
    assert_eq!(ran.status, 0, "findings of the law fail nothing by themselves");
    for (deny, status) in [("note", 1), ("warning", 1), ("error", 1)] {
        assert_eq!(shouyue(&["check", path, "--deny", deny]).status, status, "{deny}");
    }
    let answered = late(ANSWER);
    let answered = answered.path().to_str().unwrap();
    assert_eq!(shouyue(&["check", answered, "--deny", "note"]).status, 0, "somebody answers for it");
    snapshots().bind(|| assert_snapshot!("check_law_answered", told(&shouyue(&["check", answered]))));
}

#[test]
fn an_error_of_the_law_is_published_only_when_somebody_answers_for_it() {
    let at = Installation::new();
    let server = at.serve();
    let (open, answered) = (late(""), late(ANSWER));
    let refused = at.admin(&["publish", open.path().to_str().unwrap()]);
    snapshots().bind(|| assert_snapshot!("publish_unlawful", told(&refused)));
    assert_eq!(refused.status, 1);
    let published = at.admin(&["publish", answered.path().to_str().unwrap()]).fine();
    assert!(published.starts_with("yinian is in force: "), "{published}");
    server.stop();
}

#[test]
fn every_error_of_the_law_in_the_platforms_is_answered_for() {
    let ran = shouyue(&["check", "platforms", "--deny", "error"]);
    assert_eq!(ran.status, 0, "{}", ran.out);
    assert!(ran.out.ends_with(" checked\n"), "{}", ran.out);
}

#[test]
fn a_rule_is_explained_with_its_articles_and_examples() {
    snapshots().bind(|| assert_snapshot!("explain_law", told(&shouyue(&["explain", "r41"]))));
}
