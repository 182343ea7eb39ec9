//! The law at compile time: what a policy file says, measured by what the law asks of such a text.
//!
//! One rule, one file: its number, how grave its gravest finding is, and the check. Why it stands, what breaks it, what
//! keeps it and what mends it are words, and stand once, in `law/catalogue.toml`; findings, `shouyue explain` and
//! `docs/law.md` print the same ones. Findings of the law never stop compilation (design invariant 5). Rules about the text
//! itself have the same shape and stand in [`text`].
//!
//! **The day.** A text holds until the next one takes its place, so it is measured by the newest law that the pack knows,
//! or by that of its own day where that is later still. A rule that came after the text says so in its citation.

mod address;
mod r01;
mod r02;
mod r03;
mod r04;
mod r05;
mod r06;
mod r07;
mod r08;
mod r09;
mod r10;
mod r11;
mod r12;
mod r13;
mod r14;
mod r15;
mod r16;
mod r17;
mod r18;
mod r19;
mod r20;
mod r21;
mod r23;
mod r24;
mod r25;
mod r26;
mod r28;
mod r29;
mod r30;
mod r31;
mod r32;
mod r33;
mod r35;
mod r36;
mod r37;
mod r39;
mod r40;
mod r41;
mod r42;
mod r43;
mod r44;
mod r45;
mod r46;
mod r47;
mod r48;
mod r49;
mod r50;
mod r51;
mod r53;
mod r54;
mod r56;
mod r57;
mod r58;
mod r61;
mod r62;
mod r63;
mod r64;
mod r65;
mod r66;
mod r68;
mod said;
#[cfg(test)]
mod tests;
pub mod text;
mod view;

use jiff::civil::Date;

use crate::finding::{Finding, Message, Severity, Source, Span};
use crate::law::{Citation, Entry};
use crate::resolve::Program;
use said::{Bilingual, said};
use view::View;

/// One rule of a catalogue, as the compiler checks it.
pub(crate) struct Rule {
    /// Its number in the catalogue.
    code: &'static str,
    /// The gravest that it reports.
    gravest: Severity,
    check: fn(&View<'_>, &mut Report<'_>),
}

/// Every rule that the compiler checks, by number.
const RULES: &[Rule] = &[
    r01::RULE,
    r02::RULE,
    r03::RULE,
    r04::RULE,
    r05::RULE,
    r06::RULE,
    r07::RULE,
    r08::RULE,
    r09::RULE,
    r10::RULE,
    r11::RULE,
    r12::RULE,
    r13::RULE,
    r14::RULE,
    r15::RULE,
    r16::RULE,
    r17::RULE,
    r18::RULE,
    r19::RULE,
    r20::RULE,
    r21::RULE,
    r23::RULE,
    r24::RULE,
    r25::RULE,
    r26::RULE,
    r28::RULE,
    r29::RULE,
    r30::RULE,
    r31::RULE,
    r32::RULE,
    r33::RULE,
    r35::RULE,
    r36::RULE,
    r37::RULE,
    r39::RULE,
    r40::RULE,
    r41::RULE,
    r42::RULE,
    r43::RULE,
    r44::RULE,
    r45::RULE,
    r46::RULE,
    r47::RULE,
    r48::RULE,
    r49::RULE,
    r50::RULE,
    r51::RULE,
    r53::RULE,
    r54::RULE,
    r56::RULE,
    r57::RULE,
    r58::RULE,
    r61::RULE,
    r62::RULE,
    r63::RULE,
    r64::RULE,
    r65::RULE,
    r66::RULE,
    r68::RULE,
];

/// The rules that the compiler checks, each with the gravest that it reports.
pub fn checked() -> impl Iterator<Item = (&'static str, Severity)> {
    RULES.iter().map(|rule| (rule.code, rule.gravest))
}

/// Measures a program by every rule that holds on its day.
pub(crate) fn check(program: &Program, policy: &Source, operation: Option<&Source>) -> Vec<Finding> {
    let day = day(program);
    let view = View { program, policy, operation, day };
    let in_force = RULES.iter().filter(|rule| program.law.holds(rule.code, day));
    in_force.flat_map(|rule| measure(rule, &view)).collect()
}

/// What one rule finds.
fn measure(rule: &'static Rule, view: &View<'_>) -> Vec<Finding> {
    let mut report = Report { rule, view, findings: Vec::new() };
    (rule.check)(view, &mut report);
    report.findings
}

/// A rule of the law or about the text, in words.
pub fn entry(code: &str) -> Option<&'static Entry> {
    crate::law::entry(code).or_else(|| text::catalogue().iter().find(|entry| entry.id == code))
}

/// The day whose law measures the text: of the newest law that is known, or its own where that is later.
fn day(program: &Program) -> Date {
    let newest = program.law.turns().max().unwrap_or(Date::ZERO);
    view::own_day(program).map_or(newest, |own| own.max(newest))
}

/// An article with concept and version, as printed with a finding.
fn cite(program: &Program, concept: &str, citation: &Citation) -> Message {
    let Citation { cite, from, certain, .. } = citation;
    let own = view::own_day(program).filter(|own| own < from);
    let later = own.map(|own| said!(", after this text of {own}", own)).unwrap_or_default();
    let unsure = said::unsure(*certain);
    said!("{cite} ({concept}; in force since {from}{later}{unsure})", cite, concept, from, later, unsure).into()
}

/// What mends the findings of a rule, by its catalogue.
fn mend(entry: &Entry) -> Option<Message> {
    let chinese = entry.chinese.as_ref().and_then(|words| words.mend.clone());
    Some(Message { english: entry.mend.clone()?, chinese })
}

/// Takes the findings of one rule.
pub(crate) struct Report<'r> {
    rule: &'static Rule,
    view: &'r View<'r>,
    findings: Vec<Finding>,
}

impl Report<'_> {
    /// Something that must be answered for before the text is published.
    fn error(&mut self, at: Span, message: Bilingual, label: Bilingual) {
        let finding = self.finding(Severity::Error, message).at(self.view.policy, at, label);
        self.findings.push(finding);
    }

    /// Something that somebody should look at.
    fn warning(&mut self, at: Span, message: Bilingual, label: Bilingual) {
        let finding = self.finding(Severity::Warning, message).at(self.view.policy, at, label);
        self.findings.push(finding);
    }

    /// A finding with its articles and the usual words of mending, and with no place yet.
    fn finding(&self, severity: Severity, message: Bilingual) -> Finding {
        let mut finding = Finding::new(self.rule.code, severity, message);
        finding.cites = self.cites(self.rule.code);
        finding.mend = entry(self.rule.code).and_then(mend);
        finding
    }

    /// What carries a rule on the day: every source in force.
    fn cites(&self, code: &str) -> Vec<Message> {
        let program = self.view.program;
        let Some(rule) = program.law.rule(code) else { return Vec::new() };
        let in_force = rule.sources.iter().filter(|source| source.holds(self.view.day));
        in_force.map(|source| cite(program, &rule.concept, source)).collect()
    }

    /// Reports a finding made by [`Report::finding`].
    fn push(&mut self, finding: Finding) {
        self.findings.push(finding);
    }
}
