//! What is left of the rows of a frame while a search says one thing after another: the checks that may still fail.
//!
//! When age and party are said, each check stands here once, as far as it is still open, and two that ask the same, one in each
//! version, are twins. What a version sees in whatever is still to be said tells of which twin failing makes the other fail. So
//! whoever is left with twins that fail together decides alike, and whoever is left with fewer, or with those that fail less often,
//! gives at least as much.

use std::collections::BTreeMap;

use model::field::Mask;

use super::across::Across;
use super::axis::{Axis, Both};
use super::search::Candidate;
use crate::compile::{Formula, Row};
use crate::question::Outcome;
use crate::terms::key::Settling;
use crate::terms::word::Word;

/// The least and the most that one version may still decide.
pub(super) type Range = (Outcome, Outcome);

/// The checks of a frame.
#[derive(Default)]
pub(super) struct Checks {
    list: Vec<Twins>,
    known: BTreeMap<Asking, u16>,
}

/// What a check asks, in the bits of the new version: on which side, what becomes of it when it fails, whether it fails when its gate
/// holds, and the gate. One of the old version that has no such bits is called by itself.
type Asking = (usize, Outcome, bool, Result<Formula, Formula>);

/// A check as each version makes it, where it does.
struct Twins {
    becomes: Outcome,
    fails_when: bool,
    gates: [Option<Formula>; 2],
    reads: [Word; 2],
    /// By version: whether the other one's fails wherever its own does.
    carries: [bool; 2],
}

/// What is left of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Half {
    mask: Mask,
    /// What the checks that are sure to fail let through.
    most: Outcome,
    /// The others that may fail, ascending.
    open: Vec<u16>,
}

/// What is left of one flow that can answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Left {
    settling: Settling,
    published: Half,
    law: Half,
}

/// By side, in the bits of the new version: what is sometimes seen by one version alone.
#[derive(Default)]
struct Alone {
    old: [Word; 2],
    new: [Word; 2],
}

impl Alone {
    fn of(across: &Across<'_>, axes: &[&Axis]) -> Self {
        let mut alone = Self::default();
        for (_, sets) in axes.iter().flat_map(|axis| &axis.sayings) {
            let [a, b, c, d] = &sets.words;
            for ((was, is), (old, new)) in [(a, c), (b, d)].into_iter().zip(alone.old.iter_mut().zip(&mut alone.new)) {
                let was = across.known(was);
                *old = old.with(&was.without(is));
                *new = new.with(&is.without(&was));
            }
        }
        alone
    }

    /// By version: whether a gate holds in the other one wherever it does in this.
    fn carries(&self, gate: &Formula, side: usize) -> [bool; 2] {
        let (old, new) =
            (self.old.get(side).copied().unwrap_or_default(), self.new.get(side).copied().unwrap_or_default());
        let all = |must: &Word, must_not: &Word| {
            gate.terms().iter().all(|term| term.must.misses(must) && term.must_not.misses(must_not))
        };
        [all(&old, &new), all(&new, &old)]
    }
}

