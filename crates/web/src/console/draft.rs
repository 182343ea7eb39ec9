//! Drafts: listed beside the versions, and each shown as it was checked.

use axum::extract::{Path, Query};
use axum::response::Response;
use desk::draft::{self, Draft};

use super::clerk::{BASE, Clerk};
use super::finding::{Only, in_draft, of_draft};
use crate::pages::console::{DraftChanges, DraftLine, DraftPage};
use crate::pages::parts::{Fact, Link, Moment};
use crate::told::elements::version;
use crate::trouble::Trouble;
use crate::words::{fill, say};

/// Every draft, the newest first.
pub(super) async fn lines(clerk: &Clerk) -> Result<Vec<DraftLine>, Trouble> {
    let drafts = draft::list(&clerk.app.house, &clerk.platform.id).await?;
    let line = |draft: Draft| DraftLine {
        name: Link { label: version(&draft.stem), href: format!("{BASE}/drafts/{}", draft.tables.short()) },
        checked: Moment(draft.at),
        fingerprint: draft.tables.short(),
        found: found(&draft),
    };
    Ok(drafts.into_iter().rev().map(line).collect())
}

fn found(draft: &Draft) -> String {
    let (errors, warnings) = (draft.errors.to_string(), draft.warnings.to_string());
    fill("c-draft-found", &[("errors", &errors), ("warnings", &warnings)])
}

/// `GET /console/drafts/{print}`.
pub(crate) async fn page(
    clerk: Clerk,
    Path(print): Path<String>,
    Query(only): Query<Only>,
) -> Result<Response, Trouble> {
    let whole = draft::find(&clerk.app.house, &clerk.platform.id, &print).await?;
    let draft = &whole.draft;
    let fact = |label: &'static str, value: String| Fact { label: say(label), value };
    let against = draft.against.map_or_else(|| say("c-draft-alone"), |against| against.to_string());
    clerk.show(&DraftPage {
        shell: clerk.shell(),
        name: version(&draft.stem),
        checked: Moment(draft.at),
        facts: vec![
            fact("c-tables-print", draft.tables.to_string()),
            fact("c-policy-print", draft.policy.to_string()),
            fact("c-text-print", draft.text.to_string()),
            fact("c-draft-against", against),
        ],
        findings: in_draft(&whole, only),
        changes: draft.against.map(|_| format!("{}/changes", of_draft(&whole))),
        command: format!("shouyue draft publish {} {} --config shouyue.toml", clerk.platform.id, draft.tables.short()),
    })
}

/// `GET /console/drafts/{print}/changes`.
pub(crate) async fn changes(clerk: Clerk, Path(print): Path<String>) -> Result<Response, Trouble> {
    let whole = draft::find(&clerk.app.house, &clerk.platform.id, &print).await?;
    clerk.show(&DraftChanges {
        shell: clerk.shell(),
        name: version(&whole.draft.stem),
        draft: of_draft(&whole),
        changes: whole.changes,
    })
}
