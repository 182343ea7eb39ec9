//! Compiling: from a program to tables that decide.

use std::sync::Arc;

use crate::finding::Finding;
use crate::resolve::Program;

/// Compiled tables.
#[derive(Debug)]
pub struct Tables {
    program: Arc<Program>,
}

impl Tables {
    /// The program that was compiled.
    pub const fn program(&self) -> &Arc<Program> {
        &self.program
    }
}

/// Compiles a program.
pub fn compile(program: Arc<Program>) -> (Option<Tables>, Vec<Finding>) {
    (Some(Tables { program }), Vec::new())
}
