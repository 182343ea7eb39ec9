//! The other questions, permits, and the page that explains the answers.

use jiff::Timestamp;
use jiff::civil::date;
use model::act::{Snapshot, SubjectState};
use model::calendar::Certainty;
use model::{Fingerprint, RecordId, SubjectId};
use serde_json::{Value, json};
use shouyue_policy::decide::View;
use shouyue_policy::question::{
    ChangeAnswer, Code, Demand, DueAnswer, DueAsked, Effect, FunctionAnswer, Grant, NotAnswerable, Obligation,
    Openness, Processing, Question, RightAnswer, RightVerdict,
};
use shouyue_policy::syntax::Route;

use super::engine::{NOW, adult, ask, ask_of, changed, consent, fuhe};

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn put(question: &Value) -> Value {
    let question: Question = serde_json::from_value(question.clone()).unwrap();
    let reply = fuhe().answer(&question, now()).unwrap();
    let value = serde_json::to_value(&reply).unwrap();
    assert_eq!(reply.json().unwrap(), value.to_string(), "its keys stand in the order of the alphabet");
    value
}

fn function(refused: &[&str], person: &str, facts: &Value) -> FunctionAnswer {
    let answer = put(&json!({"ask": "function", "platform": "fuhe", "function": "投保", "person": person,
        "refused": refused, "facts": facts, "subject": adult(&[])}));
    serde_json::from_value(answer).unwrap()
}

#[test]
fn r13_only_what_is_needed_can_close_a_function() {
    let all = function(&[], "applicant", &json!({}));
    assert_eq!((all.published.effect, all.effect), (Openness::Available, Openness::Available));
    let optional = function(&["email"], "applicant", &json!({}));
    assert_eq!((optional.published.effect, optional.law.effect), (Openness::Limited, Openness::Limited));
    let unneeded = function(&["phone"], "applicant", &json!({}));
    assert_eq!(unneeded.published.effect, Openness::Closed, "the text demands it");
    assert_eq!(unneeded.published.missing, ["phone"]);
    assert_eq!(
        (unneeded.law.effect, unneeded.effect),
        (Openness::Limited, Openness::Limited),
        "the less demanding one"
    );
    let needed = function(&["name"], "applicant", &json!({}));
    assert_eq!((needed.effect, needed.law.missing.as_slice()), (Openness::Closed, ["name".to_owned()].as_slice()));
}

#[test]
fn r33_a_refused_face_closes_nothing() {
    let answer = function(&["face-image"], "applicant", &json!({}));
    assert_eq!((answer.published.effect, answer.effect), (Openness::Closed, Openness::Limited));
    assert_eq!(answer.law.reasons[0].code, Code::FaceNotSoleWay);
    assert_eq!(answer.alternatives, ["counter"]);
}

#[test]
fn a_condition_that_is_not_known_demands_nothing() {
    let demanded = |facts: Value| function(&["id-number"], "insured", &facts).effect;
    assert_eq!(demanded(json!({"same-person": []})), Openness::Closed);
    assert_eq!(demanded(json!({"same-person": [["applicant", "insured"]]})), Openness::Limited);
    assert_eq!(demanded(json!({})), Openness::Limited);
}

#[test]
fn an_unknown_function_is_closed() {
    let answer = put(&json!({"ask": "function", "platform": "fuhe", "function": "fly", "person": "applicant"}));
    let answer: FunctionAnswer = serde_json::from_value(answer).unwrap();
    assert_eq!((answer.effect, answer.law.reasons[0].code), (Openness::Closed, Code::UnknownFunction));
}

fn right(keys: &Value) -> RightAnswer {
    let mut question = json!({"ask": "right", "platform": "fuhe", "since": "2026-02-02", "subject": adult(&[])});
    for (key, value) in keys.as_object().unwrap() {
        question[key] = value.clone();
    }
    serde_json::from_value(put(&question)).unwrap()
}

