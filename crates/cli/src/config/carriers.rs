//! `[sms]`, `[[wechat]]`, `[push]` and `[letter]`: who carries messages about new versions, besides `[mail]`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use connect::courier::Address;
use connect::tencent::{ApiKey, SmsNotices};
use connect::webhook::Secret;
use connect::wechat_message::{self, Account};
use model::Slug;
use serde::Deserialize;

use super::{Config, receiver, safe, secret};

/// An account for short messages with Tencent Cloud.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SmsAccount {
    /// `SmsSdkAppId`.
    app: String,
    /// `SignName`, as it was approved.
    sign: String,
    /// File with `SecretId` and `SecretKey`, a line each, readable by its owner only.
    key: PathBuf,
    /// By platform the approved text, whose three parameters are year, month and day.
    templates: BTreeMap<Slug, String>,
    /// Where it is, if not at the vendor's own address.
    #[serde(default)]
    pub(crate) origin: Option<String>,
}

/// A WeChat service account of one platform.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WechatAccount {
    /// Platform.
    pub(crate) platform: Slug,
    /// AppID, the one by which its customers log in.
    app: String,
    /// File with the AppSecret, readable by its owner only.
    secret: PathBuf,
    /// Id of the approved template.
    template: String,
    /// What the template calls the service.
    service: String,
    /// What it calls the policy.
    title: String,
    /// What it calls the day.
    day: String,
    /// Where its interface is, if not at the vendor's own address.
    #[serde(default)]
    origin: Option<String>,
}

/// Somebody who is told over HTTP, signed, and carries messages on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gate {
    /// Its address, such as `https://push.example/notices`.
    address: String,
    /// File with the secret that both sides know (`whsec_…`), readable by its owner only.
    secret: PathBuf,
}

impl SmsAccount {
    /// What the vendor approved.
    pub(crate) fn notices(&self) -> SmsNotices {
        SmsNotices { app: self.app.clone(), sign: self.sign.clone(), templates: self.templates.clone() }
    }

    /// The key of the account.
    pub(crate) fn key(&self) -> anyhow::Result<ApiKey> {
        let text = secret(&self.key)?;
        let (id, key) = text
            .split_once('\n')
            .with_context(|| format!("{} holds two lines: SecretId, and SecretKey", self.key.display()))?;
        Ok(ApiKey { id: id.trim().to_owned(), secret: key.trim().to_owned() })
    }
}

impl WechatAccount {
    /// As who sends has it.
    pub(crate) fn account(&self) -> anyhow::Result<Account> {
        Ok(Account {
            app: self.app.clone(),
            secret: secret(&self.secret)?,
            template: self.template.clone(),
            service: self.service.clone(),
            title: self.title.clone(),
            day: self.day.clone(),
        })
    }

    /// Where its interface is.
    pub(crate) fn origin(&self) -> &str {
        self.origin.as_deref().unwrap_or(wechat_message::ORIGIN)
    }
}

impl Gate {
    /// Where it is, and what both sides know.
    pub(crate) fn told(&self) -> anyhow::Result<(Address, Secret)> {
        receiver(&self.address, &self.secret)
    }
}

/// Their files lie in a folder.
pub(super) fn lie_in(config: &mut Config, folder: &Path) {
    let keys = config.sms.iter_mut().map(|sms| &mut sms.key);
    let secrets = config.wechat.iter_mut().map(|account| &mut account.secret);
    let gates = config.push.iter_mut().chain(&mut config.letter).map(|gate| &mut gate.secret);
    keys.chain(secrets).chain(gates).for_each(|file| *file = folder.join(&*file));
}

/// Whether nothing of anybody goes over the network in the clear.
pub(super) fn check(config: &Config) -> anyhow::Result<()> {
    config.sms.iter().filter_map(|sms| sms.origin.as_deref()).try_for_each(|at| safe("origin of [sms]", at))?;
    config.wechat.iter().try_for_each(|account| safe("origin of a [[wechat]]", account.origin()))?;
    config.push.iter().try_for_each(|gate| safe("address of [push]", &gate.address))?;
    config.letter.iter().try_for_each(|gate| safe("address of [letter]", &gate.address))
}

/// What takes effect, without secrets.
pub(super) fn show(config: &Config, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    if let Some(SmsAccount { app, sign, key, templates, .. }) = &config.sms {
        let texts: Vec<String> = templates.iter().map(|(platform, text)| format!("{platform} {text}")).collect();
        writeln!(out, "sms        {app} as {sign}: {}, {} (not shown)", texts.join(", "), key.display())?;
    }
    for account in &config.wechat {
        let WechatAccount { platform, app, template, secret, .. } = account;
        writeln!(out, "wechat     {platform}: {template} of {app}, {} (not shown)", secret.display())?;
    }
    for (name, gate) in [("push  ", &config.push), ("letter", &config.letter)] {
        if let Some(Gate { address, secret }) = gate {
            writeln!(out, "{name}     {address}, {} (not shown)", secret.display())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shouyue.toml");
        let good = "data = 'data'\nroot_key = 'root.key'\norigin = 'https://privacy.example.cn'\n";
        std::fs::write(&path, format!("{good}{text}")).unwrap();
        Config::read(&path).map_err(|why| format!("{why:#}"))
    }

    const SMS: &str =
        "[sms]\napp = '1400000001'\nsign = 'Haigang'\nkey = 'sms.key'\ntemplates = { haigang = '1000002' }\n";
    const WECHAT: &str = "[[wechat]]\nplatform = 'haigang'\napp = 'wx1'\nsecret = 'wx.secret'\ntemplate = 't'\n\
        service = 'thing1'\ntitle = 'thing2'\nday = 'time3'\n";

    #[test]
    fn who_carries_messages_is_shown_without_secrets_and_told_over_tls() {
        let gate =
            |table: &str| format!("[{table}]\naddress = 'https://{table}.example/in'\nsecret = '{table}.webhook'\n");
        let shown = read(&[SMS, WECHAT, &gate("push"), &gate("letter")].concat()).unwrap().to_string();
        for expected in [
            "sms        1400000001 as Haigang: haigang 1000002, ",
            "sms.key (not shown)",
            "wechat     haigang: t of wx1, ",
            "wx.secret (not shown)",
            "push       https://push.example/in, ",
            "push.webhook (not shown)",
            "letter     https://letter.example/in, ",
        ] {
            assert!(shown.contains(expected), "{expected}: {shown}");
        }
        for (text, why) in [
            (SMS.replace("app =", "origin = 'http://sms.example'\napp ="), "origin of [sms]"),
            (WECHAT.replace("app =", "origin = 'http://wechat.example'\napp ="), "origin of a [[wechat]]"),
            (gate("push").replace("https", "http"), "address of [push]"),
            (gate("letter").replace("https", "http"), "address of [letter]"),
            (SMS.replace("sign = 'Haigang'\n", ""), "missing field `sign`"),
            (gate("letter").replace("secret", "secrets"), "unknown field `secrets`"),
        ] {
            let refused = read(&text).unwrap_err();
            assert!(refused.contains(why), "{why}: {refused}");
        }
    }
}
