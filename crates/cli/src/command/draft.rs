//! `shouyue draft`: versions that are checked and kept, and not published yet.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use desk::House;
use desk::draft::{self, Found, Offer, Whole};
use desk::leaf::Who;
use jiff::civil::Date;
use model::calendar::midnight_in_shanghai;
use policy::finding::Source;
use serde::{Deserialize, Serialize};

use crate::admin::{self, Reply, Request, plain};
use crate::config::Config;
use crate::options::{Format, Where};
use crate::{Outcome, folder};

/// What is done with drafts.
#[derive(Args)]
pub(crate) struct Asked {
    #[command(subcommand)]
    command: DraftCommand,
}

#[derive(Subcommand)]
enum DraftCommand {
    /// Check a platform folder and keep its newest version as a draft; prints the fingerprint by which it is named
    Put {
        /// Platform folder
        path: PathBuf,
        #[command(flatten)]
        at: Where,
    },
    /// Print what was found in a draft and what it would change, or one of its texts
    Show {
        #[command(flatten)]
        named: Named,
        /// Print the policy file
        #[arg(long, conflicts_with = "notice")]
        source: bool,
        /// Print the notice, HTML
        #[arg(long)]
        notice: bool,
        #[command(flatten)]
        format: Format,
    },
    /// Drop a draft
    Drop {
        #[command(flatten)]
        named: Named,
    },
    /// Publish a draft as it was checked
    Publish {
        #[command(flatten)]
        named: Named,
        /// The day from which it is in force; absent: the day on which its text takes effect or, where that is over, at once
        #[arg(long, value_name = "DAY")]
        from: Option<Date>,
    },
}

/// Which draft.
#[derive(Args)]
struct Named {
    /// Platform
    platform: String,
    /// Fingerprint of its tables, or the beginning of it, as `shouyue versions` lists them
    fingerprint: String,
    #[command(flatten)]
    at: Where,
}

/// What is asked of the server.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Wish {
    /// Keep one.
    Put {
        /// Name and text of the policy file.
        policy: (String, String),
        /// Name and text of the operation file.
        operation: (String, String),
    },
    /// Every one of a platform.
    List {
        /// Platform.
        platform: String,
    },
    /// One with everything that is kept of it.
    Show {
        /// Platform.
        platform: String,
        /// Fingerprint.
        named: String,
    },
    /// Drop one.
    Drop {
        /// Platform.
        platform: String,
        /// Fingerprint.
        named: String,
    },
    /// Publish one.
    Publish {
        /// Platform.
        platform: String,
        /// Fingerprint.
        named: String,
        /// From which day on.
        from: Option<Date>,
    },
}

/// A draft.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Draft {
    /// Name: a date, or `undated`.
    stem: String,
    /// `draft`, where published versions say how far they have come.
    stage: String,
    /// Checked at.
    checked: String,
    /// Fingerprint by which it is named.
    tables: String,
    /// Fingerprint of the policy file's facts.
    policy: String,
    /// Fingerprint of the notice.
    text: String,
    /// Errors that nobody answers for.
    errors: u64,
    /// Warnings that nobody answers for.
    warnings: u64,
    /// Fingerprint of the tables with which it was compared.
    against: Option<String>,
}

/// A draft with what is kept of it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Shown {
    #[serde(flatten)]
    draft: Draft,
    findings: Vec<Found>,
    changes: String,
    source: String,
    notice: String,
}

impl From<draft::Draft> for Draft {
    fn from(draft: draft::Draft) -> Self {
        Self {
            stem: draft.stem,
            stage: "draft".to_owned(),
            checked: draft.at.to_string(),
            tables: draft.tables.to_string(),
            policy: draft.policy.to_string(),
            text: draft.text.to_string(),
            errors: draft.errors,
            warnings: draft.warnings,
            against: draft.against.map(|against| against.to_string()),
        }
    }
}

impl From<Whole> for Shown {
    fn from(whole: Whole) -> Self {
        let Whole { draft, texts, findings, changes } = whole;
        Self { draft: draft.into(), findings, changes, source: texts.source, notice: texts.notice }
    }
}

