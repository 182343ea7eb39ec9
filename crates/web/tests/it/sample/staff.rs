//! The console: search, a subject, a clear view.

use shouyue_web::pages::console::{
    ApprovalLine, Approvals, CaseAsk, CaseItem, CasePage, ClearRequest, ClearShown, ConsentRow, DraftChanges,
    DraftPage, Family, Found, HandedLine, HeldGroup, HeldItem, NoRule, NoticeLine, Notices, Outcome, Parties,
    PartyLine, PartyPage, PlanLine, RecordRow, ReplayedSale, ReplayedSalePage, ReportCell, ReportLine, ReportPage,
    ReportTable, Reports, RuleLine, RulePage, Rules, Search, ServiceLine, ServicePage, Services, Severity, SourceLine,
    Subject, Tally, ThresholdLine, ThresholdPage, Thresholds, Verdict,
};
use shouyue_web::pages::parts::{Choice, ConsentForm, Field, FieldKind, Form, Link, Moment, Said, Shown, Tone};

use super::console::{field, findings, leaves, shell};
use super::home::{course, scene};
use super::{Sample, at, day, fact, link, masked, reason, receipt, sample, words};

pub(crate) fn all() -> Vec<Sample> {
    vec![
        sample("c04-search", &search()),
        sample("c05-subject", &subject()),
        sample("c05-replay", &replayed()),
        sample("c05-replay-page", &replayed_page()),
        sample("c05-clear-ask", &clear_request()),
        sample("c05-clear-shown", &clear_shown()),
        sample("c12-approvals", &approvals()),
        sample("c14-services", &services()),
        sample("c14-service", &service()),
        sample("c10-case-ask", &case_ask()),
        sample("c10-case", &case()),
        sample("c11-parties", &Parties { shell: shell(), parties: vec![party()] }),
        sample("c11-party", &party_page()),
        sample("c13-thresholds", &Thresholds { shell: shell(), lines: vec![threshold()] }),
        sample("c13-threshold", &threshold_page()),
        sample("c17-draft", &draft()),
        sample("c17-draft-changes", &changes()),
        sample("c18-rules", &rules()),
        sample("c18-rule", &rule()),
        sample("c18-no-rule", &NoRule { shell: shell(), asked: "R400".into(), near: vec!["R40".into()] }),
        sample("c16-notices", &notices()),
        sample("c15-reports", &Reports { shell: shell(), lines: vec![report_line()] }),
        sample("c15-report", &report_page()),
    ]
}

fn draft() -> DraftPage {
    DraftPage {
        shell: shell(),
        name: "2027年3月1日版".into(),
        checked: at("2026-11-20T02:00:00Z"),
        facts: vec![fact("规则表", "sha256:0c1d2e3f")],
        findings: findings("/console/drafts/0c1d2e3f"),
        changes: Some("/console/drafts/0c1d2e3f/changes".into()),
        command: "shouyue draft publish minghu 0c1d2e3f --config shouyue.toml".into(),
    }
}

fn changes() -> DraftChanges {
    DraftChanges {
        shell: shell(),
        name: "2027年3月1日版".into(),
        draft: "/console/drafts/0c1d2e3f".into(),
        changes: "minghu 2026-09-01 → 2027-03-01\n  purpose  security  the purpose 安全保障 means something else\n"
            .into(),
    }
}

fn both(chinese: &str, english: &str) -> Option<Said> {
    Said::of(Some(chinese), Some(english))
}

fn rules() -> Rules {
    let tally = |open, answered| Tally { open, answered, href: "/console/drafts/0c1d2e3f?code=R41#findings".into() };
    let line = |code: &str, in_force, draft| RuleLine {
        code: code.into(),
        title: both("办理请求的期限", "Requests are answered in time").unwrap(),
        article: Some("《App违法违规收集使用个人信息行为认定方法》第六条".into()),
        in_force,
        draft,
    };
    Rules {
        shell: shell(),
        draft: Some(link("2027年3月1日版", "/console/drafts/0c1d2e3f")),
        families: vec![
            Family {
                anchor: "law",
                name: "法律".into(),
                about: "文本与法律相比".into(),
                found: vec![line("R41", tally(4, 1), tally(0, 0))],
                silent: vec![line("R42", Tally::default(), Tally::default())],
            },
            Family {
                anchor: "text",
                name: "文本自身".into(),
                silent: vec![line("T07", Tally::default(), Tally::default())],
                ..Family::default()
            },
        ],
    }
}

