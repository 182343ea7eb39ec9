//! R2: nothing without a declared purpose, method and list of items. What goes to a recipient, and what rests on a consent
//! that can be bound to nothing, have rules of their own.

use std::collections::{BTreeMap, BTreeSet};

use super::said::{joined, said};
use super::view::{View, first_clause, groups_of, is_personal, rests_on_consent, told_items};
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{Function, Item, Kind, Ref, Source, SourceClass, StatementKind};

pub(super) const RULE: Rule = Rule { code: "R2", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    // One sentence may make several purposes: it is told once.
    let mut told = BTreeSet::new();
    for purpose in &said.purposes {
        let open =
            [&purpose.name, &purpose.text].into_iter().find(|text| view.program.law.wording().is_open_purpose(text));
        let mut first = || first_clause(&purpose.clause).is_none_or(|clause| told.insert(clause));
        if let Some(open) = open.filter(|_| first()) {
            let message = said!("the purpose `{name}` is open at its end", name = purpose.name.value);
            to.warning(open.span, message, said!("could mean anything"));
        }
    }
    sources(view, to);
    for sentence in view.sentences(StatementKind::OpenPurpose) {
        let message = said!("a sentence of the text leaves open what is done, or with what");
        to.warning(sentence.kind.span, message, said!("could mean anything"));
    }
    let mut lists = BTreeSet::new();
    for function in &said.functions {
        functions(view, function, &mut lists, to);
    }
    for used in said.uses.iter().filter(|used| !rests_on_consent(&used.basis, &used.consent)) {
        if is_personal(used.level.as_ref()) && used.items.is_empty() && used.functions.is_empty() {
            let message = said!("`{name}` does not say which items it works on", name = used.name.value);
            to.error(used.id.span, message, said!("with what?"));
        }
    }
    for disclosed in said.disclosures.iter().filter(|one| !rests_on_consent(&one.basis, &one.consent)) {
        if disclosed.items.is_silent() {
            let message = said!("`{name}` does not say which items are made public", name = disclosed.name.value);
            to.error(disclosed.id.span, message, said!("what?"));
        }
    }
}

/// A list that several functions share is told once: it is known by its clause and by whose it is.
fn functions<'a>(
    view: &View<'a>,
    function: &'a Function,
    lists: &mut BTreeSet<(&'a str, &'a str)>,
    to: &mut Report<'_>,
) {
    let name = &function.name.value;
    if function.purposes.is_empty() {
        to.error(function.id.span, said!("`{name}` has no purpose", name), said!("what for?"));
    }
    if function.collects.is_silent() && function.reads.is_empty() && !told_elsewhere(view, function) {
        to.error(function.id.span, said!("`{name}` does not say which items it takes", name), said!("with what?"));
    }
    for group in groups_of(function).filter(|group| view.is_natural(&group.of)) {
        let Some(first) = group.items.first() else { continue };
        if group.trigger.is_silent() {
            let message =
                said!("`{name}` does not say how it comes by {items}", name, items = view.items(&group.items));
            to.error(first.span, message, said!("given, or taken by itself?"));
        }
        let clause = first_clause(&group.clause).or_else(|| first_clause(&function.clause));
        let vague = |item: &&Ref<Item>| view.program.law.wording().is_vague_item(view.name(Kind::Item, &item.text));
        let vague: Vec<&Ref<Item>> = group.items.iter().filter(vague).collect();
        if let Some(first) = vague.first()
            && clause.is_none_or(|clause| lists.insert((clause, "")))
        {
            let items = view.items(vague.iter().copied());
            to.warning(first.span, said!("{items} may be anything of the kind", items), said!("which?"));
        }
        let mut new = || clause.is_none_or(|clause| lists.insert((clause, group.of.text.as_str())));
        if let Some(open) = group.open.as_ref().filter(|open| open.value && new()) {
            let of = view.name(Kind::Person, &group.of.text);
            let message = said!("the list of what `{name}` takes from `{of}` is open", name, of);
            to.warning(open.span, message, said!("and what else?"));
        }
    }
}

/// One finding for all sources of a clause that are kinds of sources: nobody can ask there what they hand in.
fn sources(view: &View<'_>, to: &mut Report<'_>) {
    let wording = view.program.law.wording();
    let unnamed = |source: &&Source| {
        !matches!(source.class.value, SourceClass::Device | SourceClass::Person)
            && wording.is_source_kind(&source.name)
            && !wording.is_registered(&source.name)
    };
    let mut clauses: BTreeMap<Option<&str>, Vec<&Source>> = BTreeMap::new();
    for source in view.said().sources.iter().filter(unnamed) {
        clauses.entry(first_clause(&source.clause)).or_default().push(source);
    }
    for sources in clauses.into_values() {
        let Some(first) = sources.first() else { continue };
        let names = joined(sources.iter().map(|source| source.name.as_str()));
        let message = said!("items come from sources that the text does not name: {names}", names);
        to.warning(first.id.span, message, said!("from whom?"));
    }
}

/// Whether a share or a use tells what a function works on.
fn told_elsewhere(view: &View<'_>, function: &Function) -> bool {
    let said = view.said();
    let names = |functions: &[Ref<Function>]| functions.iter().any(|one| one.text == function.id.as_str());
    said.shares.iter().any(|share| names(&share.functions) && told_items(share))
        || said.uses.iter().any(|used| names(&used.functions) && !used.items.is_empty())
}
