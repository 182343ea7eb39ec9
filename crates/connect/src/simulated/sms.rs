//! Short messages that arrive in memory, for the demo and for tests.

use std::collections::VecDeque;
use std::sync::Mutex;

use async_trait::async_trait;
use desk::ports::{Outside, Sms};
use model::Clear;

/// How many messages are kept; the oldest go first.
const KEPT: usize = 64;

/// One message as it lies in a telephone.
struct Message {
    phone: String,
    code: String,
}

/// A telephone network in memory.
#[derive(Default)]
pub struct SimulatedSms {
    messages: Mutex<VecDeque<Message>>,
}

impl SimulatedSms {
    /// The newest code sent to a number, as its owner would read it on the telephone. Only the demo's inbox and tests
    /// ask; a real network has no such call.
    pub fn newest_for(&self, phone: &str) -> Option<String> {
        let messages = self.messages.lock().ok()?;
        messages.iter().rfind(|message| message.phone == phone).map(|message| message.code.clone())
    }

    fn deliver(&self, phone: &str, code: &str) -> Option<()> {
        let mut messages = self.messages.lock().ok()?;
        if messages.len() == KEPT {
            messages.pop_front();
        }
        messages.push_back(Message { phone: phone.to_owned(), code: code.to_owned() });
        Some(())
    }
}

#[async_trait]
impl Sms for SimulatedSms {
    /// Refuses numbers that no telephone network of the mainland routes.
    async fn send_code(&self, phone: Clear<String>, code: Clear<String>) -> Result<(), Outside> {
        let routed = phone.within(|number| number.len() == 11 && number.starts_with('1'));
        if !routed {
            return Err(Outside::Refused);
        }
        phone.within(|number| code.within(|digits| self.deliver(number, digits))).ok_or(Outside::TimedOut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_newest_code_arrives_and_unrouted_numbers_are_refused() {
        let sms = SimulatedSms::default();
        for code in ["111111", "222222"] {
            sms.send_code("13900000000".to_owned().into(), code.to_owned().into()).await.unwrap();
        }
        assert_eq!(sms.newest_for("13900000000").as_deref(), Some("222222"));
        assert!(sms.newest_for("13900000001").is_none());
        assert_eq!(sms.send_code("0".to_owned().into(), "1".to_owned().into()).await, Err(Outside::Refused));
    }
}
