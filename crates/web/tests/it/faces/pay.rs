//! Paying on the portal: what is due, a code to scan, the network's word; and words that are not the network's.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use desk::evidence::leaves;
use desk::leaf::Act;
use policy::finding::Source;
use serde_json::{Value, json};
use testkit::{Notice, Power, SimulatedWechatPay, TestHouse};

use super::browser::{Browser, Town};

const PLATFORM: &str = "yihui-xicheng";
const HOOK: &str = "/hooks/payment/yihui-xicheng";

pub(super) struct Shop {
    pub(super) town: Town,
    network: SimulatedWechatPay,
    token: String,
}

impl Shop {
    pub(super) async fn new() -> Self {
        let policy = include_str!("../../../../../platforms/yihui-xicheng/2022-09-20.toml");
        let operation = include_str!("../../../../../platforms/yihui-xicheng/operation.toml");
        let (bench, network) = TestHouse::paying().await;
        bench.publish((Source::new("2022-09-20.toml", policy), Source::new("operation.toml", operation))).await;
        let token = bench.token(Power { platform: PLATFORM, actions: &["collect"], ..Power::default() }).await;
        let router = shouyue_web::router(Arc::clone(&bench.app));
        Self { town: Town { bench, router }, network, token }
    }

    /// Somebody who registered, with an order.
    pub(super) async fn ordered(&self, nth: usize) -> (Browser<'_>, String) {
        let phone = ["13900000001", "13900000002"][nth];
        let mut browser = self.town.browser();
        browser.get(&at("/register/person")).await;
        browser.post(&at("/register/person"), &[("user.phone", phone), ("consent.collect.register", "yes")]).await;
        assert_eq!(browser.page.status, StatusCode::OK, "{}", browser.page.body);
        let code = self.town.code(phone).await;
        browser.post(&at("/login/code"), &[("code", &code)]).await;
        let number = ["99010519900501002X", "990301198512121139"][nth];
        let fields = [
            ("applicant.name", "李示例"),
            ("applicant.id-type", "居民身份证"),
            ("applicant.id-number", number),
            ("applicant.sex", ["女", "男"][nth]),
            ("applicant.birth-date", ["1990-05-01", "1985-12-12"][nth]),
        ];
        let form = at("/functions/insure-self?go=1");
        browser.get(&form).await;
        let mut fields: Vec<(String, String)> = fields.map(|(name, value)| (name.into(), value.into())).into();
        fields.extend(browser.page.scopes().into_iter().map(|scope| (format!("consent.{scope}"), "yes".into())));
        post(&mut browser, &form, &fields).await;
        assert!(browser.page.location().contains("done="), "{} {}", browser.page.status, browser.page.body);
        agree(&mut browser, "my-orders").await;
        browser.get(&at("/records?function=my-orders")).await;
        let record = browser.page.links(&at("/records/rec-")).remove(0);
        let record = record.rsplit('/').next().unwrap().to_owned();
        (browser, record)
    }

