//! Resolving: from what files say to one program in which every name is an id and every item has its facts.

pub(crate) mod acknowledge;
mod checks;
mod items;
mod names;

use std::collections::BTreeMap;

use model::{Fingerprint, Slug};

pub use items::{ItemFacts, SensitiveBy};
pub(crate) use names::folded;
pub use names::{Entry, Names, NotFound};

use crate::finding::{Finding, Severity, Source, Span};
use crate::law::LawPack;
use crate::syntax::{Kind, Operation, Policy, Shape, Standard, Vocabulary};

/// A policy and what surrounds it, with every reference led to its element.
#[derive(Debug, Clone)]
pub struct Program {
    /// What the published text says. The text of every reference is the canonical id.
    pub policy: Policy,
    /// What the company chose besides; the strictest choices where there is no operation file.
    pub operation: Operation,
    /// Items by id: the vocabulary's and the platform's own.
    pub items: BTreeMap<Slug, ItemFacts>,
    /// Standards whose lists decide sensitivity.
    pub standards: Vec<Standard>,
    /// Version of the vocabulary; part of the fingerprint `tables`.
    pub vocabulary_version: String,
    /// The law as encoded.
    pub law: LawPack,
    /// Names of everything.
    pub names: Names,
    /// Fingerprint `policy`: of the facts of the policy file, whatever their layout, order or comments.
    pub fingerprint: Fingerprint,
}

/// What goes into a program, each part with the source that findings quote.
pub(crate) struct Parts<'a> {
    pub(crate) policy: (Policy, &'a Source),
    pub(crate) operation: Option<(Operation, &'a Source)>,
    pub(crate) vocabulary: (Vocabulary, &'a Source),
    pub(crate) law: LawPack,
}

/// Leads every name to its element.
pub(crate) fn resolve(parts: Parts<'_>, findings: &mut Vec<Finding>) -> Program {
    let (mut policy, policy_source) = parts.policy;
    let (vocabulary, vocabulary_source) = parts.vocabulary;
    let platform = &policy.policy.platform.value;
    let undecided = Source::new("", "");
    let (mut operation, operation_source) =
        parts.operation.unwrap_or_else(|| (Operation::undecided(platform), &undecided));

    let mut collector = names::Collector::new(findings);
    let mut items = items::Items::of(&vocabulary, vocabulary_source, &mut collector);
    items.platform(&policy.items, policy_source);
    let mut facts = items.facts;
    collector.policy(&policy, policy_source);
    collector.operation(&operation, operation_source);
    let names = collector.names;

    for same in policy.items.iter_mut().filter_map(|item| item.same_as.as_mut()) {
        if let Ok(id) = names.find(Kind::Item, same) {
            same.value = id.to_string();
        }
    }
    refer(&mut policy, policy_source, &names, findings);
    refer(&mut operation, operation_source, &names, findings);
    items::masks(&mut facts, &operation.masks, operation_source, findings);
    checks::standards(&vocabulary.standards, vocabulary_source, findings);
    let fingerprint = crate::syntax::fingerprint(&policy);
    let program = Program {
        policy,
        operation,
        items: facts,
        standards: vocabulary.standards,
        vocabulary_version: vocabulary.version.value,
        law: parts.law,
        names,
        fingerprint,
    };
    checks::check(&program, policy_source, operation_source, findings);
    program
}

fn refer(tree: &mut impl Shape, source: &Source, names: &Names, findings: &mut Vec<Finding>) {
    // Looking for the nearest name is slow, and a wrong name is often wrong in many places.
    let mut found: BTreeMap<(Kind, String), Result<Slug, NotFound>> = BTreeMap::new();
    tree.each_ref(&mut |kind, text, span| {
        if span == Span::default() {
            return;
        }
        match found.entry((kind, text.clone())).or_insert_with(|| names.find(kind, text)) {
            Ok(id) => id.as_str().clone_into(text),
            Err(why) => findings.push(not_found(why, source, span, names)),
        }
    });
}

fn not_found(why: &NotFound, source: &Source, span: Span, names: &Names) -> Finding {
    match why {
        NotFound::Unknown { kind, nearest, .. } => {
            let finding = Finding::new("L0304", Severity::Error, why.to_string()).at(source, span, "named here");
            match nearest {
                Some(near) => finding.mend(format!("did you mean `{near}`?")),
                None => finding.mend(format!("declare a [[{}]] of that id or name", kind.word())),
            }
        }
        NotFound::Ambiguous { kind, ids, .. } => {
            let finding = Finding::new("L0305", Severity::Error, why.to_string()).at(source, span, "which of them?");
            let called = ids.iter().take(12).map(|id| format!("`{id}` ({})", names.name_of(*kind, id.as_str())));
            finding.mend(format!("name one by its id: {}", called.collect::<Vec<_>>().join(", ")))
        }
    }
}