#[test]
fn a_right_is_answered_by_the_earlier_clock() {
    let access = right(&json!({"right": "access"}));
    assert_eq!(access.effect, Grant::Granted);
    assert_eq!(access.published.due.as_ref().map(|due| due.day), Some(date(2026, 2, 5)));
    assert_eq!(access.due.as_ref().map(|due| (due.day, due.clock.as_str())), Some((date(2026, 2, 5), "swift")));
    let law = access.law.due.unwrap();
    assert_eq!((law.day, law.confirmed), (date(2026, 3, 4), false), "thirty days are yet to be confirmed by counsel");
    let delete = right(&json!({"right": "delete"}));
    let due = delete.due.unwrap();
    assert_eq!(
        (due.day, due.clock.as_str()),
        (date(2026, 2, 28), "R41"),
        "thirty days are later than fifteen working days"
    );
    assert_eq!((due.calendar.as_str(), due.certainty), ("cn-2026.2", Certainty::Certain));
}

#[test]
fn grant_goes_before_refuse() {
    let excluded = right(&json!({"right": "access", "items": ["phone"]}));
    assert_eq!((excluded.published.effect, excluded.effect), (Grant::Refused, Grant::Granted));
    assert_eq!(excluded.published.reasons[0].code, Code::RightNotGranted);
    let unstated = right(&json!({"right": "copy"}));
    assert_eq!((unstated.effect, unstated.published.reasons[0].code), (Grant::Granted, Code::NotStated));
    let stranger = right(&json!({"right": "withdraw", "by": "neighbour"}));
    assert_eq!(stranger.law.effect, Grant::Refused);
    assert_eq!(stranger.remedy, ["消费者协会", "court"]);
}

/// The codes of one side of a right's answer.
fn why(verdict: &RightVerdict) -> Vec<Code> {
    verdict.reasons.iter().map(|reason| reason.code).collect()
}

#[test]
fn r40_every_law_reason_names_rule_and_article() {
    let access = right(&json!({"right": "access"}));
    let article = access.law.reasons[0].article.as_deref().unwrap();
    assert_eq!((why(&access.law), article.ends_with("(R40)")), (vec![Code::RightInLaw], true), "{article}");
    assert!(access.law.due.unwrap().article.unwrap().ends_with("(R41)"));
    let unstated = right(&json!({"right": "explain"}));
    assert_eq!((unstated.effect, why(&unstated.published)), (Grant::Granted, vec![Code::NotStated]));
    assert_eq!(unstated.due, unstated.law.due, "silence of the text leaves the law's own clock");
}

#[test]
fn r43_a_refusal_needs_a_ground_of_the_list_and_one_of_the_law() {
    let asked = |right_: &str, refusal: &str, facts: Value| {
        right(&json!({"right": right_, "refusal": refusal, "facts": facts}))
    };
    let busy = asked("access", "busy", json!({}));
    assert_eq!((busy.effect, why(&busy.published)), (Grant::Granted, vec![Code::GroundNotInList]));
    assert_eq!(why(&busy.law), [Code::RightInLaw, Code::GroundNotInList]);
    let listed = asked("access", "1", json!({}));
    assert_eq!((listed.published.effect, listed.law.effect), (Grant::Refused, Grant::Granted), "no article carries it");
    let carried = asked("copy", "滥用权利", json!({"breach": true}));
    assert_eq!((carried.law.effect, why(&carried.law)), (Grant::Refused, vec![Code::RightNotGranted]));
    assert!(carried.law.reasons[0].article.as_deref().unwrap().ends_with("(R43)"));
    let shown = asked("access", "abuse", json!({"breach": true}));
    assert_eq!((shown.effect, shown.published.effect), (Grant::Refused, Grant::Refused));
    let unproven = asked("access", "abuse", json!({}));
    assert_eq!((unproven.effect, why(&unproven.published)), (Grant::Granted, vec![Code::FactUnknown]));
    let untrue = asked("access", "abuse", json!({"breach": false}));
    assert_eq!((untrue.effect, why(&untrue.published)), (Grant::Granted, vec![Code::ConditionFalse]));
    let elsewhere = asked("delete", "abuse", json!({"breach": true}));
    assert_eq!(why(&elsewhere.published)[0], Code::GroundNotInList, "it is meant for other rights");
    assert_eq!(asked("explain", "state-duty", json!({})).law.effect, Grant::Refused, "the law has grounds of its own");
    assert_eq!(asked("delete", "legal-retention", json!({})).law.effect, Grant::Blocked, "kept, and restricted (R46)");
}

