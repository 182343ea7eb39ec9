//! Compiling: from a program to tables that decide.

mod scope;

use std::sync::Arc;

use model::Fingerprint;

pub use scope::Scope;

use crate::finding::Finding;
use crate::resolve::Program;

/// Compiled tables.
#[derive(Debug)]
pub struct Tables {
    program: Arc<Program>,
    scopes: Vec<Scope>,
    fingerprint: Fingerprint,
}

impl Tables {
    /// The program that was compiled.
    pub const fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// Fingerprint `tables`: of policy, operation, vocabulary, law pack and semantics.
    pub const fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// Fingerprint `policy`.
    pub fn policy(&self) -> Fingerprint {
        self.program.fingerprint
    }

    /// Everything that can be consented to, in the order of bits.
    pub fn scopes(&self) -> &[Scope] {
        &self.scopes
    }
}

/// Compiles a program.
pub fn compile(program: Arc<Program>) -> (Option<Tables>, Vec<Finding>) {
    let fingerprint = program.fingerprint;
    (Some(Tables { program, scopes: Vec::new(), fingerprint }), Vec::new())
}
