//! Every flip there is. One walk over the program both lists them and, on a second pass, makes the one that is wanted.

use std::fmt;

use super::Fact;
use crate::decide::MASK_ON_DISPLAY;
use crate::resolve::Program;
use crate::syntax::{
    Action, At, Basis, Clock, Collect, Disclosure, Exception, Form, Function, Here, Length, Level, Need, Person,
    PersonKind, Policy, Reach, Recipient, RecipientClass, Record, Ref, Refused, Retention, Right, Shape, Share, Stated,
    Unit, Use,
};

/// One flipped fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flip {
    /// Element and slot: `share.internal.basis`.
    pub at: String,
    /// Kind of fact.
    pub fact: Fact,
    /// What it was and what it became.
    pub change: String,
}

impl fmt::Display for Flip {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({:?}): {}", self.at, self.fact, self.change)
    }
}

/// Walks a program, counts the places where a fact can be flipped and flips the wanted one.
pub(super) struct Editor {
    wanted: Option<usize>,
    found: Vec<Flip>,
    persons: Vec<String>,
    recipients: Vec<String>,
}

impl Editor {
    /// All flips of a program, in the order of its file.
    pub(super) fn list(program: &Program) -> Vec<Flip> {
        let mut editor = Self::new(program, None);
        editor.walk(&mut program.clone());
        editor.found
    }

    /// The program with its `n`-th flip made.
    pub(super) fn apply(program: &Program, n: usize) -> Program {
        let mut flipped = program.clone();
        Self::new(program, Some(n)).walk(&mut flipped);
        flipped
    }

    fn new(program: &Program, wanted: Option<usize>) -> Self {
        let natural = |person: &&Person| person.kind.value == PersonKind::Natural;
        let persons = program.policy.persons.iter().filter(natural).map(|person| person.id.to_string()).collect();
        let recipients = program.policy.recipients.iter().map(|recipient| recipient.id.to_string()).collect();
        Self { wanted, found: Vec::new(), persons, recipients }
    }

    /// Registers one flip; says whether it is the wanted one.
    fn here(&mut self, at: &str, fact: Fact, change: String) -> bool {
        let wanted = self.wanted == Some(self.found.len());
        self.found.push(Flip { at: at.to_owned(), fact, change });
        wanted
    }

    /// Another value for a slot.
    fn set<T: Shape + PartialEq>(&mut self, at: &str, fact: Fact, slot: &mut T, other: T) {
        let change = format!("{} becomes {}", told(slot), told(&other));
        if *slot != other && self.here(at, fact, change) {
            *slot = other;
        }
    }

    /// Each entry of a list left out.
    fn drop_each<T: Shape>(&mut self, at: &str, fact: Fact, list: &mut Vec<T>) {
        let mut place = 0;
        while let Some(entry) = list.get(place) {
            let change = format!("without {}", told(entry));
            if self.here(at, fact, change) {
                list.remove(place);
            }
            place += 1;
        }
    }

    fn basis(&mut self, at: &str, slot: &mut Stated<Basis>) {
        let other = if slot.said() == Some(&Basis::Consent) { Basis::Statutory } else { Basis::Consent };
        self.set(&format!("{at}.basis"), Fact::Basis, slot, said(other));
    }

    fn consent(&mut self, at: &str, slot: &mut Stated<Form>) {
        self.set(&format!("{at}.consent"), Fact::ConsentForm, slot, said(Form::Written));
    }

    fn when<T: Shape + PartialEq>(&mut self, at: &str, slot: &mut Option<At<T>>) {
        self.set(&format!("{at}.when"), Fact::When, slot, None);
    }

    fn stated_list<T: Shape>(&mut self, at: &str, fact: Fact, slot: &mut Stated<Vec<T>>) {
        if let Stated::Said(list) = slot {
            self.drop_each(at, fact, &mut list.value);
        }
    }

    fn next(names: &[String], now: &str) -> Option<String> {
        let place = names.iter().position(|name| name == now)?;
        names.get((place + 1) % names.len()).cloned()
    }

    fn walk(&mut self, program: &mut Program) {
        self.policy(&mut program.policy);
        for floor in &mut program.operation.floors {
            self.drop_each(&format!("floor.{}", floor.class.text), Fact::Period, &mut floor.floors);
        }
        let shown: Vec<_> =
            program.items.keys().filter(|item| is_shown(&program.policy, item.as_str())).cloned().collect();
        for item in shown {
            if let Some(facts) = program.items.get_mut(&item) {
                let other = model::field::Mask::None;
                let change = format!("{} becomes {other}", facts.mask);
                if facts.mask != other && self.here(&format!("item.{item}.mask"), Fact::Mask, change) {
                    facts.mask = other;
                }
            }
        }
    }

