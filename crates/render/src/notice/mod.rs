//! The privacy notice: everything that the policy file says, in plain Chinese, with every published clause number as
//! an anchor, and what the company chose besides, marked as such.
//!
//! Where the text is silent the notice says so in a list of silences; it never fills a gap without saying that it does.

mod choices;
mod element;
mod sections;
mod silences;

use askama::Template;
use model::Fingerprint;
use policy::compile::Tables;
use policy::resolve::Program;

use crate::labels::named;
use crate::lists::Table;
use crate::markdown;
use crate::told::{Anchors, Told};
use crate::wording::{Wording, tidy, told_date, told_text, told_yes};
use element::Element;

/// The style sheet of the standalone document: for screens from 320 pixels, and for paper.
pub const STYLESHEET: &str = include_str!("../../static/notice.css");

/// Where the standalone document has its style from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style<'a> {
    /// [`STYLESHEET`] in the document itself: one file to hand over. Not for pages under a content security policy.
    Inside,
    /// A link to this address, where [`STYLESHEET`] is served.
    Linked(&'a str),
}

/// A notice, made once and printed in three forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    title: String,
    fragment: String,
}

/// The notice of compiled tables.
pub fn notice(tables: &Tables) -> Notice {
    of(tables.program(), tables.fingerprint())
}

/// The notice of a program whose tables have this fingerprint.
pub fn of(program: &Program, tables: Fingerprint) -> Notice {
    let view = View::of(program, tables);
    Notice { title: view.heading.clone(), fragment: view.to_string() }
}

impl Notice {
    /// Title for the head of a page.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The notice as an HTML fragment for a page that has its own head, style and `<main>`; begins with an `<h1>`.
    pub fn fragment(&self) -> &str {
        &self.fragment
    }

    /// The notice as a document of its own.
    pub fn document(&self, style: Style<'_>) -> String {
        let style = match style {
            Style::Inside => format!("<style>\n{STYLESHEET}</style>"),
            Style::Linked(at) => {
                let at = askama::filters::escape(at, askama::filters::Html).map(|at| at.to_string());
                format!("<link rel=\"stylesheet\" href=\"{}\">", at.unwrap_or_default())
            }
        };
        Document { title: &self.title, style: &style, body: &self.fragment }.to_string()
    }

    /// The notice as Markdown; anchors are the same.
    pub fn markdown(&self) -> String {
        markdown::from_html(&self.fragment)
    }
}

/// A list or any other fragment as a document of its own.
pub fn document(title: &str, fragment: &str, style: Style<'_>) -> String {
    Notice { title: title.to_owned(), fragment: fragment.to_owned() }.document(style)
}

#[derive(Template)]
#[template(path = "document.html")]
struct Document<'a> {
    title: &'a str,
    style: &'a str,
    body: &'a str,
}

/// Sections in the order of the notice.
const SECTIONS: &[&str] = &[
    "about",
    "purposes",
    "functions",
    "permissions",
    "uses",
    "sources",
    "exceptions",
    "trackers",
    "shares",
    "sdks",
    "disclosures",
    "promises",
    "storage",
    "rights",
    "minors",
    "export",
    "update",
    "statements",
    "terms",
    "silences",
    "choices",
    "prints",
];

#[derive(Template)]
#[template(path = "notice.html")]
struct View {
    heading: String,
    service: String,
    handler: String,
    updated: Told,
    effective: Told,
    version: Told,
    about: Element,
    contacts: Table,
    roles: Table,
    channels: Table,
    products: Option<Table>,
    purposes: Table,
    functions: Vec<Element>,
    permissions: Vec<Element>,
    uses: Vec<Element>,
    sources: Option<Table>,
    exceptions: Vec<Element>,
    trackers: Vec<Element>,
    do_not_track: Told,
    recipients: Vec<Element>,
    shares: Table,
    sdks: Vec<Element>,
    disclosures: Vec<Element>,
    promises: Table,
    storage: Element,
    backup_days: u32,
    retentions: Table,
    rights: Table,
    unmentioned_rights: String,
    clocks: Table,
    refusals: Option<Table>,
    minors: Element,
    child_age: u16,
    export: Element,
    never_exports: bool,
    update: Element,
    statements: Table,
    records: Table,
    items: Table,
    silences: Table,
    choices: Table,
    policy_print: String,
    tables_print: String,
    vocabulary: String,
    law: String,
    made_by: &'static str,
}

impl View {
    /// The fields are made in the order in which they are written here, and the first to carry a clause gets its anchor:
    /// first what clauses are about; roles, channels and names of items come last and mostly link there.
    fn of(program: &Program, tables: Fingerprint) -> Self {
        let say = Wording::of(program);
        let policy = &program.policy;
        let at = &mut Anchors::default();
        Self {
            functions: sections::functions(say, at),
            permissions: sections::permissions(say, at),
            uses: sections::uses(say, at),
            sources: sections::sources(say, at),
            exceptions: sections::exceptions(say, at),
            trackers: sections::trackers(say, at),
            shares: sections::shares(say, at),
            sdks: sections::sdks(say, at),
            disclosures: sections::disclosures(say, at),
            storage: sections::storage(say, at),
            rights: sections::rights(say, at),
            unmentioned_rights: sections::unmentioned_rights(say),
            minors: sections::minors(say, at),
            child_age: program.law.ages().child,
            export: sections::export(say, at),
            never_exports: policy.export.may.is_silent(),
            update: sections::update(say, at),
            clocks: sections::clocks(say, at),
            refusals: sections::refusals(say, at),
            promises: sections::promises(say, at),
            retentions: sections::retentions(say, at),
            statements: sections::statements(say, at),
            recipients: sections::recipients(say, at),
            about: sections::about(say, at),
            contacts: sections::contacts(say, at),
            purposes: sections::purposes(say, at),
            records: sections::records(say, at),
            roles: sections::roles(say, at),
            channels: sections::channels(say, at),
            products: sections::products(say, at),
            items: sections::items(say, at),
            silences: silences::table(say),
            choices: choices::table(say, at),
            heading: tidy(&policy.policy.title),
            service: tidy(&policy.policy.service),
            handler: tidy(&policy.handler.name),
            updated: told_date(&policy.policy.updated),
            effective: told_date(&policy.policy.effective),
            version: told_text(&policy.policy.version),
            do_not_track: told_yes(&policy.do_not_track),
            backup_days: program.operation.backup_days.value,
            policy_print: program.fingerprint.to_string(),
            tables_print: tables.to_string(),
            vocabulary: program.vocabulary_version.clone(),
            law: program.law.version().to_owned(),
            made_by: env!("CARGO_PKG_VERSION"),
        }
    }

    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn title(&self, section: &'static str) -> &'static str {
        named("section", section)
    }

    #[expect(clippy::unused_self, reason = "templates call methods")]
    const fn sections(&self) -> &'static [&'static str] {
        SECTIONS
    }
}