#[test]
fn a_right_waits_for_its_ground_and_its_block() {
    let deleting = |facts: Value| right(&json!({"right": "delete", "facts": facts})).published;
    assert_eq!(deleting(json!({"breach": true})).effect, Grant::Granted);
    assert!(why(&deleting(json!({"breach": false}))).contains(&Code::ConditionFalse));
    let unknown = deleting(json!({}));
    assert_eq!((unknown.effect, unknown.reasons[0].code), (Grant::Refused, Code::FactUnknown));
    assert_eq!(unknown.reasons[0].fact.as_deref(), Some("breach"));
    let closing = |facts: Value, until: &str| {
        let subject = json!({"records": [{"class": "policy", "in_force_from": "2026-01-01", "in_force_until": until}]});
        right(&json!({"right": "close-account", "facts": facts, "subject": subject})).published
    };
    let blocked = closing(json!({}), "2026-12-31");
    assert_eq!((blocked.effect, blocked.blocked_by), (Grant::Blocked, vec!["保单有效".to_owned()]));
    assert_eq!(closing(json!({"breach": false}), "2026-01-31").effect, Grant::Granted);
    let untold = closing(json!({}), "2026-01-31");
    assert_eq!((untold.effect, why(&untold)), (Grant::Blocked, vec![Code::FactUnknown]));
    assert!(untold.blocked_by.is_empty());
}

#[test]
fn who_is_not_entitled_by_law_gets_nothing() {
    let by = |by: &str, born: &str| right(&json!({"right": "withdraw", "by": by, "subject": {"born": born}}));
    assert_eq!(by("guardian", "2015-05-01").effect, Grant::Granted);
    let company = by("company", "1990-05-01");
    assert_eq!((company.published.effect, company.law.effect), (Grant::Granted, Grant::Refused));
    assert_eq!(company.effect, Grant::Refused, "a promise to the subject is none to the employer");
    let agent = by("agent", "1990-05-01");
    assert_eq!((agent.published.effect, agent.effect), (Grant::Refused, Grant::Granted), "a mandate is good in law");
}

#[test]
fn r41_an_overrun_is_told_and_not_believed() {
    let delete = right(&json!({"right": "delete", "facts": {"breach": true}}));
    assert_eq!(why(&delete.published), [Code::OverrunInText]);
    assert_eq!(delete.published.reasons[0].clause.as_deref(), Some("五(三)"));
    assert_eq!(why(&delete.law), [Code::RightInLaw, Code::OverrunNotInLaw]);
    let clock = put(&json!({"ask": "due", "platform": "fuhe", "clock": "thirty", "since": "2026-02-02"}));
    let clock: DueAnswer = serde_json::from_value(clock).unwrap();
    let codes: Vec<Code> = clock.reasons.iter().map(|reason| reason.code).collect();
    assert_eq!(codes, [Code::OverrunInText, Code::OverrunNotInLaw]);
}

#[test]
fn r9_a_change_asks_for_what_text_and_law_ask() {
    let change = |change: &str| -> ChangeAnswer {
        let asked = json!({"ask": "change", "platform": "fuhe", "change": change, "at": "2026-06-01T10:00:00+08:00"});
        serde_json::from_value(put(&asked)).unwrap()
    };
    let contact = change("contact");
    assert_eq!((contact.published.effect, contact.law.effect), (Demand::MajorNotice, Demand::Notice));
    assert_eq!(contact.effect, Demand::MajorNotice);
    assert_eq!(contact.routes, [Route::PopUp, Route::Sms]);
    assert!(contact.any_one_of && contact.before_effect && contact.election == Some(true));
    let recipients = change("recipients");
    assert_eq!((recipients.published.effect, recipients.effect), (Demand::MajorNotice, Demand::Consent));
    assert!(recipients.law.reasons[0].article.as_deref().unwrap().ends_with("(R9)"));
    assert_eq!(change("items").published.effect, Demand::Consent);
    let other = change("other");
    assert_eq!((other.published.effect, other.routes.as_slice()), (Demand::Notice, &[Route::Announcement][..]));
    let codes: Vec<Code> = other.published.reasons.iter().map(|reason| reason.code).collect();
    assert_eq!(codes, [Code::ChangeNeedsNotice, Code::NotStated], "the list of major changes is open");
}

