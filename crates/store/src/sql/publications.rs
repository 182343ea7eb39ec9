//! What was published: the versions, and their texts.

use jiff::Timestamp;

use crate::error::StoreError;
use crate::read::{PublicationHead, PublicationRow, PublicationTexts};
use crate::sql::column::values;
use crate::sql::connection::{Connection, Row};

const HEADS: &str = "SELECT number, policy, tables, text, stem, since, \
    min(since) OVER (ORDER BY number ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), \
    (SELECT l.at FROM leaf l WHERE l.leaf = p.leaf), leaf FROM publication p ORDER BY number";
const TEXTS: &str = "SELECT source, operation, notice FROM publication ORDER BY number";
const TEXTS_OF: &str = "SELECT source, operation, notice FROM publication WHERE number = ?1";

pub(crate) fn heads(connection: &Connection) -> Result<Vec<PublicationHead>, StoreError> {
    let mut heads = connection.rows(HEADS, values![], |row| {
        Ok(PublicationHead {
            number: row.get(0)?,
            policy: row.get(1)?,
            tables: row.get(2)?,
            text: row.get(3)?,
            stem: row.get(4)?,
            from: row.get(5)?,
            until: row.get(6)?,
            replaced: false,
            at: row.get(7)?,
            leaf: row.get(8)?,
        })
    })?;
    let known: Vec<(Timestamp, Timestamp)> = heads.iter().map(|head| (head.from, head.at)).collect();
    for (place, head) in heads.iter_mut().enumerate() {
        head.replaced = known.iter().skip(place + 1).any(|(from, at)| *from <= head.from && *at < head.from);
    }
    Ok(heads)
}

pub(crate) fn all(connection: &Connection) -> Result<Vec<PublicationRow>, StoreError> {
    let texts = connection.rows(TEXTS, values![], texts)?;
    Ok(heads(connection)?.into_iter().zip(texts).map(|(head, texts)| PublicationRow { head, texts }).collect())
}

pub(crate) fn texts_of(connection: &Connection, number: u64) -> Result<Option<PublicationTexts>, StoreError> {
    connection.row(TEXTS_OF, values![number], texts)
}

fn texts(row: &Row<'_>) -> Result<PublicationTexts, StoreError> {
    Ok(PublicationTexts { source: row.get(0)?, operation: row.get(1)?, notice: row.get(2)? })
}
