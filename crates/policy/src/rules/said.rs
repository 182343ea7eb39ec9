//! What a rule of the law or about the text says of a fault, in English and in Chinese: whoever answers for a text reads the one, whoever
//! works on a program that reads it the other. The English sentence stands where it is said, and under it the Chinese one, with the
//! same blanks, in `law/findings.zh.toml`.
//!
//! ```text
//! said!("`{name}` demands {items}", name = function.name.value, items = view.items(&group.items))
//! ```

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use model::deadline::Span as Length;

use crate::finding::Message;
use crate::label::{self, Word, fill, label};
use crate::law::Named;

/// A sentence, or a part of one, in both languages. In English published names stand in backticks, in Chinese in “…”, and ids and keys of
/// a file in backticks in both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Bilingual {
    pub(super) english: String,
    pub(super) chinese: String,
}

impl Bilingual {
    /// A sentence with its blanks filled in. [`said`] holds the blanks against the sentence.
    pub(super) fn of(english: &str, blanks: &[(&str, &dyn Say)]) -> Self {
        let filled = |sentence: &str, say: for<'s> fn(&'s dyn Say) -> Cow<'s, str>| {
            let said: Vec<(&str, Cow<'_, str>)> = blanks.iter().map(|(blank, filled)| (*blank, say(*filled))).collect();
            let said: Vec<(&str, &str)> = said.iter().map(|(blank, said)| (*blank, &**said)).collect();
            fill(sentence, &said)
        };
        let chinese = SENTENCES.get(english).map_or(english, String::as_str);
        Self { english: filled(english, |blank| blank.english()), chinese: filled(chinese, |blank| blank.chinese()) }
    }
}

impl From<Bilingual> for Message {
    fn from(said: Bilingual) -> Self {
        Self { english: said.english, chinese: Some(said.chinese) }
    }
}

impl From<&Named> for Bilingual {
    fn from(named: &Named) -> Self {
        Self { english: named.name.clone(), chinese: named.chinese.clone() }
    }
}

const CHINESE: &str = include_str!("../../law/findings.zh.toml");

/// Chinese sentences by the English ones.
static SENTENCES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let by_rule: BTreeMap<String, BTreeMap<String, String>> = toml::from_str(CHINESE).unwrap_or_default();
    by_rule.into_values().flatten().collect()
});

/// A sentence with its blanks: `said!("`{name}` is {what}", name, what = kind.value)`. What stands in a blank is something that can
/// [`Say`] itself; a blank too many or too few is no program.
macro_rules! said {
    (@filled $blank:ident) => { &$blank };
    (@filled $blank:ident $filled:expr) => { &$filled };
    ($english:literal $(, $blank:ident $(= $filled:expr)?)* $(,)?) => {{
        const { assert!($crate::rules::said::fits($english, &[$(stringify!($blank)),*]), "the blanks are not those of the sentence") };
        $crate::rules::said::Bilingual::of($english, &[$((stringify!($blank), said!(@filled $blank $($filled)?))),*])
    }};
}

pub(super) use said;

/// Whether a sentence has exactly these blanks, each at least once.
pub(super) const fn fits(sentence: &str, blanks: &[&str]) -> bool {
    let mut seen: u64 = 0;
    let mut rest = sentence.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first == b'{' {
            let place = place(rest, blanks);
            if place == blanks.len() {
                return false;
            }
            seen |= 1 << place;
        }
    }
    seen == (1 << blanks.len()) - 1
}

/// Which blank a sentence goes on with; after the last where it is none of them.
const fn place(sentence: &[u8], mut blanks: &[&str]) -> usize {
    let mut place = 0;
    while let [blank, others @ ..] = blanks {
        if goes_on(sentence, blank.as_bytes()) {
            return place;
        }
        blanks = others;
        place += 1;
    }
    place
}

const fn goes_on(mut sentence: &[u8], mut name: &[u8]) -> bool {
    while let ([said, rest @ ..], [letter, letters @ ..]) = (sentence, name) {
        if *said != *letter {
            return false;
        }
        (sentence, name) = (rest, letters);
    }
    matches!((sentence, name), ([b'}', ..], []))
}

/// What may stand in a blank.
pub(super) trait Say {
    fn english(&self) -> Cow<'_, str>;

    fn chinese(&self) -> Cow<'_, str>;
}

impl<T: Say + ?Sized> Say for &T {
    fn english(&self) -> Cow<'_, str> {
        (*self).english()
    }

    fn chinese(&self) -> Cow<'_, str> {
        (*self).chinese()
    }
}

impl Say for Bilingual {
    fn english(&self) -> Cow<'_, str> {
        Cow::from(&self.english)
    }

    fn chinese(&self) -> Cow<'_, str> {
        Cow::from(&self.chinese)
    }
}

impl Say for Length {
    fn english(&self) -> Cow<'_, str> {
        Cow::from(self.to_string())
    }

    fn chinese(&self) -> Cow<'_, str> {
        Cow::from(label::length(*self))
    }
}

/// A word of a closed list: in English as files write it, in Chinese as pages say it.
pub(super) struct Listed<W>(pub(super) W);

