//! Outside parties: cut off and let in again, customers handed to their people, the numbers by which these are called.

use model::{AssignmentId, SubjectId};
use shouyue_store::{AssignmentRow, CommitError, CutOff, Expect, NewAssignment, VirtualNumber, Write};

use crate::fixture::*;

fn cut(is_cut: bool, n: i64) -> Write {
    Write::CutOff(CutOff { party: slug("lakeside"), is_cut, because: "misuse".into(), at: at(n) })
}

fn assigned(subject: SubjectId) -> NewAssignment {
    NewAssignment {
        id: AssignmentId::from_random(draw()),
        subject,
        party: slug("lakeside"),
        share: slug("virtual-contact"),
        at: at(1),
        until: at(900),
    }
}

fn given() -> VirtualNumber {
    VirtualNumber { number: "17000000001".into(), binding: "1000001".into() }
}

pub(crate) async fn a_party_stands_as_it_was_left_last(store: Shared) {
    let stands = async || store.is_cut_off(&platform(), &slug("lakeside")).await.unwrap();
    assert!(!stands().await);
    let mut first = act(vec![cut(true, 3)]);
    first.expect.push(Expect::CutOff(slug("lakeside"), false));
    store.commit(first).await.unwrap();
    assert!(stands().await && !store.is_cut_off(&platform(), &slug("swift")).await.unwrap());
    let mut second = act(vec![cut(true, 4)]);
    second.expect.push(Expect::CutOff(slug("lakeside"), false));
    assert!(matches!(store.commit(second).await, Err(CommitError::Moved)), "what was decided before comes too late");
    let mut back = act(vec![cut(false, 5)]);
    back.expect.push(Expect::CutOff(slug("lakeside"), true));
    store.commit(back).await.unwrap();
    assert!(!stands().await);
    let told = store.cut_offs(&platform()).await.unwrap();
    assert_eq!(
        told.iter().map(|row| (row.done.is_cut, row.done.at)).collect::<Vec<_>>(),
        [(true, at(3)), (false, at(5))]
    );
    assert!(told[0].leaf < told[1].leaf);
}

pub(crate) async fn a_number_is_bound_once_until_it_is_released(store: Shared) {
    let person = registered(&store).await;
    let before = version(&store, person.id).await;
    let new = assigned(person.id);
    store.commit(act(vec![Write::Assign(new.clone())])).await.unwrap();
    let row = async || -> AssignmentRow { store.assignment(&platform(), new.id).await.unwrap().unwrap() };
    assert_eq!((row().await.new, row().await.bound_until), (new.clone(), None));
    assert!(!store.assignment_number(&platform(), new.id, &given()).await.unwrap(), "nobody asked for one");
    store.commit(act(vec![Write::Bind(new.id, at(60))])).await.unwrap();
    let again = store.commit(act(vec![Write::Bind(new.id, at(70))])).await;
    assert!(matches!(again, Err(CommitError::Moved)));
    assert!(store.assignment_number(&platform(), new.id, &given()).await.unwrap());
    assert_eq!((row().await.number, row().await.bound_until), (Some(given()), Some(at(60))));
    assert_eq!(store.assignments_bound(&platform(), 9).await.unwrap(), [row().await]);
    store.commit(act(vec![Write::Unbind(new.id)])).await.unwrap();
    assert_eq!((row().await.number, row().await.bound_until), (None, None));
    assert!(store.assignments_bound(&platform(), 9).await.unwrap().is_empty());
    assert_eq!(version(&store, person.id).await, before + 3, "a customer's state moves with each");
}

pub(crate) async fn an_assignment_that_is_over_binds_nothing(store: Shared) {
    let person = registered(&store).await;
    let (ended, forgotten) = (assigned(person.id), assigned(person.id));
    let writes = [&ended, &forgotten].map(|new| Write::Assign(new.clone()));
    store.commit(act(writes.into())).await.unwrap();
    store.commit(act(vec![Write::Bind(ended.id, at(60)), Write::Bind(forgotten.id, at(60))])).await.unwrap();
    store.commit(act(vec![cut(true, 5)])).await.unwrap();
    assert!(!store.assignment_number(&platform(), forgotten.id, &given()).await.unwrap(), "cut off meanwhile");
    store.commit(act(vec![cut(false, 6)])).await.unwrap();
    store.commit(act(vec![Write::Unassign(ended.id, at(9))])).await.unwrap();
    assert!(
        !store.assignment_number(&platform(), ended.id, &given()).await.unwrap(),
        "the network's answer came too late"
    );
    let of: Vec<_> = store.assignments_of(&platform(), person.id).await.unwrap();
    assert_eq!(of.iter().filter(|row| row.ended.is_none()).map(|row| row.new.id).collect::<Vec<_>>(), [forgotten.id]);
    assert!(store.assignment_number(&platform(), forgotten.id, &given()).await.unwrap());
    store.commit(act(vec![Write::Forget(person.id)])).await.unwrap();
    let to = store.assignments_to(&platform(), &slug("lakeside"), 9).await.unwrap();
    assert!(to.iter().all(|row| row.ended.is_some()), "who is forgotten is called by nobody");
    for id in [ended.id, forgotten.id] {
        store.commit(act(vec![Write::Unbind(id)])).await.unwrap();
    }
    assert!(store.assignments_bound(&platform(), 9).await.unwrap().is_empty());
    let unknown = store.commit(act(vec![Write::Unassign(AssignmentId::from_random(draw()), at(9))])).await;
    assert!(matches!(unknown, Err(CommitError::Missing { what: "assignment" })));
}
