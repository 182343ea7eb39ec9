//! Posing: a question is looked up as far as it leads without a subject, once for however many subjects it is asked about.
//! What is left hangs on the subject alone: some looks at digits, and for each item which bits of them count.

use jiff::civil::Date;

use crate::compile::{Flow, Look, OnPlane, Tables};
use crate::question::{Obligation, Outcome};
use crate::syntax::Action;
use crate::terms::asked::Asked;
use crate::terms::digits::AskedDigits;
use crate::terms::duties::Duties;
use crate::terms::key::Settling;
use crate::terms::word::Word;

/// A question that needs no more looking up than a subject. [`Tables::pose`] makes it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Posed {
    /// The planes that its items are judged on.
    pub(super) planes: Vec<Begun>,
    /// Their looks at the subject, plane after plane.
    pub(super) looks: Vec<Look>,
    /// What is judged, item after item.
    pub(super) cases: Vec<Case>,
    /// The items that are judged, ascending.
    pub(super) leads: Vec<Lead>,
    /// Items of which just the same is asked as of one before, and that one.
    pub(super) twins: Vec<(u32, u32)>,
    /// What goes with the act if anything is permitted.
    pub(super) duties: Duties,
    items: usize,
}

/// A plane on which the question has been looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Begun {
    pub(super) plane: u32,
    /// How many of the looks are this plane's.
    pub(super) looks: u32,
    /// The bits that still stand, of those that count for some item.
    pub(super) left: u64,
    /// Of the bits of the plane those that mask only.
    pub(super) covers: u64,
}

/// An item that is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lead {
    pub(super) item: u32,
    /// How many of the cases are this item's: one for each flow that declares it, or one that says that none does.
    pub(super) cases: u32,
}

/// Bits of one of the question's planes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bits {
    pub(super) plane: u32,
    pub(super) bits: u64,
}

/// An item in a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Case {
    pub(super) published: Bits,
    pub(super) law: Bits,
    pub(super) grounds: Bits,
    /// At best.
    pub(super) ceiling: Outcome,
    pub(super) settling: Settling,
    pub(super) duties: Duties,
    pub(super) flow: Option<u32>,
    pub(super) sheet: u32,
}

impl Case {
    /// What no flow declares.
    const UNDECLARED: Self = {
        let none = Bits { plane: u32::MAX, bits: 0 };
        Self {
            published: none,
            law: none,
            grounds: none,
            ceiling: Outcome::Withheld,
            settling: Settling::Stricter,
            duties: Duties::RECORD,
            flow: None,
            sheet: u32::MAX,
        }
    };
}

impl Posed {
    /// How many items are asked about.
    pub fn items(&self) -> usize {
        self.items
    }

    /// The bits, by the place of their plane among those of the question.
    fn bits(&mut self, on: OnPlane) -> Bits {
        let place = self.planes.iter().position(|begun| begun.plane == on.plane).unwrap_or_else(|| {
            self.planes.push(Begun { plane: on.plane, looks: 0, left: 0, covers: 0 });
            self.planes.len() - 1
        });
        if let Some(begun) = self.planes.get_mut(place) {
            begun.left |= on.bits;
        }
        Bits { plane: count(place), bits: on.bits }
    }

    /// Ends an item, whose cases begin at a place.
    fn close(&mut self, item: u32, first: usize) {
        if self.cases.len() == first {
            self.cases.push(Case::UNDECLARED);
        }
        let (before, own) = self.cases.split_at_checked(first).unwrap_or_default();
        let mut rest = before;
        let twin = self.leads.iter().find(|lead| {
            let (of_lead, after) = rest.split_at_checked(at(lead.cases)).unwrap_or_default();
            rest = after;
            of_lead == own
        });
        if let Some(twin) = twin {
            self.twins.push((item, twin.item));
            self.cases.truncate(first);
        } else {
            self.leads.push(Lead { item, cases: count(own.len()) });
        }
    }
}

fn count(list: usize) -> u32 {
    u32::try_from(list).unwrap_or(u32::MAX)
}

fn at(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

impl Tables {
    /// Looks a question up. `word` holds what it says among the literals; others do no harm.
    pub fn pose(&self, asked: &Asked, word: &Word, day: Date) -> Posed {
        let interval = self.interval(day).unwrap_or(u32::MAX);
        let flows: Vec<(u32, &Flow)> = self.candidates(asked).collect();
        let mut posed = Posed { duties: self.duties(asked), items: asked.items.len(), ..Posed::default() };
        for (item, number) in asked.items.iter().zip(0..) {
            let first = posed.cases.len();
            let item = item.iter().flat_map(|item| flows.iter().map(move |(place, flow)| (*item, *place, *flow)));
            for (item, place, flow) in item {
                if let Some(case) = self.case(flow, place, item, Flow::column(asked.channel), interval, &mut posed) {
                    posed.cases.push(case);
                }
            }
            posed.close(number, first);
        }
        self.begin(&mut posed, &self.alphabet().digits().asked(word));
        posed
    }

    fn duties(&self, asked: &Asked) -> Duties {
        let face = |item: &Option<u16>| {
            let id = item.and_then(|item| self.alphabet().items.get(usize::from(item)));
            id.and_then(|id| self.program().items.get(id)).is_some_and(|facts| facts.face)
        };
        let faces = asked.action == Action::Collect && asked.items.iter().any(face);
        Duties::of(asked.action).and_if(faces, Obligation::OfferAlternative)
    }

    /// An item in a flow; `None` where the flow does not declare it.
    fn case(&self, flow: &Flow, number: u32, item: u16, column: u32, interval: u32, posed: &mut Posed) -> Option<Case> {
        let place = self.sheet_at(interval, flow.cell(item, column)?)?;
        let sheet = self.sheet(place)?;
        Some(Case {
            published: posed.bits(sheet.published),
            law: posed.bits(sheet.law),
            grounds: posed.bits(sheet.grounds),
            ceiling: Outcome::Clear,
            settling: flow.settling,
            duties: flow.duties_for(item),
            flow: Some(number),
            sheet: place,
        })
    }

    /// Looks up what the question says on each plane.
    fn begin(&self, posed: &mut Posed, asked: &AskedDigits) {
        for begun in &mut posed.planes {
            let before = posed.looks.len();
            begun.left &= self.planes().begin(begun.plane, asked);
            posed.looks.extend(self.planes().looks_for(begun.plane, begun.left));
            begun.looks = count(posed.looks.len() - before);
            begun.covers = self.planes().covers(begun.plane);
        }
    }
}
