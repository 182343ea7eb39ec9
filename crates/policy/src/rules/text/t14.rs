//! `T14`: what the text promises to nobody is not sent.

use std::collections::BTreeSet;

use super::super::said::{Bilingual, said};
use super::super::view::{View, is_personal, rests_on_consent, span_of};
use super::super::{Report, Rule};
use crate::finding::{Finding, Severity, Span};
use crate::syntax::{Action, Item, Promise, Recipient, Ref, Regime, Sdk, Share};

pub(super) const RULE: Rule = Rule { code: "T14", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    for promise in &said.promises {
        withheld(view, promise, to);
    }
    for share in view.shares() {
        at_home(view, share, to);
        only_sums(view, share, to);
    }
    for sdk in &said.sdks {
        kit(view, sdk, to);
    }
}

fn items_of<'a>(view: &View<'a>, share: &'a Share) -> BTreeSet<&'a str> {
    let said = view.said();
    let record = |id: &str| said.records.iter().find(move |record| record.id.as_str() == id);
    let held = share.records.iter().filter_map(|class| record(&class.text)).flat_map(|record| {
        let made = said
            .functions
            .iter()
            .filter(|one| one.makes.as_ref().is_some_and(|makes| makes.text == record.id.as_str()));
        let taken = made.flat_map(super::super::view::groups_of).flat_map(|group| &group.items);
        record.holds.iter().flat_map(|holding| &holding.items).chain(taken)
    });
    let named = share.items.said().into_iter().flatten();
    named.chain(held).map(|item| item.text.as_str()).collect()
}

/// A promise that items go to nobody, or to none of those it names.
fn withheld(view: &View<'_>, promise: &Promise, to: &mut Report<'_>) {
    if promise.withholds.is_empty() && promise.withheld_from.is_empty() {
        return;
    }
    let promised = promise.withholds.first().map(|item| item.span);
    let at = promised.or_else(|| promise.withheld_from.first().map(|one| one.span)).unwrap_or(promise.id.span);
    let meant = |id: &str| promise.withheld_from.is_empty() || promise.withheld_from.iter().any(|one| one.text == id);
    let kept = |sent: &BTreeSet<&str>| -> Vec<&Ref<Item>> {
        promise.withholds.iter().filter(|item| sent.contains(item.text.as_str())).collect()
    };
    let tell = |what: &str, there: Span, sent: &BTreeSet<&str>, to: &mut Report<'_>| {
        let kept = kept(sent);
        if kept.is_empty() && (sent.is_empty() || !promise.withholds.is_empty()) {
            return;
        }
        let items = if kept.is_empty() { said!("anything") } else { view.items(kept) };
        let promise = promise.id.as_str();
        let message = said!("`{promise}` promises not to give {items}, and `{what}` gives it", promise, items, what);
        let (here, there) = ((there, said!("given here")), (at, said!("promised here")));
        to.push(both(view, to.finding(Severity::Error, message), here, there));
    };
    for share in view.shares().filter(|share| meant(&share.recipient.text)) {
        tell(&share.name, share.id.span, &items_of(view, share), to);
    }
    let covered = |sdk: &&Sdk| !view.shares().any(|share| share.recipient.text == sdk.recipient.text);
    for sdk in view.said().sdks.iter().filter(|sdk| meant(&sdk.recipient.text)).filter(covered) {
        let items = sdk.items.said().into_iter().flatten().map(|item| item.text.as_str()).collect();
        tell(&sdk.name, sdk.id.span, &items, to);
    }
    for one in view.said().disclosures.iter().filter(|_| promise.withheld_from.is_empty()) {
        let items = one.items.said().into_iter().flatten().map(|item| item.text.as_str()).collect();
        tell(&one.name, one.id.span, &items, to);
    }
}

/// Nothing leaves the country, says the text, and this does.
fn at_home(view: &View<'_>, share: &Share, to: &mut Report<'_>) {
    let may = &view.said().export.may;
    let abroad = |recipient: &Recipient| recipient.overseas.as_ref().is_some_and(|overseas| overseas.value);
    let leaves = share.act.value == Action::Export || view.recipient(share).is_some_and(abroad);
    if leaves && (may.said() == Some(&false) || may.is_nothing()) {
        let message = said!("the text sends nothing abroad, and `{name}` does", name = share.name.value);
        let here = (share.id.span, said!("goes abroad"));
        let there = (span_of(may, share.id.span), said!("nothing does"));
        to.push(both(view, to.finding(Severity::Error, message), here, there));
    }
}

/// Who is promised to get sums only gets them only, unless a person agrees.
fn only_sums(view: &View<'_>, share: &Share, to: &mut Report<'_>) {
    let Some(recipient) = view.recipient(share).filter(|one| one.regime.value == Regime::Aggregates) else { return };
    if is_personal(share.level.as_ref()) && !rests_on_consent(&share.basis, &share.consent) {
        let (name, what) = (&recipient.name.value, &share.name.value);
        let message = said!("`{name}` is to get no more than sums, and `{what}` gives it items", name, what);
        let (here, there) = ((share.id.span, said!("given here")), (recipient.regime.span, said!("sums only")));
        to.push(both(view, to.finding(Severity::Error, message), here, there));
    }
}

/// A kit takes what no clause gives to its maker.
fn kit(view: &View<'_>, sdk: &Sdk, to: &mut Report<'_>) {
    let Some(items) = sdk.items.said().filter(|items| !items.is_empty()) else { return };
    let given: Vec<&Share> = view.shares().filter(|share| share.recipient.text == sdk.recipient.text).collect();
    // A clause that leaves its items open may mean these.
    if given.iter().any(|share| share.items.is_silent() && share.records.is_empty()) {
        return;
    }
    let told: BTreeSet<&str> = given.iter().flat_map(|share| items_of(view, share)).collect();
    let more: Vec<&Ref<Item>> = items.iter().filter(|item| !told.contains(item.text.as_str())).collect();
    let Some(first) = more.first() else { return };
    let (name, items) = (&sdk.name.value, view.items(more.iter().copied()));
    let here = (first.span, said!("taken here"));
    let Some(share) = given.first() else {
        let message = said!("`{name}` takes {items}, and no clause gives its maker anything", name, items);
        to.push(to.finding(Severity::Warning, message).at(view.policy, here.0, here.1));
        return;
    };
    let message = said!("`{name}` takes {items}, which no clause gives to its maker", name, items);
    to.push(both(view, to.finding(Severity::Warning, message), here, (share.id.span, said!("given here: less"))));
}

fn both(view: &View<'_>, finding: Finding, here: (Span, Bilingual), there: (Span, Bilingual)) -> Finding {
    finding.at(view.policy, here.0, here.1).at(view.policy, there.0, there.1)
}
