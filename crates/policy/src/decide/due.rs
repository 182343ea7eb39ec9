//! `due`: when a clock runs out, by promise and by law.

use jiff::Timestamp;
use jiff::civil::Date;
use model::calendar::{Calendar, day_in_shanghai, midnight_in_shanghai};
use model::deadline::{self, Span};

use super::render::plain;
use crate::compile::Tables;
use crate::question::{Code, DueAnswer, DueAsked, DueDate, Reason, Side};
use crate::resolve::Program;
use crate::syntax::{Clock, Kind, RightKind};

impl Tables {
    /// When a clock runs out: a clock of the policy by id or clause, or the word of a right.
    pub fn due(&self, asked: &DueAsked, now: Timestamp) -> DueAnswer {
        let program = self.program();
        let right = right_of(&asked.clock);
        let clock = named(program, &asked.clock);
        let published = clock.and_then(|clock| by_clock(clock, asked.since));
        let law = right.and_then(|right| by_law(program, right, asked.since));
        let day = day_in_shanghai(now);
        let mut reasons = Vec::new();
        if published.is_none() {
            let code = if right.is_none() && clock.is_none() { Code::NotDeclared } else { Code::NotStated };
            reasons.push(plain(program, code, Side::Published, None, day));
        }
        if let (Some(due), None) = (&law, &published) {
            reasons
                .push(Reason { article: due.article.clone(), ..plain(program, Code::NotStated, Side::Law, None, day) });
        }
        reasons.extend(clock.into_iter().flat_map(|clock| overrun(program, clock, asked.since)));
        DueAnswer { due: earlier(published.clone(), law.clone()), published, law, reasons, tables: self.fingerprint() }
    }

    /// How long the clock of the policy runs that is meant by the word of a right, or by its own name.
    pub(crate) fn clock_length(&self, clock: &str) -> Option<Span> {
        Some(named(self.program(), clock)?.length.span())
    }

    /// Whether the text permits itself to take longer over a right than its clock runs.
    pub(crate) fn overruns(&self, right: RightKind) -> bool {
        clock_of(self.program(), right).is_some_and(|clock| clock.overrun.said().is_some())
    }
}

/// The right of which this is the word.
fn right_of(clock: &str) -> Option<RightKind> {
    RightKind::ALL.iter().copied().find(|right| right.word() == clock)
}

/// The clock of the policy that is meant by the word of a right, or by its own name.
fn named<'p>(program: &'p Program, clock: &str) -> Option<&'p Clock> {
    if let Some(right) = right_of(clock) {
        return clock_of(program, right);
    }
    let id = program.names.find(Kind::Clock, clock).ok()?;
    program.policy.clocks.iter().find(|clock| clock.id.value == id)
}

/// The clock that the text sets for a right.
pub(super) fn clock_of(program: &Program, right: RightKind) -> Option<&Clock> {
    let stated = program.policy.rights.iter().find(|one| one.kind.value == right)?;
    let clock = stated.clock.said()?;
    program.policy.clocks.iter().find(|one| one.id.as_str() == clock.text)
}

/// The text permits itself to take longer: it says so; the law bears no such clause (R41), and the day stands.
pub(super) fn overrun(program: &Program, clock: &Clock, since: Date) -> Vec<Reason> {
    if clock.overrun.said().is_none() {
        return Vec::new();
    }
    let clause = clock.clause.first().map(|clause| clause.value.clone());
    let by_text = Reason { clause, ..plain(program, Code::OverrunInText, Side::Published, None, since) };
    vec![by_text, plain(program, Code::OverrunNotInLaw, Side::Law, Some(41), since)]
}

pub(super) fn earlier(published: Option<DueDate>, law: Option<DueDate>) -> Option<DueDate> {
    match (published, law) {
        (Some(a), Some(b)) => Some(if b.ends < a.ends { b } else { a }),
        (one, other) => one.or(other),
    }
}

/// By a clock of the policy, from the day that the question names. Whether that is the receipt or another start is for the
/// asker to know; a start that is not stated is the day of receipt (invariant 6), and so is one that waits for the
/// handler's own verifying (R42: a clock that the handler can hold back binds nobody).
pub(super) fn by_clock(clock: &Clock, since: Date) -> Option<DueDate> {
    let span = clock.length.span();
    due_after(span, since, clock.id.as_str(), true)
}

/// By the clock that the law sets for a right.
pub(super) fn by_law(program: &Program, right: RightKind, since: Date) -> Option<DueDate> {
    let clock = program.law.right_clock(right, since)?;
    let rule = clock.rule.trim_start_matches('R').parse().ok();
    let due = due_after(clock.span(), since, &clock.rule, clock.certain)?;
    let article = rule.and_then(|rule| program.law.article(rule, since)).map(str::to_owned);
    Some(DueDate { article, ..due })
}

/// Hours run from the beginning of a day of which only the date is known: the earliest end. The date names the calendar that
/// it was counted on, and whether a notice yet to come can move it (R64).
fn due_after(span: Span, since: Date, clock: &str, confirmed: bool) -> Option<DueDate> {
    let calendar = Calendar::bundled();
    let due = if span.unit == deadline::Unit::Hours {
        deadline::due(midnight_in_shanghai(since).ok()?, span, calendar).ok()?
    } else {
        deadline::due(since, span, calendar).ok()?
    };
    Some(DueDate {
        day: due.day(),
        ends: due.ends(),
        clock: clock.to_owned(),
        article: None,
        calendar: due.calendar.as_str().to_owned(),
        certainty: due.certainty,
        confirmed,
    })
}
