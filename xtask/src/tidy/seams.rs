//! Who builds what: names that only one room may write, because an invariant hangs on it.

use super::Finding;
use super::rust::Rust;
use super::tree::Tree;

/// A name and the only places that may write it. Tests may write anything.
struct Seam {
    /// A path such as `aws_lc_rs::aead`, also found as `use aws_lc_rs::{aead, …}`.
    name: &'static str,
    /// Prefixes of the paths that may.
    within: &'static [&'static str],
    why: &'static str,
}

const SEAMS: &[Seam] = &[
    Seam {
        name: "Snapshot::from_store",
        within: &["crates/store/"],
        why: "a snapshot is what the store read, with its version",
    },
    Seam {
        name: "Committed::from_store",
        within: &["crates/store/"],
        why: "values leave only after the store's commit",
    },
    Seam {
        name: "Permit::from_decision",
        within: &["crates/policy/src/decide"],
        why: "a permit is made by the decision code alone",
    },
    Seam { name: "aws_lc_rs::aead", within: &["crates/vault/"], why: "the vault is the only room with ciphers" },
    Seam { name: "rusqlite", within: &["crates/store/"], why: "the store is the only room with SQL" },
    Seam {
        name: "axum",
        within: &["crates/web/", "crates/cli/src/serve"],
        why: "web is the only room that knows HTTP",
    },
    Seam { name: "ureq", within: &["crates/connect/"], why: "connect is the only room that calls out" },
    Seam { name: "clap", within: &["crates/cli/"], why: "the command line belongs to cli" },
    Seam { name: "std::env", within: &["crates/cli/", "xtask/"], why: "configuration comes from the one TOML file" },
];

/// How an SQL statement begins.
const SQL: &[&str] = &[
    "SELECT ",
    "INSERT ",
    "UPDATE ",
    "DELETE FROM",
    "CREATE TABLE",
    "CREATE INDEX",
    "CREATE UNIQUE",
    "ALTER TABLE",
    "DROP TABLE",
    "PRAGMA ",
    "BEGIN IMMEDIATE",
];

/// Rooms that may hold SQL: the store its own, `connect/systems` that of foreign systems.
const SQL_WITHIN: &[&str] = &["crates/store/", "crates/connect/src/systems/"];

/// Names written outside their room.
pub(super) fn names(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust() {
        for seam in SEAMS.iter().filter(|seam| !begins_with(&file.path, seam.within)) {
            for at in mentions(file, seam.name) {
                let what = format!("`{}` outside {}", seam.name, seam.within.join(", "));
                findings.push(Finding::new(
                    &file.path,
                    file.line_of(at),
                    what,
                    format!("go through that room: {}", seam.why),
                ));
            }
        }
    }
    findings
}

/// SQL written outside the store.
pub(super) fn sql(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust().iter().filter(|file| !begins_with(&file.path, SQL_WITHIN)) {
        // The table above is this file's own.
        if file.path == "xtask/src/tidy/seams.rs" {
            continue;
        }
        for literal in file.product_literals().filter(|literal| begins_with(literal.text.trim_start(), SQL)) {
            let mend = "add an operation to the store's trait";
            findings.push(Finding::new(&file.path, literal.line, "SQL outside the store", mend));
        }
    }
    findings
}

fn begins_with(text: &str, prefixes: &[&str]) -> bool {
    prefixes.iter().any(|prefix| text.starts_with(prefix))
}

/// Where the product names a path: written out, or its last part picked from a `use` group.
fn mentions<'a>(file: &'a Rust, name: &'a str) -> impl Iterator<Item = usize> + 'a {
    let (head, last) = name.rsplit_once("::").unwrap_or((name, ""));
    file.product_words(head).filter(move |&at| {
        let after = file.code.get(at + head.len()..).unwrap_or_default();
        let statement = file.statement_from(at);
        let direct = after.strip_prefix("::").is_some_and(|rest| super::rust::words(rest, last).next() == Some(0));
        let grouped = after.starts_with("::{") && super::rust::words(statement, last).next().is_some();
        if last.is_empty() { after.starts_with("::") } else { direct || grouped }
    })
}

#[cfg(test)]
mod tests {
    use super::super::places;
    use super::*;

    const WEB: &str = "crates/web/src/a.rs";

    fn found(path: &str, text: &str) -> usize {
        names(&Tree::sample(&[(path, text)])).len()
    }

    #[test]
    fn constructors_belong_to_their_room() {
        assert_eq!(found(WEB, "let a = model::Snapshot::from_store(b);"), 1);
        assert_eq!(found("crates/desk/src/a.rs", "Committed::from_store()"), 1);
        assert_eq!(found("crates/store/src/a.rs", "Snapshot::from_store(b); Committed::from_store()"), 0);
        assert_eq!(found("crates/desk/src/a.rs", "Permit::from_decision(a)"), 1);
        assert_eq!(found("crates/policy/src/decide/permit.rs", "Permit::from_decision(a)"), 0);
        assert_eq!(found(WEB, "Snapshot::version(&a)"), 0);
    }

    #[test]
    fn groups_are_read() {
        assert_eq!(found("crates/desk/src/a.rs", "use aws_lc_rs::{digest, aead::Aad};"), 1);
        assert_eq!(found("crates/desk/src/a.rs", "use aws_lc_rs::{\n    digest,\n    aead,\n};"), 1);
        assert_eq!(found("crates/desk/src/a.rs", "use aws_lc_rs::digest; fn aead() {}"), 0);
        assert_eq!(found("crates/vault/src/a.rs", "use aws_lc_rs::aead;"), 0);
    }

    #[test]
    fn frameworks_stay_in_their_room() {
        assert_eq!(found("crates/desk/src/a.rs", "use axum::Router;"), 1);
        assert_eq!(found("crates/cli/src/serve.rs", "axum::serve(a, b)"), 0);
        assert_eq!(found("crates/web/src/a.rs", "rusqlite::Connection::open(p)"), 1);
        assert_eq!(found("crates/web/src/a.rs", "let axum_like = 1;"), 0);
    }

    #[test]
    fn tests_may_build_anything() {
        assert_eq!(found(WEB, "#[cfg(test)]\nmod tests {\n    fn a() { Snapshot::from_store(b); }\n}"), 0);
        assert_eq!(found("crates/vault/tests/it/main.rs", "Snapshot::from_store(b);"), 0);
    }

    #[test]
    fn sql_stays_in_the_store() {
        let text = "const A: &str = \"\n  SELECT id FROM t\";\nconst B: &str = \"Select one\";";
        let tree = Tree::sample(&[("crates/desk/src/a.rs", text), ("crates/store/src/a.rs", text)]);
        assert_eq!(places(&sql(&tree)), ["crates/desk/src/a.rs:1"]);
    }
}
