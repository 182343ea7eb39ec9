//! Many people of one role at once: a table is sent in, looked at, and taken in on a second word.

use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use desk::Refusal;
use desk::collect::{
    self, Enrolled, Invited, MOST_BYTES, MOST_LINES, NoTable, Outcome, ROSTER_MINUTES, RosterRole, Unread,
};
use desk::leaf::Who;
use desk::refusal::FieldFault;
use model::{InvitationId, RecordId};
use serde::Deserialize;

use super::join::link;
use super::shell::Done;
use crate::pages::parts::{Field, FieldKind, Form as Fields, Link, Status, Tone};
use crate::pages::portal::{RosterLine, RosterOutcome, RosterPage, RosterStep};
use crate::session::{Customer, Signed};
use crate::told::acts::receipt;
use crate::trouble::Trouble;
use crate::words::{fault, fill, say};

type Reply = Result<Response, Trouble>;

/// Where rosters of a record are sent in; nowhere where another holds it.
pub(super) async fn links(customer: &Customer, record: RecordId) -> Result<Vec<Link>, Trouble> {
    let roles = collect::roster_roles(&customer.app.house, &customer.platform, customer.subject, record).await;
    let roles = match roles {
        Err(Refusal::NotFound(_)) => return Ok(Vec::new()),
        roles => roles?,
    };
    let link = |one: RosterRole| Link {
        label: fill("roster-of", &[("role", &one.name)]),
        href: format!("{}/records/{record}/roster/{}", customer.base(), one.role),
    };
    Ok(roles.into_iter().map(link).collect())
}

/// Record and role of a path.
struct At {
    record: RecordId,
    role: RosterRole,
}

async fn at(customer: &Customer, record: &str, role: &str) -> Result<At, Trouble> {
    let record: RecordId = record.parse().map_err(|_| Trouble::Unknown)?;
    let roles = collect::roster_roles(&customer.app.house, &customer.platform, customer.subject, record).await?;
    let role = roles.into_iter().find(|one| one.role.as_str() == role).ok_or(Trouble::Unknown)?;
    Ok(At { record, role })
}

/// What the address says beside the path.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Course {
    done: Option<u64>,
}

fn page(customer: &Customer, at: &At, error: Option<String>) -> RosterPage {
    let base = format!("{}/records/{}", customer.base(), at.record);
    let file = Field {
        name: "file".into(),
        label: say("roster-file"),
        kind: FieldKind::File(".csv,text/csv".into()),
        error,
        required: true,
        ..Field::default()
    };
    RosterPage {
        shell: customer.shell(),
        path: format!("{base}/roster/{}", at.role.role),
        invitations: format!("{base}/invitations"),
        role: at.role.name.clone(),
        columns: at.role.columns.iter().map(|(_, name, needed)| (name.clone(), *needed)).collect(),
        limits: [MOST_LINES.to_string(), format!("{} KB", MOST_BYTES / 1024), ROSTER_MINUTES.to_string()],
        form: Fields::of(vec![file]),
        ..RosterPage::default()
    }
}

/// `GET /records/{id}/roster/{role}`.
pub(crate) async fn ask(
    customer: Customer,
    Path((_, record, role)): Path<(String, String, String)>,
    Query(course): Query<Course>,
) -> Reply {
    let at = at(&customer, &record, &role).await?;
    let mut page = page(&customer, &at, None);
    page.shell = customer.shell_after(&Done { done: course.done });
    customer.show(&page)
}

/// `POST /records/{id}/roster/{role}`: looks at what would become of each line.
pub(crate) async fn sent(
    Path((_, record, role)): Path<(String, String, String)>,
    Signed(customer, form): Signed<Customer>,
) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let at = at(&customer, &record, &role).await?;
    let whom = (customer.subject, at.record, &at.role.role);
    let bytes = form.file.as_deref().unwrap_or_default();
    let roster = match collect::roster(house, platform, whom, bytes).await {
        Ok(roster) => roster,
        Err(Refusal::Roster(why)) => {
            return customer.show_again(&page(&customer, &at, Some(unread(why))));
        }
        Err(refusal) => return Err(refusal.into()),
    };
    let fates = collect::roster_look(house, platform, whom, &roster).await?;
    collect::roster_keep(house, (&customer.secret, at.record), roster);
    let lines: Vec<RosterLine> = fates.iter().map(|one| line(&at, one, |()| None)).collect();
    let page = page(&customer, &at, None);
    customer.show(&counted(RosterPage { step: RosterStep::Look, lines, ..page }))
}

/// `POST /records/{id}/roster/{role}/enrol`: takes in what was looked at.
pub(crate) async fn confirmed(
    Path((_, record, role)): Path<(String, String, String)>,
    Signed(customer, _): Signed<Customer>,
) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let at = at(&customer, &record, &role).await?;
    let whose = (customer.secret.as_str(), at.record);
    let done = if let Some(roster) = collect::roster_take(house, whose) {
        let whom = (customer.subject, at.record, &at.role.role);
        let done = collect::enrol(house, platform, whom, &roster, Who::Subject, None).await?;
        collect::roster_done(house, whose, done)
    } else if let Some(before) = collect::roster_outcome(house, whose) {
        // The same page sent once more.
        before
    } else {
        return customer.show_again(&page(&customer, &at, Some(say("roster-over"))));
    };
    let (leaf, done) = &*done;
    let site = &customer.app.site;
    let shown = |one: &Invited| Some(link(site, platform, &one.secret));
    let places = places(&customer, at.record).await?;
    let placed = |one: &Enrolled<Invited>| RosterLine { place: place(&places, one), ..line(&at, one, shown) };
    let lines: Vec<RosterLine> = done.iter().map(placed).collect();
    let page = page(&customer, &at, None);
    let mut page = counted(RosterPage { step: RosterStep::Done, lines, ..page });
    let receipt = Some(receipt(platform, *leaf));
    page.shell.status = Some(Status { tone: Tone::Good, text: say("done"), receipt });
    customer.show(&page)
}

