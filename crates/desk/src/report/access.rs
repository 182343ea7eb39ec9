//! Reviews of access (rule R58): who of staff and systems did what, and which roles and tokens nobody used.
//!
//! Customers are counted and not named. Of somebody who was forgotten no index leads to any leaf, so that nobody counts them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use model::{ActorId, Slug};
use policy::syntax::Kind;
use serde::Serialize;
use store::{LeafRow, ServiceToken, Staff};

use super::table::{Cell, Table};
use super::{PAGE, each_leaf, first_since};
use crate::leaf::{Act, Entry, Who};
use crate::read::Because;
use crate::{House, Platform, Refusal};

/// A seat of staff, as against a service token.
const STAFF: &str = "staff";

/// The report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Access {
    /// From when on.
    pub since: Timestamp,
    /// Who acted, in the order in which they first did.
    pub actors: Vec<Actor>,
    /// Every role that a seat holds and every service token: those without an act are to be withdrawn.
    pub grants: Vec<Grant>,
    /// Every role of the operation file.
    pub roles: Vec<RoleUse>,
}

/// Somebody who acted, in one role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Actor {
    /// `staff` or `service`.
    pub is: &'static str,
    /// Log-in name, or name of the token; the id of one that is no longer there.
    pub name: String,
    /// Role of a seat.
    pub role: Option<Slug>,
    /// How often, by act and function.
    pub acts: Vec<(&'static str, Option<Slug>, u64)>,
    /// Acts in all.
    pub all: u64,
    /// Single values opened in the clear.
    pub clear: u64,
    /// What was refused.
    pub refused: u64,
    /// How many customers the acts were about.
    pub people: u64,
    /// The last act.
    pub last: Timestamp,
}

/// A role that a seat holds here, or a service token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Grant {
    /// `staff` or `service`.
    pub is: &'static str,
    /// Log-in name, or name of the token.
    pub name: String,
    /// Role of a seat; the actions of a token.
    pub what: String,
    /// Acts in it since.
    pub acts: u64,
    /// Whether there was none: then it is to be withdrawn.
    pub unused: bool,
}

/// A role of the operation file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoleUse {
    /// Id.
    pub role: Slug,
    /// Name.
    pub name: String,
    /// Seats that hold it.
    pub holders: u64,
    /// Functions in whose course somebody acted in it.
    pub used: Vec<Slug>,
    /// Functions that it reaches, and nobody acted in: least privilege would do without.
    pub unused: Vec<Slug>,
}

impl Access {
    pub(super) fn tables(&self) -> Vec<Table> {
        let actor = |one: &Actor| {
            vec![
                Cell::Word(one.is),
                one.name.as_str().into(),
                Table::named(Kind::Role, &one.role),
                one.all.into(),
                one.clear.into(),
                one.refused.into(),
                one.people.into(),
                one.last.into(),
            ]
        };
        let acts = |one: &Actor| {
            let row = |(act, function, count): &(&'static str, Option<Slug>, u64)| {
                let function = Table::named(Kind::Function, function);
                vec![one.name.as_str().into(), Cell::Word(act), function, Cell::Count(*count)]
            };
            one.acts.iter().map(row).collect::<Vec<_>>()
        };
        let grant = |one: &Grant| {
            let is_role = one.is == STAFF;
            let granted =
                if is_role { Cell::Named(Kind::Role, vec![one.what.clone()]) } else { one.what.as_str().into() };
            let stands = Cell::Word(if one.unused { "unused" } else { "used" });
            vec![Cell::Word(one.is), one.name.as_str().into(), granted, one.acts.into(), stands]
        };
        let role = |one: &RoleUse| {
            vec![
                Cell::Text(one.name.clone()),
                one.holders.into(),
                Table::named(Kind::Function, &one.used),
                Table::named(Kind::Function, &one.unused),
            ]
        };
        vec![
            Table::facts("window", vec![("since", self.since.into())]),
            Table::new(
                "actors",
                vec!["is", "name", "role", "acts", "clear", "refused", "people", "last-act"],
                self.actors.iter().map(actor).collect(),
            ),
            Table::new("acts", vec!["name", "act", "function", "count"], self.actors.iter().flat_map(acts).collect()),
            Table::new(
                "grants",
                vec!["is", "name", "granted", "acts", "stands"],
                self.grants.iter().map(grant).collect(),
            ),
            Table::new("roles", vec!["role", "holders", "used", "unused"], self.roles.iter().map(role).collect()),
        ]
    }
}

/// Who acted: the id, and the role of a seat.
type Whom = (ActorId, Option<Slug>);

