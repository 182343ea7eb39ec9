//! A sale of one's own, shown again.

use askama::Template;

use crate::pages::replay::{Course, Scene};
use crate::pages::shell::{Place, Portal};

/// What happened in a sale, in order.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/replay.html")]
pub struct Replay {
    /// Around it.
    pub shell: Portal,
    /// What was bought.
    pub title: String,
    /// The course.
    pub course: Course,
}

/// One page of a sale as it was.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/replay_page.html")]
pub struct ReplayPage {
    /// Around it.
    pub shell: Portal,
    /// Title of the document; the page brings its own heading.
    pub title: String,
    /// The page.
    pub scene: Scene,
}
