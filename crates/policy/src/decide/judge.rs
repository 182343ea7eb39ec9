//! Judging: a posed question and a subject in digits give, for each item, what both sides say and why. Nothing is
//! allocated here and nothing put into words; reasons are bits, and `render` reads them. Where it costs nothing the code
//! computes instead of branching: outcomes follow no pattern that a processor could guess.

use crate::compile::Tables;
use crate::question::{Effect, Obligation, Outcome};
use crate::syntax::Basis;
use crate::terms::digits::SubjectDigits;
use crate::terms::duties::Duties;

use super::pose::{Begun, Bits, Case, Posed};

/// What both sides say of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// What takes effect.
    pub outcome: Outcome,
    /// What the published policy says.
    pub published: Outcome,
    /// What the law says.
    pub law: Outcome,
    /// The objections of the published policy, as bits of the plane.
    pub by_policy: u64,
    /// Those of the law.
    pub by_law: u64,
    /// The flow that answers; `None` when none declares the item.
    pub flow: Option<u32>,
    pub(crate) sheet: u32,
}

impl Judged {
    /// What is declared nowhere.
    pub const UNDECLARED: Self = Self {
        outcome: Outcome::Withheld,
        published: Outcome::Withheld,
        law: Outcome::Withheld,
        by_policy: 0,
        by_law: 0,
        flow: None,
        sheet: u32::MAX,
    };

    const fn rank(&self) -> (Outcome, Outcome, Outcome) {
        (self.outcome, self.published, self.law)
    }
}

/// What the items make together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Together {
    /// What takes effect.
    pub effect: Effect,
    /// The effect of the published policy.
    pub published: Effect,
    /// The effect of the law.
    pub law: Effect,
    /// The ground by law of the first item that is not withheld.
    pub ground: Option<Basis>,
    /// What goes with it.
    pub duties: Duties,
}

/// Which outcomes there are: a bit for each.
#[derive(Clone, Copy, Default)]
struct Outcomes(u8);

impl Outcomes {
    #[inline]
    fn see(&mut self, outcome: Outcome) {
        self.0 |= 1 << outcome as u8;
    }

    const fn masks(self) -> bool {
        self.0 & (1 << Outcome::Masked as u8) != 0
    }

    /// All clear, all withheld, or something between. Of nothing at all: deny.
    const fn effect(self) -> Effect {
        const WITHHELD: u8 = 1 << Outcome::Withheld as u8;
        const CLEAR: u8 = 1 << Outcome::Clear as u8;
        match self.0 {
            0 | WITHHELD => Effect::Deny,
            CLEAR => Effect::Permit,
            _ => Effect::Partial,
        }
    }
}

/// The sum over items.
struct Sum {
    effect: Outcomes,
    published: Outcomes,
    law: Outcomes,
    duties: Duties,
    /// The grounds of the first item that is not withheld.
    grounds: Option<Bits>,
}

impl Sum {
    #[inline]
    fn see(&mut self, judged: &Judged, case: &Case) {
        self.effect.see(judged.outcome);
        self.published.see(judged.published);
        self.law.see(judged.law);
        let given = judged.outcome != Outcome::Withheld;
        self.duties = self.duties.with(if given { case.duties } else { Duties::RECORD });
        self.grounds = self.grounds.or(given.then_some(case.grounds));
    }
}

/// So many planes are kept while a question is judged; mostly there is one. Others are judged anew for each item.
const HELD: usize = 4;

/// The bits that hold on each plane of a question.
struct Held<'a> {
    tables: &'a Tables,
    posed: &'a Posed,
    subject: &'a SubjectDigits,
    first: [u64; HELD],
}

impl<'a> Held<'a> {
    #[inline]
    fn of(tables: &'a Tables, posed: &'a Posed, subject: &'a SubjectDigits) -> Self {
        let mut first = [0; HELD];
        let mut looks = posed.looks.as_slice();
        for (held, begun) in first.iter_mut().zip(&posed.planes) {
            let (own, rest) = looks.split_at_checked(at(begun.looks)).unwrap_or_default();
            *held = tables.planes().end(begun.left, own, subject);
            looks = rest;
        }
        Self { tables, posed, subject, first }
    }

