//! What a claim is about: a region of the decision space. Every claim says that nothing is permitted in a region.

use std::collections::BTreeSet;

use crate::compile::Flow;
use crate::syntax::{Action, Form};
use crate::terms::literal::Who;

/// Which of the elements of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Any, or none.
    #[default]
    Any,
    /// One of these.
    In(BTreeSet<u16>),
    /// None of these, but perhaps no element at all.
    NotIn(BTreeSet<u16>),
}

impl Choice {
    /// Whether an element, or its absence, is meant.
    pub(super) fn admits(&self, place: Option<u16>) -> bool {
        match self {
            Self::Any => true,
            Self::In(places) => place.is_some_and(|place| places.contains(&place)),
            Self::NotIn(places) => place.is_none_or(|place| !places.contains(&place)),
        }
    }

    /// Narrows further.
    pub(super) fn narrow(&mut self, places: BTreeSet<u16>, outside: bool) {
        let known = std::mem::take(self);
        *self = match (known, outside) {
            (Self::Any, false) => Self::In(places),
            (Self::Any, true) => Self::NotIn(places),
            (Self::In(known), false) => Self::In(&known & &places),
            (Self::In(known), true) => Self::In(&known - &places),
            (Self::NotIn(known), false) => Self::In(&places - &known),
            (Self::NotIn(known), true) => Self::NotIn(&known | &places),
        };
    }
}

/// What is lacking in a region.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that a claim may take away")]
pub(crate) struct Lacks {
    /// Every consent of this form or a stricter one: of `general`, every consent at all.
    pub(crate) consent: Option<Form>,
    /// Consents for these scopes.
    pub(crate) scopes: BTreeSet<u16>,
    /// A guardian's consent.
    pub(crate) guardian: bool,
    /// A clear view.
    pub(crate) clear_view: bool,
    /// A manager's approval.
    pub(crate) approval: bool,
    /// A document that was shown.
    pub(crate) document: bool,
    /// A party chosen by name.
    pub(crate) party: bool,
    /// Relying on one of these exceptions.
    pub(crate) exceptions: Choice,
}

/// A region of the decision space.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Region {
    /// What is done; empty: anything.
    pub(crate) actions: BTreeSet<Action>,
    /// Whether only values in the clear count, or masked ones too.
    pub(crate) clear: bool,
    /// Which items.
    pub(crate) items: Choice,
    /// In the course of which functions.
    pub(crate) functions: Choice,
    /// For which purposes.
    pub(crate) purposes: Choice,
    /// To whom.
    pub(crate) recipients: Choice,
    /// To which chosen parties.
    pub(crate) parties: Choice,
    /// Whose.
    pub(crate) persons: Choice,
    /// On which channels.
    pub(crate) channels: Choice,
    /// About which products.
    pub(crate) products: Choice,
    /// By whom; `None`: by anybody.
    pub(crate) who: Option<Who>,
    /// By which roles of the staff.
    pub(crate) roles: Choice,
    /// Somebody known to be at least so old.
    pub(crate) from_age: Option<u16>,
    /// Somebody known to be younger than this.
    pub(crate) under_age: Option<u16>,
    /// Facts that are known to be so, or known not to be so.
    pub(crate) facts: Vec<(u16, bool)>,
    /// Facts that are not known to be so.
    pub(crate) not_facts: BTreeSet<u16>,
    /// What is lacking.
    pub(crate) lacks: Lacks,
    /// Consents that were given and withdrawn.
    pub(crate) withdrawn: BTreeSet<u16>,
}

impl Region {
    /// Whether a flow can lie in the region.
    pub(super) fn meets(&self, flow: &Flow) -> bool {
        let one_of = |choice: &Choice, places: &[u16]| {
            places.iter().any(|place| choice.admits(Some(*place))) || places.is_empty() && choice.admits(None)
        };
        (self.actions.is_empty() || self.actions.contains(&flow.action))
            && self.persons.admits(Some(flow.person))
            && self.recipients.admits(flow.recipient)
            && one_of(&self.purposes, &flow.purposes)
            // What belongs to no function happens in every one.
            && (flow.functions.is_empty() || one_of(&self.functions, &flow.functions) || self.functions.admits(None))
    }

    /// Whether an age in full years is meant.
    pub(super) fn admits_age(&self, from: u16, under: Option<u16>) -> bool {
        self.from_age.is_none_or(|least| from >= least)
            && self.under_age.is_none_or(|limit| under.is_some_and(|under| under <= limit))
    }

    /// Whether it says anything about the age.
    pub(super) const fn bounds_age(&self) -> bool {
        self.from_age.is_some() || self.under_age.is_some()
    }
}
