//! The desks from outside, on a real store in a temporary folder, with the published policy of 海港.
//!
//! Every module is marked `cfg(test)` so that clippy grants its helpers what it grants tests.

#[cfg(test)]
mod acts;
#[cfg(test)]
mod faces;
#[cfg(test)]
mod house;
