//! R47: no period is shorter than the law's floor, and none is longer without a reason.

use model::deadline::{Span as Length, Unit};

use super::said::{Bilingual, Listed, said, unsure_there};
use super::view::View;
use super::{Report, Rule, cite};
use crate::finding::{Severity, Span};
use crate::law::LegalFloor;
use crate::syntax::{Record, Retention, RightKind};

pub(super) const RULE: Rule = Rule { code: "R47", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    without_exception(view, to);
    for rule in &view.said().retentions {
        let Some(period) = rule.period.said() else { continue };
        let (at, length) = (period.count.span, period.span());
        for record in view.said().records.iter().filter(|record| covers(rule, record)) {
            let floors = floors(view, record);
            let by_length = |floor: &&Floored<'_>| (rough(floor.length), floor.law.certain);
            let period = Period { rule, record, at, length };
            match floors.iter().max_by_key(by_length) {
                Some(highest) if rough(length) < rough(highest.length) => short(view, &period, (highest, &floors), to),
                // Of a floor that nobody named it is not known for how long a cover it has to hold.
                Some(highest)
                    if highest.named && rough(length) > rough(highest.length) && !has_reason(rule, &floors) =>
                {
                    long(&period, highest, to);
                }
                _ => {}
            }
        }
    }
}

/// Erasing that is promised without an exception cannot be kept where a law wants the records.
fn without_exception(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let wording = view.program.law.wording();
    let floors = said.records.iter().flat_map(|record| view.floors_of(record.id.as_str()));
    let Some(law) = floors.filter_map(|floor| view.program.law.floor(floor, view.day)).find(|law| law.certain) else {
        return;
    };
    for right in said.rights.iter().filter(|right| right.laws.is_empty()) {
        let erasing = matches!(right.kind.value, RightKind::Delete | RightKind::CloseAccount);
        let Some(effect) = right.effect.as_ref().filter(|effect| erasing && wording.is_erasing(effect)) else {
            continue;
        };
        let (kind, length) = (Listed(right.kind.value), law.short);
        let message = said!("`{kind}` erases without an exception, and a law keeps records for {length}", kind, length);
        let mut finding = to.finding(Severity::Warning, message).at(view.policy, effect.span, said!("all of it?"));
        finding.cites = vec![cite(view.program, "legal-floors", &law.citation())];
        to.push(finding);
    }
}

/// A period that the text gives, for one class of records.
struct Period<'a> {
    rule: &'a Retention,
    record: &'a Record,
    at: Span,
    length: Length,
}

/// A floor under a class, as long as it is for it.
struct Floored<'a> {
    law: &'a LegalFloor,
    length: Length,
    /// Whether a file names it.
    named: bool,
}

fn covers(rule: &Retention, record: &Record) -> bool {
    rule.classes.is_empty() || rule.classes.iter().any(|class| class.text == record.id.as_str())
}

/// Where nobody said how long cover lasts, the law's longer period may be too long, so its shorter one counts here.
fn floors<'a>(view: &View<'a>, record: &Record) -> Vec<Floored<'a>> {
    let operation = &view.program.operation;
    let mut chosen = operation.floors.iter().filter(|choice| choice.class.text == record.id.as_str());
    let long = chosen.find_map(|choice| choice.longer_than_a_year.as_ref()).is_some_and(|long| long.value);
    let named = view.floors_of(record.id.as_str()).into_iter();
    let named = named.filter_map(|floor| view.program.law.floor(floor, view.day)).map(|law| (law, true));
    let unnamed = view.unnamed_floors_of(record).into_iter().map(|law| (law, false));
    let all = named.chain(unnamed);
    all.map(|(law, named)| Floored { law, length: if long { law.long } else { law.short }, named }).collect()
}

/// Who lets laws go first, be it that of the floor by name, prints a figure all the same that nobody may keep to.
fn short(view: &View<'_>, period: &Period<'_>, (floor, all): (&Floored<'_>, &[Floored<'_>]), to: &mut Report<'_>) {
    let Period { record, at, length, .. } = period;
    let unsure = unsure_there(floor.law.certain);
    let which = || said!(", and no file names it: `{floor}`", floor = Listed(floor.law.floor));
    let message = said!(
        "`{name}` is kept for {length}, the law's floor is {floor}{unsure}{unnamed}",
        name = record.name.value,
        length,
        floor = floor.length,
        unsure,
        unnamed = if floor.named { Bilingual::default() } else { which() }
    );
    let severity =
        if floor.law.certain && !is_of_another(period, floor, all) { Severity::Error } else { Severity::Warning };
    let mut finding = to.finding(severity, message).at(view.policy, *at, said!("too short"));
    finding.cites = vec![cite(view.program, "legal-floors", &floor.law.citation())];
    to.push(finding);
}

/// Whether the records may be of another law than that of the floor: no file names this one, which is known by what the records
/// are called or know, and the text gives as its reason a law whose own floor a file names for them and the period keeps.
fn is_of_another(period: &Period<'_>, floor: &Floored<'_>, all: &[Floored<'_>]) -> bool {
    let Period { rule, length, .. } = period;
    let kept = |other: &&Floored<'_>| other.named && rough(*length) >= rough(other.length);
    !floor.named && all.iter().filter(kept).any(|other| rule.laws.iter().any(|law| yields(law, other.law)))
}

fn long(period: &Period<'_>, floor: &Floored<'_>, to: &mut Report<'_>) {
    let Period { record, at, length, .. } = period;
    let message = said!(
        "`{name}` is kept for {length}, longer than any floor ({floor}), and the text gives no reason",
        name = record.name.value,
        length,
        floor = floor.length
    );
    to.warning(*at, message, said!("why so long?"));
}

/// A criterion beside the figure, or a law that is none of the floors'.
fn has_reason(rule: &Retention, floors: &[Floored<'_>]) -> bool {
    !rule.longest_of.is_empty() || rule.laws.iter().any(|law| !floors.iter().any(|floor| yields(law, floor.law)))
}

/// Whether a law that a text lets go first is that of the floor: by its name between the brackets, which texts leave out at
/// times.
fn yields(named: &str, floor: &LegalFloor) -> bool {
    let title = floor.title();
    !title.is_empty() && named.contains(title)
}

/// A length in twelfths of a day, for lengths that are years apart: 2 years are 24 months.
pub(super) fn rough(length: Length) -> u64 {
    let of = match length.unit {
        Unit::Years => 365 * 12,
        Unit::Months => 365,
        Unit::WorkingDays => 17,
        Unit::Days => 12,
        Unit::Hours => return u64::from(length.count) / 2,
    };
    u64::from(length.count).saturating_mul(of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_compare_across_units() {
        let of = |count, unit| rough(Length::new(count, unit));
        assert_eq!(of(10, Unit::Years), of(120, Unit::Months));
        assert!(of(3, Unit::Years) > of(1094, Unit::Days) && of(3, Unit::Years) < of(1096, Unit::Days));
        assert!(of(72, Unit::Hours) == of(3, Unit::Days) && of(4, Unit::Hours) > of(2, Unit::Hours));
        assert_eq!(of(u32::MAX, Unit::Years), u64::from(u32::MAX) * 4380);
    }
}
