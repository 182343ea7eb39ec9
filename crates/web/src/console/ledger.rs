//! What is there to do, the ledger, and the policy.

use axum::extract::Query;
use axum::response::Response;
use desk::Platform;
use desk::approval::waiting;
use desk::evidence::{self, Health, LeafView};
use desk::notify::{self, Counts};
use desk::partner::is_minded_by;
use desk::publish::{Stage, Version, versions};
use desk::report::{Kind, is_for};
use desk::rights::{self, RequestView};
use desk::seat::{Duty, Eyes};
use desk::service;
use jiff::civil::Date;
use model::calendar::day_in_shanghai;
use policy::syntax::Kind as Element;
use serde::Deserialize;

use super::clerk::Clerk;
use super::finding::in_force;
use super::service::LISTED;
use crate::pages::console::{
    Count, ElementLine, Home, LeafLine, Ledger, Map, Policy, RequestLine, Requests, VersionLine,
};
use crate::pages::parts::{Check, Day, Fact, Link, Moment, Pager, Tone};
use crate::session::Signed;
use crate::told::acts::{outcome, told_to};
use crate::told::elements::version;
use crate::told::reasons::clause;
use crate::trouble::Trouble;
use crate::words::{fill, say, state};

/// The command that checks everything, on the server; the file name is that of the readme.
const FSCK: &str = "shouyue fsck --config shouyue.toml";

/// The same for the data of a demo.
const FSCK_DEMO: &str = "shouyue fsck --demo demo-data";

type Reply = Result<Response, Trouble>;

/// Requests in the queue that a page lists.
const QUEUE: u32 = 100;

/// Leaves on a page.
const PAGE: u64 = 50;

/// Leaves on the first page.
const LATEST: u64 = 8;

/// Days before the due date from which a request is pressing.
const SOON: i64 = 3;

/// `GET /console/`.
pub(crate) async fn home(clerk: Clerk) -> Reply {
    let (house, platform) = (&clerk.app.house, &clerk.platform);
    let today = day_in_shanghai(house.now());
    let head = evidence::head(house, platform).await?;
    let queue = match clerk.duty() {
        Ok(duty) => rights::queue(house, platform, &duty, QUEUE).await?,
        Err(_) => Vec::new(),
    };
    let pleas = match clerk.duty() {
        Ok(duty) if handles_minors(platform, &duty) => waiting(house, platform, Eyes::Staff(&duty)).await?.len(),
        _ => 0,
    };
    let asked = match clerk.duty() {
        Ok(duty) if service::decides(platform, &duty)? => {
            Some(service::open(house, platform, Eyes::Staff(&duty), None, LISTED).await?.len())
        }
        _ => None,
    };
    let late = queue.iter().filter(|request| request.overdue).count();
    let href = |path: &str| Some(format!("{}{path}", super::clerk::BASE));
    let count = |label: &'static str, value: String, to: Option<String>, tone: Tone| Count {
        label: say(label),
        value,
        note: None,
        href: to,
        tone,
    };
    let functions = platform.tables.program().policy.functions.len();
    let parties = platform.tables.program().operation.parties.len();
    let thresholds = platform.tables.program().law.thresholds(today).count();
    let duty = clerk.duty().ok();
    let minds = |what: fn(&Platform, &Duty) -> bool| duty.as_ref().is_some_and(|duty| what(platform, duty));
    let pleas_tone = if pleas > 0 { Tone::Warn } else { Tone::Note };
    // What a role may not open is no count of its work.
    let of_role = [
        (minds(handles_minors), count("c-approvals", pleas.to_string(), href("/approvals"), pleas_tone)),
        (minds(is_minded_by), count("c-parties", parties.to_string(), href("/parties"), Tone::Note)),
        (minds(is_for), count("c-reports", Kind::ALL.len().to_string(), href("/reports"), Tone::Note)),
        (duty.is_some(), count("c-thresholds", thresholds.to_string(), href("/thresholds"), Tone::Note)),
    ];
    let of_role = of_role.into_iter().filter_map(|(opens, count)| opens.then_some(count));
    let pressing = queue.iter().filter(|request| days(today, request.due) <= SOON);
    let services = asked.map(|open| {
        count("c-services", open.to_string(), href("/services"), if open > 0 { Tone::Warn } else { Tone::Note })
    });
    clerk.show(&Home {
        shell: clerk.shell(),
        alarms: super::threshold::alarms(&clerk).await?,
        today: Day(today),
        counts: services
            .into_iter()
            .chain([
                count("c-requests", queue.len().to_string(), href("/requests"), Tone::Note),
                count("c-overdue", late.to_string(), href("/requests"), if late > 0 { Tone::Stop } else { Tone::Good }),
                count("c-leaves", head.size.to_string(), href("/ledger"), Tone::Note),
            ])
            .chain(of_role)
            .chain([count("c-functions", functions.to_string(), href("/policy"), Tone::Note)])
            .collect(),
        due: pressing.map(|request| line(platform, request, today)).collect(),
        leaves: newest(&clerk, head.size, LATEST).await?,
    })
}

