//! `T06`: the lists of channels agree.

use std::collections::BTreeSet;

use super::super::view::{View, joined};
use super::super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::Kind;

pub(super) const RULE: Rule = Rule { code: "T06", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let Some(document) = said.document.as_ref().filter(|document| !document.channels.is_empty()) else { return };
    let scope: BTreeSet<&str> = document.channels.iter().map(|channel| channel.text.as_str()).collect();
    let first = document.channels.first().map(|channel| channel.span).unwrap_or_default();
    for channel in said.channels.iter().filter(|channel| !scope.contains(channel.id.as_str())) {
        let message =
            format!("the text uses the channel `{}` and does not say that it applies there", channel.name.value);
        let finding = to.finding(Severity::Warning, message);
        to.push(finding.at(view.policy, channel.id.span, "used").at(view.policy, first, "the text applies to these"));
    }
    // A list of kits that is kept by channel should have one for each.
    let listed: BTreeSet<&str> = said.sdks.iter().map(|sdk| sdk.channel.text.as_str()).collect();
    let without = document.channels.iter().filter(|channel| !listed.contains(channel.text.as_str()));
    let without: Vec<_> = without.collect();
    if listed.len() > 1 && !without.is_empty() {
        let names = joined(without.iter().map(|channel| view.name(Kind::Channel, &channel.text)));
        let message = format!("kits are listed by channel, and {names} are not among those channels");
        let mut finding = to.finding(Severity::Note, message).about("channels");
        for channel in without {
            finding = finding.at(view.policy, channel.span, "in no list of kits");
        }
        to.push(finding);
    }
}
