//! Who was told of erasures (rule R49): each change of the feed, and how far every webhook has taken it in; beside them the
//! recipients to whom something went, who must hear of it.
//!
//! A webhook that bears the id of a recipient or party tells that one. Others tell the company's own systems, which pass it on.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use model::Slug;
use policy::question::Effect;
use policy::syntax::Kind;
use serde::Serialize;
use store::{ErasureTold, LeafRow, Telling};

use super::table::{Cell, Table};
use super::{Fault, PAGE, each_leaf, faults};
use crate::leaf::{Act, Entry};
use crate::{House, Platform, Refusal};

/// Most erasures that are listed one by one.
const LISTED: usize = 100;

/// The report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Erasures {
    /// From when on.
    pub since: Timestamp,
    /// Erasures since then: a part of a record, or a whole person.
    pub erasures: u64,
    /// Every webhook, by name.
    pub webhooks: Vec<WebhookTold>,
    /// Whoever got something, ever, and so must hear of erasures.
    pub recipients: Vec<Recipient>,
    /// What somebody has not taken in, the oldest first, the first hundred.
    pub outstanding: Vec<Outstanding>,
}

/// What one webhook knows of the erasures.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct WebhookTold {
    /// Its name.
    pub webhook: String,
    /// Taken in.
    pub answered: u64,
    /// The longest that it took, in seconds.
    pub slowest: Option<u64>,
    /// Told again and again.
    pub waiting: u64,
    /// Not taken in, and told no more until somebody has it sent again.
    pub given_up: u64,
    /// From before it was configured, or from before answers were kept.
    pub unknown: u64,
}

/// A recipient to whom something went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recipient {
    /// The recipient of the policy.
    pub recipient: Slug,
    /// The party of it, where one is named.
    pub party: Option<Slug>,
    /// Name.
    pub name: String,
    /// Acts by which something went there.
    pub acts: u64,
    /// The webhook that tells it.
    pub webhook: Option<String>,
}

/// An erasure that a webhook has not taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outstanding {
    /// Number of the change.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Leaf of the erasure.
    pub leaf: u64,
    /// Who has not heard.
    pub webhook: String,
    /// `waiting` or `given-up`.
    pub stands: &'static str,
    /// Why it was given up, as a word.
    pub because: Option<String>,
}

impl Erasures {
    pub(super) fn faults(&self) -> Vec<Fault> {
        let given_up = self.webhooks.iter().map(|webhook| webhook.given_up).sum();
        let nobody = self.webhooks.is_empty() && !self.recipients.is_empty();
        faults([("given-up", given_up), ("nobody-is-told", if nobody { self.erasures } else { 0 })])
    }

    pub(super) fn tables(&self) -> Vec<Table> {
        let webhook = |one: &WebhookTold| {
            let counts = [one.answered, one.waiting, one.given_up, one.unknown].map(Cell::Count);
            std::iter::once(one.webhook.as_str().into()).chain(counts).chain([one.slowest.into()]).collect()
        };
        let recipient = |one: &Recipient| {
            let told = one.webhook.as_deref().map_or(Cell::Word("by-others"), Cell::from);
            vec![one.name.as_str().into(), one.acts.into(), told]
        };
        let outstanding = |one: &Outstanding| {
            vec![
                one.at.into(),
                one.leaf.into(),
                one.number.into(),
                one.webhook.as_str().into(),
                Cell::Word(one.stands),
                one.because.as_deref().into(),
            ]
        };
        vec![
            Table::facts("window", vec![("since", self.since.into()), ("erasures", self.erasures.into())]),
            Table::new(
                "webhooks",
                vec!["webhook", "answered", "waiting", "given-up", "unknown", "slowest"],
                self.webhooks.iter().map(webhook).collect(),
            ),
            Table::new(
                "recipients",
                vec!["recipient", "acts", "told-by"],
                self.recipients.iter().map(recipient).collect(),
            ),
            Table::new(
                "outstanding",
                vec!["at", "leaf", "change", "webhook", "stands", "because"],
                self.outstanding.iter().map(outstanding).collect(),
            ),
        ]
    }

