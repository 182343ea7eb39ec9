//! One file a command.

pub(crate) mod ask;
pub(crate) mod check;
pub(crate) mod config;
pub(crate) mod copy;
pub(crate) mod decide;
pub(crate) mod diff;
pub(crate) mod draft;
pub(crate) mod explain;
pub(crate) mod house;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod notices;
pub(crate) mod prove;
pub(crate) mod publish;
pub(crate) mod recovery;
pub(crate) mod render;
pub(crate) mod report;
pub(crate) mod restore;
pub(crate) mod schema;
pub(crate) mod test;
pub(crate) mod trace;
pub(crate) mod verify;
pub(crate) mod versions;
