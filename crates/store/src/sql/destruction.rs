//! When what was destroyed was seen to be gone.

use jiff::Timestamp;

use super::column::values;
use super::connection::Connection;
use crate::destruction::Destruction;
use crate::error::StoreError;

const OPEN: &str = "SELECT max(leaf) FROM erasure WHERE leaf >= coalesce((SELECT max(size) FROM destruction), 0)";
const SIZE: &str = "SELECT size FROM head";
const CONFIRMED: &str = "SELECT min(at) FROM destruction WHERE size > ?1";
const NEWEST: &str = "SELECT max(at) FROM destruction";
const CONFIRM: &str = "INSERT INTO destruction (size, at) VALUES (?1, ?2) ON CONFLICT (size) DO NOTHING";

/// The size of the ledger, if something was destroyed before it that no confirmation covers.
pub(crate) fn open(connection: &Connection) -> Result<Option<u64>, StoreError> {
    // The size first: what is destroyed meanwhile is left to the next one.
    let size = connection.one(SIZE, values![], |row| row.get(0))?;
    Ok(newest_open(connection)?.map(|_| size))
}

/// The newest leaf whose act destroyed something that no confirmation covers.
pub(crate) fn newest_open(connection: &Connection) -> Result<Option<u64>, StoreError> {
    connection.one(OPEN, values![], |row| row.get(0))
}

/// From when on what the act of a leaf destroyed is known to be gone.
pub(crate) fn confirmed(connection: &Connection, leaf: u64) -> Result<Option<Timestamp>, StoreError> {
    connection.one(CONFIRMED, values![leaf], |row| row.get(0))
}

/// When the last confirmation was.
pub(crate) fn newest(connection: &Connection) -> Result<Option<Timestamp>, StoreError> {
    connection.one(NEWEST, values![], |row| row.get(0))
}

/// Confirms for every act with a leaf before a size. Never an instant before that of the last confirmation: it would be the
/// answer about leaves of which another was given.
pub(crate) fn confirm(connection: &Connection, size: u64, at: Timestamp) -> Result<Destruction, StoreError> {
    let at = newest(connection)?.map_or(at, |last| last.max(at));
    connection.execute(CONFIRM, values![size, at])?;
    Ok(Destruction::Until(size))
}

/// Confirms for the act of a leaf and all before it, unless that was done; from when on it holds.
pub(crate) fn seen(connection: &Connection, leaf: u64, at: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    if confirmed(connection, leaf)?.is_none() {
        confirm(connection, leaf.saturating_add(1), at)?;
    }
    confirmed(connection, leaf)
}
