//! Paying: what is due, what the payer is asked, the network's word, and everything that is no word of the network's.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::SignedDuration;
use jiff::civil::date;
use model::act::Life;
use model::{PaymentId, RecordId, Slug, SubjectId};
use policy::finding::Source;
use policy::question::{Code, Effect, Facts};
use policy::syntax::{RightKind, Trigger};
use shouyue_desk::collect::{Application, Participant, PersonFields, Registration, Whom, apply, event, register};
use shouyue_desk::consent::withdraw;
use shouyue_desk::leaf::{Act, Entry, Who};
use shouyue_desk::pay::{self, Demand, Paying, Settled, Stand, View};
use shouyue_desk::ports::{
    Notification, Order, Outside, Parties, Payment, PaymentState, Prepaid, Refund, Refunded, Standing,
};
use shouyue_desk::seat::Caller;
use shouyue_desk::{Platform, Refusal, service};
use store::ServiceToken;

use super::{codes, denied};
use crate::house::{Bench, LI, Person, WANG, field, slug, yes};

/// A network that knows what the test says. A notification is what it says in JSON, under a header that says who signed.
#[derive(Default)]
pub(super) struct Till {
    orders: Mutex<BTreeMap<String, (u32, PaymentState)>>,
    silent: Mutex<bool>,
    /// What it answers who asks for a refund; by itself that the money is back.
    refund: Mutex<Option<Result<Refunded, Outside>>>,
    refunds: Mutex<Vec<(String, u32)>>,
}

impl Till {
    fn standing(&self, number: &str) -> Option<Standing> {
        let (fen, state) = *self.orders.lock().unwrap().get(number)?;
        Some(standing(number, fen, state))
    }

    /// Refunds that were asked for: number and amount.
    pub(super) fn refunds(&self) -> Vec<(String, u32)> {
        self.refunds.lock().unwrap().clone()
    }

    pub(super) fn answers(&self, refund: Result<Refunded, Outside>) {
        *self.refund.lock().unwrap() = Some(refund);
    }

    pub(super) fn silences(&self, silent: bool) {
        *self.silent.lock().unwrap() = silent;
    }

    pub(super) fn set(&self, number: &str, state: PaymentState) {
        self.orders.lock().unwrap().get_mut(number).unwrap().1 = state;
    }
}

fn standing(number: &str, fen: u32, state: PaymentState) -> Standing {
    let paid = state == PaymentState::Paid;
    Standing {
        order: number.to_owned(),
        transaction: paid.then(|| format!("T-{number}")),
        state,
        fen: Some(fen),
        back: None,
        at: paid.then(|| "2026-06-01T02:10:00Z".parse().unwrap()),
    }
}

#[async_trait]
impl Payment for Till {
    async fn order(&self, order: Order) -> Result<Prepaid, Outside> {
        if *self.silent.lock().unwrap() {
            return Err(Outside::TimedOut);
        }
        self.orders.lock().unwrap().entry(order.number.clone()).or_insert((order.fen, PaymentState::Open));
        Ok(Prepaid::Scan(format!("scan:{}", order.number)))
    }

    async fn query(&self, _: &Slug, order: &str) -> Result<Option<Standing>, Outside> {
        if *self.silent.lock().unwrap() { Err(Outside::TimedOut) } else { Ok(self.standing(order)) }
    }

    async fn close(&self, _: &Slug, order: &str) -> Result<(), Outside> {
        self.set(order, PaymentState::Closed);
        Ok(())
    }

    async fn refund(&self, refund: Refund) -> Result<Refunded, Outside> {
        assert_eq!(refund.number, format!("{}R", refund.order));
        assert!((1..=refund.total).contains(&refund.fen));
        self.refunds.lock().unwrap().push((refund.number, refund.fen));
        self.refund.lock().unwrap().unwrap_or(Ok(Refunded::Back))
    }

