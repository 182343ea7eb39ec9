//! Settings: what a question can be made to say about one literal or a few that belong together. The decision space is
//! searched over settings, not over bits, so that every point of it is a question that can be asked.

use jiff::Timestamp;
use jiff::civil::Date;
use model::act::{Account, Artefact, Consent, GivenBy, Life, RecordState};

use crate::compile::Tables;
use crate::decide::project::{OPT_OUT, Seen, Standing, attested_adult};
use crate::question::{Actor, InlineSubject, Processing, Subject};
use crate::syntax::{Form, Kind};
use crate::terms::Scope;
use crate::terms::asked::Asked;
use crate::terms::key::Element;

/// One thing that a question says. Numbers are places in the policy's lists, or in those of the alphabet.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Setting {
    /// Who acts.
    Actor(Actor),
    /// The birth date; `None`: unknown.
    Born(Option<Date>),
    /// Who consented to a scope, and how; nobody: no consent.
    Consent(u16, Vec<(GivenBy, Artefact)>),
    /// A consent to a scope that was withdrawn the day before.
    Withdrawn(u16),
    /// What may still be done with the records.
    Life(Life),
    /// The account.
    Account(Account),
    /// Whether a document was shown.
    Document(bool),
    /// The party chosen by the customer.
    Party(Option<u16>),
    /// A declared fact; `None`: unknown.
    Fact(u16, Option<bool>),
    /// Pairs of roles that are one person, no others being one; `None`: unknown.
    Same(Option<Vec<u16>>),
    /// The product.
    Product(Option<u16>),
    /// Whether a device permission is known to be off.
    Off(u16, bool),
    /// The exception that is relied on.
    Exception(Option<u16>),
    /// Whether the person objected to an element that one can opt out of.
    OptedOut(u16, bool),
    /// In the course of which function.
    Function(Option<u16>),
    /// For which purpose.
    Purpose(Option<u16>),
    /// To whom.
    Recipient(Option<u16>),
    /// On which channel.
    Channel(Option<u16>),
}

/// How a consent that serves a form is given. A separate act serves a general one too, and for children it is needed.
pub(crate) const fn artefact(form: Form) -> Artefact {
    match form {
        Form::General | Form::Separate => Artefact::Separate,
        Form::Written => Artefact::Written,
    }
}

/// Makes settings in questions about one program.
#[derive(Clone, Copy)]
pub(crate) struct Setter<'t> {
    pub(crate) tables: &'t Tables,
    /// The instant of the question.
    pub(crate) at: Timestamp,
}

impl<'t> Setter<'t> {
    /// Makes the question say it; what it said about the same before is replaced.
    pub(crate) fn set(self, setting: &Setting, question: &mut Processing) {
        let policy = &self.tables.program().policy;
        let at = usize::from;
        match setting {
            Setting::Actor(actor) => question.actor = actor.clone(),
            Setting::Document(shown) => question.document = shown.then(|| "document".to_owned()),
            Setting::Party(party) => {
                let parties = &self.tables.program().operation.parties;
                question.party = party.and_then(|place| parties.get(at(place))).map(|party| party.id.to_string());
            }
            Setting::Fact(place, value) => {
                if let Some(fact) = policy.facts.get(at(*place)) {
                    declare(question, fact.id.as_str(), *value);
                }
            }
            Setting::Same(pairs) => {
                let group = |pair: &u16| {
                    let (a, b) = self.tables.alphabet().pairs.get(at(*pair))?;
                    let id = |place: &u16| policy.persons.get(at(*place)).map(|person| person.id.to_string());
                    Some(vec![id(a)?, id(b)?])
                };
                question.facts.same_person = pairs.as_ref().map(|pairs| pairs.iter().filter_map(group).collect());
            }
            Setting::Product(product) => {
                question.product =
                    product.and_then(|place| policy.products.get(at(place))).map(|one| one.id.to_string());
            }
            Setting::Off(place, off) => {
                if let Some(permission) = policy.permissions.get(at(*place)) {
                    declare(question, &format!("permission.{}", permission.id.value), off.then_some(false));
                }
            }
            Setting::Function(place) => {
                question.function = place.and_then(|i| policy.functions.get(at(i))).map(|one| one.id.to_string());
            }
            Setting::Purpose(place) => {
                question.purpose = place.and_then(|i| policy.purposes.get(at(i))).map(|one| one.id.to_string());
            }
            Setting::Recipient(place) => {
                question.recipient = place.and_then(|i| policy.recipients.get(at(i))).map(|one| one.id.to_string());
            }
            Setting::Channel(place) => {
                question.channel = place.and_then(|i| policy.channels.get(at(i))).map(|one| one.id.to_string());
            }
            Setting::Exception(place) => {
                let exception = place.and_then(|place| policy.exceptions.get(at(place)));
                question.exception = exception.map(|exception| exception.id.to_string());
            }
            Setting::Born(_)
            | Setting::Consent(..)
            | Setting::Withdrawn(_)
            | Setting::Life(_)
            | Setting::Account(_)
            | Setting::OptedOut(..) => {
                let party = question.party.clone();
                if let Subject::Inline(subject) = &mut question.subject {
                    self.of_subject(setting, subject, party.as_deref());
                }
            }
        }
    }

