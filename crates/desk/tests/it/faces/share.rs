//! Sharing with a chosen party: only with that very party's grant, and never a moment longer.

use policy::finding::Source;
use policy::question::{Code, Effect};
use shouyue_desk::Refusal;
use shouyue_desk::collect::{HandIn, Handed, hand_in};
use shouyue_desk::consent::withdraw;
use shouyue_desk::leaf::{Act, Who};
use shouyue_desk::share::{Sought, agency_query};

use super::{BANK_CARD, NO_RECORD, denied, said, value};
use crate::house::{Bench, LI, WANG, field, haigang, slug};

#[tokio::test]
async fn r23_the_named_party_gets_what_was_granted_to_it_and_the_leaf_says_to_whom() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let subject = bench.known(&LI).await.subject;
    let record = bench.policy(&operator, &LI).await.record;
    bench.authorise(subject, "anhe").await;
    let agency = bench.agency(&operator, "anhe").await;
    for sought in [Sought::Record(record), Sought::Subject(subject), Sought::Document(LI.number.to_owned().into())] {
        let before = bench.size().await;
        let records = agency_query(&bench.house, &bench.platform(), &agency, sought).await.unwrap();
        assert_eq!(records.len(), 1);
        assert!(value(&records, "policy-info").is_some());
        assert!(value(&records, "bank-card").is_some_and(|card| card == BANK_CARD || card.contains('*')));
        assert_eq!(bench.size().await, before + 1);
        let entry = bench.entry(before).await;
        assert_eq!(entry.act, Act::Share);
        assert_eq!((entry.recipient, entry.party), (Some(slug("agency")), Some(slug("anhe"))));
        assert_eq!((entry.function, entry.purpose), (Some(slug("authorise-agency")), Some(slug("agency-service"))));
        assert!(matches!(entry.actor, Who::Service { token } if token == agency.id()));
        assert!(entry.items.contains(&slug("policy-info")));
    }
}

#[tokio::test]
async fn r23_a_party_without_a_grant_learns_nothing_but_leaves_a_leaf() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let subject = bench.known(&LI).await.subject;
    let record = bench.policy(&operator, &LI).await.record;
    bench.authorise(subject, "anhe").await;
    let other = bench.agency(&operator, "xinfan").await;
    let before = bench.size().await;
    let refused = agency_query(&bench.house, &bench.platform(), &other, Sought::Record(record)).await;
    let nothing = agency_query(&bench.house, &bench.platform(), &other, Sought::Record(NO_RECORD)).await;
    let nobody = Sought::Document(WANG.number.to_owned().into());
    let nobody = agency_query(&bench.house, &bench.platform(), &other, nobody).await;
    assert_eq!([said(refused), said(nothing), said(nobody)], ["no such policy"; 3]);
    assert_eq!(bench.size().await, before + 1, "only the first was a decision about somebody");
    let entry = bench.entry(before).await;
    assert_eq!((entry.act, entry.effect, entry.party), (Act::Refused, Effect::Deny, Some(slug("xinfan"))));
    assert_eq!(entry.reasons, [Code::ConsentMissing]);
}

#[tokio::test]
async fn r23_a_token_must_speak_for_a_party_and_cover_the_share() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let record = bench.policy(&operator, &LI).await.record;
    let tokens = [
        bench.system(&operator, &["share"], &["authorise-agency"], None).await,
        bench.system(&operator, &["share"], &["query-policy"], Some("anhe")).await,
        bench.system(&operator, &["collect"], &["authorise-agency"], Some("anhe")).await,
    ];
    for token in tokens {
        let refused = agency_query(&bench.house, &bench.platform(), &token, Sought::Record(record)).await;
        assert!(matches!(refused, Err(Refusal::NotAllowed(_))));
    }
    let other = bench.publish(crate::house::renamed("anrun")).await.unwrap();
    let agency = bench.agency(&operator, "anhe").await;
    let refused = agency_query(&bench.house, &other, &agency, Sought::Record(record)).await;
    assert!(matches!(refused, Err(Refusal::NotAllowed(_))), "invariant 11");
}

#[tokio::test]
async fn r12_after_a_revocation_the_next_query_is_refused_and_says_why_in_every_house() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let subject = bench.known(&LI).await.subject;
    let record = bench.policy(&operator, &LI).await.record;
    let grants = bench.authorise(subject, "anhe").await;
    let agency = bench.agency(&operator, "anhe").await;
    let second = bench.second().await;
    for house in [&bench.house, &second] {
        agency_query(house, &bench.platform(), &agency, Sought::Record(record)).await.unwrap();
    }
    withdraw(&bench.house, &bench.platform(), subject, grants[0].consent.unwrap()).await.unwrap();
    for house in [&second, &bench.house] {
        let before = bench.size().await;
        let refused = agency_query(house, &bench.platform(), &agency, Sought::Record(record)).await;
        assert!(denied(refused).contains(&Code::ConsentWithdrawn));
        let entry = bench.entry(before).await;
        assert_eq!((entry.act, entry.party), (Act::Refused, Some(slug("anhe"))));
        assert!(entry.reasons.contains(&Code::ConsentWithdrawn));
        assert!(entry.subject.is_some());
    }
}

/// The published text names no policy number among what a policy holds; here is a text that does.
#[tokio::test]
async fn a_policy_number_leads_to_that_one_policy() {
    let bench = Bench::empty().await;
    let (policy, operation) = haigang();
    let numbered = policy
        .text
        .replace("\"policy-info\", \"name\", \"sex\"", "\"policy-info\", \"policy-number\", \"name\", \"sex\"");
    bench.publish((Source::new("undated.toml", numbered), operation)).await.unwrap();
    let operator = bench.operator().await;
    let li = bench.known(&LI).await.subject;
    bench.authorise(li, "anhe").await;
    let agency = bench.agency(&operator, "anhe").await;
    let core = bench.system(&operator, &["collect"], &[], None).await;
    let (house, platform) = (&bench.house, &bench.platform());
    let mut records = Vec::new();
    for number in ["HG2026000017", "HG2026000018"] {
        let mut fields = super::policy_fields(&LI, "applicant");
        fields.push(field("policy-number", number));
        let people = vec![Handed { roles: vec![slug("applicant"), slug("insured")], fields }];
        let handed = HandIn { class: slug("policy"), product: None, in_force_from: None, in_force_until: None, people };
        records.push(hand_in(house, platform, &core, handed, None).await.unwrap().record);
    }
    let query = async |number: &str| {
        agency_query(house, platform, &agency, Sought::PolicyNumber(number.to_owned().into())).await
    };
    for (number, record) in [("HG2026000018", records[1]), ("HG 2026 000017", records[0])] {
        let found = query(number).await.unwrap();
        assert_eq!(found.iter().map(|view| view.record).collect::<Vec<_>>(), [record]);
    }
    assert_eq!(said(query("HG2026000019").await), "no such policy");
    let all = agency_query(house, platform, &agency, Sought::Subject(li)).await.unwrap();
    assert_eq!(all.len(), 2);
}
