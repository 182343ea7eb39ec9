//! Changes behind the store's back are found, and named.

use ledger::Damage;
use shouyue_store::Write;

use super::*;
use crate::fixture::*;

async fn with_people(count: usize) -> Fresh {
    let fresh = fresh().await;
    for outcome in all_at_once(&fresh.store, (0..count).map(|_| Person::drawn().registration()).collect()).await {
        outcome.unwrap();
    }
    fresh
}

#[tokio::test(flavor = "multi_thread")]
async fn an_altered_leaf_is_named_by_its_index() {
    let fresh = with_people(300).await;
    let fresh = fresh.tampered("UPDATE leaf SET entry = CAST(entry || 'x' AS BLOB) WHERE leaf = 137");
    assert_eq!(audited(&fresh.store).await.damages, [Damage::LeafAltered { index: 137 }]);
    // One that is gone breaks the row of indices too.
    let fresh = fresh.tampered("DELETE FROM leaf WHERE leaf = 200");
    assert_eq!(fresh.store.integrity(&platform()).await.unwrap(), ["leaves are missing before leaf 201"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn orphans_and_damage_are_named() {
    let fresh = with_people(3).await;
    assert_eq!(fresh.store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
    let cases = [
        ("UPDATE key_slot SET wrapped = zeroblob(60) WHERE slot = 2", "a part's key is all zeroes: part "),
        ("DELETE FROM token WHERE token = (SELECT min(token) FROM token)", "a part carries a token"),
        ("DELETE FROM leaf WHERE leaf = 2", "the last leaf is not that of the head: size 3"),
        (
            "UPDATE subject SET last_link = 99 WHERE subject = (SELECT min(subject) FROM subject)",
            "the chain to the leaves of sub-",
        ),
        (
            "UPDATE part SET slot = NULL WHERE record = (SELECT min(record) FROM part)",
            "a value belongs to a part without a key",
        ),
    ];
    let mut fresh = fresh;
    for (change, finding) in cases {
        fresh = fresh.tampered(change);
        let findings = fresh.store.integrity(&platform()).await.unwrap();
        assert!(findings.iter().any(|line| line.starts_with(finding)), "{finding}: {findings:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_that_are_changed_missing_or_nobodys_are_named() {
    let fresh = fresh().await;
    let person = registered(&fresh.store).await;
    let [bent, lost] =
        [attached(&fresh.store, &person, b"bent").await.id, attached(&fresh.store, &person, b"lost").await.id];
    let strange = model::AttachmentId::from_random([0xab; 16]);
    let file = |id: model::AttachmentId| {
        let first = format!("{:02x}", id.as_bytes()[0]);
        fresh.path().join("objects/haigang").join(first).join(id.to_string())
    };
    std::fs::write(file(bent), b"bend").unwrap();
    std::fs::remove_file(file(lost)).unwrap();
    std::fs::create_dir_all(file(strange).parent().unwrap()).unwrap();
    std::fs::write(file(strange), b"whose?").unwrap();
    let mut findings = fresh.store.integrity(&platform()).await.unwrap();
    findings.sort();
    let expected = [
        format!("an object belongs to no attachment: {strange}"),
        format!("the object of an attachment is missing: {lost}"),
        format!("the object of an attachment was changed: {bent}"),
    ];
    assert_eq!(findings, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_that_does_not_read_is_damage_not_a_panic() {
    let fresh = fresh().await;
    let person = registered(&fresh.store).await;
    let fresh = fresh.tampered("UPDATE subject SET account = 'asleep'");
    let read = fresh.store.subject(&platform(), person.id).await;
    assert!(matches!(read, Err(shouyue_store::StoreError::Damaged(_))), "{read:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emptied_leaf_of_somebody_who_is_not_forgotten_is_named() {
    let fresh = fresh().await;
    let person = registered(&fresh.store).await;
    let fresh = fresh.tampered("UPDATE leaf SET entry = x'' WHERE leaf = 0");
    let findings = fresh.store.integrity(&platform()).await.unwrap();
    assert_eq!(findings, [format!("the chain to the leaves of {} is damaged", person.id)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_leads_back_to_somebody_forgotten_and_one_that_is_missing_are_named() {
    let fresh = fresh().await;
    let person = registered(&fresh.store).await;
    let change = |id: [u8; 16]| {
        let (kind, subject) = (shouyue_store::change::ChangeKind::Consent, Some(person.id));
        Write::Change(shouyue_store::change::NewChange {
            id,
            kind,
            subject,
            record: None,
            scopes: Vec::new(),
            at: at(1),
        })
    };
    // By an act whose leaf names nobody, so that no chain leads from the person to it.
    fresh.store.commit(act((0..3).map(|_| change(draw())).collect())).await.unwrap();
    let fresh = fresh.tampered("DELETE FROM change WHERE number = 2");
    assert_eq!(fresh.store.integrity(&platform()).await.unwrap(), ["changes are missing before number 3"]);
    fresh.store.commit(act_of(person.id, 1, vec![Write::Forget(person.id)])).await.unwrap();
    let findings = fresh.store.integrity(&platform()).await.unwrap();
    assert!(
        findings.contains(&"a change from before names somebody who is forgotten: change 1".to_owned()),
        "{findings:?}"
    );
}
