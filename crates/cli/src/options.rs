//! What can be typed.

mod check;
mod render;
mod report;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use self::check::{Carriage, Check, Language, Severity, Trace};
pub(crate) use self::render::{Document, Form, Render};
pub(crate) use self::report::{Report, ReportKind};
use crate::keyring::Place;

/// 守约 Shouyue: a published privacy policy, compiled, enforced, proved.
#[derive(Parser)]
#[command(name = "shouyue", version, about, arg_required_else_help = true)]
pub(crate) struct Options {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Begin a platform: a commented policy that checks, with its operation file, scenarios and claims
    Init(Init),
    /// Read policy files and report everything that is wrong with them
    Check(Check),
    /// Lay a published text beside its policy: what it mentions and which element carries it
    Trace(Trace),
    /// Run the scenarios and claims beside a policy; with --mutate, ask what they would not notice
    Test(Test),
    /// Prove a claim over everything that a policy permits, or show a question that breaks it
    Prove(Prove),
    /// Answer questions: one JSON object a line in, one a line out
    Decide(Decide),
    /// List what a policy does with an item, a recipient, a function or a consent
    Ask(Ask),
    /// Compare two versions of a policy: changes, who must consent again, whom to tell by when, decisions that differ
    Diff(crate::command::diff::Versions),
    /// Write the documents that a policy makes: notice, lists, schedules
    Render(Render),
    /// Print the JSON Schema of a file, or the consent scopes of a policy
    Schema(Schema),
    /// Say what a finding's code means and what mends it
    Explain(Explain),
    /// Verify a receipt, a copy, or two checkpoints, offline
    Verify(Verify),
    /// Look at a configuration file
    Config(ConfigCheck),
    /// Serve the portal, the console and the API
    Serve(Serve),
    /// Cosign the heads of other people's ledgers, and never two histories of one
    Witness(Witness),
    /// Publish a policy version: in force at once, or on the day on which its text takes effect
    Publish(Publish),
    /// Keep a version as a draft: checked and compared with what is in force, and decided by nowhere
    Draft(crate::command::draft::Asked),
    /// List the versions of a platform, drafts, announced, in force and archived, or print one of them
    Versions(crate::command::versions::Asked),
    /// Make or revoke a service token
    Token(Token),
    /// Change a key while the server goes on: the root key, a platform's for data, or its for search tokens
    Rotate(Rotate),
    /// Split the root key into shares for paper, or bring it back from enough of them
    Recovery(Recovery),
    /// Check a data folder: every leaf, tile, checkpoint and row
    Fsck(Fsck),
    /// Make a report for an auditor: retention, access, erasures, cryptography, scan; its leaf holds the fingerprint
    Report(Report),
    /// List how webhooks stand, or send again what was given up
    Webhooks(Webhooks),
    /// List how people were told of each version and which notices were given up, or send these again
    Notices(crate::command::notices::Asked),
    /// Write a backup of one platform: data, keys and the list of erasures
    Backup(Backup),
    /// Restore a platform from a backup, without what was erased since
    Restore(Restore),
    /// Take over customers, records and consents that the company kept elsewhere before
    Import(Import),
    /// Copy the data folder into the configuration's PostgreSQL database, with counts and roots compared
    Copy(Where),
}

/// For people or for programs.
#[derive(Args)]
pub(crate) struct Format {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Init {
    /// Folder to make; it is called after the platform's id, such as platforms/minghu
    pub(crate) folder: PathBuf,
    /// Name of the company on its pages; the id, if absent
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// What the company is
    #[arg(long, value_enum, default_value = "life-insurer")]
    pub(crate) kind: Handler,
}

/// What a company is.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Handler {
    /// Life insurer
    LifeInsurer,
    /// Property insurer
    PropertyInsurer,
    /// Broker
    Broker,
    /// Agency
    Agency,
    /// Technology platform
    Platform,
    /// Reinsurer
    Reinsurer,
}

impl Handler {
    /// The word of the language.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::LifeInsurer => "life-insurer",
            Self::PropertyInsurer => "property-insurer",
            Self::Broker => "broker",
            Self::Agency => "agency",
            Self::Platform => "platform",
            Self::Reinsurer => "reinsurer",
        }
    }
}

