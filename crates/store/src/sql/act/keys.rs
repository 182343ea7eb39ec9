//! Keys that an act makes or wraps anew, and the fence by which no token is written under keys that are no longer those.

use model::key::{KeyPurpose, Keyed, SearchToken, WrappedKey};

use super::{Act, conflict};
use crate::error::CommitError;
use crate::sql::column::values;
use crate::sql::keys;

const REWRAPPED: &str = "UPDATE platform_key SET wrapped = ?3 WHERE purpose = ?1 AND version = ?2";
const RETOKEN_BEGIN: &str =
    "INSERT INTO retoken (one, old, stage, subject, organisation, at) VALUES (1, ?1, ?2, ?3, ?4, ?5)";

impl Act<'_> {
    /// Else a key could be made under a root key that was changed meanwhile, or be left under it.
    pub(crate) fn still_keyed(&self, expected: &[WrappedKey]) -> Result<(), CommitError> {
        if keys::all(self.connection)? == expected { Ok(()) } else { Err(CommitError::Keys) }
    }

    /// The next version of a purpose. Of search tokens two at most are in use: a third comes when the first is gone.
    pub(crate) fn platform_key(&mut self, key: &WrappedKey) -> Result<(), CommitError> {
        let newest = keys::newest(self.connection, key.purpose)?;
        if key.version != newest.saturating_add(1) {
            return Err(CommitError::Moved);
        }
        if key.purpose == KeyPurpose::Tokens {
            let begun = keys::begun(newest, key.since);
            let (subject, organisation) = (begun.subject.as_bytes(), begun.organisation.as_bytes());
            self.add(RETOKEN_BEGIN, "key", values![begun.old, begun.stage, subject, organisation, begun.at])?;
        }
        keys::put(self.connection, key).map_err(|error| conflict(error, "key"))?;
        self.known.token_keys = None;
        self.connection.overtaken(keys::TOKEN_KEYS, values![]);
        Ok(())
    }

    pub(crate) fn rewrapped(&mut self, key: &WrappedKey) -> Result<(), CommitError> {
        self.put(REWRAPPED, "key", values![key.purpose, key.version, key.bytes])
    }

    /// Refuses a token that is not made under exactly the keys in use. Else one could slip in behind the making anew, and be
    /// found no more when the old ones go.
    pub(crate) fn fenced(&mut self, token: &SearchToken) -> Result<(), CommitError> {
        if token.newest.version == Keyed::STEADY {
            return Ok(());
        }
        let known = match &self.known.token_keys {
            Some(known) => known,
            None => self.known.token_keys.insert(keys::token_versions(self.connection)?),
        };
        let same = token.each().map(|keyed| keyed.version).eq(known.iter().copied());
        if same { Ok(()) } else { Err(CommitError::Keys) }
    }
}
