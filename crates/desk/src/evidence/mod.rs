//! Evidence: the head of a platform's ledger, signed; receipts; what the public may fetch; the check of it all.
//!
//! Formats are those of [`ledger`]. A log's origin is `shouyue/<platform>`, which is also the name of its key.

mod check;
mod copy;
mod heads;
mod place;
mod prune;
mod receipt;
mod serve;
mod verify;
mod witness;

use std::collections::BTreeMap;

use jiff::Timestamp;
use ledger::note::{ED25519_NOTE, Scheme};
use ledger::tile::TILE_WIDTH;
use ledger::{Checkpoint, Hash, SignedCheckpoint, Signer, TileId, VerifierKey, proof};
use model::{Slug, SubjectId};
use store::{CheckpointRow, Head, LeafRow};
use vault::{Suite, VaultError};

use crate::identity::{self, Sight};
use crate::leaf::Entry;
use crate::{House, Platform, Refusal};

pub use check::{Health, check};
pub(crate) use copy::copy_of;
pub use copy::{Fared, VerifiedCopy, verify_copy};
pub use heads::{VerifiedHeads, verify_heads};
pub use place::{Place, leaf_word, place, witnesses_under};
pub(crate) use prune::kept_from;
pub use prune::prune;
pub use receipt::receipt;
pub use serve::{bundle, consistency, inclusion, tile};
pub use verify::{Check, Checked, Verified, document, verify};
pub(crate) use witness::Said;
pub use witness::{Standing, Word, ask_witnesses, cosigned, witnessed};

/// Most leaves that one page lists.
pub const PAGE: u32 = 256;

/// A leaf, as anyone with the auditor's role may see it.
#[derive(Debug, Clone)]
pub struct LeafView {
    /// Index.
    pub index: u64,
    /// What it says; `None` once it was emptied ([`prune`](fn@prune)), and when the bytes no longer read, which [`check`] reports.
    pub entry: Option<Entry>,
    /// RFC 6962 leaf hash.
    pub hash: Hash,
}

/// Leaves as they are shown; the hash of one that was emptied stands in the tree.
async fn viewed(house: &House, platform: &Platform, rows: Vec<LeafRow>) -> Result<Vec<LeafView>, Refusal> {
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let is_empty = row.entry.is_empty();
        let hash = if is_empty { in_tree(house, platform, row.index).await? } else { ledger::leaf_hash(&row.entry) };
        views.push(LeafView { index: row.index, entry: serde_json::from_slice(&row.entry).ok(), hash });
    }
    Ok(views)
}

/// The hash of a leaf as the tree has it.
async fn in_tree(house: &House, platform: &Platform, index: u64) -> Result<Hash, Refusal> {
    let size = house.store.head(&platform.id).await?.size;
    let id = TileId::holding(0, index, size).ok_or(Refusal::NotFound("leaf"))?;
    let tile = house.store.tiles(&platform.id, &[id]).await?.pop();
    let place = usize::try_from(index % u64::from(TILE_WIDTH)).unwrap_or(usize::MAX);
    let hash = tile.and_then(|tile| tile.hashes.get(place).copied());
    hash.ok_or_else(|| Refusal::Broken("a tile of the ledger is too narrow: run `shouyue fsck`".to_owned()))
}

/// Name of a platform's log and of the key that signs it.
pub fn origin(platform: &Slug) -> String {
    format!("shouyue/{platform}")
}

/// The public key of a platform's log, in the form in which it is published: `<origin>+<key id>+<base64>`.
pub fn verifier_key(platform: &Platform) -> Result<VerifierKey, Refusal> {
    VerifierKey::new(&origin(&platform.id), ED25519_NOTE, platform.keys.public_key()).map_err(broken)
}

/// SM2 over SM3 (GB/T 32918.2), beside Ed25519 under the checkpoints of platforms whose suite is `guomi`. Signed notes have
/// no type of its own for it.
pub const SM2_NOTE: Scheme = Scheme {
    identifier: b"\xffshouyue/sm2-sm3\n",
    label: "SM2",
    accepts_key: vault::is_sm2_key,
    verify: vault::verifies_sm2,
};

/// The algorithms of the keys that platforms hand out.
pub const SCHEMES: &[Scheme] = &[ED25519_NOTE, SM2_NOTE];

