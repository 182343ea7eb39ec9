//! Shares of a root key, for paper: any so many of them bring the key back, fewer tell nothing (Shamir, «How to share a
//! secret», 1979, byte by byte over GF(2⁸)).
//!
//! ```text
//! share = version(1) need(1) of(1) number(1) split(4) root-id(8) value(32)
//! line  = 12 bytes of the share, 3 of SHA-256 over the first line, the line's number and these bytes
//! ```
//!
//! Four lines of 24 signs in base 32 (Crockford's: no I, L, O, U), so that somebody who types one in is told which line is
//! wrong. The arithmetic is that of `blahaj`, by tables: split and join where nobody measures.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, digest};
use blahaj::Sharks;
use model::Entropy;
use rand_core::{TryCryptoRng, TryRng};
use zeroize::{Zeroize as _, Zeroizing};

use crate::key::{KEY_LEN, VaultError};
use crate::root::{RootId, RootKey};

/// Of the form of a share.
const VERSION: u8 = 1;

/// Bytes of a share in one line, and of the sum that stands behind them.
const LINE: usize = 12;
const SUM: usize = 3;

/// Lines of a share.
const LINES: usize = 4;

/// Crockford's base 32.
const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Why shares were not made, not read, or not put together. Never says what a share holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShareError {
    /// Numbers that make no sense.
    #[error("at least 2 shares must be needed, and no more than there are, which are 255 at most")]
    Numbers,
    /// A line that is not there.
    #[error("line {0} is missing: a share has four lines, each of its number and six groups of four signs")]
    Missing(usize),
    /// A line that was mistyped, or stands in another share.
    #[error("line {0} is mistyped, or belongs to another share")]
    Line(usize),
    /// Of a newer release.
    #[error("a share of form {0}, which this release does not know")]
    Version(u8),
    /// One of them is of another split; which, counted from 0.
    #[error("it belongs to another split than the others")]
    Mixed(usize),
    /// One of them was given before; which, counted from 0.
    #[error("it is the same share as one before it")]
    Twice(usize),
    /// Too few of them.
    #[error("{have} of the {need} shares that are needed: fewer than {need} tell nothing")]
    Few {
        /// How many are there.
        have: usize,
        /// How many are needed.
        need: u8,
    },
    /// They do not give the key that they name.
    #[error("these shares do not give the root key that they name: at least one of them was not made by this program")]
    Another,
}

/// One share of a root key.
pub struct Share {
    need: u8,
    of: u8,
    number: u8,
    split: [u8; 4],
    root: RootId,
    value: Zeroizing<[u8; KEY_LEN]>,
}

/// The arithmetic's source of randomness is ours.
struct Drawn<'e>(&'e dyn Entropy);

impl TryRng for Drawn<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(self.0.draw()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(self.0.draw()))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Drawn<'_> {}

/// Splits a root key into `of` shares, any `need` of which bring it back.
///
/// # Errors
/// [`ShareError::Numbers`].
pub fn split(key: &[u8; KEY_LEN], (of, need): (u8, u8), entropy: &dyn Entropy) -> Result<Vec<Share>, ShareError> {
    if need < 2 || need > of {
        return Err(ShareError::Numbers);
    }
    let (root, drawn) = (name(key)?, entropy.draw());
    let dealt = Sharks(need).dealer_rng(key, &mut Drawn(entropy)).take(usize::from(of));
    let share = |dealt: blahaj::Share| {
        let mut value = Zeroizing::new([0; KEY_LEN]);
        value.iter_mut().zip(&dealt.y).for_each(|(byte, point)| *byte = point.0);
        Share { need, of, number: dealt.x.0, split: drawn, root, value }
    };
    Ok(dealt.map(share).collect())
}

/// Puts shares of one split together.
///
/// # Errors
/// [`ShareError::Few`], [`ShareError::Mixed`], [`ShareError::Twice`] or [`ShareError::Another`].
pub fn join(shares: &[Share]) -> Result<Zeroizing<[u8; KEY_LEN]>, ShareError> {
    let mut splits: BTreeMap<_, usize> = BTreeMap::new();
    for share in shares {
        *splits.entry(share.of_split()).or_default() += 1;
    }
    // The odd one out is the one of the split that most of the others are not of.
    let Some((most, _)) = splits.into_iter().max_by_key(|(_, many)| *many) else {
        return Err(ShareError::Few { have: 0, need: 2 });
    };
    if let Some(odd) = shares.iter().position(|share| share.of_split() != most) {
        return Err(ShareError::Mixed(odd));
    }
    let before = |at: usize, share: &Share| shares.iter().take(at).any(|other| other.number == share.number);
    if let Some((twice, _)) = shares.iter().enumerate().find(|(at, share)| before(*at, share)) {
        return Err(ShareError::Twice(twice));
    }
    let (need, root) = shares.first().map(|share| (share.need, share.root)).ok_or(ShareError::Another)?;
    if shares.len() < usize::from(need) {
        return Err(ShareError::Few { have: shares.len(), need });
    }
    let point = |share: &Share| {
        let bytes = Zeroizing::new([&[share.number], share.value.as_slice()].concat());
        blahaj::Share::try_from(bytes.as_slice()).map_err(|_| ShareError::Another)
    };
    let points = shares.iter().map(point).collect::<Result<Vec<_>, _>>()?;
    let joined = Zeroizing::new(Sharks(need).recover(&points).map_err(|_| ShareError::Another)?);
    let mut key = Zeroizing::new([0; KEY_LEN]);
    key.iter_mut().zip(joined.iter()).for_each(|(byte, joined)| *byte = *joined);
    if name(&key)? == root { Ok(key) } else { Err(ShareError::Another) }
}

