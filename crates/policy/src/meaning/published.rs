//! What the published policy says.

use model::field::Mask;

use super::Rule;
use super::world::{Objections, What, World};
use crate::question::Code;
use crate::syntax::{Action, Authority, Basis, Form, Level, Regime, RightKind, Sensitive, StatementKind};
use crate::terms::key::{Cause, Named};
use crate::terms::literal::{Literal, small};

/// The rules that apply to a key, each adding its objections.
pub(super) fn rules(world: &World<'_>) -> Vec<Rule> {
    match world.what {
        What::Access => vec![erased, access],
        What::Record => vec![erased],
        _ if items_not_stated(world) => vec![erased, items],
        _ => vec![
            erased,
            offer,
            condition,
            consent,
            sensitive_consent,
            inbound,
            beyond,
            suspended,
            do_not_track,
            opt_out,
            permission,
            document,
            masking,
            virtual_number,
        ],
    }
}

/// The mask of an item that the text masks. Beyond masking, the value itself never leaves.
pub(super) fn mask(world: &World<'_>) -> Mask {
    if level(world) > Level::Masked || gets_virtual_number(world) { Mask::Hidden } else { world.item.mask }
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
        What::Disclosure(disclosure) => disclosure.level.as_ref(),
        _ => None,
    };
    level.map_or(Level::Clear, |level| level.value)
}

fn excluded_from_access(world: &World<'_>) -> bool {
    let policy = &world.program.policy;
    for right in policy.rights.iter().filter(|right| right.kind.value == RightKind::Access).take(1) {
        if world.is_one_of(&right.excludes) {
            return true;
        }
        for named in &right.excludes_functions {
            for function in policy.functions.iter().filter(|function| function.id.as_str() == named.text) {
                for group in function.collects.said().into_iter().flatten() {
                    let same_person = group.of.text == world.person.id.as_str();
                    if same_person && world.is_one_of(&group.items) {
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
            if !excepted {
                by_whom(world, own, to);
            }
            for (place, exception) in world.exceptions().iter().copied().filter(|_| !consented) {
                let untrue = Cause::of(Code::ConditionFalse).named(Named::Exception(place));
                world.claim(place, exception.when.as_ref().map(|when| &when.value), untrue, to);
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
    if let (Some(id), false) = (ids.first(), excepted) {
        by_whom(world, id, to);
    }
}

/// A consent that counts by the text, but not of whom the text asks it: where somebody may type the items for another, the
/// text asks for the person's own consent, for a guardian's, or takes the word of whoever types.
fn by_whom(world: &World<'_>, id: &str, to: &mut Objections) {
    let Some(scope) = world.alphabet.scope(id) else { return };
    let given = world.is(Literal::Granted(scope));
    match world.authority() {
        Some(Authority::OwnConsent) if given && !world.is(Literal::Own(scope)) => {
            to.withhold(Cause::of(Code::ConsentByOther).scope(scope));
        }
        Some(Authority::Guardian) if given && !world.is(Literal::Guarded(scope)) => {
            to.withhold(Cause::of(Code::GuardianConsentMissing).scope(scope));
        }
        _ => {}
    }
}

/// What comes from a source: the question says from which, and the consent is there that the text asks before.
fn inbound(world: &World<'_>, to: &mut Objections) {
    let Some(source) = world.source() else { return };
    if world.has_other_sources() && !world.is(Literal::SourceNamed) {
        to.withhold(Cause::of(Code::FactUnknown).named(Named::Source));
    }
    let id = format!("inbound.{}", source.id.value);
    let excepted = world.exceptions().iter().any(|(place, one)| world.excepted(*place, one));
    if source.consent.said().is_some() && !world.granted(&id) && !excepted {
        world.missing(&id).into_iter().for_each(|cause| to.withhold(cause));
    }
}

/// What goes beyond the person's word to the source needs the consent that the text asks for it.
fn beyond(world: &World<'_>, to: &mut Objections) {
    let Some(source) = world.source().filter(|source| source.beyond.said().is_some()) else { return };
    let Some((named, within)) = source.within.as_ref().and_then(|fact| world.fact(&fact.text)) else { return };
    let id = format!("inbound.{}.beyond", source.id.value);
    match within {
        Some(true) => {}
        None => to.withhold(Cause::of(Code::FactUnknown).named(named)),
        Some(false) => {
            let excepted = world.exceptions().iter().any(|(place, one)| world.excepted(*place, one));
            if !world.granted(&id) && !excepted {
                world.missing(&id).into_iter().for_each(|cause| to.withhold(cause));
            }
        }
    }
}

fn suspended(world: &World<'_>, to: &mut Objections) {
    if world.is_suspended() {
        to.withhold(Cause::of(Code::RecipientSuspended));
    }
}

/// Trackers stay away where the text honours Do-Not-Track and the browser asks for it, or might.
fn do_not_track(world: &World<'_>, to: &mut Objections) {
    if !matches!(world.what, What::Tracker(_)) || world.program.policy.do_not_track.said() != Some(&true) {
        return;
    }
    match world.fact(crate::decide::DO_NOT_TRACK) {
        Some((_, Some(true))) => to.withhold(Cause::of(Code::DoNotTrack)),
        Some((named, None)) => to.withhold(Cause::of(Code::FactUnknown).named(named)),
        Some((_, Some(false))) | None => {}
    }
}

/// Telephone numbers reach some recipients as virtual numbers only.
fn virtual_number(world: &World<'_>, to: &mut Objections) {
    if gets_virtual_number(world) {
        to.mask(Cause::of(Code::VirtualNumber));
    }
}

fn gets_virtual_number(world: &World<'_>) -> bool {
    let What::Share(_, recipient, _) = world.what else { return false };
    recipient.regime.value == Regime::VirtualNumber && world.item.telephone
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
    !defined && world.is_listed()
}

/// Objecting and withdrawing stop what the text offers to stop, and whatever no law commands.
fn opt_out(world: &World<'_>, to: &mut Objections) {
    let commanded = matches!(world.basis(), Some(Basis::Statutory | Basis::Emergency | Basis::News | Basis::OtherLaw));
    if matches!(world.what, What::Use(used) if commanded && used.opt_out.said().is_none()) {
        return;
    }
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
