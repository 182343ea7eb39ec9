//! Receipts: all that a customer needs to keep to prove an act, years later and without us.

use ledger::{Receipt, proof};
use model::{RecordId, SubjectId};

use super::{broken, signed, verifier_key};
use crate::leaf::{Entry, Extra, tag};
use crate::{House, Platform, Refusal, identity};

/// The receipt of a leaf, as a text in the form of C2SP tlog-proof whose extra data is an [`Extra`]. For a subject it
/// carries the salt that ties the leaf to the subject; without one it proves the leaf alone.
///
/// # Errors
/// [`Refusal::NotFound`] for a leaf that does not exist, does not concern the subject, or is not yet its to see
/// ([`identity`]).
pub async fn receipt(
    house: &House,
    platform: &Platform,
    leaf: u64,
    subject: Option<SubjectId>,
) -> Result<String, Refusal> {
    let row = house.store.leaves(&platform.id, leaf, 1).await?.into_iter().find(|row| row.index == leaf);
    let Some(row) = row else {
        // One that was taken out is not one that never was.
        let there = leaf < house.store.head(&platform.id).await?.size;
        return Err(if there { super::missing(leaf) } else { Refusal::NotFound("receipt") });
    };
    if row.entry.is_empty() {
        return Err(Refusal::NotFound("receipt any more: the entry's floor is over, and it was emptied"));
    }
    let entry = String::from_utf8(row.entry.clone()).map_err(broken)?;
    let extra = match subject {
        Some(subject) => extra(house, platform, leaf, subject, entry).await?,
        None => Extra { entry, salt: None, subject: None, record: None },
    };
    // What a witness has cosigned says more, and covers every leaf but the newest.
    let checkpoint = match house.said.covering(&platform.id, leaf) {
        Some(witnessed) => witnessed,
        None => signed(house, platform).await?,
    };
    let size = checkpoint.unverified().size();
    let tiles = proof::inclusion_tiles(leaf, size).map_err(broken)?;
    let tiles = house.store.tiles(&platform.id, &tiles).await?.into_iter().collect();
    let path = proof::inclusion(leaf, size, &tiles).map_err(broken)?;
    let extra = serde_json::to_vec(&extra).map_err(broken)?;
    let receipt = Receipt::new(leaf, extra, path, checkpoint).map_err(broken)?;
    // A damaged store must not hand out a receipt that fails when it is needed.
    receipt.verify(&row.entry, &[verifier_key(platform)?]).map_err(broken)?;
    Ok(receipt.to_string())
}

async fn extra(
    house: &House,
    platform: &Platform,
    leaf: u64,
    subject: SubjectId,
    entry: String,
) -> Result<Extra, Refusal> {
    let own = house.store.leaves_of(&platform.id, subject).await?;
    let salt = own.into_iter().find(|(index, _)| *index == leaf).map(|(_, salt)| salt);
    let salt = salt.ok_or(Refusal::NotFound("receipt"))?;
    let said: Option<Entry> = serde_json::from_str(&entry).ok();
    let sight = identity::sight(house, platform, subject).await?;
    if !said.as_ref().is_some_and(|entry| sight.covers_leaf(entry, &salt)) {
        return Err(Refusal::NotFound("receipt"));
    }
    let record = match said.and_then(|entry| entry.record) {
        Some(blinded) => record_of(house, platform, subject, &salt, &blinded).await?,
        None => None,
    };
    Ok(Extra { entry, salt: Some(hex::encode(salt)), subject: Some(subject), record })
}

/// Which of the subject's records the leaf's tag blinds.
async fn record_of(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    salt: &[u8; 32],
    blinded: &str,
) -> Result<Option<RecordId>, Refusal> {
    let records = house.store.records_of(&platform.id, subject).await?;
    Ok(records.into_iter().map(|row| row.id).find(|id| tag(salt, id.as_bytes()) == blinded))
}
