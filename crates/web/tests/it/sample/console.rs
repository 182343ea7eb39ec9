//! The console: the way in, home, requests, ledger, policy.

use shouyue_web::assets::Theme;
use shouyue_web::pages::console::{
    Alarm, Article, ConsoleProblem, Count, DraftLine, ElementLine, Excerpt, Finding, Findings, FirstOperator, Grave,
    Home, LeafLine, Ledger, Line, Marked, OfCode, Policy, PolicyFindings, RequestLine, Requests, Severity, SignIn,
    VersionLine,
};
use shouyue_web::pages::parts::{Check, Field, FieldKind, Form, Pager, Said, Tone};
use shouyue_web::pages::portal::{ActOutcome, ProblemKind};
use shouyue_web::pages::shell::{Console, Csrf, Operator, PlatformLink};

use super::{Sample, at, clause, day, fact, link, sample};

pub(crate) fn all() -> Vec<Sample> {
    let first = FirstOperator {
        shell: outside(),
        form: Form::of(vec![
            field("name", "姓名", FieldKind::Name),
            Field {
                hint: Some("至少 16 个字，可以是一句话".into()),
                ..field("passphrase", "口令短语", FieldKind::Passphrase { new: true })
            },
            field("again", "再输入一次", FieldKind::Passphrase { new: true }),
        ]),
    };
    let sign_in = SignIn {
        shell: outside(),
        form: Form {
            problem: Some("姓名或口令短语不正确".into()),
            ..Form::of(vec![
                field("name", "姓名", FieldKind::Name),
                field("passphrase", "口令短语", FieldKind::Passphrase { new: false }),
            ])
        },
    };
    vec![
        sample("c01-first-operator", &first),
        sample("c02-sign-in", &sign_in),
        sample("c03-home", &home()),
        sample(
            "c08-requests",
            &Requests {
                shell: shell(),
                requests: requests(),
                pager: Pager { newer: None, older: None, here: "共 3 件".into() },
            },
        ),
        sample("c06-ledger", &ledger()),
        sample("c07-policy", &policy()),
        sample("c07-policy-findings", &policy_findings()),
        sample("c09-problem", &ConsoleProblem { shell: shell(), kind: ProblemKind::NotFound, next: vec![] }),
    ]
}

fn outside() -> Console {
    Console {
        base: "/console".into(),
        platform: "E化服务平台".into(),
        handler: "海港人寿保险股份有限公司".into(),
        theme: Theme::new("haigang", "#0b6a8f").unwrap().href(),
        csrf: Csrf("c3a1f0".into()),
        demo: true,
        ..Console::default()
    }
}

pub(super) fn shell() -> Console {
    Console {
        operator: Some(Operator { name: "周衡".into(), role: "合规".into() }),
        platforms: vec![PlatformLink { name: "其他平台".into(), href: "/console/platforms".into() }],
        ..outside()
    }
}

pub(super) fn field(name: &str, label: &str, kind: FieldKind) -> Field {
    Field { name: name.into(), label: label.into(), kind, required: true, ..Field::default() }
}

fn requests() -> Vec<RequestLine> {
    let line = |number: &str, right: &str, due: &str, left: &str, tone| RequestLine {
        href: Some(format!("/console/requests/{number}")),
        number: number.into(),
        right: right.into(),
        subject: "林**".into(),
        received: day("2026-10-30"),
        due: Some(day(due)),
        left: left.into(),
        provisional: false,
        tone,
        clock: "15 个工作日，自收到之日".into(),
        clause: Some(clause("九")),
        state: "处理中".into(),
    };
    vec![
        line("Q-0031", "更正", "2026-11-20", "逾期 1 天", Tone::Stop),
        line("Q-0034", "删除", "2026-11-21", "今天到期", Tone::Warn),
        RequestLine {
            provisional: true, ..line("Q-0040", "注销账号", "2027-01-08", "还有 33 个工作日", Tone::Note)
        },
    ]
}

