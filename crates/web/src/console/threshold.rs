//! Persons that the law counts, and the filings that follow (rules R34, R51).

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use desk::Refusal;
use desk::threshold::{Filed, Level, Standing, file, standings};
use model::calendar::day_in_shanghai;
use policy::law::Counted;

use super::clerk::{BASE, Clerk};
use crate::pages::console::{Alarm, ThresholdLine, ThresholdPage, Thresholds};
use crate::pages::parts::{Day, Fact, Field, FieldKind, Form as Fields, Tone};
use crate::session::Signed;
use crate::trouble::Trouble;
use crate::words::{fault, fill, say};

type Reply = Result<Response, Trouble>;

/// What the first page tells of thresholds: those that are near, and filings that nobody has noted.
pub(super) async fn alarms(clerk: &Clerk) -> Result<Vec<Alarm>, Trouble> {
    let all = standings(&clerk.app.house, &clerk.platform).await?;
    Ok(all.iter().filter_map(|one| alarm(clerk, one)).collect())
}

fn alarm(clerk: &Clerk, one: &Standing) -> Option<Alarm> {
    let told = one.is_open() || (one.level == Level::Near && one.duty.is_none());
    let line = line(clerk, one);
    let text = fill("c-alarm", &[("name", &line.name), ("persons", &line.persons), ("state", &line.state)]);
    let due = one.duty.as_ref().map(|duty| Day(duty.due.day()));
    told.then_some(Alarm { href: line.href, text, due, tone: line.tone })
}

fn line(clerk: &Clerk, one: &Standing) -> ThresholdLine {
    let late = |one: &Standing| one.duty.as_ref().is_some_and(|duty| duty.due.is_over(clerk.app.house.now()));
    let (state, tone) = match (one.is_open(), one.level) {
        (true, _) if late(one) => ("c-filing-late", Tone::Stop),
        (true, _) => ("c-filing-open", Tone::Stop),
        (false, _) if one.duty.is_some() => ("c-filing-done", Tone::Good),
        (false, Level::Near) => ("c-persons-near", Tone::Warn),
        (false, _) => ("c-persons-below", Tone::Note),
    };
    ThresholdLine {
        href: format!("{BASE}/thresholds/{}", one.rule),
        name: say(match one.counts {
            Counted::Faces => "c-persons-faces",
            Counted::Persons => "c-persons-all",
        }),
        persons: one.persons.to_string(),
        limit: one.limit.to_string(),
        state: say(state),
        tone,
    }
}

/// `GET /console/thresholds`.
pub(crate) async fn list(clerk: Clerk) -> Reply {
    clerk.duty()?;
    let all = standings(&clerk.app.house, &clerk.platform).await?;
    clerk.show(&Thresholds { shell: clerk.shell(), lines: all.iter().map(|one| line(&clerk, one)).collect() })
}

/// `GET /console/thresholds/{rule}`.
pub(crate) async fn page(clerk: Clerk, Path(rule): Path<String>) -> Reply {
    let shown = shown(&clerk, &rule, &Typed::default()).await?;
    clerk.show(&shown)
}

/// What was typed, and what is wrong with it.
#[derive(Default)]
struct Typed {
    on: String,
    number: String,
    wrong: Vec<(String, &'static str)>,
}

async fn shown(clerk: &Clerk, rule: &str, typed: &Typed) -> Result<ThresholdPage, Trouble> {
    let duty = clerk.duty()?;
    let all = standings(&clerk.app.house, &clerk.platform).await?;
    let one = all.iter().find(|one| one.rule == rule).ok_or(Trouble::Unknown)?;
    let line = line(clerk, one);
    let fact = |label: &'static str, value: String| Fact { label: say(label), value };
    let roles = &clerk.platform.tables.program().operation.roles;
    let files = roles.iter().any(|role| role.id.value == *duty.role() && role.files());
    let filed = one.duty.as_ref().and_then(|duty| duty.filed.as_ref());
    Ok(ThresholdPage {
        shell: clerk.shell(),
        facts: vec![
            fact("c-threshold-article", one.article.clone().unwrap_or_default()),
            fact("c-threshold-now", line.persons.clone()),
            fact("c-threshold-limit", line.limit.clone()),
        ],
        days: one.duty.as_ref().map(|duty| (Day(day_in_shanghai(duty.since)), Day(duty.due.day()))),
        filed: filed.map(|(filed, _)| (Day(filed.on), filed.number.clone())),
        form: (files && one.is_open()).then(|| form(typed)),
        line,
    })
}

fn form(typed: &Typed) -> Fields {
    let error = |name: &str| typed.wrong.iter().find(|(item, _)| item == name).map(|(_, code)| fault(code));
    let field = |name: &str, label: &'static str, kind: FieldKind, value: &str| Field {
        name: name.to_owned(),
        label: say(label),
        kind,
        value: value.to_owned(),
        required: true,
        error: error(name),
        ..Field::default()
    };
    Fields::of(vec![
        field("on", "c-filed-on", FieldKind::Date { born: false }, &typed.on),
        field("number", "c-filing-number", FieldKind::Text, &typed.number),
    ])
}

/// `POST /console/thresholds/{rule}`: the filing, noted.
pub(crate) async fn filed(Path(rule): Path<String>, Signed(clerk, form): Signed<Clerk>) -> Reply {
    let (house, platform, duty) = (&clerk.app.house, &clerk.platform, clerk.duty()?);
    let typed = |name: &str| form.one(name).unwrap_or_default().trim().to_owned();
    let mut typed = Typed { on: typed("on"), number: typed("number"), wrong: Vec::new() };
    let Ok(on) = typed.on.parse() else {
        typed.wrong.push(("on".to_owned(), if typed.on.is_empty() { "missing" } else { "date" }));
        return clerk.show_again(&shown(&clerk, &rule, &typed).await?);
    };
    match file(house, platform, &duty, &rule, Filed { on, number: typed.number.clone() }).await {
        // Somebody else was faster: the page says what was filed.
        Ok(_) | Err(Refusal::Wrong(_)) => Ok(Redirect::to(&format!("{BASE}/thresholds/{rule}")).into_response()),
        Err(Refusal::Fields(faults)) => {
            typed.wrong = faults.into_iter().map(|fault| (fault.item, fault.code)).collect();
            clerk.show_again(&shown(&clerk, &rule, &typed).await?)
        }
        Err(refusal) => Err(refusal.into()),
    }
}
