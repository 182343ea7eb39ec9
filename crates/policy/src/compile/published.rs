//! The row of the published policy: what the text itself demands.

use super::case::{Case, Demands, permission};
use super::formula::Formula;
use super::scope::{authority, set_apart};
use crate::question::Code;
use crate::syntax::{Action, Authority, Basis, Form, Level, Regime, Sensitive, StatementKind};
use crate::terms::key::{Cause, Element, Named};
use crate::terms::literal::{Literal, place, text_age};

/// Compiles it.
pub(super) fn row(case: &Case<'_>) -> Demands {
    let mut to = Demands { hides: hides(case), ..Demands::default() };
    if case.key.action != Action::Collect {
        to.refuse(case.is(Literal::Erased), Cause::of(Code::Erased));
    }
    match case.key.element {
        Element::Access => {
            if case.sight.left_out() {
                to.never(Cause::of(Code::RightNotGranted));
            }
        }
        Element::Record(_) => {}
        _ if case.declared.items_silent => to.never(Cause::of(Code::ItemsNotStated)),
        _ => declared(case, &mut to),
    }
    to
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
    inbound(case, to);
    reach(case, to);
    if let Some(place) = case.alphabet.opt_out(case.key.element).filter(|_| can_be_stopped(case)) {
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
        to.cover(case, Formula::never());
    } else if case.key.action == Action::Show && promises_masks(case) {
        to.cover(case, case.is(Literal::ClearView));
    }
}

fn consent(case: &Case<'_>, to: &mut Demands) {
    let needs_consent = matches!(case.declared.basis, None | Some(Basis::Consent));
    let Some(own) = case.own_scope() else { return };
    if needs_consent && case.declared.asks_none {
        // The text claims that it needs nobody's consent: what that is worth, the law side says.
    } else if needs_consent {
        to.need(case.carried().or(case.excepted()), case.missing(own));
        by_whom(case, own, to);
        for (i, exception) in case.exceptions() {
            if let Some(when) = &exception.when {
                let untrue = Cause::of(Code::ConditionFalse).named(Named::Exception(i));
                case.demand_claim((i, &case.declared.carried_by), &when.value, untrue, to);
            }
        }
    } else if asks_guardian(case) && !rests_on_law(case.declared.basis) {
        let under = case.alphabet.age(text_age(case.program)).map(|age| case.is_not(Literal::Under(age, true)));
        to.need(under.unwrap_or_default().or(case.carried()), Cause::of(Code::GuardianConsentMissing).scope(own));
    }
    if let Some(class) = class_by_text(case) {
        let (scope, carried) = case.carried_class(class);
        if let Some(scope) = scope {
            to.need(carried.or(case.excepted()), case.missing(scope));
            by_whom(case, scope, to);
        }
    }
}

/// Where others may type the items, whose consent counts: the person's own, a guardian's, or anybody's word.
fn by_whom(case: &Case<'_>, scope: u16, to: &mut Demands) {
    let (counts, code) = match case.declared.group.and_then(authority) {
        Some(Authority::OwnConsent) => (Literal::Own(scope), Code::ConsentByOther),
        Some(Authority::Guardian) => (Literal::Guarded(scope), Code::GuardianConsentMissing),
        Some(Authority::Assured | Authority::Deemed) | None => return,
    };
    let none = case.is_not(Literal::Granted(scope));
    to.need(case.is(counts).or(none).or(case.excepted()), Cause::of(code).scope(scope));
}

/// What the text asks before it takes anything from a source, and before it goes beyond the person's word to it.
fn inbound(case: &Case<'_>, to: &mut Demands) {
    let Some(source) = case.declared.source else { return };
    if case.sight.has_other_sources() {
        to.need(case.is(Literal::SourceNamed), Cause::of(Code::FactUnknown).named(Named::Source));
    }
    let asked = |id: String| case.alphabet.scope(&id);
    let stated = asked(format!("inbound.{}", source.id.value)).filter(|_| source.consent.said().is_some());
    if let Some(scope) = stated {
        to.need(case.is(Literal::Granted(scope)).or(case.excepted()), case.missing(scope));
    }
    if let Some((within, beyond)) = case.beyond(source).filter(|_| source.beyond.said().is_some()) {
        let carried = case.is(Literal::Granted(beyond)).or(case.excepted());
        let outside = case.is(Literal::Fact(within, false));
        let inside = case.is(Literal::Fact(within, true));
        to.need(inside.clone().or(outside), Cause::of(Code::FactUnknown).named(Named::Fact(within)));
        to.need(carried.or(case.is_not(Literal::Fact(within, false))), case.missing(beyond));
    }
}

/// Who is not reached: a suspended recipient, a browser that asks not to be tracked; and what reaches whom as a virtual
/// number only.
fn reach(case: &Case<'_>, to: &mut Demands) {
    if case.is_ever_suspended() {
        to.refuse(case.is(Literal::Suspended), Cause::of(Code::RecipientSuspended));
    }
    let honours = case.program.policy.do_not_track.said() == Some(&true);
    if let (Element::Tracker(_), true, Some(fact)) = (case.key.element, honours, do_not_track(case)) {
        to.refuse(case.is(Literal::Fact(fact, true)), Cause::of(Code::DoNotTrack));
        let known = case.is(Literal::Fact(fact, true)).or(case.is(Literal::Fact(fact, false)));
        to.need(known, Cause::of(Code::FactUnknown).named(Named::Fact(fact)));
    }
    if is_virtual(case) {
        to.never(Cause::of(Code::VirtualNumber));
    }
}

fn do_not_track(case: &Case<'_>) -> Option<u16> {
    place(case.program.policy.facts.iter().map(|fact| &fact.id.value), crate::decide::DO_NOT_TRACK)
}

/// A telephone number on its way to somebody who gets virtual ones only.
fn is_virtual(case: &Case<'_>) -> bool {
    let recipient = case.declared.recipient.is_some_and(|one| one.regime.value == Regime::VirtualNumber);
    recipient && case.sight.telephone()
}

/// What the law commands is no offer: neither an objection nor a withdrawal stops it, unless the text says so.
fn can_be_stopped(case: &Case<'_>) -> bool {
    let offered = match case.key.element {
        Element::Use(i) => {
            case.program.policy.uses.get(usize::from(i)).is_some_and(|used| used.opt_out.said().is_some())
        }
        _ => true,
    };
    offered || !rests_on_law(case.declared.basis)
}

/// The class for which the text itself asks for a consent of its own.
fn class_by_text(case: &Case<'_>) -> Option<Sensitive> {
    if let Some(group) = case.declared.group {
        return set_apart(group, case.sight.class());
    }
    let apart = case.declared.sensitive_form.is_some_and(|form| form > Form::General);
    case.sight.class().filter(|class| apart && sensitive_by_text(case, *class))
}

/// Sensitive as the text defines it; where it does not, as the vocabulary has it.
fn sensitive_by_text(case: &Case<'_>, class: Sensitive) -> bool {
    let statements = case.program.policy.statements.iter();
    let mut definitions = statements
        .filter(|statement| statement.kind.value == StatementKind::Definition && !statement.sensitive.is_empty())
        .peekable();
    if definitions.peek().is_none() {
        return case.sight.lists();
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

/// Whether the item is hidden whatever its own mask.
fn hides(case: &Case<'_>) -> bool {
    case.declared.level.is_some_and(|level| level > Level::Masked) || is_virtual(case)
}
