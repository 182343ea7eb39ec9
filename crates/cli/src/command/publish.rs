//! `shouyue publish`: a version is rendered, put in force or announced, and what is missing of the notice before it is told.

use std::io::Write;

use desk::leaf::Who;
use desk::publish::{Publish, publish};
use desk::{House, Platform, evidence, notify};
use jiff::civil::Date;
use model::calendar::midnight_in_shanghai;
use policy::compile::Tables;
use policy::finding::Source;
use serde::{Deserialize, Serialize};
use vault::Suite;

use super::house::told;
use crate::admin::{self, Reply, Request, plain};
use crate::config::Config;
use crate::{Outcome, folder, options};

/// A version that was published.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Published {
    /// Platform.
    pub(crate) platform: String,
    /// Fingerprint `policy`.
    pub(crate) policy: String,
    /// Verifier key of the platform's ledger.
    pub(crate) key: String,
    /// From when it is in force, where that is still to come.
    pub(crate) from: Option<String>,
    /// What is missing of the notice that has to be given before.
    #[serde(default)]
    pub(crate) missing: Option<Missing>,
}

/// What is missing of a notice.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Missing {
    days: u32,
    earliest: Date,
    whom: Vec<String>,
    waiting: u64,
}

impl From<notify::Missing> for Missing {
    fn from(missing: notify::Missing) -> Self {
        let notify::Missing { days, earliest, whom, waiting } = missing;
        Self { days, earliest, whom, waiting }
    }
}

pub(crate) fn run(asked: &options::Publish, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let config = Config::read(&asked.at.config)?;
    let [policy, operation] = folder::newest(&asked.path)?.pairs()?;
    let suite = asked.suite.map(|suite| suite.word().to_owned());
    let request = Request::Publish { policy, operation, suite, from: asked.from };
    told(admin::ask(&config, request)?, out)
}

/// Renders the notice of compiled tables and publishes the version that they were made from.
pub(crate) async fn rendered(
    house: &House,
    tables: &Tables,
    (policy, operation): (Source, Source),
    suite: Option<Suite>,
    from: Option<Date>,
) -> anyhow::Result<Reply> {
    let from = from.map(midnight_in_shanghai).transpose()?;
    let notice = render::notice::notice(tables).fragment();
    let text = policy::shown::fingerprint(&notice);
    let publication = Publish { policy, operation, notice, text, who: Who::House, suite, from };
    published(house, &*publish(house, publication).await.map_err(plain)?).await
}

/// What is told of a version that was published just now.
pub(crate) async fn published(house: &House, platform: &Platform) -> anyhow::Result<Reply> {
    Ok(Reply::Published(Published {
        platform: platform.id.to_string(),
        policy: platform.tables.policy().to_string(),
        key: evidence::verifier_key(platform)?.to_string(),
        from: (platform.since > house.now()).then(|| platform.since.to_string()),
        missing: notify::missing(house, platform).await.map_err(plain)?.map(Missing::from),
    }))
}

impl Published {
    pub(super) fn write(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        let Self { platform, policy, key, from, missing } = self;
        match from {
            None => writeln!(out, "{platform} is in force: policy {policy}")?,
            Some(from) => writeln!(out, "{platform} is announced, in force from {from} on: policy {policy}")?,
        }
        writeln!(out, "verifier key {key}")?;
        missing.as_ref().map_or(Ok(()), |missing| missing.write(out))
    }
}

impl Missing {
    fn write(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        let Self { days, earliest, whom, waiting } = self;
        let days = if *days == 1 { "1 day is".to_owned() } else { format!("{days} days are") };
        let wait = if *waiting == 1 { "1 notice waits".to_owned() } else { format!("{waiting} notices wait") };
        let whom = whom.join(", ");
        writeln!(out, "warning: {days} missing of the notice that is owed to {whom} before it takes effect; {wait}")?;
        writeln!(out, "         told today, it could have taken effect on {earliest} (`--from {earliest}`)")?;
        Ok(())
    }
}
