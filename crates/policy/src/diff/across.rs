//! From one version's places to the other's: elements by id, literals by what they say, rows by what they demand.
//!
//! A literal is led across only when every question sets it in both versions or in neither. So rows that are the same across
//! decide alike, and only the others need to be searched.

use std::collections::BTreeMap;

use crate::compile::{Check, Flow, Formula, Row, Tables, Term};
use crate::syntax::{Operation, Shape};
use crate::terms::Scope;
use crate::terms::key::{Element, Part};
use crate::terms::literal::{Alphabet, Literal, small};
use crate::terms::word::Word;

/// By place in the new version: the place in the old one.
pub(super) type Led = Vec<Option<u16>>;

/// Both versions, and the way from the new to the old.
pub(super) struct Across<'t> {
    pub(super) old: &'t Tables,
    pub(super) new: &'t Tables,
    pub(super) persons: Led,
    pub(super) functions: Led,
    pub(super) purposes: Led,
    pub(super) recipients: Led,
    pub(super) sources: Led,
    pub(super) channels: Led,
    pub(super) items: Led,
    /// By bit of the new version: the bit of the old one that is set on just the same questions.
    bits: Vec<Option<u16>>,
    /// The bits that are the same ones: mostly all.
    kept: Word,
    /// By bit of the old version: the bit of the new one that says the same, whether or not the same questions set it.
    named: Vec<Option<u16>>,
    /// By version: what each bit says.
    pub(super) meanings: [BTreeMap<u16, Literal>; 2],
    /// By sheet of the old version: the sheets of the new one that it was compared with. Mostly it is one.
    sheets: Vec<Vec<(u32, bool)>>,
}

/// Where the elements of one list stand in another.
macro_rules! led {
    ($old:expr, $new:expr, $list:ident) => {
        $new.$list.iter().map(|one| $old.$list.iter().position(|known| known.id == one.id).map(small)).collect()
    };
}

impl<'t> Across<'t> {
    pub(super) fn of(old: &'t Tables, new: &'t Tables) -> Self {
        let (was, is) = (&old.program().policy, &new.program().policy);
        let items = new.alphabet().items.iter().map(|item| old.alphabet().item(item.as_str())).collect();
        let mut across = Self {
            old,
            new,
            persons: led!(was, is, persons),
            functions: led!(was, is, functions),
            purposes: led!(was, is, purposes),
            recipients: led!(was, is, recipients),
            sources: led!(was, is, sources),
            channels: led!(was, is, channels),
            items,
            bits: Vec::new(),
            kept: Word::default(),
            named: Vec::new(),
            meanings: [old, new].map(|tables| tables.alphabet().meanings()),
            sheets: Vec::new(),
        };
        let alike = Alike::of(old, new);
        let [_, meanings] = &across.meanings;
        for (bit, literal) in meanings.clone() {
            let led = across.literal(literal, Some(&alike)).map(|literal| old.alphabet().bit(literal));
            across.bits.resize(usize::from(bit), None);
            across.bits.push(led);
            if led == Some(bit) {
                across.kept.set(bit);
            }
            if let Some(before) = across.literal(literal, None).map(|literal| usize::from(old.alphabet().bit(literal)))
            {
                across.named.resize(across.named.len().max(before + 1), None);
                across.named.get_mut(before).into_iter().for_each(|named| *named = Some(bit));
            }
        }
        across
    }

