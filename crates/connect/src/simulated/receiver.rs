//! A party that takes copies in by the dialect of [`crate::courier`], on this machine.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use desk::ports::Clock;
use serde_json::json;

use super::Mood;
use super::loopback::{Answer, Call, Loopback};
use crate::courier::{Address, FRESH, KIND, SIGNED, base, content_digest};

/// The path under which it takes copies in.
const PATH: &str = "/portability";

/// Marks Ed25519 in a published key (C2SP signed-note).
const ED25519_NOTE: u8 = 1;

/// A party with an address; it ends when it is dropped.
pub struct SimulatedReceiver {
    server: Loopback,
    books: Arc<Books>,
}

struct Books {
    clock: Arc<dyn Clock>,
    /// Published keys that it trusts, as they are published.
    trusted: Mutex<BTreeSet<String>>,
    nonces: Mutex<BTreeSet<String>>,
    /// Copies by number, each with its receipt.
    taken: Mutex<BTreeMap<String, (String, Vec<u8>)>>,
    mood: Mood,
    /// Takes the copy in and breaks off before it says so.
    forgetful: AtomicBool,
}

impl SimulatedReceiver {
    /// Listens on a free port.
    ///
    /// # Errors
    /// What the operating system says when there is no port.
    pub fn start(clock: Arc<dyn Clock>) -> io::Result<Self> {
        let books = Arc::new(Books {
            clock,
            trusted: Mutex::default(),
            nonces: Mutex::default(),
            taken: Mutex::default(),
            mood: Mood::default(),
            forgetful: AtomicBool::new(false),
        });
        let own = Arc::clone(&books);
        let origin = Arc::new(Mutex::new(String::new()));
        let known = Arc::clone(&origin);
        let server = Loopback::start(move |call| {
            let answer = own.mood.answer(|| own.answer(call, &held(&known)));
            answer.filter(|_| !own.forgetful.load(Ordering::Acquire))
        })?;
        held(&origin).push_str(&server.origin());
        Ok(Self { server, books })
    }

    /// Where it takes copies in.
    pub fn address(&self) -> Address {
        Address { origin: self.server.origin(), path: PATH.to_owned() }
    }

    /// Trusts whoever signs with this key, as a platform publishes it.
    pub fn trust(&self, key: &str) {
        held(&self.books.trusted).insert(key.trim().to_owned());
    }

    /// How it behaves.
    pub fn mood(&self) -> &Mood {
        &self.books.mood
    }

    /// From now on it takes copies in and the line breaks before it says so, or no longer.
    pub fn be_forgetful(&self, forgetful: bool) {
        self.books.forgetful.store(forgetful, Ordering::Release);
    }

    /// The copies that it took in, by number.
    pub fn taken(&self) -> BTreeMap<String, Vec<u8>> {
        held(&self.books.taken).iter().map(|(number, (_, copy))| (number.clone(), copy.clone())).collect()
    }
}

impl Books {
    fn answer(&self, call: &Call, origin: &str) -> Answer {
        if (call.method.as_str(), call.path.as_str()) != ("POST", PATH) {
            return problem(404, "nothing is here");
        }
        let Some(number) = self.admitted(call, origin) else { return problem(401, "the signature does not hold") };
        if serde_json::from_slice::<serde_json::Value>(&call.body).is_err() {
            return problem(422, "no copy");
        }
        let mut taken = held(&self.taken);
        let next = format!("R{:06}", taken.len() + 1);
        let (receipt, _) = taken.entry(number.clone()).or_insert_with(|| (next, call.body.clone()));
        Answer::json(200, &json!({ "number": number, "receipt": receipt }))
    }

    /// The parcel's number, if somebody trusted signed it, lately, and for the first time.
    fn admitted(&self, call: &Call, origin: &str) -> Option<String> {
        let parameters = call.header("signature-input")?.strip_prefix("sig=")?;
        let rest = parameters.strip_prefix(SIGNED)?;
        let one = |name: &str| {
            let mut values = rest.split(';').filter_map(|field| field.strip_prefix(name)?.strip_prefix('='));
            values.next().map(|value| value.trim_matches('"'))
        };
        let (key, nonce, at) = (one("keyid")?, one("nonce")?, one("created")?.parse::<i64>().ok()?);
        let (kind, digest) = (call.header("content-type")?, call.header("content-digest")?);
        let number = call.header("idempotency-key")?;
        let fresh = (self.clock.now().as_second() - at).abs() <= FRESH;
        let whole = kind == KIND && digest == content_digest(&call.body) && one("alg") == Some("ed25519");
        if !fresh || !whole || !held(&self.trusted).contains(key) {
            return None;
        }
        let signature = call.header("signature")?.strip_prefix("sig=:")?.strip_suffix(':')?;
        let signature = STANDARD.decode(signature).ok()?;
        let message = base(&call.method, &format!("{origin}{}", call.path), digest, number, parameters);
        UnparsedPublicKey::new(&ED25519, public(key)?).verify(message.as_bytes(), &signature).ok()?;
        let first = held(&self.nonces).insert(nonce.to_owned());
        first.then(|| number.trim_matches('"').to_owned())
    }
}

/// The 32 bytes of a published key.
fn public(key: &str) -> Option<Vec<u8>> {
    // The coded part may hold a plus of its own; name and key id hold none.
    let bytes = STANDARD.decode(key.splitn(3, '+').nth(2)?).ok()?;
    let (kind, key) = bytes.split_first()?;
    (*kind == ED25519_NOTE && key.len() == 32).then(|| key.to_vec())
}

fn problem(status: u16, title: &str) -> Answer {
    Answer::json(status, &json!({ "status": status, "title": title }))
}

fn held<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
