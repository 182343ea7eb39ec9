//! Projection: from what is known of a subject at an instant to the literals of both sides. A pure step of its own, so
//! that a row never looks at a date or a consent.
//!
//! A consent counts for the *published* side when it stands, names this policy or an earlier one from which it carries over
//! (R9), and was not ticked beforehand (R7, R8, R62); for the *law* side also when its form fits the scope and the right person gave it (R10, R11, R17, R19). Where the
//! age is unknown, a person's own consent counts for general scopes only: for whatever needs a separate consent the
//! person is treated as a child until the age is known.
//!
//! An objection is a standing consent to the scope `opt-out.<scope>`. A device permission is off when the fact
//! `permission.<id>` says so, else when a device reported it so.
//!
//! What was attested about the subject goes before what a question says: nobody talks a failed check away.

use jiff::Timestamp;
use jiff::civil::Date;
use model::act::{Account, Artefact, Born, Consent, GivenBy, Life, SubjectState};
use model::age::is_under;
use model::calendar::day_in_shanghai;

use crate::question::{Code, Facts, Side};
use crate::resolve::Program;
use crate::syntax::{Form, Kind};
use crate::terms::Scope;
use crate::terms::asked::Asked;
use crate::terms::literal::{Alphabet, Literal, Who, text_age};
use crate::terms::word::Word;

/// The prefix of a scope by which a subject objects.
pub const OPT_OUT: &str = "opt-out.";

/// The literals of both sides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// As the published policy sees them.
    pub published: Word,
    /// As the law sees them.
    pub law: Word,
}

/// What a projection looks at.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// The program.
    pub program: &'a Program,
    /// Its literals.
    pub alphabet: &'a Alphabet,
    /// The subject.
    pub state: &'a SubjectState,
    /// The facts that the question brings.
    pub facts: &'a Facts,
    /// The birth, as far as it is known.
    pub born: Option<Born>,
    /// The instant decided for.
    pub at: Timestamp,
    /// The party that the customer chose, by id.
    pub party: Option<&'a str>,
    /// Whether the company attests that people in this role are of age: it counts where no birth is known.
    pub adult: bool,
}

/// Whether the operation file attests that people in a role are of age.
pub fn attested_adult(program: &Program, person: u16) -> bool {
    let person = program.policy.persons.get(usize::from(person));
    let adults = &program.operation.switches.adults;
    person.is_some_and(|person| adults.iter().any(|adult| adult.text == person.id.as_str()))
}

