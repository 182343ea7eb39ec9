//! Judging: a question in places and a subject in digits give, for each item, what both sides say and why. Nothing is
//! allocated here and nothing put into words; reasons are bits, and `render` reads them.

use crate::terms::duties::Duties;
use crate::terms::literal::Word;
use jiff::civil::Date;

use crate::compile::{Flow, OnPlane, Sheet, Tables};
use crate::question::{Effect, Obligation, Outcome};
use crate::syntax::{Action, Basis};
use crate::terms::asked::Asked;
use crate::terms::digits::{AskedDigits, SubjectDigits};

/// A question that needs no more looking up than its items. [`Tables::pose`] makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posed {
    /// The flows that it means, in the order of the file.
    pub(crate) flows: Vec<u32>,
    /// Which of the rows of an item: 0 when no channel is named.
    pub(crate) column: u32,
    /// Which interval of the law.
    pub(crate) interval: u32,
    /// What it says.
    pub(crate) digits: AskedDigits,
    /// The items; `None` for one that nobody knows.
    pub(crate) items: Vec<Option<u16>>,
    /// What goes with the act if anything is permitted.
    pub(crate) duties: Duties,
}

impl Posed {
    /// How many items are asked about.
    pub fn items(&self) -> usize {
        self.items.len()
    }
}

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

/// Which outcomes there are.
#[derive(Default)]
struct Outcomes(u8);

impl Outcomes {
    fn see(&mut self, outcome: Outcome) {
        self.0 |= match outcome {
            Outcome::Withheld => 1,
            Outcome::Masked => 2,
            Outcome::Clear => 4,
        };
    }

    const fn masks(&self) -> bool {
        self.0 & 2 != 0
    }

    /// All clear, all withheld, or something between. Of nothing at all: deny.
    const fn effect(&self) -> Effect {
        match self.0 {
            0 | 1 => Effect::Deny,
            4 => Effect::Permit,
            _ => Effect::Partial,
        }
    }
}

/// The planes judged so far: items of one question mostly share one.
struct Seen([(u32, u64); 4]);

impl Tables {
    /// Leads a question to the flows that it means. `word` holds what it says among the literals; others do no harm.
    pub fn pose(&self, asked: &Asked, word: &Word, day: Date) -> Posed {
        let program = self.program();
        let face = |item: &Option<u16>| {
            let id = item.and_then(|item| self.alphabet().items.get(usize::from(item)));
            id.and_then(|id| program.items.get(id)).is_some_and(|facts| facts.face)
        };
        let faces = asked.action == Action::Collect && asked.items.iter().any(face);
        Posed {
            flows: self.candidates(asked).map(|(place, _)| place).collect(),
            column: Flow::column(asked.channel),
            interval: self.interval(day).unwrap_or(u32::MAX),
            digits: self.alphabet().digits().asked(word),
            items: asked.items.clone(),
            duties: Duties::of(asked.action).and_if(faces, Obligation::OfferAlternative),
        }
    }

    /// Judges one question for one subject: an entry of `into` for each item; items beyond its end are not judged and
    /// make the effect `Deny`.
    pub fn judge(&self, posed: &Posed, subject: &SubjectDigits, into: &mut [Judged]) -> Together {
        let mut seen = Seen([(u32::MAX, 0); 4]);
        let (mut effect, mut published, mut law) = (Outcomes::default(), Outcomes::default(), Outcomes::default());
        let (mut ground, mut duties) = (None, posed.duties);
        for (item, slot) in posed.items.iter().zip(into.iter_mut()) {
            let judged = item.map_or(Judged::UNDECLARED, |item| self.judge_item(posed, subject, item, &mut seen));
            effect.see(judged.outcome);
            published.see(judged.published);
            law.see(judged.law);
            if judged.outcome != Outcome::Withheld {
                ground.get_or_insert_with(|| self.ground(&judged, posed, subject, &mut seen));
                if let Some((flow, item)) = judged.flow.and_then(|flow| self.flow(flow)).zip(*item) {
                    duties = duties.with(flow.duties_for(item));
                }
            }
            *slot = judged;
        }
        let deny = into.len() < posed.items.len();
        let of = |outcomes: &Outcomes| if deny { Effect::Deny } else { outcomes.effect() };
        let ground = ground.flatten();
        let duties = match of(&effect) {
            Effect::Deny => Duties::RECORD,
            _ => duties
                .and_if(effect.masks(), Obligation::Mask)
                .and_if(ground == Some(Basis::Emergency), Obligation::TellAfterwards),
        };
        Together { effect: of(&effect), published: of(&published), law: of(&law), ground, duties }
    }

    #[inline]
    fn judge_item(&self, posed: &Posed, subject: &SubjectDigits, item: u16, seen: &mut Seen) -> Judged {
        let mut best = Judged::UNDECLARED;
        for number in &posed.flows {
            let Some(flow) = self.flow(*number) else { continue };
            let Some((sheet, place)) = self.sheet_of(flow, item, posed) else { continue };
            let by_policy = self.bits(sheet.published, &posed.digits, subject, seen);
            let by_law = self.bits(sheet.law, &posed.digits, subject, seen);
            let published = self.planes().outcome(sheet.published.plane, by_policy);
            let law = self.planes().outcome(sheet.law.plane, by_law);
            let outcome = flow.settling.outcome(published, law);
            let judged = Judged { outcome, published, law, by_policy, by_law, flow: Some(*number), sheet: place };
            if best.flow.is_none() || judged.rank() > best.rank() {
                best = judged;
            }
        }
        best
    }

    /// Which of these bits hold.
    #[inline]
    fn bits(&self, of: OnPlane, asked: &AskedDigits, subject: &SubjectDigits, seen: &mut Seen) -> u64 {
        let Seen([a, b, c, d]) = seen;
        let slot = match of.plane & 3 {
            0 => a,
            1 => b,
            2 => c,
            _ => d,
        };
        if slot.0 != of.plane || of.plane == u32::MAX {
            *slot = (of.plane, self.planes().judge(of.plane, asked, subject));
        }
        slot.1 & of.bits
    }

    fn ground(&self, judged: &Judged, posed: &Posed, subject: &SubjectDigits, seen: &mut Seen) -> Option<Basis> {
        let sheet = self.sheet(judged.sheet)?;
        let bits = self.bits(sheet.grounds, &posed.digits, subject, seen);
        self.planes().ground(sheet.grounds.plane, bits)
    }

    /// What both sides demand for an item of a flow.
    #[inline]
    fn sheet_of(&self, flow: &Flow, item: u16, posed: &Posed) -> Option<(&Sheet, u32)> {
        let place = self.sheet_at(posed.interval, flow.cell(item, posed.column)?)?;
        Some((self.sheet(place)?, place))
    }
}