    /// One of the versions.
    pub(super) const fn version(&self, is_old: bool) -> &'t Tables {
        if is_old { self.old } else { self.new }
    }

    /// The bits of the new version that say what these of the old one say; `None` where it does not know one of them.
    pub(super) fn led(&self, old: &Word) -> Option<Word> {
        let mut led = Word::default();
        for bit in old.bits() {
            led.set(self.named.get(usize::from(bit)).copied().flatten()?);
        }
        Some(led)
    }

    /// The same, but for those that the new version does not know.
    pub(super) fn known(&self, old: &Word) -> Word {
        let mut led = Word::default();
        old.bits().filter_map(|bit| *self.named.get(usize::from(bit))?).for_each(|bit| led.set(bit));
        led
    }

    /// The literal of the old version that says the same, and holds for just the same questions where what that hangs on is alike.
    fn literal(&self, literal: Literal, alike: Option<&Alike>) -> Option<Literal> {
        let (old, new) = (self.old.alphabet(), self.new.alphabet());
        let (was, is) = (&self.old.program().policy, &self.new.program().policy);
        let at = usize::from;
        let led = |led: &Led, place: u16| led.get(at(place)).copied().flatten();
        let so = |holds: fn(&Alike) -> bool| alike.is_none_or(holds);
        let scope = |place: u16| {
            let now = new.scopes.get(at(place))?;
            let before = old.scope(&now.id)?;
            let counts = |was: &Scope| alike.is_none_or(|alike| alike.minors && given_alike(was, now));
            old.scopes.get(at(before)).is_some_and(counts).then_some(before)
        };
        macro_rules! place {
            ($list:ident, $place:expr) => {{
                let id = &is.$list.get(at($place))?.id;
                small(was.$list.iter().position(|one| one.id == *id)?)
            }};
        }
        Some(match literal {
            Literal::Granted(i) => Literal::Granted(scope(i)?),
            Literal::Own(i) => Literal::Own(scope(i)?),
            Literal::Guarded(i) => Literal::Guarded(scope(i)?),
            Literal::By(_)
            | Literal::Approved
            | Literal::DocumentShown
            | Literal::PartyNamed
            | Literal::SourceNamed
            | Literal::StorageOnly
            | Literal::AccountClosed
            | Literal::Erased => literal,
            Literal::ClearView | Literal::RoleAllowed | Literal::RoleMinors => {
                so(|alike| alike.roles).then_some(literal)?
            }
            Literal::Suspended => so(|alike| alike.suspended).then_some(literal)?,
            Literal::Fact(i, yes) => Literal::Fact(place!(facts, i), yes),
            Literal::Same(i, yes) => {
                let (a, b) = *new.pairs.get(at(i))?;
                Literal::Same(old.pair(led(&self.persons, a)?, led(&self.persons, b)?)?, yes)
            }
            Literal::Product(i, yes) => Literal::Product(place!(products, i), yes),
            Literal::Under(i, yes) => {
                let place = old.age(*new.ages.get(at(i))?)?;
                so(|alike| alike.adults).then_some(Literal::Under(place, yes))?
            }
            Literal::Off(i) => Literal::Off(place!(permissions, i)),
            Literal::Claimed(i) => Literal::Claimed(place!(exceptions, i)),
            Literal::OptedOut(i) => {
                let objected = |alphabet: &Alphabet, place: u16| {
                    let scope = alphabet.opt_out_scopes.get(at(place)).copied().flatten()?;
                    Some(alphabet.scopes.get(at(scope))?.id.clone())
                };
                let to = objected(new, i)?;
                let places = 0..small(old.opt_outs.len());
                Literal::OptedOut(places.into_iter().find(|place| objected(old, *place).as_ref() == Some(&to))?)
            }
        })
    }

    /// Whether the rows behind two sheets demand the same and mask alike, whatever reasons they give.
    pub(super) fn same_sheet(&mut self, old: u32, new: u32) -> bool {
        let place = usize::try_from(old).unwrap_or(usize::MAX);
        let known = self.sheets.get(place).and_then(|known| known.iter().find(|(sheet, _)| *sheet == new));
        if let Some((_, same)) = known {
            return *same;
        }
        let rows = |tables: &'t Tables, sheet: u32| tables.rows_behind(tables.sheet(sheet)?);
        let Some(((a, b), (c, d))) = rows(self.old, old).zip(rows(self.new, new)) else { return false };
        let same = [(a, c), (b, d)].into_iter().all(|(old, new)| old.mask == new.mask && self.same_checks(old, new));
        if self.sheets.len() <= place {
            self.sheets.resize(place + 1, Vec::new());
        }
        self.sheets.get_mut(place).into_iter().for_each(|known| known.push((new, same)));
        same
    }

    fn same_checks(&self, old: &Row, new: &Row) -> bool {
        // Mostly the order is the same, too.
        let straight = old.checks.len() == new.checks.len()
            && old.checks.iter().zip(&new.checks).all(|(old, new)| self.same_check(old, new));
        straight || {
            let known = |new: &Check| old.checks.iter().any(|old| self.same_check(old, new));
            let kept = |old: &Check| new.checks.iter().any(|new| self.same_check(old, new));
            new.checks.iter().all(known) && old.checks.iter().all(kept)
        }
    }

    /// Whether two checks fail on the same questions and with the same outcome.
    pub(super) fn same_check(&self, old: &Check, new: &Check) -> bool {
        old.fails_when == new.fails_when
            && old.cause.becomes() == new.cause.becomes()
            && self.same_gate(&old.gate, &new.gate)
    }

    fn same_gate(&self, old: &Formula, new: &Formula) -> bool {
        let (was, is) = (old.terms(), new.terms());
        let same = |(was, is): (&Term, &Term)| {
            self.same_word(&was.must, &is.must) && self.same_word(&was.must_not, &is.must_not)
        };
        was.len() == is.len()
            && (was.iter().zip(is).all(same) || is.iter().all(|is| was.iter().any(|was| same((was, is)))))
    }

    fn same_word(&self, old: &Word, new: &Word) -> bool {
        if self.kept.covers(new) {
            return new == old;
        }
        let mut led = Word::default();
        for bit in new.bits() {
            match self.bits.get(usize::from(bit)).copied().flatten() {
                Some(bit) => led.set(bit),
                None => return false,
            }
        }
        led == *old
    }

    /// Whether two flows are meant by the same questions and settle alike. Which element declares them matters to nobody who
    /// asks.
    pub(super) fn same_flow(&self, old: &Flow, new: &Flow) -> bool {
        let all = |led: &Led, old: &[u16], new: &[u16]| {
            old.len() == new.len()
                && new.iter().all(|place| {
                    led.get(usize::from(*place)).copied().flatten().is_some_and(|place| old.contains(&place))
                })
        };
        let one = |led: &Led, old: Option<u16>, new: Option<u16>| all(led, old.as_slice(), new.as_slice());
        let within = |part: Part| if let Part::Within(function) = part { Some(function) } else { None };
        old.action == new.action
            && kind(old.element) == kind(new.element)
            && old.settling == new.settling
            && all(&self.functions, &old.functions, &new.functions)
            && all(&self.purposes, &old.purposes, &new.purposes)
            && one(&self.recipients, old.recipient, new.recipient)
            && one(&self.sources, old.part.source(), new.part.source())
            && one(&self.functions, within(old.part), within(new.part))
    }
}

