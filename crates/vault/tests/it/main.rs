//! The vault from outside: what does not open, and what may not go.
//!
//! Every module is marked `cfg(test)` so that clippy grants its helpers what it grants tests.

#[cfg(test)]
mod attachment;
#[cfg(test)]
mod bench;
#[cfg(test)]
mod custody;
#[cfg(test)]
mod forgotten;
#[cfg(test)]
mod moved;
#[cfg(test)]
mod parcel;
#[cfg(test)]
mod rotation;
#[cfg(test)]
mod round_trip;
