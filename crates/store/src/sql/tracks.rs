//! Tracks of sales: pages shown are put down one by one, each in a small transaction of its own; acts close a track.

use jiff::Timestamp;
use ledger::Hash;
use model::{Fingerprint, RecordId, Slug, TrackId};

use crate::error::StoreError;
use crate::sql::column::values;
use crate::sql::connection::{Connection, SqlError};
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
pub(crate) fn begin(
    connection: &Connection,
    open: &OpenTrack,
    visit: &Visit,
    function: &Slug,
    at: Timestamp,
) -> Result<(), SqlError> {
    let row = values![open.track.as_bytes(), visit, function.as_str(), open.head.as_bytes(), at];
    connection.execute(TRACK_PUT, row).map(drop)
}

/// The chain of a browser's track after its last step.
pub(crate) fn head(connection: &Connection, track: TrackId, visit: &Visit) -> Result<Option<Hash>, StoreError> {
    connection.row(HEAD, values![track.as_bytes(), visit], |row| row.get(0))
}

/// Puts one step down, with its page; the chain after it.
pub(crate) fn append(
    connection: &Connection,
    track: TrackId,
    before: Hash,
    step: &TrackStep,
    markup: &str,
) -> Result<Hash, StoreError> {
    let chain = next(before, step);
    connection.execute(PAGE_PUT, values![step.page.as_bytes(), markup])?;
    let TrackStep { page, text, action, control, at } = step;
    let row = values![track.as_bytes(), page.as_bytes(), text.as_bytes(), action, control, *at, chain.as_bytes()];
    connection.execute(STEP_PUT, row)?;
    connection.execute(TRACK_MOVE, values![track.as_bytes(), chain.as_bytes(), *at])?;
    Ok(chain)
}

/// The track of a browser that is nobody's record yet.
pub(crate) fn open(connection: &Connection, visit: &Visit) -> Result<Option<OpenTrack>, StoreError> {
    connection
        .row(OPEN, values![visit], |row| Ok(OpenTrack { track: row.get(0)?, head: row.get(1)?, page: row.get(2)? }))
}

/// A page was shown.
pub(crate) fn shown(connection: &Connection, shown: &TrackShown) -> Result<(), StoreError> {
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
pub(crate) fn dropped(connection: &Connection, before: Timestamp) -> Result<usize, StoreError> {
    connection.execute(STEPS_LATE_DROP, values![before])?;
    let tracks = connection.execute(TRACKS_LATE_DROP, values![before])?;
    connection.execute(PAGES_DROP, values![])?;
    Ok(tracks)
}

/// The tracks of a record.
pub(crate) fn tracks(connection: &Connection, record: RecordId) -> Result<Vec<TrackRow>, StoreError> {
    let mut rows = connection.rows(TRACKS, values![record.as_bytes()], |row| {
        Ok(TrackRow { track: row.get(0)?, function: row.get(1)?, leaf: row.get(2)?, steps: Vec::new() })
    })?;
    for row in &mut rows {
        let steps = connection.rows(STEPS, values![row.track.as_bytes()], |row| {
            let step = TrackStep {
                page: row.get(0)?,
                text: row.get(1)?,
                action: row.get(2)?,
                control: row.get(3)?,
                at: row.get(4)?,
            };
            Ok((step, row.get(5)?))
        })?;
        row.steps = steps;
    }
    Ok(rows)
}

/// A page of a sale.
pub(crate) fn page(connection: &Connection, page: &Fingerprint) -> Result<Option<String>, StoreError> {
    connection.row(PAGE, values![page.as_bytes()], |row| row.get(0))
}
