//! Literals: the yes-or-no facts that a row may read, each one bit of a word of fixed size.
//!
//! This is all that the tables and the reference interpreter share. A three-valued fact takes two bits, *known true* and
//! *known false*; with neither set it is unknown.

use std::collections::{BTreeMap, BTreeSet};

use model::Slug;

use super::Scope;
use super::key::Element;
use crate::finding::{Finding, Severity};
use crate::resolve::Program;
use crate::syntax::Condition;

/// At most so many scopes (design §3).
pub const SCOPES: u16 = 256;
const BITS: u16 = 512;
const WORDS: usize = 8;

/// One bit for each literal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word([u64; WORDS]);

impl Word {
    /// The word with this one bit.
    pub fn bit(bit: u16) -> Self {
        let mut word = Self::default();
        word.set(bit);
        word
    }

    /// Sets a bit.
    pub fn set(&mut self, bit: u16) {
        if let Some(part) = self.0.get_mut(usize::from(bit / 64)) {
            *part |= 1 << (bit % 64);
        }
    }

    /// Whether a bit is set.
    pub fn has(&self, bit: u16) -> bool {
        self.0.get(usize::from(bit / 64)).is_some_and(|part| part >> (bit % 64) & 1 == 1)
    }

    /// Whether every bit of `other` is set here.
    pub fn covers(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(a, b)| b & !a == 0)
    }

    /// Whether no bit of `other` is set here.
    pub fn misses(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(a, b)| a & b == 0)
    }

    /// The bits set in both.
    #[must_use]
    pub fn only(mut self, other: &Self) -> Self {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= b);
        self
    }

    /// The bits of both.
    #[must_use]
    pub fn with(mut self, other: &Self) -> Self {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
        self
    }

    /// The bits that are set, ascending.
    pub fn bits(&self) -> impl Iterator<Item = u16> + '_ {
        (0..BITS).filter(|bit| self.has(*bit))
    }
}

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the variants of crate::question::Actor")]
pub enum Who {
    Subject,
    Staff,
    System,
    Party,
}

/// One yes-or-no fact. Numbers are places in the policy's lists, or in those of the [`Alphabet`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Literal {
    /// A consent for this scope counts.
    Granted(u16),
    /// Who acts.
    By(Who),
    /// A manager approved (R18).
    Approved,
    /// A clear view was asked for, and the role may have one (R56).
    ClearView,
    /// The role may act in the course of this function (R58).
    RoleAllowed,
    /// The role may handle minors' data (R18).
    RoleMinors,
    /// A document was shown.
    DocumentShown,
    /// The customer chose a party of the recipient class, and the register has it (R23).
    PartyNamed,
    /// The recipient, or the very party, is suspended (R63).
    Suspended,
    /// The question names the source.
    SourceNamed,
    /// The record is restricted to storage (R46).
    StorageOnly,
    /// The account is closed (R46).
    AccountClosed,
    /// The record is erased.
    Erased,
    /// A consent for this scope counts that the person gave, or a guardian for a minor.
    Own(u16),
    /// A consent for this scope counts that a guardian gave.
    Guarded(u16),
    /// A declared fact is known to be true, or false.
    Fact(u16, bool),
    /// Two roles are known to be one person, or not.
    Same(u16, bool),
    /// The question is known to be about this product, or not.
    Product(u16, bool),
    /// The person is known to be under the age at this place, or not.
    Under(u16, bool),
    /// A device permission is known to be off.
    Off(u16),
    /// This exception is relied on.
    Claimed(u16),
    /// The person opted out of the element at this place.
    OptedOut(u16),
}

/// A question that literals answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Every bit that some answer sets.
    pub bits: Word,
    /// The answers that a projection can give.
    pub answers: Vec<Word>,
}

/// All literals of one program, and the bit of each.
#[derive(Debug, Clone, Default)]
pub struct Alphabet {
    /// Scopes, in the order of bits.
    pub scopes: Vec<Scope>,
    scope_bits: BTreeMap<String, u16>,
    /// Scopes for which it matters who consented, ascending.
    pub personal: Vec<u16>,
    /// Pairs of roles that conditions compare, the smaller place first.
    pub pairs: Vec<(u16, u16)>,
    /// Ages that matter, ascending.
    pub ages: Vec<u16>,
    /// Elements that one can opt out of.
    pub opt_outs: Vec<Element>,
    /// Items, sorted: the places that keys use.
    pub items: Vec<Slug>,
    /// What a consent may call this policy: its fingerprint, and the stem of its file.
    pub versions: Vec<String>,
    facts: u16,
    products: u16,
    permissions: u16,
    exceptions: u16,
}

