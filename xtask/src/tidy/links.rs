//! Links in the documents lead somewhere, and so do the names of tests in the table of promises.

use super::Finding;
use super::tree::{File, Tree};

/// Relative links of Markdown files whose target is not in the tree.
pub(super) fn resolve(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files().iter().filter(|file| file.has_extension(&["md"])) {
        let mut fenced = false;
        for (line, text) in file.lines() {
            fenced ^= text.trim_start().starts_with("```");
            let targets = if fenced { Vec::new() } else { targets(text) };
            for target in targets.into_iter().filter(|target| is_relative(target)) {
                let path = target.split('#').next().unwrap_or_default();
                if !path.is_empty()
                    && !resolved(&file.path, path).is_some_and(|path| path.is_empty() || tree.has(&path))
                {
                    let what = format!("the link `{target}` leads nowhere");
                    findings.push(Finding::new(&file.path, line, what, "mend the path"));
                }
            }
        }
    }
    findings
}

/// What stands in `](…)`.
fn targets(line: &str) -> Vec<&str> {
    let ends = line.match_indices("](").filter_map(|(at, open)| line.get(at + open.len()..));
    ends.filter_map(|rest| rest.split([')', ' ']).next()).collect()
}

fn is_relative(target: &str) -> bool {
    !target.contains("://") && !target.starts_with("mailto:")
}

/// The path from the root that a link in `from` means; `None` when it climbs out of the tree.
fn resolved(from: &str, link: &str) -> Option<String> {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let base = if link.starts_with('/') { "" } else { folder };
    let mut parts: Vec<&str> = Vec::new();
    for part in base.split('/').chain(link.split('/')).filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop()?;
        } else {
            parts.push(part);
        }
    }
    Some(parts.join("/"))
}

/// The table of promises, whose tests are named `<crate> <modules>::<test>`.
const PROMISES: &str = "docs/promises.md";

/// Tests that the table of promises names and nobody wrote.
pub(super) fn promises(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (line, text) in tree.file(PROMISES).into_iter().flat_map(File::lines) {
        let spans = text.split('`').skip(1).step_by(2);
        let named = spans.filter_map(|span| span.split_once(' ').zip(span.rsplit_once("::")));
        for ((room, _), (_, test)) in named {
            let folder = format!("crates/{room}/");
            let is_it = |file: &&File| file.path.starts_with(&folder) && file.has_extension(&["rs"]);
            let mut files = tree.files().iter().filter(is_it);
            if !files.any(|file| has_test(file, test)) {
                let what = format!("no test of `{room}` is called `{test}`");
                findings.push(Finding::new(PROMISES, line, what, "name the test that tries to break the promise"));
            }
        }
    }
    findings
}

/// The lists of cases that are made into tests of each back end.
const CASES: &str = "/contract/mod.rs";

/// Whether a file has a test of this name: a function under an attribute that ends in `test`, or a case of a contract.
fn has_test(file: &File, name: &str) -> bool {
    if file.path.ends_with(CASES) {
        let mut cases = file.lines().flat_map(|(_, line)| line.split([',', ' ']));
        return cases.any(|case| case == name);
    }
    let (plain, waiting) = (format!("fn {name}("), format!("async fn {name}("));
    let mut marked = false;
    for (_, line) in file.lines() {
        let line = line.trim_start();
        if line.starts_with(&plain) || line.starts_with(&waiting) {
            return marked;
        }
        if line.starts_with("#[") {
            let attribute = line.split(['(', ']']).next().unwrap_or_default();
            marked |= attribute == "#[test" || attribute.ends_with("::test");
        } else if !line.starts_with("//") && !line.is_empty() {
            marked = false;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::places;
    use super::*;

    #[test]
    fn dead_links_are_caught() {
        let readme = "[a](docs/a.md) [b](docs/b.md)\n[c](https://example.org) [d](#part) [e](docs/)\n```\n[f](no)\n```\n[g](../out)\n";
        let tree = Tree::sample(&[("README.md", readme), ("docs/a.md", "[up](../README.md#x) [no](README.md)\n")]);
        assert_eq!(places(&resolve(&tree)), ["README.md:1", "README.md:6", "docs/a.md:1"]);
    }

    #[test]
    fn a_promise_whose_test_is_gone_is_caught() {
        let table = "| kept | `cli crash::all_is_there`, `cli crash::later`, `cli contract::one::case` |\n| kept | `cli crash::gone`, `web crash::all_is_there` |\n| kept | `cli made::up` |\n`cargo xtask test`\n";
        let test = "#[test]\nfn all_is_there() {}\n\n#[tokio::test(flavor = \"multi_thread\")]\n#[cfg(unix)]\nasync fn later() {}\n";
        let tree = Tree::sample(&[
            (PROMISES, table),
            ("crates/cli/tests/it/crash.rs", test),
            ("crates/cli/tests/it/made.rs", "fn up() {}\n"),
            ("crates/cli/tests/it/contract/mod.rs", "one { case, other },\n"),
            ("crates/web/a.rs", ""),
        ]);
        assert_eq!(places(&promises(&tree)), ["docs/promises.md:2", "docs/promises.md:2", "docs/promises.md:3"]);
    }
}
