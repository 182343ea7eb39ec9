//! How far an element reaches: whose items, and which, when the file says it by pointing elsewhere.

use crate::resolve::Program;
use crate::syntax::{Action, Function, Person, PersonKind, Read, Ref, Share, Use, UseKind};

/// The act under which a use is consented to. Inbound data is named a use, so that it cannot be taken for a function.
pub(super) const fn use_act(kind: UseKind) -> Action {
    match kind {
        UseKind::Profile | UseKind::Personalise => Action::Profile,
        UseKind::Market => Action::Market,
        UseKind::Automate => Action::Automate,
        UseKind::Statistics | UseKind::DeIdentified | UseKind::Check | UseKind::Inbound | UseKind::Service => {
            Action::Use
        }
    }
}

/// Whether the text is silent on what is shared: then the narrowest reading holds, nothing.
pub(super) fn items_silent(share: &Share) -> bool {
    share.items.is_silent() && share.records.is_empty()
}

/// The roles meant; an empty list means every natural person.
pub(crate) fn persons<'p>(program: &'p Program, of: &'p [Ref<Person>]) -> Vec<&'p Person> {
    let named = |person: &&Person| {
        if of.is_empty() {
            person.kind.value == PersonKind::Natural
        } else {
            of.iter().any(|role| role.text == person.id.as_str())
        }
    };
    program.policy.persons.iter().filter(named).collect()
}

/// What a read shows of one role: its items, else all that the record class holds.
pub(crate) fn read_items(program: &Program, read: &Read, role: &str) -> Vec<String> {
    if read.items.is_empty() {
        held(program, &read.class.text, role).collect()
    } else {
        read.items.iter().map(|item| item.text.clone()).collect()
    }
}

/// What a use works with of one role: its items, else all that its functions take from it.
pub(crate) fn use_items(program: &Program, used: &Use, role: &str) -> Vec<String> {
    if !used.items.is_empty() {
        return used.items.iter().map(|item| item.text.clone()).collect();
    }
    let functions = program.policy.functions.iter();
    let meant = functions.filter(|function| used.functions.iter().any(|named| named.text == function.id.as_str()));
    let groups = meant.filter_map(|function| function.collects.said()).flatten();
    let taken = groups.filter(|group| group.of.text == role).flat_map(|group| &group.items);
    taken.map(|item| item.text.clone()).collect()
}

/// What a share hands over of one role: its items, and what its record classes hold.
pub(crate) fn share_items(program: &Program, share: &Share, role: &str) -> Vec<String> {
    let said = share.items.said().into_iter().flatten().map(|item| item.text.clone());
    said.chain(share.records.iter().flat_map(|class| held(program, &class.text, role))).collect()
}

/// What a record of the class holds of one role: what is handed in, and what the functions that make it take.
fn held<'p>(program: &'p Program, class: &'p str, role: &'p str) -> impl Iterator<Item = String> + 'p {
    let makes = move |function: &&Function| function.makes.as_ref().is_some_and(|made| made.text == class);
    let groups = program.policy.functions.iter().filter(makes).filter_map(|maker| maker.collects.said()).flatten();
    let taken = groups.filter(move |group| group.of.text == role).flat_map(|group| &group.items);
    let records = program.policy.records.iter().filter(move |record| record.id.as_str() == class);
    let holds = records.flat_map(|record| &record.holds).filter(move |hold| hold.of.text == role);
    holds.flat_map(|hold| &hold.items).chain(taken).map(|item| item.text.clone())
}
