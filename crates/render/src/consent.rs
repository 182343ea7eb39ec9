//! What a person reads before deciding on one scope: the items of PIPL arts. 14, 17, 23 and 30, and the fingerprint of
//! exactly these words (design invariant 12: what is read is what is enforced).
//!
//! The text is one template, a paragraph a line. [`ConsentText::plain`] is the title and those lines; a page shows
//! [`ConsentText::paragraphs`], which are the same lines taken apart, and nothing between them. Where the policy is
//! silent the text says so.

use std::collections::BTreeSet;

use askama::Template;
use jiff::civil::Date;
use model::{Fingerprint, Slug};
use policy::compile::Tables;
use policy::label::label;
use policy::resolve::Program;
use policy::shown::fingerprint;
use policy::syntax::{Function, Kind, Party, Policy, Purpose, Recipient, Ref, RightKind, Share, Source, Stated};
use policy::terms::Scope;

use crate::labels::phrase;
use crate::lists::{self, scope_title};
use crate::parties;
use crate::told::Told;
use crate::wording::{Wording, list, sentence, tidy, told, told_text, told_word, told_words};

/// The consent text of one scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentText {
    /// Id of the scope.
    pub scope: String,
    /// What is consented to, in one line.
    pub title: String,
    /// What the page shows under the title, in this order.
    pub paragraphs: Vec<Paragraph>,
    /// Title and paragraphs as fingerprinted: one line each, every line ends in a line feed.
    pub plain: String,
    /// SHA-256 of the words `shouyue text 1 zh`, a line feed, and [`ConsentText::plain`].
    pub text: Fingerprint,
}

/// One matter that the person is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    /// What it is about.
    pub heading: String,
    /// What is told.
    pub text: String,
}

/// The consent texts of every scope, in the order of [`Tables::scopes`].
pub fn texts_of(tables: &Tables) -> Vec<ConsentText> {
    tables.scopes().iter().map(|scope| text(tables, scope, None)).collect()
}

/// The consent text of the scope of that id; `None` for an unknown one.
pub fn text_of(tables: &Tables, scope: &str) -> Option<ConsentText> {
    let scope = tables.scopes().iter().find(|known| known.id == scope)?;
    Some(text(tables, scope, None))
}

/// The consent text of a scope for one party that the customer chose, with its name and contact (PIPL art. 23); `None`
/// for an unknown scope, for one that is not given party by party, and for a party of another recipient.
pub fn text_for(tables: &Tables, scope: &str, party: &str) -> Option<ConsentText> {
    let scope = tables.scopes().iter().find(|known| known.id == scope && known.per_party)?;
    let parties = &tables.program().operation.parties;
    let of = |one: &&Party| scope.recipient.as_ref().is_some_and(|recipient| recipient.as_str() == one.recipient.text);
    let party = parties.iter().filter(of).find(|one| one.id.as_str() == party)?;
    Some(text(tables, scope, Some(party)))
}

/// What somebody signs for a written consent (rule R11): the consent text, with what the signature means and until when
/// it holds. `None` for an unknown scope.
pub fn authorisation(tables: &Tables, scope: &str, until: Option<Date>) -> Option<ConsentText> {
    let scope = tables.scopes().iter().find(|known| known.id == scope)?;
    let until = until.map_or_else(
        || phrase("authorised-until-withdrawn", &[]),
        |day| phrase("authorised-until", &[("day", &day.to_string())]),
    );
    let authority = phrase("authorisation", &[("handler", &tidy(&tables.program().policy.handler.name))]);
    Some(text_with(tables, scope, None, &[authority, until]))
}

fn text(tables: &Tables, scope: &Scope, party: Option<&Party>) -> ConsentText {
    text_with(tables, scope, party, &[])
}

