//! `shouyue notices`: how people were told of each version, what was given up, and sending that again.

use std::io::Write;

use clap::Args;
use desk::notify;
use desk::{House, Platform};
use serde::{Deserialize, Serialize};

use crate::Outcome;
use crate::admin::{self, Reply, Request, plain};
use crate::config::Config;
use crate::options::{Format, Misused, Where};

/// What is listed, or sent again.
#[derive(Args)]
pub(crate) struct Asked {
    /// Platform; absent: every one
    platform: Option<String>,
    /// Send again what was given up: platform/number as the list has them, or platform/all
    #[arg(long, value_name = "NOTICE", conflicts_with = "platform")]
    resend: Option<String>,
    #[command(flatten)]
    at: Where,
    #[command(flatten)]
    format: Format,
}

/// The notices of one platform.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Outbox {
    /// Platform.
    platform: String,
    /// By version of which people are told.
    versions: Vec<Standing>,
    /// What was given up, oldest first: the first ones, where there are very many.
    given_up: Vec<GivenUp>,
}

/// How people were told of one version.
#[derive(Debug, Serialize, Deserialize)]
struct Standing {
    /// Its number, from 1.
    version: u64,
    /// Told.
    told: u64,
    /// A message goes out, or the person has not come by.
    waiting: u64,
    /// Given up as messages, and told in no other way since.
    given_up: u64,
    /// Of those that are not told, how many should have been by now.
    late: u64,
}

/// A notice that was given up. It names nobody.
#[derive(Debug, Serialize, Deserialize)]
struct GivenUp {
    /// Its number on the platform.
    number: u64,
    /// Of which version.
    version: u64,
    /// Ways of which any one will do.
    routes: Vec<String>,
    /// Why the last try failed.
    because: String,
    /// Before this it has to be told.
    latest: Option<String>,
}

/// The notices of a platform, or of every one.
pub(crate) async fn outboxes(house: &House, platform: Option<&str>) -> anyhow::Result<Vec<Outbox>> {
    let platforms = match platform {
        Some(id) => vec![house.platform(id).map_err(plain)?],
        None => house.platforms(),
    };
    let mut all = Vec::with_capacity(platforms.len());
    for platform in platforms {
        all.push(outbox(house, &platform).await?);
    }
    Ok(all)
}

async fn outbox(house: &House, platform: &Platform) -> anyhow::Result<Outbox> {
    let counts = notify::counts(house, platform).await.map_err(plain)?;
    let dead = notify::given_up(house, platform).await.map_err(plain)?;
    let told = |one: notify::Counts| Standing {
        version: one.version,
        told: one.told,
        waiting: one.waiting,
        given_up: one.given_up,
        late: one.late,
    };
    let given_up = |notice: notify::Notice| GivenUp {
        number: notice.number,
        version: notice.version,
        routes: notice.routes,
        because: notice.because.unwrap_or_default(),
        latest: notice.latest.map(|latest| latest.to_string()),
    };
    Ok(Outbox {
        platform: platform.id.to_string(),
        versions: counts.into_iter().map(told).collect(),
        given_up: dead.into_iter().map(given_up).collect(),
    })
}

/// Sends again what was given up on a platform: one notice, or all.
pub(crate) async fn resent(house: &House, platform: &str, number: Option<u64>) -> anyhow::Result<Reply> {
    let platform = house.platform(platform).map_err(plain)?;
    Ok(Reply::Again(notify::resend(house, &platform, number).await.map_err(plain)?))
}

/// Lists notices, or sends some again.
pub(crate) fn run(asked: &Asked, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let config = Config::read(&asked.at.config)?;
    let request = match asked.resend.as_deref() {
        None => Request::Notices { platform: asked.platform.clone() },
        Some(which) => again(which).ok_or_else(|| {
            Misused("--resend takes <platform>/<number>, as the list has them, or <platform>/all".to_owned())
        })?,
    };
    let reply = admin::ask(&config, request)?;
    if let (true, Reply::Notices(outboxes)) = (asked.format.json, &reply) {
        writeln!(out, "{:#}", serde_json::to_value(outboxes)?)?;
        return Ok(Outcome::Fine);
    }
    super::house::told(reply, out)
}

fn again(which: &str) -> Option<Request> {
    let (platform, number) = which.split_once('/')?;
    let number = if number == "all" { None } else { Some(number.parse().ok()?) };
    Some(Request::NoticesAgain { platform: platform.to_owned(), number })
}

/// One line for each version, and one for each notice that was given up.
pub(crate) fn listed(outboxes: &[Outbox], out: &mut dyn Write) -> anyhow::Result<()> {
    for one in outboxes {
        if one.versions.is_empty() {
            writeln!(out, "{}  nobody has to be told of anything", one.platform)?;
        }
        for Standing { version, told, waiting, given_up, late } in &one.versions {
            let counts = format!("{told} told, {waiting} waiting, {given_up} given up, {late} late");
            writeln!(out, "{}  version {version}: {counts}", one.platform)?;
        }
        for GivenUp { number, version, routes, because, latest } in &one.given_up {
            let latest = latest.as_ref().map_or_else(String::new, |latest| format!(", to be told before {latest}"));
            let ways = routes.join(" or ");
            writeln!(out, "  {}/{number}  version {version} by {ways}: {because}{latest}", one.platform)?;
        }
    }
    Ok(())
}
