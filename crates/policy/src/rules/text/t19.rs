//! `T19`: two clauses do not contradict each other. Both are shown.
//!
//! What a reader notes of a text (statements of the kind `contradiction`) is no finding: only what follows from elements is.

use std::collections::BTreeSet;

use super::super::said::{Bilingual, said};
use super::super::view::{View, groups_of};
use super::super::{Report, Rule};
use super::clause::chapter;
use super::opposed;
use crate::finding::{Severity, Span};
use crate::syntax::{Collect, Function, Item, Need, Reach, Ref, Retention, Stated, Statement, StatementKind};

pub(super) const RULE: Rule = Rule { code: "T19", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    for function in &view.said().functions {
        needs(view, function, to);
        refused(view, function, to);
        nothing(view, function, to);
    }
    sensitive(view, to);
    defined(view, to);
    kept(view, to);
    measures(view, to);
    silence(view, to);
    opposed::check(view, to);
}

/// Two places that cannot both hold.
pub(super) fn against(
    view: &View<'_>,
    message: Bilingual,
    here: (Span, Bilingual),
    there: (Span, Bilingual),
    to: &mut Report<'_>,
) {
    let finding = to.finding(Severity::Warning, message).at(view.policy, here.0, here.1);
    to.push(finding.at(view.policy, there.0, there.1));
}

/// Groups that hold in the same case.
fn always(group: &Collect) -> bool {
    group.when.is_none()
}

/// One function demands an item of somebody and leaves it to choice.
fn needs(view: &View<'_>, function: &Function, to: &mut Report<'_>) {
    let of = |need: Need| {
        groups_of(function).filter(|group| always(group)).filter(move |group| group.need.said() == Some(&need))
    };
    for required in of(Need::Required) {
        for optional in of(Need::Optional).filter(|group| group.of == required.of && group.sources == required.sources)
        {
            let Some((here, there)) = shared(required, optional, |_| true) else { continue };
            let (name, items) = (function.name.as_str(), view.items([here.0]));
            let message = said!("`{name}` demands {items} and leaves it to choice", name, items);
            against(view, message, (here.1, said!("demanded")), (there, said!("to choice")), to);
        }
    }
}

