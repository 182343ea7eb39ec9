//! Ids of what an act makes.

use jiff::Timestamp;
use model::Entropy;

use crate::House;

/// Bytes of an id that say when it was drawn, where many are to lie together.
const WHEN: usize = 6;

/// Draws ids.
#[derive(Clone, Copy)]
pub(super) struct Ids<'h> {
    entropy: &'h dyn Entropy,
    when: Option<[u8; WHEN]>,
}

impl<'h> Ids<'h> {
    /// At random.
    pub(super) fn apart(house: &'h House) -> Self {
        Self { entropy: &*house.entropy, when: None }
    }

    /// Beside each other: 48 bits of the instant in milliseconds before 80 random ones, as in a UUID of version 7 (RFC 9562,
    /// section 5.7). What millions of ids drawn at random would scatter over every page of every index then lies together.
    pub(super) fn together(house: &'h House, at: Timestamp) -> Self {
        let [_, _, when @ ..] = at.as_millisecond().max(0).to_be_bytes();
        Self { entropy: &*house.entropy, when: Some(when) }
    }

    pub(super) fn draw(self) -> [u8; 16] {
        let mut id: [u8; 16] = self.entropy.draw();
        if let (Some(when), Some(first)) = (self.when, id.first_chunk_mut()) {
            *first = when;
        }
        id
    }
}