impl Checks {
    /// Takes apart the rows of both versions, as far as they hang on what is still to be said by these axes.
    pub(super) fn of(
        across: &Across<'_>,
        frame: [&[Candidate<'_>]; 2],
        (word, open): (&Both, &Both),
        axes: &[&Axis],
    ) -> (Self, [Vec<Left>; 2]) {
        let mut checks = Self::default();
        let left = [0, 1].map(|version| {
            let candidates = frame.get(version).copied().unwrap_or_default();
            let of = |one: &Candidate<'_>| {
                let mut half = |row: &Row, side: usize| {
                    let of = |both: &Both| both.words.get(2 * version + side).copied().unwrap_or_default();
                    checks.half(across, row, (version, side), (&of(word), &of(open)))
                };
                Left { settling: one.settling, published: half(one.published, 0), law: half(one.law, 1) }
            };
            candidates.iter().map(of).collect()
        });
        let alone = Alone::of(across, axes);
        for ((side, _, fails_when, gate), place) in &checks.known {
            let twins = checks.list.get_mut(usize::from(*place)).zip(gate.as_ref().ok());
            if let Some((twins, gate)) = twins.filter(|(twins, _)| twins.gates.iter().all(Option::is_some)) {
                let [old, new] = alone.carries(gate, *side);
                twins.carries = if *fails_when { [old, new] } else { [new, old] };
            }
        }
        (checks, left)
    }

    fn half(&mut self, across: &Across<'_>, row: &Row, at: (usize, usize), (word, open): (&Word, &Word)) -> Half {
        let mut half = Half { mask: row.mask, most: Outcome::Clear, open: Vec::new() };
        for check in &row.checks {
            let gate = check.gate.left(word, open);
            if gate.is_always() || gate.is_never() {
                if gate.is_always() == check.fails_when {
                    half.most = half.most.min(check.cause.becomes());
                }
            } else {
                half.open.push(self.place(across, &gate, (check.cause.becomes(), check.fails_when), at));
            }
        }
        half.open.sort_unstable();
        half.open.dedup();
        half
    }

    fn place(
        &mut self,
        across: &Across<'_>,
        gate: &Formula,
        (becomes, fails_when): (Outcome, bool),
        (version, side): (usize, usize),
    ) -> u16 {
        let asks = match version {
            0 => gate.led(&|word| across.led(word)).ok_or_else(|| gate.clone()),
            _ => Ok(gate.clone()),
        };
        let next = u16::try_from(self.list.len()).unwrap_or(u16::MAX);
        let place = *self.known.entry((side, becomes, fails_when, asks)).or_insert(next);
        if place == next {
            let (gates, reads, carries) = Default::default();
            self.list.push(Twins { becomes, fails_when, gates, reads, carries });
        }
        if let Some(twins) = self.list.get_mut(usize::from(place)) {
            twins.reads.get_mut(version).into_iter().for_each(|reads| *reads = gate.reads());
            twins.gates.get_mut(version).into_iter().for_each(|own| *own = Some(gate.clone()));
        }
        place
    }

    /// What is left when these words are set and those literals are still open. Flows that are sure to withhold are left out.
    pub(super) fn settle(&self, left: &[Vec<Left>; 2], word: &Both, open: &Both) -> [Vec<Left>; 2] {
        let [was, is] = left;
        [(0, was), (1, is)].map(|(version, candidates)| {
            let side = |side: usize| {
                let of = |both: &Both| both.words.get(2 * version + side).copied().unwrap_or_default();
                (version, of(word), of(open))
            };
            let (published, law) = (side(0), side(1));
            let settled = candidates.iter().map(|one| Left {
                settling: one.settling,
                published: self.settled(&one.published, &published),
                law: self.settled(&one.law, &law),
            });
            settled.filter(|one| one.range(self).1 > Outcome::Withheld).collect()
        })
    }

    fn settled(&self, half: &Half, (version, word, open): &(usize, Word, Word)) -> Half {
        let mut left = Half { mask: half.mask, most: half.most, open: Vec::new() };
        for place in &half.open {
            let Some(twins) = self.list.get(usize::from(*place)) else { continue };
            let Some(gate) = twins.gates.get(*version).and_then(Option::as_ref) else { continue };
            match gate.settled(word, open) {
                Some(holds) if holds == twins.fails_when => left.most = left.most.min(twins.becomes),
                Some(_) => {}
                None => left.open.push(*place),
            }
            if left.most == Outcome::Withheld {
                left.open.clear();
                break;
            }
        }
        left
    }

    fn becomes(&self, place: u16) -> Outcome {
        self.list.get(usize::from(place)).map_or(Outcome::Withheld, |twins| twins.becomes)
    }

    /// Whether what is left of either version hangs on one of these literals.
    pub(super) fn hang_on(&self, left: &[Vec<Left>; 2], open: &Both) -> bool {
        left.iter().zip(open.words.chunks(2)).enumerate().any(|(version, (candidates, words))| {
            let all = candidates.iter().flat_map(|one| [&one.published.open, &one.law.open]);
            let reads = |place: &u16, word: &Word| {
                let twins = self.list.get(usize::from(*place)).and_then(|twins| twins.reads.get(version));
                twins.is_none_or(|reads| !reads.misses(word))
            };
            all.zip(words.iter().cycle()).any(|(places, word)| places.iter().any(|place| reads(place, word)))
        })
    }

    /// The least and the most that some flows may still give.
    pub(super) fn range(&self, left: &[Left]) -> Range {
        let ranges = left.iter().map(|one| one.range(self));
        ranges.fold((Outcome::Withheld, Outcome::Withheld), |best, one| (best.0.max(one.0), best.1.max(one.1)))
    }

    /// Whether the flows of a version give at least what those of the other one give, whatever is still to be said.
    pub(super) fn give_at_least(&self, (version, these): (usize, &[Left]), those: &[Left]) -> bool {
        // A check that lets through whatever the other one gives at most takes nothing away from it.
        let carried = |place: &u16, that: &Half| {
            self.becomes(*place) >= that.most || self.carries(*place, version) && that.open.binary_search(place).is_ok()
        };
        let half =
            |this: &Half, that: &Half| this.most >= that.most && this.open.iter().all(|place| carried(place, that));
        let one = |this: &Left, that: &Left| {
            this.settling == that.settling && half(&this.published, &that.published) && half(&this.law, &that.law)
        };
        those.iter().all(|that| these.iter().any(|this| one(this, that)))
    }

    /// Whether both versions decide alike, and mask alike, whatever is still to be said.
    pub(super) fn decide_alike(&self, [was, is]: &[Vec<Left>; 2]) -> bool {
        let all = was.iter().flat_map(|one| one.published.open.iter().chain(&one.law.open));
        was == is && all.into_iter().all(|place| self.carries(*place, 0) && self.carries(*place, 1))
    }

    fn carries(&self, place: u16, version: usize) -> bool {
        self.list.get(usize::from(place)).and_then(|twins| twins.carries.get(version)) == Some(&true)
    }
}

impl Left {
    fn range(&self, checks: &Checks) -> Range {
        let low = |half: &Half| half.open.iter().fold(half.most, |low, place| low.min(checks.becomes(*place)));
        let low = self.settling.outcome(low(&self.published), low(&self.law));
        (low, self.settling.outcome(self.published.most, self.law.most))
    }
}
