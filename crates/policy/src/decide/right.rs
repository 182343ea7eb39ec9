//! `right` and `due`: whether a right is granted, by which route, and when a clock runs out.

use jiff::Timestamp;
use jiff::civil::Date;
use model::act::{Account, Born, Life, SubjectState};
use model::calendar::{Calendar, day_in_shanghai, midnight_in_shanghai};
use model::deadline::{self, Span};

use super::render::{cite, plain};
use crate::compile::Tables;
use crate::question::{Code, DueAnswer, DueAsked, DueDate, Grant, Reason, RightAnswer, RightAsked, RightVerdict, Side};
use crate::syntax::{Clock, Kind, Right, RightKind, Unit};

impl Tables {
    /// Whether a right may be exercised, and by when it is answered.
    ///
    /// The law grants every right of PIPL art. 44–50 and knows two obstacles: a legal floor that still runs (R46: what
    /// would be deleted is restricted instead), and somebody who is not entitled. The text may promise more; where it
    /// grants less, or refuses on a ground of its own, the law stands (invariant 4: grant before refuse; of two due
    /// dates the earlier).
    pub fn right(&self, asked: &RightAsked, subject: &SubjectState, born: Option<Born>, now: Timestamp) -> RightAnswer {
        let at = asked.at.unwrap_or(now);
        let day = day_in_shanghai(at);
        let stated = self.program().policy.rights.iter().find(|right| right.kind.value == asked.right);
        let published = self.right_by_policy(asked, stated, subject, born, day);
        let law = self.right_by_law(asked, subject, born, day);
        let due = earlier(published.due.clone(), law.due.clone());
        let effect = published.effect.max(law.effect);
        let remedy = if effect == Grant::Granted { Vec::new() } else { self.remedy() };
        let routes = stated.and_then(|right| right.routes.said()).cloned().unwrap_or_default();
        RightAnswer {
            right: asked.right,
            effect,
            published,
            law,
            routes,
            path: stated.and_then(|right| right.path.as_ref()).map(|path| path.value.clone()),
            due,
            remedy,
            tables: self.fingerprint(),
            as_of: at,
        }
    }

    fn right_by_policy(
        &self,
        asked: &RightAsked,
        stated: Option<&Right>,
        subject: &SubjectState,
        born: Option<Born>,
        day: Date,
    ) -> RightVerdict {
        let program = self.program();
        let reason =
            |code, clause: Option<String>| Reason { clause, ..plain(program, code, Side::Published, None, day) };
        let Some(right) = stated else {
            // Not stated: what the law gives (invariant 6).
            let law = self.right_by_law(asked, subject, born, day);
            return RightVerdict { due: None, reasons: vec![reason(Code::NotStated, None)], ..law };
        };
        let clause = right.clause.first().map(|clause| clause.value.clone());
        let due =
            right.clock.said().and_then(|clock| self.clock(&clock.text)).and_then(|clock| due_by(clock, asked.since));
        let mut verdict = RightVerdict { effect: Grant::Granted, due, reasons: Vec::new(), blocked_by: Vec::new() };
        let functions = program.policy.functions.iter();
        let functions =
            functions.filter(|one| right.excludes_functions.iter().any(|named| named.text == one.id.as_str()));
        let groups = functions.filter_map(|function| function.collects.said()).flatten();
        let excluded = right.excludes.iter().chain(groups.flat_map(|group| &group.items));
        let asked_items: Vec<_> =
            asked.items.iter().filter_map(|text| program.names.find(Kind::Item, text).ok()).collect();
        let left_out = excluded.into_iter().any(|item| asked_items.iter().any(|id| id.as_str() == item.text));
        if left_out {
            verdict.effect = Grant::Refused;
            verdict.reasons.push(reason(Code::RightNotGranted, clause.clone()));
        }
        if !right.only_when.is_empty() && asked.ground.is_none() {
            verdict.effect = Grant::Refused;
            verdict.reasons.push(reason(Code::ConditionFalse, clause.clone()));
            verdict.blocked_by.extend(right.only_when.iter().map(|when| when.value.clone()));
        }
        if let Some(ground) = &asked.ground {
            match program
                .policy
                .refusals
                .iter()
                .find(|refusal| names(refusal.id.as_str(), refusal.number.value, &refusal.name, ground))
            {
                Some(refusal) => {
                    verdict.effect = Grant::Refused;
                    let clause = refusal.clause.first().map(|clause| clause.value.clone());
                    verdict
                        .reasons
                        .push(Reason { fact: Some(refusal.id.to_string()), ..reason(Code::RightNotGranted, clause) });
                }
                None => {
                    verdict
                        .reasons
                        .push(Reason { fact: Some(ground.clone()), ..reason(Code::GroundNotInList, clause) });
                }
            }
        }
        let in_force = subject.records.iter().any(|record| record.life == Life::Live && record.in_force(day));
        if !right.blocked_by.is_empty() && in_force && verdict.effect == Grant::Granted {
            verdict.effect = Grant::Blocked;
            verdict.blocked_by = right.blocked_by.iter().map(|block| block.value.clone()).collect();
            verdict.reasons.push(reason(Code::Blocked, right.clause.first().map(|clause| clause.value.clone())));
        }
        verdict
    }

