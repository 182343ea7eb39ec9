//! Reads of the change feed, and what is kept of the deliveries to webhooks. None of it is an act.

use jiff::Timestamp;

use crate::change::{ChangeRow, Claim, DeadLetter, Delivery, NewChange, WebhookRow};
use crate::error::StoreError;
use crate::sql::column::{SubjectOrNone, values};
use crate::sql::connection::{Connection, Row};

/// Between scopes: no id of a policy holds it.
pub(crate) const SEPARATOR: &str = " ";

/// Most changes that a webhook takes over at once.
const MOST: u32 = 1_000;

const CHANGES: &str = "SELECT number, change, kind, subject, record, scopes, at, leaf FROM change \
    WHERE number > ?1 ORDER BY number LIMIT ?2";
const LAST: &str = "SELECT coalesce(max(number), 0) FROM change";
/// A webhook hears of what happens from its first server on.
const CLAIM_FIRST: &str = "INSERT INTO webhook (webhook, after, server, until) \
    VALUES (?1, (SELECT coalesce(max(number), 0) FROM change), ?2, ?3) ON CONFLICT (webhook) DO NOTHING";
const CLAIM: &str = "UPDATE webhook SET server = ?2, until = ?3 WHERE webhook = ?1 AND (server = ?2 OR until <= ?4)";
const AFTER: &str = "SELECT after FROM webhook WHERE webhook = ?1";
const TAKE_OVER: &str = "INSERT INTO delivery (webhook, number, tries, due) \
    SELECT ?1, number, 0, ?2 FROM change WHERE number > ?3 AND number <= ?4";
const MOVE: &str = "UPDATE webhook SET after = ?2 WHERE webhook = ?1";
const DUE: &str = "SELECT c.number, c.change, c.kind, c.subject, c.record, c.scopes, c.at, c.leaf, d.tries \
    FROM delivery d JOIN change c ON c.number = d.number WHERE d.webhook = ?1 AND d.due <= ?2 \
    ORDER BY d.due, d.number LIMIT ?3";
const ANSWERED: &str = "UPDATE delivery SET due = NULL, because = NULL, answered = ?3 WHERE webhook = ?1 AND number = ?2 \
    AND EXISTS (SELECT 1 FROM change c WHERE c.number = ?2 AND c.kind = 'erasure')";
const DONE: &str = "DELETE FROM delivery WHERE webhook = ?1 AND number = ?2";
const FAILED: &str = "UPDATE delivery SET tries = tries + 1, due = ?3, because = ?4 WHERE webhook = ?1 AND number = ?2";
const AGAIN: &str = "UPDATE delivery SET tries = 0, due = ?3 \
    WHERE webhook = ?1 AND number = ?2 AND due IS NULL AND answered IS NULL";
const WEBHOOKS: &str = "SELECT w.webhook, (SELECT coalesce(max(number), 0) FROM change) - w.after, \
    (SELECT count(*) FROM delivery d WHERE d.webhook = w.webhook AND d.due IS NOT NULL), \
    (SELECT min(d.due) FROM delivery d WHERE d.webhook = w.webhook AND d.due IS NOT NULL), \
    (SELECT count(*) FROM delivery d WHERE d.webhook = w.webhook AND d.due IS NULL AND d.answered IS NULL) \
    FROM webhook w ORDER BY w.webhook";
const DEAD: &str = "SELECT webhook, number, tries, coalesce(because, '') FROM delivery \
    WHERE due IS NULL AND answered IS NULL ORDER BY webhook, number LIMIT ?1";

/// Changes after a number, in order.
pub(crate) fn changes(connection: &Connection, after: u64, limit: u32) -> Result<Vec<ChangeRow>, StoreError> {
    connection.rows(CHANGES, values![after, limit], change)
}

/// The number of the newest change; 0 before the first.
pub(crate) fn last(connection: &Connection) -> Result<u64, StoreError> {
    connection.one(LAST, values![], |row| row.get(0))
}

