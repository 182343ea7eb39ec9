//! Spelling out the scopes of a program, one bit each.

use std::collections::{BTreeMap, BTreeSet};

use model::Slug;

use super::extent::{persons, share_items, use_act, use_items};
use crate::finding::Span;
use crate::resolve::Program;
use crate::syntax::{
    Action, At, Authority, Collect, Form, Function, Kind, Person, Recipient, Ref, Sensitive, Share, Source,
    SourceClass, Stated,
};
use crate::terms::Scope;
use crate::terms::literal::text_age;

/// One element, before its scopes are spelt out.
struct Element<'p> {
    id: String,
    act: Action,
    kind: Kind,
    name: &'p Slug,
    recipient: Option<&'p Slug>,
    form: Form,
    class_form: Form,
    asked: Form,
    class_asked: Form,
    personal: bool,
    per_party: bool,
    clause: &'p [At<String>],
    /// Items, each with the roles that it is of and a class that the text itself sets apart.
    items: BTreeMap<Slug, (BTreeSet<Slug>, Option<Sensitive>)>,
}

/// All scopes of a program, in a fixed order.
pub(super) fn scopes(program: &Program) -> Vec<Scope> {
    let policy = &program.policy;
    let mut elements: Vec<Element<'_>> = Vec::new();
    elements.extend(policy.functions.iter().map(|function| of_function(program, function)));
    for used in &policy.uses {
        let act = use_act(used.kind.value);
        let mut element = Element::new(format!("{act}.{}", used.id.value), act, Kind::Use, &used.id, &used.clause);
        element.form = used.consent.said().copied().unwrap_or(Form::General);
        element.asked = element.form;
        for person in persons(program, &used.of) {
            for item in use_items(program, used, person.id.value.as_str()) {
                element.item(&item, &[role(person)], None);
            }
        }
        elements.push(element);
    }
    for tracker in &policy.trackers {
        let id = format!("track.{}", tracker.id.value);
        let mut element = Element::new(id, Action::Collect, Kind::Tracker, &tracker.id, &tracker.clause);
        tracker.items.iter().for_each(|item| element.item(&item.text, &[], None));
        elements.push(element);
    }
    elements.extend(policy.shares.iter().filter_map(|share| of_share(program, share)));
    for disclosure in &policy.disclosures {
        let id = format!("disclose.{}", disclosure.id.value);
        let mut element = Element::new(id, Action::Disclose, Kind::Disclosure, &disclosure.id, &disclosure.clause);
        element.form = outward(&disclosure.consent);
        element.asked = disclosure.consent.said().copied().unwrap_or(Form::General);
        let items = disclosure.items.said().into_iter().flatten();
        items.for_each(|item| element.item(&item.text, &disclosure.of, None));
        elements.push(element);
    }
    let apart = elements.into_iter().flat_map(|element| element.spell(program));
    apart.chain(policy.sources.iter().flat_map(|source| of_source(program, source))).collect()
}

/// What leaves the house needs a separate consent (R23, R28, R37); the text may ask for a written one.
fn outward(stated: &Stated<Form>) -> Form {
    stated.said().copied().unwrap_or(Form::Separate).max(Form::Separate)
}

fn is_overseas(recipient: &Recipient) -> bool {
    recipient.overseas.as_ref().is_some_and(|overseas| overseas.value)
}

fn of_function<'p>(program: &'p Program, function: &'p Function) -> Element<'p> {
    let id = format!("collect.{}", function.id.value);
    let mut element = Element::new(id, Action::Collect, Kind::Function, &function.id, &function.clause);
    element.form = function.consent.said().copied().unwrap_or(Form::General);
    element.asked = element.form;
    for group in function.collects.said().into_iter().flatten() {
        let apart = group.consent.as_ref().map_or(Form::General, |form| form.value);
        element.class_form = element.class_form.max(apart);
        element.class_asked = element.class_asked.max(apart);
        element.personal |= authority(group).is_some();
        for item in &group.items {
            let set_apart = set_apart(group, program.items.get(item.text.as_str()).and_then(|facts| facts.class));
            element.item(&item.text, std::slice::from_ref(&group.of), set_apart);
        }
    }
    element
}

/// The class of a scope of its own that the text asks for: separate or written consent for the items of a class.
pub(super) fn set_apart(group: &Collect, class: Option<Sensitive>) -> Option<Sensitive> {
    let apart = group.consent.as_ref().is_some_and(|form| form.value > Form::General);
    apart.then(|| class.unwrap_or(Sensitive::Other))
}

fn of_share<'p>(program: &'p Program, share: &'p Share) -> Option<Element<'p>> {
    let recipient = program.policy.recipients.iter().find(|one| one.id.value.as_str() == share.recipient.text)?;
    let id = format!("{}.{}.{}", share.act.value, share.id.value, recipient.id.value);
    let mut element = Element::new(id, share.act.value, Kind::Share, &share.id, &share.clause);
    element.recipient = Some(&recipient.id.value);
    let picked = &program.operation.switches.picked;
    element.per_party = recipient.chosen.as_ref().is_some_and(|chosen| chosen.value)
        || picked.iter().any(|one| one.text == recipient.id.as_str());
    element.asked = share.consent.said().copied().unwrap_or(Form::General);
    element.form = match share.act.value {
        Action::Entrust | Action::Transfer if !is_overseas(recipient) => {
            share.consent.said().copied().unwrap_or(Form::General)
        }
        _ => outward(&share.consent),
    };
    let apart = share.sensitive_consent.as_ref().map_or(Form::General, |form| form.value);
    element.class_form = element.class_form.max(apart);
    element.class_asked = element.class_asked.max(apart);
    for person in persons(program, &share.of) {
        for item in share_items(program, share, person.id.value.as_str()) {
            let apart = share.sensitive_consent.as_ref().is_some_and(|form| form.value > Form::General);
            let class = program.items.get(item.as_str()).and_then(|facts| facts.class);
            element.item(&item, &[role(person)], class.filter(|_| apart));
        }
    }
    Some(element)
}

