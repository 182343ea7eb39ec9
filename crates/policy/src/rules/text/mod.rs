//! The text itself at compile time: what a published text says, held against what it says elsewhere. No law is asked.
//!
//! One rule, one file, in the shape of the rules of the law. Words stand once, in `text/catalogue.toml`, which also says to
//! which rules of the law each of these gives way: one fault is told under one code.

mod claims;
mod clause;
mod number;
mod opposed;
mod t01;
mod t02;
mod t03;
mod t04;
mod t05;
mod t06;
mod t07;
mod t08;
mod t09;
mod t10;
mod t11;
mod t12;
mod t13;
mod t14;
mod t15;
mod t16;
mod t17;
mod t18;
mod t19;
mod wording;

use std::sync::LazyLock;

pub use clause::same_place;
pub(super) use clause::{around, chapter};

use super::view::View;
use super::{Rule, day, measure};
use crate::finding::{Finding, Severity, Source};
use crate::law::Entry;
use crate::resolve::Program;

/// Every rule about the text itself, by number.
const RULES: &[Rule] = &[
    t01::RULE,
    t02::RULE,
    t03::RULE,
    t04::RULE,
    t05::RULE,
    t06::RULE,
    t07::RULE,
    t08::RULE,
    t09::RULE,
    t10::RULE,
    t11::RULE,
    t12::RULE,
    t13::RULE,
    t14::RULE,
    t15::RULE,
    t16::RULE,
    t17::RULE,
    t18::RULE,
    t19::RULE,
];

const TEXT: &str = include_str!("../../../text/catalogue.toml");
const CHINESE: &str = include_str!("../../../text/catalogue.zh.toml");

static CATALOGUE: LazyLock<Vec<Entry>> = LazyLock::new(|| crate::law::read_catalogue(TEXT, CHINESE));

/// Every rule about the text in words, by number.
pub fn catalogue() -> &'static [Entry] {
    &CATALOGUE
}

/// The rules about the text, each with the gravest that it reports.
pub fn checked() -> impl Iterator<Item = (&'static str, Severity)> {
    RULES.iter().map(|rule| (rule.code, rule.gravest))
}

/// Holds a text against itself.
pub(crate) fn check(program: &Program, policy: &Source, operation: Option<&Source>) -> Vec<Finding> {
    let view = View { program, policy, operation, day: day(program) };
    RULES.iter().flat_map(|rule| measure(rule, &view)).collect()
}

/// Drops findings of the text whose fault a rule of the law has told of the same element, by what the catalogue says. The
/// findings name their elements already.
pub(crate) fn give_way(findings: &mut Vec<Finding>) {
    let place = |finding: &Finding| Some((finding.places.first()?.file.clone(), finding.element.clone()?));
    let of_law: Vec<_> = findings
        .iter()
        .filter(|finding| finding.code.starts_with('R'))
        .filter_map(|finding| Some((finding.code, place(finding)?)))
        .collect();
    findings.retain(|finding| {
        let yields = CATALOGUE.iter().find(|entry| entry.id == finding.code).map(|entry| entry.yields.as_slice());
        let Some((yields, here)) = yields.filter(|yields| !yields.is_empty()).zip(place(finding)) else { return true };
        !of_law.iter().any(|(code, there)| yields.iter().any(|to| to == code) && *there == here)
    });
}