/// The name of a key.
fn name(key: &[u8; KEY_LEN]) -> Result<RootId, ShareError> {
    let mut copy = *key;
    RootKey::from_bytes(&mut copy).map(|root| root.id()).map_err(|_: VaultError| ShareError::Another)
}

impl Share {
    /// Which of them it is, from 1.
    pub const fn number(&self) -> u8 {
        self.number
    }

    /// The name of the key that it is a share of.
    pub const fn root(&self) -> RootId {
        self.root
    }

    fn of_split(&self) -> ([u8; 4], RootId, u8, u8) {
        (self.split, self.root, self.need, self.of)
    }

    /// As it is printed: what it is, then its four lines.
    pub fn text(&self) -> Zeroizing<String> {
        let Self { need, of, number, root, .. } = self;
        let split = u32::from_be_bytes(self.split);
        // With room for all of it: a text that grows leaves a copy of itself behind.
        let mut text = Zeroizing::new(String::with_capacity(1024));
        let _ = writeln!(text, "Shouyue recovery share {number} of {of}, split {split:08x}");
        let _ = writeln!(text, "Any {need} of the {of} bring back root key {root}; fewer tell nothing.");
        let _ = writeln!(text, "Keep it apart from the others, on paper: whoever has {need} has the key.\n");
        let body = Zeroizing::new(
            [&[VERSION, *need, *of, *number], self.split.as_slice(), root.bytes(), self.value.as_slice()].concat(),
        );
        for (line, bytes) in body.chunks(LINE).enumerate() {
            let whole = Zeroizing::new([bytes, &sum(&body, line, bytes)].concat());
            let signs = Zeroizing::new(signs(&whole));
            let _ = write!(text, "{}", line + 1);
            for (at, sign) in signs.chars().enumerate() {
                let gap = if at % 4 == 0 { "  " } else { "" };
                let _ = write!(text, "{gap}{sign}");
            }
            text.push('\n');
        }
        text
    }
}

impl std::fmt::Debug for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Share({} of {}, {}, not shown)", self.number, self.of, self.root)
    }
}

impl FromStr for Share {
    type Err = ShareError;

    /// Reads what [`Share::text`] wrote, or somebody typed from it: any case, any gaps, O for 0, I and L for 1.
    fn from_str(text: &str) -> Result<Self, ShareError> {
        let mut body = Zeroizing::new(Vec::with_capacity(LINES * LINE));
        for line in 0..LINES {
            let number = (line + 1).to_string();
            let mut found = text.lines().filter_map(|typed| {
                let mut words = typed.split_whitespace();
                (words.next() == Some(number.as_str())).then_some(words)
            });
            let typed = found.next().ok_or(ShareError::Missing(line + 1))?;
            let whole = Zeroizing::new(bytes(typed.flat_map(str::chars)).ok_or(ShareError::Line(line + 1))?);
            let (own, checks) = whole.split_at_checked(LINE).ok_or(ShareError::Line(line + 1))?;
            body.extend_from_slice(own);
            if sum(&body, line, own).as_slice() != checks {
                return Err(ShareError::Line(line + 1));
            }
        }
        let (head, rest) = body.split_first_chunk::<4>().ok_or(ShareError::Line(1))?;
        let [version, need, of, number] = *head;
        if version != VERSION {
            return Err(ShareError::Version(version));
        }
        let (split, rest) = rest.split_first_chunk().ok_or(ShareError::Line(1))?;
        let (root, value) = rest.split_first_chunk().ok_or(ShareError::Line(1))?;
        let value = value.try_into().map(Zeroizing::new).map_err(|_| ShareError::Line(LINES))?;
        Ok(Self { need, of, number, split: *split, root: RootId::new(*root), value })
    }
}

/// Over the first line too, which names share and split: a line of another share does not fit.
fn sum(body: &[u8], line: usize, own: &[u8]) -> [u8; SUM] {
    let first = body.get(..LINE).unwrap_or_default();
    let number = u8::try_from(line).unwrap_or(u8::MAX);
    let mut message = Zeroizing::new([b"shouyue/1 share", first, &[number], own].concat());
    let sum = digest(&SHA256, &message);
    message.zeroize();
    let mut short = [0; SUM];
    short.iter_mut().zip(sum.as_ref()).for_each(|(byte, digested)| *byte = *digested);
    short
}

/// Five bits a sign.
fn signs(bytes: &[u8]) -> String {
    let bit = |at: usize| bytes.get(at / 8).is_some_and(|byte| byte >> (7 - at % 8) & 1 == 1);
    let sign = |group: usize| (0..5).fold(0_usize, |sign, at| sign << 1 | usize::from(bit(group * 5 + at)));
    let spelt = (0..bytes.len() * 8 / 5).filter_map(|group| SIGNS.get(sign(group)).copied().map(char::from));
    let mut text = String::with_capacity(bytes.len() * 2);
    text.extend(spelt);
    text
}

/// The bytes of a line; `None` where it is too long or too short, or a sign is none.
fn bytes(typed: impl Iterator<Item = char>) -> Option<Vec<u8>> {
    let mut out = vec![0_u8; LINE + SUM];
    let mut many = 0;
    for sign in typed.filter(|sign| *sign != '-') {
        let sign = match sign.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            sign => sign,
        };
        let value = SIGNS.iter().position(|known| char::from(*known) == sign)?;
        for at in (0..5).rev() {
            let byte = out.get_mut(many / 8)?;
            *byte = *byte << 1 | u8::from(value >> at & 1 == 1);
            many += 1;
        }
    }
    (many == out.len() * 8).then_some(out)
}

#[cfg(test)]
mod tests;
