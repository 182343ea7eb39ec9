//! My consents, and taking one back: two steps, as giving is.

use std::collections::BTreeSet;

use axum::extract::Path;
use axum::response::Response;
use desk::consent::{self, ConsentView, withdraw};
use desk::{Platform, evidence, retain};
use model::act::GivenBy;
use model::{ConsentId, Slug};
use policy::diff::{Cause, Widened};
use policy::syntax::{Form, Kind, Purpose, Ref};
use policy::terms::Scope;

use super::leave::kept;
use crate::pages::parts::{ConsentForm, Link, Moment, ReceiptLink};
use crate::pages::portal::{AgainLine, ConsentLine, ConsentState, Consents, Withdraw, Withdrawn};
use crate::session::{Customer, Signed};
use crate::told::acts::receipt;
use crate::told::elements::{clause_of, form_of, scope, title, version};
use crate::trouble::Trouble;
use crate::words::{fill, listed, say, wider};

type Reply = Result<Response, Trouble>;

/// `GET /consents`.
pub(crate) async fn list(customer: Customer) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let given = consent::list(house, platform, customer.subject).await?;
    let now = house.now();
    let mut lines = Vec::with_capacity(given.len());
    let receipts = receipts(&customer).await?;
    for view in given.iter().rev() {
        let mut line = line(platform, view, now);
        line.receipt = receipts
            .iter()
            .find(|(scope, at, _)| *scope == view.scope && *at == view.at)
            .map(|(_, _, link)| link.clone());
        lines.push(line);
    }
    let again = again(&customer).await?;
    customer.show(&Consents { shell: customer.shell(), again, consents: lines })
}

/// What the version in force asks a customer again, each with where it is decided.
pub(crate) async fn again(customer: &Customer) -> Result<Vec<AgainLine>, Trouble> {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let names = &platform.tables.program().names;
    let mut lines = Vec::new();
    for one in consent::asked_again(house, platform, customer.subject).await? {
        let Some(declared) = scope(platform, &one.scope) else { continue };
        let heading = title(platform, &one.scope);
        let party = one.party.as_ref().map(|party| names.name_of(Kind::Party, party.as_str()));
        let label =
            party.map_or(heading.clone(), |party| fill("title-for-party", &[("title", &heading), ("party", party)]));
        let path = match declared.form {
            _ if declared.per_party => "agencies".to_owned(),
            Form::Written => format!("written/{}", one.scope),
            Form::General | Form::Separate => format!("choices/{}", one.scope),
        };
        let href = format!("/p/{}/{path}", platform.id);
        lines.push(AgainLine {
            ask: Link { label, href },
            given: Moment(one.given),
            version: version(&one.of_version),
            why: why(&one.why),
        });
    }
    Ok(lines)
}

/// Why somebody is asked again: a sentence for each cause, with everything that it is about.
fn why(widened: &[Widened]) -> Vec<String> {
    let about = |cause: Cause| {
        let names: BTreeSet<&str> =
            widened.iter().filter(|one| one.cause == cause).map(|one| one.name.as_str()).collect();
        (!names.is_empty()).then(|| wider(cause.word(), &listed(names)))
    };
    Cause::ALL.iter().filter_map(|cause| about(*cause)).collect()
}

/// The leaves by which consents were given: scope, instant, receipt.
async fn receipts(customer: &Customer) -> Result<Vec<(String, jiff::Timestamp, ReceiptLink)>, Trouble> {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let (leaves, _) = evidence::leaves_of(house, platform, customer.subject, 0, evidence::PAGE).await?;
    let entries = leaves.iter().filter_map(|leaf| Some((leaf.index, leaf.entry.as_ref()?)));
    Ok(entries
        .flat_map(|(index, entry)| {
            entry.scopes.iter().map(move |scope| (scope.clone(), entry.at, receipt(platform, index)))
        })
        .collect())
}

/// A consent in a line.
pub(crate) fn line(platform: &Platform, view: &ConsentView, now: jiff::Timestamp) -> ConsentLine {
    let declared = scope(platform, &view.scope);
    let names = &platform.tables.program().names;
    let party = view.party.as_ref().map(|party| names.name_of(Kind::Party, party.as_str()));
    let heading = title(platform, &view.scope);
    ConsentLine {
        id: view.id.to_string(),
        title: party.map_or(heading.clone(), |party| fill("title-for-party", &[("title", &heading), ("party", party)])),
        form: declared.map_or(ConsentForm::General, |scope| form_of(scope.form)),
        purpose: declared.map_or_else(|| say("not-stated"), |scope| purpose(platform, scope)),
        items: items(platform, declared),
        given: Moment(view.at),
        version: version(&view.of_version),
        by: (view.by != GivenBy::Oneself).then(|| say("by-guardian")),
        clause: declared.and_then(|scope| clause_of(platform, scope)),
        state: state(view, now),
        receipt: None,
        document: view.artefact == model::act::Artefact::Written,
    }
}

