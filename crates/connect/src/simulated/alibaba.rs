//! Number protection without a telephone network: enforces the protocol of [`crate::alibaba`] and connects who calls.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use desk::ports::Clock;
use jiff::civil::DateTime;
use jiff::{Timestamp, tz};
use model::Entropy;
use serde_json::json;

use super::Mood;
use super::loopback::{Answer, Call, Loopback};
use crate::alibaba::{AccessKey, FRESH, Pool, authorization, hashed};

/// The account, as its holder reads it in the vendor's console. It opens nothing but this simulator.
const ID: &str = "LTAIsimulated000000000000";
const POOL: &str = "FC100000000000001";

/// A number between two telephones.
struct Binding {
    id: String,
    ends: [String; 2],
    until: Timestamp,
}

/// One account's pool of virtual numbers, on this machine.
pub struct SimulatedAlibaba {
    server: Loopback,
    network: Arc<Network>,
    key: AccessKey,
}

struct Network {
    mood: Mood,
    key: AccessKey,
    bindings: Mutex<BTreeMap<String, Binding>>,
    nonces: Mutex<BTreeSet<String>>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl SimulatedAlibaba {
    /// How many numbers the pool has.
    pub const NUMBERS: usize = 20;

    /// Starts it.
    ///
    /// # Errors
    /// When the machine has no port.
    pub fn start(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> io::Result<Self> {
        let key = AccessKey { id: ID.to_owned(), secret: hex::encode(entropy.draw::<15>()) };
        let (mood, bindings, nonces) = (Mood::default(), Mutex::default(), Mutex::default());
        let network = Arc::new(Network { mood, key: key.clone(), bindings, nonces, clock, entropy });
        let serving = Arc::clone(&network);
        let server = Loopback::start(move |call| serving.mood.answer(|| serving.answer(call)))?;
        Ok(Self { server, network, key })
    }

    /// Its address.
    pub fn origin(&self) -> String {
        self.server.origin()
    }

    /// The account's key.
    pub fn key(&self) -> AccessKey {
        self.key.clone()
    }

    /// The account's pool.
    pub fn pool(&self) -> Pool {
        Pool { key: POOL.to_owned() }
    }

    /// How it behaves from now on.
    pub fn mood(&self) -> &Mood {
        &self.network.mood
    }

    /// Whose telephone rings when `caller` calls a virtual number; nobody's once the binding is over.
    pub fn called(&self, number: &str, caller: &str) -> Option<String> {
        let bindings = self.network.live();
        let [a, b] = &bindings.get(number)?.ends;
        [(a, b), (b, a)].into_iter().find(|(from, _)| *from == caller).map(|(_, to)| to.clone())
    }
}

impl Network {
    /// The bindings that are not over.
    fn live(&self) -> MutexGuard<'_, BTreeMap<String, Binding>> {
        let mut bindings = self.bindings.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        bindings.retain(|_, binding| now < binding.until);
        bindings
    }

    fn answer(&self, call: &Call) -> Answer {
        let fields = fields(&call.body);
        let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
        let request = hex::encode(self.entropy.draw::<16>());
        let told = self.admits(call).and_then(|()| match call.header("x-acs-action") {
            _ if call.header("x-acs-version") != Some("2017-05-25") => Err((404, "InvalidVersion")),
            Some("BindAxb" | "UnbindSubscription") if field("PoolKey") != POOL => Err((400, "POOLKEY_NOT_EXIST")),
            Some("BindAxb") => self.bound([field("PhoneNoA"), field("PhoneNoB")], field("Expiration")),
            Some("UnbindSubscription") => self.ended(field("SecretNo"), field("SubsId")),
            _ => Err((404, "InvalidAction.NotFound")),
        });
        match told {
            Ok(None) => Answer::json(200, &json!({ "Code": "OK", "Message": "OK", "RequestId": request })),
            Ok(Some((number, id))) => {
                let made = json!({ "SecretNo": number, "SubsId": id, "Extension": "" });
                let told = json!({ "Code": "OK", "Message": "OK", "RequestId": request, "SecretBindDTO": made });
                Answer::json(200, &told)
            }
            Err((status, code)) => {
                Answer::json(status, &json!({ "Code": code, "Message": "simulated", "RequestId": request }))
            }
        }
    }

    /// Whether the account signed the request, lately, and for the first time.
    fn admits(&self, call: &Call) -> Result<(), (u16, &'static str)> {
        let signed = [
            "content-type",
            "host",
            "x-acs-action",
            "x-acs-content-sha256",
            "x-acs-date",
            "x-acs-signature-nonce",
            "x-acs-version",
        ];
        let headers: Vec<(&str, String)> =
            signed.iter().filter_map(|name| Some((*name, call.header(name)?.to_owned()))).collect();
        let given = call.header("authorization").ok_or((400, "IncompleteSignature"))?;
        if !given.contains(&format!("Credential={ID},")) {
            return Err((404, "InvalidAccessKeyId.NotFound"));
        }
        let at = call.header("x-acs-date").and_then(|at| at.parse::<Timestamp>().ok());
        let at = at.ok_or((400, "InvalidTimeStamp.Format"))?;
        if (self.clock.now().as_second() - at.as_second()).abs() > FRESH {
            return Err((400, "InvalidTimeStamp.Expired"));
        }
        let whole = headers.len() == signed.len() && call.header("x-acs-content-sha256") == Some(&hashed(&call.body));
        if !whole || call.path != "/" || given != authorization(&self.key, "", &headers) {
            return Err((400, "SignatureDoesNotMatch"));
        }
        let nonce = call.header("x-acs-signature-nonce").unwrap_or_default().to_owned();
        let first = self.nonces.lock().unwrap_or_else(PoisonError::into_inner).insert(nonce);
        if first { Ok(()) } else { Err((400, "SignatureNonceUsed")) }
    }

    fn bound(&self, ends: [&str; 2], until: &str) -> Result<Option<(String, String)>, (u16, &'static str)> {
        let routed = |phone: &str| phone.len() == 11 && phone.starts_with('1');
        let until = until.parse::<DateTime>().ok().and_then(|until| tz::offset(8).to_timestamp(until).ok());
        let until = until.filter(|until| self.clock.now() < *until).ok_or((400, "isv.INVALID_PARAMETERS"))?;
        if !ends.iter().all(|phone| routed(phone)) {
            return Err((400, "MOBILE_NUMBER_ILLEGAL"));
        }
        let mut bindings = self.live();
        let free = (0..SimulatedAlibaba::NUMBERS).map(|n| format!("170000000{n:02}"));
        let number =
            free.into_iter().find(|number| !bindings.contains_key(number)).ok_or((400, "NO_AVAILABLE_NUMBER"))?;
        let id = u64::from_be_bytes(self.entropy.draw()).to_string();
        bindings.insert(number.clone(), Binding { id: id.clone(), ends: ends.map(str::to_owned), until });
        Ok(Some((number, id)))
    }

    fn ended(&self, number: &str, id: &str) -> Result<Option<(String, String)>, (u16, &'static str)> {
        let mut bindings = self.live();
        if bindings.get(number).is_none_or(|binding| binding.id != id) {
            return Err((400, "BIND_NOT_EXIST"));
        }
        bindings.remove(number);
        Ok(None)
    }
}

/// The fields of a posted form.
fn fields(body: &[u8]) -> BTreeMap<String, String> {
    let text = String::from_utf8_lossy(body).into_owned();
    let pair = |pair: &str| pair.split_once('=').map(|(name, value)| (name.to_owned(), plain(value)));
    text.split('&').filter_map(pair).collect()
}

/// A value with its escapes undone.
fn plain(value: &str) -> String {
    let mut parts = value.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        bytes.extend(hex::decode(code).unwrap_or_default());
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
