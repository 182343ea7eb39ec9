//! 医惠锡城: somebody insures the self, then a child as its guardian; an order is corrected by cancelling it; a group booking
//! reaches the insurer that was picked, and no other.

use serde_json::json;
use testkit::{child, person};

use super::{customer, receipts_verify};
use crate::installation::Installation;
use crate::people::{person_fields, with_bad_checksum};
use crate::portal::Browser;

const PARENT: &str = "13900020001";
const FAMILY: &str = "/functions/insure-family?go=1&who.child=ward";

#[test]
fn somebody_insures_the_self_and_a_child_whose_consents_are_the_guardians() {
    let at = Installation::new();
    let server = at.demo("yihui-xicheng");
    let child = child(7);
    let mut parent = customer(&server, PARENT);
    let page = parent.get(FAMILY);
    let mut fields = person_fields("child.ward.1", &child);
    fields.push(("child.ward.1.family-relation".to_owned(), "母女"));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let refused = parent.answer(&page, &fields, |_| false);
    assert_eq!(refused.status, 403, "{}", refused.problems());
    assert!(refused.says(&child.name), "what was typed is gone: {}", refused.problems());
    assert_eq!(at.files_with(&child.number), Vec::<String>::new());
    let order = parent.answer(&refused, &fields, |_| true);
    assert!(order.path.contains("/records/rec-") && order.says("儿童"), "{}", order.problems());
    assert!(!order.says(&child.number), "a number is shown in the clear");
    receipts_verify(&at, server, &mut [&mut parent]);
}

/// 八(一)(2): an order is corrected by cancelling it and insuring again.
#[test]
fn an_order_with_a_mistake_is_cancelled_and_made_again() {
    let at = Installation::new();
    let server = at.demo("yihui-xicheng");
    let own = person(8);
    let mut customer = Browser::new(&server);
    let page = customer.get("/register/person");
    let page = customer.send(&page, "/register/person", &[("user.phone", &own.phone)]);
    customer.log_in_with_code(&page);
    let page = customer.get("/functions/insure-self");
    let fields = person_fields("applicant", &own);
    let right: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let mistyped = with_bad_checksum(&own);
    let wrong: Vec<(&str, &str)> = right
        .iter()
        .map(|&(name, value)| (name, if value == own.number { mistyped.as_str() } else { value }))
        .collect();
    let page = customer.answer(&page, &wrong, |_| true);
    assert_eq!(page.status, 422, "{}", page.problems());
    let order = customer.answer(&page, &right, |_| true);
    assert!(order.path.contains("/records/rec-"), "{}: {}", order.path, order.problems());

    let ask = customer.get(&order.links("/cancel").remove(0));
    assert!(ask.says("重新办理"), "{}", ask.problems());
    let cancelled = customer.answer(&ask, &[], |_| true);
    assert!(cancelled.says("已取消") || cancelled.says("已结束"), "{}", cancelled.problems());
    assert!(cancelled.links("/cancel").is_empty(), "it is cancelled twice");
    assert!(!cancelled.links("/functions/insure-self").is_empty(), "{}", cancelled.problems());
    receipts_verify(&at, server, &mut [&mut customer]);
}

/// 二(一)2(3): what the contact typed goes to the insurer that the contact picks.
#[test]
fn a_group_booking_reaches_the_insurer_that_was_picked_only() {
    let at = Installation::new();
    let server = at.demo("yihui-xicheng");
    let (core, who) = (server.told("core"), person(10));
    let mut contact = Browser::new(&server);
    let page = contact.get("/register/company");
    let typed = [
        ("contact.contact-name", who.name.as_str()),
        ("contact.contact-phone", &who.phone),
        ("contact.contact-email", "typed@booking.example"),
        ("group.group-type", "企业"),
        ("group.company-name", "星桥仪器有限公司"),
        ("group.group-size", "30"),
    ];
    let page = contact.send(&page, "/register/company", &typed);
    contact.log_in_with_code(&page);
    let found = core.post("subjects/search", &json!({ "by": "phone", "value": who.phone })).good();
    let share = |party: &str| {
        json!({ "ask": "processing", "platform": "yihui-xicheng", "action": "share", "function": "group-booking",
            "purpose": "group-contact", "person": "contact", "items": ["contact-name", "contact-phone", "contact-email"],
            "subject": { "id": found["subject"] }, "recipient": "underwriter", "party": party })
    };
    core.post("acts", &share("taihu")).problem(403, "denied");
    let page = contact.get("/agencies/taihu");
    let no = contact.answer(&page, &[("until", "open")], |_| false);
    assert!(no.status < 500);
    core.post("acts", &share("taihu")).problem(403, "denied");
    let page = contact.get("/agencies/taihu");
    let picked = contact.answer(&page, &[("until", "open")], |_| true);
    assert!(picked.says("已授权"), "{}", picked.problems());
    core.post("acts", &share("taihu")).good();
    let problem = core.post("acts", &share("meiyuan")).problem(403, "denied");
    assert!(problem["decision"].to_string().contains("recipient-suspended"), "{problem}");
    receipts_verify(&at, server, &mut [&mut contact]);
}
