//! A caller of `/v1`, as another system of the company would be one.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::installation::{Ran, Server, shouyue};

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) media: String,
    pub(crate) text: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// The answer of a call that must succeed.
    #[track_caller]
    pub(crate) fn good(self) -> Value {
        assert!((200..300).contains(&self.status), "{self:?}");
        self.json()
    }

    /// A problem of that status and code.
    #[track_caller]
    pub(crate) fn problem(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status, self.media.as_str()), (status, "application/problem+json"), "{self:?}");
        let problem = self.json();
        assert_eq!(problem["type"], format!("/problems/{code}"), "{problem}");
        assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{problem}");
        problem
    }
}

/// A service token at an address.
#[derive(Clone)]
pub(crate) struct Caller {
    agent: ureq::Agent,
    origin: String,
    platform: String,
    secret: String,
}

impl Caller {
    pub(crate) fn new(origin: &str, platform: &str, secret: &str) -> Self {
        // A connection for each call: a server that refuses a body unread hangs up, and an idle connection may know too late.
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).max_idle_connections(0);
        Self {
            agent: config.build().into(),
            origin: origin.to_owned(),
            platform: platform.to_owned(),
            secret: secret.to_owned(),
        }
    }

    /// The same caller at another server.
    pub(crate) fn at(&self, server: &Server) -> Self {
        server.caller(&self.secret)
    }

    /// Sends a request below the platform, or anywhere with a path that begins with a slash.
    ///
    /// # Errors
    /// Nobody answers.
    pub(crate) fn send(&self, method: &str, path: &str, media: &str, body: &[u8]) -> Result<Answer, ureq::Error> {
        let prefix = if path.starts_with('/') { String::new() } else { format!("/v1/platforms/{}/", self.platform) };
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{prefix}{path}", self.origin));
        if !self.secret.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.secret));
        }
        if !media.is_empty() {
            request = request.header("content-type", media);
        }
        answered(self.agent.run(request.body(body)?)?)
    }

    /// A file, as it is.
    pub(crate) fn file(&self, path: &str) -> Vec<u8> {
        let request = ureq::http::Request::get(format!("{}/v1/platforms/{}/{path}", self.origin, self.platform))
            .header("authorization", format!("Bearer {}", self.secret));
        let mut response = self.agent.run(request.body(()).unwrap()).unwrap();
        assert_eq!(response.status().as_u16(), 200);
        response.body_mut().with_config().limit(64 << 20).read_to_vec().unwrap()
    }

    /// What a post answers that is no text.
    pub(crate) fn bytes(&self, path: &str, body: &Value) -> Vec<u8> {
        let request = ureq::http::Request::post(format!("{}/v1/platforms/{}/{path}", self.origin, self.platform))
            .header("authorization", format!("Bearer {}", self.secret))
            .header("content-type", "application/json");
        let mut response = self.agent.run(request.body(body.to_string().as_bytes()).unwrap()).unwrap();
        assert_eq!(response.status().as_u16(), 200);
        response.body_mut().with_config().limit(64 << 20).read_to_vec().unwrap()
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "", &[]).unwrap()
    }

    /// How many bytes a page takes on the wire for who takes gzip, and whether it came so.
    pub(crate) fn wire(&self, path: &str) -> (usize, bool) {
        let request = ureq::http::Request::get(format!("{}{path}", self.origin)).header("accept-encoding", "gzip");
        let mut response = self.agent.run(request.body(()).unwrap()).unwrap();
        let compressed = response.headers().get("content-encoding").is_some_and(|way| way == "gzip");
        (response.body_mut().read_to_vec().unwrap().len(), compressed)
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, "", &[]).unwrap()
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.try_post(path, body).unwrap()
    }

    /// # Errors
    /// Nobody answers.
    pub(crate) fn try_post(&self, path: &str, body: &Value) -> Result<Answer, ureq::Error> {
        self.send("POST", path, "application/json", body.to_string().as_bytes())
    }

    /// Posts under an idempotency key.
    ///
    /// # Errors
    /// Nobody answers.
    pub(crate) fn post_once(&self, key: &str, path: &str, body: &Value) -> Result<Answer, ureq::Error> {
        let request = ureq::http::Request::post(format!("{}/v1/platforms/{}/{path}", self.origin, self.platform))
            .header("authorization", format!("Bearer {}", self.secret))
            .header("content-type", "application/json")
            .header("idempotency-key", key);
        answered(self.agent.run(request.body(body.to_string().as_bytes())?)?)
    }

    /// The receipt of a leaf, kept as a file.
    pub(crate) fn keep_receipt(&self, folder: &Path, leaf: &Value, subject: Option<&str>) -> String {
        let whose = subject.map(|id| format!("?subject={id}")).unwrap_or_default();
        let receipt = self.get(&format!("receipts/{leaf}{whose}"));
        assert_eq!(receipt.status, 200, "{receipt:?}");
        fs::create_dir_all(folder).unwrap();
        let file = folder.join(format!("{leaf}.receipt"));
        fs::write(&file, receipt.text).unwrap();
        file.to_str().unwrap().to_owned()
    }
}

fn answered(mut response: ureq::http::Response<ureq::Body>) -> Result<Answer, ureq::Error> {
    let media = response.headers().get("content-type").map_or("", |media| media.to_str().unwrap()).to_owned();
    let status = response.status().as_u16();
    Ok(Answer { status, media, text: response.body_mut().read_to_string()? })
}

/// Verifies every receipt of a folder offline: no server, only the key.
pub(crate) fn verify_all(folder: &Path, key: &str) -> Ran {
    let files: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path().to_str().unwrap().to_owned()).collect();
    assert!(!files.is_empty());
    let arguments: Vec<&str> = ["verify", "--key", key].into_iter().chain(files.iter().map(String::as_str)).collect();
    let ran = shouyue(&arguments);
    assert_eq!(ran.out.matches("VERIFIED").count() + ran.out.matches("REJECTED").count(), files.len(), "{ran:?}");
    ran
}
