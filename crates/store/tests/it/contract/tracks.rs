//! Tracks of sales: pages once, steps in a chain, closed by one act, gone with their record.

use model::act::Life;
use model::{Fingerprint, RecordId, TrackId};
use shouyue_store::tracks::{OpenTrack, TrackClosed, TrackShown, TrackStep, next, start};
use shouyue_store::{CommitError, Write};

use crate::fixture::*;

const VISIT: [u8; 32] = [7; 32];

fn step(page: u8, action: &str, n: i64) -> TrackStep {
    TrackStep {
        page: Fingerprint::from_digest([page; 32]),
        text: Fingerprint::from_digest([1; 32]),
        action: action.into(),
        control: None,
        at: at(n),
    }
}

fn shown(visit: [u8; 32], page: u8, n: i64) -> TrackShown {
    TrackShown {
        visit,
        track: TrackId::from_random(draw()),
        function: slug("apply"),
        markup: format!("<p>{page}</p>"),
        step: step(page, "shown", n),
    }
}

fn closed(open: OpenTrack, record: RecordId) -> TrackClosed {
    TrackClosed {
        visit: VISIT,
        open,
        function: slug("apply"),
        record,
        markup: "<p>2</p>".into(),
        steps: vec![step(2, "filled-in", 3), step(2, "submitted", 3)],
    }
}

async fn open(store: &Shared) -> OpenTrack {
    store.track_open(&platform(), &VISIT).await.unwrap().unwrap()
}

pub(crate) async fn steps_follow_and_a_page_is_kept_once(store: Shared) {
    assert_eq!(store.track_open(&platform(), &VISIT).await.unwrap(), None);
    let first = shown(VISIT, 1, 1);
    store.track_shown(&platform(), first.clone()).await.unwrap();
    store.track_shown(&platform(), TrackShown { markup: "another".into(), ..shown(VISIT, 1, 2) }).await.unwrap();
    // Another browser has a track of its own.
    store.track_shown(&platform(), shown([8; 32], 1, 2)).await.unwrap();
    let begun = start(first.track, &first.function);
    let head = next(next(begun, &step(1, "shown", 1)), &step(1, "shown", 2));
    assert_eq!(
        open(&store).await,
        OpenTrack { track: first.track, head, page: Some(Fingerprint::from_digest([1; 32])) }
    );
    let page = store.sale_page(&platform(), &Fingerprint::from_digest([1; 32])).await.unwrap();
    assert_eq!(page.as_deref(), Some("<p>1</p>"), "as it was the first time");
    assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
}

pub(crate) async fn an_act_closes_a_track_or_finds_that_it_moved(store: Shared) {
    let person = registered(&store).await;
    store.track_shown(&platform(), shown(VISIT, 1, 1)).await.unwrap();
    let before = open(&store).await;
    store.track_shown(&platform(), shown(VISIT, 2, 2)).await.unwrap();
    let late = store.commit(act(vec![Write::Track(closed(before, person.record))])).await;
    assert!(matches!(late, Err(CommitError::Moved)), "{late:?}");
    let now = open(&store).await;
    let done = store.commit(act(vec![Write::Track(closed(now, person.record))])).await.unwrap();
    assert_eq!(store.track_open(&platform(), &VISIT).await.unwrap(), None, "the next sale has a track of its own");
    let tracks = store.tracks_of(&platform(), person.record).await.unwrap();
    let words: Vec<&str> = tracks[0].steps.iter().map(|(step, _)| step.action.as_str()).collect();
    assert_eq!((tracks.len(), tracks[0].leaf, tracks[0].track), (1, done.leaf(), now.track));
    assert_eq!(words, ["shown", "shown", "filled-in", "submitted"]);
    let mut chain = start(now.track, &slug("apply"));
    for (step, stored) in &tracks[0].steps {
        chain = next(chain, step);
        assert_eq!(chain, *stored);
    }
    // Closed without a page before, as after a night's pause; twice it is not.
    let alone = OpenTrack { track: TrackId::from_random(draw()), head: now.head, page: None };
    let unknown = store.commit(act(vec![Write::Track(closed(alone, person.record))])).await;
    assert!(matches!(unknown, Err(CommitError::Moved)), "{unknown:?}");
    let alone = OpenTrack { head: start(alone.track, &slug("apply")), ..alone };
    store.commit(act(vec![Write::Track(closed(alone, person.record))])).await.unwrap();
    store.commit(act(vec![Write::Track(closed(alone, person.record))])).await.unwrap_err();
    assert_eq!(store.tracks_of(&platform(), person.record).await.unwrap().len(), 2);
}

pub(crate) async fn tracks_go_with_their_record_or_when_nothing_came_of_them(store: Shared) {
    let person = registered(&store).await;
    store.track_shown(&platform(), shown(VISIT, 1, 1)).await.unwrap();
    let now = open(&store).await;
    store.commit(act(vec![Write::Track(closed(now, person.record))])).await.unwrap();
    store.track_shown(&platform(), shown([8; 32], 3, 5)).await.unwrap();
    assert_eq!(store.tracks_drop(&platform(), at(5)).await.unwrap(), 0);
    assert_eq!(store.tracks_drop(&platform(), at(6)).await.unwrap(), 1, "what became a record's stays");
    assert_eq!(store.tracks_of(&platform(), person.record).await.unwrap().len(), 1);
    let page = |page: u8| {
        let (store, page) = (store.clone(), Fingerprint::from_digest([page; 32]));
        async move { store.sale_page(&platform(), &page).await.unwrap() }
    };
    assert_eq!((page(1).await.is_some(), page(3).await), (true, None));
    store.commit(act(vec![person.destruction(), Write::Life(person.record, Life::Erased)])).await.unwrap();
    assert_eq!(store.tracks_of(&platform(), person.record).await.unwrap(), []);
    store.tracks_drop(&platform(), at(6)).await.unwrap();
    assert_eq!((page(1).await, page(2).await), (None, None));
    assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
}
