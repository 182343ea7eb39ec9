//! WeChat Pay without money: enforces the protocol of [`crate::wechat_pay`] and notifies as the real one does. Who scans a
//! code pays on a page of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use desk::ports::{Clock, Outside};
use model::{Clear, Entropy};
use serde_json::{Value, json};

use super::Mood;
use super::accounts::{fields, filled, html, query, sheet};
use super::loopback::{Answer, Call, Loopback};
use crate::line::{Line, PATIENCE};
use crate::wechat_pay::{FRESH, Merchant, SCHEME, lines, sealed, sign};

/// WeChat Pay's notification, as it is posted.
pub struct Notice {
    /// Headers by name in lower case.
    pub headers: BTreeMap<String, String>,
    /// Body.
    pub body: Vec<u8>,
}

/// A payment network on this machine, with one merchant.
pub struct SimulatedWechatPay {
    server: Loopback,
    network: Arc<Network>,
    merchant: Merchant,
}

struct Network {
    mood: Mood,
    peer: KeyPair,
    merchant_key: Vec<u8>,
    sealing: [u8; 32],
    orders: Mutex<BTreeMap<String, Held>>,
    nonces: Mutex<BTreeSet<String>>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

/// An order as the network knows it.
#[derive(Clone)]
struct Held {
    fen: u64,
    description: String,
    notify: String,
    scan: String,
    /// Event, transaction, instant, once it is paid.
    paid: Option<(String, String, String)>,
    /// Nobody can pay it any more.
    closed: bool,
    /// Refunds by their number: amount, and how often they were asked for.
    refunds: BTreeMap<String, (u64, u32)>,
}

impl Held {
    fn returned(&self) -> u64 {
        self.refunds.values().map(|(fen, _)| fen).sum()
    }
}

const MERCHANT: &str = "1900000001";
const APP: &str = "wx0000000000000001";
const SERIAL: &str = "5157F09EFDC096DE15EBE81A47057A7200000001";
const PEER_SERIAL: &str = "PUB_KEY_ID_0119000000012026000000000000000001";

impl SimulatedWechatPay {
    /// `notify`: where notifications go; `{platform}` in it stands for the platform's id.
    ///
    /// # Errors
    /// When the machine has no port or no key.
    pub fn start(notify: &str, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> io::Result<Self> {
        let drawn = || KeyPair::generate(KeySize::Rsa2048).map_err(io::Error::other);
        let (peer, own) = (drawn()?, drawn()?);
        let letters = hex::encode(entropy.draw::<16>());
        let der = |key: &KeyPair| -> io::Result<(Vec<u8>, Vec<u8>)> {
            let private = AsDer::<Pkcs8V1Der<'_>>::as_der(key).map_err(io::Error::other)?;
            let public = AsDer::<PublicKeyX509Der<'_>>::as_der(key.public_key()).map_err(io::Error::other)?;
            Ok((private.as_ref().to_vec(), public.as_ref().to_vec()))
        };
        let ((own_private, own_public), (_, peer_public)) = (der(&own)?, der(&peer)?);
        let merchant = Merchant {
            app: APP.to_owned(),
            merchant: MERCHANT.to_owned(),
            serial: SERIAL.to_owned(),
            key: pem("PRIVATE KEY", &own_private),
            sealing_key: letters.clone(),
            peer_serial: PEER_SERIAL.to_owned(),
            peer_key: pem("PUBLIC KEY", &peer_public),
            notify: notify.to_owned(),
        };
        let network = Arc::new(Network {
            mood: Mood::default(),
            peer,
            merchant_key: own_public,
            sealing: letters.as_bytes().try_into().map_err(io::Error::other)?,
            orders: Mutex::default(),
            nonces: Mutex::default(),
            clock,
            entropy,
        });
        let serving = Arc::clone(&network);
        let server = Loopback::start(move |call| serving.mood.answer(|| serving.answer(call)))?;
        Ok(Self { server, network, merchant })
    }

    /// Its address.
    pub fn origin(&self) -> String {
        self.server.origin()
    }

    /// The account of its only merchant.
    pub fn merchant(&self) -> Merchant {
        self.merchant.clone()
    }

    /// How it behaves from now on.
    pub fn mood(&self) -> &Mood {
        &self.network.mood
    }

    /// The number of the order behind a scanned code; who scans pays it.
    pub fn scanned(&self, code: &str) -> Option<String> {
        self.network.scanned(code)
    }

    /// Where somebody who scanned a code pays it; afterwards one is led back to `back`, a page of who is paid.
    pub fn scan_page(&self, code: &str, back: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let query = query.append_pair("code", code).append_pair("back", back).finish();
        format!("{}{SCAN}?{query}", self.origin())
    }

    /// The payer pays. Gives the notification; none for an order that nobody opened, or that is closed. Paying twice gives
    /// the same event.
    pub fn pay(&self, number: &str) -> Option<Notice> {
        self.network.pay(number)
    }

    /// The money of a refund is back. Gives the notification; none for a refund that nobody asked for. The event is the
    /// refund's: told again, it is the same.
    pub fn give_back(&self, order: &str, refund: &str) -> Option<Notice> {
        self.network.give_back(order, refund)
    }

    /// The money of an order: what was paid, what went back, and by how many refunds.
    pub fn money(&self, number: &str) -> (u64, u64, usize) {
        let orders = self.network.orders();
        let held = orders.get(number);
        let paid = held.filter(|held| held.paid.is_some()).map_or(0, |held| held.fen);
        (paid, held.map_or(0, Held::returned), held.map_or(0, |held| held.refunds.len()))
    }

    /// The payer pays, and the merchant is told over HTTP, as the real one does; its status is given back. Other than 200
    /// or 204, the real one tries again for a day.
    ///
    /// # Errors
    /// [`Outside::Refused`] for an order that nobody opened; [`Outside::TimedOut`] when the merchant does not answer.
    pub async fn pay_and_tell(&self, number: &str) -> Result<u16, Outside> {
        let (network, number) = (Arc::clone(&self.network), number.to_owned());
        let told = tokio::task::spawn_blocking(move || network.pay_and_tell(&number));
        told.await.unwrap_or(Err(Outside::TimedOut))
    }
}

/// The page on which a code is paid.
const SCAN: &str = "/scan";

const PAGE: &str = include_str!("../../templates/cashier.html");
const PAY: &str = include_str!("../../templates/cashier_pay.html");
const DONE: &str = include_str!("../../templates/cashier_done.html");

impl Network {
    fn orders(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Held>> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pay(&self, number: &str) -> Option<Notice> {
        let mut orders = self.orders();
        let held = orders.get_mut(number).filter(|held| !held.closed)?;
        if held.paid.is_none() {
            let (event, transaction) = (self.entropy.draw::<16>(), self.entropy.draw::<14>());
            let at = self.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
            held.paid = Some((hex::encode(event), hex::encode(transaction), at));
        }
        let held = held.clone();
        drop(orders);
        self.notice(number, &held)
    }

    fn pay_and_tell(&self, number: &str) -> Result<u16, Outside> {
        let notice = self.pay(number).ok_or(Outside::Refused)?;
        let notify = self.orders().get(number).map(|held| held.notify.clone()).unwrap_or_default();
        let (origin, path) = apart(&notify);
        let known =
            ["wechatpay-timestamp", "wechatpay-nonce", "wechatpay-signature", "wechatpay-serial", "content-type"];
        let headers: Vec<_> =
            known.into_iter().map(|name| (name, notice.headers.get(name).cloned().unwrap_or_default())).collect();
        let line = Line::new(origin, PATIENCE);
        Ok(line.post_and_wait(path, &Clear::new(notice.body), move |_| headers.clone())?.status)
    }

    /// What somebody with the network's app does.
    fn app(&self, call: &Call) -> Option<Answer> {
        let (path, asked) = query(call);
        match (call.method.as_str(), path) {
            ("GET", "/authorise.css") => Some(sheet()),
            ("GET", SCAN) => Some(self.till(&asked, None)),
            ("POST", SCAN) => {
                let form = fields(&String::from_utf8_lossy(&call.body));
                let number = form.get("code").and_then(|code| self.scanned(code)).unwrap_or_default();
                Some(self.till(&form, Some(self.pay_and_tell(&number))))
            }
            _ => None,
        }
    }

    fn scanned(&self, code: &str) -> Option<String> {
        self.orders().iter().find(|(_, held)| held.scan == code).map(|(number, _)| number.clone())
    }

    /// The page of one code: what it costs, or what came of paying it.
    fn till(&self, asked: &BTreeMap<String, String>, told: Option<Result<u16, Outside>>) -> Answer {
        let asked = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
        let held = self.scanned(asked("code")).and_then(|number| self.orders().get(&number).cloned());
        let Some(held) = held else { return html(404, &PAGE.replace("{content}", "")) };
        let back = Some(asked("back")).filter(|back| apart(back).0 == apart(&held.notify).0).unwrap_or_default();
        let content = if told.is_none() { PAY } else { DONE };
        let status = match told {
            None => String::new(),
            Some(Ok(status)) => status.to_string(),
            Some(Err(silence)) => silence.to_string(),
        };
        let blanks = [
            ("code", asked("code")),
            ("back", back),
            ("status", status.as_str()),
            ("description", held.description.as_str()),
            ("yuan", &format!("{}.{:02}", held.fen / 100, held.fen % 100)),
        ];
        html(200, &PAGE.replace("{content}", &filled(content, &blanks)))
    }

    fn answer(&self, call: &Call) -> Answer {
        if let Some(page) = self.app(call) {
            return page;
        }
        if !self.admits(call) {
            return self.signed(problem(401, "SIGN_ERROR"));
        }
        let (path, query) = call.path.split_once('?').unwrap_or((&call.path, ""));
        let answer = match (call.method.as_str(), path) {
            ("POST", "/v3/pay/transactions/native") => self.opened(&call.body, false),
            ("POST", "/v3/pay/transactions/jsapi") => self.opened(&call.body, true),
            ("POST", "/v3/refund/domestic/refunds") => self.refunded(&call.body),
            ("POST", path) if path.ends_with("/close") => self.closed(path),
            ("GET", path) if query == format!("mchid={MERCHANT}") => {
                match path.strip_prefix("/v3/pay/transactions/out-trade-no/") {
                    Some(number) => self.told(number),
                    None => problem(404, "RESOURCE_NOT_EXISTS"),
                }
            }
            _ => problem(404, "RESOURCE_NOT_EXISTS"),
        };
        self.signed(answer)
    }

    /// Whether the merchant signed the request, lately, and for the first time.
    fn admits(&self, call: &Call) -> bool {
        let Some(named) = call.header("authorization").and_then(|value| value.strip_prefix(SCHEME)) else {
            return false;
        };
        let field = |name: &str| {
            named.split(',').find_map(|field| field.trim().strip_prefix(name)?.strip_prefix("=\"")?.strip_suffix('"'))
        };
        let (Some(at), Some(nonce), Some(signature)) = (field("timestamp"), field("nonce_str"), field("signature"))
        else {
            return false;
        };
        let fresh = at.parse::<i64>().is_ok_and(|at| (self.clock.now().as_second() - at).abs() <= FRESH);
        let message =
            lines(&[call.method.as_bytes(), call.path.as_bytes(), at.as_bytes(), nonce.as_bytes(), &call.body]);
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.merchant_key);
        let holds = STANDARD.decode(signature).is_ok_and(|signature| key.verify(&message, &signature).is_ok());
        let known = field("mchid") == Some(MERCHANT) && field("serial_no") == Some(SERIAL);
        let first = || self.nonces.lock().is_ok_and(|mut nonces| nonces.insert(nonce.to_owned()));
        fresh && holds && known && first()
    }

