//! The privacy centre: the rights, the text in force and the earlier ones, both lists as they are announced.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use desk::archive::{Said, said};
use desk::cut_off::{Stand, cut_now};
use desk::publish::{Stage, Version, in_force, texts, versions};
use desk::{Platform, rights};
use model::Fingerprint;
use model::calendar::day_in_shanghai;
use policy::syntax::{Party, Policy, RightKind};

use crate::compression::Unechoing;
use crate::pages::PolicyHtml;
use crate::pages::parts::{Clause, Day, Fact, Link};
use crate::pages::portal::{
    PermissionLine, PlannedCollection, PlannedShare, PolicyArchive, PolicyLists, PolicyMap, PolicyText, PrivacyCentre,
    RightLine, SdkLine, TocEntry, VersionLine, VersionStage,
};
use crate::session::Visit;
use crate::told::elements::{version, with_cut};
use crate::told::reasons::clause;
use crate::trouble::Trouble;
use crate::words::{changed, fill, listed, say};

type Reply = Result<Response, Trouble>;

fn policy(platform: &Platform) -> &Policy {
    &platform.tables.program().policy
}

/// `GET /privacy`.
pub(crate) async fn centre(visit: Visit) -> Reply {
    let platform = &visit.platform;
    let rows = render::lists::rights(platform.tables.program()).rows;
    let mut lines = Vec::new();
    for kind in RightKind::ALL.iter().copied() {
        let row = rows.iter().find(|row| row.kind == kind.word());
        let (due, article) = match visit.subject() {
            Some(subject) => {
                let answer = rights::ask(&visit.app.house, platform, subject, kind).await?;
                let article = answer.law.reasons.iter().find_map(|reason| reason.article.clone());
                (answer.due.map(|due| due.day), article.unwrap_or_default())
            }
            None => (None, String::new()),
        };
        let how =
            row.map(|row| listed([row.routes.as_str(), row.path.as_str()].into_iter().filter(|part| !part.is_empty())));
        let clock = row.map(|row| row.clock.clone()).unwrap_or_default();
        let name = policy::label::label(kind);
        lines.push(RightLine {
            how: how.unwrap_or_else(|| say("right-by-law")),
            link: visit.subject().map(|_| Link {
                label: fill("exercise", &[("right", &name)]),
                href: format!("{}/rights/{}", visit.base(), kind.word()),
            }),
            within: match due {
                Some(day) if clock.is_empty() => fill("by-day", &[("day", &day.to_string())]),
                Some(day) => fill("within-by", &[("clock", &clock), ("day", &day.to_string())]),
                None if clock.is_empty() => say("not-stated"),
                None => clock,
            },
            clause: row.and_then(|row| row.clauses.first()).map(|number| clause(platform, number)),
            article,
            name,
        });
    }
    let current = in_force(&visit.app.house, platform).await?;
    visit.show(&PrivacyCentre {
        shell: visit.shell(),
        rights: lines,
        agencies: visit.subject().is_some()
            && policy(platform).functions.iter().any(|one| super::standing::chooses_party(platform, one)),
        remedy: super::exercise::remedy(platform),
        version: version(&current.stem),
    })
}

/// `GET /policy`: the version in force.
pub(crate) async fn text(visit: Visit) -> Reply {
    whole(&visit, &in_force(&visit.app.house, &visit.platform).await?).await
}

/// `GET /policy/{version}`: a version by its fingerprint, as it was shown: that of its text, or one of those that its text prints.
pub(crate) async fn earlier(visit: Visit, Path((_, id)): Path<(String, String)>) -> Reply {
    let all = versions(&visit.app.house, &visit.platform).await?;
    let is = |print: &Fingerprint| print.to_string() == id || print.short() == id;
    let by_text = all.iter().rev().find(|one| is(&one.text));
    let found = by_text.or_else(|| all.iter().rev().find(|one| is(&one.policy) || is(&one.tables)));
    let found = found.ok_or(Trouble::Unknown)?;
    if found.stage == Stage::InForce {
        return Ok(Redirect::to(&format!("{}/policy", visit.base())).into_response());
    }
    whole(&visit, found).await
}

