//! `shouyue render`: the documents that a policy makes.

use std::io::Write;

use render::map::Colours;
use render::{Style, Which};

use crate::options::{self, Document, Form};
use crate::typesetter::{self, Limits};
use crate::{Outcome, folder};

pub(crate) fn run(asked: &options::Render, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let written = folder::newest(&asked.path)?;
    let tables = written.load().tables.ok_or_else(|| {
        anyhow::anyhow!("{} does not compile: run `shouyue check {}`", written.policy.name, asked.path.display())
    })?;
    let document = render::document(&tables, which(asked.document));
    let text = match asked.to {
        Form::Pdf => {
            let pdf = typesetter::set(asked.typesetter.as_deref(), document.json(), Limits::USUAL)?;
            out.write_all(&pdf)?;
            return Ok(Outcome::Fine);
        }
        Form::Svg if asked.document == Document::Map => render::map::svg(&tables, Colours::System),
        Form::Svg => anyhow::bail!("only the map is a drawing: shouyue render … --document map --to svg"),
        Form::Html => document.page(Style::Inside),
        Form::Markdown => document.markdown(),
        Form::Json => document.data().unwrap_or_else(|| document.json()) + "\n",
    };
    out.write_all(text.as_bytes())?;
    Ok(Outcome::Fine)
}

const fn which(document: Document) -> Which {
    match document {
        Document::Notice => Which::Notice,
        Document::Layered => Which::Layered,
        Document::Collected => Which::Collected,
        Document::Shared => Which::Shared,
        Document::Sdks => Which::Sdks,
        Document::MiniProgram => Which::MiniProgram,
        Document::Activities => Which::Activities,
        Document::Retention => Which::Retention,
        Document::Rights => Which::Rights,
        Document::Promises => Which::Promises,
        Document::Consents => Which::Consents,
        Document::Map => Which::Map,
    }
}