#[derive(Args)]
pub(crate) struct Test {
    /// Platform folders, or a folder of platform folders
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Flip one fact of the policy at a time and list the flips that no scenario or claim notices
    #[arg(long)]
    pub(crate) mutate: bool,
    /// With --mutate: try only every Nth flip
    #[arg(long, value_name = "N", default_value = "1", requires = "mutate")]
    pub(crate) every: std::num::NonZeroUsize,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Args)]
pub(crate) struct Prove {
    /// Platform folder or policy file
    pub(crate) path: PathBuf,
    /// Claims, such as 'no recipient gets sensitive items without separate consent'; docs/claims.md has the language. None:
    /// those beside the policy
    pub(crate) claims: Vec<String>,
    /// Whose verdict the claims are about
    #[arg(long, value_enum, default_value = "effect", requires = "claims")]
    pub(crate) side: Side,
    /// The day whose law is asked; today, if absent
    #[arg(long, value_name = "DAY", requires = "claims")]
    pub(crate) on: Option<jiff::civil::Date>,
    #[command(flatten)]
    pub(crate) format: Format,
}

/// Whose verdict.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Side {
    /// What takes effect
    Effect,
    /// What the published policy says
    Published,
    /// What the law as encoded says
    Law,
}

#[derive(Args)]
pub(crate) struct Decide {
    /// Platform folder or policy file
    pub(crate) path: PathBuf,
    /// Files with one question a line; none: standard input
    pub(crate) questions: Vec<PathBuf>,
}

#[derive(Args)]
#[command(group(clap::ArgGroup::new("about").required(true)))]
pub(crate) struct Ask {
    /// Platform folder or policy file
    pub(crate) path: PathBuf,
    /// Every flow of an item
    #[arg(long, group = "about")]
    pub(crate) item: Option<String>,
    /// Everything a recipient may get
    #[arg(long, group = "about")]
    pub(crate) recipient: Option<String>,
    /// Everything a function does
    #[arg(long, group = "about")]
    pub(crate) function: Option<String>,
    /// Everything a consent controls
    #[arg(long, group = "about")]
    pub(crate) scope: Option<String>,
    /// What may be done without consent, and on which ground: with one item, or with any
    #[arg(long, group = "about", value_name = "ITEM", num_args = 0..=1)]
    #[expect(clippy::option_option, reason = "the option may stand alone or with a value")]
    pub(crate) without_consent: Option<Option<String>>,
    /// What stops when this consent is withdrawn, and what goes on
    #[arg(long, group = "about", value_name = "SCOPE")]
    pub(crate) withdraw: Option<String>,
    /// What a minor of this age may not do
    #[arg(long, group = "about", value_name = "AGE", num_args = 0..=1, default_missing_value = "13",
        value_parser = clap::value_parser!(u16).range(0..18))]
    pub(crate) minor: Option<u16>,
    /// What changes when this function is switched off
    #[arg(long, group = "about", value_name = "FUNCTION")]
    pub(crate) function_off: Option<String>,
    /// What the law closes of all that the text permits, and what would open it
    #[arg(long, group = "about")]
    pub(crate) strict: bool,
    /// What must change for this question to be permitted: as JSON, or - for standard input
    #[arg(long, group = "about", value_name = "QUESTION")]
    pub(crate) mend: Option<String>,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Args)]
pub(crate) struct Schema {
    /// Which file's schema
    #[arg(value_enum, default_value = "policy")]
    pub(crate) file: SchemaFile,
    /// Instead: list the consent scopes of this platform folder or policy file
    #[arg(long, value_name = "PATH")]
    pub(crate) scopes: Option<PathBuf>,
}

/// Files with a schema.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum SchemaFile {
    /// The policy file
    Policy,
    /// The operation file
    Operation,
    /// The vocabulary
    Vocabulary,
}

#[derive(Args)]
pub(crate) struct Explain {
    /// Code of a finding, such as L0302
    pub(crate) code: String,
    /// Language in which it is explained
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub(crate) lang: Language,
}

