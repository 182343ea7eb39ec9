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

/// What the compiler says. Rules of the law and about the text say it in Chinese, too; the language of policy files, whose keys are
/// English words, speaks English alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Message {
    /// In English.
    pub english: String,
    /// In Chinese.
    pub chinese: Option<String>,
}

/// The languages in which findings are reported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// All is said in it.
    #[default]
    English,
    /// What is not said in it is said in English.
    Chinese,
}

impl Message {
    /// The message in a language, or in English.
    pub fn in_language(&self, language: Language) -> &str {
        let chinese = self.chinese.as_deref().filter(|_| language == Language::Chinese);
        chinese.unwrap_or(&self.english)
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.english.is_empty()
    }

    /// Line breaks and other controls become spaces.
    fn on_one_line(mut self) -> Self {
        for said in std::iter::once(&mut self.english).chain(&mut self.chinese) {
            if said.contains(char::is_control) {
                *said = said.replace(char::is_control, " ");
            }
        }
        self
    }
}

impl<T: Into<String>> From<T> for Message {
    fn from(english: T) -> Self {
        Self { english: english.into(), chinese: None }
    }
}

/// A place in one source, with the words that stand under its carets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Name of the [`Source`].
    pub file: Arc<str>,
    /// The bytes meant.
    pub span: Span,
    /// Words under the carets; may be empty.
    pub label: Message,
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
    pub message: Message,
    /// Where; the first is the main place.
    pub places: Vec<Place>,
    /// Id of the element it is about, when it is about one: what an acknowledgement may name.
    pub element: Option<String>,
    /// Clause of the published text, when the element names one.
    pub clause: Option<String>,
    /// Articles and standards that carry the rule.
    pub cites: Vec<Message>,
    /// What would mend it.
    pub mend: Option<Message>,
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
    pub fn new(code: &'static str, severity: Severity, message: impl Into<Message>) -> Self {
        Self {
            code,
            severity,
            message: message.into().on_one_line(),
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
    pub fn at(mut self, source: &Source, span: Span, label: impl Into<Message>) -> Self {
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
    pub fn mend(mut self, mend: impl Into<Message>) -> Self {
        self.mend = Some(mend.into());
        self
    }
}
