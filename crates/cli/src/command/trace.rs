//! `shouyue trace`: the lawyer's text beside the encoded policy.

use std::io::Write;

use anyhow::Context as _;
use policy::trace::{self, Carried, Form};

use crate::options::{Carriage, Trace};
use crate::{Outcome, folder};

pub(crate) fn run(asked: &Trace, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let written = folder::newest(&asked.policy)?;
    let program = written.load().program.with_context(|| {
        format!("{} cannot be read: run `shouyue check {}`", written.policy.name, asked.policy.display())
    })?;
    let text = folder::source(&asked.text)?;
    let end = asked.text.extension().and_then(|end| end.to_str()).unwrap_or_default().to_ascii_lowercase();
    let form = if end == "html" || end == "htm" { Form::Html } else { Form::Text };
    let trace = trace::trace(&program, &text.text, form);
    let shown = |carried| asked.only.is_empty() || asked.only.iter().any(|one| one.means() == carried);
    if asked.format.json {
        writeln!(out, "{:#}", trace::json(&trace, &text.name, &written.policy, &shown))?;
    } else {
        write!(out, "{}", trace::human(&trace, &text.name, &written.policy, &shown))?;
    }
    Ok(if trace.is_whole() { Outcome::Fine } else { Outcome::Found })
}

impl Carriage {
    const fn means(self) -> Carried {
        match self {
            Self::Carried => Carried::Here,
            Self::Elsewhere => Carried::Elsewhere,
            Self::Uncarried => Carried::Not,
        }
    }
}