fn text_with(tables: &Tables, scope: &Scope, party: Option<&Party>, more: &[String]) -> ConsentText {
    let say = Wording::of(tables.program());
    let title = scope_title(say, scope, party);
    let mut lines = Lines::of(say, scope, tables.scopes(), party).to_string();
    for line in more {
        lines.push('\n');
        lines.push_str(line);
    }
    let mut plain = format!("{title}\n");
    let mut paragraphs = Vec::new();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        plain.push_str(line);
        plain.push('\n');
        let (heading, text) = line.split_once('\u{ff1a}').unwrap_or(("", line));
        paragraphs.push(Paragraph { heading: heading.to_owned(), text: text.to_owned() });
    }
    let text = fingerprint(&plain);
    ConsentText { scope: scope.id.clone(), title, paragraphs, plain, text }
}

/// The lines of the template. Plain text: values are tidied to one line, and nothing is escaped.
#[derive(Template)]
#[template(path = "consent.txt", escape = "none")]
struct Lines {
    handler: String,
    service: String,
    contacts: String,
    purposes: String,
    items: String,
    apart: String,
    persons: String,
    /// What the function reads and shows, in sentences.
    reads: String,
    /// Whether the text promises to collect nothing.
    nothing: bool,
    collected: String,
    act: String,
    recipient: Option<Receiving>,
    per_party: bool,
    sensitive: bool,
    necessity: Vec<String>,
    impact: Vec<String>,
    need: String,
    unneeded: String,
    alternatives: String,
    period: String,
    criteria: String,
    floors: String,
    refused: String,
    withdraw: String,
    effect: String,
    guardian: u16,
    form: String,
    clauses: String,
    silent: String,
}

/// Who receives (PIPL art. 23).
struct Receiving {
    name: String,
    class: String,
    regime: String,
    contact: String,
    method: String,
    purpose: String,
}

impl Lines {
    fn of(say: Wording<'_>, scope: &Scope, all: &[Scope], party: Option<&Party>) -> Self {
        let program = say.program;
        let handler = &program.policy.handler;
        let function = function_of(program, scope);
        let contacts = handler
            .contacts
            .iter()
            .map(|one| phrase("contact", &[("route", &label(one.route.value)), ("value", &tidy(&one.value))]));
        let (necessity, impact) = told_of_sensitive(say, scope);
        let class = function.and_then(|function| function.makes.as_ref()).map(|record| record.text.as_str());
        let (period, criteria, floors) = lists::kept(say, class);
        let withdraw = program.policy.rights.iter().find(|right| right.kind.value == RightKind::Withdraw);
        let ways = withdraw.map_or(Told::Silent, |right| told_words(&right.routes)).text();
        let path = withdraw.and_then(|right| right.path.as_ref()).map(|path| tidy(path));
        Self {
            handler: tidy(&handler.name),
            service: tidy(&program.policy.policy.service),
            contacts: list(contacts),
            purposes: purposes(say, scope),
            items: list(scope.items.iter().map(|item| say.item(item.as_str()))),
            apart: apart(say, scope, all),
            persons: list(scope.persons.iter().map(|person| say.named(Kind::Person, person.as_str()))),
            reads: function.into_iter().flat_map(|function| &function.reads).map(|read| say.read(read)).collect(),
            nothing: function.is_some_and(|function| matches!(function.collects, Stated::Nothing(_))),
            collected: how_collected(say, scope, function),
            act: label(scope.act),
            recipient: receiving(say, scope, party),
            per_party: scope.per_party && party.is_none(),
            sensitive: scope.class.is_some(),
            necessity,
            impact,
            need: needs(say, scope, function),
            unneeded: unneeded(say, scope),
            alternatives: alternatives(say, scope, function),
            period,
            criteria,
            floors,
            refused: sentence(&function.map_or(Told::Silent, |function| say.refused(&function.refused)).text()),
            withdraw: path.map_or(ways.clone(), |path| phrase("route-and-path", &[("route", &ways), ("path", &path)])),
            effect: sentence(
                &withdraw.and_then(|right| right.effect.as_ref()).map(|effect| tidy(effect)).unwrap_or_default(),
            ),
            guardian: scope.guardian_under,
            form: label(scope.form),
            clauses: list(scope.clause.iter().map(|clause| tidy(clause))),
            silent: phrase("silent", &[]),
        }
    }
}

