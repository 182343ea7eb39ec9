//! Which keys a question means for an item: the closed world, read off the policy element by element.

use crate::resolve::Program;
use crate::syntax::{
    Action, Collect, Condition, Function, PersonKind, Record, Ref, Share, Source, Stated, Use, UseKind,
};
use crate::terms::asked::Asked;
use crate::terms::key::{Element, Key, Part};
use crate::terms::literal::{Alphabet, Who};

struct Search<'p> {
    program: &'p Program,
    asked: &'p Asked,
    item: &'p str,
    person: &'p str,
    natural: bool,
    function: Option<&'p str>,
    purpose: Option<&'p str>,
    recipient: Option<&'p str>,
    found: Vec<(Element, Part, bool)>,
}

/// The keys, in the order of the file.
pub(super) fn keys(program: &Program, alphabet: &Alphabet, asked: &Asked, item: u16) -> Vec<Key> {
    let policy = &program.policy;
    let Some(id) = alphabet.items.get(usize::from(item)) else { return Vec::new() };
    let Some(person) = policy.persons.get(usize::from(asked.person)) else { return Vec::new() };
    let at = |place: Option<u16>| place.map(usize::from);
    let mut search = Search {
        program,
        asked,
        item: id.as_str(),
        person: person.id.as_str(),
        natural: person.kind.value == PersonKind::Natural,
        function: at(asked.function).and_then(|i| policy.functions.get(i)).map(|one| one.id.as_str()),
        purpose: at(asked.purpose).and_then(|i| policy.purposes.get(i)).map(|one| one.id.as_str()),
        recipient: at(asked.recipient).and_then(|i| policy.recipients.get(i)).map(|one| one.id.as_str()),
        found: Vec::new(),
    };
    search.functions();
    search.uses();
    search.trackers();
    search.shares();
    search.disclosures();
    search.records();
    search.access();
    let key = |(element, part, by_channel): (Element, Part, bool)| Key {
        action: asked.action,
        element,
        part,
        person: asked.person,
        channel: asked.channel.filter(|_| by_channel),
        item,
    };
    search.found.into_iter().map(key).collect()
}

