//! `shouyue versions`: what was published on a platform, and its texts as they were shown (rule R62).

use std::io::Write;

use clap::Args;
use serde::{Deserialize, Serialize};

use crate::admin::{self, Reply, Request};
use crate::command::draft::Wish;
use crate::config::Config;
use crate::options::{Format, Where};
use crate::{Outcome, command};

/// What is listed.
#[derive(Args)]
pub(crate) struct Asked {
    /// Platform
    platform: String,
    /// Print the policy file of the version of this fingerprint, or of one that begins so
    #[arg(long, value_name = "FINGERPRINT", conflicts_with = "notice")]
    source: Option<String>,
    /// Print its notice as it was shown, HTML
    #[arg(long, value_name = "FINGERPRINT")]
    notice: Option<String>,
    #[command(flatten)]
    at: Where,
    #[command(flatten)]
    format: Format,
}

/// One version.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Version {
    /// Name: a date, or `undated`.
    stem: String,
    /// How far it has come.
    stage: String,
    /// Published at.
    published: String,
    /// In force from then on.
    from: String,
    /// Until then, as far as is known.
    until: Option<String>,
    /// Leaf of the publication.
    leaf: u64,
    /// Fingerprint of the policy file's facts.
    pub(crate) policy: String,
    /// Fingerprint of the tables.
    pub(crate) tables: String,
    /// Fingerprint of the notice.
    pub(crate) text: String,
    /// The policy file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    /// The notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    notice: Option<String>,
}

impl From<desk::publish::Version> for Version {
    fn from(version: desk::publish::Version) -> Self {
        Self {
            stem: version.stem,
            stage: version.stage.word().to_owned(),
            published: version.at.to_string(),
            from: version.from.to_string(),
            until: version.until.map(|until| until.to_string()),
            leaf: version.leaf,
            policy: version.policy.to_string(),
            tables: version.tables.to_string(),
            text: version.text.to_string(),
            source: None,
            notice: None,
        }
    }
}

impl Version {
    /// With its texts, of which one is some hundred kilobytes.
    pub(crate) fn with(self, texts: desk::publish::Texts) -> Self {
        Self { source: Some(texts.source), notice: Some(texts.notice), ..self }
    }
}

/// Lists versions, or prints a text.
pub(crate) fn run(asked: &Asked, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let config = Config::read(&asked.at.config)?;
    let text_of = asked.source.clone().or_else(|| asked.notice.clone());
    let reply = admin::ask(&config, Request::Versions { platform: asked.platform.clone(), text_of })?;
    let Reply::Versions(versions) = reply else { return command::house::told(reply, out) };
    if asked.source.is_none() && asked.notice.is_none() {
        let wish = Wish::List { platform: asked.platform.clone() };
        let Reply::Drafts(drafts) = admin::ask(&config, Request::Draft(wish))? else { return Ok(Outcome::Found) };
        if asked.format.json {
            let (versions, drafts) = (serde_json::to_value(&versions)?, serde_json::to_value(&drafts)?);
            let all = [versions, drafts].into_iter().filter_map(|list| list.as_array().cloned());
            writeln!(out, "{:#}", serde_json::Value::Array(all.flatten().collect()))?;
        } else {
            listed(&versions, out)?;
            super::draft::listed(&drafts, out)?;
        }
        return Ok(Outcome::Fine);
    }
    // Of one policy that was published several times the last counts.
    let text =
        versions.last().and_then(|one| if asked.source.is_some() { one.source.as_ref() } else { one.notice.as_ref() });
    write!(out, "{}", text.map_or("", String::as_str))?;
    Ok(Outcome::Fine)
}

/// One line for each version.
pub(crate) fn listed(versions: &[Version], out: &mut dyn Write) -> anyhow::Result<()> {
    for one in versions {
        let until = one.until.as_ref().map_or_else(String::new, |until| format!(" until {until}"));
        writeln!(
            out,
            "{:<10} {:<9} from {}{until}, published {} (leaf {})",
            one.stem, one.stage, one.from, one.published, one.leaf
        )?;
        writeln!(out, "           policy {}  text {}", one.policy, one.text)?;
    }
    Ok(())
}
