//! The ledger from the outside: published vectors, an independent tree as oracle, and attempts to cheat.
//!
//! Every module is marked `cfg(test)` so that clippy grants its helpers what it grants tests.

#[cfg(test)]
mod audit;
#[cfg(test)]
mod log;
#[cfg(test)]
mod note;
#[cfg(test)]
mod receipt;
#[cfg(test)]
mod tile;
#[cfg(test)]
mod tree;
#[cfg(test)]
mod vectors;
#[cfg(test)]
mod witness;
