//! Payment by WeChat Pay, API v3 (微信支付商户文档中心, "APIv3 接口规则", "Native 下单", "JSAPI/小程序下单",
//! "支付成功回调通知", "关闭订单", "申请退款", "退款结果通知").
//!
//! Requests are signed `WECHATPAY2-SHA256-RSA2048` with the merchant's key; answers and notifications are signed with
//! WeChat Pay's, and what a notification says is sealed with AES-256-GCM under the merchant's APIv3 key. An answer whose
//! signature does not hold is believed in nothing, not even in its errors.

pub(crate) mod sealed;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use desk::ports::{Clock, Notification, Order, Outside, Payment, PaymentState, Prepaid, Refund, Refunded, Standing};
use jiff::Timestamp;
use model::{Clear, Entropy, Slug};
use serde::Deserialize;
use serde_json::json;

use crate::line::{Headers, Line, Reply};
use crate::pem;

/// WeChat Pay's own address.
pub const ORIGIN: &str = "https://api.mch.weixin.qq.com";

/// The name of the signature, as it stands in `authorization`.
pub(crate) const SCHEME: &str = "WECHATPAY2-SHA256-RSA2048";

/// A signature older than this, in seconds, is a replay.
pub(crate) const FRESH: i64 = 300;

/// The merchant account of one platform. Keys are the text of PEM files.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Merchant {
    /// `appid` of the official account or app that the orders belong to.
    pub app: String,
    /// `mchid`.
    pub merchant: String,
    /// Serial number of the merchant's API certificate.
    pub serial: String,
    /// The merchant's private key, PKCS #8.
    pub key: String,
    /// APIv3 key: 32 characters.
    pub sealing_key: String,
    /// Id of WeChat Pay's public key, or serial number of its platform certificate.
    pub peer_serial: String,
    /// That public key (SubjectPublicKeyInfo).
    pub peer_key: String,
    /// Address that notifications are posted to; `{platform}` in it stands for the platform's id.
    pub notify: String,
}

/// Who takes money for whom.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Merchants {
    /// Merchant accounts by platform: each handler is paid into its own.
    #[serde(default)]
    pub platforms: BTreeMap<Slug, Merchant>,
    /// The account of every other platform; only where all of them are one company's.
    #[serde(default)]
    pub other: Option<Merchant>,
}

/// A merchant account with its keys read.
pub(crate) struct Account {
    app: String,
    merchant: String,
    serial: String,
    key: KeyPair,
    sealing: [u8; 32],
    peer_serial: String,
    peer_key: Vec<u8>,
    notify: String,
}

impl Account {
    fn read(merchant: &Merchant) -> Option<Self> {
        Some(Self {
            app: merchant.app.clone(),
            merchant: merchant.merchant.clone(),
            serial: merchant.serial.clone(),
            key: KeyPair::from_pkcs8(&pem::block(&merchant.key, "PRIVATE KEY")?).ok()?,
            sealing: merchant.sealing_key.as_bytes().try_into().ok()?,
            peer_serial: merchant.peer_serial.clone(),
            peer_key: pem::block(&merchant.peer_key, "PUBLIC KEY")?,
            notify: merchant.notify.clone(),
        })
    }
}

/// A merchant account that cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "merchant account {0} cannot be used: `key` is a PKCS #8 private key of RSA in PEM, `peer-key` a public key in PEM, \
     `sealing-key` has 32 characters"
)]
pub struct UnusableAccount(pub String);

