//! The vault from outside: what does not compile, what does not open.

mod bench;
mod compile;
mod moved;
mod round_trip;