fn handles_minors(platform: &Platform, duty: &Duty) -> bool {
    let roles = &platform.tables.program().operation.roles;
    roles.iter().any(|role| role.id.value == *duty.role() && role.minors.value)
}

fn days(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

fn line(platform: &Platform, request: &RequestView, today: Date) -> RequestLine {
    let left = days(today, request.due);
    let (left, tone) = match left {
        ..0 => (fill("c-late", &[("days", &left.abs().to_string())]), Tone::Stop),
        0 => (say("c-today"), Tone::Warn),
        1..=SOON => (fill("c-left", &[("days", &left.to_string())]), Tone::Warn),
        _ => (fill("c-left", &[("days", &left.to_string())]), Tone::Note),
    };
    let rows = render::lists::rights(platform.tables.program()).rows;
    let told = rows.into_iter().find(|row| row.kind == request.right.word());
    let number = told.and_then(|row| row.clauses.into_iter().next());
    RequestLine {
        href: Some(format!("{}/requests/{}", super::clerk::BASE, request.id)),
        number: short(&request.id.to_string()),
        right: policy::label::label(request.right),
        subject: short(&request.subject.to_string()),
        received: Day(request.since),
        due: Some(Day(request.due)),
        left,
        provisional: request.provisional,
        tone,
        clock: fill("c-clock", &[("calendar", &request.calendar)]),
        clause: number.map(|number| clause(platform, &number)),
        state: state(request.state.word()),
    }
}

/// The first signs of an id, enough to tell a page's lines apart.
pub(super) fn short(id: &str) -> String {
    id.chars().take(12).collect()
}

/// `GET /console/requests`.
pub(crate) async fn requests(clerk: Clerk) -> Reply {
    let (house, platform) = (&clerk.app.house, &clerk.platform);
    let today = day_in_shanghai(house.now());
    let queue = rights::queue(house, platform, &clerk.duty()?, QUEUE).await?;
    clerk.show(&Requests {
        shell: clerk.shell(),
        requests: queue.iter().map(|request| line(platform, request, today)).collect(),
        pager: Pager::default(),
    })
}

/// A leaf in a line.
pub(super) fn leaf_line(platform: &Platform, leaf: &LeafView) -> LeafLine {
    let entry = leaf.entry.as_ref();
    LeafLine {
        index: leaf.index,
        at: entry.map(|entry| Moment(entry.at)).unwrap_or_default(),
        kind: entry.map(|entry| crate::words::act(entry.act.word())).unwrap_or_default(),
        what: entry.map(|entry| told_to(&say("c-who-subject"), platform, entry)).unwrap_or_default(),
        basis: entry.and_then(|entry| entry.basis).map(policy::label::label).unwrap_or_default(),
        outcome: entry.map(outcome).unwrap_or_default(),
        hash: short(&leaf.hash.to_string()),
    }
}

async fn newest(clerk: &Clerk, below: u64, count: u64) -> Result<Vec<LeafLine>, Trouble> {
    let from = below.saturating_sub(count);
    let limit = u32::try_from(below - from).unwrap_or(evidence::PAGE);
    let leaves = evidence::leaves(&clerk.app.house, &clerk.platform, from, limit).await?;
    Ok(leaves.iter().rev().map(|leaf| leaf_line(&clerk.platform, leaf)).collect())
}

/// Below which leaf a page of the ledger begins.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Below {
    below: Option<u64>,
}

/// `GET /console/ledger`.
pub(crate) async fn ledger(clerk: Clerk, Query(Below { below }): Query<Below>) -> Reply {
    show_ledger(&clerk, below, None).await
}

/// `POST /console/ledger`: reads the whole ledger and checks it against its rows.
pub(crate) async fn verify(Signed(clerk, _): Signed<Clerk>) -> Reply {
    let health = evidence::check(&clerk.app.house, &clerk.platform).await?;
    show_ledger(&clerk, None, Some(health)).await
}

async fn show_ledger(clerk: &Clerk, below: Option<u64>, health: Option<Health>) -> Reply {
    let (house, platform) = (&clerk.app.house, &clerk.platform);
    let kept = evidence::kept(house, platform).await?;
    let head = evidence::head(house, platform).await?;
    let below = below.unwrap_or(head.size).min(head.size);
    let key = evidence::verifier_key(platform)?;
    let signed = Check {
        name: say("c-signature"),
        passed: Some(kept.signature.is_ok()),
        detail: kept.signature.err().unwrap_or_else(|| key.to_string()),
    };
    let whole = match &health {
        None => Check { name: say("c-health"), passed: None, detail: say("c-unchecked") },
        Some(health) => Check { name: say("c-health"), passed: Some(health.is_clean()), detail: found(health) },
    };
    let to = |below: u64| format!("{}/ledger?below={below}", super::clerk::BASE);
    let leaves = newest(clerk, below, PAGE).await?;
    let last = below.saturating_sub(PAGE);
    let here =
        [("first", last.to_string()), ("last", below.saturating_sub(1).to_string()), ("all", head.size.to_string())];
    let here: Vec<(&str, &str)> = here.iter().map(|(key, value)| (*key, value.as_str())).collect();
    clerk.show(&Ledger {
        shell: clerk.shell(),
        size: head.size,
        root: head.root.to_string(),
        signed: Moment(kept.at),
        checkpoint: kept.note,
        checks: vec![signed, whole],
        leaves,
        pager: Pager {
            newer: (below < head.size).then(|| to(below.saturating_add(PAGE).min(head.size))),
            older: (last > 0).then(|| to(last)),
            here: fill("page-of", &here),
        },
        command: if clerk.app.site.inbox.is_some() { FSCK_DEMO } else { FSCK }.to_owned(),
    })
}