/// The page of a text: long, and nothing of the request stands in it, so it may be compressed.
async fn whole(visit: &Visit, found: &Version) -> Reply {
    let (house, id) = (&visit.app.house, &visit.platform.id);
    let (texts, said) = (texts(house, id, found).await?, said(house, id).await?);
    let said = said.iter().find(|one| one.number == found.number);
    let mut response = visit.show(&text_page(visit, (found, said), &texts.notice))?;
    response.extensions_mut().insert(Unechoing);
    Ok(response)
}

fn text_page(visit: &Visit, (found, said): (&Version, Option<&Said>), notice: &str) -> PolicyText {
    let body = without(&without(notice, "h1"), "nav");
    PolicyText {
        shell: visit.shell(),
        title: said.map_or_else(|| version(&found.stem), |said| said.title.clone()),
        updated: said.and_then(|said| said.updated).map(Day),
        effective: said.and_then(|said| said.effective).map(Day),
        since: Some(Day(day_in_shanghai(found.from))),
        fingerprint: found.text.to_string(),
        stage: stage(found.stage),
        contents: contents(&body),
        body: PolicyHtml(body),
    }
}

/// The notice without its first element of that name: the page has a heading and contents of its own.
fn without(notice: &str, name: &str) -> String {
    let (begin, end) = (format!("<{name}"), format!("</{name}>"));
    let found = notice.find(&begin).and_then(|at| Some((at, at + notice.get(at..)?.find(&end)? + end.len())));
    match found {
        Some((from, to)) => [notice.get(..from), notice.get(to..)].into_iter().flatten().collect(),
        None => notice.to_owned(),
    }
}

/// The sections of a notice, by the headings of our own renderer: `<h2 id="…">words</h2>` or a section that bears the id.
fn contents(body: &str) -> Vec<TocEntry> {
    let mut entries = Vec::new();
    for section in body.split("<section id=\"").skip(1) {
        let anchor = section.split('"').next();
        let words = section
            .split_once("<h2")
            .and_then(|(_, rest)| rest.split_once('>'))
            .and_then(|(_, rest)| rest.split("</h2>").next());
        if let (Some(anchor), Some(words)) = (anchor, words.filter(|words| !words.contains('<'))) {
            entries.push(TocEntry { label: words.trim().to_owned(), anchor: anchor.to_owned() });
        }
    }
    entries
}

const fn stage(stage: Stage) -> VersionStage {
    match stage {
        Stage::Announced => VersionStage::Announced,
        Stage::InForce => VersionStage::InForce,
        Stage::Archived => VersionStage::Archived,
        Stage::Replaced => VersionStage::Replaced,
    }
}

/// `GET /policy/archive`.
pub(crate) async fn archive(visit: Visit) -> Reply {
    let said = said(&visit.app.house, &visit.platform.id).await?;
    let line = |one: &Version| {
        let said = said.iter().find(|said| said.number == one.number);
        VersionLine {
            id: one.text.short(),
            stage: stage(one.stage),
            label: version(&one.stem),
            updated: said.and_then(|said| said.updated).map(Day),
            effective: said.and_then(|said| said.effective).map(Day),
            since: Some(Day(day_in_shanghai(one.from))),
            until: one.until.map(|until| Day(day_in_shanghai(until))),
            changes: said.into_iter().flat_map(|said| &said.changed).map(|kind| changed(kind.word())).collect(),
            fingerprint: one.text.to_string(),
        }
    };
    let mut lines: Vec<VersionLine> = versions(&visit.app.house, &visit.platform).await?.iter().map(line).collect();
    lines.reverse();
    visit.show(&PolicyArchive { shell: visit.shell(), versions: lines })
}

