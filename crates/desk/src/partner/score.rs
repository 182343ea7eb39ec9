//! The card of an outside party: what it may get, what it got, how it stands (rule R63).

use jiff::civil::Date;
use model::Slug;
use policy::syntax::{Kind, Party, Share};

use super::assign::view;
use super::{Handed, Minder, is_open};
use crate::cut_off::{Stand, history};
use crate::evidence::{self, LeafView, PAGE};
use crate::leaf::Act;
use crate::{House, Platform, Refusal};

/// Leaves that a card looks back upon.
const BACK: u64 = 4096;

/// Acts that a card lists.
const LISTED: usize = 10;

/// A party, in a line.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its id.
    pub id: Slug,
    /// Registered name.
    pub name: String,
    /// What the text calls its class.
    pub recipient: String,
    /// Number of the contract with it, where the operation file has one.
    pub contract: Option<String>,
    /// Since when the operation file stops it, and why.
    pub suspended: Option<(Date, String)>,
    /// How staff left it; `None` when they never cut it off.
    pub stand: Option<Stand>,
}

/// One share of the policy that reaches a party.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What the text calls it.
    pub name: String,
    /// Where.
    pub clause: Option<String>,
    /// For what.
    pub purpose: Option<String>,
    /// Which items it may cover.
    pub items: Vec<String>,
}

/// The whole card.
#[derive(Debug, Clone)]
pub struct Card {
    /// The party.
    pub line: Line,
    /// How to reach it.
    pub contact: String,
    /// What the policy lets reach it.
    pub plans: Vec<Plan>,
    /// Everything that staff did to it, oldest first.
    pub history: Vec<Stand>,
    /// What reached it last, newest first.
    pub shares: Vec<LeafView>,
    /// What it was refused last, newest first.
    pub refused: Vec<LeafView>,
    /// How often it was refused, among the leaves that the card looks back upon.
    pub refusals: usize,
    /// How many leaves that are.
    pub looked: u64,
    /// Customers handed to it, newest first.
    pub handed: Vec<Handed>,
}

/// Every party of the register, in the operation file's order.
///
/// # Errors
/// [`Refusal::Denied`], with a leaf, or [`Refusal::NotAllowed`] for whoever does not mind partners.
pub async fn lines(house: &House, platform: &Platform, minder: Minder<'_>) -> Result<Vec<Line>, Refusal> {
    minder.check(house, platform, None).await?;
    let mut lines = Vec::new();
    for party in &platform.tables.program().operation.parties {
        lines.push(line(house, platform, party).await?);
    }
    Ok(lines)
}

async fn line(house: &House, platform: &Platform, party: &Party) -> Result<Line, Refusal> {
    let operation = &platform.tables.program().operation;
    let suspended = operation.suspended.iter().find(|one| {
        let own = one.party.as_ref().is_some_and(|named| named.text == party.id.as_str());
        own || one.recipient.as_ref().is_some_and(|named| named.text == party.recipient.text)
    });
    Ok(Line {
        id: party.id.value.clone(),
        name: party.name.value.clone(),
        recipient: platform.name_of(Kind::Recipient, &party.recipient.text),
        contract: party.contract.as_ref().map(|contract| contract.value.clone()),
        suspended: suspended.map(|one| (one.since.value, one.reason.value.clone())),
        stand: history(house, platform, &party.id.value).await?.pop(),
    })
}

/// The card of one party.
///
/// # Errors
/// [`Refusal::NotFound`] for no such party; else those of [`lines`].
pub async fn card(house: &House, platform: &Platform, minder: Minder<'_>, party: &Slug) -> Result<Card, Refusal> {
    minder.check(house, platform, None).await?;
    let known = platform.party(party).ok_or(Refusal::NotFound("party"))?;
    let shares = platform.tables.program().policy.shares.iter();
    let plans = shares.filter(|share| share.recipient.text == known.recipient.text);
    let (mut shared, mut refused, looked) = lately(house, platform, party).await?;
    let refusals = refused.len();
    for list in [&mut shared, &mut refused] {
        list.reverse();
        list.truncate(LISTED);
    }
    let now = house.now();
    let handed = house.store.assignments_to(&platform.id, party, u32::try_from(LISTED).unwrap_or(u32::MAX)).await?;
    let line = line(house, platform, known).await?;
    let is_cut = line.stand.as_ref().is_some_and(|stand| stand.is_cut);
    let open = |row: &store::AssignmentRow| is_open(row, now) && !is_cut;
    Ok(Card {
        line,
        contact: known.contact.value.clone(),
        plans: plans.map(|share| plan(platform, share)).collect(),
        history: history(house, platform, party).await?,
        shares: shared,
        refused,
        refusals,
        looked,
        handed: handed
            .into_iter()
            .map(|row| {
                let open = open(&row);
                view(row, open)
            })
            .collect(),
    })
}

fn plan(platform: &Platform, share: &Share) -> Plan {
    let scopes =
        platform.tables.scopes().iter().filter(|scope| scope.element == share.id.value && scope.act == share.act.value);
    let mut items: Vec<&Slug> = scopes.flat_map(|scope| &scope.items).collect();
    items.sort_unstable();
    items.dedup();
    Plan {
        name: share.name.value.clone(),
        clause: share.clause.first().map(|clause| clause.value.clone()),
        purpose: share.purpose.said().map(|purpose| platform.name_of(Kind::Purpose, &purpose.text)),
        items: items.into_iter().map(|item| platform.name_of(Kind::Item, item.as_str())).collect(),
    }
}

/// What reached a party, what it was refused, oldest first, and how many leaves were looked at.
async fn lately(
    house: &House,
    platform: &Platform,
    party: &Slug,
) -> Result<(Vec<LeafView>, Vec<LeafView>, u64), Refusal> {
    let size = house.store.head(&platform.id).await?.size;
    let first = size.saturating_sub(BACK);
    let (mut shared, mut refused, mut next) = (Vec::new(), Vec::new(), first);
    while next < size {
        let leaves = evidence::leaves(house, platform, next, PAGE).await?;
        let Some(last) = leaves.last() else { break };
        next = last.index + 1;
        for leaf in leaves {
            let Some(entry) = leaf.entry.as_ref().filter(|entry| entry.party.as_ref() == Some(party)) else { continue };
            match entry.act {
                Act::Share | Act::Disclose | Act::Bind => shared.push(leaf),
                Act::Refused => refused.push(leaf),
                _ => {}
            }
        }
    }
    Ok((shared, refused, size - first))
}
