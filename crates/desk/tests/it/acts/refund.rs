//! Money that goes back when a surrender is accepted: once, by the network's word or by asking, whatever fails on the way.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::service::{Decided, Wish};
use model::{PaymentId, RecordId};
use policy::finding::Source;
use policy::question::Code;
use shouyue_desk::leaf::{Act, Who};
use shouyue_desk::pay::{self, Paying, Settled, Stand};
use shouyue_desk::ports::{Outside, Parties, PaymentState, Refunded};
use shouyue_desk::seat::Eyes;
use shouyue_desk::service::Ruling;
use shouyue_desk::{Refusal, service};

use super::pay::{FEN, Till, demand, number};
use super::service::Counter;
use super::{codes, denied};
use crate::house::{Bench, haigang};

/// A counter where policies are paid for.
struct Desk {
    counter: Counter,
    till: Arc<Till>,
    payment: PaymentId,
}

impl Desk {
    /// Somebody's policy is paid, and the surrender of it asked for.
    async fn new() -> Self {
        let till = Arc::new(Till::default());
        let network = Arc::clone(&till);
        let bench = Bench::with(|parties| Parties { payment: network, ..parties }).await;
        let (policy, operation) = haigang();
        let paid = format!("{}\n[[payment]]\nclasses = [\"policy\"]\nanswers = \"R\"\n", operation.text);
        bench.publish((policy, Source::new("operation.toml", paid))).await.unwrap();
        let counter = Counter::of(bench).await;
        let (house, platform) = (&counter.bench.house, &counter.bench.platform());
        let due = pay::demand(house, platform, &counter.core, counter.cover, demand(FEN), None).await.unwrap();
        pay::order(house, platform, counter.subject, due.payment, Paying::default()).await.unwrap();
        pay::code(house, platform, counter.subject, due.payment).await.unwrap();
        Self { counter, till, payment: due.payment }
    }

    async fn paid() -> Self {
        let desk = Self::new().await;
        desk.told("E-1", "T-1").await.unwrap();
        desk
    }

    async fn told(&self, event: &str, rest: &str) -> Result<Settled, Refusal> {
        let headers = BTreeMap::from([("signed-by".to_owned(), "the network".to_owned())]);
        let body = format!("{event} {} {FEN} {rest}", number(self.payment));
        pay::notified(&self.counter.bench.house, &self.counter.bench.platform(), &headers, body.as_bytes()).await
    }

    /// The surrender is asked for and accepted.
    async fn surrendered(&self) {
        let asked = self.counter.asks(self.counter.cover, Wish::Surrender, None).await.unwrap();
        self.counter.decide(asked.record, Decided::Accepted, None).await.unwrap();
    }

    /// Somebody's policy is paid by two payments, the second of 4,100 fen. Both are given.
    async fn twice() -> (Self, [PaymentId; 2]) {
        let desk = Self::paid().await;
        let (house, platform) = (&desk.counter.bench.house, &desk.counter.bench.platform());
        // The second is due later: of two that are due at one instant neither is the last.
        desk.counter.bench.clock.advance(jiff::SignedDuration::from_secs(1));
        let more = demand(4_100);
        let more = pay::demand(house, platform, &desk.counter.core, desk.counter.cover, more, None).await.unwrap();
        pay::order(house, platform, desk.counter.subject, more.payment, Paying::default()).await.unwrap();
        pay::code(house, platform, desk.counter.subject, more.payment).await.unwrap();
        desk.till.set(&number(more.payment), PaymentState::Paid);
        assert_eq!(desk.reconcile().await, 1);
        let both = [desk.payment, more.payment];
        (desk, both)
    }

    /// A surrender is asked for and accepted, with so much going back.
    async fn given_back(&self, refund: u64) -> Result<u64, Refusal> {
        let asked = self.counter.asks(self.counter.cover, Wish::Surrender, None).await.unwrap();
        self.rule(asked.record, Decided::Accepted, Some(refund)).await
    }

    async fn rule(&self, request: RecordId, decided: Decided, refund: Option<u64>) -> Result<u64, Refusal> {
        let ruling = Ruling { decided, on: None, reason: None, refund };
        let (house, platform) = (&self.counter.bench.house, &self.counter.bench.platform());
        let eyes = Eyes::System(&self.counter.core);
        Ok(service::decide(house, platform, eyes, request, ruling, None).await?.leaf)
    }

    /// How each payment stands, and what of it goes back.
    async fn stands(&self, payments: [PaymentId; 2]) -> [(Stand, Option<u32>); 2] {
        let (house, platform) = (&self.counter.bench.house, &self.counter.bench.platform());
        let views = pay::list(house, platform, self.counter.subject).await.unwrap();
        payments.map(|id| views.iter().find(|view| view.payment == id).map(|view| (view.stand, view.back)).unwrap())
    }

