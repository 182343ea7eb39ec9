//! Formulas: alternatives of bits that must and bits that must not be set. A gate of the tables is one formula.

use crate::terms::lines::Line;
use crate::terms::literal::{Alphabet, Literal};
use crate::terms::word::Word;

/// One alternative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term {
    /// Bits that must be set.
    pub must: Word,
    /// Bits that must not be set.
    pub must_not: Word,
}

impl Term {
    fn holds(&self, word: &Word) -> bool {
        word.covers(&self.must) && word.misses(&self.must_not)
    }

    /// Whether it holds on a line; an error is a bit that must be decided first.
    fn on(&self, line: &Line) -> Result<bool, u16> {
        let excluded = !line.set.covers(&self.must.only(&line.decided)) || !line.set.misses(&self.must_not);
        if excluded {
            return Ok(false);
        }
        let open = self.must.with(&self.must_not);
        let open = open.bits().find(|bit| !line.decided.has(*bit));
        open.map_or(Ok(true), Err)
    }

    /// Whether whatever satisfies `other` satisfies this.
    fn admits(&self, other: &Self) -> bool {
        other.must.covers(&self.must) && other.must_not.covers(&self.must_not)
    }

    fn contradicts_itself(&self) -> bool {
        !self.must.misses(&self.must_not)
    }
}

/// Alternatives, of which one must hold. No alternative: never; an empty alternative: always.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Formula(Vec<Term>);

impl Formula {
    /// Never holds.
    pub const fn never() -> Self {
        Self(Vec::new())
    }

    /// Always holds.
    pub fn always() -> Self {
        Self(vec![Term::default()])
    }

    /// Always or never.
    pub fn constant(holds: bool) -> Self {
        if holds { Self::always() } else { Self::never() }
    }

    /// The literal is set.
    pub fn is(alphabet: &Alphabet, literal: Literal) -> Self {
        Self(vec![Term { must: Word::bit(alphabet.bit(literal)), must_not: Word::default() }])
    }

    /// The literal is not set.
    pub fn is_not(alphabet: &Alphabet, literal: Literal) -> Self {
        Self(vec![Term { must: Word::default(), must_not: Word::bit(alphabet.bit(literal)) }])
    }

    /// Either holds.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        let one = other.0.len() == 1;
        let known = self.0.len();
        other.0.into_iter().for_each(|term| self.admit(term));
        // Mostly one comes to a list that is in order.
        match self.0.split_last() {
            Some((last, before)) if one && self.0.len() == known + 1 => {
                let place = before.partition_point(|term| term <= last);
                if let Some(tail) = self.0.get_mut(place..) {
                    tail.rotate_right(1);
                }
            }
            _ => self.0.sort_unstable(),
        }
        self
    }

    /// Both hold.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        let mut result = Self::never();
        for a in &self.0 {
            for b in &other.0 {
                let both = Term { must: a.must.with(&b.must), must_not: a.must_not.with(&b.must_not) };
                if !both.contradicts_itself() {
                    result.admit(both);
                }
            }
        }
        result.0.sort_unstable();
        result
    }

    /// Any of these holds.
    pub fn any(formulas: impl IntoIterator<Item = Self>) -> Self {
        let mut result = Self::never();
        formulas.into_iter().flat_map(|one| one.0).for_each(|term| result.admit(term));
        result.0.sort_unstable();
        result
    }

    /// Takes in an alternative, and leaves out those that it makes needless. The order is left to be seen to.
    fn admit(&mut self, term: Term) {
        if !self.0.iter().any(|known| known.admits(&term)) {
            self.0.retain(|known| !term.admits(known));
            self.0.push(term);
        }
    }

    /// Whether it holds whatever is set.
    pub fn is_always(&self) -> bool {
        self.0.iter().any(|term| *term == Term::default())
    }

    /// Whether it holds for this word.
    pub fn holds(&self, word: &Word) -> bool {
        self.0.iter().any(|term| term.holds(word))
    }

    /// Whether it holds on a line; an error is a bit that must be decided first.
    pub(crate) fn on(&self, line: &Line) -> Result<bool, u16> {
        let mut open = None;
        for term in &self.0 {
            match term.on(line) {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(bit) => open = open.or(Some(bit)),
            }
        }
        open.map_or(Ok(false), Err)
    }

    /// Whether it holds, if the bits that are open cannot change it.
    pub(crate) fn settled(&self, word: &Word, open: &Word) -> Option<bool> {
        let most = word.with(open);
        let mut possible = false;
        for term in &self.0 {
            if !most.covers(&term.must) || !word.misses(&term.must_not) {
                continue;
            }
            if word.covers(&term.must) && most.misses(&term.must_not) {
                return Some(true);
            }
            possible = true;
        }
        if possible { None } else { Some(false) }
    }

    /// What is left of it when these bits are set and only those are open: it holds then just where this holds.
    #[must_use]
    pub(crate) fn left(&self, word: &Word, open: &Word) -> Self {
        let most = word.with(open);
        let possible = self.0.iter().filter(|term| most.covers(&term.must) && word.misses(&term.must_not));
        let terms = possible.map(|term| Term { must: term.must.without(word), must_not: term.must_not.only(open) });
        Self::any(terms.map(|term| Self(vec![term])))
    }

    /// The same of bits that are called otherwise; `None` where one has no other name.
    pub(crate) fn led(&self, to: &impl Fn(&Word) -> Option<Word>) -> Option<Self> {
        let led = |term: &Term| Some(Term { must: to(&term.must)?, must_not: to(&term.must_not)? });
        let mut terms = self.0.iter().map(led).collect::<Option<Vec<_>>>()?;
        terms.sort_unstable();
        Some(Self(terms))
    }

    /// Whether it holds for no word.
    pub(crate) const fn is_never(&self) -> bool {
        self.0.is_empty()
    }

    /// The alternatives.
    pub fn terms(&self) -> &[Term] {
        &self.0
    }

    /// Leaves out every alternative under which `other` is sure to hold.
    #[must_use]
    pub fn without(mut self, other: &Self) -> Self {
        self.0.retain(|term| !other.0.iter().any(|known| known.admits(term)));
        self
    }

    /// Every bit that it reads.
    pub fn reads(&self) -> Word {
        self.0.iter().fold(Word::default(), |seen, term| seen.with(&term.must).with(&term.must_not))
    }
}
