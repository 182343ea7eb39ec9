//! The certificate of a cover in force (电子保险凭证), to print or to show.

use axum::extract::Path;
use axum::response::Response;
use desk::read::{self, has_certificate};
use model::calendar::day_in_shanghai;
use model::{RecordId, Slug};

use super::records::groups;
use crate::pages::parts::Day;
use crate::pages::portal::CoverCertificate;
use crate::session::Customer;
use crate::told::acts::receipt;
use crate::told::records::line;
use crate::trouble::Trouble;

/// `GET /records/{id}/certificate`: of what is not in force, or somebody else's, there is none.
pub(crate) async fn open(customer: Customer, Path((_, id)): Path<(String, String)>) -> Result<Response, Trouble> {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let id: RecordId = id.parse().map_err(|_| Trouble::Unknown)?;
    let channel = platform.portal_channel();
    let channel = channel.as_ref().map(Slug::as_str);
    let view = read::certificate(house, platform, customer.subject, id, channel).await?;
    customer.show(&CoverCertificate {
        shell: customer.shell(),
        record: line(platform, &view),
        day: Day(day_in_shanghai(house.now())),
        receipt: view.leaf.map(|leaf| receipt(platform, leaf)),
        groups: groups(platform, view.parts),
    })
}

/// Where the certificate of a record is; none for what is no cover in force.
pub(super) async fn link(customer: &Customer, record: RecordId) -> Result<Option<String>, Trouble> {
    let there = has_certificate(&customer.app.house, &customer.platform, customer.subject, record).await?;
    Ok(there.then(|| format!("{}/records/{record}/certificate", customer.base())))
}