    /// The core system says what is due.
    async fn due(&self, record: &str, fen: u32) -> String {
        let path = format!("/v1/platforms/{PLATFORM}/records/{record}/payments");
        let body = json!({ "fen": fen, "description": "医惠锡城补充医疗保险" });
        let request = Request::post(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        let mut system = self.town.browser();
        let page = system.ask(request).await;
        assert_eq!(page.status, StatusCode::CREATED, "{}", page.body);
        let told: Value = serde_json::from_str(&page.body).unwrap();
        told["payment"].as_str().unwrap().to_owned()
    }

    async fn told(&self, notice: &Notice) -> StatusCode {
        let mut request = Request::post(HOOK);
        for (name, value) in &notice.headers {
            request = request.header(name, value);
        }
        self.town.browser().ask(request.body(Body::from(notice.body.clone())).unwrap()).await.status
    }

    async fn size(&self) -> usize {
        let platform = self.town.bench.house.platform(PLATFORM).unwrap();
        leaves(&self.town.bench.house, &platform, 0, 1000).await.unwrap().len()
    }

    /// The newest leaf: what it was, and why.
    async fn last(&self) -> (Act, String) {
        let platform = self.town.bench.house.platform(PLATFORM).unwrap();
        let last = leaves(&self.town.bench.house, &platform, 0, 1000).await.unwrap().pop().unwrap();
        let entry = last.entry.unwrap();
        (entry.act, entry.because.unwrap_or_default())
    }
}

fn at(path: &str) -> String {
    format!("/p/{PLATFORM}{path}")
}

async fn post(browser: &mut Browser<'_>, path: &str, fields: &[(String, String)]) {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(path, &fields).await;
}

async fn agree(browser: &mut Browser<'_>, function: &str) {
    let path = at(&format!("/functions/{function}"));
    browser.get(&path).await;
    let yes: Vec<(String, String)> =
        browser.page.scopes().into_iter().map(|scope| (format!("consent.{scope}"), "yes".to_owned())).collect();
    post(browser, &path, &yes).await;
}

/// Fills the payment's form in, with this answer to every consent.
async fn begin(browser: &mut Browser<'_>, path: &str, answer: &str) {
    browser.get(path).await;
    let mut fields = vec![("user.payment-tool".to_owned(), "微信支付".to_owned())];
    let scopes = browser.page.scopes();
    fields.extend(scopes.into_iter().map(|scope| (format!("consent.{scope}"), answer.to_owned())));
    post(browser, path, &fields).await;
}

#[tokio::test]
async fn what_is_due_stands_on_the_record_and_is_paid_by_scanning() {
    let shop = Shop::new().await;
    let (mut li, record) = shop.ordered(0).await;
    let payment = shop.due(&record, 15_900).await;
    let page = li.get(&at(&format!("/records/{record}"))).await;
    assert!(page.says("待支付") && page.says("159.00"), "{}", page.body);
    let path = page.links(&at("/payments/pay-")).remove(0);
    assert!(path.ends_with(&payment));
    assert!(li.get(&at("/payments")).await.says(&payment), "the function's page is the list");
    assert_eq!(li.get(&at("/functions/pay")).await.location(), at("/payments"));

    // Refused on the way: a consent without which the text does not let one pay.
    begin(&mut li, &path, "no").await;
    assert_ne!(li.page.status, StatusCode::SEE_OTHER, "{}", li.page.body);
    assert!(li.page.says("微信支付"), "what was typed is kept");
    begin(&mut li, &path, "yes").await;
    assert_eq!(li.page.location(), path, "{} {}", li.page.status, li.page.body);
    let page = li.get(&path).await;
    assert!(page.says("<svg class=\"qr\"") && page.says("等待付款"), "{}", page.body);
    super::guard::holds(&path, page);

    let number = payment.trim_start_matches("pay-").to_owned();
    assert_eq!(li.post(&format!("{path}/look"), &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "nothing yet");
    let notice = shop.network.pay(&number).unwrap();
    let before = shop.size().await;
    assert_eq!(shop.told(&notice).await, StatusCode::NO_CONTENT);
    assert_eq!(shop.last().await, (Act::Pay, "paid".to_owned()));
    let again = shop.network.pay(&number).unwrap();
    assert_eq!(shop.told(&again).await, StatusCode::NO_CONTENT, "told again, it is known");
    assert_eq!(shop.told(&notice).await, StatusCode::NO_CONTENT, "and so is the very same post");
    assert_eq!(shop.size().await, before + 1);
    let page = li.get(&path).await;
    assert!(page.says("已支付") && !page.says("去支付"), "{}", page.body);
    li.get(&at("/home")).await;
    li.post(&path, &[]).await;
    assert_eq!(li.page.status, StatusCode::UNPROCESSABLE_ENTITY, "paid once: {}", li.page.body);
}

#[tokio::test]
async fn r61_the_pages_of_paying_are_shown_again_with_what_was_confirmed_and_paid() {
    let shop = Shop::new().await;
    let (mut li, record) = shop.ordered(0).await;
    let payment = shop.due(&record, 15_900).await;
    let path = at(&format!("/payments/{payment}"));
    begin(&mut li, &path, "no").await;
    begin(&mut li, &path, "yes").await;
    let replay = at(&format!("/records/{record}/replay"));
    let page = li.get(&replay).await;
    assert!(page.says("确认支付，订单已开立") && !page.says("付清"), "{}", page.body);
    li.get(&path).await;
    let notice = shop.network.pay(payment.trim_start_matches("pay-")).unwrap();
    assert_eq!(shop.told(&notice).await, StatusCode::NO_CONTENT);
    let page = li.get(&replay).await;
    for told in ["与存证一致", "提交，业务已受理", "提交被退回", "确认支付，订单已开立", "支付机构确认已付清"]
    {
        assert!(page.says(told), "{told}: {}", page.body);
    }
    let pages = page.links(&format!("{replay}/")).len();
    let page = li.get(&format!("{replay}/{pages}")).await;
    assert!(page.says("用微信扫一扫") && !page.says("weixin://"), "the code's page, without a code: {}", page.body);
    assert!(!page.says(&payment) && !page.says("159.00"), "{}", page.body);
    let page = li.get(&format!("{replay}/{}", pages - 1)).await;
    assert!(page.says("去支付") && page.says("医惠锡城补充医疗保险"), "{}", page.body);
    assert!(!page.says(&payment) && !page.says("159.00") && !page.says("微信支付\""), "{}", page.body);
}

#[tokio::test]
async fn forged_and_foreign_words_change_nothing() {
    let shop = Shop::new().await;
    let (mut li, record) = shop.ordered(0).await;
    let payment = shop.due(&record, 15_900).await;
    let path = at(&format!("/payments/{payment}"));
    begin(&mut li, &path, "yes").await;
    li.get(&path).await;
    let number = payment.trim_start_matches("pay-").to_owned();
    let notice = shop.network.pay(&number).unwrap();
    let before = shop.size().await;

    let mut touched = Notice { headers: notice.headers.clone(), body: notice.body.clone() };
    touched.body.push(b' ');
    assert_eq!(shop.told(&touched).await, StatusCode::UNAUTHORIZED);
    let (_, stranger) = TestHouse::paying().await;
    let other = Notice { headers: notice.headers.clone(), body: b"{}".to_vec() };
    assert_eq!(shop.told(&other).await, StatusCode::UNAUTHORIZED);
    drop(stranger);
    shop.town.bench.clock.advance(jiff::SignedDuration::from_secs(301));
    assert_eq!(shop.told(&notice).await, StatusCode::UNAUTHORIZED, "a replay");
    assert_eq!(shop.size().await, before, "nobody acted: no leaf");
    let large = Notice { headers: notice.headers.clone(), body: vec![b'a'; 70_000] };
    assert_eq!(shop.told(&large).await, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(li.get(&path).await.says("等待付款") || li.page.says("不能再支付"), "{}", li.page.body);
    // The network tells it again, signed anew.
    assert_eq!(shop.told(&shop.network.pay(&number).unwrap()).await, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn nobody_pays_for_somebody_else_or_sees_that_there_is_anything_to_pay() {
    let shop = Shop::new().await;
    let (_, record) = shop.ordered(0).await;
    let payment = shop.due(&record, 15_900).await;
    let (mut wang, _) = shop.ordered(1).await;
    let path = at(&format!("/payments/{payment}"));
    assert_eq!(wang.get(&path).await.status, StatusCode::NOT_FOUND);
    wang.get(&at("/home")).await;
    assert_eq!(wang.post(&path, &[]).await.status, StatusCode::NOT_FOUND);
    wang.get(&at("/home")).await;
    assert_eq!(wang.post(&format!("{path}/look"), &[]).await.status, StatusCode::NOT_FOUND);
    assert!(!wang.get(&at("/payments")).await.says(&payment));
}

#[tokio::test]
async fn an_order_is_cancelled_on_its_page_and_the_networks_signed_word_brings_the_money_back() {
    let shop = Shop::new().await;
    let (mut li, record) = shop.ordered(0).await;
    let payment = shop.due(&record, 15_900).await;
    let (path, page) = (at(&format!("/payments/{payment}")), at(&format!("/records/{record}")));
    begin(&mut li, &path, "yes").await;
    li.get(&path).await;
    let number = payment.trim_start_matches("pay-").to_owned();
    assert_eq!(shop.told(&shop.network.pay(&number).unwrap()).await, StatusCode::NO_CONTENT);
    let cancel = li.get(&page).await.links(&format!("{page}/cancel")).remove(0);
    assert!(li.page.says("取消订单"), "{}", li.page.body);
    let (mut wang, _) = shop.ordered(1).await;
    assert_eq!(wang.get(&cancel).await.status, StatusCode::NOT_FOUND);
    wang.get(&at("/home")).await;
    assert_eq!(wang.post(&cancel, &[]).await.status, StatusCode::NOT_FOUND);

    li.get(&cancel).await;
    assert!(li.page.says("取消原订单，以正确的信息重新参保") && li.page.says("159.00"), "{}", li.page.body);
    super::guard::holds(&cancel, &li.page);
    let before = shop.size().await;
    li.post(&cancel, &[]).await;
    assert!(li.page.location().starts_with(&format!("{page}?done=")), "{} {}", li.page.status, li.page.body);
    assert_eq!((shop.size().await, shop.last().await), (before + 1, (Act::Event, "cancelled".to_owned())));
    li.get(&page).await;
    assert!(li.page.says("已结束") && li.page.says("退款中") && li.page.says("重新办理"), "{}", li.page.body);
    assert_eq!(li.page.links(&at("/functions/insure-self")).len(), 1, "the way to apply again");
    li.get(&cancel).await;
    assert!(li.page.says("已经取消") && !li.page.says("确认取消"), "{}", li.page.body);
    assert!(li.get(&path).await.says("查看退款结果"), "{}", li.page.body);

    let before = shop.size().await;
    let notice = shop.network.give_back(&number, &format!("{number}R")).unwrap();
    let mut touched = Notice { headers: notice.headers.clone(), body: notice.body.clone() };
    touched.body.push(b' ');
    assert_eq!(shop.told(&touched).await, StatusCode::UNAUTHORIZED);
    assert_eq!(shop.told(&notice).await, StatusCode::NO_CONTENT);
    assert_eq!((shop.size().await, shop.last().await), (before + 1, (Act::Pay, "returned".to_owned())));
    assert_eq!(shop.told(&notice).await, StatusCode::NO_CONTENT, "a replay is known");
    assert_eq!(shop.size().await, before + 1);
    assert!(li.get(&path).await.says("已退款"), "{}", li.page.body);
}

/// The function that stands for it verifies nobody by itself: the way leads to the counter, and home says that it waits.
#[tokio::test]
async fn the_way_to_a_verified_identity_leads_to_the_counter_and_home_says_that_it_waits() {
    let shop = Shop::new().await;
    let (mut browser, _) = shop.ordered(0).await;
    agree(&mut browser, "query-certificate").await;
    browser.get(&at("/home")).await;
    let way = at("/other-way/query-history");
    assert_eq!(browser.page.links(&way), [way.as_str()], "{}", browser.page.body);
    assert!(!browser.page.says("等待核验身份"), "{}", browser.page.body);
    assert!(browser.get(&way).await.says("服务网点核验"), "{}", browser.page.body);
    browser.post(&way, &[]).await;
    assert_eq!(browser.page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", browser.page.body);
    browser.post(&way, &[("method", "check-at-counter")]).await;
    let on = browser.page.location().to_owned();
    assert!(on.contains("/home?done="), "{on}");
    let page = browser.get(&on).await;
    assert!(page.says("等待核验身份") && page.says("到线下服务网点"), "{}", page.body);
    assert_eq!(browser.get(&at("/other-way/insure-self")).await.status, StatusCode::NOT_FOUND);
}