    fn notification(&self, _: &Slug, headers: &BTreeMap<String, String>, body: &[u8]) -> Result<Notification, Outside> {
        if headers.get("signed-by").map(String::as_str) != Some("the network") {
            return Err(Outside::Untrusted);
        }
        let text = std::str::from_utf8(body).unwrap();
        let (text, back) = match text.split_once(" returned ") {
            Some((text, back)) => (text, Some(back.parse().unwrap())),
            None => (text, None),
        };
        let state = if back.is_some() { PaymentState::Returned } else { PaymentState::Paid };
        let [event, number, fen, transaction] = text.split(' ').collect::<Vec<_>>()[..] else { panic!("{text}") };
        let standing = standing(number, fen.parse().unwrap(), state);
        Ok(Notification {
            event: event.to_owned(),
            standing: Standing { transaction: Some(transaction.to_owned()), back, ..standing },
        })
    }
}

/// A house where people pay for what they ordered.
struct Shop {
    bench: Bench,
    platform: Arc<Platform>,
    till: Arc<Till>,
    core: Caller,
}

pub(super) const FEN: u32 = 15_900;

impl Shop {
    async fn new() -> Self {
        let policy = include_str!("../../../../../platforms/yihui-xicheng/2022-09-20.toml");
        let operation = include_str!("../../../../../platforms/yihui-xicheng/operation.toml");
        let till = Arc::new(Till::default());
        let network = Arc::clone(&till);
        let bench = Bench::with(|parties| Parties { payment: network, ..parties }).await;
        let sources = (Source::new("2022-09-20.toml", policy), Source::new("operation.toml", operation));
        let platform = bench.publish(sources).await.unwrap();
        let core = core(&bench, &platform.id).await;
        Self { bench, platform, till, core }
    }

    async fn registered(&self, person: &Person) -> SubjectId {
        let form = Registration {
            function: slug("register"),
            channel: Some(slug("wechat-account")),
            product: None,
            persons: vec![PersonFields { person: slug("user"), fields: vec![field("phone", person.phone)] }],
            consents: vec![yes(&self.platform, "collect.register")],
            facts: Facts::default(),
        };
        register(&self.bench.house, &self.platform, form, Who::Subject, None).await.unwrap().subject
    }

    async fn ordered(&self, subject: SubjectId, person: &Person) -> RecordId {
        let scopes = ["collect.insure-self", "collect.insure-self.identity-document"];
        let fields = vec![
            field("name", person.name),
            field("id-type", "居民身份证"),
            field("id-number", person.number),
            field("sex", person.sex),
            field("birth-date", person.birth),
        ];
        let applicant = Participant {
            roles: vec![slug("applicant")],
            whom: Whom::Typed,
            fields,
            consents: scopes.iter().map(|scope| yes(&self.platform, scope)).collect(),
        };
        let application = Application {
            function: slug("insure-self"),
            channel: Some(slug("wechat-account")),
            product: None,
            people: vec![applicant],
            open: Vec::new(),
            about: None,
            facts: Facts::default(),
            trigger: Trigger::Given,
            track: None,
        };
        apply(&self.bench.house, &self.platform, subject, application, Who::Subject, None).await.unwrap().record
    }

    /// Somebody with an order that is due.
    async fn due(&self, person: &Person) -> (SubjectId, RecordId, PaymentId) {
        let subject = self.registered(person).await;
        let order = self.ordered(subject, person).await;
        (subject, order, self.demanded(order, FEN).await.unwrap())
    }

    async fn demanded(&self, order: RecordId, fen: u32) -> Result<PaymentId, Refusal> {
        let done = pay::demand(&self.bench.house, &self.platform, &self.core, order, demand(fen), None).await?;
        Ok(done.payment)
    }

    fn form(&self, fields: &[(&str, &str)]) -> Paying {
        Paying {
            person: Some(slug("user")),
            channel: Some(slug("website")),
            fields: fields.iter().map(|(item, value)| field(item, value)).collect(),
            consents: vec![yes(&self.platform, "collect.pay"), yes(&self.platform, "collect.pay.financial-account")],
            track: None,
        }
    }

