//! R1: a handler with a name and a working contact.

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
            "the text gives no way to reach the handler",
            "reached by neither mail nor telephone",
        );
    }
    let spoken = |route: Route| matches!(route, Route::Phone | Route::Fax);
    let written = handler.email.said().is_some() || handler.address.said().is_some();
    if let Some(first) = handler.contacts.first().filter(|_| !written)
        && handler.contacts.iter().all(|contact| spoken(contact.route.value))
        && numbers(handler).all(|number| is_telephone(number))
    {
        let finding =
            to.finding(Severity::Note, "the handler is reached by telephone only, and nothing reaches it in writing");
        to.push(finding.at(view.policy, first.value.span, "and in writing?"));
    }
    for mail in mails(handler).filter(|mail| !is_mail(mail)) {
        to.warning(mail.span, format!("`{}` is no address that mail reaches", quoted(mail)), "malformed");
    }
    for number in numbers(handler).filter(|number| !is_telephone(number)) {
        to.warning(
            number.span,
            format!("`{}` is no telephone number that can be dialled", quoted(number)),
            "malformed",
        );
    }
    names(view, to);
}

/// Another registered name is another company. A short form, or a branch, of the same name is not.
fn names(view: &View<'_>, to: &mut Report<'_>) {
    let handler = &view.said().handler;
    let wording = view.program.law.wording();
    let differs = |alias: &&At<String>| {
        wording.is_registered(alias) && !handler.name.contains(alias.as_str()) && !alias.contains(handler.name.as_str())
    };
    for alias in handler.aliases.iter().filter(differs) {
        let message =
            format!("the text names two companies as its handler: `{}` and `{}`", quoted(&handler.name), quoted(alias));
        let finding = to.finding(Severity::Warning, message);
        to.push(finding.at(view.policy, alias.span, "another company").at(
            view.policy,
            handler.name.span,
            "the handler",
        ));
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

/// An address of RFC 5321 with a host name, as far as a text can tell: a domain whose end stands there twice is a slip.
fn is_mail(text: &str) -> bool {
    let Some((local, domain)) = text.trim().split_once('@') else { return false };
    let labels: Vec<&str> = domain.split('.').collect();
    let sound = |label: &&str| {
        let inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
        !label.is_empty() && label.chars().all(inner) && !label.starts_with('-') && !label.ends_with('-')
    };
    let doubled = (1..=labels.len() / 2).any(|n| {
        let (rest, end) = labels.split_at(labels.len() - n);
        rest.ends_with(end)
    });
    let top = labels.last().is_some_and(|top| top.len() >= 2 && top.chars().all(|c| c.is_ascii_alphabetic()));
    let mailbox = |c: char| c.is_ascii_graphic() && !"()<>[]:;,\\\"@".contains(c);
    !local.is_empty() && local.chars().all(mailbox) && labels.len() >= 2 && labels.iter().all(sound) && top && !doubled
}

/// Whether a text holds telephone numbers, and none that is none. What is too short to be one, such as hours or an
/// extension, is passed over.
fn is_telephone(text: &str) -> bool {
    const SHORTEST: usize = 5;
    let part = |c: char| c.is_ascii_digit() || " +-()".contains(c) || ['\u{ff08}', '\u{ff09}'].contains(&c);
    let numbers: Vec<String> = text
        .split(|c: char| !part(c))
        .map(|run| run.chars().filter(char::is_ascii_digit).collect::<String>())
        .filter(|digits| digits.len() >= SHORTEST)
        .collect();
    !numbers.is_empty() && numbers.iter().all(|digits| is_number(digits))
}

/// A number of the Chinese numbering plan: service numbers, 400 and 800, mobiles, fixed lines with their area code.
fn is_number(digits: &str) -> bool {
    let national = ["0086", "86"].iter().find_map(|code| digits.strip_prefix(code)).filter(|rest| rest.len() >= 10);
    let digits = national.unwrap_or(digits);
    let fixed = |rest: &str| match (rest.get(..1), rest.len()) {
        (Some("1" | "2"), 10) => true,
        (Some("1" | "2"), _) => false,
        (_, length) => (9..=11).contains(&length),
    };
    match digits.as_bytes() {
        [b'1' | b'9', ..] if matches!(digits.len(), 5 | 6) => true,
        [b'4' | b'8', b'0', b'0', ..] => digits.len() == 10,
        [b'1', b'3'..=b'9', ..] => digits.len() == 11,
        [b'0', rest @ ..] => std::str::from_utf8(rest).is_ok_and(fixed),
        _ => national.is_some() && fixed(digits),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_needs_one_domain_that_ends_once() {
        for good in ["privacy@minghu.example", "a.b+c@mail.minghu.com.cn", "x@com.com.example"] {
            assert!(is_mail(good), "{good}");
        }
        for bad in [
            "privacy@wk.com.com",
            "privacy@wk.com.cn.com.cn",
            "privacy@wk",
            "privacy",
            "@wk.com",
            "a b@wk.com",
            "a@wk..com",
            "a@wk.com.",
            "a@-wk.com",
            "a@b@wk.com",
            "隐私@wk.com",
            "a@wk.c",
            "a@10.0.0.1",
        ] {
            assert!(!is_mail(bad), "{bad}");
        }
    }

    #[test]
    fn telephones_are_those_of_the_numbering_plan() {
        for good in [
            "95000",
            "956010",
            "12378",
            "400-800-1234",
            "010-12345678",
            "0510-8888 8888",
            "+86 139 0000 0000",
            "13900000000",
            "（0755）12345678转801",
            "95000（工作日9:00-18:00）",
            "95000、400-800-1234",
            "+86 21 12345678",
        ] {
            assert!(is_telephone(good), "{good}");
        }
        for bad in ["", "客服热线", "1234", "400-800-123", "12345678", "139000000", "010-1234567", "95000、1390000"]
        {
            assert!(!is_telephone(bad), "{bad}");
        }
    }
}
