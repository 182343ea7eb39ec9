//! Telling who comes by of a new version (弹窗), and taking note that it was told.

use axum::extract::Path;
use axum::response::Response;
use desk::notify;
use desk::publish::{Version, versions};
use model::calendar::day_in_shanghai;

use crate::pages::parts::{Day, Link};
use crate::pages::portal::UpdateLine;
use crate::session::{Customer, Signed};
use crate::trouble::Trouble;
use crate::words::say;

/// The versions of which a customer is to be told here, oldest first.
pub(super) async fn waiting(customer: &Customer) -> Result<Vec<UpdateLine>, Trouble> {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let mut numbers: Vec<u64> = notify::list(house, platform, customer.subject)
        .await?
        .iter()
        .filter(|notice| notice.is_for_page())
        .map(|notice| notice.version)
        .collect();
    numbers.dedup();
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let base = customer.base();
    let versions = versions(house, platform).await?.into_iter();
    let line = |version: Version| UpdateLine {
        from: Day(day_in_shanghai(version.from)),
        comes: version.from > house.now(),
        read: Link { label: say("read-version"), href: format!("{base}/policy/{}", version.text.short()) },
        noted: format!("{base}/updates/{}", version.number),
    };
    Ok(versions.filter(|version| numbers.contains(&version.number)).map(line).collect())
}

/// `POST /updates/{version}`: the customer was told.
pub(crate) async fn noted(
    Path((_, version)): Path<(String, String)>,
    Signed(customer, _): Signed<Customer>,
) -> Result<Response, Trouble> {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let version: u64 = version.parse().map_err(|_| Trouble::Unknown)?;
    let leaf = notify::acknowledge(house, platform, customer.subject, version).await?;
    Ok(customer.go(&leaf.map_or_else(|| "/home".to_owned(), |leaf| format!("/home?done={leaf}"))))
}
