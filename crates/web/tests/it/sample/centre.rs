//! The portal: the parts of the privacy centre.

use shouyue_web::pages::console::RequestPage as StaffRequest;
use shouyue_web::pages::parts::{Choice, ConsentChoice, Field, FieldKind, Form, Tone};
use shouyue_web::pages::portal::{
    ChoiceGroup, ChoiceLine, ChoicePage, Choices, CorrectPage, DeviceSwitch, DoNotTrack, MyRequest, MyRequests,
    PermissionPage, Permissions, Relative, RequestPage, RestrictLine, RightPage, SaidLine, SendForm, SendList,
    SendParty, Sent, SentLine, ServicePage, SwitchGroup, SwitchLine, SwitchPage, Switches, TrackerLine, Unsubscribe,
};

use super::enter::{field, inside, shell};
use super::mine::side;
use super::{Sample, at, clause, day, fact, link, reason, sample, words};

pub(crate) fn all() -> Vec<Sample> {
    let mut pages = choices();
    pages.extend(rights());
    pages.extend(asked());
    pages.extend(outside());
    pages.extend(sending());
    pages
}

fn permission(open: bool) -> DeviceSwitch {
    DeviceSwitch {
        id: "camera".into(),
        name: "相机权限".into(),
        state: if open { "设备上已打开" } else { "已关闭" }.into(),
        tone: if open { Tone::Good } else { Tone::Stop },
        since: Some(at("2026-11-16T06:40:00Z")),
        facts: vec![
            fact("用途", "办理理赔、保全时拍照"),
            fact("关闭后停用", "保单业务办理、人脸识别"),
            fact("在设备上关闭", "文本未载明"),
        ],
        withdraws: words("人脸识别"),
        open,
        clause: Some(clause("一(三)3")),
    }
}

fn switch(on: bool) -> SwitchLine {
    SwitchLine {
        scope: "market.letters".into(),
        name: if on { "短信推荐" } else { "电话推荐" }.into(),
        on,
        can_switch: true,
        state: if on { "您于 2026-09-01 同意" } else { "您于 2026-09-02 关闭" }.into(),
        facts: vec![fact("目的", "推荐产品"), fact("公布的退出方式", "短信")],
        clause: Some(clause("一(二)7")),
    }
}

fn choices() -> Vec<Sample> {
    let question = ConsentChoice {
        scope: "collect.security".into(),
        title: "安全保障".into(),
        text: vec!["目的：保障账号安全。".into()],
        refused: "其他功能照常使用，不受影响。".into(),
        shown: "sha256:a sha256:b".into(),
        ..ConsentChoice::default()
    };
    let line = ChoiceLine {
        path: "/choices/collect.security".into(),
        title: "安全保障".into(),
        cooling: Some("您在 2026-09-01 拒绝过（共 1 次），2027-02-28 之前不再主动询问。".into()),
    };
    let lines = vec![switch(true), switch(false)];
    let tracker = TrackerLine {
        name: "Cookie".into(),
        state: "不运行".into(),
        tone: Tone::Good,
        facts: vec![fact("目的", "运行网站")],
        reasons: vec![reason("没有同意", Some("二(一)"), None)],
        clause: Some(clause("二(一)")),
    };
    vec![
        sample("p20-permissions", &Permissions { shell: inside(), permissions: vec![permission(true)] }),
        sample("p20-permission", &PermissionPage { shell: inside(), permission: permission(true) }),
        sample(
            "p20-permission-closed",
            &PermissionPage {
                shell: inside(),
                permission: DeviceSwitch { name: "存储权限".into(), ..permission(false) },
            },
        ),
        sample(
            "p20-switches",
            &Switches {
                shell: inside(),
                groups: vec![SwitchGroup { title: "营销".into(), lines }],
                tracking: "公布文本没有写明。".into(),
            },
        ),
        sample("p20-switch", &SwitchPage { shell: inside(), line: switch(true) }),
        sample(
            "p20-choices",
            &Choices { shell: inside(), groups: vec![ChoiceGroup { title: "业务功能".into(), lines: vec![line] }] },
        ),
        sample(
            "p20-choice",
            &ChoicePage {
                shell: inside(),
                title: "安全保障".into(),
                consents: vec![question],
                later: vec![],
                cooling: None,
            },
        ),
        sample(
            "p20-do-not-track",
            &DoNotTrack {
                shell: shell(),
                browser: "您的浏览器没有表示不希望被追踪。".into(),
                promise: "公布文本没有写明。".into(),
                trackers: vec![tracker],
            },
        ),
    ]
}

