//! 京东安联: an extra service is refused and closes nothing else; a car is insured with the spouse's data only on the spouse's
//! own word; personalisation ends at once where the text names no way out.

use testkit::{Person, person};

use super::{customer, receipts_verify};
use crate::installation::{Installation, Server};
use crate::portal::{Browser, Page};

const CUSTOMER: &str = "13900030001";
/// The customer's own number, as the demo has it: with another nobody comes in.
const NUMBER: &str = "990401198509172029";
const CAR: &str = "/functions/apply?go=1&product=motor&who.insured=self&who.family=invited";

/// Who somebody is, in the fields of a role.
fn identity<'p>(role: &str, who: &'p Person) -> Vec<(String, &'p str)> {
    let fields = [
        ("name", who.name.as_str()),
        ("home-or-work-address", "澜江省听涛市东屏区梧桐路26号"),
        ("phone", &who.phone),
        ("id-type", "居民身份证"),
        ("id-number", &who.number),
        ("id-validity", "2016-05-01至2036-05-01"),
    ];
    fields.map(|(item, value)| (format!("{role}.{item}"), value)).into()
}

fn typed<'f>(fields: &'f [(String, &str)]) -> Vec<(&'f str, &'f str)> {
    fields.iter().map(|(name, value)| (name.as_str(), *value)).collect()
}

/// 一(二)3(3): the refusal closes the extra service alone.
fn refuse_health_service(customer: &mut Browser) {
    let page = customer.get("/functions/health-management");
    let page = customer.answer(&page, &[("applicant.health-status", "体检一切正常")], |_| false);
    assert_eq!(page.status, 403, "{}", page.problems());
    assert!(page.says("没有提交：您填写的内容没有保存") && page.says("体检一切正常"), "{}", page.problems());
    assert_eq!(customer.get("/functions/motor-subject").status, 200);
}

/// The spouse proves a telephone at another browser, refuses, and agrees.
fn join(server: &Server, link: &str, spouse: &Person) -> Page {
    let mut guest = Browser::new(server);
    let page = guest.get(link);
    let page = guest.choose(&page, link, &[("phone", &spouse.phone)]);
    let page = guest.prove(&page, link);
    let fields = identity("family", spouse);
    let page = guest.answer(&page, &typed(&fields), |scope| !scope.ends_with(".identity-document"));
    assert_eq!(page.status, 403, "{}", page.problems());
    assert!(page.says(&spouse.name), "what was typed is gone: {}", page.problems());
    guest.answer(&page, &typed(&fields), |_| true)
}

/// What the switch of personalisation offers next.
fn offered(customer: &mut Browser) -> String {
    let page = customer.get("/switches");
    let (_, rest) = page.text.split_once("/switches/profile.personalise\"").unwrap();
    let label = rest.split_once('>').unwrap().1;
    label.chars().take(2).collect()
}

#[test]
fn a_car_is_insured_with_a_spouse_on_the_spouses_own_word_and_personalisation_ends() {
    let at = Installation::new();
    let server = at.demo("jd-allianz");
    let (mut zhou, spouse) = (person(5), person(6));
    zhou.number = NUMBER.to_owned();
    let mut mine = customer(&server, CUSTOMER);
    refuse_health_service(&mut mine);

    let page = mine.get(CAR);
    assert!(!page.says("name=\"family.name\""), "the spouse is answered for");
    let fields = [identity("applicant", &zhou), vec![("applicant.occupation".to_owned(), "中学教师")]].concat();
    let wrong: Vec<_> = typed(&fields).into_iter().filter(|(name, _)| *name != "applicant.name").collect();
    let page = mine.answer(&page, &wrong, |_| true);
    assert_eq!(page.status, 422, "a required name is left out: {}", page.problems());
    let page = mine.answer(&page, &typed(&fields), |_| true);
    assert!(page.says("未齐"), "a cover is complete without the spouse: {}", page.problems());
    let link = page.link_to_pass_on();
    assert_eq!(at.files_with(&spouse.number), Vec::<String>::new());

    let done = join(&server, &link, &spouse);
    assert_eq!(done.status, 200, "{}", done.problems());
    assert!(done.says("已提交"), "{}", done.problems());
    let again = Browser::new(&server).get(&link);
    assert!(again.says("手机号码") && !again.says("family.name"), "a link is filled in once: {}", again.problems());
    let list = mine.get("/records");
    for record in list.links("/records/rec-") {
        assert!(!mine.get(&record).says(&spouse.name), "the spouse's answers are shown");
    }

    // 一(二)7: the text names no way out of it; the law does.
    let switches = mine.get("/switches");
    assert!(switches.says("公布文本未说明途径"), "{}", switches.problems());
    let page = mine.get("/switches/profile.personalise");
    assert_eq!(offered(&mut mine), "关闭");
    mine.answer(&page, &[], |_| false);
    assert_eq!(offered(&mut mine), "打开", "who objects is not personalised any more");
    receipts_verify(&at, server, &mut [&mut mine]);
}