    async fn begun(&self, subject: SubjectId, payment: PaymentId) -> Result<u64, Refusal> {
        let form = self.form(&[("payment-tool", "微信支付")]);
        let done = pay::order(&self.bench.house, &self.platform, subject, payment, form).await?;
        pay::code(&self.bench.house, &self.platform, subject, payment).await?;
        Ok(done.leaf)
    }

    async fn told(&self, body: &str) -> Result<Settled, Refusal> {
        let headers = BTreeMap::from([("signed-by".to_owned(), "the network".to_owned())]);
        pay::notified(&self.bench.house, &self.platform, &headers, body.as_bytes()).await
    }

    async fn view(&self, subject: SubjectId, payment: PaymentId) -> View {
        pay::own(&self.bench.house, &self.platform, subject, payment).await.unwrap()
    }

    async fn entries(&self) -> Vec<Entry> {
        self.bench.entries_of(self.platform.id.as_str()).await
    }

    async fn size(&self) -> usize {
        self.entries().await.len()
    }

    async fn refused(&self, word: &str, code: Code) {
        let last = self.entries().await.pop().unwrap();
        assert_eq!((last.act, last.because.as_deref()), (Act::Refused, Some(word)));
        assert!(last.reasons.contains(&code), "{:?}", last.reasons);
    }

    async fn record(&self, record: RecordId) -> store::RecordRow {
        self.bench.store.record(&self.platform.id, record).await.unwrap().unwrap()
    }

    /// The records of a class in which somebody stands.
    async fn of_class(&self, subject: SubjectId, class: &str) -> Vec<store::RecordRow> {
        let mut records = self.bench.store.records_of(&self.platform.id, subject).await.unwrap();
        records.retain(|record| record.class.as_str() == class);
        records
    }
}

async fn core(bench: &Bench, platform: &Slug) -> Caller {
    use aws_lc_rs::digest::{SHA256, digest};
    let secret = "a service token of the core system";
    let token = ServiceToken {
        id: model::ActorId::from_random([5; 16]),
        name: "core".into(),
        digest: digest(&SHA256, secret.as_bytes()).as_ref().try_into().unwrap(),
        platform: platform.clone(),
        actions: vec!["collect".into()],
        purposes: Vec::new(),
        party: None,
        rate: 10_000,
        revoked: false,
    };
    bench.store.token_put(token).await.unwrap();
    shouyue_desk::seat::caller(&bench.house, secret).await.unwrap()
}

pub(super) fn demand(fen: u32) -> Demand {
    Demand {
        fen,
        description: "医惠锡城补充医疗保险".to_owned(),
        until: None,
        in_force_from: None,
        in_force_until: None,
    }
}

pub(super) fn number(payment: PaymentId) -> String {
    hex::encode(payment.as_bytes())
}

fn events(row: &store::RecordRow) -> Vec<&str> {
    row.events.iter().map(|(word, _, _)| word.as_str()).collect()
}

