//! The workflows. Each desk has a pure part that decides what to write and a service that runs it as one act.
//!
//! Reading order: [`house`] (what a running installation is), [`leaf`] (what the ledger says of an act), [`act`] (the one
//! way every act goes), then the desks.

pub mod act;
pub mod advice;
pub mod approval;
pub mod archive;
pub mod attach;
pub mod collect;
pub mod consent;
pub mod cut_off;
pub mod deliver;
pub mod device;
pub mod draft;
pub mod elsewhere;
pub mod evidence;
pub mod federate;
pub mod feed;
pub mod hand_off;
pub mod house;
pub mod identity;
pub mod keys;
pub mod leaf;
pub mod measure;
pub mod notify;
pub mod partner;
pub mod pay;
pub mod ports;
pub mod publish;
pub mod read;
pub mod recognise;
pub mod refusal;
pub mod report;
pub mod retain;
pub mod rights;
pub mod seat;
pub mod service;
pub mod share;
pub mod threshold;
mod timeline;
pub mod track;
pub mod verify;
pub mod webhook;

pub use house::{House, Platform};
pub use refusal::Refusal;
