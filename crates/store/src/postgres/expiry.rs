//! Sees that a destroyed key is gone from every file of the server: from its tables, and from its write-ahead log.
//!
//! One round is for all that was destroyed before it begins. What it has seen stands in a row, so that it goes on whichever
//! of our servers looks next, and after each restart:
//!
//! | stage | mark | it ends when |
//! |---|---|---|
//! | 1 | a transaction id, drawn after the erasures | nobody sees rows from before it any more; then the table of keys is written anew |
//! | 2 | the log's segment after that, the last one with a key in it | the segment is full |
//! | 3 | the same, since when it was full | no older segment is kept, and those that wait to be written over come from younger ones |
//! | 4 | the segment that was being written then, perhaps over an old one | that segment is full |
//!
//! A plain VACUUM would not do: it leaves bytes of the last row of a page behind in the page's gap. Nor would the names of the
//! segments alone: the server renames an old one to a future name and keeps its bytes until it gets there.

use jiff::{SignedDuration, Timestamp};
use model::Slug;

use super::Server;
use crate::destruction::Destruction;
use crate::error::StoreError;
use crate::sql::column::values;
use crate::sql::{Connection, Row, destruction};

/// How long a round may not follow another: each writes the table of keys anew, while acts wait.
const APART: SignedDuration = SignedDuration::from_hours(20);

const STATE: &str = "SELECT size, stage, mark, since FROM destroying WHERE one = 1";
const BEGIN: &str =
    "INSERT INTO destroying (one, size, stage, mark, since) VALUES (1, ?1, 1, ?2, 0) ON CONFLICT DO NOTHING";
const ADVANCE: &str =
    "UPDATE destroying SET stage = ?3, mark = ?4, since = ?5 WHERE one = 1 AND stage = ?1 AND mark = ?2";
const END: &str = "DELETE FROM destroying WHERE size = ?1";

/// Whether the role sees other sessions and the files of the log.
const SEES: &str = "SELECT pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') \
    AND has_function_privilege('pg_ls_waldir()', 'EXECUTE')";
/// Whether the log goes where nobody here can look.
const LEAVES: &str = "SELECT current_setting('archive_mode') <> 'off' \
    OR EXISTS (SELECT 1 FROM pg_stat_replication)";
/// Whether the role may end a segment before it is full.
const MAY_SWITCH: &str = "SELECT has_function_privilege('pg_switch_wal()', 'EXECUTE')";
const SWITCH: &str = "SELECT pg_switch_wal()";

const TRANSACTION: &str = "SELECT pg_current_xact_id()::text::bigint";
/// Who still sees rows from before a transaction: sessions, standbys and slots, prepared transactions.
const HOLDERS: &str = "SELECT count(*) FROM ( \
    SELECT backend_xmin AS held FROM pg_stat_activity \
        WHERE pid <> pg_backend_pid() AND (datname = current_database() OR datname IS NULL) \
    UNION ALL SELECT backend_xid FROM pg_stat_activity \
        WHERE pid <> pg_backend_pid() AND (datname = current_database() OR datname IS NULL) \
    UNION ALL SELECT xmin FROM pg_replication_slots \
    UNION ALL SELECT transaction FROM pg_prepared_xacts) AS holders \
    WHERE held IS NOT NULL AND age(held) >= age((?1::bigint)::text::xid8::xid)";
/// Acts wait no longer than this for the table's turn; else it is tried again.
const PATIENCE: &str = "SET lock_timeout = '2s'";
const REWRITE: &str = "VACUUM (FULL) key_slot";
/// What the server answers who waited in vain for a lock.
const IN_USE: &str = "55P03";

const SEGMENT: &str = "SELECT pg_walfile_name(pg_current_wal_insert_lsn())";
const SECONDS: &str = "SELECT ceil(extract(epoch FROM clock_timestamp()))::bigint";
const FILES: &str = "SELECT name, floor(extract(epoch FROM modification))::bigint FROM pg_ls_waldir()";

const GRANT: &str =
    "the role of [postgres] does not see other sessions and the write-ahead log: GRANT pg_monitor TO it";
const ELSEWHERE: &str =
    "the write-ahead log is archived or replicated, where its end cannot be seen from here: certificates stay pending";
const HELD: &str = "an older transaction still sees what was destroyed";
const APART_STILL: &str = "the table of keys was written anew less than a day ago";
const BUSY: &str = "the table of keys is in use: it is written anew when it is free for a moment";
const NOT_FULL: &str =
    "a segment of the write-ahead log is not full yet (with EXECUTE on pg_switch_wal() it need not be)";
const KEPT: &str = "the server keeps older segments of its write-ahead log still";

/// A round under way.
#[derive(Clone, Copy)]
struct Round {
    size: u64,
    stage: u32,
    mark: u64,
    since: u64,
}