fn function_of<'p>(program: &'p Program, scope: &Scope) -> Option<&'p Function> {
    let mut functions = program.policy.functions.iter();
    functions.find(|function| scope.kind == Kind::Function && function.id.value == scope.element)
}

fn share_of<'p>(program: &'p Program, scope: &Scope) -> Option<&'p Share> {
    program.policy.shares.iter().find(|share| scope.kind == Kind::Share && share.id.value == scope.element)
}

fn purposes(say: Wording<'_>, scope: &Scope) -> String {
    let policy = &say.program.policy;
    let id = &scope.element;
    let named: Vec<&Ref<Purpose>> = match scope.kind {
        Kind::Function => function_of(say.program, scope).into_iter().flat_map(|function| &function.purposes).collect(),
        Kind::Use => policy.uses.iter().filter(|used| used.id.value == *id).map(|used| &used.purpose).collect(),
        Kind::Tracker => policy.trackers.iter().filter(|one| one.id.value == *id).map(|one| &one.purpose).collect(),
        Kind::Share => share_of(say.program, scope).into_iter().filter_map(|share| share.purpose.said()).collect(),
        Kind::Source => from_source(policy, id),
        _ => Vec::new(),
    };
    if named.is_empty() {
        return phrase("silent-stop", &[]);
    }
    let told = named.into_iter().map(|purpose| {
        let meaning = policy.purposes.iter().find(|known| known.id.as_str() == purpose.text);
        let meaning = meaning.map(|known| tidy(&known.text)).unwrap_or_default();
        sentence(&phrase("purpose", &[("name", &say.name(purpose)), ("text", &meaning)]))
    });
    told.collect()
}

/// What is done with what comes from a source: by the functions and uses that take it, each once.
fn from_source<'p>(policy: &'p Policy, source: &Slug) -> Vec<&'p Ref<Purpose>> {
    let names = |sources: &[Ref<Source>]| sources.iter().any(|one| one.text == source.as_str());
    let takes =
        |function: &&Function| function.collects.said().into_iter().flatten().any(|group| names(&group.sources));
    let functions = policy.functions.iter().filter(takes).flat_map(|function| &function.purposes);
    let uses = policy.uses.iter().filter(|used| names(&used.sources)).map(|used| &used.purpose);
    let mut found: Vec<&Ref<Purpose>> = Vec::new();
    for purpose in functions.chain(uses) {
        if found.iter().all(|known| known.text != purpose.text) {
            found.push(purpose);
        }
    }
    found
}

/// How the items come in (PIPL art. 17: the method).
fn how_collected(say: Wording<'_>, scope: &Scope, function: Option<&Function>) -> String {
    let groups = function.into_iter().filter_map(|function| function.collects.said()).flatten();
    let covered = groups.filter(|group| group.items.iter().any(|item| covers(scope, item)));
    let ways: BTreeSet<String> = covered.map(|group| say.trigger(group).text()).collect();
    list(ways)
}

fn covers<N: policy::syntax::Name>(scope: &Scope, item: &Ref<N>) -> bool {
    scope.items.iter().any(|covered| covered.as_str() == item.text)
}

/// Items that have a scope of their own beside this one.
fn apart(say: Wording<'_>, scope: &Scope, all: &[Scope]) -> String {
    let siblings = all.iter().filter(|other| {
        scope.class.is_none()
            && other.class.is_some()
            && (other.act, other.kind, &other.element, &other.recipient)
                == (scope.act, scope.kind, &scope.element, &scope.recipient)
    });
    let items: BTreeSet<_> = siblings.flat_map(|other| &other.items).collect();
    list(items.into_iter().map(|item| say.named(Kind::Item, item.as_str())))
}

