//! Uploads under way. A parcel's object is written first and its row after it: so whatever moment a server is killed in, as much
//! is received as the rows say, and an object without one is loose. Of one that ends the key goes first.

use jiff::Timestamp;
use model::{AttachmentId, RecordId, Slug, SubjectId, UploadId};

use super::act::{SLOT_ZERO, slot_new};
use super::loose;
use crate::error::StoreError;
use crate::sql::column::{Value, values};
use crate::sql::connection::Connection;
use crate::upload::{Begun, NewUpload, Parcel, UploadRow};

const ERASED: &str = "SELECT 1 FROM subject WHERE subject IN (?1, ?2) AND forgotten = 1 \
    UNION ALL SELECT 1 FROM part WHERE record = ?3 AND subject = ?2 AND role = ?4 AND slot IS NULL";
const UNDER_WAY: &str = "SELECT count(*) FROM upload WHERE sender = ?1 AND attachment IS NULL";
const PUT: &str = "INSERT INTO upload (upload, sender, caller, record, subject, role, item, function, channel, size, received, \
    slot, coming, until, attachment) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, ?11, NULL, ?12, NULL)";
const ONE: &str = "SELECT u.sender, u.caller, u.record, u.subject, u.role, u.item, u.function, u.channel, u.size, u.until, \
    u.received, k.wrapped, u.attachment, a.kind, a.leaf FROM upload u LEFT JOIN key_slot k ON k.slot = u.slot \
    LEFT JOIN attachment a ON a.attachment = u.attachment WHERE u.upload = ?1";
const PARCEL: &str = "SELECT object, size, digest FROM parcel WHERE upload = ?1 AND start = ?2";
/// Whoever asks last has it: who asked before, and sends on without hearing from us, finds it gone.
const COMING: &str = "UPDATE upload SET coming = ?2 WHERE upload = ?1 AND received = ?3 AND attachment IS NULL";
const COMES: &str = "SELECT 1 FROM upload u JOIN loose_object o ON o.object = u.coming \
    WHERE u.upload = ?1 AND u.coming = ?2 AND u.received = ?3 AND o.since IS NOT NULL";
const TAKE: &str = "DELETE FROM loose_object WHERE object = ?1";
const PARCEL_PUT: &str = "INSERT INTO parcel (upload, start, object, size, digest) VALUES (?1, ?2, ?3, ?4, ?5)";
const RECEIVED: &str = "UPDATE upload SET received = received + ?2, coming = NULL WHERE upload = ?1";
const SLOT: &str = "SELECT u.slot, length(k.wrapped) FROM upload u LEFT JOIN key_slot k ON k.slot = u.slot \
    WHERE u.upload = ?1";
const WHOLE: &str = "SELECT 1 FROM upload WHERE upload = ?1 AND received = size AND attachment IS NULL";
const PARCELS_LOOSE: &str =
    "INSERT INTO loose_object (object, since) SELECT object, NULL FROM parcel WHERE upload = ?1";
const PARCELS_DROP: &str = "DELETE FROM parcel WHERE upload = ?1";
const TAKEN: &str = "UPDATE upload SET slot = NULL, coming = NULL, attachment = ?2 WHERE upload = ?1";
const DROP: &str = "DELETE FROM upload WHERE upload = ?1";
const OVER: &str = "SELECT upload FROM upload WHERE until <= ?1";
const OF_PART: &str = "SELECT upload FROM upload WHERE record = ?1 AND subject = ?2 AND role = ?3";
const OF_RECORD: &str = "SELECT upload FROM upload WHERE record = ?1";
const OF_SUBJECT: &str =
    "SELECT upload FROM upload WHERE sender = ?1 UNION SELECT upload FROM upload WHERE subject = ?1";

/// Begins an upload whose parcels are sealed under a key that comes wrapped; of one sender at most so many are under way.
pub(crate) fn begin(connection: &Connection, new: &NewUpload, wrapped: &[u8], most: u32) -> Result<Begun, StoreError> {
    let (sender, subject, record) = (new.sender.as_bytes(), new.subject.as_bytes(), new.record.as_bytes());
    let role = new.role.as_str();
    if connection.row(ERASED, values![sender, subject, record, role], |_| Ok(()))?.is_some() {
        return Ok(Begun::Erased);
    }
    if connection.one(UNDER_WAY, values![sender], |row| row.get::<u32>(0))? >= most {
        return Ok(Begun::TooMany);
    }
    let slot = slot_new(connection, wrapped, &mut None)?;
    let values = values![
        new.id.as_bytes(),
        sender,
        new.caller.as_ref().map(model::ActorId::as_bytes),
        record,
        subject,
        role,
        new.item.as_str(),
        new.function.as_str(),
        new.channel.as_ref().map(Slug::as_str),
        new.size,
        slot,
        new.until,
    ];
    connection.execute(PUT, values)?;
    Ok(Begun::Begun)
}

