//! 安润: a claim that somebody else reports and the insured completes with evidence; a partner that gets a virtual number and
//! one case only; an account that the published text keeps and the law closes.

use serde_json::json;
use testkit::{Person, person};

use super::{customer, receipts_verify};
use crate::installation::{Installation, Server};
use crate::portal::{Browser, Page};

/// What the photograph says of itself: long enough that no sealed bytes spell it by chance.
const COMMENT: &str = "the visit of an invented person";

/// A JPEG as far as its kind is looked at, with a comment.
fn photograph() -> Vec<u8> {
    let head = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x48\x00\x48\x00\x00\xff\xfe\x00\x21";
    [head, COMMENT.as_bytes(), b"\xff\xd9"].concat()
}

fn registered(server: &Server, phone: &str) -> Browser {
    let mut browser = Browser::new(server);
    let page = browser.get("/register/person");
    let typed = [("user.phone", phone), ("user.account-name", "a-new-account")];
    let page = browser.send(&page, "/register/person", &typed);
    browser.log_in_with_code(&page);
    browser
}

/// Buys a cover for oneself, so that the age is known.
fn insured(server: &Server, who: &Person) -> Browser {
    let mut browser = registered(server, &who.phone);
    let page = browser.get("/functions/insure?go=1&who.insured=self");
    let typed = [
        ("applicant.name", who.name.as_str()),
        ("applicant.id-number", &who.number),
        ("applicant.phone", &who.phone),
        ("applicant.home-address", "云川省青梧市临江区听雨路9号"),
        ("applicant.bank-card", "6222009900000308"),
        ("applicant.occupation", "编辑"),
        ("applicant.email", "typed@reporter.example"),
        ("applicant.order-info", "意外险（一年期）"),
        ("applicant.health-status", "良好"),
        ("applicant.check-up", "未见异常"),
    ];
    let page = browser.answer(&page, &typed, |_| true);
    assert!(page.path.contains("/records/rec-"), "{}", page.problems());
    browser
}

/// The reporter refuses, loses nothing of what was typed, agrees, and is given a link for the insured.
fn reported(reporter: &mut Browser, who: &Person) -> String {
    let page = reporter.get("/functions/claim?go=1&who.insured=invited");
    assert!(!page.says("insured.diagnosis"), "the reporter answers for the insured");
    let typed = [
        ("reporter.name", who.name.as_str()),
        ("reporter.phone", &who.phone),
        ("reporter.relation-to-insured", "兄妹"),
    ];
    let page = reporter.answer(&page, &typed, |_| false);
    assert_eq!(page.status, 403, "{}", page.problems());
    assert!(page.says("本人还没有同意") && page.says(&who.name), "{}", page.problems());
    let page = reporter.answer(&page, &typed, |_| true);
    page.link_to_pass_on()
}

fn told(insured: &mut Browser, page: &Page, yes: impl Fn(&str) -> bool) -> Page {
    let typed = [
        ("insured.event-description", "十月三日在青梧市雨后滑倒"),
        ("insured.hospital", "青梧市第三医院"),
        ("insured.occupation", "编辑"),
        ("insured.bank-card", "6222009900000308"),
        ("insured.diagnosis", "右腕骨折"),
        ("insured.medical-record", "门诊病历一份"),
        ("insured.medical-cost", "1280元"),
    ];
    insured.answer(page, &typed, yes)
}

