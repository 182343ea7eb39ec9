//! Permissions of the device, and the browser's wish not to be tracked.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use desk::Platform;
use desk::device::{self, Reported, Tracking};
use desk::leaf::Who;
use policy::question::{Code, Outcome};
use policy::syntax::{Kind, Permission, Stated};

use super::choices::wish;
use crate::pages::parts::{Fact, Moment, Tone};
use crate::pages::portal::{DeviceSwitch, DoNotTrack, PermissionPage, Permissions, TrackerLine};
use crate::session::{Customer, Signed, Visit};
use crate::told::elements::title;
use crate::told::reasons::{clause, of_answer, uncoded};
use crate::trouble::Trouble;
use crate::words::{listed, say};

type Reply = Result<Response, Trouble>;

fn declared<'p>(platform: &'p Platform, reported: &Reported) -> Option<&'p Permission> {
    platform.tables.program().policy.permissions.iter().find(|one| one.id.value == reported.permission)
}

fn view(platform: &Platform, reported: &Reported) -> Option<DeviceSwitch> {
    let one = declared(platform, reported)?;
    let names = &platform.tables.program().names;
    let stops = one.modes.iter().flat_map(|mode| &mode.functions);
    let stops = listed(stops.map(|function| names.name_of(Kind::Function, &function.text)));
    let items = listed(one.items.iter().map(|item| names.name_of(Kind::Item, &item.text)));
    let or_unstated = |text: String| if text.is_empty() { say("not-stated") } else { text };
    let said = |stated: &Stated<String>| stated.said().cloned().unwrap_or_else(|| say("not-stated"));
    let off_withdraws = match one.off_withdraws.said() {
        Some(true) => say("off-withdraws"),
        Some(false) => say("off-noted"),
        None => say("not-stated"),
    };
    let fact = |label: &'static str, value: String| Fact { label: say(label), value };
    let (state, tone) = match reported.on {
        Some(true) => (say("permission-on"), Tone::Good),
        Some(false) => (say("permission-off"), Tone::Stop),
        None => (say("permission-unknown"), Tone::Note),
    };
    Some(DeviceSwitch {
        id: one.id.to_string(),
        name: one.name.value.clone(),
        state,
        tone,
        since: reported.at.map(Moment),
        facts: vec![
            fact("permission-for", or_unstated(listed(one.modes.iter().map(|mode| mode.text.value.as_str())))),
            fact(
                "permission-asked",
                one.asked.as_ref().map_or_else(|| say("not-stated"), |at| policy::label::label(at.value)),
            ),
            fact("fact-items", or_unstated(items)),
            fact("permission-stops", or_unstated(stops)),
            fact("permission-where", said(&one.switch)),
            fact("permission-means", off_withdraws),
        ],
        withdraws: reported.consented.iter().map(|scope| title(platform, scope)).collect(),
        open: reported.on != Some(false),
        clause: one.clause.first().map(|number| clause(platform, number)),
    })
}

/// `GET /permissions`.
pub(crate) async fn list(customer: Customer) -> Reply {
    let platform = &customer.platform;
    let all = device::permissions(&customer.app.house, platform, customer.subject).await?;
    let permissions = all.iter().filter_map(|one| view(platform, one)).collect();
    customer.show(&Permissions { shell: customer.shell(), permissions })
}

async fn own(customer: &Customer, id: &str) -> Result<DeviceSwitch, Trouble> {
    let all = device::permissions(&customer.app.house, &customer.platform, customer.subject).await?;
    let one = all.iter().find(|one| one.permission.as_str() == id);
    one.and_then(|one| view(&customer.platform, one)).ok_or(Trouble::Unknown)
}

/// `GET /permissions/{id}`.
pub(crate) async fn ask(customer: Customer, Path((_, id)): Path<(String, String)>) -> Reply {
    let permission = own(&customer, &id).await?;
    customer.show(&PermissionPage { shell: customer.shell(), permission })
}

/// `POST /permissions/{id}`: closed here is closed, whatever the device says.
pub(crate) async fn sent(Path((_, id)): Path<(String, String)>, Signed(customer, form): Signed<Customer>) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    own(&customer, &id).await?;
    let id = id.parse().map_err(|_| Trouble::Unknown)?;
    let states = BTreeMap::from([(id, !wish(&form)?)]);
    let noted = device::report(house, platform, customer.subject, &states, Who::Subject, None).await?;
    Ok(customer.go(&noted.leaf.map_or_else(|| "/permissions".to_owned(), |leaf| format!("/home?done={leaf}"))))
}

/// Whether a browser asks not to be tracked: Do-Not-Track (W3C Tracking Preference Expression) or Global Privacy Control.
fn asks_not_to_be_tracked(headers: &HeaderMap) -> bool {
    ["dnt", "sec-gpc"].iter().any(|name| headers.get(*name).is_some_and(|value| value.as_bytes() == b"1"))
}

/// What the text says of such a wish.
pub(super) fn promise(platform: &Platform) -> String {
    match platform.tables.program().policy.do_not_track.said() {
        Some(true) => say("dnt-honoured"),
        Some(false) => say("dnt-not-honoured"),
        None => say("dnt-not-stated"),
    }
}

/// `GET /do-not-track`: decided on the headers of this very request.
pub(crate) async fn do_not_track(visit: Visit, headers: HeaderMap) -> Reply {
    let platform = &visit.platform;
    let asks = asks_not_to_be_tracked(&headers);
    let tracking = device::tracking(&visit.app.house, platform, visit.subject(), asks).await?;
    visit.show(&DoNotTrack {
        shell: visit.shell(),
        browser: if asks { say("dnt-asked") } else { say("dnt-not-asked") },
        promise: promise(platform),
        trackers: tracking.iter().filter_map(|one| tracker(platform, one)).collect(),
    })
}

fn tracker(platform: &Platform, tracking: &Tracking) -> Option<TrackerLine> {
    let program = platform.tables.program();
    let one = program.policy.trackers.iter().find(|one| one.id.value == tracking.tracker)?;
    let names = &program.names;
    let runs = tracking.answer.items.iter().any(|item| item.outcome != Outcome::Withheld);
    let codes = tracking.answer.items.iter().flat_map(|item| &item.reasons).map(|reason| reason.code);
    let wished = codes.into_iter().any(|code| code == Code::DoNotTrack);
    let (state, tone) = match (runs, wished) {
        (true, _) => (say("tracker-runs"), Tone::Warn),
        (false, true) => (say("tracker-stopped-by-wish"), Tone::Good),
        (false, false) => (say("tracker-stopped"), Tone::Good),
    };
    let fact = |label: &'static str, value: String| Fact { label: say(label), value };
    Some(TrackerLine {
        name: one.name.value.clone(),
        state,
        tone,
        facts: vec![
            fact("fact-purpose", names.name_of(Kind::Purpose, &one.purpose.text).to_owned()),
            fact("fact-items", listed(one.items.iter().map(|item| names.name_of(Kind::Item, &item.text)))),
            fact("tracker-refusal", one.refusal.said().cloned().unwrap_or_else(|| say("not-stated"))),
        ],
        reasons: if runs { Vec::new() } else { uncoded(of_answer(platform, &tracking.answer)) },
        clause: one.clause.first().map(|number| clause(platform, number)),
    })
}
