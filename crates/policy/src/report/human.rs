//! Findings for people: the place with carets, secondary places, clause and articles, what would mend it.

use std::collections::BTreeMap;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Count, count, count_of, files, range};
use crate::finding::{Finding, Language, Message, Place, Severity, Source};

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
    drawn(findings, sources, (style, language), super::explanations(findings))
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
    let words = words(language);
    let mut text = String::new();
    for finding in &sorted {
        text.push_str(&renderer.render(&[words.group(finding, sources)]));
        text.push_str("\n\n");
        let said = finding.acknowledged.is_none().then(|| explanations.remove(finding.code)).flatten();
        for line in said.iter().flat_map(|said| said.lines().chain([""])) {
            text.push_str(format!("    {line}").trim_end());
            text.push('\n');
        }
    }
    text.push_str(&(words.count)(count(&sorted)));
    text.push('\n');
    if sorted.iter().any(|finding| finding.code.starts_with('T')) {
        let [law, itself] = ['R', 'T'].map(|family| (words.count)(count_of(&sorted, family)));
        text.push_str(&(words.families)(&law, &itself));
    }
    text.push_str(&read_on(&sorted, explains, words));
    text
}

/// What the reader of findings of the law and the text does next.
fn read_on(findings: &[Finding], explains: bool, words: &Words) -> String {
    let open: Vec<&Finding> =
        findings.iter().filter(|finding| finding.acknowledged.is_none() && !finding.code.starts_with('L')).collect();
    let Some(first) = open.first() else { return String::new() };
    let errors: Vec<_> = open.iter().filter(|finding| finding.severity == Severity::Error).collect();
    let of_text = errors.iter().any(|finding| finding.code.starts_with('T'));
    let publishing = if errors.is_empty() { String::new() } else { (words.publishing)(errors.len(), of_text) };
    if explains { publishing } else { publishing + &(words.why)(first.code) }
}

/// What a report says around its findings.
struct Words {
    language: Language,
    /// Error, warning, note: open, and answered for.
    levels: [[&'static str; 3]; 2],
    acknowledged: &'static str,
    /// Before the name of a file that is not at hand.
    elsewhere: &'static str,
    clause: &'static str,
    rule: &'static str,
    help: &'static str,
    count: fn(Count) -> String,
    /// Of how many of the law, and how many of the text itself.
    families: fn(&str, &str) -> String,
    /// What keeps the text from being published: so many errors, and whether one is of the text itself.
    publishing: fn(usize, bool) -> String,
    /// Where a code is explained.
    why: fn(&str) -> String,
}

const ENGLISH: Words = Words {
    language: Language::English,
    levels: [["error", "warning", "note"], ["acknowledged error", "acknowledged warning", "acknowledged note"]],
    acknowledged: "acknowledged",
    elsewhere: "in",
    clause: "clause",
    rule: "rule",
    help: "help",
    count: |count| count.to_string(),
    families: |law, itself| format!("of the law: {law}; of the text itself: {itself}\n"),
    publishing: |errors, of_text| {
        let of = if of_text { "of law and text" } else { "of the law" };
        let (errors, them) =
            if errors == 1 { ("1 error".to_owned(), "it") } else { (format!("{errors} errors"), "them") };
        format!("to publish this, mend {errors} {of}, or answer for {them} in operation.toml: [[acknowledge]]\n")
    },
    why: |code| format!("why, and what would be right: shouyue explain {code}, and so for each code\n"),
};

const CHINESE: Words = Words {
    language: Language::Chinese,
    levels: [["错误", "警告", "提示"], ["已确认的错误", "已确认的警告", "已确认的提示"]],
    acknowledged: "确认理由",
    elsewhere: "见",
    clause: "条款",
    rule: "依据",
    help: "怎样改",
    count: |Count { errors, warnings, notes, acknowledged }| {
        let some = |n: usize, what: &str| (n > 0).then(|| format!("{n} 个{what}"));
        let parts = [some(errors, "错误"), some(warnings, "警告"), some(notes, "提示")];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let open = if parts.is_empty() { "没有发现".to_owned() } else { parts.join("，") };
        if acknowledged > 0 { format!("{open}（另有 {acknowledged} 个已确认）") } else { open }
    },
    families: |law, itself| format!("按法律规则：{law}；文本自身：{itself}\n"),
    publishing: |errors, of_text| {
        let of = if of_text { "法律规则和文本自身" } else { "法律规则" };
        format!(
            "要发布这份文本，请改正{of}方面的 {errors} 个错误，或者在 operation.toml 的 [[acknowledge]] 中逐条说明理由\n"
        )
    },
    why: |code| format!("为什么、怎样才对：shouyue explain {code}，其他编号同理\n"),
};

const fn words(language: Language) -> &'static Words {
    match language {
        Language::English => &ENGLISH,
        Language::Chinese => &CHINESE,
    }
}

impl Words {
    fn group<'a>(&self, finding: &'a Finding, sources: &'a [Source]) -> Group<'a> {
        let is_open = finding.acknowledged.is_none();
        let [error, warning, note] = if is_open { self.levels[0] } else { self.levels[1] };
        let level = match finding.severity {
            Severity::Error if is_open => Level::ERROR.with_name(error),
            Severity::Warning if is_open => Level::WARNING.with_name(warning),
            Severity::Error => Level::NOTE.with_name(error),
            Severity::Warning => Level::NOTE.with_name(warning),
            Severity::Note => Level::NOTE.with_name(note),
        };
        let said = |message: &'a Message| message.in_language(self.language);
        let mut group = Group::with_title(level.primary_title(said(&finding.message)).id(finding.code));
        if let Some(acknowledged) = &finding.acknowledged {
            let reason = format!("{}: {}", acknowledged.on, acknowledged.reason);
            let origin = finding.places.first().and_then(|place| origin(place, sources));
            return group.elements(origin).element(Level::NOTE.with_name(self.acknowledged).message(reason));
        }
        group = group.elements(self.snippets(finding, sources));
        for place in finding.places.iter().filter(|place| !sources.iter().any(|source| source.name == place.file)) {
            group = group.element(Level::NOTE.with_name(note).message(format!("{} {}", self.elsewhere, place.file)));
        }
        if let Some(clause) = &finding.clause {
            group = group.element(Level::NOTE.with_name(self.clause).message(clause));
        }
        for cite in &finding.cites {
            group = group.element(Level::NOTE.with_name(self.rule).message(said(cite)));
        }
        if let Some(mend) = &finding.mend {
            group = group.element(Level::HELP.with_name(self.help).message(said(mend)));
        }
        group
    }

    /// One snippet a file, the file of the main place first.
    fn snippets<'a>(&self, finding: &'a Finding, sources: &'a [Source]) -> Vec<Snippet<'a, Annotation<'a>>> {
        files(&finding.places, sources).into_iter().filter_map(|source| self.excerpt(finding, source)).collect()
    }

    /// The lines of one file that hold places of the finding; the rest of the file is not looked at.
    fn excerpt<'a>(&self, finding: &'a Finding, source: &'a Source) -> Option<Snippet<'a, Annotation<'a>>> {
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
