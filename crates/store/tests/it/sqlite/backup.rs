//! Backup and restore: what was erased since does not come back.

use std::path::PathBuf;

use shouyue_store::sqlite::{Restored, restore};
use shouyue_store::{BackupPaths, StoreError, TokenKind, Write};

use super::*;
use crate::contract::uploads;
use crate::fixture::*;

fn paths(folder: &Path, name: &str) -> BackupPaths {
    let path = |kind: &str| -> PathBuf { folder.join(format!("{name}.{kind}")) };
    BackupPaths { data: path("data"), keys: path("keys"), erasures: path("erasures"), objects: path("objects") }
}

/// A store with three people, one of them destroyed, and a backup of it.
async fn backed_up() -> (Fresh, [Person; 3], tempfile::TempDir, BackupPaths) {
    let fresh = fresh().await;
    published(&fresh.store).await;
    let people = [registered(&fresh.store).await, registered(&fresh.store).await, registered(&fresh.store).await];
    fresh.store.commit(act(vec![people[0].destruction()])).await.unwrap();
    let away = tempfile::tempdir().unwrap();
    let to = paths(away.path(), "monday");
    fresh.store.backup(&platform(), &to).await.unwrap();
    (fresh, people, away, to)
}

async fn has_key(store: &Shared, person: &Person) -> bool {
    let part = store.part(&platform(), person.record, Some(person.id), &role()).await.unwrap().unwrap();
    assert!(part.wrapped.is_none() || part.wrapped.as_ref() == Some(&person.key));
    assert_eq!(part.wrapped.is_some(), !part.values.is_empty());
    part.wrapped.is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_lie_in_the_key_archive_alone() {
    let (fresh, people, away, to) = backed_up().await;
    assert_eq!(files_with(away.path(), &people[0].key), Vec::<String>::new());
    assert_eq!(files_with(away.path(), &people[1].key), ["monday.keys"]);
    assert_eq!(files_with(away.path(), b"wrapped platform key"), ["monday.keys"]);
    let sealed = fresh.store.part(&platform(), people[1].record, Some(people[1].id), &role()).await.unwrap().unwrap();
    assert_eq!(files_with(away.path(), &sealed.values[0].sealed), ["monday.data"]);
    let list = std::fs::read_to_string(&to.erasures).unwrap();
    assert_eq!(list, std::fs::read_to_string(fresh.path().join("haigang.erasures")).unwrap());
    assert_eq!(std::fs::read_dir(away.path()).unwrap().count(), 4, "nothing else is left there");
    let again = fresh.store.backup(&platform(), &to).await;
    assert!(matches!(again, Err(StoreError::Occupied(_))), "an archive is never overwritten");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_replays_what_was_erased_since() {
    let (fresh, people, _away, to) = backed_up().await;
    let head = fresh.store.head(&platform()).await.unwrap();
    // After the backup: one more is destroyed and forgotten, and somebody else comes.
    let writes = vec![people[1].destruction(), Write::Forget(people[1].id)];
    let leaf = fresh.store.commit(act_of(people[1].id, 1, writes)).await.unwrap().leaf();
    registered(&fresh.store).await;
    let erasures = fresh.store.erasures(&platform(), 0).await.unwrap();
    let Fresh { store, folder } = fresh;
    drop(store);

    let elsewhere = tempfile::tempdir().unwrap();
    let newest = folder.path().join("haigang.erasures");
    let restored = restore(elsewhere.path(), &platform(), &to, &newest, None).unwrap();
    assert_eq!(restored, Restored { size: head.size, replayed: 2, findings: Vec::new() });
    assert_eq!(files_with(elsewhere.path(), &people[1].key), Vec::<String>::new());

    let store: Shared = sqlite::open(elsewhere.path()).unwrap();
    assert_eq!(store.head(&platform()).await.unwrap(), head);
    assert!(audited(&store).await.is_clean());
    assert_eq!(parts_key(&*store, &platform()).await, b"wrapped platform key");
    assert_eq!(store.erasures(&platform(), 0).await.unwrap(), erasures);
    assert_eq!(erasures.last().unwrap().leaf, leaf);
    assert!(!has_key(&store, &people[0]).await);
    assert!(!has_key(&store, &people[1]).await);
    assert!(has_key(&store, &people[2]).await);
    assert!(store.subject_by_token(&platform(), TokenKind::Phone, &people[1].phone).await.unwrap().is_none());
    assert!(store.subject(&platform(), people[1].id).await.unwrap().is_none());
    assert!(store.leaves_of(&platform(), people[1].id).await.unwrap().is_empty());
    let row = store.record(&platform(), people[1].record).await.unwrap().unwrap();
    assert_eq!(row.life, model::act::Life::Erased);
    // It goes on from there.
    assert_eq!(store.commit(Person::drawn().registration()).await.unwrap().leaf(), head.size);
    store.commit(act(vec![people[2].destruction()])).await.unwrap();
    assert_eq!(store.erasures(&platform(), 0).await.unwrap().len(), erasures.len() + 1);
    assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn attachments_come_back_but_for_those_erased_since() {
    let fresh = fresh().await;
    let store = &fresh.store;
    published(store).await;
    let people = [registered(store).await, registered(store).await];
    let gone = attached(store, &people[0], b"sealed picture of the first").await;
    let stays = attached(store, &people[1], b"sealed picture of the second").await;
    written(store, &people[1], b"an upload under way").await;
    let upload = uploads::begun(store, &people[1], 99).await;
    uploads::sent(store, upload, 0, b"a parcel of an upload").await.unwrap();
    let key = store.upload(&platform(), upload).await.unwrap().unwrap().wrapped.unwrap();
    let away = tempfile::tempdir().unwrap();
    let to = paths(away.path(), "monday");
    store.backup(&platform(), &to).await.unwrap();
    assert_eq!(files_with(away.path(), b"sealed picture of the first"), [gone.id.to_string()]);
    for never in [&b"an upload under way"[..], b"a parcel of an upload", &key] {
        assert_eq!(files_with(away.path(), never), Vec::<String>::new());
    }
    store.commit(act(vec![people[0].destruction()])).await.unwrap();

    // Elsewhere, with the newest list.
    let elsewhere = tempfile::tempdir().unwrap();
    let newest = fresh.path().join("haigang.erasures");
    let restored = restore(elsewhere.path(), &platform(), &to, &newest, None).unwrap();
    assert_eq!((restored.replayed, restored.findings), (1, Vec::new()));
    assert_eq!(files_with(elsewhere.path(), b"sealed picture of the first"), Vec::<String>::new());
    let other: Shared = sqlite::open(elsewhere.path()).unwrap();
    assert_eq!(attachments(&other, &people[0]).await, []);
    assert_eq!(attachments(&other, &people[1]).await, std::slice::from_ref(&stays));
    assert_eq!(object(&other, stays.id).await.unwrap(), b"sealed picture of the second");
    assert_eq!(other.upload(&platform(), upload).await.unwrap(), None);
    assert_eq!(other.integrity(&platform()).await.unwrap(), Vec::<String>::new());
    assert_eq!(other.objects_sweep(&platform(), at(9)).await.unwrap(), 0, "nothing is left over");

    // Over what a lost database left behind.
    let Fresh { store, folder } = fresh;
    attached(&store, &people[1], b"later than the backup").await;
    drop(store);
    std::fs::remove_file(folder.path().join("haigang.sqlite")).unwrap();
    let restored = restore(folder.path(), &platform(), &to, &newest, None).unwrap();
    assert_eq!(restored.findings, Vec::<String>::new());
    assert_eq!(files_with(folder.path(), b"later than the backup"), Vec::<String>::new());
    let store: Shared = sqlite::open(folder.path()).unwrap();
    assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_says_which_objects_are_missing_or_changed() {
    let fresh = fresh().await;
    published(&fresh.store).await;
    let person = registered(&fresh.store).await;
    let [lost, bent] =
        [attached(&fresh.store, &person, b"lost").await.id, attached(&fresh.store, &person, b"bent").await.id];
    let away = tempfile::tempdir().unwrap();
    let to = paths(away.path(), "monday");
    fresh.store.backup(&platform(), &to).await.unwrap();
    std::fs::remove_file(to.objects.join(lost.to_string())).unwrap();
    std::fs::write(to.objects.join(bent.to_string()), b"bend").unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let mut restored = restore(elsewhere.path(), &platform(), &to, &to.erasures, None).unwrap();
    restored.findings.sort();
    let mut expected = [
        format!("the object of an attachment is missing: {lost}"),
        format!("the object of an attachment was changed: {bent}"),
    ];
    expected.sort();
    assert_eq!(restored.findings, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_without_a_list_as_new_as_the_backup_is_refused() {
    let (_fresh, people, away, to) = backed_up().await;
    let elsewhere = tempfile::tempdir().unwrap();
    let list = std::fs::read_to_string(&to.erasures).unwrap();
    let given = away.path().join("given.erasures");
    let refused = |text: &str| {
        std::fs::write(&given, text).unwrap();
        let refused = restore(elsewhere.path(), &platform(), &to, &given, None).unwrap_err();
        assert!(!elsewhere.path().join("haigang.sqlite").exists());
        assert_eq!(files_with(elsewhere.path(), &people[2].key), Vec::<String>::new());
        refused
    };
    assert!(matches!(refused(""), StoreError::OldErasures));
    assert!(matches!(refused(&list.replace("part", "parts")), StoreError::BrokenErasures(1)));
    // A whole list of another history.
    let mut other = shouyue_store::erasures::from_text(&list).unwrap().remove(0).0;
    other.leaf += 1;
    let (other, _) = shouyue_store::erasures::to_text(shouyue_store::erasures::START, &[other]);
    assert!(matches!(refused(&other), StoreError::OldErasures));
    // The archive's own list cut short does not help: the data say what was erased.
    std::fs::write(&to.erasures, "").unwrap();
    assert!(matches!(refused(""), StoreError::OldErasures));
}

#[tokio::test(flavor = "multi_thread")]
async fn archives_of_two_backups_do_not_mix() {
    let (fresh, _, away, first) = backed_up().await;
    fresh.store.commit(act(Vec::new())).await.unwrap();
    let second = paths(away.path(), "tuesday");
    fresh.store.backup(&platform(), &second).await.unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let mixed = BackupPaths { keys: second.keys, ..first.clone() };
    let refused = restore(elsewhere.path(), &platform(), &mixed, &first.erasures, None);
    assert!(matches!(refused, Err(StoreError::Damaged("data and keys are not of one backup"))));
    let refused = restore(elsewhere.path(), &slug("anrun"), &first, &first.erasures, None);
    assert!(matches!(refused, Err(StoreError::Damaged(_))));
    let refused = restore(fresh.path(), &platform(), &first, &first.erasures, None);
    assert!(matches!(refused, Err(StoreError::Busy)), "a server has this folder open");
    restore(elsewhere.path(), &platform(), &first, &first.erasures, None).unwrap();
    let twice = restore(elsewhere.path(), &platform(), &first, &first.erasures, None);
    assert!(matches!(twice, Err(StoreError::Occupied(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_database_put_back_by_hand_is_refused() {
    let fresh = fresh().await;
    let people = [registered(&fresh.store).await, registered(&fresh.store).await];
    fresh.store.commit(act(vec![people[0].destruction()])).await.unwrap();
    let Fresh { store, folder } = fresh.reopened();
    let database = folder.path().join("haigang.sqlite");
    let old = std::fs::read(&database).unwrap();
    store.commit(act(vec![people[1].destruction()])).await.unwrap();
    drop(store);
    std::fs::write(&database, old).unwrap();
    assert!(matches!(sqlite::open(folder.path()), Err(StoreError::OldErasures)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_is_of_one_instant() {
    let fresh = fresh().await;
    let away = tempfile::tempdir().unwrap();
    let store = fresh.store.clone();
    let load = tokio::spawn(async move {
        for n in 0..400 {
            let person = registered(&store).await;
            if n % 4 == 0 {
                store.commit(act(vec![person.destruction()])).await.unwrap();
            }
        }
    });
    for n in 0..4 {
        let to = paths(away.path(), &n.to_string());
        fresh.store.backup(&platform(), &to).await.unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let restored = restore(elsewhere.path(), &platform(), &to, &to.erasures, None).unwrap();
        assert_eq!((restored.replayed, restored.findings), (0, Vec::new()));
        let store: Shared = sqlite::open(elsewhere.path()).unwrap();
        assert!(audited(&store).await.is_clean());
    }
    load.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_lost_database_left_in_the_folder_counts() {
    let (fresh, people, _away, to) = backed_up().await;
    fresh.store.commit(act(vec![people[1].destruction()])).await.unwrap();
    let Fresh { store, folder } = fresh;
    drop(store);
    std::fs::remove_file(folder.path().join("haigang.sqlite")).unwrap();
    // The list that stayed behind is newer than the one that is given.
    let refused = restore(folder.path(), &platform(), &to, &to.erasures, None);
    assert!(matches!(refused, Err(StoreError::OldErasures)));
    // A platform is not begun anew over it.
    let empty: Shared = sqlite::open(folder.path()).unwrap();
    let anew = empty.platform_create(&platform(), &first_keys(b"another key")).await;
    assert!(matches!(anew, Err(StoreError::Occupied(_))));
    drop(empty);
    // A log that stayed behind is never played into the restored database.
    let log = folder.path().join("haigang.sqlite-wal");
    std::fs::write(&log, b"frames").unwrap();
    let newest = folder.path().join("haigang.erasures");
    assert!(matches!(restore(folder.path(), &platform(), &to, &newest, None), Err(StoreError::Occupied(_))));
    std::fs::remove_file(&log).unwrap();
    assert_eq!(restore(folder.path(), &platform(), &to, &newest, None).unwrap().replayed, 1);
    let store: Shared = sqlite::open(folder.path()).unwrap();
    assert!(!has_key(&store, &people[1]).await);
    assert!(has_key(&store, &people[2]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_feed_tells_what_was_erased_since_the_backup() {
    let (fresh, people, _away, to) = backed_up().await;
    let change = |id: [u8; 16], person: &Person| {
        let (kind, subject) = (shouyue_store::change::ChangeKind::Consent, Some(person.id));
        let (record, scopes, at) = (None, Vec::new(), at(1));
        Write::Change(shouyue_store::change::NewChange { id, kind, subject, record, scopes, at })
    };
    let mut told = act(vec![change(draw(), &people[1]), change(draw(), &people[2])]);
    told.leaf.subjects = vec![(people[1].id, draw()), (people[2].id, draw())];
    fresh.store.commit(told).await.unwrap();
    let again = paths(to.data.parent().unwrap(), "tuesday");
    fresh.store.backup(&platform(), &again).await.unwrap();
    let writes = vec![people[1].destruction(), Write::Forget(people[1].id), change(draw(), &people[1])];
    fresh.store.commit(act_of(people[1].id, 1, writes)).await.unwrap();
    let Fresh { store, folder } = fresh;
    drop(store);

    let elsewhere = tempfile::tempdir().unwrap();
    let restored =
        restore(elsewhere.path(), &platform(), &again, &folder.path().join("haigang.erasures"), None).unwrap();
    assert_eq!((restored.replayed, restored.findings), (2, Vec::new()));
    let store: Shared = sqlite::open(elsewhere.path()).unwrap();
    let rows = store.changes(&platform(), 0, 9).await.unwrap();
    let told: Vec<_> =
        rows.iter().map(|row| (row.number, row.change.kind.word(), row.change.subject, row.change.record)).collect();
    let (gone, stays) = (Some(people[1].id), Some(people[2].id));
    let expected = [
        (1, "consent", None, None),
        (2, "consent", stays, None),
        (3, "erasure", gone, Some(people[1].record)),
        (4, "erasure", gone, None),
    ];
    assert_eq!(told, expected, "and nobody who was forgotten stands in an earlier change");
}