fn rule() -> RulePage {
    RulePage {
        shell: shell(),
        code: "R41".into(),
        title: both("办理请求的期限", "Requests are answered in time").unwrap(),
        family: "法律".into(),
        gravest: Some(Severity::Error),
        compile: both("每项权利的期限不超过十五个工作日", "each right has a clock no longer than fifteen working days"),
        run: both("计算到期日", "the due date is counted"),
        run_planned: false,
        sources: vec![SourceLine {
            cite: "《App违法违规收集使用个人信息行为认定方法》第六条".into(),
            from: day("2019-11-28"),
            until: None,
            certain: false,
        }],
        yields: vec!["R40".into()],
        why: both(
            "没有期限（例如“尽快”）的权利不是权利，见 `R42`。",
            "A right without a clock such as `尽快` is no right.",
        ),
        mend: both("承诺十五个工作日以内", "promise fifteen working days or less"),
        wrong: Some("length = { count = 30, unit = \"days\" }".into()),
        right: Some("length = { count = 15, unit = \"working-days\" }".into()),
        in_force: Tally { open: 4, answered: 1, href: "/console/policy/findings?code=R41#findings".into() },
        draft: Some((link("2027年3月1日版", "/console/drafts/0c1d2e3f"), Tally::default())),
    }
}

fn notices() -> Notices {
    let line = |number, ways: &str, because: &str| NoticeLine {
        number,
        version: "2027年3月1日版".into(),
        ways: ways.into(),
        because: because.into(),
        latest: Some(day("2027-02-28")),
    };
    let version = Link { label: "2027年3月1日版".into(), href: "/p/minghu/policy/5c5c5c5c".into() };
    Notices {
        shell: shell(),
        done: Some("已重新排队：1 件，稍后发出".into()),
        versions: vec![(version, "已告知 1024，待告知 12，无法送达 2，逾期未告知 0".into())],
        lines: vec![
            line(7, "电子邮件、短信，任一即可", "没有配置这种送达方式"),
            line(9, "信函", "对方拒收，或者查无此人"),
        ],
        more: true,
        again: Some("/console/notices".into()),
    }
}

fn report_line() -> ReportLine {
    ReportLine {
        href: "/console/reports/retention".into(),
        name: "保存与删除".into(),
        what: "各类记录在用、仅存储、到期、逾期、已删除各有多少。".into(),
    }
}

fn report_page() -> ReportPage {
    let cell = |head: &str, text: &str| (head.to_owned(), ReportCell::Text(text.to_owned()));
    let heads = ["记录类别", "在用", "逾期未删"];
    ReportPage {
        shell: shell(),
        line: report_line(),
        at: Moment("2026-11-22T02:00:00Z".parse().unwrap()),
        facts: vec![fact("账本记录", "128")],
        faults: vec!["逾期未删 2".into()],
        tables: vec![
            ReportTable {
                name: "各类记录".into(),
                heads: heads.map(str::to_owned).to_vec(),
                rows: vec![vec![cell(heads[0], "保单"), cell(heads[1], "31"), cell(heads[2], "2")]],
            },
            ReportTable { name: "发现".into(), ..ReportTable::default() },
        ],
    }
}

fn threshold() -> ThresholdLine {
    ThresholdLine {
        href: "/console/thresholds/face-store".into(),
        name: "人脸信息".into(),
        persons: "100,204".into(),
        limit: "100,000".into(),
        state: "已达到，须办理".into(),
        tone: Tone::Stop,
    }
}

fn threshold_page() -> ThresholdPage {
    let on = Field { required: true, ..field("on", "办理之日", FieldKind::Date { born: false }) };
    let number = Field { required: true, ..field("number", "备案或报送编号", FieldKind::Text) };
    ThresholdPage {
        shell: shell(),
        line: threshold(),
        facts: vec![
            fact("依据", "人脸识别技术应用安全管理办法第十五条"),
            fact("现有人数", "100,204"),
            fact("门槛", "100,000"),
        ],
        days: Some((day("2026-11-02"), day("2026-12-14"))),
        filed: None,
        form: Some(Form::of(vec![on, number])),
    }
}

fn held(id: &str, item: &str, value: Shown, published: Verdict, law: Verdict) -> HeldItem {
    HeldItem {
        id: id.into(),
        item: item.into(),
        person: "注册人".into(),
        value,
        published,
        law,
        can_clear: true,
        files: Vec::new(),
    }
}

fn verdict(outcome: Outcome, why: &str, in_clause: Option<&str>, article: Option<&str>) -> Verdict {
    Verdict { outcome, reasons: if why.is_empty() { vec![] } else { vec![reason(why, in_clause, article)] } }
}

fn replayed() -> ReplayedSale {
    let mut course = course();
    course.sound = false;
    course.wrong = words("账本上没有这份轨迹的摘要");
    course.scenes[1].steps[2].wrong = words("步骤与存证不符");
    ReplayedSale {
        shell: shell(),
        title: "“投保单”办理过程回放".into(),
        subject: ("sub-2f…81".into(), "/console/subjects/sub-1".into()),
        course,
    }
}