    /// Which of these bits hold, and which of those that hold are no mere masks.
    #[inline]
    fn among(&self, of: Bits) -> (u64, u64) {
        let held = self.first.get(at(of.plane)).copied();
        let bits = held.unwrap_or_else(|| self.anew(of.plane)) & of.bits;
        let covers = self.posed.planes.get(at(of.plane)).map_or(0, |begun| begun.covers);
        (bits, bits & !covers)
    }

    #[cold]
    fn anew(&self, plane: u32) -> u64 {
        let Some((before, [begun, ..])) = self.posed.planes.split_at_checked(at(plane)) else { return u64::MAX };
        let from = before.iter().map(|begun: &Begun| at(begun.looks)).sum();
        let own = self.posed.looks.iter().skip(from).take(at(begun.looks));
        self.tables.planes().end(begun.left, own, self.subject)
    }

    #[inline]
    fn judge(&self, case: &Case) -> Judged {
        let (by_policy, against) = self.among(case.published);
        let published = outcome(by_policy, against).min(case.ceiling);
        let (by_law, against) = self.among(case.law);
        let law = outcome(by_law, against).min(case.ceiling);
        let outcome = case.settling.outcome(published, law);
        Judged { outcome, published, law, by_policy, by_law, flow: case.flow, sheet: case.sheet }
    }
}

/// What becomes of an item when these bits hold, of which some are no mere masks.
#[inline]
const fn outcome(bits: u64, against: u64) -> Outcome {
    match (bits != 0, against != 0) {
        (_, true) => Outcome::Withheld,
        (true, false) => Outcome::Masked,
        (false, false) => Outcome::Clear,
    }
}

#[inline]
fn at(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

impl Tables {
    /// Judges one question for one subject: an entry of `into` for each item; items beyond its end are not judged and
    /// make the effect `Deny`.
    pub fn judge(&self, posed: &Posed, subject: &SubjectDigits, into: &mut [Judged]) -> Together {
        let held = Held::of(self, posed, subject);
        let none = Outcomes::default();
        let mut sum = Sum { effect: none, published: none, law: none, duties: posed.duties, grounds: None };
        let mut cases = posed.cases.as_slice();
        for lead in &posed.leads {
            let (own, rest) = cases.split_at_checked(at(lead.cases)).unwrap_or_default();
            cases = rest;
            let ([first, others @ ..], Some(slot)) = (own, into.get_mut(at(lead.item))) else { continue };
            let mut best = (held.judge(first), first);
            for case in others {
                let judged = held.judge(case);
                if judged.rank() > best.0.rank() {
                    best = (judged, case);
                }
            }
            sum.see(&best.0, best.1);
            *slot = best.0;
        }
        for (item, twin) in &posed.twins {
            let judged = into.get(at(*twin)).copied();
            if let (Some(judged), Some(slot)) = (judged, into.get_mut(at(*item))) {
                *slot = judged;
            }
        }
        let ground = sum.grounds.and_then(|grounds| {
            let plane = posed.planes.get(at(grounds.plane))?.plane;
            self.planes().ground(plane, held.among(grounds).0)
        });
        together(&sum, ground, into.len() < posed.items())
    }
}

fn together(sum: &Sum, ground: Option<Basis>, deny: bool) -> Together {
    let of = |outcomes: Outcomes| if deny { Effect::Deny } else { outcomes.effect() };
    let duties = match of(sum.effect) {
        Effect::Deny => Duties::RECORD,
        // R67: who acts in an emergency tells afterwards.
        _ => sum
            .duties
            .and_if(sum.effect.masks(), Obligation::Mask)
            .and_if(ground == Some(Basis::Emergency), Obligation::TellAfterwards),
    };
    Together { effect: of(sum.effect), published: of(sum.published), law: of(sum.law), ground, duties }
}
