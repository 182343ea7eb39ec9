//! The bill of materials, as [CycloneDX 1.6](https://cyclonedx.org/docs/1.6/json/) writes it. It bears no instant and no number of its
//! own, so that whoever builds from the same lock file can compare.

use serde_json::{Value, json};

use super::shipped::Package;

/// The document of a program and its packages.
pub(super) fn document(packages: &[Package]) -> String {
    let (program, parts): (Vec<&Package>, Vec<&Package>) =
        packages.iter().partition(|package| package.used_by.is_empty());
    let document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "component": program.first().map(|program| component(program, "application")) },
        "components": parts.iter().map(|package| component(package, "library")).collect::<Vec<_>>(),
        "dependencies": packages.iter().map(dependency).collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

fn reference(name: &str, version: &str) -> String {
    format!("pkg:cargo/{name}@{version}")
}

fn component(package: &Package, kind: &str) -> Value {
    let Package { name, version, licence, checksum, .. } = package;
    // A slash is how older manifests write OR.
    let licence = licence.as_ref().map(|text| json!([{ "expression": text.replace('/', " OR ") }]));
    let hash = checksum.as_ref().map(|digits| json!([{ "alg": "SHA-256", "content": digits }]));
    let of = reference(name, version);
    let members = [
        ("type", Some(json!(kind))),
        ("bom-ref", Some(json!(of))),
        ("name", Some(json!(name))),
        ("version", Some(json!(version))),
        ("purl", Some(json!(of))),
        ("licenses", licence),
        ("hashes", hash),
    ];
    members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn dependency(package: &Package) -> Value {
    let of: Vec<String> = package.uses.iter().map(|(name, version)| reference(name, version)).collect();
    json!({ "ref": reference(&package.name, &package.version), "dependsOn": of })
}
