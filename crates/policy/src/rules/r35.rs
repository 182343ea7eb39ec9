//! R35: data stay in the country, and what leaves it goes by a route of the law.

use super::said::said;
use super::view::View;
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{At, Stated, quoted};

pub(super) const RULE: Rule = Rule { code: "R35", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    for recipient in &view.said().recipients {
        let mut flows = view.flows_abroad(recipient).peekable();
        if flows.peek().is_some() && flows.all(|share| view.route_of(share).is_none()) {
            let at = recipient.overseas.as_ref().map_or(recipient.id.span, |overseas| overseas.span);
            let name = &recipient.name.value;
            let message = said!("`{name}` is abroad, and nothing says by which route items go there", name);
            to.error(at, message, said!("by which route?"));
        }
    }
    place(view, to);
    procedure(view, to);
}

/// Where a text says that data are kept, that is within the country, and without a reservation.
fn place(view: &View<'_>, to: &mut Report<'_>) {
    let wording = view.program.law.wording();
    let Stated::Said(place) = &view.said().storage.place else { return };
    if !wording.is_domestic(place) {
        let message = said!("data are kept in `{place}`, and not in the country", place = quoted(place));
        to.warning(place.span, message, said!("abroad?"));
    } else if let Some(word) = wording.as_a_rule(place) {
        let message = said!("data stay in the country `{word}`, and the text does not say when they do not", word);
        to.warning(place.span, message, said!("and otherwise?"));
    }
}

/// A text that lets items leave, and names nobody yet, says at least what is done first.
fn procedure(view: &View<'_>, to: &mut Report<'_>) {
    let export = &view.said().export;
    if let Stated::Said(At { value: true, span }) = &export.may
        && export.procedure.said().is_none()
    {
        let message = said!("items may leave the country, and the text does not say what is done first");
        to.warning(*span, message, said!("by which route?"));
    }
}
