//! The portal: my information, my consents, leaving.

use shouyue_web::pages::parts::{Check, ConsentForm, Field, FieldKind, Form, Link, Shown, Tone, Unverified};
use shouyue_web::pages::portal::{
    AccountClosed, AgainLine, Certificate, Chosen, ClearView, CloseAccount, Collected, CollectedItem, ConsentLine,
    ConsentState, Consents, DestroyedPage, Kept, MayReceive, Shared, SharedLine, Side, SignPage, Withdraw, Withdrawn,
    Witnessed,
};
use shouyue_web::pages::qr::Qr;

use super::enter::{field, inside, shell};
use super::{Sample, at, clause, day, fact, link, masked, reason, receipt, sample, words};

/// Where a certificate of erasure is verified.
const PLACE: &str = "/p/haigang/ledger/7/XwyaexREVdAvjGo7nX4RXyDEqLbj2Q8Sels6OwtS1JI/destroyed";
const ADDRESS: &str =
    "https://privacy.example.cn/p/haigang/ledger/7/XwyaexREVdAvjGo7nX4RXyDEqLbj2Q8Sels6OwtS1JI/destroyed";

pub(crate) fn all() -> Vec<Sample> {
    let mut pages = mine();
    pages.extend(consents());
    pages.extend(leave());
    pages
}

fn held(id: &str, item: &str, value: Shown, sensitive: bool) -> CollectedItem {
    CollectedItem {
        id: id.into(),
        item: item.into(),
        person: "注册人".into(),
        value,
        sensitive,
        purpose: "完成用户注册".into(),
        function: "用户注册".into(),
        can_correct: true,
        record: link("账号", "/p/haigang/records/x"),
        basis: if sensitive { "单独同意" } else { "同意" }.into(),
        source: "您填写".into(),
        collected: at("2026-09-01T03:12:00Z"),
        kept_until: None,
        kept: "账号存续期间，注销后删除".into(),
        clause: Some(clause("一(一)1(1)")),
        can_clear: true,
    }
}

fn sign() -> SignPage {
    SignPage {
        shell: inside(),
        scope: "inbound.credit-agencies".into(),
        title: "从信用机构取得".into(),
        lines: vec![
            ("处理目的".into(), "承保。".into()),
            ("授权期限".into(), "自签署之日起至2026-12-21止；其间可以随时撤回。".into()),
        ],
        form: Form::of(vec![field("name", "签名", FieldKind::Name), field("code", "验证码", FieldKind::OneTimeCode)]),
        chosen: Some(Chosen { until: "30".into(), phone: "13900000001".into(), shown: "sha256:00 sha256:01".into() }),
    }
}

pub(crate) fn side(outcome: &str, tone: Tone, why: &str) -> Side {
    Side { outcome: outcome.into(), tone, reasons: vec![reason(why, Some("七(四)"), None)] }
}

fn may() -> MayReceive {
    MayReceive {
        recipient: "公司内部".into(),
        share: "公司内部共享".into(),
        state: "未同意，不提供".into(),
        tone: Tone::Good,
        link: Some(link("选定接收方", "/p/haigang/agencies")),
        clause: Some(clause("三(一)")),
    }
}

fn unverified() -> Unverified {
    let way = Link {
        label: "核验身份：人脸识别".into(),
        href: "/p/haigang/consent/collect.verify-face.biometric".into(),
    };
    Unverified {
        text: "公司系统按证件号码移交的信息，须先核验身份才能查看或者提供。".into(), ways: vec![way]
    }
}

