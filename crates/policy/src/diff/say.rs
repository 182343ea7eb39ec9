//! What a question can say about one thing, by names that both versions know.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use model::Slug;
use model::act::{Account, Artefact, Consent, GivenBy, Life, RecordState, SubjectState};
use model::calendar::day_in_shanghai;

use crate::claim::setting::{Setter, record};
use crate::compile::Tables;
use crate::decide::project::{OPT_OUT, Seen, Standing, attested_adult};
use crate::question::{Actor, Facts, InlineSubject, Processing, RightAsked, Subject};
use crate::terms::asked::Asked;

/// Who consents, how, and whether to the one party that the question names.
pub(super) type How = (GivenBy, Artefact, bool);

/// One thing that is said.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Say {
    /// Who acts.
    Actor(Actor),
    /// The birth date; `None`: unknown.
    Born(Option<Date>),
    /// Who consented to a scope, and how.
    Consent(String, Vec<How>),
    /// What may still be done with the records, one of this class.
    Life(Life, Slug),
    /// The account is closed.
    Closed(bool),
    /// A document was shown.
    Document(bool),
    /// The party chosen by the customer.
    Party(Option<String>),
    /// A fact; `None`: unknown.
    Fact(String, Option<bool>),
    /// Pairs of roles that are one person, no others being one; `None`: unknown.
    Same(Option<Vec<[String; 2]>>),
    /// The product.
    Product(Option<String>),
    /// The exception that is relied on.
    Exception(Option<String>),
    /// An objection to what a scope is for.
    OptedOut(String, bool),
    /// The one record of a class; `None`: there is none.
    Held(Slug, Option<RecordState>),
}

impl Say {
    /// Makes the question say it.
    pub(super) fn to(&self, question: &mut Processing, at: Timestamp) {
        match self {
            Self::Actor(actor) => question.actor = actor.clone(),
            Self::Document(shown) => question.document = shown.then(|| "document".to_owned()),
            Self::Party(party) => question.party.clone_from(party),
            Self::Product(product) => question.product.clone_from(product),
            Self::Exception(exception) => question.exception.clone_from(exception),
            Self::Fact(..) | Self::Same(_) => self.of_facts(&mut question.facts),
            Self::Born(_)
            | Self::Consent(..)
            | Self::Life(..)
            | Self::Closed(_)
            | Self::OptedOut(..)
            | Self::Held(..) => {
                let party = question.party.clone().or_else(|| acting(&question.actor));
                let Subject::Inline(subject) = &mut question.subject else { return };
                self.of_person(subject, party.as_deref(), at);
            }
        }
    }

    /// Makes a request for a right say it, as far as it is about facts and about whoever makes the request.
    pub(super) fn to_request(&self, request: &mut RightAsked, at: Timestamp) {
        self.of_facts(&mut request.facts);
        if let Subject::Inline(subject) = &mut request.subject {
            self.of_person(subject, None, at);
        }
    }

    fn of_facts(&self, facts: &mut Facts) {
        match self {
            Self::Fact(fact, Some(value)) => {
                facts.declared.insert(fact.clone(), *value);
            }
            Self::Fact(fact, None) => {
                facts.declared.remove(fact);
            }
            Self::Same(pairs) => {
                facts.same_person = pairs.as_ref().map(|pairs| pairs.iter().map(|pair| pair.to_vec()).collect());
            }
            _ => {}
        }
    }

    fn of_person(&self, subject: &mut InlineSubject, party: Option<&str>, at: Timestamp) {
        if let Self::Born(born) = self {
            subject.born = born.map(|day| day.to_string());
        }
        self.of_subject(&mut subject.state, party, at);
    }

    fn of_subject(&self, state: &mut SubjectState, party: Option<&str>, at: Timestamp) {
        match self {
            Self::Life(life, class) => {
                state.records.clear();
                state.records.extend((*life != Life::Live).then(|| record(class.clone(), *life)));
            }
            Self::Closed(closed) => state.account = if *closed { Account::Closed } else { Account::Active },
            Self::Consent(scope, given) => {
                state.consents.retain(|consent| consent.scope != *scope);
                state.consents.extend(given.iter().map(|how| consent(scope, *how, party, at)));
            }
            Self::OptedOut(scope, out) => {
                let id = format!("{OPT_OUT}{scope}");
                state.consents.retain(|consent| consent.scope != id);
                state.consents.extend(out.then(|| consent(&id, (GivenBy::Oneself, Artefact::Tick, false), None, at)));
            }
            Self::Held(class, held) => {
                state.records.retain(|record| record.class != *class);
                state.records.extend(held.clone());
            }
            _ => {}
        }
    }
}

/// The party that acts, where one does.
pub(super) fn acting(actor: &Actor) -> Option<String> {
    match actor {
        Actor::Party { party } => Some(party.clone()),
        _ => None,
    }
}

/// A consent that was given a month before, to whichever version it is asked of.
pub(super) fn consent(scope: &str, (by, artefact, chosen): How, party: Option<&str>, at: Timestamp) -> Consent {
    Consent {
        id: None,
        scope: scope.to_owned(),
        party: party.filter(|_| chosen).and_then(|party| party.parse().ok()),
        policy: String::new(),
        text: None,
        by,
        artefact,
        at: at.checked_sub(SignedDuration::from_hours(24 * 30)).unwrap_or(at),
        until: None,
        withdrawn: None,
    }
}

/// One version, and questions put to it: every consent of a question was given to this very version.
#[derive(Clone, Copy)]
pub(super) struct Version<'t> {
    pub(super) tables: &'t Tables,
    pub(super) at: Timestamp,
}

impl<'t> Version<'t> {
    /// The name under which consents cite it.
    fn name(self) -> &'t str {
        self.tables.alphabet().versions.last().map_or("", String::as_str)
    }

    /// The question, with its consents given to this version.
    pub(super) fn put(self, question: &Processing) -> Processing {
        let mut question = question.clone();
        if let Subject::Inline(subject) = &mut question.subject {
            subject.state.consents.iter_mut().for_each(|consent| self.name().clone_into(&mut consent.policy));
        }
        question
    }

    /// The literals of a question; `None` where it names what this version does not know.
    pub(super) fn project(self, question: &Processing) -> Option<Standing> {
        Setter { tables: self.tables, at: self.at }.project(&self.put(question))
    }

    /// The literals that one consent sets in a question that says everything it hangs on.
    pub(super) fn grant(self, question: &Processing, mut consent: Consent) -> Standing {
        let mut standing = Standing::default();
        let (program, alphabet) = (self.tables.program(), self.tables.alphabet());
        let Subject::Inline(subject) = &question.subject else { return standing };
        let Some(person) = alphabet.place(crate::syntax::Kind::Person, &question.person) else { return standing };
        let party = question.party.clone().or_else(|| acting(&question.actor));
        self.name().clone_into(&mut consent.policy);
        let seen = Seen {
            program,
            alphabet,
            state: &subject.state,
            facts: &question.facts,
            born: subject.born.as_deref().and_then(|born| born.parse().ok()),
            at: self.at,
            party: party.as_deref(),
            adult: attested_adult(program, person),
        };
        seen.grant(&consent, &mut standing);
        standing
    }

    /// What the names of a question lead to here.
    pub(super) fn asked(self, question: &Processing) -> Option<Asked> {
        Asked::read(self.tables.program(), self.tables.alphabet(), question).ok()
    }

    pub(super) fn day(self) -> Date {
        day_in_shanghai(self.at)
    }
}
