//! Reading: every page that shows personal information is one act with one leaf, however many records it shows.
//!
//! `page` is the one way a page is made: look at the parts, decide each, open what is permitted, commit, release.

mod certificate;
pub(crate) mod clear;
mod export;
pub(crate) mod mine;
pub(crate) mod own;
pub(crate) mod page;
pub(crate) mod service;
pub(crate) mod staff;
mod standing;

use jiff::Timestamp;
use jiff::civil::Date;
use model::act::Life;
use model::field::Mask;
use model::{RecordId, Slug, SubjectId};
use policy::question::{ItemAnswer, Reason};

use crate::attach::File;

pub(crate) use certificate::is_in_force;
pub use certificate::{certificate, has_certificate};
pub use clear::{Because, ClearView, Viewer, clear_view};
pub use export::{Export, Manifest, export, file_name};
pub use mine::{Collected, MyInformation, SharedLine, my_information};
pub(crate) use own::own_row;
pub use own::{Query, own_class, own_headers, own_record, own_records, queries, queries_of};
pub use service::{ServicePage, find, service_page};
pub(crate) use staff::shape;
pub use staff::{Sign, SubjectPage, search, subject_page};
pub use standing::Standing;

/// One item on a page. It holds a value in the clear, so it cannot be printed.
pub struct Shown {
    /// Item id.
    pub item: Slug,
    /// Published name.
    pub name: String,
    /// The value as it may be seen; `None` when withheld, or under a mask that shows nothing.
    pub value: Option<String>,
    /// The mask over it.
    pub mask: Option<Mask>,
    /// Attachments under the item, oldest first; none while it is withheld.
    pub files: Vec<File>,
    /// What was decided, with both sides' reasons.
    pub answer: ItemAnswer,
    /// Whether a standard in force counts it as sensitive.
    pub sensitive: bool,
    /// Function that collected it.
    pub function: Option<Slug>,
    /// How it came in: `given`, `automatic`, `source`.
    pub trigger: String,
    /// The source that handed it in, as the policy names it.
    pub source: Option<Slug>,
    /// When it came in.
    pub at: Timestamp,
}

/// The part of a record that is about one role.
pub struct PartView {
    /// Role.
    pub person: Slug,
    /// Published name of the role.
    pub person_name: String,
    /// Whose; `None` for the matter itself or an organisation.
    pub subject: Option<SubjectId>,
    /// Items.
    pub items: Vec<Shown>,
    /// Reasons that concern the whole part.
    pub reasons: Vec<Reason>,
}

/// A record on a page.
pub struct RecordView {
    /// Which.
    pub record: RecordId,
    /// Class.
    pub class: Slug,
    /// Published name of the class.
    pub class_name: String,
    /// Published name of the function that made it, where records of the class come of several.
    pub made_by: Option<String>,
    /// Published name of the product that it is about.
    pub product: Option<String>,
    /// Published names of the roles in which the person stands whom the page is about.
    pub roles: Vec<String>,
    /// Opened at.
    pub at: Timestamp,
    /// First day of cover.
    pub in_force_from: Option<Date>,
    /// Last day of cover.
    pub in_force_until: Option<Date>,
    /// The day on which it was ended, where that is not its last day of cover.
    pub ended: Option<Date>,
    /// What may be done with it.
    pub life: Life,
    /// How it stands, in one word.
    pub standing: Standing,
    /// Parts that the page is about.
    pub parts: Vec<PartView>,
    /// Leaf of the act, the same for every record on the page; `None` where nothing of any was opened.
    pub leaf: Option<u64>,
}
