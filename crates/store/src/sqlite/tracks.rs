//! Tracks of sales: pages shown are put down one by one, each in a small transaction of its own; acts close a track.

use jiff::Timestamp;
use ledger::Hash;
use model::{Fingerprint, RecordId, Slug, TrackId};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::columns::{Sql, column, optional};
use crate::error::StoreError;
use crate::tracks::{OpenTrack, TrackRow, TrackShown, TrackStep, Visit, next, start};

const OPEN: &str = "SELECT track, head, (SELECT s.page FROM track_step s WHERE s.track = track.track \
    ORDER BY s.number DESC LIMIT 1) FROM track WHERE visit = ?1";
const HEAD: &str = "SELECT head FROM track WHERE track = ?1 AND visit = ?2";
const TRACK_PUT: &str = "INSERT INTO track (track, visit, function, head, at) VALUES (?1, ?2, ?3, ?4, ?5)";
const TRACK_MOVE: &str = "UPDATE track SET head = ?2, at = ?3 WHERE track = ?1";
const STEP_PUT: &str = "INSERT INTO track_step (track, number, page, text, action, control, at, chain) VALUES \
    (?1, (SELECT coalesce(max(number), 0) + 1 FROM track_step WHERE track = ?1), ?2, ?3, ?4, ?5, ?6, ?7)";
const PAGE_PUT: &str = "INSERT INTO sale_page (page, markup) VALUES (?1, ?2) ON CONFLICT (page) DO NOTHING";
const STEPS_LATE_DROP: &str =
    "DELETE FROM track_step WHERE track IN (SELECT track FROM track WHERE visit IS NOT NULL AND at < ?1)";
const TRACKS_LATE_DROP: &str = "DELETE FROM track WHERE visit IS NOT NULL AND at < ?1";
const PAGES_DROP: &str = "DELETE FROM sale_page WHERE NOT EXISTS \
    (SELECT 1 FROM track_step s WHERE s.page = sale_page.page)";
const TRACKS: &str = "SELECT track, function, leaf FROM track WHERE record = ?1 ORDER BY leaf, track";
const STEPS: &str = "SELECT page, text, action, control, at, chain FROM track_step WHERE track = ?1 ORDER BY number";
const PAGE: &str = "SELECT markup FROM sale_page WHERE page = ?1";

/// A track that begins.
pub(super) fn begin(
    connection: &Connection,
    open: &OpenTrack,
    visit: &Visit,
    function: &Slug,
    at: Timestamp,
) -> rusqlite::Result<()> {
    let row = params![open.track.as_bytes(), visit, function.as_str(), open.head.as_bytes(), Sql(at)];
    connection.prepare_cached(TRACK_PUT)?.execute(row).map(drop)
}

/// The chain of a browser's track after its last step.
pub(super) fn head(connection: &Connection, track: TrackId, visit: &Visit) -> Result<Option<Hash>, StoreError> {
    let mut statement = connection.prepare_cached(HEAD)?;
    Ok(statement.query_row(params![track.as_bytes(), visit], |row| column(row, 0)).optional()?)
}

/// Puts one step down, with its page; the chain after it.
pub(super) fn append(
    connection: &Connection,
    track: TrackId,
    before: Hash,
    step: &TrackStep,
    markup: &str,
) -> Result<Hash, StoreError> {
    let chain = next(before, step);
    connection.prepare_cached(PAGE_PUT)?.execute(params![step.page.as_bytes(), markup])?;
    let TrackStep { page, text, action, control, at } = step;
    let row = params![track.as_bytes(), page.as_bytes(), text.as_bytes(), action, control, Sql(*at), chain.as_bytes()];
    connection.prepare_cached(STEP_PUT)?.execute(row)?;
    connection.prepare_cached(TRACK_MOVE)?.execute(params![track.as_bytes(), chain.as_bytes(), Sql(*at)])?;
    Ok(chain)
}

/// The track of a browser that is nobody's record yet.
pub(super) fn open(connection: &Connection, visit: &Visit) -> Result<Option<OpenTrack>, StoreError> {
    let mut statement = connection.prepare_cached(OPEN)?;
    let open = |row: &rusqlite::Row<'_>| {
        Ok(OpenTrack { track: column(row, 0)?, head: column(row, 1)?, page: optional(row, 2)? })
    };
    Ok(statement.query_row([visit], open).optional()?)
}

/// A page was shown.
pub(super) fn shown(connection: &Connection, shown: &TrackShown) -> Result<(), StoreError> {
    let open = if let Some(open) = open(connection, &shown.visit)? {
        open
    } else {
        let open = OpenTrack { track: shown.track, head: start(shown.track, &shown.function), page: None };
        begin(connection, &open, &shown.visit, &shown.function, shown.step.at)?;
        open
    };
    append(connection, open.track, open.head, &shown.step, &shown.markup).map(drop)
}

/// Drops the tracks that came to nothing, and the pages that no step names any more.
pub(super) fn dropped(connection: &Connection, before: Timestamp) -> Result<usize, StoreError> {
    connection.prepare_cached(STEPS_LATE_DROP)?.execute([Sql(before)])?;
    let tracks = connection.prepare_cached(TRACKS_LATE_DROP)?.execute([Sql(before)])?;
    connection.prepare_cached(PAGES_DROP)?.execute([])?;
    Ok(tracks)
}

/// The tracks of a record.
pub(super) fn tracks(connection: &Connection, record: RecordId) -> Result<Vec<TrackRow>, StoreError> {
    let mut statement = connection.prepare_cached(TRACKS)?;
    let rows = statement.query_map([record.as_bytes()], |row| {
        Ok(TrackRow { track: column(row, 0)?, function: column(row, 1)?, leaf: column(row, 2)?, steps: Vec::new() })
    })?;
    let mut rows: Vec<_> = rows.collect::<Result<_, _>>()?;
    let mut statement = connection.prepare_cached(STEPS)?;
    for row in &mut rows {
        let steps = statement.query_map([row.track.as_bytes()], |row| {
            let step = TrackStep {
                page: column(row, 0)?,
                text: column(row, 1)?,
                action: row.get(2)?,
                control: row.get(3)?,
                at: column(row, 4)?,
            };
            Ok((step, column(row, 5)?))
        })?;
        row.steps = steps.collect::<Result<_, _>>()?;
    }
    Ok(rows)
}

/// A page of a sale.
pub(super) fn page(connection: &Connection, page: &Fingerprint) -> Result<Option<String>, StoreError> {
    let mut statement = connection.prepare_cached(PAGE)?;
    Ok(statement.query_row([page.as_bytes()], |row| row.get(0)).optional()?)
}
