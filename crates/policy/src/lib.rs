//! The policy language: read, check, compile and decide. No I/O, no clock, no async: the crate to embed.
//!
//! A published privacy policy goes in as text. Out come [findings](finding) for whoever writes it, and [`Tables`] for
//! whoever must obey it: pure data, `Send + Sync`, never changed once made. Asked *may I, which items, how masked, why*, they
//! answer the same question alike in every run and on every machine; `benches/README.md` says how fast.
//!
//! ```
//! use shouyue_policy::{Sources, finding::Source, jiff::Timestamp, load_proved, question::Question};
//!
//! # const POLICY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/policies/songhe/2026-03-01.toml"));
//! # const OPERATION: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/policies/songhe/operation.toml"));
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (policy, operation) = (Source::new("policy.toml", POLICY), Source::new("operation.toml", OPERATION));
//! let loaded = load_proved(&Sources { policy: &policy, operation: Some(&operation) });
//! let tables = loaded.tables.ok_or("see loaded.findings")?;
//! let question: Question = serde_json::from_str(r#"{"ask": "processing", "platform": "songhe", "action": "show",
//!     "function": "enrol", "product": "care", "channel": "app", "person": "holder", "items": ["relation-to-insured", "name"],
//!     "actor": {"kind": "staff", "role": "service"}, "subject": {"born": "1978-05-01"}}"#)?;
//! let now: Timestamp = "2026-06-01T10:00:00+08:00".parse()?;
//! let answer = serde_json::to_value(tables.answer(&question, now)?)?;
//!
//! assert_eq!(answer["items"][0]["outcome"], "clear");
//! assert_eq!(answer["items"][1]["outcome"], "masked");
//! assert_eq!(answer["items"][1]["mask"], "name-surname");
//! # Ok(())
//! # }
//! ```
//!
//! `crates/policy/examples/embed.rs` does the same with types, in a service that takes a new revision into force while it runs.
//!
//! # What to hold
//!
//! [`load`] gives an [`Arc<Tables>`](compile::Tables), [`load_proved`] the same after comparing it with the reference
//! interpreter on every row: use that where texts are written and published, the other where a proved text is loaded again.
//! Hold the `Arc` behind a lock, or in whatever swaps an `Arc` atomically. Whoever answers a request clones it once and keeps
//! to the clone, so that nobody sees half of a change; the next revision is compiled first and then swapped, and the old one
//! goes when its last reader does. An editor holds a [`Loader`], which loads one state of a file after the other and lays out anew only
//! what a key has turned. [`Tables::fingerprint`] names the rules that answered (policy, operation file, vocabulary,
//! law), [`Tables::policy`] the text that people consented to: log the first with every answer, keep the second with every consent.
//!
//! # What to ask
//!
//! | question | method | answer |
//! |---|---|---|
//! | may these items be collected, shown, shared, kept, …? | [`Tables::decide`] | [`Answer`](question::Answer): item by item clear, masked or withheld, with reasons and obligations |
//! | is a function open to somebody who refuses some items? | [`Tables::function_open`] | [`FunctionAnswer`](question::FunctionAnswer) |
//! | may a right be exercised, and by when is it answered? | [`Tables::right`] | [`RightAnswer`](question::RightAnswer) |
//! | when does a clock run out? | [`Tables::due`] | [`DueAnswer`](question::DueAnswer) |
//! | what does a change of the text ask for? | [`Tables::change`] | [`ChangeAnswer`](question::ChangeAnswer) |
//! | any of these, as it travels | [`Tables::answer`] | [`Reply`](question::Reply): the same, to be written as [JSON](question::Reply::json) |
//!
//! **One question for a screen.** A question takes a list of items: a page, a form or an export is one question with all of its
//! items, not one each. Names are led to their places and the subject is projected once; what an item more costs is mostly its words.
//! What is declared nowhere is no error, but withheld with the reason `not-declared` or `unknown-…`: the world is closed.
//!
//! **The subject** is handed in with the question: a birth date ([`Born`](model::act::Born)) and a
//! [`SubjectState`](model::act::SubjectState) with every consent, withdrawn ones too, the account and the records. To add a
//! consent, push a [`Consent`](model::act::Consent) for a scope of [`Tables::scopes`] with the fingerprint of the policy that the
//! person was shown; to withdraw it, set `withdrawn` and leave it in. **Facts** that conditions ask for
//! ([`Facts`](question::Facts)) come with the question, too. What nobody attests is unknown, unknown withholds, and the reason
//! `fact-unknown` names the fact to find out.
//!
//! **Time is an argument.** `now` is an instant of [`jiff`], re-exported here; days are those of Shanghai. `at` in a question
//! asks about another instant, past or to come, under the law of that day. Nothing here reads a clock.
//!
//! **Reasons in words.** Every [`Code`](question::Code), [`Outcome`](question::Outcome) and
//! [`Obligation`](question::Obligation) prints as the word that travels, and a [`Reason`](question::Reason) as one line for a
//! log: `law: separate-consent-missing collect.enrol.health, …(R10)`. The lists are closed and `docs/answers.md` explains each
//! word, so a program may match on them, and a page puts sentences of its own in their place. Answers hold no personal values.
//!
//! **Advice and permits.** All these are advice. A [`Permit`](decide::Permit) opens the vault and is made by [`Tables::permit`]
//! alone, from a snapshot that only the store can take; who embeds this crate without them has advice, and enforces it itself.
//!
//! # What allocates
//!
//! [`Tables::judge`](compile::Tables::judge) does not, and `tests/it/allocations.rs` counts. Reading a question
//! ([`Asked::read`](terms::asked::Asked::read), [`Tables::pose`]) and putting an answer into words do, in proportion to what is
//! asked and said: [`Tables::decide`] is the two around the one, and what nearly everybody wants. Loading allocates everything
//! else, once.
//!
//! # What runs beside it
//!
//! [`load`] and [`diff`](diff::diff) use all cores, by the pool of `rayon` that the process has: whoever wants fewer builds that pool first. What
//! comes out is the same on however many. A decision starts no thread.
//!
//! # Map
//!
//! | to | modules |
//! |---|---|
//! | read a file, with all its mistakes at once | [`syntax`], [`resolve`], [`finding`], [`report`], [`codes`] |
//! | measure a text by the law, and by itself | [`law`], [`rules`] |
//! | ask and answer | [`question`], [`decide`] |
//! | know what an answer means, slowly and plainly | [`meaning`] |
//! | see how it is made fast, and proved | [`terms`], [`compile`], [`prove`] |
//! | ask about a policy as a whole | [`ask`]: flows, withdrawals, ways to mend a denial; [`claim`]: sentences with a proof or a witness |
//! | compare two versions of a policy | [`diff`]: changes, consents that carry over, decisions that differ |
//! | test a policy | [`scenario`] |
//! | lay a published text beside its encoding | [`trace`] |
//! | name the words that were shown | [`shown`] |
//!
//! The language is shown table by table in `docs/language.md`, the wire form and every word of an answer in `docs/answers.md`.

