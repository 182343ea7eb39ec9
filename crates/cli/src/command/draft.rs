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

/// What the fingerprint of tables begins with, and so many signs of it that name a draft where it is told of.
const PRINT: &str = "sha256:";
const NAMED: usize = 12;

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
    let (DraftCommand::Show { named, source, notice, format }, Reply::Draft(shown)) = (&asked.command, &reply) else {
        return super::house::told(reply, out);
    };
    match (source, notice, format.json) {
        (true, ..) => write!(out, "{}", shown.source)?,
        (_, true, _) => write!(out, "{}", shown.notice)?,
        (.., true) => writeln!(out, "{:#}", serde_json::to_value(shown)?)?,
        _ => told(&named.platform, shown, out)?,
    }
    Ok(Outcome::Fine)
}

/// What was found, what it would change, and what to do next.
fn told(platform: &str, shown: &Shown, out: &mut dyn Write) -> anyhow::Result<()> {
    let Shown { draft, findings, changes, .. } = shown;
    listed(std::slice::from_ref(draft), out)?;
    writeln!(out, "           text {}", draft.text)?;
    found(findings, out)?;
    match &draft.against {
        None => writeln!(out, "\nWhat it would change\n  no version was in force to compare it with")?,
        Some(against) => write!(out, "\nWhat it would change, against the tables {against}\n\n{changes}")?,
    }
    next(platform, draft, out)
}

/// How much was found of each severity, and each that nobody answers for: those of one code together, the gravest first.
fn found(findings: &[Found], out: &mut dyn Write) -> anyhow::Result<()> {
    let (answered, open): (Vec<&Found>, Vec<&Found>) = findings.iter().partition(|found| found.answered);
    let mut counts: Vec<String> = Vec::new();
    let mut ranked: Vec<(usize, &str, &Found)> = Vec::new();
    for (rank, (severity, none)) in
        [("error", "no errors"), ("warning", "no warnings"), ("note", "")].into_iter().enumerate()
    {
        let own = open.iter().filter(|found| found.severity == severity);
        ranked.extend(own.map(|found| (rank, found.code.as_str(), *found)));
        match ranked.iter().filter(|(of, ..)| *of == rank).count() {
            0 if none.is_empty() => {}
            0 => counts.push(none.to_owned()),
            1 => counts.push(format!("1 {severity}")),
            many => counts.push(format!("{many} {severity}s")),
        }
    }
    if !answered.is_empty() {
        counts.push(format!("{} that somebody answers for", answered.len()));
    }
    writeln!(out, "\nWhat was found: {}", counts.join(", "))?;
    // The sort keeps those of one code in the order of the file.
    ranked.sort_by_key(|(rank, code, _)| (*rank, *code));
    for alike in ranked.chunk_by(|one, next| (one.0, one.1) == (next.0, next.1)) {
        for (at, (_, code, found)) in alike.iter().enumerate() {
            if at == 0 {
                writeln!(out, "  {}[{code}]: {} (shouyue explain {code})", found.severity, alike.len())?;
            }
            let line = found.line.map_or_else(String::new, |line| format!("line {line}: "));
            writeln!(out, "    {line}{}", found.message)?;
            if let Some(mend) = &found.mend {
                writeln!(out, "      {mend}")?;
            }
        }
    }
    Ok(())
}

/// The commands that go on from here.
fn next(platform: &str, draft: &Draft, out: &mut dyn Write) -> anyhow::Result<()> {
    let print = draft.tables.trim_start_matches(PRINT);
    let named = print.get(..NAMED).unwrap_or(print);
    let publish = if draft.errors == 0 {
        ("publish", "publishes the very text that was checked")
    } else {
        ("drop", "drops it; an error keeps it from being published until it is mended or answered for, and put anew")
    };
    let read = [("show", " --source", "prints its policy file"), ("show", " --notice", "prints its notice")];
    writeln!(out, "\nWhat to do next")?;
    let commands = read.into_iter().chain([(publish.0, "", publish.1)]);
    for (command, option, what) in commands {
        writeln!(out, "  shouyue draft {command} {platform} {named}{option}: {what}")?;
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

#[cfg(test)]
mod tests {
    use super::{Draft, Found, Shown, told};

    fn finding(code: &str, severity: &str, line: Option<u64>, answered: bool) -> Found {
        Found {
            code: code.to_owned(),
            severity: severity.to_owned(),
            message: format!("{code} is not kept"),
            message_zh: None,
            line,
            mend: (code == "R1").then(|| "keep it".to_owned()),
            mend_zh: None,
            answered,
            because: None,
            clause: None,
            cites: Vec::new(),
            cites_zh: Vec::new(),
            places: Vec::new(),
        }
    }

    fn shown(errors: u64, against: Option<&str>) -> Shown {
        let draft = Draft {
            stem: "2027-03-01".to_owned(),
            stage: "draft".to_owned(),
            checked: "2026-11-22T00:00:00Z".to_owned(),
            tables: "sha256:0123456789abcdef".to_owned(),
            policy: "sha256:aa".to_owned(),
            text: "sha256:bb".to_owned(),
            errors,
            warnings: 2,
            against: against.map(str::to_owned),
        };
        let findings = vec![
            finding("R1", "warning", Some(7), false),
            finding("R9", "note", None, false),
            finding("R2", "error", Some(3), errors == 0),
            finding("R1", "warning", Some(9), false),
        ];
        Shown { draft, findings, changes: "songhe 3 → 4\n".to_owned(), source: String::new(), notice: String::new() }
    }

    fn printed(shown: &Shown) -> String {
        let mut out = Vec::new();
        told("songhe", shown, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_draft_is_shown_under_headings_with_counts_and_the_commands_that_follow() {
        let expected = "\
2027-03-01 draft     checked 2026-11-22T00:00:00Z: 0 errors, 2 warnings
           policy sha256:aa  tables sha256:0123456789abcdef
           text sha256:bb

What was found: no errors, 2 warnings, 1 note, 1 that somebody answers for
  warning[R1]: 2 (shouyue explain R1)
    line 7: R1 is not kept
      keep it
    line 9: R1 is not kept
      keep it
  note[R9]: 1 (shouyue explain R9)
    R9 is not kept

What it would change, against the tables sha256:cc

songhe 3 → 4

What to do next
  shouyue draft show songhe 0123456789ab --source: prints its policy file
  shouyue draft show songhe 0123456789ab --notice: prints its notice
  shouyue draft publish songhe 0123456789ab: publishes the very text that was checked
";
        assert_eq!(printed(&shown(0, Some("sha256:cc"))), expected);
    }

    #[test]
    fn a_draft_with_an_open_error_is_not_said_to_be_ready() {
        let told = printed(&shown(1, None));
        let gravest = told.split("\n\n").nth(1).unwrap();
        assert!(gravest.starts_with("What was found: 1 error, 2 warnings, 1 note\n  error[R2]: 1 "), "{told}");
        assert!(told.contains("\nWhat it would change\n  no version was in force to compare it with\n"), "{told}");
        assert!(!told.contains("draft publish") && told.contains("draft drop songhe 0123456789ab: "), "{told}");
    }
}
