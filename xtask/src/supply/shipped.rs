//! The packages of which a program is built on Linux: what runs in tests or only while it is built is left out.
//!
//! `cargo tree` is asked, not `cargo metadata`: that one names whatever a feature could bring in.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use toml::Table;

use crate::process;
use crate::steps::cargo;

/// The program, and the one that sets its documents as PDF.
pub(super) const PROGRAM: &str = "shouyue";
pub(super) const TYPESETTER: &str = "shouyue-pdf";

/// One package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    /// SPDX expression, as the package states it.
    pub(super) licence: Option<String>,
    /// Where it was fetched from; none for ours.
    pub(super) source: Option<String>,
    /// SHA-256 of what was fetched, hexadecimal.
    pub(super) checksum: Option<String>,
    /// Names and versions of the packages that it is built of.
    pub(super) uses: BTreeSet<(String, String)>,
    /// Names of the packages that are built of it.
    pub(super) used_by: BTreeSet<String>,
}

/// Every package of a program, by name and version.
pub(super) fn shipped(root: &Path, program: &str) -> Result<Vec<Package>> {
    let mut command = cargo(root);
    command.args(["tree", "--locked", "--package", program, "--target", "x86_64-unknown-linux-gnu"]);
    command.args(["--edges", "normal,no-proc-macro", "--prefix", "depth", "--format", "|{p}|{l}"]);
    let tree = String::from_utf8(process::output(&mut command)?)?;
    let lock: Table = fs::read_to_string(root.join("Cargo.lock")).context("cannot read Cargo.lock")?.parse()?;
    packages(&tree, &lock)
}

/// The same, of what `cargo tree` printed and the lock file.
pub(super) fn packages(tree: &str, lock: &Table) -> Result<Vec<Package>> {
    let locked = locked(lock);
    let mut found: BTreeMap<(String, String), Package> = BTreeMap::new();
    // The packages from the program to the line that is read.
    let mut above: Vec<(String, String)> = Vec::new();
    for line in tree.lines().filter(|line| !line.is_empty()) {
        let (depth, id, licence) = read(line).with_context(|| format!("cargo tree prints `{line}`"))?;
        above.truncate(depth);
        let fresh = || {
            let (source, checksum) = locked.get(&id).cloned().unwrap_or_default();
            let (name, version) = id.clone();
            let (uses, used_by) = (BTreeSet::new(), BTreeSet::new());
            Package { name, version, licence, source, checksum, uses, used_by }
        };
        let package = found.entry(id.clone()).or_insert_with(fresh);
        if let Some(user) = above.last() {
            package.used_by.insert(user.0.clone());
            let user = found.get_mut(user).with_context(|| format!("`{line}` stands under nothing"))?;
            user.uses.insert(id.clone());
        }
        above.push(id);
    }
    Ok(found.into_values().collect())
}

/// Depth, name with version, and licence of a line such as `2|zeroize v1.9.1|Apache-2.0 OR MIT`.
fn read(line: &str) -> Option<(usize, (String, String), Option<String>)> {
    let mut fields = line.splitn(3, '|');
    let (depth, package, licence) = (fields.next()?, fields.next()?, fields.next()?);
    let mut words = package.split(' ');
    let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
    let licence = licence.trim_end_matches(" (*)");
    let licence = Some(licence.to_owned()).filter(|text| !text.is_empty());
    Some((depth.parse().ok()?, (name.to_owned(), version.to_owned()), licence))
}

type Locked = BTreeMap<(String, String), (Option<String>, Option<String>)>;

/// Source and checksum by name and version.
fn locked(lock: &Table) -> Locked {
    let packages = lock.get("package").and_then(toml::Value::as_array).into_iter().flatten();
    let read = |package: &toml::Value| {
        let text = |name: &str| package.get(name).and_then(toml::Value::as_str).map(str::to_owned);
        Some(((text("name")?, text("version")?), (text("source"), text("checksum"))))
    };
    packages.filter_map(read).collect()
}