/// What one of them did.
#[derive(Default)]
struct Did {
    acts: BTreeMap<(&'static str, Option<Slug>), u64>,
    clear: u64,
    refused: u64,
    people: u64,
    last: Timestamp,
}

/// Counts leaves and people, one by one.
#[derive(Default)]
struct Review {
    places: BTreeMap<Whom, usize>,
    did: Vec<(Whom, Did)>,
    /// Leaf and place of who acted, in the order of leaves.
    leaves: Vec<(u64, usize)>,
}

impl Review {
    fn take(&mut self, leaf: &LeafRow) {
        let Ok(entry) = serde_json::from_slice::<Entry>(&leaf.entry) else { return };
        let whom = match entry.actor {
            Who::Staff { seat, role } => (seat, Some(role)),
            Who::Service { token } => (token, None),
            Who::Subject | Who::Relative | Who::House => return,
        };
        let next = self.did.len();
        let place = *self.places.entry(whom.clone()).or_insert(next);
        if place == next {
            self.did.push((whom, Did::default()));
        }
        self.leaves.push((leaf.index, place));
        let Some((_, did)) = self.did.get_mut(place) else { return };
        let opens = entry.act == Act::Read && entry.because.as_deref().is_some_and(|code| Because::of(code).is_some());
        *did.acts.entry((entry.act.word(), entry.function)).or_default() += 1;
        did.clear += u64::from(opens);
        did.refused += u64::from(entry.act == Act::Refused);
        did.last = did.last.max(leaf.at);
    }

    /// The leaves of one person.
    fn person(&mut self, leaves: &[u64]) {
        let place = |leaf: &u64| {
            let found = self.leaves.binary_search_by_key(leaf, |(leaf, _)| *leaf).ok()?;
            self.leaves.get(found).map(|(_, place)| *place)
        };
        let touched: BTreeSet<usize> = leaves.iter().filter_map(place).collect();
        for place in touched {
            if let Some((_, did)) = self.did.get_mut(place) {
                did.people += 1;
            }
        }
    }

    fn told(self, platform: &Platform, since: Timestamp, staff: &[Staff], tokens: &[ServiceToken]) -> Access {
        let grants = grants(&self, platform, staff, tokens);
        let roles = roles(&self, platform, staff);
        let named = |id: ActorId| {
            let seat = staff.iter().find(|seat| seat.id == id).map(|seat| &seat.name);
            seat.or_else(|| tokens.iter().find(|token| token.id == id).map(|token| &token.name)).cloned()
        };
        let actor = |((id, role), did): (Whom, Did)| Actor {
            is: if role.is_some() { STAFF } else { "service" },
            name: named(id).unwrap_or_else(|| id.to_string()),
            role,
            all: did.acts.values().sum(),
            acts: did.acts.into_iter().map(|((act, function), count)| (act, function, count)).collect(),
            clear: did.clear,
            refused: did.refused,
            people: did.people,
            last: did.last,
        };
        Access { since, actors: self.did.into_iter().map(actor).collect(), grants, roles }
    }

    fn acts_of(&self, whom: &Whom) -> u64 {
        let did = self.places.get(whom).and_then(|place| self.did.get(*place));
        did.map_or(0, |(_, did)| did.acts.values().sum())
    }
}

/// Every role that an open seat holds on the platform, and every token that is good.
fn grants(review: &Review, platform: &Platform, staff: &[Staff], tokens: &[ServiceToken]) -> Vec<Grant> {
    let open = staff.iter().filter(|seat| !seat.closed);
    let held = open.flat_map(|seat| {
        let here = seat.roles.iter().filter(|(on, _)| *on == platform.id);
        here.map(move |(_, role)| (seat, role))
    });
    let of_staff = held.map(|(seat, role)| {
        let acts = review.acts_of(&(seat.id, Some(role.clone())));
        Grant { is: STAFF, name: seat.name.clone(), what: role.to_string(), acts, unused: acts == 0 }
    });
    let good = tokens.iter().filter(|token| token.platform == platform.id && !token.revoked);
    let of_tokens = good.map(|token| {
        let acts = review.acts_of(&(token.id, None));
        Grant { is: "service", name: token.name.clone(), what: token.actions.join(", "), acts, unused: acts == 0 }
    });
    of_staff.chain(of_tokens).collect()
}

fn roles(review: &Review, platform: &Platform, staff: &[Staff]) -> Vec<RoleUse> {
    let told = |role: &policy::syntax::Role| {
        let id = &role.id.value;
        let holds = |seat: &&Staff| !seat.closed && seat.roles.iter().any(|(on, own)| *on == platform.id && own == id);
        let acts = review.did.iter().filter(|((_, own), _)| own.as_ref() == Some(id));
        let used: BTreeSet<Slug> =
            acts.flat_map(|(_, did)| did.acts.keys().filter_map(|(_, function)| function.clone())).collect();
        let reached = role.functions.iter().filter_map(|function| function.text.parse::<Slug>().ok());
        RoleUse {
            role: id.clone(),
            name: role.name.value.clone(),
            holders: u64::try_from(staff.iter().filter(holds).count()).unwrap_or(u64::MAX),
            unused: reached.filter(|function| !used.contains(function)).collect(),
            used: used.into_iter().collect(),
        }
    };
    platform.tables.program().operation.roles.iter().map(told).collect()
}

pub(super) async fn read(house: &House, platform: &Platform, since: Timestamp) -> Result<Access, Refusal> {
    let first = first_since(house, platform, since).await?;
    let mut review = Review::default();
    each_leaf(house, platform, first, |leaf| review.take(leaf)).await?;
    let mut after = None;
    while !review.leaves.is_empty() {
        let page = house.store.report_leaves(&platform.id, after, first, PAGE).await?;
        let Some((last, _)) = page.last() else { break };
        after = Some(*last);
        for (_, leaves) in &page {
            review.person(leaves);
        }
    }
    let (staff, tokens) = (house.store.staff().await?, house.store.tokens().await?);
    Ok(review.told(platform, since, &staff, &tokens))
}
