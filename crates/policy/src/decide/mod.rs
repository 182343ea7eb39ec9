//! Deciding: compiled tables, the state of a subject and a question give an answer, and to the store's own state a permit.
//!
//! A question is first led to its places ([`crate::terms::asked`]), the subject's state to literals ([`project`]). Then it is
//! posed ([`Tables::pose`](crate::compile::Tables::pose)), which can serve for many subjects, and its items are judged
//! ([`Tables::judge`](crate::compile::Tables::judge)). Only then is anything put into words (`render`).

mod change;
mod due;
mod engine;
mod function;
mod judge;
mod permit;
mod pose;
pub mod project;
mod render;
mod retain;
mod right;

pub use judge::{Judged, Together};
pub use permit::{Permit, View};
pub use pose::Posed;

/// The fact by which a browser asks not to be tracked.
pub const DO_NOT_TRACK: &str = "do-not-track";

/// The control by which a promise to mask what is displayed is kept.
pub const MASK_ON_DISPLAY: &str = "mask-on-display";
