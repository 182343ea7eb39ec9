//! The policy language: read, check, compile and decide. No I/O, no clock, no async: the crate to embed.

pub mod compile;
pub mod decide;
pub mod finding;
pub mod law;
pub mod question;
pub mod report;
pub mod resolve;
pub mod syntax;

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
    let vocabulary = vocabulary();
    let (policy, mut findings) = syntax::read::<Policy>(sources.policy);
    let (words, more) = syntax::read::<Vocabulary>(&vocabulary);
    findings.extend(more);
    let operation = sources.operation.and_then(|source| {
        let (operation, more) = syntax::read::<Operation>(source);
        findings.extend(more);
        operation.map(|operation| (operation, source))
    });
    let (law, more) = law::bundled();
    findings.extend(more);
    let program = match (policy, words) {
        (Some(policy), Some(words)) => {
            let parts = Parts { policy: (policy, sources.policy), operation, vocabulary: (words, &vocabulary), law };
            Some(resolve::resolve(parts, &mut findings))
        }
        _ => None,
    };
    let stopped = findings.iter().any(|finding| finding.severity == Severity::Error);
    let program = program.filter(|_| !stopped).map(Arc::new);
    let tables = program.clone().and_then(|program| {
        let (tables, more) = compile::compile(program);
        findings.extend(more);
        tables.map(Arc::new)
    });
    Loaded { program, tables, findings }
}
