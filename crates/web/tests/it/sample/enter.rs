//! The portal, with what the policy of 海港人寿 says: start, registration, log in, the face.

use shouyue_web::assets::Theme;
use shouyue_web::pages::parts::{
    Choice, ConsentChoice, ConsentForm, Field, FieldGroup, FieldKind, Form, SensitiveNotice,
};
use shouyue_web::pages::portal::{
    FormPerson, FunctionBrief, FunctionForm, LogIn, LogInCode, OtherWay, Reading, Recipient, Register, Registrant,
    SeparateConsent, SignedOut, Start, Why,
};
use shouyue_web::pages::shell::{Csrf, Portal};

use super::{Sample, at, clause, fact, link, sample, words};

pub(crate) fn all() -> Vec<Sample> {
    let mut pages = enter();
    pages.extend(sensitive());
    pages.push(sample("p06-function", &service()));
    pages
}

pub(super) fn shell() -> Portal {
    Portal {
        base: "/p/haigang".into(),
        platform: "E化服务平台".into(),
        handler: "海港人寿保险股份有限公司".into(),
        theme: Theme::new("haigang", "#0b6a8f").unwrap().href(),
        csrf: Csrf("c3a1f0".into()),
        contacts: vec![fact("客服电话", "956010")],
        demo: true,
        ..Portal::default()
    }
}

pub(super) fn inside() -> Portal {
    Portal { visitor: Some("林**".into()), ..shell() }
}

pub(super) fn field(name: &str, label: &str, kind: FieldKind) -> Field {
    Field { name: name.into(), label: label.into(), kind, required: true, ..Field::default() }
}

pub(super) fn radio(options: &[(&str, &str, &str)]) -> FieldKind {
    FieldKind::Radio(
        options
            .iter()
            .map(|(value, label, hint)| Choice {
                value: (*value).into(),
                label: (*label).into(),
                hint: (!hint.is_empty()).then(|| (*hint).into()),
            })
            .collect(),
    )
}

fn documents() -> FieldKind {
    FieldKind::Select(
        [("id-card", "居民身份证"), ("passport", "护照"), ("hk-macao", "港澳居民来往内地通行证")]
            .map(|(value, label)| Choice { value: value.into(), label: label.into(), hint: None })
            .to_vec(),
    )
}

fn id_notice(items: &str) -> SensitiveNotice {
    SensitiveNotice {
        items: words(items),
        purpose: "完成用户注册，确认您是本人".into(),
        necessity: "保单登记在证件名下，没有证件信息无法找到并只向您本人展示您的保单".into(),
        effect: "证件信息泄露可能被冒用身份；我们加密保存，页面默认只显示掩码".into(),
        kept: "账号存续期间；注销后依法须留存的部分转为仅存储".into(),
        receivers: vec![],
        clause: Some(clause("一(一)1(1)")),
    }
}

fn person_form() -> Form {
    Form {
        groups: vec![
            FieldGroup {
                legend: "您是谁".into(),
                fields: vec![
                    field("name", "姓名", FieldKind::Name),
                    Field {
                        hint: Some("用于接收验证码，注册后可用它登录".into()),
                        ..field("phone", "电话号码", FieldKind::Phone)
                    },
                    field("sex", "性别", radio(&[("f", "女", ""), ("m", "男", "")])),
                    field("birth-date", "出生日期", FieldKind::Date { born: true }),
                ],
                ..FieldGroup::default()
            },
            FieldGroup {
                legend: "证件".into(),
                notice: Some(id_notice("证件类型、证件号码、证件影像")),
                fields: vec![
                    Field { sensitive: true, ..field("document-type", "证件类型", documents()) },
                    Field {
                        sensitive: true,
                        hint: Some("居民身份证为 18 位，末位可以是字母 X".into()),
                        ..field("document-number", "证件号码", FieldKind::DocumentNumber)
                    },
                    Field {
                        sensitive: true,
                        required: false,
                        why: Some("政策没有说明证件影像是注册的必要条件，您可以不提供。".into()),
                        ..field("document-image", "证件影像", FieldKind::File("image/jpeg,image/png".into()))
                    },
                ],
                ..FieldGroup::default()
            },
        ],
        problem: None,
    }
}

fn consents_to_register() -> Vec<ConsentChoice> {
    vec![
        ConsentChoice {
            scope: "collect.register".into(),
            title: "按《个人信息保护政策》处理注册信息".into(),
            text: vec!["为完成用户注册，收集您在本页填写的姓名、电话号码、性别和出生日期。".into()],
            refused: "无法注册账号；仍可拨打 956010 办理业务。".into(),
            reading: vec![link("个人信息保护政策", "/p/haigang/policy"), link("收集清单", "/p/haigang/lists#collect")],
            ..ConsentChoice::default()
        },
        ConsentChoice {
            scope: "collect.register.identity".into(),
            title: "处理证件信息".into(),
            form: ConsentForm::Separate,
            text: vec!["证件类型与证件号码属于敏感个人信息，用途、必要性与影响见上方证件一栏的说明。".into()],
            refused: "不能在线查询保单；可携证件到柜台查询。".into(),
            ..ConsentChoice::default()
        },
        ConsentChoice {
            scope: "collect.analysis".into(),
            title: "用微信资料改进产品和服务".into(),
            text: vec!["收集微信体系内的 OpenId、昵称、头像、性别、国家、城市信息及语种信息，用于数据分析。".into()],
            refused: "没有任何影响，所有功能照常使用。".into(),
            ..ConsentChoice::default()
        },
    ]
}

