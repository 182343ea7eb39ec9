//! Licence expressions, and what an invented program ships.

use serde_json::{Value, json};

use super::*;

fn allowed() -> Vec<String> {
    ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "ISC"].map(str::to_owned).to_vec()
}

#[test]
fn an_expression_is_met_by_what_is_allowed() {
    let good = [
        "MIT",
        "MIT OR GPL-3.0",
        "GPL-3.0/MIT",
        "ISC AND (Apache-2.0 OR GPL-3.0)",
        "Apache-2.0 WITH LLVM-exception OR GPL-3.0",
    ];
    let bad =
        ["GPL-3.0", "MIT AND GPL-3.0", "Apache-2.0 WITH Other-exception", "(MIT", "MIT)", "", "MIT MIT", "OR MIT"];
    for (text, met) in good.map(|text| (text, true)).into_iter().chain(bad.map(|text| (text, false))) {
        assert_eq!(licence::is_allowed(text, &allowed()), met, "{text}");
    }
}

fn invented() -> Vec<Package> {
    let tree = "0|shouyue v1.0.0 (/somewhere)|Apache-2.0\n1|good v1.0.0|MIT\n2|banned v1.0.0|MIT\n1|other v2.0.0|\n\
        2|good v1.0.0|MIT (*)\n";
    let source = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
    let locked = ["good", "banned"].map(|name| {
        format!("[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\n{source}\nchecksum = \"00{name}\"\n")
    });
    let other = "[[package]]\nname = \"other\"\nversion = \"2.0.0\"\nsource = \"git+https://elsewhere.example\"\n";
    shipped::packages(tree, &format!("{}{other}", locked.concat()).parse().unwrap()).unwrap()
}

#[test]
fn what_is_shipped_is_held_against_the_rules() {
    let packages = invented();
    let names: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    assert_eq!(names, ["banned", "good", "other", "shouyue"]);
    let rules =
        |bans: &str| -> Table { format!("[licenses]\nallow = ['MIT']\n[bans]\ndeny = [{bans}]\n").parse().unwrap() };
    let other = ["other 2.0.0: states no licence", "other 2.0.0: comes from elsewhere than the public registry"];
    assert_eq!(faults(&rules(""), &packages), other, "ours need no leave");
    let banned = faults(&rules("{ crate = 'banned' }"), &packages);
    assert_eq!(banned[0], "banned 1.0.0: deny.toml bans it, and good uses it");
    assert_eq!(faults(&rules("{ crate = 'banned', wrappers = ['good'] }"), &packages), other);
    assert_eq!(faults(&"[licenses]\nallow = []\n".parse().unwrap(), &packages).len(), 4);
}

#[test]
fn the_bill_names_the_program_its_parts_and_what_each_is_built_of() {
    let bill: Value = serde_json::from_str(&sbom::document(&invented())).unwrap();
    assert_eq!(bill["metadata"]["component"]["name"], "shouyue");
    let parts = bill["components"].as_array().unwrap();
    assert_eq!(parts.len(), 3);
    assert_eq!(parts[1]["hashes"][0]["content"], "00good");
    assert_eq!(parts[1]["licenses"][0]["expression"], "MIT");
    assert!(parts[2].get("licenses").is_none());
    assert_eq!(
        bill["dependencies"][1],
        json!({ "ref": "pkg:cargo/good@1.0.0", "dependsOn": ["pkg:cargo/banned@1.0.0"] })
    );
}
