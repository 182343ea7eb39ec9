//! Every row of one database into another, whichever engine each is on.

use super::{Connection, tree};
use crate::error::StoreError;

/// The tables of a platform, in an order in which each speaks only of those before it.
pub(crate) const PLATFORM: &[&str] = &[
    "house",
    "platform_key",
    "retoken",
    "head",
    "leaf",
    "tile",
    "leaf_link",
    "checkpoint",
    "idempotency",
    "publication",
    "draft",
    "subject",
    "token",
    "token_carrier",
    "organisation",
    "organisation_token",
    "consent",
    "device_permission",
    "refusal",
    "attestation",
    "record",
    "record_role",
    "invitation",
    "record_event",
    "key_slot",
    "part",
    "value",
    "attachment",
    "paper",
    "upload",
    "parcel",
    "loose_object",
    "track",
    "sale_page",
    "track_step",
    "payment",
    "service",
    "erasure",
    "request",
    "approval",
    "cut_off",
    "assignment",
    "tally",
    "face_part",
    "threshold",
    "outbox",
    "change",
    "webhook",
    "delivery",
    "destruction",
];

/// Those of the installation.
const INSTALLATION: &[&str] = &[
    "staff",
    "staff_role",
    "service_token",
    "service_token_grant",
    "session",
    "login_code",
    "link",
    "login_try",
    "ticket",
];

/// What was copied of one database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Rows, by table; as many there as here.
    pub rows: Vec<(&'static str, u64)>,
    /// Leaves of the ledger, whose root is the same there as here; 0 for the installation.
    pub leaves: u64,
}

/// Copies a platform into a database that has its tables and no platform in them.
pub(crate) fn platform(from: &Connection, to: &Connection) -> Result<Copied, StoreError> {
    let rows = tables(PLATFORM, from, to)?;
    let (before, after) = (tree::load(from)?, tree::load(to)?);
    if before.edge.size() != after.edge.size() || before.edge.root() != after.edge.root() {
        return Err(StoreError::Damaged("the copy's ledger has another root"));
    }
    Ok(Copied { rows, leaves: after.edge.size() })
}

/// Whether nobody has worked with an installation: no table holds anything that somebody made.
pub(crate) fn is_unused(to: &Connection) -> Result<bool, StoreError> {
    for table in INSTALLATION {
        if to.count(&format!("SELECT count(*) FROM {table}"))? > 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Copies the installation into a database that has its tables and nothing in them.
pub(crate) fn installation(from: &Connection, to: &Connection) -> Result<Copied, StoreError> {
    Ok(Copied { rows: tables(INSTALLATION, from, to)?, leaves: 0 })
}

fn tables(
    tables: &'static [&'static str],
    from: &Connection,
    to: &Connection,
) -> Result<Vec<(&'static str, u64)>, StoreError> {
    tables.iter().map(|table| Ok((*table, self::table(table, from, to)?))).collect()
}

/// One table; how many rows.
fn table(table: &'static str, from: &Connection, to: &Connection) -> Result<u64, StoreError> {
    let columns = to.columns(table)?;
    // Rows that a schema begins with.
    to.batch(&format!("DELETE FROM {table}"))?;
    let mut count = 0;
    to.fill(table, &columns, |put| {
        from.hand_on(table, &columns, &mut |row| {
            count += 1;
            put(row)
        })
    })?;
    let sql = format!("SELECT count(*) FROM {table}");
    let counts = [from, to].map(|connection| connection.count(&sql));
    let [here, there] = counts;
    if here? == count && there? == count { Ok(count) } else { Err(StoreError::Damaged("a table was not copied whole")) }
}
