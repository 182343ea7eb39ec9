//! The dimensions of the decision space: for each literal that rows read, the settings that a region leaves open.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use model::act::{Account, Artefact, GivenBy, Life};

use super::region::{Choice, Region};
use super::setting::{Setter, Setting, artefact};
use crate::compile::{Flow, Tables};
use crate::question::Actor;
use crate::syntax::Form;
use crate::terms::literal::{Literal, Who, small};
use crate::terms::word::Word;

/// Beyond so many pairs of roles in one row, only whether all or none are one person is tried.
const PAIRS: usize = 6;

/// What a question can say about one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Dimension {
    /// Whose age it is.
    Age,
    /// Who acts.
    Actor,
    /// The party.
    Party,
    /// A consent.
    Consent(u16),
    /// The life of the records.
    Life,
    /// The account.
    Account,
    /// The document.
    Document,
    /// A fact.
    Fact(u16),
    /// Who is the same person.
    Same,
    /// The product.
    Product,
    /// A permission.
    Off(u16),
    /// The exception.
    Exception,
    /// An objection.
    OptedOut(u16),
}

impl Dimension {
    /// The dimension on which a literal lies.
    pub(crate) const fn of(literal: Literal) -> Self {
        match literal {
            Literal::Granted(i) | Literal::Own(i) | Literal::Guarded(i) => Self::Consent(i),
            Literal::By(_) | Literal::Approved | Literal::ClearView | Literal::RoleAllowed | Literal::RoleMinors => {
                Self::Actor
            }
            Literal::DocumentShown => Self::Document,
            Literal::PartyNamed | Literal::Suspended | Literal::SourceNamed => Self::Party,
            Literal::StorageOnly | Literal::Erased => Self::Life,
            Literal::AccountClosed => Self::Account,
            Literal::Fact(i, _) => Self::Fact(i),
            Literal::Same(..) => Self::Same,
            Literal::Product(..) => Self::Product,
            Literal::Under(..) => Self::Age,
            Literal::Off(i) => Self::Off(i),
            Literal::Claimed(_) => Self::Exception,
            Literal::OptedOut(i) => Self::OptedOut(i),
        }
    }
}

/// The settings that a region leaves open.
pub(super) struct Space<'t> {
    pub(super) tables: &'t Tables,
    pub(super) region: &'t Region,
    pub(super) at: Timestamp,
    pub(super) day: Date,
    /// What each bit means.
    pub(super) meaning: BTreeMap<u16, Literal>,
}

