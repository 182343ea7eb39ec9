//! Uploads under way: received is what is durable, in order, and of one that ends nothing is left.

use model::{AttachmentId, UploadId};
use shouyue_store::{Begun, CommitError, NewUpload, Parcel, Write};

use crate::fixture::*;

/// Most that one sender has under way.
const MOST: u32 = 2;

async fn sound(store: &Shared) {
    assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
}

fn new(person: &Person, size: u64) -> NewUpload {
    NewUpload {
        id: UploadId::from_random(draw()),
        sender: person.id,
        caller: None,
        record: person.record,
        subject: person.id,
        role: role(),
        item: slug("invoice"),
        function: slug("claim"),
        channel: None,
        size,
        until: at(90),
    }
}

/// Begins an upload of so many bytes.
pub(crate) async fn begun(store: &Shared, person: &Person, size: u64) -> UploadId {
    let new = new(person, size);
    let id = new.id;
    assert_eq!(store.upload_new(&platform(), new, draw::<65>().to_vec(), MOST).await.unwrap(), Begun::Begun);
    id
}

/// Begins the object of the next parcel.
async fn coming(store: &Shared, id: UploadId, start: u64) -> Option<(AttachmentId, shouyue_store::ObjectWriter)> {
    let object = AttachmentId::from_random(draw());
    let writer = store.parcel_new(&platform(), id, start, (object, at(3))).await.unwrap()?;
    Some((object, writer))
}

/// Sends the next parcel; its object, where it was taken.
pub(crate) async fn sent(store: &Shared, id: UploadId, start: u64, bytes: &[u8]) -> Option<AttachmentId> {
    let (object, mut writer) = coming(store, id, start).await?;
    writer.write(bytes).await.unwrap();
    let digest = writer.finish().await.unwrap().digest;
    let parcel = Parcel { object, start, size: bytes.len() as u64, digest };
    store.parcel_put(&platform(), id, parcel).await.unwrap().then_some(object)
}

async fn received(store: &Shared, id: UploadId) -> Option<u64> {
    store.upload(&platform(), id).await.unwrap().map(|row| row.received)
}

pub(crate) async fn parcels_follow_one_another_and_an_act_takes_the_whole_once(store: Shared) {
    let person = registered(&store).await;
    let id = begun(&store, &person, 9).await;
    let row = store.upload(&platform(), id).await.unwrap().unwrap();
    assert_eq!((row.received, row.taken, row.wrapped.map(|key| key.len())), (0, None, Some(65)));
    let first = sent(&store, id, 0, b"first").await.unwrap();
    assert_eq!(sent(&store, id, 0, b"again").await, None, "not where it is");
    assert_eq!(sent(&store, id, 6, b"gap").await, None, "not beyond");
    assert_eq!(received(&store, id).await, Some(5));
    let early = store.commit(act(vec![Write::Uploaded(id, first)])).await;
    assert!(matches!(early, Err(CommitError::Missing { what: "upload" })), "not whole: {early:?}");
    let second = sent(&store, id, 5, b"last").await.unwrap();
    let parcel = store.parcel(&platform(), id, 5).await.unwrap().unwrap();
    assert_eq!((parcel.object, parcel.size), (second, 4));
    assert_eq!(store.parcel(&platform(), id, 3).await.unwrap(), None);
    sound(&store).await;

    let new = written(&store, &person, b"the whole").await;
    let whole = || vec![Write::Attachment(new.clone()), Write::Uploaded(id, new.id)];
    let leaf = store.commit(act(whole())).await.unwrap().leaf();
    let row = store.upload(&platform(), id).await.unwrap().unwrap();
    assert_eq!(row.taken, Some((new.id, new.kind, leaf)));
    assert_eq!((row.received, row.wrapped), (9, None), "its key is gone");
    for parcel in [first, second] {
        assert_eq!(object(&store, parcel).await, None, "answered, so removed");
    }
    let other = written(&store, &person, b"twice").await;
    let twice = store.commit(act(vec![Write::Attachment(other.clone()), Write::Uploaded(id, other.id)])).await;
    assert!(matches!(twice, Err(CommitError::Missing { what: "upload" })), "{twice:?}");
    assert_eq!(attachments(&store, &person).await, [new]);
    assert_eq!(sent(&store, id, 9, b"more").await, None);
    sound(&store).await;
}