    fn right_by_law(&self, asked: &RightAsked, subject: &SubjectState, born: Option<Born>, day: Date) -> RightVerdict {
        let program = self.program();
        let due = program.law.right_clock(asked.right, asked.since).and_then(|clock| {
            let confirmed = clock.certain;
            due_after(clock.span(), asked.since, &clock.rule, confirmed)
        });
        let mut verdict = RightVerdict { effect: Grant::Granted, due, reasons: Vec::new(), blocked_by: Vec::new() };
        if !entitled(&asked.by, born, day, program.law.ages().minor) {
            verdict.effect = Grant::Refused;
            verdict.reasons.push(plain(program, Code::ConsentByOther, Side::Law, Some(43), day));
        }
        let deletes = matches!(asked.right, RightKind::Delete | RightKind::CloseAccount);
        let floor_runs = subject.records.iter().any(|record| {
            record.life != Life::Erased && {
                let dates = self.retain_record(record, day);
                let kept = record.in_force(day) || record.open_claim;
                kept || dates.erase_not_before.is_none_or(|free| day < free) && self.has_floor(record.class.as_str())
            }
        });
        if deletes && floor_runs && program.law.holds("R46", day) && verdict.effect == Grant::Granted {
            // An account is closed all the same (R50); what must be kept is kept, restricted.
            if asked.right == RightKind::Delete {
                verdict.effect = Grant::Blocked;
            }
            verdict.reasons.push(plain(program, Code::FloorRuns, Side::Law, Some(46), day));
        }
        if asked.right == RightKind::CloseAccount && subject.account == Account::Closed {
            verdict.reasons.push(plain(program, Code::AccountClosed, Side::Law, Some(46), day));
        }
        if let Some(ground) = &asked.ground {
            let reason = plain(program, Code::GroundNotInList, Side::Law, Some(43), day);
            verdict.reasons.push(Reason { fact: Some(ground.clone()), ..reason });
        }
        verdict
    }

    fn has_floor(&self, class: &str) -> bool {
        let program = self.program();
        program.policy.records.iter().any(|record| record.id.as_str() == class && !record.floors.is_empty())
            || program.operation.floors.iter().any(|choice| choice.class.text == class && !choice.floors.is_empty())
    }

    fn clock(&self, id: &str) -> Option<&Clock> {
        self.program().policy.clocks.iter().find(|clock| clock.id.as_str() == id)
    }

    /// Where to turn after a refusal (R43): the bodies that the text names; the courts always (PIPL art. 50).
    fn remedy(&self) -> Vec<String> {
        let named = self.program().policy.handler.complaint_bodies.said().cloned().unwrap_or_default();
        named.into_iter().chain(std::iter::once("court".to_owned())).collect()
    }

    /// When a clock runs out: a clock of the policy by id or clause, or the word of a right.
    pub fn due(&self, asked: &DueAsked, now: Timestamp) -> DueAnswer {
        let program = self.program();
        let right = RightKind::ALL.iter().copied().find(|right| right.word() == asked.clock);
        let stated = right.and_then(|right| program.policy.rights.iter().find(|one| one.kind.value == right));
        let named = program.names.find(Kind::Clock, &asked.clock).ok();
        let clock = match (right, &named) {
            (Some(_), _) => stated.and_then(|right| right.clock.said()).and_then(|clock| self.clock(&clock.text)),
            (None, Some(id)) => self.clock(id.as_str()),
            (None, None) => None,
        };
        let published = clock.and_then(|clock| due_by(clock, asked.since));
        let law = right.and_then(|right| program.law.right_clock(right, asked.since)).and_then(|clock| {
            let confirmed = clock.certain;
            due_after(clock.span(), asked.since, &clock.rule, confirmed)
        });
        let day = day_in_shanghai(now);
        let mut reasons = Vec::new();
        if published.is_none() {
            let code = if right.is_none() && named.is_none() { Code::NotDeclared } else { Code::NotStated };
            reasons.push(plain(program, code, Side::Published, None, day));
        }
        if let (Some(due), None) = (&law, &published) {
            let rule = due.clock.trim_start_matches('R').parse().ok();
            let article = rule.and_then(|rule| cite(program, rule, asked.since));
            reasons.push(Reason { article, ..plain(program, Code::NotStated, Side::Law, None, day) });
        }
        DueAnswer { due: earlier(published.clone(), law.clone()), published, law, reasons, tables: self.fingerprint() }
    }
}

fn names(id: &str, number: u32, name: &str, text: &str) -> bool {
    id == text || name == text || number.to_string() == text
}

/// The subject; a guardian for a minor, or where the age is unknown; a close relative (PIPL art. 49) with its own proof.
fn entitled(by: &str, born: Option<Born>, day: Date, minor: u16) -> bool {
    match by {
        "self" | "relative" | "agent" => true,
        "guardian" => model::age::is_under(born, minor, day),
        _ => false,
    }
}

fn earlier(published: Option<DueDate>, law: Option<DueDate>) -> Option<DueDate> {
    match (published, law) {
        (Some(a), Some(b)) => Some(if b.ends < a.ends { b } else { a }),
        (one, other) => one.or(other),
    }
}

/// By a clock of the policy, from the day that the question names. Whether that is the receipt or another start is for the
/// asker to know; a start that is not stated is the day of receipt (invariant 6), and so is one that waits for the
/// handler's own verifying (R42: a clock that the handler can hold back binds nobody).
fn due_by(clock: &Clock, since: Date) -> Option<DueDate> {
    let span = Span::new(clock.length.count.value, unit(clock.length.unit.value));
    due_after(span, since, clock.id.as_str(), true)
}

/// Hours run from the beginning of a day of which only the date is known: the earliest end.
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
        calendar: due.calendar.as_str().to_owned(),
        certainty: due.certainty,
        confirmed,
    })
}

/// The unit of the language as the unit of the calendar.
pub(super) const fn unit(unit: Unit) -> deadline::Unit {
    match unit {
        Unit::WorkingDays => deadline::Unit::WorkingDays,
        Unit::Days => deadline::Unit::Days,
        Unit::Hours => deadline::Unit::Hours,
        Unit::Months => deadline::Unit::Months,
        Unit::Years => deadline::Unit::Years,
    }
}
