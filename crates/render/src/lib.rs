//! Documents made from a compiled policy: notice, lists, consent texts. Data in, bytes out.
//!
//! - [`notice`]: the whole privacy notice, as HTML and as Markdown, every published clause number an anchor;
//! - [`lists`]: the collection list, the sharing list and the other tables that pages and reports show, row by row;
//! - [`consent`]: for each scope the text that a person reads before deciding, and the fingerprint of its bytes;
//! - [`labels`]: Chinese words for the closed lists of the language;
//! - [`anchor`]: how a clause number becomes a link.
//!
//! The same program gives the same bytes in every run and on every machine: no clock, no locale, no random order.
//! Chinese stands in `locales/zh.toml` and `templates/` only, where counsel can read and amend it.

pub mod anchor;
pub mod consent;
pub mod labels;
pub mod lists;
mod markdown;
pub mod notice;
mod parties;
mod told;
mod wording;

pub use anchor::clause_anchor;
pub use told::{Mark, Marks, Told};