impl Space<'_> {
    pub(super) const fn setter(&self) -> Setter<'_> {
        Setter { tables: self.tables, at: self.at }
    }

    /// The dimensions that a word of bits lies on, with those on which others depend.
    pub(super) fn dimensions(&self, reads: &Word) -> BTreeSet<Dimension> {
        let mut found: BTreeSet<Dimension> =
            reads.bits().filter_map(|bit| self.meaning.get(&bit)).map(|literal| Dimension::of(*literal)).collect();
        let consents = || found.iter().filter_map(|one| if let Dimension::Consent(i) = one { Some(*i) } else { None });
        let scopes = self.tables.scopes();
        let per_party = consents().any(|i| scopes.get(usize::from(i)).is_some_and(|scope| scope.per_party));
        // Whether a consent counts depends on the age and on who gave it.
        let aged = consents().next().is_some();
        found.extend(per_party.then_some(Dimension::Party));
        found.extend(aged.then_some(Dimension::Age));
        found
    }

    /// The settings on a dimension; the first is what a question says that need not say anything. None: the region is
    /// empty there.
    pub(super) fn settings(&self, dimension: Dimension, flow: &Flow, reads: &Word) -> Vec<Setting> {
        let lacks = &self.region.lacks;
        match dimension {
            Dimension::Age => self.ages(),
            Dimension::Actor => self.actors(flow),
            Dimension::Party => self.parties(flow),
            Dimension::Consent(scope) => self.consents(scope),
            Dimension::Life => [Life::Live, Life::StorageOnly, Life::Erased].map(Setting::Life).into(),
            Dimension::Account => [Account::Active, Account::Closed].map(Setting::Account).into(),
            Dimension::Document if lacks.document => vec![Setting::Document(false)],
            Dimension::Document => [false, true].map(Setting::Document).into(),
            Dimension::Fact(fact) => {
                let said = self.region.facts.iter().find(|(place, _)| *place == fact);
                let values = match said {
                    Some((_, value)) => vec![Some(*value)],
                    None if self.region.not_facts.contains(&fact) => vec![None, Some(false)],
                    None => vec![None, Some(true), Some(false)],
                };
                values.into_iter().map(|value| Setting::Fact(fact, value)).collect()
            }
            Dimension::Same => self.same(reads),
            Dimension::Product => {
                let products = (0..small(self.tables.program().policy.products.len())).map(Some);
                let every = std::iter::once(None).chain(products);
                every.filter(|product| self.region.products.admits(*product)).map(Setting::Product).collect()
            }
            Dimension::Off(permission) => [false, true].map(|off| Setting::Off(permission, off)).into(),
            Dimension::Exception => {
                let every = (0..small(self.tables.program().policy.exceptions.len()))
                    .filter(|place| reads.has(self.tables.alphabet().bit(Literal::Claimed(*place))));
                let lacking = |place: &u16| match &lacks.exceptions {
                    Choice::Any => false,
                    Choice::In(places) => places.contains(place),
                    Choice::NotIn(places) => !places.contains(place),
                };
                let open = every.filter(|place| !lacking(place)).map(Some);
                std::iter::once(None).chain(open).map(Setting::Exception).collect()
            }
            Dimension::OptedOut(place) => [false, true].map(|out| Setting::OptedOut(place, out)).into(),
        }
    }

    /// One birth date for each band of ages that the program tells apart, and none.
    fn ages(&self) -> Vec<Setting> {
        let region = self.region;
        let bounds = region.from_age.into_iter().chain(region.under_age);
        let bands: BTreeSet<u16> = self.tables.alphabet().ages.iter().copied().chain(bounds).chain([0]).collect();
        let uppers = bands.iter().skip(1).copied().map(Some).chain([None]);
        let band = |(from, under): (&u16, Option<u16>)| {
            // Well inside the band; grown-ups are in the middle of their lives.
            let years = if under.is_none() { from.saturating_add(16) } else { *from };
            let since = Span::new().try_years(years).and_then(|span| span.try_days(10)).ok()?;
            let born = self.day.checked_sub(since).ok()?;
            region.admits_age(*from, under).then_some(Setting::Born(Some(born)))
        };
        let mut known: Vec<Setting> = bands.iter().zip(uppers).filter_map(band).collect();
        known.reverse();
        known.extend((!region.bounds_age()).then_some(Setting::Born(None)));
        known
    }

    fn actors(&self, flow: &Flow) -> Vec<Setting> {
        let region = self.region;
        let mut actors = vec![(Who::Subject, Actor::Subject)];
        for (role, place) in self.tables.program().operation.roles.iter().zip(0..) {
            if !region.roles.admits(Some(place)) {
                continue;
            }
            for (approved, clear_view) in [(false, false), (true, false), (false, true), (true, true)] {
                if !(approved && region.lacks.approval || clear_view && region.lacks.clear_view) {
                    let staff = Actor::Staff { role: role.id.to_string(), approved, clear_view };
                    actors.push((Who::Staff, staff));
                }
            }
        }
        actors.push((Who::System, Actor::System));
        if !region.lacks.party {
            let parties = self.parties_of(flow);
            actors.extend(parties.map(|(_, party)| (Who::Party, Actor::Party { party })));
        }
        let staff_only = region.roles != Choice::Any;
        let meant = |who: &Who| region.who.map_or(!staff_only || *who == Who::Staff, |wanted| wanted == *who);
        actors.into_iter().filter(|(who, _)| meant(who)).map(|(_, actor)| Setting::Actor(actor)).collect()
    }

    fn parties_of(&self, flow: &Flow) -> impl Iterator<Item = (u16, String)> {
        let program = self.tables.program();
        let recipient = flow.recipient.and_then(|place| program.policy.recipients.get(usize::from(place)));
        let of_flow =
            move |party: &crate::syntax::Party| recipient.is_some_and(|one| one.id.as_str() == party.recipient.text);
        let parties = program.operation.parties.iter().zip(0..);
        parties
            .filter(move |(party, place)| of_flow(party) && self.region.parties.admits(Some(*place)))
            .map(|(party, place)| (place, party.id.to_string()))
    }

    fn parties(&self, flow: &Flow) -> Vec<Setting> {
        let none = self.region.parties.admits(None).then_some(Setting::Party(None));
        let named = self.parties_of(flow).map(|(place, _)| Setting::Party(Some(place)));
        none.into_iter().chain(named.filter(|_| !self.region.lacks.party)).collect()
    }

    /// Nobody's consent, the person's own, a guardian's, both: as general as the region leaves it.
    fn consents(&self, place: u16) -> Vec<Setting> {
        let lacks = &self.region.lacks;
        if self.region.withdrawn.contains(&place) {
            return vec![Setting::Withdrawn(place)];
        }
        let nobody = Setting::Consent(place, Vec::new());
        let form = self.tables.scopes().get(usize::from(place)).map_or(Form::General, |scope| scope.form);
        let how = match lacks.consent {
            Some(Form::General) => None,
            Some(Form::Separate) => Some(Artefact::Tick),
            Some(Form::Written) => Some(Artefact::Separate),
            None => Some(artefact(form)),
        };
        let Some(how) = how.filter(|_| !lacks.scopes.contains(&place)) else { return vec![nobody] };
        let given = [vec![GivenBy::Oneself], vec![GivenBy::Guardian], vec![GivenBy::Oneself, GivenBy::Guardian]];
        let open = given.into_iter().filter(|given| !(lacks.guardian && given.contains(&GivenBy::Guardian)));
        let settings = open.map(|given| Setting::Consent(place, given.into_iter().map(|by| (by, how)).collect()));
        std::iter::once(nobody).chain(settings).collect()
    }

    /// Every set of the pairs that rows read; and nothing known.
    fn same(&self, reads: &Word) -> Vec<Setting> {
        let alphabet = self.tables.alphabet();
        let read = |place: &u16| [true, false].iter().any(|yes| reads.has(alphabet.bit(Literal::Same(*place, *yes))));
        let pairs: Vec<u16> = (0..small(alphabet.pairs.len())).filter(read).collect();
        let mut sets: Vec<Vec<u16>> = vec![Vec::new()];
        if pairs.len() > PAIRS {
            sets.push(pairs);
        } else {
            for pair in pairs {
                let with: Vec<Vec<u16>> = sets.iter().map(|set| [set.as_slice(), &[pair]].concat()).collect();
                sets.extend(with);
            }
        }
        sets.into_iter().map(Some).chain([None]).map(Setting::Same).collect()
    }
}
