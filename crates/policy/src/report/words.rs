//! What a report says around its findings, from `locales/report.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::Count;
use crate::finding::{Language, Severity};
use crate::label::fill;
use crate::law::Citation;

static WORDS: LazyLock<Both> = LazyLock::new(|| parse().unwrap_or_default());

fn parse() -> Result<Both, toml::de::Error> {
    toml::from_str(include_str!("../../locales/report.toml"))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Both {
    english: Words,
    chinese: Words,
}

/// The words of one language; of three, those for errors, warnings and notes.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Words {
    levels: [String; 3],
    answered: [String; 3],
    one: [String; 3],
    many: [String; 3],
    none: String,
    between: String,
    more: String,
    pub(super) families: String,
    pub(super) acknowledged: String,
    pub(super) elsewhere: String,
    pub(super) clause: String,
    pub(super) rule: String,
    pub(super) help: String,
    of_law: String,
    of_both: String,
    publish_one: String,
    publish_many: String,
    pub(super) why: String,
    pub(super) stop: String,
    pub(super) sentence_clause: String,
    pub(super) sentence_by: String,
    pub(super) sentence_mend: String,
    pub(super) cites: String,
    pub(super) unchecked: String,
    pub(super) in_text: String,
    pub(super) in_system: String,
    pub(super) in_system_planned: String,
    by: String,
    until: String,
    unsure: String,
    pub(super) yields: String,
    pub(super) reason: String,
    pub(super) to_mend: String,
    pub(super) wrong: String,
    pub(super) right: String,
    hidden: String,
    version: String,
    versions: String,
}

impl Words {
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &WORDS.english,
            Language::Chinese => &WORDS.chinese,
        }
    }

    /// What a finding is called by how grave it is, and whether somebody answers for it.
    pub(super) fn level(&'static self, severity: Severity, is_open: bool) -> &'static str {
        let [error, warning, note] = if is_open { &self.levels } else { &self.answered };
        match severity {
            Severity::Error => error,
            Severity::Warning => warning,
            Severity::Note => note,
        }
    }

    pub(super) fn count(&self, Count { errors, warnings, notes, acknowledged }: Count) -> String {
        let words = self.one.iter().zip(&self.many);
        let some = [errors, warnings, notes].into_iter().zip(words).filter(|(n, _)| *n > 0);
        let some: Vec<String> =
            some.map(|(n, (one, many))| fill(if n == 1 { one } else { many }, &[("n", &n.to_string())])).collect();
        let open = if some.is_empty() { self.none.clone() } else { some.join(&self.between) };
        let more = (acknowledged > 0).then(|| fill(&self.more, &[("n", &acknowledged.to_string())]));
        open + &more.unwrap_or_default()
    }

    /// An article with the days of its force.
    pub(super) fn source(&self, Citation { cite, from, until, certain, .. }: &Citation) -> String {
        let until = until.map(|day| fill(&self.until, &[("day", &day.to_string())])).unwrap_or_default();
        let unsure = if *certain { "" } else { &self.unsure };
        fill(&self.by, &[("cite", cite), ("from", &from.to_string()), ("until", &until), ("unsure", unsure)])
    }

    /// How much was looked at, and left out.
    pub(super) fn seen(&self, versions: usize, hidden: usize) -> String {
        let count = |words: &str, n: usize| fill(words, &[("n", &n.to_string())]) + "\n";
        let versions = count(if versions == 1 { &self.version } else { &self.versions }, versions);
        if hidden > 0 { count(&self.hidden, hidden) + &versions } else { versions }
    }

    /// What keeps a text from being published: so many errors, and whether one is of the text itself.
    pub(super) fn publish(&self, errors: usize, of_text: bool) -> String {
        let of = if of_text { &self.of_both } else { &self.of_law };
        let words = if errors == 1 { &self.publish_one } else { &self.publish_many };
        fill(words, &[("n", &errors.to_string()), ("of", of)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_all_words() {
        let Both { english, chinese } = parse().unwrap();
        assert_ne!(english, chinese);
        let count = Count { errors: 1, warnings: 2, notes: 0, acknowledged: 3 };
        assert_eq!(english.count(count), "1 error, 2 warnings (3 more acknowledged)");
        assert_eq!(chinese.count(count), "1 个错误，2 个警告（另有 3 个已确认）");
        assert_eq!(
            (english.count(Count::default()), chinese.publish(2, true).contains("文本自身")),
            ("no findings".to_owned(), true)
        );
    }
}
