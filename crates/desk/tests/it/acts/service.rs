//! Servicing a cover: a request about one's own record in force, one at a time, decided once.

use jiff::civil::date;
use model::service::{Decided, End, Wish};
use model::{RecordId, SubjectId};
use policy::question::{Code, Facts};
use policy::syntax::Trigger;
use shouyue_desk::Refusal;
use shouyue_desk::collect::{Application, Applied, HandIn, Once, Participant, Whom, apply, event, hand_in};
use shouyue_desk::leaf::{Act, Who, tag};
use shouyue_desk::seat::{Caller, Eyes};
use shouyue_desk::service::{self, Ruling};

use super::handed::{own_policy, person, policy, system};
use super::{codes, denied};
use crate::house::{Bench, LI, Person, WANG, field, slug, yes};

/// A house with somebody whose policy is in force.
pub(super) struct Counter {
    pub(super) bench: Bench,
    pub(super) core: Caller,
    pub(super) subject: SubjectId,
    pub(super) cover: RecordId,
}

impl Counter {
    async fn new() -> Self {
        Self::of(Bench::new().await).await
    }

    pub(super) async fn of(bench: Bench) -> Self {
        let core = system(&bench, 5, &["policy-service"]).await;
        let subject = bench.known(&LI).await.subject;
        let cover = handed(&bench, &core, own_policy(&LI)).await;
        Self { bench, core, subject, cover }
    }

    pub(super) async fn asks(&self, about: RecordId, wish: Wish, once: Option<Once>) -> Result<Applied, Refusal> {
        self.asked(self.subject, &LI, (about, wish), once).await
    }

    async fn asked(
        &self,
        subject: SubjectId,
        person: &Person,
        about: (RecordId, Wish),
        once: Option<Once>,
    ) -> Result<Applied, Refusal> {
        let platform = &self.bench.platform();
        let own = platform.tables.scopes().iter().filter(|scope| scope.element.as_str() == "policy-service");
        let applicant = Participant {
            roles: vec![slug("applicant")],
            whom: Whom::Typed,
            fields: vec![
                field("name", person.name),
                field("sex", person.sex),
                field("id-type", "居民身份证"),
                field("id-number", person.number),
                field("birth-date", person.birth),
                field("occupation-class", "一类"),
                field("address", "海港市示例路1号"),
                field("email", "li@shili.example"),
                field("bank-card", "6222021234567890128"),
                field("business-voucher", "upload:voucher"),
            ],
            consents: own.map(|scope| yes(platform, &scope.id)).collect(),
        };
        let application = Application {
            function: slug("policy-service"),
            channel: Some(slug("web")),
            product: None,
            people: vec![applicant],
            open: Vec::new(),
            about: Some(about),
            facts: Facts::default(),
            trigger: Trigger::Given,
            track: None,
        };
        apply(&self.bench.house, platform, subject, application, Who::Subject, once).await
    }

    pub(super) async fn decide(&self, request: RecordId, decided: Decided, once: Option<Once>) -> Result<u64, Refusal> {
        let ruling = Ruling { decided, on: None, reason: None, refund: None };
        let platform = &self.bench.platform();
        Ok(service::decide(&self.bench.house, platform, Eyes::System(&self.core), request, ruling, once).await?.leaf)
    }

    async fn refused(&self, before: u64) -> Vec<Code> {
        let entry = self.bench.entry(before).await;
        assert_eq!((entry.act, self.bench.size().await), (Act::Refused, before + 1));
        assert!(entry.items.is_empty(), "{entry:?}");
        entry.reasons
    }

    async fn offers(&self) -> usize {
        let (house, platform) = (&self.bench.house, &self.bench.platform());
        service::offers(house, platform, self.subject, self.cover).await.unwrap().offers.len()
    }
}

/// Why a request was refused.
fn refused(done: Result<Applied, Refusal>) -> Vec<Code> {
    codes(&denied(done.unwrap_err()))
}

async fn handed(bench: &Bench, core: &Caller, record: HandIn) -> RecordId {
    hand_in(&bench.house, &bench.platform(), core, record, None).await.unwrap().record
}

