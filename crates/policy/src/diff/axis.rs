//! Axes: for each thing that the rows of a question read, everything that can be said about it.
//!
//! What is said of one thing sets the same literals whatever is said of the others, but for consents: whether one counts hangs on
//! the age and on the party. So these two are said first.

use std::collections::BTreeSet;

use jiff::Span;
use jiff::civil::Date;
use model::Slug;
use model::act::{Artefact, GivenBy, Life};

use super::say::{How, Say, Version, acting, consent};
use crate::claim::space::Dimension;
use crate::compile::Tables;
use crate::decide::project::Standing;
use crate::question::{Actor, Processing};
use crate::terms::literal::{Literal, Who};
use crate::terms::word::Word;

/// With more pairs of roles than these in one question, the search gives up and says so.
const PAIRS: usize = 6;

/// So many cases of one question beside those about processing are gone through.
const CASES: usize = 1 << 12;

/// What both versions see.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Both {
    pub(super) words: [Word; 4],
}

impl Both {
    pub(super) const fn of(old: Standing, new: Standing) -> Self {
        Self { words: [old.published, old.law, new.published, new.law] }
    }

    pub(super) fn with(mut self, other: &Self) -> Self {
        self.words.iter_mut().zip(&other.words).for_each(|(word, more)| *word = word.with(more));
        self
    }

    pub(super) fn map(mut self, other: &Self, how: fn(Word, &Word) -> Word) -> Self {
        self.words.iter_mut().zip(&other.words).for_each(|(word, with)| *word = how(*word, with));
        self
    }
}

/// Everything that can be said about one thing, with the literals that it sets.
pub(super) struct Axis {
    pub(super) sayings: Vec<(Say, Both)>,
    /// What any of them sets.
    pub(super) open: Both,
}

impl Axis {
    pub(super) fn of(sayings: Vec<(Say, Both)>, reads: &Both) -> Self {
        let mut axis = Self { sayings: Vec::new(), open: Both::default() };
        let mut seen = BTreeSet::new();
        for (say, sets) in sayings {
            let sets = sets.map(reads, Word::only);
            if seen.insert(sets) {
                axis.open = axis.open.with(&sets);
                axis.sayings.push((say, sets));
            }
        }
        axis
    }
}

/// A thing that something can be said about, by a name that both versions know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Thing {
    Age,
    Party,
    Actor,
    Account,
    Life,
    Document,
    Product,
    Same,
    Exception,
    Consent(String),
    Fact(String),
    OptedOut(String),
}

/// The things on which these bits of one version hang.
pub(super) fn things(
    tables: &Tables,
    meanings: &std::collections::BTreeMap<u16, Literal>,
    reads: &Word,
) -> BTreeSet<Thing> {
    let (policy, alphabet) = (&tables.program().policy, tables.alphabet());
    let at = usize::from;
    let scope = |place: u16| alphabet.scopes.get(at(place)).map(|scope| scope.id.clone());
    let mut found = BTreeSet::new();
    for literal in reads.bits().filter_map(|bit| meanings.get(&bit)) {
        let thing = match Dimension::of(*literal) {
            Dimension::Age => Some(Thing::Age),
            Dimension::Actor => Some(Thing::Actor),
            Dimension::Party => Some(Thing::Party),
            Dimension::Consent(i) => scope(i).map(Thing::Consent),
            Dimension::Life => Some(Thing::Life),
            Dimension::Account => Some(Thing::Account),
            Dimension::Document => Some(Thing::Document),
            Dimension::Fact(i) => policy.facts.get(at(i)).map(|one| Thing::Fact(one.id.to_string())),
            Dimension::Same => Some(Thing::Same),
            Dimension::Product => Some(Thing::Product),
            Dimension::Off(i) => alphabet.permissions.get(at(i)).map(|fact| Thing::Fact(fact.clone())),
            Dimension::Exception => Some(Thing::Exception),
            Dimension::OptedOut(i) => {
                alphabet.opt_out_scopes.get(at(i)).copied().flatten().and_then(scope).map(Thing::OptedOut)
            }
        };
        if let Some(Thing::Consent(_)) = &thing {
            found.insert(Thing::Age);
        }
        if let (Dimension::Consent(i), Some(_)) = (Dimension::of(*literal), &thing)
            && alphabet.scopes.get(at(i)).is_some_and(|scope| scope.per_party)
        {
            found.insert(Thing::Party);
        }
        if matches!(literal, Literal::By(Who::Party)) {
            found.insert(Thing::Party);
        }
        found.extend(thing);
    }
    found
}

/// One birth date for each band between these ages, the grown-up first, and none.
pub(super) fn born(ages: impl IntoIterator<Item = u16>, day: Date) -> Vec<Say> {
    let bands: BTreeSet<u16> = ages.into_iter().chain([0]).collect();
    let last = bands.last().copied().unwrap_or_default();
    let born = |from: &u16| {
        let years = if *from == last { from.saturating_add(16) } else { *from };
        let since = Span::new().try_years(years).and_then(|span| span.try_days(10)).ok()?;
        Some(Say::Born(Some(day.checked_sub(since).ok()?)))
    };
    bands.iter().rev().filter_map(born).chain([Say::Born(None)]).collect()
}

