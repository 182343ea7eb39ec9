//! Notices of a new version at the console: how they stand, and sending again what reached nobody.

use axum::http::StatusCode;
use testkit::person;

use super::browser::Town;
use super::consoles::clerk;
use super::versions::later;

#[tokio::test]
async fn what_reached_nobody_is_listed_by_number_and_sent_again_by_those_alone_who_may() {
    let town = Town::haigang().await;
    let customer = town.customer(&person(1)).await;
    drop(customer);
    // Nobody carries a letter here, and the text in force tells by nothing else.
    let (mut text, operation) = testkit::haigang();
    text.text = text.text.replace("notice = [\"pop-up\"]", "notice = [\"letter\"]").into();
    town.bench.publish((text, operation)).await;
    town.bench.publish(later()).await;
    let (house, platform) = (&town.bench.house, town.bench.platform());
    assert!(desk::notify::send(house, &platform).await.unwrap() > 0);
    let dead = desk::notify::given_up(house, &platform).await.unwrap();

    let mut operator = clerk(&town, &[]).await;
    let page = operator.get("/console/notices").await;
    assert!(page.says("没有配置这种送达方式") && page.says("信函"), "{}", page.body);
    assert!(!page.body.contains(&person(1).name) && !page.body.contains(&person(1).phone), "it names nobody");
    assert!(operator.get("/console/policy").await.says("/console/notices"));
    operator.get("/console/notices").await;
    let number = dead[0].number.to_string();
    let page = operator.post("/console/notices", &[("number", &number)]).await;
    assert!(page.says("已重新排队：1 件"), "{}", page.body);
    assert_eq!(desk::notify::given_up(house, &platform).await.unwrap().len(), dead.len() - 1);
    assert_eq!(operator.post("/console/notices", &[("number", &number)]).await.status, StatusCode::NOT_FOUND, "once");
    operator.get("/console/notices").await;
    assert_eq!(operator.post("/console/notices", &[("number", "some")]).await.status, StatusCode::NOT_FOUND);
    operator.get("/console/notices").await;
    let left = format!("已重新排队：{} 件", dead.len() - 1);
    assert!(operator.post("/console/notices", &[("number", "all")]).await.says(&left));

    let mut claims = clerk(&town, &[("haigang", "claims")]).await;
    desk::notify::send(house, &platform).await.unwrap();
    let page = claims.get("/console/notices").await;
    assert!(page.says("没有配置这种送达方式") && !page.says("重新发送"), "{}", page.body);
    assert_eq!(claims.post("/console/notices", &[("number", "all")]).await.status, StatusCode::FORBIDDEN);
}