/// Payment by WeChat Pay, for every platform that has a merchant account.
pub struct WechatPay {
    line: Line,
    accounts: BTreeMap<Slug, Arc<Account>>,
    other: Option<Arc<Account>>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl WechatPay {
    /// `origin`: [`ORIGIN`], or a simulator's.
    ///
    /// # Errors
    /// [`UnusableAccount`].
    pub fn new(
        origin: &str,
        patience: Duration,
        merchants: &Merchants,
        (clock, entropy): (Arc<dyn Clock>, Arc<dyn Entropy>),
    ) -> Result<Self, UnusableAccount> {
        let read = |merchant: &Merchant| {
            Account::read(merchant).map(Arc::new).ok_or_else(|| UnusableAccount(merchant.merchant.clone()))
        };
        let each = merchants.platforms.iter().map(|(platform, merchant)| Ok((platform.clone(), read(merchant)?)));
        let accounts = each.collect::<Result<_, _>>()?;
        let other = merchants.other.as_ref().map(read).transpose()?;
        Ok(Self { line: Line::new(origin, patience), accounts, other, clock, entropy })
    }

    fn account(&self, platform: &Slug) -> Result<Arc<Account>, Outside> {
        self.accounts.get(platform).or(self.other.as_ref()).cloned().ok_or(Outside::Nobody)
    }

    fn stamp(&self) -> Stamp {
        Stamp { at: self.clock.now().as_second(), nonce: hex::encode_upper(self.entropy.draw::<16>()) }
    }

    /// The answer's JSON, once its signature was found to hold.
    fn trusted(&self, account: &Account, reply: &Reply) -> Result<serde_json::Value, Outside> {
        let header = |name: &str| reply.header(name).map(str::to_owned);
        self.verified(account, header, &reply.body)?;
        if (200..300).contains(&reply.status) {
            return if reply.body.is_empty() { Ok(json!({})) } else { reply.json() };
        }
        let problem = reply.json()?;
        let code = problem.get("code").and_then(serde_json::Value::as_str).unwrap_or_default();
        tracing::warn!(code, status = reply.status, "WeChat Pay refused a call");
        Err(refusal(reply.status, code))
    }

    /// Whether WeChat Pay signed this, and lately ("如何验证签名").
    fn verified(&self, account: &Account, header: impl Fn(&str) -> Option<String>, body: &[u8]) -> Result<(), Outside> {
        let named = |name: &str| header(name).ok_or(Outside::Untrusted);
        let (at, nonce) = (named("wechatpay-timestamp")?, named("wechatpay-nonce")?);
        let signature = STANDARD.decode(named("wechatpay-signature")?).map_err(|_| Outside::Untrusted)?;
        let age = self.clock.now().as_second() - at.parse::<i64>().map_err(|_| Outside::Untrusted)?;
        if age.abs() > FRESH || named("wechatpay-serial")? != account.peer_serial {
            return Err(Outside::Untrusted);
        }
        let message = lines(&[at.as_bytes(), nonce.as_bytes(), body]);
        let peer = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &account.peer_key);
        peer.verify(&message, &signature).map_err(|_| Outside::Untrusted)
    }

    /// Parameters for the script in the app ("JSAPI 调起支付").
    fn script(&self, account: &Account, prepay: &str) -> Result<Prepaid, Outside> {
        let Stamp { at, nonce } = self.stamp();
        let (at, package) = (at.to_string(), format!("prepay_id={prepay}"));
        let message = lines(&[account.app.as_bytes(), at.as_bytes(), nonce.as_bytes(), package.as_bytes()]);
        let signature = sign(&account.key, &message).ok_or(Outside::Unaccepted)?;
        Ok(Prepaid::Script(BTreeMap::from([
            ("appId", account.app.clone()),
            ("timeStamp", at),
            ("nonceStr", nonce),
            ("package", package),
            ("signType", "RSA".to_owned()),
            ("paySign", signature),
        ])))
    }
}

/// Instant and nonce of a signature.
struct Stamp {
    at: i64,
    nonce: String,
}

#[async_trait]
impl Payment for WechatPay {
    async fn order(&self, order: Order) -> Result<Prepaid, Outside> {
        let account = self.account(&order.platform)?;
        let in_app = order.payer.is_some();
        let path = if in_app { "/v3/pay/transactions/jsapi" } else { "/v3/pay/transactions/native" };
        let mut body = json!({
            "appid": account.app,
            "mchid": account.merchant,
            "description": order.description,
            "out_trade_no": order.number,
            "notify_url": account.notify.replace("{platform}", order.platform.as_str()),
            "amount": { "total": order.fen, "currency": "CNY" },
        });
        let body = match order.payer {
            None => Clear::new(body.to_string().into_bytes()),
            Some(payer) => payer.map(|payer| {
                if let Some(fields) = body.as_object_mut() {
                    fields.insert("payer".to_owned(), json!({ "openid": payer }));
                }
                body.to_string().into_bytes()
            }),
        };
        let (signer, stamp) = (Arc::clone(&account), self.stamp());
        let sign = move |bytes: &[u8]| authorised(&signer, "POST", path, &stamp, bytes);
        let answer = self.trusted(&account, &self.line.post(path, body, sign).await?)?;
        let told = |name: &str| answer.get(name).and_then(serde_json::Value::as_str).ok_or(Outside::Untrusted);
        if in_app { self.script(&account, told("prepay_id")?) } else { Ok(Prepaid::Scan(told("code_url")?.to_owned())) }
    }