/// What a stage came to.
enum Seen {
    /// The next stage, its mark, and since when.
    Next(u64, u64),
    Waits(&'static str),
}

/// Goes on as far as can be seen.
pub(super) fn confirm(server: &Server, platform: &Slug, now: Timestamp) -> Result<Destruction, StoreError> {
    let connection = server.connect(platform.as_str())?;
    loop {
        let state =
            |row: &Row<'_>| Ok(Round { size: row.get(0)?, stage: row.get(1)?, mark: row.get(2)?, since: row.get(3)? });
        let Some(round) = connection.row(STATE, values![], state)? else {
            let Some(size) = destruction::open(&connection)? else { return Ok(Destruction::Nothing) };
            let last = destruction::newest(&connection)?;
            if last.is_some_and(|last| now.duration_since(last) < APART) {
                return Ok(Destruction::Waiting(APART_STILL));
            }
            let transaction = number(&connection, TRANSACTION)?;
            connection.execute(BEGIN, values![size, transaction])?;
            continue;
        };
        if number(&connection, SEES)? == 0 {
            return Ok(Destruction::Unseen(GRANT));
        }
        if number(&connection, LEAVES)? == 1 {
            return Ok(Destruction::Unseen(ELSEWHERE));
        }
        match look(&connection, round)? {
            Seen::Waits(what) => return Ok(Destruction::Waiting(what)),
            Seen::Next(..) if round.stage == 4 => {
                return connection.whole(|| {
                    connection.execute(END, values![round.size])?;
                    destruction::confirm(&connection, round.size, now)
                });
            }
            // Where another server of ours was faster, the row is as that one left it.
            Seen::Next(mark, since) => {
                let next = values![round.stage, round.mark, round.stage + 1, mark, since];
                connection.execute(ADVANCE, next)?;
            }
        }
    }
}

fn look(connection: &Connection, round: Round) -> Result<Seen, StoreError> {
    match round.stage {
        1 => rewritten(connection, round.mark),
        2 | 4 => {
            if segment(connection)? <= round.mark {
                return Ok(Seen::Waits(NOT_FULL));
            }
            Ok(Seen::Next(round.mark, number(connection, SECONDS)?))
        }
        _ => expired(connection, round),
    }
}

/// Nobody sees older rows: the table of keys is written anew, without them.
fn rewritten(connection: &Connection, transaction: u64) -> Result<Seen, StoreError> {
    let holders: u64 = connection.one(HOLDERS, values![transaction], |row| row.get(0))?;
    if holders > 0 {
        return Ok(Seen::Waits(HELD));
    }
    connection.batch(PATIENCE)?;
    match connection.batch(REWRITE).map_err(StoreError::from) {
        Err(StoreError::Engine(why)) if why.contains(IN_USE) => return Ok(Seen::Waits(BUSY)),
        done => done?,
    }
    ended(connection)
}

/// No file of the log is older than the mark, nor will be written over by one.
fn expired(connection: &Connection, round: Round) -> Result<Seen, StoreError> {
    let current = segment(connection)?;
    let files = connection.rows(FILES, values![], |row| Ok((row.get::<String>(0)?, row.get::<u64>(1)?)))?;
    let lies = |(name, written): &(String, u64)| match place(name) {
        Some(place) => place <= round.mark || (place > current && *written <= round.since),
        // Half-made files, and whatever else may be a part of the log.
        None => ![".history", ".backup"].iter().any(|end| name.ends_with(end)),
    };
    if files.iter().any(lies) { Ok(Seen::Waits(KEPT)) } else { ended(connection) }
}

/// The segment that is being written now; where we may, it is ended at once.
fn ended(connection: &Connection) -> Result<Seen, StoreError> {
    let current = segment(connection)?;
    if number(connection, MAY_SWITCH)? == 1 {
        connection.batch(SWITCH)?;
    }
    Ok(Seen::Next(current, 0))
}

fn segment(connection: &Connection) -> Result<u64, StoreError> {
    let name: String = connection.one(SEGMENT, values![], |row| row.get(0))?;
    place(&name).ok_or(StoreError::Engine("PostgreSQL names its log as no release that is known".to_owned()))
}

/// Where a segment stands in the log, whatever its timeline: the last 16 of 24 hexadecimal digits.
fn place(name: &str) -> Option<u64> {
    let (timeline, place) = name.split_at_checked(8)?;
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (place.len() == 16 && is_hex(timeline) && is_hex(place)).then(|| u64::from_str_radix(place, 16).ok()).flatten()
}

fn number(connection: &Connection, sql: &'static str) -> Result<u64, StoreError> {
    connection.one(sql, values![], |row| row.get(0))
}