pub mod ask;
pub mod claim;
pub mod codes;
pub mod compile;
pub mod decide;
pub mod diff;
pub mod finding;
pub mod label;
pub mod law;
pub mod meaning;
pub mod prove;
pub mod question;
pub mod report;
pub mod resolve;
pub mod rules;
pub mod scenario;
pub mod shown;
pub mod syntax;
pub mod terms;
pub mod trace;

use std::sync::{Arc, LazyLock};

pub use {jiff, model};

use compile::{Compiler, Tables};
use finding::{Finding, Severity, Source, Span};
use resolve::{Parts, Program};
use syntax::{Operation, Policy, Vocabulary};

/// The texts that make one program. The vocabulary and the law come with the crate.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// The policy file.
    pub policy: &'a Source,
    /// The operation file of the platform, where there is one.
    pub operation: Option<&'a Source>,
}

/// What loading gives: always all findings, and what could be made.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The program; `None` when an error of the language stands in its way.
    pub program: Option<Arc<Program>>,
    /// The tables; `None` when there is no program or it cannot be compiled.
    pub tables: Option<Arc<Tables>>,
    /// Everything there is to say: by file, place and code.
    pub findings: Vec<Finding>,
}

/// The vocabulary that comes with the crate, as findings quote it.
pub fn vocabulary() -> Source {
    Source::new("vocabulary/items.toml", include_str!("../vocabulary/items.toml"))
}

/// Reads, resolves and compiles. Findings of the law never stop it; errors of the language do.
pub fn load(sources: &Sources<'_>) -> Loaded {
    Loader::default().load(sources)
}

/// Loads one state of the files after the other, as an editor does at each key. What a key has left as it was is not laid out again.
#[derive(Debug, Default)]
pub struct Loader {
    compiler: Compiler,
}

impl Loader {
    /// The same as [`load`], whatever was loaded before.
    pub fn load(&mut self, sources: &Sources<'_>) -> Loaded {
        let mut draft = Draft::of(sources);
        let tables = draft.program.clone().and_then(|program| {
            let rules = Arc::clone(&program);
            let compile = || self.compiler.compile(program);
            let ((tables, found), measured) = rayon::join(compile, || measure(&rules, sources));
            draft.findings.extend(found);
            draft.findings.extend(measured);
            tables
        });
        draft.finish(sources, tables, true)
    }

    /// The same as [`load_proved`], whatever was loaded before. Each proof is one of the whole.
    pub fn load_proved(&mut self, sources: &Sources<'_>) -> Loaded {
        proved(self.load(sources), sources)
    }
}

