//! One key on its way to becoming two rows: what its element says, looked up once, and the demands made so far.

use std::cell::OnceCell;
use std::sync::Arc;

use super::extent::use_act;
use super::formula::Formula;
use super::row::Check;
use super::seen::Sight;
use crate::question::Code;
use crate::resolve::Program;
use crate::syntax::{
    Action, Authority, Basis, Collect, Condition, Exception, Form, Function, Level, Person, Recipient, Ref, Source,
    Stated,
};
use crate::terms::key::{Cause, Element, Key, Named, Part};
use crate::terms::literal::{Alphabet, Literal, person, place, small};

/// What an element says, whichever kind it is.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "four things that a text says or does not say, each on its own")]
pub(super) struct Declared<'p> {
    /// The ground; `None` where the text is silent.
    pub(super) basis: Option<Basis>,
    /// Ids of the scopes of which any one carries it; the first is its own.
    pub(super) carried_by: Vec<String>,
    pub(super) when: Option<&'p Condition>,
    /// The function in whose course it happens.
    pub(super) function: Option<&'p Function>,
    pub(super) group: Option<&'p Collect>,
    pub(super) recipient: Option<&'p Recipient>,
    pub(super) level: Option<Level>,
    /// Whether the text says that it asks for no consent.
    pub(super) asks_none: bool,
    pub(super) sensitive_form: Option<Form>,
    pub(super) document: bool,
    pub(super) masked: bool,
    /// Somebody who hands it in instead of the person.
    pub(super) source: Option<&'p Source>,
    pub(super) items_silent: bool,
    pub(super) purposes: Vec<&'p str>,
}

/// Conditions, as gates.
pub(super) struct Atoms<'p> {
    pub(super) program: &'p Program,
    pub(super) alphabet: &'p Alphabet,
    /// The channel of the key; `None` makes every question for it unknown.
    pub(super) channel: Option<u16>,
}

impl Atoms<'_> {
    /// The gate that holds exactly when the condition is known to be `value` (Kleene).
    pub(super) fn truth(&self, condition: &Condition, value: bool) -> Formula {
        match condition {
            Condition::Not(inner) => self.truth(inner, !value),
            Condition::All(parts) if value => {
                parts.iter().fold(Formula::always(), |all, part| all.and(&self.truth(part, true)))
            }
            Condition::Any(parts) if !value => {
                parts.iter().fold(Formula::always(), |all, part| all.and(&self.truth(part, false)))
            }
            Condition::All(parts) | Condition::Any(parts) => {
                Formula::any(parts.iter().map(|part| self.truth(part, value)))
            }
            atom => self.atom(atom, value),
        }
    }

    fn atom(&self, atom: &Condition, value: bool) -> Formula {
        match atom {
            Condition::SamePerson(roles) => match self.pair(roles) {
                Some((a, b)) if a == b => Formula::constant(value),
                Some((a, b)) => {
                    let pair = self.alphabet.pair(a, b);
                    pair.map_or_else(Formula::never, |pair| Formula::is(self.alphabet, Literal::Same(pair, value)))
                }
                None => Formula::never(),
            },
            Condition::Product(product) => {
                let ids = self.program.policy.products.iter().map(|one| &one.id.value);
                let place = place(ids, &product.text);
                place.map_or_else(Formula::never, |place| Formula::is(self.alphabet, Literal::Product(place, value)))
            }
            Condition::Channel(channel) => {
                let here = self.channel.and_then(|i| self.program.policy.channels.get(usize::from(i)));
                here.map_or_else(Formula::never, |here| Formula::constant((here.id.as_str() == channel.text) == value))
            }
            Condition::AgeUnder(years) => {
                let age = self.alphabet.age(u16::try_from(*years).unwrap_or(u16::MAX));
                age.map_or_else(Formula::never, |age| Formula::is(self.alphabet, Literal::Under(age, value)))
            }
            Condition::Fact(fact) => {
                let place = place(self.program.policy.facts.iter().map(|one| &one.id.value), &fact.text);
                place.map_or_else(Formula::never, |place| Formula::is(self.alphabet, Literal::Fact(place, value)))
            }
            // Records are for rights only: a language error anywhere else (`L0424`).
            Condition::InForce(_)
            | Condition::OpenClaim(_)
            | Condition::All(_)
            | Condition::Any(_)
            | Condition::Not(_) => Formula::never(),
        }
    }

    fn pair(&self, roles: &[Ref<Person>]) -> Option<(u16, u16)> {
        match roles {
            [a, b] => Some((person(self.program, &a.text)?, person(self.program, &b.text)?)),
            _ => None,
        }
    }

    /// What an atom is called in a reason.
    fn name(&self, atom: &Condition) -> Option<Named> {
        match atom {
            Condition::SamePerson(roles) => {
                let (a, b) = self.pair(roles)?;
                self.alphabet.pair(a, b).map(Named::Same)
            }
            Condition::Product(_) => Some(Named::Product),
            Condition::Channel(_) => Some(Named::Channel),
            Condition::AgeUnder(_) => Some(Named::Age),
            Condition::Fact(fact) => {
                place(self.program.policy.facts.iter().map(|one| &one.id.value), &fact.text).map(Named::Fact)
            }
            Condition::InForce(_)
            | Condition::OpenClaim(_)
            | Condition::All(_)
            | Condition::Any(_)
            | Condition::Not(_) => None,
        }
    }
}

