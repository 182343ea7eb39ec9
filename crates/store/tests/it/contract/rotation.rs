//! Keys that are changed while acts go on: of platforms, of parts, of search tokens.

use model::SubjectId;
use model::key::{KeyPurpose, Keyed, SearchToken, WrappedKey};
use shouyue_store::{
    Batch, CarriedToken, CommitError, Expect, NewToken, PartKeyRow, Retoken, RetokenStage, Rewrapped, SealedValue,
    TokenKind, TokenOf, ValueRow, Write,
};

use crate::fixture::*;

fn next(purpose: KeyPurpose, version: u32) -> WrappedKey {
    WrappedKey { purpose, version, bytes: draw::<69>().to_vec(), since: at(5) }
}

pub(crate) async fn a_platforms_keys_come_one_after_the_other(store: Shared) {
    assert_eq!(store.platform_keys(&platform()).await.unwrap().len(), 3);
    let second = next(KeyPurpose::Parts, 2);
    store.commit(act(vec![Write::PlatformKey(second.clone())])).await.unwrap();
    for wrong in [2, 4] {
        let refused = store.commit(act(vec![Write::PlatformKey(next(KeyPurpose::Parts, wrong))])).await;
        assert!(matches!(refused, Err(CommitError::Moved)), "{wrong}: {refused:?}");
    }
    let rewrapped = WrappedKey { bytes: draw::<69>().to_vec(), ..second };
    store.commit(act(vec![Write::Rewrapped(rewrapped.clone())])).await.unwrap();
    assert!(store.platform_keys(&platform()).await.unwrap().contains(&rewrapped));
    let missing = store.commit(act(vec![Write::Rewrapped(next(KeyPurpose::Parts, 9))])).await;
    assert!(matches!(missing, Err(CommitError::Missing { .. })), "{missing:?}");
}

pub(crate) async fn an_act_that_was_decided_on_other_keys_is_not_taken(store: Shared) {
    let known = store.platform_keys(&platform()).await.unwrap();
    let decided_on =
        |keys: &[WrappedKey], write: Write| Batch { expect: vec![Expect::Keys(keys.to_vec())], ..act(vec![write]) };
    // The root key is changed by one server while another makes a key under the one before.
    let moved: Vec<WrappedKey> =
        known.iter().map(|key| WrappedKey { bytes: draw::<69>().to_vec(), ..key.clone() }).collect();
    let writes = moved.iter().cloned().map(Write::Rewrapped).collect();
    store.commit(Batch { expect: vec![Expect::Keys(known.clone())], ..act(writes) }).await.unwrap();
    let late = next(KeyPurpose::Parts, 2);
    let refused = store.commit(decided_on(&known, Write::PlatformKey(late.clone()))).await;
    assert!(matches!(refused, Err(CommitError::Keys)), "{refused:?}");
    assert_eq!(store.platform_keys(&platform()).await.unwrap(), moved, "nothing was written");
    store.commit(decided_on(&moved, Write::PlatformKey(late))).await.unwrap();
    // And the other way round: a key that was made meanwhile would be left behind.
    let refused = store.commit(decided_on(&moved, Write::Rewrapped(known[0].clone()))).await;
    assert!(matches!(refused, Err(CommitError::Keys)), "{refused:?}");
}

/// What wraps under a version: its number, then bytes of any kind.
fn under(version: u32) -> Vec<u8> {
    [version.to_be_bytes().as_slice(), &draw::<56>()].concat()
}

