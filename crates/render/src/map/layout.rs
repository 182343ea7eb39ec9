//! In which order boxes stand, and where: crossings are reduced by barycentres, and each box stands as near as it can to the
//! middle of what it is tied to.

use super::graph::{COLUMNS, Edge, Graph};
use super::measure::Tenths;

/// How often the columns are gone through, there and back.
const SWEEPS: usize = 12;

/// Where every box stands, by column and number.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// Tops.
    pub(super) tops: [Vec<Tenths>; COLUMNS],
    /// The lowest bottom.
    pub(super) height: Tenths,
}

/// Places boxes of these heights, at least `gap` apart.
pub(super) fn place(graph: &Graph, heights: &[Vec<Tenths>; COLUMNS], gap: Tenths) -> Layout {
    let orders = ordered(graph);
    let column = |at: usize| orders.get(at).map_or(&[][..], Vec::as_slice);
    let height_of = |at: usize, node: usize| heights.get(at).and_then(|own| own.get(node)).copied().unwrap_or_default();
    let total =
        |at: usize| -> Tenths { column(at).iter().map(|node| height_of(at, *node) + gap).sum::<Tenths>() - gap };
    let height = (0..COLUMNS).map(total).max().unwrap_or_default();
    // Every column is spread over the whole height at first, then drawn to its neighbours.
    let mut tops: [Vec<Tenths>; COLUMNS] = std::array::from_fn(|at| {
        let order = column(at);
        let places = i64::try_from(order.len()).unwrap_or(i64::MAX).max(1);
        let extra = (height - total(at)) / places;
        let mut own = vec![0; order.len()];
        let mut top = extra / 2;
        for node in order {
            put(&mut own, *node, top);
            top += height_of(at, *node) + gap + extra;
        }
        own
    });
    for sweep in 0..SWEEPS {
        for step in 0..COLUMNS {
            let at = if sweep % 2 == 0 { step } else { COLUMNS - 1 - step };
            let wished: Vec<(Tenths, Tenths)> = column(at)
                .iter()
                .map(|node| {
                    let middles = neighbours(graph, at, *node).map(|(other, to)| {
                        let top = tops.get(other).and_then(|own| own.get(to)).copied().unwrap_or_default();
                        top + height_of(other, to) / 2
                    });
                    let own = height_of(at, *node);
                    let now = tops.get(at).and_then(|tops| tops.get(*node)).copied().unwrap_or_default();
                    (mean(middles).map_or(now, |middle| middle - own / 2), own + gap)
                })
                .collect();
            let settled = settled(&wished, height + gap);
            for (node, top) in column(at).iter().zip(settled) {
                if let Some(own) = tops.get_mut(at) {
                    put(own, *node, top);
                }
            }
        }
    }
    Layout { tops, height }
}

fn put(tops: &mut [Tenths], node: usize, top: Tenths) {
    if let Some(own) = tops.get_mut(node) {
        *own = top;
    }
}

/// Every box to which a box is tied: its column and number.
fn neighbours(graph: &Graph, at: usize, node: usize) -> impl Iterator<Item = (usize, usize)> {
    let before = at.checked_sub(1).and_then(|before| Some((before, graph.edges.get(before)?)));
    let before = before.into_iter().flat_map(move |(column, edges)| {
        edges.iter().filter(move |edge| edge.to == node).map(move |edge| (column, edge.from))
    });
    let after = graph.edges.get(at).into_iter().flatten();
    before.chain(after.filter(move |edge| edge.from == node).map(move |edge| (at + 1, edge.to)))
}

fn mean(of: impl Iterator<Item = Tenths>) -> Option<Tenths> {
    let (sum, count) = of.fold((0, 0), |(sum, count), one| (sum + one, count + 1));
    (count > 0).then(|| sum / count)
}

/// Boxes that would stand on each other and therefore stand together: the sum of what each wished for the top of the
/// first, how many they are, and how high.
struct Block {
    wishes: Tenths,
    count: i64,
    high: Tenths,
}

impl Block {
    fn top(&self, room: Tenths) -> Tenths {
        (self.wishes / self.count).min(room - self.high).max(0)
    }
}

/// Tops in order, as near to the wished ones as boxes of these heights can stand within the room: neighbours that would
/// overlap are pooled and stand at the mean of their wishes (pool adjacent violators).
fn settled(wished: &[(Tenths, Tenths)], room: Tenths) -> Vec<Tenths> {
    let mut blocks: Vec<Block> = Vec::new();
    for (wish, high) in wished {
        let mut own = Block { wishes: *wish, count: 1, high: *high };
        while let Some(last) = blocks.pop_if(|last| last.top(room) + last.high > own.top(room)) {
            let wishes = last.wishes + own.wishes - own.count * last.high;
            own = Block { wishes, count: last.count + own.count, high: last.high + own.high };
        }
        blocks.push(own);
    }
    let (mut tops, mut heights) = (Vec::new(), wished.iter().map(|(_, high)| *high));
    for block in &blocks {
        let mut top = block.top(room);
        for high in heights.by_ref().take(usize::try_from(block.count).unwrap_or_default()) {
            tops.push(top);
            top += high;
        }
    }
    tops
}

