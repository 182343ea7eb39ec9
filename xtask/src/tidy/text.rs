//! Files as bytes: blanks that no one sees and files too big to review.

use super::Finding;
use super::tree::Tree;

const WRITTEN_BY_HAND: &[&str] = &["rs", "toml", "md", "html", "css", "mjs", "js"];

const LARGEST_FILE: usize = 1 << 20;

/// Trailing blanks and tabs.
pub(super) fn blanks(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files().iter().filter(|file| file.has_extension(WRITTEN_BY_HAND)) {
        let text = file.text.as_deref().unwrap_or_default();
        // `lines` would drop the carriage return that we look for.
        for (index, line) in text.split('\n').enumerate() {
            if line.ends_with(char::is_whitespace) {
                findings.push(Finding::new(&file.path, index + 1, "trailing blank", "delete it"));
            }
            if line.contains('\t') {
                findings.push(Finding::new(
                    &file.path,
                    index + 1,
                    "a tab",
                    "indent with spaces; in a literal write \\t",
                ));
            }
        }
    }
    findings
}

/// Files that nobody can review.
pub(super) fn sizes(tree: &Tree) -> Vec<Finding> {
    let large = tree.files().iter().filter(|file| file.bytes > LARGEST_FILE);
    large
        .map(|file| {
            Finding::new(&file.path, 1, format!("{} bytes", file.bytes), "generate it, or fetch it as a package")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::places;
    use super::*;

    #[test]
    fn blanks_are_caught() {
        let tree = Tree::sample(&[("a.rs", "a \n\tb\nc\r\n"), ("c.snap", "x \n"), ("d.rs", "a\n")]);
        assert_eq!(places(&blanks(&tree)), ["a.rs:1", "a.rs:2", "a.rs:3"]);
    }

    #[test]
    fn large_files_are_caught() {
        let large = "x".repeat(LARGEST_FILE + 1);
        assert_eq!(places(&sizes(&Tree::sample(&[("a.json", &large), ("b.json", "{}")]))), ["a.json:1"]);
    }
}
