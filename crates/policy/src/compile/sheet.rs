//! Sheets: the two rows of one key, published policy and law, as bits of one plane.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use super::Cell;
use super::plane::{self, BITS, Bit, Layout, Planes, mask};
use super::rows::{Frame, Rows};
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

/// What is laid out: by interval of the law the sheet of each cell, and the sheets with their planes.
pub(super) type Laid = (Vec<(Date, Vec<u32>)>, Vec<Sheet>, Planes);

/// Lays the cells of all intervals of the law out. An error is a row whose demands do not fit.
pub(super) fn lay(
    rows: &Rows,
    alphabet: &Alphabet,
    frames: &[Frame],
    intervals: Vec<(Date, Vec<Cell>)>,
) -> Result<Laid, u32> {
    let mut sheets = Sheets::new(rows, alphabet);
    let laid = intervals.into_iter().map(|(from, cells)| Ok((from, sheets.of(frames, cells)?)));
    let laid = laid.collect::<Result<Vec<_>, u32>>()?;
    Ok((laid, sheets.list, sheets.layout.finish()))
}

/// All sheets of one program, and their planes.
struct Sheets<'a> {
    rows: &'a Rows,
    layout: Layout<'a>,
    /// The bits of each check on both sides, published policy first, and of each row's grounds; `None` where they are too many.
    checks: Vec<Option<[Vec<u32>; 2]>>,
    grounds: Vec<Option<Vec<u32>>>,
    /// By the bodies of both sides' rows: the bits of each side, and of the grounds.
    groups: BTreeMap<[u32; 2], [Vec<u32>; 3]>,
    /// By the bodies of keys that are judged together: where their bits are.
    laid: BTreeMap<Vec<[u32; 2]>, Vec<[OnPlane; 3]>>,
    list: Vec<Sheet>,
    known: BTreeMap<Sheet, u32>,
    /// The sheets of cells that are judged together.
    runs: BTreeMap<Vec<Cell>, Vec<u32>>,
    /// The cells of the interval before, and their sheets.
    last: (Vec<Cell>, Vec<u32>),
}

impl<'a> Sheets<'a> {
    fn new(rows: &'a Rows, alphabet: &'a Alphabet) -> Self {
        let checks = rows.checks.list().par_iter().map(|check| plane::of_check(alphabet, check));
        let grounds = rows.grounds.list().par_iter().map(|grounds| plane::of_grounds(alphabet, grounds, Side::Law));
        let (checks, grounds): (Vec<_>, Vec<_>) = rayon::join(|| checks.collect(), || grounds.collect());
        let of_checks = checks.iter().flatten().flatten();
        let bits: BTreeSet<&Bit> = of_checks.chain(grounds.iter().flatten()).flatten().collect();
        let places: BTreeMap<&Bit, u32> = bits.iter().copied().zip(0..).collect();
        let place = |bits: &Vec<Bit>| ascending(bits.iter().filter_map(|bit| places.get(bit).copied()));
        let checks = checks.iter().map(|sides| sides.as_ref().map(|sides| sides.each_ref().map(place))).collect();
        let grounds = grounds.iter().map(|bits| bits.as_ref().map(place)).collect();
        let layout = Layout::new(alphabet, bits.into_iter().cloned().collect());
        Self {
            rows,
            layout,
            checks,
            grounds,
            groups: BTreeMap::new(),
            laid: BTreeMap::new(),
            list: Vec::new(),
            known: BTreeMap::new(),
            runs: BTreeMap::new(),
            last: (Vec::new(), Vec::new()),
        }
    }

    /// The sheet of every cell, in the same order. What one question may ask about together, the items of one flow on
    /// one channel, shares planes. An error is a row whose demands do not fit.
    fn of(&mut self, frames: &[Frame], cells: Vec<Cell>) -> Result<Vec<u32>, u32> {
        let mut sheets = vec![u32::MAX; cells.len()];
        for frame in frames {
            let all = frame.cells();
            // Mostly a turn of the law leaves a flow as it is.
            let (before, laid) = &self.last;
            if let Some(same) = laid.get(all.clone()).filter(|_| before.get(all.clone()) == cells.get(all.clone())) {
                sheets.get_mut(all).into_iter().for_each(|slots| slots.copy_from_slice(same));
                continue;
            }
            for places in frame.columns() {
                // Equal cells have equal bits, and so the same place: they are laid out once.
                let mut run: Vec<Cell> = Vec::new();
                let mut which: Vec<usize> = Vec::new();
                for cell in places.clone().filter_map(|place| cells.get(place)) {
                    which.push(run.iter().position(|known| known == cell).unwrap_or(run.len()));
                    if which.last() == Some(&run.len()) {
                        run.push(*cell);
                    }
                }
                let of_run = self.run(run)?;
                for (place, which) in places.zip(which) {
                    if let (Some(slot), Some(sheet)) = (sheets.get_mut(place), of_run.get(which)) {
                        *slot = *sheet;
                    }
                }
            }
        }
        self.last = (cells, sheets.clone());
        Ok(sheets)
    }

