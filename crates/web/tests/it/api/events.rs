//! The change feed over HTTP: what committed, in order, for who may hear of it.

use serde_json::{Value, json};
use testkit::{Power, person};

use super::{AGENCY, Bench, CORE, below};

async fn page(bench: &Bench, after: Option<&str>, limit: usize) -> Value {
    let after = after.map_or(String::new(), |after| format!("&after={after}"));
    let answer = bench.call(&bench.core, "GET", &format!("/v1/events?limit={limit}{after}"), None).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.json()
}

fn kinds(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn r12_a_cache_learns_of_consent_withdrawal_correction_and_erasure_in_their_order() {
    let bench = Bench::new().await;
    let first = page(&bench, None, 50).await;
    assert_eq!(kinds(&first), ["publication"]);
    assert!(first["items"][0].get("subject").is_none());
    let begun = first["next"].as_str().unwrap().to_owned();
    assert!(kinds(&page(&bench, Some(&begun), 50).await).is_empty());

    let registered = bench.post("registrations", &bench.registration(&person(7))).await;
    let (subject, record) = (registered.at("/subject"), registered.at("/record"));
    bench.agree(&subject, "collect.query-account").await;
    let consents = bench.call(&bench.core, "GET", &below(&format!("subjects/{subject}/consents")), None).await.json();
    let given = consents["items"].as_array().unwrap().iter().find(|one| one["scope"] == "collect.query-account");
    let consent = given.unwrap()["id"].as_str().unwrap();
    let withdrawn = below(&format!("subjects/{subject}/consents/{consent}"));
    assert_eq!(bench.call(&bench.core, "DELETE", &withdrawn, None).await.status, 200);
    // What fails is no change: a second withdrawal, and a consent to what is not declared.
    assert_ne!(bench.call(&bench.core, "DELETE", &withdrawn, None).await.status, 200);
    let value = json!({ "record": record, "person": "registrant", "item": "phone", "value": "19900009999" });
    let path = below(&format!("subjects/{subject}/values"));
    assert_eq!(bench.call(&bench.core, "PATCH", &path, Some(&value)).await.status, 200);
    let path = below(&format!("subjects/{subject}/erasure"));
    assert_eq!(bench.call(&bench.core, "POST", &path, None).await.status, 200);

    let all = page(&bench, Some(&begun), 50).await;
    let expected = ["consent", "consent", "withdrawal", "correction", "withdrawal", "erasure", "erasure"];
    assert_eq!(kinds(&all), expected, "{all:#}");
    let items = all["items"].as_array().unwrap();
    let numbers: Vec<u64> = items.iter().map(|item| item["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (2..9).collect::<Vec<_>>());
    assert_eq!(items[2]["scopes"], json!(["collect.query-account"]));
    assert_eq!((items[3]["record"].as_str(), items[5]["record"].as_str()), (Some(&*record), Some(&*record)));
    assert!(items[6].get("record").is_none(), "the person is forgotten");
    // Who is forgotten is named by the act that forgot it, and nowhere before.
    let named: Vec<bool> = items.iter().map(|item| item["subject"] == json!(subject)).collect();
    assert_eq!(named, [false, false, false, false, true, true, true]);
    assert!(!all.to_string().contains("19900009999") && !all.to_string().contains(&person(7).number));

    // In pages of two it is the same, and the cursor of the last page goes on with what comes later.
    let (mut after, mut seen) = (begun, Vec::new());
    loop {
        let page = page(&bench, Some(&after), 2).await;
        let items = page["items"].as_array().unwrap().clone();
        after = page["next"].as_str().unwrap().to_owned();
        if items.is_empty() {
            break;
        }
        seen.extend(items);
    }
    assert_eq!(&seen, items);
    bench.post("registrations", &bench.registration(&person(8))).await;
    assert_eq!(kinds(&page(&bench, Some(&after), 50).await), ["consent"]);
}

#[tokio::test]
async fn the_feed_is_of_the_tokens_platform_and_for_the_company_alone() {
    let bench = Bench::new().await;
    bench.kit.also("anrun").await;
    bench.post("registrations", &bench.registration(&person(7))).await;
    let events = |token: String, query: &'static str| {
        let bench = &bench;
        async move { bench.call(&token, "GET", &format!("/v1/events{query}"), None).await }
    };
    let other = bench.kit.token(Power { platform: "anrun", ..CORE }).await;
    let own = events(other.clone(), "").await.json();
    assert_eq!(kinds(&own), ["publication"]);
    assert_eq!(own["items"][0]["platform"], "anrun");
    events(other, "?platform=haigang").await.problem(404, "not-found");
    let party = bench.kit.token(Power { actions: &["share", "events"], ..AGENCY }).await;
    events(party, "").await.problem(403, "not-allowed");
    events(bench.core.clone(), "?after=nonsense").await.problem(400, "malformed");
    let foreign = own["next"].as_str().unwrap();
    let answer = bench.call(&bench.core, "GET", &format!("/v1/events?after={foreign}"), None).await;
    answer.problem(422, "wrong");
    assert!(answer.text.contains("begin without `after`"), "{}", answer.text);
}
