//! The catalogue in words (`law/catalogue.toml`): what each rule asks, why, what breaks it, what keeps it and what mends it.
//! Findings, `shouyue explain` and `docs/law.md` all print from it; the console says first what stands in Chinese beside it
//! (`law/catalogue.zh.toml`).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde::de::DeserializeOwned;

static CATALOGUE: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    read_catalogue(include_str!("../../law/catalogue.toml"), include_str!("../../law/catalogue.zh.toml"))
});

/// Reads a catalogue and the Chinese beside it; nothing where one of them cannot be read, which tests would see.
pub(crate) fn read_catalogue(text: &str, chinese: &str) -> Vec<Entry> {
    let mut entries = read::<Entry>(text);
    let mut chinese: BTreeMap<String, Words> =
        read(chinese).into_iter().map(|Chinese { id, words }| (id, words)).collect();
    for entry in &mut entries {
        entry.chinese = chinese.remove(&entry.id);
    }
    entries
}

fn read<R: DeserializeOwned>(text: &str) -> Vec<R> {
    toml::from_str::<File<R>>(text).map_or_else(|_| Vec::new(), |file| file.rule)
}

#[derive(Deserialize)]
struct File<R> {
    rule: Vec<R>,
}

#[derive(Deserialize)]
struct Chinese {
    id: String,
    #[serde(flatten)]
    words: Words,
}

/// One rule in words. What the compiler does not check has no examples.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Entry {
    /// Number in the catalogue: `R41`.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// What it asks of a policy file.
    pub compile: Option<String>,
    /// What it asks of the running system.
    pub run: Option<String>,
    /// Whether no part of the running system does that yet. `docs/law.md` is not written where this is not so.
    #[serde(default, rename = "run-planned")]
    pub run_planned: bool,
    /// Why the law asks it.
    pub why: Option<String>,
    /// What mends it, in general.
    pub mend: Option<String>,
    /// Of a rule about the text: the rules of the law to which it gives way where they report the same element.
    #[serde(default)]
    pub yields: Vec<String>,
    /// Elements that break it.
    pub wrong: Option<String>,
    /// The same elements, mended.
    pub right: Option<String>,
    /// What of it is said in Chinese.
    #[serde(skip)]
    pub chinese: Option<Words>,
}

/// What is said of a rule in Chinese: at least each part that [`Entry`] has in words. Backticks stand around what files and
/// the program call so.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Words {
    /// What it is about.
    pub title: String,
    /// What it asks of a policy file.
    pub compile: Option<String>,
    /// What it asks of the running system.
    pub run: Option<String>,
    /// Why the law asks it.
    pub why: Option<String>,
    /// What mends it, in general.
    pub mend: Option<String>,
}

/// Every rule, by number.
pub fn catalogue() -> &'static [Entry] {
    &CATALOGUE
}

/// A rule by its code.
pub fn entry(code: &str) -> Option<&'static Entry> {
    CATALOGUE.iter().find(|entry| entry.id == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each catalogue with the Chinese beside it.
    const CATALOGUES: [[&str; 2]; 2] = [
        [include_str!("../../law/catalogue.toml"), include_str!("../../law/catalogue.zh.toml")],
        [include_str!("../../text/catalogue.toml"), include_str!("../../text/catalogue.zh.toml")],
    ];

    fn ids(text: &str) -> Vec<String> {
        let file: toml::Table = text.parse().unwrap();
        let rules = file["rule"].as_array().unwrap().iter();
        rules.map(|rule| rule["id"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn every_rule_is_said_in_chinese_and_nothing_that_is_none() {
        for [text, chinese] in CATALOGUES {
            assert_eq!(ids(chinese), ids(text), "each once, in the same order");
        }
    }

    #[test]
    fn what_is_said_in_english_is_said_in_chinese_too() {
        for [text, chinese] in CATALOGUES {
            for Entry { id, title, compile, run, why, mend, chinese, .. } in read_catalogue(text, chinese) {
                let words = chinese.unwrap();
                let parts = [
                    ("title", Some(title), Some(words.title)),
                    ("compile", compile, words.compile),
                    ("run", run, words.run),
                    ("why", why, words.why),
                    ("mend", mend, words.mend),
                ];
                for (part, english, chinese) in parts {
                    assert!(english.is_none() || chinese.is_some(), "{id}: {part}");
                    let sign = |sign: char| ('\u{4e00}'..='\u{9fff}').contains(&sign);
                    assert!(chinese.is_none_or(|said| said.contains(sign)), "{id}: {part} is not Chinese");
                }
            }
        }
    }

    #[test]
    fn what_files_are_told_to_say_stands_in_both() {
        // Keys, tables and rules that one names the other names, too; quoted in Chinese, where no space sets them apart.
        let named = |said: &str| -> Vec<String> {
            let words = said.split(|sign: char| !(sign.is_ascii_alphanumeric() || "-_.{}[]".contains(sign)));
            let told = words.filter(|word| {
                word.contains(".toml")
                    || word.starts_with("[[")
                    || word.starts_with('{')
                    || word
                        .strip_prefix(['R', 'T'])
                        .is_some_and(|n| !n.is_empty() && n.bytes().all(|d| d.is_ascii_digit()))
            });
            told.map(|word| word.trim_end_matches('.').to_owned()).collect()
        };
        for [text, chinese] in CATALOGUES {
            for Entry { id, why, mend, chinese, .. } in read_catalogue(text, chinese) {
                let words = chinese.unwrap();
                for (english, chinese) in [(why, words.why), (mend, words.mend)] {
                    let (Some(english), Some(chinese)) = (english, chinese) else { continue };
                    for name in named(&english) {
                        let quoted = chinese.split('`').skip(1).step_by(2).any(|quoted| quoted.contains(&name));
                        assert!(quoted, "{id}: `{name}` in {chinese}");
                    }
                    assert_eq!(chinese.matches('`').count() % 2, 0, "{id}: {chinese}");
                }
            }
        }
    }
}