/// Which of the kinds of element: it says which questions are meant.
pub(super) const fn kind(element: Element) -> u8 {
    match element {
        Element::Function(_) => 0,
        Element::Use(_) => 1,
        Element::Tracker(_) => 2,
        Element::Share(_) => 3,
        Element::Disclosure(_) => 4,
        Element::Record(_) => 5,
        Element::Access => 6,
    }
}

/// What projecting looks at beside the literals themselves: whether it is alike in both versions.
#[expect(clippy::struct_excessive_bools, reason = "four things, each alike or not by itself")]
struct Alike {
    roles: bool,
    suspended: bool,
    adults: bool,
    minors: bool,
}

impl Alike {
    fn of(old: &Tables, new: &Tables) -> Self {
        let (was, is) = (&old.program().operation, &new.program().operation);
        let roles = |of: &Operation| of.roles.iter().map(Shape::facts).collect::<Vec<_>>();
        let adults = |of: &Operation| of.switches.adults.iter().map(|one| one.text.clone()).collect::<Vec<_>>();
        let minors = |of: &Tables| {
            let minors = &of.program().policy.minors;
            (minors.guardian.said().copied(), crate::terms::literal::text_age(of.program()))
        };
        let suspended = |of: &Operation| of.suspended.iter().map(Shape::facts).collect::<Vec<_>>();
        Self {
            roles: roles(was) == roles(is),
            suspended: suspended(was) == suspended(is),
            adults: adults(was) == adults(is),
            minors: minors(old) == minors(new),
        }
    }
}

/// Whether the same consents count for two scopes of one id.
fn given_alike(was: &Scope, is: &Scope) -> bool {
    was.kind == is.kind
        && was.form == is.form
        && was.asked == is.asked
        && was.per_party == is.per_party
        && was.personal == is.personal
}