const FIXED: u16 = 16;

impl Alphabet {
    /// Collects the literals of a program.
    ///
    /// # Errors
    /// Findings `L0510` (too many scopes) and `L0511` (too many literals).
    pub fn of(program: &Program, scopes: Vec<Scope>) -> Result<Self, Box<Finding>> {
        let policy = &program.policy;
        let mut seen = Seen::default();
        conditions(program, &mut |condition| seen.see(condition, program));
        seen.ages.extend([program.law.ages().child, program.law.ages().minor, text_age(program)]);
        let uses = (0..small(policy.uses.len())).map(Element::Use);
        let functions = policy.functions.iter().zip(0..).filter(|(f, _)| f.opt_out.as_ref().is_some_and(|o| o.value));
        let personal = (0..).zip(&scopes).filter(|(_, scope)| scope.personal).map(|(place, _)| place).collect();
        let alphabet = Self {
            personal,
            scope_bits: scopes.iter().zip(0..).map(|(scope, bit)| (scope.id.clone(), bit)).collect(),
            pairs: seen.pairs.into_iter().collect(),
            ages: seen.ages.into_iter().collect(),
            opt_outs: uses.chain(functions.map(|(_, i)| Element::Function(i))).collect(),
            items: program.items.keys().cloned().collect(),
            versions: vec![program.fingerprint.to_string(), alias(program)],
            facts: small(policy.facts.len()),
            products: small(policy.products.len()),
            permissions: small(policy.permissions.len()),
            exceptions: small(policy.exceptions.len()),
            scopes,
        };
        let count = alphabet.scopes.len();
        if count > usize::from(SCOPES) {
            let message = format!("the policy needs {count} consent scopes; at most {SCOPES} are possible");
            let mend = "merge functions, shares or recipients that nobody would consent to apart";
            return Err(Box::new(Finding::new("L0510", Severity::Error, message).mend(mend)));
        }
        let last = alphabet.bit(Literal::OptedOut(small(alphabet.opt_outs.len())));
        if last > BITS {
            let message = format!("conditions, products and permissions need {last} bits; at most {BITS} are possible");
            let mend = "declare fewer facts or products, or compare fewer roles";
            return Err(Box::new(Finding::new("L0511", Severity::Error, message).mend(mend)));
        }
        Ok(alphabet)
    }

    /// The bit of a literal.
    pub fn bit(&self, literal: Literal) -> u16 {
        let pair = |i: u16, yes: bool| 2 * i + u16::from(!yes);
        let facts = SCOPES + FIXED;
        let same = facts + 2 * self.facts;
        let products = same + 2 * small(self.pairs.len());
        let ages = products + 2 * self.products;
        let off = ages + 2 * small(self.ages.len());
        let claimed = off + self.permissions;
        let personal = claimed + self.exceptions;
        let opted = personal + 2 * small(self.personal.len());
        match literal {
            Literal::Granted(i) => i,
            Literal::By(Who::Subject) => SCOPES,
            Literal::By(Who::Staff) => SCOPES + 1,
            Literal::By(Who::System) => SCOPES + 2,
            Literal::By(Who::Party) => SCOPES + 3,
            Literal::Approved => SCOPES + 4,
            Literal::ClearView => SCOPES + 5,
            Literal::RoleAllowed => SCOPES + 6,
            Literal::RoleMinors => SCOPES + 7,
            Literal::DocumentShown => SCOPES + 8,
            Literal::PartyNamed => SCOPES + 9,
            Literal::StorageOnly => SCOPES + 10,
            Literal::AccountClosed => SCOPES + 11,
            Literal::Erased => SCOPES + 12,
            Literal::Suspended => SCOPES + 13,
            Literal::SourceNamed => SCOPES + 14,
            Literal::Own(i) => personal + 2 * self.personal(i),
            Literal::Guarded(i) => personal + 2 * self.personal(i) + 1,
            Literal::Fact(i, yes) => facts + pair(i, yes),
            Literal::Same(i, yes) => same + pair(i, yes),
            Literal::Product(i, yes) => products + pair(i, yes),
            Literal::Under(i, yes) => ages + pair(i, yes),
            Literal::Off(i) => off + i,
            Literal::Claimed(i) => claimed + i,
            Literal::OptedOut(i) => opted + i,
        }
    }

