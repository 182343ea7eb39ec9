//! A company's people as a table: looked at, confirmed, and each told what becomes of the line.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use serde_json::Value;
use testkit::Power;

use super::applying::{answered, customer, group};
use super::browser::{Browser, Page};

const FORM: &str = "/p/family/functions/group?go=1&product=travel";

/// Sends a table in.
async fn sent<'b>(browser: &'b mut Browser<'_>, path: &str, table: &[u8]) -> &'b Page {
    let mut body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n\
         --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"staff.csv\"\r\n\r\n",
        browser.page.csrf()
    )
    .into_bytes();
    body.extend_from_slice(table);
    body.extend_from_slice(b"\r\n--x--\r\n");
    let request = Request::post(path)
        .header("content-type", "multipart/form-data; boundary=x")
        .header("origin", "http://localhost");
    browser.ask(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn a_system_that_sends_its_roster_again_under_its_key_gets_the_lines_and_no_link() {
    let town = group().await;
    let mut holder = customer(&town).await;
    holder.get(FORM).await;
    let all = answered(&holder, vec![("applicant.name", "李示例"), ("workplace.company-name", "示例科技有限公司")], "");
    let on = holder.post_raw(FORM, &all).await.location().to_owned();
    let record = on.split("/records/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let row = town.bench.store.record(&testkit::slug("family"), record.parse().unwrap()).await.unwrap().unwrap();
    let subject = row.holder.unwrap();
    let power = Power { platform: "family", actions: &["collect"], purposes: &["group"], ..Power::default() };
    let token = town.bench.token(power).await;
    let path = format!("/v1/platforms/family/subjects/{subject}/records/{record}/roster/member");
    let send = async |table: &str, key: &str| -> (StatusCode, Value) {
        let request = Request::post(&path)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "text/csv")
            .header("idempotency-key", key);
        let mut system = town.browser();
        let page = system.ask(request.body(Body::from(table.to_owned())).unwrap()).await;
        (page.status, serde_json::from_str(&page.body).unwrap())
    };
    let table = "姓名,证件号码\n王示例,\n";
    let (status, first) = send(table, "staff-1").await;
    assert_eq!(status, StatusCode::CREATED, "{first}");
    let size = town.bench.store.head(&testkit::slug("family")).await.unwrap().size;
    let (status, mut again) = send(table, "staff-1").await;
    assert_eq!((status, again.pointer("/lines/0/invited/link")), (StatusCode::CREATED, None), "no link is kept");
    again["lines"][0]["invited"]["link"] = first["lines"][0]["invited"]["link"].clone();
    assert_eq!(again, first, "all else is the same");
    assert_eq!(send("姓名\n赵示例\n", "staff-1").await.0, StatusCode::CONFLICT, "the key came with another roster");
    assert_eq!(town.bench.store.head(&testkit::slug("family")).await.unwrap().size, size);
    assert_eq!(send(table, "staff-2").await.0, StatusCode::CREATED, "another key asks for another act");
}

#[tokio::test]
async fn a_companys_people_come_as_a_table_and_answer_alone() {
    let town = group().await;
    let mut holder = customer(&town).await;
    let page = holder.get("/p/family/functions/group?product=travel").await;
    assert!(page.says("提交之后可以上传名册"), "{}", page.body);
    holder.get(FORM).await;
    let all = answered(&holder, vec![("applicant.name", "李示例"), ("workplace.company-name", "示例科技有限公司")], "");
    let page = holder.post_raw(FORM, &all).await;
    let on = page.location().to_owned();
    assert!(on.contains("/roster/member?done="), "{} {}", on, page.body);
    let page = holder.get(&on).await;
    assert!(page.says("员工名册") && page.says("每次 100 人"), "{}", page.body);
    let path = on.split('?').next().unwrap().to_owned();
    let template = holder.get(&format!("{path}/template.csv")).await;
    assert_eq!(template.body, "\u{feff}\"姓名\",\"证件号码\"\r\n");
    holder.get(&on).await;
    // What does not read is told by column, and nothing is kept.
    let page = sent(&mut holder, &path, "姓名,工资\n王示例,1\n".as_bytes()).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("第 2 列的列名不在要填写的项目里"), "{}", page.body);
    let page = sent(&mut holder, &path, "姓名,证件号码\n\"王示例,\n张示例,\n".as_bytes()).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("第 2 行的引号没有成对"), "{}", page.body);
    let page =
        sent(&mut holder, &path, "姓名,证件号码\n=王示例,\n张示例,990200201306060059\n赵示例,12345\n".as_bytes()).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.says("还没有保存任何内容") && page.says("邀请本人填写 1 人，有误不处理 2 行"), "{}", page.body);
    assert!(
        page.says("未满十四周岁，须由监护人办理") && !page.says("王示例") && !page.says("12345"),
        "no value is told"
    );
    assert!(holder.get(&format!("{path}/result.csv")).await.status == StatusCode::NOT_FOUND);
    holder.get(&on).await;
    let page = holder.post(&format!("{path}/enrol"), &[]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.says("/p/family/join/") && page.says("已完成"), "{}", page.body);
    assert!(page.says("第 2 行：") && page.says("邀请页上的第 1 位"), "whose link it is: {}", page.body);
    assert!(!page.says("王示例") && !page.says("=王示"), "under its mask: {}", page.body);
    let (_, link) = page.body.split_once("http://localhost").unwrap();
    let link = link.split('<').next().unwrap().to_owned();
    let table = holder.get(&format!("{path}/result.csv")).await;
    assert!(table.body.starts_with("\u{feff}\"行\",\"结果\"") && table.body.contains(&link), "{}", table.body);
    assert!(!table.body.contains("王示例"));
    // Once is once: what came of it is shown again.
    let size = town.bench.store.head(&testkit::slug("family")).await.unwrap().size;
    holder.get(&on).await;
    let page = holder.post(&format!("{path}/enrol"), &[]).await;
    assert!(page.status == StatusCode::OK && page.says(&link) && page.says("已完成"), "{}", page.body);
    assert_eq!(town.bench.store.head(&testkit::slug("family")).await.unwrap().size, size);
    let page = town.browser().get(&link).await.status;
    assert_eq!(page, StatusCode::OK);
    let page = holder.get("/p/family/home").await;
    assert!(page.says("还有 1 人没有填写"), "{}", page.body);
    let record = path.split("/roster/").next().unwrap();
    assert!(holder.get(record).await.links(&path).contains(&path), "the record's page leads to its roster");
    assert!(holder.get(&format!("{record}/invitations")).await.says("第 1 位：员工"), "{}", holder.page.body);
}