/// Every public key of a platform's log: the one that [`verifier_key`] gives, and that of SM2 where the suite is `guomi`.
pub fn verifier_keys(platform: &Platform) -> Result<Vec<VerifierKey>, Refusal> {
    let sm2 = (platform.keys.suite() == Suite::Guomi).then(|| sm2_key(platform));
    std::iter::once(verifier_key(platform)).chain(sm2).collect()
}

pub(crate) fn sm2_key(platform: &Platform) -> Result<VerifierKey, Refusal> {
    VerifierKey::new(&origin(&platform.id), SM2_NOTE, platform.keys.public_key_sm2()).map_err(broken)
}

/// Size and root of a platform's ledger.
pub async fn head(house: &House, platform: &Platform) -> Result<Head, Refusal> {
    Ok(house.store.head(&platform.id).await?)
}

/// The signed head, as a note. Signs when the ledger has grown since the last one, and never a ledger that does not
/// extend what was signed before.
pub async fn checkpoint(house: &House, platform: &Platform) -> Result<String, Refusal> {
    Ok(signed(house, platform).await?.to_string())
}

/// The newest checkpoint, as it is stored.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The signed note.
    pub note: String,
    /// When it was signed.
    pub at: Timestamp,
    /// Whether the platform's key signed exactly this note; else why it does not hold.
    pub signature: Result<(), String>,
}

/// The signed head as it is stored, read back and verified. Signs as [`checkpoint`] does.
pub async fn kept(house: &House, platform: &Platform) -> Result<Kept, Refusal> {
    signed(house, platform).await?;
    let row = house.store.checkpoint(&platform.id).await?;
    let row = row.ok_or_else(|| Refusal::Broken("a checkpoint was signed and not kept".to_owned()))?;
    let keys = [verifier_key(platform)?];
    let note = SignedCheckpoint::parse(&row.note).map_err(broken)?;
    let signature = note.verify(&keys).map(|_| ()).map_err(|why| why.to_string());
    Ok(Kept { note: row.note, at: row.at, signature })
}

/// Leaves from an index on, in order.
pub async fn leaves(house: &House, platform: &Platform, from: u64, limit: u32) -> Result<Vec<LeafView>, Refusal> {
    let rows = house.store.leaves(&platform.id, from, limit.min(PAGE)).await?;
    viewed(house, platform, rows).await
}

/// Leaves that concern a subject and that it may see, newest first, after skipping `skip` of them; and how many there
/// are. Before the identity is verified, leaves that can be about what a system handed in are left out.
pub async fn leaves_of(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    skip: usize,
    limit: u32,
) -> Result<(Vec<LeafView>, usize), Refusal> {
    let sight = identity::sight(house, platform, subject).await?;
    if sight.is_verified() {
        return every_leaf_of(house, platform, subject, skip, limit).await;
    }
    let own = house.store.leaves_of(&platform.id, subject).await?;
    let leaves = seen(house, platform, &own, &sight).await?;
    let count = leaves.len();
    let page = leaves.into_iter().skip(skip).take(usize::try_from(limit.min(PAGE)).unwrap_or(0));
    Ok((page.collect(), count))
}

/// Those of a subject's leaves, given by index and salt, that it may see.
pub(crate) async fn seen(
    house: &House,
    platform: &Platform,
    own: &[(u64, [u8; 32])],
    sight: &Sight,
) -> Result<Vec<LeafView>, Refusal> {
    let indices: Vec<u64> = own.iter().map(|(index, _)| *index).collect();
    let salts: BTreeMap<u64, &[u8; 32]> = own.iter().map(|(index, salt)| (*index, salt)).collect();
    let mut leaves = read(house, platform, &indices).await?;
    leaves.retain(|leaf| {
        let known = leaf.entry.as_ref().zip(salts.get(&leaf.index));
        known.is_some_and(|(entry, salt)| sight.covers_leaf(entry, salt))
    });
    Ok(leaves)
}

/// Leaves that concern a subject, whoever looks, as [`leaves_of`].
pub(crate) async fn every_leaf_of(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    skip: usize,
    limit: u32,
) -> Result<(Vec<LeafView>, usize), Refusal> {
    let indices: Vec<u64> =
        house.store.leaves_of(&platform.id, subject).await?.into_iter().map(|(index, _)| index).collect();
    let wanted: Vec<u64> =
        indices.iter().copied().skip(skip).take(usize::try_from(limit.min(PAGE)).unwrap_or(0)).collect();
    Ok((read(house, platform, &wanted).await?, indices.len()))
}

/// Most leaves between two wanted ones that are read along rather than asked for apart.
const NEAR: u64 = 32;