    async fn stand(&self) -> Stand {
        let (house, platform) = (&self.counter.bench.house, &self.counter.bench.platform());
        pay::own(house, platform, self.counter.subject, self.payment).await.unwrap().stand
    }

    async fn reconcile(&self) -> usize {
        pay::reconcile(&self.counter.bench.house, &self.counter.bench.platform()).await.unwrap()
    }

    /// The newest leaf: what it was, and why.
    async fn last(&self) -> (Act, Option<String>, Who) {
        let entry = self.counter.bench.entries().await.pop().unwrap();
        (entry.act, entry.because, entry.actor)
    }
}

#[tokio::test]
async fn what_was_paid_goes_back_with_the_surrender_and_the_network_tells_when_it_is_there() {
    let desk = Desk::paid().await;
    desk.till.answers(Ok(Refunded::Going));
    desk.surrendered().await;
    assert_eq!(desk.stand().await, Stand::Returning, "on its way in the act that ended the cover");
    let (_, because, _) = desk.last().await;
    assert_eq!(because.as_deref(), Some("surrender-accepted"));
    assert_eq!(desk.till.refunds(), [(number(desk.payment) + "R", FEN)]);

    let before = desk.counter.bench.size().await;
    let Settled::Returned(leaf) = desk.told("R-1", &format!("T-1 returned {FEN}")).await.unwrap() else {
        panic!("not back")
    };
    assert_eq!((desk.counter.bench.size().await, leaf), (before + 1, before), "one act");
    assert_eq!(desk.last().await, (Act::Pay, Some("returned".to_owned()), Who::House));
    assert_eq!(desk.stand().await, Stand::Returned);
    // Told again, at the same event and at another: it is known.
    assert_eq!(desk.told("R-1", &format!("T-1 returned {FEN}")).await.unwrap(), Settled::Known);
    assert_eq!(desk.told("R-2", &format!("T-1 returned {FEN}")).await.unwrap(), Settled::Known);
    assert_eq!(desk.told("E-1", "T-1").await.unwrap(), Settled::Known, "the word that it was paid, once more");
    assert_eq!(desk.reconcile().await, 0);
    assert_eq!(desk.counter.bench.size().await, before + 1);
}

#[tokio::test]
async fn a_refund_that_fails_is_asked_for_again_under_the_same_number_until_it_is_there() {
    let desk = Desk::paid().await;
    // As a kill between the act and the call: the act stands, and nobody was asked.
    desk.till.answers(Err(Outside::TimedOut));
    desk.surrendered().await;
    assert_eq!(desk.stand().await, Stand::Returning);
    let before = desk.counter.bench.size().await;
    for answer in [Err(Outside::TimedOut), Err(Outside::Refused), Ok(Refunded::Stuck), Ok(Refunded::Going)] {
        desk.till.answers(answer);
        assert_eq!(desk.reconcile().await, 0, "{answer:?}");
        assert_eq!(desk.stand().await, Stand::Returning, "{answer:?}");
    }
    desk.till.answers(Ok(Refunded::Back));
    assert_eq!(desk.reconcile().await, 1);
    assert_eq!((desk.stand().await, desk.reconcile().await), (Stand::Returned, 0));
    assert_eq!(desk.counter.bench.size().await, before + 1);
    let asked = desk.till.refunds();
    assert!(asked.len() == 6 && asked.iter().all(|one| *one == (number(desk.payment) + "R", FEN)), "{asked:?}");
    // The network's word comes late, as it does after a kill between its answer and the act.
    assert_eq!(desk.told("R-1", &format!("T-1 returned {FEN}")).await.unwrap(), Settled::Known);
}

#[tokio::test]
async fn words_of_money_that_nobody_sent_back_change_nothing() {
    let desk = Desk::paid().await;
    let refused = desk.told("R-1", &format!("T-1 returned {FEN}")).await.unwrap_err();
    assert_eq!(codes(&denied(refused)), [Code::PaymentDiffers]);
    assert_eq!(desk.last().await.1.as_deref(), Some("not-returning"));
    assert_eq!(desk.stand().await, Stand::Paid);
    desk.till.answers(Ok(Refunded::Going));
    desk.surrendered().await;
    for (event, rest, why) in [
        ("R-2", format!("T-9 returned {FEN}"), "paid-otherwise"),
        ("E-1", format!("T-1 returned {FEN}"), "event-reused"),
        ("R-3", format!("T-1 returned {}", FEN - 1), "amount-differs"),
    ] {
        denied(desk.told(event, &rest).await.unwrap_err());
        assert_eq!(desk.last().await.1.as_deref(), Some(why));
        assert_eq!(desk.stand().await, Stand::Returning);
    }
}

