//! What the simulated providers of accounts share: invented accounts, registered clients, the page on which somebody says
//! yes or no, and codes that work once.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use desk::ports::Clock;
use jiff::{SignedDuration, Timestamp};
use model::Entropy;
use serde::Deserialize;

use super::loopback::{Answer, Call};

/// How long a code works.
const CODE: SignedDuration = SignedDuration::from_mins(5);

const PAGE: &str = include_str!("../../templates/authorise.html");
const STYLE: &str = include_str!("../../static/authorise.css");
const LINE: &str = include_str!("../../templates/account.html");
const PEOPLE: &str = include_str!("../../templates/accounts.json");

/// An account of nobody's.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Account {
    pub(super) number: String,
    pub(super) nickname: String,
    pub(super) phone: Option<String>,
    pub(super) picture: String,
    pub(super) sex: u8,
    pub(super) country: String,
    pub(super) province: String,
    pub(super) city: String,
}

/// A client that the simulated provider knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// Its name.
    pub id: String,
    /// Its secret.
    pub secret: String,
    /// The one address to which browsers are sent back.
    pub back: String,
    /// What the page calls it.
    pub name: String,
}

/// A request that waits for a yes or no, and then the code that stands for it.
#[derive(Debug, Clone, Default)]
pub(super) struct Grant {
    pub(super) client: String,
    pub(super) back: String,
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) challenge: String,
    /// What may be told.
    pub(super) claims: Vec<String>,
    pub(super) account: Account,
    pub(super) made: Option<Timestamp>,
    pub(super) used: bool,
}

/// Why a code is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spent {
    Unknown,
    Used,
    Old,
}

/// The books of a simulated provider.
pub(super) struct Books {
    pub(super) clients: Vec<Registered>,
    people: Vec<Account>,
    grants: Mutex<BTreeMap<String, Grant>>,
    pub(super) clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Books {
    pub(super) fn new(
        clients: Vec<Registered>,
        (clock, entropy): (Arc<dyn Clock>, Arc<dyn Entropy>),
    ) -> io::Result<Self> {
        let people = serde_json::from_str(PEOPLE).map_err(io::Error::other)?;
        Ok(Self { clients, people, grants: Mutex::default(), clock, entropy })
    }

    pub(super) fn client(&self, id: &str) -> Option<&Registered> {
        self.clients.iter().find(|client| client.id == id)
    }

    /// Bytes that nobody guesses, in hexadecimal.
    pub(super) fn drawn(&self) -> String {
        hex::encode(self.entropy.draw::<16>())
    }

    /// Keeps a grant under a name that nobody guesses.
    pub(super) fn keep(&self, grant: Grant) -> String {
        let name = self.drawn();
        let grant = Grant { made: Some(self.clock.now()), ..grant };
        self.grants.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone(), grant);
        name
    }

    /// Uses a code up.
    pub(super) fn redeem(&self, code: &str) -> Result<Grant, Spent> {
        let mut grants = self.grants.lock().unwrap_or_else(PoisonError::into_inner);
        let grant = grants.get_mut(code).ok_or(Spent::Unknown)?;
        if std::mem::replace(&mut grant.used, true) {
            return Err(Spent::Used);
        }
        let old = grant.made.is_none_or(|made| self.clock.now().duration_since(made) >= CODE);
        if old { Err(Spent::Old) } else { Ok(grant.clone()) }
    }

    /// What a name stands for, as often as asked: an access token.
    pub(super) fn look(&self, name: &str) -> Option<Grant> {
        self.grants.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// The page that asks the person.
    pub(super) fn page(&self, provider: &str, action: &str, grant: Grant, asked: &str) -> Answer {
        let client = self.client(&grant.client).map(|client| client.name.clone()).unwrap_or_default();
        let request = self.keep(grant);
        let line = |(place, account): (usize, &Account)| {
            let checked = if place == 0 { " checked" } else { "" };
            filled(LINE, &[("number", &account.number), ("nickname", &account.nickname)]).replace("{checked}", checked)
        };
        let accounts: String = self.people.iter().enumerate().map(line).collect();
        let blanks =
            [("provider", provider), ("client", &client), ("asked", asked), ("action", action), ("request", &request)];
        html(200, &filled(PAGE, &blanks).replace("{accounts}", &accounts))
    }

    /// What the person said on the page: the request, with the account where it was a yes.
    pub(super) fn answered(&self, call: &Call) -> Option<(Grant, bool)> {
        let form = fields(&String::from_utf8_lossy(&call.body));
        let grant = self.redeem(form.get("request")?).ok()?;
        let account = form.get("account").and_then(|number| self.people.iter().find(|one| one.number == *number));
        let yes = form.get("answer").is_some_and(|answer| answer == "yes");
        Some((Grant { account: account?.clone(), used: false, ..grant }, yes))
    }
}

/// Sends the browser on.
pub(super) fn away(to: String) -> Answer {
    Answer { status: 303, headers: vec![("location", to)], body: Vec::new() }
}

/// The sheet of the page.
pub(super) fn sheet() -> Answer {
    let headers = vec![("content-type", "text/css; charset=utf-8".to_owned())];
    Answer { status: 200, headers, body: STYLE.as_bytes().to_vec() }
}

/// A page of our own.
pub(super) fn html(status: u16, text: &str) -> Answer {
    let headers = vec![("content-type", "text/html; charset=utf-8".to_owned())];
    Answer { status, headers, body: text.as_bytes().to_vec() }
}

/// Query or form, each name once.
pub(super) fn fields(text: &str) -> BTreeMap<String, String> {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

/// The query of a call.
pub(super) fn query(call: &Call) -> (&str, BTreeMap<String, String>) {
    let (path, query) = call.path.split_once('?').unwrap_or((&call.path, ""));
    (path, fields(query))
}

/// A template with its blanks filled in, each value as text.
pub(super) fn filled(template: &str, blanks: &[(&str, &str)]) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    blanks.iter().fold(template.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), &escape(value)))
}
