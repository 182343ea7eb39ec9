//! One key and one assignment of literals, with the questions that rules ask of them.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use model::field::Mask;

use super::told::{Asked, ItemKind, Told};
use crate::question::{Code, Outcome};
use crate::resolve::{ItemFacts, Program};
use crate::syntax::{
    Authority, Basis, Collect, Condition, Disclosure, Exception, ExportRoute, Form, Function, Item, Level, Person,
    PersonKind, Recipient, Ref, Share, Source, Stated, Tracker, Use,
};
use crate::terms::key::{Cause, Element, Key, Named, Part, Ruling};
use crate::terms::lines::Line;
use crate::terms::literal::{Alphabet, Literal};

/// The element of a key.
pub(super) enum What<'p> {
    Function(&'p Function, Option<&'p Collect>),
    Use(&'p Use),
    Tracker(&'p Tracker),
    Share(&'p Share, &'p Recipient, Option<&'p Function>),
    Disclosure(&'p Disclosure),
    Record,
    Access,
}

/// A key in a world.
pub(crate) struct World<'p> {
    pub(super) program: &'p Program,
    pub(super) alphabet: &'p Alphabet,
    day: Date,
    pub(super) key: Key,
    /// What kind of item it is. Which one it is, a rule can only ask by [`Self::is_one_of`].
    pub(super) item: ItemKind,
    facts: &'p ItemFacts,
    pub(super) person: &'p Person,
    pub(super) what: What<'p>,
    line: Cell<Line>,
    wanted: Cell<Option<u16>>,
    told: RefCell<BTreeMap<Asked<'p>, bool>>,
    scopes: OnceCell<Vec<String>>,
    carrying: OnceCell<Vec<u16>>,
    exceptions: OnceCell<Vec<(u16, &'p Exception)>>,
}

impl<'p> World<'p> {
    pub(crate) fn new(program: &'p Program, alphabet: &'p Alphabet, day: Date, key: Key) -> Option<Self> {
        let policy = &program.policy;
        let at = usize::from;
        let what = match key.element {
            Element::Function(i) => {
                let function = policy.functions.get(at(i))?;
                let group = match key.part.group() {
                    Some(g) => Some(function.collects.said()?.get(at(g))?),
                    None => None,
                };
                What::Function(function, group)
            }
            Element::Use(i) => What::Use(policy.uses.get(at(i))?),
            Element::Tracker(i) => What::Tracker(policy.trackers.get(at(i))?),
            Element::Share(i) => {
                let share = policy.shares.get(at(i))?;
                let recipient = policy.recipients.iter().find(|one| one.id.as_str() == share.recipient.text)?;
                let function = match key.part {
                    Part::Within(f) => Some(policy.functions.get(at(f))?),
                    _ => None,
                };
                What::Share(share, recipient, function)
            }
            Element::Disclosure(i) => What::Disclosure(policy.disclosures.get(at(i))?),
            Element::Record(_) => What::Record,
            Element::Access => What::Access,
        };
        let facts = program.items.get(alphabet.items.get(at(key.item))?)?;
        let item = ItemKind::of(facts);
        let key = Key { item: u16::MAX, ..key };
        let person = policy.persons.get(at(key.person))?;
        let (line, wanted) = (Cell::default(), Cell::default());
        let (told, scopes) = (RefCell::default(), OnceCell::new());
        let (carrying, exceptions) = (OnceCell::new(), OnceCell::new());
        Some(Self {
            program,
            alphabet,
            day,
            key,
            item,
            facts,
            person,
            what,
            line,
            wanted,
            told,
            scopes,
            carrying,
            exceptions,
        })
    }

    /// From now on, what is decided on this line is so, and no other literal is set.
    pub(crate) fn suppose(&self, line: &Line) {
        self.line.set(*line);
        self.wanted.set(None);
    }

    /// The first literal that was looked at without being decided: what came out since [`Self::suppose`] counts for
    /// nothing.
    pub(crate) fn wanted(&self) -> Option<u16> {
        self.wanted.get()
    }

    /// What was told so far.
    pub(crate) fn told(&self) -> Told<'p> {
        Told { item: self.item, answers: self.told.borrow().clone() }
    }

    /// Whether this world would have been told the same.
    pub(crate) fn would_be_told(&self, told: &Told<'p>) -> bool {
        self.item == told.item && told.answers.iter().all(|(asked, answer)| self.tell(*asked) == *answer)
    }

    fn tell(&self, asked: Asked<'p>) -> bool {
        if let Some(known) = self.told.borrow().get(&asked) {
            return *known;
        }
        let answer = match asked {
            Asked::Rule(number) => self.program.law.holds(&format!("R{number}"), self.day),
            Asked::Sensitive => self.facts.sensitive_on(self.day, &self.program.operation.switches.sensitivity),
            Asked::Listed(list) => list.iter().any(|item| item.text == self.facts.id.as_str()),
            Asked::Routed => self.routes().next().is_some(),
            Asked::Borne { sensitive } => self.routes().any(|route| self.bears(route, sensitive)),
        };
        self.told.borrow_mut().insert(asked, answer);
        answer
    }

    /// Whether a literal is set.
    pub(super) fn is(&self, literal: Literal) -> bool {
        let bit = self.alphabet.bit(literal);
        self.line.get().has(bit).unwrap_or_else(|bit| {
            self.wanted.set(self.wanted.get().or(Some(bit)));
            false
        })
    }

    /// A three-valued fact from its two literals.
    fn known(&self, literal: impl Fn(bool) -> Literal) -> Option<bool> {
        match (self.is(literal(true)), self.is(literal(false))) {
            (true, _) => Some(true),
            (false, true) => Some(false),
            (false, false) => None,
        }
    }

    /// Whether a rule of the catalogue holds on the day.
    pub(super) fn rule(&self, number: u8) -> bool {
        self.tell(Asked::Rule(number))
    }

    /// Whether the item is sensitive on the day, by the standards that count (R16).
    pub(super) fn is_listed(&self) -> bool {
        self.tell(Asked::Sensitive)
    }

    /// Whether the item is in a list.
    pub(super) fn is_one_of(&self, list: &'p [Ref<Item>]) -> bool {
        self.tell(Asked::Listed(list))
    }

    /// The routes on which the flow leaves the country, as far as they have not ended by the day.
    fn routes(&self) -> impl Iterator<Item = &'p ExportRoute> {
        let id = match self.what {
            What::Share(share, ..) => Some(share.id.as_str()),
            _ => None,
        };
        let all = self.program.operation.routes.iter().filter(move |route| id == Some(route.share.text.as_str()));
        let day = self.day;
        all.filter(move |route| route.until.as_ref().is_none_or(|last| last.value >= day))
    }

    /// Whether the law of the day lets so many people's data leave on a route as it declares.
    fn bears(&self, route: &ExportRoute, sensitive: bool) -> bool {
        if let Some(ceiling) = self.program.law.export_ceiling(route.by.value, self.day)
            && (route.persons.value >= ceiling.persons || route.sensitive.value >= ceiling.sensitive)
        {
            return false;
        }
        !(sensitive && route.by.value.is_counted() && route.sensitive.value == 0)
    }

    /// Whether the flow has a route abroad in date.
    pub(super) fn is_routed(&self) -> bool {
        self.tell(Asked::Routed)
    }

    /// Whether such a route bears what it declares; of sensitive items, that it declares some of these, too.
    pub(super) fn is_borne(&self, sensitive: bool) -> bool {
        self.tell(Asked::Borne { sensitive })
    }

    /// Whether the flow takes what is about somebody out of the country.
    pub(super) fn goes_abroad(&self) -> bool {
        let What::Share(share, recipient, _) = self.what else { return false };
        let level = share.level.as_ref().map(|level| level.value);
        let to_abroad = recipient.overseas.as_ref().is_some_and(|overseas| overseas.value);
        let leaves = to_abroad || share.act.value.word() == "export";
        leaves && level != Some(Level::Anonymised) && level != Some(Level::Aggregate)
    }

    pub(super) fn is_natural(&self) -> bool {
        self.person.kind.value == PersonKind::Natural
    }

    /// Whether a declared fact is known to be true, or false.
    pub(super) fn fact(&self, id: &str) -> Option<(Named, Option<bool>)> {
        let place = self.program.policy.facts.iter().position(|one| one.id.as_str() == id)?;
        let place = u16::try_from(place).ok()?;
        Some((Named::Fact(place), self.known(|yes| Literal::Fact(place, yes))))
    }

    /// Somebody who hands the item in instead of the person.
    pub(super) fn source(&self) -> Option<&'p Source> {
        self.program.policy.sources.get(usize::from(self.key.part.source()?))
    }

    /// Whether the element takes the item of this person from several sources, so that one must be named.
    pub(super) fn has_other_sources(&self) -> bool {
        let mut named: Vec<&str> = Vec::new();
        match self.what {
            What::Use(used) => named.extend(used.sources.iter().map(|source| source.text.as_str())),
            What::Function(function, _) => {
                for group in function.collects.said().into_iter().flatten() {
                    let has = self.is_one_of(&group.items);
                    if has && group.of.text == self.person.id.as_str() {
                        named.extend(group.sources.iter().map(|source| source.text.as_str()));
                    }
                }
            }
            _ => {}
        }
        named.first().is_some_and(|first| named.iter().any(|other| other != first))
    }

    /// Whether nothing goes to the recipient, or to the party meant, and the operation file knows of it.
    pub(super) fn is_suspended(&self) -> bool {
        let What::Share(_, recipient, _) = self.what else { return false };
        let operation = &self.program.operation;
        let mut parties = operation.parties.iter().filter(|party| party.recipient.text == recipient.id.as_str());
        let all = operation.suspended.iter().filter_map(|one| one.recipient.as_ref());
        let whole = all.into_iter().any(|suspended| suspended.text == recipient.id.as_str());
        let named = |party: &str| {
            operation.suspended.iter().filter_map(|one| one.party.as_ref()).any(|suspended| suspended.text == party)
        };
        (whole || parties.any(|party| named(party.id.as_str()))) && self.is(Literal::Suspended)
    }

    /// By what right others type the items; `None` where nobody does. Not stated: each person's own consent.
    pub(super) fn authority(&self) -> Option<Authority> {
        let What::Function(_, Some(group)) = self.what else { return None };
        match group.authority.as_ref() {
            Some(Stated::Said(authority)) => Some(authority.value),
            Some(Stated::Nothing(_) | Stated::NotStated { .. }) => Some(Authority::OwnConsent),
            None => (!group.typed_by.is_empty()).then_some(Authority::OwnConsent),
        }
    }

    /// Whether the person is known to be under an age, or not.
    pub(super) fn under(&self, years: u16) -> Option<bool> {
        let place = self.alphabet.age(years)?;
        self.known(|yes| Literal::Under(place, yes))
    }

    /// The function in whose course it happens.
    pub(super) fn function(&self) -> Option<&'p Function> {
        match self.what {
            What::Function(function, _) => Some(function),
            What::Share(_, _, function) => function,
            _ => None,
        }
    }

    pub(super) fn when(&self) -> Option<&'p Condition> {
        let when = match self.what {
            What::Function(_, group) => group?.when.as_ref(),
            What::Use(used) => used.when.as_ref(),
            What::Share(share, ..) => share.when.as_ref(),
            _ => None,
        };
        when.map(|when| &when.value)
    }

    /// Whether entrusting or transfer leans on the function's ground.
    fn leans_on(&self) -> Option<&'p Function> {
        match self.what {
            What::Share(share, _, Some(function)) => {
                let act = share.act.value.word();
                let may = (act == "entrust" || act == "transfer") && share.basis.said().is_none();
                may.then_some(function)
            }
            _ => None,
        }
    }

    /// The ground that the text gives.
    pub(super) fn basis(&self) -> Option<Basis> {
        let own = match self.what {
            What::Function(function, _) => function.basis.said(),
            What::Use(used) => used.basis.said(),
            What::Share(share, ..) => share.basis.said(),
            What::Disclosure(disclosure) => disclosure.basis.said(),
            What::Tracker(_) | What::Record | What::Access => None,
        };
        let own = own.copied();
        self.leans_on().map_or(own, |function| function.basis.said().copied())
    }

    /// Whether the text says that it asks for no consent.
    pub(super) fn asks_none(&self) -> bool {
        match self.what {
            What::Function(function, _) => function.consent.is_nothing() || self.authority() == Some(Authority::Deemed),
            What::Use(used) => used.consent.is_nothing(),
            What::Share(share, ..) => share.consent.is_nothing(),
            What::Disclosure(disclosure) => disclosure.consent.is_nothing(),
            What::Tracker(_) | What::Record | What::Access => false,
        }
    }

    /// Whether what is left in the data is nobody any more.
    pub(super) fn is_anonymised(&self) -> bool {
        let level = match self.what {
            What::Use(used) => used.level.as_ref(),
            What::Share(share, ..) => share.level.as_ref(),
            What::Disclosure(disclosure) => disclosure.level.as_ref(),
            _ => None,
        };
        level.is_some_and(|level| level.value == Level::Anonymised)
    }

    /// Ids of the scopes of which any one carries the element, its own first.
    pub(super) fn scope_ids(&self) -> &[String] {
        self.scopes.get_or_init(|| self.spell_scopes())
    }

    fn spell_scopes(&self) -> Vec<String> {
        let own = match self.what {
            What::Function(function, _) => format!("collect.{}", function.id.value),
            What::Use(used) => {
                let act = match used.kind.value.word() {
                    "profile" | "personalise" => "profile",
                    "market" => "market",
                    "automate" => "automate",
                    _ => "use",
                };
                format!("{act}.{}", used.id.value)
            }
            What::Tracker(tracker) => format!("track.{}", tracker.id.value),
            What::Share(share, recipient, _) => {
                format!("{}.{}.{}", share.act.value, share.id.value, recipient.id.value)
            }
            What::Disclosure(disclosure) => format!("disclose.{}", disclosure.id.value),
            What::Record | What::Access => return Vec::new(),
        };
        let function = self.leans_on().map(|function| format!("collect.{}", function.id.value));
        std::iter::once(own).chain(function).collect()
    }

    /// Whether the scope of that id is granted.
    pub(super) fn granted(&self, id: &str) -> bool {
        self.alphabet.scope(id).is_some_and(|place| self.is(Literal::Granted(place)))
    }

    /// Whether any of the scopes is granted.
    pub(super) fn consented(&self) -> bool {
        let places = || self.scope_ids().iter().filter_map(|id| self.alphabet.scope(id)).collect();
        self.carrying.get_or_init(places).iter().any(|place| self.is(Literal::Granted(*place)))
    }

    /// A missing consent: the cause names the scope and the form that it needs.
    pub(super) fn missing(&self, id: &str) -> Option<Cause> {
        let place = self.alphabet.scope(id)?;
        let code = match self.alphabet.scopes.get(usize::from(place))?.form {
            Form::General => Code::ConsentMissing,
            Form::Separate => Code::SeparateConsentMissing,
            Form::Written => Code::WrittenConsentMissing,
        };
        Some(Cause::of(code).scope(place))
    }

    /// The exceptions of the list for this act, with their places.
    pub(super) fn exceptions(&self) -> &[(u16, &'p Exception)] {
        self.exceptions.get_or_init(|| {
            let mut list = Vec::new();
            for (place, exception) in (0..).zip(&self.program.policy.exceptions) {
                if exception.acts.iter().any(|act| act.value == self.key.action) {
                    list.push((place, exception));
                }
            }
            list
        })
    }

    /// The objections to an exception that is relied on while a condition of its own is not known to be true.
    pub(super) fn claim(&self, place: u16, when: Option<&Condition>, untrue: Cause, to: &mut Objections) {
        let Some(when) = when.filter(|_| self.is(Literal::Claimed(place))) else { return };
        match self.kleene(when) {
            Some(true) => {}
            Some(false) => to.withhold(untrue),
            None => {
                for atom in when.atoms().into_iter().filter(|atom| self.atom(atom).is_none()) {
                    to.withhold(Cause { named: self.name(atom), rule: untrue.rule, ..Cause::of(Code::FactUnknown) });
                }
            }
        }
    }

    /// Whether an exception is relied on and its own condition is true.
    pub(super) fn excepted(&self, place: u16, exception: &Exception) -> bool {
        self.is(Literal::Claimed(place)) && exception.when.as_ref().is_none_or(|when| self.kleene(when) == Some(true))
    }

    /// Kleene's strong three-valued logic.
    pub(super) fn kleene(&self, condition: &Condition) -> Option<bool> {
        condition.truth(&|atom| self.atom(atom))
    }

    fn atom(&self, atom: &Condition) -> Option<bool> {
        let policy = &self.program.policy;
        match atom {
            Condition::SamePerson(roles) => {
                let (a, b) = (roles.first()?, roles.get(1)?);
                if a.text == b.text {
                    return Some(true);
                }
                let pair = self.pair(&a.text, &b.text)?;
                self.known(|yes| Literal::Same(pair, yes))
            }
            Condition::Product(product) => {
                let place = policy.products.iter().position(|one| one.id.as_str() == product.text)?;
                let place = u16::try_from(place).ok()?;
                self.known(|yes| Literal::Product(place, yes))
            }
            Condition::Channel(channel) => {
                let here = policy.channels.get(usize::from(self.key.channel?))?;
                Some(here.id.as_str() == channel.text)
            }
            Condition::AgeUnder(years) => self.under(u16::try_from(*years).ok()?),
            Condition::Fact(fact) => {
                let place = policy.facts.iter().position(|one| one.id.as_str() == fact.text)?;
                let place = u16::try_from(place).ok()?;
                self.known(|yes| Literal::Fact(place, yes))
            }
            // For rights only.
            Condition::InForce(_) | Condition::OpenClaim(_) => None,
            Condition::All(_) | Condition::Any(_) | Condition::Not(_) => self.kleene(atom),
        }
    }

    fn pair(&self, a: &str, b: &str) -> Option<u16> {
        let persons = &self.program.policy.persons;
        let place = |id: &str| persons.iter().position(|person| person.id.as_str() == id);
        self.alphabet.pair(u16::try_from(place(a)?).ok()?, u16::try_from(place(b)?).ok()?)
    }

    fn name(&self, atom: &Condition) -> Option<Named> {
        match atom {
            Condition::SamePerson(roles) => self.pair(&roles.first()?.text, &roles.get(1)?.text).map(Named::Same),
            Condition::Product(_) => Some(Named::Product),
            Condition::Channel(_) => Some(Named::Channel),
            Condition::AgeUnder(_) => Some(Named::Age),
            Condition::Fact(fact) => {
                let place = self.program.policy.facts.iter().position(|one| one.id.as_str() == fact.text)?;
                u16::try_from(place).ok().map(Named::Fact)
            }
            Condition::InForce(_)
            | Condition::OpenClaim(_)
            | Condition::All(_)
            | Condition::Any(_)
            | Condition::Not(_) => None,
        }
    }

    /// The objections that a condition raises.
    pub(super) fn condition(&self, when: &Condition, to: &mut Objections) {
        let atoms = when.atoms();
        match self.kleene(when) {
            Some(true) => {}
            Some(false) => {
                let named = if let [only] = *atoms.as_slice() { self.name(only) } else { None };
                to.withhold(Cause { named, ..Cause::of(Code::ConditionFalse) });
            }
            None => {
                for atom in atoms {
                    if self.atom(atom).is_none() {
                        to.withhold(Cause { named: self.name(atom), ..Cause::of(Code::FactUnknown) });
                    }
                }
            }
        }
    }

    /// The objections of a function that is not offered on this channel or for this product.
    pub(super) fn offer(&self, function: &Function, to: &mut Objections) {
        if !function.channels.is_empty() {
            let here = self.key.channel.and_then(|place| self.program.policy.channels.get(usize::from(place)));
            match here {
                None => to.withhold(Cause::of(Code::FactUnknown).named(Named::Channel)),
                Some(here) => {
                    if !function.channels.iter().any(|offered| offered.text == here.id.as_str()) {
                        to.withhold(Cause::of(Code::NotDeclared).named(Named::Channel));
                    }
                }
            }
        }
        if !function.products.is_empty() {
            let products = function.products.iter().cloned().map(Condition::Product).collect();
            match self.kleene(&Condition::Any(products)) {
                Some(true) => {}
                Some(false) => to.withhold(Cause::of(Code::NotDeclared).named(Named::Product)),
                None => to.withhold(Cause::of(Code::FactUnknown).named(Named::Product)),
            }
        }
    }
}

/// A ruling in the making. Rules only ever add to it, so each can be looked at by itself.
pub(crate) struct Objections {
    mask: Mask,
    pub(crate) causes: BTreeSet<Cause>,
    pub(crate) ground: Option<Basis>,
}

impl Objections {
    pub(crate) const fn none(mask: Mask) -> Self {
        Self { mask, causes: BTreeSet::new(), ground: None }
    }

    pub(super) fn withhold(&mut self, cause: Cause) {
        self.causes.insert(cause);
    }

    /// Masks, unless the mask shows everything.
    pub(super) fn mask(&mut self, cause: Cause) {
        if self.mask != Mask::None {
            self.causes.insert(cause);
        }
    }

    /// The strictest of what the causes make of the item.
    pub(super) fn ruling(self) -> Ruling {
        let outcome = self.causes.iter().map(Cause::becomes).min().unwrap_or(Outcome::Clear);
        let mask = (outcome == Outcome::Masked).then_some(self.mask);
        Ruling { outcome, mask, causes: self.causes, ground: self.ground }
    }
}