pub(super) fn leaves() -> Vec<LeafLine> {
    let leaf = |index, kind: &str, what: &str, basis: &str, outcome, hash: &str| LeafLine {
        index,
        at: at("2026-11-21T02:10:00Z"),
        kind: kind.into(),
        what: what.into(),
        basis: basis.into(),
        outcome,
        hash: hash.into(),
    };
    vec![
        leaf(420, "查看", "保单查询", "同意", ActOutcome::Done, "5f0c9a7b…"),
        leaf(419, "提供", "授权机构查询", "单独同意", ActOutcome::Refused, "c41d77e0…"),
        leaf(418, "撤回同意", "人脸识别", "—", ActOutcome::Done, "90ab1f3e…"),
        leaf(417, "收集", "用户注册", "同意", ActOutcome::Done, "1c8e55d2…"),
    ]
}

fn home() -> Home {
    let count = |label: &str, value: &str, note: &str, tone| Count {
        label: label.into(),
        value: value.into(),
        note: Some(note.into()),
        href: Some("/console/requests".into()),
        tone,
    };
    Home {
        shell: shell(),
        alarms: vec![Alarm {
            href: "/console/thresholds/R34".into(),
            text: "存储人脸信息的人数 100003：已达到，待办理".into(),
            due: Some(day("2026-07-14")),
            tone: Tone::Stop,
        }],
        today: day("2026-11-21"),
        counts: vec![
            count("已逾期", "1", "更正 1", Tone::Stop),
            count("今天到期", "1", "删除 1", Tone::Warn),
            count("个人信息主体", "128", "其中企业联系人 9", Tone::Note),
            count("账本叶数", "421", "检查点 2 分钟前", Tone::Good),
        ],
        due: requests().into_iter().take(2).collect(),
        leaves: leaves(),
    }
}

fn ledger() -> Ledger {
    Ledger {
        shell: shell(),
        size: 421,
        root: "a81f44c09e77b2d5130f8a6c5be94d21f70e63aa98c1d4057b2e6f39c8d007bc".into(),
        signed: at("2026-11-21T02:10:02Z"),
        checkpoint:
            "shouyue/haigang\n421\nqB9EJ3n0pQ8l4mWmWl0cVwq1g1S2xj0o9nF3pUu4B7w=\n\n— shouyue/haigang P5ocB3xk1mJ0…"
                .into(),
        checks: vec![
            Check { name: "树根与存储的叶一致".into(), passed: Some(true), detail: "421 个叶".into() },
            Check { name: "检查点签名有效".into(), passed: Some(true), detail: "Ed25519 3f9a1c07".into() },
            Check { name: "与上一检查点连续".into(), passed: None, detail: "尚无更早的检查点".into() },
        ],
        leaves: leaves(),
        pager: Pager {
            newer: None,
            older: Some("/console/ledger?before=417".into()),
            here: "第 417–420 号，共 421".into(),
        },
        command: "shouyue fsck --config shouyue.toml".into(),
    }
}

fn policy() -> Policy {
    Policy {
        shell: shell(),
        versions: vec![VersionLine {
            name: link("2026-09-01", "/p/haigang/policy/13f7e2a0"),
            stage: "施行中".into(),
            published: at("2026-08-01T02:00:00Z"),
            from: at("2026-08-31T16:00:00Z"),
            until: None,
            fingerprint: "4be1c0d7".into(),
            told: "已告知 12，待告知 3，无法送达 1，逾期未告知 0".into(),
        }],
        drafts: vec![DraftLine {
            name: link("2027-03-01", "/console/drafts/0c1d2e3f"),
            checked: at("2026-11-20T02:00:00Z"),
            fingerprint: "0c1d2e3f".into(),
            found: "错误 0，警告 4".into(),
        }],
        title: "个人信息保护政策".into(),
        facts: vec![
            fact("版本", "undated（文本未载明日期）"),
            fact("在本平台施行", "自 2026年9月1日"),
            fact("业务功能", "8"),
            fact("同意范围", "14"),
        ],
        fingerprints: vec![
            fact("policy", "sha256:4be1c0d7a3f95e1886b20c7741de9a5b3f0c62d8e915a4b7c3d2e1f00a9b8c7d"),
            fact("tables", "sha256:90aa1c2e7b3d4f5061728394a5b6c7d8e9f00112233445566778899aabbccdde"),
            fact("text zh-CN", "sha256:13f7e2a0c4b596d8871f0e2d3c4b5a6978879605142332415060718293a4b5c6"),
        ],
        open: vec![(Severity::Error, 1), (Severity::Warning, 4), (Severity::Info, 0)],
        answered: 1,
        elements: elements(),
    }
}