#[tokio::test]
async fn what_is_due_is_paid_once_as_one_act() {
    let shop = Shop::new().await;
    let (li, order, payment) = shop.due(&LI).await;
    assert_eq!(shop.view(li, payment).await.stand, Stand::Due);
    assert_eq!(shop.entries().await.pop().unwrap().act, Act::Pay);
    shop.begun(li, payment).await.unwrap();
    assert_eq!(shop.view(li, payment).await.stand, Stand::Ordered);
    // Pressed again, it is the same order, and nothing more is collected.
    shop.begun(li, payment).await.unwrap();
    assert_eq!(shop.till.orders.lock().unwrap().len(), 1);
    let made = shop.of_class(li, "payment").await;
    assert_eq!(made.len(), 1);

    let before = shop.size().await;
    let word = format!("E-1 {} {FEN} T-1", number(payment));
    let Settled::Paid(leaf) = shop.told(&word).await.unwrap() else { panic!("not paid") };
    assert_eq!(shop.size().await, before + 1, "one act");
    let entry = shop.entries().await.swap_remove(usize::try_from(leaf).unwrap());
    assert_eq!((entry.act, entry.because.as_deref(), entry.actor), (Act::Pay, Some("paid"), Who::House));
    assert_eq!(entry.items, [slug("payment-status")]);
    assert_eq!((entry.effect, entry.function), (Effect::Permit, Some(slug("pay"))));
    assert_eq!(shop.view(li, payment).await.stand, Stand::Paid);
    assert_eq!(events(&shop.record(order).await), <[&str; 0]>::default(), "it covers somebody from now on");
    assert_eq!(shop.record(made[0].id).await.events[0].1, date(2026, 6, 1));
    assert_eq!(events(&shop.record(made[0].id).await), ["transaction-completed"]);
    let part = shop.bench.store.part(&shop.platform.id, made[0].id, Some(li), &slug("user")).await.unwrap().unwrap();
    let items: Vec<&str> = part.values.iter().map(|value| value.item.as_str()).collect();
    assert_eq!(items, ["payment-status", "payment-tool"]);

    // The same word again, at the same event and at another, changes nothing.
    assert_eq!(shop.told(&word).await.unwrap(), Settled::Known);
    assert_eq!(shop.told(&format!("E-2 {} {FEN} T-1", number(payment))).await.unwrap(), Settled::Known);
    assert_eq!(shop.size().await, before + 1);
    let again = shop.begun(li, payment).await.unwrap_err();
    assert!(matches!(again, Refusal::Wrong(_)), "{again:?}");
}

#[tokio::test]
async fn a_word_that_is_not_the_networks_or_not_about_this_payment_changes_nothing() {
    let shop = Shop::new().await;
    let (li, order, payment) = shop.due(&LI).await;
    let early = format!("E-0 {} {FEN} T-1", number(payment));
    denied(shop.told(&early).await.unwrap_err());
    shop.refused("not-open", Code::PaymentDiffers).await;
    shop.begun(li, payment).await.unwrap();

    let before = shop.size().await;
    let body = format!("E-1 {} {FEN} T-1", number(payment));
    let forged = BTreeMap::from([("signed-by".to_owned(), "somebody".to_owned())]);
    let forged = pay::notified(&shop.bench.house, &shop.platform, &forged, body.as_bytes()).await;
    assert!(matches!(forged, Err(Refusal::Outside(Outside::Untrusted))), "{forged:?}");
    assert_eq!(shop.size().await, before, "nobody acted");

    for (body, word) in [
        (format!("E-1 {} {} T-1", number(payment), FEN - 1), "amount-differs"),
        (format!("E-1 {} {FEN} T-1", "0".repeat(32)), "unknown-order"),
        (format!("E-1 {} {FEN} T-1", number(payment).to_uppercase()), "unknown-order"),
        (format!("E-1 ORDER-1 {FEN} T-1"), "unknown-order"),
    ] {
        denied(shop.told(&body).await.unwrap_err());
        shop.refused(word, Code::PaymentDiffers).await;
        assert_eq!(shop.view(li, payment).await.stand, Stand::Ordered);
    }
    assert_eq!(events(&shop.record(order).await), <[&str; 0]>::default());

    // Another person's event with a number that is used.
    let (wang, _, second) = shop.due(&WANG).await;
    shop.begun(wang, second).await.unwrap();
    shop.told(&body).await.unwrap();
    denied(shop.told(&format!("E-1 {} {FEN} T-2", number(second))).await.unwrap_err());
    shop.refused("event-reused", Code::PaymentDiffers).await;
    denied(shop.told(&format!("E-3 {} {FEN} T-9", number(payment))).await.unwrap_err());
    shop.refused("paid-otherwise", Code::PaymentDiffers).await;
    assert_eq!(shop.view(wang, second).await.stand, Stand::Ordered);
}

