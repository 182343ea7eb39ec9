//! Names that one version alone knows. The world is closed: a question that names what a version does not know is denied as a whole,
//! so here every decision differs in which the other permits anything. But what is an element's id in one version may be a further
//! name of another element in the other: there it is no unknown name, and questions that bear it are about that one.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

use super::say::{Version, acting};
use super::search::answer;
use super::witness::Witness;
use crate::ask::Called;
use crate::claim::region::{Choice, Region};
use crate::claim::{On, Probe, permitted};
use crate::compile::Tables;
use crate::question::{Outcome, Processing};
use crate::syntax::declare::words;
use crate::syntax::{Action, Kind, Stated};
use crate::terms::literal::small;

words! {
    /// One of two versions.
    Which {
        /// The one before.
        Old = "old",
        /// The one after.
        New = "new",
    }
}

/// A name that one version alone knows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Unshared {
    /// Kind of the element, as its table is called in a file.
    pub kind: &'static str,
    /// The element.
    #[serde(flatten)]
    pub element: Called,
    /// Other words that questions may name it by.
    #[serde(skip)]
    also: Option<String>,
    /// Who knows it.
    pub known_by: Which,
    /// The element that the other version takes it for; absent: it knows nothing called so, and denies what names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_for: Option<Called>,
    /// A question that names it, permitted by that version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<Witness>,
}

impl Unshared {
    /// Whether a question that calls everything by id names it, of this item.
    pub fn is_named(&self, question: &Processing, item: &str) -> bool {
        let id = Some(&self.element.id);
        match self.kind {
            "function" => question.function.as_ref() == id,
            "purpose" => question.purpose.as_ref() == id,
            "product" => question.product.as_ref() == id,
            "channel" => question.channel.as_ref() == id,
            "recipient" => question.recipient.as_ref() == id,
            "party" => question.party.as_ref() == id || acting(&question.actor).as_ref() == id,
            "person" => question.person == self.element.id,
            "source" => question.source.as_ref() == id,
            "exception" => question.exception.as_ref() == id,
            "item" => item == self.element.id,
            _ => question.endpoint.is_some() && [id, self.also.as_ref()].contains(&question.endpoint.as_ref()),
        }
    }
}

/// Every name that one version alone knows, with a witness where the search finds one.
pub(super) fn unshared(old: &Tables, new: &Tables, at: Timestamp) -> Vec<Unshared> {
    let versions = [Version { tables: old, at }, Version { tables: new, at }];
    let mut found = Vec::new();
    for (known_by, tables, other) in [(Which::New, new, old), (Which::Old, old, new)] {
        let known: BTreeSet<(Kind, String, String)> = names(other).into_iter().map(Name::key).collect();
        for name in names(tables).into_iter().filter(|name| !known.contains(&name.clone().key())) {
            let permitted = permitting(tables, &name, at);
            let witness = permitted.and_then(|question| Witness::of(versions, &question));
            let element = Called::of(tables.program(), name.kind, &name.id);
            let taken_for = taken_for(other, name.kind, &name.id);
            found.push(Unshared { kind: name.kind.word(), element, also: name.link, known_by, taken_for, witness });
        }
    }
    found
}

/// The element that a version takes a name for that is no id there. SDKs are named by nothing but id and link.
fn taken_for(tables: &Tables, kind: Kind, id: &str) -> Option<Called> {
    let program = tables.program();
    let found = program.names.find(kind, id).ok().filter(|found| kind != Kind::Sdk && found.as_str() != id)?;
    Some(Called::of(program, kind, found.as_str()))
}

/// The name of an element that questions may name, whichever version knows it.
pub(super) fn called(old: &Tables, new: &Tables, kind: Kind, id: &str) -> Called {
    let of_new = Called::of(new.program(), kind, id);
    if of_new.name == of_new.id { Called::of(old.program(), kind, id) } else { of_new }
}

/// A name that questions may name.
#[derive(Debug, Clone)]
struct Name {
    kind: Kind,
    id: String,
    place: u16,
    /// What else questions may call it.
    link: Option<String>,
    /// What else it is known by: whose party it is, where an SDK sends.
    with: String,
}

impl Name {
    /// What makes it the same name in both versions.
    fn key(self) -> (Kind, String, String) {
        (self.kind, self.id, self.with)
    }
}

