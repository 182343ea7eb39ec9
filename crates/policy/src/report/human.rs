//! Findings for people: the place with carets, secondary places, clause and articles, what would mend it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{count, count_of, files, range};
use crate::finding::{Finding, Place, Severity, Source};

/// How the report is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Plain text, for files and pipes.
    Plain,
    /// With colours, for terminals.
    Coloured,
}

/// All findings, in the order of [`super::order`], and last lines that count them and say how to read on.
///
/// A finding in a file that is not among `sources` is shown without its line. One that somebody answers for is shown in
/// brief: what it is, where, by whose reason and since when.
pub fn human(findings: &[Finding], sources: &[Source], style: Style) -> String {
    drawn(findings, sources, style, BTreeMap::new())
}

/// The same; after the first open finding of each code stands what the code means, why, and its examples.
pub fn explained(findings: &[Finding], sources: &[Source], style: Style) -> String {
    drawn(findings, sources, style, super::explanations(findings))
}

fn drawn(
    findings: &[Finding],
    sources: &[Source],
    style: Style,
    mut explanations: BTreeMap<&'static str, String>,
) -> String {
    let explains = !explanations.is_empty();
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    let mut sorted = findings.to_vec();
    super::order(&mut sorted);
    let mut text = String::new();
    for finding in &sorted {
        text.push_str(&renderer.render(&[group(finding, sources)]));
        text.push_str("\n\n");
        let said = finding.acknowledged.is_none().then(|| explanations.remove(finding.code)).flatten();
        for line in said.iter().flat_map(|said| said.lines().chain([""])) {
            text.push_str(format!("    {line}").trim_end());
            text.push('\n');
        }
    }
    text.push_str(&count(&sorted).to_string());
    text.push('\n');
    if sorted.iter().any(|finding| finding.code.starts_with('T')) {
        let [law, itself] = ['R', 'T'].map(|family| count_of(&sorted, family));
        let _ = writeln!(text, "of the law: {law}; of the text itself: {itself}");
    }
    text.push_str(&read_on(&sorted, explains));
    text
}

/// What the reader of findings of the law and the text does next.
fn read_on(findings: &[Finding], explains: bool) -> String {
    let open: Vec<&Finding> =
        findings.iter().filter(|finding| finding.acknowledged.is_none() && !finding.code.starts_with('L')).collect();
    let Some(first) = open.first() else { return String::new() };
    let errors = open.iter().filter(|finding| finding.severity == Severity::Error).count();
    let of_text = open.iter().any(|finding| finding.severity == Severity::Error && finding.code.starts_with('T'));
    let of = if of_text { "of law and text" } else { "of the law" };
    let publishing = match errors {
        0 => String::new(),
        1 => format!("to publish this, mend 1 error {of}, or answer for it in operation.toml: [[acknowledge]]\n"),
        many => {
            format!("to publish this, mend {many} errors {of}, or answer for them in operation.toml: [[acknowledge]]\n")
        }
    };
    if explains {
        return publishing;
    }
    format!("{publishing}why, and what would be right: shouyue explain {}, and so for each code\n", first.code)
}

fn group<'a>(finding: &'a Finding, sources: &'a [Source]) -> Group<'a> {
    let level = match (finding.severity, &finding.acknowledged) {
        (Severity::Error, None) => Level::ERROR,
        (Severity::Warning, None) => Level::WARNING,
        (Severity::Note, None) => Level::NOTE,
        (Severity::Error, Some(_)) => Level::NOTE.with_name("acknowledged error"),
        (Severity::Warning, Some(_)) => Level::NOTE.with_name("acknowledged warning"),
        (Severity::Note, Some(_)) => Level::NOTE.with_name("acknowledged note"),
    };
    let mut group = Group::with_title(level.primary_title(&finding.message).id(finding.code));
    if let Some(acknowledged) = &finding.acknowledged {
        let said = format!("{}: {}", acknowledged.on, acknowledged.reason);
        let origin = finding.places.first().and_then(|place| origin(place, sources));
        return group.elements(origin).element(Level::NOTE.with_name("acknowledged").message(said));
    }
    group = group.elements(snippets(finding, sources));
    for place in finding.places.iter().filter(|place| !sources.iter().any(|source| source.name == place.file)) {
        group = group.element(Level::NOTE.message(format!("in {}", place.file)));
    }
    if let Some(clause) = &finding.clause {
        group = group.element(Level::NOTE.with_name("clause").message(clause));
    }
    for cite in &finding.cites {
        group = group.element(Level::NOTE.with_name("rule").message(cite));
    }
    if let Some(mend) = &finding.mend {
        group = group.element(Level::HELP.message(mend));
    }
    group
}

/// Where a place begins, without its text.
fn origin<'a>(place: &'a Place, sources: &[Source]) -> Option<Origin<'a>> {
    let source = sources.iter().find(|source| source.name == place.file)?;
    let before = source.text.get(..range(source, place.span).start)?;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Some(Origin::path(&*place.file).line(before.matches('\n').count() + 1).char_column(column))
}

/// One snippet a file, the file of the main place first.
fn snippets<'a>(finding: &'a Finding, sources: &'a [Source]) -> Vec<Snippet<'a, Annotation<'a>>> {
    files(&finding.places, sources).into_iter().filter_map(|source| excerpt(finding, source)).collect()
}

/// The lines of one file that hold places of the finding; the rest of the file is not looked at.
fn excerpt<'a>(finding: &'a Finding, source: &'a Source) -> Option<Snippet<'a, Annotation<'a>>> {
    let places: Vec<_> = finding
        .places
        .iter()
        .enumerate()
        .filter(|(_, place)| place.file == source.name)
        .map(|(i, place)| (i, place, range(source, place.span)))
        .collect();
    let first = places.iter().map(|(.., range)| range.start).min()?;
    let last = places.iter().map(|(.., range)| range.end).max()?;
    let before = source.text.get(..first)?;
    let from = before.rfind('\n').map_or(0, |newline| newline + 1);
    let to = source.text.get(last..)?.find('\n').map_or(source.text.len(), |newline| last + newline);
    let annotations = places.into_iter().map(|(i, place, range)| {
        let kind = if i == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        let label = (!place.label.is_empty()).then_some(place.label.as_str());
        kind.span(range.start - from..range.end - from).label(label)
    });
    let lines = Snippet::source(source.text.get(from..to)?).line_start(before.matches('\n').count() + 1);
    Some(lines.path(&*source.name).annotations(annotations))
}