#[derive(Args)]
pub(crate) struct Verify {
    /// Receipt files; or copies of what is held of a person: archives as they were sent, or the folders they were unpacked to;
    /// or two checkpoints of one log
    #[arg(required = true)]
    pub(crate) receipts: Vec<PathBuf>,
    /// Verifier key of the log, as its owner publishes it; may be a file that holds it. May be given several times
    #[arg(long, required = true)]
    pub(crate) key: Vec<String>,
    /// Verifier key of a witness that must have cosigned the checkpoint; may be a file that holds it. May be given several times
    #[arg(long, value_name = "KEY")]
    pub(crate) witness: Vec<String>,
    /// The signed document of a written consent, to be held against its one receipt
    #[arg(long, value_name = "FILE")]
    pub(crate) document: Option<PathBuf>,
    /// The proof between two checkpoints, as `GET …/ledger/consistency?old=<size>&new=<size>` gives it
    #[arg(long, value_name = "FILE")]
    pub(crate) consistency: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Args)]
pub(crate) struct Witness {
    /// The configuration file of the witness: `data`, `key`, `name`, `listen`, and the logs it watches
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,
}

#[derive(Args)]
pub(crate) struct ConfigCheck {
    #[command(subcommand)]
    pub(crate) command: ConfigCommand,
}

#[derive(Subcommand)]
pub(crate) enum ConfigCommand {
    /// Read a configuration file, refuse what it does not know, and print what takes effect
    Check {
        /// The file
        path: PathBuf,
    },
}

#[derive(Args)]
#[command(group(clap::ArgGroup::new("what").required(true)))]
pub(crate) struct Serve {
    /// Configuration file
    #[arg(long, group = "what")]
    pub(crate) config: Option<PathBuf>,
    /// Everything on this machine only, filled with invented people
    #[arg(long, group = "what")]
    pub(crate) demo: bool,
    /// Data folder of the demo; used again at the next start
    #[arg(long, default_value = "demo-data", conflicts_with = "config")]
    pub(crate) data: PathBuf,
    /// Port of the demo on the loopback address; 0 takes a free one
    #[arg(long, default_value = "8440", conflicts_with = "config")]
    pub(crate) port: u16,
    /// Folder of platform folders for the demo
    #[arg(long, default_value = "platforms", conflicts_with = "config")]
    pub(crate) platforms: PathBuf,
}

/// Which data folder an administrative command works on: that of the running server, over its socket, else the files.
#[derive(Args)]
pub(crate) struct Where {
    /// Configuration file
    #[arg(long)]
    pub(crate) config: PathBuf,
}

#[derive(Args)]
pub(crate) struct Publish {
    /// Platform folder
    pub(crate) path: PathBuf,
    /// Suite of algorithms of a platform that is new here; international, if absent
    #[arg(long, value_enum)]
    pub(crate) suite: Option<Suite>,
    /// The day from which it is in force; absent: the day on which its text takes effect or, where that is over, at once
    #[arg(long, value_name = "DAY")]
    pub(crate) from: Option<jiff::civil::Date>,
    #[command(flatten)]
    pub(crate) at: Where,
}

/// Suites of algorithms.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Suite {
    /// AES-256-GCM, SHA-256, Ed25519
    International,
    /// SM4-GCM, SM3, SM2 (国密)
    Guomi,
}

impl Suite {
    /// The word of the vault.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::International => "international",
            Self::Guomi => "guomi",
        }
    }
}

#[derive(Args)]
pub(crate) struct Token {
    #[command(subcommand)]
    pub(crate) command: TokenCommand,
}

#[derive(Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token; its secret is printed once
    New(TokenNew),
    /// Revoke a token by the digest that was printed with it
    Revoke {
        /// Digest
        digest: String,
        #[command(flatten)]
        at: Where,
    },
}

#[derive(Args)]
pub(crate) struct TokenNew {
    /// Name for people
    #[arg(long)]
    pub(crate) name: String,
    /// Platform
    #[arg(long)]
    pub(crate) platform: String,
    /// Actions: collect, show, share, … or decide, audit, events; separated by commas
    #[arg(long, value_delimiter = ',', required = true)]
    pub(crate) actions: Vec<String>,
    /// Functions and purposes that it may name; separated by commas
    #[arg(long, value_delimiter = ',')]
    pub(crate) purposes: Vec<String>,
    /// The party chosen by customers for which it speaks
    #[arg(long)]
    pub(crate) party: Option<String>,
    /// Requests a minute
    #[arg(long, default_value = "600")]
    pub(crate) rate: u32,
    #[command(flatten)]
    pub(crate) at: Where,
}

