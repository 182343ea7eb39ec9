//! A word: one bit for each literal, of a size that is copied and never allocated.

/// Literals that a word can hold.
pub(super) const BITS: u16 = 512;
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

    /// The word with every bit.
    pub const fn full() -> Self {
        Self([u64::MAX; WORDS])
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

    /// The bits set here and not there.
    #[must_use]
    pub fn without(mut self, other: &Self) -> Self {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= !b);
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
        self.0.iter().zip((0..).step_by(64)).flat_map(|(part, first)| {
            let mut left = *part;
            std::iter::from_fn(move || {
                let bit = u16::try_from(left.trailing_zeros()).ok().filter(|bit| *bit < 64)?;
                left &= left - 1;
                Some(first + bit)
            })
        })
    }
}
