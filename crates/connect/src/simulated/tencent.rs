//! Tencent Cloud without a cloud: enforces the protocol of [`crate::tencent`], compares names and faces after a fashion,
//! and delivers messages to telephones in memory.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use desk::ports::Clock;
use jiff::Timestamp;
use model::{Entropy, Slug};
use serde_json::{Value, json};

use super::Mood;
use super::loopback::{Answer, Call, Loopback};
use crate::tencent::{ApiKey, FRESH, SmsNotices, SmsTexts, authorization};

/// How many messages are kept; the oldest go first.
const KEPT: usize = 64;

/// Smallest picture in which a face could be told, in bytes.
const SMALLEST: usize = 512;

/// The account, as its holder reads it in the vendor's console. It opens nothing but this simulator.
const ID: &str = "AKIDsimulated000000000000000000000000";
const APP: &str = "1400000001";
const SIGN: &str = "Shouyue";
const CODE: &str = "1000001";
const NOTICE: &str = "1000002";

/// Most signs of one parameter of a notice ("变量规范").
const LONGEST: usize = 6;

/// One message as it lies in a telephone.
struct Message {
    phone: String,
    /// What stands in it, by the approved text.
    words: Vec<String>,
    is_code: bool,
}

/// FaceID and SMS of one account, on this machine.
///
/// The register knows every name with every number but those whose sequence number is 999; a face is anybody's on a picture
/// large enough to show one. It compares nothing: who runs it for real customers must name the vendor instead.
pub struct SimulatedTencent {
    server: Loopback,
    cloud: Arc<Cloud>,
    key: ApiKey,
}

struct Cloud {
    mood: Mood,
    key: ApiKey,
    messages: Mutex<VecDeque<Message>>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl SimulatedTencent {
    /// Starts it.
    ///
    /// # Errors
    /// When the machine has no port.
    pub fn start(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> io::Result<Self> {
        let key = ApiKey { id: ID.to_owned(), secret: hex::encode(entropy.draw::<16>()) };
        let (mood, messages) = (Mood::default(), Mutex::default());
        let cloud = Arc::new(Cloud { mood, key: key.clone(), messages, clock, entropy });
        let serving = Arc::clone(&cloud);
        let server = Loopback::start(move |call| serving.mood.answer(|| serving.answer(call)))?;
        Ok(Self { server, cloud, key })
    }

    /// Its address.
    pub fn origin(&self) -> String {
        self.server.origin()
    }

    /// The account's key.
    pub fn key(&self) -> ApiKey {
        self.key.clone()
    }

    /// The account's approved texts.
    pub fn texts(&self) -> SmsTexts {
        SmsTexts { app: APP.to_owned(), sign: SIGN.to_owned(), code: CODE.to_owned() }
    }

    /// The account's approved notices, of one platform.
    pub fn notices(&self, platform: Slug) -> SmsNotices {
        let templates = std::iter::once((platform, NOTICE.to_owned())).collect();
        SmsNotices { app: APP.to_owned(), sign: SIGN.to_owned(), templates }
    }

    /// The notices that lie in a telephone, oldest first: the parameters of each.
    pub fn notices_for(&self, phone: &str) -> Vec<Vec<String>> {
        let messages = self.cloud.messages.lock().unwrap_or_else(PoisonError::into_inner);
        let own = messages.iter().filter(|message| message.phone == phone && !message.is_code);
        own.map(|message| message.words.clone()).collect()
    }

    /// How it behaves from now on.
    pub fn mood(&self) -> &Mood {
        &self.cloud.mood
    }

    /// The newest code sent to a number, as its owner would read it on the telephone. Only the demo's inbox and tests
    /// ask; a real network has no such call.
    pub fn newest_for(&self, phone: &str) -> Option<String> {
        let messages = self.cloud.messages.lock().unwrap_or_else(PoisonError::into_inner);
        newest(&messages, phone)
    }

    /// The newest code sent to a number, read and thrown away with those before it: what comes next is new.
    pub fn take_for(&self, phone: &str) -> Option<String> {
        // Read and thrown away under one lock: what arrived between the two would be thrown away unread.
        let mut messages = self.cloud.messages.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = newest(&messages, phone);
        messages.retain(|message| message.phone != phone || !message.is_code);
        newest
    }
}

impl Cloud {
    fn answer(&self, call: &Call) -> Answer {
        let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
        let action = call.header("x-tc-action").unwrap_or_default();
        let version = call.header("x-tc-version").unwrap_or_default();
        let told = match self.admits(call, action) {
            Err(code) => Err(code),
            Ok(()) => match (action, version) {
                ("IdCardVerification", "2018-03-01") => named(&body),
                ("ImageRecognition", "2018-03-01") => faced(&body),
                ("SendSms", "2021-01-11") => self.sent(&body),
                (_, "2018-03-01" | "2021-01-11") => Err("InvalidAction"),
                _ => Err("NoSuchVersion"),
            },
        };
        let request = hex::encode(self.entropy.draw::<16>());
        let response = match told {
            Ok(mut told) => {
                if let Some(fields) = told.as_object_mut() {
                    fields.insert("RequestId".to_owned(), json!(request));
                }
                told
            }
            Err(code) => json!({ "Error": { "Code": code, "Message": "simulated" }, "RequestId": request }),
        };
        // Errors come with status 200, too ("返回结果").
        Answer::json(200, &json!({ "Response": response }))
    }

    /// Whether the account signed these very bytes, lately, for the host of the action's product.
    fn admits(&self, call: &Call, action: &str) -> Result<(), &'static str> {
        let at = call.header("x-tc-timestamp").and_then(|at| at.parse::<i64>().ok());
        let at = at.and_then(|second| Timestamp::from_second(second).ok()).ok_or("InvalidParameter")?;
        if (self.clock.now().as_second() - at.as_second()).abs() > FRESH {
            return Err("AuthFailure.SignatureExpire");
        }
        let given = call.header("authorization").ok_or("AuthFailure.InvalidAuthorization")?;
        if !given.contains(&format!("Credential={ID}/")) {
            return Err("AuthFailure.SecretIdNotFound");
        }
        let product = if action == "SendSms" { "sms" } else { "faceid" };
        let host = format!("{product}.tencentcloudapi.com");
        let kind = call.header("content-type").unwrap_or_default();
        let right = authorization(&self.key, product, &host, (kind, &call.body), at);
        let same = call.method == "POST" && call.path == "/" && call.header("host") == Some(&host) && *given == right;
        if same { Ok(()) } else { Err("AuthFailure.SignatureFailure") }
    }

    /// Routes what a telephone network of the mainland routes.
    fn sent(&self, body: &Value) -> Result<Value, &'static str> {
        let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        if text("/SmsSdkAppId") != APP {
            return Err("UnauthorizedOperation.SmsSdkAppIdVerifyFail");
        }
        if text("/SignName") != SIGN {
            return Err("FailedOperation.SignatureIncorrectOrUnapproved");
        }
        let words = body.pointer("/TemplateParamSet").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let words: Vec<String> = words.iter().map(|word| word.as_str().unwrap_or_default().to_owned()).collect();
        let is_code = match text("/TemplateId") {
            CODE => true,
            NOTICE => false,
            _ => return Err("FailedOperation.TemplateIncorrectOrUnapproved"),
        };
        if words.len() != if is_code { 1 } else { 3 } {
            return Err("FailedOperation.TemplateParamSetNotMatchApprovedTemplate");
        }
        if words.iter().any(|word| word.chars().count() > LONGEST) {
            return Err("InvalidParameterValue.TemplateParameterLengthLimit");
        }
        let phone = text("/PhoneNumberSet/0").strip_prefix("+86").unwrap_or_default();
        let routed = phone.len() == 11 && phone.starts_with('1') && phone.bytes().all(|byte| byte.is_ascii_digit());
        if routed {
            let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
            if messages.len() == KEPT {
                messages.pop_front();
            }
            messages.push_back(Message { phone: phone.to_owned(), words, is_code });
        }
        let code = if routed { "Ok" } else { "InvalidParameterValue.IncorrectPhoneNumber" };
        Ok(json!({ "SendStatusSet": [{ "Code": code, "Fee": u8::from(routed), "IsoCode": "CN" }] }))
    }
}

