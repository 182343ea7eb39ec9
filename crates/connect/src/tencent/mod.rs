//! Tencent Cloud, API 3.0 (腾讯云 API 3.0, "签名方法 v3", "公共参数", "返回结果"): what its services have in common. A call is
//! a JSON document posted to a service's own host; its headers say action, version, time and signature.

mod face;
mod real_name;
mod sms;

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::{digest, hmac};
use desk::ports::{Clock, Outside};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::Clear;
use serde::Deserialize;
use serde_json::Value;

pub use face::TencentFace;
pub use real_name::TencentRealName;
pub use sms::{SmsNotices, SmsTexts, TencentNotices, TencentSms};

use crate::line::{Headers, Line};

/// A signature older than this, in seconds, is refused ("签名方法 v3", error `AuthFailure.SignatureExpire`).
pub(crate) const FRESH: i64 = 300;

/// The name of the signature, as it stands in `authorization`.
pub(crate) const SCHEME: &str = "TC3-HMAC-SHA256";

/// The only type of content that is posted.
const JSON: &str = "application/json; charset=utf-8";

/// An API key of an account.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ApiKey {
    /// `SecretId`.
    pub id: String,
    /// `SecretKey`.
    pub secret: String,
}

/// A service of the account's: where it is, and what its signature is made of.
#[derive(Clone)]
pub struct Service {
    line: Line,
    /// The product's name, as the signature's scope has it.
    product: &'static str,
    version: &'static str,
    /// The host that the signature names; a simulator stands in for it at another address.
    host: String,
    key: ApiKey,
    clock: Arc<dyn Clock>,
}

impl Service {
    /// `origin`: `https://<product>.tencentcloudapi.com`, or a simulator's. Blank: the vendor's own.
    fn new(
        product: &'static str,
        version: &'static str,
        (origin, patience): (Option<&str>, Duration),
        key: &ApiKey,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let host = format!("{product}.tencentcloudapi.com");
        let line = Line::new(&origin.map_or_else(|| format!("https://{host}"), str::to_owned), patience);
        Self { line, product, version, host, key: key.clone(), clock }
    }

    /// Calls an action; gives the content of `Response`, which has a `RequestId` and no `Error`.
    async fn call(&self, action: &'static str, body: Clear<Vec<u8>>) -> Result<Value, Outside> {
        let (service, now) = (self.clone(), self.clock.now());
        let sign = move |body: &[u8]| -> Headers {
            let authorization = authorization(&service.key, service.product, &service.host, (JSON, body), now);
            vec![
                ("content-type", JSON.to_owned()),
                ("host", service.host.clone()),
                ("x-tc-action", action.to_owned()),
                ("x-tc-version", service.version.to_owned()),
                ("x-tc-timestamp", now.as_second().to_string()),
                ("x-tc-region", "ap-guangzhou".to_owned()),
                ("authorization", authorization),
            ]
        };
        let reply = self.line.post("/", body, sign).await?;
        let mut answer = reply.json()?;
        let answer = answer.get_mut("Response").map(Value::take).ok_or(Outside::Untrusted)?;
        match answer.pointer("/Error/Code").and_then(Value::as_str) {
            None => Ok(answer),
            Some(code) => {
                tracing::warn!(action, code, request = request(&answer), "Tencent Cloud refused a call");
                Err(refusal(code))
            }
        }
    }
}

/// The vendor's number of a request.
fn request(answer: &Value) -> Option<String> {
    answer.get("RequestId").and_then(Value::as_str).map(str::to_owned)
}

/// What an error code asks for ("公共错误码").
fn refusal(code: &str) -> Outside {
    let family = code.split('.').next().unwrap_or_default();
    match family {
        "AuthFailure" | "UnauthorizedOperation" | "ResourceUnavailable" | "ResourcesSoldOut" => Outside::Unaccepted,
        "RequestLimitExceeded" | "LimitExceeded" | "ResourceInsufficient" => Outside::Busy,
        "InternalError" | "ServiceUnavailable" | "DependencyError" => Outside::TimedOut,
        _ => Outside::Refused,
    }
}

/// `authorization` of a POST to `/` without a query, over the headers `content-type` and `host` ("签名方法 v3").
pub(crate) fn authorization(
    key: &ApiKey,
    product: &str,
    host: &str,
    (kind, body): (&str, &[u8]),
    now: Timestamp,
) -> String {
    const SIGNED: &str = "content-type;host";
    let day = now.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d").to_string();
    let scope = format!("{day}/{product}/tc3_request");
    let request = format!("POST\n/\n\ncontent-type:{kind}\nhost:{host}\n\n{SIGNED}\n{}", hashed(body));
    let message = format!("{SCHEME}\n{}\n{scope}\n{}", now.as_second(), hashed(request.as_bytes()));
    let secret = format!("TC3{}", key.secret);
    let by_day = keyed(secret.as_bytes(), day.as_bytes());
    let by_product = keyed(by_day.as_ref(), product.as_bytes());
    let by_request = keyed(by_product.as_ref(), b"tc3_request");
    let signature = hex::encode(keyed(by_request.as_ref(), message.as_bytes()));
    format!("{SCHEME} Credential={}/{scope}, SignedHeaders={SIGNED}, Signature={signature}", key.id)
}

fn keyed(key: &[u8], message: &[u8]) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message)
}

fn hashed(bytes: &[u8]) -> String {
    hex::encode(digest::digest(&digest::SHA256, bytes))
}

#[cfg(test)]
mod tests;
