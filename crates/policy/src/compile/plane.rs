//! Planes: up to sixty-four cubes side by side, each one bit of a number, judged together.
//!
//! For each digit that matters there is a table: by the value of the digit, the cubes that it leaves standing. What is
//! left of all bits after each table has taken away its own are the cubes that hold. So the time to judge a plane depends
//! on how many digits it looks at, and neither on how many cubes it has nor on how many planes there are.

use std::collections::BTreeMap;

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use super::cube::{Answers, Cube, cubes, outside};
use super::formula::Formula;
use super::row::Check;
use crate::question::{Outcome, Side};
use crate::syntax::Basis;
use crate::terms::digits::{AskedDigits, Digit, SubjectDigits};
use crate::terms::key::Cause;
use crate::terms::literal::Alphabet;

/// At most so many bits of one plane.
pub(super) const BITS: usize = 64;

/// What a bit of a plane says when it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meaning {
    /// The demand fails, and this is why.
    Fails(Cause),
    /// This is the ground.
    Ground(Basis),
}

/// One cube with what it means; those that read consents belong to one side.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Bit {
    meaning: Meaning,
    side: Option<Side>,
    cube: Cube,
}

/// Look the digit up in the table that begins here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    digit: u8,
    table: u32,
}

/// Where a plane's parts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Plane {
    /// First of the looks at what the question says.
    asked: u32,
    /// First of those at the subject.
    subject: u32,
    /// After the last of them.
    end: u32,
    /// First of its meanings.
    meanings: u32,
    /// The bits that mask only.
    covers: u64,
}

/// All planes of one program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Planes {
    list: Vec<Plane>,
    looks: Vec<Look>,
    /// By look: the bits that it can take away.
    matter: Vec<u64>,
    tables: Vec<u64>,
    meanings: Vec<Meaning>,
}

fn at(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

impl Planes {
    /// The bits that what the question says leaves standing. A plane that is not there has every bit: whatever cannot be
    /// looked up withholds.
    pub(crate) fn begin(&self, plane: u32, asked: &AskedDigits) -> u64 {
        let plane = self.list.get(at(plane));
        let looks = plane.and_then(|plane| self.looks.get(at(plane.asked)..at(plane.subject))).unwrap_or_default();
        looks.iter().fold(u64::MAX, |bits, look| bits & self.look(look.table, asked.at(look.digit)))
    }

    /// The looks at the subject that can still take away one of these bits.
    pub(crate) fn looks_for(&self, plane: u32, bits: u64) -> impl Iterator<Item = Look> + '_ {
        let range = self.list.get(at(plane)).map_or(0..0, |plane| at(plane.subject)..at(plane.end));
        let looks = self.looks.get(range.clone()).unwrap_or_default();
        let matter = self.matter.get(range).unwrap_or_default();
        looks.iter().zip(matter).filter(move |(_, matter)| *matter & bits != 0).map(|(look, _)| *look)
    }

    /// The bits that hold, of those that the question left standing.
    #[inline]
    pub(crate) fn end<'l>(&self, left: u64, looks: impl IntoIterator<Item = &'l Look>, subject: &SubjectDigits) -> u64 {
        looks.into_iter().fold(left, |bits, look| bits & self.look(look.table, subject.at(look.digit)))
    }

    #[inline]
    fn look(&self, table: u32, digit: u8) -> u64 {
        self.tables.get(at(table) + usize::from(digit)).copied().unwrap_or(u64::MAX)
    }

    /// The bits that mask only.
    pub(crate) fn covers(&self, plane: u32) -> u64 {
        self.list.get(at(plane)).map_or(0, |plane| plane.covers)
    }

    /// What the bits of a plane mean.
    pub fn meanings(&self, plane: u32, bits: u64) -> impl Iterator<Item = Meaning> + '_ {
        let first = self.list.get(at(plane)).map_or(usize::MAX, |plane| at(plane.meanings));
        let mut left = bits;
        std::iter::from_fn(move || {
            let place = usize::try_from(left.trailing_zeros()).ok().filter(|place| *place < BITS)?;
            left &= left - 1;
            self.meanings.get(first.checked_add(place)?).copied()
        })
    }

    /// The ground that one of these bits gives.
    #[inline]
    pub fn ground(&self, plane: u32, bits: u64) -> Option<Basis> {
        match self.meanings(plane, bits & bits.wrapping_neg()).next()? {
            Meaning::Ground(basis) => Some(basis),
            Meaning::Fails(_) => None,
        }
    }

    /// How many planes there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The bits of a plane as alternatives of answers, read back from the very tables; `None` where a table is of no such
    /// kind: then it was not made of cubes.
    pub(crate) fn read_back(&self, alphabet: &Alphabet, plane: u32) -> Option<Vec<Vec<Part>>> {
        let plane = self.list.get(at(plane))?;
        let radixes = radixes(alphabet);
        let mut bits = vec![Vec::new(); BITS];
        for place in at(plane.asked)..at(plane.end) {
            let look = self.looks.get(place)?;
            let digit = if place < at(plane.subject) { Digit::Asked(look.digit) } else { Digit::Subject(look.digit) };
            let radix = radixes.get(&digit).copied().unwrap_or(1);
            let table = self.tables.get(at(look.table)..)?.get(..radix)?;
            let here = bundled(alphabet, digit);
            for (bit, parts) in bits.iter_mut().enumerate() {
                parts.extend(parts_of(table, bit, &here)?);
            }
        }
        Some(bits)
    }
}