impl<W: Word> Say for Listed<W> {
    fn english(&self) -> Cow<'_, str> {
        Cow::from(label::written(self.0))
    }

    fn chinese(&self) -> Cow<'_, str> {
        Cow::from(label(self.0))
    }
}

/// What is the same in both: text as it was published, numbers, days.
macro_rules! alike {
    ($($of:ty)*) => { $(
        impl Say for $of {
            fn english(&self) -> Cow<'_, str> {
                Cow::from(self.to_string())
            }

            fn chinese(&self) -> Cow<'_, str> {
                Cow::from(self.to_string())
            }
        }
    )* };
}

alike! { str String u32 u64 usize i16 Date }

/// Names, as published, in a row; the first few of many.
pub(super) fn joined<T: Say>(names: impl IntoIterator<Item = T>) -> Bilingual {
    const SHOWN: usize = 6;
    let names: Vec<T> = names.into_iter().collect();
    let shown = names.iter().take(SHOWN).map(|name| said!("`{name}`", name));
    let all = in_a_row(shown).unwrap_or_default();
    match names.len().checked_sub(SHOWN) {
        Some(more) if more > 0 => {
            let more = Bilingual { english: more.to_string(), chinese: names.len().to_string() };
            said!("{all}, {more} more", all, more)
        }
        _ => all,
    }
}

/// Parts of a sentence in a row; `None` of none.
pub(super) fn in_a_row(parts: impl IntoIterator<Item = Bilingual>) -> Option<Bilingual> {
    parts.into_iter().reduce(|all, name| said!("{all}, {name}", all, name))
}

/// What is said at the end about a figure that counsel has yet to confirm; of others nothing.
pub(super) fn unsure(certain: bool) -> Bilingual {
    if certain { Bilingual::default() } else { said!(", to be confirmed by counsel") }
}

/// The same right behind the figure.
pub(super) fn unsure_there(certain: bool) -> Bilingual {
    if certain { Bilingual::default() } else { said!(" (to be confirmed by counsel)") }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use model::deadline::Unit;

    use super::*;
    use crate::syntax::RightKind;

    #[test]
    fn a_blank_is_filled_in_each_language() {
        let (right, length) = (Listed(RightKind::Access), Length::new(15, Unit::WorkingDays));
        let said = said!("{all}, {name}", all = right, name = length);
        assert_eq!((said.english.as_str(), said.chinese.as_str()), ("access, 15 working-days", "查阅、15个工作日"));
    }

    #[test]
    fn of_many_names_the_first_are_said() {
        let names = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛"];
        let Bilingual { english, chinese } = joined(names);
        assert_eq!(english, "`甲`, `乙`, `丙`, `丁`, `戊`, `己`, 2 more");
        assert_eq!(chinese, "“甲”、“乙”、“丙”、“丁”、“戊”、“己”等8项");
        assert_eq!(joined(names.into_iter().take(2)).chinese, "“甲”、“乙”");
        assert_eq!(joined(names.into_iter().take(6)).chinese, "“甲”、“乙”、“丙”、“丁”、“戊”、“己”");
    }

    #[test]
    fn blanks_are_held_against_their_sentence() {
        assert!(fits("`{a}` and {b}, {a}", &["a", "b"]) && fits("nothing", &[]));
        for (sentence, blanks) in [("`{a}`", &["a", "b"][..]), ("{a} {b}", &["a"]), ("{}", &[]), ("{ab}", &["a"])] {
            assert!(!fits(sentence, blanks), "{sentence}");
        }
    }

    /// Every sentence that is said in the sources of the rules.
    fn sentences(folder: &Path, to: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sentences(&path, to);
            } else if path.file_name().is_some_and(|name| name != "tests.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let product = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
                let code: String = product.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
                for said in code.split("said!(").skip(1) {
                    let Some(literal) = said.trim_start().strip_prefix('"') else { continue };
                    let (sentence, _) = literal.split_once('"').unwrap();
                    assert!(!sentence.contains('\\'), "a sentence on one line and without escapes: {sentence}");
                    to.push(sentence.to_owned());
                }
            }
        }
    }

    #[test]
    fn every_sentence_is_said_in_chinese_and_nothing_that_is_none() {
        let by_rule: BTreeMap<String, BTreeMap<String, String>> = toml::from_str(CHINESE).unwrap();
        let mut said = Vec::new();
        sentences(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules"), &mut said);
        said.sort();
        said.dedup();
        let mut known: Vec<&String> = by_rule.values().flat_map(BTreeMap::keys).collect();
        known.sort();
        assert_eq!(known, said.iter().collect::<Vec<_>>(), "each once");
        let blanks = |sentence: &str| {
            let mut names: Vec<String> =
                sentence.split('{').skip(1).map(|rest| rest.split('}').next().unwrap().to_owned()).collect();
            names.sort();
            names.dedup();
            names
        };
        for (english, chinese) in by_rule.values().flatten() {
            let (all, said) = (blanks(english), blanks(chinese));
            // A concept of the law is an English id, for whoever works on the program.
            assert!(
                said.iter().all(|blank| all.contains(blank))
                    && all.iter().all(|blank| blank == "concept" || said.contains(blank)),
                "{english}"
            );
            assert!(!chinese.is_ascii() && !chinese.contains(['"', ';', ',']), "{chinese}");
        }
    }
}
