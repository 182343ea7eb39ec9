//! The portal after log in: functions, records, agencies.

use shouyue_web::pages::PolicyHtml;
use shouyue_web::pages::parts::{Field, FieldGroup, FieldKind, Form, Shown, Status, Tone};
use shouyue_web::pages::portal::{
    About, ActLine, ActOutcome, Attachment, Back, BackStep, CancelPage, CheckLine, CheckPage, CheckState,
    CoverCertificate, FileLine, FormPerson, FunctionCard, FunctionGroup, FunctionState, Home, InvitationLine,
    InvitationState, Invitations, Join, JoinForm, JoinStep, LifeEvent, Opened, PaymentForm, PaymentLine, PaymentPage,
    PaymentStep, Payments, RecordGroup, RecordItem, RecordLine, RecordPage, Records, Replay, ReplayPage, RosterLine,
    RosterOutcome, RosterPage, RosterStep, Servicing, UpdateLine, UploadLine,
};
use shouyue_web::pages::qr::Qr;
use shouyue_web::pages::replay::{Course, Scene, SceneLine, StepLine};
use shouyue_web::pages::shell::Portal;

use super::enter::{field, inside, shell};
use super::{Sample, at, clause, day, fact, link, masked, reason, receipt, sample, words};

pub(crate) fn all() -> Vec<Sample> {
    vec![
        sample("p06-home", &home()),
        sample("p06-check", &check()),
        sample("p07-records", &records()),
        sample("p07-record", &record()),
        sample("p07-certificate", &certificate()),
        sample("p07-cancel", &cancel()),
        sample(
            "p07-returning",
            &PaymentPage { payment: bill("退款中", Tone::Note), ..payment(PaymentStep::Returning, None) },
        ),
        sample("p08-invitations", &invitations()),
        sample("p08-roster", &roster(RosterStep::Ask)),
        sample("p08-roster-look", &roster(RosterStep::Look)),
        sample("p08-roster-done", &roster(RosterStep::Done)),
        sample("p08-join-phone", &join(phone_step())),
        sample("p08-join", &join(fill_step())),
        sample("p08-joined", &join(JoinStep::Done { leaf: "17".into(), back: Some("/p/haigang/join/x".into()) })),
        sample(
            "p08-back-phone",
            &Back { shell: Portal { visitor: None, ..inside() }, path: "/p/haigang/join/x".into(), step: back_phone() },
        ),
        sample(
            "p08-back-code",
            &Back { shell: Portal { visitor: None, ..inside() }, path: "/p/haigang/join/x".into(), step: back_code() },
        ),
        sample("p07-replay", &Replay { shell: inside(), title: "“投保单”办理过程回放".into(), course: course() }),
        sample("p07-replay-page", &ReplayPage { shell: inside(), title: "办理时的页面".into(), scene: scene() }),
        sample("p07-attachment", &attachment()),
        sample("p07-payments", &payments()),
        sample("p07-payment-begin", &payment(begin(), None)),
        sample("p07-payment-scan", &payment(scan(), Some("支付机构还没有收到这笔款。"))),
    ]
}

fn back_phone() -> BackStep {
    let phone = Field {
        hint: Some("填写时验证过的手机号码，11 位".into()),
        ..field("phone", "手机号码", FieldKind::Phone)
    };
    BackStep::Phone(Form::of(vec![phone]))
}

fn back_code() -> BackStep {
    let code = field("code", "短信验证码", FieldKind::OneTimeCode);
    BackStep::Code { form: Form::of(vec![code]), phone: "139****0002".into(), typed: "13900000002".into() }
}

fn check() -> CheckPage {
    CheckPage {
        shell: inside(),
        title: "实名验证".into(),
        text: "将您的姓名和证件号码提交验证机构核对，看两者是否一致。".into(),
        state: CheckState::Failed(at("2026-11-18T12:14:00Z")),
        facts: vec![fact("提交给", "云麓身份核验技术有限公司"), fact("提交内容", "姓名、证件号码")],
        clause: Some(clause("一(二)2")),
        fill: Some(link("客户身份识别", "/p/haigang/functions/identity-check")),
        others: vec![("营业网点核验".into(), "持证件原件到营业网点。".into())],
        problem: Some("姓名和证件号码不一致。请核对后更正，再核验一次。".into()),
    }
}

