//! The pages behind real requests, on a real house.

mod access;
mod applying;
mod attachments;
mod booking;
mod browser;
mod centre;
mod certificate;
mod checks;
mod consoles;
mod customer;
mod guard;
mod joining;
mod partners;
mod pay;
mod reading;
mod records;
mod replay;
mod rosters;
mod send;
mod service;
mod servicing;
mod survey;
mod texts;
mod thresholds;
mod wire;
mod written;
