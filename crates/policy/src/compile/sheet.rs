//! Sheets: the two rows of one key, published policy and law, as bits of one plane.

use std::collections::{BTreeMap, BTreeSet};

use super::plane::{BITS, Bit, Layout, Planes, bits, mask};
use super::row::Row;
use super::{Cell, Flow};
use crate::question::Side;
use crate::terms::literal::Alphabet;

/// Some bits of one plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OnPlane {
    /// Which plane.
    pub plane: u32,
    /// Which bits.
    pub bits: u64,
}

/// What both sides demand for one key. Mostly all of it is on one plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sheet {
    /// The bits of the published policy: it objects when one of them holds.
    pub published: OnPlane,
    /// The bits of the law.
    pub law: OnPlane,
    /// The bits of which the one that holds is the ground by law.
    pub grounds: OnPlane,
    pub(super) cell: Cell,
}

/// All sheets of one program, and their planes.
pub(super) struct Sheets<'a> {
    rows: &'a [Row],
    alphabet: &'a Alphabet,
    layout: Layout<'a>,
    bits: BTreeMap<(u32, bool), Option<Vec<Bit>>>,
    list: Vec<Sheet>,
    known: BTreeMap<Sheet, u32>,
    /// The sheets of a run of cells that are judged together.
    runs: BTreeMap<Vec<Cell>, Vec<u32>>,
}

impl<'a> Sheets<'a> {
    pub(super) fn new(rows: &'a [Row], alphabet: &'a Alphabet) -> Self {
        let layout = Layout::new(alphabet);
        let (bits, known, runs) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { rows, alphabet, layout, bits, list: Vec::new(), known, runs }
    }

    /// The sheet of every cell, in the same order. What one question may ask about together, the items of one flow on
    /// one channel, shares planes. An error is a row whose demands do not fit.
    pub(super) fn of(&mut self, flows: &[Flow], channels: u16, cells: &[Cell]) -> Result<Vec<u32>, u32> {
        let mut sheets = vec![u32::MAX; cells.len()];
        for flow in flows {
            let columns = if flow.by_channel { usize::from(channels) + 1 } else { 1 };
            let first = usize::try_from(flow.first).unwrap_or(usize::MAX);
            let all = first..first + columns * flow.items.len();
            for column in 0..columns {
                let places = || all.clone().skip(column).step_by(columns);
                let run: Vec<Cell> = places().filter_map(|place| cells.get(place).copied()).collect();
                let of_run = self.run(run)?;
                for (place, sheet) in places().zip(of_run) {
                    if let Some(slot) = sheets.get_mut(place) {
                        *slot = sheet;
                    }
                }
            }
        }
        Ok(sheets)
    }

    pub(super) fn finish(self) -> (Vec<Sheet>, Planes) {
        (self.list, self.layout.finish())
    }

    fn run(&mut self, cells: Vec<Cell>) -> Result<Vec<u32>, u32> {
        if let Some(known) = self.runs.get(&cells) {
            return Ok(known.clone());
        }
        let mut groups = Vec::new();
        for cell in &cells {
            groups.extend(self.groups(*cell)?);
        }
        let together = |three: &[Vec<Bit>]| three.iter().flatten().cloned().collect::<BTreeSet<Bit>>();
        let laid = if groups.chunks(3).all(|three| together(three).len() <= BITS) {
            let whole: Vec<BTreeSet<Bit>> = groups.chunks(3).map(together).collect();
            self.layout.spread(&whole).into_iter().flat_map(|one| [one.clone(), one.clone(), one]).collect()
        } else {
            let apart: Vec<BTreeSet<Bit>> = groups.iter().map(|group| group.iter().cloned().collect()).collect();
            self.layout.spread(&apart)
        };
        let placed: Vec<OnPlane> = laid
            .iter()
            .zip(&groups)
            .map(|((plane, all), own)| OnPlane { plane: *plane, bits: mask(all, own) })
            .collect();
        let mut sheets = Vec::new();
        for (cell, three) in cells.iter().zip(placed.chunks(3)) {
            if let [published, law, grounds] = *three {
                sheets.push(self.place(Sheet { published, law, grounds, cell: *cell }));
            }
        }
        self.runs.insert(cells, sheets.clone());
        Ok(sheets)
    }

    /// What a cell needs: the objections of the published policy, those of the law, and the grounds.
    fn groups(&mut self, cell: Cell) -> Result<[Vec<Bit>; 3], u32> {
        let published = self.bits_of(cell.published, Side::Published).ok_or(cell.published)?;
        let law = self.bits_of(cell.law, Side::Law).ok_or(cell.law)?;
        let published = published.into_iter().filter(|bit| !bit.is_ground()).collect();
        let (grounds, law): (Vec<Bit>, Vec<Bit>) = law.into_iter().partition(Bit::is_ground);
        let groups = [published, law, grounds];
        if groups.iter().any(|group| group.len() > BITS) { Err(cell.law) } else { Ok(groups) }
    }

    fn bits_of(&mut self, row: u32, side: Side) -> Option<Vec<Bit>> {
        let (rows, alphabet) = (self.rows, self.alphabet);
        let make = || {
            let row = usize::try_from(row).ok().and_then(|row| rows.get(row));
            row.and_then(|row| bits(alphabet, row, side))
        };
        self.bits.entry((row, side == Side::Law)).or_insert_with(make).clone()
    }

    fn place(&mut self, sheet: Sheet) -> u32 {
        if let Some(place) = self.known.get(&sheet) {
            return *place;
        }
        let place = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.list.push(sheet);
        self.known.insert(sheet, place);
        place
    }
}
