//! What flows where, drawn from the policy in force.

use askama::Template;

use crate::pages::shell::{Console, Desk};

/// The map; the drawing's colours are those of the page.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/map.html")]
pub struct Map {
    /// Around it.
    pub shell: Console,
    /// SVG, as `render` draws it: no script, no style, nothing that a policy said unescaped.
    pub drawing: String,
}