/// The answers to a question that leave a bit standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) question: u16,
    pub(crate) answers: Answers,
    /// For consents: as this side counts them.
    pub(crate) side: Option<Side>,
}

/// A question bundled in a digit.
struct Bundled {
    number: u16,
    stride: usize,
    answers: usize,
    side: Option<Side>,
}

fn bundled(alphabet: &Alphabet, digit: Digit) -> Vec<Bundled> {
    let mut found = Vec::new();
    for (question, number) in alphabet.questions().iter().zip(0..) {
        let place = |side: Side| alphabet.digits().digit(number, side);
        let (published, law) = (place(Side::Published), place(Side::Law));
        let both = published.map(|(digit, _)| digit) == law.map(|(digit, _)| digit);
        for (stands, side) in
            [(published, Side::Published), (law, Side::Law)].into_iter().take(if both { 1 } else { 2 })
        {
            if let Some((_, stride)) = stands.filter(|(here, _)| *here == digit) {
                let (stride, answers) = (usize::from(stride), question.answers.len());
                found.push(Bundled { number, stride, answers, side: (!both).then_some(side) });
            }
        }
    }
    found
}

/// What a table asks of the questions in its digit for one bit; `None` unless it asks each by itself.
fn parts_of(table: &[u64], bit: usize, here: &[Bundled]) -> Option<Vec<Part>> {
    let standing = || table.iter().enumerate().filter(|(_, left)| *left >> bit & 1 == 1).map(|(value, _)| value);
    let mut parts = Vec::new();
    let mut product: usize = 1;
    for question in here {
        let answers =
            standing().fold(0, |answers: Answers, value| answers | 1 << (value / question.stride % question.answers));
        let count = usize::try_from(answers.count_ones()).ok()?;
        product *= count;
        if count < question.answers {
            parts.push(Part { question: question.number, answers, side: question.side });
        }
    }
    (product == standing().count()).then_some(parts)
}

/// How many values each digit has.
fn radixes(alphabet: &Alphabet) -> BTreeMap<Digit, usize> {
    let mut radixes = BTreeMap::new();
    for (question, number) in alphabet.questions().iter().zip(0..) {
        for side in [Side::Published, Side::Law] {
            let Some((digit, stride)) = alphabet.digits().digit(number, side) else { continue };
            let radix: &mut usize = radixes.entry(digit).or_insert(1);
            *radix = (*radix).max(usize::from(stride) * question.answers.len());
        }
    }
    radixes
}

/// The bits of a check on each side, published policy first; `None` when there are too many to look at.
pub(super) fn of_check(alphabet: &Alphabet, check: &Check) -> Option<[Vec<Bit>; 2]> {
    let cubes = cubes(alphabet, &check.gate, check.fails_when)?;
    let of = |side| of_side(alphabet, cubes.clone(), Meaning::Fails(check.cause), side).collect();
    Some([Side::Published, Side::Law].map(of))
}

