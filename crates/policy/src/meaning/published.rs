//! What the published policy says.

use model::field::Mask;

use super::Rule;
use super::world::{Objections, What, World};
use crate::question::Code;
use crate::syntax::{Action, Basis, Form, Level, RightKind, Sensitive, StatementKind};
use crate::terms::key::{Cause, Named};
use crate::terms::literal::{Literal, small};

/// The rules that apply to a key, each adding its objections.
pub(super) fn rules(world: &World<'_>) -> Vec<Rule> {
    match world.what {
        What::Access => vec![erased, access],
        What::Record => vec![erased],
        _ if items_not_stated(world) => vec![erased, items],
        _ => vec![erased, offer, condition, consent, sensitive_consent, opt_out, permission, document, masking],
    }
}

/// The mask of an item that the text masks. Beyond masking, the value itself never leaves.
pub(super) fn mask(world: &World<'_>) -> Mask {
    if level(world) > Level::Masked { Mask::Hidden } else { world.item.mask }
}

fn erased(world: &World<'_>, to: &mut Objections) {
    if world.key.action != Action::Collect && world.is(Literal::Erased) {
        to.withhold(Cause::of(Code::Erased));
    }
}

fn access(world: &World<'_>, to: &mut Objections) {
    if excluded_from_access(world) {
        to.withhold(Cause::of(Code::RightNotGranted));
    }
}

fn items(_: &World<'_>, to: &mut Objections) {
    to.withhold(Cause::of(Code::ItemsNotStated));
}

pub(super) fn items_not_stated(world: &World<'_>) -> bool {
    match world.what {
        What::Share(share, ..) => share.items.is_silent() && share.records.is_empty(),
        What::Disclosure(disclosure) => disclosure.items.is_silent(),
        _ => false,
    }
}

fn level(world: &World<'_>) -> Level {
    let level = match world.what {
        What::Use(used) => used.level.as_ref(),
        What::Share(share, ..) => share.level.as_ref(),
        _ => None,
    };
    level.map_or(Level::Clear, |level| level.value)
}

fn excluded_from_access(world: &World<'_>) -> bool {
    let policy = &world.program.policy;
    let item = world.item.id.as_str();
    for right in policy.rights.iter().filter(|right| right.kind.value == RightKind::Access).take(1) {
        if right.excludes.iter().any(|excluded| excluded.text == item) {
            return true;
        }
        for named in &right.excludes_functions {
            for function in policy.functions.iter().filter(|function| function.id.as_str() == named.text) {
                for group in function.collects.said().into_iter().flatten() {
                    let same_person = group.of.text == world.person.id.as_str();
                    if same_person && group.items.iter().any(|collected| collected.text == item) {
                        return true;
                    }
                }
            }
        }
    }
    false
}

fn offer(world: &World<'_>, to: &mut Objections) {
    if let Some(function) = world.function() {
        world.offer(function, to);
    }
}

fn condition(world: &World<'_>, to: &mut Objections) {
    if let Some(when) = world.when() {
        world.condition(when, to);
    }
}

/// Basis consent, or none stated: the element's scope, or an exception of the list for the act, residual ones too. Any
/// other basis: no scope, but a guardian's for those whom the text calls minors. Where the text says that it asks for no
/// consent, none.
fn consent(world: &World<'_>, to: &mut Objections) {
    let ids = world.scope_ids();
    let Some(own) = ids.first() else { return };
    match world.basis() {
        None | Some(Basis::Consent) if world.asks_none() => {}
        None | Some(Basis::Consent) => {
            let consented = world.consented();
            let excepted = world.exceptions().iter().any(|(place, one)| world.excepted(*place, one));
            if !consented && !excepted {
                world.missing(own).into_iter().for_each(|cause| to.withhold(cause));
            }
            for (place, exception) in world.exceptions() {
                let claimed = world.is(Literal::Claimed(place));
                if !consented && claimed && !world.excepted(place, exception) {
                    to.withhold(Cause::of(Code::ConditionFalse).named(Named::Exception(place)));
                }
            }
        }
        Some(Basis::Statutory | Basis::Emergency | Basis::News | Basis::OtherLaw) => {}
        Some(Basis::Contract | Basis::HumanResources | Basis::Published) => {
            let minors = &world.program.policy.minors;
            let asks = world.is_natural() && minors.guardian.said() == Some(&true);
            let stated = minors.age.said().and_then(|age| u16::try_from(*age).ok());
            let age = stated.unwrap_or(world.program.law.ages().minor);
            if asks && world.under(age) == Some(true) && !world.consented() {
                let scope = world.alphabet.scope(own);
                to.withhold(Cause { scope, ..Cause::of(Code::GuardianConsentMissing) });
            }
        }
    }
}

