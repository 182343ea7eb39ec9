//! Notices of a new version: how they stand, those that reached nobody, and sending these again.

use axum::response::Response;
use desk::notify::{self, Notice};
use desk::publish::versions;
use model::calendar::day_in_shanghai;
use policy::syntax::Route;

use super::clerk::{BASE, Clerk};
use super::ledger::told_of;
use crate::pages::console::{NoticeLine, Notices};
use crate::pages::parts::{Day, Link};
use crate::session::Signed;
use crate::told::elements::version;
use crate::trouble::Trouble;
use crate::words::{fill, listed, unsent};

type Reply = Result<Response, Trouble>;

/// Posted where all are meant.
const ALL: &str = "all";

/// `GET /console/notices`.
pub(crate) async fn list(clerk: Clerk) -> Reply {
    let page = shown(&clerk, None).await?;
    clerk.show(&page)
}

/// `POST /console/notices`: what was given up is sent again.
pub(crate) async fn again(Signed(clerk, form): Signed<Clerk>) -> Reply {
    let number = match form.one("number").unwrap_or_default() {
        ALL => None,
        number => Some(number.parse().map_err(|_| Trouble::Unknown)?),
    };
    let count = notify::resend_for(&clerk.app.house, &clerk.platform, &clerk.seat, number).await?;
    let page = shown(&clerk, Some(fill("c-unsent-again", &[("count", &count.to_string())]))).await?;
    clerk.show(&page)
}

async fn shown(clerk: &Clerk, done: Option<String>) -> Result<Notices, Trouble> {
    let (house, platform) = (&clerk.app.house, &clerk.platform);
    let counts = notify::counts(house, platform).await?;
    let all = versions(house, platform).await?;
    let name = |number: u64| {
        let found = all.iter().find(|version| version.number == number);
        found.map_or_else(|| number.to_string(), |found| version(&found.stem))
    };
    let link = |number: u64| {
        let text = all.iter().find(|version| version.number == number).map(|version| version.text.short());
        Link { label: name(number), href: format!("/p/{}/policy/{}", platform.id, text.unwrap_or_default()) }
    };
    let given_up: u64 = counts.iter().map(|one| one.given_up).sum();
    let lines: Vec<NoticeLine> = notify::given_up(house, platform)
        .await?
        .into_iter()
        .map(|notice| NoticeLine {
            number: notice.number,
            version: name(notice.version),
            ways: ways(&notice),
            because: unsent(notice.because.as_deref().unwrap_or_default()),
            latest: notice.latest.map(|latest| Day(day_in_shanghai(latest))),
        })
        .collect();
    Ok(Notices {
        shell: clerk.shell(),
        done,
        versions: counts.iter().rev().map(|one| (link(one.version), told_of(Some(one)))).collect(),
        more: u64::try_from(lines.len()).unwrap_or(u64::MAX) < given_up,
        lines,
        again: notify::is_for(platform, &clerk.seat).then(|| format!("{BASE}/notices")),
    })
}

/// By which ways a notice goes.
fn ways(notice: &Notice) -> String {
    let named =
        |word: &String| Route::ALL.iter().find(|route| route.word() == word).map(|route| policy::label::label(*route));
    let ways: Vec<String> = notice.routes.iter().filter_map(named).collect();
    match ways.as_slice() {
        [one] => one.clone(),
        _ => fill("c-unsent-any", &[("ways", &listed(ways))]),
    }
}