    fn opened(&self, body: &[u8], in_app: bool) -> Answer {
        let Ok(body) = serde_json::from_slice::<Value>(body) else { return problem(400, "PARAM_ERROR") };
        let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
        let number = text("/out_trade_no").filter(|number| (6..=32).contains(&number.len()));
        let fen = body.pointer("/amount/total").and_then(Value::as_u64).filter(|fen| *fen > 0);
        let whole = text("/appid") == Some(APP) && text("/mchid") == Some(MERCHANT);
        let description = text("/description").filter(|text| text.len() <= 127);
        let payer = !in_app || text("/payer/openid").is_some();
        let (Some(number), Some(fen), Some(notify), Some(description), true, true) =
            (number, fen, text("/notify_url"), description, whole, payer)
        else {
            return problem(400, "PARAM_ERROR");
        };
        let mut orders = self.orders();
        let held = orders.entry(number.to_owned()).or_insert_with(|| Held {
            fen,
            description: description.to_owned(),
            notify: notify.to_owned(),
            scan: format!("weixin://wxpay/bizpayurl?pr={}", hex::encode(self.entropy.draw::<6>())),
            paid: None,
            closed: false,
            refunds: BTreeMap::new(),
        });
        if held.closed {
            return problem(400, "ORDER_CLOSED");
        }
        if held.paid.is_some() {
            return problem(400, "ORDERPAID");
        }
        if held.fen != fen {
            return problem(403, "OUT_TRADE_NO_USED");
        }
        let prepay = format!("wx{}", hex::encode(self.entropy.draw::<16>()));
        let told = if in_app { json!({ "prepay_id": prepay }) } else { json!({ "code_url": held.scan }) };
        Answer::json(200, &told)
    }

