//! The fingerprint `policy`: of facts, whatever their layout; another fact, another fingerprint.

use std::collections::BTreeMap;

use model::Fingerprint;
use proptest::prelude::*;

use crate::sample;

fn fingerprint(policy: &str) -> Fingerprint {
    let loaded = sample::read(policy, None);
    loaded.program.unwrap_or_else(|| panic!("{:#?}", loaded.findings)).fingerprint
}

#[test]
fn it_is_pinned() {
    // Another value here means that every consent given so far names a policy that nobody has. Raise the number in the
    // domain of `syntax::facts` and write a carry-over before you change it.
    insta::assert_snapshot!(fingerprint(include_str!("pinned.toml")), @"sha256:8d7c829bf2b9bb6586cb948ddb3dd14da73821b24ccec4419462635c6467cb36");
}

#[test]
fn layout_names_and_confirmed_silence_are_no_facts() {
    let text = sample::policy();
    let same = fingerprint(&text);
    for (from, to) in [
        ("\n", "\n# a comment\n"),
        (" = ", "  =  "),
        ("silent = [\"version\"]", ""),
        ("of = \"被保险人\"", "of = \"insured\""),
        ("as = \"phone\"", "as = \"手机号码\""),
        ("products = [\"终身寿险\"]", "products = [\"whole-life\"]"),
        ("clause = [\"引言\", \"十\"]", "clause = [\"十\", \"引言\"]"),
        ("users = [\"applicant\"]", "users = \"applicant\""),
    ] {
        assert!(text.contains(from));
        assert_eq!(fingerprint(&text.replace(from, to)), same, "{from} → {to}");
    }
    assert_eq!(fingerprint(&text.replace('\n', "\r\n")), same);
    let operation = sample::operation();
    assert_eq!(sample::read(&text, Some(&operation)).program.unwrap().fingerprint, same);
}

/// The sample as a value, so that facts can be changed one by one.
fn value() -> toml::Value {
    toml::Value::Table(toml::from_str(&sample::policy()).unwrap())
}

/// Every scalar of a value, as a path.
fn scalars(value: &toml::Value, path: &mut Vec<String>, to: &mut Vec<Vec<String>>) {
    match value {
        toml::Value::Table(map) => {
            for (key, inner) in map {
                path.push(key.clone());
                scalars(inner, path, to);
                path.pop();
            }
        }
        toml::Value::Array(list) => {
            for (i, inner) in list.iter().enumerate() {
                path.push(i.to_string());
                scalars(inner, path, to);
                path.pop();
            }
        }
        _ => to.push(path.clone()),
    }
}

fn at<'v>(value: &'v mut toml::Value, path: &[String]) -> &'v mut toml::Value {
    path.iter().fold(value, |value, step| match value {
        toml::Value::Array(list) => &mut list[step.parse::<usize>().unwrap()],
        table => table.get_mut(step).unwrap(),
    })
}

#[test]
fn every_changed_fact_changes_it() {
    let mut paths = Vec::new();
    scalars(&value(), &mut Vec::new(), &mut paths);
    let mut seen = BTreeMap::from([(fingerprint(&sample::policy()), "unchanged".to_owned())]);
    let mut changed = 0;
    for path in paths {
        if path.iter().any(|step| step == "silent") {
            continue;
        }
        let mut other = value();
        let here = at(&mut other, &path);
        match here {
            toml::Value::Boolean(flag) => *flag = !*flag,
            toml::Value::Integer(n) => *n += 1,
            toml::Value::String(text) => text.push_str("、另"),
            toml::Value::Datetime(date) => *date = "2024-02-29".parse().unwrap(),
            _ => continue,
        }
        // Ids, words and references cannot be changed freely; what is still a program must have another fingerprint.
        let loaded = sample::read(&toml::to_string(&other).unwrap(), None);
        let Some(program) = loaded.program else { continue };
        changed += 1;
        let twin = seen.insert(program.fingerprint, path.join("."));
        assert_eq!(twin, None, "{}", path.join("."));
    }
    assert!(changed > 120, "{changed} facts could be changed");
}

/// The value with the elements of every list of tables, and the keys of every table, in another order.
fn shuffled(value: &toml::Value, by: usize) -> toml::Value {
    match value {
        toml::Value::Table(map) => {
            let mut keys: Vec<_> = map.iter().collect();
            let turn = by % keys.len().max(1);
            keys.rotate_left(turn);
            toml::Value::Table(keys.into_iter().map(|(key, inner)| (key.clone(), shuffled(inner, by))).collect())
        }
        toml::Value::Array(list) => {
            let mut list: Vec<_> = list.iter().map(|inner| shuffled(inner, by)).collect();
            let turn = by % list.len().max(1);
            list.rotate_left(turn);
            toml::Value::Array(list)
        }
        other => other.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn order_is_no_fact(by in 0..1000_usize) {
        let other = toml::to_string(&shuffled(&value(), by)).unwrap();
        prop_assert_eq!(fingerprint(&other), fingerprint(&sample::policy()));
    }
}
