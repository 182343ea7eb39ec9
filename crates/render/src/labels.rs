//! What is said of reason codes, and the phrases that documents are put together from, read from `locales/zh.toml`. Words of closed lists
//! are [`policy::label`]'s.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use policy::label::{fill, written};
use policy::question::Code;
use serde::Deserialize;

static ZH: LazyLock<Locale> = LazyLock::new(|| parse().unwrap_or_default());

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Locale {
    words: BTreeMap<String, BTreeMap<String, String>>,
    codes: BTreeMap<String, CodeLabel>,
    phrases: Phrases,
}

#[derive(Debug, Default, Deserialize)]
struct Phrases {
    condition: BTreeMap<String, String>,
    choice: BTreeMap<String, String>,
    #[serde(flatten)]
    plain: BTreeMap<String, String>,
}

fn parse() -> Result<Locale, toml::de::Error> {
    toml::from_str(include_str!("../locales/zh.toml"))
}

/// What a page says of a reason code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeLabel {
    /// A short name.
    pub name: String,
    /// One plain sentence.
    pub text: String,
    /// How to go on.
    pub next: String,
}

/// What a page says of a reason code; `None` for a code that the file does not know.
pub fn code(code: Code) -> Option<&'static CodeLabel> {
    ZH.codes.get(&written(code))
}

/// A line of a list by its key.
pub(crate) fn entry(list: &str, key: &str) -> Option<&'static str> {
    Some(ZH.words.get(list)?.get(key)?.as_str())
}

/// A line of a list that code knows by name; its key where it is missing.
pub(crate) fn named(list: &str, key: &'static str) -> &'static str {
    entry(list, key).unwrap_or(key)
}

/// A phrase with its blanks filled in.
pub(crate) fn phrase(key: &'static str, blanks: &[(&str, &str)]) -> String {
    fill(ZH.phrases.plain.get(key).map_or(key, String::as_str), blanks)
}

/// A phrase of conditions with its blanks filled in.
pub(crate) fn condition(key: &'static str, blanks: &[(&str, &str)]) -> String {
    fill(ZH.phrases.condition.get(key).map_or(key, String::as_str), blanks)
}

/// A sentence of the supplement with its blanks filled in.
pub(crate) fn choice(key: &'static str, blanks: &[(&str, &str)]) -> String {
    fill(ZH.phrases.choice.get(key).map_or(key, String::as_str), blanks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_says_what_and_how_to_go_on() {
        let mut known: Vec<_> = ZH.codes.keys().cloned().collect();
        let mut members: Vec<_> = Code::ALL.iter().map(written).collect();
        known.sort();
        members.sort();
        assert_eq!(known, members);
        for label in ZH.codes.values() {
            assert!(
                label.text.ends_with('。') && label.next.ends_with('。') && !label.name.contains('。'),
                "{label:?}"
            );
        }
        assert_eq!(code(Code::FloorRuns).unwrap().name, "法定保存期未满");
    }
}
