//! A sale of one's own, shown again (可回溯, rule R61).

use axum::extract::Path;
use axum::response::Response;
use desk::track::{Replayed, Sale, Viewer, replay, sales};
use model::RecordId;
use model::calendar::day_in_shanghai;

use crate::pages::parts::Link;
use crate::pages::portal::{Replay, ReplayPage};
use crate::session::Customer;
use crate::told::acts::receipt;
use crate::told::replay::{course, scene};
use crate::trouble::Trouble;
use crate::words::{fill, say};

type Reply = Result<Response, Trouble>;

async fn seen(customer: &Customer, record: &str) -> Result<(Replayed, String), Trouble> {
    let record: RecordId = record.parse().map_err(|_| Trouble::Unknown)?;
    let viewer = Viewer::Subject(customer.subject);
    let replayed = replay(&customer.app.house, &customer.platform, viewer, record).await?;
    Ok((replayed, format!("{}/records/{record}/replay", customer.base())))
}

/// Where a sale is shown again; none for a record that was no sale of this customer's.
pub(super) async fn link(customer: &Customer, record: RecordId) -> Result<Option<String>, Trouble> {
    let sales = sales(&customer.app.house, &customer.platform, customer.subject).await?;
    let known = sales.iter().any(|sale| sale.record == record);
    Ok(known.then(|| format!("{}/records/{record}/replay", customer.base())))
}

/// The sales of this customer, as links.
pub(super) async fn links(customer: &Customer) -> Result<Vec<Link>, Trouble> {
    let sales = sales(&customer.app.house, &customer.platform, customer.subject).await?;
    let link = |sale: &Sale| Link {
        label: fill("at-hand", &[("class", &sale.class_name), ("day", &day_in_shanghai(sale.at).to_string())]),
        href: format!("{}/records/{}/replay", customer.base(), sale.record),
    };
    Ok(sales.iter().map(link).collect())
}

/// `GET /records/{id}/replay`.
pub(crate) async fn open(customer: Customer, Path((_, record)): Path<(String, String)>) -> Reply {
    let (replayed, base) = seen(&customer, &record).await?;
    let title = fill("replay-of", &[("record", &replayed.record.class_name)]);
    let course = course(&customer.platform, &replayed, &base, receipt);
    customer.show(&Replay { shell: customer.shell(), title, course })
}

/// `GET /records/{id}/replay/{page}`.
pub(crate) async fn page(customer: Customer, Path((_, record, page)): Path<(String, String, usize)>) -> Reply {
    let (replayed, base) = seen(&customer, &record).await?;
    let scene = scene(&customer.platform, &replayed, &base, page).ok_or(Trouble::Unknown)?;
    customer.show(&ReplayPage { shell: customer.shell(), title: say("replay-page"), scene })
}