    /// The literals of a question about an inline subject, on both sides; `None` where it names what nobody declared.
    pub(crate) fn project(self, question: &Processing) -> Option<Standing> {
        let (program, alphabet) = (self.tables.program(), self.tables.alphabet());
        let asked = Asked::read(program, alphabet, question).ok()?;
        let Subject::Inline(subject) = &question.subject else { return None };
        let party = asked.party.and_then(|place| program.operation.parties.get(usize::from(place)));
        let seen = Seen {
            program,
            alphabet,
            state: &subject.state,
            facts: &question.facts,
            born: subject.born.as_deref().and_then(|born| born.parse().ok()),
            at: self.at,
            party: party.map(|party| party.id.as_str()),
            adult: attested_adult(program, asked.person),
        };
        Some(seen.project(&asked, seen.life()))
    }

    fn of_subject(self, setting: &Setting, subject: &mut InlineSubject, party: Option<&str>) {
        let at = usize::from;
        match setting {
            Setting::Born(born) => subject.born = born.map(|day| day.to_string()),
            Setting::Account(account) => subject.state.account = *account,
            Setting::Life(life) => {
                subject.state.records.clear();
                if *life != Life::Live {
                    let class = self.tables.program().policy.records.first().map(|record| record.id.value.clone());
                    subject.state.records.extend(class.map(|class| record(class, *life)));
                }
            }
            Setting::Consent(place, given) => {
                let Some(scope) = self.tables.scopes().get(at(*place)) else { return };
                subject.state.consents.retain(|consent| consent.scope != scope.id);
                let consents = given.iter().map(|(by, artefact)| self.consent(scope, *by, *artefact, party));
                subject.state.consents.extend(consents);
            }
            Setting::Withdrawn(place) => {
                let Some(scope) = self.tables.scopes().get(at(*place)) else { return };
                subject.state.consents.retain(|consent| consent.scope != scope.id);
                let given = self.consent(scope, GivenBy::Oneself, artefact(scope.form), party);
                subject.state.consents.push(Consent { withdrawn: self.before(1), ..given });
            }
            Setting::OptedOut(place, out) => {
                let element = self.tables.alphabet().opt_outs.get(at(*place));
                let Some(scope) = element.and_then(|element| self.scope_of(*element)) else { return };
                let id = format!("{OPT_OUT}{}", scope.id);
                subject.state.consents.retain(|consent| consent.scope != id);
                if *out {
                    let objection = self.consent(scope, GivenBy::Oneself, Artefact::Tick, None);
                    subject.state.consents.push(Consent { scope: id, ..objection });
                }
            }
            _ => {}
        }
    }

    fn consent(self, scope: &Scope, by: GivenBy, artefact: Artefact, party: Option<&str>) -> Consent {
        let policy = self.tables.alphabet().versions.last().cloned().unwrap_or_default();
        let party = party.filter(|_| scope.per_party).and_then(|party| party.parse().ok());
        let given = self.before(30).unwrap_or(self.at);
        Consent {
            id: None,
            scope: scope.id.clone(),
            party,
            policy,
            text: None,
            by,
            artefact,
            at: given,
            until: None,
            withdrawn: None,
        }
    }

    /// So many days before the question.
    fn before(self, days: i64) -> Option<Timestamp> {
        self.at.checked_sub(jiff::SignedDuration::from_hours(24 * days)).ok()
    }

    /// The scope by whose name somebody objects to an element.
    fn scope_of(self, element: Element) -> Option<&'t Scope> {
        let policy = &self.tables.program().policy;
        let (kind, id) = match element {
            Element::Function(i) => (Kind::Function, &policy.functions.get(usize::from(i))?.id),
            Element::Use(i) => (Kind::Use, &policy.uses.get(usize::from(i))?.id),
            _ => return None,
        };
        let mut scopes = self.tables.scopes().iter();
        scopes.find(|scope| scope.kind == kind && scope.element == id.value && scope.class.is_none())
    }
}

fn declare(question: &mut Processing, fact: &str, value: Option<bool>) {
    match value {
        Some(value) => question.facts.declared.insert(fact.to_owned(), value),
        None => question.facts.declared.remove(fact),
    };
}

/// A record of a class, of which nothing else is known.
pub(crate) const fn record(class: model::Slug, life: Life) -> RecordState {
    RecordState {
        id: None,
        class,
        roles: Vec::new(),
        in_force_from: None,
        in_force_until: None,
        ended: None,
        open_claim: false,
        life,
    }
}