fn functions() -> Vec<FunctionGroup> {
    let group = |title: &str, functions: Vec<FunctionCard>| FunctionGroup { title: title.into(), functions };
    let card =
        |name: &str, text: &str, state: FunctionState| FunctionCard { name: name.into(), text: text.into(), state };
    let service = FunctionState::Limited {
        href: "/p/haigang/service".into(),
        reasons: vec![reason("未提供银行卡信息，暂不能办理给付", Some("一(一)1(5)"), None)],
    };
    let face = FunctionState::Closed {
        reasons: vec![reason("您没有同意处理人脸信息", Some("一(一)1(2)"), Some("个人信息保护法第二十九条"))],
        mend: Some(link("改用其他方式", "/p/haigang/other-way/collect.verify-face.biometric")),
    };
    let open = |href: &str| FunctionState::Available { href: href.into() };
    vec![
        group("办理业务", vec![card("保单相关业务办理", "变更联系方式、退保、理赔等。", service)]),
        group(
            "查询",
            vec![
                card("保单查询", "查看您作为投保人或被保险人的保单，无需额外提供信息。", open("/p/haigang/records")),
                card("账户信息查询", "查看您的账户信息。", open("/p/haigang/records?function=query-account")),
            ],
        ),
        group(
            "更多服务",
            vec![card(
                "授权保险服务机构查询",
                "由您指定机构查询您的保单信息，随时可撤销。",
                FunctionState::Asking { href: "/p/haigang/agencies".into() },
            )],
        ),
        group("核验与安全", vec![card("人脸识别", "用于实名认证。", face)]),
    ]
}

fn home() -> Home {
    Home {
        shell: Portal {
            status: Some(Status {
                tone: Tone::Good,
                text: "登录成功，上次登录是 11 月 18 日 20:14。".into(),
                receipt: None,
            }),
            ..inside()
        },
        awaited: None,
        updates: vec![UpdateLine {
            from: day("2026-09-01"),
            comes: true,
            read: link("查看新版本", "/p/haigang/policy/13f7e2a0"),
            noted: "/p/haigang/updates/2".into(),
        }],
        again: Vec::new(),
        opened: vec![opened()],
        groups: functions(),
        guest: false,
        records: 2,
        unchosen: vec![(
            "“团体投保预约”中填写的内容，由您选定交给哪一家；没有选定以前，不会交给任何一家。".into(),
            link("去选定", "/p/haigang/agencies"),
        )],
        checks: vec![CheckLine {
            name: "实名验证".into(),
            text: "将您的姓名和证件号码提交验证机构核对。".into(),
            state: CheckState::Passed(at("2026-11-18T12:14:00Z")),
            href: "/p/haigang/checks/real-name".into(),
        }],
        acts: acts(),
    }
}

fn acts() -> Vec<ActLine> {
    vec![
        ActLine {
            at: at("2026-11-21T01:05:00Z"),
            text: "江湾保险代理查询了您的保单信息".into(),
            outcome: ActOutcome::Refused,
            receipt: Some(receipt("HG-00409")),
        },
        ActLine {
            at: at("2026-11-20T08:31:00Z"),
            text: "您撤销了对江湾保险代理的授权".into(),
            outcome: ActOutcome::Done,
            receipt: Some(receipt("HG-00402")),
        },
        ActLine {
            at: at("2026-11-18T12:14:00Z"),
            text: "您查看了保单“海港安康终身重大疾病保险”".into(),
            outcome: ActOutcome::Done,
            receipt: Some(receipt("HG-00377")),
        },
    ]
}

fn life() -> RecordLine {
    RecordLine {
        id: "r1".into(),
        title: "海港安康终身重大疾病保险".into(),
        about: "保单 · 投保人、被保险人".into(),
        opened: day("2021-02-26"),
        number: "****7720".into(),
        certificate: None,
        state: "有效".into(),
        tone: Tone::Good,
        since: Some(day("2021-03-01")),
        until: None,
    }
}

fn records() -> Records {
    Records {
        unverified: None,
        shell: inside(),
        title: "保单查询".into(),
        note: "显示您作为投保人或被保险人的保单，无需额外提供信息。".into(),
        clause: Some(clause("一(一)1(4)")),
        records: vec![
            life(),
            RecordLine {
                id: "r2".into(),
                title: "海港出行意外伤害保险".into(),
                about: "保单 · 被保险人".into(),
                opened: day("2024-04-30"),
                number: "****0316".into(),
                certificate: None,
                state: "已满期".into(),
                tone: Tone::Note,
                since: Some(day("2024-05-01")),
                until: Some(day("2025-04-30")),
            },
        ],
        receipt: Some(receipt("HG-00412")),
    }
}

