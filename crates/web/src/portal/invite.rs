//! Roles of a customer's matter that others are to fill in: states, links to pass on, taken back.

use axum::extract::Path;
use axum::response::Response;
use desk::collect::{self, INVITATION_DAYS, InvitationView, Invited, Stage};
use desk::leaf::Who;
use model::calendar::day_in_shanghai;
use model::{InvitationId, RecordId};

use super::join::link;
use crate::pages::parts::{Moment, Status, Tone};
use crate::pages::portal::{InvitationLine, InvitationState, Invitations, Opened};
use crate::session::{Customer, Signed};
use crate::told::acts::receipt;
use crate::trouble::Trouble;
use crate::words::{fill, say};

type Reply = Result<Response, Trouble>;

/// `GET /records/{id}/invitations`.
pub(crate) async fn list(customer: Customer, Path((_, id)): Path<(String, String)>) -> Reply {
    let id: RecordId = id.parse().map_err(|_| Trouble::Unknown)?;
    customer.show(&page(&customer, id, Vec::new()).await?)
}

/// Right after a matter was taken in: each link, the one time.
pub(super) async fn shown(customer: &Customer, record: RecordId, invited: Vec<Invited>) -> Reply {
    let mut page = page(customer, record, invited).await?;
    page.shell.status = Some(Status { tone: Tone::Good, text: say("done-and-invited"), receipt: None });
    customer.show(&page)
}

/// `POST /records/{id}/invitations`: makes a link again, or takes an invitation back.
pub(crate) async fn sent(Path((_, id)): Path<(String, String)>, Signed(customer, form): Signed<Customer>) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let record: RecordId = id.parse().map_err(|_| Trouble::Unknown)?;
    let named = |name: &str| form.one(name).and_then(|id| id.parse::<InvitationId>().ok());
    let matter = |id| (customer.subject, record, id);
    match (named("again"), named("end")) {
        (Some(id), None) => {
            let again = collect::invite_again(house, platform, matter(id), Who::Subject).await?;
            customer.show(&page(&customer, record, vec![again]).await?)
        }
        (None, Some(id)) => {
            let leaf = collect::invite_end(house, platform, matter(id), Who::Subject).await?;
            let mut page = page(&customer, record, Vec::new()).await?;
            let receipt = Some(receipt(platform, leaf));
            page.shell.status = Some(Status { tone: Tone::Good, text: say("invitation-ended"), receipt });
            customer.show(&page)
        }
        _ => Err(Trouble::Unreadable),
    }
}

async fn page(customer: &Customer, record: RecordId, invited: Vec<Invited>) -> Result<Invitations, Trouble> {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let all = collect::invitations(house, platform, customer.subject, record).await?;
    if all.is_empty() {
        return Err(Trouble::Unknown);
    }
    let line = |view: InvitationView| InvitationLine {
        link: invited.iter().find(|one| one.id == view.id).map(|one| link(&customer.app.site, platform, &one.secret)),
        id: view.id.to_string(),
        role: view.role_name,
        state: match view.stage {
            Stage::Open => InvitationState::Open,
            Stage::Over => InvitationState::Over,
            Stage::Used => InvitationState::Used,
            Stage::Withdrawn => InvitationState::Withdrawn,
        },
        until: Moment(view.until),
    };
    Ok(Invitations {
        shell: customer.shell(),
        record: record.to_string(),
        complete: collect::is_complete(house, platform, record).await?,
        days: INVITATION_DAYS.to_string(),
        lines: all.into_iter().map(line).collect(),
        rosters: super::roster::links(customer, record).await?,
    })
}

/// What another page tells of a record's open roles; nothing where there never were any, or another holds it.
pub(super) async fn opened(customer: &Customer, record: RecordId) -> Result<Option<Opened>, Trouble> {
    let all = collect::opened(&customer.app.house, &customer.platform, customer.subject).await?;
    Ok(all.into_iter().find(|one| one.record == record).map(|one| told(customer, &one)))
}

/// The customer's matters in which somebody is still to fill a role in.
pub(super) async fn waiting(customer: &Customer) -> Result<Vec<Opened>, Trouble> {
    let all = collect::opened(&customer.app.house, &customer.platform, customer.subject).await?;
    Ok(all.iter().filter(|one| one.waiting > 0 || !one.complete).map(|one| told(customer, one)).collect())
}

fn told(customer: &Customer, one: &collect::Opened) -> Opened {
    let day = day_in_shanghai(one.at).to_string();
    Opened {
        href: format!("{}/records/{}/invitations", customer.base(), one.record),
        label: fill("at-hand", &[("class", &one.class_name), ("day", &day)]),
        waiting: one.waiting,
        complete: one.complete,
    }
}
