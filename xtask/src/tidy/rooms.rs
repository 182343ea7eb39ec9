//! The import table: which room may know which. The crate graph keeps most of the invariants, so the graph is checked.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::Finding;
use super::tree::{File, Tree};

/// Every room and the rooms it may import.
const ROOMS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("ledger", &[]),
    ("policy", &["model"]),
    ("vault", &["model", "policy"]),
    ("store", &["model", "ledger"]),
    ("desk", &["model", "policy", "vault", "ledger", "store"]),
    ("render", &["model", "policy"]),
    ("pdf", &[]),
    ("connect", &["model", "desk"]),
    ("web", &["model", "policy", "desk", "render"]),
    ("cli", &["model", "policy", "vault", "ledger", "store", "desk", "render", "connect", "web"]),
    ("testkit", &["model", "policy", "vault", "ledger", "store", "desk", "render", "connect", "web"]),
];

/// Rooms whose tests may use `testkit`; lower rooms would be compiled twice for it. `store` needs the PostgreSQL in it.
const TESTED_WITH_TESTKIT: [&str; 3] = ["store", "web", "cli"];

/// "All" in the drawn table: every room but the one that says so, whoever stands above (`cli` or `testkit`), and `pdf`, a program apart.
const NOT_IN_ALL: usize = 3;

const ARCHITECTURE: &str = "ARCHITECTURE.md";

/// Dependencies among our crates that the table does not permit.
pub(super) fn imports(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files() {
        let Some(room) = file.path.strip_prefix("crates/").and_then(|path| path.strip_suffix("/Cargo.toml")) else {
            continue;
        };
        let Some((_, permitted)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            let mend = "add it to the table in xtask/src/tidy/rooms.rs and in ARCHITECTURE.md";
            findings.push(Finding::new(&file.path, 1, format!("`{room}` is not in the import table"), mend));
            continue;
        };
        let Ok(manifest) = file.text.as_deref().unwrap_or_default().parse::<Table>() else {
            findings.push(Finding::new(&file.path, 1, "not a TOML file", "mend its syntax"));
            continue;
        };
        let may_test: &[&str] = if TESTED_WITH_TESTKIT.contains(&room) { &["testkit"] } else { &[] };
        let sections = [("dependencies", *permitted), ("build-dependencies", &[]), ("dev-dependencies", may_test)];
        for (section, permitted) in sections {
            for (key, imported) in rooms_in(&manifest, section) {
                if !permitted.contains(&imported.as_str()) {
                    findings.push(unwanted(file, room, section, &key, &imported));
                }
            }
        }
    }
    findings
}

fn unwanted(file: &File, room: &str, section: &str, key: &str, imported: &str) -> Finding {
    let what = format!("`{room}` imports `{imported}` in [{section}]");
    let line = file.lines().find(|(_, line)| line.starts_with(key)).map_or(1, |(line, _)| line);
    Finding::new(
        &file.path,
        line,
        what,
        "the import table forbids this arrow: take the data as an argument, or move the code",
    )
}

/// Our own crates in a section of a manifest, for every target: the key as written and the room it means.
fn rooms_in(manifest: &Table, section: &str) -> Vec<(String, String)> {
    let targets = manifest.get("target").and_then(Value::as_table).into_iter().flatten();
    let targets = targets.filter_map(|(_, target)| target.get(section));
    let tables = manifest.get(section).into_iter().chain(targets).filter_map(Value::as_table);
    tables.flatten().filter_map(|(key, value)| Some((key.clone(), room_of(key, value)?))).collect()
}

/// The room that a dependency means, whichever name it goes by.
fn room_of(key: &str, value: &Value) -> Option<String> {
    let text = |name| value.get(name).and_then(Value::as_str);
    let folder = text("path").and_then(|path| path.rsplit('/').next());
    let names = [Some(key), text("package"), folder].into_iter().flatten();
    let names = names.map(|name| name.strip_prefix("shouyue-").unwrap_or(name));
    // The binary crate is called after the program.
    let mut names = names.map(|name| if name == "shouyue" { "cli" } else { name });
    names.find(|name| ROOMS.iter().any(|(room, _)| room == name)).map(str::to_owned)
}