/// The leaves of these indices, in their order; runs of neighbours are read at once.
pub(crate) async fn read(house: &House, platform: &Platform, indices: &[u64]) -> Result<Vec<LeafView>, Refusal> {
    let mut sorted = indices.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut found = BTreeMap::new();
    for run in sorted.chunk_by(|a, b| b - a <= NEAR) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
        let mut next = *first;
        while next <= *last {
            let limit = u32::try_from(last - next + 1).unwrap_or(PAGE).min(PAGE);
            let rows = house.store.leaves(&platform.id, next, limit).await?;
            let Some(end) = rows.last().map(|row| row.index) else { break };
            let views = viewed(house, platform, rows).await?;
            found.extend(views.into_iter().map(|view| (view.index, view)));
            next = end + 1;
        }
    }
    indices.iter().map(|index| found.get(index).cloned().ok_or_else(|| missing(*index))).collect()
}

/// What signs in the name of a platform: its Ed25519 key.
pub(crate) fn signer(platform: &Platform) -> Result<impl Signer, Refusal> {
    Ok(PlatformSigner { key: verifier_key(platform)?, sign: |message: &[u8]| Ok(platform.keys.sign(message)) })
}

/// Signs with a key of a platform, which never leaves the vault.
struct PlatformSigner<F> {
    key: VerifierKey,
    sign: F,
}

impl<F: Fn(&[u8]) -> Result<Vec<u8>, VaultError>> Signer for PlatformSigner<F> {
    fn key(&self) -> &VerifierKey {
        &self.key
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, ledger::note::SigningFailed> {
        let failed =
            |why: VaultError| ledger::note::SigningFailed { name: self.key.name().to_owned(), reason: why.to_string() };
        (self.sign)(message).map_err(failed)
    }
}

async fn signed(house: &House, platform: &Platform) -> Result<SignedCheckpoint, Refusal> {
    let kept = house.store.checkpoint(&platform.id).await?;
    let kept = kept.map(|row| SignedCheckpoint::parse(&row.note)).transpose().map_err(broken)?;
    let head = house.store.head(&platform.id).await?;
    if let Some(kept) = &kept {
        let old = kept.unverified();
        if old.size() == head.size && old.root() == head.root {
            return Ok(kept.clone());
        }
        extends(house, platform, old, &head).await?;
    }
    let checkpoint = Checkpoint::new(&origin(&platform.id), head.size, head.root).map_err(broken)?;
    let signed = sign(platform, checkpoint)?;
    let row = CheckpointRow { size: head.size, note: signed.to_string(), at: house.now() };
    house.store.checkpoint_put(&platform.id, row).await?;
    Ok(signed)
}

/// Under the platform's Ed25519 key, and where its suite is `guomi` under its SM2 key as well.
fn sign(platform: &Platform, checkpoint: Checkpoint) -> Result<SignedCheckpoint, Refusal> {
    let ed25519 = signer(platform)?;
    if platform.keys.suite() != Suite::Guomi {
        return checkpoint.sign(&[&ed25519]).map_err(broken);
    }
    let sm2 = PlatformSigner { key: sm2_key(platform)?, sign: |message: &[u8]| platform.keys.sign_sm2(message) };
    checkpoint.sign(&[&ed25519, &sm2]).map_err(broken)
}

/// Refuses to sign a ledger that lost or changed what an earlier signature stands for.
async fn extends(house: &House, platform: &Platform, old: &Checkpoint, head: &Head) -> Result<(), Refusal> {
    let new = Checkpoint::new(old.origin(), head.size, head.root).map_err(broken)?;
    let tiles = proof::consistency_tiles(old.size(), head.size).map_err(rewritten)?;
    let tiles = house.store.tiles(&platform.id, &tiles).await?.into_iter().collect();
    let path = proof::consistency(old.size(), head.size, &tiles).map_err(rewritten)?;
    new.extends(old, &path).map_err(rewritten)
}

fn rewritten(why: impl std::fmt::Display) -> Refusal {
    Refusal::Broken(format!("the ledger does not extend what was signed before ({why}): run `shouyue fsck`"))
}

/// Somebody took a leaf out: nothing is told of a ledger as though it had never been there.
fn missing(leaf: u64) -> Refusal {
    Refusal::Broken(format!("leaf {leaf} is missing from the ledger: run `shouyue fsck`"))
}

fn broken(why: impl std::fmt::Display) -> Refusal {
    Refusal::Broken(why.to_string())
}