#[test]
fn r46_a_floor_blocks_deletion() {
    let subject = json!({"born": "1990-05-01", "records": [{"class": "policy", "in_force_from": "2024-01-01",
        "in_force_until": "2024-12-31"}]});
    let delete = right(&json!({"right": "delete", "subject": subject}));
    assert_eq!((delete.law.effect, delete.law.reasons[0].code), (Grant::Blocked, Code::FloorRuns));
    let close = right(&json!({"right": "close-account", "subject": subject}));
    assert_eq!(close.effect, Grant::Granted, "an account closes while its policy is kept");
}

#[test]
fn r47_retention_ends_with_the_longest_of_floor_and_promise() {
    let keep = |from: &str, until: &str, claim: bool| {
        let subject = json!({"records": [{"class": "policy", "in_force_from": from, "in_force_until": until, "open_claim": claim}]});
        ask(&json!({"action": "retain", "function": "apply", "subject": subject})).retain.unwrap()
    };
    let short = keep("2024-01-01", "2024-12-31", false);
    assert_eq!(short.storage_only_from, Some(date(2025, 1, 1)));
    assert_eq!(short.erase_not_before, Some(date(2030, 1, 1)), "cover of a year: five years");
    assert_eq!(short.erase_due, Some(date(2036, 12, 31)), "the text promises twelve");
    let long = keep("2023-12-31", "2024-12-31", false);
    assert_eq!(long.erase_not_before, Some(date(2035, 1, 1)), "a day more: ten years");
    let disputed = keep("2024-01-01", "2024-12-31", true);
    assert_eq!((disputed.storage_only_from, disputed.erase_not_before), (None, None));
}

#[test]
fn r3_a_class_without_a_promised_period_ends_with_its_floor() {
    let longer = "period = { count = 12, unit = \"years\" }\nsilent = [\"after\"]";
    let tables = changed(&[(longer, "laws = [\"保险法\"]\nsilent = [\"period\", \"after\"]")], &[]);
    let record = json!({"class": "policy", "in_force_from": "2024-01-01", "in_force_until": "2024-12-31"});
    let asked = json!({"action": "retain", "function": "apply", "subject": {"records": [record]}});
    let by_law = ask_of(&tables, &asked).retain.unwrap();
    let by_text = ask(&asked).retain.unwrap();
    assert_eq!((by_law.erase_not_before, by_law.erase_due), (Some(date(2030, 1, 1)), Some(date(2030, 1, 1))));
    assert_eq!((by_text.erase_not_before, by_text.erase_due), (Some(date(2030, 1, 1)), Some(date(2036, 12, 31))));
}

#[test]
fn r42_a_clock_that_waits_for_verifying_starts_on_receipt() {
    let waits = changed(&[("starts = \"receipt\"", "starts = \"identity-verified\"")], &[]);
    let asked: DueAsked =
        serde_json::from_value(json!({"platform": "fuhe", "clock": "swift", "since": "2026-02-10"})).unwrap();
    let (receipt, waits) = (fuhe().due(&asked, now()), waits.due(&asked, now()));
    assert_eq!(receipt.due.unwrap().day, date(2026, 2, 13));
    assert_eq!(waits.due.unwrap().day, date(2026, 2, 13), "the handler cannot hold it back");
}

#[test]
fn r64_a_due_date_names_its_calendar_and_whether_it_may_change() {
    let due = |since: &str| put(&json!({"ask": "due", "platform": "fuhe", "clock": "correct", "since": since}));
    let calendar = json!(model::calendar::Calendar::bundled().version());
    let (settled, open) = (due("2026-02-10"), due("2036-02-11"));
    assert_eq!((&settled["due"]["calendar"], &settled["due"]["certainty"]), (&calendar, &json!("certain")));
    assert_eq!((&open["due"]["calendar"], &open["due"]["certainty"]), (&calendar, &json!("provisional")));
}

#[test]
fn clocks_run_from_a_date() {
    let due = |clock: &str| put(&json!({"ask": "due", "platform": "fuhe", "clock": clock, "since": "2026-02-10"}));
    let swift = due("swift");
    assert_eq!((&swift["due"]["day"], &swift["law"]), (&json!("2026-02-13"), &Value::Null));
    let correct = due("correct");
    assert_eq!((&correct["due"]["day"], &correct["reasons"][0]["code"]), (&json!("2026-03-09"), &json!("not-stated")));
    assert_eq!(due("nonsense")["reasons"][0]["code"], json!("not-declared"));
}