impl Seen<'_> {
    fn day(&self) -> Date {
        day_in_shanghai(self.at)
    }

    /// Whether the person is known to be under, or known not to be under, an age.
    fn under(&self, years: u16) -> Option<bool> {
        let known = self.born.map(|born| is_under(Some(born), years, self.day()));
        let attested = self.adult && years <= self.program.law.ages().minor;
        known.or_else(|| attested.then_some(false))
    }

    fn for_party(&self, consent: &Consent, scope: &Scope) -> bool {
        !scope.per_party || consent.party.as_ref().is_some_and(|party| Some(party.as_str()) == self.party)
    }

    /// Why a consent does not count on a side; `None`: it counts.
    fn fault(&self, consent: &Consent, scope: &Scope, side: Side) -> Option<Code> {
        if !self.for_party(consent, scope) || consent.at > self.at {
            return Some(missing(scope.form));
        }
        if consent.artefact == Artefact::Prechecked {
            return Some(Code::ConsentPrechecked);
        }
        if consent.withdrawn.is_some_and(|end| end <= self.at) {
            return Some(Code::ConsentWithdrawn);
        }
        if !consent.stands(self.at) {
            return Some(Code::ConsentExpired);
        }
        if !self.alphabet.counts(&consent.policy, &scope.id) {
            return Some(Code::ConsentOfOtherVersion);
        }
        match side {
            Side::Published => self.fault_by_text(consent, scope),
            Side::Law => self.fault_by_law(consent, scope),
        }
    }

    /// The form that the text itself asks for, and a guardian where it asks for one.
    fn fault_by_text(&self, consent: &Consent, scope: &Scope) -> Option<Code> {
        if !fits(consent, scope.asked) {
            return Some(missing(scope.asked));
        }
        let asks_guardian = self.program.policy.minors.guardian.said() == Some(&true);
        let minor = asks_guardian && self.under(text_age(self.program)) == Some(true);
        (minor && consent.by != GivenBy::Guardian).then_some(Code::GuardianConsentMissing)
    }

    fn fault_by_law(&self, consent: &Consent, scope: &Scope) -> Option<Code> {
        let form = self.form_by_law(scope);
        if !fits(consent, form) {
            return Some(missing(form));
        }
        match (consent.by, self.under(self.program.law.ages().child)) {
            (GivenBy::Other, _) | (GivenBy::Guardian, Some(false)) => Some(Code::ConsentByOther),
            (GivenBy::Oneself, Some(true)) => Some(Code::GuardianConsentMissing),
            (GivenBy::Oneself, None) if form > Form::General => Some(Code::AgeUnknown),
            (GivenBy::Oneself, _) | (GivenBy::Guardian, Some(true) | None) => None,
        }
    }

    /// The form that the law asks for: none before separate consents were known (R10); a separate one for whatever is told
    /// of a child, which is sensitive as a whole (PIPL art. 28).
    fn form_by_law(&self, scope: &Scope) -> Form {
        let law = &self.program.law;
        // An enquiry at a credit agency was never a matter of a tick (R11).
        if scope.kind == Kind::Source {
            scope.form
        } else if !law.holds("R10", self.day()) {
            Form::General
        } else if self.under(law.ages().child) == Some(true) {
            scope.form.max(Form::Separate)
        } else {
            scope.form
        }
    }

    /// Why no consent counts for the scope on the side: the fault of the latest one; `None` where there is none at all.
    pub fn why_not(&self, scope: &Scope, side: Side) -> Option<Code> {
        let to_scope = self.state.consents.iter().filter(|consent| consent.scope == scope.id);
        let latest = to_scope.max_by_key(|consent| (self.for_party(consent, scope), consent.at))?;
        self.fault(latest, scope, side)
    }

    /// The scopes to which the subject objected: in so many words, or by withdrawing a consent that none replaced.
    fn objections(&self) -> Word {
        let (mut objected, mut withdrawn, mut standing) = (Word::default(), Word::default(), Word::default());
        for consent in &self.state.consents {
            let stands = consent.stands(self.at);
            if let Some(scope) = self.alphabet.scope(&consent.scope) {
                if stands {
                    standing.set(scope);
                }
                if consent.withdrawn.is_some_and(|end| end <= self.at) {
                    withdrawn.set(scope);
                }
            } else if stands && let Some(scope) = consent.scope.strip_prefix(OPT_OUT) {
                self.alphabet.scope(scope).into_iter().for_each(|scope| objected.set(scope));
            }
        }
        objected.with(&withdrawn.without(&standing))
    }

    /// What may be done with the records in which the subject stands: the freest of their states.
    pub fn life(&self) -> Life {
        self.state.records.iter().map(|record| record.life).min().unwrap_or_default()
    }

    /// The literals of a question. `life` is the state of the very record, or of the freest one.
    pub fn project(&self, asked: &Asked, life: Life) -> Standing {
        let mut both = Word::default();
        let mut set = |literal: Literal, holds: bool| {
            if holds {
                both.set(self.alphabet.bit(literal));
            }
        };
        set(Literal::By(asked.who), true);
        let role = asked.role.and_then(|place| self.program.operation.roles.get(usize::from(place)));
        let function = asked.function.and_then(|place| self.program.policy.functions.get(usize::from(place)));
        let allowed = role
            .zip(function)
            .is_some_and(|(role, function)| role.functions.iter().any(|named| named.text == function.id.as_str()));
        let staff = asked.who == Who::Staff;
        set(Literal::Approved, staff && asked.approved);
        set(Literal::ClearView, staff && asked.clear_view && role.is_some_and(|role| role.clear_view.value));
        set(Literal::RoleAllowed, staff && allowed);
        set(Literal::RoleMinors, staff && role.is_some_and(|role| role.minors.value));
        set(Literal::DocumentShown, asked.document);
        set(Literal::PartyNamed, asked.party.is_some());
        set(Literal::Suspended, self.suspended(asked));
        set(Literal::SourceNamed, asked.source.is_some());
        set(Literal::StorageOnly, life == Life::StorageOnly);
        set(Literal::AccountClosed, self.state.account == Account::Closed);
        set(Literal::Erased, life == Life::Erased);
        if let Some(exception) = asked.exception {
            set(Literal::Claimed(exception), true);
        }
        let objections = self.objections();
        for (scope, place) in self.alphabet.opt_out_scopes.iter().zip(0..) {
            set(Literal::OptedOut(place), scope.is_some_and(|scope| objections.has(scope)));
        }
        for (years, place) in self.alphabet.ages.iter().zip(0..) {
            if let Some(under) = self.under(*years) {
                set(Literal::Under(place, under), true);
            }
        }
        self.facts(asked.product, &mut set);
        let mut standing = Standing { published: both, law: both };
        self.state.consents.iter().for_each(|consent| self.grant(consent, &mut standing));
        standing
    }

    /// The literals that one consent sets.
    pub(crate) fn grant(&self, consent: &Consent, standing: &mut Standing) {
        let Some(place) = self.alphabet.scope(&consent.scope) else { return };
        let Some(scope) = self.alphabet.scopes.get(usize::from(place)) else { return };
        if self.fault(consent, scope, Side::Published).is_none() {
            standing.published.set(place);
            if scope.personal && consent.by != GivenBy::Other {
                standing.published.set(self.alphabet.bit(Literal::Own(place)));
            }
            if scope.personal && consent.by == GivenBy::Guardian {
                standing.published.set(self.alphabet.bit(Literal::Guarded(place)));
            }
        }
        if self.fault(consent, scope, Side::Law).is_none() {
            standing.law.set(place);
        }
    }

    /// Whether nothing goes to the recipient, or the party, of the question (R63).
    fn suspended(&self, asked: &Asked) -> bool {
        let recipient = asked.recipient.and_then(|place| self.program.policy.recipients.get(usize::from(place)));
        let day = self.day();
        self.program.operation.suspended.iter().filter(|one| one.since.value <= day).any(|one| {
            let all = one.recipient.as_ref().zip(recipient).is_some_and(|(of, it)| of.text == it.id.as_str());
            all || one.party.as_ref().is_some_and(|of| Some(of.text.as_str()) == self.party)
        })
    }

    fn facts(&self, product: Option<u16>, set: &mut impl FnMut(Literal, bool)) {
        let policy = &self.program.policy;
        for (fact, place) in policy.facts.iter().zip(0..) {
            if let Some(value) = known(self.state, self.facts, fact.id.as_str()) {
                set(Literal::Fact(place, value), true);
            }
        }
        for ((permission, fact), place) in policy.permissions.iter().zip(&self.alphabet.permissions).zip(0..) {
            let known = self.facts.declared.get(fact);
            let reported = || self.state.permissions.iter().find(|one| one.permission == permission.id.value);
            set(Literal::Off(place), known.map_or_else(|| reported().is_some_and(|one| !one.on), |on| !on));
        }
        if let Some(product) = product {
            for place in (0..).take(policy.products.len()) {
                set(Literal::Product(place, place == product), true);
            }
        }
        let Some(groups) = &self.facts.same_person else { return };
        let named = |group: &[String], place: u16| {
            group.iter().any(|text| self.alphabet.place(Kind::Person, text) == Some(place))
        };
        for ((a, b), place) in self.alphabet.pairs.iter().zip(0..) {
            let same = groups.iter().any(|group| named(group, *a) && named(group, *b));
            set(Literal::Same(place, same), true);
        }
    }
}

/// What is known of a fact: what was attested about the subject, else what the question says.
pub(super) fn known(state: &SubjectState, said: &Facts, fact: &str) -> Option<bool> {
    state.fact(fact).or_else(|| said.declared.get(fact).copied())
}

/// Whether a consent was given in a form, or in a stricter one.
pub(crate) fn fits(consent: &Consent, form: Form) -> bool {
    match form {
        Form::General => true,
        Form::Separate => matches!(consent.artefact, Artefact::Separate | Artefact::Written),
        Form::Written => consent.artefact == Artefact::Written,
    }
}

const fn missing(form: Form) -> Code {
    match form {
        Form::General => Code::ConsentMissing,
        Form::Separate => Code::SeparateConsentMissing,
        Form::Written => Code::WrittenConsentMissing,
    }
}
