//! The rules of the house that neither rustc nor clippy knows, read from the sources.
//!
//! A check is a function from the tree to findings; each has a test that shows it a bad sample.

mod chinese;
mod dependencies;
mod links;
mod rooms;
mod rust;
mod seams;
mod shape;
mod templates;
mod text;
mod tree;
mod words;

use std::fmt;
use std::path::Path;

use anyhow::{Result, bail};

use self::tree::Tree;
use crate::say;
use crate::tally::Tally;

/// One broken rule, at one place.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    path: String,
    line: usize,
    /// What is wrong.
    what: String,
    /// What to do about it.
    mend: String,
}

impl Finding {
    fn new(path: &str, line: usize, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, what: what.into(), mend: mend.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {} — {}", self.path, self.line, self.what, self.mend)
    }
}

type Check = fn(&Tree) -> Vec<Finding>;

const CHECKS: &[Check] = &[
    rooms::imports,
    rooms::drawn_table,
    rooms::reexports,
    shape::headers,
    shape::function_lengths,
    shape::file_lengths,
    words::unfinished,
    words::module_names,
    words::machine_paths,
    words::platform_ids,
    chinese::in_code,
    templates::inline,
    templates::labels,
    seams::names,
    seams::seals,
    seams::sql,
    text::blanks,
    text::sizes,
    links::resolve,
    links::promises,
    dependencies::explained,
    dependencies::single_version,
    dependencies::peers_apart,
    dependencies::no_hosts,
];

/// Reads the checkout and reports every broken rule.
pub(crate) fn run(root: &Path, _tally: &mut Tally) -> Result<()> {
    let tree = Tree::read(root)?;
    let mut findings: Vec<Finding> = CHECKS.iter().flat_map(|check| check(&tree)).collect();
    findings.sort();
    for finding in &findings {
        say(&finding.to_string());
    }
    match findings.len() {
        0 => {
            say(&format!("tidy: {} files, nothing to mend", tree.files().len()));
            Ok(())
        }
        count => bail!("{count} places to mend"),
    }
}

/// Where the findings of one check stand, for its test.
#[cfg(test)]
fn places(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|finding| format!("{}:{}", finding.path, finding.line)).collect()
}

#[cfg(test)]
mod tests {
    use super::Finding;

    #[test]
    fn a_finding_reads_as_place_what_and_mend() {
        let finding = Finding::new("a.rs", 3, "too long", "split it");
        assert_eq!(finding.to_string(), "a.rs:3: too long — split it");
    }
}
