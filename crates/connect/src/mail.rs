//! E-mail by SMTP (RFC 5321), for messages about new versions: over TLS and never without, from its first byte (RFC 8314) or
//! by STARTTLS (RFC 3207), with the server's name and chain checked, and a user and password (RFC 4954).
//!
//! What the server answers is told apart by what was asked: a lasting no (5xx) to the receiver or to the message is a no, one
//! to anything before is about this installation, and a no of the moment (4xx) is tried again. Its words may name the
//! receiver, so none of them is kept.

use std::cell::OnceCell;
use std::error::Error as _;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use desk::ports::{Clock, Dispatch, Messages, Outside, To, Way};
use jiff::Timestamp;
use lettre::Message;
use lettre::address::Address;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{
    Certificate, CertificateStore, SmtpConnection, TlsParameters, TlsParametersBuilder,
};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use model::Slug;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};

use crate::told::Text;

/// How long one message may take from first to last byte: long enough for a server that looks for spam before it answers, and
/// short enough for ten messages within the time for which they are taken over.
pub const PATIENCE: Duration = Duration::from_secs(25);

/// What ends a session (RFC 5321, 4.2.3).
const CLOSING: u16 = 221;

/// When TLS begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begins {
    /// With the first byte.
    Implicit,
    /// Once both have said so in the clear; before that nothing of anybody is said.
    Starttls,
}

impl Begins {
    /// The port that is meant where none is said (RFC 8314, 3.3; RFC 6409, 3.1).
    pub const fn port(self) -> u16 {
        match self {
            Self::Implicit => 465,
            Self::Starttls => 587,
        }
    }
}

/// A server that takes messages in, and who we are to it.
#[derive(Debug, Clone)]
pub struct Relay {
    /// Its name, which its certificate bears.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// When TLS begins.
    pub begins: Begins,
    /// Who writes: an address, or a name and an address (`Privacy <privacy@example.cn>`).
    pub from: String,
    /// Who logs in.
    pub user: String,
}

/// What a relay cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RelayRefused {
    /// Its server is no name.
    #[error("`server` is no name of a server: write it as its certificate does, without scheme and port")]
    Server,
    /// There is no such port.
    #[error("`port` is none: 465 where TLS begins at once, 587 with STARTTLS")]
    Port,
    /// Nobody writes from there.
    #[error("`from` is no address: write privacy@example.cn, or a name and <privacy@example.cn>")]
    From,
    /// Nobody logs in.
    #[error("`user` is empty: name who logs in to the server")]
    User,
    /// Its authority is none.
    #[error("`ca` holds no certificate that can be used: it is a PEM file of those that may certify the server")]
    Authority,
}

impl Relay {
    /// Whether anybody can be reached so.
    ///
    /// # Errors
    /// What it cannot be.
    pub fn check(&self) -> Result<(), RelayRefused> {
        if ServerName::try_from(self.server.as_str()).is_err() {
            return Err(RelayRefused::Server);
        }
        if self.port == 0 {
            return Err(RelayRefused::Port);
        }
        if self.user.is_empty() {
            return Err(RelayRefused::User);
        }
        self.writer().map(drop)
    }

    fn writer(&self) -> Result<Mailbox, RelayRefused> {
        self.from.parse().map_err(|_| RelayRefused::From)
    }
}

/// Carries messages by e-mail.
pub struct SmtpMail {
    office: Arc<Office>,
    /// Origin of the pages that a message leads to.
    origin: String,
    clock: Arc<dyn Clock>,
    patience: Duration,
}

/// Everything that one message needs of the relay.
struct Office {
    relay: Relay,
    writer: Mailbox,
    credentials: Credentials,
    tls: TlsParameters,
    hello: ClientId,
    patience: Duration,
}

/// What is asked of the server, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Connect,
    LogIn,
    Sender,
    Receiver,
    Content,
}

impl SmtpMail {
    /// `authority`: a PEM file of the certificates that may certify the server, and then no others may; without it those that
    /// browsers trust. `origin`: of the pages that messages lead to.
    ///
    /// # Errors
    /// What the relay cannot be.
    pub fn new(
        relay: Relay,
        password: String,
        authority: Option<&[u8]>,
        (origin, clock, patience): (&str, Arc<dyn Clock>, Duration),
    ) -> Result<Self, RelayRefused> {
        relay.check()?;
        let writer = relay.writer()?;
        let credentials = Credentials::new(relay.user.clone(), password);
        let hello = ClientId::Domain(writer.email.domain().to_owned());
        let tls = trusting(TlsParameters::builder(relay.server.clone()), authority)?;
        let office = Arc::new(Office { relay, writer, credentials, tls, hello, patience });
        Ok(Self { office, origin: origin.to_owned(), clock, patience })
    }
}