fn state(view: &ConsentView, now: jiff::Timestamp) -> ConsentState {
    match (view.withdrawn, view.until.filter(|until| *until <= now)) {
        (Some(at), _) => ConsentState::Withdrawn(Moment(at)),
        (None, Some(at)) => ConsentState::Expired(Moment(at)),
        (None, None) if view.outgrown => ConsentState::Outgrown,
        (None, None) => ConsentState::InForce,
    }
}

pub(super) fn items(platform: &Platform, scope: Option<&Scope>) -> Vec<String> {
    let names = &platform.tables.program().names;
    scope
        .into_iter()
        .flat_map(|scope| &scope.items)
        .map(|item| names.name_of(Kind::Item, item.as_str()).to_owned())
        .collect()
}

/// What a scope is for: the purposes of the element that it belongs to. Sources and disclosures state none of their own.
fn purpose(platform: &Platform, scope: &Scope) -> String {
    let program = platform.tables.program();
    let (policy, element) = (&program.policy, &scope.element);
    let named: Vec<&Ref<Purpose>> = match scope.kind {
        Kind::Function => {
            policy.functions.iter().filter(|one| one.id.value == *element).flat_map(|one| &one.purposes).collect()
        }
        Kind::Use => policy.uses.iter().filter(|one| one.id.value == *element).map(|one| &one.purpose).collect(),
        Kind::Share => {
            policy.shares.iter().filter(|one| one.id.value == *element).filter_map(|one| one.purpose.said()).collect()
        }
        Kind::Tracker => {
            policy.trackers.iter().filter(|one| one.id.value == *element).map(|one| &one.purpose).collect()
        }
        _ => Vec::new(),
    };
    let named = named.into_iter().map(|purpose| program.names.name_of(Kind::Purpose, &purpose.text));
    let named: Vec<&str> = named.collect();
    if named.is_empty() { say("not-stated") } else { listed(named) }
}

async fn own(customer: &Customer, id: &str) -> Result<ConsentView, Trouble> {
    let id: ConsentId = id.parse().map_err(|_| Trouble::Unknown)?;
    let given = consent::list(&customer.app.house, &customer.platform, customer.subject).await?;
    given.into_iter().find(|view| view.id == id).ok_or(Trouble::Unknown)
}

/// What stops without a scope, and what goes on.
fn follows(platform: &Platform, view: &ConsentView) -> (Vec<String>, Vec<String>) {
    let names = &platform.tables.program().names;
    let Some(scope) = scope(platform, &view.scope) else { return Default::default() };
    let element = names.name_of(scope.kind, scope.element.as_str());
    let items = listed(items(platform, Some(scope)));
    let stops = if items.is_empty() {
        fill("stops", &[("element", element)])
    } else {
        fill("stops-items", &[("element", element), ("items", &items)])
    };
    let others = platform.tables.program().policy.functions.iter();
    let others = others.filter(|one| scope.kind != Kind::Function || one.id.value != scope.element);
    (vec![stops], others.map(|one| one.name.value.clone()).collect())
}

async fn kept_of(customer: &Customer, view: &ConsentView) -> Result<Vec<crate::pages::portal::Kept>, Trouble> {
    let plan = retain::plan(&customer.app.house, &customer.platform, customer.subject).await?;
    let functions = &customer.platform.tables.program().policy.functions;
    let declared = scope(&customer.platform, &view.scope);
    let makes: BTreeSet<Slug> = functions
        .iter()
        .filter(|one| declared.is_some_and(|scope| scope.kind == Kind::Function && scope.element == one.id.value))
        .filter_map(|one| one.makes.as_ref()?.text.parse().ok())
        .collect();
    let fates: Vec<_> = plan.parts.into_iter().filter(|part| makes.contains(&part.class)).collect();
    Ok(kept(&customer.platform, &fates))
}

/// `GET /consents/{id}/withdraw`.
pub(crate) async fn ask(customer: Customer, Path((_, id)): Path<(String, String)>) -> Reply {
    let view = own(&customer, &id).await?;
    let (stops, stays) = follows(&customer.platform, &view);
    customer.show(&Withdraw {
        shell: customer.shell(),
        consent: line(&customer.platform, &view, customer.app.house.now()),
        stops,
        stays: vec![fill("stays", &[("functions", &listed(stays))])],
        kept: kept_of(&customer, &view).await?,
    })
}

/// `POST /consents/{id}/withdraw`.
pub(crate) async fn sent(Path((_, id)): Path<(String, String)>, Signed(customer, _): Signed<Customer>) -> Reply {
    let view = own(&customer, &id).await?;
    let done = withdraw(&customer.app.house, &customer.platform, customer.subject, view.id).await?;
    let view = own(&customer, &id).await?;
    customer.show(&Withdrawn {
        shell: customer.shell(),
        consent: line(&customer.platform, &view, customer.app.house.now()),
        stops: follows(&customer.platform, &view).0,
        kept: kept_of(&customer, &view).await?,
        receipt: Some(receipt(&customer.platform, done.leaf)),
    })
}