fn replayed_page() -> ReplayedSalePage {
    ReplayedSalePage { shell: shell(), title: "客户办理时的页面".into(), scene: scene() }
}

fn search() -> Search {
    Search {
        shell: shell(),
        form: Form::of(vec![
            Field { required: false, ..field("phone", "电话号码", FieldKind::Phone) },
            Field { required: false, ..field("document", "证件号码", FieldKind::DocumentNumber) },
        ]),
        found: Some(vec![Found {
            id: "s1".into(), name: "林**".into(), roles: vec!["账号".into(), "投保人".into()]
        }]),
    }
}

fn document() -> HeldItem {
    held(
        "document-number",
        "证件号码",
        masked("9****************8"),
        verdict(Outcome::Masked, "展示时以符号替换部分信息", Some("一(五)4"), None),
        verdict(Outcome::Masked, "敏感个人信息默认去标识化展示", None, Some("GB/T 35273—2020 7.2")),
    )
}

fn subject() -> Subject {
    Subject {
        shell: shell(),
        id: "s1".into(),
        name: "林**".into(),
        facts: vec![fact("账号", "正常，2026年9月1日注册"), fact("身份", "投保人、被保险人")],
        purpose: "处理更正请求 Q-0031".into(),
        items: vec![
            held(
                "phone",
                "电话号码",
                masked("100****0001"),
                verdict(Outcome::Masked, "展示时以符号替换部分信息", Some("一(五)4"), None),
                verdict(Outcome::Clear, "", None, None),
            ),
            document(),
            HeldItem {
                can_clear: false,
                ..held(
                    "face",
                    "人脸影像",
                    Shown::Withheld,
                    verdict(Outcome::Withheld, "公布的政策没有向客服展示这一项", None, None),
                    verdict(Outcome::Withheld, "没有单独同意", None, Some("个人信息保护法第二十九条")),
                )
            },
        ],
        records: vec![RecordRow {
            title: "海港安康终身重大疾病保险".into(),
            about: "保单 · 投保人、被保险人".into(),
            opened: day("2021-02-26"),
            number: "****7720".into(),
            state: "有效".into(),
            tone: Tone::Good,
            retention: "合同终止后十年".into(),
            floor: None,
            replay: Some("/console/subjects/sub-1/records/rec-1/replay".into()),
        }],
        consents: vec![
            ConsentRow {
                scope: "collect.register".into(),
                title: "按政策处理注册信息".into(),
                form: ConsentForm::General,
                given: at("2026-09-01T03:12:00Z"),
                withdrawn: None,
                version: "undated".into(),
            },
            ConsentRow {
                scope: "collect.face".into(),
                title: "用人脸识别确认身份".into(),
                form: ConsentForm::Separate,
                given: at("2026-09-01T03:15:00Z"),
                withdrawn: Some(at("2026-11-21T02:10:00Z")),
                version: "undated".into(),
            },
        ],
        plea: Some(Form::of(vec![field("purpose", "业务功能", FieldKind::Select(vec![one("claim", "理赔")]))])),
        pleaded: false,
        handed: vec![handed()],
        ways: Some(ways()),
        hand: Some(Form::of(vec![field(
            "party",
            "合作方",
            FieldKind::Select(vec![one("qinghe", "清禾保险经纪有限公司")]),
        )])),
        leaves: leaves(),
        receipt: Some(receipt("HG-00421")),
    }
}

fn clear_request() -> ClearRequest {
    ClearRequest {
        shell: shell(),
        subject: "s1".into(),
        name: "林**".into(),
        item: document(),
        form: Form::of(vec![
            field(
                "purpose",
                "目的",
                FieldKind::Select(vec![Choice {
                    value: "correct".into(), label: "处理更正请求".into(), hint: None
                }]),
            ),
            Field {
                hint: Some("写明为什么掩码不够用，会记入账本".into()),
                error: Some("请写明理由".into()),
                ..field("reason", "理由", FieldKind::LongText)
            },
        ]),
    }
}

fn clear_shown() -> ClearShown {
    ClearShown {
        shell: shell(),
        subject: "s1".into(),
        name: "林**".into(),
        item: "证件号码".into(),
        value: "999101199005010018".into(),
        facts: vec![fact("目的", "处理更正请求"), fact("理由", "与证件影像核对末四位")],
        receipt: Some(receipt("HG-00422")),
    }
}

fn ways() -> Form {
    let branch = "本人已于2026-11-20选定，等待核验。客户持证件原件到营业网点，由柜员核对证件与本人。";
    let card = "以短信验证码确认手机号码，再以姓名、证件号码和银行卡号向发卡行核验。";
    let ways = vec![
        Choice { hint: Some(branch.into()), ..one("check-at-branch", "营业网点核验（身份识别）") },
        Choice { hint: Some(card.into()), ..one("check-by-card", "短信与银行卡核验（身份识别）") },
    ];
    Form::of(vec![Field { required: true, ..field("way", "核验方式", FieldKind::Radio(ways)) }])
}