fn request(open: bool) -> MyRequest {
    MyRequest {
        id: "req-0123456789abcdef0123456789abcdef".into(),
        right: "更正".into(),
        state: if open { "已收到" } else { "已拒绝" }.into(),
        tone: if open { Tone::Note } else { Tone::Stop },
        since: day("2026-11-21"),
        due: day("2026-12-11"),
        provisional: open,
        open,
        ground: (!open).then(|| "无端重复的请求".into()),
        topic: open.then(|| "个人信息保护".into()),
    }
}

/// A request of one's own, and where it comes in.
fn asked() -> Vec<Sample> {
    vec![
        sample(
            "p21-request",
            &RequestPage {
                shell: inside(),
                request: request(true),
                about: Some(link("保单档案", "/p/haigang/records/rec-0123456789abcdef0123456789abcdef")),
                said: vec![SaidLine {
                    label: "我们的答复（客服记录）".into(),
                    button: "打开答复".into(),
                    href: "/p/haigang/mine/rec-0123456789abcdef0123456789abcdef.registrant.service-record/clear".into(),
                }],
                uploads: vec![link("通话录音", "/p/haigang/records/rec-0/attachments/registrant.call-recording")],
                remedy: words("依法向人民法院提起诉讼"),
            },
        ),
        sample(
            "p21-service",
            &ServicePage {
                shell: inside(),
                clause: Some(clause("一(三)5")),
                form: Form::of(vec![Field {
                    kind: FieldKind::Select(vec![Choice { value: "other".into(), label: "其他".into(), hint: None }]),
                    ..field("topic", "主题", FieldKind::Text)
                }]),
                due: words("投诉：今天提出的，最迟 2026-12-11 答复"),
                remedy: words("依法向人民法院提起诉讼"),
                ..ServicePage::default()
            },
        ),
    ]
}

fn rights() -> Vec<Sample> {
    let record = RestrictLine { id: "rec-1".into(), name: "账号（2026-09-01 建立）".into(), restricted: false };
    let right = RightPage {
        shell: inside(),
        word: "restrict".into(),
        name: "限制处理".into(),
        facts: vec![fact("公布的途径", "文本未载明"), fact("今天提出，最迟答复", "2026-12-11")],
        published: side("文本未载明，从其法律", Tone::Note, "文本没有说明"),
        law: side("予以办理", Tone::Good, "法律规定的权利"),
        effect: "您可以行使这项权利。".into(),
        ways: vec![link("查看我的信息", "/p/haigang/mine")],
        export: Some("copy".into()),
        records: vec![record],
        form: Form::default(),
        remedy: words("向网信部门（12377）投诉、举报、依法向人民法院提起诉讼"),
        clause: None,
    };
    let staff = StaffRequest {
        shell: super::console::shell(),
        right: "更正".into(),
        facts: vec![fact("进度", "已收到"), fact("最迟答复", "2026-12-11")],
        subject: ("sub-01234567".into(), "/console/subjects/sub-01234567".into()),
        said: vec![link(
            "打开客户写的内容：反馈意见",
            "/console/subjects/sub-01234567/clear/rec-0.registrant.feedback",
        )],
        answer: Some(Form::of(vec![field("answer", "答复", FieldKind::LongText)])),
        answer_to: "/console/requests/req-0/answer".into(),
        reasons: vec![reason("法律规定的权利", None, Some("个人信息保护法第四十六条"))],
        overdue: Some(day("2026-11-20")),
        steps: vec![("done".into(), "标为：已办结".into())],
        form: Form::of(vec![Field {
            kind: FieldKind::Select(vec![Choice {
                value: "excessive".into(), label: "无端重复".into(), hint: None
            }]),
            ..field("reason", "理由", FieldKind::Text)
        }]),
        closed: false,
    };
    vec![
        sample("p21-right", &right),
        sample("p21-requests", &MyRequests { shell: inside(), requests: vec![request(true), request(false)] }),
        sample(
            "p21-correct",
            &CorrectPage {
                shell: inside(),
                item: "电话号码".into(),
                form: Form::of(vec![field("value", "电话号码", FieldKind::Phone)]),
                by_text: Some("取消订单，重新参保".into()),
                clause: Some(clause("八(一)")),
            },
        ),
        sample("c7-request", &staff),
    ]
}

