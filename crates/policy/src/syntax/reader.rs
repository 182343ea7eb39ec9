//! Reading with recovery: everything wrong with a file in one run, and everything right kept.

use std::collections::BTreeSet;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::near::nearest;
use super::shape::{At, Shape};
use crate::finding::{Finding, Severity, Source, Span};

/// Larger files are refused unread. The longest published policy, written out, is a tenth of it.
pub const BYTES_MAX: usize = 1 << 20;

/// A value as it stands in the file.
pub type Node<'n> = &'n Spanned<DeValue<'n>>;

/// Collects findings while one source is read.
pub struct Reader<'s> {
    source: &'s Source,
    findings: Vec<Finding>,
    /// Beginnings of lines that are not TOML: what else seems wrong there only follows from it.
    broken: BTreeSet<usize>,
}

impl Reader<'_> {
    /// Reports at `span`. Codes of the family `L02` are warnings, all others errors.
    pub fn report(&mut self, code: &'static str, span: Span, message: String, label: &str, mend: Option<String>) {
        self.push(code, span, message, label, mend, None);
    }

    fn push(
        &mut self,
        code: &'static str,
        span: Span,
        message: String,
        label: &str,
        mend: Option<String>,
        element: Option<&str>,
    ) {
        if self.broken.contains(&line_start(self.source, span)) && code != NOT_TOML {
            return;
        }
        let severity = if code.starts_with("L02") { Severity::Warning } else { Severity::Error };
        let mut finding = Finding::new(code, severity, message).at(self.source, span, label);
        finding.mend = mend.map(Into::into);
        finding.element = element.map(str::to_owned);
        self.findings.push(finding);
    }

    pub(crate) fn expected(&mut self, node: Node<'_>, what: &str) {
        let found = match node.get_ref() {
            DeValue::Table(_) => "a table",
            DeValue::Array(_) => "a list",
            DeValue::String(_) => "a text",
            DeValue::Boolean(_) => "true or false",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Datetime(_) => "a date or time",
        };
        self.report("L0103", node.span().into(), format!("expected {what}, found {found}"), what, None);
    }

    pub(crate) fn unknown_word(&mut self, node: Node<'_>, text: &str, words: &[&str]) {
        let mend = match nearest(words.iter().copied(), text) {
            Some(word) => format!("did you mean `{word}`?"),
            None => format!("one of: {}", words.join(", ")),
        };
        let message = format!("unknown word `{}`", quoted(text));
        self.report("L0108", node.span().into(), message, "not in the list", Some(mend));
    }
}

const NOT_TOML: &str = "L0101";

fn line_start(source: &Source, span: Span) -> usize {
    let at = usize::try_from(span.start).unwrap_or(usize::MAX);
    source.text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

/// User input inside a message: on one line, and not too long.
pub(crate) fn quoted(text: &str) -> String {
    const LETTERS_MAX: usize = 60;
    let mut short: String = text.chars().take(LETTERS_MAX).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(LETTERS_MAX).is_some() {
        short.push('…');
    }
    short
}

/// What reading one source gives.
#[derive(Debug, Clone)]
pub(crate) struct Read<T> {
    pub(crate) value: Option<T>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) outline: Outline,
}

/// Reads one whole source as the table `T`: what could be read, and a finding for everything that could not.
/// `None` when the source is too large. Where there are errors, values may be stand-ins ([`Shape::stand_in`]).
pub fn read<T: Shape>(source: &Source) -> (Option<T>, Vec<Finding>) {
    let read = read_all(source);
    (read.value, read.findings)
}

