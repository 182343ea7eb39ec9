//! The whole way over HTTP: registering, refusing a face, authorising an agency and taking it back, every receipt verified
//! offline.

use serde_json::json;
use testkit::person;

use crate::calls::{Caller, verify_all};
use crate::installation::{Installation, Server};
use crate::people::{company, grants, policy_of, registration, with_bad_checksum};
use crate::portal::Browser;

/// A house that serves 海港, with the callers that a company would have.
struct Bench {
    at: Installation,
    server: Server,
    core: Caller,
    agency: Caller,
    auditor: Caller,
}

fn bench() -> Bench {
    let at = Installation::new();
    let server = at.serve();
    at.publish();
    let caller = |actions, party| server.caller(&at.token(actions, party).secret);
    let core = caller("collect,consent,decide,show,rights", None);
    let agency = caller("share,decide", Some("anhe"));
    let auditor = caller("audit", None);
    Bench { at, server, core, agency, auditor }
}

#[test]
fn a_contact_whose_number_has_a_bad_checksum_is_refused_and_nothing_is_stored() {
    let Bench { at, server, core, .. } = bench();
    let contact = person(1);
    let wrong = with_bad_checksum(&contact);
    let before = server.size();
    let problem = core.post("registrations", &company(&contact, &wrong)).problem(422, "fields");
    assert_eq!(problem["fields"], json!([{ "item": "company-contact-id-number", "code": "checksum" }]));
    assert!(!problem.to_string().contains(&wrong), "{problem}");

    // A typing mistake is no act: the ledger stands where it stood.
    assert_eq!(server.size(), before);
    server.stop();
    for typed in [wrong.as_str(), &contact.name, &contact.phone, "typed@yunlu.example", "云麓织造"] {
        assert_eq!(at.files_with(typed), Vec::<String>::new(), "{typed}");
    }

    let server = at.serve();
    let core = server.caller(&at.token("collect,consent", None).secret);
    let done = core.post("registrations", &company(&contact, &contact.number)).good();
    assert!(done["organisation"].is_string(), "{done}");
    let auditor = server.caller(&at.token("audit", None).secret);
    let receipts = at.folder().join("receipts");
    auditor.keep_receipt(&receipts, &done["leaf"], done["subject"].as_str());
    let key = server.key();
    server.stop();
    verify_all(&receipts, &key).fine();
}

#[test]
fn an_agency_is_authorised_asks_and_after_the_revocation_is_told_why_not() {
    let Bench { at, server, core, agency, auditor } = bench();
    let receipts = at.folder().join("receipts");
    let lin = person(2);
    let registered = core.post("registrations", &registration(&lin)).good();
    let subject = registered["subject"].as_str().unwrap();
    let handed = core.post("records", &policy_of(&lin)).good();
    let asked = json!({ "document": lin.number });
    agency.post("queries", &asked).problem(404, "not-found");

    let granted = core.post(&format!("subjects/{subject}/consents"), &grants("anhe")).good();
    let answer = agency.post("queries", &asked).good();
    assert_eq!(answer["records"][0]["record"], handed["record"]);
    assert!(answer["records"][0]["parts"][0]["items"][0]["value"].is_string(), "{answer}");

    let mut leaves = vec![registered["leaf"].clone(), handed["leaf"].clone(), answer["leaf"].clone()];
    for grant in granted.as_array().unwrap() {
        let path = format!("subjects/{subject}/consents/{}", grant["consent"].as_str().unwrap());
        let withdrawn = core.delete(&path).good();
        leaves.extend([grant["leaf"].clone(), withdrawn["leaf"].clone()]);
    }
    let size = server.size();
    let problem = agency.post("queries", &asked).problem(403, "denied");
    assert!(problem["clause"].is_string(), "{problem}");
    assert!(problem["decision"].to_string().contains("consent-withdrawn"), "{problem}");
    assert_eq!(server.size(), size + 1, "the refusal is on the ledger");
    let refusal = server.last_leaf(&auditor);
    assert_eq!((refusal["act"].as_str(), refusal["effect"].as_str()), (Some("refused"), Some("deny")), "{refusal}");
    leaves.push(json!(size));

    for leaf in &leaves {
        auditor.keep_receipt(&receipts, leaf, Some(subject));
    }
    let key = server.key();
    server.stop();
    let said = verify_all(&receipts, &key).fine();
    assert!(said.contains("the salt opens the tag to the subject"), "{said}");
    assert!(!said.contains("FAILED"), "{said}");
}

