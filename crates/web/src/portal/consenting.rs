//! Asking for consents: each scope by itself, in its own words, with two answers of one weight; and reading the answers.

use std::collections::BTreeSet;

use desk::Platform;
use desk::consent::Choice;
use jiff::Timestamp;
use model::act::{Artefact, GivenBy};
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
) -> ConsentChoice {
    let text = render::consent::text_of(&platform.tables, &scope.id);
    let (title, paragraphs) = text.map(|text| (text.title, text.paragraphs)).unwrap_or_default();
    let told = paragraphs.into_iter().map(|one| fill("told", &[("heading", &one.heading), ("text", &one.text)]));
    let base = format!("/p/{}", platform.id);
    let link = |label: &'static str, path: &str| Link { label: say(label), href: format!("{base}{path}") };
    let notice = scope.class.and(function).and_then(|function| notice_for(platform, function, &scope.items));
    ConsentChoice {
        scope: scope.id.clone(),
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

/// Reads the answers to `asked`; an answer that must come and does not is missing. `None` when the form answers what was
/// not asked.
///
/// Anything but `yes` and `no` is no answer of our radios. Whoever sends `on`, as a ticked box does, is treated as having
/// ticked beforehand: the desk refuses that, and says so on the ledger (rule R7).
pub(crate) fn answers(
    platform: &Platform,
    asked: &[(&Scope, bool)],
    form: &Form,
    party: Option<&Slug>,
    until: Option<Timestamp>,
) -> Option<Answers> {
    let names = form.fields.iter().filter_map(|(name, _)| name.strip_prefix("consent"));
    let known = |name: &str| asked.iter().any(|(scope, _)| name.strip_prefix('.') == Some(scope.id.as_str()));
    if !names.into_iter().all(known) {
        return None;
    }
    let mut answers = Answers::default();
    for (scope, needed) in asked {
        let name = format!("consent.{}", scope.id);
        let answered = form.fields.iter().any(|(key, _)| *key == name);
        match form.one(&name) {
            Some("no") => answers.no.push(scope.id.clone()),
            Some(answer) => match choice(platform, scope, form, answer, (party, until)) {
                Some(choice) => answers.yes.push(choice),
                None => answers.missing.push((scope.id.clone(), say("consent-moved"))),
            },
            None if *needed || answered => answers.missing.push((scope.id.clone(), say("consent-unanswered"))),
            None => {}
        }
    }
    Some(answers)
}

/// A yes to exactly the text that the page showed; `None` when that is not the text of today.
pub(crate) fn choice(
    platform: &Platform,
    scope: &Scope,
    form: &Form,
    answer: &str,
    (party, until): (Option<&Slug>, Option<Timestamp>),
) -> Option<Choice> {
    let shown = form.one(&format!("shown.{}", scope.id))?;
    let (policy, text) = shown.split_once(' ')?;
    let (policy, text): (Fingerprint, Fingerprint) = (policy.parse().ok()?, text.parse().ok()?);
    let present = render::consent::text_of(&platform.tables, &scope.id)?.text;
    let artefact = match (answer, scope.form) {
        ("yes", ConsentKind::General) => Artefact::Tick,
        ("yes", ConsentKind::Separate) => Artefact::Separate,
        ("yes", ConsentKind::Written) => Artefact::Written,
        _ => Artefact::Prechecked,
    };
    (text == present).then(|| Choice {
        scope: scope.id.clone(),
        party: party.cloned().filter(|_| scope.per_party),
        artefact,
        policy,
        text,
        by: GivenBy::Oneself,
        until,
    })
}