#[test]
fn a_claim_is_reported_by_somebody_else_and_completed_with_evidence_by_the_insured() {
    let at = Installation::new();
    let server = at.demo("anrun");
    let (wen, ji) = (person(1), person(2));
    let mut hurt = insured(&server, &wen);
    let mut reporter = registered(&server, &ji.phone);
    let link = reported(&mut reporter, &ji);

    // Without the separate consents nothing of it is kept (rule R10), and the link still opens.
    let page = hurt.get(&link);
    let page = told(&mut hurt, &page, |scope| !scope.ends_with(".health"));
    assert_eq!(page.status, 403, "{}", page.problems());
    assert!(page.says("单独同意") && page.says("右腕骨折"), "{}", page.problems());
    assert_eq!(at.files_with("右腕骨折"), Vec::<String>::new());
    let claim = told(&mut hurt, &page, |_| true);
    assert!(claim.path.contains("/records/rec-"), "{}", claim.problems());
    assert!(!claim.says(&ji.name), "the insured reads the reporter's answers");

    let proof = claim.links("/attachments/insured.visit-proof").remove(0);
    let form = hurt.get(&proof);
    let page = hurt.upload(&form, "file", "image/jpeg", b"<!doctype html>");
    assert_eq!(page.status, 422, "{}", page.problems());
    let page = hurt.upload(&form, "file", "image/jpeg", &photograph());
    assert!(page.says("已收到"), "{}", page.problems());
    assert_eq!(at.files_with(COMMENT), Vec::<String>::new(), "a photograph lies open");

    // The reporter sees that the role is filled in, and nothing of what stands in it.
    let record = claim.path.split('?').next().unwrap();
    let seen = reporter.get(record);
    assert!(seen.says("邀请的人都已填写") && !seen.says("右腕骨折"), "{}", seen.problems());
    assert_eq!(reporter.get(&proof).status, 404, "the reporter opens the evidence");
    assert_eq!(reporter.get(&link).status, 410, "a link works once");
    receipts_verify(&at, server, &mut [&mut hurt, &mut reporter]);
}

#[test]
fn a_partner_sees_a_virtual_number_and_one_case_until_it_is_cut_off() {
    let at = Installation::new();
    let server = at.demo("anrun");
    let (core, partner, insurer) = (server.told("core"), server.told("partner"), server.told("insurer"));
    let mut ji = customer(&server, "13900000303");
    let found = core.post("subjects/search", &json!({ "by": "phone", "value": "13900000303" })).good();
    let subject = found["subject"].as_str().unwrap();
    let case = core.post(&format!("subjects/{subject}/assignments"), &json!({ "party": "qinghe" })).good();
    let case = case["case"].as_str().unwrap();

    let opened = partner.get(&format!("cases/{case}"));
    assert_eq!(opened.status, 200, "{opened:?}");
    assert!(opened.text.contains("virtual-number") && !opened.text.contains("13900000303"), "{opened:?}");
    // No list, no copy, no export, no search, and no other party opens it.
    for path in ["cases", &format!("subjects/{subject}/consents"), &format!("subjects/{subject}/deliveries")] {
        assert_eq!(partner.get(path).status, 403, "{path}");
    }
    let read = json!({ "function": "claim" });
    assert_eq!(partner.post(&format!("subjects/{subject}/reads"), &read).status, 403);
    assert_eq!(partner.post("subjects/search", &json!({ "by": "phone", "value": "13900000303" })).status, 403);
    assert_eq!(insurer.get(&format!("cases/{case}")).status, 403);

    core.post("parties/qinghe/cut-off", &json!({ "because": "misuse" })).good();
    let problem = partner.get(&format!("cases/{case}")).problem(403, "denied");
    assert!(problem["decision"].to_string().contains("recipient-suspended"), "{problem}");
    receipts_verify(&at, server, &mut [&mut ji]);
}

#[test]
fn an_account_with_cover_and_a_claim_is_kept_by_the_text_and_closed_by_the_law() {
    let at = Installation::new();
    let server = at.demo("anrun");
    let mut su = customer(&server, "13900000301");
    let page = su.get("/close");
    for words in ["公布文本", "暂不办理", "予以办理", "正在理赔", "继续办理的理赔"] {
        assert!(page.says(words), "{words}: {}", page.problems());
    }
    let closed = su.choose(&page, "/close", &[]);
    assert!(closed.says("账号已注销") && closed.says("理赔"), "{}", closed.problems());
    let page = su.get("/home");
    assert!(page.path.starts_with("/p/anrun/login"), "nobody is in any more: {}", page.path);
    server.stop();
}