    fn run(&mut self, cells: Vec<Cell>) -> Result<Vec<u32>, u32> {
        if let Some(known) = self.runs.get(&cells) {
            return Ok(known.clone());
        }
        // Whatever the masks, the same is demanded by the same bits.
        let mut demands: Vec<[u32; 2]> = Vec::new();
        let mut which = Vec::new();
        for cell in &cells {
            let body = |row: u32| self.rows.body(row).ok_or(row);
            let both = [body(cell.published)?, body(cell.law)?];
            which.push(demands.iter().position(|known| *known == both).unwrap_or(demands.len()));
            if which.last() == Some(&demands.len()) {
                self.group(both, *cell)?;
                demands.push(both);
            }
        }
        if !self.laid.contains_key(&demands) {
            let laid = self.lay(&demands);
            self.laid.insert(demands.clone(), laid);
        }
        let laid = self.laid.get(&demands).map_or(&[][..], Vec::as_slice);
        let on_planes: Vec<[OnPlane; 3]> = which.iter().filter_map(|place| laid.get(*place).copied()).collect();
        let sheets = cells
            .iter()
            .zip(on_planes)
            .map(|(cell, [published, law, grounds])| self.place(Sheet { published, law, grounds, cell: *cell }));
        let sheets: Vec<u32> = sheets.collect();
        self.runs.insert(cells, sheets.clone());
        Ok(sheets)
    }

    /// Lays the demands of keys that are asked about together out on planes.
    fn lay(&mut self, demands: &[[u32; 2]]) -> Vec<[OnPlane; 3]> {
        let groups: Vec<[Vec<u32>; 3]> = demands.iter().filter_map(|both| self.groups.get(both).cloned()).collect();
        let together: Vec<Vec<u32>> = groups.iter().map(|three| ascending(three.iter().flatten().copied())).collect();
        let laid = if together.iter().all(|whole| whole.len() <= BITS) {
            self.layout.spread(&together).into_iter().flat_map(|one| [one.clone(), one.clone(), one]).collect()
        } else {
            self.layout.spread(groups.as_flattened())
        };
        let placed = laid.iter().zip(groups.as_flattened());
        let placed: Vec<OnPlane> =
            placed.map(|((plane, all), own)| OnPlane { plane: *plane, bits: mask(all, own) }).collect();
        placed.as_chunks::<3>().0.to_vec()
    }

    /// Finds what a key needs: the objections of the published policy, those of the law, and the grounds.
    fn group(&mut self, both: [u32; 2], cell: Cell) -> Result<(), u32> {
        if self.groups.contains_key(&both) {
            return Ok(());
        }
        let [published, law] = both;
        let published = self.objections(published, Side::Published).ok_or(cell.published)?;
        let objections = self.objections(law, Side::Law).ok_or(cell.law)?;
        let groups = [published, objections, self.grounds_of(law).ok_or(cell.law)?];
        if groups.iter().any(|group| group.len() > BITS) {
            return Err(cell.law);
        }
        self.groups.insert(both, groups);
        Ok(())
    }

    fn objections(&self, body: u32, side: Side) -> Option<Vec<u32>> {
        let mut bits = Vec::new();
        for check in &self.rows.parts_of(body)?.checks {
            let [published, law] = self.checks.get(usize::try_from(*check).ok()?)?.as_ref()?;
            bits.extend(if side == Side::Law { law } else { published });
        }
        Some(ascending(bits.into_iter()))
    }

    fn grounds_of(&self, body: u32) -> Option<Vec<u32>> {
        let place = usize::try_from(self.rows.parts_of(body)?.grounds).ok()?;
        self.grounds.get(place)?.clone()
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

fn ascending(bits: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut bits: Vec<u32> = bits.collect();
    bits.sort_unstable();
    bits.dedup();
    bits
}