impl<'p> Element<'p> {
    const fn new(id: String, act: Action, kind: Kind, element: &'p At<Slug>, clause: &'p Vec<At<String>>) -> Self {
        Self {
            id,
            act,
            kind,
            name: &element.value,
            recipient: None,
            form: Form::General,
            class_form: Form::Separate,
            asked: Form::General,
            class_asked: Form::General,
            personal: false,
            per_party: false,
            clause: clause.as_slice(),
            items: BTreeMap::new(),
        }
    }

    fn item(&mut self, item: &str, of: &[Ref<Person>], apart: Option<Sensitive>) {
        let Ok(id) = item.parse() else { return };
        let (persons, class) = self.items.entry(id).or_default();
        persons.extend(of.iter().filter_map(|role| role.text.parse::<Slug>().ok()));
        *class = class.or(apart);
    }

    /// The scope of the element, then one for each sensitive class among its items.
    fn spell(self, program: &Program) -> Vec<Scope> {
        let mut classes: BTreeMap<Sensitive, Vec<Slug>> = BTreeMap::new();
        for (item, (_, apart)) in &self.items {
            let facts = program.items.get(item);
            let listed = facts.filter(|facts| facts.face || !facts.sensitive_by.is_empty());
            let class = listed.map(|facts| facts.class.unwrap_or(Sensitive::Other));
            for class in class.into_iter().chain(*apart).collect::<BTreeSet<_>>() {
                classes.entry(class).or_default().push(item.clone());
            }
        }
        let base = Scope {
            id: self.id.clone(),
            act: self.act,
            kind: self.kind,
            element: self.name.clone(),
            recipient: self.recipient.cloned(),
            class: None,
            form: self.form,
            asked: self.asked,
            personal: self.personal,
            per_party: self.per_party,
            items: self.items.keys().cloned().collect(),
            persons: self
                .items
                .values()
                .flat_map(|(persons, _)| persons)
                .cloned()
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect(),
            clause: self.clause.iter().map(|clause| clause.value.clone()).collect(),
            guardian_under: guardian_under(program),
        };
        let apart = classes.into_iter().map(|(class, items)| {
            let persons: BTreeSet<Slug> = items
                .iter()
                .filter_map(|item| self.items.get(item))
                .flat_map(|(persons, _)| persons)
                .cloned()
                .collect();
            Scope {
                id: format!("{}.{class}", self.id),
                class: Some(class),
                form: self.form.max(self.class_form),
                asked: self.asked.max(self.class_asked),
                items,
                persons: persons.into_iter().collect(),
                ..base.clone()
            }
        });
        std::iter::once(base.clone()).chain(apart).collect()
    }
}

fn role(person: &Person) -> Ref<Person> {
    Ref::new(person.id.value.as_str(), Span::default())
}

/// By what right others type the items of a group; `None` where nobody does. Not stated is the narrowest: each person's
/// own consent.
pub(super) fn authority(group: &Collect) -> Option<Authority> {
    match &group.authority {
        Some(Stated::Said(authority)) => Some(authority.value),
        _ if group.typed_by.is_empty() && group.authority.is_none() => None,
        _ => Some(Authority::OwnConsent),
    }
}

/// What is asked before anything is taken from a source, and before what is done goes beyond the person's word to it.
fn of_source(program: &Program, source: &Source) -> Vec<Scope> {
    let id = format!("inbound.{}", source.id.value);
    let beyond = format!("{id}.beyond");
    let mut element = Element::new(id, Action::Collect, Kind::Source, &source.id, &source.clause);
    let from = |sources: &[Ref<Source>]| sources.iter().any(|one| one.text == source.id.as_str());
    let groups = program.policy.functions.iter().filter_map(|function| function.collects.said()).flatten();
    for group in groups.filter(|group| from(&group.sources)) {
        group.items.iter().for_each(|item| element.item(&item.text, std::slice::from_ref(&group.of), None));
    }
    for used in program.policy.uses.iter().filter(|used| from(&used.sources)) {
        for person in persons(program, &used.of) {
            let items = use_items(program, used, person.id.value.as_str());
            for item in items {
                element.item(&item, &[role(person)], None);
            }
        }
    }
    element.asked = source.consent.said().copied().unwrap_or(Form::General);
    // R11: an enquiry at a credit agency needs a written consent, whatever the text asks for.
    let enquiry = source.class.value == SourceClass::CreditAgency;
    element.form = if enquiry { Form::Written } else { element.asked };
    // One scope each, whatever the classes of the items: the element that takes them in asks for those.
    let whole = element.spell(program).into_iter().next();
    let further = source.beyond.said().copied().unwrap_or(Form::General);
    let further = whole.clone().map(|whole| Scope { id: beyond, form: further, asked: further, ..whole });
    let whole = whole.filter(|_| enquiry || source.consent.said().is_some());
    whole.into_iter().chain(further.filter(|_| source.within.is_some())).collect()
}

fn guardian_under(program: &Program) -> u16 {
    let by_text = program.policy.minors.guardian.said().copied().unwrap_or(false);
    program.law.ages().child.max(if by_text { text_age(program) } else { 0 })
}
