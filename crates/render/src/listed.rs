//! The lists as documents: what each is for stands above it, version and fingerprints below.

use policy::compile::Tables;
use policy::label::label;
use policy::syntax::{Action, Form};
use policy::terms::Scope;

use crate::document::prose::{prose, words};
use crate::document::{Block, Document, Origin, Section, Table, Text};
use crate::labels::named;
use crate::lists::{self, CollectRow, Row, ShareRow, Sheet, scope_title};
use crate::told::Anchors;
use crate::wording::{Wording, list, tidy, told_text};

/// A list with its own lead.
fn of<R: Row>(tables: &Tables, sections: Vec<Section>) -> Document {
    let lead = vec![prose(R::SHEET, "lead", &[])];
    Document::new(named("sheet", R::SHEET).to_owned(), lead, sections, origin(tables))
}

pub(crate) fn origin(tables: &Tables) -> Origin<'_> {
    Origin { program: tables.program(), tables: tables.fingerprint() }
}

/// One section with all the rows.
fn whole<R: Row>(tables: &Tables, sheet: &Sheet<R>) -> Document {
    let mut at = Anchors::default();
    let table = sheet.table(|row| at.marks(row.clauses()));
    of::<R>(tables, vec![section("s-list", named("sheet", R::SHEET), table)])
}

pub(crate) fn section(anchor: &str, title: &str, table: Table) -> Section {
    Section::titled(anchor, title, vec![Block::Table(table)])
}

/// What is collected, each kind of place apart.
pub(crate) fn collected(tables: &Tables) -> Document {
    let mut at = Anchors::default();
    let rows = lists::collected(tables.program()).rows;
    let scenes = rows.chunk_by(|one, next| one.scene == next.scene).enumerate();
    let sections = scenes.map(|(number, rows)| {
        let title = rows.first().map(|row| row.scene.clone()).unwrap_or_default();
        let columns: Vec<_> = CollectRow::COLUMNS.iter().copied().filter(|column| *column != "scene").collect();
        let sheet = Sheet { rows: rows.to_vec() };
        let table = sheet.part(&columns, &mut |row| at.marks(&row.clauses));
        section(&format!("s-{}", number + 1), &title, table)
    });
    of::<CollectRow>(tables, sections.collect())
}

/// What third parties get: what is handed over, then what their own code takes.
pub(crate) fn shared(tables: &Tables) -> Document {
    let mut at = Anchors::default();
    let all = lists::shared(tables.program()).rows;
    let embedded = |row: &ShareRow| tables.program().policy.sdks.iter().any(|sdk| sdk.id.as_str() == row.element_id);
    let (sdks, shares): (Vec<_>, Vec<_>) = all.into_iter().partition(embedded);
    let mut part = |anchor, key, rows| {
        let table = Sheet { rows }.table(|row: &ShareRow| at.marks(&row.clauses));
        section(anchor, words("share", key), table.told_apart())
    };
    let sections = vec![part("s-shares", "shares", shares), part("s-sdks", "sdks", sdks)];
    of::<ShareRow>(tables, sections)
}

/// How long: the rules of the text, every class of records with what it goes by, and what happens in the end.
pub(crate) fn retention(tables: &Tables) -> Document {
    let (program, mut at) = (tables.program(), Anchors::default());
    let (say, storage) = (Wording::of(program), &program.policy.storage);
    let rules = lists::retained(program).table(|row| at.marks(&row.clauses));
    let line = |record: &policy::syntax::Record| {
        let id = record.id.as_str();
        let (period, criteria, floors) = lists::kept(say, Some(id));
        let events = list(record.events.iter().map(|event| label(event.value)));
        (vec![tidy(&record.name), period, criteria, floors, events], at.marks(record.clause.iter().map(|c| tidy(c))))
    };
    let columns = ["record", "period", "criteria", "floors", "events"];
    let records = Table::new(&columns, program.policy.records.iter().map(line).collect());
    let days = Text::plain(program.operation.backup_days.value.to_string());
    let facts = [("backups", &storage.backups), ("end_of_service", &storage.end_of_service)];
    let facts = facts.map(|(key, slot)| (named("slot", key).to_owned(), Text::from(&told_text(slot))));
    let end = vec![Block::Facts(facts.to_vec()), Block::Paragraph(prose("retention", "backups", &[("days", days)]))];
    let sections = vec![
        section("s-rules", words("retention", "rules"), rules),
        section("s-records", words("retention", "records"), records),
        Section::titled("s-end", words("retention", "end"), end),
    ];
    of::<lists::RetentionRow>(tables, sections)
}