#[tokio::test]
async fn nothing_is_due_where_no_money_is_taken_and_a_demand_names_nobody() {
    let shop = Shop::new().await;
    let li = shop.registered(&LI).await;
    let account = shop.of_class(li, "account").await.remove(0);
    let refusal = shop.demanded(account.id, FEN).await.unwrap_err();
    assert!(matches!(refusal, Refusal::Wrong(_)), "{refusal:?}");
    let order = shop.ordered(li, &LI).await;
    let house = &shop.bench.house;
    let wrong = |demand: Demand| async {
        let refusal = pay::demand(house, &shop.platform, &shop.core, order, demand, None).await.unwrap_err();
        super::faults(refusal).into_iter().map(|(field, _)| field).collect::<Vec<_>>()
    };
    assert_eq!(wrong(demand(0)).await, ["fen"]);
    assert_eq!(wrong(Demand { description: LI.phone.to_owned(), ..demand(1) }).await, ["description"]);
    let past = Some("2026-05-01T00:00:00Z".parse().unwrap());
    assert_eq!(wrong(Demand { until: past, ..demand(1) }).await, ["until"]);
    // Orders of this text know no cover.
    let covered = Demand { in_force_from: Some(date(2026, 7, 1)), ..demand(1) };
    assert_eq!(wrong(covered).await, ["in_force_from"]);
}

#[tokio::test]
async fn nobody_pays_or_sees_what_is_due_for_somebody_else() {
    let shop = Shop::new().await;
    let (_, _, payment) = shop.due(&LI).await;
    let wang = shop.registered(&WANG).await;
    let before = shop.size().await;
    let seen = pay::own(&shop.bench.house, &shop.platform, wang, payment).await;
    assert!(matches!(seen, Err(Refusal::NotFound("payment"))), "{seen:?}");
    let begun = shop.begun(wang, payment).await;
    assert!(matches!(begun, Err(Refusal::NotFound("payment"))), "{begun:?}");
    assert_eq!(pay::list(&shop.bench.house, &shop.platform, wang).await.unwrap(), []);
    assert_eq!(shop.size().await, before);
}

#[tokio::test]
async fn without_what_the_text_demands_of_the_payer_nothing_is_begun() {
    let shop = Shop::new().await;
    let (li, _, payment) = shop.due(&LI).await;
    let house = &shop.bench.house;
    let without = Paying { consents: Vec::new(), ..shop.form(&[("payment-tool", "微信支付")]) };
    let answer = denied(pay::order(house, &shop.platform, li, payment, without).await.unwrap_err());
    assert!(codes(&answer).contains(&Code::ConsentMissing), "{:?}", codes(&answer));
    let missing = pay::order(house, &shop.platform, li, payment, shop.form(&[])).await.unwrap_err();
    assert_eq!(super::faults(missing), [("payment-tool".to_owned(), "missing")]);
    assert_eq!(shop.view(li, payment).await.stand, Stand::Due);
    assert!(shop.till.orders.lock().unwrap().is_empty());
}

#[tokio::test]
async fn money_counts_although_its_payer_withdrew_meanwhile_and_nothing_is_kept_of_it() {
    let shop = Shop::new().await;
    let (li, _, payment) = shop.due(&LI).await;
    shop.begun(li, payment).await.unwrap();
    let given = shop.bench.house.clone();
    let given = shouyue_desk::consent::list(&given, &shop.platform, li).await.unwrap();
    for consent in given.iter().filter(|one| one.scope == "collect.pay") {
        withdraw(&shop.bench.house, &shop.platform, li, consent.id).await.unwrap();
    }
    shop.told(&format!("E-1 {} {FEN} T-1", number(payment))).await.unwrap();
    assert_eq!(shop.view(li, payment).await.stand, Stand::Paid);
    let entry = shop.entries().await.pop().unwrap();
    assert_eq!((entry.act, entry.effect, entry.items.len()), (Act::Pay, Effect::Partial, 0));
    assert!(!entry.reasons.is_empty());
}