pub(crate) async fn who_asks_last_sends_the_next_parcel(store: Shared) {
    let person = registered(&store).await;
    let id = begun(&store, &person, 9).await;
    let (late, mut writer) = coming(&store, id, 0).await.unwrap();
    writer.write(b"hangs").await.unwrap();
    let digest = writer.finish().await.unwrap().digest;
    let taken = sent(&store, id, 0, b"other").await.unwrap();
    let parcel = Parcel { object: late, start: 0, size: 5, digest };
    assert!(!store.parcel_put(&platform(), id, parcel).await.unwrap(), "another came in its place");
    assert_eq!(received(&store, id).await, Some(5));
    // What was written for nothing is loose; what was taken is not.
    assert_eq!(store.objects_sweep(&platform(), at(9)).await.unwrap(), 1);
    assert_eq!((object(&store, late).await, object(&store, taken).await.unwrap()), (None, b"other".to_vec()));
    sound(&store).await;
}

pub(crate) async fn a_sweep_of_loose_objects_leaves_parcels_and_ends_the_one_that_is_late(store: Shared) {
    let person = registered(&store).await;
    let id = begun(&store, &person, 9).await;
    let kept = sent(&store, id, 0, b"kept").await.unwrap();
    let (late, writer) = coming(&store, id, 4).await.unwrap();
    let digest = writer.finish().await.unwrap().digest;
    assert_eq!(store.objects_sweep(&platform(), at(9)).await.unwrap(), 1);
    let parcel = Parcel { object: late, start: 4, size: 5, digest };
    assert!(!store.parcel_put(&platform(), id, parcel).await.unwrap(), "its object is gone");
    assert_eq!((received(&store, id).await, object(&store, kept).await.unwrap()), (Some(4), b"kept".to_vec()));
    assert!(sent(&store, id, 4, b"anew!").await.is_some());
    sound(&store).await;
}

pub(crate) async fn what_is_over_is_swept_with_its_parcels(store: Shared) {
    let person = registered(&store).await;
    let (over, stays) = (begun(&store, &person, 9).await, begun(&store, &person, 9).await);
    let full = store.upload_new(&platform(), new(&person, 1), vec![1; 65], MOST).await.unwrap();
    assert_eq!(full, Begun::TooMany);
    let gone = sent(&store, over, 0, b"gone").await.unwrap();
    drop(coming(&store, over, 4).await.unwrap());
    assert!(store.upload_end(&platform(), over).await.unwrap());
    assert!(!store.upload_end(&platform(), over).await.unwrap());
    assert_eq!((received(&store, over).await, object(&store, gone).await), (None, None));
    assert_eq!(store.objects_sweep(&platform(), at(9)).await.unwrap(), 1, "what was never finished");

    let kept = sent(&store, stays, 0, b"stays").await.unwrap();
    assert_eq!(store.uploads_sweep(&platform(), at(89)).await.unwrap(), 0);
    assert_eq!(object(&store, kept).await.unwrap(), b"stays");
    sound(&store).await;
    assert_eq!(store.uploads_sweep(&platform(), at(90)).await.unwrap(), 1);
    assert_eq!((received(&store, stays).await, object(&store, kept).await), (None, None));
    assert_eq!(store.objects_sweep(&platform(), at(90)).await.unwrap(), 0, "nothing is left over");
    sound(&store).await;
}

pub(crate) async fn with_the_part_the_record_or_the_person_its_uploads_end(store: Shared) {
    let ends = [
        |person: &Person| person.destruction(),
        |person: &Person| Write::Forget(person.id),
        |person: &Person| Write::Account(person.id, model::act::Account::Closed),
        |person: &Person| Write::Life(person.record, model::act::Life::StorageOnly),
    ];
    let other = registered(&store).await;
    let others = begun(&store, &other, 9).await;
    for end in ends {
        let person = registered(&store).await;
        let id = begun(&store, &person, 9).await;
        let parcel = sent(&store, id, 0, b"half").await.unwrap();
        let (late, writer) = coming(&store, id, 4).await.unwrap();
        store.commit(act(vec![end(&person)])).await.unwrap();
        assert_eq!((received(&store, id).await, object(&store, parcel).await), (None, None));
        let digest = writer.finish().await.unwrap().digest;
        let parcel = Parcel { object: late, start: 4, size: 5, digest };
        assert!(!store.parcel_put(&platform(), id, parcel).await.unwrap(), "too late");
        store.object_drop(&platform(), late).await.unwrap();
        assert_eq!(object(&store, late).await, None);
    }
    sound(&store).await;
    assert_eq!(received(&store, others).await, Some(0));
    let gone = registered(&store).await;
    store.commit(act(vec![gone.destruction()])).await.unwrap();
    let late = store.upload_new(&platform(), new(&gone, 9), vec![1; 65], MOST).await.unwrap();
    assert_eq!(late, Begun::Erased);
}