/// `GET …/template.csv`: the columns.
pub(crate) async fn template(customer: Customer, Path((_, record, role)): Path<(String, String, String)>) -> Reply {
    let at = at(&customer, &record, &role).await?;
    let names: Vec<String> = at.role.columns.iter().map(|(_, name, _)| name.clone()).collect();
    Ok(table("template.csv", &[names]))
}

/// `GET …/result.csv`: what came of each line, while it is there.
pub(crate) async fn result(customer: Customer, Path((_, record, role)): Path<(String, String, String)>) -> Reply {
    let at = at(&customer, &record, &role).await?;
    let done = collect::roster_outcome(&customer.app.house, (&customer.secret, at.record)).ok_or(Trouble::Unknown)?;
    let heads = ["roster-line", "roster-outcome", "roster-link", "roster-wrong", "roster-who", "roster-place"];
    let places = places(&customer, at.record).await?;
    let mut rows = vec![heads.map(say).to_vec()];
    for one in &done.1 {
        let (outcome, link, wrong) = match &one.outcome {
            Outcome::TakenIn => (say("roster-taken-in"), String::new(), String::new()),
            Outcome::Invited(invited) => {
                let link = link(&customer.app.site, &customer.platform, &invited.secret);
                (say("roster-invited"), link, String::new())
            }
            Outcome::Wrong(faults) => (say("roster-faulty"), String::new(), told(&at, faults).join(" ")),
        };
        let place = place(&places, one).map(|place| place.to_string()).unwrap_or_default();
        rows.push(vec![one.line.to_string(), outcome, link, wrong, one.who.clone().unwrap_or_default(), place]);
    }
    Ok(table("result.csv", &rows))
}

fn line<T>(at: &At, one: &Enrolled<T>, link: impl Fn(&T) -> Option<String>) -> RosterLine {
    let outcome = match &one.outcome {
        Outcome::TakenIn => RosterOutcome::TakenIn,
        Outcome::Invited(invited) => RosterOutcome::Invited(link(invited)),
        Outcome::Wrong(faults) => RosterOutcome::Wrong(told(at, faults)),
    };
    RosterLine { number: one.line, who: one.who.clone(), place: None, outcome }
}

/// The invitations of a record, in the order of its page.
async fn places(customer: &Customer, record: RecordId) -> Result<Vec<InvitationId>, Trouble> {
    let all = collect::invitations(&customer.app.house, &customer.platform, customer.subject, record).await?;
    Ok(all.into_iter().map(|one| one.id).collect())
}

/// Which of them a line's is, counted from 1.
fn place(places: &[InvitationId], one: &Enrolled<Invited>) -> Option<usize> {
    let Outcome::Invited(invited) = &one.outcome else { return None };
    places.iter().position(|id| *id == invited.id).map(|place| place.saturating_add(1))
}

/// What is wrong, by column.
fn told(at: &At, faults: &[FieldFault]) -> Vec<String> {
    let told = |one: &FieldFault| {
        let column = at.role.columns.iter().find(|(item, ..)| item.as_str() == one.item);
        let name = column.map_or(at.role.name.as_str(), |(_, name, _)| name.as_str());
        fill("told", &[("heading", name), ("text", &fault(one.code))])
    };
    faults.iter().map(told).collect()
}

/// The page with what it counts.
fn counted(page: RosterPage) -> RosterPage {
    let count = |of: fn(&RosterOutcome) -> bool| page.lines.iter().filter(|line| of(&line.outcome)).count();
    let taken = count(|one| matches!(one, RosterOutcome::TakenIn));
    let invited = count(|one| matches!(one, RosterOutcome::Invited(_)));
    let wrong = count(|one| matches!(one, RosterOutcome::Wrong(_)));
    RosterPage { taken, invited, wrong, ..page }
}

/// Why a table does not read, and how to go on.
fn unread(why: Unread) -> String {
    match why {
        Unread::TooLarge => say("roster-too-large"),
        Unread::TooMany => fill("roster-too-many", &[("most", &MOST_LINES.to_string())]),
        Unread::Table(NoTable::Encoding) => say("roster-encoding"),
        Unread::Empty => say("roster-empty"),
        Unread::Column(place) => fill("roster-column", &[("place", &place.to_string())]),
        Unread::Twice(place) => fill("roster-twice", &[("place", &place.to_string())]),
        Unread::Line(line) => fill("roster-shape", &[("line", &line.to_string())]),
        Unread::Table(NoTable::Quote(line)) => fill("roster-quote", &[("line", &line.to_string())]),
    }
}

/// A table as spreadsheets read it: Unicode with its mark, every cell in quotation marks.
fn table(name: &str, rows: &[Vec<String>]) -> Response {
    let row = |cells: &Vec<String>| cells.iter().map(|text| cell(text)).collect::<Vec<_>>().join(",") + "\r\n";
    let body = format!("\u{feff}{}", rows.iter().map(row).collect::<String>());
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, body).into_response()
}

/// A cell that no spreadsheet takes for a formula.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(cell("plain"), "\"plain\"");
        assert_eq!(cell("a \"b\", c"), "\"a \"\"b\"\", c\"");
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert!(cell(formula).starts_with("\"'"), "{formula:?}");
        }
    }
}