/// What the rules find, those of the law first.
fn measure(program: &Program, sources: &Sources<'_>) -> Vec<Finding> {
    let of_law = || rules::check(program, sources.policy, sources.operation);
    let of_text = || rules::text::check(program, sources.policy, sources.operation);
    let (of_law, of_text) = rayon::join(of_law, of_text);
    [of_law, of_text].concat()
}

/// The same, and compares the tables with the reference interpreter on every row ([`prove`]): for whoever checks or
/// publishes a policy. Tables that differ are withheld, with finding `L0515`.
pub fn load_proved(sources: &Sources<'_>) -> Loaded {
    Loader::default().load_proved(sources)
}

/// Withholds tables that mean something else than the interpreter says.
fn proved(mut loaded: Loaded, sources: &Sources<'_>) -> Loaded {
    let proof = loaded.tables.as_ref().map(|tables| prove::tables_match_meaning(tables));
    if let Some(Err(mismatch)) = proof {
        loaded.tables = None;
        let mend = "do not publish with this build; report the finding to who made it";
        let finding = Finding::new("L0515", Severity::Error, mismatch.to_string()).mend(mend);
        // It is about the whole file, and every finding that stops somebody has a place.
        loaded.findings.push(finding.at(sources.policy, Span::default(), ""));
        report::order(&mut loaded.findings);
    }
    loaded
}

/// Reads and resolves only: no tables, and none of the findings that compiling gives.
pub fn read(sources: &Sources<'_>) -> Loaded {
    Draft::of(sources).finish(sources, None, false)
}

/// The vocabulary that comes with the crate, read once for all programs.
static VOCABULARY: LazyLock<(Source, syntax::Reading<Vocabulary>)> = LazyLock::new(|| {
    let source = vocabulary();
    let read = syntax::read_all(&source);
    (source, read)
});

/// What is known before compiling.
struct Draft {
    program: Option<Arc<Program>>,
    findings: Vec<Finding>,
    outlines: Vec<(Arc<str>, syntax::Outline)>,
    acknowledged: Vec<syntax::Acknowledge>,
}

impl Draft {
    fn of(sources: &Sources<'_>) -> Self {
        let (vocabulary, words) = &*VOCABULARY;
        let words = words.clone();
        let (policy, operation) = rayon::join(
            || syntax::read_all::<Policy>(sources.policy),
            || sources.operation.map(|source| (syntax::read_all::<Operation>(source), source)),
        );
        let (law, in_law) = law::bundled();
        let mut findings = [policy.findings, words.findings, in_law].concat();
        let mut outlines =
            vec![(sources.policy.name.clone(), policy.outline), (vocabulary.name.clone(), words.outline)];
        let mut acknowledged = Vec::new();
        let operation = operation.and_then(|(read, source)| {
            findings.extend(read.findings);
            outlines.push((source.name.clone(), read.outline));
            let operation = read.value?;
            acknowledged.clone_from(&operation.acknowledged);
            Some((operation, source))
        });
        let program = policy.value.zip(words.value).map(|(policy, words)| {
            let parts = Parts { policy: (policy, sources.policy), operation, vocabulary: (words, vocabulary), law };
            resolve::resolve(parts, &mut findings)
        });
        let program = program.filter(|_| !findings.iter().any(Finding::stops)).map(Arc::new);
        Self { program, findings, outlines, acknowledged }
    }

    /// Tells findings what they are about, marks those that are answered for, and puts all in order. `complete` says
    /// whether all findings are there.
    fn finish(mut self, sources: &Sources<'_>, tables: Option<Arc<Tables>>, complete: bool) -> Loaded {
        for finding in &mut self.findings {
            let file = finding.places.first().map(|place| place.file.clone());
            if let Some((_, outline)) = self.outlines.iter().find(|(name, _)| Some(name) == file.as_ref()) {
                outline.fill(finding);
            }
        }
        rules::text::give_way(&mut self.findings);
        if let Some(source) = sources.operation {
            let complete = complete && self.program.is_some();
            resolve::acknowledge::apply(&self.acknowledged, source, complete, &mut self.findings);
        }
        let broken = self.findings.iter().any(Finding::stops);
        report::order(&mut self.findings);
        report::limit(&mut self.findings);
        Loaded { program: self.program, tables: tables.filter(|_| !broken), findings: self.findings }
    }
}

/// The files that have a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    /// `platforms/<id>/<date>.toml`.
    Policy,
    /// `platforms/<id>/operation.toml`.
    Operation,
    /// A vocabulary of items.
    Vocabulary,
}

/// JSON Schema (draft 2020-12) of a kind of file, made from the very declarations that read it.
pub fn schema(file: File) -> serde_json::Value {
    match file {
        File::Policy => syntax::schema::<Policy>("Shouyue policy"),
        File::Operation => syntax::schema::<Operation>("Shouyue operation file"),
        File::Vocabulary => syntax::schema::<Vocabulary>("Shouyue vocabulary"),
    }
}