/// A key with everything that its rows depend on.
pub(super) struct Case<'p> {
    pub(super) program: &'p Program,
    pub(super) alphabet: &'p Alphabet,
    /// Its person and item stand for all of which the same is seen: what rows look at of them is beside it.
    pub(super) key: Key,
    pub(super) sight: &'p Sight,
    pub(super) declared: &'p Declared<'p>,
    /// The exceptions of the list for this act, once somebody has asked.
    pub(super) excepted: &'p OnceCell<Formula>,
    /// Those that free by law, each with its ground.
    pub(super) carrying: OnceCell<Vec<(Formula, Basis)>>,
    /// One of those.
    pub(super) freed: OnceCell<Formula>,
}

/// The demands of one side.
#[derive(Default)]
pub(super) struct Demands {
    pub(super) checks: Vec<Check>,
    /// Whether the item is hidden whatever its own mask.
    pub(super) hides: bool,
    pub(super) grounds: Vec<(Formula, Basis)>,
}

impl Demands {
    /// Withholds unless the gate holds.
    pub(super) fn need(&mut self, gate: Formula, cause: Cause) {
        self.push(gate, false, cause);
    }

    /// Withholds when the gate holds.
    pub(super) fn refuse(&mut self, gate: Formula, cause: Cause) {
        self.push(gate, true, cause);
    }

    /// Withholds always.
    pub(super) fn never(&mut self, cause: Cause) {
        self.push(Formula::never(), false, cause);
    }

    /// Masks unless the gate holds.
    pub(super) fn cover(&mut self, case: &Case<'_>, unless: Formula) {
        if self.hides || case.sight.masked() {
            self.push(unless, false, Cause::of(Code::MaskedByDefault));
        }
    }

    /// Masks under a rule of the law unless the gate holds.
    pub(super) fn cover_by(&mut self, case: &Case<'_>, rule: u8, unless: Formula) {
        if self.hides || case.sight.masked() {
            self.push(unless, false, Cause::of(Code::MaskedByDefault).rule(rule));
        }
    }

    fn push(&mut self, gate: Formula, fails_when: bool, cause: Cause) {
        let passes = if fails_when { gate == Formula::never() } else { gate.is_always() };
        if !passes {
            self.checks.push(Check { gate: Arc::new(gate), fails_when, cause });
        }
    }
}

impl<'p> Case<'p> {
    pub(super) fn is(&self, literal: Literal) -> Formula {
        Formula::is(self.alphabet, literal)
    }

    pub(super) fn is_not(&self, literal: Literal) -> Formula {
        Formula::is_not(self.alphabet, literal)
    }

