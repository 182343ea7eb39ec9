//! Applying on the portal: who stands in it first, then each person's fields, in one act or not at all.

use axum::http::StatusCode;
use desk::evidence::leaves;
use desk::leaf::Act;
use policy::finding::Source;

use super::browser::{Browser, Town};

pub(super) const FORM: &str = "/p/family/functions/insure?go=1&product=travel&who.insured=self&who.insured=ward";
const PHONE: &str = "13900000001";

pub(super) async fn family() -> Town {
    family_with(str::to_owned).await
}

/// The same insurer with another text.
pub(super) async fn family_with(change: fn(&str) -> String) -> Town {
    let policy = change(include_str!("../../../../desk/tests/fixtures/family/2026-01-01.toml"));
    let operation = include_str!("../../../../desk/tests/fixtures/family/operation.toml");
    Town::of((Source::new("2026-01-01.toml", policy), Source::new("operation.toml", operation))).await
}

/// The same insurer, which covers companies' people too.
pub(super) async fn group() -> Town {
    let policy = include_str!("../../../../desk/tests/fixtures/family/2026-01-01.toml");
    let group = include_str!("../../../../desk/tests/fixtures/family/group.toml");
    let operation = include_str!("../../../../desk/tests/fixtures/family/operation.toml");
    let notice = include_str!("../../../../desk/tests/fixtures/family/group-operation.toml");
    let (policy, operation) = (format!("{policy}\n{group}"), format!("{operation}\n{notice}"));
    Town::of((Source::new("2026-01-01.toml", policy), Source::new("operation.toml", operation))).await
}

/// Somebody who registered with name and telephone.
pub(super) async fn customer(town: &Town) -> Browser<'_> {
    customer_of(town, "李示例", PHONE).await
}

/// The same of another name and telephone.
pub(super) async fn customer_of<'t>(town: &'t Town, name: &str, phone: &str) -> Browser<'t> {
    let mut browser = town.browser();
    browser.get("/p/family/register/person").await;
    let fields = [("user.name", name), ("user.phone", phone), ("consent.collect.register", "yes")];
    browser.post("/p/family/register/person", &fields).await;
    assert_eq!(browser.page.status, StatusCode::OK, "{}", browser.page.body);
    let code = town.code(phone).await;
    browser.post("/p/family/login/code", &[("code", &code)]).await;
    browser.get("/p/family/home").await;
    browser
}

/// The holder's fields and two children's.
pub(super) fn typed() -> Vec<(&'static str, &'static str)> {
    vec![
        ("applicant.name", "李示例"),
        ("applicant.id-number", "99010519900501002X"),
        ("insured.ward.1.name", "张示例"),
        ("insured.ward.1.id-number", "990200201306060059"),
        ("insured.ward.2.name", "陈示例"),
        ("insured.ward.2.id-number", "990200201508090029"),
    ]
}

/// The same answer to every consent of the page.
pub(super) fn answered<'f>(
    browser: &Browser<'_>,
    mut fields: Vec<(&'f str, &'f str)>,
    no: &str,
) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = browser.page.hidden();
    all.extend(fields.drain(..).map(|(name, value)| (name.to_owned(), value.to_owned())));
    for scope in browser.page.scopes() {
        let answer = if !no.is_empty() && scope.starts_with(no) { "no" } else { "yes" };
        all.push((format!("consent.{scope}"), answer.to_owned()));
    }
    all
}

#[tokio::test]
async fn a_document_number_is_one_accounts_and_a_telephone_may_be_anothers_too() {
    let town = family_with(|policy| policy.replace("items = [\"email\"]", "items = [\"email\", \"phone\"]")).await;
    let form = "/p/family/functions/insure?go=1&product=travel&who.insured=self";
    let number = ("applicant.id-number", "99010519900501002X");
    let mut first = customer(&town).await;
    first.get(form).await;
    let all = answered(&first, vec![("applicant.name", "李示例"), number], "");
    let page = first.post_raw(form, &all).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    let mut second = customer_of(&town, "王示例", "13900000002").await;
    second.get(form).await;
    let own = [("applicant.name", "王示例"), ("applicant.phone", PHONE)];
    let all = answered(&second, [&own[..], &[number]].concat(), "");
    let page = second.post_raw(form, &all).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.body);
    assert!(page.says("证件号码属于另一个账号") && page.says("联系电话可以和别的账号相同"), "{}", page.body);
    second.get(form).await;
    let all = answered(&second, [&own[..], &[("applicant.id-number", "990301198512121139")]].concat(), "");
    let page = second.post_raw(form, &all).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
}

