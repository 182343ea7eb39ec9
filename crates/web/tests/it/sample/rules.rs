//! The portal: receipts, the privacy centre, the policy, problems.

use shouyue_web::pages::PolicyHtml;
use shouyue_web::pages::parts::{Check, Link, Pager, Reason};
use shouyue_web::pages::portal::{
    ActOutcome, LeafPage, PermissionLine, PlannedCollection, PlannedShare, PolicyArchive, PolicyLists, PolicyText,
    PrivacyCentre, Problem, ProblemKind, ReceiptLine, ReceiptPage, Receipts, RightLine, SdkLine, TocEntry, VersionLine,
    VersionStage, Witnessed,
};
use shouyue_web::pages::qr::Qr;
use shouyue_web::pages::shell::Portal;

use super::enter::{inside, shell};
use super::{Sample, at, clause, day, fact, link, reason, sample, words};

/// Where the code of a receipt leads.
const ADDRESS: &str = "https://privacy.example.cn/p/haigang/ledger/415/XwyaexREVdAvjGo7nX4RXyDEqLbj2Q8Sels6OwtS1JI";

pub(crate) fn all() -> Vec<Sample> {
    let mut pages = receipts();
    pages.extend(privacy());
    pages.extend(problems());
    pages
}

fn receipts() -> Vec<Sample> {
    let line = |id: &str, act: &str, outcome, when: &str| ReceiptLine {
        id: id.into(),
        number: id.into(),
        act: act.into(),
        outcome,
        at: at(when),
    };
    let list = Receipts {
        shell: inside(),
        receipts: vec![
            line("HG-00416", "撤回同意：用人脸识别确认身份", ActOutcome::Done, "2026-11-21T02:10:00Z"),
            line("HG-00409", "江湾保险代理查询保单", ActOutcome::Refused, "2026-11-21T01:05:00Z"),
            line("HG-00402", "撤销机构授权", ActOutcome::Done, "2026-11-20T08:31:00Z"),
        ],
        pager: Pager {
            newer: None,
            older: Some("/p/haigang/receipts?before=402".into()),
            here: "第 1–3 张，共 28 张".into(),
        },
    };
    let page = ReceiptPage {
        shell: inside(),
        receipt: line("HG-00416", "撤回同意：用人脸识别确认身份", ActOutcome::Done, "2026-11-21T02:10:00Z"),
        facts: vec![
            fact("同意范围", "用人脸识别确认身份"),
            fact("政策版本", "个人信息保护政策（未载明日期）"),
            fact("操作人", "本人"),
        ],
        clause: Some(clause("五(四)")),
        checks: vec![
            Check { name: "叶哈希与回执内容一致".into(), passed: Some(true), detail: "5f0c9a…e1d2".into() },
            Check {
                name: "叶在树中".into(), passed: Some(true), detail: "路径 9 步，树根 a81f44…07bc".into()
            },
            Check {
                name: "检查点签名有效".into(),
                passed: Some(true),
                detail: "haigang/ledger Ed25519 3f9a1c07".into(),
            },
        ],
        leaf: "5f0c9a7b1e44d02f8c6a3b9d7e115f20c4a8b6e3d90f127a5c8e4b6d1f3ae1d2".into(),
        index: 415,
        size: 421,
        checkpoint:
            "shouyue/haigang\n421\nqB9EJ3n0pQ8l4mWmWl0cVwq1g1S2xj0o9nF3pUu4B7w=\n\n— shouyue/haigang P5ocB3xk1mJ0…"
                .into(),
        witnesses: vec![Witnessed { name: "witness.example/w1".into(), at: at("2026-11-21T02:10:05Z") }],
        code: Qr::of(ADDRESS, "核验这张回执的二维码".into()),
        address: ADDRESS.into(),
        place: "/p/haigang/ledger/415/XwyaexREVdAvjGo7nX4RXyDEqLbj2Q8Sels6OwtS1JI".into(),
        command: "shouyue verify HG-00416.receipt".into(),
    };
    let mut broken = page.clone();
    broken.checks[1] =
        Check { name: "叶在树中".into(), passed: Some(false), detail: "第 6 步哈希不符".into() };
    vec![
        sample("p12-receipts", &list),
        sample("p12-receipt", &page),
        sample("p12-receipt-broken", &broken),
        leaf(&page, true),
        leaf(&page, false),
    ]
}

