//! A trace for people, clause by clause, and for programs.

use std::fmt::Write as _;

use serde_json::{Value, json as value};

use super::{Carried, Lack, Mention, Trace, Unplaced};
use crate::finding::Source;

/// The mentions that `shown` takes, under their clauses, then what has no place in the text, and how many of each.
///
/// A mention that a clause repeats stands once, with all its lines.
pub fn human(trace: &Trace, text: &str, policy: &Source, shown: &dyn Fn(Carried) -> bool) -> String {
    let mut out = String::new();
    let mentions: Vec<&Mention> = trace.mentions.iter().filter(|mention| shown(mention.carried)).collect();
    for clause in mentions.chunk_by(|a, b| a.clause == b.clause) {
        let name = clause.first().map(|first| first.clause.as_str()).filter(|name| !name.is_empty());
        let _ = writeln!(out, "{text} {}", name.unwrap_or("before the first clause"));
        let mut told: Vec<(&Mention, Vec<usize>)> = Vec::new();
        for mention in clause {
            let same = |(known, _): &&mut (&Mention, Vec<usize>)| known.word == mention.word && known.by == mention.by;
            match told.iter_mut().find(same) {
                Some((_, lines)) => lines.push(mention.line),
                None => told.push((mention, vec![mention.line])),
            }
        }
        for (mention, mut lines) in told {
            lines.dedup();
            let lines: Vec<String> = lines.iter().map(usize::to_string).collect();
            let by = match mention.carried {
                Carried::Here => mention.by.join(", "),
                Carried::Elsewhere => format!("not in this clause, but {}", mention.by.join(", ")),
                Carried::Not => "not carried".to_owned(),
            };
            let _ = writeln!(out, "  {}: {} {}: {by}", lines.join(", "), sorts(mention), mention.word);
        }
        out.push('\n');
    }
    out.push_str(&unplaced(trace, policy));
    let count = |carried| trace.mentions.iter().filter(|mention| mention.carried == carried).count();
    let placeless = trace.unplaced.iter().filter(|one| !matches!(one.lack, Lack::There(_)));
    let mut placeless: Vec<&str> = placeless.map(|one| one.element.as_str()).collect();
    placeless.dedup();
    let _ = writeln!(
        out,
        "{} mentions: {} carried, {} in other clauses only, {} not carried\n{} elements: {} without a place",
        trace.mentions.len(),
        count(Carried::Here),
        count(Carried::Elsewhere),
        count(Carried::Not),
        trace.elements,
        placeless.len(),
    );
    out
}

/// The sorts of what a mention can mean.
fn sorts(mention: &Mention) -> String {
    let mut sorts: Vec<&str> = mention.means.iter().map(|meaning| meaning.sort.word()).collect();
    sorts.dedup();
    sorts.join(" or ")
}

fn unplaced(trace: &Trace, policy: &Source) -> String {
    let mut out = String::new();
    for of in trace.unplaced.chunk_by(|a, b| a.element == b.element) {
        let Some(first) = of.first() else { continue };
        let _ =
            writeln!(out, "{}:{} {} ({})", policy.name, line(policy, first), first.element, first.clauses.join(", "));
        for one in of {
            let _ = match &one.lack {
                Lack::Clause(clause) => writeln!(out, "  the text has no clause {clause}"),
                Lack::Nowhere(name) => writeln!(out, "  the text names {name} nowhere"),
                Lack::There(name) => writeln!(out, "  the text names {name}, but not there"),
            };
        }
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// Everything of a trace.
pub fn json(trace: &Trace, text: &str, policy: &Source, shown: &dyn Fn(Carried) -> bool) -> Value {
    let mentions = trace.mentions.iter().filter(|mention| shown(mention.carried)).map(|mention| {
        let means = mention.means.iter().map(|one| value!({ "sort": one.sort.word(), "id": one.id }));
        value!({
            "line": mention.line,
            "clause": mention.clause,
            "word": mention.word,
            "means": means.collect::<Vec<_>>(),
            "state": mention.carried.word(),
            "by": mention.by,
        })
    });
    let unplaced = trace.unplaced.iter().map(|one| {
        let (lack, what) = match &one.lack {
            Lack::Clause(what) => ("clause", what),
            Lack::Nowhere(what) => ("nowhere", what),
            Lack::There(what) => ("not-there", what),
        };
        value!({
            "element": one.element,
            "clauses": one.clauses,
            "line": line(policy, one),
            "lack": lack,
            "what": what,
        })
    });
    value!({
        "text": text,
        "policy": &*policy.name,
        "mentions": mentions.collect::<Vec<_>>(),
        "unplaced": unplaced.collect::<Vec<_>>(),
        "elements": trace.elements,
        "whole": trace.is_whole(),
    })
}

/// The line of the policy file on which an element begins.
fn line(policy: &Source, one: &Unplaced) -> usize {
    let start = usize::try_from(one.span.start).unwrap_or(usize::MAX);
    policy.text.get(..start).unwrap_or_default().matches('\n').count() + 1
}
