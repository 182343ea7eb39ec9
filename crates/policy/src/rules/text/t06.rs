//! `T06`: the lists of channels agree, and so do the ways by which people are told and may write.

use std::collections::BTreeSet;

use super::super::said::joined;
use super::super::view::View;
use super::super::{Report, Rule};
use super::t18;
use crate::finding::Severity;
use crate::syntax::{Contact, Kind, Route};

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
        let message =
            format!("the text uses the channel `{}` and does not say that it applies there", channel.name.value);
        let finding = to.finding(severity, message);
        to.push(finding.at(view.policy, channel.id.span, "used").at(view.policy, first, "the text applies to these"));
    }
    // A list of kits that is kept by channel should have one for each. One under another name is told already.
    let listed: BTreeSet<&str> = said.sdks.iter().map(|sdk| sdk.channel.text.as_str()).collect();
    let without = document.channels.iter().filter(|channel| !listed.contains(channel.text.as_str()));
    let without: Vec<_> = without.collect();
    if listed.len() > 1 && !without.is_empty() && listed.is_subset(&scope) {
        let names = joined(without.iter().map(|channel| view.name(Kind::Channel, &channel.text)));
        let message = format!("kits are listed by channel, and {names} are not among those channels");
        let mut finding = to.finding(Severity::Note, message).about("channels");
        for channel in without {
            finding = finding.at(view.policy, channel.span, "in no list of kits");
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
        let names = joined(blind.iter().map(|way| way.word()));
        let message = format!("`{}` tells by {names}, and the text collects no address for it", promise.id.value);
        to.warning(first.span, message, "to where?");
    }
}

/// A contact for some rights that whoever looks up the contacts for questions does not find there.
fn asked(view: &View<'_>, to: &mut Report<'_>) {
    const QUESTION: &str = "question";
    let contacts = &view.said().handler.contacts;
    let answers = |one: &Contact| one.serves.iter().any(|matter| matter.value == QUESTION);
    let all: Vec<Route> = contacts.iter().filter(|one| answers(one)).map(|one| one.route.value).collect();
    let rights: BTreeSet<&str> = view.said().rights.iter().map(|right| right.kind.word()).collect();
    for contact in contacts.iter().filter(|one| !all.is_empty() && !all.contains(&one.route.value)) {
        let serves: Vec<&str> =
            contact.serves.iter().map(|matter| matter.as_str()).filter(|matter| rights.contains(matter)).collect();
        if !serves.is_empty() {
            let message = format!(
                "{} goes by `{}`, which the contacts for questions leave out",
                joined(serves),
                contact.value.value
            );
            let finding = to.finding(Severity::Note, message);
            to.push(finding.at(view.policy, contact.value.span, "named here only"));
        }
    }
}
