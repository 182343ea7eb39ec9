//! R41: promises for rights are no later than the law's, and hold without escape.

use jiff::civil::{Date, date};
use model::calendar::Calendar;
use model::deadline::{self, Span as Length};

use super::said::{Listed, joined, said};
use super::view::{View, ways};
use super::{Report, Rule};
use crate::finding::Severity;
use crate::law::RightClock;
use crate::syntax::{Clock, Done, Right, RightKind, Route, Stated, quoted};

pub(super) const RULE: Rule = Rule { code: "R41", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    unpromised(view, to);
    for clock in &view.said().clocks {
        let runs = |right: &&Right| right.clock.said().is_some_and(|named| named.text == clock.id.as_str());
        let rights: Vec<RightKind> = view.said().rights.iter().filter(runs).map(|right| right.kind.value).collect();
        late(view, clock, &rights, to);
        if rights.is_empty() {
            continue;
        }
        if let Stated::Said(overrun) = &clock.overrun {
            let (clock, words) = (clock.id.as_str(), quoted(overrun));
            let message = said!("the promise `{clock}` lets itself run over: `{words}`", clock, words);
            to.warning(overrun.span, message, said!("a way out"));
        }
        unfinished(clock, &rights, to);
    }
}

/// Where a text promises no day, the law's holds, and nobody reads it there: one finding for all such rights.
fn unpromised(view: &View<'_>, to: &mut Report<'_>) {
    let legal = |right: &&Right| view.program.law.right_clock(right.kind.value, view.day).is_some();
    let unpromised = |right: &&Right| right.clock.said().is_none() && !is_done_at_once(right);
    let rights: Vec<&Right> = view.said().rights.iter().filter(legal).filter(unpromised).collect();
    let Some(first) = rights.first() else { return };
    let names = joined(rights.iter().map(|right| Listed(right.kind.value)));
    let finding = to.finding(Severity::Note, said!("the text promises no day for {names}", names));
    to.push(finding.at(view.policy, first.kind.span, said!("by when?")));
}

/// What people do themselves is done as they do it; the law asks for a day where somebody else must act
/// (《App违法违规收集使用个人信息行为认定方法》第六条: 需人工处理的).
fn is_done_at_once(right: &Right) -> bool {
    const BY_ONESELF: [RightKind; 5] =
        [RightKind::Access, RightKind::Copy, RightKind::Correct, RightKind::Withdraw, RightKind::Object];
    let mut ways = ways(&right.routes).peekable();
    BY_ONESELF.contains(&right.kind.value) && ways.peek().is_some() && ways.all(|way| way == Route::SelfService)
}

/// Rights of one clock are told together by the law's clock that they break.
fn late(view: &View<'_>, clock: &Clock, rights: &[RightKind], to: &mut Report<'_>) {
    let promised = clock.length.span();
    let mut told: Vec<&RightClock> = Vec::new();
    for legal in rights.iter().filter_map(|kind| view.program.law.right_clock(*kind, view.day)) {
        if told.contains(&legal) {
            continue;
        }
        told.push(legal);
        let broken = rights.iter().filter(|kind| view.program.law.right_clock(**kind, view.day) == Some(legal));
        let broken = joined(broken.map(|kind| Listed(*kind)));
        let (law, at) = (legal.span(), clock.length.count.span);
        match lateness(promised, law) {
            Lateness::Never => {}
            Lateness::Always if legal.certain => {
                let message = said!("{promised} for {broken} are later than the law's {law}", promised, broken, law);
                to.error(at, message, said!("too late"));
            }
            Lateness::Always => {
                let message =
                    said!("{promised} for {broken} are later than the {law} of the standard", promised, broken, law);
                to.warning(at, message, said!("too late"));
            }
            Lateness::Sometimes { days, year } => {
                let message = said!(
                    "{promised} for {broken} are later than {law} on {days} days of receipt in {year}",
                    promised,
                    broken,
                    law,
                    days,
                    year
                );
                to.warning(at, message, said!("too late at times"));
            }
        }
    }
}

/// What is to be done must be done by then, not only answered.
fn unfinished(clock: &Clock, rights: &[RightKind], to: &mut Report<'_>) {
    const DONE: [RightKind; 5] =
        [RightKind::Correct, RightKind::Supplement, RightKind::Delete, RightKind::Withdraw, RightKind::CloseAccount];
    let open: Vec<RightKind> = rights.iter().copied().filter(|kind| DONE.contains(kind)).collect();
    if clock.done.value == Done::Answer && !open.is_empty() {
        let names = joined(open.into_iter().map(Listed));
        let message = said!("the clock promises an answer for {names}, and no day by which it is done", names);
        to.warning(clock.done.span, message, said!("an answer only"));
    }
}

/// How often a promise is later than the law.
#[derive(Debug, PartialEq, Eq)]
enum Lateness {
    Never,
    Sometimes { days: usize, year: i16 },
    Always,
}

/// Compares by figures in one unit; across units by every day of receipt in the newest year with a calendar.
fn lateness(promised: Length, law: Length) -> Lateness {
    if promised.unit == law.unit {
        return if promised.count > law.count { Lateness::Always } else { Lateness::Never };
    }
    let calendar = Calendar::bundled();
    // Its last months reach into a year that may have no notice yet, so the year before stands for all.
    let Some(year) = calendar.known_years().last().map(|year| year - 1) else { return Lateness::Never };
    let days: Vec<Date> = date(year, 1, 1).series(jiff::ToSpan::days(1)).take_while(|day| day.year() == year).collect();
    let late = days.iter().filter(|day| is_later(**day, promised, law, calendar)).count();
    match late {
        0 => Lateness::Never,
        all if all == days.len() => Lateness::Always,
        days => Lateness::Sometimes { days, year },
    }
}

/// Of a request that is received at the last moment of the day.
fn is_later(day: Date, promised: Length, law: Length, calendar: &Calendar) -> bool {
    let ends = |length: Length| {
        if length.unit == deadline::Unit::Hours {
            let received = model::calendar::midnight_in_shanghai(day.tomorrow().ok()?).ok()?;
            return deadline::due(received, length, calendar).ok().map(|due| due.ends());
        }
        deadline::due(day, length, calendar).ok().map(|due| due.ends())
    };
    ends(promised).zip(ends(law)).is_some_and(|(promised, law)| promised > law)
}

#[cfg(test)]
mod tests {
    use model::deadline::Unit;

    use super::*;

    #[test]
    fn thirty_days_are_always_later_than_fifteen_working_days_and_fourteen_never() {
        let law = Length::new(15, Unit::WorkingDays);
        let against = |count, unit| lateness(Length::new(count, unit), law);
        assert_eq!(against(30, Unit::Days), Lateness::Always);
        assert_eq!(against(1, Unit::Months), Lateness::Always);
        assert_eq!(against(14, Unit::Days), Lateness::Never);
        assert_eq!(against(48, Unit::Hours), Lateness::Never);
        assert_eq!(against(15, Unit::WorkingDays), Lateness::Never);
        assert_eq!(against(16, Unit::WorkingDays), Lateness::Always);
        assert!(matches!(against(21, Unit::Days), Lateness::Sometimes { .. }));
    }
}
