//! The shared words: what compiling, meaning and deciding say to each other in. Each of those three rooms knows this one;
//! this one knows none of them.

pub mod about;
pub mod asked;
pub mod digits;
pub mod duties;
pub mod key;
pub(crate) mod lines;
pub mod literal;
pub(crate) mod places;
mod scope;
pub mod word;

pub use scope::Scope;

#[cfg(test)]
mod tests;
