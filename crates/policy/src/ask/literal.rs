//! Bits of a gate, put into words.

use std::collections::BTreeMap;

use serde::Serialize;

use super::called::Called;
use crate::compile::{Tables, Term};
use crate::syntax::Kind;
use crate::terms::literal::{Literal, Who};

/// One fact of a question on which a flow hangs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Circumstance {
    /// What: `same-person`, `fact`, `product`, `age-under`, `by`, … in the words of the language.
    pub is: &'static str,
    /// Of what: the roles, the fact, the product, the age in years.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<Called>,
    /// Whether it must not be so, or not be known to be so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub not: bool,
}

/// What each bit of a word means.
pub(super) struct Bits<'t> {
    tables: &'t Tables,
    meaning: BTreeMap<u16, Literal>,
}

impl<'t> Bits<'t> {
    pub(super) fn of(tables: &'t Tables) -> Self {
        Self { tables, meaning: tables.alphabet().meanings() }
    }

    /// The literals that a term demands, and whether each must be set.
    pub(super) fn literals(&self, term: &Term) -> Vec<(Literal, bool)> {
        let named = |bit: u16| self.meaning.get(&bit).copied();
        let must = term.must.bits().filter_map(named).map(|literal| (literal, true));
        must.chain(term.must_not.bits().filter_map(named).map(|literal| (literal, false))).collect()
    }

    /// The facts that a term demands.
    pub(super) fn circumstances(&self, term: &Term) -> Vec<Circumstance> {
        self.literals(term).into_iter().map(|(literal, set)| self.circumstance(literal, set)).collect()
    }

    /// One literal in words. "Known not to be" and "not known to be" read the same.
    fn circumstance(&self, literal: Literal, set: bool) -> Circumstance {
        let (is, of, yes) = self.words(literal);
        Circumstance { is, of, not: set != yes }
    }

    fn words(&self, literal: Literal) -> (&'static str, Vec<Called>, bool) {
        let program = self.tables.program();
        let policy = &program.policy;
        let one = |kind, id: Option<String>| id.iter().map(|id| Called::of(program, kind, id)).collect::<Vec<_>>();
        let at = usize::from;
        match literal {
            Literal::Granted(i) => {
                let id = self.tables.scopes().get(at(i)).map(|scope| scope.id.clone());
                ("consent", id.into_iter().map(|id| Called { name: id.clone(), id }).collect(), true)
            }
            Literal::Own(i) => {
                let id = self.tables.scopes().get(at(i)).map(|scope| scope.id.clone());
                ("own-consent", id.into_iter().map(|id| Called { name: id.clone(), id }).collect(), true)
            }
            Literal::Guarded(i) => {
                let id = self.tables.scopes().get(at(i)).map(|scope| scope.id.clone());
                ("guardian-consent", id.into_iter().map(|id| Called { name: id.clone(), id }).collect(), true)
            }
            Literal::By(who) => (by(who), Vec::new(), true),
            Literal::Approved => ("approved", Vec::new(), true),
            Literal::ClearView => ("clear-view", Vec::new(), true),
            Literal::RoleAllowed => ("role-allowed", Vec::new(), true),
            Literal::RoleMinors => ("role-for-minors", Vec::new(), true),
            Literal::DocumentShown => ("document-shown", Vec::new(), true),
            Literal::PartyNamed => ("party-named", Vec::new(), true),
            Literal::Suspended => ("suspended", Vec::new(), true),
            Literal::SourceNamed => ("source-named", Vec::new(), true),
            Literal::StorageOnly => ("storage-only", Vec::new(), true),
            Literal::AccountClosed => ("account-closed", Vec::new(), true),
            Literal::Erased => ("erased", Vec::new(), true),
            Literal::Fact(i, yes) => {
                ("fact", one(Kind::Fact, policy.facts.get(at(i)).map(|one| one.id.to_string())), yes)
            }
            Literal::Same(i, yes) => ("same-person", self.pair(i), yes),
            Literal::Product(i, yes) => {
                ("product", one(Kind::Product, policy.products.get(at(i)).map(|one| one.id.to_string())), yes)
            }
            Literal::Under(i, yes) => {
                let years = self.tables.alphabet().ages.get(at(i)).map(ToString::to_string);
                ("age-under", years.into_iter().map(|years| Called { name: years.clone(), id: years }).collect(), yes)
            }
            Literal::Off(i) => {
                let id = policy.permissions.get(at(i)).map(|one| one.id.to_string());
                ("permission-off", one(Kind::Permission, id), true)
            }
            Literal::Claimed(i) => {
                ("exception", one(Kind::Exception, policy.exceptions.get(at(i)).map(|one| one.id.to_string())), true)
            }
            Literal::OptedOut(_) => ("opted-out", Vec::new(), true),
        }
    }

    fn pair(&self, place: u16) -> Vec<Called> {
        let program = self.tables.program();
        let pair = self.tables.alphabet().pairs.get(usize::from(place));
        let (a, b) = pair.copied().unwrap_or((u16::MAX, u16::MAX));
        let ids = program.policy.persons.iter().map(|person| &person.id.value);
        Called::places(program, Kind::Person, ids, &[a, b])
    }

    /// The exception at a place of the list.
    pub(super) fn exception(&self, place: u16) -> Option<Called> {
        self.words(Literal::Claimed(place)).1.into_iter().next()
    }

    /// The device permission at a place of the list.
    pub(super) fn permission(&self, place: u16) -> Option<Called> {
        self.words(Literal::Off(place)).1.into_iter().next()
    }
}

const fn by(who: Who) -> &'static str {
    match who {
        Who::Subject => "by-subject",
        Who::Staff => "by-staff",
        Who::System => "by-system",
        Who::Party => "by-party",
    }
}
