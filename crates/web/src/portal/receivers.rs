//! Who may receive what a function takes: the shares of the policy, each with what must happen before (PIPL arts. 23 and 30).

use std::collections::BTreeSet;

use desk::Platform;
use policy::syntax::{Action, Basis, Function, Kind, Level, RecipientClass, Share};

use crate::words::{fill, say};

/// The recipients that may get any of `items` as `function` takes them, each with the form of consent or the ground on
/// which that rests; where none may, the sentence that says so.
pub(super) fn receivers(platform: &Platform, function: &Function, items: &[&str]) -> Vec<String> {
    let shares = platform.tables.program().policy.shares.iter();
    let told: BTreeSet<String> = shares
        .filter(|share| reaches(share, function, items))
        .filter_map(|share| line(platform, share, items))
        .collect();
    if told.is_empty() { vec![say("no-receiver")] } else { told.into_iter().collect() }
}

/// Whether a share gives away what the function takes: the item itself, or the record that the function makes, of the
/// same person, and not as something that is of nobody any more.
fn reaches(share: &Share, function: &Function, items: &[&str]) -> bool {
    let named = share.items.said().into_iter().flatten().any(|item| items.contains(&item.text.as_str()));
    let made = function.makes.as_ref().map(|class| class.text.as_str());
    let held = share.records.iter().any(|class| Some(class.text.as_str()) == made);
    let taken = function.collects.said().into_iter().flatten();
    let mut taken = taken.filter(|group| group.items.iter().any(|item| items.contains(&item.text.as_str())));
    let theirs = taken.any(|group| share.of.iter().any(|person| person.text == group.of.text));
    let anonymised = share.level.as_ref().is_some_and(|level| level.value == Level::Anonymised);
    (named || held) && theirs && !anonymised
}

/// One recipient; `None` where the text gives neither a consent nor another ground, for then nothing is given.
fn line(platform: &Platform, share: &Share, items: &[&str]) -> Option<String> {
    let recipient = platform.tables.program().names.name_of(Kind::Recipient, &share.recipient.text);
    let own =
        platform.tables.scopes().iter().filter(|scope| scope.kind == Kind::Share && scope.element == share.id.value);
    let forms =
        own.filter(|scope| scope.items.iter().any(|item| items.contains(&item.as_str()))).map(|scope| scope.form);
    let needs = match ground(platform, share) {
        Some(ground) => fill("receiver-ground", &[("ground", &policy::label::label(ground))]),
        None => fill("receiver-consent", &[("form", &policy::label::label(forms.max()?))]),
    };
    Some(fill("receiver", &[("recipient", recipient), ("share", &share.name.value), ("needs", &needs)]))
}

/// The ground on which a share rests where neither text nor law asks for a consent to it; `None` where one of them does.
/// Who takes over takes the data along (PIPL art. 22). A contract may not free from the separate consent to what leaves
/// the house (PIPL art. 23, switch `separate-beyond-consent`).
pub(super) fn ground(platform: &Platform, share: &Share) -> Option<Basis> {
    let program = platform.tables.program();
    if share.consent.said().is_some() {
        return None;
    }
    let recipient = program.policy.recipients.iter().find(|one| one.id.as_str() == share.recipient.text);
    let acquires = recipient.is_some_and(|one| one.class.value == RecipientClass::Acquirer);
    let leaves = matches!(share.act.value, Action::Share | Action::Export);
    match share.basis.said().copied() {
        Some(Basis::Consent) => None,
        Some(Basis::Contract | Basis::HumanResources | Basis::Published)
            if leaves && program.operation.switches.separate_beyond_consent.value =>
        {
            None
        }
        Some(basis) => Some(basis),
        None => (acquires && share.act.value == Action::Transfer).then_some(Basis::OtherLaw),
    }
}