/// The order of each column with the fewest crossings that the sweeps came by.
fn ordered(graph: &Graph) -> [Vec<usize>; COLUMNS] {
    let mut orders: [Vec<usize>; COLUMNS] =
        std::array::from_fn(|at| (0..graph.columns.get(at).map_or(0, Vec::len)).collect());
    let mut best = (crossings(graph, &orders), orders.clone());
    for sweep in 0..SWEEPS {
        for step in 1..COLUMNS {
            let at = if sweep % 2 == 0 { step } else { COLUMNS - 1 - step };
            let fixed = if sweep % 2 == 0 { at - 1 } else { at + 1 };
            let ranks = orders.get(fixed).map(|order| ranks(order)).unwrap_or_default();
            let Some(order) = orders.get_mut(at) else { continue };
            let now = self::ranks(order);
            let rank = |ranks: &[i64], node: usize| ranks.get(node).copied().unwrap_or_default();
            order.sort_by_cached_key(|node| {
                let tied = neighbours(graph, at, *node).filter(|(column, _)| *column == fixed);
                // A thousandth of a place tells means apart; whoever is tied to nobody keeps its place.
                let own = rank(&now, *node);
                (mean(tied.map(|(_, to)| rank(&ranks, to) * 1000)).unwrap_or(own * 1000), own)
            });
        }
        let crossed = crossings(graph, &orders);
        if crossed < best.0 {
            best = (crossed, orders.clone());
        }
    }
    best.1
}

/// The place of each box, by its number.
fn ranks(order: &[usize]) -> Vec<i64> {
    let mut ranks = vec![0; order.len()];
    for (place, node) in (0..).zip(order) {
        put(&mut ranks, *node, place);
    }
    ranks
}

fn crossings(graph: &Graph, orders: &[Vec<usize>; COLUMNS]) -> usize {
    let between = |edges: &[Edge], from: &[usize], to: &[usize]| {
        let (from, to) = (ranks(from), ranks(to));
        let ends = |edge: &Edge| Some((*from.get(edge.from)?, *to.get(edge.to)?));
        let ends: Vec<(i64, i64)> = edges.iter().filter_map(ends).collect();
        let crosses = |(at, one): (usize, &(i64, i64))| {
            let others = ends.iter().skip(at + 1);
            others.filter(|other| (one.0 - other.0).signum() * (one.1 - other.1).signum() < 0).count()
        };
        ends.iter().enumerate().map(crosses).sum::<usize>()
    };
    let pairs = graph.edges.iter().zip(orders.windows(2));
    pairs.map(|(edges, pair)| if let [from, to] = pair { between(edges, from, to) } else { 0 }).sum()
}

#[cfg(test)]
mod tests {
    use super::super::graph::Node;
    use super::*;

    fn edges(ends: &[(usize, usize)]) -> Vec<Edge> {
        let edge = |(from, to): &(usize, usize)| Edge { from: *from, to: *to, sensitive: false, what: String::new() };
        ends.iter().map(edge).collect()
    }

    #[test]
    fn boxes_that_would_overlap_stand_together_where_they_wished() {
        assert_eq!(settled(&[(0, 10), (50, 10)], 100), [0, 50]);
        assert_eq!(settled(&[(40, 10), (40, 10)], 100), [35, 45]);
        assert_eq!(settled(&[(-30, 10), (200, 10)], 100), [0, 90]);
        let crowded = settled(&[(90, 30), (90, 30), (90, 30)], 100);
        assert_eq!(crowded, [10, 40, 70]);
    }

    fn node() -> Node {
        Node { title: String::new(), note: String::new(), lines: Vec::new(), makes: Vec::new(), kind: None }
    }

    #[test]
    fn what_can_be_drawn_without_crossings_is() {
        let graph = Graph {
            columns: std::array::from_fn(|_| (0..4).map(|_| node()).collect()),
            edges: [
                edges(&[(0, 3), (1, 2), (2, 1), (3, 0)]),
                edges(&[(0, 0), (1, 2), (2, 1)]),
                edges(&[(3, 0), (0, 3)]),
            ],
            ..Graph::default()
        };
        let start: [Vec<usize>; COLUMNS] = std::array::from_fn(|_| (0..4).collect());
        assert!(crossings(&graph, &start) > 6);
        assert_eq!(crossings(&graph, &ordered(&graph)), 0);
    }

    #[test]
    fn no_box_stands_on_another_or_outside() {
        let graph = Graph {
            columns: std::array::from_fn(|at| (0..at + 2).map(|_| node()).collect()),
            edges: [edges(&[(0, 2), (1, 0)]), edges(&[(0, 0), (1, 0), (2, 0)]), edges(&[(0, 4), (3, 4), (2, 4)])],
            ..Graph::default()
        };
        let heights: [Vec<Tenths>; COLUMNS] = std::array::from_fn(|at| vec![100; at + 2]);
        let layout = place(&graph, &heights, 20);
        assert_eq!(layout.height, 5 * 120 - 20);
        for tops in &layout.tops {
            let mut sorted = tops.clone();
            sorted.sort_unstable();
            assert!(sorted.windows(2).all(|pair| pair[1] - pair[0] >= 120), "{tops:?}");
            assert!(sorted.iter().all(|top| (0..=layout.height - 100).contains(top)), "{tops:?}");
        }
    }
}