/// Every set of these pairs of roles, each pair being one person, and nothing known; `None` where there are too many pairs.
pub(super) fn one_person(pairs: BTreeSet<[String; 2]>) -> Option<Vec<Say>> {
    if pairs.len() > PAIRS {
        return None;
    }
    let mut sets: Vec<Vec<[String; 2]>> = vec![Vec::new()];
    for pair in pairs {
        let with: Vec<Vec<[String; 2]>> =
            sets.iter().map(|set| [set.as_slice(), std::slice::from_ref(&pair)].concat()).collect();
        sets.extend(with);
    }
    Some(sets.into_iter().map(Some).chain([None]).map(Say::Same).collect())
}

/// Everything that can be said of several things together, of each of them one; `None` where there is more than is gone through.
pub(super) fn together(axes: impl IntoIterator<Item = Vec<Say>>) -> Option<Vec<Vec<Say>>> {
    let mut cases: Vec<Vec<Say>> = vec![Vec::new()];
    for sayings in axes.into_iter().filter(|sayings| !sayings.is_empty()) {
        if cases.len() * sayings.len() > CASES {
            return None;
        }
        let with = |case: &Vec<Say>, say: &Say| [case.as_slice(), std::slice::from_ref(say)].concat();
        cases = cases.iter().flat_map(|case| sayings.iter().map(|say| with(case, say))).collect();
    }
    Some(cases)
}

/// Makes axes for questions to two versions.
pub(super) struct Axes<'t> {
    pub(super) old: Version<'t>,
    pub(super) new: Version<'t>,
    /// What the rows of either read.
    pub(super) reads: Both,
}

impl<'t> Axes<'t> {
    const fn versions(&self) -> [Version<'t>; 2] {
        [self.old, self.new]
    }

    /// What both versions see in a question; `None` where one of them does not know what it names.
    pub(super) fn see(&self, question: &Processing) -> Option<Both> {
        Some(Both::of(self.old.project(question)?, self.new.project(question)?))
    }

    /// The literals that say who acts: they give way when somebody else does.
    pub(super) fn actors(&self) -> Both {
        let own = [Literal::Approved, Literal::ClearView, Literal::RoleAllowed, Literal::RoleMinors];
        let who = [Who::Subject, Who::Staff, Who::System, Who::Party].map(Literal::By);
        let [old, new] = self.versions().map(|version| {
            let bits = own.iter().chain(&who).map(|literal| version.tables.alphabet().bit(*literal));
            bits.fold(Word::default(), |word, bit| word.with(&Word::bit(bit)))
        });
        Both { words: [old, old, new, new] }
    }

    /// One birth date for each band of ages that either version tells apart, the grown-up first, and none.
    pub(super) fn ages(&self) -> Vec<Say> {
        born(self.versions().map(|version| version.tables.alphabet().ages.clone()).concat(), self.new.day())
    }

