//! Lists: what is collected, what is shared, how long it is kept, which rights there are, what is promised, what needs
//! which consent. Each is a [`Sheet`] of rows whose fields are ready for a page; `document` makes documents of them.
//!
//! The collection list and the sharing list are the two lists (双清单) that the portal shows (rule R24).

mod rows;
mod sheet;

pub use rows::{collected, promised, retained, rights, scopes, shared};
pub(crate) use rows::{floors_of, kept, scope_title, shares_only};
pub use sheet::{CollectRow, PromiseRow, RetentionRow, RightRow, Row, ScopeRow, ShareRow, Sheet};
