//! What rules are told of the day and the item. Neither of them they ever see, so what they were told of one can be compared
//! with what they would be told of another: the proof rests on it.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use model::field::Mask;

use crate::resolve::ItemFacts;
use crate::syntax::{FinancialLevel, Item, Ref, Sensitive};

/// What a rule may ask.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asked<'p> {
    /// Whether the rule of this number holds.
    Rule(u8),
    /// Whether the item is sensitive.
    Sensitive,
    /// Whether the item is in this very list.
    Listed(&'p [Ref<Item>]),
    /// Whether a route on which the flow leaves the country is in date.
    Routed,
    /// Whether such a route bears the people that it declares, or those of whom something sensitive leaves.
    Borne {
        /// The latter.
        sensitive: bool,
    },
}

impl Asked<'_> {
    fn order(self) -> (u8, usize, usize) {
        match self {
            Self::Rule(number) => (0, usize::from(number), 0),
            Self::Sensitive => (1, 0, 0),
            Self::Listed(list) => (2, list.as_ptr().addr(), list.len()),
            Self::Routed => (3, 0, 0),
            Self::Borne { sensitive } => (4, usize::from(sensitive), 0),
        }
    }
}

impl PartialEq for Asked<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.order() == other.order()
    }
}

impl Eq for Asked<'_> {}

impl PartialOrd for Asked<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Asked<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.order().cmp(&other.order())
    }
}

/// What rules know of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ItemKind {
    pub(super) class: Option<Sensitive>,
    pub(super) level: Option<FinancialLevel>,
    pub(super) mask: Mask,
    pub(super) face: bool,
    pub(super) genetic: bool,
    pub(super) telephone: bool,
}

impl ItemKind {
    pub(super) fn of(facts: &ItemFacts) -> Self {
        let ItemFacts { class, level, mask, face, genetic, .. } = *facts;
        Self { class, level, mask, face, genetic, telephone: facts.is_telephone() }
    }
}

/// All that a world was told beside its literals: another one of the same flow and channel, of which this is as true, comes
/// out the same.
#[derive(Debug, Clone)]
pub(crate) struct Told<'p> {
    pub(super) item: ItemKind,
    pub(super) answers: BTreeMap<Asked<'p>, bool>,
}
