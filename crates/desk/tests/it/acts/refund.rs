//! Money that goes back when a surrender is accepted: once, by the network's word or by asking, whatever fails on the way.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::PaymentId;
use model::service::{Decided, Wish};
use policy::finding::Source;
use policy::question::Code;
use shouyue_desk::Refusal;
use shouyue_desk::leaf::{Act, Who};
use shouyue_desk::pay::{self, Paying, Settled, Stand};
use shouyue_desk::ports::{Outside, Parties, PaymentState, Refunded};

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
    let Settled::Returned(leaf) = desk.told("R-1", "T-1 returned").await.unwrap() else { panic!("not back") };
    assert_eq!((desk.counter.bench.size().await, leaf), (before + 1, before), "one act");
    assert_eq!(desk.last().await, (Act::Pay, Some("returned".to_owned()), Who::House));
    assert_eq!(desk.stand().await, Stand::Returned);
    // Told again, at the same event and at another: it is known.
    assert_eq!(desk.told("R-1", "T-1 returned").await.unwrap(), Settled::Known);
    assert_eq!(desk.told("R-2", "T-1 returned").await.unwrap(), Settled::Known);
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
    assert_eq!(desk.told("R-1", "T-1 returned").await.unwrap(), Settled::Known);
}

#[tokio::test]
async fn words_of_money_that_nobody_sent_back_change_nothing() {
    let desk = Desk::paid().await;
    let refused = desk.told("R-1", "T-1 returned").await.unwrap_err();
    assert_eq!(codes(&denied(refused)), [Code::PaymentDiffers]);
    assert_eq!(desk.last().await.1.as_deref(), Some("not-returning"));
    assert_eq!(desk.stand().await, Stand::Paid);
    desk.till.answers(Ok(Refunded::Going));
    desk.surrendered().await;
    for (event, rest, why) in [("R-2", "T-9 returned", "paid-otherwise"), ("E-1", "T-1 returned", "event-reused")] {
        denied(desk.told(event, rest).await.unwrap_err());
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