/// Trusts one authority and nobody else, or those that browsers do.
fn trusting(tls: TlsParametersBuilder, authority: Option<&[u8]>) -> Result<TlsParameters, RelayRefused> {
    let refused = RelayRefused::Authority;
    let Some(authority) = authority else {
        return tls.certificate_store(CertificateStore::WebpkiRoots).build().map_err(|_| refused);
    };
    let mut tls = tls.certificate_store(CertificateStore::None);
    let mut empty = true;
    for certificate in CertificateDer::pem_slice_iter(authority) {
        let der = certificate.map_err(|_| refused)?.to_vec();
        tls = tls.add_root_certificate(Certificate::from_der(der).map_err(|_| refused)?);
        empty = false;
    }
    if empty { Err(refused) } else { tls.build().map_err(|_| refused) }
}

#[async_trait]
impl Messages for SmtpMail {
    fn carries(&self, _: &Slug) -> Vec<Way> {
        vec![Way::Email]
    }

    async fn send(&self, dispatch: Dispatch) -> Result<(), Outside> {
        let text = Text::of(&dispatch, &self.origin);
        let To::Mailbox(address) = dispatch.to else { return Err(Outside::Nobody) };
        let (office, at) = (Arc::clone(&self.office), self.clock.now());
        let call = move || {
            let answer = OnceCell::new();
            address.within(|address| {
                answer.get_or_init(|| office.carry(address, &text, at));
            });
            answer.into_inner().unwrap_or(Err(Outside::TimedOut))
        };
        // Who answers each step in time may still never come to an end.
        match tokio::time::timeout(self.patience, tokio::task::spawn_blocking(call)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) | Err(_) => Err(Outside::TimedOut),
        }
    }
}

impl Office {
    fn carry(&self, to: &str, text: &Text, at: Timestamp) -> Result<(), Outside> {
        let to: Address = to.parse().map_err(|_| Outside::Refused)?;
        let domain = self.writer.email.domain();
        let message = addressed(text, self.writer.clone(), Mailbox::new(None, to.clone()), (domain, at));
        let message = message.ok_or(Outside::Refused)?.formatted();
        let mut line = self.line().map_err(|why| told(Step::Connect, &why))?;
        line.auth(DEFAULT_MECHANISMS, &self.credentials).map_err(|why| told(Step::LogIn, &why))?;
        let sender = Mail::new(Some(self.writer.email.clone()), Vec::new());
        line.command(sender).map_err(|why| told(Step::Sender, &why))?;
        line.command(Rcpt::new(to, Vec::new())).map_err(|why| told(Step::Receiver, &why))?;
        line.command(Data).map_err(|why| told(Step::Content, &why))?;
        line.message(&message).map_err(|why| told(Step::Content, &why))?;
        // It has the message, and may be gone. Another answer than this is one to an earlier question: somebody said more
        // before TLS began than was asked, and what was taken for answers were none.
        match line.quit() {
            Ok(answer) if u16::from(answer.code()) != CLOSING => Err(Outside::Untrusted),
            _ => Ok(()),
        }
    }

    /// A line on which nobody listens, to the server that the certificate names.
    fn line(&self) -> Result<SmtpConnection, smtp::Error> {
        let at = (self.relay.server.as_str(), self.relay.port);
        let from_the_start = (self.relay.begins == Begins::Implicit).then_some(&self.tls);
        let mut line = SmtpConnection::connect(at, Some(self.patience), &self.hello, from_the_start, None)?;
        if self.relay.begins == Begins::Starttls {
            line.starttls(&self.tls, &self.hello)?;
        }
        Ok(line)
    }
}

/// A message as it goes to somebody; `None` where the parts make none.
fn addressed(text: &Text, from: Mailbox, to: Mailbox, (domain, at): (&str, Timestamp)) -> Option<Message> {
    let message = Message::builder().from(from).to(to).subject(text.subject.as_str()).date(at.into());
    let message = message.message_id(Some(format!("<{}@{domain}>", text.id)));
    message.header(ContentType::TEXT_PLAIN).body(text.body.clone()).ok()
}

/// What an answer, or none, means for the message.
fn told(step: Step, why: &smtp::Error) -> Outside {
    let tls = of_tls(why);
    let code = why.status().map(u16::from);
    tracing::warn!(?step, code, tls = tls.as_deref(), "an e-mail did not go");
    let lasting = why.is_permanent();
    match step {
        _ if tls.is_some() || why.is_response() => Outside::Untrusted,
        _ if why.is_transient() => Outside::Busy,
        Step::Receiver | Step::Content if lasting => Outside::Refused,
        Step::Connect if why.is_client() => Outside::Untrusted,
        _ if lasting || why.is_client() => Outside::Unaccepted,
        _ => Outside::TimedOut,
    }
}

/// Why the server is not the one that the certificate names, where that is why.
fn of_tls(why: &smtp::Error) -> Option<String> {
    let mut cause = why.source();
    while let Some(one) = cause {
        let inner = one.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let found = one.downcast_ref::<rustls::Error>();
        if let Some(tls) = found.or_else(|| inner.and_then(|inner| inner.downcast_ref::<rustls::Error>())) {
            return Some(tls.to_string());
        }
        cause = one.source();
    }
    None
}

#[cfg(test)]
mod tests;
