//! Lines of text with emphasis, as every writer understands them.

use std::fmt;

use askama::filters::{Escaper, Html, HtmlSafe};
use serde::Serialize;

use crate::told::Told;

/// A stretch of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Run {
    /// As it is.
    Plain(String),
    /// Emphasised.
    Strong(String),
    /// Said of the text, and not by it: that it is silent.
    Soft(String),
    /// Digits and letters to compare one by one: a fingerprint.
    Code(String),
    /// Leads to an anchor of the same document.
    Link {
        /// What is shown.
        text: String,
        /// The anchor, without its sign.
        to: String,
    },
}

/// A line of text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Text(pub Vec<Run>);

impl Text {
    /// A line without emphasis.
    pub fn plain(text: impl Into<String>) -> Self {
        Self(vec![Run::Plain(text.into())])
    }

    /// A fingerprint or an id.
    pub fn code(text: impl Into<String>) -> Self {
        Self(vec![Run::Code(text.into())])
    }

    /// A link within the document.
    pub fn link(text: impl Into<String>, to: impl Into<String>) -> Self {
        Self(vec![Run::Link { text: text.into(), to: to.into() }])
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|run| run.text().is_empty())
    }

    /// The line and what follows it.
    #[must_use]
    pub fn then(mut self, more: Self) -> Self {
        self.0.extend(more.0);
        self
    }

    /// The words alone.
    pub fn words(&self) -> String {
        self.0.iter().map(Run::text).collect()
    }
}

impl Run {
    /// The words alone.
    pub fn text(&self) -> &str {
        match self {
            Self::Plain(text) | Self::Strong(text) | Self::Soft(text) | Self::Code(text) | Self::Link { text, .. } => {
                text
            }
        }
    }
}

impl From<&Told> for Text {
    fn from(told: &Told) -> Self {
        match told {
            Told::Said(text) => Self::plain(text.as_str()),
            Told::Nothing | Told::Silent => Self(vec![Run::Soft(told.text())]),
        }
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::plain(text)
    }
}

/// As HTML.
impl fmt::Display for Text {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for run in &self.0 {
            let (open, close) = match run {
                Run::Plain(_) => ("", ""),
                Run::Strong(_) => ("<strong>", "</strong>"),
                Run::Soft(_) => ("<em>", "</em>"),
                Run::Code(_) => ("<code>", "</code>"),
                Run::Link { to, .. } => {
                    write!(out, "<a href=\"#{to}\">")?;
                    ("", "</a>")
                }
            };
            out.write_str(open)?;
            Html.write_escaped_str(&mut *out, run.text())?;
            out.write_str(close)?;
        }
        Ok(())
    }
}

impl HtmlSafe for Text {}