#[tokio::test]
async fn a_request_is_one_act_that_names_both_records_and_what_is_wanted() {
    let counter = Counter::new().await;
    assert_eq!(counter.offers().await, 1);
    let (bench, platform) = (&counter.bench, counter.bench.platform());
    // The consents are acts of their own, before.
    let done = counter.asks(counter.cover, Wish::Change, None).await.unwrap();
    assert_eq!(bench.size().await, done.leaf + 1);
    let entry = bench.entry(done.leaf).await;
    assert_eq!((entry.act, entry.because.as_deref()), (Act::Collect, Some("change")));
    let own = bench.store.leaves_of(&platform.id, counter.subject).await.unwrap();
    let (_, salt) = own.into_iter().find(|(leaf, _)| *leaf == done.leaf).unwrap();
    assert_eq!(entry.record, Some(tag(&salt, done.record.as_bytes())));
    assert_eq!(entry.about, Some(tag(&salt, counter.cover.as_bytes())));

    let asked = service::asked(&bench.house, &platform, counter.subject, done.record).await.unwrap().unwrap();
    assert_eq!((asked.about, asked.wish, asked.ended), (counter.cover, Wish::Change, None));
    assert_eq!(service::about(&bench.house, &platform, counter.subject, counter.cover).await.unwrap(), [asked]);
    assert_eq!(counter.offers().await, 0, "one at a time");
    let open = service::open(&bench.house, &platform, Eyes::System(&counter.core), None, 10).await.unwrap();
    assert_eq!((open.len(), open[0].request, open[0].about), (1, done.record, counter.cover));
}

#[tokio::test]
async fn a_second_request_of_the_same_record_is_nonewith_a_leaf_until_the_first_is_decided() {
    let counter = Counter::new().await;
    let once = Once::new(&counter.bench.platform(), "portal", "1", b"surrender");
    let first = counter.asks(counter.cover, Wish::Surrender, Some(once)).await.unwrap();
    let again = counter.asks(counter.cover, Wish::Surrender, Some(once)).await.unwrap();
    assert_eq!((again.record, again.leaf), (first.record, first.leaf), "the same request, sent twice");
    let before = counter.bench.size().await;
    assert_eq!(refused(counter.asks(counter.cover, Wish::Change, None).await), [Code::ServiceOpen]);
    assert_eq!(counter.refused(before).await, [Code::ServiceOpen]);
    counter.decide(first.record, Decided::Declined, None).await.unwrap();
    assert_eq!(counter.offers().await, 1);
    counter.asks(counter.cover, Wish::Change, None).await.unwrap();
}

#[tokio::test]
async fn two_requests_at_once_leave_one() {
    let counter = Counter::new().await;
    let both = [Wish::Change, Wish::Surrender].map(|wish| counter.asks(counter.cover, wish, None));
    let [one, other] = both;
    let (one, other) = tokio::join!(one, other);
    assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
    let late = if one.is_ok() { other } else { one };
    assert_eq!(refused(late), [Code::ServiceOpen]);
}

#[tokio::test]
async fn only_the_own_cover_in_force_is_serviced_by_whoever_bought_it() {
    let counter = Counter::new().await;
    let (bench, core) = (&counter.bench, &counter.core);
    let wang = bench.known(&WANG).await.subject;
    let others = handed(bench, core, own_policy(&WANG)).await;
    let before = bench.size().await;
    let strange = counter.asks(others, Wish::Surrender, None).await;
    assert!(matches!(strange, Err(Refusal::NotFound("record"))), "{strange:?}");
    let nothing = counter.asks(RecordId::from_random([9; 16]), Wish::Surrender, None).await;
    assert!(matches!(nothing, Err(Refusal::NotFound("record"))), "the two are not told apart");
    assert!(bench.size().await >= before);

    // Wang is insured by what Li bought, and neither changes nor ends it.
    let two = policy(vec![person(&LI, &["applicant"]), person(&WANG, &["insured"])]);
    let of_two = handed(bench, core, two).await;
    let insured = counter.asked(wang, &WANG, (of_two, Wish::Surrender), None).await;
    assert_eq!(refused(insured), [Code::NotServiced]);
    assert!(service::offers(&bench.house, &bench.platform(), wang, of_two).await.unwrap().offers.is_empty());
    let account = bench.store.records_of(&slug("haigang"), counter.subject).await.unwrap();
    let account = account.iter().find(|record| record.class.as_str() == "account").unwrap().id;
    assert_eq!(refused(counter.asks(account, Wish::Change, None).await), [Code::NotServiced]);

    for (from, until) in [(date(2024, 1, 1), date(2024, 12, 31)), (date(2026, 6, 2), date(2030, 12, 31))] {
        let record = HandIn { in_force_from: Some(from), in_force_until: Some(until), ..own_policy(&LI) };
        let record = handed(bench, core, record).await;
        let before = bench.size().await;
        assert_eq!(refused(counter.asks(record, Wish::Change, None).await), [Code::NotInForce]);
        assert_eq!(counter.refused(before).await, [Code::NotInForce]);
    }
}

