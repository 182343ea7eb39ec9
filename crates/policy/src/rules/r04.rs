//! R4: a ground from the closed list, and contract only for a party to it. What a text frees because it is de-identified has
//! a rule of its own.

use std::collections::BTreeSet;

use super::view::{View, freed, groups_of, is_personal};
use super::{Report, Rule};
use crate::finding::{Severity, Span};
use crate::syntax::{Action, At, Basis, Form, Kind, Person, Ref, Share, Stated};

pub(super) const RULE: Rule = Rule { code: "R4", gravest: Severity::Error, check };

/// One activity: where it stands, its name, its ground, the consent that it asks, and whose items.
struct Activity<'a> {
    at: Span,
    name: &'a str,
    basis: &'a Stated<Basis>,
    consent: &'a Stated<Form>,
    of: Vec<&'a Ref<Person>>,
}

fn check(view: &View<'_>, to: &mut Report<'_>) {
    for activity in activities(view) {
        if activity.of.iter().any(|of| view.is_natural(of)) {
            ground(view, &activity, to);
        }
    }
}

fn ground(view: &View<'_>, activity: &Activity<'_>, to: &mut Report<'_>) {
    if activity.basis.said().is_none() && activity.consent.said().is_none() {
        to.error(activity.at, format!("`{}` states no ground", activity.name), "by what right?");
    }
    let Stated::Said(At { value: Basis::Contract, .. }) = activity.basis else { return };
    let mut strangers = BTreeSet::new();
    for of in activity.of.iter().filter(|of| !is_party(view, of)) {
        if strangers.insert(&of.text) {
            let message = format!(
                "`{}` rests on a contract to which `{}` is no party",
                activity.name,
                view.name(Kind::Person, &of.text)
            );
            to.warning(of.span, message, "no party");
        }
    }
}

fn is_party(view: &View<'_>, of: &Ref<Person>) -> bool {
    let switched = view.program.operation.switches.insured_is_party.value;
    let declared = view.person(of).is_none_or(|person| person.party.as_ref().is_some_and(|party| party.value));
    declared || switched && matches!(of.text.as_str(), "insured" | "beneficiary") || !view.is_natural(of)
}

/// Who processes under instruction does so on the ground of the functions that entrust it; whoever takes over a business is
/// told of, and goes on by the grounds that there are.
fn leans_on_others(view: &View<'_>, share: &Share) -> bool {
    let entrusted = share.act.value == Action::Entrust && !share.functions.is_empty();
    let silent = share.basis.said().is_none() && share.consent.said().is_none();
    silent && (entrusted || share.act.value == Action::Transfer && view.is_taken_over(share))
}

/// All that is done with what is still about a person.
fn activities<'a>(view: &View<'a>) -> Vec<Activity<'a>> {
    let said = view.said();
    let functions = said.functions.iter().map(|function| {
        let read = function.reads.iter().flat_map(|read| &read.of);
        let of = groups_of(function).map(|group| &group.of).chain(read).collect();
        Activity { at: function.id.span, name: &function.name, basis: &function.basis, consent: &function.consent, of }
    });
    let uses = said.uses.iter().filter(|used| is_personal(used.level.as_ref()));
    let uses =
        uses.filter(|used| freed(used.level.as_ref(), &used.basis, &used.consent).is_none()).map(|used| Activity {
            at: used.id.span,
            name: &used.name,
            basis: &used.basis,
            consent: &used.consent,
            of: used.of.iter().collect(),
        });
    let bound = view.shares().filter(|share| freed(share.level.as_ref(), &share.basis, &share.consent).is_none());
    let shares = bound.filter(|share| !leans_on_others(view, share)).map(|share| Activity {
        at: share.id.span,
        name: &share.name,
        basis: &share.basis,
        consent: &share.consent,
        of: share.of.iter().collect(),
    });
    let disclosures = said.disclosures.iter().filter(|disclosed| is_personal(disclosed.level.as_ref()));
    let disclosures = disclosures.map(|disclosed| Activity {
        at: disclosed.id.span,
        name: &disclosed.name,
        basis: &disclosed.basis,
        consent: &disclosed.consent,
        of: disclosed.of.iter().collect(),
    });
    functions.chain(uses).chain(shares).chain(disclosures).collect()
}
