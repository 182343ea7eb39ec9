//! Words about keys that the vault, the store and the desk share. No key is here: only what is wrapped, and what keys make.

use jiff::Timestamp;

use crate::field::closed_list;

closed_list! {
    /// What a key of a platform is for. Each purpose has keys of its own, so that one is changed without the others.
    KeyPurpose as "key purpose" {
        /// Signs the ledger and marks what is no search token. Lives as long as the platform.
        Ledger = "ledger",
        /// Wraps the keys of record parts. Every version stays, because data are not rewritten.
        Parts = "parts",
        /// Makes search tokens. The version before stays until every token is made anew.
        Tokens = "tokens",
    }
}

/// One key of a platform, wrapped under the root key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKey {
    /// What it is for.
    pub purpose: KeyPurpose,
    /// Version, from 1.
    pub version: u32,
    /// Id of the root key, suite, nonce, ciphertext, tag.
    pub bytes: Vec<u8>,
    /// From this instant on it seals: by then every server has read it.
    pub since: Timestamp,
}

/// The search token of one value, under the newest key, and under the one before while tokens are made anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SearchToken {
    /// Under the newest key.
    pub newest: Keyed,
    /// Under the key before.
    pub before: Option<Keyed>,
}

/// A token under one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Keyed {
    /// Version of the key; [`Keyed::STEADY`] for the one that is never changed.
    pub version: u32,
    /// 32 bytes of a keyed hash.
    pub token: [u8; 32],
}

impl Keyed {
    /// Of what is kept nowhere but as its token, so that no other key can make it anew.
    pub const STEADY: u32 = 0;
}

impl SearchToken {
    /// Under the key that is never changed.
    pub const fn steady(token: [u8; 32]) -> Self {
        Self::under(Keyed::STEADY, token)
    }

    /// Under one key alone.
    pub const fn under(version: u32, token: [u8; 32]) -> Self {
        Self { newest: Keyed { version, token }, before: None }
    }

    /// Newest first.
    pub fn each(&self) -> impl Iterator<Item = Keyed> + use<> {
        std::iter::once(self.newest).chain(self.before)
    }
}
