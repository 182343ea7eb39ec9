//! A client over HTTP/1.1 that keeps its connection: small enough that what is measured is the server.

use std::net::SocketAddr;

use anyhow::{Context as _, Result, ensure};
use model::SubjectId;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::TcpStream;

use crate::hand::{AGREED, SCOPE, VISIT};

/// One connection of a company's system.
pub(crate) struct Wire {
    stream: BufStream<TcpStream>,
    token: String,
    /// Fingerprint of the text that was shown.
    text: String,
}

impl Wire {
    pub(crate) async fn connect(address: SocketAddr, token: String, text: String) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufStream::new(stream), token, text })
    }

    pub(crate) async fn register(&mut self, fields: &[(&'static str, String)]) -> Result<SubjectId> {
        let fields: Map<String, Value> = fields.iter().map(|(name, value)| ((*name).into(), json!(value))).collect();
        let persons = json!([{ "person": "registrant", "fields": fields }]);
        let consents = AGREED.map(|scope| self.yes(scope));
        let body = json!({ "function": "register", "persons": persons, "consents": consents });
        let done = self.post("registrations", &body).await?;
        let subject = done.get("subject").and_then(Value::as_str).context("no subject came")?;
        Ok(subject.parse()?)
    }

    pub(crate) async fn consent(&mut self, subject: SubjectId) -> Result<()> {
        self.post(&format!("subjects/{subject}/consents"), &json!({ "consents": [self.yes(SCOPE)] })).await?;
        Ok(())
    }

    pub(crate) async fn collect(&mut self, subject: SubjectId) -> Result<()> {
        let fields: Map<String, Value> = VISIT.iter().map(|(name, value)| ((*name).into(), json!(value))).collect();
        let body = json!({ "function": "security", "person": "registrant", "trigger": "automatic", "fields": fields });
        self.post(&format!("subjects/{subject}/records"), &body).await?;
        Ok(())
    }

    pub(crate) async fn read(&mut self, subject: SubjectId) -> Result<()> {
        self.post(&format!("subjects/{subject}/reads"), &json!({ "function": "query-account" })).await?;
        Ok(())
    }

    pub(crate) async fn erase(&mut self, subject: SubjectId) -> Result<()> {
        self.post(&format!("subjects/{subject}/erasure"), &json!({})).await?;
        Ok(())
    }

    async fn post(&mut self, path: &str, body: &Value) -> Result<Value> {
        let body = body.to_string();
        let head = format!(
            "POST /v1/platforms/haigang/{path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            self.token,
            body.len()
        );
        self.stream.write_all(head.as_bytes()).await?;
        self.stream.write_all(body.as_bytes()).await?;
        self.stream.flush().await?;
        let (mut line, mut length) = (String::new(), 0);
        self.stream.read_line(&mut line).await?;
        let fine = line.starts_with("HTTP/1.1 2");
        let status = std::mem::take(&mut line);
        while self.stream.read_line(&mut line).await? > 2 {
            let header = std::mem::take(&mut line);
            if let Some((name, value)) = header.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse()?;
            }
        }
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer).await?;
        ensure!(fine, "{path}: {status} {}", String::from_utf8_lossy(&answer));
        Ok(serde_json::from_slice(&answer)?)
    }

    fn yes(&self, scope: &str) -> Value {
        json!({ "scope": scope, "artefact": "separate", "policy": "undated", "text": self.text })
    }
}
