//! Servicing a cover: what can be asked about it, and what a request says of it.

use crate::pages::parts::{Day, Link, Moment, Tone};

/// What a record's page says of servicing.
#[derive(Debug, Clone, Default)]
pub struct Servicing {
    /// What can be asked about it now.
    pub links: Vec<Link>,
    /// Why nothing can be asked about it now, while something is open.
    pub waits: Option<String>,
    /// What was asked about it, newest first.
    pub asked: Vec<About>,
    /// What it asks of another record, where it is a request.
    pub about: Option<About>,
}

/// A request, with the record at its other end.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// What is wanted, in a word.
    pub wish: String,
    /// What kind of record it is about.
    pub what: String,
    /// In force from.
    pub since: Option<Day>,
    /// In force until.
    pub until: Option<Day>,
    /// Where the record at the other end is.
    pub href: String,
    /// How to fill it in, while it is being written.
    pub note: Option<String>,
    /// State, in a word; empty while it is being written.
    pub state: String,
    /// Tone of the state.
    pub tone: Tone,
    /// Why it was declined, as the customer reads it.
    pub why: Option<String>,
    /// Where it is taken back, while it is open.
    pub take_back: Option<String>,
    /// Since when it stands so.
    pub at: Option<Moment>,
}