fn outside() -> Vec<Sample> {
    let leave = |done| Unsubscribe {
        shell: shell(),
        name: if done { "短信推荐" } else { "平台营销信息" }.into(),
        until: at("2027-02-19T06:40:00Z"),
        done,
    };
    let form = Form::of(vec![field("number", "逝者的证件号码", FieldKind::DocumentNumber)]);
    vec![
        sample("p22-unsubscribe", &leave(false)),
        sample("p22-unsubscribed", &leave(true)),
        sample("p22-relative", &Relative { shell: shell(), form, number: None }),
    ]
}

fn sending() -> Vec<Sample> {
    let party = |id: &str, name: &str, closed: Option<&str>| SendParty {
        id: id.into(),
        name: name.into(),
        facts: vec![fact("类别", "用户指定的第三方"), fact("联系方式", "privacy@example.cn")],
        closed: closed.map(str::to_owned),
    };
    let (near, far) = (
        party("yunzhan", "榆川云栈企业服务有限公司", None),
        party("qinghe", "南泽青禾保险经纪有限公司", Some("我们还没有这家机构的数据接口，不能直接传输。")),
    );
    let when = at("2026-11-20T08:31:00Z");
    let line = |number: &str, arrived| SentLine { number: number.into(), party: near.name.clone(), at: when, arrived };
    let list = SendList {
        shell: inside(),
        title: "向用户指定的第三方传输副本".into(),
        clause: Some(clause("五(六)")),
        parties: vec![near.clone(), far.clone()],
        sent: vec![line("42", true), line("40", false)],
    };
    let question = ConsentChoice {
        scope: "share.portability.designated".into(),
        title: "向用户指定的第三方传输副本".into(),
        text: vec!["目的：按您的要求传输副本。".into()],
        refused: "不传输；其他功能照常使用，不受影响。".into(),
        shown: "sha256:a sha256:b".into(),
        error: Some("请选择同意或不同意".into()),
        ..ConsentChoice::default()
    };
    let form = SendForm {
        shell: inside(),
        party: near.clone(),
        items: words("姓名、手机号、单位名称"),
        facts: vec![fact("目的", "按您的要求传输副本"), fact("方式", "由系统签名后加密传输")],
        consents: vec![question],
        clause: Some(clause("五(六)")),
    };
    let sent = Sent {
        shell: inside(),
        party: near.name.clone(),
        at: when,
        arrived: Some(when),
        facts: vec![fact("编号", "juqianbao-000042"), fact("对方回执", "R000001")],
        receipt: Some(super::receipt("juqianbao-000042")),
        ..Sent::default()
    };
    let open = Sent {
        arrived: None,
        reasons: vec![reason("对方没有及时答复，还不知道是否收到。可以再传一次。", None, None)],
        ..sent.clone()
    };
    vec![
        sample("p19-send", &list),
        sample("p19-send-form", &form),
        sample("p19-send-nothing", &SendForm { items: Vec::new(), consents: Vec::new(), ..form.clone() }),
        sample("p19-send-closed", &SendForm { party: far, items: Vec::new(), consents: Vec::new(), ..form }),
        sample("p19-sent", &sent),
        sample("p19-sent-open", &open),
    ]
}
