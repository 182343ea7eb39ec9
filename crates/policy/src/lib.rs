//! The policy language: read, check, compile and decide. No I/O, no clock, no async: the crate to embed.

pub mod decide;
pub mod finding;
pub mod question;
pub mod syntax;