    fn policy(&mut self, policy: &mut Policy) {
        policy.records.iter_mut().for_each(|record| self.record(record));
        policy.functions.iter_mut().for_each(|function| self.function(function));
        policy.uses.iter_mut().for_each(|used| self.used(used));
        policy.exceptions.iter_mut().for_each(|exception| self.exception(exception));
        let reached: Vec<_> = policy.shares.iter().filter(|share| !flows_nothing(share)).cloned().collect();
        let reached = |one: &&mut Recipient| reached.iter().any(|share| share.recipient.text == one.id.as_str());
        policy.recipients.iter_mut().filter(reached).for_each(|recipient| self.recipient(recipient));
        policy.shares.iter_mut().for_each(|share| self.share(share));
        policy.disclosures.iter_mut().for_each(|disclosure| self.disclosure(disclosure));
        policy.retentions.iter_mut().for_each(|retention| self.retention(retention));
        policy.clocks.iter_mut().for_each(|clock| self.clock(clock));
        policy.rights.iter_mut().for_each(|right| self.right(right));
        for tracker in &mut policy.trackers {
            self.drop_each(&format!("tracker.{}.items", tracker.id.value), Fact::Item, &mut tracker.items);
        }
        let silent = || Stated::NotStated { confirmed: true };
        for promise in
            policy.promises.iter_mut().filter(|one| one.control.said().is_some_and(|it| it == MASK_ON_DISPLAY))
        {
            self.set(&format!("promise.{}.control", promise.id.value), Fact::Mask, &mut promise.control, silent());
        }
        self.drop_each("exceptions", Fact::Exception, &mut policy.exceptions);
        self.set("minors.guardian", Fact::Person, &mut policy.minors.guardian, said(false));
        self.set("minors.age", Fact::Person, &mut policy.minors.age, said(12));
    }

    fn record(&mut self, record: &mut Record) {
        for hold in &mut record.holds {
            let at = format!("record.{}.hold.{}", record.id.value, hold.of.text);
            self.drop_each(&at, Fact::Item, &mut hold.items);
        }
    }

    fn function(&mut self, function: &mut Function) {
        let at = format!("function.{}", function.id.value);
        if function.collects.said().is_some() || !function.reads.is_empty() {
            self.basis(&at, &mut function.basis);
            self.consent(&at, &mut function.consent);
        }
        let demands = |group: &Collect| matches!(group.need.said(), Some(Need::Required | Need::Conditional));
        if function.collects.said().is_some_and(|groups| groups.iter().any(demands)) {
            let all =
                Refused { reach: At::made(Reach::AllInsurance), closes: Vec::new(), text: None, span: Here::default() };
            self.set(&format!("{at}.refused"), Fact::Need, &mut function.refused, said(all));
        }
        if let Stated::Said(groups) = &mut function.collects {
            for (n, group) in groups.value.iter_mut().enumerate() {
                self.collect(&format!("{at}.collect.{n}"), group);
            }
        }
        for (n, read) in function.reads.iter_mut().enumerate() {
            self.drop_each(&format!("{at}.read.{n}.of"), Fact::Person, &mut read.of);
        }
        self.drop_each(&format!("{at}.reads"), Fact::Act, &mut function.reads);
    }

    fn collect(&mut self, at: &str, group: &mut Collect) {
        let other = if group.need.said() == Some(&Need::Required) { Need::Optional } else { Need::Required };
        self.set(&format!("{at}.need"), Fact::Need, &mut group.need, said(other));
        self.when(at, &mut group.when);
        self.swap(&format!("{at}.of"), Fact::Person, &mut group.of, &self.persons.clone());
        self.set(&format!("{at}.consent"), Fact::ConsentForm, &mut group.consent, Some(At::made(Form::Written)));
        self.drop_each(&format!("{at}.items"), Fact::Item, &mut group.items);
    }

    /// The next element of the same kind in place of the one named.
    fn swap<N: crate::syntax::Name>(&mut self, at: &str, fact: Fact, slot: &mut Ref<N>, names: &[String]) {
        if let Some(other) = Self::next(names, &slot.text) {
            let other = Ref::new(other, slot.span);
            self.set(at, fact, slot, other);
        }
    }

    fn used(&mut self, used: &mut Use) {
        let at = format!("use.{}", used.id.value);
        self.basis(&at, &mut used.basis);
        self.consent(&at, &mut used.consent);
        self.when(&at, &mut used.when);
        self.drop_each(&format!("{at}.of"), Fact::Person, &mut used.of);
        self.drop_each(&format!("{at}.functions"), Fact::Act, &mut used.functions);
        if used.level.is_some() {
            self.set(&format!("{at}.level"), Fact::Act, &mut used.level, Some(At::made(Level::Clear)));
        }
    }

    fn exception(&mut self, exception: &mut Exception) {
        let at = format!("exception.{}", exception.id.value);
        self.drop_each(&format!("{at}.acts"), Fact::Exception, &mut exception.acts);
        self.when(&at, &mut exception.when);
        let silent = Stated::NotStated { confirmed: true };
        let other = if exception.article.is_silent() { said(Basis::Statutory) } else { silent };
        self.set(&format!("{at}.article"), Fact::Exception, &mut exception.article, other);
    }