/// What the code of a receipt leads to.
fn leaf(of: &ReceiptPage, stands: bool) -> Sample {
    let passed = Some(stands);
    let page = LeafPage {
        shell: shell(),
        number: of.receipt.number.clone(),
        stands,
        checks: vec![
            Check { name: "记录在账本的这个位置".into(), passed, detail: String::new() },
            Check { name: "检查点由平台的密钥签名".into(), passed: Some(true), detail: String::new() },
        ],
        leaf: "XwyaexREVdAvjGo7nX4RXyDEqLbj2Q8Sels6OwtS1JI".into(),
        index: of.index,
        size: of.size,
        witnesses: of.witnesses.clone(),
        checkpoint: of.checkpoint.clone(),
    };
    sample(if stands { "p12-leaf" } else { "p12-leaf-missing" }, &page)
}

fn privacy() -> Vec<Sample> {
    let elder = PrivacyCentre { shell: Portal { elder: true, ..inside() }, ..centre() };
    vec![
        sample("p13-privacy-centre", &centre()),
        sample("p13-privacy-centre-elder", &elder),
        sample("p13-policy", &text()),
        sample("p13-archive", &archive()),
        sample("p13-lists", &lists()),
    ]
}

fn right(name: &str, how: &str, within: &str, in_clause: Option<&str>, article: &str, go: Option<Link>) -> RightLine {
    RightLine {
        name: name.into(),
        how: how.into(),
        link: go,
        within: within.into(),
        clause: in_clause.map(clause),
        article: article.into(),
    }
}

fn centre() -> PrivacyCentre {
    PrivacyCentre {
        shell: inside(),
        rights: vec![
            right(
                "查阅",
                "本页在线办理；政策写明 PC 端“账户管理”",
                "随时",
                Some("五(一)"),
                "个人信息保护法第四十五条",
                Some(link("查看我的信息", "/p/haigang/mine")),
            ),
            right("复制", "政策未写明，依法在线办理", "15 个工作日内", None, "个人信息保护法第四十五条", None),
            right("更正", "客服电话 956010", "15 个工作日内", Some("五(二)"), "个人信息保护法第四十六条", None),
            right(
                "删除",
                "在线办理，或客服电话 956010",
                "15 个工作日内",
                Some("五(三)"),
                "个人信息保护法第四十七条",
                Some(link("去办理", "/p/haigang/close")),
            ),
            right(
                "撤回同意",
                "在线办理，立即生效",
                "立即",
                Some("五(四)"),
                "个人信息保护法第十五条",
                Some(link("去办理", "/p/haigang/consents")),
            ),
            right(
                "注销账号",
                "在线办理，或客服电话 956010",
                "15 个工作日内",
                Some("五(五)"),
                "个人信息保护法第四十七条",
                Some(link("去办理", "/p/haigang/close")),
            ),
        ],
        agencies: true,
        remedy: words("向网信部门（12377）投诉、举报、依法向人民法院提起诉讼"),
        version: "当前版本".into(),
    }
}

fn text() -> PolicyText {
    PolicyText {
        shell: shell(),
        title: "个人信息保护政策".into(),
        updated: None,
        effective: None,
        since: Some(day("2026-09-01")),
        fingerprint: "sha256:4be1c0d7a3f95e1886b2".into(),
        stage: VersionStage::InForce,
        contents: [
            ("一、我们如何收集和使用您的个人信息", "一"),
            ("二、我们如何使用 Cookie 和同类技术", "二"),
            ("三、共享与公开披露", "三"),
            ("四、我们如何保护您的个人信息", "四"),
            ("五、您的权利", "五"),
        ]
        .map(|(label, anchor)| TocEntry { label: label.into(), anchor: anchor.into() })
        .to_vec(),
        body: PolicyHtml(POLICY_FRAGMENT.into()),
    }
}

fn archive() -> PolicyArchive {
    PolicyArchive {
        shell: shell(),
        versions: vec![VersionLine {
            id: "undated".into(),
            stage: VersionStage::InForce,
            label: "个人信息保护政策".into(),
            updated: None,
            effective: None,
            since: Some(day("2026-09-01")),
            until: None,
            changes: vec!["首次编入".into()],
            fingerprint: "sha256:4be1c0d7a3f95e1886b2".into(),
        }],
    }
}

