//! `shouyue render`: the documents that a policy makes.

use std::io::Write;

use render::lists;

use crate::options::{self, Document, Form};
use crate::{Outcome, folder};

pub(crate) fn run(asked: &options::Render, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let written = folder::newest(&asked.path)?;
    let tables = written.load().tables.ok_or_else(|| {
        anyhow::anyhow!("{} does not compile: run `shouyue check {}`", written.policy.name, asked.path.display())
    })?;
    let program = tables.program();
    let notice = render::notice::notice(&tables);
    let html = asked.to == Form::Html;
    let sheet = |title: &str, fragment: String, markdown: String| {
        if html { render::notice::document(title, &fragment, render::notice::Style::Inside) } else { markdown }
    };
    macro_rules! table {
        ($sheet:expr) => {{
            let table = $sheet;
            sheet(table.title(), table.html(""), table.markdown())
        }};
    }
    let text = match asked.document {
        Document::Notice if html => notice.document(render::notice::Style::Inside),
        Document::Notice => notice.markdown(),
        Document::Collected => table!(lists::collected(program)),
        Document::Shared => table!(lists::shared(program)),
        Document::Retention => table!(lists::retained(program)),
        Document::Rights => table!(lists::rights(program)),
        Document::Promises => table!(lists::promised(program)),
        Document::Consents => table!(lists::scopes(&tables)),
    };
    out.write_all(text.as_bytes())?;
    Ok(Outcome::Fine)
}
