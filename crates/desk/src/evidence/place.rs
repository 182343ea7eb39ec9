//! A leaf's place in the ledger, for anybody who holds its number and its hash: what a receipt's code leads to.
//!
//! Both are public: hashes are served as tiles, and a hash tells nothing of what it was made of, as the salt of the subject's tag
//! stands in the leaf. So the answer can be given to whoever asks.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ledger::{Hash, SignedCheckpoint, proof};

use super::{Check, Checked, broken, inclusion, signed, verifier_key};
use crate::{House, Platform, Refusal};

/// Whether a leaf stands in the ledger.
#[derive(Debug, Clone)]
pub struct Place {
    /// It stands at this place under a head that is signed.
    pub stands: bool,
    /// Leaves of the head.
    pub size: u64,
    /// The head, as a signed note.
    pub checkpoint: String,
    /// What was checked: inclusion, then the signature.
    pub checks: Vec<Checked>,
    /// Witnesses of this installation that cosigned the head, and when.
    pub witnesses: Vec<(String, Timestamp)>,
}

/// How a leaf's hash is written in an address.
pub fn leaf_word(leaf: &Hash) -> String {
    URL_SAFE_NO_PAD.encode(leaf.0)
}

/// Looks for a leaf, whose hash is written as [`leaf_word`] has it, at an index.
///
/// # Errors
/// [`Refusal::NotFound`] for what is no hash.
pub async fn place(house: &House, platform: &Platform, index: u64, leaf: &str) -> Result<Place, Refusal> {
    let word = URL_SAFE_NO_PAD.decode(leaf).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let leaf = Hash(word.ok_or(Refusal::NotFound("leaf"))?);
    let head = match house.said.covering(&platform.id, index) {
        Some(witnessed) => witnessed,
        None => signed(house, platform).await?,
    };
    let (size, root) = (head.unverified().size(), head.unverified().root());
    let included = if index < size {
        let (_, path) = inclusion(house, platform, index, size).await?;
        proof::verify_inclusion(&leaf, index, size, &path, &root).map_err(|why| why.to_string())
    } else {
        Err(format!("the ledger has {size} leaves"))
    };
    let signature = head.verify(&[verifier_key(platform)?]).map(|_| ()).map_err(|why| why.to_string());
    let stands = included.is_ok() && signature.is_ok();
    let check = |what, made: Result<(), String>| Checked {
        what,
        passed: Some(made.is_ok()),
        detail: made.err().unwrap_or_default(),
    };
    let checks = vec![check(Check::Inclusion, included), check(Check::Signature, signature)];
    Ok(Place { stands, size, witnesses: witnesses_of(house, &head), checkpoint: head.to_string(), checks })
}

/// The witnesses of this installation that cosigned a head, given as a note.
///
/// # Errors
/// [`Refusal::Broken`] for what is no head.
pub fn witnesses_under(house: &House, note: &str) -> Result<Vec<(String, Timestamp)>, Refusal> {
    Ok(witnesses_of(house, &SignedCheckpoint::parse(note).map_err(broken)?))
}

fn witnesses_of(house: &House, head: &SignedCheckpoint) -> Vec<(String, Timestamp)> {
    let cosigned = house.parties.witnesses.all().iter().filter_map(|witness| {
        let seconds = i64::try_from(head.cosigned(&witness.key).ok()?).ok()?;
        Some((witness.key.name().to_owned(), Timestamp::from_second(seconds).ok()?))
    });
    cosigned.collect()
}
