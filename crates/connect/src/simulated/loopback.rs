//! A server on this machine's loopback, so that an adapter reaches a simulator by the protocol and not by a call.
//!
//! It speaks as much of HTTP/1.1 (RFC 9112) as our own client does: one request for each connection, its length said
//! beforehand.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// The largest head and body that are read, in bytes.
const LARGEST: u64 = 16 << 20;

/// One request.
#[derive(Debug)]
pub struct Call {
    /// `GET`, `POST`, …
    pub method: String,
    /// Path with its query.
    pub path: String,
    /// Headers by name in lower case.
    pub headers: BTreeMap<String, String>,
    /// Body.
    pub body: Vec<u8>,
}

impl Call {
    /// A header by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// What is answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Headers besides the length.
    pub headers: Vec<(&'static str, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A JSON document.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        let headers = vec![("content-type", "application/json; charset=utf-8".to_owned())];
        Self { status, headers, body: body.to_string().into_bytes() }
    }

    /// The same with a further header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// A server; it ends when it is dropped.
#[derive(Debug)]
pub struct Loopback {
    address: SocketAddr,
    ended: Arc<AtomicBool>,
}

impl Loopback {
    /// Listens on a free port. A call that `serve` answers with `None` is never answered: its connection stays open until
    /// the caller gives up.
    ///
    /// # Errors
    /// What the operating system says when there is no port.
    pub fn start(serve: impl Fn(&Call) -> Option<Answer> + Send + Sync + 'static) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let ended = Arc::new(AtomicBool::new(false));
        let (over, serve) = (Arc::clone(&ended), Arc::new(serve));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::Acquire) {
                    return;
                }
                let (Ok(stream), serve) = (stream, Arc::clone(&serve)) else { continue };
                thread::spawn(move || {
                    // Who breaks off gets no answer; there is nobody to tell.
                    drop(converse(stream, &*serve));
                });
            }
        });
        Ok(Self { address, ended })
    }

    /// Where it listens: scheme, host and port.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Release);
        // Wakes the listener, which then ends.
        drop(TcpStream::connect(self.address));
    }
}

fn converse(stream: TcpStream, serve: &dyn Fn(&Call) -> Option<Answer>) -> io::Result<()> {
    let mut input = BufReader::new(stream.try_clone()?.take(LARGEST));
    let call = read(&mut input)?;
    let Some(answer) = serve(&call) else {
        // Ends when the caller hangs up.
        io::copy(&mut input, &mut io::sink())?;
        return Ok(());
    };
    let mut out = stream;
    write!(out, "HTTP/1.1 {} -\r\nconnection: close\r\ncontent-length: {}\r\n", answer.status, answer.body.len())?;
    for (name, value) in &answer.headers {
        write!(out, "{name}: {value}\r\n")?;
    }
    out.write_all(b"\r\n")?;
    out.write_all(&answer.body)?;
    out.flush()
}

fn read(input: &mut impl BufRead) -> io::Result<Call> {
    let mut line = String::new();
    let mut next = |input: &mut dyn BufRead| -> io::Result<String> {
        line.clear();
        input.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    };
    let first = next(input)?;
    let mut words = first.split(' ').map(str::to_owned);
    let (Some(method), Some(path)) = (words.next(), words.next()) else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let mut headers = BTreeMap::new();
    loop {
        let header = next(input)?;
        let Some((name, value)) = header.split_once(':') else { break };
        headers.insert(name.trim().to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = Vec::new();
    input.take(length).read_to_end(&mut body)?;
    Ok(Call { method, path, headers, body })
}
