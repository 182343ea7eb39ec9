//! Reports: findings for people, in the shape that Rust's compiler made familiar, and for machines, as JSON and SARIF.

mod excerpt;
mod explain;
mod human;
mod json;
mod sarif;
mod select;
#[cfg(test)]
mod tests;
mod words;

pub use excerpt::{Excerpt, Label, Line, Mark, Part, excerpts};
pub use explain::{Explanation, every_code, explain, explanation};
pub use human::{Style, explained, human};
pub use json::json;
pub use sarif::sarif;
pub use select::Selection;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::finding::{Finding, Language, Place, Severity, Source, Span};

/// After so many findings in one file the rest is counted, not shown.
pub const FINDINGS_MAX: usize = 1000;

/// Puts findings into the order of every report: by file, place, code, words, then further places. What is equal in all
/// of these was said of one text twice.
pub fn order(findings: &mut [Finding]) {
    findings.sort_by(|a, b| {
        let key = |of: &Finding| of.places.first().map(|place| (place.file.clone(), place.span));
        let words = |of: &Finding| (of.code, of.severity, of.acknowledged.is_some());
        let by_place = key(a).cmp(&key(b)).then_with(|| a.code.cmp(b.code)).then_with(|| a.message.cmp(&b.message));
        by_place.then_with(|| a.places.cmp(&b.places)).then_with(|| words(a).cmp(&words(b)))
    });
}

/// The last lines of a report of which some findings were left out: how many, and of how many versions it is.
pub fn seen(versions: usize, hidden: usize, language: Language) -> String {
    words::Words::of(language).seen(versions, hidden)
}

/// What the codes of those findings mean that nobody answers for yet.
pub fn explanations(findings: &[Finding], language: Language) -> BTreeMap<&'static str, String> {
    let open = findings.iter().filter(|finding| finding.acknowledged.is_none());
    open.filter_map(|finding| Some((finding.code, explain(finding.code, language)?))).collect()
}

/// Keeps the first [`FINDINGS_MAX`] findings of each file, which are in order, and says how many more there were.
pub(crate) fn limit(findings: &mut Vec<Finding>) {
    let mut seen: BTreeMap<Arc<str>, usize> = BTreeMap::new();
    findings.retain(|finding| {
        let Some(place) = finding.places.first() else { return true };
        let count = seen.entry(place.file.clone()).or_default();
        *count += 1;
        *count <= FINDINGS_MAX
    });
    for (file, count) in seen.into_iter().filter(|(_, count)| *count > FINDINGS_MAX) {
        let message = format!("{} more findings in this file are not shown", count - FINDINGS_MAX);
        findings.push(Finding::new("L0114", Severity::Error, message).at(&Source::new(file, ""), Span::default(), ""));
    }
}

/// How many of each, acknowledged ones apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Errors that nobody answers for.
    pub errors: usize,
    /// Warnings that nobody answers for.
    pub warnings: usize,
    /// Notes that nobody answers for.
    pub notes: usize,
    /// Findings of any severity that somebody answers for.
    pub acknowledged: usize,
}

/// Counts findings.
pub fn count(findings: &[Finding]) -> Count {
    counted(findings.iter())
}

/// Counts the findings whose codes begin with a letter: `R` of the law, `T` of the text itself.
pub fn count_of(findings: &[Finding], family: char) -> Count {
    counted(findings.iter().filter(|finding| finding.code.starts_with(family)))
}

fn counted<'f>(findings: impl Iterator<Item = &'f Finding>) -> Count {
    let mut count = Count::default();
    for finding in findings {
        let to = match (&finding.acknowledged, finding.severity) {
            (Some(_), _) => &mut count.acknowledged,
            (None, Severity::Error) => &mut count.errors,
            (None, Severity::Warning) => &mut count.warnings,
            (None, Severity::Note) => &mut count.notes,
        };
        *to += 1;
    }
    count
}

/// The sources in which places lie, that of the main place first.
fn files<'s>(places: &[Place], sources: &'s [Source]) -> Vec<&'s Source> {
    let mut files: Vec<&Source> = Vec::new();
    for place in places {
        let source = sources.iter().find(|source| source.name == place.file);
        files.extend(source.filter(|source| files.iter().all(|known| known.name != source.name)));
    }
    files
}

/// The span as a range that is surely inside `source` and between characters.
fn range(source: &Source, span: Span) -> std::ops::Range<usize> {
    let inside = |at: u32| {
        let mut at = usize::try_from(at).unwrap_or(usize::MAX).min(source.text.len());
        while !source.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (start, end) = (inside(span.start), inside(span.end));
    start..end.max(start)
}

/// Line and column of both ends of a span, from 1, columns in characters.
fn ends(source: &Source, span: Span) -> [(usize, usize); 2] {
    let range = range(source, span);
    [range.start, range.end].map(|at| {
        let before = source.text.get(..at).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (line, column)
    })
}
