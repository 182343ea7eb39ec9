//! Loose objects: written down before the first byte of one is written, forgotten once an attachment holds it or it is
//! removed. So whatever moment a server is killed in, every object has a row that says what is to become of it.

use jiff::Timestamp;
use model::{AttachmentId, Slug};
use rusqlite::{Connection, params};

use super::House;
use super::columns::{Sql, column};
use crate::error::StoreError;

/// Most that are removed before their rows are.
const AT_ONCE: u32 = 256;

const PUT: &str = "INSERT INTO loose_object (object, since) VALUES (?1, ?2)";
const GIVEN_UP: &str = "UPDATE loose_object SET since = NULL WHERE object = ?1";
const LATE: &str = "SELECT count(*) FROM loose_object WHERE since < ?1";
const ALL_GIVEN_UP: &str = "UPDATE loose_object SET since = NULL WHERE since < ?1";
const GOING: &str = "SELECT object FROM loose_object WHERE since IS NULL LIMIT ?1";
const GONE: &str = "DELETE FROM loose_object WHERE object = ?1 AND since IS NULL";

pub(super) fn put(connection: &Connection, object: AttachmentId, at: Timestamp) -> Result<(), StoreError> {
    connection.prepare_cached(PUT)?.execute(params![object.as_bytes(), Sql(at)])?;
    Ok(())
}

/// From now on no act takes it.
pub(super) fn give_up(connection: &Connection, object: AttachmentId) -> Result<(), StoreError> {
    connection.prepare_cached(GIVEN_UP)?.execute([object.as_bytes()])?;
    Ok(())
}

fn going(connection: &Connection) -> Result<Vec<AttachmentId>, StoreError> {
    let mut statement = connection.prepare_cached(GOING)?;
    let objects = statement.query_map([AT_ONCE], |row| column(row, 0))?;
    Ok(objects.collect::<Result<_, _>>()?)
}

impl House {
    /// Gives up what came before an instant, then removes all that is given up.
    pub(super) async fn sweep(&self, platform: &Slug, before: Timestamp) -> Result<u64, StoreError> {
        let database = self.platform(platform)?;
        let late = move |connection: &Connection| {
            Ok(connection.prepare_cached(LATE)?.query_row([Sql(before)], |row| row.get::<_, u32>(0))?)
        };
        if database.clone().read(late).await? > 0 {
            database.write(move |connection| Ok(connection.execute(ALL_GIVEN_UP, [Sql(before)]).map(drop)?)).await?;
        }
        self.remove_given_up(platform).await
    }

    /// The row goes last: a removal cut short is done again.
    pub(super) async fn remove_given_up(&self, platform: &Slug) -> Result<u64, StoreError> {
        let database = self.platform(platform)?;
        let mut removed = 0;
        loop {
            let objects = database.clone().read(going).await?;
            if objects.is_empty() {
                return Ok(removed);
            }
            for object in &objects {
                self.objects.remove(platform, *object).await?;
                removed += 1;
            }
            let gone = move |connection: &Connection| {
                let mut statement = connection.prepare_cached(GONE)?;
                objects.iter().try_for_each(|object| Ok(statement.execute([object.as_bytes()]).map(drop)?))
            };
            database.write(gone).await?;
        }
    }
}
