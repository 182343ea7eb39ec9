//! R31: advertising and what is chosen for a person can be switched off.

use super::said::said;
use super::view::{View, is_personal, rests_on_consent, ways};
use super::{Report, Rule};
use crate::finding::{Severity, Span};
use crate::syntax::{FunctionKind, Kind, Level, Right, RightKind, Route, Share, Use, UseKind};

pub(super) const RULE: Rule = Rule { code: "R31", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let objection = Objection::of(view);
    for used in said.uses.iter().filter(|used| is_personal(used.level.as_ref()) && advertises(view, used)) {
        way_out(used, objection, to);
    }
    for share in view.shares().filter(|share| objection == Objection::None && handed_for_it(view, share)) {
        let name = &share.name.value;
        let message = said!("`{name}` hands items over to advertise, and cannot be switched off", name);
        to.warning(share.id.span, message, said!("no way out"));
    }
    let marketing = said.functions.iter().filter(|one| one.kind.value == FunctionKind::Marketing);
    for function in marketing {
        let switch = function.opt_out.as_ref().map(|out| out.value);
        if switch != Some(true) {
            no_way(&function.name, function.id.span, objection.without(switch.is_some()), to);
        }
    }
}

/// How far the right to object reaches that the text grants by a way which it tells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Objection {
    /// It is none, or one whose way nobody is told.
    None,
    /// The text does not say to what.
    General,
    /// To advertising.
    Advertising,
}

impl Objection {
    fn of(view: &View<'_>) -> Self {
        let wording = view.program.law.wording();
        let names_it = |right: &Right| {
            let said = right.effect.iter().chain(&right.path).chain(right.grounds.iter().map(|ground| &ground.name));
            said.into_iter().any(|said| wording.is_marketing(said))
                || ways(&right.routes).any(|by| by == Route::InMessage)
        };
        let told = || view.rights(RightKind::Object).filter(|right| ways(&right.routes).next().is_some());
        match told().next() {
            None => Self::None,
            Some(_) if told().any(names_it) => Self::Advertising,
            Some(_) => Self::General,
        }
    }

    /// What is left of it where the text gives no way out of one activity: nothing where it says that there is none.
    const fn without(self, denied: bool) -> Self {
        if denied { Self::None } else { self }
    }
}

/// Whoever wants to be left alone finds the way where the advertising stands, or in a right that says that it reaches so far.
fn way_out(used: &Use, objection: Objection, to: &mut Report<'_>) {
    if ways(&used.opt_out).next().is_some() {
        return;
    }
    let promised = used.opt_out.said().is_some_and(|ways| ways.contains(&Route::Unstated));
    if promised {
        let message = said!("`{name}` can be switched off, and the text does not tell how", name = used.name.value);
        to.warning(used.id.span, message, said!("by which way?"));
        return;
    }
    no_way(&used.name, used.id.span, objection.without(used.opt_out.is_nothing()), to);
}

fn no_way(name: &str, at: Span, objection: Objection, to: &mut Report<'_>) {
    match objection {
        Objection::Advertising => {}
        Objection::General => {
            let message = said!("`{name}` advertises, and the right to object does not say that it ends that", name);
            to.warning(at, message, said!("by which way?"));
        }
        Objection::None => {
            to.error(at, said!("`{name}` advertises, and cannot be switched off", name), said!("no way out"));
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