    pub(super) fn holds(&self, rule: u8) -> bool {
        self.sight.rule(rule)
    }

    pub(super) fn is_natural(&self) -> bool {
        self.sight.natural()
    }

    /// The element's own scope.
    pub(super) fn own_scope(&self) -> Option<u16> {
        self.declared.carried_by.first().and_then(|id| self.alphabet.scope(id))
    }

    /// One of the scopes that carry the element is granted.
    pub(super) fn carried(&self) -> Formula {
        self.granted(&self.declared.carried_by)
    }

    /// One of some scopes is granted.
    pub(super) fn granted(&self, carriers: &[String]) -> Formula {
        let scopes = carriers.iter().filter_map(|id| self.alphabet.scope(id));
        Formula::any(scopes.map(|scope| self.is(Literal::Granted(scope))))
    }

    /// Whether what is handed over leaves the country and is about somebody: sums are not, nor what is anonymised.
    pub(super) fn is_abroad(&self) -> bool {
        let Some(recipient) = self.declared.recipient else { return false };
        let nobodys = matches!(self.declared.level, Some(Level::Anonymised | Level::Aggregate));
        let overseas = recipient.overseas.as_ref().is_some_and(|overseas| overseas.value);
        !nobodys && (overseas || self.key.action == Action::Export)
    }

    /// One of the scopes for a sensitive class is granted, with the first of them.
    pub(super) fn carried_class(&self, class: crate::syntax::Sensitive) -> (Option<u16>, Formula) {
        let ids = self.declared.carried_by.iter().map(|id| format!("{id}.{class}"));
        let scopes: Vec<u16> = ids.filter_map(|id| self.alphabet.scope(&id)).collect();
        let any = Formula::any(scopes.iter().map(|scope| self.is(Literal::Granted(*scope))));
        (scopes.first().copied(), any)
    }

    /// The exceptions of the list for this act, claimed and with their own condition true.
    pub(super) fn excepted(&self) -> Formula {
        let any = || Formula::any(self.exceptions().map(|(i, exception)| self.claim(i, exception)));
        self.excepted.get_or_init(any).clone()
    }

