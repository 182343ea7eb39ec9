//! WeChat's dialect of OAuth 2.0, by which its pages let a person in: 微信开放文档, 公众号, 网页授权
//! (developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html), as read in 2026.
//!
//! What differs from RFC 6749: `appid` and `secret`, both in the query of a GET; errors as `errcode` and `errmsg` under
//! status 200; no PKCE and no ID token, so that state and secret alone bind the answer; the fragment `#wechat_redirect`.
//! `openid` is the person's number to this client, `unionid` the one to everybody of the same owner.

use std::time::Duration;

use desk::ports::{Errand, Outside};
use model::Clear;
use serde_json::Value;

use crate::client::{Claims, Client, address, form, text};
use crate::line::Line;

/// The vendor's own interface, where the configuration says nothing else.
const API: &str = "https://api.weixin.qq.com";

/// What the silent scope tells already.
const SILENT: [&str; 2] = ["openid", "unionid"];

/// A client of WeChat.
pub(crate) struct WechatLogin {
    app: String,
    secret: String,
    pages: String,
    api: Line,
}

impl WechatLogin {
    pub(crate) fn new(client: &Client, patience: Duration) -> Self {
        let Client { id, secret, origin, api } = client.clone();
        let api = Line::new(api.as_deref().unwrap_or(API), patience);
        Self { app: id, secret, pages: origin, api }
    }

    /// The address of the page; its parameters in the order that the document asks for. Without a word that needs the
    /// person's yes there, the silent scope asks for nothing but who it is.
    pub(crate) fn begin(&self, errand: &Errand) -> String {
        let silent = errand.claims.iter().all(|claim| SILENT.contains(&claim.as_str()));
        let query = [
            ("appid", self.app.as_str()),
            ("redirect_uri", errand.back.as_str()),
            ("response_type", "code"),
            ("scope", if silent { "snsapi_base" } else { "snsapi_userinfo" }),
            ("state", errand.state.as_str()),
        ];
        format!("{}#wechat_redirect", address(&format!("{}/connect/oauth2/authorize", self.pages), &query))
    }

    /// Redeems a code: `openid`, and what was asked for.
    pub(crate) async fn finish(&self, errand: &Errand, code: Clear<String>) -> Result<(String, Claims), Outside> {
        let (app, secret) = (self.app.clone(), self.secret.clone());
        let path = code.map(|code| {
            let query =
                [("appid", app.as_str()), ("secret", &secret), ("code", &code), ("grant_type", "authorization_code")];
            format!("/sns/oauth2/access_token?{}", form(&query))
        });
        let told = self.asked(path).await?;
        // A snapshot page shows a made-up person: it is nobody's account.
        if told.get("is_snapshotuser").and_then(Value::as_i64) == Some(1) {
            return Err(Outside::Refused);
        }
        let openid = text(&told, "openid").ok_or(Outside::Untrusted)?;
        let mut claims = claims_in(&told, &errand.claims);
        if errand.claims.iter().any(|claim| !SILENT.contains(&claim.as_str())) {
            let access = text(&told, "access_token").ok_or(Outside::Untrusted)?;
            let query = [("access_token", access.as_str()), ("openid", &openid), ("lang", "zh_CN")];
            let told = self.asked(Clear::new(format!("/sns/userinfo?{}", form(&query)))).await?;
            if text(&told, "openid").as_deref() != Some(openid.as_str()) {
                return Err(Outside::Untrusted);
            }
            claims.extend(claims_in(&told, &errand.claims));
        }
        claims.insert("openid".to_owned(), Clear::new(openid.clone()));
        Ok((openid, claims))
    }

    async fn asked(&self, path: Clear<String>) -> Result<Value, Outside> {
        let reply = self.api.get_in_custody(path).await?;
        if reply.status != 200 {
            return Err(if reply.status >= 500 { Outside::TimedOut } else { Outside::Untrusted });
        }
        let told = reply.json()?;
        match told.get("errcode").and_then(Value::as_i64) {
            None | Some(0) => Ok(told),
            Some(code) => Err(meant(code)),
        }
    }
}

/// What an `errcode` of these two calls means for us (微信开放文档, 全局返回码).
fn meant(code: i64) -> Outside {
    match code {
        -1 | 45009 | 45011 => Outside::Busy,
        // The code is wrong, used, or older than five minutes; the access token is over.
        40029 | 40163 | 41008 | 42001 | 42003 | 40014 => Outside::Refused,
        // AppID, secret, or a right of the application.
        40001 | 40013 | 40125 | 41002 | 41004 | 48001 | 50002 => Outside::Unaccepted,
        _ => Outside::Untrusted,
    }
}

/// What of a document was asked for. `sex` is 1 or 2 as in GB/T 2261.1, and 0 where nothing is said; `region` is country,
/// province and city together.
fn claims_in(document: &Value, asked: &[String]) -> Claims {
    let told = |claim: &str| match claim {
        "sex" => document.get("sex").and_then(Value::as_i64).filter(|sex| *sex > 0).map(|sex| sex.to_string()),
        "region" => {
            let parts: Vec<String> =
                ["country", "province", "city"].iter().filter_map(|part| text(document, part)).collect();
            (!parts.is_empty()).then(|| parts.join(" "))
        }
        other => text(document, other),
    };
    asked.iter().filter_map(|claim| Some((claim.clone(), Clear::new(told(claim)?)))).collect()
}

#[cfg(test)]
mod tests;
