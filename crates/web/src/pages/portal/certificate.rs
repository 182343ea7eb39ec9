//! The certificate of a cover.

use askama::Template;

use super::home::{RecordGroup, RecordLine};
use crate::pages::parts::{Day, ReceiptLink};
use crate::pages::shell::{Place, Portal};

/// A sheet to print or to show: the cover and whom it is about, masked.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/certificate.html")]
pub struct CoverCertificate {
    /// Around it.
    pub shell: Portal,
    /// The cover.
    pub record: RecordLine,
    /// The day on which it says that the cover is in force.
    pub day: Day,
    /// What stands on it about each person.
    pub groups: Vec<RecordGroup>,
    /// Receipt of this look.
    pub receipt: Option<ReceiptLink>,
}
