//! Reports for audit and compliance: each is made by a post, because making one is an act.

use axum::extract::Path;
use axum::response::Response;
use desk::report::{Cell, Kind, Made, Table, is_for, make_for};
use desk::{Platform, Refusal};

use super::clerk::{BASE, Clerk};
use crate::pages::console::{ReportCell, ReportLine, ReportPage, ReportTable, Reports};
use crate::pages::parts::{Day, Fact, Moment};
use crate::session::Signed;
use crate::trouble::Trouble;
use crate::words::{listed, report, say};

type Reply = Result<Response, Trouble>;

/// `GET /console/reports`.
pub(crate) async fn list(clerk: Clerk) -> Reply {
    if !is_for(&clerk.platform, &clerk.duty()?) {
        return Err(Refusal::NotAllowed("reports are for audit and compliance").into());
    }
    clerk.show(&Reports { shell: clerk.shell(), lines: Kind::ALL.into_iter().map(line).collect() })
}

fn line(kind: Kind) -> ReportLine {
    let word = kind.word();
    ReportLine { href: format!("{BASE}/reports/{word}"), name: report(word), what: report(&format!("{word}-what")) }
}

/// `POST /console/reports/{kind}`.
pub(crate) async fn made(Path(kind): Path<String>, Signed(clerk, _): Signed<Clerk>) -> Reply {
    let kind = Kind::of(&kind).ok_or(Trouble::Unknown)?;
    let made = make_for(&clerk.app.house, &clerk.platform, &clerk.duty()?, kind, None).await?;
    let fact = |label: &'static str, value: String| Fact { label: say(label), value };
    clerk.show(&ReportPage {
        shell: clerk.shell(),
        line: line(kind),
        at: Moment(made.report.at),
        facts: vec![fact("c-report-leaf", made.leaf.to_string()), fact("c-report-print", made.fingerprint.to_string())],
        faults: faults(&made),
        tables: made.report.tables().iter().map(|one| table(&clerk.platform, one)).collect(),
    })
}

fn faults(made: &Made) -> Vec<String> {
    made.report.faults.iter().map(|fault| format!("{} {}", report(fault.code), fault.count)).collect()
}

fn table(platform: &Platform, table: &Table) -> ReportTable {
    let heads: Vec<String> = table.heads.iter().map(|head| report(head)).collect();
    let row = |row: &Vec<Cell>| heads.iter().cloned().zip(row.iter().map(|cell| written(platform, cell))).collect();
    ReportTable { name: report(table.name), rows: table.rows.iter().map(row).collect(), heads }
}

fn written(platform: &Platform, cell: &Cell) -> ReportCell {
    let nothing = || "–".to_owned();
    ReportCell::Text(match cell {
        Cell::Day(day) => return ReportCell::Day(Day(*day)),
        Cell::At(at) => return ReportCell::At(Moment(*at)),
        Cell::Nothing => nothing(),
        Cell::Named(_, ids) if ids.is_empty() => nothing(),
        Cell::Named(kind, ids) => {
            let names = &platform.tables.program().names;
            listed(ids.iter().map(|id| names.name_of(*kind, id)))
        }
        Cell::Count(count) => count.to_string(),
        Cell::Length(length) => format!("{} {}", length.count, policy::label::label(length.unit)),
        Cell::Word(word) => report(word),
        Cell::Text(text) => text.clone(),
    })
}
