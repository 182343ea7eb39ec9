//! What a text says that people can do, or that is done for them, and what it describes does not bear out (`T16`).

use std::collections::BTreeSet;

use super::super::Report;
use super::super::said::{Listed, joined, said};
use super::super::view::{View, groups_of, span_of};
use super::t04::is_from_device;
use super::t19::against;
use super::wording::wording;
use crate::finding::Severity;
use crate::syntax::{
    At, Authority, Category, Collect, Function, Item, Level, Need, Promise, Reach, Ref, Right, Stated, StatementKind,
    Tracker,
};

pub(super) fn check(view: &View<'_>, to: &mut Report<'_>) {
    let mut told = BTreeSet::new();
    for (function, group) in view.groups() {
        choice(view, function, group, &mut told, to);
    }
    pixels(view, to);
    guardians(view, to);
    do_not_track(view, to);
    for right in &view.said().rights {
        oneself(view, right, to);
    }
    marks(view, to);
    for promise in &view.said().promises {
        nameless(view, promise, to);
    }
}

/// A choice, of what a device hands over by itself and nothing switches off. Places are for `T04`.
fn choice<'a>(
    view: &View<'a>,
    function: &'a Function,
    group: &'a Collect,
    told: &mut BTreeSet<&'a str>,
    to: &mut Report<'_>,
) {
    const HANDED_OVER: [Category; 3] = [Category::Device, Category::BrowsingLog, Category::NetworkIdentity];
    let refused =
        function.refused.said().filter(|refused| matches!(refused.reach.value, Reach::ThisFunction | Reach::Nowhere));
    let refused = refused.map(|refused| refused.reach.span);
    let optional = match &group.need {
        Stated::Said(need) if need.value == Need::Optional => Some(need.span),
        _ => None,
    };
    let (Some(offered), true) = (optional.or(refused), is_from_device(view, group)) else { return };
    if function.opt_out.as_ref().is_some_and(|out| out.value) {
        return;
    }
    let is_device = |item: &&Ref<Item>| view.facts(item).is_some_and(|facts| HANDED_OVER.contains(&facts.category));
    let items: Vec<&Ref<Item>> = group.items.iter().filter(is_device).collect();
    let Some(first) = items.first() else { return };
    // The sentence that leaves the choice is the function's.
    let clause = function.clause.first().map(|clause| clause.as_str());
    if told.insert(clause.unwrap_or(function.id.as_str())) {
        let message = said!(
            "`{name}` leaves it to choice to give {items}, which the device hands over by itself",
            name = function.name.value,
            items = view.items(items.iter().copied())
        );
        let mut finding = to.finding(Severity::Warning, message).at(view.policy, first.span, said!("no way to refuse"));
        finding.clause = clause.map(str::to_owned);
        to.push(finding.at(view.policy, offered, said!("left to choice")));
    }
}

/// A picture in a mail that tells whether it was opened, against which one may leave the list; of one clause once.
fn pixels(view: &View<'_>, to: &mut Report<'_>) {
    let listed = |one: &&Tracker| one.refusal.said().is_some_and(|way| wording().is_unsubscribing(way));
    let all: Vec<&Tracker> = view.said().trackers.iter().filter(listed).collect();
    for alike in all.chunk_by(|one, other| one.clause == other.clause) {
        let names = joined(alike.iter().map(|tracker| tracker.name.as_str()));
        let message =
            said!("against {names} one may only leave the list: nothing ends the tracking and leaves the mails", names);
        let mut finding = to.finding(Severity::Warning, message);
        for tracker in alike {
            finding = finding.at(view.policy, span_of(&tracker.refusal, tracker.id.span), said!("ends the mails"));
        }
        to.push(finding);
    }
}