pub(crate) fn read_all<T: Shape>(source: &Source) -> Read<T> {
    if source.text.len() > BYTES_MAX {
        let message = format!("the file has {} bytes, more than the {BYTES_MAX} that are read", source.text.len());
        let finding = Finding::new("L0112", Severity::Error, message).at(source, Span::default(), "");
        return Read { value: None, findings: vec![finding], outline: Outline::default() };
    }
    let mut to = Reader { source, findings: Vec::new(), broken: BTreeSet::new() };
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    for error in errors {
        let span = error.span().unwrap_or_default().into();
        let deep = error.message().contains("recur");
        let (code, message) = if deep {
            ("L0113", "nested too deeply".to_owned())
        } else {
            (NOT_TOML, format!("not TOML: {}", quoted(error.message())))
        };
        to.report(code, span, message, "", None);
        to.broken.insert(line_start(source, span));
    }
    let span = table.span();
    let root = Spanned::new(span, DeValue::Table(table.into_inner()));
    let outline = Outline::of(&root);
    let value = T::read(&root, &mut to);
    for finding in &mut to.findings {
        outline.fill(finding);
    }
    Read { value, findings: to.findings, outline }
}

/// Where each element of a file begins, so that a finding knows what it is about.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outline {
    /// Start, element, clause; by start.
    elements: Vec<(u32, String, Option<String>)>,
}

impl Outline {
    fn of(root: Node<'_>) -> Self {
        let mut outline = Self::default();
        let DeValue::Table(root) = root.get_ref() else { return outline };
        for (key, value) in root {
            match value.get_ref() {
                DeValue::Table(_) => outline.add(value, key.get_ref()),
                DeValue::Array(list) => list.iter().for_each(|one| outline.add(one, key.get_ref())),
                _ => {}
            }
        }
        outline.elements.sort();
        outline
    }

    fn add(&mut self, node: Node<'_>, key: &str) {
        let DeValue::Table(table) = node.get_ref() else { return };
        let text = |key: &str| table.get(key).and_then(|value| value.get_ref().as_str());
        let clause = first_clause(table);
        let id = text("id").or_else(|| text("kind").filter(|_| key == "right")).unwrap_or(key);
        self.elements.push((Span::from(node.span()).start, id.to_owned(), clause.map(str::to_owned)));
        self.parts(table, id, clause);
    }

    /// Parts of an element that stand in a clause of their own: contacts, groups of items, cases of a right.
    fn parts(&mut self, table: &DeTable<'_>, id: &str, outer: Option<&str>) {
        let parts =
            table.iter().filter(|(key, _)| key.get_ref() != "clause").flat_map(|(_, value)| match value.get_ref() {
                DeValue::Table(_) => vec![value],
                DeValue::Array(list) => list.iter().collect(),
                _ => Vec::new(),
            });
        for part in parts {
            let DeValue::Table(inner) = part.get_ref() else { continue };
            let clause = first_clause(inner);
            if clause.is_some() {
                let span = Span::from(part.span());
                self.elements.push((span.start, id.to_owned(), clause.map(str::to_owned)));
                // Behind a table in braces its element goes on; behind one with a header nothing of it does.
                if inner.keys().all(|key| Span::from(key.span()).end <= span.end) {
                    self.elements.push((span.end, id.to_owned(), outer.map(str::to_owned)));
                }
            }
            self.parts(inner, id, clause.or(outer));
        }
    }

    /// Names the element and the clause of a finding in this file, where it does not name them itself.
    pub(crate) fn fill(&self, finding: &mut Finding) {
        let Some(place) = finding.places.first() else { return };
        let after = self.elements.partition_point(|(start, ..)| *start <= place.span.start);
        let Some((_, id, clause)) = after.checked_sub(1).and_then(|at| self.elements.get(at)) else { return };
        if finding.element.as_ref().is_none_or(|element| element == id) {
            finding.element = Some(id.clone());
            finding.clause = finding.clause.take().or_else(|| clause.clone());
        }
    }
}

/// The first clause that a table names.
fn first_clause<'t>(table: &'t DeTable<'_>) -> Option<&'t str> {
    match table.get("clause")?.get_ref() {
        DeValue::Array(list) => list.iter().next().and_then(|one| one.get_ref().as_str()),
        other => other.as_str(),
    }
}

/// Walks the keys of one table: what is known, what is missing, what nobody asked for.
pub(crate) struct Keys<'n, 'r, 's> {
    table: &'n DeTable<'n>,
    whole: Span,
    taken: Vec<&'static str>,
    slots: Vec<&'static str>,
    /// Slots on which the file is silent and nobody said so.
    unsaid: Vec<&'static str>,
    silent: Vec<At<String>>,
    pub(crate) to: &'r mut Reader<'s>,
}