    async fn query(&self, platform: &Slug, order: &str) -> Result<Option<Standing>, Outside> {
        let account = self.account(platform)?;
        if !is_number(order) {
            return Ok(None);
        }
        let path = format!("/v3/pay/transactions/out-trade-no/{order}?mchid={}", account.merchant);
        let headers = authorised(&account, "GET", &path, &self.stamp(), b"");
        let reply = self.line.get(&path, headers).await?;
        match self.trusted(&account, &reply) {
            Err(Outside::Refused) if reply.status == 404 => Ok(None),
            answer => standing(&account, &answer?).map(Some),
        }
    }

    async fn close(&self, platform: &Slug, order: &str) -> Result<(), Outside> {
        let account = self.account(platform)?;
        if !is_number(order) {
            return Err(Outside::Refused);
        }
        let path = format!("/v3/pay/transactions/out-trade-no/{order}/close");
        let body = Clear::new(json!({ "mchid": account.merchant }).to_string().into_bytes());
        let (signer, stamp, signed) = (Arc::clone(&account), self.stamp(), path.clone());
        let sign = move |bytes: &[u8]| authorised(&signer, "POST", &signed, &stamp, bytes);
        let reply = self.line.post(&path, body, sign).await?;
        match self.trusted(&account, &reply) {
            // Closed before.
            Err(Outside::Refused) if code(&reply).as_deref() == Some("ORDER_CLOSED") => Ok(()),
            answer => answer.map(drop),
        }
    }

    async fn refund(&self, refund: Refund) -> Result<Refunded, Outside> {
        let account = self.account(&refund.platform)?;
        let path = "/v3/refund/domestic/refunds";
        let body = json!({
            "out_trade_no": refund.order,
            "out_refund_no": refund.number,
            "amount": { "refund": refund.fen, "total": refund.total, "currency": "CNY" },
        });
        let (signer, stamp) = (Arc::clone(&account), self.stamp());
        let sign = move |bytes: &[u8]| authorised(&signer, "POST", path, &stamp, bytes);
        let reply = self.line.post(path, Clear::new(body.to_string().into_bytes()), sign).await?;
        let answer = self.trusted(&account, &reply)?;
        match answer.get("status").and_then(serde_json::Value::as_str) {
            Some("SUCCESS") => Ok(Refunded::Back),
            Some("PROCESSING") => Ok(Refunded::Going),
            Some("CLOSED" | "ABNORMAL") => Ok(Refunded::Stuck),
            _ => Err(Outside::Untrusted),
        }
    }

    fn notification(
        &self,
        platform: &Slug,
        headers: &BTreeMap<String, String>,
        body: &[u8],
    ) -> Result<Notification, Outside> {
        let account = self.account(platform)?;
        self.verified(&account, |name| headers.get(name).cloned(), body)?;
        let posted: Posted = serde_json::from_slice(body).map_err(|_| Outside::Untrusted)?;
        let opened = sealed::open(&account.sealing, &posted.resource).ok_or(Outside::Untrusted)?;
        let opened = serde_json::from_slice(&opened).map_err(|_| Outside::Untrusted)?;
        let read = if posted.event_type.starts_with(REFUND) { returned } else { standing };
        Ok(Notification { event: posted.id, standing: read(&account, &opened)? })
    }
}

/// What is posted to the notify address.
#[derive(Deserialize)]
struct Posted {
    id: String,
    event_type: String,
    resource: sealed::Resource,
}

/// A transaction, as queries answer it and notifications seal it.
#[derive(Deserialize)]
struct Transaction {
    mchid: String,
    out_trade_no: String,
    #[serde(rename = "transaction_id")]
    number: Option<String>,
    trade_state: String,
    success_time: Option<Timestamp>,
    amount: Option<Amount>,
}

#[derive(Deserialize)]
struct Amount {
    total: Option<u32>,
}

