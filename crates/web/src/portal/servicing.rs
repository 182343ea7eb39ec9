//! Servicing a cover (保全): what the page of a record offers, and what a request says of the record that it is about.

use axum::extract::Path;
use axum::response::Response;
use desk::Refusal;
use desk::service::{self, Asked};
use model::RecordId;
use model::service::{Decided, End, Wish};
use policy::syntax::{Function, Kind};

use crate::pages::parts::{Day, Link, Moment};
use crate::pages::portal::{About, Servicing};
use crate::session::{Customer, Signed};
use crate::told::services::{state, wish as say_wish};
use crate::trouble::Trouble;
use crate::words::{declined, fill, say};

type Reply = Result<Response, Trouble>;

/// What is chosen of a record that is to be serviced, in the address of the function's page.
pub(super) fn chosen(asked: &[(String, String)]) -> Result<Option<(RecordId, Wish)>, Trouble> {
    let of = |key: &str| asked.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
    match (of("about"), of("wish")) {
        (None, None) => Ok(None),
        (Some(record), Some(wish)) => {
            let record = record.parse().map_err(|_| Trouble::Unknown)?;
            Ok(Some((record, wish.parse().map_err(|_| Trouble::Unknown)?)))
        }
        _ => Err(Trouble::Unknown),
    }
}

/// The same choice as fields of a form.
pub(super) fn fields((record, wish): (RecordId, Wish)) -> Vec<(String, String)> {
    vec![("about".to_owned(), record.to_string()), ("wish".to_owned(), wish.word().to_owned())]
}

/// The same choice as a query.
pub(super) fn query(choice: (RecordId, Wish)) -> String {
    fields(choice).into_iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("&")
}

/// What can be asked about a record, and what was.
pub(super) async fn of_record(customer: &Customer, record: RecordId) -> Result<Servicing, Trouble> {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let offered = service::offers(house, platform, customer.subject, record).await?;
    let base = customer.base();
    let link = |offer: &service::Offer, wish: Wish| Link {
        label: say_wish(wish),
        href: format!("{base}/functions/{}?{}", offer.function, query((record, wish))),
    };
    let links = offered.offers.iter().flat_map(|offer| Wish::ALL.map(|wish| link(offer, wish)));
    let asked = service::about(house, platform, customer.subject, record).await?;
    let own = asked.iter().find(|one| one.ended.is_none()).map(|one| say_wish(one.wish));
    let waits = own.map_or_else(|| say("service-waits-other"), |wish| fill("service-waits", &[("wish", &wish)]));
    Ok(Servicing {
        links: links.collect(),
        waits: offered.waits.then_some(waits),
        asked: asked.iter().rev().map(|one| told(one, one.request, customer)).collect(),
        about: service::asked(house, platform, customer.subject, record)
            .await?
            .map(|one| told(&one, one.about, customer)),
    })
}

/// Whether a function can be asked for something about a record today.
pub(super) async fn is_offered(customer: &Customer, function: &Function, record: RecordId) -> Result<bool, Trouble> {
    let offered = service::offers(&customer.app.house, &customer.platform, customer.subject, record).await?;
    Ok(offered.offers.iter().any(|offer| offer.function == function.id.value))
}

/// What a request that is being filled in is about.
pub(super) async fn wanted(customer: &Customer, (record, wish): (RecordId, Wish)) -> Result<About, Trouble> {
    let class = desk::read::own_class(&customer.app.house, &customer.platform, customer.subject, record).await?;
    Ok(About {
        wish: say_wish(wish),
        what: customer.platform.tables.program().names.name_of(Kind::Record, class.as_str()).to_owned(),
        href: format!("{}/records/{record}", customer.base()),
        note: (wish == Wish::Change).then(|| say("service-change-note")),
        ..About::default()
    })
}

/// What was asked, with the way to one of its two records.
fn told(asked: &Asked, to: RecordId, customer: &Customer) -> About {
    let (state, tone) = state(asked.ended.map(|(end, _)| end));
    About {
        wish: say_wish(asked.wish),
        what: asked.class_name.clone(),
        since: asked.in_force_from.map(Day),
        until: asked.in_force_until.map(Day),
        href: format!("{}/records/{to}", customer.base()),
        note: None,
        state,
        tone,
        take_back: asked.ended.is_none().then(|| format!("{}/records/{}/take-back", customer.base(), asked.request)),
        why: asked.reason.as_deref().and_then(declined).or_else(|| follows(asked)),
        at: Some(Moment(asked.ended.map_or(asked.at, |(_, at)| at))),
    }
}

/// What the decision does not do by itself: the core system writes what was changed, as it writes every policy.
fn follows(asked: &Asked) -> Option<String> {
    let granted = matches!(asked.ended, Some((End::Decided(Decided::Accepted), _)));
    (granted && asked.wish == Wish::Change).then(|| say("service-change-follows"))
}

/// `POST /records/{id}/take-back`: the request that this record makes is taken back. What was decided meanwhile its page says.
pub(crate) async fn taken_back(Path((_, id)): Path<(String, String)>, Signed(customer, _): Signed<Customer>) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let request: RecordId = id.parse().map_err(|_| Trouble::Unknown)?;
    match service::take_back(house, platform, customer.subject, None, request, None).await {
        Ok(done) => Ok(customer.go(&format!("/records/{request}?done={}", done.leaf))),
        Err(Refusal::Wrong(_)) => Ok(customer.go(&format!("/records/{request}"))),
        Err(refusal) => Err(refusal.into()),
    }
}
