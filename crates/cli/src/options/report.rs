//! What can be typed when a report is made.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Format;

#[derive(Args)]
#[command(
    group(clap::ArgGroup::new("what").required(true)),
    after_help = "Exit status: 0 all is as it must be, 1 something is not (the report says what) or was refused, 2 wrong usage"
)]
pub(crate) struct Report {
    /// Which report
    #[arg(value_enum)]
    pub(crate) kind: ReportKind,
    /// One platform; all of them, if absent
    #[arg(long)]
    pub(crate) platform: Option<String>,
    /// The first day that access and erasures look at; thirty days ago, if absent
    #[arg(long, value_name = "DAY")]
    pub(crate) since: Option<jiff::civil::Date>,
    /// With `scan`: a file of the server's log, looked at for numbers of people. May be given several times
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Vec<PathBuf>,
    /// Configuration file
    #[arg(long, group = "what")]
    pub(crate) config: Option<PathBuf>,
    /// Data folder of a demo instead
    #[arg(long, value_name = "FOLDER", group = "what")]
    pub(crate) demo: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) format: Format,
}

/// Kinds of reports.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportKind {
    /// What is kept, how long and by which floor; what is overdue
    Retention,
    /// Who of staff and systems reached what; roles and tokens that nobody used
    Access,
    /// Who was told of erasures, and who has not answered
    Erasures,
    /// Suite, algorithms and standards, keys and who keeps them, what waits for a new key
    Cryptography,
    /// Whether anything lies in the clear that must not
    Scan,
}

impl ReportKind {
    /// The word of the desk.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Retention => "retention",
            Self::Access => "access",
            Self::Erasures => "erasures",
            Self::Cryptography => "cryptography",
            Self::Scan => "scan",
        }
    }
}
