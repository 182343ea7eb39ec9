//! Findings: what the compiler reports, with the place, the source of the rule and what would mend it.

use std::sync::Arc;

/// A half-open range of bytes in a source text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl From<std::ops::Range<usize>> for Span {
    fn from(range: std::ops::Range<usize>) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { start: clamp(range.start), end: clamp(range.end) }
    }
}

/// A text to compile, with the name under which findings quote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What to call it: a path relative to where the user stands.
    pub name: Arc<str>,
    /// The whole text.
    pub text: Arc<str>,
}

impl Source {
    /// Names a text.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), text: text.into() }
    }
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know.
    Note,
    /// Somebody should look.
    Warning,
    /// A language error stops compilation; a law error must be acknowledged before publishing.
    Error,
}

/// A place in one source, with the words that stand under its carets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Name of the [`Source`].
    pub file: Arc<str>,
    /// The bytes meant.
    pub span: Span,
    /// Words under the carets; may be empty.
    pub label: String,
}

/// One thing that the compiler has to say.
///
/// Codes: `L0412` language, `R41` law (the catalogue of `docs/law.md`), `T07` the text itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Stable code.
    pub code: &'static str,
    /// How grave.
    pub severity: Severity,
    /// One sentence: what is wrong. No line breaks, user input in backticks.
    pub message: String,
    /// Where; the first is the main place.
    pub places: Vec<Place>,
    /// Id of the element it is about, when it is about one: what an acknowledgement may name.
    pub element: Option<String>,
    /// Clause of the published text, when the element names one.
    pub clause: Option<String>,
    /// Articles and standards that carry the rule.
    pub cites: Vec<String>,
    /// What would mend it.
    pub mend: Option<String>,
    /// Reason and date, when the operation file acknowledges it.
    pub acknowledged: Option<Acknowledged>,
}

/// Somebody has read a finding and answers for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    /// Why it stands all the same.
    pub reason: String,
    /// When that was decided.
    pub on: jiff::civil::Date,
}

impl Finding {
    /// A finding with no place yet. Line breaks and other controls in the message become spaces.
    pub fn new(code: &'static str, severity: Severity, message: impl Into<String>) -> Self {
        let mut message: String = message.into();
        if message.contains(char::is_control) {
            message = message.replace(char::is_control, " ");
        }
        Self {
            code,
            severity,
            message,
            places: Vec::new(),
            element: None,
            clause: None,
            cites: Vec::new(),
            mend: None,
            acknowledged: None,
        }
    }

    /// Adds a place.
    #[must_use]
    pub fn at(mut self, source: &Source, span: Span, label: impl Into<String>) -> Self {
        self.places.push(Place { file: source.name.clone(), span, label: label.into() });
        self
    }

    /// Names the element that it is about.
    #[must_use]
    pub fn about(mut self, element: impl Into<String>) -> Self {
        self.element = Some(element.into());
        self
    }

    /// Whether it is an error of the language: it stops compilation, and nobody can answer for it.
    pub fn stops(&self) -> bool {
        self.severity == Severity::Error && self.code.starts_with('L')
    }

    /// Says what would mend it.
    #[must_use]
    pub fn mend(mut self, mend: impl Into<String>) -> Self {
        self.mend = Some(mend.into());
        self
    }
}