    fn closed(&self, path: &str) -> Answer {
        let number =
            path.strip_prefix("/v3/pay/transactions/out-trade-no/").and_then(|rest| rest.strip_suffix("/close"));
        let mut orders = self.orders();
        match number.and_then(|number| orders.get_mut(number)) {
            None => problem(404, "ORDERNOTEXIST"),
            Some(held) if held.paid.is_some() => problem(400, "ORDERPAID"),
            Some(held) if held.closed => problem(400, "ORDER_CLOSED"),
            Some(held) => {
                held.closed = true;
                Answer { status: 204, headers: Vec::new(), body: Vec::new() }
            }
        }
    }

    /// On its way at the first asking, back at the next.
    fn refunded(&self, body: &[u8]) -> Answer {
        let Ok(body) = serde_json::from_slice::<Value>(body) else { return problem(400, "PARAM_ERROR") };
        let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
        let amount = |pointer: &str| body.pointer(pointer).and_then(Value::as_u64);
        let (Some(order), Some(number), Some(fen), Some(total)) =
            (text("/out_trade_no"), text("/out_refund_no"), amount("/amount/refund"), amount("/amount/total"))
        else {
            return problem(400, "PARAM_ERROR");
        };
        let mut orders = self.orders();
        let Some(held) = orders.get_mut(order) else { return problem(404, "RESOURCE_NOT_EXISTS") };
        let again = held.refunds.get(number).copied();
        let too_much = again.is_none() && held.returned() + fen > held.fen;
        if held.paid.is_none() || held.fen != total || too_much || again.is_some_and(|(before, _)| before != fen) {
            return problem(400, "INVALID_REQUEST");
        }
        let (_, times) = held.refunds.entry(number.to_owned()).or_insert((fen, 0));
        *times += 1;
        let status = if *times > 1 { "SUCCESS" } else { "PROCESSING" };
        Answer::json(200, &json!({ "out_trade_no": order, "out_refund_no": number, "status": status }))
    }

