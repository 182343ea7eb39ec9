//! R31: advertising and what is chosen for a person can be switched off.

use super::view::{View, is_personal, rests_on_consent, ways};
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{FunctionKind, Kind, Level, RightKind, Route, Share, Use, UseKind};

pub(super) const RULE: Rule = Rule { code: "R31", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let objection = view.rights(RightKind::Object).any(|right| ways(&right.routes).next().is_some());
    for used in said.uses.iter().filter(|used| is_personal(used.level.as_ref()) && advertises(view, used)) {
        let (name, promised) =
            (&used.name.value, used.opt_out.said().is_some_and(|ways| ways.contains(&Route::Unstated)));
        if ways(&used.opt_out).next().is_some() {
            continue;
        }
        if promised {
            to.warning(
                used.id.span,
                format!("`{name}` can be switched off, and the text does not tell how"),
                "by which way?",
            );
        } else if !objection {
            to.error(used.id.span, format!("`{name}` advertises, and cannot be switched off"), "no way out");
        }
    }
    for share in view.shares().filter(|share| !objection && handed_for_it(view, share)) {
        let message = format!("`{}` hands items over to advertise, and cannot be switched off", share.name.value);
        to.warning(share.id.span, message, "no way out");
    }
    let marketing = said.functions.iter().filter(|one| one.kind.value == FunctionKind::Marketing);
    for function in marketing.filter(|_| !objection) {
        if !function.opt_out.as_ref().is_some_and(|out| out.value) {
            let message = format!("`{}` advertises, and cannot be switched off", function.name.value);
            to.error(function.id.span, message, "no way out");
        }
    }
}

/// What is handed over to advertise, unasked: who was asked can refuse.
fn handed_for_it(view: &View<'_>, share: &Share) -> bool {
    let purpose = share.purpose.said().map(|purpose| view.name(Kind::Purpose, &purpose.text));
    let asked = rests_on_consent(&share.basis, &share.consent);
    let clear = share.level.as_ref().is_none_or(|level| level.value == Level::Clear);
    clear && !asked && purpose.is_some_and(|purpose| view.program.law.wording().is_marketing(purpose))
}

/// By its kind, or by what its purpose is called.
fn advertises(view: &View<'_>, used: &Use) -> bool {
    let purpose = view.said().purposes.iter().find(|purpose| purpose.id.as_str() == used.purpose.text);
    matches!(used.kind.value, UseKind::Market | UseKind::Personalise)
        || used.kind.value != UseKind::Inbound
            && purpose.is_some_and(|purpose| view.program.law.wording().is_marketing(&purpose.name))
}
