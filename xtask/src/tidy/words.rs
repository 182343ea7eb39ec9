//! Words that do not belong: marks of unfinished work, module names without meaning, traces of one machine or one platform.

use std::collections::BTreeSet;

use super::Finding;
use super::rust::words;
use super::tree::Tree;

/// Marks in code, and what they stand for.
const MARKS: &[(&str, &str)] = &[
    ("todo!", "unfinished work"),
    ("unimplemented!", "unfinished work"),
    ("dbg!", "a trace left behind"),
    ("#[ignore", "a test that does not run"),
    ("#[allow", "a silenced lint"),
    ("#![allow", "a silenced lint"),
];

/// Marks in comments.
const NOTES: [&str; 2] = ["FIXME", "XXX"];

/// Module names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 8] = ["utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"];

/// Folders of one machine. The words are cut in two, so that this table does not report itself.
const MACHINE_PATHS: [&str; 3] = [concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/ho", "me/")];

/// Work that was not finished.
pub(super) fn unfinished(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust() {
        for (mark, meaning) in MARKS {
            for (at, _) in file.code.match_indices(mark) {
                let mend = "finish it; a lint is silenced by `#[expect(…, reason = \"…\")]`";
                findings.push(Finding::new(&file.path, file.line_of(at), format!("`{mark}`: {meaning}"), mend));
            }
        }
        for comment in &file.comments {
            findings.extend(note_in(&file.path, comment.line, &comment.text));
        }
    }
    for file in tree.files().iter().filter(|file| file.has_extension(&["html", "css", "mjs", "js", "md"])) {
        findings.extend(file.lines().filter_map(|(line, text)| note_in(&file.path, line, text)));
    }
    findings
}

fn note_in(path: &str, line: usize, text: &str) -> Option<Finding> {
    // In prose that speaks of the mark it stands between back-ticks.
    let note = NOTES.iter().find(|note| words(text, note).next().is_some() && !text.contains(&format!("`{note}`")))?;
    Some(Finding::new(path, line, format!("`{note}`"), "finish it, or file an issue"))
}

/// Modules named after nothing.
pub(super) fn module_names(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust() {
        let folders = file.path.trim_end_matches(".rs").trim_end_matches("/mod");
        if let Some(name) = folders.rsplit('/').next().filter(|name| EMPTY_NAMES.contains(name)) {
            let what = format!("a module named `{name}`");
            findings.push(Finding::new(&file.path, 1, what, "name it after what it holds"));
        }
        for at in words(&file.code, "mod") {
            let name = file
                .code
                .get(at + 3..)
                .and_then(|rest| rest.trim_start().split(|c: char| !(c.is_alphanumeric() || c == '_')).next());
            // A file of that name is reported above; here only modules written in place.
            let inline = file.statement_from(at).contains('{');
            if let Some(name) = name.filter(|name| EMPTY_NAMES.contains(name) && inline) {
                let what = format!("a module named `{name}`");
                findings.push(Finding::new(&file.path, file.line_of(at), what, "name it after what it holds"));
            }
        }
    }
    findings
}

/// Paths that exist on one machine only, in any text file.
pub(super) fn machine_paths(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files() {
        for (line, text) in file.lines() {
            if let Some(path) = MACHINE_PATHS.iter().find(|path| starts_a_path(text, path)) {
                let what = format!("`{path}`: a path of one machine");
                findings.push(Finding::new(
                    &file.path,
                    line,
                    what,
                    "write it relative to the repository or take it as an argument",
                ));
            }
        }
    }
    findings
}

/// Whether the folder stands at the head of a path, and not amid one (`pages/home/list`) or in an address.
fn starts_a_path(text: &str, folder: &str) -> bool {
    text.match_indices(folder).any(|(at, _)| {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        !before.is_some_and(|before| before.is_alphanumeric() || ".}-_/".contains(before))
    })
}

/// Platforms are data: no code of the product knows one by name.
pub(super) fn platform_ids(tree: &Tree) -> Vec<Finding> {
    let ids: BTreeSet<&str> = tree
        .files()
        .iter()
        .filter_map(|file| file.path.strip_prefix("platforms/")?.split_once('/').map(|(id, _)| id))
        .collect();
    let mut findings = Vec::new();
    for file in tree.rust() {
        for id in &ids {
            let literals = file.product_literals().filter(|literal| words(&literal.text, id).next().is_some());
            let code = file.product_words(id).map(|at| file.line_of(at));
            for line in literals.map(|literal| literal.line).chain(code) {
                let what = format!("the platform `{id}` named in code");
                findings.push(Finding::new(
                    &file.path,
                    line,
                    what,
                    "read it from the policy file or take it as an argument",
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::places;
    use super::*;

    #[test]
    fn marks_are_caught_in_code_and_notes_in_comments() {
        let text = "//! x\nfn a() { todo!() }\n#[ignore = \"slow\"]\n#[allow(dead_code)]\n// FIXME: later\nlet s = \"todo! XXX\";\n";
        assert_eq!(places(&unfinished(&Tree::sample(&[("a.rs", text)]))), ["a.rs:2", "a.rs:3", "a.rs:4", "a.rs:5"]);
    }

    #[test]
    fn notes_are_caught_outside_rust() {
        let tree = Tree::sample(&[("a.html", "<p>\n<!-- XXX -->\n"), ("b.md", "The mark `XXX` is banned.\n")]);
        assert_eq!(places(&unfinished(&tree)), ["a.html:2"]);
    }

    #[test]
    fn empty_names_are_caught() {
        let tree = Tree::sample(&[
            ("crates/web/src/utils.rs", "//! x"),
            ("crates/web/src/common/mod.rs", "//! x"),
            ("crates/web/src/a.rs", "//! x\nmod helpers {\n}\nmod utils;\nmod helpers_of_none {}\n"),
        ]);
        assert_eq!(
            places(&module_names(&tree)),
            ["crates/web/src/a.rs:2", "crates/web/src/common/mod.rs:1", "crates/web/src/utils.rs:1"]
        );
    }

    #[test]
    fn machine_paths_are_caught() {
        let bad = format!("see {}me/x\n", MACHINE_PATHS[0]);
        let good = format!("src{}list https://a.example{}x\n", MACHINE_PATHS[1], MACHINE_PATHS[2]);
        assert_eq!(places(&machine_paths(&Tree::sample(&[("a.md", &bad), ("b.md", &good)]))), ["a.md:1"]);
    }

    #[test]
    fn platform_names_are_caught_in_product_code_only() {
        let text = "//! Like haigang.\nconst A: &str = \"platforms/haigang\";\n#[cfg(test)]\nmod tests { const B: &str = \"haigang\"; }\n";
        let tree = Tree::sample(&[("platforms/haigang/undated.toml", ""), ("crates/cli/src/a.rs", text)]);
        assert_eq!(places(&platform_ids(&tree)), ["crates/cli/src/a.rs:2"]);
    }
}
