//! What is shipped, and under which licences: `cargo xtask sbom` writes it down, `cargo xtask deny` holds it against `deny.toml`.

mod licence;
mod sbom;
mod shipped;

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use toml::Table;

use crate::steps::cargo;
use crate::tally::Tally;
use crate::{environment, process, say};
use shipped::{PROGRAM, Package, TYPESETTER, shipped};

/// The one source of packages that are not ours.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Where the bill of materials goes, below the target folder's parent.
const SBOM: &str = "target/sbom/shouyue.cdx.json";

/// Writes the bill of materials of the program (CycloneDX 1.6, JSON). The same lock file gives the same bytes.
pub(crate) fn write_sbom(root: &Path, _: &mut Tally) -> Result<()> {
    let packages = shipped(root, PROGRAM)?;
    let path = root.join(SBOM);
    fs::create_dir_all(path.parent().context("the bill needs a folder")?)?;
    fs::write(&path, sbom::document(&packages))?;
    say(&format!("sbom: {} components in {}", packages.len(), path.display()));
    Ok(())
}

/// Licences, bans and sources by `deny.toml`: by our own reading of it everywhere, by `cargo deny` where it is installed, and
/// there advisories too, where their database can be reached.
pub(crate) fn deny(root: &Path, _: &mut Tally) -> Result<()> {
    let rules: Table = fs::read_to_string(root.join("deny.toml")).context("cannot read deny.toml")?.parse()?;
    for program in [PROGRAM, TYPESETTER] {
        let packages = shipped(root, program)?;
        let faults = faults(&rules, &packages);
        if !faults.is_empty() {
            bail!("{}", faults.join("\n"));
        }
        let count = packages.len();
        say(&format!("deny: licences, bans and sources of the {count} packages of {program} are as deny.toml says"));
    }
    if environment::on_path("cargo-deny").is_none() {
        say(
            "deny: NOT RUN: cargo-deny is not installed, so advisories were not looked up (cargo install --locked cargo-deny)",
        );
        return Ok(());
    }
    process::run(cargo(root).args(["deny", "--locked", "check", "licenses", "bans", "sources"]))?;
    if process::run(cargo(root).args(["deny", "--locked", "fetch", "db"])).is_err() {
        say("deny: NOT RUN: the database of advisories cannot be reached from here");
        return Ok(());
    }
    process::run(cargo(root).args(["deny", "--locked", "check", "--disable-fetch", "advisories"]))
}

/// What `deny.toml` does not let in.
fn faults(rules: &Table, packages: &[Package]) -> Vec<String> {
    let list = |table: &str, name: &str| rules.get(table).and_then(|table| table.get(name)?.as_array()).cloned();
    let allowed: Vec<String> = list("licenses", "allow")
        .unwrap_or_default()
        .iter()
        .filter_map(|one| one.as_str().map(str::to_owned))
        .collect();
    let banned = list("bans", "deny").unwrap_or_default();
    let mut faults = Vec::new();
    for package in packages.iter().filter(|package| package.source.is_some()) {
        let Package { name, version, licence, source, .. } = package;
        match licence {
            Some(text) if licence::is_allowed(text, &allowed) => {}
            Some(text) => faults.push(format!("{name} {version}: `{text}` is no licence that deny.toml allows")),
            None => faults.push(format!("{name} {version}: states no licence")),
        }
        if source.as_deref() != Some(REGISTRY) {
            faults.push(format!("{name} {version}: comes from elsewhere than the public registry"));
        }
        let ban = banned.iter().find(|ban| ban.get("crate").and_then(toml::Value::as_str) == Some(name));
        let wrappers = ban.and_then(|ban| ban.get("wrappers")?.as_array());
        let wraps = |user: &String| wrappers.is_some_and(|all| all.iter().any(|one| one.as_str() == Some(user)));
        if ban.is_some() && !package.used_by.iter().all(wraps) {
            faults.push(format!(
                "{name} {version}: deny.toml bans it, and {} uses it",
                Vec::from_iter(package.used_by.clone()).join(", ")
            ));
        }
    }
    faults
}

#[cfg(test)]
mod tests;
