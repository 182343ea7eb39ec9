//! Alibaba Cloud (阿里云, "V3 版本请求体&签名机制", ACS3-HMAC-SHA256): what its services have in common. A call is a form posted
//! to a service's own host; its headers say action, version, time, nonce and signature.
//!
//! The services of the RPC style document their parameters as query parameters and take them from a posted form alike. We
//! post: an address with a telephone number in it would lie in the log of every server on the way.

mod numbers;

use std::sync::Arc;

use aws_lc_rs::{digest, hmac};
use desk::ports::{Clock, Outside};
use jiff::Timestamp;
use model::{Clear, Entropy};
use serde::Deserialize;
use serde_json::Value;

pub use numbers::{AlibabaNumbers, Pool};

use crate::line::Line;

/// A signature older than this, in seconds, is refused ("InvalidTimeStamp.Expired").
pub(crate) const FRESH: i64 = 900;

/// The name of the signature, as it stands in `authorization`.
pub(crate) const SCHEME: &str = "ACS3-HMAC-SHA256";

/// An access key of an account.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AccessKey {
    /// `AccessKeyId`.
    pub id: String,
    /// `AccessKeySecret`.
    pub secret: String,
}

/// A service of the account's.
struct Service {
    line: Line,
    host: &'static str,
    version: &'static str,
    key: AccessKey,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Service {
    /// Calls an action with parameters in a form; gives the answer, whose `Code` is `OK`.
    async fn call(&self, action: &'static str, form: Clear<Vec<u8>>) -> Result<Value, Outside> {
        let nonce = hex::encode(self.entropy.draw::<16>());
        let at = instant(self.clock.now());
        let (key, host, version) = (self.key.clone(), self.host, self.version);
        let sign = move |body: &[u8]| {
            let own = [
                ("content-type", "application/x-www-form-urlencoded".to_owned()),
                ("host", host.to_owned()),
                ("x-acs-action", action.to_owned()),
                ("x-acs-content-sha256", hashed(body)),
                ("x-acs-date", at.clone()),
                ("x-acs-signature-nonce", nonce.clone()),
                ("x-acs-version", version.to_owned()),
            ];
            let authorization = authorization(&key, "", &own);
            own.into_iter().chain([("authorization", authorization)]).collect()
        };
        let reply = self.line.post("/", form, sign).await?;
        let answer = reply.json()?;
        let code = answer.get("Code").and_then(Value::as_str).ok_or(Outside::Untrusted)?;
        if code == "OK" && reply.status == 200 {
            return Ok(answer);
        }
        let request = answer.get("RequestId").and_then(Value::as_str);
        tracing::warn!(action, code, request, "Alibaba Cloud refused a call");
        Err(refusal(code))
    }
}

/// What an error code asks for ("公共错误码", and those of the number service).
fn refusal(code: &str) -> Outside {
    let family = code.split('.').next().unwrap_or_default();
    match family {
        "SignatureDoesNotMatch"
        | "InvalidAccessKeyId"
        | "InvalidTimeStamp"
        | "SignatureNonceUsed"
        | "Forbidden"
        | "IncompleteSignature"
        | "isv"
        | "POOLKEY_NOT_EXIST" => Outside::Unaccepted,
        "Throttling" | "NO_AVAILABLE_NUMBER" | "LIMIT_CONTROL" => Outside::Busy,
        "InternalError" | "ServiceUnavailable" | "SYSTEM_ERROR" => Outside::TimedOut,
        _ => Outside::Refused,
    }
}

/// `x-acs-date`: ISO 8601, in whole seconds.
fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `authorization` of a POST to `/` over all of these headers, which are in order of name.
pub(crate) fn authorization(key: &AccessKey, query: &str, headers: &[(&str, String)]) -> String {
    let hash = headers.iter().find(|(name, _)| *name == "x-acs-content-sha256").map_or("", |(_, value)| value);
    let lines: Vec<String> = headers.iter().map(|(name, value)| format!("{name}:{}\n", value.trim())).collect();
    let lines = lines.concat();
    let signed: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
    let signed = signed.join(";");
    let request = format!("POST\n/\n{query}\n{lines}\n{signed}\n{hash}");
    let message = format!("{SCHEME}\n{}", hashed(request.as_bytes()));
    let keyed = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.secret.as_bytes()), message.as_bytes());
    format!("{SCHEME} Credential={},SignedHeaders={signed},Signature={}", key.id, hex::encode(keyed))
}

pub(crate) fn hashed(bytes: &[u8]) -> String {
    hex::encode(digest::digest(&digest::SHA256, bytes))
}

/// A form (WHATWG URL standard, §5.2) of names and values; every byte but the unreserved ones is escaped (RFC 3986).
fn form(fields: &[(&str, &str)]) -> Vec<u8> {
    let escaped = |text: &str| -> String {
        let letter = |byte: u8| {
            let plain = byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
            if plain { char::from(byte).to_string() } else { format!("%{byte:02X}") }
        };
        text.bytes().map(letter).collect()
    };
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    pairs.join("&").into_bytes()
}

#[cfg(test)]
mod tests;
