//! `shouyue explain`: what a code means.

use std::io::Write;

use crate::Outcome;
use crate::options::{Explain, Misused};

pub(crate) fn run(explain: &Explain, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let code = explain.code.to_uppercase();
    let known = policy::report::explain(&code, explain.lang.into())
        .ok_or_else(|| Misused(format!("no finding has the code `{code}`: codes look like L0302 or R41")))?;
    write!(out, "{known}")?;
    Ok(Outcome::Fine)
}
