//! R4: a ground from the closed list, and contract only for a party to it. What a text frees because it is de-identified, or in
//! a case that it lists, have rules of their own.

use std::collections::BTreeSet;

use super::said::said;
use super::view::{View, first_clause, freed, groups_of, is_personal};
use super::{Report, Rule};
use crate::finding::{Severity, Span};
use crate::syntax::{Action, At, Basis, Collect, Form, Function, FunctionKind, Kind, Need, Person, Ref, Share, Stated};

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
    unnamed(view, to);
    // Several functions may stand in one sentence, which is told once.
    let (mut contracts, mut duties) = (BTreeSet::new(), BTreeSet::new());
    for function in &view.said().functions {
        let clause = first_clause(&function.clause).unwrap_or(function.id.as_str());
        if !contracts.contains(clause) && consented(view, function, to) {
            contracts.insert(clause);
        }
        if !duties.contains(clause) && twice(view, function, to) {
            duties.insert(clause);
        }
    }
}

/// A duty is that of a law, and the text says of which.
fn unnamed(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let functions = said.functions.iter().map(|one| (&one.name, &one.basis, &one.laws));
    let uses = said.uses.iter().map(|one| (&one.name, &one.basis, &one.laws));
    for (name, basis, laws) in functions.chain(uses) {
        if let (Stated::Said(At { value: Basis::Statutory, span }), true) = (basis, laws.is_empty()) {
            let message = said!("`{name}` is a duty, and the text names no law", name = name.value);
            to.warning(*span, message, said!("which law?"));
        }
    }
}

/// A function that a contract or a duty carries, and that the text rests on consent: whoever takes it back would end it.
fn consented(view: &View<'_>, function: &Function, to: &mut Report<'_>) -> bool {
    let Stated::Said(At { value: Basis::Consent, span }) = &function.basis else { return false };
    let name = &function.name.value;
    if function.kind.value == FunctionKind::Statutory {
        to.warning(*span, said!("`{name}` is a duty by law, and rests on consent", name), said!("which law?"));
    } else if view.program.law.wording().is_by_contract(name) {
        let message = said!("`{name}` is what a contract is about, and rests on consent alone", name);
        to.warning(*span, message, said!("which ground?"));
    } else {
        return false;
    }
    true
}

/// Items that a duty and a consent both carry: who refuses the one gives them by the other all the same.
fn twice(view: &View<'_>, function: &Function, to: &mut Report<'_>) -> bool {
    const A_SET: usize = 3;
    if function.basis.said() != Some(&Basis::Consent) {
        return false;
    }
    let duties = view.groups().filter(|(other, _)| other.basis.said() == Some(&Basis::Statutory));
    let duties: Vec<(&Function, &Collect)> = duties.collect();
    for group in groups_of(function).filter(|group| group.need.said() == Some(&Need::Required)) {
        let same = |(_, other): &&(&Function, &Collect)| other.of.text == group.of.text;
        for (duty, other) in duties.iter().filter(same) {
            let shared = group.items.iter().filter(|item| other.items.iter().any(|one| one.text == item.text));
            let shared: Vec<_> = shared.collect();
            if let Some(first) = shared.first().filter(|_| shared.len() >= A_SET) {
                let message = said!(
                    "`{name}` rests on consent for {items}, which `{duty}` demands by law",
                    name = function.name.value,
                    items = view.items(shared.iter().copied()),
                    duty = duty.name.value
                );
                to.warning(first.span, message, said!("which of the two?"));
                return true;
            }
        }
    }
    false
}

fn ground(view: &View<'_>, activity: &Activity<'_>, to: &mut Report<'_>) {
    if activity.basis.said().is_none() && activity.consent.said().is_none() {
        to.error(activity.at, said!("`{name}` states no ground", name = activity.name), said!("by what right?"));
    }
    let Stated::Said(At { value: Basis::Contract, .. }) = activity.basis else { return };
    let mut strangers = BTreeSet::new();
    for of in activity.of.iter().filter(|of| !is_party(view, of)) {
        if strangers.insert(&of.text) {
            let person = view.name(Kind::Person, &of.text);
            let message =
                said!("`{name}` rests on a contract to which `{person}` is no party", name = activity.name, person);
            to.warning(of.span, message, said!("no party"));
        }
    }
}

fn is_party(view: &View<'_>, of: &Ref<Person>) -> bool {
    let switched = view.program.operation.switches.insured_is_party.value;
    let declared = view.person(of).is_none_or(|person| person.party.as_ref().is_some_and(|party| party.value));
    declared || switched && matches!(of.text.as_str(), "insured" | "beneficiary") || !view.is_natural(of)
}

/// Who processes under instruction does so on the ground of whatever it is entrusted with (《个人信息保护法》第二十一条 asks for no
/// other); whoever takes over a business is told of, and goes on by the grounds that there are.
fn leans_on_others(view: &View<'_>, share: &Share) -> bool {
    let entrusted = share.act.value == Action::Entrust;
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
    let shares =
        bound.filter(|share| !leans_on_others(view, share) && !view.is_excepted(share)).map(|share| Activity {
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
