//! Facts about servicing requests: one is made, one ends.

use super::{Act, conflict};
use crate::error::CommitError;
use crate::service::{Service, ServiceEnded};
use crate::sql::column::values;

/// Of one record one request is open at a time; one that was erased is open no more.
const PUT: &str = "INSERT INTO service (request, about, wish) SELECT ?1, ?2, ?3 WHERE NOT EXISTS ( \
    SELECT 1 FROM service s JOIN record r ON r.record = s.request \
    WHERE s.about = ?2 AND s.ended IS NULL AND r.life <> 'erased')";
const END: &str = "UPDATE service SET ended = ?2, at = ?3, reason = ?4 WHERE request = ?1 AND ended IS NULL";

impl Act<'_> {
    /// Whoever finds another request open came too late.
    pub(crate) fn service(&mut self, service: &Service) -> Result<(), CommitError> {
        let Service { request, about, wish } = service;
        let values = values![request.as_bytes(), about.as_bytes(), wish.word()];
        match self.connection.execute(PUT, values) {
            Ok(0) => Err(CommitError::Moved),
            Ok(_) => Ok(()),
            Err(error) => Err(conflict(error, "record")),
        }
    }

    /// A request that is ended already has moved.
    pub(crate) fn service_ended(&mut self, told: &ServiceEnded) -> Result<(), CommitError> {
        let values = values![told.service.request.as_bytes(), told.ended.word(), told.at, told.reason];
        match self.connection.execute(END, values)? {
            0 => Err(CommitError::Moved),
            _ => Ok(()),
        }
    }
}
