//! R66: whom a text sends people to with a complaint is in charge.

use super::view::{View, span_of};
use super::{Report, Rule};
use crate::finding::{Severity, Span};
use crate::law::{InCharge, Succeeded};
use crate::syntax::{RightKind, Stated};

pub(super) const RULE: Rule = Rule { code: "R66", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let wording = view.program.law.wording();
    let bodies = said.handler.complaint_bodies.said().map_or(&[][..], Vec::as_slice);
    let at = span_of(&said.handler.complaint_bodies, said.handler.name.span);
    let complaints = said.rights.iter().filter(|right| right.kind.value == RightKind::Complain);
    let effects =
        complaints.filter_map(|right| right.effect.as_ref()).map(|effect| (effect.value.as_str(), effect.span));
    let named = bodies.iter().map(|body| (body.as_str(), at)).chain(effects);
    for (text, at) in named {
        for gone in wording.authority.iter().filter(|one| one.since <= view.day) {
            if let Some(word) = gone.words.iter().find(|word| text.contains(word.as_str())) {
                succeeded(gone, word, at, to);
            }
        }
    }
    if let Stated::Said(_) = &said.handler.complaint_bodies {
        let kind = said.handler.kind.value;
        let misses = |one: &&InCharge| one.looks_after(kind) && !bodies.iter().any(|body| one.is_named(body));
        for missing in wording.in_charge.iter().filter(misses) {
            let message = format!("among whom people may complain to, `{}` is missing", missing.name);
            to.warning(at, message, "looks after this handler");
        }
    }
}

fn succeeded(gone: &Succeeded, word: &str, at: Span, to: &mut Report<'_>) {
    let unsure = if gone.certain { "" } else { ", to be confirmed by counsel" };
    let message = format!("`{word}` takes no complaints any more: since {} {}{unsure}", gone.since, gone.now);
    to.warning(at, message, "nobody there");
}
