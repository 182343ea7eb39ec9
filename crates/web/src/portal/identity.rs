//! The ways to a verified identity, for whom it is asked of: the face first, then what needs none.

use std::collections::BTreeSet;

use desk::Platform;
use desk::identity::{Way, ways};
use policy::question::{Answer, Code};

use super::standing::{face_scope, way};
use crate::pages::parts::{Link, Unverified};
use crate::words::{fill, say};

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

fn links(platform: &Platform, ways: &[Way]) -> Vec<Link> {
    ways.iter().flat_map(|one| links_of(platform, one)).collect()
}

fn links_of(platform: &Platform, one: &Way) -> Vec<Link> {
    let Some(function) = crate::told::elements::function(platform, one.function.as_str()) else { return Vec::new() };
    let label = fill("verify-by", &[("function", &one.name)]);
    let mut links = vec![Link { label, href: way(platform, function) }];
    let scope = face_scope(platform, function).filter(|_| !one.alternatives.is_empty());
    links.extend(scope.map(|scope| Link {
        label: say("verify-otherwise"),
        href: format!("/p/{}/other-way/{}", platform.id, scope.id),
    }));
    links
}
