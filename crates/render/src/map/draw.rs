//! How the map looks.

use policy::label::label;
use policy::syntax::FunctionKind;

use super::Caption;
use super::graph::{COLUMNS, Edge, Graph, Line, Node};
use super::layout::{self, Layout};
use super::measure::{Tenths, width, wrapped};
use super::pen::{Colours, Frame, Ink, Pen, Type};
use crate::document::prose::words;

const MARGIN: Tenths = 400;
/// Left edges of the columns, and how wide their boxes are: givers, functions, items, receivers.
const PLACES: [(Tenths, Tenths); COLUMNS] = [(400, 1800), (3300, 2600), (7300, 3500), (12200, 3300)];
/// The column of periods, which nothing is drawn to: numbers lead there.
const KEPT: (Tenths, Tenths) = (16100, 3300);
const WIDE: Tenths = 19800;
const CAPTIONS: Tenths = 1650;
const TOP: Tenths = 1950;
const GAP: Tenths = 130;
const PAD: Tenths = 110;
const ROUND: Tenths = 60;
const FOOT: Tenths = 1500;

const TITLE: Type = Type { size: 135, ink: Ink::Text, bold: true };
const NOTE: Type = Type { size: 110, ink: Ink::Soft, bold: false };
const LINE: Type = Type { size: 120, ink: Ink::Text, bold: false };
/// From one base line to the next, in each of these.
const TITLE_STEP: Tenths = 185;
const STEP: Tenths = 170;

/// The signs before what is sensitive, between items, and before a receiver.
const MARK: &str = "\u{25c6}";
const BETWEEN: &str = "\u{3000}";

/// A box with its words broken into lines.
struct Dressed<'g> {
    node: &'g Node,
    title: Vec<String>,
    rows: Vec<Vec<Line>>,
}

impl Dressed<'_> {
    fn high(&self) -> Tenths {
        let note = if self.has_note() { STEP } else { 0 };
        let rows = if self.rows.is_empty() { 0 } else { steps(&self.rows, STEP) + 40 };
        2 * PAD + steps(&self.title, TITLE_STEP) + note + rows - 40
    }

    fn has_note(&self) -> bool {
        !self.node.note.is_empty() || !self.node.makes.is_empty()
    }
}

fn steps<T>(of: &[T], step: Tenths) -> Tenths {
    i64::try_from(of.len()).unwrap_or_default() * step
}

fn dressed(column: usize, node: &Node) -> Dressed<'_> {
    let room = PLACES.get(column).map_or(0, |place| place.1) - 2 * PAD;
    // Items flow; whoever receives has a line of its own.
    let rows = if column + 1 == COLUMNS { listed(&node.lines, room) } else { flowing(&node.lines, room) };
    Dressed { node, title: wrapped(&node.title, TITLE.size, room), rows }
}

fn marked(line: &Line) -> String {
    if line.sensitive { [MARK, &line.text].concat() } else { line.text.clone() }
}

fn flowing(lines: &[Line], room: Tenths) -> Vec<Vec<Line>> {
    let (mut rows, mut row, mut taken): (Vec<Vec<Line>>, Vec<Line>, Tenths) = (Vec::new(), Vec::new(), 0);
    for line in lines {
        let text = marked(line);
        let wide = width(&text, LINE.size) + width(BETWEEN, LINE.size);
        if taken + wide > room + width(BETWEEN, LINE.size) && !row.is_empty() {
            rows.push(std::mem::take(&mut row));
            taken = 0;
        }
        for (at, piece) in wrapped(&text, LINE.size, room).into_iter().enumerate() {
            if at > 0 {
                rows.push(std::mem::take(&mut row));
                taken = 0;
            }
            taken += width(&piece, LINE.size) + width(BETWEEN, LINE.size);
            row.push(Line { text: piece, sensitive: line.sensitive });
        }
    }
    rows.extend((!row.is_empty()).then_some(row));
    rows
}

fn listed(lines: &[Line], room: Tenths) -> Vec<Vec<Line>> {
    let pieces = lines.iter().flat_map(|line| {
        let pieces = wrapped(&line.text, LINE.size, room).into_iter();
        pieces.map(|text| vec![Line { text, sensitive: line.sensitive }])
    });
    pieces.collect()
}

