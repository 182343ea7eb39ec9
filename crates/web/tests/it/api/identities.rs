//! Every endpoint, called by everybody: the table is the specification of who may call what.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use testkit::{Power, person};

use super::attachments::{COURSE, PICTURE};
use super::{AGENCY, Bench, CORE, below, request, text_of};

/// Who may call an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    /// Everybody.
    All,
    /// Tokens that cover this action.
    Action(&'static str),
    /// The token of a party with this action.
    Party(&'static str),
}

/// One endpoint: method, path as the document writes it, who may call it, the status of a good call.
struct Row(&'static str, &'static str, For, u16);

const TABLE: &[Row] = &[
    Row("GET", "/v1/platforms/{platform}/policies", For::All, 200),
    Row("GET", "/v1/platforms/{platform}/policies/{fingerprint}", For::All, 200),
    Row("GET", "/v1/platforms/{platform}/ledger/checkpoint", For::All, 200),
    Row("GET", "/v1/platforms/{platform}/ledger/checkpoint/witnessed", For::All, 404),
    Row("GET", "/v1/platforms/{platform}/ledger/key", For::All, 200),
    Row("GET", "/v1/platforms/{platform}/ledger/tile/{path}", For::All, 200),
    Row("GET", "/v1/platforms/{platform}/ledger/inclusion", For::All, 200),
    Row("GET", "/v1/platforms/{platform}/ledger/consistency", For::All, 200),
    Row("GET", "/v1/platforms/{platform}/ledger/destroyed", For::All, 200),
    Row("GET", "/v1/platforms/{platform}/ledger/tile/entries/{path}", For::Action("audit"), 200),
    Row("GET", "/v1/platforms/{platform}/ledger/leaves", For::Action("audit"), 200),
    Row("GET", "/v1/platforms/{platform}/receipts/{leaf}", For::Action("audit"), 200),
    Row("GET", "/v1/events", For::Action("events"), 200),
    Row("POST", "/v1/decisions", For::Action("decide"), 200),
    Row("POST", "/v1/platforms/{platform}/acts", For::Action("show"), 201),
    Row("POST", "/v1/platforms/{platform}/registrations", For::Action("collect"), 201),
    Row("POST", "/v1/platforms/{platform}/records", For::Action("collect"), 201),
    Row("POST", "/v1/platforms/{platform}/records/{record}/events", For::Action("collect"), 201),
    // The texts of this house take no money: who may say what is due learns that.
    Row("POST", "/v1/platforms/{platform}/records/{record}/payments", For::Action("collect"), 422),
    Row("GET", "/v1/platforms/{platform}/records/{record}/payments", For::Action("collect"), 200),
    Row("GET", "/v1/platforms/{platform}/services", For::Action("collect"), 200),
    // Nobody asked for anything yet: who may decide learns that.
    Row("POST", "/v1/platforms/{platform}/services/{request}/decision", For::Action("collect"), 404),
    Row("POST", "/v1/platforms/{platform}/subjects/search", For::Action("show"), 200),
    Row("POST", "/v1/platforms/{platform}/subjects/{subject}/reads", For::Action("show"), 200),
    Row("POST", "/v1/platforms/{platform}/subjects/{subject}/records", For::Action("collect"), 201),
    Row("POST", "/v1/platforms/{platform}/subjects/{subject}/applications", For::Action("collect"), 201),
    Row("POST", "/v1/platforms/{platform}/subjects/{subject}/verifications", For::Action("collect"), 201),
    // The texts of this house have no check: who may make one learns that there is none.
    Row("POST", "/v1/platforms/{platform}/subjects/{subject}/checks/{check}", For::Action("share"), 404),
    // The one source of this house asks for no consent of its own.
    Row("POST", "/v1/platforms/{platform}/subjects/{subject}/inbound", For::Action("collect"), 201),
    Row("PATCH", "/v1/platforms/{platform}/subjects/{subject}/values", For::Action("rights"), 200),
    Row("POST", "/v1/platforms/{platform}/subjects/{subject}/consents", For::Action("consent"), 201),
    Row("GET", "/v1/platforms/{platform}/subjects/{subject}/consents", For::Action("consent"), 200),
    // Nothing of this house wants a signature: who may bring one in is told so.
    Row("POST", "/v1/platforms/{platform}/subjects/{subject}/written-consents", For::Action("consent"), 403),
    Row("PUT", "/v1/platforms/{platform}/subjects/{subject}/permissions", For::Action("consent"), 200),
    Row("GET", "/v1/platforms/{platform}/subjects/{subject}/permissions", For::Action("consent"), 200),
    Row("POST", "/v1/platforms/{platform}/subjects/{subject}/objections", For::Action("consent"), 201),
    Row("GET", "/v1/platforms/{platform}/subjects/{subject}/objections", For::Action("consent"), 200),
    Row("DELETE", "/v1/platforms/{platform}/subjects/{subject}/services/{request}", For::Action("collect"), 404),
    Row("DELETE", "/v1/platforms/{platform}/subjects/{subject}/objections/{scope}", For::Action("consent"), 200),
    Row("POST", "/v1/platforms/{platform}/subjects/{subject}/refusals", For::Action("consent"), 201),
    Row("GET", "/v1/platforms/{platform}/subjects/{subject}/refusals", For::Action("consent"), 200),
    Row("POST", "/v1/platforms/{platform}/subjects/{subject}/opt-out-links", For::Action("consent"), 201),
    Row(
        "POST",
        "/v1/platforms/{platform}/subjects/{subject}/records/{record}/attachments/{item}",
        For::Action("collect"),
        201,
    ),
    Row(
        "GET",
        "/v1/platforms/{platform}/subjects/{subject}/records/{record}/attachments/{item}/{attachment}",
        For::Action("use"),
        200,
    ),
    Row("OPTIONS", "/v1/platforms/{platform}/subjects/{subject}/records/{record}/uploads/{item}", For::All, 204),
    Row(
        "POST",
        "/v1/platforms/{platform}/subjects/{subject}/records/{record}/uploads/{item}",
        For::Action("collect"),
        201,
    ),
    Row("HEAD", "/v1/platforms/{platform}/subjects/{subject}/uploads/{upload}", For::Action("collect"), 200),
    Row("PATCH", "/v1/platforms/{platform}/subjects/{subject}/uploads/{upload}", For::Action("collect"), 204),
    Row("DELETE", "/v1/platforms/{platform}/subjects/{subject}/uploads/{upload}", For::Action("collect"), 204),
    // No record of this house was left open to anybody: who may look learns that there is none.
    Row("GET", "/v1/platforms/{platform}/subjects/{subject}/records/{record}/invitations", For::Action("collect"), 404),
    Row(
        "POST",
        "/v1/platforms/{platform}/subjects/{subject}/records/{record}/invitations/{invitation}",
        For::Action("collect"),
        404,
    ),
    Row(
        "DELETE",
        "/v1/platforms/{platform}/subjects/{subject}/records/{record}/invitations/{invitation}",
        For::Action("collect"),
        404,
    ),
    Row(
        "POST",
        "/v1/platforms/{platform}/subjects/{subject}/records/{record}/roster/{role}",
        For::Action("collect"),
        404,
    ),
    Row("POST", "/v1/platforms/{platform}/invitations/look", For::Action("collect"), 404),
    Row("POST", "/v1/platforms/{platform}/invitations/join", For::Action("collect"), 404),
    // The texts of this house hand nothing over that its recipient does not ask for.
    Row("POST", "/v1/platforms/{platform}/records/{record}/hand-offs", For::Action("share"), 404),
    // The seats of this house are others': who may ask for one learns that there is none.
    Row("POST", "/v1/platforms/{platform}/subjects/{subject}/approvals", For::Action("approve"), 404),
    Row("GET", "/v1/platforms/{platform}/approvals", For::Action("approve"), 200),
    Row("POST", "/v1/platforms/{platform}/approvals/{approval}", For::Action("approve"), 404),
    Row("GET", "/v1/platforms/{platform}/parties/{party}", For::Action("partners"), 200),
    // Nobody in this house calls by virtual numbers: who may hand customers over learns that there is no such party.
    Row("POST", "/v1/platforms/{platform}/subjects/{subject}/assignments", For::Action("partners"), 404),
    Row("DELETE", "/v1/platforms/{platform}/assignments/{case}", For::Action("partners"), 404),
    Row("GET", "/v1/platforms/{platform}/cases/{case}", For::Action("share"), 403),
    // The records of this house are no sales: who may see one again learns that there is none.
    Row("GET", "/v1/platforms/{platform}/records/{record}/replay", For::Action("show"), 404),
    Row("POST", "/v1/platforms/{platform}/queries", For::Party("share"), 200),
    Row("DELETE", "/v1/platforms/{platform}/subjects/{subject}/consents/{consent}", For::Action("consent"), 200),
    Row("POST", "/v1/platforms/{platform}/subjects/{subject}/requests", For::Action("rights"), 201),
    Row("GET", "/v1/platforms/{platform}/subjects/{subject}/requests", For::Action("rights"), 200),
    Row("POST", "/v1/platforms/{platform}/subjects/{subject}/copies", For::Action("rights"), 200),
    // The texts of this house send no copies: who may have one sent learns that there is no such party.
    Row("POST", "/v1/platforms/{platform}/subjects/{subject}/deliveries", For::Action("share"), 404),
    Row("GET", "/v1/platforms/{platform}/subjects/{subject}/deliveries", For::Action("share"), 200),
    Row("GET", "/v1/platforms/{platform}/subjects/{subject}/erasure", For::Action("rights"), 200),
    Row("POST", "/v1/platforms/{platform}/subjects/{subject}/erasure", For::Action("rights"), 200),
    // Last, for nothing reaches the party meanwhile.
    Row("POST", "/v1/platforms/{platform}/parties/{party}/cut-off", For::Action("partners"), 201),
    Row("POST", "/v1/platforms/{platform}/parties/{party}/restoration", For::Action("partners"), 201),
    // Not in the document: where parties outside post. This house has nobody who takes money.
    Row("POST", "/hooks/payment/{platform}", For::All, 404),
    // Not in the document: what nobody gets, and what is about the document and the process.
    Row("GET", "/v1/platforms/{platform}/cases", For::Action("share"), 403),
    Row("GET", "/v1/openapi.json", For::All, 200),
    Row("GET", "/healthz", For::All, 200),
    Row("GET", "/readyz", For::All, 200),
    Row("GET", "/metrics", For::All, 200),
];

/// The use of 海港 beside its functions, by its scope.
const ANALYSIS: &str = "use.de-identified-analysis";

/// The world in which the endpoints are called.
struct World {
    bench: Bench,
    subject: String,
    account: String,
    policy: String,
    consent: String,
    attachment: String,
    upload: String,
}

impl World {
    async fn new() -> Self {
        let bench = Bench::new().await;
        bench.kit.also("anrun").await;
        let li = person(7);
        let registered = bench.post("registrations", &bench.registration(&li)).await;
        let (subject, account) = (registered.at("/subject"), registered.at("/record"));
        bench.agree(&subject, "collect.query-account").await;
        bench.agree(&subject, "collect.analysis").await;
        let policy = bench.policy_of(&li).await;
        let consent = bench.authorised(&subject, "anhe").await.remove(0);
        let attachment = bench.sent(&bench.core, &subject, &account, &PICTURE).await.at("/attachment");
        let path = below(&format!("subjects/{subject}/records/{account}/uploads/id-image?{COURSE}"));
        let begun = uploading(request(&bench.core, "POST", &path, None)).body(Body::empty()).unwrap();
        let upload = bench.send(begun).await.header("location").rsplit('/').next().unwrap().to_owned();
        Self { bench, subject, account, policy, consent, attachment, upload }
    }

    /// The path of a good call.
    fn path(&self, row: &Row) -> String {
        let print = self.bench.kit.platform().tables.policy().to_string();
        let path = row.1.replace("{platform}", "haigang").replace("{fingerprint}", &print);
        let path = path.replace("{party}", "xinfan").replace("{case}", "asg-00000000000000000000000000000000");
        let path = path.replace("{subject}", &self.subject).replace("{consent}", &self.consent).replace("{leaf}", "1");
        if row.1.contains("/attachments/") {
            let path = path.replace("{record}", &self.account).replace("{item}", "id-image");
            return format!("{}?{COURSE}", path.replace("{attachment}", &self.attachment));
        }
        if row.1.contains("/uploads/") {
            let course = if row.1.ends_with("{item}") { format!("?{COURSE}") } else { String::new() };
            let path = path.replace("{record}", &self.account).replace("{item}", "id-image");
            return format!("{}{course}", path.replace("{upload}", &self.upload));
        }
        let path = path.replace("{record}", &self.policy).replace("{scope}", ANALYSIS).replace("{check}", "real-name");
        let path = path.replace("{approval}", &format!("apr-{:032x}", 1));
        let path = path.replace("{invitation}", &format!("inv-{:032x}", 1));
        let path = path.replace("{role}", "employee").replace("{request}", &self.policy);
        match row.1.rsplit('/').next() {
            Some("written-consents") => format!("{path}?scope=inbound.wechat"),
            Some("events") if row.0 == "GET" && !row.1.contains("{record}") => format!("{path}?platform=haigang"),
            Some("inclusion") => format!("{path}?index=1&size=2"),
            Some("destroyed") => format!("{path}?leaf=1"),
            Some("consistency") => format!("{path}?old=1&new=2"),
            _ if row.1.contains("/tile/entries/") => path.replace("{path}", "000.p/1"),
            _ => path.replace("{path}", "0/000.p/1"),
        }
    }

    /// The body of a good call.
    fn body(&self, row: &Row) -> Option<Value> {
        let asked = json!({ "ask": "processing", "platform": "haigang", "action": "show", "function": "query-account",
            "person": "registrant", "items": ["name"], "actor": { "kind": "system" }, "subject": { "id": self.subject } });
        let last = row.1.trim_start_matches("/v1/platforms/{platform}/");
        Some(match (row.0, last) {
            // Of an attachment the body is the file itself: it is put in where it is sent.
            ("GET" | "DELETE" | "HEAD" | "OPTIONS", _)
            | (
                _,
                "subjects/{subject}/erasure"
                | "/hooks/payment/{platform}"
                | "subjects/{subject}/checks/{check}"
                | "approvals/{approval}"
                | "subjects/{subject}/written-consents"
                | "subjects/{subject}/records/{record}/invitations/{invitation}"
                | "subjects/{subject}/records/{record}/roster/{role}"
                | "subjects/{subject}/records/{record}/attachments/{item}"
                | "subjects/{subject}/records/{record}/uploads/{item}"
                | "subjects/{subject}/uploads/{upload}",
            ) => {
                return None;
            }
            (_, "/v1/decisions" | "acts") => asked,
            (_, "registrations") => self.bench.registration(&person(8)),
            (_, "records") => super::policy(&person(9)),
            (_, "records/{record}/events") => json!({ "event": "claim-closed", "on": "2026-05-31" }),
            (_, "records/{record}/payments") => json!({ "fen": 9900, "description": "Health 2026" }),
            (_, "subjects/search") => json!({ "by": "document", "value": person(7).number }),
            (_, "subjects/{subject}/reads") => json!({ "function": "query-account" }),
            (_, "subjects/{subject}/records") => json!({ "function": "register", "person": "registrant",
                "record": self.account, "fields": { "wechat-nickname": "Li" } }),
            (_, "subjects/{subject}/inbound") => json!({ "source": "wechat", "function": "analysis",
                "person": "registrant", "items": { "wechat-nickname": "Li" } }),
            (_, "subjects/{subject}/applications") => super::services::application(&self.bench, 7, None),
            (_, "services/{request}/decision") => json!({ "decided": "declined" }),
            (_, "subjects/{subject}/verifications") => json!({ "way": "verify-at-counter" }),
            (_, "subjects/{subject}/values") => {
                json!({ "record": self.account, "person": "registrant", "item": "phone", "value": "19900009999" })
            }
            (_, "subjects/{subject}/consents") => {
                json!({ "consents": [self.bench.choice("collect.register", None)] })
            }
            (_, "subjects/{subject}/permissions") => json!({ "permissions": { "camera": "off", "user-info": "on" } }),
            (_, "subjects/{subject}/objections" | "subjects/{subject}/opt-out-links") => json!({ "scope": ANALYSIS }),
            (_, "subjects/{subject}/refusals") => json!({ "scope": "collect.security" }),
            (_, "invitations/look" | "invitations/join") => json!({ "link": "nobody-was-invited" }),
            (_, "records/{record}/hand-offs") => json!({ "share": "no-such" }),
            (_, "subjects/{subject}/assignments" | "subjects/{subject}/deliveries") => json!({ "party": "anhe" }),
            (_, "subjects/{subject}/approvals") => json!({ "seat": format!("act-{:032x}", 1),
                "function": "query-policy", "because": "case-handling" }),
            (_, "parties/{party}/cut-off") => json!({ "because": "inspection" }),
            (_, "parties/{party}/restoration") => json!({ "because": "mended" }),
            (_, "queries") => json!({ "record": self.policy }),
            (_, "subjects/{subject}/requests" | "subjects/{subject}/copies") => json!({ "right": "access" }),
            (method, path) => panic!("no body for {method} {path}"),
        })
    }

    async fn call(&self, row: &Row, token: &str) -> (u16, String) {
        if row.1.contains("/uploads/") {
            let file = if row.0 == "PATCH" { PICTURE.to_vec() } else { Vec::new() };
            let request = uploading(request(token, row.0, &self.path(row), None)).body(Body::from(file)).unwrap();
            let answer = self.bench.send(request).await;
            return (answer.status, answer.text);
        }
        if row.0 == "POST" && (row.1.contains("/attachments/") || row.1.contains("/written-")) {
            let request = request(token, row.0, &self.path(row), None).body(Body::from(PICTURE.to_vec())).unwrap();
            let answer = self.bench.send(request).await;
            return (answer.status, answer.text);
        }
        let answer = self.bench.call(token, row.0, &self.path(row), self.body(row).as_ref()).await;
        (answer.status, answer.text)
    }

    /// A customer's session and no token: `/v1` knows no cookies.
    async fn with_cookie(&self, row: &Row) -> u16 {
        let body = self.body(row);
        let request: Request<Body> = request("", row.0, &self.path(row), body.as_ref())
            .header("cookie", "session=0123456789; __Host-session=0123456789")
            .body(text_of(body.as_ref()))
            .unwrap();
        self.bench.send(request).await.status
    }
}

/// A request about an upload of the picture, whichever it is.
fn uploading(request: axum::http::request::Builder) -> axum::http::request::Builder {
    let request = request.header("tus-resumable", "1.0.0").header("upload-length", PICTURE.len());
    request.header("upload-offset", 0).header("content-type", "application/offset+octet-stream")
}

#[tokio::test]
async fn every_endpoint_answers_every_identity_as_the_table_says() {
    let world = World::new().await;
    let kit = &world.bench.kit;
    let other = kit.token(Power { platform: "anrun", ..CORE }).await;
    let other_party = kit.token(Power { platform: "anrun", ..AGENCY }).await;
    let agency = kit.token(AGENCY).await;
    let gone = kit.issued(CORE).await;
    kit.revoke(&gone).await;
    for row in TABLE {
        let Row(method, path, whom, good) = row;
        let at = format!("{method} {path}");
        // All strangers first: what they did not do is still to be done by who may.
        let (action, other, right) = match whom {
            For::All => {
                for token in ["", "shouyue_nonsense", &other, gone.secret.expose(), &agency, &world.bench.core] {
                    assert_eq!(world.call(row, token).await.0, *good, "{at}");
                }
                assert_eq!(world.with_cookie(row).await, *good, "{at}");
                continue;
            }
            For::Action(action) => (action, &other, &world.bench.core),
            For::Party(action) => (action, &other_party, &agency),
        };
        let rest: Vec<&str> = CORE.actions.iter().copied().filter(|one| one != action).collect();
        let powerless = kit.token(Power { actions: &rest, ..CORE }).await;
        let before = world.bench.size().await;
        assert_eq!(world.call(row, "").await.0, 401, "{at}, anonymous");
        assert_eq!(world.call(row, "shouyue_nonsense").await.0, 401, "{at}, unknown token");
        assert_eq!(world.call(row, gone.secret.expose()).await.0, 401, "{at}, revoked token");
        assert_eq!(world.with_cookie(row).await, 401, "{at}, cookie only");
        assert_eq!(world.call(row, other).await.0, 404, "{at}, other platform");
        assert_eq!(world.call(row, &powerless).await.0, 403, "{at}, without the action");
        assert_eq!(world.bench.size().await, before, "{at}: strangers leave nothing");
        let (status, text) = world.call(row, right).await;
        assert_eq!(status, *good, "{at}: {text}");
    }
}

#[test]
fn the_table_has_every_endpoint_of_the_document() {
    let document = serde_json::to_value(shouyue_web::api::document()).unwrap();
    let mut written = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let open = operation.get("security").is_none();
            written.insert((method.to_uppercase(), path.clone(), open));
        }
    }
    let beside = [shouyue_web::api::DOCUMENT, "/v1/platforms/{platform}/cases"];
    let in_document = |row: &&Row| row.1.starts_with("/v1/") && !beside.contains(&row.1);
    let tabled: BTreeSet<_> = TABLE
        .iter()
        .filter(in_document)
        .map(|Row(method, path, whom, _)| ((*method).to_owned(), (*path).to_owned(), *whom == For::All))
        .collect();
    assert_eq!(written, tabled);
}