/// A guardian must agree, and whoever comes in is not asked for one. Rules made for children may tell how.
fn guardians(view: &View<'_>, to: &mut Report<'_>) {
    let minors = &view.said().minors;
    let (Stated::Said(guardian), false) = (&minors.guardian, minors.dedicated.said() == Some(&true)) else { return };
    let takes = |function: &&Function| groups_of(function).any(|group| view.is_natural(&group.of));
    let Some(first) = view.said().functions.iter().find(takes).filter(|_| guardian.value) else { return };
    let by_guardian = |group: &Collect| {
        group.authority.as_ref().is_some_and(|authority| authority.said() == Some(&Authority::Guardian))
    };
    if groups_of(first).any(by_guardian) {
        return;
    }
    let aged = |item: &Ref<Item>| {
        view.facts(item).is_some_and(|facts| matches!(facts.id.as_str(), "birth-date" | "age" | "id-number"))
    };
    let known = groups_of(first).flat_map(|group| &group.items).any(aged);
    let name = first.name.as_str();
    let message = if known {
        said!("a guardian must agree, and `{name}` asks for none", name)
    } else {
        said!("a guardian must agree, and `{name}` asks for none, nor finds out who is a minor", name)
    };
    to.warning(guardian.span, message, said!("asked how?"));
}

/// Do-Not-Track is honoured, and against trackers a visitor has to do something each time. That a browser refuses them, too, is
/// another way and no contradiction.
fn do_not_track(view: &View<'_>, to: &mut Report<'_>) {
    let Stated::Said(honoured) = &view.said().do_not_track else { return };
    let other = |one: &&Tracker| one.refusal.said().is_some_and(|way| wording().is_each_time(way));
    let all: Vec<&Tracker> = view.said().trackers.iter().filter(other).collect();
    let (Some(first), true) = (all.first(), honoured.value) else { return };
    let names = joined(all.iter().map(|tracker| tracker.name.as_str()));
    let message =
        said!("Do-Not-Track is honoured, and against {names} the visitor has to do something at each visit", names);
    against(view, message, (first.id.span, said!("each time")), (honoured.span, said!("honoured")), to);
}

/// What one does oneself is asking somebody.
fn oneself(view: &View<'_>, right: &Right, to: &mut Report<'_>) {
    let Stated::Said(routes) = &right.routes else { return };
    let missing: Vec<_> = right.announced.iter().filter(|way| !routes.value.contains(&way.value)).collect();
    let Some(first) = missing.first() else { return };
    let message = said!(
        "the right `{right}` is announced by {announced} and goes by {given}",
        right = Listed(right.kind.value),
        announced = joined(missing.iter().map(|way| Listed(way.value))),
        given = joined(routes.value.iter().map(|way| Listed(*way)))
    );
    against(view, message, (first.span, said!("announced")), (routes.span, said!("and given")), to);
}

/// The text says that it marks what matters, and nothing in it is marked.
fn marks(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let Some(Stated::Nothing(none)) = said.document.as_ref().and_then(|document| document.marked.as_ref()) else {
        return;
    };
    for statement in said.statements.iter().filter(|one| one.kind.value == StatementKind::Typography) {
        let message = said!("the text says that it marks what matters, and a reader finds no marks");
        against(view, message, (statement.id.span, said!("marked")), (*none, said!("no marks")), to);
    }
}

/// What is held is said to identify nobody, and must.
fn nameless(view: &View<'_>, promise: &Promise, to: &mut Report<'_>) {
    let nobody = |level: &&At<Level>| matches!(level.value, Level::DeIdentified | Level::Anonymised | Level::Aggregate);
    let Some(level) = promise.level.as_ref().filter(nobody) else { return };
    let names = |item: &&Ref<Item>| view.facts(item).is_some_and(|facts| facts.category == Category::Identity);
    let named = |function| groups_of(function).flat_map(|group| &group.items).find(names);
    let found = view.said().functions.iter().find_map(|function| Some((function, named(function)?.span)));
    let Some((function, at)) = found else { return };
    let message = said!(
        "`{promise}` says that what is held identifies nobody, and `{function}` cannot do without who it is",
        promise = promise.id.as_str(),
        function = function.name.value
    );
    against(view, message, (level.span, said!("identifies nobody")), (at, said!("identifies")), to);
}
