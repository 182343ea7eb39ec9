//! `[mail]`: the server that takes e-mails in.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use connect::mail::{Begins, Relay};
use serde::Deserialize;

use super::secret;

/// A server that takes e-mails in, over TLS.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailServer {
    /// Its name, which its certificate bears.
    pub(crate) server: String,
    /// Its port. Absent: 465 where TLS begins at once, 587 with STARTTLS.
    #[serde(default)]
    pub(crate) port: Option<u16>,
    /// When TLS begins.
    pub(crate) tls: MailTls,
    /// Who writes, such as `privacy@example.cn`.
    pub(crate) from: String,
    /// Who logs in there.
    pub(crate) user: String,
    /// File with the password, readable by its owner only.
    pub(crate) password: PathBuf,
    /// PEM file of the authority that certifies the server. Absent: those that browsers trust.
    #[serde(default)]
    pub(crate) ca: Option<PathBuf>,
}

/// When TLS begins.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum MailTls {
    /// Once both have said so.
    Starttls,
    /// With the first byte.
    Implicit,
}

impl MailServer {
    /// Its files lie in a folder.
    pub(super) fn lies_in(&mut self, folder: &Path) {
        self.password = folder.join(&self.password);
        self.ca = self.ca.as_ref().map(|file| folder.join(file));
    }

    /// The password there.
    pub(crate) fn secret(&self) -> anyhow::Result<String> {
        secret(&self.password)
    }

    /// The authority that certifies it, where it is one of the operator's own.
    pub(crate) fn authority(&self) -> anyhow::Result<Option<Vec<u8>>> {
        let read =
            |ca: &PathBuf| fs::read(ca).with_context(|| format!("cannot read `ca` of [mail] at {}", ca.display()));
        self.ca.as_ref().map(read).transpose()
    }

    /// As who carries the e-mails has it.
    pub(crate) fn relay(&self) -> Relay {
        let begins = match self.tls {
            MailTls::Starttls => Begins::Starttls,
            MailTls::Implicit => Begins::Implicit,
        };
        Relay {
            server: self.server.clone(),
            port: self.port.unwrap_or_else(|| begins.port()),
            begins,
            from: self.from.clone(),
            user: self.user.clone(),
        }
    }
}

impl fmt::Display for MailServer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Relay { server, port, from, user, begins } = self.relay();
        let begins = if begins == Begins::Implicit { "TLS" } else { "STARTTLS" };
        write!(out, "{from} by {server}:{port}, {begins} by ")?;
        match &self.ca {
            Some(ca) => write!(out, "{}", ca.display())?,
            None => write!(out, "public authorities")?,
        }
        write!(out, ", {user}, {} (not shown)", self.password.display())
    }
}