fn mine() -> Vec<Sample> {
    let collected = Collected {
        shell: inside(),
        items: vec![
            held("i1", "姓名", masked("林**"), false),
            held("i2", "电话号码", masked("100****0001"), false),
            held("i3", "证件号码", masked("9****************8"), true),
            held("i4", "出生日期", masked("1990年**月**日"), false),
            CollectedItem {
                kept_until: Some(day("2031-04-30")),
                kept: "保险合同终止后五年".into(),
                function: "保单相关业务办理".into(),
                purpose: "给付保险金".into(),
                basis: "履行合同".into(),
                clause: Some(clause("一(一)1(5)")),
                ..held("i5", "银行卡信息", masked("****2208"), true)
            },
            CollectedItem { can_clear: false, ..held("i6", "证件影像", Shown::Withheld, true) },
        ],
        as_of: at("2026-11-21T02:00:00Z"),
        shared: 3,
        sales: vec![link("2026-11-20建立的“投保单”", "/p/haigang/records/rec-1/replay")],
        unverified: Some(unverified()),
    };
    let shared = Shared {
        shell: inside(),
        may: vec![may()],
        lines: vec![
            SharedLine {
                recipient: "江湾保险代理有限公司".into(),
                regime: "您授权的机构".into(),
                items: words("保单号、险种、保险金额、交费状态"),
                purpose: "由该机构直接向您提供服务".into(),
                method: "机构按次查询".into(),
                at: at("2026-11-16T06:40:00Z"),
                receipt: Some(receipt("HG-00371")),
            },
            SharedLine {
                recipient: "演示短信服务（模拟）".into(),
                regime: "受托方".into(),
                items: words("电话号码"),
                purpose: "发送登录验证码".into(),
                method: "接口传输".into(),
                at: at("2026-11-18T12:13:00Z"),
                receipt: Some(receipt("HG-00376")),
            },
        ],
        as_of: at("2026-11-21T02:00:00Z"),
        collected: 6,
        unverified: None,
    };
    let ask = ClearView {
        shell: inside(),
        id: "i3".into(),
        item: "证件号码".into(),
        value: masked("9****************8"),
        reasons: vec![],
        receipt: None,
    };
    let shown = ClearView {
        value: Shown::Clear("999101199005010018".into()),
        receipt: Some(receipt("HG-00415")),
        ..ask.clone()
    };
    vec![
        sample("p09-collected", &collected),
        sample("p09-shared", &shared),
        sample("p09-clear-ask", &ask),
        sample("p09-clear-shown", &shown),
    ]
}

fn kept() -> Vec<Kept> {
    vec![
        Kept {
            what: "保单“海港安康终身重大疾病保险”及其业务凭证".into(),
            until: None,
            period: "保险合同终止后再保存十年".into(),
            why: "合同仍然有效，须继续履行".into(),
            law: "保险法第八十七条".into(),
        },
        Kept {
            what: "客户身份资料".into(),
            until: Some(day("2036-11-21")),
            period: "业务关系结束后十年".into(),
            why: "反洗钱义务".into(),
            law: "反洗钱法第三十四条".into(),
        },
    ]
}

fn consents() -> Vec<Sample> {
    let face = ConsentLine {
        id: "c2".into(),
        title: "用人脸识别确认身份".into(),
        form: ConsentForm::Separate,
        purpose: "实名认证".into(),
        items: words("人脸影像、视频图像数据"),
        given: at("2026-09-01T03:15:00Z"),
        version: "个人信息保护政策（未载明日期）".into(),
        by: None,
        clause: Some(clause("一(一)1(2)")),
        state: ConsentState::InForce,
        receipt: Some(receipt("HG-00288")),
        document: false,
    };
    let page = Consents {
        again: vec![AgainLine {
            ask: Link { label: "用户注册".into(), href: "/p/haigang/choices/collect.register".into() },
            given: at("2026-06-01T02:00:00Z"),
            version: "undated".into(),
            why: vec!["新增了处理目的：安全保障".into(), "新增了要收集或使用的信息：邮箱、设备型号信息".into()],
        }],
        shell: inside(),
        consents: vec![
            ConsentLine {
                id: "c1".into(),
                title: "按政策处理注册信息".into(),
                form: ConsentForm::General,
                purpose: "完成用户注册".into(),
                items: words("姓名、电话号码、性别、出生日期"),
                clause: Some(clause("一(一)1(1)")),
                ..face.clone()
            },
            face.clone(),
            ConsentLine {
                id: "c3".into(),
                title: "用微信资料改进产品和服务".into(),
                form: ConsentForm::General,
                purpose: "数据分析和研究".into(),
                items: words("OpenId、昵称、头像、城市信息"),
                state: ConsentState::Withdrawn(at("2026-10-02T05:00:00Z")),
                clause: Some(clause("一(一)2")),
                ..face.clone()
            },
        ],
    };
    let withdraw = Withdraw {
        shell: inside(),
        consent: face.clone(),
        stops: words("不再采集和比对人脸，自您提交的那一刻起、已保存的人脸特征随即销毁"),
        stays: words("保单查询、账户查询等全部功能、确认身份可改用短信验证码或柜台"),
        kept: vec![kept().remove(1)],
    };
    let done = Withdrawn {
        shell: inside(),
        consent: ConsentLine { state: ConsentState::Withdrawn(at("2026-11-21T02:10:00Z")), ..face },
        stops: withdraw.stops.clone(),
        kept: withdraw.kept.clone(),
        receipt: Some(receipt("HG-00416")),
    };
    vec![
        sample("p10-consents", &page),
        sample("p10-withdraw", &withdraw),
        sample("p10-withdrawn", &done),
        sample("p10-sign", &sign()),
    ]
}

