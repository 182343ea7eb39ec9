//! Asking for consents: each scope by itself, in its own words, with two answers of one weight; and reading the answers.

use std::collections::BTreeSet;

use desk::Platform;
use desk::consent::{Choice, Manner};
use jiff::Timestamp;
use model::act::GivenBy;
use model::{Fingerprint, Slug};
use policy::syntax::{Form as ConsentKind, Function, Kind};
use policy::terms::Scope;

use super::form::notice_for;
use crate::pages::parts::{ConsentChoice, Link};
use crate::session::Form;
use crate::told::elements;
use crate::words::{fill, say};

/// The scopes of a function that cover any of `items`; the general one always, and first.
pub(crate) fn scopes<'p>(platform: &'p Platform, function: &Function, items: &BTreeSet<&Slug>) -> Vec<&'p Scope> {
    let own = |scope: &&Scope| scope.kind == Kind::Function && scope.element == function.id.value;
    let covers = |scope: &&Scope| scope.class.is_none() || scope.items.iter().any(|item| items.contains(item));
    platform.tables.scopes().iter().filter(own).filter(covers).collect()
}

/// What a page posts back of what it showed: the policy and the text.
pub(crate) fn shown(platform: &Platform, scope: &str) -> String {
    let text = render::consent::text_of(&platform.tables, scope).map(|text| text.text.to_string());
    format!("{} {}", platform.tables.policy(), text.unwrap_or_default())
}

/// One question. `refused` says what follows from "no".
pub(crate) fn question(
    platform: &Platform,
    scope: &Scope,
    function: Option<&Function>,
    refused: String,
    asker: &Asker<'_>,
) -> ConsentChoice {
    let text = render::consent::text_of(&platform.tables, &scope.id);
    let (title, paragraphs) = text.map(|text| (text.title, text.paragraphs)).unwrap_or_default();
    let told = paragraphs.into_iter().map(|one| fill("told", &[("heading", &one.heading), ("text", &one.text)]));
    let base = format!("/p/{}", platform.id);
    let link = |label: &'static str, path: &str| Link { label: say(label), href: format!("{base}{path}") };
    let notice = scope.class.and(function).and_then(|function| notice_for(platform, function, &scope.items));
    ConsentChoice {
        scope: format!("{}{}", asker.prefix, scope.id),
        title,
        form: elements::form_of(scope.form),
        text: told.collect(),
        notice,
        refused,
        reading: vec![link("policy-text", "/policy"), link("collection-list", "/lists#collect")],
        shown: shown(platform, &scope.id),
        error: None,
    }
}

/// What follows from refusing a scope of a function.
pub(crate) fn if_refused(function: &Function, scope: &Scope, demanded: bool) -> String {
    let name = function.name.value.as_str();
    let told = function.refused.said().and_then(|refused| refused.text.as_ref());
    match (told, scope.class.is_none() || demanded) {
        (Some(text), true) => text.value.clone(),
        (None, true) => fill("refused-closes", &[("function", name)]),
        (_, false) => fill("refused-without", &[("function", name)]),
    }
}

/// Of whom a form asks consents, and who answers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asker<'a> {
    /// What stands before the scopes in the names of the controls, where several people are asked about.
    pub(crate) prefix: &'a str,
    /// Who answers.
    pub(crate) by: GivenBy,
    /// The party that was chosen.
    pub(crate) party: Option<&'a Slug>,
    /// When the consents end by themselves.
    pub(crate) until: Option<Timestamp>,
}

impl Asker<'_> {
    /// The person at the form, for oneself.
    pub(crate) const ONESELF: Self = Self { prefix: "", by: GivenBy::Oneself, party: None, until: None };
}

/// Whether a form answers nothing but what was asked.
pub(crate) fn only_asked(form: &Form, asked: &[(&str, &str)]) -> bool {
    let mut names = form.fields.iter().filter_map(|(name, _)| name.strip_prefix("consent"));
    let is = |name: &str, (prefix, scope): (&str, &str)| {
        name.strip_prefix('.').and_then(|rest| rest.strip_prefix(prefix)) == Some(scope)
    };
    names.all(|name| asked.iter().any(|one| is(name, *one)))
}

/// Answers that came.
#[derive(Default)]
pub(crate) struct Answers {
    /// Yes.
    pub(crate) yes: Vec<Choice>,
    /// No, by scope.
    pub(crate) no: Vec<String>,
    /// Scopes without an answer that counts, and what is wrong.
    pub(crate) missing: Vec<(String, String)>,
}

