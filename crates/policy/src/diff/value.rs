//! Facts in words: ids by the names that people read.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::name::called;
use crate::compile::Tables;
use crate::syntax::Kind;

/// What stands at a place in words: the names of elements that the key names, and of a table everything that it says.
pub(super) fn words(old: &Tables, new: &Tables, path: &[String], value: &Value) -> String {
    let key = path.last().map_or("", String::as_str);
    match value {
        Value::String(text) => match names(path, key) {
            Some(kind) => {
                let called = called(old, new, kind, text);
                if called.name == called.id { called.id } else { format!("{} {}", called.name, called.id) }
            }
            None => text.clone(),
        },
        Value::Array(list) => list.iter().map(|one| words(old, new, path, one)).collect::<Vec<_>>().join(", "),
        Value::Object(map) => {
            map.get("said").map_or_else(|| table(old, new, path, map), |said| words(old, new, path, said))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

fn table(old: &Tables, new: &Tables, path: &[String], map: &Map<String, Value>) -> String {
    // (`serde_json` keeps either order, as other crates of a build choose.)
    let said: BTreeMap<&String, &Value> =
        map.iter().filter(|(key, _)| !matches!(key.as_str(), "id" | "clause")).collect();
    let one = |(key, value): (&String, &Value)| {
        let path = [path, std::slice::from_ref(key)].concat();
        let words = words(old, new, &path, value);
        let nested = value.is_object() && value.get("said").is_none() || is_tables(value);
        if nested { format!("{key} ({words})") } else { format!("{key} {words}") }
    };
    said.into_iter().map(one).collect::<Vec<_>>().join("; ")
}

fn is_tables(value: &Value) -> bool {
    let value = value.get("said").unwrap_or(value);
    value.as_array().is_some_and(|list| list.iter().any(Value::is_object))
}

/// The kind of element that a key names.
fn names(path: &[String], key: &str) -> Option<Kind> {
    let table = path.first().map_or("", String::as_str);
    Some(match key {
        "items" | "excludes" => Kind::Item,
        "purpose" | "purposes" => Kind::Purpose,
        "of" | "users" | "to" | "typed-by" | "same-person" => Kind::Person,
        "functions" | "closes" | "excludes-functions" => Kind::Function,
        "channels" | "channel" => Kind::Channel,
        "products" | "product" => Kind::Product,
        "recipient" => Kind::Recipient,
        "source" => Kind::Source,
        "permission" => Kind::Permission,
        "fact" | "within" => Kind::Fact,
        "makes" | "classes" | "records" | "in-force" | "open-claim" => Kind::Record,
        "class" if table == "function" => Kind::Record,
        "clock" => Kind::Clock,
        _ => return None,
    })
}
