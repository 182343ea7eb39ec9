//! After log-in: what can be done, and what was done last.

use axum::extract::Query;
use axum::response::Response;
use desk::Platform;
use desk::evidence::{self, LeafView};
use desk::leaf::{Act, Entry, Who};
use policy::syntax::Kind;

use super::shell::{Done, receipt};
use super::standing::Standing;
use crate::pages::parts::Moment;
use crate::pages::portal::{ActLine, ActOutcome, FunctionCard, Home};
use crate::session::Customer;
use crate::trouble::Trouble;
use crate::words::{act, fill, listed, say};

/// Acts that the page lists.
const LATEST: u32 = 5;

/// `GET /home`.
pub(crate) async fn home(customer: Customer, Query(done): Query<Done>) -> Result<Response, Trouble> {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let standing = Standing::of(&customer).await?;
    let (leaves, _) = evidence::leaves_of(house, platform, customer.subject, 0, LATEST).await?;
    let card = |function: &policy::syntax::Function| FunctionCard {
        name: function.name.value.clone(),
        text: super::form::purpose(platform, function),
        state: standing.state(platform, function),
    };
    customer.show(&Home {
        shell: customer.shell_after(&done),
        functions: standing.functions(platform).into_iter().map(card).collect(),
        acts: leaves.iter().filter_map(|leaf| line(platform, leaf)).collect(),
    })
}

/// An act on the ledger, as a line.
pub(crate) fn line(platform: &Platform, leaf: &LeafView) -> Option<ActLine> {
    let entry = leaf.entry.as_ref()?;
    Some(ActLine {
        at: Moment(entry.at),
        text: sentence(platform, entry),
        outcome: outcome(entry),
        receipt: Some(receipt(platform, leaf.index)),
    })
}

/// How an act went.
pub(crate) fn outcome(entry: &Entry) -> ActOutcome {
    if entry.act == Act::Refused { ActOutcome::Refused } else { ActOutcome::Done }
}

/// Who did what, in a sentence.
pub(crate) fn sentence(platform: &Platform, entry: &Entry) -> String {
    let who = match &entry.actor {
        Who::Subject => say("who-subject"),
        Who::Staff { role, .. } => {
            let roles = platform.tables.program().operation.roles.iter();
            let name = roles.filter(|one| one.id.value == *role).map(|one| one.name.value.as_str()).next();
            fill("who-staff", &[("role", name.unwrap_or_default())])
        }
        Who::Service { .. } => say("who-service"),
        Who::House => say("who-house"),
    };
    let what = what(platform, entry);
    let act = act(entry.act.word());
    if what.is_empty() {
        fill("act-alone", &[("who", &who), ("act", &act)])
    } else {
        fill("act-about", &[("who", &who), ("act", &act), ("what", &what)])
    }
}

/// What an act was about: the scopes, the function, the recipient.
pub(crate) fn what(platform: &Platform, entry: &Entry) -> String {
    let names = &platform.tables.program().names;
    if matches!(entry.act, Act::Consent | Act::Withdraw | Act::Refuse) {
        return listed(entry.scopes.iter().map(|scope| super::consenting::title(platform, scope)));
    }
    let function = entry.function.as_ref().map(|id| names.name_of(Kind::Function, id.as_str()));
    let party = entry.party.as_ref().map(|id| names.name_of(Kind::Party, id.as_str()));
    listed(function.into_iter().chain(party))
}
