//! The policy language: read, check, compile and decide. No I/O, no clock, no async: the crate to embed.

pub mod ask;
pub mod claim;
pub mod codes;
pub mod compile;
pub mod decide;
pub mod finding;
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

use std::sync::Arc;

use compile::Tables;
use finding::{Finding, Severity, Source};
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
    let mut draft = Draft::of(sources);
    let tables = draft.program.clone().and_then(|program| {
        let (tables, more) = compile::compile(program);
        draft.findings.extend(more);
        tables.map(Arc::new)
    });
    if let Some(program) = &draft.program {
        draft.findings.extend(rules::check(program, sources.policy, sources.operation));
    }
    draft.finish(sources, tables, true)
}

/// The same, and compares the tables with the reference interpreter on every row ([`prove`]): for whoever checks or
/// publishes a policy. Tables that differ are withheld, with finding `L0515`.
pub fn load_proved(sources: &Sources<'_>) -> Loaded {
    let mut loaded = load(sources);
    let proof = loaded.tables.as_ref().map(|tables| prove::tables_match_meaning(tables));
    if let Some(Err(mismatch)) = proof {
        loaded.tables = None;
        let mend = "do not publish with this build; report the finding to who made it";
        loaded.findings.push(Finding::new("L0515", Severity::Error, mismatch.to_string()).mend(mend));
        report::order(&mut loaded.findings);
    }
    loaded
}

/// Reads and resolves only: no tables, and none of the findings that compiling gives.
pub fn read(sources: &Sources<'_>) -> Loaded {
    Draft::of(sources).finish(sources, None, false)
}

/// What is known before compiling.
struct Draft {
    program: Option<Arc<Program>>,
    findings: Vec<Finding>,
    outlines: Vec<(Arc<str>, syntax::Outline)>,
    acknowledged: Vec<syntax::Acknowledge>,
}

impl Draft {
    fn of(sources: &Sources<'_>) -> Self {
        let vocabulary = vocabulary();
        let policy = syntax::read_all::<Policy>(sources.policy);
        let words = syntax::read_all::<Vocabulary>(&vocabulary);
        let operation = sources.operation.map(|source| (syntax::read_all::<Operation>(source), source));
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
            let parts = Parts { policy: (policy, sources.policy), operation, vocabulary: (words, &vocabulary), law };
            resolve::resolve(parts, &mut findings)
        });
        let program = program.filter(|_| !findings.iter().any(is_language_error)).map(Arc::new);
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
        if let Some(source) = sources.operation {
            let complete = complete && self.program.is_some();
            resolve::acknowledge::apply(&self.acknowledged, source, complete, &mut self.findings);
        }
        let broken = self.findings.iter().any(is_language_error);
        report::order(&mut self.findings);
        report::limit(&mut self.findings);
        Loaded { program: self.program, tables: tables.filter(|_| !broken), findings: self.findings }
    }
}

fn is_language_error(finding: &Finding) -> bool {
    finding.severity == Severity::Error && finding.code.starts_with('L')
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
