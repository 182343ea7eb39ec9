//! Persons that the law counts, at the console and at the metrics (rules R34, R51).

use axum::http::StatusCode;
use testkit::person;

use super::browser::Town;
use super::consoles::clerk;

#[tokio::test]
async fn r34_a_threshold_is_told_of_at_the_console_until_its_filing_is_noted() {
    let town = Town::haigang().await;
    town.customer(&person(1)).await;
    let mut staff = clerk(&town, &[("haigang", "compliance")]).await;
    let page = "/console/thresholds/R34";
    assert!(!staff.get("/console/").await.says(page), "nothing to tell of");
    assert!(!staff.get(page).await.says("登记办理结果"));
    town.bench.reaches("haigang", "R34").await;
    let home = staff.get("/console/").await;
    assert!(home.says("存储人脸信息的人数 0：已达到，待办理") && home.says(page) && home.says("最迟"), "{}", home.body);
    assert!(staff.get("/console/thresholds").await.says("处理个人信息的人数"));
    let metrics = town.browser().get("/metrics").await.body.clone();
    for row in [
        "shouyue_persons{platform=\"haigang\",rule=\"R51\"} 1",
        "shouyue_persons_limit{platform=\"haigang\",rule=\"R34\"} 100000",
        "shouyue_filing_open{platform=\"haigang\",rule=\"R34\"} 1",
    ] {
        assert!(metrics.contains(row), "{row} in {metrics}");
    }
    let mut claims = clerk(&town, &[("haigang", "claims")]).await;
    assert!(!claims.get(page).await.says("登记办理结果"), "no form for a role that does not file");
    let sent = claims.post(page, &[("on", "2020-01-01"), ("number", "HG-1")]).await;
    assert_eq!(sent.status, StatusCode::FORBIDDEN);
    staff.get(page).await;
    for (on, number, why) in
        [("", "HG-1", "需要填写"), ("2999-01-01", "HG-1", "还没有到"), ("2020-01-01", "one", "格式不对")]
    {
        let wrong = staff.post(page, &[("on", on), ("number", number)]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.says(why) && wrong.says(number), "what was typed stays: {}", wrong.body);
    }
    staff.post(page, &[("on", "2020-01-01"), ("number", "HG-2020-1")]).await;
    assert_eq!(staff.page.location(), page);
    let done = staff.get(page).await;
    assert!(done.says("HG-2020-1") && done.says("已办理") && !done.says("登记办理结果"), "{}", done.body);
    assert!(!staff.get("/console/").await.says(page));
}
