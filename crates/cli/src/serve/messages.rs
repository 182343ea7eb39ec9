//! Who carries messages about new versions, as the configuration says.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;
use connect::PATIENCE;
use connect::gateway::Gateway;
use connect::mail::SmtpMail;
use connect::tencent::TencentNotices;
use connect::wechat_message::WechatMessages;
use desk::ports::{Carriers, Clock, Messages};

use crate::config::{Config, MailServer};
use crate::system::SystemClock;

/// Every carrier that is configured; where none is, nobody is told by a message.
pub(super) fn configured(config: &Config) -> anyhow::Result<Arc<dyn Messages>> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let pages = || (config.origin.as_str(), Arc::clone(&clock));
    let mut carriers: Vec<Arc<dyn Messages>> = Vec::new();
    if let Some(gate) = &config.push {
        carriers.push(Arc::new(Gateway::push(gate.told().context("[push]")?, PATIENCE, pages())));
    }
    for own in &config.wechat {
        let accounts = BTreeMap::from([(own.platform.clone(), own.account().context("[[wechat]]")?)]);
        carriers.push(Arc::new(WechatMessages::new(accounts, (own.origin(), PATIENCE), pages())));
    }
    if let Some(sms) = &config.sms {
        let (at, key) = ((sms.origin.as_deref(), PATIENCE), sms.key().context("[sms]")?);
        carriers.push(Arc::new(TencentNotices::new(at, &key, sms.notices(), Arc::clone(&clock))));
    }
    if let Some(mail) = &config.mail {
        carriers.push(Arc::new(by_mail(mail, pages())?));
    }
    if let Some(gate) = &config.letter {
        carriers.push(Arc::new(Gateway::letters(gate.told().context("[letter]")?, PATIENCE, pages())));
    }
    Ok(Arc::new(Carriers(carriers)))
}

fn by_mail(mail: &MailServer, (origin, clock): (&str, Arc<dyn Clock>)) -> anyhow::Result<SmtpMail> {
    let (password, authority) = (mail.secret()?, mail.authority()?);
    let steady = (origin, clock, connect::mail::PATIENCE);
    SmtpMail::new(mail.relay(), password, authority.as_deref(), steady).context("[mail]")
}
