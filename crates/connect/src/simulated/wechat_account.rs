//! A WeChat service account on this machine: enforces the protocol of [`crate::wechat_message`], with followers that a test names.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use desk::ports::Clock;
use model::Entropy;
use serde_json::{Value, json};

use super::Mood;
use super::accounts::query;
use super::loopback::{Answer, Call, Loopback};
use crate::wechat_message::{Account, LONGEST};

/// How long a token is good, in seconds.
const TOKEN: i64 = 7_200;

/// The account.
pub struct SimulatedWechatAccount {
    server: Loopback,
    inside: Arc<Inside>,
}

struct Inside {
    mood: Mood,
    account: Account,
    followers: Mutex<BTreeSet<String>>,
    /// The token of now, and until when it is good.
    token: Mutex<Option<(String, i64)>>,
    /// What each follower got, by the caller's own number of it.
    delivered: Mutex<BTreeMap<(String, String), Value>>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl SimulatedWechatAccount {
    /// Starts it.
    ///
    /// # Errors
    /// When the machine has no port.
    pub fn start(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> io::Result<Self> {
        let named = |text: &str| text.to_owned();
        let account = Account {
            app: named("wxsimulated"),
            secret: hex::encode(entropy.draw::<16>()),
            template: named("sim-update"),
            service: named("thing1"),
            title: named("thing2"),
            day: named("time3"),
        };
        let (followers, token, delivered) = (Mutex::default(), Mutex::default(), Mutex::default());
        let inside = Inside { mood: Mood::default(), account, followers, token, delivered, clock, entropy };
        let inside = Arc::new(inside);
        let served = Arc::clone(&inside);
        let server = Loopback::start(move |call| served.mood.answer(|| served.serve(call)))?;
        Ok(Self { server, inside })
    }

    /// Where its interface is.
    pub fn origin(&self) -> String {
        self.server.origin()
    }

    /// The account, as its holder reads it on the vendor's pages.
    pub fn account(&self) -> Account {
        self.inside.account.clone()
    }

    /// Somebody follows it from now on.
    pub fn follow(&self, openid: &str) {
        held(&self.inside.followers).insert(openid.to_owned());
    }

    /// The token that was handed out is good no longer.
    pub fn forget_token(&self) {
        held(&self.inside.token).take();
    }

    /// The messages that a follower got: the words of the template and the link, by the caller's own number of each.
    pub fn delivered_to(&self, openid: &str) -> BTreeMap<String, Value> {
        let all = held(&self.inside.delivered);
        let own = all.iter().filter(|((whose, _), _)| whose == openid);
        own.map(|((_, number), message)| (number.clone(), message.clone())).collect()
    }

    /// How it behaves.
    pub fn mood(&self) -> &Mood {
        &self.inside.mood
    }
}

impl Inside {
    fn serve(&self, call: &Call) -> Answer {
        let (path, query) = query(call);
        let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
        let told = match (call.method.as_str(), path) {
            ("POST", "/cgi-bin/stable_token") => self.token(&body),
            ("POST", "/cgi-bin/message/template/send") => {
                self.sent(query.get("access_token").map_or("", String::as_str), &body)
            }
            _ => Err((40066, "invalid url")),
        };
        // Errors come with status 200, too.
        let told = told.unwrap_or_else(|(code, message)| json!({ "errcode": code, "errmsg": message }));
        Answer::json(200, &told)
    }

    fn token(&self, body: &Value) -> Result<Value, (i32, &'static str)> {
        let word = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
        if word("grant_type") != "client_credential" {
            return Err((40002, "invalid grant_type"));
        }
        if word("appid") != self.account.app {
            return Err((40013, "invalid appid"));
        }
        if word("secret") != self.account.secret {
            return Err((40125, "invalid appsecret"));
        }
        let now = self.clock.now().as_second();
        let mut token = held(&self.token);
        let (word, until) = match token.take().filter(|(_, until)| now < *until) {
            Some(known) => known,
            None => (hex::encode(self.entropy.draw::<16>()), now + TOKEN),
        };
        *token = Some((word.clone(), until));
        Ok(json!({ "access_token": word, "expires_in": until - now }))
    }

    fn sent(&self, token: &str, body: &Value) -> Result<Value, (i32, &'static str)> {
        let now = self.clock.now().as_second();
        if !held(&self.token).as_ref().is_some_and(|(known, until)| known == token && now < *until) {
            return Err((40001, "invalid credential, access_token is invalid or not latest"));
        }
        let word = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        if word("/template_id") != self.account.template {
            return Err((40037, "invalid template_id"));
        }
        let named = [&self.account.service, &self.account.title, &self.account.day];
        let words = named.map(|name| word(&format!("/data/{name}/value")).to_owned());
        if words.iter().any(|word| word.is_empty() || word.chars().count() > LONGEST) {
            return Err((47003, "argument invalid"));
        }
        let openid = word("/touser");
        if !held(&self.followers).contains(openid) {
            return Err((43004, "require subscribe"));
        }
        let message = json!({ "words": words, "url": word("/url") });
        let number = (openid.to_owned(), word("/client_msg_id").to_owned());
        let mut delivered = held(&self.delivered);
        delivered.entry(number).or_insert(message);
        Ok(json!({ "errcode": 0, "errmsg": "ok", "msgid": delivered.len() }))
    }
}

fn held<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
