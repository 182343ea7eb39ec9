//! The words of `vocabulary/mentions.toml`: how texts count, divide themselves, and call what they mention.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::page::folded;
use crate::syntax::{RecipientClass, RightKind, Unit};

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    toml::from_str::<Words>(include_str!("../../vocabulary/mentions.toml")).map(Words::folded).unwrap_or_default()
});

/// Words by group, whatever groups are called by.
type Groups<K> = BTreeMap<K, Vec<String>>;

/// The whole file, its signs folded as those of a page are.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Words {
    pub(super) numerals: Numerals,
    pub(super) headings: Headings,
    pub(super) pages: Plain,
    pub(super) periods: Periods,
    pub(super) rights: Groups<RightKind>,
    pub(super) permissions: Groups<String>,
    pub(super) recipients: Groups<RecipientClass>,
    pub(super) companies: Companies,
    pub(super) items: Groups<String>,
    pub(super) enumerations: Enumerations,
    pub(super) silence: Plain,
}

/// A list of words.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plain {
    pub(super) words: Vec<String>,
}

/// Numerals up to 999.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Numerals {
    digits: String,
    also: Vec<(char, u32)>,
    ten: char,
    hundred: char,
}

/// What stands around the number of a clause.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Headings {
    pub(super) before: String,
    pub(super) after: Vec<String>,
    pub(super) point: Vec<String>,
    pub(super) annexes: Vec<String>,
    pub(super) ends: Vec<String>,
}

/// Words of lengths of time.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Periods {
    pub(super) units: Groups<Unit>,
    pub(super) multiples: Vec<Multiple>,
    pub(super) halves: BTreeMap<Unit, Measure>,
    pub(super) not_after: Vec<String>,
    pub(super) year: String,
    pub(super) month: String,
    pub(super) half: String,
    pub(super) half_not_after: Vec<String>,
    pub(super) half_not_before: Vec<String>,
    pub(super) silence: Vec<String>,
}

/// Words for so many of a unit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Multiple {
    pub(super) words: Vec<String>,
    count: u32,
    unit: Unit,
}

/// So many of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Measure {
    pub(super) count: u32,
    pub(super) unit: Unit,
}

/// How texts enumerate what they take in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Enumerations {
    pub(super) sign: String,
    pub(super) joins: Vec<String>,
    pub(super) stops: Vec<String>,
    pub(super) sentences: Vec<String>,
    pub(super) rest: Vec<String>,
    pub(super) verbs: Vec<String>,
    pub(super) leads: Vec<String>,
    pub(super) phrases: Vec<String>,
    pub(super) items: Groups<String>,
}

/// How registered names of companies end, what they do not hold, and what texts leave out of them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Companies {
    pub(super) ends: Vec<String>,
    pub(super) stops: Vec<String>,
    pub(super) places: Vec<String>,
    pub(super) trades: Vec<String>,
}

impl Words {
    /// The words of the file. None at all in a build whose file does not read, which a test refuses.
    pub(super) fn bundled() -> &'static Self {
        &WORDS
    }

    fn folded(mut self) -> Self {
        let lists = [
            &mut self.headings.after,
            &mut self.headings.point,
            &mut self.headings.annexes,
            &mut self.headings.ends,
            &mut self.pages.words,
            &mut self.companies.ends,
            &mut self.companies.stops,
            &mut self.companies.places,
            &mut self.companies.trades,
            &mut self.periods.silence,
            &mut self.silence.words,
            &mut self.enumerations.joins,
            &mut self.enumerations.stops,
            &mut self.enumerations.sentences,
            &mut self.enumerations.rest,
            &mut self.enumerations.verbs,
            &mut self.enumerations.leads,
            &mut self.enumerations.phrases,
        ];
        let multiples = self.periods.multiples.iter_mut().map(|multiple| &mut multiple.words);
        let groups = self.periods.units.values_mut().chain(self.rights.values_mut());
        let groups = groups.chain(self.permissions.values_mut()).chain(self.recipients.values_mut());
        let all = lists.into_iter().chain(multiples).chain(groups).chain(self.items.values_mut());
        let all = all.chain(self.enumerations.items.values_mut());
        for word in all.flatten() {
            *word = folded(word);
        }
        self
    }
}

impl Multiple {
    pub(super) const fn measure(&self) -> Measure {
        Measure { count: self.count, unit: self.unit }
    }
}