fn names(tables: &Tables) -> Vec<Name> {
    let (policy, operation) = (&tables.program().policy, &tables.program().operation);
    let name = |kind: Kind, id: String, place: u16| Name { kind, id, place, link: None, with: String::new() };
    let mut names = Vec::new();
    macro_rules! ids {
        ($($list:ident $kind:ident),*) => { $(
            names.extend(policy.$list.iter().zip(0..).map(|(one, place)| name(Kind::$kind, one.id.to_string(), place)));
        )* };
    }
    ids! {
        functions Function, purposes Purpose, products Product, channels Channel, recipients Recipient, persons Person,
        sources Source, exceptions Exception
    }
    let items = tables.alphabet().items.iter().zip(0..);
    names.extend(items.map(|(item, place)| name(Kind::Item, item.to_string(), place)));
    names.extend(operation.parties.iter().zip(0..).map(|(party, place)| Name {
        with: party.recipient.text.clone(),
        ..name(Kind::Party, party.id.to_string(), place)
    }));
    names.extend(policy.sdks.iter().zip(0..).map(|(sdk, place)| {
        let link = match &sdk.link {
            Stated::Said(link) => Some(link.value.clone()),
            Stated::Nothing(_) | Stated::NotStated { .. } => None,
        };
        let with = format!("{} {} {}", sdk.channel.text, sdk.recipient.text, link.clone().unwrap_or_default());
        Name { link, with, ..name(Kind::Sdk, sdk.id.to_string(), place) }
    }));
    names
}

/// A question that names it and to which something is permitted.
fn permitting(tables: &Tables, name: &Name, at: Timestamp) -> Option<Processing> {
    let only = || Choice::In(BTreeSet::from([name.place]));
    let mut region = Region::default();
    match name.kind {
        Kind::Function => region.functions = only(),
        Kind::Purpose => region.purposes = only(),
        Kind::Product => region.products = only(),
        Kind::Channel => region.channels = only(),
        Kind::Recipient => region.recipients = only(),
        Kind::Person => region.persons = only(),
        Kind::Party => region.parties = only(),
        Kind::Item => region.items = only(),
        Kind::Source => return from_source(tables, name.place, at).or_else(|| by_the_way(tables, name, at)),
        Kind::Exception | Kind::Sdk => return by_the_way(tables, name, at),
        _ => return None,
    }
    let found = permitted(tables, &region, at).map(|witness| witness.question);
    found.or_else(|| by_the_way(tables, name, at))
}

fn from_source(tables: &Tables, place: u16, at: Timestamp) -> Option<Processing> {
    let region = Region { actions: BTreeSet::from([Action::Collect]), ..Region::default() };
    let mut probe = Probe::new(tables, &region, On::Effect, at);
    let channels = small(tables.program().policy.channels.len());
    let flows = tables.flows().iter().filter(|flow| flow.part.source() == Some(place));
    flows.into_iter().find_map(|flow| {
        let columns = std::iter::once(None).chain((0..channels).filter(|_| flow.by_channel).map(Some));
        let cells = columns.flat_map(|channel| flow.items.iter().map(move |item| (*item, channel)));
        cells
            .into_iter()
            .find_map(|(item, channel)| probe.permitted(flow, item, channel))
            .map(|witness| witness.question)
    })
}

/// A question that is permitted anyway, and names it by the way.
fn by_the_way(tables: &Tables, name: &Name, at: Timestamp) -> Option<Processing> {
    let policy = &tables.program().policy;
    let place = usize::from(name.place);
    let mut region = Region::default();
    match name.kind {
        Kind::Exception => region.actions = policy.exceptions.get(place)?.acts.iter().map(|act| act.value).collect(),
        Kind::Sdk => {
            let recipient = tables.alphabet().place(Kind::Recipient, &policy.sdks.get(place)?.recipient.text)?;
            region.recipients = Choice::In(BTreeSet::from([recipient]));
        }
        _ => {}
    }
    let mut question = permitted(tables, &region, at)?.question;
    let id = Some(name.id.clone());
    match name.kind {
        Kind::Exception => question.exception = id,
        Kind::Sdk => {
            question.endpoint = id;
            question.channel = Some(policy.sdks.get(place)?.channel.text.clone());
        }
        Kind::Function => question.function = id,
        Kind::Purpose => question.purpose = id,
        Kind::Product => question.product = id,
        Kind::Channel => question.channel = id,
        Kind::Source => question.source = id,
        Kind::Recipient => question.recipient = id,
        Kind::Party => question.party = id,
        _ => return None,
    }
    let given = answer(Version { tables, at }, &question)?.outcome;
    (given != Outcome::Withheld).then_some(question)
}
