//! Who stands behind a recipient that the text names as a class, and to whom nothing goes any more: both are the company's
//! to say, in the operation file.

use policy::syntax::{Kind, Party, Suspension};

use crate::labels::{choice, phrase};
use crate::wording::{Wording, date, list, sentence, tidy};

/// The parties of one recipient with their contacts, in one line; empty where the company names none.
pub(crate) fn named(say: Wording<'_>, recipient: &str) -> String {
    list(of(say, recipient).map(|party| {
        let blanks = [("name", tidy(&party.name)), ("contact", tidy(&party.contact))];
        let line = phrase("party", &blanks.each_ref().map(|(blank, text)| (*blank, text.as_str())));
        match suspensions(say).find(|one| one.party.as_ref().is_some_and(|named| named.text == party.id.as_str())) {
            Some(since) => phrase("party-suspended", &[("party", &line), ("date", &date(since.since.value))]),
            None => line,
        }
    }))
}

/// Who they are, as a sentence: the customer chooses among the parties of a chosen or picked recipient only.
pub(crate) fn introduced(say: Wording<'_>, recipient: &str) -> Option<String> {
    let parties = named(say, recipient);
    let known = say.program.policy.recipients.iter().find(|one| one.id.as_str() == recipient);
    let picked = say.program.operation.switches.picked.iter().any(|one| one.text == recipient);
    let chosen = picked || known.and_then(|one| one.chosen.as_ref()).is_some_and(|chosen| chosen.value);
    let blanks = [("recipient", say.named(Kind::Recipient, recipient)), ("parties", parties.clone())];
    let key = if chosen { "party" } else { "party-named" };
    (!parties.is_empty()).then(|| choice(key, &blanks.each_ref().map(|(blank, text)| (*blank, text.as_str()))))
}

/// Why nothing goes to the recipient, or to one of its parties, and since when.
pub(crate) fn suspended(say: Wording<'_>, recipient: &str) -> Vec<String> {
    let concerns = |one: &&Suspension| {
        let whole = one.recipient.as_ref().is_some_and(|named| named.text == recipient);
        whole || one.party.as_ref().is_some_and(|party| of(say, recipient).any(|known| known.id.as_str() == party.text))
    };
    suspensions(say).filter(concerns).map(|one| stopped(say, one)).collect()
}

/// One suspension, as a sentence.
pub(crate) fn stopped(say: Wording<'_>, one: &Suspension) -> String {
    let parties = &say.program.operation.parties;
    let party = one.party.as_ref().and_then(|named| parties.iter().find(|party| party.id.as_str() == named.text));
    let recipient = one.recipient.as_ref().map(|named| say.name(named));
    let name = party.map(|party| tidy(&party.name)).or(recipient).unwrap_or_default();
    let (date, reason) = (date(one.since.value), sentence(&tidy(&one.reason)));
    choice("suspended", &[("name", &name), ("date", &date), ("reason", &reason)])
}

fn of<'p>(say: Wording<'p>, recipient: &str) -> impl Iterator<Item = &'p Party> {
    say.program.operation.parties.iter().filter(move |party| party.recipient.text == recipient)
}

fn suspensions(say: Wording<'_>) -> impl Iterator<Item = &Suspension> {
    say.program.operation.suspended.iter()
}
