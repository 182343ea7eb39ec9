//! 医惠锡城: somebody insures the self, then a child as its guardian.

use testkit::{Person, child};

use super::{customer, receipts_verify};
use crate::installation::Installation;

const PARENT: &str = "13900020001";
const FAMILY: &str = "/functions/insure-family?go=1&who.child=ward";

fn typed<'p>(role: &str, who: &'p Person) -> Vec<(String, &'p str)> {
    let fields = [
        ("name", who.name.as_str()),
        ("id-type", "居民身份证"),
        ("id-number", &who.number),
        ("sex", &who.sex),
        ("birth-date", &who.birth),
    ];
    fields.map(|(item, value)| (format!("{role}.{item}"), value)).into()
}

#[test]
fn somebody_insures_the_self_and_a_child_whose_consents_are_the_guardians() {
    let at = Installation::new();
    let server = at.demo("yihui-xicheng");
    let child = child(7);
    let mut parent = customer(&server, PARENT);
    let page = parent.get(FAMILY);
    let mut fields = typed("child.ward.1", &child);
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
