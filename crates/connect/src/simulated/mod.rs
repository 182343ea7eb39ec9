//! Simulators: servers on this machine's loopback that enforce a party's documented protocol. They refuse what the real
//! party would refuse, and keep nothing on disk.

mod accounts;
mod alibaba;
pub mod loopback;
mod openid;
mod receiver;
mod tencent;
mod wechat_account;
mod wechat_login;
mod wechat_pay;

use std::sync::Mutex;

pub use accounts::Registered;
pub use alibaba::SimulatedAlibaba;
pub use openid::SimulatedOpenId;
pub use receiver::SimulatedReceiver;
pub use tencent::SimulatedTencent;
pub use wechat_account::SimulatedWechatAccount;
pub use wechat_login::SimulatedWechatLogin;
pub use wechat_pay::{Notice, SimulatedWechatPay};

use self::loopback::Answer;

/// How a simulator behaves: by its protocol, until a test wants otherwise.
#[derive(Debug, Default)]
pub struct Mood(Mutex<Whim>);

#[derive(Debug, Clone, Default)]
enum Whim {
    #[default]
    Regular,
    Silent,
    Fixed(Answer),
}

impl Mood {
    /// By the protocol again.
    pub fn regular(&self) {
        self.set(Whim::Regular);
    }

    /// Takes every call and answers none.
    pub fn silent(&self) {
        self.set(Whim::Silent);
    }

    /// Answers every call with this, whatever was asked.
    pub fn fixed(&self, answer: Answer) {
        self.set(Whim::Fixed(answer));
    }

    fn set(&self, whim: Whim) {
        if let Ok(mut now) = self.0.lock() {
            *now = whim;
        }
    }

    fn answer(&self, regular: impl FnOnce() -> Answer) -> Option<Answer> {
        let whim = self.0.lock().map(|now| now.clone()).unwrap_or_default();
        match whim {
            Whim::Regular => Some(regular()),
            Whim::Silent => None,
            Whim::Fixed(answer) => Some(answer),
        }
    }
}