fn leave() -> Vec<Sample> {
    let ask = CloseAccount {
        shell: inside(),
        erased: words(
            "账号、登录方式和登录记录、注册信息：姓名、电话号码、性别、出生日期、微信昵称与头像、对保险服务机构的全部授权",
        ),
        kept: kept(),
        claims: vec![reason("理赔案件（被保险人）", None, Some("个人信息保护法 47"))],
        backup_days: 30,
        due: Some(day("2026-12-11")),
        published: side("暂不办理", Tone::Warn, "保险产品仍在有效期内"),
        law: side("予以办理", Tone::Good, "法律规定的权利"),
        blocks: vec![],
        before: vec![link("下载我的信息", "/p/haigang/mine"), link("下载回执", "/p/haigang/receipts")],
        form: Form::of(vec![Field {
            hint: Some("已发送到 100****0001".into()),
            ..field("code", "短信验证码", FieldKind::OneTimeCode)
        }]),
    };
    let done = AccountClosed {
        shell: shell(),
        certificate: Certificate {
            number: "HG-E-00007".into(),
            destroyed: Some(at("2026-11-21T02:20:41Z")),
            erased: words("账户（注册用户）、就医记录（被保险人）"),
            backups_until: Some(day("2026-12-21")),
            facts: vec![fact("已通知接收方", "江湾保险代理有限公司")],
            code: Qr::of(ADDRESS, "核验这张删除证明的二维码".into()),
            address: ADDRESS.into(),
            place: PLACE.into(),
        },
        kept: kept(),
        claims: Vec::new(),
        receipt: Some(receipt("HG-00420")),
    };
    let pending = |stands: bool| DestroyedPage { stands, destroyed: None, ..destroyed() };
    vec![
        sample("p11-close", &ask),
        sample("p11-closed", &done),
        sample("p11-destroyed", &destroyed()),
        sample("p11-destroyed-pending", &pending(true)),
        sample("p11-destroyed-missing", &pending(false)),
    ]
}

/// What the code of a certificate of erasure leads to.
fn destroyed() -> DestroyedPage {
    DestroyedPage {
        shell: shell(),
        number: "HG-E-00007".into(),
        stands: true,
        destroyed: Some(at("2026-11-21T03:00:02Z")),
        checks: vec![
            Check { name: "记录在账本的这个位置".into(), passed: Some(true), detail: String::new() },
            Check { name: "检查点由平台的密钥签名".into(), passed: Some(true), detail: String::new() },
        ],
        leaf: "XwyaexREVdAvjGo7nX4RXyDEqLbj2Q8Sels6OwtS1JI".into(),
        index: 7,
        size: 421,
        witnesses: vec![Witnessed { name: "witness.example/w1".into(), at: at("2026-11-21T02:10:05Z") }],
        checkpoint:
            "shouyue/haigang\n421\nqB9EJ3n0pQ8l4mWmWl0cVwq1g1S2xj0o9nF3pUu4B7w=\n\n— shouyue/haigang P5ocB3xk1mJ0…"
                .into(),
        place: PLACE.trim_end_matches("/destroyed").into(),
        json: "/v1/platforms/haigang/ledger/destroyed?leaf=7".into(),
    }
}