/// The rights that the text grants.
pub(crate) fn rights(tables: &Tables) -> Document {
    whole(tables, &lists::rights(tables.program()))
}

/// The promises, counted by what keeps them.
pub(crate) fn promises(tables: &Tables) -> Document {
    let (sheet, mut at) = (lists::promised(tables.program()), Anchors::default());
    let count =
        |of: fn(&lists::PromiseRow) -> bool| Text::plain(sheet.rows.iter().filter(|row| of(row)).count().to_string());
    let blanks = [
        ("all", count(|_| true)),
        ("control", count(|row| !row.control.is_empty())),
        ("evidence", count(|row| row.control.is_empty() && !row.evidence.is_empty())),
        ("neither", count(|row| row.control.is_empty() && row.evidence.is_empty())),
    ];
    let table = sheet.table(|row| at.marks(&row.clauses));
    let blocks = vec![Block::Paragraph(prose("promise", "counts", &blanks)), Block::Table(table)];
    of::<lists::PromiseRow>(tables, vec![Section::titled("s-list", named("sheet", "promise"), blocks)])
}

/// What needs a consent of its own, as a matrix with what makes it so; then every scope with whose and which items.
pub(crate) fn consents(tables: &Tables) -> Document {
    let (program, mut at) = (tables.program(), Anchors::default());
    let say = Wording::of(program);
    let separate = tables.scopes().iter().filter(|scope| scope.form != Form::General);
    let lines: Vec<_> = separate
        .map(|scope| {
            let mut cells = vec![scope_title(say, scope, None), label(scope.form)];
            cells.extend(
                causes(say, scope).map(|holds| if holds { words("scope", "mark").to_owned() } else { String::new() }),
            );
            (cells, at.marks(&scope.clause))
        })
        .collect();
    let columns = ["title", "form", "by_sensitive", "by_provided", "by_published", "by_abroad", "by_text", "by_law"];
    let matrix = if lines.is_empty() {
        Block::Paragraph(prose("scope", "none", &[]))
    } else {
        Block::Table(Table::new(&columns, lines).matrix())
    };
    let all = lists::scopes(tables).table(|row| at.marks(&row.clauses));
    let sections = vec![
        Section::titled("s-separate", words("scope", "separate"), vec![matrix]),
        section("s-all", words("scope", "all"), all),
    ];
    let lead = vec![prose("scope", "lead", &[])];
    Document::new(words("scope", "title").to_owned(), lead, sections, origin(tables))
}

/// What makes a consent separate: sensitive items (PIPL 29), providing (23), publishing (25), sending abroad (39), the
/// text, or a law that asks for writing.
fn causes(say: Wording<'_>, scope: &Scope) -> [bool; 6] {
    let recipient = scope.recipient.as_ref();
    let recipient = recipient.and_then(|id| say.program.policy.recipients.iter().find(|one| one.id.value == *id));
    let abroad = recipient.is_some_and(|one| one.overseas.as_ref().is_some_and(|at| at.value));
    [
        scope.class.is_some(),
        matches!(scope.act, Action::Share | Action::Transfer),
        scope.act == Action::Disclose,
        scope.act == Action::Export || abroad,
        scope.asked != Form::General,
        scope.form == Form::Written && scope.asked != Form::Written,
    ]
}
