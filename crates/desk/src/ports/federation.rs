//! Accounts that somebody else keeps, and tickets of the insurer's own applications.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use model::{Clear, Slug, SubjectId};
use serde::{Deserialize, Serialize};

use super::{Nobody, Outside};

/// What is spoken with somebody who keeps accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LoginProtocol {
    /// OpenID Connect Core 1.0, authorisation code.
    OpenidConnect,
    /// The dialect of OAuth 2.0 that WeChat speaks.
    WechatOauth2,
}

impl From<policy::syntax::LoginProtocol> for LoginProtocol {
    fn from(named: policy::syntax::LoginProtocol) -> Self {
        match named {
            policy::syntax::LoginProtocol::OpenidConnect => Self::OpenidConnect,
            policy::syntax::LoginProtocol::WechatOauth2 => Self::WechatOauth2,
        }
    }
}

/// Somebody who keeps accounts, as a platform's operation file names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// Platform.
    pub platform: Slug,
    /// Id of the log-in there.
    pub login: Slug,
    /// What is spoken with it.
    pub protocol: LoginProtocol,
    /// Who vouches.
    pub issuer: String,
}

/// One way there and back. The desk draws the secrets: 256 bits each, in hexadecimal digits, which every provider
/// takes; the adapter sends and compares them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Errand {
    /// Comes back with the browser.
    pub state: String,
    /// Comes back inside what the provider signs, where it signs anything.
    pub nonce: String,
    /// Shows that who redeems the code is who asked for it (PKCE, RFC 7636), where the provider knows that.
    pub verifier: String,
    /// Where the browser comes back to: an address of ours, the same at every try.
    pub back: String,
    /// What is asked for, in the provider's words. Nothing beside it is asked.
    pub claims: Vec<String>,
}

/// What a provider vouches for.
pub struct Vouched {
    /// Who it is: issuer and the provider's number of the person, digested together.
    pub who: Clear<String>,
    /// What was told, by the provider's words; of a telephone number only one that the provider verified.
    pub claims: BTreeMap<String, Clear<String>>,
}

/// Lets people come in by an account that somebody else keeps.
#[async_trait]
pub trait Federation: Send + Sync {
    /// Whether the installation is a client of that provider.
    fn knows(&self, provider: &Provider) -> bool;

    /// The address to which the browser goes.
    async fn begin(&self, provider: &Provider, errand: &Errand) -> Result<String, Outside>;

    /// Redeems the code that the browser brought back. [`Outside::Refused`] for a code that is used, too old or somebody
    /// else's.
    async fn finish(
        &self,
        provider: &Provider,
        errand: &Errand,
        code: Clear<String>,
        now: Timestamp,
    ) -> Result<Vouched, Outside>;
}

#[async_trait]
impl Federation for Nobody {
    fn knows(&self, _: &Provider) -> bool {
        false
    }

    async fn begin(&self, _: &Provider, _: &Errand) -> Result<String, Outside> {
        Err(Outside::Nobody)
    }

    async fn finish(&self, _: &Provider, _: &Errand, _: Clear<String>, _: Timestamp) -> Result<Vouched, Outside> {
        Err(Outside::Nobody)
    }
}

/// A ticket whose signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Whom it lets in.
    pub subject: SubjectId,
    /// Digest of who issued it and the number that it bears there.
    pub number: [u8; 32],
    /// Ends at.
    pub until: Timestamp,
}

/// Reads the tickets by which the insurer's own applications let a customer in who is logged in there.
pub trait Tickets: Send + Sync {
    /// Checks issuer, signature, platform and time. That it is used once is the desk's to see to.
    fn read(&self, platform: &Slug, ticket: &str, now: Timestamp) -> Result<Ticket, Outside>;
}

impl Tickets for Nobody {
    fn read(&self, _: &Slug, _: &str, _: Timestamp) -> Result<Ticket, Outside> {
        Err(Outside::Nobody)
    }
}
