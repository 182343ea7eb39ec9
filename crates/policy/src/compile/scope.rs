//! Spelling out the scopes of a program, one bit each.

use std::collections::{BTreeMap, BTreeSet};

use model::Slug;

use super::extent::{persons, share_items, use_act, use_items};
use crate::resolve::Program;
use crate::syntax::{Action, At, Collect, Form, Function, Kind, Person, Ref, Sensitive, Share, Stated};
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
        for item in use_items(program, used) {
            element.item(&item, &used.of, None);
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
        let items = disclosure.items.said().into_iter().flatten();
        items.for_each(|item| element.item(&item.text, &disclosure.of, None));
        elements.push(element);
    }
    elements.into_iter().flat_map(|element| element.spell(program)).collect()
}

/// What leaves the house needs a separate consent (R23, R28, R37); the text may ask for a written one.
fn outward(stated: &Stated<Form>) -> Form {
    stated.said().copied().unwrap_or(Form::Separate).max(Form::Separate)
}

fn of_function<'p>(program: &'p Program, function: &'p Function) -> Element<'p> {
    let id = format!("collect.{}", function.id.value);
    let mut element = Element::new(id, Action::Collect, Kind::Function, &function.id, &function.clause);
    element.form = function.consent.said().copied().unwrap_or(Form::General);
    for group in function.collects.said().into_iter().flatten() {
        if group.consent.as_ref().is_some_and(|form| form.value == Form::Written) {
            element.class_form = Form::Written;
        }
        for item in &group.items {
            let set_apart = set_apart(program, group, &item.text);
            element.item(&item.text, std::slice::from_ref(&group.of), set_apart);
        }
    }
    element
}

/// The class of a scope of its own that the text asks for: separate or written consent for these items.
pub(super) fn set_apart(program: &Program, group: &Collect, item: &str) -> Option<Sensitive> {
    let apart = group.consent.as_ref().is_some_and(|form| form.value > Form::General);
    let class = program.items.get(item).and_then(|facts| facts.class);
    apart.then(|| class.unwrap_or(Sensitive::Other))
}

fn of_share<'p>(program: &'p Program, share: &'p Share) -> Option<Element<'p>> {
    let recipient = program.policy.recipients.iter().find(|one| one.id.value.as_str() == share.recipient.text)?;
    let id = format!("{}.{}.{}", share.act.value, share.id.value, recipient.id.value);
    let mut element = Element::new(id, share.act.value, Kind::Share, &share.id, &share.clause);
    element.recipient = Some(&recipient.id.value);
    element.per_party = recipient.chosen.as_ref().is_some_and(|chosen| chosen.value);
    element.form = match share.act.value {
        Action::Entrust | Action::Transfer => share.consent.said().copied().unwrap_or(Form::General),
        _ => outward(&share.consent),
    };
    if share.sensitive_consent.as_ref().is_some_and(|form| form.value == Form::Written) {
        element.class_form = Form::Written;
    }
    for person in persons(program, &share.of) {
        for item in share_items(program, share, person.id.value.as_str()) {
            let apart = share.sensitive_consent.as_ref().is_some_and(|form| form.value > Form::General);
            let class = program.items.get(item.as_str()).and_then(|facts| facts.class);
            element.item(
                &item,
                &[Ref::new(person.id.value.as_str(), crate::finding::Span::default())],
                class.filter(|_| apart),
            );
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
                items,
                persons: persons.into_iter().collect(),
                ..base.clone()
            }
        });
        std::iter::once(base.clone()).chain(apart).collect()
    }
}

fn guardian_under(program: &Program) -> u16 {
    let by_text = program.policy.minors.guardian.said().copied().unwrap_or(false);
    program.law.ages().child.max(if by_text { text_age(program) } else { 0 })
}