const POLICY_FRAGMENT: &str = "<p>海港人寿保险股份有限公司（以下称“我们”）深知个人信息对您的重要性，并会尽力保护您的个人信息安全可靠。</p>\
<h2 id=\"一\">一、我们如何收集和使用您的个人信息</h2>\
<h3 id=\"一(一)\">（一）您使用我们产品的功能须提供并授权我们使用个人信息的情形</h3>\
<h4 id=\"一(一)1(1)\">（1）用户注册</h4>\
<p>为完成用户注册，您需向我们提供相关个人信息或企业信息，个人信息包括您的姓名（名称）、电话号码、证件类型、证件号码、性别、出生日期、证件影像、人脸影像、微信昵称、微信头像、微信相关 ID；\
企业信息包括企业名称、企业证件代码、企业证件号、企业联系人姓名、企业联系人电话号码、企业联系人身份证号码、企业联系人邮箱等。</p>\
<h4 id=\"一(一)1(2)\">（2）人脸识别</h4><p>为完成实名认证，以满足法律法规关于本平台要求，我们会采集您的视频图像数据，实现人脸识别及认证。</p>\
<h2 id=\"二\">二、我们如何使用 Cookie 和同类技术</h2><p>为确保E化服务平台正常运转，我们会在您的设备上存储名为 Cookie 的小数据文件。</p>\
<h2 id=\"三\">三、共享与公开披露</h2><p>我们不会与他人共享您的个人信息，但政策载明的情况除外。</p>\
<h2 id=\"四\">四、我们如何保护您的个人信息</h2><p>我们按国家信息系统网络安全等级保护三级安全要求建设和管理本平台。</p>\
<h2 id=\"五\">五、您的权利</h2><p>您可以访问、更正、删除您的个人信息，改变或者撤回您授权同意的范围，注销账号。</p>";

fn lists() -> PolicyLists {
    PolicyLists {
        shell: shell(),
        collects: vec![
            PlannedCollection {
                function: "用户注册".into(),
                purpose: "完成用户注册".into(),
                items: words(
                    "姓名、电话号码、证件类型、证件号码、性别、出生日期、证件影像、人脸影像、微信昵称、微信头像、微信相关ID",
                ),
                sensitive: words("证件类型、证件号码、证件影像、人脸影像、微信相关ID"),
                refused: "政策未写明；只影响注册".into(),
                clause: Some(clause("一(一)1(1)")),
            },
            PlannedCollection {
                function: "保单查询".into(),
                purpose: "查询保单".into(),
                items: vec![],
                sensitive: vec![],
                refused: "不适用".into(),
                clause: Some(clause("一(一)1(4)")),
            },
        ],
        shares: vec![
            PlannedShare {
                recipient: "您指定的保险服务机构".into(),
                purpose: "由该机构直接提供服务".into(),
                items: "您的保单信息".into(),
                condition: "由您授权，可撤销".into(),
                clause: Some(clause("一(二)")),
            },
            PlannedShare {
                recipient: "监管机关或其指定机构".into(),
                purpose: "业务检查核实".into(),
                items: "访问轨迹、个人信息".into(),
                condition: "法律法规或监管要求".into(),
                clause: Some(clause("三(一)3")),
            },
        ],
        permissions: vec![
            PermissionLine {
                name: "相机权限".into(),
                purpose: "理赔与保全凭证识别；人脸识别".into(),
                closed: "改为手工填写；改用其他方式确认身份".into(),
                clause: Some(clause("一(三)3")),
            },
            PermissionLine {
                name: "电话权限".into(),
                purpose: "呼叫客服".into(),
                closed: "可自行拨打 956010".into(),
                clause: Some(clause("一(三)5")),
            },
        ],
        sdks: vec![
            SdkLine {
                name: "听云统计分析API".into(),
                provider: "北京基调网络股份有限公司".into(),
                does: "应用功能、性能服务异常报告".into(),
                facts: vec![fact("收集信息", "政策未写明")],
            },
            SdkLine {
                name: "腾讯地图API".into(),
                provider: "深圳市腾讯计算机系统有限公司".into(),
                does: "E化服务柜员定位功能实现".into(),
                facts: vec![fact("收集信息", "政策未写明")],
            },
        ],
    }
}

fn problems() -> Vec<Sample> {
    let page = |kind| Problem { shell: inside(), kind, next: vec![] };
    let refused = ProblemKind::Refused {
        reasons: vec![Reason {
            code: Some("consent-withdrawn".into()),
            ..reason("授权已于 2026年11月20日撤销，机构不能再查询", Some("五(四)"), Some("个人信息保护法第十五条"))
        }],
    };
    let mut refused = page(refused);
    refused.next = vec![link("查看我的授权", "/p/haigang/agencies")];
    vec![
        sample("p14-not-found", &page(ProblemKind::NotFound)),
        sample("p14-refused", &refused),
        sample("p14-invalid", &page(ProblemKind::Invalid { details: vec!["电话号码：请填写 11 位手机号码".into()] })),
        sample("p14-too-many", &page(ProblemKind::TooMany)),
        sample("p14-stale", &page(ProblemKind::Stale)),
        sample("p14-expired", &Problem { shell: shell(), kind: ProblemKind::Expired, next: vec![] }),
        sample("p14-internal", &page(ProblemKind::Internal { trace: "7f3a-11c9".into() })),
    ]
}
