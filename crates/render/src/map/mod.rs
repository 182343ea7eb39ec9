//! The data-flow map (数据流图): who gives, in which function, which items, who receives, how long it is kept; as SVG.
//!
//! No script, no font of its own, no clock: the same policy gives the same bytes. `graph` says what flows, `measure` how wide words are, `layout` where boxes stand, `draw` how it looks.

mod draw;
mod graph;
mod layout;
mod measure;
mod pen;

use policy::compile::Tables;

use crate::document::prose::{prose, words};
use crate::document::{Block, Document, Picture, Section, Table, Text};
use crate::listed::origin;
use crate::told::Marks;
use crate::wording::{list, tidy, told_text};
use graph::Graph;
pub use pen::Colours;

/// The map of compiled tables, as an SVG document of its own.
pub fn svg(tables: &Tables, colours: Colours) -> String {
    let graph = graph::of(tables.program());
    draw::svg(&graph, &caption(tables, &graph), colours)
}

/// What stands around the drawing.
struct Caption {
    title: String,
    subtitle: String,
    /// For whoever does not see it.
    told: String,
    print: String,
}

fn caption(tables: &Tables, graph: &Graph) -> Caption {
    let policy = &tables.program().policy;
    let count = |of: usize| Text::plain(of.to_string());
    let [givers, places, ..] = &graph.columns;
    let functions = count(places.iter().filter(|place| place.kind.is_some()).count());
    let scenes = places.iter().filter(|place| place.kind.is_none()).count();
    let functions = match scenes {
        0 => prose("map", "only-functions", &[("functions", functions)]),
        _ => prose("map", "functions-and-scenes", &[("functions", functions), ("scenes", count(scenes))]),
    };
    let blanks = [
        ("service", Text::plain(tidy(&policy.policy.service))),
        ("handler", Text::plain(tidy(&policy.handler.name))),
        ("version", Text::plain(told_text(&policy.policy.version).text())),
        ("givers", count(givers.len())),
        ("functions", functions),
        ("items", count(graph.processed.items.len())),
        ("sensitive", count(graph.processed.sensitive.len())),
        ("receivers", count(graph.processed.receivers.len())),
        ("records", count(graph.kept.len())),
        ("policy", Text::plain(tables.policy().to_string())),
        ("tables", Text::plain(tables.fingerprint().to_string())),
    ];
    let line = |key| prose("map", key, &blanks).words();
    Caption { title: line("title"), subtitle: line("subtitle"), told: line("told"), print: line("print") }
}

/// The map as a document: the drawing, and the same as a table for whoever does not see it.
pub(crate) fn document(tables: &Tables) -> Document {
    let graph = graph::of(tables.program());
    let caption = caption(tables, &graph);
    let picture = Picture { svg: draw::svg(&graph, &caption, Colours::Light), alt: caption.told.clone() };
    let sections = vec![
        Section::titled("s-map", words("map", "drawing"), vec![Block::Picture(picture)]),
        Section::titled("s-flows", words("map", "table"), vec![Block::Table(table(&graph))]),
    ];
    let lead = vec![prose("map", "lead", &[])];
    Document::new(caption.title, lead, sections, origin(tables))
}

/// One line a function: who gives, what goes where, how long.
fn table(graph: &Graph) -> Table {
    let [given, taken, received] = &graph.edges;
    let title = |column: usize, node: usize| {
        graph.columns.get(column).and_then(|nodes| nodes.get(node)).map(|node| node.title.clone()).unwrap_or_default()
    };
    let [_, functions, ..] = &graph.columns;
    let line = |(at, function): (usize, &graph::Node)| {
        let givers = given.iter().filter(|edge| edge.to == at).map(|edge| title(0, edge.from));
        let own: Vec<&graph::Edge> = taken.iter().filter(|edge| edge.from == at).collect();
        let items = own.iter().map(|edge| [&title(2, edge.to), "\u{ff1a}", &edge.what].concat());
        let mut receivers: Vec<String> = Vec::new();
        for edge in received.iter().filter(|edge| own.iter().any(|taken| taken.to == edge.from)) {
            let class = title(3, edge.to);
            if !receivers.contains(&class) {
                receivers.push(class);
            }
        }
        let kept = function.makes.iter().filter_map(|number| graph.kept.get(number.checked_sub(1)?));
        let alike = graph.kept_alike.iter().cloned();
        let kept = alike.chain(kept.map(|kept| [kept.class.as_str(), "\u{ff1a}", &kept.period].concat()));
        let kept = kept.filter(|_| !function.makes.is_empty());
        let cells = vec![function.title.clone(), list(givers), list(items), list(receivers), list(kept)];
        (cells, Marks::default())
    };
    let columns = ["function", "giver", "item", "may_receive", "kept"];
    Table::new(&columns, functions.iter().enumerate().map(line).collect()).without_clauses()
}
