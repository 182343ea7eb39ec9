//! Deciding: compiled tables, the state of a subject and a question give an answer, and to the store's own state a permit.

mod engine;
mod permit;

pub use permit::{Permit, View};