fn one(value: &str, label: &str) -> Choice {
    Choice { value: value.into(), label: label.into(), hint: None }
}

fn handed() -> HandedLine {
    HandedLine {
        id: "asg-00000000000000000000000000000007".into(),
        party: "清禾保险经纪有限公司".into(),
        at: at("2026-11-21T02:10:00Z"),
        until: at("2026-11-22T02:10:00Z"),
        open: true,
        bound: true,
    }
}

fn case_ask() -> CaseAsk {
    CaseAsk { shell: shell(), form: Form::of(vec![field("case", "交办编号", FieldKind::Text)]) }
}

fn case() -> CasePage {
    CasePage {
        shell: shell(),
        id: handed().id,
        until: at("2026-11-22T02:10:00Z"),
        number: Some(("17000000003".into(), at("2026-11-21T03:10:00Z"))),
        items: vec![
            CaseItem {
                name: "手机号码".into(),
                value: Shown::Withheld,
                reasons: vec![reason("只提供虚拟号码", Some("二(六)"), None)],
            },
            CaseItem { name: "偏好".into(), value: Shown::Clear("医疗险".into()), reasons: vec![] },
        ],
        limits: vec!["不得形成名单".into(), "不得复制".into(), "不得导出".into()],
        form: Form::of(vec![field("phone", "您用来拨打的手机号码", FieldKind::Phone)]),
    }
}

fn party() -> PartyLine {
    PartyLine {
        href: "/console/parties/qinghe".into(),
        name: "清禾保险经纪有限公司".into(),
        recipient: "通过坐席联系客户的合作伙伴".into(),
        contract: Some("AR-HZ-2026-017".into()),
        state: "合作中".into(),
        tone: Tone::Good,
    }
}

fn party_page() -> PartyPage {
    PartyPage {
        shell: shell(),
        line: party(),
        facts: vec![fact("合同编号", "AR-HZ-2026-017"), fact("被拒绝", "2 次（最近 4096 条账本记录中）")],
        stopped: None,
        plans: vec![PlanLine {
            name: "坐席联系与推荐".into(),
            clause: None,
            purpose: "推荐产品和服务".into(),
            items: "手机号码、偏好".into(),
        }],
        history: vec![(at("2026-11-20T02:10:00Z"), "恢复提供：整改完成并复查".into())],
        shares: leaves(),
        refused: vec![],
        handed: vec![handed()],
        form: Form::of(vec![field("because", "理由", FieldKind::Select(vec![one("misuse", "挪作他用")]))]),
        cuts: true,
    }
}

fn approvals() -> Approvals {
    let asked = |own: bool| ApprovalLine {
        id: "apr-00000000000000000000000000000007".into(),
        subject: "sub-00000000".into(),
        function: "理赔".into(),
        by: "act-00000000".into(),
        own,
        because: "办理业务必需".into(),
        at: at("2026-11-21T02:10:00Z"),
    };
    Approvals { shell: shell(), waiting: vec![asked(false), asked(true)], refused: vec![] }
}

fn services() -> Services {
    let one = ServiceLine {
        href: "/console/services/rec-00000000000000000000000000000007".into(),
        wish: "退保".into(),
        what: "保单".into(),
        number: "rec-00000000".into(),
        at: at("2026-11-21T02:10:00Z"),
    };
    Services { shell: shell(), services: vec![one] }
}

fn service() -> ServicePage {
    let one = |value: &str, label: &str| Choice { value: value.into(), label: label.into(), hint: None };
    let why = vec![one("papers-missing", "办理凭证不全或者看不清，请补齐后再次提出。")];
    let refund = field("refund", "退款金额（元）", FieldKind::Text);
    let reason = Field { required: true, ..field("reason", "不予办理的理由", FieldKind::Select(why)) };
    ServicePage {
        shell: shell(),
        wish: "退保".into(),
        what: "保单".into(),
        since: Some(day("2026-01-01")),
        until: Some(day("2030-12-31")),
        state: "办理中".into(),
        tone: Tone::Warn,
        facts: vec![fact("业务功能", "保单相关业务办理")],
        at: at("2026-11-21T02:10:00Z"),
        subject: ("sub-00000000".into(), "sub-00000000000000000000000000000007".into()),
        receipt: Some(receipt("haigang-000412")),
        groups: vec![HeldGroup { legend: "保单".into(), items: subject().items }],
        refund: Some(Form::of(vec![Field { value: "159.00".into(), required: true, ..refund }])),
        decline: Some(Form::of(vec![reason])),
        problem: None,
    }
}
