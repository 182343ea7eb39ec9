//! Invitations: a link leads to one role of one record, and one person joins by it.

use model::InvitationId;
use shouyue_store::{CommitError, Expect, InvitationState, Joined, NewInvitation, Write};

use crate::fixture::*;

fn invitation(person: &Person, digest: [u8; 32]) -> NewInvitation {
    NewInvitation {
        id: InvitationId::from_random(draw()),
        record: person.record,
        role: slug("insured"),
        digest,
        until: at(900),
        at: at(1),
    }
}

fn joined(made: &NewInvitation, who: &Person) -> Joined {
    Joined { subject: who.id, role: made.role.clone(), invitation: made.id, telephone: Some([7; 32]) }
}

/// The act of somebody who joins: stands in the record, and the link is used.
fn joining(made: &NewInvitation, digest: [u8; 32], who: &Person) -> shouyue_store::Batch {
    let mut batch = act(vec![
        Write::Join(made.record, joined(made, who)),
        Write::Invited(made.record, made.id, InvitationState::Used),
    ]);
    batch.expect.push(Expect::Invitation(made.record, made.id, InvitationState::Open, digest));
    batch
}

pub(crate) async fn a_link_leads_to_its_invitation_until_it_is_made_again(store: Shared) {
    let person = registered(&store).await;
    let (first, second) = (invitation(&person, [1; 32]), invitation(&person, [2; 32]));
    let writes = [&first, &second].map(|made| Write::Invitation(made.clone()));
    store.commit(act(writes.into())).await.unwrap();
    let found = store.invitation_by_digest(&platform(), &[1; 32]).await.unwrap().unwrap();
    assert_eq!((found.made.clone(), found.state), (first.clone(), InvitationState::Open));
    let again = NewInvitation { digest: [3; 32], until: at(990), at: at(2), ..first.clone() };
    let withdrawn = Write::Invited(first.record, first.id, InvitationState::Withdrawn);
    store.commit(act(vec![withdrawn, Write::Invitation(again.clone())])).await.unwrap();
    assert_eq!(store.invitation_by_digest(&platform(), &[1; 32]).await.unwrap(), None);
    let all = store.invitations_of(&platform(), person.record).await.unwrap();
    let all: Vec<_> = all.into_iter().map(|row| (row.made, row.state)).collect();
    assert_eq!(all, [(again, InvitationState::Open), (second, InvitationState::Open)]);
    // Of another platform nothing is seen; of a record that is not there nothing is made.
    store.platform_create(&slug("anrun"), &first_keys(b"key")).await.unwrap();
    assert_eq!(store.invitation_by_digest(&slug("anrun"), &[2; 32]).await.unwrap(), None);
    let nowhere = NewInvitation { record: model::RecordId::from_random(draw()), ..invitation(&person, [4; 32]) };
    let failed = store.commit(act(vec![Write::Invitation(nowhere)])).await;
    assert!(matches!(failed, Err(CommitError::Missing { what: "record" })), "{failed:?}");
}

pub(crate) async fn one_of_two_who_use_a_link_joins(store: Shared) {
    let person = registered(&store).await;
    let made = invitation(&person, [1; 32]);
    store.commit(act(vec![Write::Invitation(made.clone())])).await.unwrap();
    let (one, other) = (registered(&store).await, registered(&store).await);
    let both =
        tokio::join!(store.commit(joining(&made, [1; 32], &one)), store.commit(joining(&made, [1; 32], &other)),);
    let won = [both.0.is_ok(), both.1.is_ok()];
    assert_eq!(won.iter().filter(|won| **won).count(), 1);
    let record = store.record(&platform(), person.record).await.unwrap().unwrap();
    let guest = if won[0] { &one } else { &other };
    assert_eq!(record.joined, [joined(&made, guest)]);
    let joined = guest.id;
    assert!(record.roles.contains(&(joined, slug("insured"))));
    assert_eq!(record.roles.len(), 2);
    let snapshot = store.subject(&platform(), joined).await.unwrap().unwrap();
    assert_eq!(snapshot.version, 2, "whoever joins has another state");
    store.commit(act(vec![Write::Forget(joined)])).await.unwrap();
    let record = store.record(&platform(), person.record).await.unwrap().unwrap();
    assert_eq!(record.joined[0].telephone, None, "what was kept of the telephone goes with the person");
}

pub(crate) async fn a_failed_act_leaves_the_invitation_open(store: Shared) {
    let person = registered(&store).await;
    let made = invitation(&person, [1; 32]);
    store.commit(act(vec![Write::Invitation(made.clone())])).await.unwrap();
    let guest = registered(&store).await;
    let mut batch = joining(&made, [1; 32], &guest);
    batch.writes.push(Write::Life(model::RecordId::from_random(draw()), model::act::Life::Live));
    store.commit(batch).await.unwrap_err();
    let other = store.commit(joining(&made, [9; 32], &guest)).await;
    assert!(matches!(other, Err(CommitError::Moved)), "the link of this hash is another: {other:?}");
    let row = store.invitation_by_digest(&platform(), &[1; 32]).await.unwrap().unwrap();
    assert_eq!(row.state, InvitationState::Open);
    let record = store.record(&platform(), person.record).await.unwrap().unwrap();
    assert_eq!(record.roles.len(), 1);
}