#[tokio::test]
async fn the_choice_of_who_stands_in_it_comes_before_the_form() {
    let town = family().await;
    let mut browser = customer(&town).await;
    let page = browser.get("/p/family/functions/insure").await;
    assert!(
        page.says("为哪种产品办理") && page.says("被保险人就是我本人") && page.says("由我作为监护人填写"),
        "{}",
        page.body
    );
    assert!(!page.says("由我代为填写"), "nobody fills in an adult whose consent is asked (R19)");
    assert!(page.scopes().is_empty() && page.values("applicant.name").is_empty());
    let page = browser.get("/p/family/functions/insure?go=1&who.insured=self").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("请选择一种产品"));
    // Who insures oneself is asked once, for both roles.
    let page = browser.get("/p/family/functions/insure?go=1&product=travel&who.insured=self").await;
    assert!(page.says("投保人、被保险人：您本人"), "{}", page.body);
    assert_eq!(page.values("applicant.name").len(), 1);
    assert!(page.values("insured.name").is_empty());
    // What was not offered is not taken for chosen.
    let page = browser.get("/p/family/functions/insure?go=1&product=travel&who.insured=typed").await;
    assert!(page.values("insured.typed.1.name").is_empty());
}

#[tokio::test]
async fn two_children_are_insured_in_one_act() {
    let town = family().await;
    let mut browser = customer(&town).await;
    browser.get(FORM).await;
    assert!(browser.page.says("被保险人：由您监护的孩子（第 1 位）"));
    assert!(browser.page.values("insured.ward.2.name").is_empty());
    let mut one_more = browser.page.hidden();
    one_more.extend([("insured.ward.1.name", "张示例"), ("add", "insured.ward")].map(|(a, b)| (a.into(), b.into())));
    let page = browser.post_raw(FORM, &one_more).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.values("insured.ward.1.name"), ["张示例"], "what was typed stays");
    assert_eq!(page.values("insured.ward.2.name"), [""]);
    let all = answered(&browser, typed(), "");
    let page = browser.post_raw(FORM, &all).await;
    assert!(page.location().starts_with("/p/family/records/"), "{} {}", page.status, page.body);
    let platform = town.bench.house.platform("family").unwrap();
    let leaves = leaves(&town.bench.house, &platform, 0, 50).await.unwrap();
    let applied = leaves.iter().filter_map(|leaf| leaf.entry.as_ref()).next_back().unwrap();
    assert_eq!((applied.act, applied.with.len()), (Act::Collect, 2));
}

#[tokio::test]
async fn a_refused_form_keeps_what_was_typed_and_names_person_and_field() {
    let town = family().await;
    let mut browser = customer(&town).await;
    browser.get(&format!("{FORM}&x")).await;
    let mut fields = typed();
    fields.truncate(4);
    fields[3].1 = "990200201306060058";
    let all = answered(&browser, fields, "");
    let page = browser.post_raw(FORM, &all).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("被保险人：由您监护的孩子（第 1 位） · 证件号码："), "{}", page.body);
    assert_eq!(page.values("applicant.name"), ["李示例"]);
    assert_eq!(page.values("insured.ward.1.id-number"), ["990200201306060058"]);
    let unasked =
        [("csrf".to_owned(), browser.page.csrf()), ("consent.insured.ward.9.collect.insure".into(), "yes".into())];
    assert_eq!(browser.post_raw(FORM, &unasked).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn r17_without_the_guardians_consent_nothing_of_a_child_is_stored() {
    let town = family().await;
    let mut browser = customer(&town).await;
    browser.get(FORM).await;
    let mut fields = typed();
    fields.truncate(4);
    let all = answered(&browser, fields, "insured.ward.1.");
    let page = browser.post_raw(FORM, &all).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN, "{} {all:?}", page.location());
    assert!(page.says("没有提交：您填写的内容没有保存") && page.says("监护人只能为不满十四周岁的孩子同意"));
    assert_eq!(page.values("insured.ward.1.name"), ["张示例"]);
    let page = browser.get("/p/family/mine").await;
    assert!(!page.says("投保单"), "{}", page.body);
}

#[tokio::test]
async fn a_number_of_somebody_else_is_refused_before_anything_is_kept() {
    let town = family().await;
    let mut other = customer_of(&town, "李另例", "13900000002").await;
    other.get(FORM).await;
    let all = answered(&other, typed(), "");
    assert!(other.post_raw(FORM, &all).await.location().starts_with("/p/family/records/"));
    let mut browser = customer(&town).await;
    browser.get(FORM).await;
    let asked = browser.page.scopes();
    let all = answered(&browser, typed(), "");
    let page = browser.post_raw(FORM, &all).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("属于另一个账号") && !page.says("的同意已经记录"), "{}", page.body);
    assert_eq!(page.scopes(), asked, "no consent was kept, so each is asked again");
    let mut right = typed();
    right[1].1 = "990105197503080021";
    right[3].1 = "990200201407070029";
    right[5].1 = "990200201609090044";
    let all = answered(&browser, right, "");
    let page = browser.post_raw(FORM, &all).await;
    assert!(page.location().starts_with("/p/family/records/"), "{} {}", page.status, page.body);
}

