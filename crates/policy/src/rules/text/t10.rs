//! `T10`: contacts can be right. A malformed one, and a second company, are for `R1`.

use std::collections::BTreeSet;

use super::super::address::{Telephone, doubled_end, hosts_in, mails_in, telephones};
use super::super::said::{Listed, said};
use super::super::view::{View, span_of};
use super::super::{Report, Rule};
use super::clause::chapter;
use super::t11;
use super::wording::wording;
use crate::finding::{Severity, Span};
use crate::syntax::{Contact, Handler, Recipient, Regime, Responsible, Route, Stated, quoted};

pub(super) const RULE: Rule = Rule { code: "T10", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let handler = &said.handler;
    let by = |route: Route| handler.contacts.iter().filter(move |contact| contact.route.value == route);
    for fax in by(Route::Fax) {
        let dialled = dialled(&fax.value);
        let same = |phone: &&Contact| self::dialled(&phone.value).iter().any(|number| dialled.contains(number));
        if let Some(phone) = by(Route::Phone).find(same) {
            let message = said!("telephone and fax have one number: `{number}`", number = quoted(&fax.value));
            let finding = to.finding(Severity::Warning, message).at(view.policy, fax.value.span, said!("the fax"));
            to.push(finding.at(view.policy, phone.value.span, said!("the telephone")));
        }
    }
    domains(view, to);
    for form in by(Route::WebForm).filter(|form| !is_somewhere(&form.value)) {
        let name = quoted(&form.value);
        let message = said!("`{name}` is a form of which the text does not say where it is", name);
        to.warning(form.value.span, message, said!("no address"));
    }
    for right in &said.rights {
        let Some(path) = &right.path else { continue };
        if let Some(other) = unknown(handler, path) {
            let message = said!(
                "the right `{right}` goes to `{contact}`, which is no contact of the handler",
                right = Listed(right.kind.value),
                contact = quoted(&other)
            );
            let finding = to.finding(Severity::Warning, message).at(view.policy, path.span, said!("whose is it?"));
            let known = handler.contacts.first().map_or(handler.name.span, |contact| contact.value.span);
            to.push(finding.at(view.policy, known, said!("the handler's")));
        }
    }
    for recipient in said.recipients.iter().filter(|one| one.regime.value != Regime::Internal) {
        borrowed(view, recipient, to);
    }
    doubled(view, to);
    for service in by(Route::OnlineService).filter(|service| !is_somewhere(&service.value)) {
        let name = quoted(&service.value);
        let message = said!("`{name}` answers, and the text does not say where it is found", name);
        to.push(to.finding(Severity::Note, message).at(view.policy, service.value.span, said!("where?")));
    }
    several(view, to);
    misspelt(view, to);
    units(view, to);
}

/// The text speaks of several of a kind, and gives one.
fn several(view: &View<'_>, to: &mut Report<'_>) {
    let contacts = &view.said().handler.contacts;
    for contact in contacts {
        let alike = contacts.iter().filter(|other| other.route == contact.route).count();
        if let (Some(clause), 1) = (&contact.several, alike) {
            let message = said!(
                "`{clause}` speaks of several ways by {way}, and the text gives one",
                clause = clause.value,
                way = Listed(contact.route.value)
            );
            let mut finding = to.finding(Severity::Note, message).at(view.policy, clause.span, said!("which others?"));
            finding.clause = Some(clause.value.clone());
            to.push(finding.at(view.policy, contact.value.span, said!("the one")));
        }
    }
}

/// A way to a right leads through something whose name is that of the service or the handler but for one letter.
fn misspelt(view: &View<'_>, to: &mut Report<'_>) {
    let (header, handler) = (&view.said().policy, &view.said().handler);
    let names = || {
        let service = std::iter::once(&header.service).chain(&header.aliases);
        service.chain(std::iter::once(&handler.name)).chain(&handler.aliases)
    };
    for right in &view.said().rights {
        let Some(path) = &right.path else { continue };
        let slip = names().find_map(|name| t11::slip_in(path, name).map(|slip| (slip, name)));
        let Some((slip, name)) = slip.filter(|(slip, _)| !names().any(|name| name.value == *slip)) else { continue };
        let message = said!(
            "the right `{right}` leads through `{slip}`, and the name is `{name}`",
            right = Listed(right.kind.value),
            slip = quoted(&slip),
            name = quoted(name)
        );
        let finding = to.finding(Severity::Warning, message).at(view.policy, path.span, said!("spelled so"));
        to.push(finding.at(view.policy, name.span, said!("and so")));
    }
}

/// Somebody is responsible, and the contacts stand in other chapters.
fn units(view: &View<'_>, to: &mut Report<'_>) {
    let handler = &view.said().handler;
    let reached: BTreeSet<String> =
        handler.contacts.iter().flat_map(|contact| &contact.clause).map(|clause| chapter(clause)).collect();
    let apart = |unit: &&Responsible| {
        !unit.clause.is_empty() && !unit.clause.iter().any(|clause| reached.contains(&chapter(clause)))
    };
    for unit in handler.units.iter().filter(apart).filter(|_| !reached.is_empty()) {
        let message = said!("`{name}` is responsible, and no contact is told for it", name = quoted(&unit.name));
        let finding = to.finding(Severity::Note, message);
        to.push(finding.at(view.policy, unit.name.span, said!("reached how?")));
    }
}

