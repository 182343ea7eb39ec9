//! 聚千保: a company and its employees, each of whom answers alone; a browser that asks not to be tracked; a copy for somebody
//! whom the person names.

use super::{customer, receipts_verify};
use crate::installation::Installation;
use crate::portal::Browser;

const CONTACT: &str = "13900000101";

#[test]
fn a_company_sends_its_employees_in_as_a_table_and_each_answers_alone() {
    let at = Installation::new();
    let server = at.demo("juqianbao");
    let mut contact = customer(&server, CONTACT);
    let page = contact.get("/functions/apply?go=1");
    let typed = [
        ("user.name", "苏映棠"),
        ("user.id-number", "990201198706193282"),
        ("user.phone", CONTACT),
        ("user.employer", "澄江机电设备租赁有限公司"),
    ];
    let page = contact.answer(&page, &typed, |_| false);
    assert_eq!(page.status, 403, "{}", page.problems());
    let ask = contact.answer(&page, &typed, |_| true);
    assert!(ask.path.contains("/roster/"), "{}: {}", ask.path, ask.problems());
    let template = contact.get(&ask.links("template").remove(0));
    let header = template.text.trim_start_matches('\u{feff}').replace('"', "");
    let header = header.trim();

    let page = contact.upload(&ask, "file", "text/csv", format!("{header},工资\n一号雇员,9000\n").as_bytes());
    assert_eq!(page.status, 422, "a column that nobody asked for: {}", page.problems());
    let rows = format!("{header}\n高处作业员，三年\n起重机司机，七年\n");
    let looked = contact.upload(&ask, "file", "text/csv", rows.as_bytes());
    assert!(looked.says("还没有保存任何内容") && !looked.says("起重机司机"), "{}", looked.problems());
    let done = contact.send(&looked, "/enrol", &[]);
    assert_eq!(done.text.matches("/join/").count(), 2, "each employee is invited: {}", done.problems());
    assert_eq!(at.files_with("起重机司机"), Vec::<String>::new(), "an employee's data is kept without the employee");
    receipts_verify(&at, server, &mut [&mut contact]);
}

#[test]
fn a_browser_that_asks_not_to_be_tracked_is_heeded() {
    let at = Installation::new();
    let server = at.demo("juqianbao");
    for header in ["dnt", "sec-gpc"] {
        let mut browser = Browser::new(&server);
        assert!(!browser.get("/do-not-track").says("依您的浏览器设置，不运行"));
        browser.tells(header, "1");
        assert!(browser.get("/do-not-track").says("依您的浏览器设置，不运行"), "{header}");
    }
    server.stop();
}

#[test]
fn a_copy_goes_to_whom_the_person_names_and_only_on_a_separate_consent() {
    let at = Installation::new();
    let server = at.demo("juqianbao");
    let mut contact = customer(&server, CONTACT);
    let page = contact.get("/send/yunzhan");
    assert!(!page.says("苏映棠"), "what goes is named, not shown");
    let refused = contact.answer(&page, &[], |_| false);
    assert!(!refused.says("已送达"), "{}", refused.problems());
    let page = contact.get("/send/yunzhan");
    let sent = contact.answer(&page, &[], |scope| !scope.ends_with(".identity-document"));
    assert!(sent.says("已送达"), "{}", sent.problems());
    assert!(contact.get("/mine/shared").says("榆川云栈企业服务有限公司"));
    receipts_verify(&at, server, &mut [&mut contact]);
}
