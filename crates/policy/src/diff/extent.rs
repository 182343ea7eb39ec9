//! How far a consent reaches: whose items, how they come in, what is done with them, for what, and who gets them.

use std::collections::{BTreeMap, BTreeSet};

use super::consent::{Cause, Widened};
use super::kind::Kind;
use crate::compile::extent::{persons, read_items, share_items, use_items};
use crate::resolve::Program;
use crate::syntax::{
    Collect, Condition, Function, Item, Kind as Table, Level, Purpose, Read, Recipient, Ref, Shape, Source, Stated,
    Trigger,
};
use crate::terms::Scope;

/// Everything that one scope lets be done.
#[derive(Default)]
pub(super) struct Extent<'p> {
    /// By role and item: the ways in which it is dealt with.
    terms: BTreeMap<(String, String), Vec<Term<'p>>>,
    /// Purposes by id, with their meaning.
    purposes: BTreeMap<&'p str, &'p str>,
    /// Who receives.
    recipient: Option<&'p Recipient>,
    /// Where `None`, every one.
    channels: Option<BTreeSet<&'p str>>,
    products: Option<BTreeSet<&'p str>>,
    functions: Option<BTreeSet<&'p str>>,
    /// What else says how it is done: equal, or another manner.
    manner: Vec<(&'static str, String)>,
    /// What must be there: what was asked before and is no longer, is missed.
    safeguards: BTreeSet<&'static str>,
    /// What the file itself says of an item.
    items: BTreeMap<String, Option<&'p Item>>,
}

/// One way in which an item is dealt with.
struct Term<'p> {
    part: String,
    when: Option<&'p Condition>,
    trigger: Option<Trigger>,
    sources: BTreeSet<&'p str>,
    level: Level,
    open: bool,
}

/// Why a consent does not reach as far as what is done now.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Short {
    pub(super) kind: Kind,
    pub(super) what: String,
    /// The same for who shows it in other words.
    pub(super) widened: Widened,
}

impl<'p> Extent<'p> {
    /// The extent of a scope; empty for one whose element is not there.
    pub(super) fn of(program: &'p Program, scope: &Scope) -> Self {
        let policy = &program.policy;
        let id = scope.element.as_str();
        let mut extent = Self::default();
        macro_rules! element {
            ($list:ident) => {
                policy.$list.iter().find(|one| one.id.as_str() == id)
            };
        }
        match scope.kind {
            Table::Function => element!(functions).into_iter().for_each(|one| extent.function(program, one, scope)),
            Table::Use => {
                let Some(used) = element!(uses) else { return extent };
                extent.purpose(program, &used.purpose.text);
                extent.functions = some(&used.functions);
                extent.manner.push(("kind", used.kind.value.to_string()));
                let sources: BTreeSet<&str> = used.sources.iter().map(|one| one.text.as_str()).collect();
                for person in persons(program, &used.of) {
                    for item in use_items(program, used, person.id.as_str()) {
                        let (when, level) = (used.when.as_deref(), level(used.level.as_deref()));
                        extent.term(
                            person.id.as_str(),
                            &item,
                            Term { when, level, sources: sources.clone(), ..Term::part("") },
                        );
                    }
                }
            }
            Table::Tracker => {
                let Some(tracker) = element!(trackers) else { return extent };
                extent.purpose(program, &tracker.purpose.text);
                extent.safeguard("limited", tracker.limited.said() == Some(&true));
                for item in &tracker.items {
                    extent.term("", &item.text, Term::part(""));
                }
            }
            Table::Share => extent.share(program, id),
            Table::Disclosure => {
                let Some(one) = element!(disclosures) else { return extent };
                extent.safeguard("document", one.document.said() == Some(&true));
                extent.safeguard("masked", one.masked.said() == Some(&true));
                for person in persons(program, &one.of) {
                    for item in one.items.said().into_iter().flatten() {
                        let level = level(one.level.as_deref());
                        extent.term(person.id.as_str(), &item.text, Term { level, ..Term::part("") });
                    }
                }
            }
            Table::Source => element!(sources).into_iter().for_each(|one| extent.source(program, one)),
            _ => {}
        }
        extent.terms.retain(|(_, item), terms| {
            let of_class = scope.items.iter().any(|covered| covered.as_str() == item);
            scope.class.is_none() || of_class || terms.iter().any(|term| term.part.starts_with("read"))
        });
        extent.items = extent.terms.keys().map(|(_, item)| (item.clone(), declared(program, item))).collect();
        extent
    }

    fn function(&mut self, program: &'p Program, function: &'p Function, scope: &Scope) {
        function.purposes.iter().for_each(|purpose| self.purpose(program, &purpose.text));
        self.channels = some(&function.channels);
        self.products = some(&function.products);
        for group in function.collects.said().into_iter().flatten() {
            self.group(group, "collect");
        }
        for read in &function.reads {
            self.read(program, read, scope);
        }
    }