#[derive(Args)]
pub(crate) struct Rotate {
    #[command(subcommand)]
    pub(crate) key: RotateKey,
}

/// Which key.
#[derive(Subcommand)]
pub(crate) enum RotateKey {
    /// The root key: a new one comes first in the key file, and every platform's keys are wrapped under it
    Root {
        /// Where it is made; in the security module, if the configuration has one, unless you say `file`
        #[arg(long, value_enum)]
        to: Option<Place>,
        #[command(flatten)]
        at: Where,
    },
    /// The key of a platform's data: new records lie under it, old ones are moved under it without being rewritten
    Platform {
        /// Platform
        platform: String,
        /// Another suite of algorithms from now on; what is sealed stays readable
        #[arg(long, value_enum)]
        suite: Option<Suite>,
        #[command(flatten)]
        at: Where,
    },
    /// The key of a platform's search tokens: each is made anew in the background
    Tokens {
        /// Platform
        platform: String,
        #[command(flatten)]
        at: Where,
    },
}

#[derive(Args)]
pub(crate) struct Recovery {
    #[command(subcommand)]
    pub(crate) command: RecoveryCommand,
}

/// Which way.
#[derive(Subcommand)]
pub(crate) enum RecoveryCommand {
    /// Write shares of the newest root key of the key file
    Split {
        /// How many shares
        #[arg(long, value_name = "NUMBER")]
        of: u8,
        /// How many of them bring the key back
        #[arg(long, value_name = "NUMBER")]
        need: u8,
        /// An older root key, by its name in the key file
        #[arg(long, value_name = "NAME")]
        key: Option<String>,
        /// Folder for the shares, one file each; made if need be
        to: PathBuf,
        #[command(flatten)]
        at: Where,
    },
    /// Write the key file anew from shares
    Join {
        /// Files with shares, as they were written or as somebody typed them from paper
        #[arg(required = true)]
        shares: Vec<PathBuf>,
        #[command(flatten)]
        at: Where,
    },
}

#[derive(Args)]
#[command(group(clap::ArgGroup::new("what").required(true)))]
pub(crate) struct Fsck {
    /// Configuration file
    #[arg(long, group = "what")]
    pub(crate) config: Option<PathBuf>,
    /// Data folder of a demo instead
    #[arg(long, value_name = "FOLDER", group = "what")]
    pub(crate) demo: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Args)]
pub(crate) struct Webhooks {
    /// Send one dead letter again: `platform/webhook/number`, as the list has them
    #[arg(long, value_name = "LETTER")]
    pub(crate) resend: Option<String>,
    #[command(flatten)]
    pub(crate) at: Where,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Args)]
pub(crate) struct Backup {
    /// Platform
    pub(crate) platform: String,
    /// Folder for the three files and the folder of objects; must not hold them yet
    pub(crate) to: PathBuf,
    #[command(flatten)]
    pub(crate) at: Where,
}

#[derive(Args)]
pub(crate) struct Import {
    /// A table (.csv) or one JSON object a line (.jsonl); docs/import.md says what stands in it
    pub(crate) path: PathBuf,
    /// Platform
    #[arg(long)]
    pub(crate) platform: String,
    /// What this import is called: the same again goes on where it stopped. The file's name, if absent
    #[arg(long)]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) at: Where,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Args)]
#[command(group(clap::ArgGroup::new("into").required(true)))]
pub(crate) struct Restore {
    /// Platform
    pub(crate) platform: String,
    /// Folder with the three files and the folder of objects of the backup
    pub(crate) from: PathBuf,
    /// The newest list of erasures; the backup's own is too old if anything was erased since
    #[arg(long)]
    pub(crate) erasures: PathBuf,
    /// Data folder to restore into; must not hold the platform
    #[arg(long, group = "into")]
    pub(crate) data: Option<PathBuf>,
    /// Configuration file of the installation to restore into, instead; its server must not run
    #[arg(long, group = "into")]
    pub(crate) config: Option<PathBuf>,
}

/// Wrong usage that only shows at run time: exit status 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Misused(pub(crate) String);
