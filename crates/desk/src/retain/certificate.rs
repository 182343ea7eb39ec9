//! The certificate of an erasure: what is gone, what a floor keeps and until when, and the leaf that proves it (rule R45).

use jiff::Timestamp;
use jiff::civil::Date;
use model::{Slug, SubjectId};
use serde::{Deserialize, Serialize};
use store::Destruction;
use tokio::time::timeout;

use super::{Fate, PartFate};
use crate::act::AFTER;
use crate::{House, Platform, Refusal, evidence};

/// What the subject gets. It holds the salt of its leaf, which the store forgets with the subject: who holds the
/// certificate can show whose erasure the leaf was, nobody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// Version of this form: 1.
    pub v: u32,
    /// Platform.
    pub platform: Slug,
    /// Whose.
    pub subject: SubjectId,
    /// From when the keys were gone from every file; absent where a floor keeps everything, and nothing was destroyed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destroyed: Option<Destroyed>,
    /// Leaf.
    pub leaf: u64,
    /// The leaf's bytes, as text.
    pub entry: String,
    /// The leaf's salt, hexadecimal.
    pub salt: String,
    /// What was destroyed.
    pub erased: Vec<Gone>,
    /// What the law keeps.
    pub kept: Vec<Stays>,
    /// The first day on which no backup can bring back what was destroyed.
    pub backups_end: Option<Date>,
}

/// When keys were gone from every file: an instant, or the word `pending`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Destroyed {
    /// Since then.
    At(Timestamp),
    /// They open nothing any more and stand in no table; a log may hold them, wrapped: of the database's server, until it is
    /// overwritten; of a file, until nobody reads any more what was before, as a backup does.
    Pending(Pending),
}

/// The word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pending {
    /// Not yet confirmed.
    #[serde(rename = "pending")]
    Pending,
}

impl Certificate {
    /// The hash of its leaf, as addresses have it: whoever holds the certificate can make it anew from the entry.
    pub fn leaf_word(&self) -> String {
        evidence::leaf_word(&ledger::leaf_hash(self.entry.as_bytes()))
    }
}

impl From<Option<Timestamp>> for Destroyed {
    fn from(at: Option<Timestamp>) -> Self {
        at.map_or(Self::Pending(Pending::Pending), Self::At)
    }
}

impl Destroyed {
    /// The instant, where it is known.
    pub const fn at(self) -> Option<Timestamp> {
        match self {
            Self::At(at) => Some(at),
            Self::Pending(_) => None,
        }
    }
}

/// When what the act of a leaf destroyed, if anything, was known to be gone from every file: what a certificate that says
/// `pending` is asked about later. The answer tells of no leaf whether it was an erasure.
///
/// # Errors
/// [`Refusal::NotFound`] for a leaf that the ledger does not have.
pub async fn destroyed(house: &House, platform: &Platform, leaf: u64) -> Result<Destroyed, Refusal> {
    if leaf >= house.store.head(&platform.id).await?.size {
        return Err(Refusal::NotFound("leaf"));
    }
    Ok(house.store.destruction(&platform.id, leaf).await?.into())
}

/// The same right after the act: noted now, where the keys are gone from every file already, so that whoever asks later is
/// told the instant that the certificate says. What cannot be told within [`AFTER`] is pending, and confirmed later.
pub(super) async fn seen(house: &House, platform: &Platform, leaf: u64) -> Destroyed {
    let seen = timeout(AFTER, house.store.destruction_seen(&platform.id, leaf, house.now())).await;
    let why = match seen {
        Ok(Ok(at)) => return at.into(),
        Ok(Err(why)) => why.to_string(),
        Err(_) => "the store takes too long".to_owned(),
    };
    tracing::error!(platform = %platform.id, leaf, why, "whether what was erased is gone is confirmed later");
    Destroyed::Pending(Pending::Pending)
}

/// Looks whether what was erased is gone from every file by now, and notes it. No act: it changes nothing for anybody.
///
/// # Errors
/// Those of the store.
pub async fn confirm(house: &House, platform: &Platform) -> Result<Destruction, Refusal> {
    let look = || house.store.destruction_confirm(&platform.id, house.now());
    Ok(match look().await? {
        Destruction::Again => look().await?,
        seen => seen,
    })
}

/// A part that is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gone {
    /// Record class.
    pub class: Slug,
    /// Role.
    pub role: Slug,
}

/// A part that is storage-only, or in use for an open claim alone: then it names no floor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stays {
    /// Record class.
    pub class: Slug,
    /// Role.
    pub role: Slug,
    /// First day on which it may be erased.
    pub until: Option<Date>,
    /// Which floor.
    pub floor: Option<String>,
    /// Where the law says so.
    pub article: Option<String>,
}

/// Sorts fates into what is gone and what stays.
pub(super) fn sort(fates: &[PartFate]) -> (Vec<Gone>, Vec<Stays>) {
    let (mut erased, mut kept) = (Vec::new(), Vec::new());
    for part in fates {
        let (class, role) = (part.class.clone(), part.role.clone());
        match &part.fate {
            Fate::EraseNow => erased.push(Gone { class, role }),
            Fate::StorageOnly { until, floor, article } => {
                kept.push(Stays { class, role, until: *until, floor: floor.clone(), article: article.clone() });
            }
            Fate::Claim { article } => {
                kept.push(Stays { class, role, until: None, floor: None, article: article.clone() });
            }
            Fate::Blocked(_) => {}
        }
    }
    (erased, kept)
}