fn newest(messages: &VecDeque<Message>, phone: &str) -> Option<String> {
    let newest = messages.iter().rfind(|message| message.phone == phone && message.is_code);
    newest.and_then(|message| message.words.first().cloned())
}

fn named(body: &Value) -> Result<Value, &'static str> {
    let (_, number) = pair(body)?;
    let result = if number.len() != 18 {
        "-2"
    } else if number.get(14..17) == Some("999") {
        "-1"
    } else {
        "0"
    };
    Ok(json!({ "Result": result, "Description": "simulated" }))
}

fn faced(body: &Value) -> Result<Value, &'static str> {
    pair(body)?;
    let picture = body.get("ImageBase64").and_then(Value::as_str).and_then(|image| STANDARD.decode(image).ok());
    let picture = picture.ok_or("InvalidParameterValue")?;
    if !is_picture(&picture) {
        return Err("FailedOperation.ImageDecodeFailed");
    }
    let told = if picture.len() >= SMALLEST {
        json!({ "Result": "Success", "Sim": 97.4 })
    } else {
        json!({ "Result": "FailedOperation.CompareLowSimilarity", "Sim": 21.0 })
    };
    Ok(told)
}

/// Name and number of a body; both are demanded.
fn pair(body: &Value) -> Result<(&str, &str), &'static str> {
    let text = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    text("Name").zip(text("IdCard")).ok_or("MissingParameter")
}

/// PNG (ISO/IEC 15948) or JPEG (ITU-T T.81), by their first bytes.
fn is_picture(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x89PNG\r\n\x1a\n") || bytes.starts_with(b"\xff\xd8\xff")
}