    fn told(&self, number: &str) -> Answer {
        match self.orders().get(number) {
            None => problem(404, "ORDERNOTEXIST"),
            Some(held) => Answer::json(200, &transaction(number, held)),
        }
    }

    /// Signs an answer as WeChat Pay signs all of them.
    fn signed(&self, mut answer: Answer) -> Answer {
        for (name, value) in self.signature(&answer.body) {
            answer = answer.with(name, value);
        }
        answer
    }

    fn signature(&self, body: &[u8]) -> [(&'static str, String); 4] {
        let at = self.clock.now().as_second().to_string();
        let nonce = hex::encode(self.entropy.draw::<16>());
        let signature = sign(&self.peer, &lines(&[at.as_bytes(), nonce.as_bytes(), body])).unwrap_or_default();
        let serial = PEER_SERIAL.to_owned();
        [
            ("wechatpay-timestamp", at),
            ("wechatpay-nonce", nonce),
            ("wechatpay-signature", signature),
            ("wechatpay-serial", serial),
        ]
    }

    fn notice(&self, number: &str, held: &Held) -> Option<Notice> {
        let (event, _, at) = held.paid.as_ref()?;
        self.told_of((event, at, "TRANSACTION.SUCCESS"), &transaction(number, held))
    }

    fn give_back(&self, order: &str, refund: &str) -> Option<Notice> {
        let mut orders = self.orders();
        let held = orders.get_mut(order)?;
        let (fen, times) = held.refunds.get_mut(refund)?;
        *times += 1;
        let (_, transaction, at) = held.paid.clone()?;
        let plain = json!({
            "mchid": MERCHANT,
            "out_trade_no": order,
            "transaction_id": transaction,
            "out_refund_no": refund,
            "refund_status": "SUCCESS",
            "success_time": at,
            "amount": { "total": held.fen, "refund": *fen },
        });
        drop(orders);
        self.told_of((&format!("EV-{refund}"), &at, "REFUND.SUCCESS"), &plain)
    }

    /// A notification: its event, instant and kind, and what it seals.
    fn told_of(&self, (event, at, kind): (&str, &str, &str), plain: &Value) -> Option<Notice> {
        let plain = plain.to_string().into_bytes();
        let resource = sealed::seal(&self.sealing, &self.entropy.draw(), &plain)?;
        let body = json!({
            "id": event,
            "create_time": at,
            "event_type": kind,
            "resource_type": "encrypt-resource",
            "resource": resource,
        });
        let body = body.to_string().into_bytes();
        let mut headers: BTreeMap<String, String> =
            self.signature(&body).into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        headers.insert("content-type".to_owned(), "application/json".to_owned());
        Some(Notice { headers, body })
    }
}

fn transaction(number: &str, held: &Held) -> Value {
    let state = match held {
        Held { paid: Some(_), refunds, .. } if !refunds.is_empty() => "REFUND",
        Held { paid: Some(_), .. } => "SUCCESS",
        Held { closed: true, .. } => "CLOSED",
        Held { .. } => "NOTPAY",
    };
    let mut told = json!({
        "appid": APP,
        "mchid": MERCHANT,
        "out_trade_no": number,
        "trade_state": state,
        "amount": { "total": held.fen, "currency": "CNY" },
    });
    if let (Some((_, transaction, at)), Some(fields)) = (&held.paid, told.as_object_mut()) {
        fields.insert("transaction_id".to_owned(), json!(transaction));
        fields.insert("success_time".to_owned(), json!(at));
    }
    told
}

fn problem(status: u16, code: &str) -> Answer {
    Answer::json(status, &json!({ "code": code, "message": "simulated" }))
}

/// An address, before and from its path.
fn apart(address: &str) -> (&str, &str) {
    let slash = address.find("://").and_then(|at| address.get(at + 3..)?.find('/').map(|slash| at + 3 + slash));
    address.split_at_checked(slash.unwrap_or(address.len())).unwrap_or((address, ""))
}

/// A key as the merchant platform hands it out (RFC 7468).
fn pem(kind: &str, der: &[u8]) -> String {
    format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", STANDARD.encode(der))
}
