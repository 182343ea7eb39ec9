//! `T06`: the lists of channels agree, and so do the ways by which people are told and may write.

use std::collections::BTreeSet;

use super::super::said::{Listed, joined, said};
use super::super::view::View;
use super::super::{Report, Rule};
use super::t18;
use crate::finding::Severity;
use crate::syntax::{Contact, Kind, RightKind, Route};

pub(super) const RULE: Rule = Rule { code: "T06", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    scope(view, to);
    told(view, to);
    asked(view, to);
}

fn scope(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let Some(document) = said.document.as_ref().filter(|document| !document.channels.is_empty()) else { return };
    let scope: BTreeSet<&str> = document.channels.iter().map(|channel| channel.text.as_str()).collect();
    let first = document.channels.first().map(|channel| channel.span).unwrap_or_default();
    // A list that ends with whatever comes leaves nothing out, and says all the same less than it could.
    let open = document.channels_open.as_ref().is_some_and(|open| open.value);
    let severity = if open { Severity::Note } else { Severity::Warning };
    for channel in said.channels.iter().filter(|channel| !scope.contains(channel.id.as_str())) {
        let name = channel.name.as_str();
        let message = said!("the text uses the channel `{name}` and does not say that it applies there", name);
        let finding = to.finding(severity, message).at(view.policy, channel.id.span, said!("used"));
        to.push(finding.at(view.policy, first, said!("the text applies to these")));
    }
    // A list of kits that is kept by channel should have one for each. One under another name is told already.
    let listed: BTreeSet<&str> = said.sdks.iter().map(|sdk| sdk.channel.text.as_str()).collect();
    let without = document.channels.iter().filter(|channel| !listed.contains(channel.text.as_str()));
    let without: Vec<_> = without.collect();
    if listed.len() > 1 && !without.is_empty() && listed.is_subset(&scope) {
        let names = joined(without.iter().map(|channel| view.name(Kind::Channel, &channel.text)));
        let message = said!("kits are listed by channel, and {names} are not among those channels", names);
        let mut finding = to.finding(Severity::Note, message).about("channels");
        for channel in without {
            finding = finding.at(view.policy, channel.span, said!("in no list of kits"));
        }
        to.push(finding);
    }
}

/// People are told by ways for which nothing that is collected says where such a message goes.
fn told(view: &View<'_>, to: &mut Report<'_>) {
    let known = t18::known(view);
    for promise in &view.said().promises {
        let blind: Vec<_> = promise.tells.iter().filter(|way| !t18::reaches(way.value, &known)).collect();
        let Some(first) = blind.first() else { continue };
        let ways = joined(blind.iter().map(|way| Listed(way.value)));
        let promise = promise.id.as_str();
        let message = said!("`{promise}` tells by {ways}, and the text collects no address for it", promise, ways);
        to.warning(first.span, message, said!("to where?"));
    }
}

/// A contact for some rights that whoever looks up the contacts for questions does not find there.
fn asked(view: &View<'_>, to: &mut Report<'_>) {
    const QUESTION: &str = "question";
    let contacts = &view.said().handler.contacts;
    let answers = |one: &Contact| one.serves.iter().any(|matter| matter.value == QUESTION);
    let all: Vec<Route> = contacts.iter().filter(|one| answers(one)).map(|one| one.route.value).collect();
    let rights: Vec<RightKind> = view.said().rights.iter().map(|right| right.kind.value).collect();
    let right = |matter: &str| rights.iter().find(|kind| kind.word() == matter).copied();
    for contact in contacts.iter().filter(|one| !all.is_empty() && !all.contains(&one.route.value)) {
        let serves: Vec<RightKind> = contact.serves.iter().filter_map(|matter| right(matter)).collect();
        if !serves.is_empty() {
            let message = said!(
                "{rights} goes by `{contact}`, which the contacts for questions leave out",
                rights = joined(serves.into_iter().map(Listed)),
                contact = contact.value.value
            );
            let finding = to.finding(Severity::Note, message);
            to.push(finding.at(view.policy, contact.value.span, said!("named here only")));
        }
    }
}