pub(crate) fn one(connection: &Connection, id: UploadId) -> Result<Option<UploadRow>, StoreError> {
    connection.row(ONE, values![id.as_bytes()], |row| {
        let begun = NewUpload {
            id,
            sender: row.get(0)?,
            caller: row.get(1)?,
            record: row.get(2)?,
            subject: row.get(3)?,
            role: row.get(4)?,
            item: row.get(5)?,
            function: row.get(6)?,
            channel: row.get(7)?,
            size: row.get(8)?,
            until: row.get(9)?,
        };
        let taken = match (row.get(12)?, row.get(13)?, row.get(14)?) {
            (Some(attachment), Some(kind), Some(leaf)) => Some((attachment, kind, leaf)),
            _ => None,
        };
        Ok(UploadRow { begun, received: row.get(10)?, wrapped: row.get(11)?, taken })
    })
}

/// The parcel that begins at a place.
pub(crate) fn parcel(connection: &Connection, id: UploadId, start: u64) -> Result<Option<Parcel>, StoreError> {
    connection.row(PARCEL, values![id.as_bytes(), start], |row| {
        Ok(Parcel { object: row.get(0)?, start, size: row.get(1)?, digest: row.get(2)? })
    })
}

/// An object is to be the next parcel, and loose until it is: `false` where something else was received meanwhile.
pub(crate) fn coming(
    connection: &Connection,
    id: UploadId,
    start: u64,
    (object, at): (AttachmentId, Timestamp),
) -> Result<bool, StoreError> {
    let is_next = connection.execute(COMING, values![id.as_bytes(), object.as_bytes(), start])? == 1;
    if is_next {
        loose::put(connection, object, at)?;
    }
    Ok(is_next)
}

/// The object is durable, and now a parcel: `false` where another is to be the next one, or the upload is over.
pub(crate) fn received(connection: &Connection, id: UploadId, parcel: &Parcel) -> Result<bool, StoreError> {
    let (upload, object) = (id.as_bytes(), parcel.object.as_bytes());
    if connection.row(COMES, values![upload, object, parcel.start], |_| Ok(()))?.is_none() {
        return Ok(false);
    }
    connection.execute(TAKE, values![object])?;
    connection.execute(PARCEL_PUT, values![upload, parcel.start, object, parcel.size, parcel.digest])?;
    connection.execute(RECEIVED, values![upload, parcel.size])?;
    Ok(true)
}

/// An act takes the whole as an attachment: `false` where it is not whole, was taken before, or is over.
pub(crate) fn taken(connection: &Connection, id: UploadId, attachment: AttachmentId) -> Result<bool, StoreError> {
    if connection.row(WHOLE, values![id.as_bytes()], |_| Ok(()))?.is_none() || !emptied(connection, id)? {
        return Ok(false);
    }
    connection.execute(TAKEN, values![id.as_bytes(), attachment.as_bytes()])?;
    Ok(true)
}

/// Ends an upload; nothing is left of it. `false` where there is none.
pub(crate) fn end(connection: &Connection, id: UploadId) -> Result<bool, StoreError> {
    let is_there = emptied(connection, id)?;
    if is_there {
        connection.execute(DROP, values![id.as_bytes()])?;
    }
    Ok(is_there)
}

/// Destroys the key, then gives the parcels up. An object that is being written stays loose: whoever writes it finds that it is
/// no parcel any more and drops it, and where nobody does, the sweep does.
fn emptied(connection: &Connection, id: UploadId) -> Result<bool, StoreError> {
    let upload = values![id.as_bytes()];
    let found = connection.row(SLOT, upload, |row| Ok((row.get::<Option<u64>>(0)?, row.get::<Option<u32>>(1)?)))?;
    let Some((slot, length)) = found else { return Ok(false) };
    if let (Some(slot), Some(length)) = (slot, length) {
        let zeroes = vec![0; usize::try_from(length).unwrap_or_default()];
        connection.execute(SLOT_ZERO, values![slot, &zeroes])?;
    }
    connection.execute(PARCELS_LOOSE, upload)?;
    connection.execute(PARCELS_DROP, upload)?;
    Ok(true)
}

/// Ends every upload that is over; how many.
pub(crate) fn end_over(connection: &Connection, now: Timestamp) -> Result<u64, StoreError> {
    end_each(connection, OVER, values![now])
}

/// Ends the uploads into a record part.
pub(crate) fn end_of_part(
    connection: &Connection,
    record: RecordId,
    subject: &[u8],
    role: &Slug,
) -> Result<u64, StoreError> {
    end_each(connection, OF_PART, values![record.as_bytes(), subject, role.as_str()])
}

/// Ends the uploads into a record.
pub(crate) fn end_of_record(connection: &Connection, record: RecordId) -> Result<u64, StoreError> {
    end_each(connection, OF_RECORD, values![record.as_bytes()])
}

/// Ends the uploads that somebody sends, and those about somebody.
pub(crate) fn end_of_subject(connection: &Connection, subject: SubjectId) -> Result<u64, StoreError> {
    end_each(connection, OF_SUBJECT, values![subject.as_bytes()])
}

fn end_each<'v>(
    connection: &Connection,
    sql: &'static str,
    values: impl AsRef<[Value<'v>]>,
) -> Result<u64, StoreError> {
    let uploads: Vec<UploadId> = connection.rows(sql, values, |row| row.get(0))?;
    let mut ended = 0;
    for upload in uploads {
        ended += u64::from(end(connection, upload)?);
    }
    Ok(ended)
}
