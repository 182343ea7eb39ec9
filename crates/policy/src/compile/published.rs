//! The row of the published policy: what the text itself demands.

use model::field::Mask;

use super::case::{Case, Demands, permission};
use super::formula::Formula;
use super::row::Row;
use super::scope::set_apart;
use crate::question::Code;
use crate::syntax::{Action, Basis, Form, Level, RightKind, Sensitive, StatementKind};
use crate::terms::key::{Cause, Element, Named};
use crate::terms::literal::{Literal, text_age};

/// Compiles it.
pub(super) fn row(case: &Case<'_>) -> Row {
    let mut to = Demands::new(mask(case));
    if case.key.action != Action::Collect {
        to.refuse(case.is(Literal::Erased), Cause::of(Code::Erased));
    }
    match case.key.element {
        Element::Access => {
            if left_out(case) {
                to.never(Cause::of(Code::RightNotGranted));
            }
        }
        Element::Record(_) => {}
        _ if case.declared.items_silent => to.never(Cause::of(Code::ItemsNotStated)),
        _ => declared(case, &mut to),
    }
    to.row()
}

fn declared(case: &Case<'_>, to: &mut Demands) {
    let said = &case.declared;
    if let Some(function) = said.function {
        case.demand_offer(function, to);
    }
    if let Some(when) = said.when {
        case.demand_condition(when, to);
    }
    consent(case, to);
    if let Some(place) = case.alphabet.opt_out(case.key.element) {
        to.refuse(case.is(Literal::OptedOut(place)), Cause::of(Code::OptedOut));
    }
    if let Some(off) = said.group.and_then(|group| permission(case.program, group)) {
        to.refuse(case.is(Literal::Off(off)), Cause::of(Code::PermissionOff).named(Named::Permission(off)));
    }
    if said.document {
        to.need(case.is(Literal::DocumentShown), Cause::of(Code::DocumentMissing));
    }
    let hides = said.masked || said.level.is_some_and(|level| level > Level::Clear);
    if hides {
        to.cover(Formula::never());
    } else if case.key.action == Action::Show && promises_masks(case) {
        to.cover(case.is(Literal::ClearView));
    }
}

fn consent(case: &Case<'_>, to: &mut Demands) {
    let needs_consent = matches!(case.declared.basis, None | Some(Basis::Consent));
    let Some(own) = case.own_scope() else { return };
    if needs_consent && case.declared.asks_none {
        // The text claims that it needs nobody's consent: what that is worth, the law side says.
    } else if needs_consent {
        let carried = case.carried();
        to.need(carried.clone().or(case.excepted(|_| true)), case.missing(own));
        for (i, exception) in case.exceptions().filter(|(_, exception)| exception.when.is_some()) {
            let idle = carried.clone().or(case.is_not(Literal::Claimed(i))).or(case.claim(i, exception));
            to.need(idle, Cause::of(Code::ConditionFalse).named(Named::Exception(i)));
        }
    } else if asks_guardian(case) && !rests_on_law(case.declared.basis) {
        let under = case.alphabet.age(text_age(case.program)).map(|age| case.is_not(Literal::Under(age, true)));
        to.need(under.unwrap_or_default().or(case.carried()), Cause::of(Code::GuardianConsentMissing).scope(own));
    }
    if let Some(class) = class_by_text(case) {
        let (scope, carried) = case.carried_class(class);
        if let Some(scope) = scope {
            to.need(carried.or(case.excepted(|_| true)), case.missing(scope));
        }
    }
}

/// The class for which the text itself asks for a consent of its own.
fn class_by_text(case: &Case<'_>) -> Option<Sensitive> {
    if let Some(group) = case.declared.group {
        return set_apart(case.program, group, case.item.id.as_str());
    }
    let apart = case.declared.sensitive_form.is_some_and(|form| form > Form::General);
    case.item.class.filter(|class| apart && sensitive_by_text(case, *class))
}

/// Sensitive as the text defines it; where it does not, as the vocabulary has it.
fn sensitive_by_text(case: &Case<'_>, class: Sensitive) -> bool {
    let statements = case.program.policy.statements.iter();
    let mut definitions = statements
        .filter(|statement| statement.kind.value == StatementKind::Definition && !statement.sensitive.is_empty())
        .peekable();
    if definitions.peek().is_none() {
        return case.item.sensitive_on(case.day, &case.program.operation.switches.sensitivity);
    }
    definitions.any(|statement| statement.sensitive.iter().any(|listed| listed.value == class))
}

fn asks_guardian(case: &Case<'_>) -> bool {
    case.is_natural() && case.program.policy.minors.guardian.said() == Some(&true)
}

/// Grounds beside which nobody's consent is asked, a guardian's neither.
pub(super) const fn rests_on_law(basis: Option<Basis>) -> bool {
    matches!(basis, Some(Basis::Statutory | Basis::Emergency | Basis::News | Basis::OtherLaw))
}

/// Whether a promise of the text is kept by masking what is displayed.
fn promises_masks(case: &Case<'_>) -> bool {
    case.program
        .policy
        .promises
        .iter()
        .any(|promise| promise.control.said().is_some_and(|control| control == crate::decide::MASK_ON_DISPLAY))
}

fn mask(case: &Case<'_>) -> Mask {
    match case.declared.level {
        Some(level) if level > Level::Masked => Mask::Hidden,
        _ => case.item.mask,
    }
}

/// Whether the text leaves the item out of the right to look.
fn left_out(case: &Case<'_>) -> bool {
    let policy = &case.program.policy;
    let id = case.item.id.as_str();
    let Some(right) = policy.rights.iter().find(|right| right.kind.value == RightKind::Access) else { return false };
    let by_function = right.excludes_functions.iter().any(|named| {
        let functions = policy.functions.iter().filter(|function| function.id.as_str() == named.text);
        let groups = functions.filter_map(|function| function.collects.said()).flatten();
        let mut of_person = groups.filter(|group| group.of.text == case.person.id.as_str());
        of_person.any(|group| group.items.iter().any(|item| item.text == id))
    });
    by_function || right.excludes.iter().any(|item| item.text == id)
}
