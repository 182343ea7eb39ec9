//! Drafts: listed beside the versions, and each shown as it was checked.

use axum::extract::Path;
use axum::response::Response;
use desk::draft::{self, Draft, Found};
use model::calendar::day_in_shanghai;

use super::clerk::{BASE, Clerk};
use crate::pages::console::{DraftFinding, DraftLine, DraftPage, Severity};
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
pub(crate) async fn page(clerk: Clerk, Path(print): Path<String>) -> Result<Response, Trouble> {
    let whole = draft::find(&clerk.app.house, &clerk.platform.id, &print).await?;
    let draft = &whole.draft;
    let fact = |label: &'static str, value: String| Fact { label: say(label), value };
    let mut findings: Vec<DraftFinding> = whole.findings.iter().filter(|one| !one.answered).map(line).collect();
    findings.sort_by_key(|one| one.severity != Severity::Error);
    let against = draft.against.map_or_else(|| say("c-draft-alone"), |against| against.to_string());
    clerk.show(&DraftPage {
        shell: clerk.shell(),
        name: version(&draft.stem),
        facts: vec![
            fact("c-draft-checked", day_in_shanghai(draft.at).to_string()),
            fact("c-tables-print", draft.tables.to_string()),
            fact("c-policy-print", draft.policy.to_string()),
            fact("c-text-print", draft.text.to_string()),
            fact("c-draft-against", against),
        ],
        findings,
        changes: whole.changes,
        command: format!("shouyue draft publish {} {} --config shouyue.toml", clerk.platform.id, draft.tables.short()),
    })
}

fn line(found: &Found) -> DraftFinding {
    DraftFinding {
        code: found.code.clone(),
        severity: match found.severity.as_str() {
            "error" => Severity::Error,
            "warning" => Severity::Warning,
            _ => Severity::Info,
        },
        message: found.message.clone(),
        line: found.line,
        mend: found.mend.clone(),
    }
}