pub(crate) async fn a_part_key_is_wrapped_anew_where_it_lies_and_never_comes_back(store: Shared) {
    published(&store).await;
    let people: Vec<Person> = (0..5).map(|_| Person { key: under(1), ..Person::drawn() }).collect();
    for person in &people {
        store.commit(person.registration()).await.unwrap();
    }
    let (mut seen, mut after): (Vec<PartKeyRow>, _) = (Vec::new(), None);
    loop {
        let rows = store.part_keys_under_others(&platform(), 2, after, 2).await.unwrap();
        let Some(last) = rows.last() else { break };
        after = Some(last.clone());
        seen.extend(rows);
    }
    assert_eq!(seen.len(), 5, "every part once, whatever the size of a page");
    let anew = |row: &PartKeyRow| Rewrapped { slot: row.slot, old: row.wrapped.clone(), new: under(2) };
    let all: Vec<Rewrapped> = seen.iter().map(anew).collect();

    // Erased between the look and the write: its key stays destroyed.
    let gone = &seen[0];
    let destroy = Write::Destroy { record: gone.record, subject: gone.subject, role: gone.role.clone() };
    store.commit(act(vec![destroy])).await.unwrap();
    assert_eq!(store.part_keys_rewrap(&platform(), all.clone()).await.unwrap(), 4);
    assert_eq!(store.part_keys_rewrap(&platform(), all.clone()).await.unwrap(), 0, "once is enough");
    let longer = Rewrapped { old: all[1].new.clone(), new: vec![0; 99], ..all[1].clone() };
    assert_eq!(store.part_keys_rewrap(&platform(), vec![longer]).await.unwrap(), 0, "a row that grows would move");
    assert!(store.part_keys_under_others(&platform(), 2, None, 9).await.unwrap().is_empty());
    for (row, key) in seen.iter().zip(&all) {
        let part = store.part(&platform(), row.record, row.subject, &row.role).await.unwrap().unwrap();
        let there = (row.slot != gone.slot).then(|| key.new.clone());
        assert_eq!(part.wrapped, there);
    }
    assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
}

pub(crate) async fn a_value_is_sealed_anew_where_it_lies_and_never_comes_back(store: Shared) {
    let people: Vec<Person> = (0..3).map(|_| Person::drawn()).collect();
    for person in &people {
        store.commit(person.registration()).await.unwrap();
        let second =
            SealedValue { sealed: [&[1], &[8; 40][..]].concat(), ..value(person.record, Some(person.id), "name", 2) };
        store.commit(act(vec![Write::Value(second)])).await.unwrap();
    }
    let (mut seen, mut after): (Vec<ValueRow>, _) = (Vec::new(), None);
    loop {
        let rows = store.values_under_others(&platform(), 2, after, 2).await.unwrap();
        let Some(last) = rows.last() else { break };
        after = Some(last.clone());
        seen.extend(rows);
    }
    let named = seen.iter().filter(|row| row.item == slug("name")).count();
    assert_eq!(named, 3, "every value once, whatever the size of a page");
    assert!(seen.iter().all(|row| row.sealed[0] != 2 && people.iter().any(|one| one.key == row.wrapped)));
    let anew: Vec<_> = seen.iter().map(|row| (row.clone(), [&[2], &[9; 40][..]].concat())).collect();
    store.commit(act(vec![people[0].destruction()])).await.unwrap();
    let gone = seen.iter().filter(|row| row.record == people[0].record).count();
    assert_eq!(store.values_reseal(&platform(), anew.clone()).await.unwrap(), (seen.len() - gone) as u64);
    assert_eq!(store.values_reseal(&platform(), anew).await.unwrap(), 0, "once is enough");
    assert!(store.values_under_others(&platform(), 2, None, 9).await.unwrap().is_empty());
    let part = store.part(&platform(), people[0].record, Some(people[0].id), &role()).await.unwrap().unwrap();
    assert!(part.values.is_empty(), "what was erased meanwhile stays erased");
    assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
}

/// Of any key, the token that a test makes of the one before.
fn anew(carried: &CarriedToken) -> NewToken {
    let CarriedToken { of, record, role, kind, token, .. } = carried.clone();
    NewToken { of, record, role, kind, old: token, new: second(token) }
}

fn second(mut token: [u8; 32]) -> Keyed {
    token.reverse();
    Keyed { version: 2, token }
}

fn both(token: SearchToken) -> SearchToken {
    SearchToken { newest: second(token.newest.token), before: Some(token.newest) }
}