impl Search<'_> {
    fn has<N: crate::syntax::Name>(&self, items: &[Ref<N>]) -> bool {
        items.iter().any(|item| item.text == self.item)
    }

    fn groups(function: &Function) -> &[Collect] {
        function.collects.said().map_or(&[], Vec::as_slice)
    }

    fn is_of(&self, of: &[Ref<crate::syntax::Person>]) -> bool {
        if of.is_empty() { self.natural } else { of.iter().any(|role| role.text == self.person) }
    }

    fn holds(&self, record: &Record) -> bool {
        record.holds.iter().any(|hold| hold.of.text == self.person && self.has(&hold.items))
    }

    /// Whether a record of the class holds the item: it is handed in, or a function that makes the record takes it.
    fn record(&self, class: &str) -> bool {
        let makers =
            self.program.policy.functions.iter().filter(|one| one.makes.as_ref().is_some_and(|it| it.text == class));
        let mut groups = makers.flat_map(Self::groups);
        let taken = groups.any(|group| group.of.text == self.person && self.has(&group.items));
        taken || self.program.policy.records.iter().any(|record| record.id.as_str() == class && self.holds(record))
    }

    fn functions(&mut self) {
        for (i, function) in (0..).zip(&self.program.policy.functions) {
            let purposed = self.purpose.is_none_or(|purpose| function.purposes.iter().any(|one| one.text == purpose));
            if self.function != Some(function.id.as_str()) || !purposed {
                continue;
            }
            let limited = !function.channels.is_empty();
            for (g, group) in (0..).zip(Self::groups(function)) {
                let act = matches!(self.asked.action, Action::Collect | Action::Show | Action::Use);
                if act && group.of.text == self.person && self.has(&group.items) {
                    let by_channel = limited || group.when.as_ref().is_some_and(|when| names_channel(when));
                    let from = |source| Part::From { group: g, source };
                    for part in self.parts(&group.sources, from, Part::Collected(g)) {
                        self.found.push((Element::Function(i), part, by_channel));
                    }
                }
            }
            for (r, read) in (0..).zip(&function.reads) {
                let act = matches!(self.asked.action, Action::Show | Action::Use);
                let of = read.of.iter().any(|role| role.text == self.person);
                let item = if read.items.is_empty() { self.record(&read.class.text) } else { self.has(&read.items) };
                if act && of && item {
                    self.found.push((Element::Function(i), Part::Read(r), limited));
                }
            }
        }
    }

    /// What comes in comes from one of the sources, where the text names some; a question that names one means that one.
    fn parts(&self, named: &[Ref<Source>], from: impl Fn(u16) -> Part, whole: Part) -> Vec<Part> {
        if self.asked.action != Action::Collect {
            return vec![whole];
        }
        if named.is_empty() {
            return if self.asked.source.is_none() { vec![whole] } else { Vec::new() };
        }
        let known = &self.program.policy.sources;
        let place = |one: &Ref<Source>| known.iter().position(|source| source.id.as_str() == one.text);
        let places = named.iter().filter_map(place).filter_map(|place| u16::try_from(place).ok());
        places.filter(|place| self.asked.source.is_none_or(|asked| asked == *place)).map(from).collect()
    }

    fn uses(&mut self) {
        for (i, used) in (0..).zip(&self.program.policy.uses) {
            let act = match used.kind.value {
                UseKind::Inbound => Action::Collect,
                UseKind::Profile | UseKind::Personalise => Action::Profile,
                UseKind::Market => Action::Market,
                UseKind::Automate => Action::Automate,
                UseKind::Statistics | UseKind::DeIdentified | UseKind::Check | UseKind::Service => Action::Use,
            };
            if act == self.asked.action && self.is_of(&used.of) && self.meant(used) && self.worked_with(used) {
                let by_channel = used.when.as_ref().is_some_and(|when| names_channel(when));
                for part in self.parts(&used.sources, Part::Source, Part::Whole) {
                    self.found.push((Element::Use(i), part, by_channel));
                }
            }
        }
    }

    /// A use is meant by its purpose; by a function of its own when no purpose is named.
    fn meant(&self, used: &Use) -> bool {
        let within = |function: &str| used.functions.iter().any(|named| named.text == function);
        match (self.purpose, self.function) {
            (Some(purpose), None) => used.purpose.text == purpose,
            (Some(purpose), Some(function)) => {
                used.purpose.text == purpose && (used.functions.is_empty() || within(function))
            }
            (None, Some(function)) => within(function),
            (None, None) => false,
        }
    }

    fn worked_with(&self, used: &Use) -> bool {
        if !used.items.is_empty() {
            return self.has(&used.items);
        }
        let functions = self.program.policy.functions.iter();
        let mut meant = functions.filter(|one| used.functions.iter().any(|named| named.text == one.id.as_str()));
        let taken = |group: &Collect| group.of.text == self.person && self.has(&group.items);
        meant.any(|function| Self::groups(function).iter().any(taken))
    }

    fn trackers(&mut self) {
        for (i, tracker) in (0..).zip(&self.program.policy.trackers) {
            let purposed = self.purpose == Some(tracker.purpose.text.as_str());
            let elsewhere = self.asked.source.is_some();
            let taken = self.asked.action == Action::Collect && !elsewhere;
            if taken && self.natural && purposed && self.has(&tracker.items) {
                self.found.push((Element::Tracker(i), Part::Whole, false));
            }
        }
    }

    fn shares(&mut self) {
        for (i, share) in (0..).zip(&self.program.policy.shares) {
            let purposed =
                self.purpose.is_none_or(|purpose| share.purpose.said().is_some_and(|one| one.text == purpose));
            let to = self.recipient == Some(share.recipient.text.as_str());
            if share.act.value != self.asked.action || !to || !purposed || !self.is_of(&share.of) || !self.shared(share)
            {
                continue;
            }
            let conditional = share.when.as_ref().is_some_and(|when| names_channel(when));
            if share.functions.is_empty() {
                self.found.push((Element::Share(i), Part::Whole, conditional));
            } else if let Some(f) = self.asked.function
                && share.functions.iter().any(|named| Some(named.text.as_str()) == self.function)
            {
                let function = self.program.policy.functions.get(usize::from(f));
                let limited = function.is_some_and(|function| !function.channels.is_empty());
                self.found.push((Element::Share(i), Part::Within(f), conditional || limited));
            }
        }
    }

    /// Whether the share hands over the item; a silent one is met, to be withheld.
    fn shared(&self, share: &Share) -> bool {
        let silent = share.items.is_silent() && share.records.is_empty();
        let listed = share.items.said().is_some_and(|items| self.has(items));
        silent || listed || share.records.iter().any(|class| self.record(&class.text))
    }

    fn disclosures(&mut self) {
        for (i, disclosure) in (0..).zip(&self.program.policy.disclosures) {
            let listed = match &disclosure.items {
                Stated::Said(items) => self.has(&items.value),
                Stated::Nothing(_) => false,
                Stated::NotStated { .. } => true,
            };
            if self.asked.action == Action::Disclose && self.is_of(&disclosure.of) && listed {
                self.found.push((Element::Disclosure(i), Part::Whole, false));
            }
        }
    }

    fn records(&mut self) {
        for (i, record) in (0..).zip(&self.program.policy.records) {
            let functions = self.program.policy.functions.iter();
            let makers: Vec<&Function> = functions
                .filter(|function| function.makes.as_ref().is_some_and(|made| made.text == record.id.as_str()))
                .collect();
            let meant = self.function.is_none_or(|id| makers.iter().any(|function| function.id.as_str() == id));
            let taken = makers
                .iter()
                .flat_map(|function| Self::groups(function))
                .any(|group| group.of.text == self.person && self.has(&group.items));
            if self.asked.action == Action::Retain && meant && (self.holds(record) || taken) {
                self.found.push((Element::Record(i), Part::Whole, false));
            }
        }
    }

    fn access(&mut self) {
        let bare = self.function.is_none() && self.purpose.is_none() && self.recipient.is_none();
        if self.asked.action == Action::Show && bare && self.natural && self.asked.who == Who::Subject {
            self.found.push((Element::Access, Part::Whole, false));
        }
    }
}

fn names_channel(condition: &Condition) -> bool {
    condition.atoms().iter().any(|atom| matches!(atom, Condition::Channel(_)))
}
