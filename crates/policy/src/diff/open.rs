//! What is left of the rows of a frame while a search says one thing after another: the checks that may still fail.
//!
//! Each check stands here once, and two that fail on the same questions, one in each version, are one. So whoever is left with the
//! same checks decides alike, and whoever is left with fewer gives at least as much, whatever is still to be said.

use model::field::Mask;

use super::across::Across;
use super::axis::Both;
use super::search::Candidate;
use crate::compile::{Check, Row};
use crate::question::Outcome;
use crate::terms::key::Settling;
use crate::terms::word::Word;

/// The least and the most that one version may still decide.
pub(super) type Range = (Outcome, Outcome);

/// The checks of a frame.
#[derive(Default)]
pub(super) struct Checks<'t> {
    list: Vec<Twins<'t>>,
}

/// A check as each version makes it, where it does.
struct Twins<'t> {
    /// Which of the two words of a version it reads: that of the published policy comes first.
    side: usize,
    of: [Option<&'t Check>; 2],
    reads: Word,
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

impl<'t> Checks<'t> {
    /// Takes apart the rows of both versions.
    pub(super) fn of(across: &Across<'_>, frame: [&[Candidate<'t>]; 2]) -> (Self, [Vec<Left>; 2]) {
        let mut checks = Self::default();
        let left = [0, 1].map(|version| {
            let candidates: &[Candidate<'t>] = frame.get(version).copied().unwrap_or_default();
            let of = |one: &Candidate<'t>| Left {
                settling: one.settling,
                published: checks.half(across, one.published, (version, 0)),
                law: checks.half(across, one.law, (version, 1)),
            };
            candidates.iter().map(of).collect()
        });
        (checks, left)
    }

    fn half(&mut self, across: &Across<'_>, row: &'t Row, at: (usize, usize)) -> Half {
        let mut open: Vec<u16> = row.checks.iter().map(|check| self.place(across, check, at)).collect();
        open.sort_unstable();
        open.dedup();
        Half { mask: row.mask, most: Outcome::Clear, open }
    }

    fn place(&mut self, across: &Across<'_>, check: &'t Check, (version, side): (usize, usize)) -> u16 {
        let is = |known: &Twins<'_>| {
            let own = known.of.get(version).copied().flatten();
            let other = known.of.first().copied().flatten().filter(|_| version == 1);
            known.side == side
                && (own.is_some_and(|own| fails_alike(own, check))
                    || own.is_none() && other.is_some_and(|old| across.same_check(old, check)))
        };
        let place = self.list.iter().position(is).unwrap_or_else(|| {
            self.list.push(Twins { side, of: [None; 2], reads: Word::default() });
            self.list.len() - 1
        });
        if let Some(twins) = self.list.get_mut(place)
            && let Some(own) = twins.of.get_mut(version)
        {
            *own = Some(check);
            twins.reads = twins.reads.with(&check.gate.reads());
        }
        u16::try_from(place).unwrap_or(u16::MAX)
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
            let Some(check) = self.check(*place, *version) else { continue };
            match check.gate.settled(word, open) {
                Some(holds) if holds == check.fails_when => left.most = left.most.min(check.cause.becomes()),
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

    fn check(&self, place: u16, version: usize) -> Option<&'t Check> {
        self.list.get(usize::from(place))?.of.get(version).copied().flatten()
    }

    fn becomes(&self, place: u16) -> Outcome {
        let of = self.list.get(usize::from(place)).map(|twins| twins.of);
        let check = of.into_iter().flatten().flatten().next();
        check.map_or(Outcome::Withheld, |check| check.cause.becomes())
    }

    /// Whether what is left of either version hangs on one of these literals.
    pub(super) fn hang_on(&self, left: &[Vec<Left>; 2], open: &Both) -> bool {
        left.iter().zip(open.words.chunks(2)).any(|(candidates, words)| {
            let all = candidates.iter().flat_map(|one| [&one.published.open, &one.law.open]);
            all.zip(words.iter().cycle()).any(|(places, word)| places.iter().any(|place| self.reads(*place, word)))
        })
    }

    fn reads(&self, place: u16, word: &Word) -> bool {
        self.list.get(usize::from(place)).is_none_or(|twins| !twins.reads.misses(word))
    }

    /// The least and the most that some flows may still give.
    pub(super) fn range(&self, left: &[Left]) -> Range {
        let ranges = left.iter().map(|one| one.range(self));
        ranges.fold((Outcome::Withheld, Outcome::Withheld), |best, one| (best.0.max(one.0), best.1.max(one.1)))
    }
}

impl Left {
    fn range(&self, checks: &Checks<'_>) -> Range {
        let low = |half: &Half| half.open.iter().fold(half.most, |low, place| low.min(checks.becomes(*place)));
        let low = self.settling.outcome(low(&self.published), low(&self.law));
        (low, self.settling.outcome(self.published.most, self.law.most))
    }
}

/// Whether the first give at least what the others give, whatever is still to be said.
pub(super) fn give_at_least(these: &[Left], those: &[Left]) -> bool {
    let half = |this: &Half, that: &Half| this.most >= that.most && is_within(&this.open, &that.open);
    let one = |this: &Left, that: &Left| {
        this.settling == that.settling && half(&this.published, &that.published) && half(&this.law, &that.law)
    };
    those.iter().all(|that| these.iter().any(|this| one(this, that)))
}

/// Whether an ascending list has nothing that another has not.
fn is_within(these: &[u16], those: &[u16]) -> bool {
    these.len() <= those.len() && these.iter().all(|place| those.binary_search(place).is_ok())
}

/// Whether two checks of one version fail on the same questions and with the same outcome.
fn fails_alike(a: &Check, b: &Check) -> bool {
    a.fails_when == b.fails_when && a.cause.becomes() == b.cause.becomes() && a.gate == b.gate
}
