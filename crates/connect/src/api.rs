//! A caller of our own `/v1`, as another system of the company would write it.

use serde_json::Value;

/// A service token at an address.
pub struct Api {
    origin: String,
    token: String,
    agent: ureq::Agent,
}

/// An answer that is not a success.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The server answered with a problem (RFC 9457).
    #[error("{status} from {path}: {problem}")]
    Problem {
        /// HTTP status.
        status: u16,
        /// Path that was called.
        path: String,
        /// The problem document; free of personal information by the server's own rules.
        problem: Value,
    },
    /// No answer.
    #[error("no answer from {0}: {1}")]
    Silent(String, String),
}

impl Api {
    /// Calls `origin` with `token`.
    pub fn new(origin: &str, token: &str) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        Self { origin: origin.to_owned(), token: token.to_owned(), agent: config.into() }
    }

    /// Posts JSON under an idempotency key and gives the JSON that comes back. Blocks the thread.
    ///
    /// # Errors
    /// [`ApiError::Problem`] with what the server says, [`ApiError::Silent`] when it says nothing.
    pub fn post(&self, path: &str, key: &str, body: &Value) -> Result<Value, ApiError> {
        let silent = |why: ureq::Error| ApiError::Silent(path.to_owned(), why.to_string());
        let mut answer = self
            .agent
            .post(format!("{}{path}", self.origin))
            .header("authorization", format!("Bearer {}", self.token))
            .header("idempotency-key", key)
            .send_json(body)
            .map_err(silent)?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().read_to_string().map_err(silent)?;
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        if (200..300).contains(&status) {
            Ok(json)
        } else {
            Err(ApiError::Problem { status, path: path.to_owned(), problem: json })
        }
    }
}
