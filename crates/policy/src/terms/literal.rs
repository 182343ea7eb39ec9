//! Literals: the yes-or-no facts that a row may read, each one bit of a word of fixed size.
//!
//! This is all that the tables and the reference interpreter share. A three-valued fact takes two bits, *known true* and
//! *known false*; with neither set it is unknown.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use model::Slug;

use super::Scope;
use super::about::{ANSWERS, About, Question};
use super::digits::Digits;
use super::key::Element;
use super::places::Places;
use super::word::{BITS, Word};
use crate::finding::{Finding, Severity};
use crate::resolve::{Program, folded};
use crate::syntax::{Condition, Kind};

/// At most so many scopes (design §3).
pub const SCOPES: u16 = 256;
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

/// All literals of one program, and the bit of each.
#[derive(Debug, Clone, Default)]
pub struct Alphabet {
    /// Scopes, in the order of bits.
    pub scopes: Vec<Scope>,
    scope_places: Places,
    named: Named,
    /// Scopes for which it matters who consented, ascending.
    pub personal: Vec<u16>,
    /// Pairs of roles that conditions compare, the smaller place first.
    pub pairs: Vec<(u16, u16)>,
    /// The same pairs in words: `same-person <role> <role>`.
    pub pairs_in_words: Vec<String>,
    /// Ages that matter, ascending.
    pub ages: Vec<u16>,
    /// Where the company attests that somebody is of age: of how many ages, the first ones, that says something.
    attested: Option<u16>,
    /// Elements that one can opt out of.
    pub opt_outs: Vec<Element>,
    /// Their own scopes, to which one objects.
    pub opt_out_scopes: Vec<Option<u16>>,
    /// Items, sorted: the places that keys use.
    pub items: Vec<Slug>,
    /// What a consent may call this policy: its fingerprint, and the stem of its file.
    pub versions: Vec<String>,
    /// Consents to earlier versions that carry over: by version, the scopes for which they count.
    pub(crate) carried: BTreeMap<String, Word>,
    facts: u16,
    products: u16,
    /// The facts that say whether a device permission is on: `permission.<id>`.
    pub permissions: Vec<String>,
    exceptions: u16,
    questions: Vec<Question>,
    digits: Digits,
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
        let pairs: Vec<(u16, u16)> = seen.pairs.into_iter().collect();
        let permission = |id: &Slug| format!("permission.{id}");
        let opt_outs: Vec<Element> = uses.chain(functions.map(|(_, i)| Element::Function(i))).collect();
        let mut alphabet = Self {
            personal,
            scope_places: Places::of(scopes.iter().map(|scope| scope.id.as_str()).zip(0..)),
            named: Named::of(program),
            pairs_in_words: pairs.iter().filter_map(|pair| same_person(program, *pair)).collect(),
            pairs,
            attested: (!program.operation.switches.adults.is_empty())
                .then(|| small(seen.ages.range(..=program.law.ages().minor).count())),
            ages: seen.ages.into_iter().collect(),
            opt_out_scopes: opt_outs.iter().map(|element| own_scope(program, &scopes, *element)).collect(),
            opt_outs,
            items: program.items.keys().cloned().collect(),
            versions: vec![program.fingerprint.to_string(), alias(program)],
            carried: BTreeMap::new(),
            facts: small(policy.facts.len()),
            products: small(policy.products.len()),
            permissions: policy.permissions.iter().map(|one| permission(&one.id)).collect(),
            exceptions: small(policy.exceptions.len()),
            scopes,
            questions: Vec::new(),
            digits: Digits::default(),
        };
        let count = alphabet.scopes.len();
        if count > usize::from(SCOPES) {
            let message = format!("the policy needs {count} consent scopes; at most {SCOPES} are possible");
            let mend = "merge functions, shares or recipients that nobody would consent to apart";
            return Err(Box::new(Finding::new("L0510", Severity::Error, message).mend(mend)));
        }
        let last = alphabet.bit(Literal::OptedOut(small(alphabet.opt_outs.len())));
        if last > BITS {
            return Err(Box::new(too_many_literals()));
        }
        alphabet.questions = alphabet.ask();
        let long = alphabet.questions.iter().any(|question| question.answers.len() > ANSWERS);
        match Digits::of(&alphabet.questions).filter(|_| !long) {
            Some(digits) => Ok(Self { digits, ..alphabet }),
            None => Err(Box::new(too_many_literals())),
        }
    }

    /// The bit of a literal.
    pub fn bit(&self, literal: Literal) -> u16 {
        let pair = |i: u16, yes: bool| 2 * i + u16::from(!yes);
        let facts = SCOPES + FIXED;
        let same = facts + 2 * self.facts;
        let products = same + 2 * small(self.pairs.len());
        let ages = products + 2 * self.products;
        let off = ages + 2 * small(self.ages.len());
        let claimed = off + small(self.permissions.len());
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
        literals.extend((0..small(self.permissions.len())).map(Literal::Off));
        literals.extend((0..self.exceptions).map(Literal::Claimed));
        literals.extend((0..small(self.opt_outs.len())).map(Literal::OptedOut));
        literals.into_iter().map(|literal| (self.bit(literal), literal)).collect()
    }

    /// The questions that literals answer, each with the answers that a projection can give.
    pub fn questions(&self) -> &[Question] {
        &self.questions
    }

    /// Whether another alphabet asks the same, and packs it into the same digits.
    pub(crate) fn asks_as(&self, other: &Self) -> bool {
        self.questions == other.questions && self.digits == other.digits
    }

    /// The digits of those questions.
    pub const fn digits(&self) -> &Digits {
        &self.digits
    }

    /// Who acts and what staff may do is one question, so is a record's life, the age, the product and the exception.
    fn ask(&self) -> Vec<Question> {
        use About::{Asked, Consent, Subject};
        let switch = |about: About, literal: Literal| self.question(about, &[&[], &[literal]], &[(literal, 1)]);
        let three = |literal: fn(u16, bool) -> Literal, i: u16| {
            let (yes, no) = (literal(i, true), literal(i, false));
            self.question(Asked, &[&[], &[yes], &[no]], &[(yes, 1), (no, 2)])
        };
        let scopes = 0..small(self.scopes.len());
        let consent = |i: u16| {
            let (given, own, guarded) = (Literal::Granted(i), Literal::Own(i), Literal::Guarded(i));
            if self.personal.binary_search(&i).is_ok() {
                let answers: [&[Literal]; 4] = [&[], &[given], &[given, own], &[given, own, guarded]];
                self.question(Consent, &answers, &[(given, 1), (own, 1), (guarded, 1)])
            } else {
                switch(Consent, given)
            }
        };
        let mut questions: Vec<Question> = scopes.map(consent).collect();
        questions.push(self.actors());
        let (kept, gone) = (Literal::StorageOnly, Literal::Erased);
        questions.push(self.question(Subject, &[&[], &[kept], &[gone]], &[(kept, 1), (gone, 2)]));
        questions.push(switch(Subject, Literal::AccountClosed));
        questions.extend(
            [Literal::DocumentShown, Literal::PartyNamed, Literal::Suspended, Literal::SourceNamed]
                .map(|literal| switch(Asked, literal)),
        );
        questions.extend((0..self.facts).map(|i| three(Literal::Fact, i)));
        questions.extend((0..small(self.pairs.len())).map(|i| three(Literal::Same, i)));
        questions.push(self.products());
        questions.push(self.age_bands());
        questions.extend((0..small(self.permissions.len())).map(|i| switch(Asked, Literal::Off(i))));
        let claims: Vec<Vec<Literal>> = (0..self.exceptions).map(|i| vec![Literal::Claimed(i)]).collect();
        let weights: Vec<(Literal, u8)> = (0..self.exceptions).map(Literal::Claimed).zip(1..=u8::MAX).collect();
        let answers: Vec<&[Literal]> = std::iter::once(&[][..]).chain(claims.iter().map(Vec::as_slice)).collect();
        questions.push(self.question(Asked, &answers, &weights));
        questions.extend((0..small(self.opt_outs.len())).map(|i| switch(Subject, Literal::OptedOut(i))));
        questions
    }

    fn question(&self, about: About, answers: &[&[Literal]], weights: &[(Literal, u8)]) -> Question {
        let word = |literals: &&[Literal]| {
            literals.iter().fold(Word::default(), |word, one| word.with(&Word::bit(self.bit(*one))))
        };
        let answers: Vec<Word> = answers.iter().map(word).collect();
        let weights: Vec<(u16, u8)> = weights.iter().map(|(literal, adds)| (self.bit(*literal), *adds)).collect();
        // A bit of the question may be in no answer: that it is not the only product there is.
        let bits = weights.iter().fold(Word::default(), |bits, (bit, _)| bits.with(&Word::bit(*bit)));
        Question { about, bits, answers, weights }
    }

    /// Everybody who can act: only staff has a role, approval and a clear view.
    fn actors(&self) -> Question {
        let own = [Literal::Approved, Literal::ClearView, Literal::RoleAllowed, Literal::RoleMinors];
        let mut answers = vec![vec![Literal::By(Who::Staff)]];
        for literal in own {
            let more: Vec<Vec<Literal>> = answers.iter().map(|with| [with.as_slice(), &[literal]].concat()).collect();
            answers.extend(more);
        }
        answers.extend([Who::Subject, Who::System, Who::Party].map(|who| vec![Literal::By(who)]));
        let weights = own.into_iter().zip([1, 2, 4, 8]).chain([
            (Literal::By(Who::Staff), 0),
            (Literal::By(Who::Subject), 16),
            (Literal::By(Who::System), 17),
            (Literal::By(Who::Party), 18),
        ]);
        let answers: Vec<&[Literal]> = answers.iter().map(Vec::as_slice).collect();
        self.question(About::Asked, &answers, &weights.collect::<Vec<_>>())
    }

    /// Which product, if that is known: then it is none of the others.
    fn products(&self) -> Question {
        let all = 0..self.products;
        let is = |k: u16| all.clone().map(|i| Literal::Product(i, i == k)).collect::<Vec<_>>();
        let answers: Vec<Vec<Literal>> = std::iter::once(Vec::new()).chain(all.clone().map(is)).collect();
        let answers: Vec<&[Literal]> = answers.iter().map(Vec::as_slice).collect();
        let named = all.clone().map(|i| Literal::Product(i, true)).zip(1..=u8::MAX);
        let weights = named.chain(all.map(|i| (Literal::Product(i, false), 0)));
        self.question(About::Asked, &answers, &weights.collect::<Vec<_>>())
    }

    /// Between which of the ages that matter the person stands, if that is known. Of somebody who is only attested to be of
    /// age it is known that he is not under the first of them, and of the others nothing.
    fn age_bands(&self) -> Question {
        let ages = 0..small(self.ages.len());
        let attested = self.attested.filter(|first| *first < ages.end);
        let band = |band: u16| ages.clone().map(|i| Literal::Under(i, band <= i)).collect::<Vec<_>>();
        let of_age = attested.map(|first| (0..first).map(|i| Literal::Under(i, false)).collect());
        let bands = ages.clone().chain([ages.end]).rev().map(band);
        let answers: Vec<Vec<Literal>> = std::iter::once(Vec::new()).chain(of_age).chain(bands).collect();
        let answers: Vec<&[Literal]> = answers.iter().map(Vec::as_slice).collect();
        let weights = ages.clone().flat_map(|i| {
            // The first age tells that something is known, the last one that it is more than an attested coming of age.
            let tells = u8::from(i == 0) + u8::from(attested.is_some() && i + 1 == ages.end);
            [(Literal::Under(i, true), tells + 1), (Literal::Under(i, false), tells)]
        });
        self.question(About::Subject, &answers, &weights.collect::<Vec<_>>())
    }

    /// The place of a scope by its id.
    pub fn scope(&self, id: &str) -> Option<u16> {
        self.scope_places.find(id)
    }

    /// Whether a consent to a scope that was given to a version counts here.
    pub(crate) fn counts(&self, version: &str, scope: &str) -> bool {
        let carries = |scopes: &Word| self.scope(scope).is_some_and(|place| scopes.has(place));
        self.versions.iter().any(|own| own == version) || self.carried.get(version).is_some_and(carries)
    }

    /// The place of an element by any of its names, in the list of its kind: of channels, functions, parties, persons,
    /// products, purposes, recipients, roles and sources in the file, of items here.
    pub fn place(&self, kind: Kind, text: &str) -> Option<u16> {
        let names = self.named.of_kind(kind)?;
        names.find(text).or_else(|| match folded(text) {
            Cow::Owned(text) => names.find(&text),
            Cow::Borrowed(_) => None,
        })
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

fn too_many_literals() -> Finding {
    let message = format!(
        "too many conditions, products and exceptions: they need more than {BITS} bits, or one list is longer than {ANSWERS}"
    );
    Finding::new("L0511", Severity::Error, message).mend("declare fewer facts or products, or compare fewer roles")
}

/// A place in a list; lists of a policy are far shorter than this can count.
pub fn small(place: usize) -> u16 {
    u16::try_from(place).unwrap_or(u16::MAX)
}

/// The names of whatever questions name, by kind.
#[derive(Debug, Clone, Default)]
struct Named(Vec<(Kind, Places)>);

impl Named {
    fn of(program: &Program) -> Self {
        let (policy, operation) = (&program.policy, &program.operation);
        macro_rules! named {
            ($($kind:ident $list:expr),* $(,)?) => {
                vec![$((Kind::$kind, {
                    let ids: BTreeMap<&Slug, u16> = $list.zip(0..).collect();
                    let named = program.names.unique(Kind::$kind);
                    Places::of(named.filter_map(|(text, id)| Some((text, *ids.get(id)?))))
                })),*]
            };
        }
        Self(named![
            Channel policy.channels.iter().map(|one| &one.id.value),
            Function policy.functions.iter().map(|one| &one.id.value),
            Item program.items.keys(),
            Party operation.parties.iter().map(|one| &one.id.value),
            Person policy.persons.iter().map(|one| &one.id.value),
            Product policy.products.iter().map(|one| &one.id.value),
            Purpose policy.purposes.iter().map(|one| &one.id.value),
            Recipient policy.recipients.iter().map(|one| &one.id.value),
            Role operation.roles.iter().map(|one| &one.id.value),
            Source policy.sources.iter().map(|one| &one.id.value),
        ])
    }

    fn of_kind(&self, kind: Kind) -> Option<&Places> {
        self.0.iter().find(|(of, _)| *of == kind).map(|(_, names)| names)
    }
}

/// The scope by which an element that one can opt out of is consented to as a whole.
fn own_scope(program: &Program, scopes: &[Scope], element: Element) -> Option<u16> {
    let policy = &program.policy;
    let (kind, id) = match element {
        Element::Function(i) => (Kind::Function, &policy.functions.get(usize::from(i))?.id),
        Element::Use(i) => (Kind::Use, &policy.uses.get(usize::from(i))?.id),
        _ => return None,
    };
    let own = |scope: &Scope| scope.kind == kind && scope.element == id.value && scope.class.is_none();
    scopes.iter().position(own).map(small)
}

/// A pair of roles in words.
fn same_person(program: &Program, (a, b): (u16, u16)) -> Option<String> {
    let id = |place: u16| program.policy.persons.get(usize::from(place)).map(|person| &person.id.value);
    Some(format!("same-person {} {}", id(a)?, id(b)?))
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
    let exceptions = policy.exceptions.iter().flat_map(|one| [&one.when, &one.article_when]);
    exceptions.flatten().for_each(|when| see(when));
}