    /// Where a scope stands among those for which it matters who consented.
    fn personal(&self, scope: u16) -> u16 {
        self.personal.binary_search(&scope).map_or(u16::MAX / 4, small)
    }

    /// What each bit means.
    pub fn meanings(&self) -> BTreeMap<u16, Literal> {
        let mut literals = vec![
            Literal::Approved,
            Literal::ClearView,
            Literal::RoleAllowed,
            Literal::RoleMinors,
            Literal::DocumentShown,
            Literal::PartyNamed,
            Literal::Suspended,
            Literal::SourceNamed,
            Literal::StorageOnly,
            Literal::AccountClosed,
            Literal::Erased,
        ];
        literals.extend([Who::Subject, Who::Staff, Who::System, Who::Party].map(Literal::By));
        let both = |literal: fn(u16, bool) -> Literal, count: u16| {
            (0..count).flat_map(move |i| [literal(i, true), literal(i, false)])
        };
        literals.extend(both(Literal::Fact, self.facts));
        literals.extend(both(Literal::Same, small(self.pairs.len())));
        literals.extend(both(Literal::Product, self.products));
        literals.extend(both(Literal::Under, small(self.ages.len())));
        literals.extend((0..small(self.scopes.len())).map(Literal::Granted));
        literals.extend(self.personal.iter().flat_map(|scope| [Literal::Own(*scope), Literal::Guarded(*scope)]));
        literals.extend((0..self.permissions).map(Literal::Off));
        literals.extend((0..self.exceptions).map(Literal::Claimed));
        literals.extend((0..small(self.opt_outs.len())).map(Literal::OptedOut));
        literals.into_iter().map(|literal| (self.bit(literal), literal)).collect()
    }

    /// The questions that literals answer, each with the answers that a projection can give. Who acts
    /// and what staff may do is one question, so is a record's life, the age, the product and the exception.
    pub fn questions(&self) -> Vec<Question> {
        let word = |literals: &[Literal]| {
            literals.iter().fold(Word::default(), |word, one| word.with(&Word::bit(self.bit(*one))))
        };
        let switch = |literal: Literal| vec![Word::default(), word(&[literal])];
        let three = |literal: fn(u16, bool) -> Literal, i: u16| {
            vec![Word::default(), word(&[literal(i, true)]), word(&[literal(i, false)])]
        };
        let consent = |i: u16| {
            let mut answers = switch(Literal::Granted(i));
            if self.personal.binary_search(&i).is_ok() {
                let (given, own) = (Literal::Granted(i), Literal::Own(i));
                answers.extend([word(&[given, own]), word(&[given, own, Literal::Guarded(i)])]);
            }
            answers
        };
        let mut questions: Vec<Vec<Word>> = (0..small(self.scopes.len())).map(consent).collect();
        questions.push(self.actors());
        questions.push(vec![Word::default(), word(&[Literal::StorageOnly]), word(&[Literal::Erased])]);
        questions.extend([Literal::DocumentShown, Literal::PartyNamed, Literal::AccountClosed].map(switch));
        questions.extend([Literal::Suspended, Literal::SourceNamed].map(switch));
        questions.extend((0..self.facts).map(|i| three(Literal::Fact, i)));
        questions.extend((0..small(self.pairs.len())).map(|i| three(Literal::Same, i)));
        let one_of = |n: u16, of: &dyn Fn(u16, u16) -> bool, literal: fn(u16, bool) -> Literal, last: u16| {
            let known = (0..last).map(|k| word(&(0..n).map(|i| literal(i, of(i, k))).collect::<Vec<_>>()));
            std::iter::once(Word::default()).chain(known).collect::<Vec<_>>()
        };
        questions.push(one_of(self.products, &|i, k| i == k, Literal::Product, self.products));
        let ages = small(self.ages.len());
        questions.push(one_of(ages, &|i, band| band <= i, Literal::Under, ages + 1));
        questions.extend((0..self.permissions).map(|i| switch(Literal::Off(i))));
        let claims = (0..self.exceptions).map(|i| word(&[Literal::Claimed(i)]));
        questions.push(std::iter::once(Word::default()).chain(claims).collect());
        questions.extend((0..small(self.opt_outs.len())).map(|i| switch(Literal::OptedOut(i))));
        let union = |answers: &[Word]| answers.iter().fold(Word::default(), Word::with);
        questions.into_iter().map(|answers| Question { bits: union(&answers), answers }).collect()
    }

