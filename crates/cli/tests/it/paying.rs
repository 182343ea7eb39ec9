//! Killed while money is on its way: between the order and its being known, while the network tells that it was paid, and
//! while it goes back. The network runs in the test's own process, so it knows what was paid whatever the server forgets.

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use desk::ports::Clock;
use jiff::Timestamp;
use serde_json::{Value, json};
use testkit::{Person, Seeded, SimulatedWechatPay, person};

use crate::calls::Caller;
use crate::installation::{Installation, Server};
use crate::people::{registration, yes};
use crate::portal::Browser;

/// What a policy costs, and what of it goes back.
const FEN: (u64, u64) = (15_900, 5_950);

/// Rounds, each with a customer of its own and three kills.
const ROUNDS: u32 = 6;

/// The longest that a server is left alone once it has something to do, in milliseconds.
const LONGEST: u64 = 60;

/// The seed of the application's key.
const SEED: [u8; 32] = [7; 32];

/// The clock of the machine, which the server has as well: signatures are good for minutes.
pub(crate) struct Wall;

impl Clock for Wall {
    #[expect(clippy::disallowed_methods, reason = "the network beside the server has the server's clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    /// No ledger hangs on it.
    fn not_before(&self, _: Timestamp) {}
}

/// An installation whose payment network outlives its servers.
struct Town {
    at: Installation,
    network: SimulatedWechatPay,
    core: String,
    auditor: String,
}

impl Town {
    fn new() -> Self {
        let at = Installation::for_browsers();
        let server = at.serve();
        let notify = format!("{}/hooks/payment/{{platform}}", server.origin);
        server.stop();
        let network = SimulatedWechatPay::start(&notify, Arc::new(Wall), Arc::new(Seeded::default())).unwrap();
        let own = network.merchant();
        let text = |name: &str, value: &str| format!("{name} = '''{value}'''\n");
        let fields = [
            ("app", own.app),
            ("merchant", own.merchant),
            ("serial", own.serial),
            ("key", own.key),
            ("sealing-key", own.sealing_key),
            ("peer-serial", own.peer_serial),
            ("peer-key", own.peer_key),
            ("notify", own.notify),
        ];
        let account: String = fields.iter().map(|(name, value)| text(name, value)).collect();
        at.secret("merchants.toml", &format!("[platforms.haigang]\n{account}"));
        let key = hex::encode(pair().public_key());
        at.also(&format!(
            "[payment]\naccounts = 'merchants.toml'\norigin = '{}'\n\n[[ticket]]\nplatform = 'haigang'\nissuer = 'app'\nkey = '{key}'\n",
            network.origin()
        ));
        at.publish_with("\n[[payment]]\nclasses = [\"policy\"]\nanswers = \"the text says nothing of paying\"\n");
        let core = at.token("collect,consent,show", None).secret;
        let auditor = at.token("audit", None).secret;
        Self { at, network, core, auditor }
    }

    /// Somebody with a policy for which money is due.
    fn insured(&self, server: &Server, who: &Person) -> Insured {
        let core = server.caller(&self.core);
        let subject = core.post("registrations", &registration(who)).good()["subject"].as_str().unwrap().to_owned();
        let people = json!([{ "roles": ["applicant", "insured"], "fields": who.policy_fields() }]);
        let policy = core.post("records", &json!({ "class": "policy", "people": people })).good();
        let policy = policy["record"].as_str().unwrap().to_owned();
        core.post(&format!("subjects/{subject}/verifications"), &json!({ "way": "verify-at-counter" })).good();
        let due = json!({ "fen": FEN.0, "description": "终身寿险", "in_force_from": "2026-01-01", "in_force_until": "2046-12-31" });
        let due = core.post(&format!("records/{policy}/payments"), &due).good();
        Insured { subject, policy, payment: due["payment"].as_str().unwrap().to_owned() }
    }

    /// How the one payment of a policy stands.
    fn stands(&self, server: &Server, of: &Insured) -> String {
        let payments = server.caller(&self.core).get(&format!("records/{}/payments", of.policy)).good();
        assert_eq!(payments["payments"].as_array().unwrap().len(), 1);
        payments["payments"][0]["state"].as_str().unwrap().to_owned()
    }

    /// How often the ledger says something from a leaf on, and the amounts that it says went back.
    fn told(&self, server: &Server, from: u64, because: &str) -> Vec<Option<u64>> {
        let page = server.caller(&self.auditor).get(&format!("ledger/leaves?limit=200&after={}", from - 1)).good();
        let leaves = page["items"].as_array().unwrap();
        assert!(!leaves.is_empty() && leaves.len() < 200, "all of them stand on one page");
        let own = leaves.iter().map(|leaf| &leaf["entry"]).filter(|entry| entry["because"] == because);
        own.map(|entry| entry["back"].as_u64()).collect()
    }
}

/// Somebody who pays.
struct Insured {
    subject: String,
    policy: String,
    payment: String,
}

impl Insured {
    /// The order's number with the network.
    fn number(&self) -> &str {
        self.payment.trim_start_matches("pay-")
    }

    fn page(&self) -> String {
        format!("/payments/{}", self.payment)
    }
}

fn pair() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&SEED).unwrap()
}