/// The bits of grounds: of each what none before it holds.
pub(super) fn of_grounds(alphabet: &Alphabet, grounds: &[(Formula, Basis)], side: Side) -> Option<Vec<Bit>> {
    let mut bits = Vec::new();
    let mut before: Vec<Cube> = Vec::new();
    for (gate, basis) in grounds {
        let held = cubes(alphabet, gate, true)?;
        let alone = outside(held.clone(), &before, alphabet.questions())?;
        bits.extend(of_side(alphabet, alone, Meaning::Ground(*basis), side));
        before.extend(held);
    }
    Some(bits)
}

fn of_side(alphabet: &Alphabet, cubes: Vec<Cube>, meaning: Meaning, side: Side) -> impl Iterator<Item = Bit> {
    let digit = |question, side| alphabet.digits().digit(question, side).map(|(digit, _)| digit);
    cubes.into_iter().map(move |cube| {
        let apart = |(question, _)| digit(question, Side::Published) != digit(question, Side::Law);
        let consents = cube.questions().any(apart);
        Bit { meaning, side: consents.then_some(side), cube }
    })
}

/// Lays bits out in planes, equal planes once. A bit is called by its place in one sorted list of all.
pub(super) struct Layout<'a> {
    alphabet: &'a Alphabet,
    bits: Vec<Bit>,
    /// The bits of each plane.
    sets: Vec<Vec<u32>>,
    known: BTreeMap<Vec<u32>, u32>,
}

impl<'a> Layout<'a> {
    pub(super) const fn new(alphabet: &'a Alphabet, bits: Vec<Bit>) -> Self {
        Self { alphabet, bits, sets: Vec::new(), known: BTreeMap::new() }
    }

    pub(super) fn finish(self) -> Planes {
        let radixes = radixes(self.alphabet);
        let drawn: Vec<Drawn<'_>> = self.sets.par_iter().map(|set| self.draw(set, &radixes)).collect();
        let mut planes = Planes::default();
        for drawn in drawn {
            planes.store(drawn);
        }
        planes
    }

    /// Spreads groups of bits, each to be judged at once, over as few planes as they need: for each group its plane and
    /// the bits of that. A group has at most [`BITS`], and as all lists of bits here it ascends.
    pub(super) fn spread(&mut self, groups: &[Vec<u32>]) -> Vec<(u32, Vec<u32>)> {
        let mut sets: Vec<Vec<u32>> = Vec::new();
        let mut placed = Vec::new();
        for group in groups {
            let fitting = sets.iter_mut().enumerate().find(|(_, set)| fits(set, group));
            if let Some((place, set)) = fitting {
                if !is_within(group, set) {
                    *set = union(set, group);
                }
                placed.push(place);
            } else {
                placed.push(sets.len());
                sets.push(group.clone());
            }
        }
        let numbers: Vec<u32> = sets.iter().map(|set| self.plane(set)).collect();
        let of = |place: usize| Some((*numbers.get(place)?, sets.get(place)?.clone()));
        placed.into_iter().filter_map(of).collect()
    }

    /// The plane of these bits.
    fn plane(&mut self, set: &[u32]) -> u32 {
        if let Some(known) = self.known.get(set) {
            return *known;
        }
        let place = u32::try_from(self.sets.len()).unwrap_or(u32::MAX);
        self.sets.push(set.to_vec());
        self.known.insert(set.to_vec(), place);
        place
    }