pub(super) fn finding(
    code: &str,
    severity: Severity,
    message: &str,
    at_clause: &str,
    (cite, force): (&str, &str),
    mend: &str,
) -> Finding {
    Finding {
        code: code.into(),
        severity,
        message: Said::first(Some(message), ""),
        clause: Some(clause(at_clause)),
        articles: vec![Article { cite: cite.into(), force: force.into() }],
        mend: Some(Said::first(Some(mend), "")),
        excerpts: vec![excerpt()],
        ..Finding::default()
    }
}

fn excerpt() -> Excerpt {
    let words = |text: &str| Said::first(Some(text), "");
    let parts = vec![
        (Marked::No, "length = { count = ".into()),
        (Marked::Main, "30".into()),
        (Marked::No, ", unit = \"days\" }".into()),
    ];
    let head = vec![(Marked::Further, "[[clock]]".into())];
    Excerpt {
        file: "2026-09-01.toml".into(),
        line: 402,
        lines: vec![
            Line { number: 398, parts: head, labels: vec![words("时限在此")], ..Line::default() },
            Line { number: 402, after_gap: true, parts, labels: vec![words("超过法定期限")] },
        ],
    }
}

pub(super) fn findings(here: &str) -> Findings {
    let face = finding(
        "R33",
        Severity::Error,
        "功能“人脸识别”没有提供其他方式",
        "一(一)1(2)",
        ("《人脸识别技术应用安全管理办法》第十条", "（2025-06-01起施行）"),
        "写明一种不使用人脸的验证方式",
    );
    let clock = finding(
        "R41",
        Severity::Warning,
        "“更正”、“删除”承诺30日，超过法律规定的15个工作日",
        "六",
        ("《App违法违规收集使用个人信息行为认定方法》第六条", "（2019-11-28起施行）"),
        "承诺十五个工作日以内",
    );
    let of_code = |chinese: &str, title: &str, count, shown: Vec<Finding>| OfCode {
        code: shown[0].code.clone(),
        title: Said::of(Some(chinese), Some(title)).unwrap(),
        count,
        shown,
        ..OfCode::default()
    };
    let clocks = OfCode {
        mend: Some(Said::first(Some("承诺十五个工作日以内"), "")),
        more: Some(link("R41 的全部 4 条", &format!("{here}?code=R41#findings"))),
        ..of_code("办理请求的期限", "Requests are answered in time", 4, vec![clock.clone()])
    };
    let answered =
        Finding { answered: Some("2026-09-01：已在 operation.toml 中以保存期限表补足".into()), ..clock };
    Findings {
        here: here.into(),
        only: None,
        open: vec![(Severity::Error, 1), (Severity::Warning, 4), (Severity::Info, 0)],
        grave: vec![
            Grave {
                severity: Severity::Error,
                count: 1,
                codes: vec![of_code("人脸不是唯一的办法", "Faces", 1, vec![face])],
            },
            Grave { severity: Severity::Warning, count: 4, codes: vec![clocks] },
        ],
        answered: vec![of_code("办理请求的期限", "Requests are answered in time", 1, vec![answered])],
    }
}

fn policy_findings() -> PolicyFindings {
    PolicyFindings { shell: shell(), name: "2026年9月1日版".into(), findings: findings("/console/policy/findings") }
}

fn elements() -> Vec<ElementLine> {
    vec![
        ElementLine {
            kind: "业务功能".into(),
            id: "register".into(),
            name: "用户注册".into(),
            clause: Some(clause("一(一)1(1)")),
            summary: "收集 11 项，敏感 5 项".into(),
        },
        ElementLine {
            kind: "业务功能".into(),
            id: "query-policy".into(),
            name: "保单查询".into(),
            clause: Some(clause("一(一)1(4)")),
            summary: "承诺：无需额外提供信息".into(),
        },
        ElementLine {
            kind: "接收方".into(),
            id: "agency".into(),
            name: "您指定的保险服务机构".into(),
            clause: Some(clause("一(二)")),
            summary: "单独同意，按次查询".into(),
        },
    ]
}
