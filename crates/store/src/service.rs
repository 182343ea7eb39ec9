//! Servicing requests: which record was asked to be changed or ended, by which record that says so, and how that ended.
//! No person stands here.

use jiff::Timestamp;
use model::RecordId;
use model::service::{End, Wish};

/// A request, with what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// The record that makes the request.
    pub request: RecordId,
    /// The record that it is about.
    pub about: RecordId,
    /// What is wanted of it.
    pub wish: Wish,
}

/// A request comes to its end, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceEnded {
    /// The request, with what it is about.
    pub service: Service,
    /// How.
    pub ended: End,
    /// When.
    pub at: Timestamp,
    /// Why: a code, free of personal information.
    pub reason: Option<String>,
}

/// A request as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceRow {
    /// The request, with what it is about.
    pub service: Service,
    /// How it ended, and when; `None` while it is open.
    pub ended: Option<(End, Timestamp)>,
    /// The code of why, where one was given.
    pub reason: Option<String>,
}
