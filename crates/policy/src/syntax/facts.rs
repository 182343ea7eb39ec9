//! Canonical facts: what a file says, whatever its layout, and the fingerprint over them.

use aws_lc_rs::digest::{SHA256, digest};
use model::Fingerprint;
use serde_json::Value;

use super::shape::Shape;

/// Begins what is hashed, so that a fingerprint of facts is never one of anything else. Its number counts the ways of
/// writing facts down, not the versions of the language: keys added later are absent from older files' facts.
const DOMAIN: &str = "shouyue facts 1\n";

/// SHA-256 over the canonical facts of a tree whose references are resolved.
pub fn fingerprint(tree: &impl Shape) -> Fingerprint {
    let mut text = DOMAIN.to_owned();
    write(&tree.facts(), &mut text);
    let mut bytes = [0; 32];
    for (to, from) in bytes.iter_mut().zip(digest(&SHA256, text.as_bytes()).as_ref()) {
        *to = *from;
    }
    Fingerprint::from_digest(bytes)
}

/// A list of facts: the language has only sets, so the order of lines in a file is no fact.
pub(crate) fn set(facts: impl Iterator<Item = Value>) -> Value {
    let mut written: Vec<(String, Value)> = facts
        .map(|fact| {
            let mut text = String::new();
            write(&fact, &mut text);
            (text, fact)
        })
        .collect();
    written.sort_by(|a, b| a.0.cmp(&b.0));
    written.dedup_by(|a, b| a.0 == b.0);
    Value::Array(written.into_iter().map(|(_, fact)| fact).collect())
}

/// The facts of a table: keys that say nothing are left out.
pub(crate) fn table<const N: usize>(fields: [(&'static str, Value); N]) -> Value {
    let said = fields.into_iter().filter(|(_, fact)| match fact {
        Value::Null => false,
        Value::Array(list) => !list.is_empty(),
        _ => true,
    });
    Value::Object(said.map(|(key, fact)| (key.to_owned(), fact)).collect())
}

/// JSON without spaces and with sorted keys. (`serde_json` keeps either order, as other crates of a build choose.)
fn write(fact: &Value, to: &mut String) {
    match fact {
        Value::Object(map) => {
            let mut keys: Vec<_> = map.iter().collect();
            keys.sort_by(|a, b| a.0.cmp(b.0));
            to.push('{');
            for (i, (key, value)) in keys.into_iter().enumerate() {
                if i > 0 {
                    to.push(',');
                }
                quoted(key, to);
                to.push(':');
                write(value, to);
            }
            to.push('}');
        }
        Value::Array(list) => {
            to.push('[');
            for (i, value) in list.iter().enumerate() {
                if i > 0 {
                    to.push(',');
                }
                write(value, to);
            }
            to.push(']');
        }
        Value::String(text) => quoted(text, to),
        plain => to.push_str(&plain.to_string()),
    }
}

/// A text as JSON has it. Hardly any has a sign that needs escaping.
fn quoted(text: &str, to: &mut String) {
    let plain = text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\');
    if plain {
        to.push('"');
        to.push_str(text);
        to.push('"');
    } else {
        to.push_str(&Value::from(text).to_string());
    }
}
