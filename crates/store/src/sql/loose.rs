//! Loose objects: written down before the first byte of one is written, forgotten once an attachment holds it or it is
//! removed. So whatever moment a server is killed in, every object has a row that says what is to become of it.

use jiff::Timestamp;
use model::{AttachmentId, Slug};

use super::House;
use crate::error::StoreError;
use crate::sql::column::values;
use crate::sql::connection::Connection;

/// Most that are removed before their rows are.
const AT_ONCE: u32 = 256;

const PUT: &str = "INSERT INTO loose_object (object, since) VALUES (?1, ?2)";
const GIVEN_UP: &str = "UPDATE loose_object SET since = NULL WHERE object = ?1";
const LATE: &str = "SELECT count(*) FROM loose_object WHERE since < ?1";
const ALL_GIVEN_UP: &str = "UPDATE loose_object SET since = NULL WHERE since < ?1";
const GOING: &str = "SELECT object FROM loose_object WHERE since IS NULL LIMIT ?1";
const GONE: &str = "DELETE FROM loose_object WHERE object = ?1 AND since IS NULL";

pub(crate) fn put(connection: &Connection, object: AttachmentId, at: Timestamp) -> Result<(), StoreError> {
    connection.execute(PUT, values![object.as_bytes(), at])?;
    Ok(())
}

/// From now on no act takes it.
pub(crate) fn give_up(connection: &Connection, object: AttachmentId) -> Result<(), StoreError> {
    connection.execute(GIVEN_UP, values![object.as_bytes()])?;
    Ok(())
}

fn going(connection: &Connection) -> Result<Vec<AttachmentId>, StoreError> {
    let objects = connection.rows(GOING, values![AT_ONCE], |row| row.get(0))?;
    Ok(objects)
}

impl House {
    /// Gives up what came before an instant, then removes all that is given up.
    pub(crate) async fn sweep(&self, platform: &Slug, before: Timestamp) -> Result<u64, StoreError> {
        let database = self.platform(platform)?;
        let late = move |connection: &Connection| connection.one(LATE, values![before], |row| row.get::<u32>(0));
        if database.clone().read(late).await? > 0 {
            database.write(move |connection| Ok(connection.execute(ALL_GIVEN_UP, values![before]).map(drop)?)).await?;
        }
        self.remove_given_up(platform).await
    }

    /// The row goes last: a removal cut short is done again.
    pub(crate) async fn remove_given_up(&self, platform: &Slug) -> Result<u64, StoreError> {
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
                objects
                    .iter()
                    .try_for_each(|object| Ok(connection.execute(GONE, values![object.as_bytes()]).map(drop)?))
            };
            database.write(gone).await?;
        }
    }
}