impl<'n, 'r, 's> Keys<'n, 'r, 's> {
    pub(crate) fn open(node: Node<'n>, what: &str, to: &'r mut Reader<'s>) -> Option<Self> {
        let DeValue::Table(table) = node.get_ref() else {
            to.expected(node, &format!("a table ({what})"));
            return None;
        };
        let silent = table.get("silent").and_then(|list| Vec::read(list, to)).unwrap_or_default();
        let (taken, slots, unsaid) = (vec!["silent"], Vec::new(), Vec::new());
        Some(Self { table, whole: node.span().into(), taken, slots, unsaid, silent, to })
    }

    pub(crate) const fn span(&self) -> Span {
        self.whole
    }

    pub(crate) fn take<T: Shape>(&mut self, key: &'static str) -> Option<T> {
        self.taken.push(key);
        if T::SLOT {
            self.slots.push(key);
        }
        let listed = self.silent.iter().find(|slot| slot.value == key).map(|slot| slot.span);
        let Some(node) = self.table.get(key) else {
            if T::CONFIRMED && listed.is_none() {
                self.unsaid.push(key);
            }
            return T::absent(listed.is_some()).or_else(|| {
                let message = format!("`{key}` is missing");
                self.to.report("L0105", self.whole, message, "in this table", Some(format!("add {key} = …")));
                T::stand_in()
            });
        };
        if let Some(span) = listed {
            let message = format!("`{key}` is listed as silent and stated all the same");
            self.to.report("L0107", span, message, "listed here", Some(format!("take `{key}` out of `silent`")));
        }
        T::read(node, self.to).or_else(T::stand_in)
    }

    pub(crate) fn close(mut self) {
        let unknown: Vec<_> = self.table.keys().filter(|key| !self.taken.contains(&key.get_ref().as_ref())).collect();
        for key in unknown {
            let near = nearest(self.taken.iter().copied(), key.get_ref());
            let mend = match near {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("keys here: {}", self.taken.join(", ")),
            };
            let message = format!("unknown key `{}`", quoted(key.get_ref()));
            self.to.report("L0102", key.span().into(), message, "not part of the language", Some(mend));
        }
        for slot in std::mem::take(&mut self.silent) {
            if !self.slots.contains(&slot.value.as_str()) {
                let message = format!("`{}` is not a slot that can be silent here", quoted(&slot.value));
                let mend = format!("slots here: {}", self.slots.join(", "));
                self.to.report("L0106", slot.span, message, "no such slot", Some(mend));
            }
        }
        self.tell_silence();
    }

    /// One warning a table; at the top of a file one a slot, since there is no element to name.
    fn tell_silence(self) {
        let quote = |slots: &[&str], mark: char| {
            slots.iter().map(|slot| format!("{mark}{slot}{mark}")).collect::<Vec<_>>().join(", ")
        };
        let root = self.whole == Span::default();
        let groups: Vec<&[&str]> = if root { self.unsaid.chunks(1).collect() } else { vec![&self.unsaid] };
        for slots in groups.into_iter().filter(|slots| !slots.is_empty()) {
            let (is, it) = if slots.len() == 1 { ("is", "it") } else { ("are", "them") };
            let message =
                format!("{} {is} not stated, and nobody confirmed that the text is silent", quote(slots, '`'));
            let listed: Vec<_> = self.silent_before().chain(slots.iter().copied()).collect();
            let mend = format!("state {it}, or confirm the silence: silent = [{}]", quote(&listed, '"'));
            let element = slots.first().copied().filter(|_| root);
            self.to.push("L0201", self.whole, message, "silent here", Some(mend), element);
        }
    }

    fn silent_before(&self) -> impl Iterator<Item = &str> {
        let listed = self.table.get("silent").map(Spanned::get_ref);
        let many = listed.and_then(|value| value.as_array()).into_iter().flat_map(|list| list.iter());
        many.filter_map(|one| one.get_ref().as_str())
    }
}
