//! Who builds what: names that only one room may write and types that only one room can make, because an invariant hangs on it.

use super::Finding;
use super::rust::{Rust, words};
use super::tree::Tree;

/// A name and the only places that may write it. Tests may write anything.
struct Seam {
    /// A path such as `aws_lc_rs::aead`, also found as `use aws_lc_rs::{aead, …}`, or a method such as `.within`.
    name: &'static str,
    /// Prefixes of the paths that may.
    within: &'static [&'static str],
    why: &'static str,
}

/// What the house is measured against: bare engines and primitives, which are peers there and no part of the product.
const PEERS: &str = "benches/acts/src/limit/";

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
        name: ".within",
        within: &["crates/vault/", "crates/connect/"],
        why: "the vault works on values in the clear and adapters hand them on; others let them out by `release`",
    },
    Seam {
        name: "aws_lc_rs::aead",
        within: &["crates/vault/", "crates/connect/src/wechat_pay/sealed.rs", PEERS],
        why: "the vault is the only room with ciphers for what we keep; a payment network seals what it tells us",
    },
    Seam {
        name: "aes_gcm",
        within: &["crates/vault/", PEERS],
        why: "the vault is the only room with ciphers for what we keep",
    },
    Seam {
        name: "sm4",
        within: &["crates/vault/", PEERS],
        why: "the vault is the only room with ciphers for what we keep",
    },
    Seam { name: "rusqlite", within: &["crates/store/", PEERS], why: "the store is the only room with SQL" },
    Seam {
        name: "axum",
        within: &["crates/web/", "crates/cli/src/serve"],
        why: "web is the only room that knows HTTP",
    },
    Seam { name: "typst", within: &["crates/pdf/"], why: "nobody waits for Typst who does not set type" },
    Seam { name: "ureq", within: &["crates/connect/"], why: "connect is the only room that calls out" },
    Seam { name: "clap", within: &["crates/cli/"], why: "the command line belongs to cli" },
    Seam {
        name: "std::env",
        within: &["crates/cli/", "crates/pdf/src/main.rs", "xtask/", "benches/"],
        why: "configuration comes from the one TOML file",
    },
];

/// A type whose values only its own room can make, so that holding one proves where it came from.
struct Seal {
    name: &'static str,
    room: &'static str,
    /// Derives that would make a second one, or let the content out.
    never: &'static [&'static str],
}

const SEALS: &[Seal] = &[
    Seal { name: "Permit", room: "crates/policy/", never: &["Clone", "Copy", "Default", "Serialize", "Deserialize"] },
    Seal { name: "Snapshot", room: "crates/model/", never: &["Default", "Deserialize"] },
    Seal { name: "Committed", room: "crates/model/", never: &["Default", "Deserialize"] },
    Seal { name: "Clear", room: "crates/model/", never: &["Clone", "Copy", "Debug", "Serialize", "PartialEq"] },
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

/// Rooms that may hold SQL: the store its own, `connect/systems` that of foreign systems; and the peers of the benches.
const SQL_WITHIN: &[&str] = &["crates/store/", "crates/connect/src/systems/", PEERS];

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

/// Sealed types that have been opened: a field that other rooms can write, a derive that copies or shows.
pub(super) fn seals(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for seal in SEALS {
        let files = tree.rust().iter().filter(|file| file.path.starts_with(seal.room));
        let declared: Vec<(&Rust, usize)> =
            files.flat_map(|file| declarations(file, seal.name).map(move |at| (file, at))).collect();
        if declared.is_empty() && tree.has(seal.room) {
            let mend = "name it in xtask/src/tidy/seams.rs as it is called now";
            findings.push(Finding::new(seal.room, 1, format!("no struct `{}`", seal.name), mend));
        }
        for (file, at) in declared {
            let line = file.line_of(at);
            let body = file.item_from(at);
            if body.replace("pub(super)", "").contains("pub") {
                let what = format!("`{}` has a field that others can write", seal.name);
                findings.push(Finding::new(&file.path, line, what, "keep its fields private and give it a method"));
            }
            for derive in seal.never.iter().filter(|derive| words(file.attributes_before(at), derive).next().is_some())
            {
                let what = format!("`{}` derives `{derive}`", seal.name);
                findings.push(Finding::new(
                    &file.path,
                    line,
                    what,
                    "take the derive away: the type is a proof, not a value",
                ));
            }
        }
    }
    findings
}

/// Where a file of the product declares a struct of that name: the place of its `struct`.
fn declarations<'a>(file: &'a Rust, name: &'a str) -> impl Iterator<Item = usize> + 'a {
    file.product_words("struct").filter(move |at| {
        let after = file.code.get(at + "struct".len()..).unwrap_or_default().trim_start();
        words(after, name).next() == Some(0)
    })
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
    let method = name.strip_prefix('.');
    let (head, last) = method.unwrap_or(name).rsplit_once("::").unwrap_or((method.unwrap_or(name), ""));
    file.product_words(head).filter(move |&at| {
        let after = file.code.get(at + head.len()..).unwrap_or_default();
        let statement = file.statement_from(at);
        let direct = after.strip_prefix("::").is_some_and(|rest| words(rest, last).next() == Some(0));
        let grouped = after.starts_with("::{") && words(statement, last).next().is_some();
        let called = file.code.get(..at).is_some_and(|before| before.ends_with('.')) && after.starts_with('(');
        match (method, last) {
            (Some(_), _) => called,
            (None, "") => after.starts_with("::"),
            (None, _) => direct || grouped,
        }
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
        assert_eq!(found(WEB, "Snapshot::version(&a)"), 0);
    }

    #[test]
    fn methods_belong_to_their_room() {
        assert_eq!(found(WEB, "clear.within(|value| value.len())"), 1);
        assert_eq!(found("crates/vault/src/a.rs", "clear.within(|value| value.len())"), 0);
        assert_eq!(found(WEB, "let within = within(a); field.within"), 0);
    }

    fn opened(text: &str) -> Vec<String> {
        let sealed = "struct Permit { a: u8 }";
        let model = "struct Snapshot;\n#[derive(Debug)]\npub struct Committed { leaf: u64 }\n";
        let tree =
            Tree::sample(&[("crates/policy/src/a.rs", sealed), ("crates/model/src/a.rs", &format!("{model}{text}"))]);
        seals(&tree).iter().map(|finding| format!("{}: {}", finding.line, finding.what)).collect()
    }

    #[test]
    fn an_opened_seal_is_caught() {
        assert!(opened("#[derive(Default)]\nstruct Other;\n/// Docs.\npub struct Clear<T>(T);").is_empty());
        assert_eq!(opened("pub struct Clear<T>(pub T);"), ["4: `Clear` has a field that others can write"]);
        assert_eq!(
            opened("#[derive(Clone)]\n#[must_use]\npub struct Clear<T> {\n    value: T,\n}"),
            ["6: `Clear` derives `Clone`"]
        );
        assert_eq!(opened("pub struct Renamed<T>(T);"), ["1: no struct `Clear`"]);
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
    fn peers_are_made_of_what_they_are() {
        let bare = "use rusqlite::Connection;\nuse aws_lc_rs::aead::Aad;\nconst A: &str = \"SELECT 1\";";
        let peer = format!("{PEERS}a.rs");
        assert_eq!(found(&peer, bare), 0);
        assert_eq!(found(&peer, "Snapshot::from_store(b);"), 1, "nor does a peer make what only a room may");
        assert_eq!(found("benches/acts/src/a.rs", bare), 2);
        assert!(sql(&Tree::sample(&[(&peer, bare)])).is_empty());
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