#[tokio::test]
async fn what_was_kept_of_a_refused_form_is_told_and_not_asked_again() {
    let town = family().await;
    let mut browser = customer(&town).await;
    browser.get(FORM).await;
    let mut fields = typed();
    fields.truncate(4);
    let all = answered(&browser, fields, "insured.ward.1.");
    let page = browser.post_raw(FORM, &all).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.says("的同意已经记录") && page.body.contains("/p/family/consents"), "{}", page.body);
    assert!(page.scopes().iter().all(|scope| scope.starts_with("insured.ward.")), "{:?}", page.scopes());
    // The page from before, sent by the back button.
    let mut old = all.clone();
    for (name, answer) in &mut old {
        if name.starts_with("consent.") {
            "yes".clone_into(answer);
        }
    }
    let page = browser.post_raw(FORM, &old).await;
    assert!(page.location().starts_with("/p/family/records/"), "{} {}", page.status, page.body);
}

#[tokio::test]
async fn a_no_on_an_older_page_takes_no_consent_back_and_is_said_so() {
    let town = family().await;
    let mut browser = customer(&town).await;
    browser.get(FORM).await;
    let fields = || typed().into_iter().take(4).collect::<Vec<_>>();
    let old = answered(&browser, fields(), "collect.");
    let all = answered(&browser, fields(), "");
    assert!(browser.post_raw(FORM, &all).await.location().starts_with("/p/family/records/"));
    let page = browser.post_raw(FORM, &old).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("不会把它撤回，内容也没有提交"), "{}", page.body);
    assert_eq!(page.values("applicant.name"), ["李示例"]);
    let again = answered(&browser, fields(), "");
    assert!(browser.post_raw(FORM, &again).await.location().starts_with("/p/family/records/"));
}

/// The text with a claim that whoever has an account makes for others.
fn claimed_by_users(policy: &str) -> String {
    let (before, claim) = policy.split_once("id = \"claim\"").unwrap();
    format!("{before}id = \"claim\"{}", claim.replace("[\"applicant\"]", "[\"user\"]"))
}

#[tokio::test]
async fn what_is_about_somebody_is_not_handed_in_about_nobody() {
    let town = family_with(claimed_by_users).await;
    let mut browser = customer(&town).await;
    let page = browser.get("/p/family/functions/claim").await;
    assert!(page.status == StatusCode::OK && !page.says("至少要有一位"), "{}", page.body);
    let chosen = "/p/family/functions/claim?go=1&product=travel";
    let page = browser.get(chosen).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.body);
    assert!(page.says("还没有选：这件事里至少要有一位被保险人"), "{}", page.body);
    let none = [("csrf".to_owned(), page.csrf()), ("consent.collect.claim".into(), "yes".into())];
    let page = browser.post_raw(chosen, &none).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.body);
    assert!(browser.get("/p/family/records").await.links("/p/family/records/rec-").is_empty());
    // The account alone is there.
    assert!(!browser.get("/p/family/home").await.says("rec-"));
}

#[tokio::test]
async fn an_application_with_nothing_in_it_is_not_taken() {
    let town = family_with(|policy| {
        let policy = claimed_by_users(policy);
        let (before, rest) = policy.split_once("id = \"claim\"").unwrap();
        let rest = rest.replace("\"required\"", "\"optional\"");
        format!("{before}id = \"claim\"{rest}")
    })
    .await;
    let mut browser = customer(&town).await;
    let form = "/p/family/functions/claim?go=1&product=travel&who.insured=self";
    assert_eq!(browser.get(form).await.status, StatusCode::OK);
    let all = answered(&browser, Vec::new(), "");
    let page = browser.post_raw(form, &all).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.body);
    assert!(page.says("请至少填写一项再提交"), "{}", page.body);
    assert!(!page.scopes().is_empty(), "nothing is kept, no consent either");
    let all = answered(&browser, vec![("user.occupation", "教师")], "");
    let page = browser.post_raw(form, &all).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
}

/// Whoever left a consent open and mistyped a field reads of both at once.
#[tokio::test]
async fn what_is_open_and_what_is_mistyped_are_told_on_one_page() {
    let town = family_with(str::to_owned).await;
    let mut browser = customer(&town).await;
    browser.get(FORM).await;
    let fields = typed().into_iter().map(|(name, value)| match name {
        "applicant.id-number" => (name, "990105199005010021"),
        "insured.ward.1.name" => (name, ""),
        _ => (name, value),
    });
    let csrf = ("csrf".to_owned(), browser.page.csrf());
    let fields: Vec<_> = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).chain([csrf]).collect();
    let page = browser.post_raw(FORM, &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for told in ["请选择“同意”或“不同意”", "校验位不对", "需要填写"] {
        assert!(page.says(told), "{told}: {}", page.body);
    }
    assert!(!page.scopes().is_empty(), "nothing is kept");
}