fn snapshot(state: &Value, policy: Fingerprint) -> Snapshot {
    let state: SubjectState = serde_json::from_value(state.clone()).unwrap();
    Snapshot::from_store(SubjectId::from_random([1; 16]), state, 7, policy)
}

fn processing(keys: &Value) -> Processing {
    let mut question = json!({"platform": "fuhe", "person": "applicant", "items": ["name", "bank-card"]});
    for (key, value) in keys.as_object().unwrap() {
        question[key] = value.clone();
    }
    serde_json::from_value(question).unwrap()
}

#[test]
fn a_permit_names_what_is_permitted_and_no_more() {
    let record = RecordId::from_random([2; 16]);
    let born = Some(date(1990, 5, 1).into());
    let held = json!({"records": [{"id": record, "class": "policy"}]});
    let staff = processing(&json!({"action": "show", "function": "apply", "at": "2020-01-01T00:00:00Z",
        "actor": {"kind": "staff", "role": "desk"}}));
    let snapshot = snapshot(&held, fuhe().policy());
    let (answer, permit) = fuhe().permit(&snapshot, born, &staff, record, now());
    let permit = permit.unwrap();
    assert_eq!(answer.effect, Effect::Partial);
    assert_eq!(answer.as_of, now(), "`at` never dates an act");
    assert_eq!(permit.items().len(), 1, "the card lacks its separate consent: {:?}", permit.items());
    assert_eq!(permit.items()[0].1, View::Masked(model::field::Mask::NameSurname));
    assert!(permit.is_from(&snapshot) && permit.tables() == fuhe().fingerprint() && permit.record() == record);
    let strange = RecordId::from_random([3; 16]);
    let (answer, permit) = fuhe().permit(&snapshot, born, &staff, strange, now());
    assert!(permit.is_none());
    assert_eq!(answer.law.reasons[0].code, Code::UnknownRecord);
    let fresh = processing(&json!({"action": "collect", "function": "apply"}));
    let (_, permit) = fuhe().permit(&snapshot, born, &fresh, strange, now());
    assert!(permit.is_some(), "collecting makes a new record");
}

#[test]
fn no_permit_under_another_policy() {
    let record = RecordId::from_random([2; 16]);
    let moved = snapshot(&json!({}), Fingerprint::from_digest([9; 32]));
    let asked = processing(&json!({"action": "collect", "function": "apply"}));
    let (answer, permit) = fuhe().permit(&moved, None, &asked, record, now());
    assert!(permit.is_none());
    assert_eq!(answer.published.reasons[0].code, Code::PolicyMoved);
}

#[test]
fn nothing_permitted_is_no_permit() {
    let record = RecordId::from_random([2; 16]);
    let held = json!({"records": [{"id": record, "class": "policy", "life": "erased"}]});
    let asked = processing(&json!({"action": "use", "function": "apply"}));
    let (answer, permit) = fuhe().permit(&snapshot(&held, fuhe().policy()), None, &asked, record, now());
    assert!(permit.is_none());
    assert_eq!(answer.obligations, [Obligation::Record], "a refusal is recorded, too");
}

#[test]
fn only_inline_subjects_can_be_answered_here() {
    let question = |keys: Value| {
        let mut question =
            json!({"ask": "processing", "platform": "fuhe", "action": "collect", "person": "applicant", "items": []});
        for (key, value) in keys.as_object().unwrap() {
            question[key] = value.clone();
        }
        let question: Question = serde_json::from_value(question).unwrap();
        fuhe().answer(&question, now()).map(|_| ())
    };
    assert_eq!(question(json!({"subject": {"id": SubjectId::from_random([0; 16])}})), Err(NotAnswerable::SubjectById));
    assert_eq!(question(json!({"subject": {"born": "yesterday"}})), Err(NotAnswerable::Born));
    assert_eq!(question(json!({"platform": "other"})), Err(NotAnswerable::OtherPlatform));
    assert_eq!(question(json!({})), Ok(()));
}

#[test]
fn scopes_are_spelt_from_element_ids() {
    let of = |id: &str| fuhe().scopes().iter().find(|scope| scope.id == id).unwrap();
    let card = of("collect.apply.financial-account");
    assert_eq!(card.items.iter().map(model::Slug::as_str).collect::<Vec<_>>(), ["bank-card"]);
    assert_eq!((card.guardian_under, card.clause.as_slice()), (16, ["二(一)".to_owned()].as_slice()));
    assert!(of("share.query.agency").per_party);
    assert!(!of("share.assess.assessor").per_party);
    let mut ids: Vec<&str> = fuhe().scopes().iter().map(|scope| scope.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), fuhe().scopes().len());
}

