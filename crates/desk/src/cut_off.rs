//! The switch for each outside party (rule R63): cut off by one act, and from that instant nothing reaches it.
//!
//! It stands above the tables, which only a new version of the operation file changes: whatever is about to reach a party
//! asks here first, and its commit fails when the party was cut off meanwhile ([`store::Expect::CutOff`]).

use jiff::Timestamp;
use model::{Slug, SubjectId};
use policy::question::{Code, Reason};
use policy::syntax::Party;
use store::{CutOff, Expect, Write};

use crate::act::{Draft, TRIES};
use crate::leaf::{Act, Entry, Who};
use crate::partner::Minder;
use crate::refusal::{FieldFault, by_law};
use crate::{House, Platform, Refusal, partner};

/// Why staff cut a party off, or let it in again. A closed list: the ledger takes codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// It used what it got for purposes of its own.
    Misuse,
    /// An inspection or audit found that its protection does not hold.
    Inspection,
    /// It lost what it got, or let others in.
    Leak,
    /// Customers complained of it.
    Complaints,
    /// The contract ended, or was broken.
    Contract,
    /// A law or authority demands it.
    LegalDuty,
    /// What was wrong is mended and was looked at again.
    Mended,
    /// It was a mistake.
    Mistaken,
}

impl Ground {
    /// For cutting off.
    pub const AGAINST: [Self; 6] =
        [Self::Misuse, Self::Inspection, Self::Leak, Self::Complaints, Self::Contract, Self::LegalDuty];

    /// For letting in again.
    pub const FOR: [Self; 2] = [Self::Mended, Self::Mistaken];

    /// The code on the ledger.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Misuse => "misuse",
            Self::Inspection => "inspection",
            Self::Leak => "leak",
            Self::Complaints => "complaints",
            Self::Contract => "contract",
            Self::LegalDuty => "legal-duty",
            Self::Mended => "mended",
            Self::Mistaken => "mistaken",
        }
    }

    /// The ground of a code, for cutting off or for letting in again.
    fn of(code: &str, cuts: bool) -> Result<Self, Refusal> {
        let all: &[Self] = if cuts { &Self::AGAINST } else { &Self::FOR };
        let found = all.iter().copied().find(|ground| ground.word() == code);
        found.ok_or_else(|| Refusal::Fields(vec![FieldFault::new("because", "missing")]))
    }
}

/// How a party stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    /// Whether it is cut off.
    pub is_cut: bool,
    /// Since when, and why.
    pub since: Timestamp,
    /// Code of a [`Ground`].
    pub because: String,
    /// Leaf of the act.
    pub leaf: u64,
}

/// How a party stands; `None` when it was never cut off.
pub async fn stand(house: &House, platform: &Platform, party: &Slug) -> Result<Option<Stand>, Refusal> {
    Ok(history(house, platform, party).await?.pop())
}

/// Every party of the register that is cut off now, with the recipient that it belongs to.
pub async fn cut_now<'p>(house: &House, platform: &'p Platform) -> Result<Vec<(&'p Party, Stand)>, Refusal> {
    let mut cut = Vec::new();
    for party in &platform.tables.program().operation.parties {
        let last = stand(house, platform, &party.id.value).await?.filter(|stand| stand.is_cut);
        cut.extend(last.map(|stand| (party, stand)));
    }
    Ok(cut)
}

/// Everything that was done to a party, oldest first.
pub async fn history(house: &House, platform: &Platform, party: &Slug) -> Result<Vec<Stand>, Refusal> {
    let rows = house.store.cut_offs(&platform.id).await?.into_iter().filter(|row| row.done.party == *party);
    let stand = |row: store::CutOffRow| Stand {
        is_cut: row.done.is_cut,
        since: row.done.at,
        because: row.done.because,
        leaf: row.leaf,
    };
    Ok(rows.map(stand).collect())
}

/// Cuts a party off, for a reason: a code of [`Ground::AGAINST`]. From this act on every share, hand-off, view, token and
/// session of the party is refused; its virtual numbers are released. Gives the leaf.
///
/// # Errors
/// [`Refusal::NotFound`] for no party of the operation file; [`Refusal::Fields`] for a missing reason;
/// [`Refusal::Denied`], with a leaf, for a role that does not mind partners; [`Refusal::Wrong`] when it is cut off already.
pub async fn cut_off(
    house: &House,
    platform: &Platform,
    minder: Minder<'_>,
    party: &Slug,
    because: &str,
) -> Result<u64, Refusal> {
    let done = switch(house, platform, minder, party, Ground::of(because, true)?).await?;
    partner::release_party(house, platform, party).await;
    Ok(done)
}