    /// The exceptions of the list for this act.
    pub(super) fn exceptions(&self) -> impl Iterator<Item = (u16, &'p Exception)> + use<'p> {
        let action = self.key.action;
        let all = (0..).zip(&self.program.policy.exceptions);
        all.filter(move |(_, exception)| exception.acts.iter().any(|act| act.value == action))
    }

    pub(super) fn claim(&self, i: u16, exception: &Exception) -> Formula {
        let own = exception.when.as_ref().map_or_else(Formula::always, |when| self.truth(&when.value, true));
        self.is(Literal::Claimed(i)).and(&own)
    }

    /// The gate that holds exactly when the condition is known to be `value`.
    pub(super) fn truth(&self, condition: &Condition, value: bool) -> Formula {
        self.atoms().truth(condition, value)
    }

    /// Demands of a claimed exception that a condition is known to be true, unless consent to one of the carriers stands anyway.
    pub(super) fn demand_claim(
        &self,
        (i, carriers): (u16, &[String]),
        when: &Condition,
        untrue: Cause,
        to: &mut Demands,
    ) {
        let claimed = self.is(Literal::Claimed(i));
        let no = self.truth(when, false);
        to.refuse(claimed.and(&no).and(&self.ungranted(carriers)), untrue);
        let idle = self.granted(carriers).or(self.is_not(Literal::Claimed(i)));
        let known = idle.or(self.truth(when, true)).or(no);
        for atom in when.atoms() {
            let cause = Cause { named: self.atoms().name(atom), rule: untrue.rule, ..Cause::of(Code::FactUnknown) };
            to.need(known.clone().or(self.settled(atom)), cause);
        }
    }

    /// The fact that what is done stays within what the person once allowed the source, and the scope of what does not.
    pub(super) fn beyond(&self, source: &Source) -> Option<(u16, u16)> {
        let within = source.within.as_ref()?;
        let fact = place(self.program.policy.facts.iter().map(|fact| &fact.id.value), &within.text)?;
        Some((fact, self.alphabet.scope(&format!("inbound.{}.beyond", source.id.value))?))
    }

    /// Whether the operation file suspends the recipient, or a party of it, from some day on.
    pub(super) fn is_ever_suspended(&self) -> bool {
        let Some(recipient) = self.declared.recipient else { return false };
        let id = recipient.id.as_str();
        let operation = &self.program.operation;
        let of_it =
            |party: &str| operation.parties.iter().any(|one| one.id.as_str() == party && one.recipient.text == id);
        operation.suspended.iter().any(|one| {
            one.recipient.as_ref().is_some_and(|of| of.text == id)
                || one.party.as_ref().is_some_and(|party| of_it(&party.text))
        })
    }

    /// None of some scopes is granted.
    fn ungranted(&self, carriers: &[String]) -> Formula {
        let scopes = carriers.iter().filter_map(|id| self.alphabet.scope(id));
        scopes.fold(Formula::always(), |all, scope| all.and(&self.is_not(Literal::Granted(scope))))
    }

    fn settled(&self, atom: &Condition) -> Formula {
        let known_as = self.atoms();
        known_as.atom(atom, true).or(known_as.atom(atom, false))
    }

    /// The missing consent, by the form that its scope asks for.
    pub(super) fn missing(&self, scope: u16) -> Cause {
        let form = self.alphabet.scopes.get(usize::from(scope)).map_or(Form::General, |scope| scope.form);
        Cause::of(match form {
            Form::General => Code::ConsentMissing,
            Form::Separate => Code::SeparateConsentMissing,
            Form::Written => Code::WrittenConsentMissing,
        })
        .scope(scope)
    }

    fn atoms(&self) -> Atoms<'p> {
        Atoms { program: self.program, alphabet: self.alphabet, channel: self.key.channel }
    }

    /// Demands a condition: false withholds, unknown withholds and names every fact that is unknown.
    pub(super) fn demand_condition(&self, when: &Condition, to: &mut Demands) {
        let atoms = when.atoms();
        let known_as = self.atoms();
        let (yes, no) = (known_as.truth(when, true), known_as.truth(when, false));
        let mut cause = Cause::of(Code::ConditionFalse);
        if let [only] = *atoms.as_slice() {
            cause.named = known_as.name(only);
        }
        to.refuse(no.clone(), cause);
        let known = yes.or(no);
        for atom in atoms {
            let cause = Cause { named: known_as.name(atom), ..Cause::of(Code::FactUnknown) };
            to.need(known.clone().or(self.settled(atom)), cause);
        }
    }

    /// Demands that the function is offered on the channel and for the product.
    pub(super) fn demand_offer(&self, function: &Function, to: &mut Demands) {
        if !function.channels.is_empty() {
            match self.key.channel.and_then(|i| self.program.policy.channels.get(usize::from(i))) {
                None => to.never(Cause::of(Code::FactUnknown).named(Named::Channel)),
                Some(here) if function.channels.iter().any(|offered| offered.text == here.id.as_str()) => {}
                Some(_) => to.never(Cause::of(Code::NotDeclared).named(Named::Channel)),
            }
        }
        if !function.products.is_empty() {
            let atoms: Vec<Condition> = function.products.iter().cloned().map(Condition::Product).collect();
            let offered = Condition::Any(atoms);
            let known_as = self.atoms();
            let (yes, no) = (known_as.truth(&offered, true), known_as.truth(&offered, false));
            to.refuse(no.clone(), Cause::of(Code::NotDeclared).named(Named::Product));
            to.need(yes.or(no), Cause::of(Code::FactUnknown).named(Named::Product));
        }
    }
}

