//! A customer's own records, in the course of a function that reads them.

use axum::extract::{Path, Query};
use axum::response::Response;
use desk::read::{self, PartView, Query as Reads, RecordView, Shown, own_record, own_records};
use desk::{Platform, identity};
use model::{RecordId, Slug};
use policy::question::Outcome;
use policy::syntax::{Function, FunctionKind};

use super::applying;
use super::enter::{OfFunction, registers};
use super::identity::notice;
use super::shell::Done;
use crate::pages::parts::Shown as Value;
use crate::pages::portal::{RecordGroup, RecordItem, RecordLine, RecordPage, Records};
use crate::session::Customer;
use crate::told::acts::receipt;
use crate::told::elements::function;
use crate::told::reasons::{clause, distinct, uncoded};
use crate::told::records::{line, value};
use crate::trouble::Trouble;
use crate::words::say;

type Reply = Result<Response, Trouble>;

/// `GET /records`: in the course of the function named, else everything that the customer has with the house.
pub(crate) async fn list(customer: Customer, of: OfFunction) -> Reply {
    match &of.function {
        Some(function) => in_course(&customer, function).await,
        None => all(&customer).await,
    }
}

/// Everything, as the headers tell it.
async fn all(customer: &Customer) -> Reply {
    let platform = &customer.platform;
    let own = of_business(customer).await?;
    let unverified = !identity::is_verified(&customer.app.house, platform, customer.subject).await?;
    let handed_in = unverified && read::queries(platform).iter().any(|query| closed(platform, query));
    customer.show(&Records {
        shell: customer.shell(),
        title: say("my-records"),
        note: say("my-records-note"),
        clause: None,
        unverified: handed_in.then(|| notice(platform, &identity::ways(platform))),
        records: lines(customer, &own).await?,
        receipt: None,
    })
}

/// Records as cards, each with the way to its certificate.
async fn lines(customer: &Customer, views: &[RecordView]) -> Result<Vec<RecordLine>, Trouble> {
    let mut lines = Vec::with_capacity(views.len());
    for view in views {
        let certificate = super::certificate::link(customer, view.record).await?;
        lines.push(RecordLine { certificate, ..line(&customer.platform, view) });
    }
    Ok(lines)
}

/// Whether a function shows nothing before the identity is verified.
fn closed(platform: &Platform, query: &Reads) -> bool {
    function(platform, query.function.as_str()).is_some_and(|one| identity::is_asked_by(platform, one))
}

/// What the customer has with the house, newest first: without accounts, and without what is kept for proof and safety.
pub(super) async fn of_business(customer: &Customer) -> Result<Vec<RecordView>, Trouble> {
    let platform = &customer.platform;
    let mut own = read::own_headers(&customer.app.house, platform, customer.subject).await?;
    own.retain(|view| is_business(platform, &view.class));
    Ok(own)
}

/// Whether records of a class come of something that customers do here, or of the business that systems hand in.
fn is_business(platform: &Platform, class: &Slug) -> bool {
    let makes = |one: &&Function| one.makes.as_ref().is_some_and(|made| made.text == class.as_str());
    let makers: Vec<&Function> = platform.tables.program().policy.functions.iter().filter(makes).collect();
    let kept = |one: &Function| matches!(one.kind.value, FunctionKind::Statutory | FunctionKind::Security);
    let done = |one: &&Function| applying::makes(one) && !kept(one);
    makers.is_empty() || (makers.iter().any(done) && !makers.iter().any(|one| registers(platform, one)))
}

/// What one function reads.
async fn in_course(customer: &Customer, id: &str) -> Reply {
    let platform = &customer.platform;
    let query = read::queries(platform).into_iter().find(|query| query.function.as_str() == id);
    let query = query.ok_or(Trouble::Unknown)?;
    let channel = platform.portal_channel();
    let channel = channel.as_ref().map(Slug::as_str);
    let views = own_records(&customer.app.house, platform, customer.subject, query.function.as_str(), channel).await?;
    let element = function(platform, query.function.as_str());
    let number = element.and_then(|function| function.clause.first());
    let leaf = views.first().and_then(|view| view.leaf);
    let mut shown = views.iter().flat_map(|view| &view.parts).flat_map(|part| &part.items);
    let masked = shown.any(|shown| matches!(value(shown), Value::Masked(_)));
    customer.show(&Records {
        shell: customer.shell(),
        title: query.name.clone(),
        note: say(if masked { "records-note-masked" } else { "records-note" }),
        clause: number.map(|number| clause(platform, number)),
        unverified: None,
        records: lines(customer, &views).await?,
        receipt: leaf.map(|leaf| receipt(platform, leaf)),
    })
}

/// `GET /records/{id}`: somebody else's record is not found, like one that never was.
pub(crate) async fn page(customer: Customer, Path((_, id)): Path<(String, String)>, Query(done): Query<Done>) -> Reply {
    let platform = &customer.platform;
    let id: RecordId = id.parse().map_err(|_| Trouble::Unknown)?;
    let class = read::own_class(&customer.app.house, platform, customer.subject, id).await?;
    let queries = read::queries_of(platform, &class);
    let functions: Vec<Slug> = queries.iter().map(|query| query.function.clone()).collect();
    let channel = platform.portal_channel();
    let channel = channel.as_ref().map(Slug::as_str);
    let view = own_record(&customer.app.house, platform, customer.subject, id, &functions, channel).await?;
    let (record, leaf) = (line(platform, &view), view.leaf);
    customer.show(&RecordPage {
        shell: customer.shell_after(&done),
        list: say("my-records"),
        record,
        groups: groups(platform, view.parts),
        certificate: super::certificate::link(&customer, id).await?,
        cancel: super::cancelling::link(&customer, id).await?,
        servicing: super::servicing::of_record(&customer, id).await?,
        payments: super::payment::of_record(&customer, id).await?,
        uploads: super::attachment::uploads(&customer, id).await?,
        opened: super::invite::opened(&customer, id).await?,
        rosters: super::roster::links(&customer, id).await?,
        events: Vec::new(),
        replay: super::replay::link(&customer, id).await?,
        receipt: leaf.map(|leaf| receipt(platform, leaf)),
    })
}

/// The parts of a record, with what is not shown and why.
pub(super) fn groups(platform: &Platform, parts: Vec<PartView>) -> Vec<RecordGroup> {
    let item = |shown: &Shown| RecordItem {
        label: shown.name.clone(),
        reasons: if shown.answer.outcome == Outcome::Withheld {
            uncoded(distinct(platform, &shown.answer.reasons))
        } else {
            Vec::new()
        },
        value: value(shown),
    };
    let group = |part: PartView| RecordGroup { legend: part.person_name, items: part.items.iter().map(item).collect() };
    parts.into_iter().map(group).collect()
}
