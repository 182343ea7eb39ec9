//! A client over HTTP/1.1 that keeps its connection: small enough that what is measured is the server.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use model::SubjectId;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::TcpStream;

use crate::hand::Typed;
use crate::house::Bench;
use crate::workload::Workload;

/// One connection of a company's system.
pub(crate) struct Wire {
    stream: BufStream<TcpStream>,
    workload: Arc<Workload>,
    secret: String,
    /// Fingerprint of the text that was shown.
    text: String,
}

impl Wire {
    pub(crate) async fn connect(address: SocketAddr, bench: &Bench, workload: &Arc<Workload>) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (secret, text) = (bench.secret.clone(), bench.platform.text.to_string());
        Ok(Self { stream: BufStream::new(stream), workload: Arc::clone(workload), secret, text })
    }

    pub(crate) async fn register(&mut self, typed: Typed) -> Result<SubjectId> {
        let fields: Map<String, Value> = typed.into_iter().map(|(item, value)| (item, json!(value))).collect();
        let register = &self.workload.register;
        let persons = json!([{ "person": register.person.as_str(), "fields": fields }]);
        let consents: Vec<Value> = register.consents.iter().map(|scope| self.yes(scope)).collect();
        let body = json!({ "function": register.function.as_str(), "persons": persons, "consents": consents });
        let done = self.post("registrations", &body).await?;
        let subject = done.get("subject").and_then(Value::as_str).context("no subject came")?;
        Ok(subject.parse()?)
    }

    pub(crate) async fn consent(&mut self, subject: SubjectId) -> Result<()> {
        let body = json!({ "consents": [self.yes(&self.workload.consent.scope)] });
        self.post(&format!("subjects/{subject}/consents"), &body).await?;
        Ok(())
    }

    pub(crate) async fn collect(&mut self, subject: SubjectId) -> Result<()> {
        let collect = &self.workload.collect;
        let body = json!({
            "function": collect.function.as_str(), "person": collect.person.as_str(), "trigger": "automatic",
            "fields": collect.items,
        });
        self.post(&format!("subjects/{subject}/records"), &body).await?;
        Ok(())
    }

    pub(crate) async fn read(&mut self, subject: SubjectId) -> Result<()> {
        let body = json!({ "function": self.workload.read.function });
        self.post(&format!("subjects/{subject}/reads"), &body).await?;
        Ok(())
    }

    pub(crate) async fn erase(&mut self, subject: SubjectId) -> Result<()> {
        self.post(&format!("subjects/{subject}/erasure"), &json!({})).await?;
        Ok(())
    }

    async fn post(&mut self, path: &str, body: &Value) -> Result<Value> {
        let body = body.to_string();
        let head = format!(
            "POST /v1/platforms/{}/{path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            self.workload.platform,
            self.secret,
            body.len()
        );
        self.stream.write_all(head.as_bytes()).await?;
        self.stream.write_all(body.as_bytes()).await?;
        self.stream.flush().await?;
        let (status, length) = self.head().await?;
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer).await?;
        ensure!(status.starts_with("HTTP/1.1 2"), "{path}: {status} {}", String::from_utf8_lossy(&answer));
        Ok(serde_json::from_slice(&answer)?)
    }

    /// Status line of an answer, and how long its body is.
    async fn head(&mut self) -> Result<(String, usize)> {
        let (mut status, mut line, mut length) = (String::new(), String::new(), 0);
        self.stream.read_line(&mut status).await?;
        while self.stream.read_line(&mut line).await? > 2 {
            let header = std::mem::take(&mut line);
            if let Some((name, value)) = header.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse()?;
            }
        }
        Ok((status, length))
    }

    fn yes(&self, scope: &str) -> Value {
        json!({ "scope": scope, "artefact": "separate", "policy": self.workload.version(), "text": self.text })
    }
}