/// The table as ARCHITECTURE.md draws it says the same as the table above.
///
/// It is the Markdown table with a column "may import": rooms in back-ticks in the first column; in that column the
/// rooms it may import in back-ticks, or the word `all`, or anything without back-ticks for none.
pub(super) fn drawn_table(tree: &Tree) -> Vec<Finding> {
    let Some(file) = tree.file(ARCHITECTURE) else { return Vec::new() };
    let rows: Vec<(usize, &str)> = file
        .lines()
        .skip_while(|(_, line)| !(line.starts_with('|') && line.to_lowercase().contains("may import")))
        .take_while(|(_, line)| line.starts_with('|'))
        .collect();
    let Some((&(heading, header), rows)) = rows.split_first() else {
        return vec![Finding::new(ARCHITECTURE, 1, "no table with a column \"may import\"", "draw the import table")];
    };
    let column = cells(header).iter().position(|cell| cell.to_lowercase().contains("may import")).unwrap_or(1);
    let mut missing: BTreeSet<&str> = ROOMS.iter().map(|(room, _)| *room).collect();
    let mut findings = Vec::new();
    for (line, row) in rows {
        let cells = cells(row);
        let drawn = cells.get(column).copied().unwrap_or_default();
        for room in ticked(cells.first().copied().unwrap_or_default()) {
            let Some((room, permitted)) = ROOMS.iter().find(|(name, _)| *name == room) else { continue };
            missing.remove(room);
            let permitted: BTreeSet<&str> = permitted.iter().copied().collect();
            let says_all = drawn.split(|c: char| !c.is_alphanumeric()).any(|word| word == "all");
            let same = if says_all { permitted.len() == ROOMS.len() - NOT_IN_ALL } else { ticked(drawn) == permitted };
            if !same {
                let what = format!("`{room}` may import {permitted:?} by the table in xtask");
                findings.push(Finding::new(ARCHITECTURE, *line, what, "make both tables say the same"));
            }
        }
    }
    let absent = |room| Finding::new(ARCHITECTURE, heading, format!("the import table lacks `{room}`"), "add its row");
    findings.extend(missing.into_iter().map(absent));
    findings
}

fn cells(row: &str) -> Vec<&str> {
    row.trim().trim_matches('|').split('|').map(str::trim).collect()
}

/// The names in back-ticks, without their folder.
fn ticked(cell: &str) -> BTreeSet<&str> {
    cell.split('`').skip(1).step_by(2).filter_map(|name| name.trim_end_matches('/').rsplit('/').next()).collect()
}

/// A room that hands on another room's names opens a wall for whoever imports it.
pub(super) fn reexports(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust().iter().filter(|file| file.path.starts_with("crates/")) {
        for (at, _) in file.code.match_indices("pub use ").filter(|(at, _)| !file.is_test(*at)) {
            let path = file.statement_from(at).trim_start_matches("pub use ").trim_start_matches("::");
            let head = path.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default();
            let head = head.strip_prefix("shouyue_").unwrap_or(head);
            let own_module = file.path.ends_with(&format!("crates/{head}/src/lib.rs"));
            if ROOMS.iter().any(|(room, _)| *room == head) && !own_module && !declares(tree, &file.path, head) {
                let what = format!("re-exports the room `{head}`");
                findings.push(Finding::new(
                    &file.path,
                    file.line_of(at),
                    what,
                    "let each room import it from where it lives",
                ));
            }
        }
    }
    findings
}

/// Whether the folder of a file holds a module of that name, so that a path beginning with it is no room's.
fn declares(tree: &Tree, path: &str, module: &str) -> bool {
    let base = path.trim_end_matches("/mod.rs").trim_end_matches("/lib.rs").trim_end_matches(".rs");
    tree.has(&format!("{base}/{module}.rs")) || tree.has(&format!("{base}/{module}/mod.rs"))
}

