//! A role left to another adult: the holder passes a link on, and whoever opens it answers alone.

use axum::http::StatusCode;

use super::applying::{answered, customer, customer_of, family};
use super::browser::{Browser, Town};

const FORM: &str = "/p/family/functions/insure?go=1&product=travel&who.insured=invited";
const GUEST: &str = "13900000002";

/// Li applies and leaves the insured to somebody else. Gives the page of invitations and the link.
async fn invited(browser: &mut Browser<'_>) -> (String, String) {
    let page = browser.get("/p/family/functions/insure?product=travel").await;
    assert!(page.says("其他成年人，邀请本人填写"), "{}", page.body);
    let page = browser.get(FORM).await;
    assert!(page.says("被保险人：邀请本人填写（第 1 位）") && page.values("insured.invited.1.name").is_empty());
    let all = answered(browser, vec![("applicant.name", "李示例"), ("applicant.id-number", "99010519900501002X")], "");
    let page = browser.post_raw(FORM, &all).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.says("等待填写") && page.says("未齐"), "{}", page.body);
    let record = page.body.split("/p/family/records/").nth(1);
    let record = record.map_or_else(|| panic!("{}", page.body), |rest| rest.split('/').next().unwrap());
    (format!("/p/family/records/{record}/invitations"), link(&page.body))
}

/// The link that a page shows.
fn link(body: &str) -> String {
    let (_, rest) = body.split_once("http://localhost/p/family/join/").unwrap();
    format!("/p/family/join/{}", rest.split('<').next().unwrap())
}

/// A guest who proved a telephone and has the form before the eyes.
async fn guest<'t>(town: &'t Town, link: &str, phone: &str) -> Browser<'t> {
    let mut guest = town.browser();
    let page = guest.get(link).await;
    assert!(page.says("溪山人寿保险股份有限公司") && page.says("被保险人") && page.says("旅行险"), "{}", page.body);
    assert!(!page.says("李示例"), "nothing of the holder is told");
    guest.post(link, &[("phone", phone)]).await;
    let code = town.code(phone).await;
    guest.post(link, &[("code", &code)]).await;
    guest
}

fn typed<'f>(name: &'f str, number: &'f str) -> Vec<(&'f str, &'f str)> {
    vec![("insured.name", name), ("insured.id-number", number)]
}

/// What the form of a guest posts.
fn filled(browser: &Browser<'_>, name: &str, number: &str, no: &str) -> Vec<(String, String)> {
    let mut all = answered(browser, typed(name, number), no);
    for hidden in ["proof", "fill"] {
        all.extend(browser.page.values(hidden).into_iter().map(|value| (hidden.to_owned(), value)));
    }
    all
}

#[tokio::test]
async fn who_is_invited_proves_a_telephone_fills_in_and_consents_alone() {
    let town = family().await;
    let mut holder = customer(&town).await;
    let (invitations, link) = invited(&mut holder).await;
    let page = holder.get("/p/family/home").await;
    assert!(page.says("还有 1 人没有填写") && page.links(&invitations).len() == 1, "{}", page.body);
    let page = holder.get(&invitations).await;
    assert!(page.says("等待填写") && !page.says("/join/"), "a link is shown once: {}", page.body);
    let mut wang = guest(&town, &link, GUEST).await;
    assert_eq!(wang.page.scopes(), ["collect.insure", "collect.insure.identity-document"], "{}", wang.page.body);
    // A consent that policy and law demand is refused: nothing is stored, the link stays, what was typed stays.
    let all = filled(&wang, "王示例", "990201198803070014", "collect.insure.identity-document");
    let page = wang.post_raw(&link, &all).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", page.body);
    assert_eq!(page.values("insured.name"), ["王示例"]);
    assert!(page.says("链接还可以用"));
    // A number that does not read names its field.
    let all = filled(&wang, "王示例", "990201198803070010", "");
    let page = wang.post_raw(&link, &all).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let all = filled(&wang, "王示例", "990201198803070014", "");
    let page = wang.post_raw(&link, &all).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.says("已提交") && !page.says("李示例"));
    // Sent once more, as by an impatient finger.
    let size = town.bench.store.head(&testkit::slug("family")).await.unwrap().size;
    let first = page.body.clone();
    let page = wang.post_raw(&link, &all).await;
    assert_eq!((page.status, &page.body), (StatusCode::OK, &first));
    assert_eq!(town.bench.store.head(&testkit::slug("family")).await.unwrap().size, size);
    let page = holder.get(&invitations).await;
    assert!(page.says("已填写") && page.says("已齐") && !page.says("王示例"), "{}", page.body);
    for path in ["/p/family/home", "/p/family/mine", "/p/family/receipts"] {
        let page = holder.get(path).await;
        assert!(!page.says("王示例") && !page.says("等待别人填写"), "{path}: {}", page.body);
    }
    assert!(town.browser().get(&link).await.says("回到您填写的内容"), "nobody joins by it twice");
}

