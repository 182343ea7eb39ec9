//! My consents, and taking one back: two steps, as giving is.

use std::collections::BTreeSet;

use axum::extract::Path;
use axum::response::Response;
use desk::archive::{self, Given};
use desk::consent::{self, ConsentView, withdraw};
use desk::{Platform, evidence, retain};
use model::act::GivenBy;
use model::{ConsentId, Slug};
use policy::diff::{Cause, Widened};
use policy::syntax::{Form, Kind, Purpose, Ref};
use policy::terms::Scope;

use super::leave::kept;
use crate::pages::parts::{Link, Moment, ReceiptLink};
use crate::pages::portal::{AgainLine, ConsentLine, ConsentState, Consents, Withdraw, Withdrawn};
use crate::session::{Customer, Signed};
use crate::told::acts::receipt;
use crate::told::elements::{clause_given, consented, covered, scope, title, version};
use crate::trouble::Trouble;
use crate::words::{fill, listed, say, wider};

type Reply = Result<Response, Trouble>;

/// `GET /consents`.
pub(crate) async fn list(customer: Customer) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let given = consent::list(house, platform, customer.subject).await?;
    let (now, versions) = (house.now(), archive::given(house, platform, &given).await?);
    let mut lines = Vec::with_capacity(given.len());
    let receipts = receipts(&customer).await?;
    for view in given.iter().rev() {
        let mut line = line(&versions, view, now);
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

/// A consent in a line, as the version has it that it was given to. Of one that is not known here neither items nor purpose nor
/// clause is told: what another version says, nobody consented to.
fn line(versions: &Given, view: &ConsentView, now: jiff::Timestamp) -> ConsentLine {
    let known = versions.version(view);
    let declared = covered(known.as_deref(), view);
    let names = &known.as_deref().unwrap_or_else(|| versions.current()).tables.program().names;
    let party = view.party.as_ref().map(|party| names.name_of(Kind::Party, party.as_str()));
    let (heading, form) = consented(versions, view);
    ConsentLine {
        id: view.id.to_string(),
        title: party.map_or(heading.clone(), |party| fill("title-for-party", &[("title", &heading), ("party", party)])),
        form,
        purpose: declared.map(|(version, scope)| purpose(version, scope)).unwrap_or_default(),
        items: declared.map(|(version, scope)| items(version, Some(scope))).unwrap_or_default(),
        given: Moment(view.at),
        version: version(&view.of_version),
        by: (view.by != GivenBy::Oneself).then(|| say("by-guardian")),
        clause: declared.and_then(|(version, scope)| clause_given(versions, version, scope)),
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

/// The consent of that id, with the version that it was given to.
async fn own(customer: &Customer, id: &str) -> Result<(ConsentView, Given), Trouble> {
    let id: ConsentId = id.parse().map_err(|_| Trouble::Unknown)?;
    let (house, platform) = (&customer.app.house, &customer.platform);
    let given = consent::list(house, platform, customer.subject).await?;
    let view = given.into_iter().find(|view| view.id == id).ok_or(Trouble::Unknown)?;
    let versions = archive::given(house, platform, std::slice::from_ref(&view)).await?;
    Ok((view, versions))
}

/// What stops without a consent, and what goes on. What was never consented to does not stop either.
fn follows(versions: &Given, view: &ConsentView) -> (Vec<String>, Vec<String>) {
    let (platform, known) = (versions.current(), versions.version(view));
    let consented = covered(known.as_deref(), view).map(|(_, scope)| scope);
    let names = &platform.tables.program().names;
    let Some(scope) = scope(platform, &view.scope) else { return Default::default() };
    let element = names.name_of(scope.kind, scope.element.as_str());
    let items = scope.items.iter().filter(|item| consented.is_some_and(|consented| consented.items.contains(item)));
    let items = listed(items.map(|item| names.name_of(Kind::Item, item.as_str())));
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
    let (view, versions) = own(&customer, &id).await?;
    let (stops, stays) = follows(&versions, &view);
    customer.show(&Withdraw {
        shell: customer.shell(),
        consent: line(&versions, &view, customer.app.house.now()),
        stops,
        stays: vec![fill("stays", &[("functions", &listed(stays))])],
        kept: kept_of(&customer, &view).await?,
    })
}

/// `POST /consents/{id}/withdraw`.
pub(crate) async fn sent(Path((_, id)): Path<(String, String)>, Signed(customer, _): Signed<Customer>) -> Reply {
    let (view, _) = own(&customer, &id).await?;
    let done = withdraw(&customer.app.house, &customer.platform, customer.subject, view.id).await?;
    let (view, versions) = own(&customer, &id).await?;
    customer.show(&Withdrawn {
        shell: customer.shell(),
        consent: line(&versions, &view, customer.app.house.now()),
        stops: follows(&versions, &view).0,
        kept: kept_of(&customer, &view).await?,
        receipt: Some(receipt(&customer.platform, done.leaf)),
    })
}
