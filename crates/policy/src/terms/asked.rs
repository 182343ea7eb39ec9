//! A question with every name led to its place, or the reasons why the closed world knows no such thing.

use crate::question::{Actor, Code, Processing};
use crate::resolve::{NotFound, Program};
use crate::syntax::{Action, Exception, Kind, Stated};

use super::literal::{Alphabet, Who, small};

/// A processing question in places instead of names.
#[derive(Debug, Clone)]
pub struct Asked {
    /// What is to be done.
    pub action: Action,
    /// In the course of which function.
    pub function: Option<u16>,
    /// For which purpose.
    pub purpose: Option<u16>,
    /// About which product.
    pub product: Option<u16>,
    /// On which channel.
    pub channel: Option<u16>,
    /// To whom.
    pub recipient: Option<u16>,
    /// To which chosen party, by its place in the operation file.
    pub party: Option<u16>,
    /// In which role the subject stands.
    pub person: u16,
    /// Which items; `None` for one that nobody knows.
    pub items: Vec<Option<u16>>,
    /// From which source.
    pub source: Option<u16>,
    /// The exception relied on.
    pub exception: Option<u16>,
    /// Who acts.
    pub who: Who,
    /// The staff role, when it exists.
    pub role: Option<u16>,
    /// Whether a manager approved.
    pub approved: bool,
    /// Whether a clear view is asked for.
    pub clear_view: bool,
    /// Whether a document was shown.
    pub document: bool,
}

/// The place of an exception: by id; by name, clause or number in the list for the act.
fn exception(program: &Program, action: Action, text: &str) -> Option<u16> {
    let exceptions = &program.policy.exceptions;
    if let Some(place) = exceptions.iter().position(|one| one.id.as_str() == text) {
        return Some(small(place));
    }
    let called = match program.names.find(Kind::Exception, text) {
        Ok(id) => vec![id],
        Err(NotFound::Ambiguous { ids, .. }) => ids,
        Err(NotFound::Unknown { .. }) => return None,
    };
    let listed = |one: &Exception| one.acts.iter().any(|act| act.value == action) && called.contains(&one.id.value);
    let mut places = exceptions.iter().enumerate().filter(|(_, one)| listed(one)).map(|(place, _)| small(place));
    places.next().filter(|_| places.next().is_none())
}

impl Asked {
    /// Leads every name of a question to its place. Facts keep their names; projecting reads them.
    ///
    /// # Errors
    /// One code for each name that the policy does not know (invariant 1); unknown items are told item by item.
    pub fn read(program: &Program, alphabet: &Alphabet, asked: &Processing) -> Result<Self, Vec<Code>> {
        let mut unknown = Vec::new();
        let mut look = |kind: Kind, text: Option<&str>, code: Code| {
            let place = text.and_then(|text| alphabet.place(kind, text));
            if text.is_some() && place.is_none() {
                unknown.push(code);
            }
            place
        };
        let function = look(Kind::Function, asked.function.as_deref(), Code::UnknownFunction);
        let purpose = look(Kind::Purpose, asked.purpose.as_deref(), Code::UnknownPurpose);
        let product = look(Kind::Product, asked.product.as_deref(), Code::NotDeclared);
        let channel = look(Kind::Channel, asked.channel.as_deref(), Code::UnknownChannel);
        let recipient = look(Kind::Recipient, asked.recipient.as_deref(), Code::UnknownRecipient);
        let source = look(Kind::Source, asked.source.as_deref(), Code::UnknownSource);
        let person = look(Kind::Person, Some(asked.person.as_str()), Code::UnknownPerson);
        let exception = asked.exception.as_deref().and_then(|text| exception(program, asked.action, text));
        let acting = match &asked.actor {
            Actor::Party { party } => Some(party.as_str()),
            _ => None,
        };
        let acting = look(Kind::Party, acting, Code::UnknownParty);
        let party = look(Kind::Party, asked.party.as_deref(), Code::UnknownParty);
        if asked.exception.is_some() && exception.is_none() {
            unknown.push(Code::UnknownException);
        }
        let strange = acting.zip(party).is_some_and(|(acting, party)| acting != party);
        let party = party.or(acting);
        if strange || party.is_some_and(|party| !belongs(program, party, recipient)) {
            unknown.push(Code::UnknownParty);
        }
        if asked.endpoint.as_deref().is_some_and(|endpoint| !is_listed(program, endpoint, channel, recipient)) {
            unknown.push(Code::UnknownEndpoint);
        }
        let (who, role, approved, clear_view) = match &asked.actor {
            Actor::Subject => (Who::Subject, None, false, false),
            Actor::System => (Who::System, None, false, false),
            Actor::Party { .. } => (Who::Party, None, false, false),
            Actor::Staff { role, approved, clear_view } => {
                (Who::Staff, alphabet.place(Kind::Role, role), *approved, *clear_view)
            }
        };
        let item = |text: &String| alphabet.place(Kind::Item, text);
        match person {
            Some(person) if unknown.is_empty() => Ok(Self {
                action: asked.action,
                function,
                purpose,
                product,
                channel,
                recipient,
                party,
                person,
                items: asked.items.iter().map(item).collect(),
                source,
                exception,
                who,
                role,
                approved,
                clear_view,
                document: asked.document.as_deref().is_some_and(|document| !document.is_empty()),
            }),
            _ => Err(unknown),
        }
    }
}

/// Whether the party is one of the recipient's; without a recipient nothing contradicts.
fn belongs(program: &Program, party: u16, recipient: Option<u16>) -> bool {
    let Some(recipient) = recipient.and_then(|place| program.policy.recipients.get(usize::from(place))) else {
        return true;
    };
    let party = program.operation.parties.get(usize::from(party));
    party.is_some_and(|party| party.recipient.text == recipient.id.as_str())
}

/// R24: whether the published list has the endpoint, by id or exact link, on that channel and for that recipient.
fn is_listed(program: &Program, endpoint: &str, channel: Option<u16>, recipient: Option<u16>) -> bool {
    let policy = &program.policy;
    let channel = channel.and_then(|place| policy.channels.get(usize::from(place)));
    let recipient = recipient.and_then(|place| policy.recipients.get(usize::from(place)));
    policy.sdks.iter().any(|sdk| {
        let link = match &sdk.link {
            Stated::Said(link) => link.value == endpoint,
            Stated::Nothing(_) | Stated::NotStated { .. } => false,
        };
        (link || sdk.id.as_str() == endpoint)
            && channel.is_none_or(|channel| channel.id.as_str() == sdk.channel.text)
            && recipient.is_none_or(|recipient| recipient.id.as_str() == sdk.recipient.text)
    })
}
