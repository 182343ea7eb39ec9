//! Lists: what is collected, what is shared, how long it is kept, which rights there are, what is promised, what needs
//! which consent. Each is a [`Sheet`] of rows whose fields are ready for a page, and prints itself as a table.
//!
//! The collection list and the sharing list are the two lists (双清单) that the portal shows (rule R24).

mod rows;
mod sheet;

pub use rows::{collected, promised, retained, rights, scopes, shared};
pub(crate) use rows::{criteria, floors_of, scope_title, shares_only};
pub(crate) use sheet::Table;
pub use sheet::{CollectRow, PromiseRow, RetentionRow, RightRow, Row, ScopeRow, ShareRow, Sheet};
