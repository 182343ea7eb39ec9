//! A broker hands an order to its insurer: what the share names goes, each person's part on the own consents (rule R26).

use axum::body::Body;
use axum::http::Request;
use policy::finding::Source;
use serde_json::{Value, json};
use testkit::{Power, TestHouse, slug};
use tower::ServiceExt as _;

/// 安润's house with the order of its demo's first customer, who agreed to what 山海 may get.
struct House {
    kit: TestHouse,
    token: String,
    order: String,
}

impl House {
    async fn new() -> Self {
        let kit = TestHouse::empty().await;
        let policy = include_str!("../../../../../platforms/anrun/2020-10-26.toml");
        let operation = include_str!("../../../../../platforms/anrun/operation.toml");
        let texts = (Source::new("2020-10-26.toml", policy), Source::new("operation.toml", operation));
        kit.publish(texts).await;
        let power = Power {
            platform: "anrun",
            actions: &["collect", "consent", "share"],
            purposes: &["register", "insure", "claim", "buying"],
            ..Power::default()
        };
        let token = kit.token(power).await;
        let mut house = Self { kit, token, order: String::new() };
        let script: Value = serde_json::from_str(include_str!("../../../../../platforms/anrun/demo.json")).unwrap();
        let steps = script["steps"].as_array().unwrap();
        let su = house.post("registrations", &house.filled(&steps[0]["body"], "")).await.1["subject"].clone();
        let su = su.as_str().unwrap().to_owned();
        let applied = house.post(&format!("subjects/{su}/applications"), &house.filled(&steps[3]["body"], &su)).await;
        house.order = applied.1["record"].as_str().unwrap().to_owned();
        let agreed = house.post(&format!("subjects/{su}/consents"), &house.filled(&steps[5]["body"], &su)).await;
        assert_eq!(agreed.0, 201, "{}", agreed.1);
        house
    }

    /// A body of the demo with its blanks filled in.
    fn filled(&self, body: &Value, su: &str) -> Value {
        let platform = self.kit.house.platform("anrun").unwrap();
        let mut text = body.to_string().replace("{policy}", &platform.tables.policy().to_string()).replace("{su}", su);
        for scope in platform.tables.scopes() {
            if let Some(shown) = render::consent::text_of(&platform.tables, &scope.id) {
                text = text.replace(&format!("{{text:{}}}", scope.id), &shown.text.to_string());
            }
            if let Some(shown) = render::consent::text_for(&platform.tables, &scope.id, "shanhai") {
                text = text.replace(&format!("{{text:{}@shanhai}}", scope.id), &shown.text.to_string());
            }
        }
        serde_json::from_str(&text).unwrap()
    }

    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = Request::post(format!("/v1/platforms/anrun/{path}"))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json");
        let router = shouyue_web::router(std::sync::Arc::clone(&self.kit.app));
        let answer = router.oneshot(request.body(Body::from(body.to_string())).unwrap()).await.unwrap();
        let status = answer.status().as_u16();
        let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    async fn hands(&self, share: &str, party: &str, facts: &Value) -> (u16, Value) {
        let body = json!({ "share": share, "party": party, "facts": facts });
        self.post(&format!("records/{}/hand-offs", self.order), &body).await
    }
}

#[tokio::test]
async fn r26_only_what_the_share_names_goes_to_the_insurer_and_the_leaf_names_it() {
    let house = House::new().await;
    let ordered = json!({ "ordered": true });
    let (status, body) = house.hands("contract-insurer", "shanhai", &ordered).await;
    assert_eq!(status, 201, "{body}");
    let parts = body["records"][0]["parts"].as_array().unwrap();
    let mut gone: Vec<&str> = parts
        .iter()
        .flat_map(|part| part["items"].as_array().unwrap())
        .filter(|item| item.get("value").is_some())
        .map(|item| item["item"].as_str().unwrap())
        .collect();
    gone.sort_unstable();
    gone.dedup();
    assert!(gone.contains(&"name") && gone.contains(&"id-number"), "{gone:?}");
    assert!(!gone.contains(&"bank-card"), "no word for the financial account: it stays");
    let leaves = house.kit.store.leaves(&slug("anrun"), 0, 1000).await.unwrap();
    let leaf: Value = serde_json::from_slice(&leaves.last().unwrap().entry).unwrap();
    assert_eq!((leaf["act"].as_str(), leaf["party"].as_str()), (Some("share"), Some("shanhai")));
    assert_eq!(leaf["items"], json!(gone), "the log names the items that went");
    for value in ["苏映雪", "6222009900000308"] {
        assert!(!leaf.to_string().contains(value));
    }
    let before = leaves.len();
    let refused = [
        house.hands("contract-insurer", "shanhai", &json!({ "ordered": false })).await,
        house.hands("contract-insurer", "beichen", &ordered).await,
    ];
    assert!(refused.iter().all(|(status, _)| *status == 403), "before there is an order, and to whom nobody chose");
    assert_eq!(house.kit.store.leaves(&slug("anrun"), 0, 1000).await.unwrap().len(), before + 2);
    assert_eq!(house.hands("virtual-contact", "qinghe", &ordered).await.0, 403, "the token does not cover it");
    assert_eq!(house.hands("claim-insurer", "shanhai", &ordered).await.0, 422, "an order is no claim");
}

/// The way back: what an insurer hands in about an order is measured by what an order holds.
#[tokio::test]
async fn r26_what_comes_back_is_no_more_than_the_record_holds() {
    let house = House::new().await;
    let person = json!({ "roles": ["applicant"], "fields": { "policy-number": "AR2026030100771", "diagnosis": "x" } });
    let (status, body) = house.post("records", &json!({ "class": "order", "people": [person] })).await;
    assert_eq!(status, 422, "{body}");
    assert!(body.to_string().contains("diagnosis"), "{body}");
}
