//! One model of every document: sections, facts, tables, lists, pictures, with the version and the fingerprints at the end;
//! and one writer for each form.
//!
//! - `html`: a fragment for a page of ours, or a document of its own;
//! - `markdown`: the same words and the same anchors;
//! - [`Document::json`]: the same as data, which `shouyue-pdf` sets.

mod html;
mod markdown;
mod part;
pub(crate) mod prose;
mod table;
mod text;

use policy::resolve::Program;
use serde::Serialize;
use serde_json::Value;

pub use html::{STYLESHEET, Style};
pub(crate) use part::Part;
pub(crate) use table::Table;
pub use text::{Run, Text};

use crate::labels::phrase;
use crate::wording::told_text;
use model::Fingerprint;
use prose::{prose, words};

/// The version of the data form: it grows when a reader of today's would misread it.
const FORM: u32 = 1;

/// A document, made once and written in several forms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document {
    /// Version of this form.
    form: u32,
    title: String,
    lead: Vec<Text>,
    sections: Vec<Section>,
    /// What the last section prints, for whoever sets a page and wants it on each.
    print: Print,
    phrases: Phrases,
    /// So many sections stand before the table of contents.
    #[serde(skip)]
    opening: usize,
    /// The same in the form that somebody else's system takes in.
    #[serde(skip)]
    data: Option<Value>,
}

/// What ties a document to what is enforced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Print {
    handler: String,
    service: String,
    /// In words; a text without a number says so.
    version: String,
    /// The day from which the text is in force, else that of its update; absent where it names neither.
    day: Option<String>,
    policy: String,
    tables: String,
}

/// What a writer says of its own accord; whoever reads the data form says the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Phrases {
    /// In place of a table without lines.
    no_lines: String,
    /// Before what the company chose besides.
    ours: String,
    /// Before the clauses of a part without a name.
    carried_by: String,
}

impl Phrases {
    fn new() -> Self {
        let carried_by = phrase("carried-by", &[("clauses", "")]);
        Self { no_lines: phrase("no-lines", &[]), ours: phrase("ours", &[]), carried_by }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Section {
    /// For links, without its sign.
    pub(crate) anchor: String,
    pub(crate) title: String,
    pub(crate) blocks: Vec<Block>,
}

impl Section {
    pub(crate) fn titled(anchor: &str, title: &str, blocks: Vec<Block>) -> Self {
        Self { anchor: anchor.to_owned(), title: title.to_owned(), blocks }
    }
}

/// What a section consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Block {
    Paragraph(Text),
    Heading(String),
    /// Labels, each with what is said.
    Facts(Vec<(String, Text)>),
    List(Vec<Text>),
    Table(Table),
    Part(Part),
    Picture(Picture),
}

/// A drawing, with words for whoever does not see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Picture {
    pub(crate) svg: String,
    pub(crate) alt: String,
}

impl Document {
    /// A document whose last section prints version and fingerprints.
    pub(crate) fn new(title: String, lead: Vec<Text>, mut sections: Vec<Section>, of: Origin<'_>) -> Self {
        sections.push(of.section());
        Self { form: FORM, title, lead, sections, print: of.print(), phrases: Phrases::new(), opening: 0, data: None }
    }

    /// The same, with the form in which somebody else's system takes it in.
    pub(crate) fn with_data(mut self, data: impl FnOnce(&Print) -> Value) -> Self {
        self.data = Some(data(&self.print));
        self
    }

    /// The same, with its first sections before the table of contents: whoever opens it reads these.
    pub(crate) fn opening_with(mut self, sections: usize) -> Self {
        self.opening = sections;
        self
    }

    /// Title for the head of a page.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The document as data, for `shouyue-pdf`.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// The same in the form that somebody else's system takes in, where there is one.
    pub fn data(&self) -> Option<String> {
        self.data.as_ref().and_then(|data| serde_json::to_string_pretty(data).ok())
    }

    pub(crate) fn into_sections(self) -> Vec<Section> {
        self.sections
    }
}

/// Of which program, and with which tables, a document is made.
#[derive(Clone, Copy)]
pub(crate) struct Origin<'p> {
    pub(crate) program: &'p Program,
    pub(crate) tables: Fingerprint,
}

impl Origin<'_> {
    fn print(self) -> Print {
        let policy = &self.program.policy;
        Print {
            handler: crate::wording::tidy(&policy.handler.name),
            service: crate::wording::tidy(&policy.policy.service),
            version: told_text(&policy.policy.version).text(),
            day: policy.policy.effective.said().or(policy.policy.updated.said()).map(ToString::to_string),
            policy: self.program.fingerprint.to_string(),
            tables: self.tables.to_string(),
        }
    }

    /// Version and fingerprints: the same section in every document.
    fn section(self) -> Section {
        let version = Text::from(&told_text(&self.program.policy.policy.version));
        let made_by = ["shouyue ", env!("CARGO_PKG_VERSION")].concat();
        let facts = [
            ("version", version),
            ("policy", Text::code(self.program.fingerprint.to_string())),
            ("tables", Text::code(self.tables.to_string())),
            ("vocabulary", Text::plain(self.program.vocabulary_version.as_str())),
            ("law", Text::plain(self.program.law.version())),
            ("made-by", Text::plain(made_by)),
        ];
        let facts = facts.into_iter().map(|(key, text)| (words("prints", key).to_owned(), text)).collect();
        let blocks = vec![Block::Paragraph(prose("prints", "lead", &[])), Block::Facts(facts)];
        Section::titled("s-prints", crate::labels::named("section", "prints"), blocks)
    }
}
