//! Choosing: which of several declared flows answers for an item.
//!
//! The policy may declare the same act more than once (two collect groups, a use and a function). Each flow is judged by
//! both sides as a whole; the one that permits most takes effect, of equals the first in the file.

use jiff::civil::Date;
use model::field::Mask;

use super::project::Standing;
use crate::compile::{Flow, Row, Tables, Verdict};
use crate::question::Outcome;
use crate::terms::asked::Asked;
use crate::terms::key::{Element, Ruling};

/// What both sides say of one item, without allocation.
#[derive(Debug, Clone, Copy)]
pub struct Chosen<'t> {
    /// The flow that answers.
    pub flow: &'t Flow,
    /// The row of the published policy.
    pub published: &'t Row,
    /// The row of the law.
    pub law: &'t Row,
    /// What the published policy says.
    pub by_policy: Verdict,
    /// What the law says.
    pub by_law: Verdict,
    /// What takes effect.
    pub outcome: Outcome,
}

/// What takes effect of two outcomes: the stricter; where a right is exercised, the one that grants; where the operation
/// file enforces the published policy alone, that one.
pub fn effective(element: Element, published_alone: bool, published: Outcome, law: Outcome) -> Outcome {
    match element {
        Element::Access => published.max(law),
        _ if published_alone => published,
        _ => published.min(law),
    }
}

/// The same with the mask: the heavier where both sides mask.
pub fn settle(element: Element, published_alone: bool, published: &Ruling, law: &Ruling) -> (Outcome, Option<Mask>) {
    let (by_policy, by_law) = ((published.outcome, published.mask), (law.outcome, law.mask));
    match element {
        Element::Access if by_law.0 > by_policy.0 => by_law,
        Element::Access => by_policy,
        _ if published_alone => by_policy,
        _ => Ruling::stricter(by_policy, by_law),
    }
}

impl Tables {
    /// The flow that answers for an item; `None` when the policy declares none.
    pub fn choose(&self, asked: &Asked, item: u16, standing: &Standing, day: Date) -> Option<Chosen<'_>> {
        let mut best: Option<Chosen<'_>> = None;
        for flow in self.flows_for(asked.action, asked.person).iter().filter(|flow| flow.answers(asked)) {
            let Some((published, law)) = self.rows_of(flow, item, asked.channel, day) else { continue };
            let by_policy = published.judge(&standing.published);
            let by_law = law.judge(&standing.law);
            let alone = self.enforces_published(flow.element);
            let outcome = effective(flow.element, alone, by_policy.outcome, by_law.outcome);
            let chosen = Chosen { flow, published, law, by_policy, by_law, outcome };
            if best.as_ref().is_none_or(|best| chosen.rank() > best.rank()) {
                best = Some(chosen);
            }
        }
        best
    }
}

impl Chosen<'_> {
    fn rank(&self) -> (Outcome, Outcome, Outcome) {
        (self.outcome, self.by_policy.outcome, self.by_law.outcome)
    }
}
