//! Development only: a whole house in a temporary folder, with a clock that tests set, seeded randomness, simulated
//! outside parties, invented people, and a server on a free port.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot be set up must fail where it stands"
)]

mod authority;
mod house;
mod person;
mod postgres;
mod serve;
mod softhsm;
mod steady;
mod weather;

pub use authority::Authority;
pub use connect::simulated::loopback::Answer;
pub use connect::simulated::{Notice, SimulatedWechatPay};
pub use house::{Power, TestHouse, haigang, slug};
pub use person::{Person, child, person};
pub use postgres::Postgres;
pub use serve::Server;
pub use softhsm::Softhsm;
pub use steady::{Seeded, SetClock};
pub use weather::{Cut, Weather, skipped};