/// A log that devices keep: what the machine takes is demanded there, what somebody types is not, and a face comes later.
fn logged(policy: &str) -> String {
    let log = r#"
[[record]]
id = "log"
name = "安全记录"
events = ["opened", "ended"]

[[function]]
id = "watch"
name = "安全保障"
kind = "security"
purposes = ["conclude"]
basis = "consent"
consent = "general"
users = ["user"]
makes = "log"
refused = { reach = "this-function" }

[[function.collect]]
of = "user"
items = ["device-model", "ip-address"]
need = "required"
trigger = "automatic"
silent = ["sensitive"]

[[function.collect]]
of = "user"
items = ["face-image"]
need = "required"
trigger = "given"
silent = ["sensitive"]

[[function.collect]]
of = "user"
items = ["abnormal-event"]
need = "optional"
trigger = "given"
silent = ["sensitive"]

[storage]
"#;
    policy.replacen("\n[storage]\n", log, 1)
}

#[tokio::test]
async fn what_the_machine_takes_and_the_face_that_comes_later_are_not_missing_on_a_form() {
    let town = family_with(logged).await;
    let mut browser = customer(&town).await;
    let form = "/p/family/functions/watch";
    let page = browser.get(form).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let asked = browser.page.scopes();
    let all = answered(&browser, Vec::new(), "");
    let page = browser.post_raw(form, &all).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.body);
    assert!(page.says("请至少填写一项再提交"), "{}", page.body);
    assert_eq!(page.scopes(), asked, "no consent is kept for nothing");
    let all = answered(&browser, vec![("user.abnormal-event", "昨夜有陌生登录")], "");
    let page = browser.post_raw(form, &all).await;
    assert!(page.location().starts_with("/p/family/records/"), "{} {}", page.status, page.body);
    let record = page.location().to_owned();
    assert_eq!(browser.get(&record).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_consent_is_not_kept_for_a_form_that_lacks_something() {
    let town = family().await;
    let mut browser = customer(&town).await;
    browser.get(FORM).await;
    let asked = browser.page.scopes();
    let fields = typed().into_iter().take(3).collect();
    let all = answered(&browser, fields, "");
    let page = browser.post_raw(FORM, &all).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.body);
    assert!(page.says("需要填写") && !page.says("的同意已经记录"), "{}", page.body);
    assert_eq!(page.scopes(), asked);
}

/// Optional items, and a picture that may come later, of the holder and of somebody whom the holder may be too.
#[tokio::test]
async fn that_a_picture_may_come_later_fills_no_form() {
    let town = family_with(|policy| {
        let policy = claimed_by_users(policy);
        let (before, rest) = policy.split_once("id = \"claim\"").unwrap();
        let rest = rest.replace("\"required\"", "\"optional\"");
        let rest = rest.replace("[\"occupation\"]", "[\"occupation\", \"liveness-photo\"]");
        format!("{before}id = \"claim\"{rest}")
    })
    .await;
    let mut browser = customer(&town).await;
    for who in ["", "&who.insured=self"] {
        let form = format!("/p/family/functions/claim?go=1&product=travel{who}");
        assert_eq!(browser.get(&form).await.status, StatusCode::OK);
        let all = answered(&browser, Vec::new(), "");
        let page = browser.post_raw(&form, &all).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.body);
        assert!(page.says("请至少填写一项再提交"), "{who}: {}", page.body);
    }
    assert!(browser.get("/p/family/records").await.links("/p/family/records/rec-").is_empty());
}

/// A claim about somebody insured and another: nobody stands for the insured.
#[tokio::test]
async fn where_somebody_is_insured_no_other_role_makes_up_for_it() {
    let town = family_with(|policy| {
        let policy = claimed_by_users(policy);
        let more = "[[function.collect]]\nof = \"beneficiary\"\nitems = [\"occupation\"]\nneed = \"required\"\n\
            trigger = \"given\"\ntyped-by = [\"applicant\"]\nsensitive = false\n\n[storage]";
        policy.replacen("[storage]", &more.replace("[\"applicant\"]", "[\"user\"]"), 1)
    })
    .await;
    let mut browser = customer(&town).await;
    let page = browser.get("/p/family/functions/claim?go=1&product=travel&who.beneficiary=self").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.body);
    assert!(page.says("至少要有一位被保险人"), "{}", page.body);
    let page = browser.get("/p/family/functions/claim?go=1&product=travel&who.insured=self").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
}
