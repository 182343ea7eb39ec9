//! The line to an object store that speaks S3: what `crates/store` asks of it goes over the same HTTP client as every other call, so
//! that no second one, and no second TLS, enters the program.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http_body::Body as _;
use object_store::client::{
    HttpClient, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody, HttpResponse, HttpResponseBody, HttpService,
};
use ureq::http::{Request, Response, request};
use ureq::tls::TlsConfig;

/// How long one call may take, from first to last byte: some mebibytes each way.
const PATIENCE: Duration = Duration::from_secs(60);

/// The largest answer that is read: a part of an object, or a page of names.
const LARGEST: u64 = 64 << 20;

/// A client for an object store.
pub fn client() -> HttpClient {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = TlsConfig::builder().unversioned_rustls_crypto_provider(provider).build();
    let config = ureq::Agent::config_builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .timeout_global(Some(PATIENCE))
        // Who answers with another place is somebody else, for whom nothing was signed.
        .max_redirects(0)
        .proxy(None)
        .build();
    HttpClient::new(Calls(config.into()))
}

#[derive(Debug)]
struct Calls(ureq::Agent);

#[async_trait]
impl HttpService for Calls {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (head, body) = request.into_parts();
        let (agent, body) = (self.0.clone(), whole(body).await?);
        let call = tokio::task::spawn_blocking(move || call(&agent, head, &body));
        call.await.map_err(|error| HttpError::new(HttpErrorKind::Unknown, error))?
    }
}

async fn whole(mut body: HttpRequestBody) -> Result<Vec<u8>, HttpError> {
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        if let Ok(data) = frame?.into_data() {
            bytes.extend_from_slice(&data);
        }
    }
    Ok(bytes)
}

fn call(agent: &ureq::Agent, head: request::Parts, body: &[u8]) -> Result<HttpResponse, HttpError> {
    let bare = body.is_empty() && matches!(head.method.as_str(), "GET" | "HEAD" | "DELETE");
    let answered =
        if bare { agent.run(Request::from_parts(head, ())) } else { agent.run(Request::from_parts(head, body)) };
    let (head, mut body) = answered.map_err(broken)?.into_parts();
    let bytes = body.with_config().limit(LARGEST).read_to_vec().map_err(broken)?;
    Ok(Response::from_parts(head, HttpResponseBody::from(bytes)))
}

/// What kind of fault it was decides whether the call is tried again.
fn broken(error: ureq::Error) -> HttpError {
    let kind = match &error {
        ureq::Error::Timeout(_) => HttpErrorKind::Timeout,
        ureq::Error::ConnectionFailed | ureq::Error::HostNotFound => HttpErrorKind::Connect,
        ureq::Error::Io(why) => match why.kind() {
            io::ErrorKind::ConnectionRefused => HttpErrorKind::Connect,
            io::ErrorKind::TimedOut => HttpErrorKind::Timeout,
            _ => HttpErrorKind::Interrupted,
        },
        _ => HttpErrorKind::Unknown,
    };
    HttpError::new(kind, error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulated::loopback::{Answer, Loopback};

    fn request(method: &str, address: String, body: &'static str) -> HttpRequest {
        Request::builder().method(method).uri(address).body(HttpRequestBody::from(body.to_owned())).unwrap()
    }

    #[tokio::test]
    async fn calls_and_answers_go_through_whole_whatever_their_status() {
        let server = Loopback::start(|call| {
            let told = format!("{} {} {}", call.method, call.path, String::from_utf8_lossy(&call.body));
            Some(Answer { status: 404, headers: vec![("x-own", "1".to_owned())], body: told.into_bytes() })
        });
        let server = server.unwrap();
        for (method, body) in [("GET", ""), ("DELETE", ""), ("PUT", "bytes"), ("POST", "")] {
            let answer = client().execute(request(method, format!("{}/a?b=c", server.origin()), body)).await.unwrap();
            assert_eq!((answer.status().as_u16(), answer.headers()["x-own"].to_str().unwrap()), (404, "1"));
            let told = answer.into_body().bytes().await.unwrap();
            assert_eq!(told.as_ref(), format!("{method} /a?b=c {body}").as_bytes());
        }
        let nobody = client().execute(request("GET", "http://127.0.0.1:1/".to_owned(), "")).await.unwrap_err();
        assert_eq!(nobody.kind(), HttpErrorKind::Connect);
    }
}