/// What a form no longer asks, for it was decided since its page was shown: on another page, or when it was sent before.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settled<'p> {
    pub(crate) scope: &'p Scope,
    /// Whether it was decided with yes.
    pub(crate) given: bool,
}

/// What is wrong with an answer that the page no longer asks for, to be said over the page.
pub(crate) fn unplaced(wrong: &[(String, String)], asked: &[(&Scope, bool)]) -> Option<String> {
    let on_page = |of: &str| asked.iter().any(|(scope, _)| scope.id == of);
    wrong.iter().find(|(of, _)| !on_page(of)).map(|(_, why)| why.clone())
}

/// Reads the answers to `asked`; an answer that must come and does not is missing. `None` when the form answers what was
/// neither asked nor settled.
///
/// Anything but `yes` and `no` is no answer of our radios. Whoever sends `on`, as a ticked box does, is treated as having
/// ticked beforehand: the desk refuses that, and says so on the ledger (rule R7).
pub(crate) fn answers(
    platform: &Platform,
    (asked, settled): (&[(&Scope, bool)], &[Settled<'_>]),
    form: &Form,
    asker: &Asker<'_>,
) -> Option<Answers> {
    let settled_too = settled.iter().map(|one| one.scope);
    let own = asked.iter().map(|(scope, _)| *scope).chain(settled_too).map(|scope| (asker.prefix, scope.id.as_str()));
    only_asked(form, &own.collect::<Vec<_>>()).then(|| answers_of(platform, (asked, settled), form, asker))
}

/// The answers of one of several people that a form asks about ([`only_asked`]).
///
/// What is settled with yes needs no second yes, and a no to it is no withdrawal: that has a page of its own, so the form
/// is not taken. What is settled with no is open to another mind.
pub(crate) fn answers_of(
    platform: &Platform,
    (asked, settled): (&[(&Scope, bool)], &[Settled<'_>]),
    form: &Form,
    asker: &Asker<'_>,
) -> Answers {
    let mut answers = Answers::default();
    let named = |scope: &Scope| format!("consent.{}{}", asker.prefix, scope.id);
    for Settled { scope, given } in settled {
        match (form.one(&named(scope)), given) {
            (Some("no"), true) => answers.missing.push((scope.id.clone(), say("consent-stands"))),
            (None, _) | (Some(_), true) | (Some("no"), false) => {}
            (Some(answer), false) => match choice(platform, scope, form, answer, asker) {
                Some(choice) => answers.yes.push(choice),
                None => answers.missing.push((scope.id.clone(), say("consent-moved"))),
            },
        }
    }
    for (scope, needed) in asked {
        let name = named(scope);
        let answered = form.fields.iter().any(|(key, _)| *key == name);
        match form.one(&name) {
            Some("no") => answers.no.push(scope.id.clone()),
            Some(answer) => match choice(platform, scope, form, answer, asker) {
                Some(choice) => answers.yes.push(choice),
                None => answers.missing.push((scope.id.clone(), say("consent-moved"))),
            },
            None if *needed || answered => answers.missing.push((scope.id.clone(), say("consent-unanswered"))),
            None => {}
        }
    }
    answers
}

/// A yes to exactly the text that the page showed; `None` when that is not the text of today.
pub(crate) fn choice(
    platform: &Platform,
    scope: &Scope,
    form: &Form,
    answer: &str,
    asker: &Asker<'_>,
) -> Option<Choice> {
    let shown = form.one(&format!("shown.{}{}", asker.prefix, scope.id))?;
    let (policy, text) = shown.split_once(' ')?;
    let (policy, text): (Fingerprint, Fingerprint) = (policy.parse().ok()?, text.parse().ok()?);
    let present = render::consent::text_of(&platform.tables, &scope.id)?.text;
    let artefact = match (answer, scope.form) {
        // A guardian answers each question for a child by itself (PIPL art. 31; GB/T 35273).
        ("yes", ConsentKind::General) if asker.by == GivenBy::Guardian => Manner::Separate,
        ("yes", ConsentKind::General) => Manner::Tick,
        // What wants a signature is refused on a radio: the desk says so, on the ledger (rule R11).
        ("yes", ConsentKind::Separate | ConsentKind::Written) => Manner::Separate,
        _ => Manner::Prechecked,
    };
    (text == present).then(|| Choice {
        scope: scope.id.clone(),
        party: asker.party.cloned().filter(|_| scope.per_party),
        artefact,
        policy,
        text,
        by: asker.by,
        until: asker.until,
    })
}
