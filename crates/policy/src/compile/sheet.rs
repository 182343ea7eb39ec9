//! Sheets: the two rows of one key, published policy and law, as bits of one plane.

use std::collections::{BTreeMap, BTreeSet};

use super::plane::{BITS, Bit, Layout, Planes, bits, mask};
use super::row::Row;
use super::{Cell, Flow};
use crate::question::Side;
use crate::terms::literal::Alphabet;

/// What both sides demand for one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sheet {
    /// The plane that judges it.
    pub plane: u32,
    /// The bits of the published policy: it objects when one of them holds.
    pub published: u64,
    /// The bits of the law.
    pub law: u64,
    /// The bits of which the one that holds is the ground by law.
    pub grounds: u64,
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
            let published = self.bits_of(cell.published, Side::Published).ok_or(cell.published)?;
            let law = self.bits_of(cell.law, Side::Law).ok_or(cell.law)?;
            let group: BTreeSet<Bit> = published.into_iter().chain(law).collect();
            if group.len() > BITS {
                return Err(cell.law);
            }
            groups.push(group);
        }
        let spread = self.layout.spread(&groups);
        let mut sheets = Vec::new();
        for (cell, (plane, laid)) in cells.iter().zip(spread) {
            let demands = |row: Option<Vec<Bit>>, grounds: bool| {
                let row: Vec<Bit> = row.into_iter().flatten().filter(|bit| bit.is_ground() == grounds).collect();
                mask(&laid, &row)
            };
            let published = demands(self.bits_of(cell.published, Side::Published), false);
            let law = demands(self.bits_of(cell.law, Side::Law), false);
            let grounds = demands(self.bits_of(cell.law, Side::Law), true);
            sheets.push(self.place(Sheet { plane, published, law, grounds, cell: *cell }));
        }
        self.runs.insert(cells, sheets.clone());
        Ok(sheets)
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