#[tokio::test]
async fn what_is_open_at_the_network_is_settled_before_a_cover_ends() {
    let desk = Desk::new().await;
    let asked = desk.counter.asks(desk.counter.cover, Wish::Surrender, None).await.unwrap();
    desk.till.silences(true);
    let unknown = desk.counter.decide(asked.record, Decided::Accepted, None).await;
    assert!(matches!(unknown, Err(Refusal::Outside(_))), "{unknown:?}");
    assert_eq!(desk.stand().await, Stand::Ordered, "nothing ended");
    desk.till.silences(false);
    // Paid at the network, and nobody was told: it is paid first, then goes back.
    desk.till.set(&number(desk.payment), PaymentState::Paid);
    desk.till.answers(Ok(Refunded::Back));
    desk.counter.decide(asked.record, Decided::Accepted, None).await.unwrap();
    assert_eq!(desk.stand().await, Stand::Returned);

    let other = Desk::new().await;
    other.surrendered().await;
    assert_eq!(other.stand().await, Stand::Closed, "what nobody paid can be paid no more");
    assert!(other.till.refunds().is_empty());
}

#[tokio::test]
async fn a_part_goes_back_from_the_last_payment_first_and_the_leaf_says_how_much() {
    for (refund, first, second, asked) in [
        (4_000, (Stand::Paid, None), (Stand::Returned, Some(4_000)), vec![(1, 4_000)]),
        (4_101, (Stand::Returned, Some(1)), (Stand::Returned, Some(4_100)), vec![(0, 1), (1, 4_100)]),
        (20_000, (Stand::Returned, Some(FEN)), (Stand::Returned, Some(4_100)), vec![(0, FEN), (1, 4_100)]),
        (0, (Stand::Paid, None), (Stand::Paid, None), Vec::new()),
    ] {
        let (desk, both) = Desk::twice().await;
        let leaf = desk.given_back(refund).await.unwrap();
        let entry = desk.counter.bench.entry(leaf).await;
        assert_eq!(entry.because.as_deref(), Some("surrender-accepted"));
        assert_eq!(entry.back, Some(refund).filter(|fen| *fen > 0));
        assert_eq!(desk.stands(both).await, [first, second], "{refund}");
        let mut there = desk.till.refunds();
        let mut wanted: Vec<_> = asked.iter().map(|(of, fen)| (number(both[*of]) + "R", *fen)).collect();
        there.sort();
        wanted.sort();
        assert_eq!(there, wanted, "{refund}");
        let entries = desk.counter.bench.entries().await;
        let back: u64 = entries.iter().filter(|entry| entry.act == Act::Pay).filter_map(|entry| entry.back).sum();
        assert_eq!(back, refund, "each refund that is there says its amount");
    }
}

#[tokio::test]
async fn the_networks_word_of_a_part_is_held_against_the_part_that_was_sent() {
    let desk = Desk::paid().await;
    desk.till.answers(Ok(Refunded::Going));
    desk.given_back(4_000).await.unwrap();
    denied(desk.told("R-1", &format!("T-1 returned {FEN}")).await.unwrap_err());
    assert_eq!(desk.last().await.1.as_deref(), Some("amount-differs"));
    let told = desk.told("R-2", "T-1 returned 4000").await.unwrap();
    assert!(matches!(told, Settled::Returned(_)), "{told:?}");
    assert_eq!(desk.stand().await, Stand::Returned);
}

#[tokio::test]
async fn no_more_goes_back_than_was_paid_and_nothing_but_with_a_surrender() {
    let desk = Desk::paid().await;
    let asked = desk.counter.asks(desk.counter.cover, Wish::Surrender, None).await.unwrap().record;
    for (decided, refund) in [(Decided::Accepted, u64::from(FEN) + 1), (Decided::Declined, 0)] {
        let refused = desk.rule(asked, decided, Some(refund)).await;
        assert!(matches!(refused, Err(Refusal::Fields(_))), "{refused:?}");
        assert_eq!(desk.stand().await, Stand::Paid, "nothing moved");
    }
    desk.rule(asked, Decided::Declined, None).await.unwrap();
    let change = desk.counter.asks(desk.counter.cover, Wish::Change, None).await.unwrap().record;
    assert!(matches!(desk.rule(change, Decided::Accepted, Some(1)).await, Err(Refusal::Fields(_))));

    let unpaid = Desk::new().await;
    assert!(matches!(unpaid.given_back(1).await, Err(Refusal::Fields(_))), "nothing was paid");
}