fn person(legend: &str) -> RecordGroup {
    RecordGroup {
        legend: legend.into(),
        items: vec![
            RecordItem {
                label: "姓名".into(),
                value: masked("林**"),
                reasons: vec![reason("屏幕展示以符号替换部分信息", Some("一(五)4"), None)],
            },
            RecordItem {
                label: "证件号码".into(),
                value: masked("9****************8"),
                reasons: vec![reason("敏感个人信息默认以掩码展示", Some("一(五)4"), Some("GB/T 35273—2020 7.2"))],
            },
            RecordItem { label: "电话号码".into(), value: masked("100****0001"), reasons: vec![] },
            RecordItem {
                label: "健康告知".into(),
                value: Shown::Withheld,
                reasons: vec![reason("公布的政策没有写明展示这一项", None, Some("个人信息保护法第六条"))],
            },
        ],
    }
}

fn opened() -> Opened {
    let href = "/p/haigang/records/rec-1/invitations".into();
    Opened { href, label: "投保单（2026-06-01）".into(), waiting: 1, complete: false }
}

fn invitations() -> Invitations {
    let line = |id: &str, state, link: Option<&str>| InvitationLine {
        id: id.into(),
        role: "被保险人".into(),
        state,
        until: at("2026-06-08T02:00:00Z"),
        link: link.map(str::to_owned),
    };
    Invitations {
        shell: inside(),
        record: "rec-1".into(),
        complete: false,
        days: "7".into(),
        lines: vec![
            line("inv-1", InvitationState::Open, Some("https://portal.example/p/haigang/join/Zm9yZXZlcg")),
            line("inv-2", InvitationState::Open, None),
            line("inv-3", InvitationState::Over, None),
            line("inv-4", InvitationState::Used, None),
            line("inv-5", InvitationState::Withdrawn, None),
        ],
        rosters: vec![link("上传员工名册", "/p/haigang/records/rec-1/roster/member")],
    }
}

fn roster(step: RosterStep) -> RosterPage {
    let link = "https://portal.example/p/haigang/join/Zm9yZXZlcg".to_owned();
    let link = Some(link).filter(|_| step == RosterStep::Done);
    let wrong = RosterOutcome::Wrong(vec!["证件号码：号码的校验位不对，请核对".into()]);
    let lines = [RosterOutcome::TakenIn, RosterOutcome::Invited(link), wrong];
    let lines = (2..).zip(lines).map(|(number, outcome)| RosterLine { number, who: None, place: None, outcome });
    RosterPage {
        shell: inside(),
        path: "/p/haigang/records/rec-1/roster/member".into(),
        invitations: "/p/haigang/records/rec-1/invitations".into(),
        role: "员工".into(),
        columns: vec![("姓名".into(), true), ("职业".into(), false)],
        limits: ["100".into(), "256 KB".into(), "10".into()],
        form: Form::of(vec![field("file", "名册（CSV 文件）", FieldKind::File(".csv,text/csv".into()))]),
        lines: if step == RosterStep::Ask { vec![] } else { lines.collect() },
        step,
        taken: 1,
        invited: 1,
        wrong: 1,
    }
}

fn join(step: JoinStep) -> Join {
    Join {
        shell: shell(),
        title: "投保".into(),
        purpose: "核保并订立保险合同。".into(),
        clause: Some(clause("一(二)")),
        facts: vec![fact("个人信息处理者", "海港人寿保险股份有限公司"), fact("您的身份", "被保险人")],
        step,
    }
}

fn phone_step() -> JoinStep {
    JoinStep::Phone {
        form: Form::of(vec![field("phone", "手机号码", FieldKind::Phone)]),
        asks: words("姓名、证件号码"),
    }
}

fn fill_step() -> JoinStep {
    let form = Form::of(vec![field("insured.name", "姓名", FieldKind::Name)]);
    JoinStep::Fill(Box::new(JoinForm {
        person: FormPerson { form, ..FormPerson::default() },
        refused: "无法为您投保。".into(),
        proof: Some("1800000000.00".into()),
        ..JoinForm::default()
    }))
}

fn step(instant: &str, text: &str) -> StepLine {
    StepLine { at: at(instant), text: text.into(), wrong: Vec::new() }
}

