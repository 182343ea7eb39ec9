//! Reads about thresholds.

use rusqlite::{Connection, Row};

use super::columns::{column, optional};
use crate::error::StoreError;
use crate::threshold::{Filing, Tally, ThresholdRow};

const TALLY: &str = "SELECT persons, faces FROM tally";
const REACHED: &str = "SELECT rule, reached, leaf, filed_on, number, filed, filed_leaf FROM threshold ORDER BY rule";

pub(super) fn tally(connection: &Connection) -> Result<Tally, StoreError> {
    let mut statement = connection.prepare_cached(TALLY)?;
    Ok(statement.query_row([], |row| Ok(Tally { persons: column(row, 0)?, faces: column(row, 1)? }))?)
}

pub(super) fn reached(connection: &Connection) -> Result<Vec<ThresholdRow>, StoreError> {
    let mut statement = connection.prepare_cached(REACHED)?;
    let rows = statement.query_map([], threshold)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn threshold(row: &Row<'_>) -> rusqlite::Result<ThresholdRow> {
    let rule: String = row.get(0)?;
    let filed = match (optional(row, 3)?, row.get(4)?, optional(row, 5)?, optional(row, 6)?) {
        (Some(on), Some(number), Some(at), Some(leaf)) => Some((Filing { rule: rule.clone(), on, number, at }, leaf)),
        _ => None,
    };
    Ok(ThresholdRow { rule, reached: column(row, 1)?, leaf: column(row, 2)?, filed })
}
