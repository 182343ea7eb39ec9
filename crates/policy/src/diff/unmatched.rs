//! The flows that are not the same in both versions: on all others they decide alike.

use jiff::civil::Date;

use super::across::Across;
use crate::compile::Flow;
use crate::syntax::Action;

/// A flow that is not the same in both versions for an item on a channel. Places are those of the new version.
pub(super) struct Unmatched<'t> {
    pub(super) flow: &'t Flow,
    /// Whether it is the old version's.
    pub(super) is_old: bool,
    pub(super) item: u16,
    pub(super) channel: Option<u16>,
    /// Whether the channel matters to any flow that might answer.
    pub(super) by_channel: bool,
}

/// Every flow, item and channel of what both versions know that is not the same in both, under the law of a day.
pub(super) fn unmatched<'t>(across: &mut Across<'t>, day: Date) -> Vec<Unmatched<'t>> {
    let persons: Vec<(u16, u16)> = pairs(&across.persons).collect();
    let mut unmatched = Vec::new();
    for action in Action::ALL.iter().copied() {
        for (person, before) in &persons {
            let (old, new) = (across.old.flows_for(action, *before), across.new.flows_for(action, *person));
            of_person(across, day, (old, new), &mut unmatched);
        }
    }
    unmatched
}

fn of_person<'t>(
    across: &mut Across<'t>,
    day: Date,
    (old, new): (&'t [Flow], &'t [Flow]),
    to: &mut Vec<Unmatched<'t>>,
) {
    let by_channel = old.iter().chain(new).any(|flow| flow.by_channel);
    let columns: Vec<(Option<u16>, Option<u16>)> = std::iter::once((None, None))
        .chain(pairs(&across.channels).filter(|_| by_channel).map(|(new, old)| (Some(new), Some(old))))
        .collect();
    let same: Vec<Vec<bool>> =
        old.iter().map(|old| new.iter().map(|new| across.same_flow(old, new)).collect()).collect();
    let items: Vec<(u16, u16)> = pairs(&across.items).collect();
    for (item, before) in items {
        for (channel, was) in &columns {
            let mut left: Vec<(usize, &'t Flow)> =
                new.iter().enumerate().filter(|(_, flow)| flow.cell(item, 0).is_some()).collect();
            for (o, flow) in old.iter().enumerate().filter(|(_, flow)| flow.cell(before, 0).is_some()) {
                let twin = left.iter().position(|(n, twin)| {
                    let alike = same.get(o).and_then(|row| row.get(*n)) == Some(&true);
                    alike && same_cells(across, day, (flow, before, *was), (twin, item, *channel))
                });
                match twin {
                    Some(place) => {
                        left.remove(place);
                    }
                    None => to.push(Unmatched { flow, is_old: true, item, channel: *channel, by_channel }),
                }
            }
            let alone = |(_, flow)| Unmatched { flow, is_old: false, item, channel: *channel, by_channel };
            to.extend(left.into_iter().map(alone));
        }
    }
}

type Cell<'f> = (&'f Flow, u16, Option<u16>);

fn same_cells(across: &mut Across<'_>, day: Date, old: Cell<'_>, new: Cell<'_>) -> bool {
    let sheets = [(across.old, old), (across.new, new)].map(|(tables, (flow, item, channel))| {
        tables.sheet_at(tables.interval(day)?, flow.cell(item, Flow::column(channel))?)
    });
    let [old, new] = sheets;
    old.zip(new).is_some_and(|(old, new)| across.same_sheet(old, new))
}

/// Places in the new version with those in the old one, of what both know.
pub(super) fn pairs(led: &[Option<u16>]) -> impl Iterator<Item = (u16, u16)> + '_ {
    led.iter().zip(0..).filter_map(|(old, new)| Some((new, (*old)?)))
}
