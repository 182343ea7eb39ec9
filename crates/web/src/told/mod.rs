//! How acts, records, reasons and elements of a policy are told, the same on the customer's pages and the staff's.

pub(crate) mod acts;
pub(crate) mod elements;
pub(crate) mod payments;
pub(crate) mod reasons;
pub(crate) mod records;
pub(crate) mod replay;
pub(crate) mod services;