/// A mailbox of another house than the website.
fn domains(view: &View<'_>, to: &mut Report<'_>) {
    let handler = &view.said().handler;
    let (Stated::Said(mail), Stated::Said(site)) = (&handler.email, &handler.website) else { return };
    let host = site.split("//").last().and_then(|rest| rest.split(['/', ':', '?']).next()).unwrap_or_default();
    let mailbox = mail.rsplit_once('@').and_then(|(_, domain)| wording().owner(domain));
    let differ = |(mailbox, house): &(&str, &str)| !mailbox.eq_ignore_ascii_case(house);
    if let Some((mailbox, house)) = mailbox.zip(wording().owner(host)).filter(differ) {
        let (mailbox, house) = (quoted(mailbox), quoted(house));
        let message = said!("the mailbox is with `{mailbox}` and the website with `{house}`", mailbox, house);
        let finding = to.finding(Severity::Note, message).at(view.policy, mail.span, said!("the mailbox"));
        to.push(finding.at(view.policy, site.span, said!("the website")));
    }
}

/// A recipient that is reached at the handler's own number is reached by nobody.
fn borrowed(view: &View<'_>, recipient: &Recipient, to: &mut Report<'_>) {
    let handler = &view.said().handler;
    let Some(contact) = recipient.contact.said() else { return };
    let numbers = dialled(contact);
    let same = |own: &Contact| {
        let own_numbers = dialled(&own.value);
        own.value.trim() == contact.trim()
            || !numbers.is_empty() && numbers.iter().all(|number| own_numbers.contains(number))
    };
    let own: Option<Span> = handler.contacts.iter().find(|own| same(own)).map(|own| own.value.span);
    let mail = match &handler.email {
        Stated::Said(mail) if mail.trim() == contact.trim() => Some(mail.span),
        _ => None,
    };
    if let Some(own) = own.or(mail) {
        let (name, contact) = (recipient.name.as_str(), quoted(contact));
        let message = said!("`{name}` is reached at the handler's own `{contact}`", name, contact);
        let at = span_of(&recipient.contact, recipient.id.span);
        let finding = to.finding(Severity::Warning, message).at(view.policy, at, said!("the recipient"));
        to.push(finding.at(view.policy, own, said!("the handler")));
    }
}

/// Where a recipient or the maker of a kit is reached or read about, in a domain whose end stands there twice. The handler's
/// own are for `R1`.
fn doubled(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let contacts = said.recipients.iter().map(|one| (&one.contact, one.id.span, one.name.as_str()));
    let links = said.sdks.iter().map(|one| (&one.link, one.id.span, one.name.as_str()));
    for (stated, element, of) in contacts.chain(links) {
        let Some(text) = stated.said() else { continue };
        let mailboxes = mails_in(text).filter_map(|mail| mail.rsplit_once('@')).map(|(_, domain)| domain);
        for domain in mailboxes.chain(hosts_in(text)) {
            // What is called back to front, as the parts of a program are, may say one name twice.
            let Some(end) = doubled_end(domain).filter(|end| wording().is_domain_end(end)) else { continue };
            let domain = quoted(domain);
            let message =
                said!("`{domain}`, of `{of}`, ends twice with `{end}`: nobody has such an address", domain, of, end);
            let finding = to.finding(Severity::Warning, message);
            to.push(finding.at(view.policy, span_of(stated, element), said!("malformed")));
        }
    }
}

/// The number or mailbox of a path that the text gives nowhere as a contact, where it gives others of the kind.
fn unknown(handler: &Handler, path: &str) -> Option<String> {
    let mails = || {
        let said = handler.email.said().map(String::as_str);
        let listed = handler.contacts.iter().filter(|contact| contact.route.value == Route::Email);
        said.into_iter().chain(listed.map(|contact| contact.value.as_str()))
    };
    let numbers = || handler.contacts.iter().filter(|contact| matches!(contact.route.value, Route::Phone | Route::Sms));
    let mail = words(path, |c| c.is_ascii_graphic() && !",;".contains(c)).find(|word| word.contains('@'));
    let alike = |known: &str, mail: &str| known.to_ascii_lowercase().contains(&mail.to_ascii_lowercase());
    let mail = mail.filter(|mail| mails().next().is_some() && !mails().any(|known| alike(known, mail)));
    let number = words(path, |c| c.is_ascii_digit() || " -".contains(c)).find(|word| is_number(word));
    let known = |number: &String| {
        numbers().any(|contact| {
            let listed = dialled(&contact.value);
            digits(&contact.value).contains(&digits(number)) || dialled(number).iter().any(|one| listed.contains(one))
        })
    };
    let number = number.filter(|number| numbers().next().is_some() && !known(number));
    mail.or(number)
}

/// Runs of letters of a kind.
fn words(text: &str, of: impl Fn(char) -> bool) -> impl Iterator<Item = String> {
    text.split(move |c| !of(c)).map(|word| word.trim().to_owned()).filter(|word| !word.is_empty())
}

/// The telephone numbers of a text, each with its extension.
fn dialled(text: &str) -> Vec<Telephone> {
    telephones(&wording().with_extensions(text))
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Long enough to be dialled; shorter runs are steps and dates.
fn is_number(text: &str) -> bool {
    const SHORTEST: usize = 5;
    digits(text).len() >= SHORTEST
}

/// Whether a contact that is neither number nor mailbox says where it is: an address, or a path of pages.
fn is_somewhere(text: &str) -> bool {
    [".", "/", "\u{2192}", "-", ">"].iter().any(|mark| text.contains(mark))
}
