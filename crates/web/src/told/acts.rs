//! Acts of the ledger in sentences, and their receipts.

use std::collections::BTreeSet;

use desk::Platform;
use desk::evidence::LeafView;
use desk::leaf::{Act, Entry, Who};
use policy::syntax::Kind;

use super::elements::{scope, title as scope_title};
use crate::pages::parts::{Moment, ReceiptLink};
use crate::pages::portal::{ActLine, ActOutcome};
use crate::words::{act, fill, listed, say};

/// An act on the ledger, as a line.
pub(crate) fn line(platform: &Platform, leaf: &LeafView) -> Option<ActLine> {
    let entry = leaf.entry.as_ref()?;
    Some(ActLine {
        at: Moment(entry.at),
        text: sentence(platform, entry),
        outcome: outcome(entry),
        receipt: Some(receipt(platform, leaf.index)),
    })
}

/// How an act went.
pub(crate) fn outcome(entry: &Entry) -> ActOutcome {
    if entry.act == Act::Refused { ActOutcome::Refused } else { ActOutcome::Done }
}

/// Who did what, in a sentence. It is the customer's own consent also where a system handed it in.
pub(crate) fn sentence(platform: &Platform, entry: &Entry) -> String {
    told_to(&say("who-subject"), platform, entry)
}

/// The sentence with the word by which its reader calls the customer.
pub(crate) fn told_to(own: &str, platform: &Platform, entry: &Entry) -> String {
    let by_another = entry.actor != Who::Subject;
    let chosen = is_choice(entry) && by_another;
    let who = if by_another { who(platform, entry) } else { own.to_owned() };
    let what = briefly(platform, entry);
    let subject = if chosen { own.to_owned() } else { who.clone() };
    let act = act(entry.act.word());
    let told = if what.is_empty() {
        fill("act-alone", &[("who", &subject), ("act", &act)])
    } else {
        fill("act-about", &[("who", &subject), ("act", &act), ("what", &what)])
    };
    if chosen { fill("act-handed-in", &[("told", &told), ("who", &who)]) } else { told }
}

/// An act as the title of its receipt: the word of the act and what it was about; of others also who it was.
pub(crate) fn title(platform: &Platform, entry: &Entry) -> String {
    if entry.actor != Who::Subject && !is_choice(entry) {
        return sentence(platform, entry);
    }
    let (act, what) = (act(entry.act.word()), briefly(platform, entry));
    if what.is_empty() { act } else { fill("act-title", &[("act", &act), ("what", &what)]) }
}

const fn is_choice(entry: &Entry) -> bool {
    matches!(entry.act, Act::Consent | Act::Withdraw | Act::Refuse | Act::Object | Act::Allow)
}

/// Who acted.
pub(crate) fn who(platform: &Platform, entry: &Entry) -> String {
    match &entry.actor {
        Who::Subject => say("who-subject"),
        Who::Staff { role, .. } => {
            let roles = platform.tables.program().operation.roles.iter();
            let name = roles.filter(|one| one.id.value == *role).map(|one| one.name.value.as_str()).next();
            fill("who-staff", &[("role", name.unwrap_or_default())])
        }
        Who::Service { .. } => say("who-service"),
        Who::Relative => say("who-relative"),
        Who::House => say("who-house"),
    }
}

/// What an act was about: the scopes, the function, the recipient.
pub(crate) fn what(platform: &Platform, entry: &Entry) -> String {
    if is_choice(entry) {
        return listed(entry.scopes.iter().map(|scope| scope_title(platform, scope)));
    }
    briefly(platform, entry)
}

/// What an act was about, in few words: of several scopes of one function, the function.
fn briefly(platform: &Platform, entry: &Entry) -> String {
    let names = &platform.tables.program().names;
    let party = entry.party.as_ref().map(|id| names.name_of(Kind::Party, id.as_str()));
    if is_choice(entry) {
        let scopes = entry.scopes.iter().filter_map(|id| scope(platform, id));
        let elements: BTreeSet<&str> = scopes.map(|scope| names.name_of(scope.kind, scope.element.as_str())).collect();
        let what = listed(elements);
        return party
            .map_or_else(|| what.clone(), |party| fill("title-for-party", &[("title", &what), ("party", party)]));
    }
    if entry.act == Act::Permission {
        return switches(platform, entry);
    }
    let function = entry.function.as_ref().map(|id| names.name_of(Kind::Function, id.as_str()));
    listed(function.into_iter().chain(party))
}

/// Device permissions, each with its state.
fn switches(platform: &Platform, entry: &Entry) -> String {
    let name = |id: &model::Slug| {
        let declared = platform.tables.program().policy.permissions.iter().find(|one| one.id.value == *id);
        declared.map_or_else(|| id.to_string(), |permission| permission.name.value.clone())
    };
    let told = entry.permissions.iter().map(|(id, on)| {
        let state = if *on { say("switch-on") } else { say("switch-off") };
        fill("switch-state", &[("name", &name(id)), ("state", &state)])
    });
    listed(told)
}

/// The receipt of a leaf.
pub(crate) fn receipt(platform: &Platform, leaf: u64) -> ReceiptLink {
    ReceiptLink { number: number(platform, leaf), href: format!("/p/{}/receipts/{leaf}", platform.id) }
}

/// The number of a leaf for people.
pub(crate) fn number(platform: &Platform, leaf: u64) -> String {
    format!("{}-{leaf:06}", platform.id)
}
