//! The pages: view structs and their templates. Structs in, HTML text out; no request, no desk, no clock in here.
//!
//! A handler fills one struct and calls [`Template::render`]. All words of the service are in `templates/` (Chinese); what is said about a
//! platform comes in the structs, out of its compiled policy. No page is written for one platform.
//!
//! What every page keeps, checked in `tests/it/pages.rs`:
//! - no inline style, script or event attribute: the pages are written for [`CONTENT_SECURITY_POLICY`];
//! - each control has a visible label, its hint and its error are tied to it, and an error comes back with what was typed;
//! - no consent is ever ticked: [`parts::ConsentChoice`] has no field that could;
//! - everything works without script; no personal value stands in a URL ([`portal`] and [`console`] list their routes).

use std::fmt;

pub use askama::Template;
use askama::filters::HtmlSafe;

/// Implements the marker by which a part may stand inside a page as it is: its own template has escaped what it holds.
macro_rules! parts {
    ($($part:ty),* $(,)?) => { $(impl askama::filters::HtmlSafe for $part {})* };
}

pub mod console;
mod field;
pub mod parts;
pub mod portal;
pub mod qr;
pub mod replay;
pub mod shell;

/// The header that every page is served with. Nothing inline, nothing foreign, no frame around us.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Markup that goes into a page unescaped: only what our own renderer made out of a compiled policy, and a page of ours as
/// it was once before anything was filled in; never a text from a request or a record.
#[derive(Debug, Clone, Default)]
pub struct PolicyHtml(pub String);

impl fmt::Display for PolicyHtml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for PolicyHtml {}
