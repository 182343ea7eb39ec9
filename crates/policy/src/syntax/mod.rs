//! The language as it is written: TOML with spans, read by shapes that are at once parser, schema and documentation.
//!
//! Reading never fails: it gives what could be read and a finding for everything that could not, all of a file in one run.

mod condition;
mod facts;
mod near;
mod operation;
mod policy;
mod shape;
mod vocabulary;
mod words;

pub use condition::Condition;
pub use facts::fingerprint;
pub(crate) use near::nearest;
pub use operation::*;
pub use policy::*;
pub use shape::{At, Here, Kind, Name, Node, Reader, Ref, Shape, Stated, read};
pub use vocabulary::*;
pub use words::*;