#[test]
fn a_customer_registers_at_the_portal_refuses_the_face_authorises_and_revokes() {
    let at = Installation::new();
    let server = at.demo("haigang");
    let agency = server.told("agency");
    let receipts = at.folder().join("receipts");
    let (zhou, mut browser) = (person(3), Browser::new(&server));

    let page = browser.get("/p/haigang/register/person");
    let page = browser.send(
        &page,
        "/register/person",
        &[
            ("registrant.name", &zhou.name),
            ("registrant.phone", &zhou.phone),
            ("registrant.id-type", "居民身份证"),
            ("registrant.id-number", &zhou.number),
            ("registrant.sex", &zhou.sex),
            ("registrant.birth-date", &zhou.birth),
        ],
    );
    browser.log_in_with_code(&page);

    // The face is asked for by itself; the other way lies beside it and costs nothing.
    let page = browser.get("/p/haigang/consent/collect.verify-face.biometric");
    let page = browser.choose(&page, "/consent/", &[("choice", "other")]);
    let home = browser.choose(&page, "/other-way/", &[("method", "verify-at-counter")]);
    assert!(home.path.starts_with("/p/haigang/home?done="), "{}", home.path);
    let (_, leaf) = home.path.split_once("done=").unwrap();
    browser.keep_receipt(&receipts, leaf);

    // The demo's agency sees nothing of somebody who has not authorised it.
    let core = server.told("core");
    let handed = core.post("records", &policy_of(&zhou)).good();
    let asked = json!({ "document": zhou.number });
    agency.post("queries", &asked).problem(404, "not-found");
    let page = browser.get("/p/haigang/agencies/anhe");
    let granted = browser.send(&page, "/agencies/anhe", &[("until", "90")]);
    assert!(granted.path.starts_with("/p/haigang/grants/"), "{}", granted.path);

    // Who typed a number is not yet whose number it is: the counter sees the papers, and the other way is done.
    let problem = agency.post("queries", &asked).problem(403, "denied");
    assert!(problem["decision"].to_string().contains("identity-unverified"), "{problem}");
    let subject = handed["subjects"][0].as_str().unwrap();
    core.post(&format!("subjects/{subject}/verifications"), &json!({ "way": "verify-at-counter" })).good();
    let answer = agency.post("queries", &asked).good();
    assert_eq!(answer["records"].as_array().unwrap().len(), 1, "{answer}");

    let page = browser.get(&format!("{}/revoke", granted.path));
    browser.send(&page, "/revoke", &[]);
    let problem = agency.post("queries", &asked).problem(403, "denied");
    assert!(problem["decision"].to_string().contains("consent-withdrawn"), "{problem}");
    assert!(problem["clause"].is_string());

    let list = browser.get("/p/haigang/receipts");
    let leaves = list.numbers("/p/haigang/receipts/");
    assert!(leaves.len() >= 6, "{leaves:?}");
    for leaf in leaves {
        browser.keep_receipt(&receipts, &leaf);
    }
    let key = server.key();
    server.stop();
    verify_all(&receipts, &key).fine();
}

#[test]
fn a_company_registers_at_the_portal_and_a_bad_checksum_is_shown_at_its_field() {
    let at = Installation::new();
    let server = at.demo("haigang");
    let (contact, mut browser) = (person(4), Browser::new(&server));
    let wrong = with_bad_checksum(&contact);
    let before = server.size();
    let page = browser.get("/p/haigang/register/company");
    let typed = |number: &str| {
        [
            ("company.company-name", "云岫纺织有限公司".to_owned()),
            ("company.company-certificate-code", "91990101MA9900CD3M".to_owned()),
            ("company.company-certificate-number", "91990101MA9900CD3M".to_owned()),
            ("company-contact.contact-name", contact.name.clone()),
            ("company-contact.contact-phone", contact.phone.clone()),
            ("company-contact.company-contact-id-number", number.to_owned()),
            ("company-contact.contact-email", "typed@yunxiu.example".to_owned()),
        ]
    };
    let owned = typed(&wrong);
    let fields: Vec<(&str, &str)> = owned.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let again = browser.send(&page, "/register/company", &fields);
    assert_eq!(again.status, 422);
    assert!(again.text.contains("company-contact.company-contact-id-number"), "{}", again.text);
    assert_eq!(server.size(), before);

    let owned = typed(&contact.number);
    let fields: Vec<(&str, &str)> = owned.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = browser.send(&again, "/register/company", &fields);
    browser.log_in_with_code(&page);
    server.stop();
    assert_eq!(at.files_with(&wrong), Vec::<String>::new());
}
