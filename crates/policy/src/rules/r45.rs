//! R45: what is to be erased is erased, in copies too, and by a day.

use super::view::View;
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{At, RightKind, Stated, quoted};

pub(super) const RULE: Rule = Rule { code: "R45", gravest: Severity::Warning, check };

/// What a text says of its backups stands under storage, with the right to deletion, and with what follows a period.
fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let wording = view.program.law.wording();
    if let Stated::Said(backups) = &said.storage.backups {
        unbounded(view, backups, to);
        return;
    }
    let rights = said.rights.iter().filter(|right| right.kind.value == RightKind::Delete);
    let effects = rights.filter_map(|right| right.effect.as_ref());
    let after = said.retentions.iter().filter_map(|rule| match &rule.after {
        Stated::Said(after) => Some(after),
        Stated::Nothing(_) | Stated::NotStated { .. } => None,
    });
    for text in effects.chain(after).filter(|text| wording.is_of_backups(text)) {
        unbounded(view, text, to);
    }
}

fn unbounded(view: &View<'_>, text: &At<String>, to: &mut Report<'_>) {
    if !view.program.law.wording().names_a_length(text) {
        let message = format!("what is erased stays in backups for as long as it likes: `{}`", quoted(text));
        to.warning(text.span, message, "until when?");
    }
}
