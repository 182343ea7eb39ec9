//! A customer's own records, in the course of a function that reads them.

use axum::extract::{Path, Query};
use axum::response::Response;
use desk::Platform;
use desk::read::{self, PartView, Query as Reads, Shown, own_record, own_records};
use model::{RecordId, Slug};
use policy::question::Outcome;

use super::enter::OfFunction;
use super::shell::Done;
use super::standing::Standing;
use crate::pages::portal::{RecordGroup, RecordItem, RecordPage, Records};
use crate::session::Customer;
use crate::told::acts::receipt;
use crate::told::elements::function;
use crate::told::reasons::{clause, distinct, uncoded};
use crate::told::records::{line, value};
use crate::trouble::Trouble;
use crate::words::say;

type Reply = Result<Response, Trouble>;

/// `GET /records`, in the course of the function named, else of the first that reads something of this customer.
pub(crate) async fn list(customer: Customer, of: OfFunction) -> Reply {
    let platform = &customer.platform;
    let standing = Standing::of(&customer).await?;
    let queries = read::queries(platform);
    let query = match &of.function {
        Some(id) => queries.into_iter().find(|query| query.function.as_str() == id),
        None => queries.into_iter().find(|query| reads_own(query, &standing)),
    };
    let query = query.ok_or(Trouble::Unknown)?;
    let channel = platform.portal_channel();
    let channel = channel.as_ref().map(Slug::as_str);
    let views = own_records(&customer.app.house, platform, customer.subject, query.function.as_str(), channel).await?;
    let element = function(platform, query.function.as_str());
    let number = element.and_then(|function| function.clause.first());
    let leaf = views.first().map(|view| view.leaf);
    customer.show(&Records {
        shell: customer.shell(),
        title: query.name.clone(),
        note: say("records-note"),
        clause: number.map(|number| clause(platform, number)),
        records: views.iter().map(|view| line(platform, view, customer.app.house.now())).collect(),
        receipt: leaf.map(|leaf| receipt(platform, leaf)),
    })
}

fn reads_own(query: &Reads, standing: &Standing) -> bool {
    standing.parts.iter().any(|(_, class, _)| query.classes.contains(class))
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
    let (record, leaf) = (line(platform, &view, customer.app.house.now()), view.leaf);
    customer.show(&RecordPage {
        shell: customer.shell_after(&done),
        list: queries.into_iter().next().map(|query| query.name),
        record,
        groups: groups(platform, view.parts),
        certificate: super::certificate::link(&customer, id).await?,
        cancel: super::cancelling::link(&customer, id).await?,
        servicing: super::servicing::of_record(&customer, id).await?,
        payments: super::payment::of_record(&customer, id).await?,
        uploads: super::attachment::uploads(&customer, id).await?,
        opened: super::invite::opened(&customer, id).await?,
        events: Vec::new(),
        replay: super::replay::link(&customer, id).await?,
        receipt: Some(receipt(platform, leaf)),
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
