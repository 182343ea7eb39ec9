//! The language as it is written: TOML with spans, read by shapes that are at once parser, schema and documentation.
//!
//! Reading never fails: it gives what could be read and a finding for everything that could not, all of a file in one run.

mod condition;
pub(crate) mod declare;
mod document;
mod duty;
pub(crate) mod facts;
mod function;
pub(crate) mod kind;
mod near;
mod operation;
mod plain;
mod policy;
pub(crate) mod reader;
mod recipient;
mod register;
mod schema;
pub(crate) mod shape;
mod statement;
mod vocabulary;
mod words;

pub use condition::Condition;
pub use document::*;
pub use duty::*;
pub use facts::fingerprint;
pub use function::*;
pub use kind::{Kind, Name};
pub(crate) use near::nearest;
pub use operation::*;
pub use policy::*;
pub use reader::{BYTES_MAX, Node, Reader, read};
pub(crate) use reader::{Outline, Read as Reading, quoted, read_all};
pub use recipient::*;
pub use register::*;
pub use schema::schema;
pub use shape::{At, Here, Ref, Shape, Stated};
pub use statement::StatementKind;
pub use vocabulary::*;
pub use words::*;
