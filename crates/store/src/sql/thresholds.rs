//! Reads about thresholds.

use crate::error::StoreError;
use crate::sql::column::values;
use crate::sql::connection::{Connection, Row};
use crate::threshold::{Filing, Tally, ThresholdRow};

const TALLY: &str = "SELECT persons, faces FROM tally";
const REACHED: &str = "SELECT rule, reached, leaf, filed_on, number, filed, filed_leaf FROM threshold ORDER BY rule";

pub(crate) fn tally(connection: &Connection) -> Result<Tally, StoreError> {
    connection.one(TALLY, values![], |row| Ok(Tally { persons: row.get(0)?, faces: row.get(1)? }))
}

pub(crate) fn reached(connection: &Connection) -> Result<Vec<ThresholdRow>, StoreError> {
    let rows = connection.rows(REACHED, values![], threshold)?;
    Ok(rows)
}

fn threshold(row: &Row<'_>) -> Result<ThresholdRow, StoreError> {
    let rule: String = row.get(0)?;
    let filed = match (row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?) {
        (Some(on), Some(number), Some(at), Some(leaf)) => Some((Filing { rule: rule.clone(), on, number, at }, leaf)),
        _ => None,
    };
    Ok(ThresholdRow { rule, reached: row.get(1)?, leaf: row.get(2)?, filed })
}
