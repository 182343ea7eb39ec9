//! Approvals for staff: asked for, given once, gone with the subject.

use model::{ActorId, ApprovalId};
use shouyue_store::{CommitError, NewApproval, Write};

use crate::fixture::*;

pub(crate) async fn an_approval_is_given_once_and_dies_with_the_subject(store: Shared) {
    let person = registered(&store).await;
    let asked = |n| NewApproval {
        id: ApprovalId::from_random(draw()),
        subject: person.id,
        function: slug("claim"),
        by: ActorId::from_random([1; 16]),
        asker: ActorId::from_random([3; 16]),
        because: "case-handling".into(),
        at: at(n),
    };
    let (first, second) = (asked(1), asked(2));
    store.commit(act([&first, &second].map(|one| Write::Approval(one.clone())).into())).await.unwrap();
    let waiting = async || -> Vec<ApprovalId> {
        store.approvals_waiting(&platform(), 9).await.unwrap().into_iter().map(|row| row.asked.id).collect()
    };
    assert_eq!(waiting().await, [second.id, first.id]);
    let give = |id| act(vec![Write::Approve(id, ActorId::from_random([2; 16]), at(60))]);
    store.commit(give(first.id)).await.unwrap();
    assert!(matches!(store.commit(give(first.id)).await, Err(CommitError::Moved)), "another was faster");
    assert_eq!(waiting().await, [second.id]);
    let row = store.approval(&platform(), first.id).await.unwrap().unwrap();
    assert_eq!((row.asked, row.given), (first, Some((ActorId::from_random([2; 16]), at(60)))));
    assert_eq!(store.approvals_of(&platform(), person.id).await.unwrap().len(), 2);
    store.commit(act(vec![Write::Forget(person.id)])).await.unwrap();
    assert!(store.approvals_of(&platform(), person.id).await.unwrap().is_empty() && waiting().await.is_empty());
    let unknown = store.commit(give(second.id)).await;
    assert!(matches!(unknown, Err(CommitError::Missing { what: "approval" })));
}
