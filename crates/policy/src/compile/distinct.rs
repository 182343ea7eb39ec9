//! Lists in which equal things stand once. What tells two long formulas apart mostly stands far behind, where comparing comes last:
//! so things are found by a hash, and then compared once.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

/// Things, equal ones once, in the order in which they came.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Distinct<T> {
    list: Vec<T>,
    hashes: Vec<u64>,
    /// By hash, or by the next number that was free.
    places: BTreeMap<u64, u32>,
}

impl<T> Default for Distinct<T> {
    fn default() -> Self {
        Self { list: Vec::new(), hashes: Vec::new(), places: BTreeMap::new() }
    }
}

/// A thing with its hash. Many can be hashed side by side, but only one after the other has a place.
pub(super) struct Hashed<T> {
    hash: u64,
    thing: T,
}

impl<T: Hash> From<T> for Hashed<T> {
    fn from(thing: T) -> Self {
        let mut hash = Mix(0);
        thing.hash(&mut hash);
        Self { hash: hash.finish(), thing }
    }
}

impl<T: Eq> Distinct<T> {
    /// The place of a thing, which is a new one where it is not there yet.
    pub(super) fn place(&mut self, Hashed { hash, thing }: Hashed<T>) -> u32 {
        let mut number = hash;
        while let Some(place) = self.places.get(&number) {
            if usize::try_from(*place).ok().and_then(|place| self.list.get(place)) == Some(&thing) {
                return *place;
            }
            number = number.wrapping_add(1);
        }
        let place = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.places.insert(number, place);
        self.hashes.push(hash);
        self.list.push(thing);
        place
    }

    /// All of them, to be placed in another list.
    pub(super) fn hashed(&self) -> impl Iterator<Item = Hashed<T>>
    where
        T: Clone,
    {
        self.hashes.iter().zip(&self.list).map(|(hash, thing)| Hashed { hash: *hash, thing: thing.clone() })
    }

    pub(super) fn list(&self) -> &[T] {
        &self.list
    }
}

/// Eight bytes at a time, each step as in FxHash. Words are mostly empty, and what is empty costs nothing: where something stands
/// goes into the hash with it.
struct Mix(u64);

impl Mix {
    const fn step(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for (word, place) in words.iter().zip(1_u64..) {
            let word = u64::from_le_bytes(*word);
            if word != 0 {
                self.step(word.rotate_left(7) ^ place);
            }
        }
        self.step(rest.iter().fold(1, |word, byte| word << 8 | u64::from(*byte)));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Distinct;

    #[test]
    fn equal_things_have_one_place() {
        let mut words: Distinct<[u64; 3]> = Distinct::default();
        let all = [[0, 0, 7], [0, 7, 0], [7, 0, 0], [0, 0, 7], [0, 0, 0], [7, 0, 0]];
        assert_eq!(all.map(|word| words.place(word.into())), [0, 1, 2, 0, 3, 2]);
        assert_eq!(words.list(), [[0, 0, 7], [0, 7, 0], [7, 0, 0], [0, 0, 0]]);
    }
}
