//! `T15`: what leaves, or is put to use, was collected.

use std::collections::BTreeSet;

use super::super::said::{Bilingual, said};
use super::super::view::{View, groups_of, is_personal};
use super::super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{Item, Method, Ref, UseKind};

pub(super) const RULE: Rule = Rule { code: "T15", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let known = known(view);
    let mut tell = |name: &str, items: &mut dyn Iterator<Item = &Ref<Item>>, does: Bilingual| {
        let unknown: Vec<&Ref<Item>> = items.filter(|item| !known.contains(item.text.as_str())).collect();
        if let Some(first) = unknown.first() {
            let items = view.items(unknown.iter().copied());
            let message = said!("`{name}` {does} {items}, which the text collects nowhere", name, does, items);
            to.warning(first.span, message, said!("from where?"));
        }
    };
    // What a recipient's own code takes, it collects itself.
    for share in view.shares().filter(|share| share.method.said() != Some(&Method::Embedded)) {
        tell(&share.name, &mut share.items.said().into_iter().flatten(), said!("gives away"));
    }
    for one in &said.disclosures {
        tell(&one.name, &mut one.items.said().into_iter().flatten(), said!("makes public"));
    }
    for used in said.uses.iter().filter(|used| is_personal(used.level.as_ref()) && !makes(used.kind.value)) {
        tell(&used.name, &mut used.items.iter(), said!("works on"));
    }
}

/// What such a use works out, or takes in, comes of it.
const fn makes(kind: UseKind) -> bool {
    matches!(
        kind,
        UseKind::Profile
            | UseKind::Personalise
            | UseKind::Inbound
            | UseKind::Check
            | UseKind::Statistics
            | UseKind::Automate
    )
}

/// Every item that comes in somehow: from people, with records, by permissions, by trackers and kits, or by being worked out.
fn known<'a>(view: &View<'a>) -> BTreeSet<&'a str> {
    let said = view.said();
    let collected = said.functions.iter().flat_map(groups_of).flat_map(|group| &group.items);
    let held = said.records.iter().flat_map(|record| &record.holds).flat_map(|holding| &holding.items);
    let yielded = said.permissions.iter().flat_map(|permission| &permission.items);
    let tracked = said.trackers.iter().flat_map(|tracker| &tracker.items);
    let taken = said.sdks.iter().filter_map(|sdk| sdk.items.said()).flatten();
    let made = said.uses.iter().filter(|used| makes(used.kind.value)).flat_map(|used| &used.items);
    let embedded = said.shares.iter().filter(|share| share.method.said() == Some(&Method::Embedded));
    let embedded = embedded.filter_map(|share| share.items.said()).flatten();
    let all = collected.chain(held).chain(yielded).chain(tracked).chain(taken).chain(made).chain(embedded);
    all.map(|item| item.text.as_str()).collect()
}
