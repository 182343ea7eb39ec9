//! Coming in by WeChat, with what the policy of 海港人寿 says, and by a ticket.

use shouyue_web::pages::parts::{ConsentChoice, FieldKind, Form};
use shouyue_web::pages::portal::{TicketPage, Way, WayCode, WayOpen, WayOut};

use super::enter::{field, radio, shell};
use super::{Sample, clause, sample};

pub(super) fn all() -> Vec<Sample> {
    let choice = |name: &str, label: &str| field(name, label, radio(&[("yes", "提供", ""), ("no", "不提供", "")]));
    let way = Way {
        shell: shell(),
        name: "微信".into(),
        from: "微信".into(),
        purpose: "保证浏览器和微信公众号登录可用。".into(),
        clause: Some(clause("一(三)1")),
        needed: vec!["OpenId".into(), "UnionID".into()],
        typed: vec![],
        form: Form::of(vec![choice("item.wechat-nickname", "微信昵称"), choice("item.wechat-avatar", "微信头像")]),
        consents: vec![ConsentChoice {
            scope: "collect.login".into(),
            title: "微信公众号登录".into(),
            text: vec!["经您同意，向微信取得上面的信息，用于识别您的账户。".into()],
            refused: "不能用微信登录，可以用手机号码登录。".into(),
            ..ConsentChoice::default()
        }],
        known: Some("/p/haigang/login/with/wechat/go".into()),
        refused: "无法使用该权限对应的功能。".into(),
        later: vec![],
    };
    let out = WayOut {
        shell: shell(),
        name: "微信".into(),
        go: "/p/haigang/login/with/wechat/go".into(),
        back: "/p/haigang/login".into(),
    };
    let open = WayOpen {
        shell: shell(),
        name: "微信".into(),
        form: Form::of(vec![field("phone", "手机号码", FieldKind::Phone)]),
        known: false,
    };
    let code = WayCode {
        shell: shell(),
        name: "微信".into(),
        form: Form::of(vec![field("code", "验证码", FieldKind::OneTimeCode)]),
    };
    vec![
        sample("p05-way", &way),
        sample("p05-way-out", &out),
        sample("p05-way-open", &open),
        sample("p05-way-code", &code),
        sample("p05-ticket", &TicketPage { shell: shell(), ticket: "a.b.c".into() }),
    ]
}