#[test]
fn the_fingerprint_is_of_everything_that_answers() {
    let same = changed(&[], &[]);
    assert_eq!(same.fingerprint(), fuhe().fingerprint());
    let other = changed(&[("count = 12", "count = 13")], &[]);
    assert_ne!(other.policy(), fuhe().policy());
    assert_ne!(other.fingerprint(), fuhe().fingerprint());
}

#[test]
fn a_condition_too_wide_to_prove_does_not_compile() {
    use std::fmt::Write;
    let mut facts = String::new();
    let mut parts = Vec::new();
    for i in 0..11 {
        write!(facts, "[[fact]]\nid = \"f{i}\"\nname = \"f{i}\"\nattested = \"staff\"\n\n").unwrap();
        parts.push(format!("{{ fact = \"f{i}\" }}"));
    }
    let wide = format!("when = {{ any = [{}] }}", parts.join(", "));
    let policy = include_str!("../fixtures/engine/policy.toml")
        .replacen("[[purpose]]", &format!("{facts}[[purpose]]"), 1)
        .replacen("when = { not = { same-person = [\"applicant\", \"insured\"] } }", &wide, 1);
    let policy = shouyue_policy::finding::Source::new("policy.toml", policy);
    let loaded = shouyue_policy::load(&shouyue_policy::Sources { policy: &policy, operation: None });
    assert!(loaded.tables.is_none(), "{:?}", loaded.findings.iter().map(|f| (f.code, &f.message)).collect::<Vec<_>>());
    let found: Vec<_> = loaded.findings.iter().filter(|finding| finding.code == "L0512").collect();
    assert!(!found.is_empty() && found[0].message.english.contains("`apply`"), "{found:?}");
}

#[test]
fn the_page_of_answers_lists_every_word() {
    let page = include_str!("../../../../docs/answers.md");
    let words = |list: &[Value]| list.iter().map(|word| word.as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let codes: Vec<Value> = Code::ALL.iter().map(|code| serde_json::to_value(code).unwrap()).collect();
    let duties: Vec<Value> = Obligation::ALL.iter().map(|duty| serde_json::to_value(duty).unwrap()).collect();
    let (_, answers) = page.split_once("## Effects and outcomes").unwrap();
    let rows: Vec<&str> = answers
        .lines()
        .filter_map(|line| line.strip_prefix("| `").and_then(|rest| rest.split_once('`')))
        .map(|(word, _)| word)
        .collect();
    let all: Vec<String> = words(&codes).into_iter().chain(words(&duties)).collect();
    assert_eq!(rows, all, "docs/answers.md has each word once, in the order of the lists");
}

#[test]
fn the_examples_of_the_page_are_answered_so() {
    let page = include_str!("../../../../docs/answers.md");
    let mut blocks = page.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let mut shown = 0;
    while let (Some(question), Some(answer)) = (blocks.next(), blocks.next()) {
        let mut given = put(&serde_json::from_str(question).unwrap());
        let expected: Value = serde_json::from_str(answer).unwrap();
        given["tables"] = expected["tables"].clone();
        assert_eq!(given, expected, "{given:#}");
        shown += 1;
    }
    assert!(shown >= 2);
}

#[test]
fn an_answer_is_written_as_the_design_says() {
    let answer = ask(&json!({"action": "share", "recipient": "assessor", "purpose": "assess-loss",
        "items": ["name", "bank-card"], "subject": adult(&[consent("share.assess.assessor")])}));
    assert_eq!(answer.effect, Effect::Partial);
    assert_eq!((answer.published.effect, answer.law.effect), (Effect::Permit, Effect::Partial));
    let reason = &answer.items[1].reasons[0];
    assert_eq!(reason.scope.as_deref(), Some("share.assess.assessor.financial-account"));
    assert_eq!(reason.clause.as_deref(), Some("四(一)"));
    let duties = [
        Obligation::Record,
        Obligation::Minimise,
        Obligation::NotifyRecipientOnErasure,
        Obligation::KeepDisclosureRecord,
    ];
    assert_eq!(answer.obligations, duties);
}