/// A sale in two pages.
pub(super) fn course() -> Course {
    let scene = |title: &str, number: usize, steps: Vec<StepLine>| SceneLine {
        title: title.into(),
        href: Some(format!("/p/haigang/records/rec-1/replay/{number}")),
        steps,
    };
    Course {
        sound: true,
        wrong: Vec::new(),
        scenes: vec![
            scene("投保", 1, vec![step("2026-11-20T02:10:00Z", "看到了这个页面")]),
            scene(
                "投保",
                2,
                vec![
                    step("2026-11-20T02:11:00Z", "看到了这个页面"),
                    step("2026-11-20T02:16:00Z", "填写了这个页面"),
                    step("2026-11-20T02:16:00Z", "同意：处理证件信息"),
                    step("2026-11-20T02:16:00Z", "提交，业务已受理"),
                ],
            ),
        ],
        payments: vec![bill("已支付", Tone::Good)],
        groups: vec![person("投保人")],
        closed: Some(receipt("HG-00410")),
        receipt: Some(receipt("HG-00414")),
    }
}

/// Its second page, as it was.
pub(super) fn scene() -> Scene {
    let markup = r#"<h1>投保</h1><p class="lead">核保并订立保险合同。</p><div><div class="field"><label for="r-name">姓名</label><input id="r-name" name="applicant.name" autocomplete="off" value=""></div><fieldset class="consent"><legend>单独同意 处理证件信息</legend><div class="two"><label class="pick" for="r-yes"><input type="radio" id="r-yes" name="consent.x" value="yes"><span>同意</span><b class="picked">当时的选择</b></label><label class="pick" for="r-no"><input type="radio" id="r-no" name="consent.x" value="no"><span>不同意</span></label></div></fieldset></div>"#;
    Scene {
        back: "/p/haigang/records/rec-1/replay".into(),
        at: at("2026-11-20T02:11:00Z"),
        page: "3fa9c210".into(),
        text: "91be04d7".into(),
        steps: vec![step("2026-11-20T02:11:00Z", "看到了这个页面"), step("2026-11-20T02:16:00Z", "同意：处理证件信息")],
        markup: PolicyHtml(markup.into()),
        earlier: Some("/p/haigang/records/rec-1/replay/1".into()),
        later: None,
    }
}

fn cancel() -> CancelPage {
    CancelPage {
        shell: inside(),
        title: "取消订单".into(),
        record: "rec-1".into(),
        effect: Some("取消原订单，以正确的信息重新参保。".into()),
        clause: Some(clause("八(一)")),
        back: vec!["129.00".into()],
        again: Some("为自己参保".into()),
        is_done: false,
        denied: vec![reason("这份记录现在不在有效期内，不能再变更或者解除。", None, None)],
        problem: Some("支付机构暂时没有应答。".into()),
    }
}

fn certificate() -> CoverCertificate {
    CoverCertificate {
        shell: inside(),
        record: life(),
        day: day("2026-11-21"),
        groups: vec![person("被保险人")],
        receipt: Some(receipt("HG-00414")),
    }
}

fn request(wish: &str, state: &str, tone: Tone) -> About {
    About {
        wish: wish.into(),
        what: "保单".into(),
        since: Some(day("2026-01-01")),
        until: Some(day("2046-12-31")),
        href: "/p/haigang/records/rec-2".into(),
        state: state.into(),
        tone,
        note: None,
        take_back: (tone == Tone::Warn).then(|| "/p/haigang/records/rec-2/take-back".into()),
        why: None,
        at: Some(at("2026-06-01T02:00:00Z")),
    }
}

fn record() -> RecordPage {
    RecordPage {
        shell: inside(),
        record: life(),
        list: "我的保单与业务".into(),
        rosters: Vec::new(),
        opened: Some(opened()),
        groups: vec![
            RecordGroup {
                legend: "保单".into(),
                items: vec![
                    RecordItem {
                        label: "险种".into(),
                        value: Shown::Clear("终身重大疾病保险".into()),
                        reasons: vec![],
                    },
                    RecordItem {
                        label: "保险金额".into(), value: Shown::Clear("300,000 元".into()), reasons: vec![]
                    },
                    RecordItem { label: "交费账户".into(), value: masked("****2208"), reasons: vec![] },
                ],
            },
            person("投保人"),
        ],
        certificate: Some("/p/haigang/records/rec-1/certificate".into()),
        cancel: Some(link("取消订单", "/p/haigang/records/rec-1/cancel")),
        servicing: Servicing {
            waits: Some("“变更”的申请还没有办结。办结或者撤回以前，这份记录不能再提出变更或退保。".into()),
            links: [("变更", "change"), ("退保", "surrender")]
                .map(|(label, wish)| {
                    link(label, &format!("/p/haigang/functions/policy-service?about=rec-1&wish={wish}"))
                })
                .into(),
            asked: vec![request("变更", "没有受理", Tone::Note)],
            about: Some(request("退保", "办理中", Tone::Warn)),
        },
        payments: vec![bill("待支付", Tone::Warn)],
        uploads: vec![
            UploadLine {
                id: "applicant.business-voucher".into(),
                label: "保单相关业务办理凭证".into(),
                person: "投保人".into(),
                required: true,
                count: 0,
            },
            UploadLine {
                id: "applicant.invoice".into(),
                label: "发票".into(),
                person: "投保人".into(),
                required: false,
                count: 2,
            },
        ],
        events: vec![
            LifeEvent { on: day("2021-03-01"), text: "保险责任开始".into() },
            LifeEvent { on: day("2021-02-26"), text: "投保".into() },
        ],
        replay: Some("/p/haigang/records/rec-1/replay".into()),
        receipt: Some(receipt("HG-00413")),
    }
}

