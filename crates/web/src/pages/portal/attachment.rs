//! Files that are sent in for a record.

use askama::Template;

use crate::pages::parts::{Form, Moment, Reason, Status};
use crate::pages::shell::{Place, Portal};

/// An item of a record that takes files: what is there, and the form for one more.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/attachment.html")]
pub struct Attachment {
    /// Around it.
    pub shell: Portal,
    /// The item's name.
    pub title: String,
    /// Whom it is about.
    pub person: String,
    /// Id of the record.
    pub record: String,
    /// Id of the function in whose course it is collected.
    pub function: String,
    /// The word of this page, under which its form counts once.
    pub once: String,
    /// Where the page's own script begins an upload in pieces.
    pub uploads: String,
    /// What came of the last upload.
    pub done: Option<Status>,
    /// What is there, oldest first.
    pub files: Vec<FileLine>,
    /// Field `file`, and `photo` for a picture taken now.
    pub form: Form,
    /// Why nothing can be sent now; empty: it can.
    pub reasons: Vec<Reason>,
}

/// A file that is there.
#[derive(Debug, Clone, Default)]
pub struct FileLine {
    /// Its kind and size.
    pub label: String,
    /// When it came in.
    pub at: Moment,
    /// Where it is opened, for whom it is about.
    pub href: Option<String>,
}

/// An item of a record that takes files, on the record's page.
#[derive(Debug, Clone, Default)]
pub struct UploadLine {
    /// Role and item for the path.
    pub id: String,
    /// The item's name.
    pub label: String,
    /// Whom it is about.
    pub person: String,
    /// The text demands it.
    pub required: bool,
    /// How many are there.
    pub count: usize,
}