/// `GET /policy/map`.
pub(crate) async fn map(visit: Visit) -> Reply {
    let drawing = render::map::svg(&visit.platform.tables, render::map::Colours::Light);
    let mut response = visit.show(&PolicyMap { shell: visit.shell(), drawing })?;
    response.extensions_mut().insert(Unechoing);
    Ok(response)
}

/// `GET /lists`.
pub(crate) async fn lists(visit: Visit) -> Reply {
    let platform = &visit.platform;
    visit.show(&PolicyLists {
        shell: visit.shell(),
        collects: collects(platform),
        shares: shares(platform, &cut_now(&visit.app.house, platform).await?),
        permissions: permissions(platform),
        sdks: sdks(platform),
    })
}

fn clause_of(platform: &Platform, clauses: &[String]) -> Option<Clause> {
    clauses.first().map(|number| clause(platform, number))
}

fn collects(platform: &Platform) -> Vec<PlannedCollection> {
    let mut lines: Vec<(String, PlannedCollection)> = Vec::new();
    for row in render::lists::collected(platform.tables.program()).rows {
        if lines.last().is_none_or(|(id, _)| *id != row.element_id) {
            let line = PlannedCollection {
                function: row.element.clone(),
                purpose: row.purpose.clone(),
                refused: row.refused.clone(),
                clause: clause_of(platform, &row.clauses),
                ..PlannedCollection::default()
            };
            lines.push((row.element_id.clone(), line));
        }
        let Some((_, line)) = lines.last_mut() else { continue };
        if !row.item.is_empty() && !line.items.contains(&row.item) {
            line.items.push(row.item.clone());
            if !row.sensitive.is_empty() {
                line.sensitive.push(row.item);
            }
        }
    }
    lines.into_iter().map(|(_, line)| line).collect()
}

fn shares(platform: &Platform, cut: &[(&Party, Stand)]) -> Vec<PlannedShare> {
    let line = |row: render::lists::ShareRow| PlannedShare {
        recipient: with_cut(platform, &row.recipient, &row.recipient_id, cut).0,
        purpose: row.purpose,
        items: row.items,
        condition: listed([row.condition, row.basis, row.consent].into_iter().filter(|part| !part.is_empty())),
        clause: clause_of(platform, &row.clauses),
    };
    render::lists::shared(platform.tables.program()).rows.into_iter().map(line).collect()
}

fn permissions(platform: &Platform) -> Vec<PermissionLine> {
    let names = &platform.tables.program().names;
    let line = |one: &policy::syntax::Permission| {
        let stops = one.modes.iter().flat_map(|mode| &mode.functions);
        let stops = listed(stops.map(|function| names.name_of(policy::syntax::Kind::Function, &function.text)));
        PermissionLine {
            name: one.name.value.clone(),
            purpose: listed(one.modes.iter().map(|mode| mode.text.value.as_str())),
            closed: if stops.is_empty() {
                say("closing-stops-nothing")
            } else {
                fill("closing-stops", &[("functions", &stops)])
            },
            clause: one.clause.first().map(|number| clause(platform, number)),
        }
    };
    policy(platform).permissions.iter().map(line).collect()
}

fn sdks(platform: &Platform) -> Vec<SdkLine> {
    let names = &platform.tables.program().names;
    let line = |one: &policy::syntax::Sdk| SdkLine {
        name: one.name.value.clone(),
        provider: names.name_of(policy::syntax::Kind::Recipient, &one.recipient.text).to_owned(),
        does: one.text.value.clone(),
        facts: vec![Fact {
            label: say("sdk-items"),
            value: one.items.said().map_or_else(
                || say("not-stated"),
                |items| listed(items.iter().map(|item| names.name_of(policy::syntax::Kind::Item, &item.text))),
            ),
        }],
    };
    policy(platform).sdks.iter().map(line).collect()
}
