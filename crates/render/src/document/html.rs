//! Documents as HTML.

use std::fmt;

use askama::Template;
use askama::filters::HtmlSafe;

use super::prose::words;
use super::{Block, Document, Section};

/// The style sheet of a document of its own: for screens from 320 pixels, and for paper.
pub const STYLESHEET: &str = include_str!("../../static/notice.css");

/// Where a document of its own has its style from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style<'a> {
    /// [`STYLESHEET`] in the document itself: one file to hand over. Not for pages under a content security policy.
    Inside,
    /// A link to this address, where [`STYLESHEET`] is served.
    Linked(&'a str),
}

/// More sections than these, and a document has a table of contents.
const SECTIONS_WITHOUT_CONTENTS: usize = 4;

impl Document {
    /// An HTML fragment for a page that has its own head, style and `<main>`; begins with an `<h1>`.
    pub fn fragment(&self) -> String {
        let contents = if self.sections.len() > SECTIONS_WITHOUT_CONTENTS { words("prints", "contents") } else { "" };
        let (opening, rest) = self.sections.split_at_checked(self.opening).unwrap_or((&[], &self.sections));
        Body { of: self, contents, opening, rest }.to_string()
    }

    /// The document as a page of its own.
    pub fn page(&self, style: Style<'_>) -> String {
        let style = match style {
            Style::Inside => format!("<style>\n{STYLESHEET}</style>"),
            Style::Linked(at) => {
                let at = askama::filters::escape(at, askama::filters::Html).map(|at| at.to_string());
                format!("<link rel=\"stylesheet\" href=\"{}\">", at.unwrap_or_default())
            }
        };
        Page { title: &self.title, style: &style, body: &self.fragment() }.to_string()
    }
}

#[derive(Template)]
#[template(path = "document.html")]
struct Page<'a> {
    title: &'a str,
    style: &'a str,
    body: &'a str,
}

#[derive(Template)]
#[template(path = "body.html")]
struct Body<'a> {
    of: &'a Document,
    contents: &'static str,
    /// What stands before the contents.
    opening: &'a [Section],
    rest: &'a [Section],
}

impl fmt::Display for Section {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for block in &self.blocks {
            writeln!(out, "{block}")?;
        }
        Ok(())
    }
}

impl HtmlSafe for Section {}

#[derive(Template)]
#[template(path = "block.html")]
struct Written<'a> {
    block: &'a Block,
}

impl fmt::Display for Block {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        Written { block: self }.fmt(out)
    }
}