#[tokio::test]
async fn an_order_whose_word_never_came_is_asked_about_and_one_that_nobody_pays_is_closed() {
    let shop = Shop::new().await;
    let (li, _, payment) = shop.due(&LI).await;
    let (wang, _, never) = shop.due(&WANG).await;
    shop.begun(li, payment).await.unwrap();
    shop.begun(wang, never).await.unwrap();
    let (house, platform) = (&shop.bench.house, &shop.platform);
    assert_eq!(pay::reconcile(house, platform).await.unwrap(), 0, "nothing was paid yet");
    assert_eq!(pay::look(house, platform, li, payment).await.unwrap(), Settled::Known);

    *shop.till.silent.lock().unwrap() = true;
    assert_eq!(pay::reconcile(house, platform).await.unwrap(), 0, "the network is silent: next time");
    *shop.till.silent.lock().unwrap() = false;
    shop.till.set(&number(payment), PaymentState::Paid);
    assert_eq!(pay::reconcile(house, platform).await.unwrap(), 1);
    assert_eq!(shop.view(li, payment).await.stand, Stand::Paid);
    // Its word comes late, and says what is known.
    let late = format!("E-1 {0} {FEN} T-{0}", number(payment));
    assert_eq!(shop.told(&late).await.unwrap(), Settled::Known);

    let third = shop.ordered(wang, &WANG).await;
    let third = shop.demanded(third, FEN).await.unwrap();
    shop.bench.clock.advance(SignedDuration::from_hours(8 * 24));
    assert_eq!(shop.view(wang, third).await.stand, Stand::Closed, "shown as what it is, before the round");
    assert_eq!(pay::reconcile(house, platform).await.unwrap(), 2);
    assert_eq!(shop.till.standing(&number(never)).unwrap().state, PaymentState::Closed, "closed there as well");
    for payment in [never, third] {
        assert_eq!(shop.view(wang, payment).await.stand, Stand::Closed);
        assert!(matches!(shop.begun(wang, payment).await, Err(Refusal::Wrong(_))));
    }
    assert_eq!(pay::reconcile(house, platform).await.unwrap(), 0);
}

#[tokio::test]
async fn words_that_come_at_once_are_one_payment() {
    let shop = Arc::new(Shop::new().await);
    let (li, _, payment) = shop.due(&LI).await;
    shop.begun(li, payment).await.unwrap();
    let before = shop.size().await;
    let told = (0..8).map(|nth| {
        let (shop, body) = (Arc::clone(&shop), format!("E-{} {} {FEN} T-1", nth % 2, number(payment)));
        tokio::spawn(async move { shop.told(&body).await.unwrap() })
    });
    let mut paid = 0;
    for told in told.collect::<Vec<_>>() {
        paid += usize::from(matches!(told.await.unwrap(), Settled::Paid(_)));
    }
    assert_eq!((paid, shop.size().await), (1, before + 1));
    let made = shop.of_class(li, "payment").await.remove(0);
    assert_eq!(events(&made), ["transaction-completed"]);
}

/// No person stands in a payment: neither who pays nor what by.
#[tokio::test]
async fn r44_nothing_of_the_payer_lies_on_disk_in_the_clear() {
    let shop = Shop::new().await;
    let (li, _, payment) = shop.due(&LI).await;
    shop.begun(li, payment).await.unwrap();
    shop.told(&format!("E-1 {} {FEN} T-4200000000000001", number(payment))).await.unwrap();
    for value in LI.values().into_iter().chain(["微信支付", "T-4200000000000001"]) {
        assert_eq!(shop.bench.files_with(value), Vec::<std::path::PathBuf>::new(), "{value}");
    }
}

