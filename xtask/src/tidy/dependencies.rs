//! What we stand on: each dependency explained, in one version, from the public registry.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::Finding;
use super::tree::{File, Tree};

/// Direct dependencies that the lockfile may hold twice. Name and reason.
const TWICE: &[(&str, &str)] = &[
    ("base64", "`postgres-protocol`, of `tokio-postgres`, is a version behind"),
    ("rand_core", "`rand` 0.8, of Typst's colours, is a version behind; `shouyue-pdf` alone is built of it"),
    ("toml", "`typst-library` is a version behind; `shouyue-pdf` alone is built of it"),
    ("getrandom", "the lockfile names that of `ring`, which `ureq` can be built with and is not"),
];

/// The only source of a package in Cargo.lock; packages of the workspace have none.
const SOURCE: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Every third-party dependency of the workspace has its line in ARCHITECTURE.md.
pub(super) fn explained(tree: &Tree) -> Vec<Finding> {
    let (Some(manifest), Some(document)) = (tree.file("Cargo.toml"), tree.file("ARCHITECTURE.md")) else {
        return Vec::new();
    };
    let document = document.text.as_deref().unwrap_or_default();
    let unexplained = direct(manifest).into_iter().filter(|name| !document.contains(&format!("`{name}`")));
    unexplained
        .map(|name| {
            let line = manifest.lines().find(|(_, line)| line.starts_with(&name)).map_or(1, |(line, _)| line);
            let mend = format!("say why in ARCHITECTURE.md, on a line with `{name}` in back-ticks");
            Finding::new(&manifest.path, line, format!("`{name}` is not explained"), mend)
        })
        .collect()
}

/// A direct dependency stands in the lockfile once.
pub(super) fn single_version(tree: &Tree) -> Vec<Finding> {
    let (Some(manifest), Some(lock)) = (tree.file("Cargo.toml"), tree.file("Cargo.lock")) else { return Vec::new() };
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in packages(lock) {
        if let (Some(name), Some(version)) = (text(&package, "name"), text(&package, "version")) {
            versions.entry(name).or_default().push(version);
        }
    }
    let mut findings = Vec::new();
    for name in direct(manifest) {
        let found = versions.get(&name).map(Vec::as_slice).unwrap_or_default();
        if found.len() > 1 && !TWICE.iter().any(|(twice, _)| *twice == name) {
            let what = format!("`{name}` in the versions {}", found.join(" and "));
            let mend = format!(
                "use the version that the others use (`cargo tree -i {name}`), or list it with a reason in tidy"
            );
            let line = lock.lines().find(|(_, line)| *line == format!("name = \"{name}\"")).map_or(1, |(line, _)| line);
            findings.push(Finding::new(&lock.path, line, what, mend));
        }
    }
    findings
}

/// Lockfiles and settings name no host but the public index: whoever builds chooses the mirror.
pub(super) fn no_hosts(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files() {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        for (line, text) in file.lines() {
            let bad = match name {
                "Cargo.lock" => text.starts_with("source = ") && !text.contains(SOURCE),
                "package-lock.json" => text.contains("\"resolved\": \"http"),
                ".npmrc" => text.trim_start().starts_with("registry") || text.contains("//"),
                "config.toml" if file.path.ends_with(".cargo/config.toml") => {
                    text.starts_with("[source") || text.starts_with("[registries")
                }
                _ => false,
            };
            if bad {
                findings.push(Finding::new(
                    &file.path,
                    line,
                    "a registry host",
                    "leave the choice of mirror to the machine",
                ));
            }
        }
    }
    findings
}

