//! Real-name check by FaceID, action `IdCardVerification` (人脸核身, "身份信息认证", version 2018-03-01).

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use desk::ports::{Clock, Outside, RealName, Said};
use model::Clear;
use serde_json::{Value, json};

use super::{ApiKey, Service, request};

/// The product and its version, as all actions of FaceID name them.
pub(super) const FACE_ID: (&str, &str) = ("faceid", "2018-03-01");

/// Asks Tencent Cloud whether a name and a resident identity number belong together.
pub struct TencentRealName(Service);

impl TencentRealName {
    /// `at`: another origin than the vendor's own, and how long a call may take.
    pub fn new(at: (Option<&str>, Duration), key: &ApiKey, clock: Arc<dyn Clock>) -> Self {
        Self(Service::new(FACE_ID.0, FACE_ID.1, at, key, clock))
    }
}

#[async_trait]
impl RealName for TencentRealName {
    async fn belong(&self, name: Clear<String>, document: Clear<String>) -> Result<Said, Outside> {
        let body = name.zip(document);
        let body = body.map(|(name, number)| json!({ "Name": name, "IdCard": number }).to_string().into_bytes());
        let answer = self.0.call("IdCardVerification", body).await?;
        // Results other than these two say that nothing was compared.
        let holds = match answer.get("Result").and_then(Value::as_str) {
            Some("0") => true,
            Some("-1" | "-2" | "-3" | "-5") => false,
            Some("-6") => return Err(Outside::Busy),
            Some("-4" | "-7") => return Err(Outside::TimedOut),
            _ => return Err(Outside::Untrusted),
        };
        Ok(Said { holds, request: request(&answer) })
    }
}
