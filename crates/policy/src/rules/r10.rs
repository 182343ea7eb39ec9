//! R10: separate consent for sensitive items, for handing out, for making public and for sending abroad.

use super::said::{Bilingual, said};
use super::view::{View, is_personal, rests_on_consent, span_of};
use super::{Report, Rule};
use crate::finding::{Severity, Span};
use crate::syntax::{Action, Form, Kind, Stated};

pub(super) const RULE: Rule = Rule { code: "R10", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    sensitive(view, to);
    for share in view.shares().filter(|share| view.is_provided(share)) {
        if rests_on_consent(&share.basis, &share.consent) && share.of.iter().any(|of| view.is_natural(of)) {
            let what = said!("handing items over (`{name}`)", name = share.name.value);
            let carried = if share.act.value == Action::Export { "R37" } else { "R23" };
            form(carried, &what, &share.consent, share.id.span, to);
        }
    }
    let export = &view.said().export;
    if export.may.said().is_some_and(|may| *may) {
        form("R37", &said!("sending items abroad"), &export.consent, view.head(export.span), to);
    }
}

/// Taking them in, and using them for something else.
fn sensitive(view: &View<'_>, to: &mut Report<'_>) {
    taken(view, to);
    let uses = view.said().uses.iter().filter(|used| is_personal(used.level.as_ref()));
    for used in uses.filter(|used| rests_on_consent(&used.basis, &used.consent)) {
        let items = used.items.iter().filter(|item| view.is_sensitive(item));
        let items: Vec<_> = items.filter(|_| used.of.iter().any(|of| view.is_natural(of))).collect();
        let Some(first) = items.first() else { continue };
        let names = view.items(items.iter().copied());
        let what = said!("working with {items} (`{name}`)", items = names, name = used.name.value);
        form(RULE.code, &what, &used.consent, first.span, to);
    }
}

fn taken(view: &View<'_>, to: &mut Report<'_>) {
    for (function, group) in view.groups() {
        let declared = group.sensitive.said().is_some_and(|sensitive| *sensitive);
        let items: Vec<_> = group.items.iter().filter(|item| declared || view.is_sensitive(item)).collect();
        let Some(first) = items.first() else { continue };
        if !rests_on_consent(&function.basis, &function.consent) && group.consent.is_none() {
            continue;
        }
        let of = view.name(Kind::Person, &group.of.text);
        let names = view.items(items.iter().copied());
        let what = said!("taking {items} from `{of}` (`{name}`)", items = names, of, name = function.name.value);
        match &group.consent {
            Some(own) => form(RULE.code, &what, &Stated::Said(own.clone()), first.span, to),
            None => form(RULE.code, &what, &function.consent, first.span, to),
        }
    }
}

/// A lesser form that is planned is an error; silence on the form leaves it open, and somebody should close it. Each way
/// out has its own article, which the rule of that way cites.
pub(super) fn form(carried: &'static str, what: &Bilingual, planned: &Stated<Form>, at: Span, to: &mut Report<'_>) {
    let (severity, message, label) = match planned {
        Stated::Said(form) if form.value != Form::General => return,
        Stated::Said(_) | Stated::Nothing(_) => {
            (Severity::Error, said!("no separate consent for {what}", what), said!("not separate"))
        }
        Stated::NotStated { .. } => {
            let message = said!("the text does not say that the consent for {what} is separate", what);
            (Severity::Warning, message, said!("in which form?"))
        }
    };
    let mut finding = to.finding(severity, message).at(to.view.policy, span_of(planned, at), label);
    finding.cites = to.cites(carried);
    to.push(finding);
}
