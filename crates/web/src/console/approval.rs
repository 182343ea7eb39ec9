//! Looks at minors' data: asked for on the person's page, approved by somebody else (rule R18).

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use desk::Refusal;
use desk::approval::{Approval, Look, approve, ask, waiting};
use desk::seat::Eyes;
use model::SubjectId;
use policy::syntax::Kind;

use super::clerk::{BASE, Clerk};
use super::ledger::short;
use crate::pages::console::{ApprovalLine, Approvals};
use crate::pages::parts::{Moment, Reason};
use crate::session::Signed;
use crate::told::reasons::of_answer;
use crate::trouble::Trouble;
use crate::words::because;

type Reply = Result<Response, Trouble>;

/// `POST /console/subjects/{id}/approvals`: asks to look, in the course of `purpose`, for a `reason`.
pub(crate) async fn asked(Path(id): Path<String>, Signed(clerk, form): Signed<Clerk>) -> Reply {
    let (house, platform, duty) = (&clerk.app.house, &clerk.platform, clerk.duty()?);
    let subject: SubjectId = id.parse().map_err(|_| Trouble::Unknown)?;
    let (function, reason) = (form.one("purpose").unwrap_or_default(), form.one("reason").unwrap_or_default());
    let look = Look { subject, function, because: reason };
    ask(house, platform, (Eyes::Staff(&duty), &duty), look).await?;
    Ok(Redirect::to(&format!("{BASE}/subjects/{subject}#approval")).into_response())
}

/// `GET /console/approvals`.
pub(crate) async fn list(clerk: Clerk) -> Reply {
    let shown = shown(&clerk, Vec::new()).await?;
    clerk.show(&shown)
}

async fn shown(clerk: &Clerk, refused: Vec<Reason>) -> Result<Approvals, Trouble> {
    let (house, platform, duty) = (&clerk.app.house, &clerk.platform, clerk.duty()?);
    let names = &platform.tables.program().names;
    let line = |one: Approval| ApprovalLine {
        id: one.id.to_string(),
        subject: short(&one.subject.to_string()),
        function: names.name_of(Kind::Function, one.function.as_str()).to_owned(),
        by: short(&one.by.to_string()),
        own: [one.by, one.asker].contains(&duty.seat()),
        because: because(&one.because),
        at: Moment(one.at),
    };
    let waiting = waiting(house, platform, Eyes::Staff(&duty)).await?.into_iter().map(line).collect();
    Ok(Approvals { shell: clerk.shell(), waiting, refused })
}

/// `POST /console/approvals`: approves `approval`.
pub(crate) async fn given(Signed(clerk, form): Signed<Clerk>) -> Reply {
    let (house, platform, duty) = (&clerk.app.house, &clerk.platform, clerk.duty()?);
    let id = form.one("approval").and_then(|id| id.parse().ok()).ok_or(Trouble::Unreadable)?;
    match approve(house, platform, Eyes::Staff(&duty), id).await {
        // Somebody else was faster: the page says what is left.
        Ok(_) | Err(Refusal::Wrong(_)) => Ok(Redirect::to(&format!("{BASE}/approvals")).into_response()),
        Err(Refusal::Denied(answer)) => clerk.show_again(&shown(&clerk, of_answer(platform, &answer)).await?),
        Err(refusal) => Err(refusal.into()),
    }
}
