//! Simulators: they speak protocols of our own, refuse what a real party would refuse, and keep nothing on disk.

mod face;
mod sms;

pub use face::SimulatedFace;
pub use sms::SimulatedSms;
