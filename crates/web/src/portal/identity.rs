//! The ways to a verified identity, for whom it is asked of: the face first, then what needs none.

use std::collections::BTreeSet;

use desk::Platform;
use desk::evidence::{LeafView, leaves_of};
use desk::identity::{Way, ways};
use desk::leaf::Act;
use policy::question::{Answer, Code};

use super::standing::{Standing, face_scope, way};
use crate::pages::parts::{Link, Unverified};
use crate::session::Customer;
use crate::trouble::Trouble;
use crate::words::{fill, say};

/// Newest leaves among which the choice of a way is looked for.
const LOOKED_AT: u32 = 100;

/// What a list says that leaves out what systems handed in, while the identity is not verified.
pub(crate) fn notice(platform: &Platform, ways: &[Way]) -> Unverified {
    let label = render::labels::code(Code::IdentityUnverified);
    Unverified { text: label.map(|label| label.text.clone()).unwrap_or_default(), ways: links(platform, ways) }
}

/// Where to go after a refusal that a verified identity or a check would mend; nowhere after any other.
pub(crate) fn mends(platform: &Platform, answer: &Answer) -> Vec<Link> {
    let whole = answer.published.reasons.iter().chain(&answer.law.reasons);
    let all: Vec<_> = whole.chain(answer.items.iter().flat_map(|item| &item.reasons)).collect();
    if all.iter().any(|reason| reason.code == Code::IdentityUnverified) {
        return links(platform, &ways(platform));
    }
    let open = all.iter().filter(|reason| matches!(reason.code, Code::FactUnknown | Code::ConditionFalse));
    let facts: BTreeSet<&str> = open.filter_map(|reason| reason.fact.as_deref()).collect();
    facts.into_iter().flat_map(|fact| super::check::ways(platform, fact)).collect()
}

/// The way without a face that an unverified customer chose last, and that nobody has gone yet.
pub(super) async fn awaited(customer: &Customer, standing: &Standing) -> Result<Option<(String, String)>, Trouble> {
    if standing.verified {
        return Ok(None);
    }
    let (leaves, _) = leaves_of(&customer.app.house, &customer.platform, customer.subject, 0, LOOKED_AT).await?;
    let ways = &customer.platform.tables.program().operation.alternatives;
    let chosen = |leaf: &LeafView| {
        let entry = leaf.entry.as_ref().filter(|entry| entry.act == Act::Step)?;
        ways.iter().find(|way| entry.because.as_deref() == Some(way.id.as_str()))
    };
    Ok(leaves.iter().find_map(chosen).map(|way| (way.name.value.clone(), way.text.value.clone())))
}

fn links(platform: &Platform, ways: &[Way]) -> Vec<Link> {
    ways.iter().flat_map(|one| links_of(platform, one)).collect()
}

fn links_of(platform: &Platform, one: &Way) -> Vec<Link> {
    let Some(function) = crate::told::elements::function(platform, one.function.as_str()) else { return Vec::new() };
    let label = fill("verify-by", &[("function", &one.name)]);
    if !one.by_face {
        // Its own page does something else: only its other ways verify.
        return vec![Link { label, href: format!("/p/{}/other-way/{}", platform.id, one.function) }];
    }
    let mut links = vec![Link { label, href: way(platform, function) }];
    let scope = face_scope(platform, function).filter(|_| !one.alternatives.is_empty());
    links.extend(scope.map(|scope| Link {
        label: say("verify-otherwise"),
        href: format!("/p/{}/other-way/{}", platform.id, scope.id),
    }));
    links
}