/// Lets a party in again that was cut off, for a reason: a code of [`Ground::FOR`]. What ended stays ended. Gives the leaf.
///
/// # Errors
/// Those of [`cut_off`]; [`Refusal::Wrong`] when it is not cut off.
pub async fn restore(
    house: &House,
    platform: &Platform,
    minder: Minder<'_>,
    party: &Slug,
    because: &str,
) -> Result<u64, Refusal> {
    switch(house, platform, minder, party, Ground::of(because, false)?).await
}

async fn switch(
    house: &House,
    platform: &Platform,
    minder: Minder<'_>,
    party: &Slug,
    ground: Ground,
) -> Result<u64, Refusal> {
    let is_cut = Ground::AGAINST.contains(&ground);
    for _ in 0..TRIES {
        let platform = &*house.current(platform);
        let known = platform.party(party).ok_or(Refusal::NotFound("party"))?;
        let who = minder.check(house, platform, None).await?;
        if house.store.is_cut_off(&platform.id, party).await? == is_cut {
            let stands = if is_cut { "this party is cut off already" } else { "this party is not cut off" };
            return Err(Refusal::Wrong(stands.to_owned()));
        }
        let now = house.now();
        let mut entry = platform.entry(if is_cut { Act::CutOff } else { Act::Restore }, who, now);
        entry.recipient = known.recipient.text.parse().ok();
        entry.party = Some(party.clone());
        entry.because = Some(ground.word().to_owned());
        let done = CutOff { party: party.clone(), is_cut, because: ground.word().to_owned(), at: now };
        let draft = Draft {
            expect: vec![Expect::CutOff(party.clone(), !is_cut)],
            writes: vec![Write::CutOff(done)],
            entry,
            subjects: Vec::new(),
            record: None,
            key: None,
        };
        if let Some(done) = house.commit(platform, draft).await? {
            return Ok(done.leaf());
        }
    }
    Err(Refusal::Contended)
}

impl Platform {
    /// A party of the operation file's register.
    pub fn party(&self, id: &Slug) -> Option<&Party> {
        self.tables.program().operation.parties.iter().find(|party| party.id.value == *id)
    }

    /// The parties that something to this recipient reaches: the one that is named, else all of that class.
    pub(crate) fn reached(&self, recipient: Option<&str>, party: Option<&str>) -> Vec<&Slug> {
        let parties = self.tables.program().operation.parties.iter();
        let reached = parties.filter(|known| match party {
            Some(party) => known.id.as_str() == party,
            None => recipient.is_some_and(|recipient| known.recipient.text == recipient),
        });
        reached.map(|known| &known.id.value).collect()
    }
}

impl House {
    /// Why nothing may reach the recipient, or the very party: whoever it would reach is cut off.
    pub(crate) async fn cut(
        &self,
        platform: &Platform,
        recipient: Option<&str>,
        party: Option<&str>,
    ) -> Result<Option<Reason>, Refusal> {
        let reached = platform.reached(recipient, party);
        for party in &reached {
            if !self.store.is_cut_off(&platform.id, party).await? {
                return Ok(None);
            }
        }
        let reason = || by_law(platform, Code::RecipientSuspended, None, "R63", self.now());
        Ok((!reached.is_empty()).then(reason))
    }

    /// Refuses, with a leaf, what would reach somebody who is cut off.
    pub(crate) async fn open_to(
        &self,
        platform: &Platform,
        entry: &Entry,
        subject: Option<SubjectId>,
    ) -> Result<(), Refusal> {
        match self
            .cut(platform, entry.recipient.as_ref().map(Slug::as_str), entry.party.as_ref().map(Slug::as_str))
            .await?
        {
            None => Ok(()),
            Some(reason) => Err(self.refuse_for(platform, entry.clone(), subject, vec![reason]).await),
        }
    }

    /// Refuses, with a leaf, somebody of a party that is cut off, whatever was asked.
    pub(crate) async fn admits(&self, platform: &Platform, party: &Slug, who: Who) -> Result<(), Refusal> {
        let mut entry = platform.entry(Act::Share, who, self.now());
        entry.recipient = platform.party(party).and_then(|known| known.recipient.text.parse().ok());
        entry.party = Some(party.clone());
        self.open_to(platform, &entry, None).await
    }
}