    fn take(&mut self, erasure: &ErasureTold) {
        self.erasures += 1;
        for (webhook, telling) in &erasure.webhooks {
            let place = self.webhooks.iter().position(|one| one.webhook == *webhook).unwrap_or_else(|| {
                self.webhooks.push(WebhookTold { webhook: webhook.clone(), ..WebhookTold::default() });
                self.webhooks.len() - 1
            });
            let Some(told) = self.webhooks.get_mut(place) else { continue };
            let (stands, because) = match telling {
                Telling::Answered(at) => {
                    let took = u64::try_from(at.duration_since(erasure.at).as_secs()).unwrap_or(0);
                    told.answered += 1;
                    told.slowest = told.slowest.max(Some(took));
                    continue;
                }
                Telling::Unknown => {
                    told.unknown += 1;
                    continue;
                }
                Telling::Waiting => {
                    told.waiting += 1;
                    ("waiting", None)
                }
                Telling::GivenUp(because) => {
                    told.given_up += 1;
                    ("given-up", Some(because.clone()))
                }
            };
            if self.outstanding.len() < LISTED {
                let ErasureTold { number, at, leaf, .. } = *erasure;
                self.outstanding.push(Outstanding { number, at, leaf, webhook: webhook.clone(), stands, because });
            }
        }
    }
}

/// To whom something went: the recipient, and the party of it.
type Whom = (Slug, Option<Slug>);

/// The recipient of a leaf by which something went out that is not public: what is published has no recipient to tell.
fn recipient(leaf: &LeafRow) -> Option<Whom> {
    if leaf.kind != Act::Share.word() {
        return None;
    }
    let entry: Entry = serde_json::from_slice(&leaf.entry).ok()?;
    let recipient = entry.recipient.filter(|_| entry.effect != Effect::Deny)?;
    Some((recipient, entry.party))
}

fn told(platform: &Platform, (recipient, party): Whom, acts: u64, webhooks: &BTreeSet<String>) -> Recipient {
    let program = platform.tables.program();
    let of_party = party.as_ref().and_then(|party| platform.party(party)).map(|party| party.name.value.clone());
    let name = of_party.unwrap_or_else(|| program.names.name_of(Kind::Recipient, recipient.as_str()).to_owned());
    let ids = party.iter().chain([&recipient]);
    let webhook = ids.map(Slug::as_str).find(|id| webhooks.contains(*id)).map(str::to_owned);
    Recipient { recipient, party, name, acts, webhook }
}

pub(super) async fn read(house: &House, platform: &Platform, since: Timestamp) -> Result<Erasures, Refusal> {
    let known = house.store.webhooks(&platform.id).await?.into_iter().map(|row| row.webhook);
    let webhooks: BTreeSet<String> = known.chain(house.parties.webhooks.of(&platform.id)).collect();
    let rows = webhooks.iter().map(|webhook| WebhookTold { webhook: webhook.clone(), ..WebhookTold::default() });
    let mut report =
        Erasures { since, erasures: 0, webhooks: rows.collect(), recipients: Vec::new(), outstanding: Vec::new() };
    let mut after = 0;
    loop {
        let page = house.store.report_told(&platform.id, after, since, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.number;
        for erasure in &page {
            report.take(erasure);
        }
    }
    let mut out: BTreeMap<Whom, u64> = BTreeMap::new();
    let count = |leaf: &LeafRow| {
        if let Some(whom) = recipient(leaf) {
            *out.entry(whom).or_default() += 1;
        }
    };
    each_leaf(house, platform, 0, count).await?;
    report.recipients = out.into_iter().map(|(whom, acts)| told(platform, whom, acts, &webhooks)).collect();
    Ok(report)
}
