//! Findings for people: the place with carets, secondary places, clause and articles, what would mend it.

use std::collections::BTreeMap;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::words::Words;
use super::{count, count_of, files, range};
use crate::finding::{Finding, Language, Place, Severity, Source};
use crate::label::fill;

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
pub fn human(findings: &[Finding], sources: &[Source], style: Style, language: Language) -> String {
    drawn(findings, sources, (style, language), BTreeMap::new())
}

/// The same; after the first open finding of each code stands what the code means, why, and its examples.
pub fn explained(findings: &[Finding], sources: &[Source], style: Style, language: Language) -> String {
    drawn(findings, sources, (style, language), super::explanations(findings, language))
}

fn drawn(
    findings: &[Finding],
    sources: &[Source],
    (style, language): (Style, Language),
    mut explanations: BTreeMap<&'static str, String>,
) -> String {
    let explains = !explanations.is_empty();
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    let mut sorted = findings.to_vec();
    super::order(&mut sorted);
    let drawn = Drawn { language, words: Words::of(language) };
    let words = drawn.words;
    let mut text = String::new();
    for finding in &sorted {
        text.push_str(&renderer.render(&[drawn.group(finding, sources)]));
        text.push_str("\n\n");
        let said = finding.acknowledged.is_none().then(|| explanations.remove(finding.code)).flatten();
        for line in said.iter().flat_map(|said| said.lines().chain([""])) {
            text.push_str(format!("    {line}").trim_end());
            text.push('\n');
        }
    }
    text.push_str(&words.count(count(&sorted)));
    text.push('\n');
    if sorted.iter().any(|finding| finding.code.starts_with('T')) {
        let [law, itself] = ['R', 'T'].map(|family| words.count(count_of(&sorted, family)));
        text.push_str(&fill(&words.families, &[("law", &law), ("text", &itself)]));
        text.push('\n');
    }
    for line in read_on(&sorted, explains, words) {
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// What the reader of findings of the law and the text does next.
fn read_on(findings: &[Finding], explains: bool, words: &Words) -> Vec<String> {
    let open: Vec<&Finding> =
        findings.iter().filter(|finding| finding.acknowledged.is_none() && !finding.code.starts_with('L')).collect();
    let errors: Vec<_> = open.iter().filter(|finding| finding.severity == Severity::Error).collect();
    let of_text = errors.iter().any(|finding| finding.code.starts_with('T'));
    let publishing = (!errors.is_empty()).then(|| words.publish(errors.len(), of_text));
    let why = open.first().filter(|_| !explains).map(|first| fill(&words.why, &[("code", first.code)]));
    publishing.into_iter().chain(why).collect()
}

/// Findings as they are drawn in a language.
#[derive(Clone, Copy)]
struct Drawn {
    language: Language,
    words: &'static Words,
}

impl Drawn {
    fn group<'a>(self, finding: &'a Finding, sources: &'a [Source]) -> Group<'a> {
        let Self { language, words } = self;
        let is_open = finding.acknowledged.is_none();
        let level = match finding.severity {
            Severity::Error if is_open => Level::ERROR,
            Severity::Warning if is_open => Level::WARNING,
            _ => Level::NOTE,
        };
        let level = level.with_name(words.level(finding.severity, is_open));
        let note = |name: &'static str| Level::NOTE.with_name(name);
        let mut group = Group::with_title(level.primary_title(finding.message.in_language(language)).id(finding.code));
        if let Some(acknowledged) = &finding.acknowledged {
            let said = format!("{}: {}", acknowledged.on, acknowledged.reason);
            let origin = finding.places.first().and_then(|place| origin(place, sources));
            return group.elements(origin).element(note(&words.acknowledged).message(said));
        }
        group = group.elements(self.snippets(finding, sources));
        for place in finding.places.iter().filter(|place| !sources.iter().any(|source| source.name == place.file)) {
            let elsewhere = fill(&words.elsewhere, &[("file", &place.file)]);
            group = group.element(note(words.level(Severity::Note, true)).message(elsewhere));
        }
        if let Some(clause) = &finding.clause {
            group = group.element(note(&words.clause).message(clause));
        }
        for cite in &finding.cites {
            group = group.element(note(&words.rule).message(cite.in_language(language)));
        }
        if let Some(mend) = &finding.mend {
            group = group.element(Level::HELP.with_name(words.help.as_str()).message(mend.in_language(language)));
        }
        group
    }

    /// One snippet a file, the file of the main place first.
    fn snippets<'a>(self, finding: &'a Finding, sources: &'a [Source]) -> Vec<Snippet<'a, Annotation<'a>>> {
        files(&finding.places, sources).into_iter().filter_map(|source| self.excerpt(finding, source)).collect()
    }

    /// The lines of one file that hold places of the finding; the rest of the file is not looked at.
    fn excerpt<'a>(self, finding: &'a Finding, source: &'a Source) -> Option<Snippet<'a, Annotation<'a>>> {
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
            let label = (!place.label.is_empty()).then(|| place.label.in_language(self.language));
            kind.span(range.start - from..range.end - from).label(label)
        });
        let lines = Snippet::source(source.text.get(from..to)?).line_start(before.matches('\n').count() + 1);
        Some(lines.path(&*source.name).annotations(annotations))
    }
}

/// Where a place begins, without its text.
fn origin<'a>(place: &'a Place, sources: &[Source]) -> Option<Origin<'a>> {
    let source = sources.iter().find(|source| source.name == place.file)?;
    let before = source.text.get(..range(source, place.span).start)?;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Some(Origin::path(&*place.file).line(before.matches('\n').count() + 1).char_column(column))
}
