//! R45: what is to be erased is erased, in copies too, and by a day.

use super::said::{Bilingual, said};
use super::view::View;
use super::{Report, Rule};
use crate::finding::Severity;
use crate::law::Named;
use crate::syntax::{At, RightKind, Stated, Unit, quoted};
use crate::trace;

pub(super) const RULE: Rule = Rule { code: "R45", gravest: Severity::Warning, check };

/// What a text says of its backups stands under storage, with the right to deletion, and with what follows a period.
fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let wording = view.program.law.wording();
    cases(view, to);
    let rights = said.rights.iter().filter(|right| right.kind.value == RightKind::Delete);
    let effects = rights.filter_map(|right| right.effect.as_ref());
    let after = said.retentions.iter().filter_map(|rule| match &rule.after {
        Stated::Said(after) => Some(after),
        Stated::Nothing(_) | Stated::NotStated { .. } => None,
    });
    let mut told = effects.chain(after).filter(|text| wording.is_of_backups(text)).peekable();
    match &said.storage.backups {
        Stated::Said(backups) if told.peek().is_none() || wording.names_a_length(backups) => {
            unbounded(view, backups, to);
        }
        _ => told.for_each(|text| unbounded(view, text, to)),
    }
    overrun(view, to);
}

/// The text gives a day by which backups are clear, and whoever runs the systems a later one.
fn overrun(view: &View<'_>, to: &mut Report<'_>) {
    let (Stated::Said(backups), Some(operation)) = (&view.said().storage.backups, view.operation) else { return };
    let days = &view.program.operation.backup_days;
    // Half a month more is no length that can be counted here.
    if view.program.law.wording().has_half(backups) {
        return;
    }
    let Some(promised) = longest_in(backups).filter(|promised| days.value > *promised) else { return };
    let message = said!(
        "backups are promised to be clear after {promised} days at most, and `backup-days` is {days}: `{words}`",
        promised,
        days = days.value,
        words = quoted(backups)
    );
    let finding = to.finding(Severity::Warning, message).at(view.policy, backups.span, said!("promised"));
    to.push(finding.at(operation, days.span, said!("and kept longer")));
}

/// The longest time that a text names, in days: no calendar makes it longer.
fn longest_in(text: &str) -> Option<u32> {
    let days = |(count, unit): (u32, Unit)| match unit {
        Unit::Hours => count.div_ceil(24),
        Unit::Days => count,
        // Two weekends in ten days, and the longest holidays.
        Unit::WorkingDays => count.saturating_mul(2).saturating_add(14),
        Unit::Months => count.saturating_mul(31),
        Unit::Years => count.saturating_mul(366),
    };
    trace::lengths(text).map(days).max()
}

/// Erasing is the handler's own duty, in five cases: not only where somebody asks, and not only in some of them.
fn cases(view: &View<'_>, to: &mut Report<'_>) {
    let wording = view.program.law.wording();
    for right in view.rights(RightKind::Delete).filter(|right| !right.grounds.is_empty()) {
        let told = |case: &&Named| right.grounds.iter().any(|ground| case.is_named(&ground.name));
        let missing = wording.erasure.iter().filter(|case| !told(case)).map(Bilingual::from);
        if let Some(missing) = missing.reduce(|all, case| said!("{all}; where {case}", all, case)) {
            let message = said!("the text erases in fewer cases than the law, and not where {missing}", missing);
            to.warning(right.kind.span, message, said!("and otherwise kept?"));
        }
    }
    for right in view.rights(RightKind::CloseAccount) {
        if let Some(effect) = right.effect.as_ref().filter(|effect| wording.waits_to_be_asked(effect)) {
            let message = said!("an account is closed, and what it held is erased only if somebody asks");
            to.warning(effect.span, message, said!("by itself?"));
        }
    }
}

fn unbounded(view: &View<'_>, text: &At<String>, to: &mut Report<'_>) {
    if !view.program.law.wording().names_a_length(text) {
        let message = said!("what is erased stays in backups for as long as it likes: `{words}`", words = quoted(text));
        to.warning(text.span, message, said!("until when?"));
    }
}