pub(super) fn svg(graph: &Graph, caption: &Caption, colours: Colours) -> String {
    let boxes: [Vec<Dressed<'_>>; COLUMNS] =
        std::array::from_fn(|at| graph.columns.get(at).into_iter().flatten().map(|node| dressed(at, node)).collect());
    let heights: [Vec<Tenths>; COLUMNS] =
        std::array::from_fn(|at| boxes.get(at).into_iter().flatten().map(Dressed::high).collect());
    let layout = layout::place(graph, &heights, GAP);
    let kept = kept_lines(graph);
    let high = TOP + layout.height.max(steps(&kept, STEP)) + FOOT;
    let mut pen = Pen::new(WIDE, high, &caption.title, &caption.told, colours);
    pen.fill(Frame { left: 0, top: 0, wide: WIDE, high }, Ink::Paper, 0);
    head(&mut pen, caption);
    for sensitive in [false, true] {
        for at in 0..COLUMNS - 1 {
            curves(&mut pen, graph, &layout, &heights, at, sensitive);
        }
    }
    for (at, column) in boxes.iter().enumerate() {
        for (node, dressed) in column.iter().enumerate() {
            put(&mut pen, at, dressed, TOP + top(&layout, at, node));
        }
    }
    periods(&mut pen, &kept);
    foot(&mut pen, caption, high);
    pen.finished()
}

fn top(layout: &Layout, column: usize, node: usize) -> Tenths {
    layout.tops.get(column).and_then(|tops| tops.get(node)).copied().unwrap_or_default()
}

fn head(pen: &mut Pen, caption: &Caption) {
    pen.text(MARGIN, 700, Type { size: 280, ink: Ink::Text, bold: true }, &caption.title);
    pen.text(MARGIN, 1050, Type { size: 140, ink: Ink::Soft, bold: false }, &caption.subtitle);
    let keys = ["givers", "functions", "items", "receivers", "kept"];
    for ((left, wide), key) in PLACES.into_iter().chain([KEPT]).zip(keys) {
        pen.text(left, CAPTIONS, Type { size: 160, ink: Ink::Text, bold: true }, words("map", key));
        pen.rule(Frame { left, top: CAPTIONS + 90, wide, high: 10 }, Ink::Text);
    }
}

/// The curves from one column to the next. Where several leave a box they leave it in the order in which they arrive, so that
/// none crosses another needlessly.
fn curves(pen: &mut Pen, graph: &Graph, layout: &Layout, heights: &[Vec<Tenths>; COLUMNS], at: usize, sensitive: bool) {
    let Some(edges) = graph.edges.get(at) else { return };
    let (Some((left, wide)), Some((next, _))) = (PLACES.get(at), PLACES.get(at + 1)) else { return };
    let port = |column: usize, node: usize, own: Vec<usize>, other: usize| {
        let high = heights.get(column).and_then(|own| own.get(node)).copied().unwrap_or_default();
        let places = i64::try_from(own.len()).unwrap_or_default() + 1;
        let place = own.iter().position(|one| *one == other).and_then(|place| i64::try_from(place).ok());
        TOP + top(layout, column, node) + high * (place.unwrap_or_default() + 1) / places
    };
    let sorted = |column: usize, mut nodes: Vec<usize>| {
        nodes.sort_by_key(|node| top(layout, column, *node));
        nodes
    };
    for edge in edges.iter().filter(|edge| edge.sensitive == sensitive) {
        let leaving: Vec<usize> = edges.iter().filter(|one| one.from == edge.from).map(|one| one.to).collect();
        let coming: Vec<usize> = edges.iter().filter(|one| one.to == edge.to).map(|one| one.from).collect();
        let from = (left + wide, port(at, edge.from, sorted(at + 1, leaving), edge.to));
        let to = (*next, port(at + 1, edge.to, sorted(at, coming), edge.from));
        let (ink, thick) = if sensitive { (Ink::Sensitive, 18) } else { (Ink::Plain, 11) };
        pen.curve(from, to, ink, thick, &what(graph, at, edge));
    }
}

/// From where to where a curve goes, and what goes there.
fn what(graph: &Graph, at: usize, edge: &Edge) -> String {
    let title = |column: usize, node: usize| {
        graph.columns.get(column).and_then(|nodes| nodes.get(node)).map_or("", |node| node.title.as_str())
    };
    [title(at, edge.from), " \u{2192} ", title(at + 1, edge.to), "\u{ff1a}", &edge.what].concat()
}

const fn ink_of(kind: FunctionKind) -> Ink {
    match kind {
        FunctionKind::Basic => Ink::Plain,
        FunctionKind::Additional => Ink::Additional,
        FunctionKind::Statutory => Ink::Statutory,
        FunctionKind::Security => Ink::Security,
        FunctionKind::Marketing => Ink::Marketing,
    }
}

fn put(pen: &mut Pen, column: usize, dressed: &Dressed<'_>, top: Tenths) {
    let Some((left, wide)) = PLACES.get(column).copied() else { return };
    let (frame, node) = (Frame { left, top, wide, high: dressed.high() }, dressed.node);
    pen.fill(frame, Ink::Sheet, ROUND);
    pen.outline(frame, Ink::Line, ROUND);
    if let Some(kind) = node.kind {
        pen.fill(Frame { wide: 50, ..frame }, ink_of(kind), 25);
    }
    let mut base = top + PAD + 110;
    for line in &dressed.title {
        pen.text(left + PAD, base, TITLE, line);
        base += TITLE_STEP;
    }
    if dressed.has_note() {
        let numbers: String = node.makes.iter().map(|number| numbered(*number)).collect();
        let note = if numbers.is_empty() { node.note.clone() } else { [&node.note, BETWEEN, &numbers].concat() };
        pen.text(left + PAD, base - 15, NOTE, &note);
        base += STEP;
    }
    base += if dressed.rows.is_empty() { 0 } else { 10 };
    for row in &dressed.rows {
        let mut runs: Vec<(&str, Ink)> = Vec::new();
        for line in row {
            if !runs.is_empty() {
                runs.push((BETWEEN, Ink::Text));
            }
            runs.push((&line.text, if line.sensitive { Ink::Sensitive } else { Ink::Text }));
        }
        pen.runs(left + PAD, base, LINE, &runs);
        base += STEP;
    }
}

/// A number in a circle; beyond twenty there is no such sign.
fn numbered(number: usize) -> String {
    let circled = u32::try_from(number).ok().filter(|number| (1..=20).contains(number));
    let circled = circled.and_then(|number| char::from_u32(0x245f + number));
    circled.map_or_else(|| format!("({number})"), String::from)
}

/// The lines of the last column: the class, then how long, then a blank.
fn kept_lines(graph: &Graph) -> Vec<(Type, String)> {
    let mut lines: Vec<(Type, String)> = Vec::new();
    if let Some(alike) = &graph.kept_alike {
        lines.push((TITLE, words("map", "all-records").to_owned()));
        lines.extend(wrapped(alike, LINE.size, KEPT.1).into_iter().map(|line| (Type { ink: Ink::Soft, ..LINE }, line)));
        lines.push((LINE, String::new()));
    }
    for (number, kept) in (1..).zip(&graph.kept) {
        let class = [&numbered(number), " ", &kept.class].concat();
        lines.extend(wrapped(&class, TITLE.size, KEPT.1).into_iter().map(|line| (TITLE, line)));
        lines.extend(
            wrapped(&kept.period, LINE.size, KEPT.1).into_iter().map(|line| (Type { ink: Ink::Soft, ..LINE }, line)),
        );
        lines.push((LINE, String::new()));
    }
    lines
}

fn periods(pen: &mut Pen, lines: &[(Type, String)]) {
    let mut base = TOP + 110;
    for (look, line) in lines {
        if !line.is_empty() {
            pen.text(KEPT.0, base, *look, line);
        }
        base += STEP;
    }
}

/// What the signs mean, and what the map was made from.
fn foot(pen: &mut Pen, caption: &Caption, high: Tenths) {
    let top = high - FOOT + 450;
    pen.rule(Frame { left: MARGIN, top: top - 250, wide: WIDE - 2 * MARGIN, high: 10 }, Ink::Line);
    let mut left = MARGIN;
    let mut say = |pen: &mut Pen, text: &str| {
        pen.text(left, top + 45, LINE, text);
        left += width(text, LINE.size) + 450;
        left
    };
    let mut at = say(pen, words("map", "legend"));
    for (ink, thick, key) in [(Ink::Sensitive, 18, "legend-sensitive"), (Ink::Plain, 11, "legend-plain")] {
        pen.curve((at - 350, top), (at, top), ink, thick, words("map", key));
        at = say(pen, &["\u{3000}\u{3000}", words("map", key)].concat());
    }
    say(pen, words("map", "legend-item"));
    say(pen, words("map", "legend-number"));
    let mut left = MARGIN;
    let kinds = [
        FunctionKind::Basic,
        FunctionKind::Additional,
        FunctionKind::Statutory,
        FunctionKind::Security,
        FunctionKind::Marketing,
    ];
    for kind in kinds {
        pen.fill(Frame { left, top: top + 260, wide: 50, high: 150 }, ink_of(kind), 25);
        pen.text(left + 120, top + 380, LINE, &label(kind));
        left += width(&label(kind), LINE.size) + 500;
    }
    pen.text(MARGIN, top + 750, NOTE, &caption.print);
}
