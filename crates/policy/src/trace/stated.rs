//! What the elements of a policy state that a text has to mention, and in which clauses.

use std::collections::BTreeSet;

use super::clause::Address;
use super::page::folded;
use super::period::called;
use super::words::Words;
use super::{Meaning, Sort};
use crate::finding::Span;
use crate::resolve::Program;
use crate::syntax::{At, Here, Item, Kind, Length, Method, Policy, Recipient, RecipientClass, Ref, RightKind, Stated};

/// An element, or a numbered part of one.
pub(super) struct Carrier {
    /// Path, as coverage tables write it: `function.register.collect.0`.
    pub(super) element: String,
    /// Clauses as the file writes them, with their numbers.
    pub(super) clauses: Vec<(String, Address)>,
    pub(super) span: Span,
    pub(super) states: Vec<State>,
    /// Whether it stands for whatever else its clauses say: a statement.
    pub(super) covers: bool,
}

/// One thing that an element states.
pub(super) struct State {
    /// What a mention of it can mean: what it is, or its kind.
    pub(super) means: BTreeSet<Meaning>,
    /// Published name.
    pub(super) name: String,
    /// Whether the text must name it in the element's clauses, and may not leave it to another element's.
    pub(super) demanded: bool,
    /// Whether it carries a mention in the element's own clauses alone.
    pub(super) there_only: bool,
}

impl Carrier {
    /// Whether it states one of these.
    pub(super) fn carries(&self, means: &BTreeSet<Meaning>) -> bool {
        self.states.iter().any(|state| !state.means.is_disjoint(means))
    }

    /// Whether it states one of these for the whole text.
    pub(super) fn carries_elsewhere(&self, means: &BTreeSet<Meaning>) -> bool {
        self.states.iter().any(|state| !state.there_only && !state.means.is_disjoint(means))
    }

    /// Whether it is of this clause; an element without a clause is of any.
    pub(super) fn is_of(&self, clause: &Address) -> bool {
        self.clauses.is_empty() || self.clauses.iter().any(|(_, own)| own.related(clause))
    }

    fn state(&mut self, sort: Sort, id: &str, name: &str, demanded: bool) {
        self.any([(sort, id)], name, demanded);
    }

    /// States what texts can mention in several ways.
    fn any<'m>(&mut self, means: impl IntoIterator<Item = (Sort, &'m str)>, name: &str, demanded: bool) {
        let means = means.into_iter().map(|(sort, id)| Meaning { sort, id: id.to_owned() }).collect();
        self.states.push(State { means, name: name.to_owned(), demanded, there_only: false });
    }

    /// A source by its name, or in its own clauses by words that elsewhere mean who receives: a text that is silent on a name says from
    /// whom something comes as it says to whom something goes.
    fn source(&mut self, id: &str, name: &str, words: &Words) {
        let own: Vec<(Sort, &str)> = std::iter::once((Sort::Source, id)).chain(kinds(name, words)).collect();
        self.any(own.iter().copied(), name, false);
        let others = [RecipientClass::Unnamed, RecipientClass::Handler, RecipientClass::Affiliate];
        self.any(own.into_iter().chain(others.map(|kind| (Sort::RecipientKind, kind.word()))), name, true);
        self.states.last_mut().into_iter().for_each(|state| state.there_only = true);
    }

    /// A recipient by its name, or, where the text names nobody, by its kind.
    fn recipient(&mut self, one: &Recipient, words: &Words, demanded: bool) {
        let own = [(Sort::Recipient, one.id.value.as_str()), (Sort::RecipientKind, one.class.value.word())];
        self.any(own.into_iter().chain(kinds(&one.name, words)), &one.name, demanded);
    }

    fn items<'r>(&mut self, of: &Program, items: impl IntoIterator<Item = &'r Ref<Item>>, demanded: bool) {
        for item in items {
            self.state(Sort::Item, &item.text, of.names.name_of(Kind::Item, &item.text), demanded);
        }
    }

    fn period(&mut self, length: &Length, demanded: bool) {
        let name = called(length.count.value, length.unit.value);
        self.state(Sort::Period, &name, &format!("{} {}", length.count.value, length.unit.value), demanded);
    }
}

/// The kinds of recipients whose words a name holds.
fn kinds<'w>(name: &str, words: &'w Words) -> impl Iterator<Item = (Sort, &'w str)> {
    let name = folded(name);
    let held = words.recipients.iter().filter(move |(_, known)| known.iter().any(|word| name.contains(word.as_str())));
    held.map(|(class, _)| (Sort::RecipientKind, class.word()))
}

