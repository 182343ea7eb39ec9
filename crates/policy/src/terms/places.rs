//! Places by name: tables made once, so that a name of a question is led to its place by one look.
//!
//! Names come from the policy alone, so nobody who asks can choose them to collide; a text that is no name ends at the first
//! free slot.

/// A text and its place, or free.
type Slot = Option<(Box<str>, u16)>;

/// Texts, each with a place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    /// Open addressing, at most half full: a text is in the first slot from its hash on that is its own or free.
    slots: Box<[Slot]>,
}

impl Places {
    pub(crate) fn of<'a>(texts: impl IntoIterator<Item = (&'a str, u16)>) -> Self {
        let texts: Vec<(&str, u16)> = texts.into_iter().collect();
        let mut places = Self { slots: vec![None; (2 * texts.len()).next_power_of_two()].into() };
        for (text, place) in texts {
            let free = places.probe(text).find(|slot| places.slots.get(*slot).is_some_and(Option::is_none));
            if let Some(slot) = free.and_then(|slot| places.slots.get_mut(slot)) {
                *slot = Some((text.into(), place));
            }
        }
        places
    }

    #[inline]
    pub(crate) fn find(&self, text: &str) -> Option<u16> {
        let slots = self.probe(text).map_while(|slot| self.slots.get(slot)?.as_ref());
        slots.filter(|(name, _)| **name == *text).map(|(_, place)| *place).next()
    }

    /// Every slot, from the one of the text's hash on.
    fn probe(&self, text: &str) -> impl Iterator<Item = usize> + use<> {
        let count = self.slots.len();
        let first = usize::try_from(hash(text)).unwrap_or_default();
        (0..count).map(move |step| first.wrapping_add(step) & count.wrapping_sub(1))
    }
}

/// Eight bytes at a time, each step as in FxHash; the high half is the better mixed.
fn hash(text: &str) -> u64 {
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let hash = words.iter().fold(0, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let rest = rest.iter().fold(1, |word, byte| word << 8 | u64::from(*byte));
    mix(hash, rest) >> 32
}
