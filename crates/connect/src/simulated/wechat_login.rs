//! WeChat's log-in on this machine: enforces the protocol of [`crate::federation`], with invented accounts.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use desk::ports::Clock;
use model::Entropy;
use serde_json::{Value, json};

use super::Mood;
use super::accounts::{Account, Books, Grant, Registered, Spent, away, html, query, sheet};
use super::loopback::{Answer, Call, Loopback};
use crate::client::address;
use crate::jose::encoded;

/// The provider.
pub struct SimulatedWechatLogin {
    server: Loopback,
    inside: Arc<Inside>,
}

struct Inside {
    mood: Mood,
    books: Books,
    name: String,
}

impl SimulatedWechatLogin {
    /// `name`: whom the page says to be a simulation of.
    ///
    /// # Errors
    /// When the machine has no port.
    pub fn start(name: &str, clients: Vec<Registered>, steady: (Arc<dyn Clock>, Arc<dyn Entropy>)) -> io::Result<Self> {
        let inside =
            Arc::new(Inside { mood: Mood::default(), books: Books::new(clients, steady)?, name: name.to_owned() });
        let served = Arc::clone(&inside);
        let server = Loopback::start(move |call| served.mood.answer(|| served.serve(call)))?;
        Ok(Self { server, inside })
    }

    /// Where its pages and its interface are.
    pub fn origin(&self) -> String {
        self.server.origin()
    }

    /// How it behaves.
    pub fn mood(&self) -> &Mood {
        &self.inside.mood
    }
}

/// An error, as the vendor puts it: status 200.
fn error(code: i32, message: &str) -> Answer {
    Answer::json(200, &json!({ "errcode": code, "errmsg": message }))
}

impl Inside {
    fn serve(&self, call: &Call) -> Answer {
        let (path, query) = query(call);
        match (call.method.as_str(), path) {
            ("GET", "/connect/oauth2/authorize") => self.ask(&query),
            ("POST", "/connect/oauth2/authorize") => self.said(call),
            ("GET", "/sns/oauth2/access_token") => self.token(&query),
            ("GET", "/authorise.css") => sheet(),
            ("GET", "/sns/userinfo") => self.userinfo(&query),
            _ => error(40066, "invalid url"),
        }
    }

    fn ask(&self, query: &BTreeMap<String, String>) -> Answer {
        let word = |name: &str| query.get(name).cloned().unwrap_or_default();
        let Some(client) = self.books.client(&word("appid")) else { return html(200, "40013 invalid appid") };
        if client.back != word("redirect_uri") {
            return html(200, "10003 redirect_uri");
        }
        let scope = word("scope");
        let state = word("state");
        let plain = state.len() <= 128 && state.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if word("response_type") != "code" || !["snsapi_base", "snsapi_userinfo"].contains(&scope.as_str()) || !plain {
            return html(200, "10005 scope, response_type or state");
        }
        let grant = Grant {
            client: client.id.clone(),
            back: client.back.clone(),
            state,
            claims: vec![scope.clone()],
            ..Grant::default()
        };
        self.books.page(&self.name, "/connect/oauth2/authorize", grant, &scope)
    }

    /// WeChat itself sends nobody back who refuses: the page closes. Here the browser goes back without a code, as it does
    /// where WeChat's log-in stands on a website.
    fn said(&self, call: &Call) -> Answer {
        let Some((grant, yes)) = self.books.answered(call) else { return html(400, "invalid request") };
        let (back, state) = (grant.back.clone(), grant.state.clone());
        if !yes {
            return away(address(&back, &[("state", &state)]));
        }
        let code = self.books.keep(grant);
        away(address(&back, &[("code", &code), ("state", &state)]))
    }

    fn token(&self, query: &BTreeMap<String, String>) -> Answer {
        let word = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
        let Some(client) = self.books.client(word("appid")) else { return error(40013, "invalid appid") };
        if client.secret != word("secret") {
            return error(40125, "invalid appsecret");
        }
        if word("grant_type") != "authorization_code" {
            return error(40002, "invalid grant_type");
        }
        if word("code").is_empty() {
            return error(41008, "missing code");
        }
        let grant = match self.books.redeem(word("code")) {
            Ok(grant) if grant.client == client.id => grant,
            Ok(_) | Err(Spent::Unknown) => return error(40029, "invalid code"),
            Err(Spent::Used) => return error(40163, "code been used"),
            Err(Spent::Old) => return error(42003, "oauth_code expired"),
        };
        let scope = grant.claims.first().cloned().unwrap_or_default();
        let (openid, unionid) = (openid(&client.id, &grant.account), unionid(&grant.account));
        let access = self.books.keep(grant);
        let answer = json!({
            "access_token": access, "expires_in": 7200, "refresh_token": self.books.drawn(),
            "openid": openid, "scope": scope, "unionid": unionid,
        });
        Answer::json(200, &answer)
    }

    fn userinfo(&self, query: &BTreeMap<String, String>) -> Answer {
        let word = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
        let Some(grant) = self.books.look(word("access_token")) else { return error(40001, "invalid credential") };
        if grant.claims.first().map(String::as_str) != Some("snsapi_userinfo") {
            return error(48001, "api unauthorized");
        }
        let account = &grant.account;
        let openid = openid(&grant.client, account);
        if openid != word("openid") {
            return error(40003, "invalid openid");
        }
        let told: Value = json!({
            "openid": openid, "nickname": account.nickname, "sex": account.sex, "province": account.province,
            "city": account.city, "country": account.country, "headimgurl": account.picture, "privilege": [],
            "unionid": unionid(account),
        });
        Answer::json(200, &told)
    }
}

/// Twenty-eight characters, as the vendor's; another for each client.
fn openid(client: &str, account: &Account) -> String {
    number("o", &format!("{client} {}", account.number))
}

/// The same for every client.
fn unionid(account: &Account) -> String {
    number("u", &account.number)
}

fn number(begin: &str, of: &str) -> String {
    let digits = encoded(digest(&SHA256, of.as_bytes()));
    format!("{begin}{}", digits.chars().take(27).collect::<String>())
}
