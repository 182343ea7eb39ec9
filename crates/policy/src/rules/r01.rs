//! R1: a handler with a name and a working contact.

use super::address::{doubled_end, hosts_in, is_mail, is_telephone, mails_in};
use super::said::said;
use super::view::View;
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{At, Handler, Route, Stated, quoted};

pub(super) const RULE: Rule = Rule { code: "R1", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let handler = &view.said().handler;
    if handler.contacts.is_empty() && handler.email.said().is_none() && handler.address.said().is_none() {
        to.error(
            handler.name.span,
            said!("the text gives no way to reach the handler"),
            said!("reached by neither mail nor telephone"),
        );
    }
    let spoken = |route: Route| matches!(route, Route::Phone | Route::Fax);
    let written = handler.email.said().is_some() || handler.address.said().is_some();
    if let Some(first) = handler.contacts.first().filter(|_| !written)
        && handler.contacts.iter().all(|contact| spoken(contact.route.value))
        && numbers(handler).all(|number| is_telephone(number))
    {
        let message = said!("the handler is reached by telephone only, and nothing reaches it in writing");
        let finding = to.finding(Severity::Note, message);
        to.push(finding.at(view.policy, first.value.span, said!("and in writing?")));
    }
    for mail in mails(handler).filter(|mail| !is_mail(mail)) {
        let message = said!("`{mail}` is no address that mail reaches", mail = quoted(mail));
        to.warning(mail.span, message, said!("malformed"));
    }
    for number in numbers(handler).filter(|number| !is_telephone(number)) {
        let message = said!("`{number}` is no telephone number that can be dialled", number = quoted(number));
        to.warning(number.span, message, said!("malformed"));
    }
    officer(view, to);
    pages(view, to);
    names(view, to);
}

/// The mailbox of whoever is in charge. What is said of the handler's own is not said again.
fn officer(view: &View<'_>, to: &mut Report<'_>) {
    let handler = &view.said().handler;
    let Stated::Said(officer) = &handler.officer else { return };
    let told = |mail: &&str| mails(handler).any(|known| known.contains(mail));
    for mail in mails_in(officer).filter(|mail| !is_mail(mail) && !told(mail)) {
        let message = said!("`{mail}`, of the person in charge, is no address that mail reaches", mail = quoted(mail));
        to.warning(officer.span, message, said!("malformed"));
    }
}

/// The website, and pages that are contacts.
fn pages(view: &View<'_>, to: &mut Report<'_>) {
    let handler = &view.said().handler;
    let site = match &handler.website {
        Stated::Said(site) => Some(site),
        Stated::Nothing(_) | Stated::NotStated { .. } => None,
    };
    let written = |route: Route| !matches!(route, Route::Email | Route::Phone | Route::Sms | Route::Fax);
    let pages = handler.contacts.iter().filter(|contact| written(contact.route.value)).map(|contact| &contact.value);
    let pages = pages.filter(|page| site.is_none_or(|site| site.value != page.value));
    for page in site.into_iter().chain(pages) {
        let ends = hosts_in(page).filter_map(|host| Some((host, doubled_end(host)?)));
        for (host, end) in ends {
            let host = quoted(host);
            let message = said!("`{host}` ends twice with `{end}`, and no page has such an address", host, end);
            to.warning(page.span, message, said!("malformed"));
        }
    }
}

/// Another registered name is another company. A short form, or a branch, of the same name is not.
fn names(view: &View<'_>, to: &mut Report<'_>) {
    let handler = &view.said().handler;
    let wording = view.program.law.wording();
    let differs = |alias: &&At<String>| {
        wording.is_registered(alias) && !handler.name.contains(alias.as_str()) && !alias.contains(handler.name.as_str())
    };
    for alias in handler.aliases.iter().filter(differs) {
        let (name, other) = (quoted(&handler.name), quoted(alias));
        let message = said!("the text names two companies as its handler: `{name}` and `{other}`", name, other);
        let finding = to.finding(Severity::Warning, message).at(view.policy, alias.span, said!("another company"));
        to.push(finding.at(view.policy, handler.name.span, said!("the handler")));
    }
}

fn mails(handler: &Handler) -> impl Iterator<Item = &At<String>> {
    let said = match &handler.email {
        Stated::Said(mail) => Some(mail),
        Stated::Nothing(_) | Stated::NotStated { .. } => None,
    };
    let contacts = || reached_by(handler, Route::Email);
    // A contact stands in a clause of its own.
    said.into_iter().filter(move |mail| !contacts().any(|one| one.value == mail.value)).chain(contacts())
}

fn numbers(handler: &Handler) -> impl Iterator<Item = &At<String>> {
    reached_by(handler, Route::Phone)
}

fn reached_by(handler: &Handler, route: Route) -> impl Iterator<Item = &At<String>> {
    handler.contacts.iter().filter(move |contact| contact.route.value == route).map(|contact| &contact.value)
}
