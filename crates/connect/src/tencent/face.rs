//! Face comparison by FaceID, action `ImageRecognition` (人脸核身, "照片人脸核身", version 2018-03-01): the face on one picture
//! against the authority's photograph of the document's holder.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use desk::ports::{Clock, FaceCheck, Outside, Said};
use model::Clear;
use serde_json::{Value, json};

use super::real_name::FACE_ID;
use super::{ApiKey, Service, request};

/// Compares faces at Tencent Cloud.
pub struct TencentFace(Service);

impl TencentFace {
    /// `at`: another origin than the vendor's own, and how long a call may take.
    pub fn new(at: (Option<&str>, Duration), key: &ApiKey, clock: Arc<dyn Clock>) -> Self {
        Self(Service::new(FACE_ID.0, FACE_ID.1, at, key, clock))
    }
}

#[async_trait]
impl FaceCheck for TencentFace {
    async fn compare(
        &self,
        name: Clear<String>,
        document: Clear<String>,
        picture: Clear<Vec<u8>>,
    ) -> Result<Said, Outside> {
        let body = name.zip(document).zip(picture).map(|((name, number), picture)| {
            let image = STANDARD.encode(picture);
            json!({ "Name": name, "IdCard": number, "ImageBase64": image }).to_string().into_bytes()
        });
        let answer = self.0.call("ImageRecognition", body).await?;
        let told = answer.get("Result").and_then(Value::as_str).ok_or(Outside::Untrusted)?;
        let holds = match told {
            "Success" => true,
            // The comparison was made and the face is another's, or not that of somebody who was there.
            "FailedOperation.CompareLowSimilarity" | "FailedOperation.IdNameMisMatch" => false,
            other if other.starts_with("FailedOperation.Liveness") => false,
            "FailedOperation.CompareSystemError" => return Err(Outside::TimedOut),
            other if other.starts_with("FailedOperation.") || other.starts_with("InvalidParameterValue.") => false,
            _ => return Err(Outside::Untrusted),
        };
        Ok(Said { holds, request: request(&answer) })
    }
}
