//! Sizes and headers: what a reader can hold in the head at once.

use super::Finding;
use super::tree::Tree;

/// Lines of a function of the product, its signature included.
const LONGEST_FUNCTION: usize = 70;

/// Lines of a Rust file.
const LONGEST_FILE: usize = 600;

/// Files that may be longer: tables, where a split would hide the order. Path and reason.
const LONG_FILES: &[(&str, &str)] =
    &[("crates/store/src/sql/store.rs", "one line or two for each operation of the store's trait")];

/// Every module says at its head what it is for.
pub(super) fn headers(tree: &Tree) -> Vec<Finding> {
    let headless = tree.files().iter().filter(|file| {
        file.has_extension(&["rs"]) && file.text.as_deref().is_some_and(|text| !text.trim_start().starts_with("//!"))
    });
    headless
        .map(|file| Finding::new(&file.path, 1, "no `//!` header", "say in one line what the module is for"))
        .collect()
}

/// Functions fit on a screen.
pub(super) fn function_lengths(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust() {
        for function in file.product_functions().iter().filter(|function| function.lines > LONGEST_FUNCTION) {
            let what = format!("`{}` has {} lines, {LONGEST_FUNCTION} are allowed", function.name, function.lines);
            findings.push(Finding::new(&file.path, function.line, what, "give its parts names"));
        }
    }
    findings
}

/// Files keep to one matter.
pub(super) fn file_lengths(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files().iter().filter(|file| file.has_extension(&["rs"])) {
        let lines = file.lines().count();
        let exempt = LONG_FILES.iter().any(|(path, _)| *path == file.path);
        if lines > LONGEST_FILE && !exempt {
            let what = format!("{lines} lines, {LONGEST_FILE} are allowed");
            let mend = "split it by matter; a mere table goes on the list in xtask/src/tidy/shape.rs";
            findings.push(Finding::new(&file.path, LONGEST_FILE + 1, what, mend));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::places;
    use super::*;

    fn function_of(lines: usize) -> String {
        format!("//! x\nfn long() {{\n{}}}\n", "    a();\n".repeat(lines - 2))
    }

    #[test]
    fn a_missing_header_is_caught() {
        let tree = Tree::sample(&[("a.rs", "//! Good.\n"), ("b.rs", "// no\nfn a() {}\n")]);
        assert_eq!(places(&headers(&tree)), ["b.rs:1"]);
    }

    #[test]
    fn a_long_function_is_caught() {
        let (fits, long) = (function_of(70), function_of(71));
        let tree = Tree::sample(&[("a.rs", &fits), ("b.rs", &long), ("crates/a/tests/it/main.rs", &long)]);
        assert_eq!(places(&function_lengths(&tree)), ["b.rs:2"]);
    }

    #[test]
    fn a_long_file_is_caught() {
        let (fits, long) = ("//\n".repeat(600), "//\n".repeat(601));
        let tree = Tree::sample(&[("a.rs", &fits), ("b.rs", &long), ("c.toml", &long)]);
        assert_eq!(places(&file_lengths(&tree)), ["b.rs:601"]);
    }
}
