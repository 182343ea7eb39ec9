//! Documents of an invented policy, word by word, and of every platform in the repository, as a whole.
//!
//! Every module is marked `cfg(test)` so that clippy grants its helpers what it grants tests.

#[cfg(test)]
mod consents;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod house;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod map;
#[cfg(test)]
mod notice;