fn standing(account: &Account, answer: &serde_json::Value) -> Result<Standing, Outside> {
    let told = Transaction::deserialize(answer).map_err(|_| Outside::Untrusted)?;
    if told.mchid != account.merchant {
        return Err(Outside::Untrusted);
    }
    let state = match told.trade_state.as_str() {
        "SUCCESS" => PaymentState::Paid,
        "REFUND" => PaymentState::Returned,
        "NOTPAY" | "USERPAYING" | "ACCEPT" => PaymentState::Open,
        "CLOSED" | "REVOKED" | "PAYERROR" => PaymentState::Closed,
        _ => return Err(Outside::Untrusted),
    };
    Ok(Standing {
        order: told.out_trade_no,
        transaction: told.number.filter(|number| !number.is_empty()),
        state,
        fen: told.amount.and_then(|amount| amount.total),
        back: None,
        at: told.success_time,
    })
}

/// What notifications of refunds are called: `REFUND.SUCCESS`, `.ABNORMAL`, `.CLOSED`.
const REFUND: &str = "REFUND.";

/// A refund, as its notification seals it ("退款结果通知").
#[derive(Deserialize)]
struct Returned {
    mchid: String,
    out_trade_no: String,
    #[serde(rename = "transaction_id")]
    number: String,
    refund_status: String,
    success_time: Option<Timestamp>,
    amount: ReturnedAmount,
}

#[derive(Deserialize)]
struct ReturnedAmount {
    total: u32,
    refund: u32,
}

/// How the order stands of which a refund is told: paid as before where nothing went back.
fn returned(account: &Account, answer: &serde_json::Value) -> Result<Standing, Outside> {
    let told = Returned::deserialize(answer).map_err(|_| Outside::Untrusted)?;
    if told.mchid != account.merchant {
        return Err(Outside::Untrusted);
    }
    let state = match told.refund_status.as_str() {
        "SUCCESS" => PaymentState::Returned,
        "CLOSED" | "ABNORMAL" | "PROCESSING" => PaymentState::Paid,
        _ => return Err(Outside::Untrusted),
    };
    Ok(Standing {
        order: told.out_trade_no,
        transaction: Some(told.number),
        state,
        fen: Some(told.amount.total),
        back: Some(told.amount.refund).filter(|_| state == PaymentState::Returned),
        at: told.success_time,
    })
}

/// Whether this can be a number of ours, and stand in a path.
fn is_number(order: &str) -> bool {
    order.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

/// The code of an error document.
fn code(reply: &Reply) -> Option<String> {
    reply.json().ok()?.get("code")?.as_str().map(str::to_owned)
}

/// What an error code asks for ("公共错误码").
fn refusal(status: u16, code: &str) -> Outside {
    match (status, code) {
        (429, _) | (_, "FREQUENCY_LIMITED" | "RATELIMIT_EXCEEDED") => Outside::Busy,
        (500.., _) => Outside::TimedOut,
        (401, _) | (_, "NO_AUTH" | "SIGN_ERROR" | "APPID_MCHID_NOT_MATCH" | "MCH_NOT_EXISTS") => Outside::Unaccepted,
        _ => Outside::Refused,
    }
}

/// Headers of a signed request ("如何构造请求签名").
fn authorised(account: &Account, method: &str, path: &str, stamp: &Stamp, body: &[u8]) -> Headers {
    let at = stamp.at.to_string();
    let message = lines(&[method.as_bytes(), path.as_bytes(), at.as_bytes(), stamp.nonce.as_bytes(), body]);
    // Without a signature the other side refuses, and says so.
    let signature = sign(&account.key, &message).unwrap_or_default();
    let value = format!(
        "{SCHEME} mchid=\"{}\",nonce_str=\"{}\",signature=\"{signature}\",timestamp=\"{at}\",serial_no=\"{}\"",
        account.merchant, stamp.nonce, account.serial
    );
    vec![
        ("authorization", value),
        ("accept", "application/json".to_owned()),
        ("content-type", "application/json".to_owned()),
        ("user-agent", "shouyue".to_owned()),
    ]
}

/// Fields of a message to sign, a line each.
pub(crate) fn lines(fields: &[&[u8]]) -> Vec<u8> {
    fields.iter().flat_map(|field| [field, b"\n".as_slice()].concat()).collect()
}

/// SHA-256 with RSA (PKCS #1 v1.5), in base64.
pub(crate) fn sign(key: &KeyPair, message: &[u8]) -> Option<String> {
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).ok()?;
    Some(STANDARD.encode(signature))
}

#[cfg(test)]
mod tests;