fn bill(state: &str, tone: Tone) -> PaymentLine {
    PaymentLine {
        id: "pay-0123456789abcdef0123456789abcdef".into(),
        description: "医惠补充医疗保险（2026 年度）".into(),
        yuan: "159.00".into(),
        back: (tone == Tone::Note).then(|| "59.00".into()),
        state: state.into(),
        tone,
        until: (tone == Tone::Warn).then(|| at("2026-11-28T12:00:00Z")),
    }
}

fn payments() -> Payments {
    Payments {
        shell: inside(),
        title: "订单支付".into(),
        clause: Some(clause("二(一)2(4)")),
        payments: vec![bill("待支付", Tone::Warn), bill("已支付", Tone::Good)],
    }
}

fn begin() -> PaymentStep {
    let tool = Field { value: "微信支付".into(), ..field("user.payment-tool", "支付工具", FieldKind::Text) };
    let form = Form { groups: vec![FieldGroup { fields: vec![tool], ..FieldGroup::default() }], problem: None };
    PaymentStep::Begin(Box::new(PaymentForm {
        purpose: "完成订单的支付。".into(),
        clause: Some(clause("二(一)2(4)")),
        form,
        consents: Vec::new(),
        refused: "不能在线支付，不影响其他功能。".into(),
    }))
}

fn scan() -> PaymentStep {
    PaymentStep::Scan { code: Qr::of("weixin://wxpay/bizpayurl?pr=0123456789ab", "支付二维码".into()), demo: None }
}

fn payment(step: PaymentStep, told: Option<&str>) -> PaymentPage {
    let status = told.map(|text| Status { tone: Tone::Warn, text: text.into(), receipt: None });
    PaymentPage {
        shell: Portal { status, ..inside() },
        payment: bill("待支付", Tone::Warn),
        record_name: "订单".into(),
        record: "rec-0123456789abcdef0123456789abcdef".into(),
        step,
        problem: None,
        denied: Vec::new(),
    }
}

fn attachment() -> Attachment {
    let file = |label: &str, when: &str| FileLine {
        label: label.into(),
        at: at(when),
        href: Some("/p/haigang/records/rec-1/attachments/applicant.business-voucher/att-1".into()),
    };
    let file_field = |name: &str, label: &str, kind: FieldKind| Field {
        name: name.into(),
        label: label.into(),
        kind,
        ..Field::default()
    };
    let chosen = Field {
        hint: Some("可以是 JPEG、PNG、WEBP、PDF，每份最多 20 MB".into()),
        required: true,
        ..file_field(
            "file",
            "从相册或文件中选择",
            FieldKind::File("image/jpeg,image/png,image/webp,application/pdf".into()),
        )
    };
    let photo = file_field("photo", "或者现在拍照", FieldKind::Camera("image/jpeg,image/png".into()));
    Attachment {
        shell: inside(),
        title: "保单相关业务办理凭证".into(),
        person: "投保人".into(),
        record: "rec-1".into(),
        function: "policy-service".into(),
        once: "5f2d".into(),
        uploads: "/p/haigang/records/rec-1/uploads/applicant.business-voucher".into(),
        done: None,
        files: vec![file("JPEG，812 KB", "2026-06-01T02:00:00Z"), file("PDF，2 MB", "2026-06-01T02:10:00Z")],
        form: Form::of(vec![chosen, photo]),
        reasons: Vec::new(),
    }
}
