//! The limits that we build on, and that no house can pass: disk, bare engines, bare primitives. What only one room of the
//! program may name is named here because here it is the peer.

pub(crate) mod cipher;
pub(crate) mod disk;
pub(crate) mod postgres;
pub(crate) mod sqlite;

/// As long as the entry of a leaf: what a bare engine writes for each commit.
const ROW: [u8; 300] = [7; 300];
