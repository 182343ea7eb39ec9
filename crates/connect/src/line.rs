//! The line to a party outside: one call over HTTP, with time limits, its body in custody until it is sent.

use std::cell::OnceCell;
use std::sync::Arc;
use std::time::Duration;

use desk::ports::Outside;
use model::Clear;
use ureq::tls::TlsConfig;

/// How long a call may take from first to last byte. Vendors answer within three seconds or not at all, and a person
/// waits before a page.
pub const PATIENCE: Duration = Duration::from_secs(8);

/// The largest answer that is read, in bytes.
const LARGEST: u64 = 4 << 20;

/// Header names and values of one call.
pub(crate) type Headers = Vec<(&'static str, String)>;

/// A party's address, and how long it is waited for.
#[derive(Clone)]
pub(crate) struct Line {
    agent: ureq::Agent,
    origin: String,
}

/// What came back, whatever its status.
pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// A header by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Result<serde_json::Value, Outside> {
        serde_json::from_slice(&self.body).map_err(|_| Outside::Untrusted)
    }
}

impl Line {
    /// `origin`: scheme, host and port, such as `https://api.example`, without a slash at the end.
    pub(crate) fn new(origin: &str, patience: Duration) -> Self {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = TlsConfig::builder().unversioned_rustls_crypto_provider(provider).build();
        let config = ureq::Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .timeout_global(Some(patience))
            // A vendor's API does not move; who answers with another place is somebody else.
            .max_redirects(0)
            .proxy(None)
            .build();
        Self { agent: config.into(), origin: origin.to_owned() }
    }

    /// Posts a body. `sign` sees the very bytes that are sent and gives the headers.
    ///
    /// # Errors
    /// [`Outside::TimedOut`] when nobody answers.
    pub(crate) async fn post(
        &self,
        path: &str,
        body: Clear<Vec<u8>>,
        sign: impl Fn(&[u8]) -> Headers + Send + 'static,
    ) -> Result<Reply, Outside> {
        let (line, path) = (self.clone(), path.to_owned());
        let call = move || line.post_and_wait(&path, &body, sign);
        tokio::task::spawn_blocking(call).await.unwrap_or(Err(Outside::TimedOut))
    }

    /// As [`Line::post`], for who has a thread to wait on.
    pub(crate) fn post_and_wait(
        &self,
        path: &str,
        body: &Clear<Vec<u8>>,
        sign: impl Fn(&[u8]) -> Headers,
    ) -> Result<Reply, Outside> {
        let url = format!("{}{path}", self.origin);
        let reply = OnceCell::new();
        body.within(|bytes| {
            let mut request = self.agent.post(&url);
            for (name, value) in sign(bytes) {
                request = request.header(name, value);
            }
            // Set once: the closure runs once.
            drop(reply.set(request.send(bytes.as_slice()).map_err(|error| silent(&error)).and_then(read)));
        });
        reply.into_inner().unwrap_or(Err(Outside::TimedOut))
    }

    /// Gets a path that holds no personal value.
    ///
    /// # Errors
    /// As [`Line::post`].
    pub(crate) async fn get(&self, path: &str, headers: Headers) -> Result<Reply, Outside> {
        let (agent, url) = (self.agent.clone(), format!("{}{path}", self.origin));
        let call = move || {
            let mut request = agent.get(&url);
            for (name, value) in headers {
                request = request.header(name, value);
            }
            request.call().map_err(|error| silent(&error)).and_then(read)
        };
        tokio::task::spawn_blocking(call).await.unwrap_or(Err(Outside::TimedOut))
    }

    /// Gets a path in which the vendor's protocol puts what is secret or somebody's.
    ///
    /// # Errors
    /// As [`Line::post`].
    pub(crate) async fn get_in_custody(&self, path: Clear<String>) -> Result<Reply, Outside> {
        let (agent, origin) = (self.agent.clone(), self.origin.clone());
        let call = move || {
            let reply = OnceCell::new();
            path.within(|path| {
                let got = agent.get(format!("{origin}{path}")).call();
                // Set once: the closure runs once.
                drop(reply.set(got.map_err(|error| silent(&error)).and_then(read)));
            });
            reply.into_inner().unwrap_or(Err(Outside::TimedOut))
        };
        tokio::task::spawn_blocking(call).await.unwrap_or(Err(Outside::TimedOut))
    }
}

/// Whoever cannot be reached, or stops in the middle, did not answer.
fn silent(error: &ureq::Error) -> Outside {
    match error {
        ureq::Error::BodyExceedsLimit(_) | ureq::Error::Protocol(_) | ureq::Error::Http(_) => Outside::Untrusted,
        _ => Outside::TimedOut,
    }
}

fn read(mut answer: ureq::http::Response<ureq::Body>) -> Result<Reply, Outside> {
    let status = answer.status().as_u16();
    let text = |value: &ureq::http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let headers = answer.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    let body = answer.body_mut().with_config().limit(LARGEST).read_to_vec().map_err(|error| silent(&error))?;
    Ok(Reply { status, headers, body })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulated::loopback::{Answer, Loopback};

    fn posted(line: &Line) -> impl Future<Output = Result<Reply, Outside>> + use<> {
        let line = line.clone();
        async move { line.post("/a", Clear::new(b"body".to_vec()), |_| vec![("x-own", "1".to_owned())]).await }
    }

    #[tokio::test]
    async fn a_body_arrives_with_its_headers_and_the_answer_comes_back_whatever_its_status() {
        let server = Loopback::start(|call| {
            let same = call.body == b"body" && call.header("x-own") == Some("1");
            let told = serde_json::json!({ "method": call.method, "path": call.path, "same": same });
            Some(Answer::json(418, &told).with("x-back", "2"))
        });
        let server = server.unwrap();
        let line = Line::new(&server.origin(), PATIENCE);
        let reply = posted(&line).await.unwrap();
        assert_eq!((reply.status, reply.header("x-back")), (418, Some("2")));
        assert_eq!(reply.json().unwrap(), serde_json::json!({ "method": "POST", "path": "/a", "same": true }));
        let got = line.get("/b?c=d", Vec::new()).await.unwrap();
        assert_eq!(got.json().unwrap(), serde_json::json!({ "method": "GET", "path": "/b?c=d", "same": false }));
    }

    #[tokio::test]
    async fn silence_a_closed_port_and_nonsense_are_told_apart() {
        let silent = Loopback::start(|_| None).unwrap();
        let line = Line::new(&silent.origin(), Duration::from_millis(200));
        assert_eq!(posted(&line).await.err(), Some(Outside::TimedOut));
        let closed = Line::new("http://127.0.0.1:1", PATIENCE);
        assert_eq!(posted(&closed).await.err(), Some(Outside::TimedOut));
        let long =
            Loopback::start(|_| Some(Answer { status: 200, headers: Vec::new(), body: vec![b'a'; 5 << 20] })).unwrap();
        assert_eq!(posted(&Line::new(&long.origin(), PATIENCE)).await.err(), Some(Outside::Untrusted));
    }
}
