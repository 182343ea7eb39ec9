//! The big sizes: gigabytes, millions, hundreds of kills. Tests behind a crate's feature `soak`, in the release build; then the
//! ledger beside a peer's, and a house of ten million people beside one of ten thousand.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use toml::Table;

use crate::steps::cargo;
use crate::tally::Tally;
use crate::{environment, process, say};

/// People of the big house.
const PEOPLE: u32 = 10_000_000;

/// Runs the soak tests of every crate that declares the feature.
pub(crate) fn run(root: &Path, tally: &mut Tally) -> Result<()> {
    let packages = packages_with_soak(root)?;
    if packages.is_empty() {
        bail!("no crate declares a feature `soak`");
    }
    let mut failed = Vec::new();
    for package in packages {
        say(&format!("\n=== soak: {package}"));
        let mut command = cargo(root);
        if environment::on_path("cargo-nextest").is_some() {
            command.args(["nextest", "run", "--no-fail-fast"]);
        } else {
            command.args(["test", "--no-fail-fast"]);
        }
        command.args(["--release", "--locked", "--features", "soak", "--package", &package]);
        // Tests of the big size carry it in their name; the rest have run already, in `units`.
        command.arg("soak_");
        // What fails in one room says nothing of the next, which is asked as well.
        failed.extend(process::run_tests(&mut command, tally).err());
    }
    say("\n=== soak: the ledger beside another implementation of its formats");
    let peers = ["test", "--release", "--locked", "--manifest-path", "benches/Cargo.toml", "--workspace"];
    failed.extend(process::run_tests(cargo(root).args(peers), tally).err());
    say(&format!("\n=== soak: a house of {PEOPLE} people"));
    let benches = ["run", "--release", "--locked", "--manifest-path", "benches/Cargo.toml", "-p", "shouyue-acts", "--"];
    failed.extend(process::run(cargo(root).args(benches).arg(format!("size={PEOPLE}"))).err());
    failed.into_iter().next().map_or(Ok(()), Err)
}

fn packages_with_soak(root: &Path) -> Result<Vec<String>> {
    let mut packages = Vec::new();
    for entry in fs::read_dir(root.join("crates")).context("cannot list crates/")? {
        let manifest = entry?.path().join("Cargo.toml");
        let text = fs::read_to_string(&manifest).with_context(|| format!("cannot read {}", manifest.display()))?;
        packages.extend(soaking_package(&text).with_context(|| format!("cannot read {}", manifest.display()))?);
    }
    packages.sort();
    Ok(packages)
}

/// The package's name, when its manifest declares the feature.
fn soaking_package(manifest: &str) -> Result<Option<String>> {
    let table: Table = manifest.parse()?;
    let declares = table.get("features").and_then(|features| features.get("soak")).is_some();
    let name = table.get("package").and_then(|package| package.get("name")).and_then(toml::Value::as_str);
    Ok(name.filter(|_| declares).map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::soaking_package;

    #[test]
    fn a_crate_soaks_when_it_declares_the_feature() {
        let plain = "[package]\nname = \"a\"\n";
        assert_eq!(soaking_package(plain).unwrap(), None);
        assert_eq!(soaking_package(&format!("{plain}[features]\nsoak = []\n")).unwrap(), Some("a".to_owned()));
        assert!(soaking_package("not = [toml").is_err());
    }
}
