//! Messages of a WeChat service account to who follows it, by a template that the vendor approved: 微信开放文档, 服务号, 模板消息
//! (developers.weixin.qq.com/doc/service/api/notify/template/api_sendtemplatemessage) and 稳定版接口调用凭据 (…/api/base/
//! api_getstableaccesstoken), as read in 2026.
//!
//! A call bears an access token in its query, which the account's secret yields for two hours; asking again meanwhile yields the
//! same one, so several servers do not take it from each other. Errors are `errcode` and `errmsg` under status 200.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use desk::ports::{Clock, Dispatch, Messages, Outside, To, Way};
use jiff::{SignedDuration, Timestamp};
use model::{Clear, Slug};
use serde_json::{Value, json};

use crate::client::{form, text};
use crate::line::{Headers, Line};
use crate::told::Text;

/// The vendor's own interface.
pub const ORIGIN: &str = "https://api.weixin.qq.com";

/// Most signs of what a template calls a thing.
pub(crate) const LONGEST: usize = 20;

/// How long before its end a token is not used any more.
const MARGIN: SignedDuration = SignedDuration::from_mins(5);

/// A service account, and the template by which it tells of a new version.
#[derive(Clone)]
pub struct Account {
    /// AppID: the one by which the platform's customers log in, as each account knows a person by another openid.
    pub app: String,
    /// AppSecret.
    pub secret: String,
    /// Id of the template.
    pub template: String,
    /// What the template calls the service, such as `thing1`.
    pub service: String,
    /// What it calls the policy.
    pub title: String,
    /// What it calls the day from which the version is in force, such as `time3`.
    pub day: String,
}

/// Sends by the account of each platform.
pub struct WechatMessages {
    desks: BTreeMap<Slug, AccountDesk>,
    api: Line,
    /// Origin of the pages that a message leads to.
    origin: String,
    clock: Arc<dyn Clock>,
}

struct AccountDesk {
    account: Account,
    token: Mutex<Option<(String, Timestamp)>>,
}

impl WechatMessages {
    /// `api`: [`ORIGIN`], or a simulator's; `origin`: of the pages that messages lead to.
    pub fn new(
        accounts: BTreeMap<Slug, Account>,
        (api, patience): (&str, Duration),
        (origin, clock): (&str, Arc<dyn Clock>),
    ) -> Self {
        let desk = |account| AccountDesk { account, token: Mutex::default() };
        let desks = accounts.into_iter().map(|(platform, account)| (platform, desk(account))).collect();
        Self { desks, api: Line::new(api, patience), origin: origin.to_owned(), clock }
    }

    /// The token of now; a new one where none is known or it is about to end.
    async fn token(&self, desk: &AccountDesk) -> Result<String, Outside> {
        let now = self.clock.now();
        let known = desk.token.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((token, _)) = known.filter(|(_, until)| now < *until) {
            return Ok(token);
        }
        let Account { app, secret, .. } = &desk.account;
        let asked = json!({ "grant_type": "client_credential", "appid": app, "secret": secret });
        let told = self.called("/cgi-bin/stable_token", Clear::new(asked.to_string().into_bytes())).await?;
        let token = text(&told, "access_token").ok_or(Outside::Untrusted)?;
        let lasts = told.get("expires_in").and_then(Value::as_i64).ok_or(Outside::Untrusted)?;
        let until = now.checked_add(SignedDuration::from_secs(lasts)).ok().and_then(|end| end.checked_sub(MARGIN).ok());
        *desk.token.lock().unwrap_or_else(PoisonError::into_inner) = until.map(|until| (token.clone(), until));
        Ok(token)
    }

    async fn called(&self, path: &str, body: Clear<Vec<u8>>) -> Result<Value, Outside> {
        let headers = |_: &[u8]| -> Headers { vec![("content-type", "application/json".to_owned())] };
        let reply = self.api.post(path, body, headers).await?;
        if reply.status != 200 {
            return Err(if reply.status >= 500 { Outside::TimedOut } else { Outside::Untrusted });
        }
        let told = reply.json()?;
        match told.get("errcode").and_then(Value::as_i64) {
            None | Some(0) => Ok(told),
            Some(code) => {
                tracing::warn!(code, "WeChat refused a call");
                Err(meant(code))
            }
        }
    }
}

#[async_trait]
impl Messages for WechatMessages {
    fn carries(&self, platform: &Slug) -> Vec<Way> {
        self.desks.get(platform).map(|_| Way::Wechat).into_iter().collect()
    }

    async fn send(&self, dispatch: Dispatch) -> Result<(), Outside> {
        let desk = self.desks.get(&dispatch.platform).ok_or(Outside::Nobody)?;
        let told = Text::of(&dispatch, &self.origin);
        let (service, title) = (fit(&dispatch.service), fit(&dispatch.title));
        let To::Follower(openid) = dispatch.to else { return Err(Outside::Nobody) };
        let token = self.token(desk).await?;
        let own = desk.account.clone();
        let value = |text: String| json!({ "value": text });
        let body = openid.map(|openid| {
            let data = [(own.service, service), (own.title, title), (own.day, told.day)];
            let data: serde_json::Map<String, Value> =
                data.into_iter().map(|(name, text)| (name, value(text))).collect();
            let message = json!({
                "touser": openid,
                "template_id": own.template,
                "url": told.link,
                // Of two with the same one the vendor delivers the first.
                "client_msg_id": told.id,
                "data": data,
            });
            message.to_string().into_bytes()
        });
        let path = format!("/cgi-bin/message/template/send?{}", form(&[("access_token", &token)]));
        let sent = self.called(&path, body).await;
        if sent == Err(Outside::Busy) {
            // It may be the token that is over before its time; asking for it anew costs a call.
            *desk.token.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        sent.map(drop)
    }
}

/// Words as a template takes them.
fn fit(words: &str) -> String {
    let words: Vec<char> = words.split_whitespace().collect::<Vec<_>>().join(" ").chars().collect();
    if words.len() <= LONGEST {
        return words.into_iter().collect();
    }
    words.into_iter().take(LONGEST - 1).chain(['…']).collect()
}

/// What an `errcode` of these two calls means for us (微信开放文档, 全局返回码).
fn meant(code: i64) -> Outside {
    match code {
        // The system, a quota, or a token that is over.
        -1 | 45009 | 45011 | 40001 | 40014 | 42001 => Outside::Busy,
        // It is no openid of this account, the person does not follow it, or wants no messages of it.
        40003 | 43004 | 43019 | 43101 => Outside::Refused,
        // AppID, secret, template, its words, a right of the account, or an address from which it may not be called.
        40013 | 40125 | 40037 | 40164 | 41002 | 41004 | 47003 | 48001 | 50002 => Outside::Unaccepted,
        _ => Outside::Untrusted,
    }
}

#[cfg(test)]
mod tests;