    /// Nobody, one party of the recipient that stands for all, and each that is cut off somewhere; chosen, or acting itself.
    pub(super) fn parties(&self, recipient: Option<&str>) -> Vec<Say> {
        let mut cut_off = BTreeSet::new();
        for version in self.versions() {
            let suspended = version.tables.program().operation.suspended.iter();
            cut_off.extend(suspended.filter_map(|one| one.party.as_ref()).map(|party| party.text.as_str()));
        }
        let of = |version: Version<'t>| {
            let parties = version.tables.program().operation.parties.iter();
            let of = parties.filter(|party| recipient.is_some_and(|recipient| party.recipient.text == recipient));
            of.map(|party| party.id.as_str()).collect::<BTreeSet<_>>()
        };
        let [old, new] = self.versions().map(of);
        let both: Vec<&str> = old.intersection(&new).copied().collect();
        let free = both.iter().find(|party| !cut_off.contains(*party));
        let each = both.iter().filter(|party| cut_off.contains(*party)).chain(free);
        let named = each.flat_map(|party| {
            let party = (*party).to_owned();
            [Say::Party(Some(party.clone())), Say::Actor(Actor::Party { party })]
        });
        std::iter::once(Say::Party(None)).chain(named).collect()
    }

    /// Everything that can be said of anything else, and what it sets; `None` where there is more than is gone through.
    pub(super) fn others(&self, thing: &Thing, question: &Processing) -> Option<Vec<(Say, Both)>> {
        let base = self.see(question)?;
        let actors = self.actors();
        let sets = |say: &Say| {
            let mut with = question.clone();
            say.to(&mut with, self.new.at);
            let seen = self.see(&with)?;
            Some(if *thing == Thing::Actor { seen.map(&actors, Word::only) } else { seen.map(&base, Word::without) })
        };
        let sayings = self.sayings(thing)?.into_iter().filter_map(|say| Some((sets(&say)?, say)));
        Some(sayings.map(|(sets, say)| (say, sets)).collect())
    }

    /// Everything that can be said of a thing; of age, party and consents nothing, `None` where there is more than is gone through.
    pub(super) fn sayings(&self, thing: &Thing) -> Option<Vec<Say>> {
        let common = |ids: [Vec<String>; 2]| {
            let [old, new] = ids;
            new.into_iter().filter(|id| old.contains(id)).collect::<Vec<_>>()
        };
        macro_rules! ids {
            ($list:ident) => {
                common(self.versions().map(|version| {
                    version.tables.program().policy.$list.iter().map(|one| one.id.to_string()).collect()
                }))
            };
        }
        Some(match thing {
            Thing::Age | Thing::Party | Thing::Consent(_) => Vec::new(),
            Thing::Actor => self.who(),
            Thing::Account => [false, true].map(Say::Closed).into(),
            Thing::Life => {
                let class = ids!(records).first().and_then(|id| id.parse::<Slug>().ok());
                let of = |class: Slug| {
                    [Life::Live, Life::StorageOnly, Life::Erased].map(|life| Say::Life(life, class.clone()))
                };
                class.or_else(|| "record".parse().ok()).map(of).into_iter().flatten().collect()
            }
            Thing::Document => [true, false].map(Say::Document).into(),
            Thing::Product => {
                let named = ids!(products).into_iter().map(|id| Say::Product(Some(id)));
                named.chain([Say::Product(None)]).collect()
            }
            Thing::Exception => {
                let named = ids!(exceptions).into_iter().map(|id| Say::Exception(Some(id)));
                std::iter::once(Say::Exception(None)).chain(named).collect()
            }
            Thing::Fact(fact) => [Some(true), Some(false), None].map(|value| Say::Fact(fact.clone(), value)).into(),
            Thing::OptedOut(scope) => [false, true].map(|out| Say::OptedOut(scope.clone(), out)).into(),
            Thing::Same => self.same()?,
        })
    }

    /// The subject, a system, every role that either version's staff has and one that neither has. A party acts where parties
    /// are gone through.
    fn who(&self) -> Vec<Say> {
        let mut actors = vec![Actor::Subject, Actor::System];
        let mut roles = BTreeSet::from(["unknown-role".to_owned()]);
        for version in self.versions() {
            roles.extend(version.tables.program().operation.roles.iter().map(|role| role.id.to_string()));
        }
        for role in roles {
            for (approved, clear_view) in [(true, false), (true, true), (false, false), (false, true)] {
                actors.push(Actor::Staff { role: role.clone(), approved, clear_view });
            }
        }
        actors.into_iter().map(Say::Actor).collect()
    }

    /// Every set of the pairs that are read, and nothing known.
    fn same(&self) -> Option<Vec<Say>> {
        let mut pairs = BTreeSet::new();
        for (version, reads) in self.versions().into_iter().zip(self.reads.words.chunks(2)) {
            let (alphabet, persons) = (version.tables.alphabet(), &version.tables.program().policy.persons);
            let id = |place: u16| persons.get(usize::from(place)).map(|person| person.id.to_string());
            for ((a, b), place) in alphabet.pairs.iter().zip(0..) {
                let bits = [true, false].map(|yes| alphabet.bit(Literal::Same(place, yes)));
                if bits.iter().any(|bit| reads.iter().any(|word| word.has(*bit))) {
                    pairs.extend(id(*a).zip(id(*b)).map(|(a, b)| [a, b]));
                }
            }
        }
        one_person(pairs)
    }

    /// Every set of consents to a scope that some version tells from the others: what one sets, and all that several set
    /// together.
    pub(super) fn consents(&self, scope: &str, question: &Processing) -> Vec<(Say, Both)> {
        let mut found: Vec<(Vec<How>, Both)> = vec![(Vec::new(), Both::default())];
        let per_party =
            |version: Version<'_>| version.tables.scopes().iter().any(|known| known.id == scope && known.per_party);
        let per_party = self.versions().into_iter().any(per_party);
        let party = question.party.clone().or_else(|| acting(&question.actor));
        let chosen = if per_party && party.is_some() { &[true, false][..] } else { &[false] };
        let ways = [GivenBy::Oneself, GivenBy::Guardian, GivenBy::Other].into_iter().flat_map(|by| {
            let how = [Artefact::Separate, Artefact::Written, Artefact::Tick].into_iter();
            how.flat_map(move |how| chosen.iter().map(move |chosen| (by, how, *chosen)))
        });
        for way in ways {
            let given = consent(scope, way, party.as_deref(), self.new.at);
            let sets = Both::of(self.old.grant(question, given.clone()), self.new.grant(question, given));
            let more: Vec<_> = found
                .iter()
                .map(|(known, before)| ([known.as_slice(), &[way]].concat(), before.with(&sets)))
                .filter(|(_, sets)| !found.iter().any(|(_, known)| known == sets))
                .collect();
            found.extend(more);
        }
        // Who gave the most first: most of what is asked is permitted to them, if to anybody.
        found.sort_by_key(|(given, sets)| {
            let bits: usize = sets.words.iter().map(|word| word.bits().count()).sum();
            (std::cmp::Reverse(bits), given.len())
        });
        found.into_iter().map(|(given, sets)| (Say::Consent(scope.to_owned(), given), sets)).collect()
    }
}