#[tokio::test]
async fn an_accepted_surrender_ends_the_cover_in_the_same_act_and_is_decided_once() {
    let counter = Counter::new().await;
    let bench = &counter.bench;
    let asked = counter.asks(counter.cover, Wish::Surrender, None).await.unwrap().record;
    let (house, platform) = (&bench.house, &bench.platform());
    let by_event =
        event(house, platform, &counter.core, asked, "cancelled", date(2026, 6, 1), None, None).await.unwrap_err();
    assert!(matches!(by_event, Refusal::Wrong(_)), "a request is decided, not merely ended: {by_event}");

    let once = Once::new(platform, "core", "7", b"accepted");
    let before = bench.size().await;
    let leaf = counter.decide(asked, Decided::Accepted, Some(once)).await.unwrap();
    assert_eq!(counter.decide(asked, Decided::Accepted, Some(once)).await.unwrap(), leaf, "sent twice");
    assert_eq!(bench.size().await, before + 1);
    let entry = bench.entry(before).await;
    assert_eq!((entry.act, entry.because.as_deref()), (Act::Event, Some("surrender-accepted")));
    assert!(entry.about.is_some() && entry.record.is_some());
    let words = |events: &[(String, jiff::civil::Date, jiff::Timestamp)]| {
        events.iter().map(|(word, ..)| word.clone()).collect::<Vec<_>>()
    };
    let cover = bench.store.record(&platform.id, counter.cover).await.unwrap().unwrap();
    assert_eq!(words(&cover.events), ["ended"]);
    let request = bench.store.record(&platform.id, asked).await.unwrap().unwrap();
    assert_eq!(words(&request.events), ["transaction-completed"]);
    assert!(matches!(counter.decide(asked, Decided::Declined, None).await, Err(Refusal::Wrong(_))));
    let over = counter.asks(counter.cover, Wish::Change, None).await;
    assert_eq!(refused(over), [Code::NotInForce], "what has ended is not asked about again");
    let told = service::asked(house, platform, counter.subject, asked).await.unwrap().unwrap();
    assert_eq!(told.ended.map(|(end, _)| end), Some(End::Decided(Decided::Accepted)));
}

#[tokio::test]
async fn an_accepted_change_and_a_declined_surrender_leave_the_cover_in_force() {
    let counter = Counter::new().await;
    for (wish, decided, word) in
        [(Wish::Change, Decided::Accepted, "transaction-completed"), (Wish::Surrender, Decided::Declined, "cancelled")]
    {
        let asked = counter.asks(counter.cover, wish, None).await.unwrap().record;
        counter.decide(asked, decided, None).await.unwrap();
        let request = counter.bench.store.record(&slug("haigang"), asked).await.unwrap().unwrap();
        assert_eq!(request.events.iter().map(|(word, ..)| word.as_str()).collect::<Vec<_>>(), [word]);
        assert_eq!(counter.offers().await, 1, "{word}");
    }
}