/// What `benches/` measures us against stays there: the program neither builds nor locks it.
pub(super) fn peers_apart(tree: &Tree) -> Vec<Finding> {
    let (Some(benches), Some(root), Some(lock)) =
        (tree.file("benches/Cargo.toml"), tree.file("Cargo.toml"), tree.file("Cargo.lock"))
    else {
        return Vec::new();
    };
    let table: Table = benches.text.as_deref().unwrap_or_default().parse().unwrap_or_default();
    let named = table.get("dependencies").and_then(Value::as_table);
    let third_party = named.into_iter().flatten().filter(|(_, value)| value.get("path").is_none());
    let ours = direct(root);
    let peers = third_party.map(|(name, _)| name).filter(|name| !ours.contains(name));
    let locked = |name: &String| {
        let line = lock.lines().find(|(_, line)| *line == format!("name = \"{name}\""))?;
        let mend = "take it out of the workspace; only `benches/`, a workspace apart, may stand on it";
        Some(Finding::new(&lock.path, line.0, format!("`{name}`, which we are measured against"), mend))
    };
    peers.filter_map(locked).collect()
}

/// The third-party packages in `[workspace.dependencies]`, by the name of the package.
fn direct(manifest: &File) -> Vec<String> {
    let table: Table = manifest.text.as_deref().unwrap_or_default().parse().unwrap_or_default();
    let dependencies =
        table.get("workspace").and_then(|workspace| workspace.get("dependencies")).and_then(Value::as_table);
    let third_party = dependencies.into_iter().flatten().filter(|(_, value)| value.get("path").is_none());
    third_party.map(|(key, value)| value.get("package").and_then(Value::as_str).unwrap_or(key).to_owned()).collect()
}

fn packages(lock: &File) -> Vec<Value> {
    let table: Table = lock.text.as_deref().unwrap_or_default().parse().unwrap_or_default();
    table.get("package").and_then(Value::as_array).cloned().unwrap_or_default()
}

fn text(package: &Value, key: &str) -> Option<String> {
    package.get(key).and_then(Value::as_str).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::super::places;
    use super::*;

    const MANIFEST: &str =
        "[workspace.dependencies]\nmodel = { path = \"crates/model\" }\nanyhow = \"1\"\ntoml = \"1\"\n";

    #[test]
    fn an_unexplained_dependency_is_caught() {
        let tree =
            Tree::sample(&[("Cargo.toml", MANIFEST), ("ARCHITECTURE.md", "- `anyhow`: errors of the command line\n")]);
        assert_eq!(places(&explained(&tree)), ["Cargo.toml:4"]);
        assert!(explained(&Tree::sample(&[("Cargo.toml", MANIFEST)])).is_empty());
    }

    #[test]
    fn two_versions_are_caught() {
        let package = |name: &str, version: &str| format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n");
        let lock = package("anyhow", "1.0.0")
            + &package("anyhow", "0.9.0")
            + &package("toml", "1.2.0")
            + &package("syn", "1.0.0")
            + &package("syn", "2.0.0");
        assert_eq!(
            places(&single_version(&Tree::sample(&[("Cargo.toml", MANIFEST), ("Cargo.lock", &lock)]))),
            ["Cargo.lock:2"]
        );
    }

    #[test]
    fn a_peer_in_the_lock_of_the_program_is_caught() {
        let benches = "[dependencies]\npolicy = { path = \"../crates/policy\" }\nanyhow = \"1\"\nregorus = \"1\"\n";
        let tree =
            |lock| Tree::sample(&[("benches/Cargo.toml", benches), ("Cargo.toml", MANIFEST), ("Cargo.lock", lock)]);
        assert_eq!(places(&peers_apart(&tree("name = \"anyhow\"\nname = \"regorus\"\n"))), ["Cargo.lock:2"]);
        assert!(peers_apart(&tree("name = \"anyhow\"\n")).is_empty());
    }

    #[test]
    fn registry_hosts_are_caught() {
        let tree = Tree::sample(&[
            ("Cargo.lock", &format!("source = \"{SOURCE}\"\nsource = \"registry+https://mirror.example/index\"\n")),
            ("e2e/package-lock.json", "{\n  \"resolved\": \"https://mirror.example/a.tgz\",\n"),
            ("e2e/.npmrc", "omit-lockfile-registry-resolved=true\nregistry=https://mirror.example\n"),
            (".cargo/config.toml", "[alias]\n[source.mirror]\n"),
        ]);
        assert_eq!(
            places(&no_hosts(&tree)),
            [".cargo/config.toml:2", "Cargo.lock:2", "e2e/.npmrc:2", "e2e/package-lock.json:2"]
        );
    }
}
