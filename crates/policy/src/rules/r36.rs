//! R36: each flow abroad has its route, and no more people's data leave on it than the law gives it.

use super::said::{Bilingual, Listed, said, unsure_there};
use super::view::{View, is_abroad};
use super::{Report, Rule};
use crate::finding::{Severity, Source, Span};
use crate::law::ExportCeiling;
use crate::syntax::{ExportRoute, Kind, Share};

pub(super) const RULE: Rule = Rule { code: "R36", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    for recipient in &view.said().recipients {
        let (routed, bare): (Vec<&Share>, Vec<&Share>) =
            view.flows_abroad(recipient).partition(|share| view.route_of(share).is_some());
        // Where no flow has one, that is R35's to tell.
        for share in bare.into_iter().filter(|_| !routed.is_empty()) {
            let message = said!("`{name}` goes abroad without a route of its own", name = share.name.value);
            to.error(share.id.span, message, said!("no route"));
        }
    }
    let Some(source) = view.operation else { return };
    for route in &view.program.operation.routes {
        let share = view.said().shares.iter().find(|share| share.id.as_str() == route.share.text);
        if let Some(share) = share {
            fits(view, &Declared { route, share, source }, to);
        }
    }
}

/// A route, the flow for which it is declared, and the file in which it is.
struct Declared<'a> {
    route: &'a ExportRoute,
    share: &'a Share,
    source: &'a Source,
}

impl Declared<'_> {
    fn tell(&self, severity: Severity, at: Span, message: Bilingual, label: Bilingual, to: &mut Report<'_>) {
        to.push(to.finding(severity, message).at(self.source, at, label).about(self.route.share.text.clone()));
    }
}

fn fits(view: &View<'_>, declared: &Declared<'_>, to: &mut Report<'_>) {
    let Declared { route, share, .. } = declared;
    let name = &share.name.value;
    if !view.recipient(share).is_some_and(|recipient| is_abroad(recipient, share)) {
        let message = said!("`{name}` has a route abroad, and stays in the country", name);
        declared.tell(Severity::Warning, route.share.span, message, said!("nobody there is abroad"), to);
    }
    match &route.until {
        Some(until) if until.value < view.day => {
            let message = said!("the route of `{name}` ended on {until}", name, until = until.value);
            declared.tell(Severity::Error, until.span, message, said!("not in force any more"), to);
        }
        None if route.by.value.expires() => {
            let by = Listed(route.by.value);
            let message = said!("`{by}` is granted for a time, and that of `{name}` has no last day", by, name);
            declared.tell(Severity::Warning, route.by.span, message, said!("until when?"), to);
        }
        Some(_) | None => {}
    }
    let sensitive = view.items_of(share).into_iter().find(|item| view.is_sensitive(item));
    if let Some(item) = sensitive.filter(|_| route.sensitive.value == 0 && route.by.value.is_counted()) {
        let item = view.name(Kind::Item, &item.text);
        let message =
            said!("with `{name}` leaves `{item}`, which is sensitive, and nobody is counted for it", name, item);
        declared.tell(Severity::Error, route.sensitive.span, message, said!("of how many people?"), to);
    }
    if let Some(ceiling) = view.program.law.export_ceiling(route.by.value, view.day) {
        counted(view, declared, ceiling, to);
    }
}

/// Who takes a flow apart comes under no ceiling by it: on the routes that the law counts, all flows count together.
fn counted(view: &View<'_>, declared: &Declared<'_>, ceiling: &ExportCeiling, to: &mut Report<'_>) {
    let Declared { route, share, .. } = declared;
    let counted = || view.program.operation.routes.iter().filter(|route| route.by.value.is_counted());
    let sum = |of: fn(&ExportRoute) -> u32| counted().map(of).fold(0, u32::saturating_add);
    let persons = (&route.persons, sum(|one| one.persons.value), ceiling.persons, said!("people"));
    let of = said!("people with sensitive items");
    let sensitive = (&route.sensitive, sum(|one| one.sensitive.value), ceiling.sensitive, of);
    for (own, all, below, of) in [persons, sensitive] {
        let (severity, many, whose) = if own.value >= below {
            (Severity::Error, own.value, said!("with this flow"))
        } else if all >= below {
            (Severity::Warning, all, said!("with all flows together"))
        } else {
            continue;
        };
        let unsure = unsure_there(ceiling.certain);
        let message = said!(
            "`{name}` goes abroad by `{by}`, for fewer than {below} {of} a year{unsure}: {many} {whose}",
            name = share.name.value,
            by = Listed(route.by.value),
            below,
            of,
            unsure,
            many,
            whose
        );
        declared.tell(severity, own.span, message, said!("too many for this route"), to);
    }
}