    fn draw(&self, set: &[u32], radixes: &BTreeMap<Digit, usize>) -> Drawn<'_> {
        let alphabet = self.alphabet;
        let bits: Vec<&Bit> = set.iter().filter_map(|place| self.bits.get(at(*place))).collect();
        let mut tables: BTreeMap<Digit, Vec<u64>> = BTreeMap::new();
        let every = u64::MAX.checked_shr(u32::try_from(BITS - bits.len().min(BITS)).unwrap_or(0)).unwrap_or(0);
        let blank = |digit: Digit| vec![every; radixes.get(&digit).copied().unwrap_or(1)];
        for (place, bit) in bits.iter().enumerate() {
            for (question, answers) in bit.cube.questions() {
                let side = bit.side.unwrap_or(Side::Published);
                let Some((digit, stride)) = alphabet.digits().digit(question, side) else { continue };
                let number = alphabet.questions().get(usize::from(question)).map_or(1, |one| one.answers.len());
                let table = tables.entry(digit).or_insert_with(|| blank(digit));
                // The answer is the same as long as its stride, and comes again when the others have had their turn.
                let runs = table.chunks_mut(usize::from(stride).max(1)).zip((0..number).cycle());
                for (run, _) in runs.filter(|(_, answer)| answers >> answer & 1 == 0) {
                    for left in run {
                        *left &= !(1 << place);
                    }
                }
            }
        }
        // No cube beyond the last: a look at digit 0 of the question, which has at least one value, takes them away.
        if tables.is_empty() {
            tables.insert(Digit::Asked(0), blank(Digit::Asked(0)));
        }
        Drawn { bits, tables }
    }
}

/// A plane by itself: its bits, and by digit what each of its values leaves standing of every bit.
struct Drawn<'l> {
    bits: Vec<&'l Bit>,
    tables: BTreeMap<Digit, Vec<u64>>,
}

impl Planes {
    /// Takes in a plane.
    fn store(&mut self, Drawn { bits, tables }: Drawn<'_>) {
        let number = |list: usize| u32::try_from(list).unwrap_or(u32::MAX);
        let asked = number(self.looks.len());
        // The order of `Digit` puts what the question says first.
        let of_question = tables.keys().filter(|digit| matches!(digit, Digit::Asked(_))).count();
        for (digit, table) in tables {
            let (Digit::Asked(digit) | Digit::Subject(digit)) = digit;
            self.looks.push(Look { digit, table: number(self.tables.len()) });
            self.matter.push(!table.iter().fold(u64::MAX, |always, left| always & left));
            self.tables.extend(table);
        }
        let covers = bits.iter().enumerate().filter(|(_, bit)| match bit.meaning {
            Meaning::Fails(cause) => cause.becomes() == Outcome::Masked,
            Meaning::Ground(_) => false,
        });
        let covers = covers.fold(0, |covers, (place, _)| covers | 1 << place);
        let meanings = number(self.meanings.len());
        self.meanings.extend(bits.iter().map(|bit| bit.meaning));
        let (subject, end) = (asked + number(of_question), number(self.looks.len()));
        self.list.push(Plane { asked, subject, end, meanings, covers });
    }
}

/// The places, in a plane, of the bits of one row.
pub(super) fn mask(plane: &[u32], row: &[u32]) -> u64 {
    let mine = plane.iter().enumerate().filter(|(_, bit)| row.binary_search(bit).is_ok());
    mine.fold(0, |mask, (place, _)| mask | 1 << place)
}

/// What is in either of two ascending lists, ascending.
fn union(a: &[u32], b: &[u32]) -> Vec<u32> {
    let mut both = [a, b].concat();
    both.sort_unstable();
    both.dedup();
    both
}

/// Whether one plane holds all that is in either of two ascending lists.
fn fits(a: &[u32], b: &[u32]) -> bool {
    a.len() + b.len() <= BITS || a.len() + b.iter().filter(|bit| a.binary_search(bit).is_err()).count() <= BITS
}

/// Whether an ascending list has nothing that another has not.
fn is_within(these: &[u32], those: &[u32]) -> bool {
    these.len() <= those.len() && these.iter().all(|bit| those.binary_search(bit).is_ok())
}

#[cfg(test)]
impl Planes {
    /// Spoils the first bit of a plane in one of three ways.
    pub(crate) fn tamper(&mut self, plane: u32, how: usize) {
        let plane = self.list[at(plane)];
        let looks = &self.looks[at(plane.asked)..at(plane.end)];
        let table = at(looks[0].table);
        let next = looks.get(1).map_or(table + 1, |look| at(look.table));
        match how {
            0 => {
                self.meanings[at(plane.meanings)] =
                    Meaning::Fails(Cause::of(crate::question::Code::NotStated).rule(99));
            }
            1 => self.tables[table..next].iter_mut().for_each(|left| *left ^= 1),
            _ => self.tables[at(looks[looks.len() - 1].table)] ^= 1,
        }
    }
}
