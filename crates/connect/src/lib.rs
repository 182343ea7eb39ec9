//! Adapters to the outside world that implement the ports of desk, and the only HTTP and SMTP client of the house.
//!
//! Each adapter speaks the documented protocol of a named vendor; `simulated` holds a server for each that enforces it on
//! this machine.

pub mod alibaba;
pub mod api;
pub mod bucket;
pub mod client;
pub mod courier;
pub mod federation;
pub mod gateway;
mod jose;
mod line;
pub mod mail;
mod openid;
mod pem;
pub mod simulated;
#[cfg(test)]
mod steady;
pub mod tencent;
pub mod tesseract;
pub mod ticket;
mod told;
#[cfg(test)]
mod visitor;
pub mod webhook;
mod wechat_login;
pub mod wechat_message;
pub mod wechat_pay;
pub mod witness;

pub use line::PATIENCE;