fn enter() -> Vec<Sample> {
    let start = Start {
        shell: shell(),
        intro: vec![
            "查询保单、办理保单业务、授权您信任的保险服务机构。您的信息怎样被使用，在这里看得一清二楚。".into(),
        ],
        functions: vec![
            FunctionBrief {
                name: "用户注册".into(), needs: "姓名、电话号码、证件等 11 项，其中 5 项敏感".into()
            },
            FunctionBrief {
                name: "人脸识别".into(), needs: "视频图像数据；可以改用其他方式".into()
            },
            FunctionBrief { name: "账户信息查询".into(), needs: "无需额外提供信息".into() },
            FunctionBrief { name: "保单查询".into(), needs: "无需额外提供信息".into() },
            FunctionBrief {
                name: "保单相关业务办理".into(), needs: "联系地址、银行卡信息、业务凭证等 10 项".into()
            },
            FunctionBrief {
                name: "授权保险服务机构查询".into(), needs: "由您选择，随时可以撤销".into()
            },
        ],
        companies: true,
    };
    let register = Register {
        shell: shell(),
        who: Registrant::Person,
        form: person_form(),
        consents: consents_to_register(),
        later: vec!["人脸影像".into()],
        denied: Vec::new(),
        code_follows: true,
    };
    let mut wrong = register.clone();
    wrong.form.groups[0].fields[0].value = "林见山".into();
    wrong.form.groups[0].fields[2].value = "f".into();
    wrong.form.groups[1].fields[0].value = "id-card".into();
    wrong.form.groups[1].fields[1].value = "99910119900501001".into();
    wrong.form.groups[0].fields[1].error = Some("请填写 11 位手机号码".into());
    wrong.form.groups[1].fields[1].error = Some("证件号码少一位或校验位不符，请对照证件核对".into());
    wrong.consents[1].error = Some("请选择同意或不同意".into());
    let log_in = LogIn {
        shell: shell(),
        form: Form::of(vec![field("phone", "手机号码", FieldKind::Phone)]),
        ways: vec![link("微信登录", "/p/haigang/login/with/wechat")],
        companies: true,
    };
    let code = LogInCode {
        shell: shell(),
        phone: "100****0001".into(),
        typed: "10000000001".into(),
        form: Form::of(vec![Field {
            hint: Some("6 位数字".into()),
            error: Some("验证码不正确，还可以再试 4 次".into()),
            ..field("code", "验证码", FieldKind::OneTimeCode)
        }]),
        expires: at("2026-11-21T02:35:00Z"),
    };
    vec![
        sample("p01-start", &start),
        sample("p01-start-elder", &Start { shell: Portal { elder: true, ..shell() }, ..start.clone() }),
        sample("p02-register-person", &register),
        sample("p02-register-person-errors", &wrong),
        sample("p03-register-company", &company()),
        sample("p05-log-in", &log_in),
        sample("p05-log-in-code", &code),
        sample("p05-signed-out", &SignedOut { shell: shell(), why: Why::LoggedOut }),
        sample("p05-expired", &SignedOut { shell: shell(), why: Why::Expired }),
    ]
}

fn company() -> Register {
    Register {
        shell: shell(),
        who: Registrant::Company,
        form: Form {
            groups: vec![
                FieldGroup {
                    legend: "企业".into(),
                    intro: Some("企业资料不属于个人信息。".into()),
                    fields: vec![
                        field("organisation-name", "企业名称", FieldKind::Organisation),
                        field("organisation-code", "企业证件代码", FieldKind::Text),
                        Field {
                            hint: Some("18 位统一社会信用代码".into()),
                            ..field("organisation-number", "企业证件号", FieldKind::Text)
                        },
                    ],
                    ..FieldGroup::default()
                },
                FieldGroup {
                    legend: "联系人".into(),
                    intro: Some("联系人是个人信息主体。".into()),
                    notice: Some(SensitiveNotice {
                        purpose: "确认联系人有权代表企业".into(),
                        necessity: "政策写明注册企业须提供联系人身份证号码".into(),
                        ..id_notice("企业联系人身份证号码")
                    }),
                    fields: vec![
                        field("contact.name", "企业联系人姓名", FieldKind::Name),
                        field("contact.phone", "企业联系人电话号码", FieldKind::Phone),
                        Field {
                            sensitive: true,
                            ..field("contact.document-number", "企业联系人身份证号码", FieldKind::DocumentNumber)
                        },
                        field("contact.email", "企业联系人邮箱", FieldKind::Email),
                    ],
                },
            ],
            problem: None,
        },
        consents: consents_to_register().into_iter().take(2).collect(),
        later: vec![],
        denied: Vec::new(),
        code_follows: true,
    }
}

