//! A sale shown again, for staff whose role acts in the course of the function that sold it (rule R61).

use axum::extract::Path;
use axum::response::Response;
use desk::track::{Replayed, Viewer, replay};
use model::{RecordId, SubjectId};

use super::clerk::{BASE, Clerk};
use super::ledger::short;
use super::subject::look;
use crate::pages::console::{ReplayedSale, ReplayedSalePage};
use crate::told::replay::{course, scene};
use crate::trouble::Trouble;
use crate::words::{fill, say};

type Reply = Result<Response, Trouble>;

async fn seen(clerk: &Clerk, subject: &str, record: &str) -> Result<(Replayed, String), Trouble> {
    let id: RecordId = record.parse().map_err(|_| Trouble::Unknown)?;
    let of: SubjectId = subject.parse().map_err(|_| Trouble::Unknown)?;
    let duty = clerk.duty()?;
    let replayed = replay(&clerk.app.house, &clerk.platform, Viewer::Staff(&duty), id).await?;
    // The address names whose page led here: that must be somebody of this sale.
    if !replayed.record.parts.iter().any(|part| part.subject == Some(of)) {
        return Err(Trouble::Unknown);
    }
    Ok((replayed, format!("{BASE}/subjects/{subject}/records/{record}/replay")))
}

/// `GET /console/subjects/{id}/records/{record}/replay`.
pub(crate) async fn open(clerk: Clerk, Path((subject, record)): Path<(String, String)>) -> Reply {
    let (replayed, base) = seen(&clerk, &subject, &record).await?;
    let title = fill("replay-of", &[("record", &replayed.record.class_name)]);
    let course = course(&clerk.platform, &replayed, &base, look);
    let subject = (short(&subject), format!("{BASE}/subjects/{subject}"));
    clerk.show(&ReplayedSale { shell: clerk.shell(), title, subject, course })
}

/// `GET /console/subjects/{id}/records/{record}/replay/{page}`.
pub(crate) async fn page(clerk: Clerk, Path((subject, record, page)): Path<(String, String, usize)>) -> Reply {
    let (replayed, base) = seen(&clerk, &subject, &record).await?;
    let scene = scene(&clerk.platform, &replayed, &base, page).ok_or(Trouble::Unknown)?;
    clerk.show(&ReplayedSalePage { shell: clerk.shell(), title: say("replay-page"), scene })
}