#[tokio::test]
async fn a_surrender_of_what_has_ended_meanwhile_is_declined() {
    let counter = Counter::new().await;
    let asked = counter.asks(counter.cover, Wish::Surrender, None).await.unwrap().record;
    let (house, platform) = (&counter.bench.house, &counter.bench.platform());
    event(house, platform, &counter.core, counter.cover, "ended", date(2026, 5, 31), None, None).await.unwrap();
    assert!(matches!(counter.decide(asked, Decided::Accepted, None).await, Err(Refusal::Wrong(_))));
    counter.decide(asked, Decided::Declined, None).await.unwrap();
}

#[tokio::test]
async fn who_does_not_cover_the_function_decides_nothing_and_sees_nothing_of_it() {
    let counter = Counter::new().await;
    let asked = counter.asks(counter.cover, Wish::Surrender, None).await.unwrap().record;
    let other = system(&counter.bench, 6, &["query-policy"]).await;
    let (house, platform) = (&counter.bench.house, &counter.bench.platform());
    assert!(service::open(house, platform, Eyes::System(&other), None, 10).await.unwrap().is_empty());
    let ruling = Ruling { decided: Decided::Accepted, on: None, reason: None, refund: None };
    let strange = service::decide(house, platform, Eyes::System(&other), asked, ruling.clone(), None).await;
    assert!(matches!(strange, Err(Refusal::NotAllowed(_))), "{strange:?}");
    let nothing = service::decide(house, platform, Eyes::System(&counter.core), counter.cover, ruling, None).await;
    assert!(matches!(nothing, Err(Refusal::NotFound(_))), "{nothing:?}");
    assert!(refused(counter.asks(asked, Wish::Change, None).await).contains(&Code::NotServiced));
}

#[tokio::test]
async fn a_seat_whose_role_acts_in_its_course_sees_and_decides_and_no_other() {
    let counter = Counter::new().await;
    let bench = &counter.bench;
    let (house, platform) = (&bench.house, &bench.platform());
    let operator = bench.operator().await;
    let (claims, service) = (bench.on_duty(&operator, "claims").await, bench.on_duty(&operator, "service").await);
    let asked = counter.asks(counter.cover, Wish::Change, None).await.unwrap().record;

    assert!(service::decides(platform, &claims).unwrap() && !service::decides(platform, &service).unwrap());
    let open = service::open(house, platform, Eyes::Staff(&claims), None, 10).await.unwrap();
    assert_eq!((open.len(), open[0].request), (1, asked));
    let before = bench.size().await;
    let viewed = service::view(house, platform, &claims, asked).await.unwrap();
    assert_eq!((viewed.subject, viewed.leaf), (counter.subject, Some(before)), "one act");
    let shown = viewed.records.iter().flat_map(|record| &record.parts).flat_map(|part| &part.items);
    assert!(shown.filter_map(|item| item.value.as_deref()).all(|value| value != LI.number && value != LI.name));

    let ruling = Ruling { decided: Decided::Declined, on: None, reason: Some(slug("in-person")), refund: None };
    let refusals = [
        service::open(house, platform, Eyes::Staff(&service), None, 10).await.map(drop),
        service::view(house, platform, &service, asked).await.map(drop),
        service::decide(house, platform, Eyes::Staff(&service), asked, ruling.clone(), None).await.map(drop),
    ];
    for refused in refusals {
        assert_eq!(codes(&denied(refused.unwrap_err())), [Code::RoleNotAllowed]);
    }
    assert_eq!(bench.size().await, before + 4, "each with a leaf");

    service::decide(house, platform, Eyes::Staff(&claims), asked, ruling.clone(), None).await.unwrap();
    let entry = bench.entry(before + 4).await;
    assert_eq!(
        (entry.actor, entry.because.as_deref()),
        (Who::Staff { seat: claims.seat(), role: slug("claims") }, Some("change-declined"))
    );
    let told = service::asked(house, platform, counter.subject, asked).await.unwrap().unwrap();
    assert_eq!(told.reason.as_deref(), Some("in-person"));
    let twice = service::decide(house, platform, Eyes::Staff(&claims), asked, ruling, None).await;
    assert!(matches!(twice, Err(Refusal::Wrong(_))), "{twice:?}");
}