    fn recipient(&mut self, recipient: &mut Recipient) {
        let at = format!("recipient.{}", recipient.id.value);
        let unnamed = recipient.class.value == RecipientClass::Unnamed;
        let other = if unnamed { RecipientClass::Handler } else { RecipientClass::Unnamed };
        self.set(&format!("{at}.class"), Fact::Recipient, &mut recipient.class, At::made(other));
        let chosen = recipient.chosen.as_ref().is_some_and(|chosen| chosen.value);
        self.set(&format!("{at}.chosen"), Fact::Recipient, &mut recipient.chosen, Some(At::made(!chosen)));
    }

    fn share(&mut self, share: &mut Share) {
        let at = format!("share.{}", share.id.value);
        let act = if share.act.value == Action::Share { Action::Entrust } else { Action::Share };
        self.set(&format!("{at}.act"), Fact::Act, &mut share.act, At::made(act));
        self.swap(&format!("{at}.recipient"), Fact::Recipient, &mut share.recipient, &self.recipients.clone());
        if flows_nothing(share) {
            let some = vec![Ref::new("name", share.span.0)];
            return self.set(&format!("{at}.items"), Fact::Item, &mut share.items, said(some));
        }
        self.drop_each(&format!("{at}.of"), Fact::Person, &mut share.of);
        self.stated_list(&format!("{at}.items"), Fact::Item, &mut share.items);
        self.drop_each(&format!("{at}.records"), Fact::Item, &mut share.records);
        self.when(&at, &mut share.when);
        self.basis(&at, &mut share.basis);
        self.consent(&at, &mut share.consent);
        self.set(&format!("{at}.sensitive-consent"), Fact::ConsentForm, &mut share.sensitive_consent, None);
        self.set(&format!("{at}.document"), Fact::When, &mut share.document, said(true));
    }

    fn disclosure(&mut self, disclosure: &mut Disclosure) {
        let at = format!("disclose.{}", disclosure.id.value);
        if disclosure.items.is_silent() {
            let some = vec![Ref::new("name", disclosure.span.0)];
            return self.set(&format!("{at}.items"), Fact::Item, &mut disclosure.items, said(some));
        }
        self.drop_each(&format!("{at}.of"), Fact::Person, &mut disclosure.of);
        self.basis(&at, &mut disclosure.basis);
        self.consent(&at, &mut disclosure.consent);
        self.stated_list(&format!("{at}.items"), Fact::Item, &mut disclosure.items);
        self.set(&format!("{at}.document"), Fact::When, &mut disclosure.document, said(true));
    }

    fn retention(&mut self, retention: &mut Retention) {
        let at = format!("retention.{}.period", retention.id.value);
        let years = Length { count: At::made(30), unit: At::made(Unit::Years), span: Here::default() };
        self.set(&at, Fact::Period, &mut retention.period, said(years));
    }

    fn clock(&mut self, clock: &mut Clock) {
        let at = format!("clock.{}.length", clock.id.value);
        let sooner = At::made(clock.length.count.value / 2);
        self.set(&at, Fact::Period, &mut clock.length.count, sooner);
        self.set(&at, Fact::Period, &mut clock.length.unit, At::made(Unit::Days));
    }

    fn right(&mut self, right: &mut Right) {
        let at = format!("right.{}", right.kind.value);
        let silent = Stated::NotStated { confirmed: true };
        self.set(&format!("{at}.clock"), Fact::Period, &mut right.clock, silent);
        self.drop_each(&format!("{at}.excludes"), Fact::Right, &mut right.excludes);
        self.drop_each(&format!("{at}.excludes-functions"), Fact::Right, &mut right.excludes_functions);
        self.drop_each(&format!("{at}.ground"), Fact::Right, &mut right.grounds);
        self.drop_each(&format!("{at}.block"), Fact::Right, &mut right.blocks);
        self.stated_list(&format!("{at}.delegate"), Fact::Right, &mut right.delegate);
    }
}

/// Whether the text is silent on what is shared. Then nothing flows, and no other fact of the share can change an answer.
fn flows_nothing(share: &Share) -> bool {
    share.items.is_silent() && share.records.is_empty()
}

/// Whether a function shows the item out of a record.
fn is_shown(policy: &Policy, item: &str) -> bool {
    let reads = policy.functions.iter().flat_map(|function| &function.reads);
    reads.into_iter().any(|read| {
        let makers = policy.functions.iter().filter(|one| one.makes.as_ref().is_some_and(|made| made == &read.class));
        let taken = makers.filter_map(|maker| maker.collects.said()).flatten().flat_map(|group| &group.items);
        let records = policy.records.iter().filter(|record| record.id.as_str() == read.class.text);
        let held = records.flat_map(|record| &record.holds).flat_map(|hold| &hold.items);
        taken.chain(held).any(|named| named.text == item)
    })
}

const fn said<T>(value: T) -> Stated<T> {
    Stated::Said(At::made(value))
}

/// A value in the words of its facts.
fn told(value: &impl Shape) -> String {
    let facts = value.facts();
    match facts.get("said").unwrap_or(&facts) {
        serde_json::Value::Null => "nothing said".to_owned(),
        serde_json::Value::String(text) => text.clone(),
        other => other.get("id").and_then(serde_json::Value::as_str).map_or_else(|| other.to_string(), str::to_owned),
    }
}