/// Lets a customer in by a ticket of the company's own application.
fn enter(server: &Server, subject: &str) -> Browser {
    let now = Wall.now();
    let number = digest(&SHA256, format!("{subject} {now}").as_bytes());
    let payload = json!({
        "iss": "app", "aud": "haigang", "sub": subject, "jti": hex::encode(&number.as_ref()[..16]),
        "iat": now.as_second(), "exp": now.as_second() + 100,
    });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(&json!({ "typ": "shouyue-ticket+jwt", "alg": "EdDSA" })), part(&payload));
    let ticket = format!("{text}.{}", URL_SAFE_NO_PAD.encode(pair().sign(text.as_bytes())));
    let mut browser = Browser::new(server);
    let page = browser.get(&format!("/enter?ticket={ticket}"));
    let home = browser.answer(&page, &[], |_| true);
    assert!(home.path.ends_with("/home"), "{}", home.problems());
    browser
}

/// Kills a server while somebody does something that it may or may not live to answer.
fn killed_while<T: Send>(server: Server, pause: u64, act: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let acting = scope.spawn(act);
        let (_keep, never) = mpsc::channel::<()>();
        let _ = never.recv_timeout(Duration::from_millis(pause));
        server.kill();
        acting.join().unwrap()
    })
}

fn surrender(core: &Caller, of: &Insured, who: &Person) -> String {
    let mut fields = who.policy_fields();
    fields.as_object_mut().unwrap().remove("policy-info");
    let more = [
        ("sex", who.sex.as_str()),
        ("occupation-class", "1"),
        ("address", "海港市示例路1号"),
        ("email", "someone@customers.example"),
        ("bank-card", "6222021234567890128"),
        ("business-voucher", "upload:8f14e45f"),
    ];
    fields.as_object_mut().unwrap().extend(more.map(|(item, value)| (item.to_owned(), value.into())));
    let scopes = ["", ".identity-document", ".financial-account"].map(|kind| format!("collect.policy-service{kind}"));
    let consents: Vec<Value> = scopes.iter().map(|scope| yes(scope, None)).collect();
    let form = json!({
        "function": "policy-service",
        "people": [{ "roles": ["applicant"], "fields": fields, "consents": consents }],
        "about": { "record": of.policy, "wish": "surrender" },
    });
    let asked = core.post(&format!("subjects/{}/applications", of.subject), &form).good();
    asked["record"].as_str().unwrap().to_owned()
}

#[test]
fn a_payment_and_a_refund_that_are_killed_are_whole_after_the_restart_and_never_twice() {
    let town = Town::new();
    let pauses = |round: u32, nth: u64| (u64::from(round) * 17 + nth * 23) % LONGEST;
    let (mut told_late, mut decided_late) = (0, 0);
    for round in 0..ROUNDS {
        let who = person(600 + round);
        let server = town.at.serve();
        let from = server.size();
        let of = town.insured(&server, &who);

        // Killed while the customer begins to pay: the order is open here or not, and there once.
        let mut browser = enter(&server, &of.subject);
        let page = browser.get(&of.page());
        killed_while(server, pauses(round, 1), || browser.try_answer(&page, &[]).is_ok());
        let server = town.at.serve();
        let mut browser = enter(&server, &of.subject);
        let page = browser.get(&of.page());
        if town.stands(&server, &of) == "due" {
            browser.answer(&page, &[], |_| true);
        }
        browser.get(&of.page());
        assert_eq!((town.stands(&server, &of).as_str(), town.network.money(of.number())), ("ordered", (0, 0, 0)));

        // Paid, and killed while the network tells it: known after the restart, if not before.
        let paid = killed_while(server, pauses(round, 2), || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(town.network.pay_and_tell(of.number()))
        });
        told_late += u32::from(!paid.is_ok_and(|status| (200..300).contains(&status)));
        let server = town.at.serve();
        assert_eq!(town.stands(&server, &of), "paid", "round {round}");
        assert_eq!(town.told(&server, from, "paid"), [None], "round {round}: once");
        let core = server.caller(&town.core);
        let request = surrender(&core, &of, &who);

        // Killed while the surrender is granted and its part goes back.
        let decision = json!({ "decided": "accepted", "refund": FEN.1 });
        let path = format!("services/{request}/decision");
        let answer = killed_while(server, pauses(round, 3), || core.try_post(&path, &decision));
        decided_late += u32::from(answer.is_err());
        let server = town.at.serve();
        let core = server.caller(&town.core);
        if town.stands(&server, &of) == "paid" {
            assert!(answer.is_err(), "round {round}: what was acknowledged is lost");
            core.post(&path, &decision).good();
        }
        core.post(&path, &decision).problem(422, "wrong");
        // The network says that it is on its way at first, and back when it is asked again.
        let mut browser = enter(&server, &of.subject);
        let page = browser.get(&of.page());
        if town.stands(&server, &of) == "returning" {
            browser.choose(&page, "/look", &[]);
        }
        assert_eq!(town.stands(&server, &of), "returned", "round {round}");
        assert_eq!(town.network.money(of.number()), (FEN.0, FEN.1, 1), "round {round}: paid once, one part back");
        assert_eq!(town.told(&server, from, "returned"), [Some(FEN.1)], "round {round}: once");
        assert_eq!(town.told(&server, from, "surrender-accepted"), [Some(FEN.1)], "round {round}: once");
        server.stop();
    }
    println!("{told_late} of {ROUNDS} payments were known by asking, {decided_late} decisions had no answer");
    assert!(town.at.admin(&["fsck"]).fine().contains("clean"));
}
