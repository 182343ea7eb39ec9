//! Deciding: compiled tables, the state of a subject and a question give an answer, and to the store's own state a permit.
//!
//! A question is first led to its places ([`crate::terms::asked`]), the subject's state to literals ([`project`]); then its
//! items are judged ([`Tables::judge`](crate::compile::Tables::judge)), and only then is anything put into words (`render`).

mod change;
mod due;
mod engine;
mod function;
mod judge;
mod permit;
pub mod project;
mod render;
mod retain;
mod right;

pub use judge::{Judged, Posed, Together};
pub use permit::{Permit, View};

/// The fact by which a browser asks not to be tracked.
pub const DO_NOT_TRACK: &str = "do-not-track";

/// The control by which a promise to mask what is displayed is kept.
pub const MASK_ON_DISPLAY: &str = "mask-on-display";