    /// Everybody who can act: only staff has a role, approval and a clear view.
    fn actors(&self) -> Vec<Word> {
        let bit = |literal: Literal| Word::bit(self.bit(literal));
        let mut staff = vec![bit(Literal::By(Who::Staff))];
        for literal in [Literal::Approved, Literal::ClearView, Literal::RoleAllowed, Literal::RoleMinors] {
            let more: Vec<Word> = staff.iter().map(|word| word.with(&bit(literal))).collect();
            staff.extend(more);
        }
        staff.extend([Who::Subject, Who::System, Who::Party].map(|who| bit(Literal::By(who))));
        staff
    }

    /// The place of a scope by its id.
    pub fn scope(&self, id: &str) -> Option<u16> {
        self.scope_bits.get(id).copied()
    }

    /// The place of an item.
    pub fn item(&self, id: &str) -> Option<u16> {
        self.items.binary_search_by(|item| item.as_str().cmp(id)).ok().map(small)
    }

    /// The place of a pair of roles.
    pub fn pair(&self, a: u16, b: u16) -> Option<u16> {
        self.pairs.binary_search(&(a.min(b), a.max(b))).ok().map(small)
    }

    /// The place of an age.
    pub fn age(&self, years: u16) -> Option<u16> {
        self.ages.binary_search(&years).ok().map(small)
    }

    /// The place of an element that one can opt out of.
    pub fn opt_out(&self, element: Element) -> Option<u16> {
        self.opt_outs.iter().position(|one| *one == element).map(small)
    }
}

/// A place in a list; lists of a policy are far shorter than this can count.
pub fn small(place: usize) -> u16 {
    u16::try_from(place).unwrap_or(u16::MAX)
}

/// The age under which the text's own rule for minors holds: stated, else the law's age of majority.
pub fn text_age(program: &Program) -> u16 {
    let stated = program.policy.minors.age.said().and_then(|age| u16::try_from(*age).ok());
    stated.unwrap_or(program.law.ages().minor)
}

/// The name under which consents may cite the policy beside its fingerprint: the stem of its file.
fn alias(program: &Program) -> String {
    let header = &program.policy.policy;
    let dated = header.effective.said().or_else(|| header.updated.said());
    dated.map_or_else(|| "undated".to_owned(), ToString::to_string)
}

/// The place of an element in its list, by id.
pub fn place<'a>(ids: impl IntoIterator<Item = &'a Slug>, id: &str) -> Option<u16> {
    ids.into_iter().position(|one| one.as_str() == id).map(small)
}

/// The place of a person, by id.
pub fn person(program: &Program, id: &str) -> Option<u16> {
    place(program.policy.persons.iter().map(|person| &person.id.value), id)
}

#[derive(Default)]
struct Seen {
    pairs: BTreeSet<(u16, u16)>,
    ages: BTreeSet<u16>,
}

impl Seen {
    fn see(&mut self, condition: &Condition, program: &Program) {
        for atom in condition.atoms() {
            match atom {
                Condition::SamePerson(roles) => {
                    let places: Vec<u16> = roles.iter().filter_map(|role| person(program, &role.text)).collect();
                    if let [a, b] = *places.as_slice() {
                        self.pairs.insert((a.min(b), a.max(b)));
                    }
                }
                Condition::AgeUnder(years) => {
                    self.ages.insert(u16::try_from(*years).unwrap_or(u16::MAX));
                }
                _ => {}
            }
        }
    }
}

fn conditions(program: &Program, see: &mut dyn FnMut(&Condition)) {
    let policy = &program.policy;
    let groups = policy.functions.iter().filter_map(|function| function.collects.said()).flatten();
    groups.filter_map(|group| group.when.as_ref()).for_each(|when| see(when));
    policy.uses.iter().filter_map(|one| one.when.as_ref()).for_each(|when| see(when));
    policy.shares.iter().filter_map(|one| one.when.as_ref()).for_each(|when| see(when));
    policy.exceptions.iter().filter_map(|one| one.when.as_ref()).for_each(|when| see(when));
}
