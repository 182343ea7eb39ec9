//! Choices that are no consents: objections, permissions of the device, links in messages, and not being asked again.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use model::SubjectId;
use policy::question::Code;
use shouyue_desk::Refusal;
use shouyue_desk::consent::{allow, cooling, give, link, list, object, refuse, uses};
use shouyue_desk::device::{permissions, report};
use shouyue_desk::leaf::{Act, Who};

use super::{denied, refused_for};
use crate::house::{Bench, LI, slug, yes};

/// The one use of 海港 beside its functions.
const ANALYSIS: &str = "use.de-identified-analysis";

async fn objected(bench: &Bench, subject: SubjectId) -> bool {
    let uses = uses(&bench.house, &bench.platform(), subject).await.unwrap();
    uses.iter().find(|used| used.scope == ANALYSIS).unwrap().objected.is_some()
}

#[tokio::test]
async fn r31_objecting_is_one_act_that_ends_the_consent_and_a_later_yes_takes_it_back() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await.subject;
    let (house, platform) = (&bench.house, &bench.platform());
    give(house, platform, li, vec![yes(platform, ANALYSIS)]).await.unwrap();
    let done = object(house, platform, li, ANALYSIS, Who::Subject, None).await.unwrap();
    let entry = bench.entry(done.leaf).await;
    assert_eq!((entry.act, entry.scopes), (Act::Object, vec![ANALYSIS.to_owned()]));
    assert!(objected(&bench, li).await);
    let listed = list(house, platform, li).await.unwrap();
    assert!(listed.iter().all(|given| !given.scope.starts_with("opt-out.")), "an objection is no consent");
    assert!(listed.iter().any(|given| given.scope == ANALYSIS && given.withdrawn.is_some()));
    let twice = object(house, platform, li, ANALYSIS, Who::Subject, None).await;
    assert!(matches!(twice, Err(Refusal::Wrong(_))));

    let back = allow(house, platform, li, ANALYSIS, Who::Subject).await.unwrap();
    assert_eq!(bench.entry(back.leaf).await.act, Act::Allow);
    assert!(!objected(&bench, li).await);
    let given = list(house, platform, li).await.unwrap();
    assert!(given.iter().all(|given| given.scope != ANALYSIS || given.withdrawn.is_some()), "not a consent by itself");
    assert!(matches!(allow(house, platform, li, ANALYSIS, Who::Subject).await, Err(Refusal::NotFound(_))));

    object(house, platform, li, ANALYSIS, Who::Subject, None).await.unwrap();
    give(house, platform, li, vec![yes(platform, ANALYSIS)]).await.unwrap();
    assert!(!objected(&bench, li).await, "the latest word counts");
}

#[tokio::test]
async fn what_is_no_use_cannot_be_objected_to() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await.subject;
    for scope in ["collect.register", "use.no-such"] {
        denied(object(&bench.house, &bench.platform(), li, scope, Who::Subject, None).await.unwrap_err());
        let entry = refused_for(&bench, Code::NotDeclared).await;
        assert!(entry.scopes.is_empty());
    }
}

#[tokio::test]
async fn the_link_of_a_message_works_once_and_says_nothing_about_anybody() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await.subject;
    let (house, platform) = (&bench.house, &bench.platform());
    let (token, told) = link::link(house, platform, li, ANALYSIS).unwrap();
    assert_eq!(told.scope, ANALYSIS);
    assert!(LI.values().iter().all(|value| !token.contains(value)));
    assert_eq!(link::read(house, platform, &token).unwrap(), told, "looking does nothing");
    assert!(!objected(&bench, li).await);

    let first = link::follow(house, platform, &token).await.unwrap();
    assert!(objected(&bench, li).await);
    give(house, platform, li, vec![yes(platform, ANALYSIS)]).await.unwrap();
    let again = link::follow(house, platform, &token).await.unwrap();
    assert_eq!(first.leaf, again.leaf);
    assert!(!objected(&bench, li).await, "an old link does not undo a new yes");

    let mut forged = token.clone().into_bytes();
    forged[60] = if forged[60] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    for wrong in [forged.as_str(), "", "no-link"] {
        assert!(matches!(link::follow(house, platform, wrong).await, Err(Refusal::NotFound("link"))), "{wrong}");
    }
    assert!(matches!(link::link(house, platform, li, "collect.register"), Err(Refusal::NotFound("scope"))));
    bench.clock.advance(SignedDuration::from_hours(91 * 24));
    assert!(matches!(link::read(house, platform, &token), Err(Refusal::NotFound("link"))));
}

