//! What the codes of findings mean, beside how many findings of each the text in force and the newest draft have.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use desk::draft::{self, Whole};
use policy::law::{Citation, Words};
use policy::report::{Explanation, every_code, explanation};

use super::clerk::Clerk;
use super::finding::{draft_tallies, in_force, of_draft, severity};
use crate::pages::console::{Family, NoRule, RuleLine, RulePage, Rules, SourceLine, Tally};
use crate::pages::parts::{Day, Link, Said};
use crate::session::html;
use crate::told::elements::version;
use crate::trouble::Trouble;
use crate::words::say;

/// First letter of the codes of a family, its name in addresses, the words for its name and for what it is about.
const FAMILIES: [(char, &str, &str, &str); 3] = [
    ('R', "law", "c-rules-law", "c-rules-law-about"),
    ('T', "text", "c-rules-text", "c-rules-text-about"),
    ('L', "language", "c-rules-language", "c-rules-language-about"),
];

type Tallies = BTreeMap<String, Tally>;

/// `GET /console/rules`.
pub(crate) async fn list(clerk: Clerk) -> Result<Response, Trouble> {
    let here = in_force(&clerk).await?.tallies();
    let draft = newest(&clerk).await?;
    let there = draft.as_ref().map(draft_tallies).unwrap_or_default();
    let families = FAMILIES.map(|(letter, anchor, name, about)| {
        let codes = every_code().filter(|code| code.starts_with(letter)).filter_map(explanation);
        let lines = codes.map(|known| line(&known, &here, &there));
        let (found, silent) = lines.partition(|line| line.in_force.is_some() || line.draft.is_some());
        Family { anchor, name: say(name), about: say(about), found, silent }
    });
    let draft = draft.as_ref().map(link);
    clerk.show(&Rules { shell: clerk.shell(), draft, families: families.into() })
}

/// `GET /console/rules/{code}`.
pub(crate) async fn page(clerk: Clerk, Path(asked): Path<String>) -> Result<Response, Trouble> {
    let code = asked.to_uppercase();
    let Some(known) = explanation(&code) else {
        let near = every_code().filter(|known| is_near(known, &code));
        let page = NoRule { shell: clerk.shell(), near: near.map(str::to_owned).collect(), asked };
        return html(StatusCode::NOT_FOUND, &page);
    };
    let draft = newest(&clerk).await?;
    let of = |tallies: Tallies| tallies.get(known.code).cloned().unwrap_or_default();
    let here = of(in_force(&clerk).await?.tallies());
    let family = FAMILIES.iter().find(|(letter, ..)| known.code.starts_with(*letter));
    let chinese = |part: fn(&Words) -> Option<&str>| known.chinese.and_then(part);
    clerk.show(&RulePage {
        shell: clerk.shell(),
        code: known.code.to_owned(),
        title: title(&known),
        family: family.map(|(.., name, _)| say(name)).unwrap_or_default(),
        gravest: known.gravest.map(severity),
        compile: Said::of(chinese(|words| words.compile.as_deref()), known.compile),
        run: Said::of(chinese(|words| words.run.as_deref()), known.run),
        run_planned: known.run_planned,
        sources: known.sources.iter().map(source).collect(),
        yields: known.yields.to_vec(),
        why: Said::of(chinese(|words| words.why.as_deref()), known.why),
        mend: Said::of(chinese(|words| words.mend.as_deref()), known.mend),
        wrong: known.wrong.map(str::to_owned),
        right: known.right.map(str::to_owned),
        in_force: here,
        draft: draft.as_ref().map(|whole| (link(whole), of(draft_tallies(whole)))),
    })
}

/// What a code is about.
pub(super) fn title(known: &Explanation) -> Said {
    Said::of(known.chinese.map(|words| words.title.as_str()), Some(known.title)).unwrap_or_default()
}

/// Whether somebody may have meant this code: it begins as what was asked for does, but for its last sign.
fn is_near(known: &str, asked: &str) -> bool {
    let mut begin = asked.chars();
    begin.next_back();
    let begin = begin.as_str();
    !begin.is_empty() && known.starts_with(begin)
}

async fn newest(clerk: &Clerk) -> Result<Option<Whole>, Trouble> {
    let (house, id) = (&clerk.app.house, &clerk.platform.id);
    let Some(newest) = draft::list(house, id).await?.pop() else { return Ok(None) };
    Ok(Some(draft::find(house, id, &newest.tables.to_string()).await?))
}

fn link(whole: &Whole) -> Link {
    Link { label: version(&whole.draft.stem), href: of_draft(whole) }
}

fn line(known: &Explanation, here: &Tallies, there: &Tallies) -> RuleLine {
    let of = |tallies: &Tallies| tallies.get(known.code).cloned().unwrap_or_default();
    RuleLine {
        code: known.code.to_owned(),
        title: title(known),
        article: known.sources.iter().find(|source| source.until.is_none()).map(|source| source.cite.clone()),
        in_force: of(here),
        draft: of(there),
    }
}

fn source(source: &Citation) -> SourceLine {
    SourceLine {
        cite: source.cite.clone(),
        from: Day(source.from),
        until: source.until.map(Day),
        certain: source.certain,
    }
}
