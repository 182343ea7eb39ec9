//! Rows: what one side demands for one key, as gates over the bits of a word.

use std::sync::Arc;

use model::field::Mask;

use super::formula::Formula;
use crate::question::Code;
use crate::syntax::Basis;
use crate::terms::key::{Cause, Named};
use crate::terms::lines::Line;
use crate::terms::word::Word;

/// One demand.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Check {
    /// What is looked at; rows that look at the same share it.
    pub gate: Arc<Formula>,
    /// The demand fails when the gate is in this state.
    pub fails_when: bool,
    /// Why.
    pub cause: Cause,
}

impl Check {
    /// Whether the demand fails for a word.
    pub fn fails(&self, word: &Word) -> bool {
        self.gate.holds(word) == self.fails_when
    }

    pub(super) const fn demand(&self) -> Demand {
        match (self.cause.code, self.cause.scope, self.cause.named) {
            (_, Some(_), _) | (_, None, Some(Named::Exception(_))) => Demand::Consent,
            (Code::ConditionFalse | Code::FactUnknown, ..) => Demand::Condition,
            _ => Demand::Own,
        }
    }
}

/// Which demand a check is part of: the checks of one condition are one, and so are those of its consents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Demand {
    Condition,
    Consent,
    Own,
}

/// What one side demands for one key. Equal rows are kept once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// Every demand.
    pub checks: Box<[Check]>,
    /// The mask, when masked.
    pub mask: Mask,
    /// The first of these whose gate holds is the ground.
    pub grounds: Arc<[(Formula, Basis)]>,
}

impl Row {
    /// Whether any demand with this cause fails on a line; an error is a bit that must be decided first.
    pub(crate) fn objects(&self, cause: Cause, line: &Line) -> Result<bool, u16> {
        let mut open = None;
        for check in self.checks.iter().filter(|check| check.cause == cause) {
            match check.gate.on(line) {
                Ok(holds) if holds == check.fails_when => return Ok(true),
                Ok(_) => {}
                Err(bit) => open = open.or(Some(bit)),
            }
        }
        open.map_or(Ok(false), Err)
    }

    /// Whether no ground is given, as on the published side, where nobody asks for one.
    pub(crate) fn has_no_ground(&self) -> bool {
        self.grounds.is_empty()
    }

    /// The ground for a word.
    pub fn ground(&self, word: &Word) -> Option<Basis> {
        self.ground_on(&Line::of(word)).unwrap_or_default()
    }

    /// The ground on a line; an error is a bit that must be decided first.
    pub(crate) fn ground_on(&self, line: &Line) -> Result<Option<Basis>, u16> {
        for (gate, basis) in self.grounds.iter() {
            if gate.on(line)? {
                return Ok(Some(*basis));
            }
        }
        Ok(None)
    }

    /// What each demand reads; the checks of one condition are one demand, and so are those of its consents.
    pub fn demands(&self) -> Vec<Word> {
        let (mut condition, mut consent) = (Word::default(), Word::default());
        let mut others = Vec::new();
        for check in &self.checks {
            let reads = check.gate.reads();
            match check.demand() {
                Demand::Consent => consent = consent.with(&reads),
                Demand::Condition => condition = condition.with(&reads),
                Demand::Own => others.push(reads),
            }
        }
        others.extend([condition, consent]);
        others
    }

    /// Every bit on which the ground depends.
    pub fn ground_reads(&self) -> Word {
        self.grounds.iter().fold(Word::default(), |seen, (gate, _)| seen.with(&gate.reads()))
    }
}
