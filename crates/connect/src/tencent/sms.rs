//! Short messages by the action `SendSms` (短信, "发送短信", version 2021-01-11).

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use desk::ports::{Clock, Outside, Sms};
use model::Clear;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ApiKey, Service};

/// What the vendor approved to be sent.
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

/// Sends by Tencent Cloud.
pub struct TencentSms {
    service: Service,
    texts: SmsTexts,
}

impl TencentSms {
    /// `at`: another origin than the vendor's own, and how long a call may take.
    pub fn new(at: (Option<&str>, Duration), key: &ApiKey, texts: SmsTexts, clock: Arc<dyn Clock>) -> Self {
        Self { service: Service::new("sms", "2021-01-11", at, key, clock), texts }
    }
}

#[async_trait]
impl Sms for TencentSms {
    async fn send_code(&self, phone: Clear<String>, code: Clear<String>) -> Result<(), Outside> {
        let SmsTexts { app, sign, code: template } = self.texts.clone();
        let body = phone.zip(code).map(|(phone, code)| {
            let asked = json!({
                "SmsSdkAppId": app,
                "SignName": sign,
                "TemplateId": template,
                "PhoneNumberSet": [format!("+86{phone}")],
                "TemplateParamSet": [code],
            });
            asked.to_string().into_bytes()
        });
        let answer = self.service.call("SendSms", body).await?;
        // The call may succeed and its one message not.
        match answer.pointer("/SendStatusSet/0/Code").and_then(Value::as_str) {
            Some("Ok") => Ok(()),
            Some(code) if code.starts_with("LimitExceeded.") => Err(Outside::Busy),
            Some(_) => Err(Outside::Refused),
            None => Err(Outside::Untrusted),
        }
    }
}
