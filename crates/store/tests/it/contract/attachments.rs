//! Attachments and their objects: neither is there without the other.

use model::AttachmentId;
use shouyue_store::{CommitError, Write};

use crate::fixture::*;

async fn sound(store: &Shared) {
    assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
}

pub(crate) async fn an_object_is_held_once_an_act_takes_it(store: Shared) {
    let person = registered(&store).await;
    let first = attached(&store, &person, b"first").await;
    let second = attached(&store, &person, b"second").await;
    assert_eq!(attachments(&store, &person).await, [first.clone(), second]);
    assert_eq!(object(&store, first.id).await.unwrap(), b"first");
    assert_eq!(store.subject(&platform(), person.id).await.unwrap().unwrap().version, 3, "each act moves the state");
    // Taken once.
    let again = store.commit(act(vec![Write::Attachment(first.clone())])).await;
    assert!(matches!(again, Err(CommitError::Missing { what: "object" })), "{again:?}");
    // Of another platform nothing is seen.
    store.platform_create(&slug("anrun"), &first_keys(b"key")).await.unwrap();
    assert_eq!(store.object_read(&slug("anrun"), first.id, 0..9).await.unwrap(), None);
    sound(&store).await;
}

pub(crate) async fn a_failed_act_leaves_the_object_loose(store: Shared) {
    let person = registered(&store).await;
    let new = written(&store, &person, b"picture").await;
    let missing = Write::Life(model::RecordId::from_random(draw()), model::act::Life::Live);
    store.commit(act(vec![Write::Attachment(new.clone()), missing])).await.unwrap_err();
    assert_eq!(attachments(&store, &person).await, []);
    sound(&store).await;
    // It can still be taken, or dropped.
    store.commit(act(vec![Write::Attachment(new.clone())])).await.unwrap();
    store.object_drop(&platform(), new.id).await.unwrap();
    assert_eq!(object(&store, new.id).await.unwrap(), b"picture", "what is held is not dropped");
    let other = written(&store, &person, b"other").await;
    store.object_drop(&platform(), other.id).await.unwrap();
    assert_eq!(object(&store, other.id).await, None);
    sound(&store).await;
}

pub(crate) async fn what_is_loose_is_swept_and_what_is_held_stays(store: Shared) {
    let person = registered(&store).await;
    let held = attached(&store, &person, b"held").await;
    let late = written(&store, &person, b"late").await;
    let mut cut_short = store.object_new(&platform(), AttachmentId::from_random(draw()), at(3)).await.unwrap();
    cut_short.write(b"half").await.unwrap();
    assert_eq!(store.objects_sweep(&platform(), at(3)).await.unwrap(), 0, "not before that instant");
    assert_eq!(store.objects_sweep(&platform(), at(4)).await.unwrap(), 2);
    assert_eq!(store.objects_sweep(&platform(), at(4)).await.unwrap(), 0);
    assert_eq!(object(&store, late.id).await, None);
    assert_eq!(object(&store, held.id).await.unwrap(), b"held");
    // Whoever comes with it now comes too late.
    let taken = store.commit(act(vec![Write::Attachment(late)])).await;
    assert!(matches!(taken, Err(CommitError::Missing { what: "object" })), "{taken:?}");
    sound(&store).await;
}

pub(crate) async fn nothing_is_attached_to_a_destroyed_part(store: Shared) {
    let person = registered(&store).await;
    let new = written(&store, &person, b"picture").await;
    store.commit(act(vec![person.destruction()])).await.unwrap();
    let late = store.commit(act(vec![Write::Attachment(new.clone())])).await;
    assert!(matches!(late, Err(CommitError::Erased(id)) if id == person.id), "{late:?}");
    store.object_drop(&platform(), new.id).await.unwrap();
    assert_eq!(object(&store, new.id).await, None);
    sound(&store).await;
}

pub(crate) async fn with_a_part_its_attachments_and_their_objects_go(store: Shared) {
    let (person, other) = (registered(&store).await, registered(&store).await);
    let gone = [attached(&store, &person, b"one").await, attached(&store, &person, b"two").await];
    let stays = attached(&store, &other, b"stays").await;
    store.commit(act(vec![person.destruction()])).await.unwrap();
    assert_eq!(attachments(&store, &person).await, []);
    for attachment in &gone {
        assert_eq!(object(&store, attachment.id).await, None, "answered, so removed");
    }
    assert_eq!(object(&store, stays.id).await.unwrap(), b"stays");
    assert_eq!(attachments(&store, &other).await, [stays]);
    sound(&store).await;
}

pub(crate) async fn an_object_comes_back_in_any_window(store: Shared) {
    let person = registered(&store).await;
    // More than is handed on at once.
    let bytes: Vec<u8> = (0..7_000_000_u32).map(|number| number.to_le_bytes()[(number % 3) as usize]).collect();
    let id = attached(&store, &person, &bytes).await.id;
    for (from, to) in [(0, 69), (5_242_879, 5_242_881), (6_999_990, 7_000_000), (0, 7_000_000)] {
        let window = store.object_read(&platform(), id, from..to).await.unwrap().unwrap();
        let [from, to] = [from, to].map(|at| usize::try_from(at).unwrap());
        assert!(window == bytes[from..to]);
    }
    let beyond = store.object_read(&platform(), id, 6_999_999..7_000_100).await.unwrap().unwrap();
    assert_eq!(beyond.len(), 1);
    sound(&store).await;
}