#[tokio::test]
async fn a_paid_order_stays_in_view_while_it_covers_somebody() {
    let shop = Shop::new().await;
    let (li, order, payment) = shop.due(&LI).await;
    shop.begun(li, payment).await.unwrap();
    shop.told(&format!("E-1 {} {FEN} T-1", number(payment))).await.unwrap();
    let house = &shop.bench.house;
    for day in [date(2026, 6, 2), date(2027, 5, 31)] {
        while !shouyue_desk::retain::sweep(house, &shop.platform, day).await.unwrap().is_empty() {}
        assert_eq!(shop.record(order).await.life, Life::Live, "{day}");
    }
    // The core system says that the cover is over: from the next day on it is kept for its floors alone.
    let over = "transaction-completed";
    event(house, &shop.platform, &shop.core, order, over, date(2027, 6, 1), None, None).await.unwrap();
    while !shouyue_desk::retain::sweep(house, &shop.platform, date(2027, 6, 2)).await.unwrap().is_empty() {}
    assert_eq!(shop.record(order).await.life, Life::StorageOnly);
}

#[tokio::test]
async fn an_order_is_corrected_by_cancelling_it_once_and_what_was_paid_goes_back() {
    let shop = Shop::new().await;
    let (li, order, payment) = shop.due(&LI).await;
    shop.begun(li, payment).await.unwrap();
    shop.told(&format!("E-1 {} {FEN} T-1", number(payment))).await.unwrap();
    let (house, platform) = (&shop.bench.house, &shop.platform);
    let open = service::cancelling(house, platform, li, order).await.unwrap().unwrap();
    assert_eq!((open.right, open.is_done), (RightKind::Correct, false));
    assert_eq!(open.again.unwrap().function, slug("insure-self"));
    let wang = shop.registered(&WANG).await;
    let strange = service::cancel(house, platform, wang, order).await;
    assert!(matches!(strange, Err(Refusal::NotFound("record"))), "{strange:?}");
    let account = shop.of_class(li, "account").await.remove(0).id;
    assert_eq!(service::cancelling(house, platform, li, account).await.unwrap(), None);
    let answer = denied(service::cancel(house, platform, li, account).await.unwrap_err());
    assert_eq!(codes(&answer), [Code::NotServiced]);

    shop.till.answers(Err(Outside::TimedOut));
    let before = shop.size().await;
    service::cancel(house, platform, li, order).await.unwrap();
    assert_eq!(shop.size().await, before + 1, "one act");
    let entry = shop.entries().await.pop().unwrap();
    assert_eq!((entry.act, entry.because.as_deref(), entry.actor), (Act::Event, Some("cancelled"), Who::Subject));
    let cancelled = shop.record(order).await;
    assert_eq!((events(&cancelled), cancelled.life), (vec!["cancelled"], Life::Live), "what is kept as evidence stays");
    assert_eq!(shop.view(li, payment).await.stand, Stand::Returning);
    assert!(service::cancelling(house, platform, li, order).await.unwrap().unwrap().is_done);
    let again = denied(service::cancel(house, platform, li, order).await.unwrap_err());
    assert_eq!(codes(&again), [Code::NotInForce], "once");
    shop.till.answers(Ok(Refunded::Back));
    assert!(matches!(pay::look(house, platform, li, payment).await, Ok(Settled::Returned(_))));
    assert_eq!(shop.view(li, payment).await.stand, Stand::Returned);
}

#[tokio::test]
async fn an_order_that_is_due_is_due_no_more_once_it_is_cancelled_and_two_at_once_cancel_once() {
    let shop = Shop::new().await;
    let (li, order, payment) = shop.due(&LI).await;
    let (house, platform) = (&shop.bench.house, &shop.platform);
    let (one, other) =
        tokio::join!(service::cancel(house, platform, li, order), service::cancel(house, platform, li, order));
    assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
    assert_eq!(events(&shop.record(order).await), ["cancelled"]);
    assert_eq!(shop.view(li, payment).await.stand, Stand::Closed);
    assert!(matches!(shop.begun(li, payment).await, Err(Refusal::Wrong(_))));
}
