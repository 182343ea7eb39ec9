//! The portal: agencies that a customer authorises, and revokes.

use shouyue_web::pages::parts::{ConsentChoice, ConsentForm, Form};
use shouyue_web::pages::portal::{
    Agencies, Agency, AgencyGroup, Grant, GrantDone, GrantForm, GrantRevoked, GrantState, RevokeGrant,
};

use super::enter::{field, inside, radio};
use super::{Sample, at, clause, fact, reason, receipt, sample, words};

fn group(agencies: Vec<Agency>) -> AgencyGroup {
    let (id, title) = ("agency".into(), "授权保险服务机构查询".into());
    AgencyGroup { id, title, clause: Some(clause("一(二)")), agencies }
}

pub(crate) fn all() -> Vec<Sample> {
    let sees = words("保单号、险种、保险金额、保险期间、交费状态");
    let river = Agency {
        path: "jiangwan".into(),
        name: "江湾保险代理有限公司".into(),
        facts: vec![fact("类型", "保险中介机构"), fact("许可证号", "演示-0001"), fact("联系方式", "400-000-0001")],
        sees: sees.clone(),
        granted: true,
    };
    let cloud = Agency {
        path: "yunting?share=agency".into(),
        name: "云汀保险经纪有限公司".into(),
        facts: vec![fact("类型", "保险中介机构"), fact("许可证号", "演示-0002"), fact("联系方式", "400-000-0002")],
        sees: sees.clone(),
        granted: false,
    };
    let grant = Grant {
        id: "g1".into(),
        agency: river.name.clone(),
        share: Some("授权代理机构查询".into()),
        sees,
        since: at("2026-10-08T02:20:00Z"),
        until: Some(at("2027-01-08T02:20:00Z")),
        used: "查询 3 次，最近一次 2026年11月16日".into(),
        state: GrantState::InForce,
    };
    let revoked = Grant { state: GrantState::Revoked(at("2026-11-20T08:31:00Z")), ..grant.clone() };
    let consequences = vec![
        reason("这家机构的下一次查询起即被拒绝", Some("五(四)"), None),
        reason("不影响您的保单和其他功能", None, None),
        reason("撤销前已经查询的内容，机构须按协议返还并删除副本", Some("三(一)1(3)"), None),
    ];
    let agencies = Agencies {
        shell: inside(),
        title: "授权保险服务机构查询".into(),
        intro: "您可以选择授权指定的保险服务机构查询您的保单信息；不授权不影响其他功能。".into(),
        grants: vec![grant.clone()],
        groups: vec![group(vec![river, cloud.clone()])],
    };
    let form = GrantForm {
        shell: inside(),
        agency: cloud,
        purpose: "由该机构直接向您提供产品和服务".into(),
        method: "按次查询，每次查询都会写入与第三方共享清单".into(),
        form: Form::of(vec![field(
            "until",
            "授权到什么时候",
            radio(&[("1m", "一个月", ""), ("3m", "三个月", ""), ("12m", "一年", "到期自动失效，随时可提前撤销")]),
        )]),
        consent: ConsentChoice {
            scope: "share.agency.yunting".into(),
            title: "向云汀保险经纪有限公司提供保单信息".into(),
            form: ConsentForm::Separate,
            text: vec!["我同意云汀保险经纪有限公司在授权期间查询上列信息。".into()],
            refused: "不授权，其他功能照常使用。".into(),
            ..ConsentChoice::default()
        },
        clause: Some(clause("一(二)")),
        more: Vec::new(),
    };
    vec![
        sample("p08-agencies", &agencies),
        sample("p08-grant", &form),
        sample("p08-granted", &GrantDone { shell: inside(), grant: grant.clone(), receipt: Some(receipt("HG-00390")) }),
        sample("p08-revoke", &RevokeGrant { shell: inside(), grant, consequences: consequences.clone() }),
        sample(
            "p08-revoked",
            &GrantRevoked { shell: inside(), grant: revoked, consequences, receipt: Some(receipt("HG-00402")) },
        ),
    ]
}