fn found(health: &Health) -> String {
    if health.is_clean() {
        return fill("c-fine", &[("size", &health.size.to_string())]);
    }
    let count = health.damages.len() + health.rows.len();
    let first = health.damages.first().map(ToString::to_string).or_else(|| health.rows.first().cloned());
    fill("c-damaged", &[("count", &count.to_string()), ("first", &first.unwrap_or_default())])
}

/// `GET /console/policy`.
pub(crate) async fn policy(clerk: Clerk) -> Reply {
    let platform = &clerk.platform;
    let program = platform.tables.program();
    let all = versions(&clerk.app.house, platform).await?;
    let fact = |label: &'static str, value: String| Fact { label: say(label), value };
    let told = notify::counts(&clerk.app.house, platform).await?;
    let mut versions: Vec<VersionLine> = Vec::with_capacity(all.len());
    for version in &all {
        let counts = told.iter().find(|one| one.version == version.number);
        versions.insert(0, VersionLine { told: told_of(counts), ..version_line(platform, version) });
    }
    let in_force = in_force(&clerk).await?;
    let (open, answered) = in_force.counts();
    let current = &in_force.version;
    clerk.show(&Policy {
        shell: clerk.shell(),
        title: program.policy.policy.title.value.clone(),
        facts: vec![
            fact("c-version", version(&current.stem)),
            fact("c-since", day_in_shanghai(current.from).to_string()),
            fact("c-vocabulary", program.vocabulary_version.clone()),
            fact("c-law", program.law.version().to_owned()),
        ],
        fingerprints: vec![
            fact("c-policy-print", current.policy.to_string()),
            fact("c-tables-print", current.tables.to_string()),
            fact("c-text-print", current.text.to_string()),
        ],
        versions,
        drafts: super::draft::lines(&clerk).await?,
        open,
        answered,
        elements: elements(platform),
    })
}

fn version_line(platform: &Platform, one: &Version) -> VersionLine {
    let stage = match one.stage {
        Stage::Announced => "c-announced",
        Stage::InForce => "c-in-force",
        Stage::Archived => "c-archived",
        Stage::Replaced => "c-replaced",
    };
    VersionLine {
        name: Link { label: version(&one.stem), href: format!("/p/{}/policy/{}", platform.id, one.text.short()) },
        stage: say(stage),
        published: Moment(one.at),
        from: Moment(one.from),
        until: one.until.filter(|_| one.stage != Stage::Replaced).map(Moment),
        fingerprint: one.policy.short(),
        told: String::new(),
    }
}

/// `GET /console/policy/map`.
pub(crate) async fn map(clerk: Clerk) -> Reply {
    let drawing = render::map::svg(&clerk.platform.tables, render::map::Colours::Light);
    clerk.show(&Map { shell: clerk.shell(), drawing })
}

/// How many were told of a version, and how many were not.
pub(super) fn told_of(counts: Option<&Counts>) -> String {
    let Some(counts) = counts else { return say("c-told-nobody") };
    let number = |count: u64| count.to_string();
    let (told, waiting) = (number(counts.told), number(counts.waiting));
    let (given, late) = (number(counts.given_up), number(counts.late));
    fill("c-told", &[("told", &told), ("waiting", &waiting), ("given", &given), ("late", &late)])
}

fn elements(platform: &Platform) -> Vec<ElementLine> {
    let policy = &platform.tables.program().policy;
    let names = &platform.tables.program().names;
    let line = |kind: &'static str, id: &str, name: &str, number: Option<&str>, summary: String| ElementLine {
        kind: say(kind),
        id: id.to_owned(),
        name: name.to_owned(),
        clause: number.map(|number| clause(platform, number)),
        summary,
    };
    let first = |clauses: &'_ [policy::syntax::At<String>]| clauses.first().map(|number| number.value.clone());
    let mut lines = Vec::new();
    for one in &policy.functions {
        let summary = crate::told::elements::purpose(platform, one);
        lines.push(line("c-kind-function", one.id.as_str(), &one.name, first(&one.clause).as_deref(), summary));
    }
    for one in &policy.recipients {
        let summary = policy::label::label(one.regime.value);
        lines.push(line("c-kind-recipient", one.id.as_str(), &one.name, first(&one.clause).as_deref(), summary));
    }
    for one in &policy.records {
        let floors = one.floors.iter().map(|floor| policy::label::label(floor.value));
        let name = names.name_of(Element::Record, one.id.as_str()).to_owned();
        lines.push(line(
            "c-kind-record",
            one.id.as_str(),
            &name,
            first(&one.clause).as_deref(),
            crate::words::listed(floors),
        ));
    }
    lines
}
