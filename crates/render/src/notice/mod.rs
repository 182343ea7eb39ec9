//! The privacy notice: everything that the policy file says, in plain Chinese, with every published clause number as
//! an anchor, and what the company chose besides, marked as such.
//!
//! Where the text is silent the notice says so in a list of silences; it never fills a gap without saying that it does.

mod choices;
mod sections;
mod silences;

use model::Fingerprint;
use policy::compile::Tables;
use policy::resolve::Program;

use crate::document::prose::{prose, words};
use crate::document::{Block, Document, Origin, Part, Section, Table, Text};
use crate::labels::named;
use crate::told::Anchors;
use crate::wording::{Wording, tidy, told_date, told_text, told_yes};

/// The notice of compiled tables.
pub fn notice(tables: &Tables) -> Document {
    of(tables.program(), tables.fingerprint())
}

/// The notice of a program whose tables have this fingerprint.
pub fn of(program: &Program, tables: Fingerprint) -> Document {
    let policy = &program.policy;
    let blanks = [
        ("handler", Text::plain(tidy(&policy.handler.name))),
        ("service", Text::plain(tidy(&policy.policy.service))),
        ("updated", Text::from(&told_date(&policy.policy.updated))),
        ("effective", Text::from(&told_date(&policy.policy.effective))),
        ("version", Text::from(&told_text(&policy.policy.version))),
    ];
    let lead = vec![prose("notice", "lead", &blanks), prose("notice", "made", &[])];
    let title = tidy(&policy.policy.title);
    Document::new(title, lead, View::of(program).sections(), Origin { program, tables })
}

/// What the sections are made of.
struct View<'p> {
    program: &'p Program,
    about: Part,
    contacts: Table,
    roles: Table,
    channels: Table,
    products: Option<Table>,
    purposes: Table,
    functions: Vec<Part>,
    permissions: Vec<Part>,
    uses: Vec<Part>,
    sources: Option<Table>,
    exceptions: Vec<Part>,
    trackers: Vec<Part>,
    recipients: Vec<Part>,
    shares: Table,
    sdks: Vec<Part>,
    disclosures: Vec<Part>,
    promises: Table,
    storage: Part,
    retentions: Table,
    rights: Table,
    unmentioned_rights: String,
    clocks: Table,
    refusals: Option<Table>,
    minors: Part,
    export: Part,
    update: Part,
    statements: Table,
    records: Table,
    items: Table,
    silences: Table,
    choices: Table,
}

impl<'p> View<'p> {
    /// The fields are made in the order in which they are written here, and the first to carry a clause gets its anchor:
    /// first what clauses are about; roles, channels and names of items come last and mostly link there.
    fn of(program: &'p Program) -> Self {
        let say = Wording::of(program);
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
            export: sections::export(say, at),
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
            program,
        }
    }

    /// The sections in the order of the notice.
    fn sections(self) -> Vec<Section> {
        let (program, policy) = (self.program, &self.program.policy);
        let handler = Text::plain(tidy(&policy.handler.name));
        let mut about =
            vec![line("about", &[("handler", handler)]), Block::Table(self.contacts), Block::Part(self.about)];
        about.extend([heading("channels"), Block::Table(self.channels)]);
        about.extend([heading("roles"), line("roles-lead", &[]), Block::Table(self.roles)]);
        about.extend(self.products.into_iter().flat_map(|products| [heading("products"), Block::Table(products)]));
        let do_not_track = line("do-not-track", &[("answer", Text::from(&told_yes(&policy.do_not_track)))]);
        let mut trackers = parts(None, "no-trackers", self.trackers);
        trackers.push(do_not_track);
        let mut shares = vec![line("shares", &[]), Block::Table(self.shares)];
        shares.extend(self.recipients.into_iter().map(Block::Part));
        let days = Text::plain(program.operation.backup_days.value.to_string());
        let storage =
            vec![Block::Part(self.storage), line("storage", &[("days", days)]), Block::Table(self.retentions)];
        let unmentioned = (!self.unmentioned_rights.is_empty())
            .then(|| line("unmentioned-rights", &[("rights", Text::plain(self.unmentioned_rights))]));
        let mut rights = vec![line("rights", &[]), Block::Table(self.rights)];
        rights.extend(unmentioned);
        rights.extend([heading("clocks"), Block::Table(self.clocks), heading("refusals")]);
        rights.extend(maybe("refusals-lead", "no-refusals", self.refusals));
        let years = Text::plain(program.law.ages().child.to_string());
        let never = policy.export.may.is_silent().then(|| line("never-exports", &[]));
        let terms = vec![heading("records"), Block::Table(self.records), heading("items"), Block::Table(self.items)];
        let sections = [
            ("about", about),
            ("purposes", led("purposes", self.purposes)),
            ("functions", parts(Some("functions"), "functions", self.functions)),
            ("permissions", parts(Some("permissions"), "no-permissions", self.permissions)),
            ("uses", parts(None, "no-uses", self.uses)),
            ("sources", maybe("sources", "no-sources", self.sources)),
            ("exceptions", parts(Some("exceptions"), "no-exceptions", self.exceptions)),
            ("trackers", trackers),
            ("shares", shares),
            ("sdks", parts(Some("sdks"), "no-sdks", self.sdks)),
            ("disclosures", parts(Some("disclosures"), "no-disclosures", self.disclosures)),
            ("promises", led("promises", self.promises)),
            ("storage", storage),
            ("rights", rights),
            ("minors", vec![Block::Part(self.minors), line("minors", &[("years", years)])]),
            ("export", std::iter::once(Block::Part(self.export)).chain(never).collect()),
            ("update", vec![Block::Part(self.update)]),
            ("statements", led("statements", self.statements)),
            ("terms", terms),
            ("silences", led("silences", self.silences)),
            ("choices", led("choices", self.choices)),
        ];
        let section =
            |(key, blocks): (&'static str, _)| Section::titled(&["s-", key].concat(), named("section", key), blocks);
        sections.into_iter().map(section).collect()
    }
}

/// A sentence of the notice.
fn line(key: &'static str, blanks: &[(&str, Text)]) -> Block {
    Block::Paragraph(prose("notice", key, blanks))
}

fn heading(key: &'static str) -> Block {
    Block::Heading(words("notice", key).to_owned())
}

fn led(lead: &'static str, table: Table) -> Vec<Block> {
    vec![line(lead, &[]), Block::Table(table)]
}

/// A table under its lead, or what it means that there is none.
fn maybe(lead: &'static str, without: &'static str, table: Option<Table>) -> Vec<Block> {
    table.map_or_else(|| vec![line(without, &[])], |table| led(lead, table))
}

/// Parts under their lead, or what it means that there are none.
fn parts(lead: Option<&'static str>, without: &'static str, parts: Vec<Part>) -> Vec<Block> {
    let lead = if parts.is_empty() { Some(without) } else { lead };
    lead.map(|key| line(key, &[])).into_iter().chain(parts.into_iter().map(Block::Part)).collect()
}
