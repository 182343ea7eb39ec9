//! A check with somebody outside (核验): what is compared with whom is told before anything leaves, then it is made.

use axum::extract::Path;
use axum::response::Response;
use desk::leaf::Who;
use desk::verify::{Stand, by_name, check, stands};
use desk::{Platform, Refusal};
use policy::syntax::{Check, CheckBy, Kind};

use super::standing::way;
use crate::pages::parts::{Fact, Link, Moment};
use crate::pages::portal::{CheckLine, CheckPage, CheckState};
use crate::session::{Customer, Signed};
use crate::told::elements;
use crate::told::reasons::clause;
use crate::trouble::Trouble;
use crate::words::{fill, say};

type Reply = Result<Response, Trouble>;

/// `GET /checks/{id}`; a check by face goes to the function that takes the face.
pub(crate) async fn ask(customer: Customer, Path((_, id)): Path<(String, String)>) -> Reply {
    let platform = &customer.platform;
    let made = check(platform, &id)?;
    if made.by.value == CheckBy::Face {
        let on = href(platform, made);
        return Ok(axum::response::IntoResponse::into_response(axum::response::Redirect::to(&on)));
    }
    customer.show(&page(&customer, made, None).await?)
}

/// `POST /checks/{id}`.
pub(crate) async fn sent(Path((_, id)): Path<(String, String)>, Signed(customer, _): Signed<Customer>) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let made = check(platform, &id)?;
    let problem = match by_name(house, platform, customer.subject, &id, Who::Subject).await {
        Ok(done) if done.verified => return Ok(customer.go(&format!("/home?done={}", done.leaf))),
        Ok(_) => say("check-differs"),
        Err(Refusal::TooMany) => say("check-too-many"),
        Err(Refusal::Wrong(_)) => {
            let function = elements::function(platform, &made.function.text);
            let name = function.map(|function| function.name.value.clone()).unwrap_or_default();
            fill("check-fill-first", &[("function", &name)])
        }
        Err(Refusal::Outside(_)) => say("check-no-answer"),
        Err(refusal) => return Err(refusal.into()),
    };
    customer.show_again(&page(&customer, made, Some(problem)).await?)
}

async fn page(customer: &Customer, made: &Check, problem: Option<String>) -> Result<CheckPage, Trouble> {
    let platform = &customer.platform;
    let stands = stands(&customer.app.house, platform, customer.subject).await?;
    let program = platform.tables.program();
    let share = made.share.as_ref();
    let share = share.and_then(|named| program.policy.shares.iter().find(|share| share.id.as_str() == named.text));
    let called = |kind, id: &str| program.names.name_of(kind, id).to_owned();
    let mut facts = Vec::new();
    if let Some(share) = share {
        let party = made.party.as_ref().map(|party| called(Kind::Party, &party.text));
        let to = party.unwrap_or_else(|| called(Kind::Recipient, &share.recipient.text));
        let items = ["name", "id-number"].map(|item| called(Kind::Item, item));
        facts.push(Fact { label: say("check-to"), value: to });
        facts.push(Fact { label: say("check-what"), value: items.join(&say("and")) });
    }
    let function = elements::function(platform, &made.function.text);
    let ways = program.operation.alternatives.iter().filter(|way| way.function.text == made.function.text);
    Ok(CheckPage {
        shell: customer.shell(),
        title: made.name.value.clone(),
        text: made.text.value.clone(),
        state: state(stands.iter().find(|stand| stand.check == made.id.value)),
        facts,
        clause: share.and_then(|share| share.clause.first()).map(|number| clause(platform, number)),
        fill: function.map(|function| Link { label: function.name.value.clone(), href: way(platform, function) }),
        others: ways.map(|way| (way.name.value.clone(), way.text.value.clone())).collect(),
        problem,
    })
}

/// Every check of the platform, as it stands with a customer.
pub(crate) async fn lines(customer: &Customer) -> Result<Vec<CheckLine>, Trouble> {
    let platform = &customer.platform;
    let stands = stands(&customer.app.house, platform, customer.subject).await?;
    let checks = platform.tables.program().operation.checks.iter().zip(&stands);
    let line = |(made, stand): (&Check, &Stand)| CheckLine {
        name: made.name.value.clone(),
        text: made.text.value.clone(),
        state: state(Some(stand)),
        href: href(platform, made),
    };
    Ok(checks.map(line).collect())
}

/// The ways to mend a fact that some check attests.
pub(crate) fn ways(platform: &Platform, fact: &str) -> Vec<Link> {
    let checks = platform.tables.program().operation.checks.iter().filter(|made| made.fact.text == fact);
    checks.map(|made| Link { label: made.name.value.clone(), href: href(platform, made) }).collect()
}

fn href(platform: &Platform, made: &Check) -> String {
    let function = elements::function(platform, &made.function.text);
    match (made.by.value, function) {
        (CheckBy::Face, Some(function)) => way(platform, function),
        _ => format!("/p/{}/checks/{}", platform.id, made.id.value),
    }
}

fn state(stand: Option<&Stand>) -> CheckState {
    match stand.and_then(|stand| stand.holds.zip(stand.at)) {
        None => CheckState::Never,
        Some((true, at)) => CheckState::Passed(Moment(at)),
        Some((false, at)) => CheckState::Failed(Moment(at)),
    }
}
