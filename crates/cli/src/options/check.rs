//! What can be typed when a policy is looked at.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Format;

#[derive(Args)]
#[command(
    after_help = "Exit status: 0 fine, 1 what counts was found (see --deny) or a file cannot be read, 2 wrong usage"
)]
pub(crate) struct Check {
    /// Policy files, platform folders, or a folder of platform folders
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) format: Format,
    /// Print SARIF 2.1.0, for tools that show findings beside the text
    #[arg(long, conflicts_with = "json")]
    pub(crate) sarif: bool,
    /// Language of what the rules of law and text say; JSON has both
    #[arg(long, value_enum, default_value_t = Language::En, conflicts_with = "json")]
    pub(crate) lang: Language,
    /// Say after the first finding of each code what it means, why, and what would be right (SARIF always does)
    #[arg(long)]
    pub(crate) explain: bool,
    /// Show only what is at least so grave (errors of the language are always shown)
    #[arg(long, value_enum, value_name = "AT LEAST")]
    pub(crate) severity: Option<Severity>,
    /// Show only findings with these codes (errors of the language are always shown)
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Exit with 1 if something so grave is shown, unless acknowledged (errors of the language always count)
    #[arg(long, value_enum)]
    pub(crate) deny: Option<Severity>,
    /// Go on, and report again whenever a file changed; Ctrl-C ends it
    #[arg(long)]
    pub(crate) watch: bool,
}

/// What findings are said in.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Language {
    /// English
    En,
    /// Chinese, where there is any: findings of the language of policy files are in English
    Zh,
}

impl From<Language> for policy::finding::Language {
    fn from(language: Language) -> Self {
        match language {
            Language::En => Self::English,
            Language::Zh => Self::Chinese,
        }
    }
}

/// How grave a finding is.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Severity {
    /// Good to know
    Note,
    /// Somebody should look
    Warning,
    /// Must be answered for before publishing
    Error,
}

#[derive(Args)]
#[command(
    after_help = "Exit status: 0 all is carried and has a place, 1 something is not or a file cannot be read, 2 wrong usage"
)]
pub(crate) struct Trace {
    /// Platform folder or policy file
    pub(crate) policy: PathBuf,
    /// The published text: plain text, Markdown, or HTML (.html)
    pub(crate) text: PathBuf,
    /// Show only mentions that are carried so
    #[arg(long, value_enum, value_delimiter = ',', value_name = "HOW")]
    pub(crate) only: Vec<Carriage>,
    #[command(flatten)]
    pub(crate) format: Format,
}

/// How a mention is carried.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Carriage {
    /// By an element of the clause that mentions it
    Carried,
    /// By an element of another clause only
    Elsewhere,
    /// By nothing
    Uncarried,
}