impl Companies {
    /// What texts call a company by that have its registered name elsewhere, the longest first: without the end that the law demands,
    /// without its seat, and without what it trades in. Nothing for a name that is none of a company.
    pub(super) fn short<'n>(&self, name: &'n str) -> Vec<&'n str> {
        let longest = |words: &[String], fits: &dyn Fn(&str) -> bool| {
            words.iter().map(String::as_str).filter(|word| fits(word)).map(str::len).max()
        };
        let Some(end) = longest(&self.ends, &|end| name.ends_with(end)) else { return Vec::new() };
        let Some(mut bare) = name.get(..name.len() - end) else { return Vec::new() };
        let mut short = vec![bare];
        // The seat stands before the name, or in brackets behind it.
        if let Some((before, _)) = bare.split_once('(').filter(|(before, _)| !before.is_empty()) {
            bare = before;
            short.push(bare);
        }
        if let Some(rest) = longest(&self.places, &|place| bare.starts_with(place)).and_then(|place| bare.get(place..))
        {
            bare = rest;
            short.push(bare);
        }
        while let Some(rest) = longest(&self.trades, &|trade| bare.ends_with(trade)) {
            bare = bare.get(..bare.len() - rest).unwrap_or_default();
            short.push(bare);
        }
        short.retain(|name| name.chars().count() > 1);
        short
    }
}

impl Numerals {
    /// The value of one digit.
    fn digit(&self, sign: char) -> Option<u32> {
        let known = self.digits.chars().zip(0_u32..).find(|(digit, _)| *digit == sign).map(|(_, value)| value);
        known.or_else(|| self.also.iter().find(|(digit, _)| *digit == sign).map(|(_, value)| *value))
    }

    /// Whether a sign stands in numerals.
    pub(super) fn holds(&self, sign: char) -> bool {
        sign == self.ten || sign == self.hundred || self.digit(sign).is_some()
    }

    /// The numeral that `text` begins with, and its length in bytes: up to 999.
    pub(super) fn read(&self, text: &str) -> Option<(u32, usize)> {
        let (mut whole, mut digit, mut len) = (0_u32, None, 0);
        for sign in text.chars() {
            if let Some(value) = self.digit(sign) {
                // Two digits in a row are a year or a telephone, spelled sign by sign.
                if digit.replace(value).is_some_and(|before| before > 0) {
                    return None;
                }
            } else if sign == self.ten || sign == self.hundred {
                let place = if sign == self.ten { 10 } else { 100 };
                whole += digit.take().unwrap_or(1) * place;
            } else {
                break;
            }
            len += sign.len_utf8();
        }
        (len > 0).then_some((whole + digit.unwrap_or(0), len)).filter(|(value, _)| *value < 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_reads_and_every_word_is_something() {
        let words = Words::bundled();
        assert_eq!(words.rights.len(), RightKind::ALL.len(), "a right without words would be seen nowhere");
        assert_eq!(words.periods.units.len(), Unit::ALL.len());
        let groups = words.rights.values().chain(words.permissions.values()).chain(words.recipients.values());
        assert!(words.headings.ends.iter().chain(&words.pages.words).all(|word| !word.is_empty()));
        assert!(groups.chain(words.items.values()).flatten().all(|word| word.chars().count() > 1));
        let lists = &words.enumerations;
        let own =
            [&lists.joins, &lists.stops, &lists.sentences, &lists.rest, &lists.verbs, &lists.leads, &lists.phrases];
        assert!(own.into_iter().chain(lists.items.values()).all(|list| !list.is_empty()) && !lists.sign.is_empty());
        assert!(own.into_iter().chain(lists.items.values()).flatten().all(|word| !word.is_empty()));
        assert!(words.periods.halves.keys().all(|unit| words.periods.units.contains_key(unit)));
    }

    #[test]
    fn companies_are_called_by_less_than_they_are_registered_by() {
        let short = |name: &str| Words::bundled().companies.short(&folded(name)).join(" ");
        assert_eq!(short("宁波市东湖计算机系统有限公司"), "宁波市东湖计算机系统 东湖计算机系统 东湖");
        assert_eq!(short("云杉网络科技（北京）有限公司"), "云杉网络科技(北京) 云杉网络科技 云杉");
        assert_eq!(short("北海再保险股份有限公司"), "北海再保险 北海");
        assert_eq!(short("再保险人"), "");
        assert_eq!(short("北京有限公司"), "北京");
    }

    #[test]
    fn numerals_are_read_as_far_as_they_go() {
        let numerals = &Words::bundled().numerals;
        let read = |text| numerals.read(text).map(|(value, _)| value);
        assert_eq!(read("十五个"), Some(15));
        assert_eq!(read("二十"), Some(20));
        assert_eq!(read("三十一、"), Some(31));
        assert_eq!(read("一百八十日"), Some(180));
        assert_eq!(read("一百零五"), Some(105));
        assert_eq!(read("两年"), Some(2));
        assert_eq!(read("二〇二二年"), None);
        assert_eq!(read("年"), None);
    }
}
