//! Randomness as an argument.

/// A source of random bytes. The binary hands in the operating system's; tests hand in a seeded one.
pub trait Entropy: Send + Sync {
    /// Fills `bytes`. The operating system's source does not fail once it is seeded; one that can must end the process.
    fn fill(&self, bytes: &mut [u8]);
}

impl dyn Entropy + '_ {
    /// Draws a fixed number of bytes: an id, a nonce, a key.
    pub fn draw<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}
