//! R35: data stay in the country, and what leaves it goes by a route of the law.

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
            let message =
                format!("`{}` is abroad, and nothing says by which route items go there", recipient.name.value);
            to.error(at, message, "by which route?");
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
        to.warning(place.span, format!("data are kept in `{}`, and not in the country", quoted(place)), "abroad?");
    } else if let Some(word) = wording.as_a_rule(place) {
        let message = format!("data stay in the country `{word}`, and the text does not say when they do not");
        to.warning(place.span, message, "and otherwise?");
    }
}

/// A text that lets items leave, and names nobody yet, says at least what is done first.
fn procedure(view: &View<'_>, to: &mut Report<'_>) {
    let export = &view.said().export;
    if let Stated::Said(At { value: true, span }) = &export.may
        && export.procedure.said().is_none()
    {
        to.warning(
            *span,
            "items may leave the country, and the text does not say what is done first",
            "by which route?",
        );
    }
}