/// Whether the process sends for a webhook from now on.
pub(crate) fn claim(connection: &Connection, webhook: &str, claim: Claim) -> Result<bool, StoreError> {
    let Claim { server, now, until } = claim;
    if connection.execute(CLAIM_FIRST, values![webhook, &server, until])? == 1 {
        return Ok(true);
    }
    Ok(connection.execute(CLAIM, values![webhook, &server, until, now])? == 1)
}

/// Takes new changes over for a webhook.
pub(crate) fn take_over(connection: &Connection, webhook: &str, now: Timestamp) -> Result<(), StoreError> {
    let after: u64 = connection.one(AFTER, values![webhook], |row| row.get(0))?;
    let until = last(connection)?.min(after.saturating_add(MOST.into()));
    if until > after {
        connection.execute(TAKE_OVER, values![webhook, now, after, until])?;
        connection.execute(MOVE, values![webhook, until])?;
    }
    Ok(())
}

/// Whether a webhook has changes to take over.
pub(crate) fn is_behind(connection: &Connection, webhook: &str) -> Result<bool, StoreError> {
    let after: Option<u64> = connection.row(AFTER, values![webhook], |row| row.get(0))?;
    Ok(after.is_some_and(|after| last(connection).is_ok_and(|last| last > after)))
}

/// What is due for a webhook, the longest due first.
pub(crate) fn due(
    connection: &Connection,
    webhook: &str,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Delivery>, StoreError> {
    connection.rows(DUE, values![webhook, now, limit], |row| Ok(Delivery { row: change(row)?, tries: row.get(8)? }))
}

/// A delivery was taken in; that of an erasure is kept with its instant (rule R49).
pub(crate) fn done(connection: &Connection, webhook: &str, number: u64, at: Timestamp) -> Result<(), StoreError> {
    if connection.execute(ANSWERED, values![webhook, number, at])? == 0 {
        connection.execute(DONE, values![webhook, number])?;
    }
    Ok(())
}

/// A delivery failed: due again, or given up.
pub(crate) fn failed(
    connection: &Connection,
    (webhook, number): (&str, u64),
    due: Option<Timestamp>,
    because: &str,
) -> Result<(), StoreError> {
    connection.execute(FAILED, values![webhook, number, due, because])?;
    Ok(())
}

/// Tries what was given up once more; false when there is no such dead letter.
pub(crate) fn again(
    connection: &Connection,
    (webhook, number): (&str, u64),
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(connection.execute(AGAIN, values![webhook, number, now])? == 1)
}

/// How every webhook stands.
pub(crate) fn webhooks(connection: &Connection) -> Result<Vec<WebhookRow>, StoreError> {
    connection.rows(WEBHOOKS, values![], |row| {
        let (waiting, next, dead) = (row.get(2)?, row.get(3)?, row.get(4)?);
        Ok(WebhookRow { webhook: row.get(0)?, new: row.get(1)?, waiting, next, dead })
    })
}

/// What was given up.
pub(crate) fn dead(connection: &Connection, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
    connection.rows(DEAD, values![limit], |row| {
        Ok(DeadLetter { webhook: row.get(0)?, number: row.get(1)?, tries: row.get(2)?, because: row.get(3)? })
    })
}

fn change(row: &Row<'_>) -> Result<ChangeRow, StoreError> {
    // Zeroes, like nothing at all, are nobody.
    let subject = row.get::<SubjectOrNone>(3)?.0.filter(|subject| *subject.as_bytes() != [0; 16]);
    let scopes: String = row.get(5)?;
    Ok(ChangeRow {
        number: row.get(0)?,
        change: NewChange {
            id: row.get(1)?,
            kind: row.get(2)?,
            subject,
            record: row.get(4)?,
            scopes: scopes.split(SEPARATOR).filter(|scope| !scope.is_empty()).map(str::to_owned).collect(),
            at: row.get(6)?,
        },
        leaf: row.get(7)?,
    })
}
