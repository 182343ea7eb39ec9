//! Facts about servicing requests: one is made.

use rusqlite::params;

use super::Act;
use crate::error::CommitError;
use crate::service::Service;

const PUT: &str = "INSERT INTO service (request, about, wish) VALUES (?1, ?2, ?3)";

impl Act<'_> {
    pub(super) fn service(&mut self, service: &Service) -> Result<(), CommitError> {
        let Service { request, about, wish } = service;
        self.put(PUT, "record", params![request.as_bytes(), about.as_bytes(), wish.word()])
    }
}