    fn group(&mut self, group: &'p Collect, part: &str) {
        for item in &group.items {
            let term = Term {
                when: group.when.as_deref(),
                trigger: group.trigger.said().copied(),
                sources: group.sources.iter().map(|one| one.text.as_str()).collect(),
                open: group.open.as_ref().is_some_and(|open| open.value),
                ..Term::part(part)
            };
            self.term(&group.of.text, &item.text, term);
        }
    }

    /// What a function reads is done under its own consent, and where the consent is one for a class, under that.
    fn read(&mut self, program: &'p Program, read: &'p Read, scope: &Scope) {
        for role in &read.of {
            for item in read_items(program, read, &role.text) {
                let class = program.items.get(item.as_str()).and_then(|facts| facts.class);
                if scope.class.is_none() || scope.class == class {
                    let part = format!("read {} {}", read.class.text, read.to.text);
                    self.term(&role.text, &item, Term::part(&part));
                }
            }
        }
    }

    fn share(&mut self, program: &'p Program, id: &str) {
        let policy = &program.policy;
        let Some(share) = policy.shares.iter().find(|one| one.id.as_str() == id) else { return };
        match &share.purpose {
            Stated::Said(purpose) => self.purpose(program, &purpose.text),
            _ => self.manner.push(("purpose", "not stated".to_owned())),
        }
        self.recipient = policy.recipients.iter().find(|one| one.id.as_str() == share.recipient.text);
        self.functions = some(&share.functions);
        self.manner.push(("method", share.method.said().map(ToString::to_string).unwrap_or_default()));
        self.safeguard("document", share.document.said() == Some(&true));
        for person in persons(program, &share.of) {
            for item in share_items(program, share, person.id.as_str()) {
                let (when, level) = (share.when.as_deref(), level(share.level.as_deref()));
                self.term(person.id.as_str(), &item, Term { when, level, ..Term::part("") });
            }
        }
    }

    fn source(&mut self, program: &'p Program, source: &'p Source) {
        let policy = &program.policy;
        let of = |sources: &[Ref<Source>]| sources.iter().any(|one| one.text == source.id.as_str());
        self.manner.push(("class", source.class.value.to_string()));
        self.manner.push(("within", source.within.as_ref().map(|fact| fact.text.clone()).unwrap_or_default()));
        for function in &policy.functions {
            for group in function.collects.said().into_iter().flatten().filter(|group| of(&group.sources)) {
                function.purposes.iter().for_each(|purpose| self.purpose(program, &purpose.text));
                self.group(group, function.id.as_str());
            }
        }
        for used in policy.uses.iter().filter(|used| of(&used.sources)) {
            self.purpose(program, &used.purpose.text);
            for person in persons(program, &used.of) {
                for item in use_items(program, used, person.id.as_str()) {
                    let when = used.when.as_deref();
                    self.term(person.id.as_str(), &item, Term { when, ..Term::part(used.id.as_str()) });
                }
            }
        }
    }

    fn purpose(&mut self, program: &'p Program, id: &str) {
        let found = program.policy.purposes.iter().find(|one: &&Purpose| one.id.as_str() == id);
        self.purposes.extend(found.map(|one| (one.id.as_str(), one.text.value.as_str())));
    }

    fn safeguard(&mut self, what: &'static str, there: bool) {
        self.safeguards.extend(there.then_some(what));
    }

    fn term(&mut self, role: &str, item: &str, term: Term<'p>) {
        self.terms.entry((role.to_owned(), item.to_owned())).or_default().push(term);
    }

    /// In what this reaches further than `old` did; nothing: who consented to that consented to this.
    pub(super) fn beyond(&self, old: &Self, program: &Program) -> BTreeSet<Short> {
        let mut short = BTreeSet::new();
        let mut add = |kind: Kind, (cause, name): (Cause, &str), what: String| {
            short.insert(Short { kind, what, widened: Widened { cause, name: name.to_owned() } });
        };
        for (purpose, text) in &self.purposes {
            let name = program.names.name_of(Table::Purpose, purpose);
            match old.purposes.get(purpose) {
                None => add(Kind::Purpose, (Cause::Purpose, name), format!("the purpose {name} is new")),
                Some(was) if was != text => {
                    let what = format!("the purpose {name} means something else");
                    add(Kind::Purpose, (Cause::PurposeMeans, name), what);
                }
                Some(_) => {}
            }
        }
        for ((role, item), terms) in &self.terms {
            let before = old.terms.get(&(role.clone(), item.clone())).map_or(&[][..], Vec::as_slice);
            let name = program.names.name_of(Table::Item, item);
            let of = if role.is_empty() {
                String::new()
            } else {
                format!(" of {}", program.names.name_of(Table::Person, role))
            };
            if before.is_empty() {
                add(Kind::Items, (Cause::Item, name), format!("{name}{of} is new"));
            } else if !is_no_more(self.items.get(item).copied().flatten(), old.items.get(item).copied().flatten()) {
                add(Kind::Items, (Cause::ItemMeans, name), format!("{name}{of} is something else"));
            } else if let Some(beyond) = terms.iter().find_map(|term| term.beyond(before)) {
                add(Kind::Manner, (Cause::ItemManner, name), format!("{name}{of} {beyond}"));
            }
        }
        for (what, cause, now, was) in [
            ("channels", Cause::Channels, &self.channels, &old.channels),
            ("products", Cause::Products, &self.products, &old.products),
            ("functions", Cause::Functions, &self.functions, &old.functions),
        ] {
            if !narrower(now.as_ref(), was.as_ref()) {
                add(Kind::Manner, (cause, ""), format!("more {what}"));
            }
        }
        for (what, now) in &self.manner {
            if !old.manner.contains(&(*what, now.clone())) {
                add(Kind::Manner, (Cause::Manner, ""), format!("another {what}: {now}"));
            }
        }
        for what in old.safeguards.difference(&self.safeguards) {
            add(Kind::Manner, (Cause::Safeguard, ""), format!("no longer {what}"));
        }
        if let Some((now, was)) = self.recipient.zip(old.recipient)
            && !same_recipient(now, was)
        {
            let what = format!("{} is another recipient", now.name.value);
            add(Kind::Recipients, (Cause::Recipient, &now.name.value), what);
        }
        short
    }
}

