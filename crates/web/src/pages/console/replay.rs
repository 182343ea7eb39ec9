//! A sale shown again, for staff whose role acts in its course.

use askama::Template;

use crate::pages::replay::{Course, Scene};
use crate::pages::shell::{Console, Desk};

/// What happened in a sale, in order.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/replay.html")]
pub struct ReplayedSale {
    /// Around it.
    pub shell: Console,
    /// What was sold.
    pub title: String,
    /// To whom: short id and page.
    pub subject: (String, String),
    /// The course.
    pub course: Course,
}

/// One page of a sale as it was.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/replay_page.html")]
pub struct ReplayedSalePage {
    /// Around it.
    pub shell: Console,
    /// Title of the document; the page brings its own heading.
    pub title: String,
    /// The page.
    pub scene: Scene,
}
