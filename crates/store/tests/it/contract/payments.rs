//! Payments: each goes on from the stage it was read at, and nobody stands in one.

use model::{PaymentId, RecordId};
use shouyue_store::{CommitError, NewPayment, PaymentMoved, PaymentStage, Write};

use crate::fixture::*;

fn asked(record: RecordId) -> NewPayment {
    NewPayment {
        id: PaymentId::from_random(draw()),
        record,
        fen: 9_900,
        description: "health".to_owned(),
        until: at(1_000),
        in_force_from: Some(day("2026-07-01")),
        in_force_until: None,
        at: at(1),
    }
}

fn moved(id: PaymentId, from: PaymentStage, to: PaymentStage) -> PaymentMoved {
    PaymentMoved { id, from, to, made: None, transaction: None, back: None, at: at(2) }
}

pub(crate) async fn a_payment_goes_on_from_the_stage_it_was_read_at(store: Shared) {
    let person = registered(&store).await;
    let payment = asked(person.record);
    store.commit(act(vec![Write::Payment(payment.clone())])).await.unwrap();
    let row = store.payment(&platform(), payment.id).await.unwrap().unwrap();
    assert_eq!((&row.asked, row.stage, row.at), (&payment, PaymentStage::Due, at(1)));

    let begun =
        PaymentMoved { made: Some(person.record), ..moved(payment.id, PaymentStage::Due, PaymentStage::Ordered) };
    store.commit(act(vec![Write::PaymentMoved(begun.clone())])).await.unwrap();
    let again = store.commit(act(vec![Write::PaymentMoved(begun)])).await;
    assert!(matches!(again, Err(CommitError::Moved)), "{again:?}");
    let paid =
        PaymentMoved { transaction: Some([7; 32]), ..moved(payment.id, PaymentStage::Ordered, PaymentStage::Paid) };
    store.commit(act(vec![Write::PaymentMoved(paid)])).await.unwrap();
    let row = store.payment(&platform(), payment.id).await.unwrap().unwrap();
    assert_eq!((row.stage, row.made, row.transaction), (PaymentStage::Paid, Some(person.record), Some([7; 32])));
    let begins = |back| PaymentMoved { back, ..moved(payment.id, PaymentStage::Paid, PaymentStage::Returning) };
    let too_much = store.commit(act(vec![Write::PaymentMoved(begins(Some(payment.fen + 1)))])).await;
    assert!(too_much.is_err(), "more goes back than came: {too_much:?}");
    store.commit(act(vec![Write::PaymentMoved(begins(Some(payment.fen)))])).await.unwrap();
    store
        .commit(act(vec![Write::PaymentMoved(moved(payment.id, PaymentStage::Returning, PaymentStage::Returned))]))
        .await
        .unwrap();
    let row = store.payment(&platform(), payment.id).await.unwrap().unwrap();
    assert_eq!((row.stage, row.back), (PaymentStage::Returned, Some(payment.fen)));
    let none = moved(PaymentId::from_random(draw()), PaymentStage::Due, PaymentStage::Closed);
    assert!(matches!(store.commit(act(vec![Write::PaymentMoved(none)])).await, Err(CommitError::Moved)));
}

pub(crate) async fn a_payment_is_of_a_record_and_its_open_ones_come_in_pages(store: Shared) {
    let nowhere = asked(RecordId::from_random(draw()));
    let missing = store.commit(act(vec![Write::Payment(nowhere)])).await;
    assert!(matches!(missing, Err(CommitError::Missing { what: "record" })), "{missing:?}");
    let person = registered(&store).await;
    let mut payments: Vec<NewPayment> = (0..5).map(|_| asked(person.record)).collect();
    payments.sort_by_key(|payment| payment.id);
    store.commit(act(payments.iter().cloned().map(Write::Payment).collect())).await.unwrap();
    let closed = moved(payments[2].id, PaymentStage::Due, PaymentStage::Closed);
    store.commit(act(vec![Write::PaymentMoved(closed)])).await.unwrap();

    assert_eq!(store.payments_of(&platform(), person.record).await.unwrap().len(), 5);
    let (mut open, mut after) = (Vec::new(), None);
    loop {
        let page = store.payments_open(&platform(), after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.asked.id);
        open.extend(page.into_iter().map(|row| row.asked.id));
    }
    let expected: Vec<PaymentId> = [0, 1, 3, 4].iter().map(|nth: &usize| payments[*nth].id).collect();
    assert_eq!(open, expected);
    store.platform_create(&slug("anrun"), &first_keys(b"key")).await.unwrap();
    assert_eq!(store.payment(&slug("anrun"), payments[0].id).await.unwrap(), None);
}
