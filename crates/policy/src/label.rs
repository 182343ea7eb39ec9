//! Chinese words for the closed lists of the language, read from `locales/words.toml`: those of pages, documents and findings.
//!
//! A word that the file lacks is said as it is written in a policy file, so that a page is never blank; a test holds every list
//! against its type.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use model::deadline::Span;
use serde::Serialize;

use crate::question::{Effect, Obligation, Outcome, Side};
use crate::syntax;

static WORDS: LazyLock<BTreeMap<String, BTreeMap<String, String>>> = LazyLock::new(|| parse().unwrap_or_default());

fn parse() -> Result<BTreeMap<String, BTreeMap<String, String>>, toml::de::Error> {
    toml::from_str(include_str!("../locales/words.toml"))
}

/// A word of a closed list.
pub trait Word: Copy + Serialize {
    /// The list in `locales/words.toml`.
    const LIST: &'static str;
}

macro_rules! lists {
    ($($list:literal: $word:ty),* $(,)?) => { $(
        impl Word for $word {
            const LIST: &'static str = $list;
        }
    )* };
}

lists! {
    "action": syntax::Action, "function-kind": syntax::FunctionKind, "basis": syntax::Basis, "form": syntax::Form,
    "need": syntax::Need, "trigger": syntax::Trigger, "reach": syntax::Reach, "person-kind": syntax::PersonKind,
    "use-kind": syntax::UseKind, "recipient-class": syntax::RecipientClass, "regime": syntax::Regime,
    "method": syntax::Method, "level": syntax::Level, "event": syntax::Event, "floor": syntax::Floor,
    "right": syntax::RightKind, "unit": syntax::Unit, "start": syntax::Start, "done": syntax::Done,
    "source-class": syntax::SourceClass, "authority": syntax::Authority, "delegate": syntax::Delegate,
    "refusal-list": syntax::RefusalList, "law-ground": syntax::LawGround, "change": syntax::Change,
    "archive": syntax::Archive, "limit": syntax::Limit, "moment": syntax::Moment,
    "route": syntax::Route, "statement": syntax::StatementKind, "handler-kind": syntax::HandlerKind,
    "category": syntax::Category, "route-abroad": syntax::RouteAbroad, "sensitive": syntax::Sensitive, "financial-level": syntax::FinancialLevel,
    "effect": Effect, "outcome": Outcome, "side": Side, "obligation": Obligation,
    "incident-regime": syntax::IncidentRegime, "incident-part": syntax::IncidentPart,
    "unit": model::deadline::Unit, "mask": model::field::Mask,
}

/// The Chinese word for a member of a closed list: `label(Basis::Consent)`.
pub fn label<W: Word>(word: W) -> String {
    let key = written(word);
    written_label::<W>(&key).map_or(key.clone(), str::to_owned)
}

/// The Chinese word for a member of a closed list as a file writes it; `None` where the list has no such member.
pub fn written_label<W: Word>(written: &str) -> Option<&'static str> {
    Some(WORDS.get(W::LIST)?.get(written)?.as_str())
}

/// The word as it is written in files and answers.
pub fn written(word: impl Serialize) -> String {
    serde_json::to_value(word).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A length of time: `15个工作日`.
pub(crate) fn length(of: Span) -> String {
    format!("{}{}", of.count, label(of.unit))
}

/// Fills each `{name}` of a phrase once, from left to right: what is filled in is never read as a blank again.
pub fn fill(phrase: &str, blanks: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(phrase.len());
    let mut rest = phrase;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        if let Some((_, value)) = blanks.iter().find(|(blank, _)| *blank == name) {
            filled.push_str(value);
        } else {
            filled.extend(["{", name, "}"]);
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;

    use super::*;
    use crate::syntax::*;

    /// Every member of a list, as serde names them when it refuses a word.
    fn members<W: DeserializeOwned>() -> Vec<String> {
        let refusal = serde_json::from_str::<W>("\"?\"").err().unwrap().to_string();
        let quoted: Vec<_> = refusal.split('`').skip(1).step_by(2).skip(1).map(str::to_owned).collect();
        assert!(quoted.len() > 1, "{refusal}");
        quoted
    }

    fn complete<W: Word + DeserializeOwned>() {
        let list = &WORDS[W::LIST];
        let mut words: Vec<_> = list.keys().cloned().collect();
        let mut members = members::<W>();
        words.sort();
        members.sort();
        assert_eq!(words, members, "list `{}`", W::LIST);
        assert!(list.values().all(|word| !word.trim().is_empty()));
    }

    #[test]
    fn every_word_has_its_label() {
        parse().expect("the locale file parses");
        macro_rules! complete { ($($word:ty),*) => { $( complete::<$word>(); )* } }
        complete!(
            Action,
            FunctionKind,
            Basis,
            Form,
            Need,
            Trigger,
            Reach,
            PersonKind,
            UseKind,
            RecipientClass,
            Regime,
            Method,
            Level,
            Event,
            Floor,
            RightKind,
            Unit,
            Start,
            Done,
            Route,
            SourceClass,
            Authority,
            Delegate,
            RefusalList,
            LawGround,
            Change,
            Archive,
            Limit,
            Moment,
            StatementKind,
            HandlerKind,
            RouteAbroad,
            Category,
            Sensitive,
            FinancialLevel,
            IncidentRegime,
            IncidentPart,
            Effect,
            Outcome,
            Side,
            Obligation,
            model::deadline::Unit,
            model::field::Mask
        );
    }

    #[test]
    fn blanks_are_filled_once() {
        assert_eq!(fill("{a}和{b}，{c}", &[("a", "{b}"), ("b", "乙")]), "{b}和乙，{c}");
        assert_eq!(fill("没有{", &[]), "没有{");
        assert_eq!(label(Basis::Consent), "取得个人同意");
        assert_eq!(label(Side::Law), "法律");
    }
}
