//! Short messages by the action `SendSms` (短信, "发送短信", version 2021-01-11): log-in codes, and notices of a new version.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use desk::ports::{Clock, Dispatch, Messages, Outside, Sms, To, Way};
use model::calendar::day_in_shanghai;
use model::{Clear, Slug};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ApiKey, Service};

/// What the vendor approved to be sent as a code.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SmsTexts {
    /// `SmsSdkAppId`.
    pub app: String,
    /// `SignName`: who the message says it is from.
    pub sign: String,
    /// `TemplateId` of the code; its only parameter is the code.
    pub code: String,
}

/// What the vendor approved to be sent as a notice.
#[derive(Debug, Clone)]
pub struct SmsNotices {
    /// `SmsSdkAppId`.
    pub app: String,
    /// `SignName`: who the message says it is from.
    pub sign: String,
    /// `TemplateId` by platform. Its parameters are year, month and day from which the version is in force, in digits: a
    /// parameter has at most six signs and is no link ("变量规范"), so service, policy and address are words of the template.
    pub templates: BTreeMap<Slug, String>,
}

/// Sends codes by Tencent Cloud.
pub struct TencentSms {
    service: Service,
    texts: SmsTexts,
}

impl TencentSms {
    /// `at`: another origin than the vendor's own, and how long a call may take.
    pub fn new(at: (Option<&str>, Duration), key: &ApiKey, texts: SmsTexts, clock: Arc<dyn Clock>) -> Self {
        Self { service: sms(at, key, clock), texts }
    }
}

#[async_trait]
impl Sms for TencentSms {
    async fn send_code(&self, phone: Clear<String>, code: Clear<String>) -> Result<(), Outside> {
        let SmsTexts { app, sign, code: template } = self.texts.clone();
        let body = phone.zip(code).map(|(phone, code)| body((&app, &sign, &template), &phone, &[code]));
        sent(&self.service, body).await
    }
}

/// Sends notices by Tencent Cloud.
pub struct TencentNotices {
    service: Service,
    notices: SmsNotices,
}

impl TencentNotices {
    /// `at`: another origin than the vendor's own, and how long a call may take.
    pub fn new(at: (Option<&str>, Duration), key: &ApiKey, notices: SmsNotices, clock: Arc<dyn Clock>) -> Self {
        Self { service: sms(at, key, clock), notices }
    }
}

#[async_trait]
impl Messages for TencentNotices {
    fn carries(&self, platform: &Slug) -> Vec<Way> {
        self.notices.templates.get(platform).map(|_| Way::Sms).into_iter().collect()
    }

    async fn send(&self, dispatch: Dispatch) -> Result<(), Outside> {
        let SmsNotices { app, sign, templates } = &self.notices;
        let template = templates.get(&dispatch.platform).ok_or(Outside::Nobody)?;
        let To::Telephone(phone) = dispatch.to else { return Err(Outside::Nobody) };
        let day = day_in_shanghai(dispatch.from);
        let words = [day.year().to_string(), day.month().to_string(), day.day().to_string()];
        let body = phone.map(|phone| body((app, sign, template), &phone, &words));
        sent(&self.service, body).await
    }
}

fn sms(at: (Option<&str>, Duration), key: &ApiKey, clock: Arc<dyn Clock>) -> Service {
    Service::new("sms", "2021-01-11", at, key, clock)
}

/// What is posted: one approved text to one mainland number.
fn body((app, sign, template): (&str, &str, &str), phone: &str, words: &[String]) -> Vec<u8> {
    let asked = json!({
        "SmsSdkAppId": app,
        "SignName": sign,
        "TemplateId": template,
        "PhoneNumberSet": [format!("+86{phone}")],
        "TemplateParamSet": words,
    });
    asked.to_string().into_bytes()
}

async fn sent(service: &Service, body: Clear<Vec<u8>>) -> Result<(), Outside> {
    let answer = service.call("SendSms", body).await?;
    // The call may succeed and its one message not.
    match answer.pointer("/SendStatusSet/0/Code").and_then(Value::as_str) {
        Some("Ok") => Ok(()),
        Some(code) if code.starts_with("LimitExceeded.") => Err(Outside::Busy),
        Some(_) => Err(Outside::Refused),
        None => Err(Outside::Untrusted),
    }
}