/// The consent of its own that the text asks for some items.
fn sensitive_consent(world: &World<'_>, to: &mut Objections) {
    let class = match world.what {
        What::Function(_, Some(group)) => {
            let apart = group.consent.as_ref().is_some_and(|form| form.value != Form::General);
            apart.then(|| world.item.class.unwrap_or(Sensitive::Other))
        }
        What::Share(share, ..) => {
            let apart = share.sensitive_consent.as_ref().is_some_and(|form| form.value != Form::General);
            world.item.class.filter(|class| apart && sensitive_in_the_text(world, *class))
        }
        _ => None,
    };
    let Some(class) = class else { return };
    let ids: Vec<String> = world.scope_ids().iter().map(|id| format!("{id}.{class}")).collect();
    let Some(first) = ids.iter().find_map(|id| world.missing(id)) else { return };
    let granted = ids.iter().any(|id| world.granted(id));
    let excepted = world.exceptions().iter().any(|(place, one)| world.excepted(*place, one));
    if !granted && !excepted {
        to.withhold(first);
    }
}

/// By the text's own definition; where it has none with classes, by the vocabulary.
fn sensitive_in_the_text(world: &World<'_>, class: Sensitive) -> bool {
    let mut defined = false;
    for statement in &world.program.policy.statements {
        if statement.kind.value == StatementKind::Definition && !statement.sensitive.is_empty() {
            defined = true;
            if statement.sensitive.iter().any(|listed| listed.value == class) {
                return true;
            }
        }
    }
    !defined && world.item.sensitive_on(world.day, &world.program.operation.switches.sensitivity)
}

fn opt_out(world: &World<'_>, to: &mut Objections) {
    if let Some(place) = world.alphabet.opt_out(world.key.element)
        && world.is(Literal::OptedOut(place))
    {
        to.withhold(Cause::of(Code::OptedOut));
    }
}

fn permission(world: &World<'_>, to: &mut Objections) {
    if let What::Function(_, Some(group)) = world.what
        && let Some(named) = &group.permission
        && let Some(place) = world.program.policy.permissions.iter().position(|one| one.id.as_str() == named.text)
        && world.is(Literal::Off(small(place)))
    {
        to.withhold(Cause::of(Code::PermissionOff).named(Named::Permission(small(place))));
    }
}

fn document(world: &World<'_>, to: &mut Objections) {
    let demanded = match world.what {
        What::Share(share, ..) => share.document.said() == Some(&true),
        What::Disclosure(disclosure) => disclosure.document.said() == Some(&true),
        _ => false,
    };
    if demanded && !world.is(Literal::DocumentShown) {
        to.withhold(Cause::of(Code::DocumentMissing));
    }
}

fn masking(world: &World<'_>, to: &mut Objections) {
    let masked_list = matches!(world.what, What::Disclosure(disclosure) if disclosure.masked.said() == Some(&true));
    let promised = world
        .program
        .policy
        .promises
        .iter()
        .filter_map(|promise| promise.control.said())
        .any(|control| control == crate::decide::MASK_ON_DISPLAY);
    let on_display = world.key.action == Action::Show && promised && !world.is(Literal::ClearView);
    if level(world) > Level::Clear || masked_list || on_display {
        to.mask(Cause::of(Code::MaskedByDefault));
    }
}