#[tokio::test]
async fn r14_a_refusal_is_counted_and_not_asked_again_until_the_cool_down_is_over() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await.subject;
    let (house, platform) = (&bench.house, &bench.platform());
    let scope = "collect.security";
    refuse(house, platform, li, scope).await.unwrap();
    bench.clock.advance(SignedDuration::from_hours(1));
    refuse(house, platform, li, scope).await.unwrap();
    let cools = cooling(house, platform, li).await.unwrap();
    let [one] = cools.as_slice() else { panic!("{cools:?}") };
    assert_eq!((one.scope.as_str(), one.times, one.at), (scope, 2, house.now()));
    let days = i64::from(platform.tables.program().operation.cool_down_days.value);
    assert_eq!(one.until.duration_since(one.at), SignedDuration::from_hours(days * 24));
    give(house, platform, li, vec![yes(platform, scope)]).await.unwrap();
    assert!(cooling(house, platform, li).await.unwrap().is_empty(), "the person came back to it");
    refuse(house, platform, li, scope).await.unwrap();
    bench.clock.advance(SignedDuration::from_hours(days * 24));
    assert!(cooling(house, platform, li).await.unwrap().is_empty());
}

fn states(states: &[(&str, bool)]) -> BTreeMap<model::Slug, bool> {
    states.iter().map(|(permission, on)| (slug(permission), *on)).collect()
}

#[tokio::test]
async fn switching_a_permission_off_withdraws_what_it_alone_feeds_and_on_gives_nothing() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await.subject;
    let (house, platform) = (&bench.house, &bench.platform());
    let view = async |id: &str| {
        let all = permissions(house, platform, li).await.unwrap();
        all.into_iter().find(|one| one.permission.as_str() == id).unwrap()
    };
    let device = view("user-info").await;
    assert_eq!((device.on, device.consented.is_empty()), (None, true));
    let fed: Vec<&str> = device.withdraws.iter().map(String::as_str).collect();
    assert_eq!(fed, ["collect.login"]);
    give(house, platform, li, vec![yes(platform, "collect.login")]).await.unwrap();

    let both = states(&[("user-info", true), ("camera", true)]);
    let on = report(house, platform, li, &both, Who::Subject, None).await.unwrap();
    let entry = bench.entry(on.leaf.unwrap()).await;
    assert_eq!((entry.act, entry.permissions.len(), entry.scopes.len()), (Act::Permission, 2, 0));
    let size = bench.size().await;
    let same = report(house, platform, li, &states(&[("camera", true)]), Who::Subject, None).await.unwrap();
    assert_eq!((same.leaf, bench.size().await), (None, size), "nothing new is no act");

    let off = report(house, platform, li, &states(&[("user-info", false)]), Who::Subject, None).await.unwrap();
    assert_eq!(off.withdrawn.len(), 1);
    assert_eq!(bench.entry(off.leaf.unwrap()).await.scopes, ["collect.login"]);
    assert_eq!(view("user-info").await.on, Some(false));
    let consents = list(house, platform, li).await.unwrap();
    assert!(consents.iter().any(|given| given.scope == "collect.login" && given.withdrawn.is_some()));
    report(house, platform, li, &states(&[("user-info", true)]), Who::Subject, None).await.unwrap();
    assert!(view("user-info").await.consented.is_empty(), "on is never a consent");

    let unknown = report(house, platform, li, &states(&[("gyroscope", false)]), Who::Subject, None).await;
    assert!(matches!(unknown, Err(Refusal::Wrong(why)) if why.contains("user-info")));
}
