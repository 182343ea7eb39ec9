//! Emptying the entries of leaves that are nobody's any more and older than any floor. The tree is not touched: hashes
//! of leaves stand in the tiles, so roots, inclusion and consistency are proved as before. The floor holds against erasing, too:
//! a leaf of what went out stays whole until then, whoever of it is forgotten meanwhile (rule R27).

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::Database;
use crate::error::StoreError;
use crate::sql::column::values;
use crate::sql::connection::Connection;

/// Leaves that one transaction looks at, so that acts need not wait for long.
const STRETCH: u64 = 1_000;

/// The first leaf that is young enough ends the old ones: leaves are numbered as they come.
const YOUNG: &str = "SELECT coalesce((SELECT min(leaf) FROM leaf WHERE at >= ?1), (SELECT size FROM head))";
const LINKS: &str = "SELECT link, body FROM leaf_link WHERE link > ?1 ORDER BY link LIMIT ?2";
const WHOLE: &str = "SELECT leaf, kind FROM leaf WHERE leaf >= ?1 AND leaf < ?2 AND length(entry) > 0 ORDER BY leaf";
const EMPTY: &str = "UPDATE leaf SET entry = ?2 WHERE leaf = ?1";

/// How many leaves before an instant were emptied.
pub(super) async fn leaves(
    database: &Arc<Database>,
    before: Timestamp,
    keep: Vec<&'static str>,
) -> Result<u64, StoreError> {
    let read = move |connection: &Connection| {
        let end = connection.one(YOUNG, values![before], |row| row.get::<u64>(0))?;
        Ok((end, held(connection, end)?))
    };
    let (end, held) = database.clone().read_through(read).await?;
    let (held, keep) = (Arc::new(held), Arc::new(keep));
    let (mut from, mut emptied) = (0, 0);
    while from < end {
        let until = end.min(from + STRETCH);
        let (held, keep) = (held.clone(), keep.clone());
        emptied += database.write(move |connection| stretch(connection, (from, until), &held, &keep)).await?;
        from = until;
    }
    Ok(emptied)
}

/// Leaves before `end` that somebody's chain still leads to. Nobody's chain ever leads to an older leaf later.
fn held(connection: &Connection, end: u64) -> Result<BTreeSet<u64>, StoreError> {
    let (mut held, mut last) = (BTreeSet::new(), 0_u64);
    loop {
        let links =
            connection.rows(LINKS, values![last, STRETCH], |row| Ok((row.get::<u64>(0)?, row.get::<[u8; 48]>(1)?)))?;
        let Some((newest, _)) = links.last() else { return Ok(held) };
        last = *newest;
        for (_, body) in &links {
            let leaf = body.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
            if leaf >= end {
                return Ok(held);
            }
            // Zeroes, salt and all, were a link of somebody who is forgotten.
            if *body != [0; 48] {
                held.insert(leaf);
            }
        }
    }
}

fn stretch(
    connection: &Connection,
    (from, until): (u64, u64),
    held: &BTreeSet<u64>,
    keep: &[&str],
) -> Result<u64, StoreError> {
    let whole: Vec<(u64, String)> =
        connection.rows(WHOLE, values![from, until], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut emptied = 0;
    for (leaf, kind) in whole {
        if !held.contains(&leaf) && !keep.contains(&kind.as_str()) {
            connection.execute(EMPTY, values![leaf, &[0; 0]])?;
            emptied += 1;
        }
    }
    Ok(emptied)
}
