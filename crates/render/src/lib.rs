//! Documents made from a compiled policy: notice, lists, consent texts. Data in, bytes out.
//!
//! - [`Document`]: the one model of a document, with a writer for each form: HTML, Markdown, data;
//! - [`document`]: every document that a policy makes, by [`Which`];
//! - [`notice`]: the whole privacy notice, every published clause number an anchor;
//! - [`map`]: what flows where, drawn;
//! - [`lists`]: the rows of the lists, for pages that show some of them;
//! - [`consent`]: for each scope the text that a person reads before deciding, and the fingerprint of its bytes;
//! - [`labels`]: Chinese words for the closed lists of the language;
//! - [`anchor`]: how a clause number becomes a link.
//!
//! The same program gives the same bytes in every run and on every machine: no clock, no locale, no random order.
//! Chinese stands in `locales/` only, where counsel can read and amend it.

mod activities;
pub mod anchor;
pub mod consent;
mod declaration;
mod document;
mod documents;
pub mod labels;
mod layered;
mod listed;
pub mod lists;
pub mod map;
pub mod notice;
mod parties;
mod processed;
mod sdks;
mod told;
mod wording;

pub use anchor::clause_anchor;
pub use document::{Document, Run, STYLESHEET, Style, Text};
pub use documents::{Which, document};
pub use told::{Mark, Marks, Told};