#[tokio::test]
async fn two_who_decide_at_once_leave_one_decision() {
    let counter = Counter::new().await;
    let bench = &counter.bench;
    let operator = bench.operator().await;
    let claims = bench.on_duty(&operator, "claims").await;
    let asked = counter.asks(counter.cover, Wish::Surrender, None).await.unwrap().record;
    let ruling = Ruling { decided: Decided::Declined, on: None, reason: None, refund: None };
    let (house, platform) = (&bench.house, &bench.platform());
    let seat = service::decide(house, platform, Eyes::Staff(&claims), asked, ruling, None);
    let (seat, core) = tokio::join!(seat, counter.decide(asked, Decided::Accepted, None));
    assert_eq!(usize::from(seat.is_ok()) + usize::from(core.is_ok()), 1, "{seat:?} {core:?}");
}

impl Counter {
    async fn takes_back(&self, subject: SubjectId, request: RecordId) -> Result<u64, Refusal> {
        let (house, platform) = (&self.bench.house, &self.bench.platform());
        Ok(service::take_back(house, platform, subject, None, request, None).await?.leaf)
    }
}

#[tokio::test]
async fn who_asked_takes_it_back_while_it_is_open_in_one_act_and_may_ask_again() {
    let counter = Counter::new().await;
    let bench = &counter.bench;
    let wang = bench.known(&WANG).await.subject;
    let asked = counter.asks(counter.cover, Wish::Surrender, None).await.unwrap().record;
    let offered = service::offers(&bench.house, &bench.platform(), counter.subject, counter.cover).await.unwrap();
    assert!(offered.waits && offered.offers.is_empty());
    for (who, what) in
        [(wang, asked), (counter.subject, counter.cover), (counter.subject, RecordId::from_random([9; 16]))]
    {
        let strange = counter.takes_back(who, what).await;
        assert!(matches!(strange, Err(Refusal::NotFound(_))), "{strange:?}");
    }
    let before = bench.size().await;
    let leaf = counter.takes_back(counter.subject, asked).await.unwrap();
    assert_eq!((bench.size().await, leaf), (before + 1, before), "one act");
    let entry = bench.entry(leaf).await;
    assert_eq!(
        (entry.act, entry.because.as_deref(), entry.actor),
        (Act::Event, Some("surrender-taken-back"), Who::Subject)
    );
    assert!(entry.about.is_some() && entry.record.is_some());
    let request = bench.store.record(&slug("haigang"), asked).await.unwrap().unwrap();
    assert_eq!(request.events.iter().map(|(word, ..)| word.as_str()).collect::<Vec<_>>(), ["cancelled"]);
    let told = service::asked(&bench.house, &bench.platform(), counter.subject, asked).await.unwrap().unwrap();
    assert_eq!(told.ended.map(|(end, _)| end), Some(End::TakenBack));

    assert!(matches!(counter.takes_back(counter.subject, asked).await, Err(Refusal::Wrong(_))), "once");
    assert!(matches!(counter.decide(asked, Decided::Accepted, None).await, Err(Refusal::Wrong(_))));
    assert_eq!(counter.offers().await, 1, "the cover stands as it stood");
    counter.asks(counter.cover, Wish::Change, None).await.unwrap();
}

#[tokio::test]
async fn decided_and_taken_back_at_once_are_one_after_the_other() {
    for first in [true, false] {
        let counter = Counter::new().await;
        let asked = counter.asks(counter.cover, Wish::Surrender, None).await.unwrap().record;
        let (back, decided) =
            (counter.takes_back(counter.subject, asked), counter.decide(asked, Decided::Accepted, None));
        let (back, decided) = if first {
            tokio::join!(back, decided)
        } else {
            let (decided, back) = tokio::join!(decided, back);
            (back, decided)
        };
        assert_eq!(usize::from(back.is_ok()) + usize::from(decided.is_ok()), 1, "{back:?} {decided:?}");
        let cover = counter.bench.store.record(&slug("haigang"), counter.cover).await.unwrap().unwrap();
        assert_eq!(cover.events.is_empty(), back.is_ok(), "taken back, it has ended nothing");
    }
}