impl Term<'_> {
    fn part(part: &str) -> Self {
        Self {
            part: part.to_owned(),
            when: None,
            trigger: None,
            sources: BTreeSet::new(),
            level: Level::Clear,
            open: false,
        }
    }

    /// What none of the ways before covers; nothing: one of them covers this.
    fn beyond(&self, before: &[Term<'_>]) -> Option<&'static str> {
        let mut best = None;
        for old in before {
            let fault = if old.part != self.part {
                "is dealt with in another way"
            } else if old.trigger != self.trigger {
                "comes in otherwise"
            } else if !self.sources.is_subset(&old.sources) {
                "comes from another source"
            } else if !implies(self.when, old.when) {
                "is asked for in more cases"
            } else if self.level < old.level {
                "is less covered"
            } else if self.open && !old.open {
                "opens a list"
            } else {
                return None;
            };
            best = Some(fault);
        }
        best
    }
}

fn level(stated: Option<&Level>) -> Level {
    stated.copied().unwrap_or(Level::Clear)
}

/// The elements named; `None` for none, which means every one.
fn some<N: crate::syntax::Name>(named: &[Ref<N>]) -> Option<BTreeSet<&str>> {
    (!named.is_empty()).then(|| named.iter().map(|one| one.text.as_str()).collect())
}

/// Whether no more is meant; `None` means every one.
fn narrower(now: Option<&BTreeSet<&str>>, was: Option<&BTreeSet<&str>>) -> bool {
    match (now, was) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(now), Some(was)) => now.is_subset(was),
    }
}

/// A recipient is another one when its name, its class, its terms or the country is: of these a consent was given (PIPL
/// art. 23, 39).
fn same_recipient(a: &Recipient, b: &Recipient) -> bool {
    let abroad = |one: &Recipient| one.overseas.as_ref().is_some_and(|abroad| abroad.value);
    let limits = |one: &Recipient| one.limits.iter().map(|limit| limit.value.word()).collect::<BTreeSet<_>>();
    let stricter = limits(a).is_superset(&limits(b));
    a.name == b.name && a.class == b.class && a.regime == b.regime && (!abroad(a) || abroad(b)) && stricter
}

/// What a file says that an item is, with the name that people read.
fn declared<'p>(program: &'p Program, item: &str) -> Option<&'p Item> {
    program.policy.items.iter().find(|one| one.id.as_str() == item)
}

/// Whether a file says of an item what another said, wherever it says it, and calls nothing by its name that it did not call so: a
/// further name that is struck means less.
fn is_no_more(now: Option<&Item>, was: Option<&Item>) -> bool {
    let facts = |item: Option<&Item>| {
        let mut facts = item.map(Shape::facts).unwrap_or_default();
        if let Some(map) = facts.as_object_mut() {
            map.retain(|key, _| !["clause", "aliases"].contains(&key.as_str()));
        }
        facts
    };
    let names = |item: Option<&'_ Item>| -> BTreeSet<String> {
        item.into_iter().flat_map(|item| &item.aliases).map(|alias| alias.value.clone()).collect()
    };
    now == was || facts(now) == facts(was) && names(now).is_subset(&names(was))
}

/// Whether a condition holds only where another does: sure to be right where it says so.
pub(super) fn implies(now: Option<&Condition>, was: Option<&Condition>) -> bool {
    match (now, was) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(now), Some(was)) => {
            now == was
                || match (now, was) {
                    (Condition::Any(parts), was) => parts.iter().all(|part| implies(Some(part), Some(was))),
                    (now, Condition::All(parts)) => parts.iter().all(|part| implies(Some(now), Some(part))),
                    (Condition::AgeUnder(now), Condition::AgeUnder(was)) => now <= was,
                    (now, Condition::Any(parts)) => {
                        parts.iter().any(|part| implies(Some(now), Some(part))) || of_all(now, was)
                    }
                    (now, was) => of_all(now, was),
                }
        }
    }
}

/// Whether one of the parts that must all hold implies it.
fn of_all(now: &Condition, was: &Condition) -> bool {
    matches!(now, Condition::All(parts) if parts.iter().any(|part| implies(Some(part), Some(was))))
}