/// One round of making anew; `false` when there is nothing left.
async fn round(store: &Shared) -> bool {
    let state = store.retoken(&platform()).await.unwrap().unwrap();
    let (subjects, organisations) = store.retoken_next(&platform(), &state, 2).await.unwrap();
    let mut done = state.clone();
    for carried in subjects.iter().chain(&organisations) {
        match carried.of {
            TokenOf::Subject(subject) => done.subject = subject,
            TokenOf::Organisation(organisation) => done.organisation = organisation,
        }
    }
    let made = subjects.iter().chain(&organisations).map(anew).collect();
    store.retoken_put(&platform(), made, done.clone()).await.unwrap();
    done != state
}

async fn finds(store: &Shared, token: SearchToken) -> Option<SubjectId> {
    store.subject_by_token(&platform(), TokenKind::Phone, &token).await.unwrap()
}

pub(crate) async fn tokens_are_made_anew_while_people_come_and_go(store: Shared) {
    published(&store).await;
    let mut people = Vec::new();
    for _ in 0..5 {
        people.push(registered(&store).await);
    }
    let (first, gone) = (&people[0], &people[2]);
    store.commit(act(vec![Write::PlatformKey(next(KeyPurpose::Tokens, 2))])).await.unwrap();
    let begun = store.retoken(&platform()).await.unwrap().unwrap();
    assert_eq!((begun.old, begun.stage), (1, RetokenStage::Make));
    let third = store.commit(act(vec![Write::PlatformKey(next(KeyPurpose::Tokens, 3))])).await;
    assert!(matches!(third, Err(CommitError::Moved)), "one after the other: {third:?}");

    // A server that has not read the new key writes nothing that would be found no more.
    let stale = Person::drawn();
    let refused = store.commit(stale.registration()).await;
    assert!(matches!(refused, Err(CommitError::Keys)), "{refused:?}");
    let thief = Person { phone: both(first.phone), ..Person::drawn() };
    let taken = store.commit(thief.registration()).await;
    assert!(matches!(taken, Err(CommitError::TokenTaken(_))), "who is not made anew yet holds the token: {taken:?}");
    let new = Person { phone: both(stale.phone), ..stale };
    store.commit(new.registration()).await.unwrap();

    // Erased between look and write.
    let state = store.retoken(&platform()).await.unwrap().unwrap();
    let (carried, _) = store.retoken_next(&platform(), &state, 99).await.unwrap();
    assert_eq!(carried.len(), 6);
    assert!(carried.iter().all(|one| one.wrapped.is_some() && !one.values.is_empty()));
    let destroy = Write::Destroy { record: gone.record, subject: Some(gone.id), role: role() };
    store.commit(act(vec![destroy])).await.unwrap();
    store.retoken_put(&platform(), carried.iter().map(anew).collect(), state).await.unwrap();
    assert_eq!(finds(&store, both(gone.phone)).await, None, "nobody is found again who was erased");
    while round(&store).await {}

    for person in people.iter().filter(|person| person.id != gone.id).chain([&new]) {
        let [newest, old] = [second(person.phone.each().last().unwrap().token), person.phone.each().last().unwrap()];
        for keyed in [newest, old] {
            assert_eq!(finds(&store, SearchToken { newest: keyed, before: None }).await, Some(person.id));
        }
    }
    store.retoken_end(&platform(), 1, at(9)).await.unwrap();
    let late = Person { phone: both(search()), ..Person::drawn() };
    assert!(matches!(store.commit(late.registration()).await, Err(CommitError::Keys)), "nothing under the old key now");
    let state = async || store.retoken(&platform()).await.unwrap().unwrap();
    while store.retoken_drop(&platform(), state().await, 2).await.unwrap() {}
    assert_eq!(store.retoken(&platform()).await.unwrap(), None::<Retoken>);
    assert_eq!(finds(&store, first.phone).await, None, "the old tokens are gone");
    assert_eq!(
        finds(&store, SearchToken { newest: second(first.phone.newest.token), before: None }).await,
        Some(first.id)
    );
    let versions: Vec<u32> = store.platform_keys(&platform()).await.unwrap().iter().map(|key| key.version).collect();
    assert_eq!(versions, [1, 1, 2], "ledger, parts, tokens");
    assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
}
