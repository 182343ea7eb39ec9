//! Requests: taken always, due by the earlier of promise and law, moved on by staff.

use policy::question::Grant;
use policy::syntax::RightKind;
use shouyue_desk::Refusal;
use shouyue_desk::leaf::Act;
use shouyue_desk::rights::{By, State, list, open, queue, step};

use crate::house::{Bench, LI, WANG, slug};

#[tokio::test]
async fn a_request_is_due_by_the_earlier_of_promise_and_law_on_the_calendar() {
    let bench = Bench::new().await;
    let subject = bench.registered(&LI).await.subject;
    let (house, platform) = (&bench.house, &bench.platform());
    let since = "2026-06-01".parse().unwrap();
    let opened = open(house, platform, By::Subject, subject, RightKind::CloseAccount, since).await.unwrap();
    let dates = [&opened.answer.published.due, &opened.answer.law.due].map(|due| due.as_ref().map(|due| due.day));
    assert_eq!(Some(opened.due.day), dates.into_iter().flatten().min());
    // Fifteen working days after 1 June 2026; 19 June is the Dragon Boat Festival.
    assert_eq!(opened.due.day, "2026-06-23".parse().unwrap());
    let rows = list(house, platform, subject).await.unwrap();
    assert_eq!((rows[0].id, rows[0].right, rows[0].state), (opened.id, RightKind::CloseAccount, State::Open));
    assert_eq!((rows[0].due, rows[0].overdue), (opened.due.day, false));
    assert!(rows[0].calendar.starts_with("cn-"));
    assert_eq!(bench.entry(opened.leaf).await.act, Act::Request);
    bench.clock.set("2026-06-24T02:00:00Z");
    assert!(list(house, platform, subject).await.unwrap()[0].overdue);
}

#[tokio::test]
async fn every_right_has_a_due_date_and_is_taken_also_when_the_answer_is_no() {
    let bench = Bench::new().await;
    let subject = bench.registered(&LI).await.subject;
    let since = "2026-06-01".parse().unwrap();
    for right in RightKind::ALL {
        let opened = open(&bench.house, &bench.platform(), By::Subject, subject, *right, since).await.unwrap();
        assert!(opened.due.day > since, "{right}");
        if opened.answer.effect != Grant::Granted {
            assert!(!opened.answer.remedy.is_empty(), "{right}: a refusal says where to turn");
        }
    }
    assert_eq!(list(&bench.house, &bench.platform(), subject).await.unwrap().len(), RightKind::ALL.len());
}

#[tokio::test]
async fn staff_move_a_request_on_and_a_finished_one_stays_finished() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let duty = bench.on_duty(&operator, "compliance").await;
    let subject = bench.registered(&LI).await.subject;
    let stranger = bench.registered(&WANG).await.subject;
    let (house, platform) = (&bench.house, &bench.platform());
    let since = "2026-05-29".parse().unwrap();
    let id = open(house, platform, By::Staff(&duty), subject, RightKind::Correct, since).await.unwrap().id;
    let due = queue(house, platform, &duty, 10).await.unwrap();
    assert_eq!(due.iter().map(|row| row.id).collect::<Vec<_>>(), [id]);

    let staff = By::Staff(&duty);
    let forward = async |by, whose, to, reason: Option<&str>| {
        let reason = reason.map(slug);
        step(house, platform, (by, whose), id, to, reason.as_ref()).await
    };
    assert!(matches!(forward(By::Subject, subject, State::Done, None).await, Err(Refusal::NotAllowed(_))));
    assert!(matches!(forward(staff, stranger, State::Done, None).await, Err(Refusal::NotFound("request"))));
    assert!(matches!(forward(By::Subject, stranger, State::TakenBack, None).await, Err(Refusal::NotFound(_))));
    assert!(matches!(forward(staff, subject, State::Refused, None).await, Err(Refusal::Wrong(_))), "without a ground");
    let made_up = forward(staff, subject, State::Refused, Some("too-much-work")).await;
    assert!(matches!(made_up, Err(Refusal::Wrong(_))), "a ground that nobody published");
    let leaf = forward(staff, subject, State::Verified, None).await.unwrap();
    assert_eq!(bench.entry(leaf).await.act, Act::Step);
    forward(staff, subject, State::Done, None).await.unwrap();
    assert!(matches!(forward(staff, subject, State::Blocked, None).await, Err(Refusal::Wrong(_))));
    assert_eq!(list(house, platform, subject).await.unwrap()[0].state, State::Done);
}

#[tokio::test]
async fn a_request_cannot_come_from_tomorrow() {
    let bench = Bench::new().await;
    let subject = bench.registered(&LI).await.subject;
    let since = "2026-06-02".parse().unwrap();
    let refused = open(&bench.house, &bench.platform(), By::Subject, subject, RightKind::Access, since).await;
    assert!(matches!(refused, Err(Refusal::Wrong(_))));
}