/// Which of the items are a condition, and which are not, as the text says.
fn needs(say: Wording<'_>, scope: &Scope, function: Option<&Function>) -> String {
    let mut needs: Vec<(String, Vec<String>)> = Vec::new();
    for group in function.into_iter().filter_map(|function| function.collects.said()).flatten() {
        let need = told_word(&group.need).text();
        let items = group.items.iter().filter(|item| covers(scope, item)).map(|item| say.name(item));
        for item in items {
            match needs.iter_mut().find(|(known, _)| *known == need) {
                Some((_, items)) if items.contains(&item) => {}
                Some((_, items)) => items.push(item),
                None => needs.push((need.clone(), vec![item])),
            }
        }
    }
    let said = needs.into_iter().map(|(need, items)| phrase("need", &[("need", &need), ("items", &list(items))]));
    said.collect()
}

/// Items that the company makes no condition, whatever the text says (rule R13).
fn unneeded(say: Wording<'_>, scope: &Scope) -> String {
    let choices = say.program.operation.unneeded.iter();
    let own = choices.filter(|one| scope.kind == Kind::Function && one.function.text == scope.element.as_str());
    let items = own.flat_map(|one| &one.items).filter(|item| covers(scope, item));
    list(items.map(|item| say.name(item)))
}

/// Necessity and impact, as the operation file words them (PIPL art. 30, rule R15). The notices of the function; for a
/// share, of the functions in whose course it happens.
fn told_of_sensitive(say: Wording<'_>, scope: &Scope) -> (Vec<String>, Vec<String>) {
    let share = share_of(say.program, scope);
    let own = |function: &Ref<Function>| {
        let in_share = share.is_some_and(|share| share.functions.iter().any(|one| one.text == function.text));
        in_share || (scope.kind == Kind::Function && function.text == scope.element.as_str())
    };
    let notices = say.program.operation.notices.iter();
    let fitting = notices.filter(|notice| own(&notice.function) && notice.items.iter().any(|item| covers(scope, item)));
    let mut told = (Vec::new(), Vec::new());
    for notice in fitting {
        told.0.push(sentence(&tidy(&notice.necessity)));
        told.1.push(sentence(&tidy(&notice.impact)));
    }
    told.0.dedup();
    told.1.dedup();
    told
}

/// Other ways that the operation file offers for a function whose items this scope holds apart.
fn alternatives(say: Wording<'_>, scope: &Scope, function: Option<&Function>) -> String {
    let face = scope.items.iter().any(|item| say.program.items.get(item).is_some_and(|facts| facts.face));
    let Some(function) = function.filter(|_| face) else { return String::new() };
    let ways = say.program.operation.alternatives.iter().filter(|way| way.function.text == function.id.as_str());
    let ways = ways.map(|way| sentence(&phrase("way", &[("name", &tidy(&way.name)), ("text", &tidy(&way.text))])));
    ways.collect()
}

fn receiving(say: Wording<'_>, scope: &Scope, party: Option<&Party>) -> Option<Receiving> {
    let id = scope.recipient.as_ref()?;
    let policy = &say.program.policy;
    let known: Option<&Recipient> = policy.recipients.iter().find(|recipient| recipient.id.value == *id);
    let share = share_of(say.program, scope);
    let contact = match (party, parties::named(say, id.as_str())) {
        (Some(party), _) => tidy(&party.contact),
        (None, named) if !named.is_empty() => named,
        (None, _) => known.map_or(Told::Silent, |one| told_text(&one.contact)).text(),
    };
    Some(Receiving {
        name: party.map_or_else(|| say.named(Kind::Recipient, id.as_str()), |party| tidy(&party.name)),
        class: known.map(|one| label(one.class.value)).unwrap_or_default(),
        regime: known.map(|one| label(one.regime.value)).unwrap_or_default(),
        contact,
        method: share.map_or(Told::Silent, |share| told_word(&share.method)).text(),
        purpose: share.map_or(Told::Silent, |share| told(&share.purpose, |purpose| say.name(purpose))).text(),
    })
}