/// Does what is wished, on the house.
pub(crate) async fn done(house: &House, wish: Wish) -> anyhow::Result<Reply> {
    match wish {
        Wish::Put { policy, operation } => {
            let source = |(name, text): (String, String)| Source::new(name, text);
            let (policy, operation) = (source(policy), source(operation));
            let tables = policy::load(&policy::Sources { policy: &policy, operation: Some(&operation) }).tables;
            // What does not compile has no notice; why, the desk says.
            let notice = tables.map_or_else(String::new, |tables| render::notice::notice(&tables).fragment());
            let text = policy::shown::fingerprint(&notice);
            let kept = draft::put(house, Offer { policy, operation, notice, text }).await.map_err(plain)?;
            Ok(Reply::Drafts(vec![kept.into()]))
        }
        Wish::List { platform } => {
            let drafts = draft::list(house, &platform.parse()?).await.map_err(plain)?;
            Ok(Reply::Drafts(drafts.into_iter().map(Draft::from).collect()))
        }
        Wish::Show { platform, named } => {
            let whole = draft::find(house, &platform.parse()?, &named).await.map_err(plain)?;
            Ok(Reply::Draft(Box::new(whole.into())))
        }
        Wish::Drop { platform, named } => {
            draft::drop(house, &platform.parse()?, &named).await.map_err(plain)?;
            Ok(Reply::Done)
        }
        Wish::Publish { platform, named, from } => {
            let from = from.map(midnight_in_shanghai).transpose()?;
            let published =
                draft::publish(house, &platform.parse()?, &named, (Who::House, from)).await.map_err(plain)?;
            super::publish::published(house, &published).await
        }
    }
}

/// Has it done, and tells what came of it.
pub(crate) fn run(asked: &Asked, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let of = |named: &Named| (named.platform.clone(), named.fingerprint.clone());
    let (at, wish) = match &asked.command {
        DraftCommand::Put { path, at } => {
            let [policy, operation] = folder::newest(path)?.pairs()?;
            (at, Wish::Put { policy, operation })
        }
        DraftCommand::Show { named, .. } => {
            let (platform, named_so) = of(named);
            (&named.at, Wish::Show { platform, named: named_so })
        }
        DraftCommand::Drop { named } => {
            let (platform, named_so) = of(named);
            (&named.at, Wish::Drop { platform, named: named_so })
        }
        DraftCommand::Publish { named, from } => {
            let (platform, named_so) = of(named);
            (&named.at, Wish::Publish { platform, named: named_so, from: *from })
        }
    };
    let reply = admin::ask(&Config::read(&at.config)?, Request::Draft(wish))?;
    let (DraftCommand::Show { source, notice, format, .. }, Reply::Draft(shown)) = (&asked.command, &reply) else {
        return super::house::told(reply, out);
    };
    match (source, notice, format.json) {
        (true, ..) => write!(out, "{}", shown.source)?,
        (_, true, _) => write!(out, "{}", shown.notice)?,
        (.., true) => writeln!(out, "{:#}", serde_json::to_value(shown)?)?,
        _ => told(shown, out)?,
    }
    Ok(Outcome::Fine)
}

/// What was found, and what it would change.
fn told(shown: &Shown, out: &mut dyn Write) -> anyhow::Result<()> {
    listed(std::slice::from_ref(&shown.draft), out)?;
    for found in shown.findings.iter().filter(|found| !found.answered) {
        let line = found.line.map_or_else(String::new, |line| format!(" line {line}"));
        writeln!(out, "{}[{}]{line}: {}", found.severity, found.code, found.message)?;
    }
    match &shown.draft.against {
        None => writeln!(out, "no version was in force to compare it with")?,
        Some(against) => write!(out, "against the tables {against}:\n{}", shown.changes)?,
    }
    Ok(())
}

/// Two lines for each draft, as published versions have them.
pub(crate) fn listed(drafts: &[Draft], out: &mut dyn Write) -> anyhow::Result<()> {
    for Draft { stem, stage, checked, tables, policy, errors, warnings, .. } in drafts {
        writeln!(out, "{stem:<10} {stage:<9} checked {checked}: {errors} errors, {warnings} warnings")?;
        writeln!(out, "           policy {policy}  tables {tables}")?;
    }
    Ok(())
}