/// What an element says.
pub(super) fn declared(program: &Program, element: Element, part: Part) -> Option<Declared<'_>> {
    let policy = &program.policy;
    let at = usize::from;
    let source = part.source().and_then(|s| policy.sources.get(at(s)));
    Some(match element {
        Element::Function(i) => {
            let function = policy.functions.get(at(i))?;
            let group = part.group().and_then(|g| function.collects.said()?.get(at(g)));
            Declared {
                basis: function.basis.said().copied(),
                asks_none: function.consent.is_nothing()
                    || group.and_then(super::scope::authority) == Some(Authority::Deemed),
                source,
                carried_by: vec![format!("collect.{}", function.id.value)],
                when: group.and_then(|group| group.when.as_ref()).map(|when| &when.value),
                function: Some(function),
                group,
                purposes: function.purposes.iter().map(|purpose| purpose.text.as_str()).collect(),
                ..Declared::default()
            }
        }
        Element::Use(i) => {
            let used = policy.uses.get(at(i))?;
            Declared {
                basis: used.basis.said().copied(),
                carried_by: vec![format!("{}.{}", use_act(used.kind.value), used.id.value)],
                when: used.when.as_ref().map(|when| &when.value),
                level: used.level.as_ref().map(|level| level.value),
                asks_none: used.consent.is_nothing(),
                source,
                purposes: vec![used.purpose.text.as_str()],
                ..Declared::default()
            }
        }
        Element::Tracker(i) => {
            let tracker = policy.trackers.get(at(i))?;
            Declared {
                carried_by: vec![format!("track.{}", tracker.id.value)],
                purposes: vec![tracker.purpose.text.as_str()],
                ..Declared::default()
            }
        }
        Element::Share(i) => share(program, i, part)?,
        Element::Disclosure(i) => {
            let disclosure = policy.disclosures.get(at(i))?;
            Declared {
                basis: disclosure.basis.said().copied(),
                carried_by: vec![format!("disclose.{}", disclosure.id.value)],
                document: disclosure.document.said() == Some(&true),
                masked: disclosure.masked.said() == Some(&true),
                level: disclosure.level.as_ref().map(|level| level.value),
                items_silent: disclosure.items.is_silent(),
                asks_none: disclosure.consent.is_nothing(),
                ..Declared::default()
            }
        }
        Element::Record(_) | Element::Access => Declared::default(),
    })
}

/// Entrusting and transfer without a ground of their own rest on that of the function in whose course they happen
/// (PIPL art. 21, 22 ask for no consent of their own).
fn share(program: &Program, i: u16, part: Part) -> Option<Declared<'_>> {
    let policy = &program.policy;
    let share = policy.shares.get(usize::from(i))?;
    let recipient = policy.recipients.iter().find(|one| one.id.as_str() == share.recipient.text)?;
    let function = match part {
        Part::Within(f) => policy.functions.get(usize::from(f)),
        _ => None,
    };
    let mut carried_by = vec![format!("{}.{}.{}", share.act.value, share.id.value, recipient.id.value)];
    let mut basis = share.basis.said().copied();
    let inherits = matches!(share.act.value, Action::Entrust | Action::Transfer) && basis.is_none();
    if let Some(function) = function.filter(|_| inherits) {
        carried_by.push(format!("collect.{}", function.id.value));
        basis = function.basis.said().copied();
    }
    Some(Declared {
        basis,
        carried_by,
        when: share.when.as_ref().map(|when| &when.value),
        function,
        recipient: Some(recipient),
        level: share.level.as_ref().map(|level| level.value),
        asks_none: share.consent.is_nothing(),
        sensitive_form: share.sensitive_consent.as_ref().map(|form| form.value),
        document: share.document.said() == Some(&true),
        items_silent: matches!(share.items, Stated::NotStated { .. }) && share.records.is_empty(),
        purposes: share.purpose.said().map(|purpose| purpose.text.as_str()).into_iter().collect(),
        ..Declared::default()
    })
}

/// The place of a permission that yields the group's items.
pub(super) fn permission(program: &Program, group: &Collect) -> Option<u16> {
    let named = group.permission.as_ref()?;
    let place = program.policy.permissions.iter().position(|one| one.id.as_str() == named.text)?;
    Some(small(place))
}
