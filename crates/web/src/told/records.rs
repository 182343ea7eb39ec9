//! Records and their values as their reader may see them.

use desk::Platform;
use desk::read::{RecordView, Standing};
use model::calendar::day_in_shanghai;
use model::field::Validator;
use policy::question::Outcome;

use super::services::state;
use crate::pages::parts::{Day, Shown, Tone};
use crate::pages::portal::RecordLine;
use crate::words::{fill, listed, say};

/// A value as its reader may see it.
pub(crate) fn value(shown: &desk::read::Shown) -> Shown {
    match (&shown.value, shown.answer.outcome, shown.mask) {
        (Some(value), _, Some(mask)) if mask != model::field::Mask::None => Shown::Masked(value.clone()),
        (Some(value), Outcome::Masked, _) => Shown::Masked(value.clone()),
        (Some(value), _, _) => Shown::Clear(value.clone()),
        (None, _, _) if !shown.files.is_empty() => {
            Shown::Masked(fill("files-held", &[("count", &shown.files.len().to_string())]))
        }
        (None, _, _) => Shown::Withheld,
    }
}

/// A record as a card.
pub(crate) fn line(platform: &Platform, view: &RecordView) -> RecordLine {
    let items = &platform.tables.program().items;
    let mut numbered = view
        .parts
        .iter()
        .flat_map(|part| &part.items)
        .filter(|shown| items.get(&shown.item).is_some_and(|item| item.validator == Some(Validator::Identifier)));
    let until = view.ended.into_iter().chain(view.in_force_until).min();
    let number = numbered.find_map(|shown| shown.value.clone()).unwrap_or_default();
    let (state, tone) = stands(view.standing);
    let class = view.product.is_some().then(|| view.class_name.clone());
    let roles = Some(listed(view.roles.iter().cloned())).filter(|roles| !roles.is_empty());
    let about: Vec<String> = class.into_iter().chain(view.made_by.clone()).chain(roles).collect();
    RecordLine {
        id: view.record.to_string(),
        title: view.product.clone().unwrap_or_else(|| view.class_name.clone()),
        about: about.join(" · "),
        opened: Day(day_in_shanghai(view.at)),
        number,
        certificate: None,
        state,
        tone,
        since: view.in_force_from.map(Day),
        until: until.map(Day),
    }
}

/// How a record stands, in a word.
fn stands(standing: Standing) -> (String, Tone) {
    match standing {
        Standing::Asks(end) => state(end),
        Standing::Erased => (say("life-erased"), Tone::Note),
        Standing::StorageOnly => (say("life-storage-only"), Tone::Warn),
        Standing::Over => (say("life-ended"), Tone::Note),
        Standing::Unpaid => (say("payment-due"), Tone::Warn),
        Standing::ToBegin => (say("life-to-begin"), Tone::Warn),
        Standing::InForce | Standing::Held => (say("life-live"), Tone::Good),
        Standing::Pursued => (say("life-pursued"), Tone::Warn),
        Standing::Settled => (say("life-settled"), Tone::Note),
        Standing::Completed => (say("life-completed"), Tone::Note),
        Standing::Paid => (say("payment-paid"), Tone::Good),
        Standing::Open => (say("life-open"), Tone::Warn),
    }
}