#[tokio::test]
async fn r61_a_guest_sees_the_own_part_of_the_sale_again_and_the_holder_theirs() {
    let town = family().await;
    let mut holder = customer(&town).await;
    let (invitations, link) = invited(&mut holder).await;
    let mut wang = customer_of(&town, "王示例", GUEST).await;
    wang.get(&link).await;
    let all = filled(&wang, "王示例", "990201198803070010", "");
    assert_eq!(wang.post_raw(&link, &all).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let all = filled(&wang, "王示例", "990201198803070014", "");
    let page = wang.post_raw(&link, &all).await;
    assert!(page.location().starts_with("/p/family/records/"), "{}", page.body);
    let replay = invitations.replace("/invitations", "/replay");
    let page = wang.get(&replay).await;
    for told in ["与存证一致", "看到了这个页面", "提交被退回", "填写了这个页面", "同意：", "提交，业务已受理"]
    {
        assert!(page.says(told), "{told}: {}", page.body);
    }
    assert_eq!(page.links(&format!("{replay}/")).len(), 1, "the own page alone: {}", page.body);
    let page = wang.get(&format!("{replay}/1")).await;
    assert!(page.says("受邀填写") && page.says("当时的选择") && !page.says("王示例"), "{}", page.body);
    let page = holder.get(&replay).await;
    assert!(page.says("与存证一致") && page.links(&format!("{replay}/")).len() == 2, "{}", page.body);
    for nth in 1..=2 {
        assert!(!holder.get(&format!("{replay}/{nth}")).await.says("受邀填写"), "what a guest chose is not told");
    }
    let mut stranger = customer_of(&town, "李另例", "13900000003").await;
    assert_eq!(stranger.get(&replay).await.status, StatusCode::NOT_FOUND);
}

/// Opens a link that was used, and proves a telephone.
async fn back<'t>(town: &'t Town, link: &str, phone: &str) -> Browser<'t> {
    let mut guest = town.browser();
    let page = guest.get(link).await;
    assert!(page.says("回到您填写的内容") && !page.says("旅行险"), "{}", page.body);
    let page = guest.post(link, &[("phone", phone)]).await;
    assert!(page.says("如果"), "the same is said of any number: {}", page.body);
    guest
}

