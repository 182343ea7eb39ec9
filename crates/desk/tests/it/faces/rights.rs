//! Requests: taken always, due by the earlier of promise and law, moved on by staff.

use policy::question::Grant;
use policy::syntax::RightKind;
use shouyue_desk::Refusal;
use shouyue_desk::leaf::{Act, Who};
use shouyue_desk::retain::{restrict, restrictable};
use shouyue_desk::rights::{By, PROOFS, State, by_relative, grounds, list, of_queue, open, queue, recount, step};
use store::{Batch, Leaf, RequestRecount, Write};

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

#[tokio::test]
async fn r43_staff_refuse_on_grounds_that_hold_and_on_no_others() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let duty = bench.on_duty(&operator, "compliance").await;
    let subject = bench.registered(&LI).await.subject;
    let (house, platform) = (&bench.house, &bench.platform());
    let since = "2026-05-29".parse().unwrap();
    let id = open(house, platform, By::Subject, subject, RightKind::Copy, since).await.unwrap().id;
    let grounds = grounds(house, platform, &duty, id).await.unwrap();
    assert!(!grounds.is_empty());
    assert!(grounds.iter().all(|ground| ground.law.is_some()), "what the law does not bear is none");
    assert!(grounds.iter().all(|ground| ground.word.as_str() != "legal-retention"), "a duty to keep bars no copy");
    let duty_to_keep = slug("legal-retention");
    let made_up = step(house, platform, (By::Staff(&duty), subject), id, State::Refused, Some(&duty_to_keep)).await;
    assert!(matches!(made_up, Err(Refusal::Wrong(_))));
    let ground = grounds[0].word.clone();
    step(house, platform, (By::Staff(&duty), subject), id, State::Refused, Some(&ground)).await.unwrap();
    let seen = of_queue(house, platform, &duty, id).await.unwrap();
    assert_eq!((seen.state, seen.reason.as_deref()), (State::Refused, Some(ground.as_str())));
}

#[tokio::test]
async fn relatives_of_the_dead_get_a_number_whether_anybody_was_found_or_not() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let duty = bench.on_duty(&operator, "compliance").await;
    let subject = bench.registered(&LI).await.subject;
    let (house, platform) = (&bench.house, &bench.platform());
    let number = |text: &str| model::Clear::new(text.to_owned());
    let size = bench.size().await;
    by_relative(house, platform, &number(WANG.number), RightKind::Access).await.unwrap();
    assert_eq!(bench.size().await, size, "nobody was found, and nobody is told");
    let id = by_relative(house, platform, &number(LI.number), RightKind::Delete).await.unwrap();
    let entry = bench.entries().await.pop().unwrap();
    assert_eq!((entry.act, entry.actor), (Act::Request, Who::Relative));
    let wrong = by_relative(house, platform, &number(LI.number), RightKind::CloseAccount).await;
    assert!(matches!(wrong, Err(Refusal::Wrong(_))));
    assert!(matches!(by_relative(house, platform, &number("?"), RightKind::Copy).await, Err(Refusal::Fields(_))));

    let request = of_queue(house, platform, &duty, id).await.unwrap();
    assert_eq!((request.by.as_str(), request.right), ("relative", RightKind::Delete));
    let forward = async |to, reason: Option<&str>| {
        let reason = reason.map(slug);
        step(house, platform, (By::Staff(&duty), subject), id, to, reason.as_ref()).await
    };
    assert!(matches!(forward(State::Done, None).await, Err(Refusal::Wrong(_))), "not before the proof is seen");
    assert!(matches!(forward(State::Verified, Some("said-so")).await, Err(Refusal::Wrong(_))));
    forward(State::Verified, Some(PROOFS[0])).await.unwrap();
    forward(State::Done, None).await.unwrap();
    for _ in 0..5 {
        let _ = by_relative(house, platform, &number(LI.number), RightKind::Copy).await;
    }
    let often = by_relative(house, platform, &number(LI.number), RightKind::Copy).await;
    assert!(matches!(often, Err(Refusal::TooMany)));
}

#[tokio::test]
async fn a_record_is_restricted_by_its_subject_and_let_go_again() {
    let bench = Bench::new().await;
    let subject = bench.registered(&LI).await.subject;
    let stranger = bench.registered(&WANG).await.subject;
    let (house, platform) = (&bench.house, &bench.platform());
    let own = restrictable(house, platform, subject).await.unwrap();
    let [account] = own.as_slice() else { panic!("{own:?}") };
    assert!(!account.restricted);
    let record = account.record;
    let of_another = restrict(house, platform, stranger, record, true).await;
    assert!(matches!(of_another, Err(Refusal::NotFound("record"))));
    let done = restrict(house, platform, subject, record, true).await.unwrap();
    let entry = bench.entry(done.leaf).await;
    assert_eq!((entry.act, entry.because.as_deref()), (Act::StorageOnly, Some("restricted")));
    assert!(restrictable(house, platform, subject).await.unwrap()[0].restricted);
    assert!(restrict(house, platform, subject, record, true).await.is_err(), "it is restricted");
    restrict(house, platform, subject, record, false).await.unwrap();
    assert!(!restrictable(house, platform, subject).await.unwrap()[0].restricted);
}

#[tokio::test]
async fn r64_a_provisional_due_date_is_counted_again_when_the_calendar_is_there() {
    let bench = Bench::new().await;
    let subject = bench.registered(&LI).await.subject;
    let (house, platform) = (&bench.house, &bench.platform());
    let since = "2026-06-01".parse().unwrap();
    let opened = open(house, platform, By::Subject, subject, RightKind::CloseAccount, since).await.unwrap();
    assert!(recount(house, platform).await.unwrap().is_empty(), "what is certain stays");

    // As an earlier release, without the year's notice, would have left it: the festival of 19 June counted as worked.
    let early = RequestRecount {
        id: opened.id,
        due: "2026-06-22".parse().unwrap(),
        calendar: "cn-2025.1".to_owned(),
        provisional: true,
    };
    let leaf = Leaf { entry: b"earlier".to_vec(), kind: "recount".to_owned(), at: house.now(), subjects: Vec::new() };
    let (expect, writes) = (Vec::new(), vec![Write::Recount(early)]);
    let batch = Batch { platform: slug("haigang"), expect, writes, leaf, key: None };
    bench.store.commit(batch).await.unwrap();
    let leaves = recount(house, platform).await.unwrap();
    let row = list(house, platform, subject).await.unwrap().remove(0);
    assert_eq!((row.due, row.calendar, row.provisional), (opened.due.day, opened.due.calendar, false));
    let entry = bench.entry(leaves[0]).await;
    assert_eq!((entry.act, entry.because.as_deref()), (Act::Recount, Some("close-account:2026-06-22:2026-06-23")));
    assert!(recount(house, platform).await.unwrap().is_empty());
}
