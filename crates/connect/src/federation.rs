//! Accounts that somebody else keeps: which client the installation is of which provider, and who speaks with it.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::client::Client;
use crate::openid::OpenId;
use crate::wechat_login::WechatLogin;
use async_trait::async_trait;
use aws_lc_rs::digest::{SHA256, digest};
use desk::ports::{Errand, Federation, LoginProtocol, Outside, Provider, Vouched};
use jiff::Timestamp;
use model::{Clear, Slug};

/// The providers of an installation, by platform and id of the log-in.
pub struct Federations {
    clients: BTreeMap<(Slug, Slug), Spoken>,
}

/// One client, ready to speak either protocol: which one, the platform's operation file says.
struct Spoken {
    openid: OpenId,
    wechat: WechatLogin,
}

impl Federations {
    /// Nobody is called before somebody goes there.
    pub fn new(clients: &BTreeMap<(Slug, Slug), Client>, patience: Duration) -> Self {
        let spoken = |client: &Client| Spoken {
            openid: OpenId::new(client, patience),
            wechat: WechatLogin::new(client, patience),
        };
        Self { clients: clients.iter().map(|(of, client)| (of.clone(), spoken(client))).collect() }
    }

    fn of(&self, provider: &Provider) -> Result<&Spoken, Outside> {
        self.clients.get(&(provider.platform.clone(), provider.login.clone())).ok_or(Outside::Nobody)
    }
}

#[async_trait]
impl Federation for Federations {
    fn knows(&self, provider: &Provider) -> bool {
        self.of(provider).is_ok()
    }

    async fn begin(&self, provider: &Provider, errand: &Errand) -> Result<String, Outside> {
        let spoken = self.of(provider)?;
        match provider.protocol {
            LoginProtocol::OpenidConnect => spoken.openid.begin(errand).await,
            LoginProtocol::WechatOauth2 => Ok(spoken.wechat.begin(errand)),
        }
    }

    async fn finish(
        &self,
        provider: &Provider,
        errand: &Errand,
        code: Clear<String>,
        now: Timestamp,
    ) -> Result<Vouched, Outside> {
        let spoken = self.of(provider)?;
        let (subject, claims) = match provider.protocol {
            LoginProtocol::OpenidConnect => spoken.openid.finish(errand, code, now).await?,
            LoginProtocol::WechatOauth2 => spoken.wechat.finish(errand, code).await?,
        };
        Ok(Vouched { who: Clear::new(who(&provider.issuer, &subject)), claims })
    }
}

/// Who somebody is, whichever of our platforms asks: issuer and number, digested.
fn who(issuer: &str, subject: &str) -> String {
    hex::encode(digest(&SHA256, format!("{}:{issuer}{subject}", issuer.len()).as_bytes()))
}
