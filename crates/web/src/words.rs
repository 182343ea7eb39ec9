//! The words that handlers fill into pages, read from `locales/zh.toml`; whole sentences of a page stand in its template.
//!
//! A key that the file lacks is shown as it is, so that a page is never blank; a test holds every key against the file.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

static ZH: LazyLock<Locale> = LazyLock::new(|| toml::from_str(TEXT).unwrap_or_default());

const TEXT: &str = include_str!("../locales/zh.toml");

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Locale {
    words: BTreeMap<String, String>,
    faults: BTreeMap<String, String>,
    hints: BTreeMap<String, String>,
    acts: BTreeMap<String, String>,
    checks: BTreeMap<String, String>,
    because: BTreeMap<String, String>,
    because_staff: BTreeMap<String, String>,
    declined: BTreeMap<String, String>,
    states: BTreeMap<String, String>,
    /// Why a notice was given up.
    unsent: BTreeMap<String, String>,
    /// In what a consent is asked for anew.
    wider: BTreeMap<String, String>,
    /// What kinds of things a version says otherwise.
    changed: BTreeMap<String, String>,
    /// Heads, words and faults of reports.
    reports: BTreeMap<String, String>,
    /// Answers to choose from, by vocabulary item: what is posted, in order.
    choices: BTreeMap<String, Vec<String>>,
}

fn or_key(list: &BTreeMap<String, String>, key: &str) -> String {
    list.get(key).map_or(key, String::as_str).to_owned()
}

/// A word or sentence.
pub(crate) fn say(key: &'static str) -> String {
    or_key(&ZH.words, key)
}

/// A sentence with its blanks filled in, each once and from left to right.
pub(crate) fn fill(key: &'static str, blanks: &[(&str, &str)]) -> String {
    filled(ZH.words.get(key).map_or(key, String::as_str), blanks)
}

/// What kind of thing a version says otherwise.
pub(crate) fn changed(kind: &str) -> String {
    or_key(&ZH.changed, kind)
}

/// In what a consent is asked for anew, by the word of the cause; `names` is what is new or otherwise.
pub(crate) fn wider(cause: &str, names: &str) -> String {
    filled(ZH.wider.get(cause).map_or(cause, String::as_str), &[("names", names)])
}

fn filled(sentence: &str, blanks: &[(&str, &str)]) -> String {
    let mut rest = sentence;
    let mut filled = String::with_capacity(rest.len());
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, after)) = after.split_once('}') else { break };
        filled.push_str(blanks.iter().find(|(blank, _)| *blank == name).map_or("", |(_, value)| value));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// What is wrong with a field, by the code of the fault.
pub(crate) fn fault(code: &str) -> String {
    ZH.faults.get(code).or_else(|| ZH.faults.get("other")).map_or(code, String::as_str).to_owned()
}

/// How to answer a field, by its validator's id.
pub(crate) fn hint(validator: &str) -> Option<String> {
    ZH.hints.get(validator).cloned()
}

/// Why a notice was given up, by its word.
pub(crate) fn unsent(word: &str) -> String {
    or_key(&ZH.unsent, word)
}

/// What an act on the ledger is called, by its word.
pub(crate) fn act(word: &str) -> String {
    or_key(&ZH.acts, word)
}

/// What was checked on a receipt, by its word.
pub(crate) fn check(word: &str) -> String {
    or_key(&ZH.checks, word)
}

/// The reason code of an entry in words.
pub(crate) fn because(code: &str) -> String {
    ZH.because.get(code).or_else(|| ZH.because_staff.get(code)).map_or(code, String::as_str).to_owned()
}

/// Why a request about a cover is declined, as the customer reads it; `None` for a code that is not the house's.
pub(crate) fn declined(code: &str) -> Option<String> {
    ZH.declined.get(code).cloned()
}

/// The step that a request is at.
pub(crate) fn state(word: &str) -> String {
    or_key(&ZH.states, word)
}

/// A head, a word or a fault of a report; acts are called as everywhere.
pub(crate) fn report(key: &str) -> String {
    ZH.reports.get(key).or_else(|| ZH.acts.get(key)).map_or(key, String::as_str).to_owned()
}

/// The answers that a vocabulary item takes, where they are few.
pub(crate) fn choices(item: &str) -> Option<&'static [String]> {
    ZH.choices.get(item).map(Vec::as_slice)
}

/// Names, one after the other.
pub(crate) fn listed<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| name.as_ref().to_owned()).collect();
    names.join(&say("and"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_reads() {
        toml::from_str::<Locale>(TEXT).unwrap();
    }

    #[test]
    fn every_word_that_is_said_stands_in_the_file() {
        let mut folders = vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")];
        let mut said = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let source = std::fs::read_to_string(&path).unwrap();
                for call in ["say(\"", "fill(\""] {
                    for rest in source.split(call).skip(1).filter(|_| !path.ends_with("words.rs")) {
                        let key = rest.split('"').next().unwrap();
                        assert!(ZH.words.contains_key(key), "{key} in {}", path.display());
                        said += 1;
                    }
                }
            }
        }
        assert!(said > 20, "{said}");
    }

    #[test]
    fn every_cause_of_asking_again_and_every_reason_of_giving_up_has_a_sentence() {
        use desk::ports::Outside;
        for cause in policy::diff::Cause::ALL {
            assert!(ZH.wider.contains_key(cause.word()), "{cause}");
        }
        for kind in policy::diff::Kind::ALL {
            assert!(ZH.changed.contains_key(kind.word()), "{kind}");
        }
        let outside = [Outside::Refused, Outside::TimedOut, Outside::Busy, Outside::Unaccepted, Outside::Untrusted];
        for word in outside.map(Outside::word).into_iter().chain(["no-carrier", "no-address", "denied"]) {
            assert!(ZH.unsent.contains_key(word), "{word}");
        }
    }

    #[test]
    fn blanks_are_filled_once() {
        assert_eq!(fill("no such key {a}{b}", &[("a", "{b}"), ("b", "c")]), "no such key {b}c");
    }
}