/// Every element that names a clause or something that a text can mention, in the order of the language.
pub(super) fn carriers(program: &Program, words: &Words) -> Vec<Carrier> {
    let mut carriers = Carriers { program, words, all: Vec::new() };
    let policy = &program.policy;
    carriers.handler(policy);
    carriers.plain(policy);
    carriers.functions(policy);
    carriers.uses(policy);
    carriers.recipients(policy);
    carriers.duties(policy);
    carriers.all
}

struct Carriers<'p> {
    program: &'p Program,
    words: &'p Words,
    all: Vec<Carrier>,
}

impl Carriers<'_> {
    fn carrier(&self, element: String, clauses: &[At<String>], span: Here) -> Carrier {
        let clauses = clauses.iter().map(|at| (at.value.clone(), Address::read(at, self.words))).collect();
        Carrier { element, clauses, span: span.0, states: Vec::new(), covers: false }
    }

    /// The handler, and whom its contacts and complaints lead to.
    fn handler(&mut self, policy: &Policy) {
        let handler = &policy.handler;
        let mut carrier = self.carrier("handler".to_owned(), &handler.clause, handler.span);
        for body in handler.complaint_bodies.said().into_iter().flatten() {
            carrier.state(Sort::RecipientKind, RecipientClass::Authority.word(), body, false);
        }
        self.all.push(carrier);
        for (n, contact) in handler.contacts.iter().enumerate() {
            let mut carrier = self.carrier(format!("handler.contact.{n}"), &contact.clause, contact.span);
            for right in RightKind::ALL.iter().filter(|kind| contact.serves.iter().any(|at| at.value == kind.word())) {
                carrier.state(Sort::Right, right.word(), right.word(), false);
            }
            self.all.push(carrier);
        }
    }

    /// Elements of which the text must have the clause, and no name.
    fn plain(&mut self, policy: &Policy) {
        let mut all = vec![
            ("policy".to_owned(), &policy.policy.clause, policy.policy.span),
            ("minors".to_owned(), &policy.minors.clause, policy.minors.span),
            ("export".to_owned(), &policy.export.clause, policy.export.span),
            ("update".to_owned(), &policy.update.clause, policy.update.span),
        ];
        macro_rules! each {
            ($($list:ident $kind:ident),*) => {
                $(all.extend(policy.$list.iter().map(|one| {
                    (format!("{}.{}", Kind::$kind.word(), one.id.value), &one.clause, one.span)
                }));)*
            };
        }
        each!(channels Channel, products Product, persons Person, purposes Purpose, exceptions Exception);
        each!(promises Promise, refusals Refusal);
        for (element, clauses, span) in all {
            let carrier = self.carrier(element, clauses, span);
            self.all.push(carrier);
        }
        for statement in &policy.statements {
            let mut carrier =
                self.carrier(format!("statement.{}", statement.id.value), &statement.clause, statement.span);
            carrier.covers = true;
            self.all.push(carrier);
        }
    }

    fn functions(&mut self, policy: &Policy) {
        for item in &policy.items {
            let id = item.same_as.as_ref().map_or(item.id.value.as_str(), |same| same.value.as_str());
            let mut carrier = self.carrier(format!("item.{}", item.id.value), &item.clause, item.span);
            carrier.state(Sort::Item, id, &item.name, !item.clause.is_empty());
            self.all.push(carrier);
        }
        for source in &policy.sources {
            let mut carrier = self.carrier(format!("source.{}", source.id.value), &source.clause, source.span);
            carrier.source(source.id.value.as_str(), &source.name, self.words);
            self.all.push(carrier);
        }
        for record in &policy.records {
            let mut carrier = self.carrier(format!("record.{}", record.id.value), &record.clause, record.span);
            // What a record holds the functions that make it have taken in where the text says so.
            carrier.items(self.program, record.holds.iter().flat_map(|held| &held.items), false);
            self.all.push(carrier);
        }
        for function in &policy.functions {
            let path = format!("function.{}", function.id.value);
            let mut carrier = self.carrier(path.clone(), &function.clause, function.span);
            carrier.items(self.program, function.reads.iter().flat_map(|read| &read.items), false);
            self.all.push(carrier);
            for (n, group) in function.collects.said().into_iter().flatten().enumerate() {
                let clauses = if group.clause.is_empty() { &function.clause } else { &group.clause };
                let mut carrier = self.carrier(format!("{path}.collect.{n}"), clauses, group.span);
                carrier.items(self.program, &group.items, true);
                for source in &group.sources {
                    let name = self.program.names.name_of(Kind::Source, &source.text);
                    carrier.state(Sort::Source, &source.text, name, false);
                }
                if let Some(permission) = &group.permission {
                    let name = self.program.names.name_of(Kind::Permission, &permission.text);
                    carrier.state(Sort::Permission, &permission.text, name, false);
                }
                self.all.push(carrier);
            }
        }
    }

    fn uses(&mut self, policy: &Policy) {
        for permission in &policy.permissions {
            let path = format!("permission.{}", permission.id.value);
            let mut carrier = self.carrier(path, &permission.clause, permission.span);
            carrier.state(Sort::Permission, permission.id.value.as_str(), &permission.name, true);
            carrier.items(self.program, &permission.items, false);
            self.all.push(carrier);
        }
        for tracker in &policy.trackers {
            let mut carrier = self.carrier(format!("tracker.{}", tracker.id.value), &tracker.clause, tracker.span);
            carrier.items(self.program, &tracker.items, false);
            self.all.push(carrier);
        }
        for one in &policy.uses {
            let mut carrier = self.carrier(format!("use.{}", one.id.value), &one.clause, one.span);
            carrier.items(self.program, &one.items, true);
            // A way to refuse the use is what the text calls refusing, or unsubscribing.
            if one.opt_out.said().is_some_and(|ways| !ways.is_empty()) {
                carrier.state(Sort::Right, RightKind::Object.word(), RightKind::Object.word(), false);
            }
            self.all.push(carrier);
        }
    }

    fn recipients(&mut self, policy: &Policy) {
        for one in &policy.recipients {
            let mut carrier = self.carrier(format!("recipient.{}", one.id.value), &one.clause, one.span);
            carrier.recipient(one, self.words, true);
            self.all.push(carrier);
        }
        for share in &policy.shares {
            let mut carrier = self.carrier(format!("share.{}", share.id.value), &share.clause, share.span);
            let to = policy.recipients.iter().find(|one| one.id.value.as_str() == share.recipient.text);
            if let Some(to) = to {
                carrier.recipient(to, self.words, false);
            }
            // What takes it out of the application is code of somebody else, whoever that is.
            if share.method.said() == Some(&Method::Embedded) {
                carrier.state(Sort::RecipientKind, RecipientClass::Sdk.word(), RecipientClass::Sdk.word(), false);
            }
            carrier.items(self.program, share.items.said().into_iter().flatten(), true);
            self.all.push(carrier);
        }
        for one in &policy.disclosures {
            let mut carrier = self.carrier(format!("disclose.{}", one.id.value), &one.clause, one.span);
            carrier.items(self.program, one.items.said().into_iter().flatten(), true);
            self.all.push(carrier);
        }
        for sdk in &policy.sdks {
            let mut carrier = self.carrier(format!("sdk.{}", sdk.id.value), &sdk.clause, sdk.span);
            carrier.state(Sort::Sdk, sdk.id.value.as_str(), &sdk.name, true);
            let name = self.program.names.name_of(Kind::Recipient, &sdk.recipient.text);
            carrier.state(Sort::Recipient, &sdk.recipient.text, name, false);
            carrier.items(self.program, sdk.items.said().into_iter().flatten(), true);
            self.all.push(carrier);
        }
    }

    fn duties(&mut self, policy: &Policy) {
        let mut storage = self.carrier("storage".to_owned(), &policy.storage.clause, policy.storage.span);
        if let Some(notice) = policy.storage.end_notice.said() {
            storage.period(notice, true);
        }
        self.all.push(storage);
        for one in &policy.retentions {
            let mut carrier = self.carrier(format!("retention.{}", one.id.value), &one.clause, one.span);
            if let Some(period) = one.period.said() {
                carrier.period(period, true);
            }
            self.all.push(carrier);
        }
        for clock in &policy.clocks {
            let mut carrier = self.carrier(format!("clock.{}", clock.id.value), &clock.clause, clock.span);
            carrier.period(&clock.length, true);
            self.all.push(carrier);
        }
        for right in &policy.rights {
            let kind = right.kind.value.word();
            let mut carrier = self.carrier(format!("right.{kind}"), &right.clause, right.span);
            carrier.state(Sort::Right, kind, kind, true);
            let clock = match &right.clock {
                Stated::Said(clock) => policy.clocks.iter().find(|one| one.id.value.as_str() == clock.text),
                Stated::Nothing(_) | Stated::NotStated { .. } => None,
            };
            if let Some(clock) = clock {
                carrier.period(&clock.length, false);
            }
            let cases = right.grounds.iter().chain(&right.blocks);
            carrier.items(self.program, cases.flat_map(|case| &case.items).chain(&right.excludes), false);
            self.all.push(carrier);
        }
    }
}
