//! What was found in a text, for somebody who mends it: by severity, then by code, the lines in question with their places
//! marked. What a finding says of its own place is English in the whole product, and is marked so; what its rule says of all
//! its findings stands in Chinese first.

use askama::Template;

use crate::pages::parts::{Clause, Link, Said, Tone};

parts!(Severity, Findings);

/// What was found in one text.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/findings.html")]
pub struct Findings {
    /// The page on which it stands.
    pub here: String,
    /// The code whose findings alone are shown.
    pub only: Option<String>,
    /// How many of each severity nobody answers for; of one code, where that alone is shown.
    pub open: Vec<(Severity, usize)>,
    /// What nobody answers for, the gravest first; nothing of a severity that has none.
    pub grave: Vec<Grave>,
    /// What somebody answers for; in full where one code is shown.
    pub answered: Vec<OfCode>,
}

impl Findings {
    fn is_clean(&self) -> bool {
        self.open.iter().all(|(_, count)| *count == 0)
    }

    fn answered_count(&self) -> usize {
        self.answered.iter().map(|one| one.count).sum()
    }
}

/// Findings of a severity.
#[derive(Debug, Clone)]
pub struct Grave {
    /// How grave.
    pub severity: Severity,
    /// How many.
    pub count: usize,
    /// Code by code.
    pub codes: Vec<OfCode>,
}

/// Findings of a code.
#[derive(Debug, Clone, Default)]
pub struct OfCode {
    /// `L0412`, `R41`, `T07`.
    pub code: String,
    /// What it means.
    pub title: Said,
    /// How many.
    pub count: usize,
    /// Those that are shown.
    pub shown: Vec<Finding>,
    /// What mends each of them, where that is one.
    pub mend: Option<Said>,
    /// The articles that carry each of them, where these are the same.
    pub articles: Vec<Article>,
    /// Where the others are shown.
    pub more: Option<Link>,
}

/// Something that was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Finding {
    /// How grave.
    pub severity: Severity,
    /// Its code.
    pub code: String,
    /// What is wrong.
    pub message: Said,
    /// Clause of the text.
    pub clause: Option<Clause>,
    /// The articles that carry it; empty where they stand once for all of its code.
    pub articles: Vec<Article>,
    /// What would mend it; empty where that stands once for all of its code.
    pub mend: Option<Said>,
    /// The lines in question, one list a file.
    pub excerpts: Vec<Excerpt>,
    /// Its line, where only that is known.
    pub line: Option<u64>,
    /// Reason and date, where somebody answers for it.
    pub answered: Option<String>,
}

/// An article or standard, as a finding cites it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Article {
    /// As printed.
    pub cite: String,
    /// Since when it is in force, in brackets.
    pub force: String,
}

/// Lines of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// Name of the file.
    pub file: String,
    /// The line in which the place begins.
    pub line: usize,
    /// The lines.
    pub lines: Vec<Line>,
}

/// A line with its marks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// Its number.
    pub number: usize,
    /// Whether lines before it are left out.
    pub after_gap: bool,
    /// Its text in pieces, each with how strongly it is marked.
    pub parts: Vec<(Marked, String)>,
    /// What is said of the places that end here.
    pub labels: Vec<Said>,
}

/// How strongly a piece of a line is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Marked {
    /// Not at all.
    #[default]
    No,
    /// A further place.
    Further,
    /// The place in question.
    Main,
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Template)]
#[template(path = "parts/severity.html")]
pub enum Severity {
    /// 错误
    Error,
    /// 警告
    Warning,
    /// 提示
    #[default]
    Info,
}

impl Severity {
    /// All of them, the gravest first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Info];

    /// How pressing one is, as the style sheet says it.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Error => Tone::Stop,
            Self::Warning => Tone::Warn,
            Self::Info => Tone::Note,
        }
        .class()
    }

    /// Its name in addresses inside a page.
    fn anchor(self) -> &'static str {
        match self {
            Self::Error => "errors",
            Self::Warning => "warnings",
            Self::Info => "notes",
        }
    }
}