/// The first item of a kind that two groups have in common, with both places.
fn shared<'g>(
    one: &'g Collect,
    other: &'g Collect,
    of: impl Fn(&Ref<Item>) -> bool,
) -> Option<((&'g Ref<Item>, Span), Span)> {
    one.items.iter().filter(|item| of(item)).find_map(|item| {
        let also = other.items.iter().find(|also| *also == item)?;
        Some(((item, item.span), also.span))
    })
}

/// Refusing stops nothing, and all the same something must be given.
fn refused(view: &View<'_>, function: &Function, to: &mut Report<'_>) {
    let Some(refused) = function.refused.said().filter(|refused| refused.reach.value == Reach::Nowhere) else { return };
    let Some(Stated::Said(need)) = groups_of(function)
        .filter(|group| always(group))
        .map(|group| &group.need)
        .find(|need| need.said() == Some(&Need::Required))
    else {
        return;
    };
    let message = said!("`{name}` demands items, and refusing them changes nothing", name = function.name.value);
    let there = (refused.reach.span, said!("and without it all goes on"));
    against(view, message, (need.span, said!("demanded")), there, to);
}

/// A function that needs nothing, and a permission that takes something for it.
fn nothing(view: &View<'_>, function: &Function, to: &mut Report<'_>) {
    let Stated::Nothing(promised) = &function.collects else { return };
    for permission in view.said().permissions.iter().filter(|permission| !permission.items.is_empty()) {
        let serves =
            permission.modes.iter().flat_map(|mode| &mode.functions).find(|named| named.text == function.id.as_str());
        // A permission with modes for others takes its items for those.
        let alone =
            permission.modes.iter().flat_map(|mode| &mode.functions).all(|named| named.text == function.id.as_str());
        if let (Some(serves), true) = (serves, alone) {
            let message = said!(
                "`{function}` needs nothing, and `{permission}` takes {items} for it",
                function = function.name.value,
                permission = permission.name.value,
                items = view.items(&permission.items)
            );
            against(view, message, (serves.span, said!("takes something")), (*promised, said!("needs nothing")), to);
        }
    }
}

/// One item is declared sensitive here and not sensitive there. A group is declared as a whole, so a name among health
/// declarations says nothing of names: only what can be sensitive by itself counts.
fn sensitive(view: &View<'_>, to: &mut Report<'_>) {
    let declared = |is: bool| view.groups().filter(move |(_, group)| group.sensitive.said() == Some(&is));
    let mut told = BTreeSet::new();
    for (one, grave) in declared(true) {
        for (other, light) in declared(false) {
            let classed = |item: &Ref<Item>| view.facts(item).is_some_and(|facts| facts.class.is_some());
            let Some((here, there)) = shared(grave, light, classed) else { continue };
            if told.insert(here.0.text.as_str()) {
                let (item, one, other) = (view.items([here.0]), one.name.as_str(), other.name.as_str());
                let message = said!("{item} is sensitive in `{one}` and not in `{other}`", item, one, other);
                against(view, message, (there, said!("not sensitive")), (here.1, said!("sensitive")), to);
            }
        }
    }
}

/// The text's own definition counts what it declares not to be sensitive.
fn defined(view: &View<'_>, to: &mut Report<'_>) {
    let statements = &view.said().statements;
    let definitions: Vec<&Statement> = statements
        .iter()
        .filter(|one| one.kind.value == StatementKind::Definition && !one.sensitive.is_empty())
        .collect();
    let mut told = BTreeSet::new();
    for (function, group) in view.groups().filter(|(_, group)| group.sensitive.said() == Some(&false)) {
        for item in &group.items {
            let Some(class) = view.facts(item).and_then(|facts| facts.class) else { continue };
            let counted = definitions.iter().flat_map(|one| &one.sensitive).find(|counted| counted.value == class);
            let Some(counted) = counted.filter(|_| told.insert(item.text.as_str())) else { continue };
            let message = said!(
                "`{name}` takes {items} for not sensitive, and the text's definition counts it",
                name = function.name.value,
                items = view.items([item])
            );
            let (here, there) = ((item.span, said!("not sensitive")), (counted.span, said!("counted here")));
            against(view, message, here, there, to);
        }
    }
}

/// One record is kept for two periods, or for the shortest and the longest that can be.
fn kept(view: &View<'_>, to: &mut Report<'_>) {
    let rules = &view.said().retentions;
    let meet = |one: &Retention, other: &Retention| {
        one.classes.is_empty() && other.classes.is_empty()
            || one.classes.iter().any(|class| other.classes.contains(class))
    };
    for (i, one) in rules.iter().enumerate() {
        for other in rules.iter().take(i).filter(|other| meet(one, other)) {
            if let Some((periods, other_periods)) = one.period.said().zip(other.period.said())
                && periods.span() != other_periods.span()
            {
                let message = said!(
                    "`{one}` keeps for {period} what `{other}` keeps for {other_period}",
                    one = one.id.as_str(),
                    period = periods.span(),
                    other = other.id.as_str(),
                    other_period = other_periods.span()
                );
                against(view, message, (one.id.span, said!("one period")), (other.id.span, said!("and another")), to);
            }
            let shortest = |rule: &Retention| rule.shortest.as_ref().is_some_and(|shortest| shortest.value);
            let longest = |rule: &Retention| !shortest(rule) && rule.longest_of.len() > 1;
            if shortest(one) && longest(other) || longest(one) && shortest(other) {
                let message = said!(
                    "`{other}` and `{one}` keep the same, one for the shortest time and one for the longest",
                    other = other.id.as_str(),
                    one = one.id.as_str()
                );
                against(view, message, (one.id.span, said!("here")), (other.id.span, said!("and here")), to);
            }
        }
    }
}

/// Everything is kept by one measure in one chapter and by another in another. Of children there may be rules of their own.
fn measures(view: &View<'_>, to: &mut Report<'_>) {
    let of_minors: BTreeSet<String> = view.said().minors.clause.iter().map(|clause| chapter(clause)).collect();
    let place = |rule: &Retention| rule.clause.first().map(|clause| chapter(clause));
    let whole = |rule: &&Retention| {
        rule.classes.is_empty()
            && !rule.longest_of.is_empty()
            && place(rule).is_some_and(|chapter| !of_minors.contains(&chapter))
    };
    let rules: Vec<&Retention> = view.said().retentions.iter().filter(whole).collect();
    let mut told: BTreeSet<Option<String>> = BTreeSet::new();
    for (i, one) in rules.iter().enumerate() {
        let apart = |other: &&&Retention| {
            place(other) != place(one) && !other.longest_of.iter().any(|also| one.longest_of.contains(also))
        };
        if let Some(other) = rules.iter().take(i).find(apart).filter(|_| told.insert(place(one))) {
            let message = said!(
                "`{other}` measures by one thing how long all is kept, and `{one}` by another",
                other = other.id.as_str(),
                one = one.id.as_str()
            );
            against(view, message, (other.id.span, said!("by one")), (one.id.span, said!("by another")), to);
        }
    }
}

/// Rights are cut with consent only, and going on counts as consent.
fn silence(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let Stated::Said(promise) = &said.update.rights_cut_needs_consent else { return };
    let goes_on = |one: &&Statement| one.kind.value == StatementKind::ContinuedUseIsConsent;
    if let Some(going_on) = said.statements.iter().find(goes_on).filter(|_| promise.value) {
        let message = said!("rights become fewer by consent only, and going on counts as consent to every change");
        let there = (going_on.id.span, said!("going on is consent"));
        against(view, message, (promise.span, said!("by consent only")), there, to);
    }
}