#[tokio::test]
async fn r12_a_guest_without_an_account_comes_back_sees_the_own_data_and_withdraws() {
    let town = family().await;
    let mut holder = customer(&town).await;
    let (invitations, link) = invited(&mut holder).await;
    let mut wang = guest(&town, &link, GUEST).await;
    let all = filled(&wang, "王示例", "990201198803070014", "");
    let page = wang.post_raw(&link, &all).await;
    assert!(page.says("已提交") && page.links(&link) == [link.as_str()], "{}", page.body);
    // Another telephone gets no code, and no code lets it in.
    let mut other = back(&town, &link, "13900000009").await;
    assert!(town.bench.tencent.take_for("13900000009").is_none());
    assert_eq!(other.post(&link, &[("code", "123456")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut wang = back(&town, &link, GUEST).await;
    assert_eq!(wang.post(&link, &[("code", "000000")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let code = town.code(GUEST).await;
    let page = wang.post(&link, &[("code", &code)]).await;
    assert_eq!(page.location(), "/p/family/mine", "{} {}", page.status, page.body);
    let page = wang.get("/p/family/mine").await;
    assert!(page.says("王") && page.says("证件号码") && !page.says("李"), "the own part alone: {}", page.body);
    let record = invitations.trim_end_matches("/invitations");
    let page = wang.get(record).await;
    assert!(page.status == StatusCode::OK && !page.says("李"), "{} {}", page.status, page.body);
    assert_eq!(wang.get(&invitations).await.status, StatusCode::NOT_FOUND, "the matter is the holder's");
    assert_eq!(wang.get("/p/family/functions/insure").await.status, StatusCode::NOT_FOUND, "a guest begins nothing");
    let page = wang.get("/p/family/home").await;
    assert!(page.says("没有在这里开立账号") && page.links("/p/family/functions/").is_empty(), "{}", page.body);
    for path in
        ["privacy", "receipts", "choices", "switches", "requests", "close", "mine/shared", "payments", "rights/copy"]
    {
        let page = wang.get(&format!("/p/family/{path}")).await;
        assert!(page.status == StatusCode::OK && !page.says("李示例"), "{path}: {} {}", page.status, page.body);
    }
    let given = wang.get("/p/family/consents").await.links("/p/family/consents/");
    let withdraw = given.into_iter().filter(|link| link.ends_with("/withdraw")).collect::<Vec<_>>();
    assert_eq!(withdraw.len(), 2, "{}", wang.page.body);
    for path in withdraw {
        wang.get(&path).await;
        wang.post(&path, &[]).await;
        assert_eq!(wang.page.status, StatusCode::OK, "{}", wang.page.body);
    }
    assert!(
        wang.get("/p/family/consents").await.links("/p/family/consents/").iter().all(|link| !link.ends_with("draw"))
    );
    wang.get("/p/family/rights/copy").await;
    wang.post("/p/family/export/copy", &[]).await;
    assert_eq!(wang.page.status, StatusCode::OK, "{}", wang.page.body);
    assert!(wang.page.says("990201198803070014"));
}

#[tokio::test]
async fn a_link_that_was_used_with_an_account_leads_nowhere() {
    let town = family().await;
    let mut holder = customer(&town).await;
    let (_, link) = invited(&mut holder).await;
    let mut wang = customer_of(&town, "王示例", GUEST).await;
    wang.get(&link).await;
    let all = filled(&wang, "王示例", "990201198803070014", "");
    assert!(wang.post_raw(&link, &all).await.location().starts_with("/p/family/records/"), "{}", wang.page.body);
    assert_eq!(town.browser().get(&link).await.status, StatusCode::GONE, "who has an account logs in by it");
}

#[tokio::test]
async fn a_link_is_made_again_taken_back_and_tells_what_became_of_it() {
    let town = family().await;
    let mut holder = customer(&town).await;
    let (invitations, first) = invited(&mut holder).await;
    holder.get(&invitations).await;
    let id = holder.page.body.split("name=\"again\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let page = holder.post(&invitations, &[("again", &id)]).await;
    let second = link(&page.body);
    assert_eq!(town.browser().get(&first).await.status, StatusCode::NOT_FOUND);
    let mut visitor = town.browser();
    assert_eq!(visitor.get(&second).await.status, StatusCode::OK);
    holder.get(&invitations).await;
    let page = holder.post(&invitations, &[("end", &id)]).await;
    assert!(page.says("邀请已收回") && page.says("未齐"), "{}", page.body);
    let page = visitor.get(&second).await;
    assert_eq!(page.status, StatusCode::GONE);
    assert!(page.says("邀请您的人收回了这个邀请") && page.says("要一个新的链接"), "{}", page.body);
    // Somebody else's matter is nobody's.
    let mut other = customer_of(&town, "王示例", GUEST).await;
    assert_eq!(other.get(&invitations).await.status, StatusCode::NOT_FOUND);
    let csrf = [("csrf".to_owned(), other.page.csrf()), ("again".to_owned(), id)];
    assert_eq!(other.post_raw(&invitations, &csrf).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn r17_a_child_and_the_holder_are_told_who_fills_in_instead() {
    let town = family().await;
    let mut holder = customer(&town).await;
    let (_, link) = invited(&mut holder).await;
    let page = holder.get(&link).await;
    assert_eq!(page.status, StatusCode::OK);
    let all = filled(&holder, "李示例", "99010519900501002X", "");
    let page = holder.post_raw(&link, &all).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("链接要由受邀的人自己打开"), "{}", page.body);
    let mut child = guest(&town, &link, "13900000003").await;
    let all = filled(&child, "张示例", "990200201306060059", "");
    let page = child.post_raw(&link, &all).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.says("让监护人在自己的账号里办理"), "{}", page.body);
    // A proof of another link, or of nobody, is none.
    let mut stranger = town.browser();
    stranger.get(&link).await;
    let page = stranger.post(&link, &[("proof", "9999999999.00"), ("fill", "1")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("请重新验证"), "{}", page.body);
}

#[tokio::test]
async fn who_has_an_account_joins_by_it() {
    let town = family().await;
    let mut holder = customer(&town).await;
    let (invitations, link) = invited(&mut holder).await;
    customer_of(&town, "王示例", GUEST).await;
    let mut wang = guest(&town, &link, GUEST).await;
    assert_eq!(wang.page.location(), link, "the telephone tells the account: {}", wang.page.body);
    wang.get(&link).await;
    let all = filled(&wang, "王示例", "990201198803070014", "");
    let page = wang.post_raw(&link, &all).await;
    let record = page.location().to_owned();
    assert!(record.starts_with("/p/family/records/"), "{}", page.body);
    assert!(wang.get(&record).await.says("王**"), "who joined sees the own part: {}", wang.page.body);
    assert!(!wang.page.says("张**"), "and nothing of the holder's: {}", wang.page.body);
    let page = wang.get("/p/family/mine").await;
    let back = page.links("/p/family/records/").into_iter().any(|link| record.starts_with(&link));
    assert!(back, "what is held leads to the record: {}", page.body);
    assert!(holder.get(&invitations).await.says("已填写"));
    let page = wang.get("/p/family/consents").await;
    assert!(page.says("投保"), "what the guest agreed to is the guest's to take back: {}", page.body);
}
