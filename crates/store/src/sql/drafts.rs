//! Drafts. Keeping one is no act: nothing of it changes what anybody may do.

use model::Fingerprint;

use crate::draft::{DraftHead, DraftRow};
use crate::error::StoreError;
use crate::read::PublicationTexts;
use crate::sql::column::values;
use crate::sql::connection::{Connection, Row};

const HEADS: &str = "SELECT tables, policy, text, stem, errors, warnings, against, at FROM draft ORDER BY at, tables";
const ONE: &str = "SELECT tables, policy, text, stem, errors, warnings, against, at, source, operation, notice, findings, \
    changes FROM draft WHERE tables = ?1";
const PUT: &str = "INSERT INTO draft \
    (tables, policy, text, stem, errors, warnings, against, at, source, operation, notice, findings, changes) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
const DROP: &str = "DELETE FROM draft WHERE tables = ?1";
/// By its texts: the tables of a version are those of what came before it, too.
pub(crate) const PUBLISHED: &str = "DELETE FROM draft WHERE source = ?1 AND operation = ?2";

/// Keeps a draft, in the place of one of the same fingerprint.
pub(crate) fn put(connection: &Connection, row: &DraftRow) -> Result<(), StoreError> {
    let DraftRow { head, texts, findings, changes } = row;
    connection.execute(DROP, values![head.tables.as_bytes()])?;
    let values = values![
        head.tables.as_bytes(),
        head.policy.as_bytes(),
        head.text.as_bytes(),
        head.stem,
        head.errors,
        head.warnings,
        head.against.as_ref().map(Fingerprint::as_bytes),
        head.at,
        texts.source,
        texts.operation,
        texts.notice,
        findings,
        changes,
    ];
    connection.execute(PUT, values)?;
    Ok(())
}

/// Every draft, the oldest first.
pub(crate) fn heads(connection: &Connection) -> Result<Vec<DraftHead>, StoreError> {
    connection.rows(HEADS, values![], head)
}

/// One draft.
pub(crate) fn one(connection: &Connection, tables: Fingerprint) -> Result<Option<DraftRow>, StoreError> {
    connection.row(ONE, values![tables.as_bytes()], |row| {
        let texts = PublicationTexts { source: row.get(8)?, operation: row.get(9)?, notice: row.get(10)? };
        Ok(DraftRow { head: head(row)?, texts, findings: row.get(11)?, changes: row.get(12)? })
    })
}

/// Drops a draft; false where there is none.
pub(crate) fn drop(connection: &Connection, tables: Fingerprint) -> Result<bool, StoreError> {
    Ok(connection.execute(DROP, values![tables.as_bytes()])? == 1)
}

fn head(row: &Row<'_>) -> Result<DraftHead, StoreError> {
    Ok(DraftHead {
        tables: row.get(0)?,
        policy: row.get(1)?,
        text: row.get(2)?,
        stem: row.get(3)?,
        errors: row.get(4)?,
        warnings: row.get(5)?,
        against: row.get(6)?,
        at: row.get(7)?,
    })
}