#[cfg(test)]
mod tests {
    use super::super::places;
    use super::*;

    fn manifest(room: &str, rest: &str) -> Vec<String> {
        let path = format!("crates/{room}/Cargo.toml");
        places(&imports(&Tree::sample(&[(&path, &format!("[package]\nname = \"x\"\n{rest}"))])))
    }

    #[test]
    fn a_forbidden_arrow_is_caught_under_every_name() {
        let bad = [
            "[dependencies]\nstore.workspace = true\n",
            "[dependencies]\nshouyue-store = \"1\"\n",
            "[dependencies]\nshelf = { path = \"../store\" }\n",
            "[dependencies]\nshelf = { package = \"shouyue-store\", version = \"1\" }\n",
            "[build-dependencies]\nmodel.workspace = true\n",
            "[dev-dependencies]\nvault.workspace = true\n",
            "[target.'cfg(unix)'.dependencies]\nvault.workspace = true\n",
        ];
        for text in bad {
            assert_eq!(manifest("web", text), ["crates/web/Cargo.toml:4"], "{text}");
        }
    }

    #[test]
    fn permitted_arrows_pass() {
        assert!(
            manifest(
                "web",
                "[dependencies]\nmodel.workspace = true\nserde = \"1\"\n[dev-dependencies]\ntestkit = {}\n"
            )
            .is_empty()
        );
        assert_eq!(manifest("ledger", "[dev-dependencies]\ntestkit = {}\n").len(), 1);
        assert_eq!(manifest("testkit", "[dependencies]\nshouyue = {}\n").len(), 1);
        assert_eq!(manifest("newroom", ""), ["crates/newroom/Cargo.toml:1"]);
    }

    fn drawing(change: impl Fn(&str, String) -> Option<String>) -> String {
        let row = |(room, permitted): &(&str, &[&str])| {
            let named: Vec<String> = permitted.iter().map(|name| format!("`{name}`")).collect();
            let drawn = if permitted.is_empty() { "nothing".to_owned() } else { named.join(", ") };
            change(room, drawn).map(|drawn| format!("| `crates/{room}` | x | {drawn} |"))
        };
        let rows: Vec<String> = ROOMS.iter().filter_map(row).collect();
        format!("# A\n\n| room | what | may import |\n|---|---|---|\n{}\n", rows.join("\n"))
    }

    fn drawn(text: &str) -> Vec<String> {
        places(&drawn_table(&Tree::sample(&[(ARCHITECTURE, text)])))
    }

    #[test]
    fn the_drawn_table_is_compared() {
        assert!(drawn(&drawing(|_, drawn| Some(drawn))).is_empty());
        assert!(drawn(&drawing(|room, drawn| Some(if room == "cli" { "all".to_owned() } else { drawn }))).is_empty());
        assert_eq!(
            drawn(&drawing(|room, drawn| Some(if room == "web" { "`store`".to_owned() } else { drawn }))),
            ["ARCHITECTURE.md:14"]
        );
        assert_eq!(
            drawn(&drawing(|room, drawn| Some(if room == "web" { "all".to_owned() } else { drawn }))),
            ["ARCHITECTURE.md:14"]
        );
        assert_eq!(drawn(&drawing(|room, drawn| (room != "web").then_some(drawn))), ["ARCHITECTURE.md:3"]);
        assert_eq!(drawn("# no table\n"), ["ARCHITECTURE.md:1"]);
    }

    #[test]
    fn a_reexport_is_caught() {
        let text = "//! x\npub use store::Store;\npub(crate) use store::Other;\npub use policy::{A, B};\n";
        let tree = Tree::sample(&[("crates/desk/src/lib.rs", text), ("crates/desk/src/policy.rs", "//! own module")]);
        assert_eq!(places(&reexports(&tree)), ["crates/desk/src/lib.rs:2"]);
    }
}