fn service() -> FunctionForm {
    FunctionForm {
        shell: inside(),
        title: "保单相关业务办理".into(),
        purpose: "变更联系方式、办理给付。".into(),
        clause: Some(clause("一(一)1(5)")),
        people: vec![FormPerson {
            form: Form {
                groups: vec![FieldGroup {
                    legend: "给付账户".into(),
                    notice: Some(SensitiveNotice {
                        purpose: "向您支付保险金".into(),
                        necessity: "没有收款账户无法转账".into(),
                        effect: "账户信息泄露可能造成财产损失；我们加密保存，页面只显示末四位".into(),
                        kept: "保险合同终止后依法保存".into(),
                        clause: Some(clause("一(一)1(5)")),
                        ..id_notice("银行卡信息")
                    }),
                    fields: vec![Field {
                        sensitive: true,
                        suggested: true,
                        ..field("bank-card", "银行卡信息", FieldKind::DocumentNumber)
                    }],
                    ..FieldGroup::default()
                }],
                problem: None,
            },
            ..FormPerson::default()
        }],
        reading: Some(Reading {
            action: "/p/haigang/functions/policy-service/picture".into(),
            form: Some(Form::of(vec![field("picture", "证件或银行卡照片", FieldKind::File("image/png".into()))])),
            told: Some("认出 银行卡信息，已填入标有“识别所得”的各项。请逐项核对、改正后再提交。".into()),
            asks: false,
        }),
        refused: "不能在线办理给付；可到柜台办理。其他功能不受影响。".into(),
        not_asked: vec![(
            "您没有同意“处理健康状况”，2027-05-17 之前这里不再询问；其中的信息请留空。".into(),
            link("自行决定：处理健康状况", "/p/haigang/choices/collect.policy-service.health"),
        )],
        ..FunctionForm::default()
    }
}

fn face() -> SeparateConsent {
    SeparateConsent {
        shell: inside(),
        scope: "collect.face".into(),
        title: "是否同意用人脸识别确认身份".into(),
        notice: SensitiveNotice {
            items: vec!["人脸影像".into(), "视频图像数据".into()],
            purpose: "完成实名认证，确认办理业务的是您本人".into(),
            necessity: "远程办理时用来代替当面核对；不是唯一方式".into(),
            effect: "人脸信息无法更换，一旦泄露可能长期影响您的人身和财产安全".into(),
            kept: "比对完成后立即删除视频；只保存“通过/未通过”的结果".into(),
            receivers: vec!["无：比对在本公司系统内完成".into()],
            clause: Some(clause("一(一)1(2)")),
        },
        method: vec![
            "打开摄像头录制约 5 秒视频，提取人脸特征后与证件照片比对。".into(),
            "视频加密传输，不保存到您的设备，也不用于训练模型。".into(),
        ],
        recipients: vec![Recipient {
            name: "演示人脸核验服务（模拟）".into(),
            contact: "956010".into(),
            does: "受委托比对视频与证件照片，不留存".into(),
        }],
        refused: vec![
            "不影响注册、账户查询和其他任何功能。".into(),
            "您可以改用短信验证码加证件号码核对，或携证件到柜台办理，结果完全相同。".into(),
        ],
        other_way: Some("改用其他方式".into()),
        shown: String::new(),
        error: None,
    }
}

fn other_way() -> OtherWay {
    OtherWay {
        shell: inside(),
        title: "用其他方式确认身份".into(),
        intro: "不需要人脸信息。确认之后能办理的业务完全相同。".into(),
        form: Form::of(vec![
            field(
                "method",
                "请选择一种方式",
                radio(&[
                    ("code", "短信验证码与证件号码", "约 1 分钟，在线完成"),
                    ("counter", "到柜台出示证件", "携带有效身份证件原件，当场完成"),
                ]),
            ),
            Field {
                sensitive: true,
                required: false,
                hint: Some("选择短信方式时填写证件号码后四位".into()),
                ..field("document-tail", "证件号码后四位", FieldKind::DocumentNumber)
            },
        ]),
        facts: vec![
            fact("柜台", "各地客户服务中心"),
            fact("时间", "工作日 9:00–17:00"),
            fact("需带", "有效身份证件原件"),
        ],
        clause: Some(clause("一(一)1(2)")),
    }
}

fn sensitive() -> Vec<Sample> {
    vec![sample("p04-face-consent", &face()), sample("p04-other-way", &other_way())]
}
