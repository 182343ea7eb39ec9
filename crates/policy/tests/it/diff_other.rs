//! Two versions of a policy: answers about clocks, retention, functions and rights that differ are all told, each with a question on
//! which both versions were asked.

use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use jiff::civil::{Date, date};
use model::act::{RecordState, SubjectState};
use model::calendar::Certainty;
use serde_json::{Value, json};
use shouyue_policy::ask::Text as _;
use shouyue_policy::compile::Tables;
use shouyue_policy::diff::{Answered, Diff, Other, diff};
use shouyue_policy::question::{
    Code, DueAsked, FunctionOpen, Grant, Question, Reason, RightAsked, RightVerdict, Subject,
};
use shouyue_policy::scenario::{flipped, flips};
use shouyue_policy::syntax::{Delegate, LawGround, RightKind};

use super::engine::compiled;
use super::engine_author::{Dice, random_tables};

const TEXT: &str = include_str!("../../../../examples/policies/songhe/2026-03-01.toml");
const OPERATION: &str = include_str!("../../../../examples/policies/songhe/operation.toml");

static OLD: LazyLock<Arc<Tables>> = LazyLock::new(|| compiled(TEXT, OPERATION));

fn now() -> Timestamp {
    "2026-09-01T00:00:00+08:00".parse().unwrap()
}

fn compared(old: &Tables, new: &Tables) -> Diff {
    diff(old, new, now()).unwrap()
}

/// The invented text with one of its sentences changed.
fn changed(from: &str, to: &str) -> Arc<Tables> {
    assert!(TEXT.contains(from), "nothing to change: {from}");
    compiled(&TEXT.replacen(from, to, 1), OPERATION)
}

fn told(other: &Tables, ask: Other) -> (Vec<Answered>, String) {
    let diff = compared(&OLD, other);
    let text = diff.text();
    assert!(!text.contains("is the same"), "{text}");
    (diff.decisions.others.into_iter().filter(|one| one.ask == ask).collect(), text)
}

#[test]
fn a_shorter_clock_is_told_with_the_day_on_which_it_runs_out() {
    let clock = OLD.program().policy.clocks.first().unwrap();
    let (id, count) = (clock.id.to_string(), clock.length.count.value);
    let at = TEXT.find(&format!("[[clock]]\nid = \"{id}\"")).unwrap();
    let (before, after) = TEXT.split_at(at);
    let after = after.replacen(&format!("count = {count}"), &format!("count = {}", count / 2), 1);
    let other = compiled(&[before, &after].concat(), OPERATION);
    let (found, text) = told(&other, Other::Due);
    let one = found.iter().find(|one| one.elements.iter().any(|has| has.id == id)).unwrap_or_else(|| panic!("{text}"));
    let Ok(Question::Due(asked)) = serde_json::from_value(one.question.clone()) else { panic!("{}", one.question) };
    let days = [&**OLD, &*other].map(|tables| tables.due(&asked, now()).due.unwrap().day);
    assert!(days[1] < days[0], "{days:?}");
    for (said, day) in one.said.as_ref().unwrap().iter().zip(days) {
        assert_eq!(*said, day.to_string());
    }
}

/// Nobody knows yet which days of the year after are worked.
#[test]
fn a_day_that_a_notice_of_holidays_can_move_is_said_to_be_provisional() {
    let at = TEXT.find("[[clock]]\nid = \"ten\"").unwrap();
    let (before, after) = TEXT.split_at(at);
    let other = compiled(&[before, &after.replacen("count = 10", "count = 120", 1)].concat(), OPERATION);
    let (found, text) = told(&other, Other::Due);
    let one =
        found.iter().find(|one| one.elements.iter().any(|has| has.id == "ten")).unwrap_or_else(|| panic!("{text}"));
    let Ok(Question::Due(asked)) = serde_json::from_value(one.question.clone()) else { panic!("{}", one.question) };
    let due = other.due(&asked, now()).due.unwrap();
    assert_eq!((due.day.year(), due.certainty), (2027, Certainty::Provisional));
    let [was, is] = one.said.as_ref().unwrap();
    assert!(was.parse::<Date>().is_ok(), "{was}");
    assert!(is.starts_with(&format!("{} (provisional", due.day)) && text.contains(" (provisional: "), "{is}: {text}");
}

#[test]
fn a_longer_retention_is_told_with_its_dates() {
    let period = OLD.program().policy.retentions.iter().find_map(|one| one.period.said()).unwrap();
    let (count, unit) = (period.count.value, period.unit.value.word());
    let other =
        changed(&format!("count = {count}, unit = \"{unit}\""), &format!("count = {}, unit = \"{unit}\"", count + 7));
    let (found, text) = told(&other, Other::Retain);
    assert!(!found.is_empty(), "{text}");
    for one in &found {
        let Ok(Question::Processing(asked)) = serde_json::from_value(one.question.clone()) else { panic!() };
        let json = serde_json::to_value(&asked.subject).unwrap();
        let record: RecordState = serde_json::from_value(json["records"][0].clone()).unwrap();
        let [was, is] = [&**OLD, &*other].map(|tables| tables.retain_record(&record, date(2026, 9, 1)).erase_due);
        assert!(was < is, "{:?}: {was:?} {is:?}", one.elements);
    }
}

#[test]
fn what_is_required_no_more_closes_no_function() {
    let functions = &OLD.program().policy.functions;
    let required = functions.iter().filter(|one| one.refused.said().is_some()).find(|one| {
        let groups = one.collects.said().into_iter().flatten();
        groups
            .filter(|group| group.when.is_none())
            .any(|group| group.need.said().is_some_and(|n| n.word() == "required"))
    });
    let id = required.unwrap().id.to_string();
    let at = TEXT.find(&format!("[[function]]\nid = \"{id}\"")).unwrap();
    let (before, after) = TEXT.split_at(at);
    let other =
        compiled(&[before, &after.replacen("need = \"required\"", "need = \"optional\"", 1)].concat(), OPERATION);
    let (found, text) = told(&other, Other::Function);
    let one = found.iter().find(|one| one.elements.iter().any(|has| has.id == id)).unwrap_or_else(|| panic!("{text}"));
    let Ok(Question::Function(asked)) = serde_json::from_value(one.question.clone()) else { panic!() };
    let open = |tables: &Tables| tables.function_open(&asked, &SubjectState::default(), None, now()).effect;
    assert!(open(&OLD) < open(&other), "{:?} {:?}", open(&OLD), open(&other));
    let [was, is] = one.said.as_ref().unwrap();
    assert!(was.starts_with("closed") && is.starts_with("limited"), "{was} {is}");
}

/// What a version says to a request, without its days.
fn granted(tables: &Tables, asked: &RightAsked) -> impl PartialEq + std::fmt::Debug + use<> {
    let Subject::Inline(subject) = &asked.subject else { panic!("{asked:?}") };
    let born = subject.born.as_deref().map(|born| born.parse().unwrap());
    let answer = tables.right(asked, &subject.state, born, now());
    let said = |verdict: RightVerdict| {
        let reasons = verdict.reasons.into_iter().map(|Reason { code, fact, .. }| (code, fact));
        let mut reasons: Vec<(Code, Option<String>)> = reasons.collect();
        reasons.sort();
        reasons.dedup();
        let waits: std::collections::BTreeSet<String> = verdict.blocked_by.into_iter().collect();
        (verdict.effect, waits, reasons)
    };
    (answer.effect, said(answer.published), said(answer.law))
}

fn request(one: &Answered) -> RightAsked {
    let Ok(Question::Right(asked)) = serde_json::from_value(one.question.clone()) else { panic!("{}", one.question) };
    *asked
}

/// The text of a right with a sentence of its own changed.
fn with_right(kind: &str, from: &str, to: &str) -> Arc<Tables> {
    let at = TEXT.find(&format!("kind = \"{kind}\"")).unwrap();
    let (before, after) = TEXT.split_at(at);
    assert!(after.contains(from), "nothing to change: {from}");
    compiled(&[before, &after.replacen(from, to, 1)].concat(), OPERATION)
}

#[test]
fn who_may_no_longer_ask_for_somebody_is_told() {
    let other = with_right("access", "\"agent\", \"guardian\", \"relative\"", "\"guardian\", \"relative\"");
    let (found, text) = told(&other, Other::Right);
    let [one] = found.as_slice() else { panic!("{text}") };
    let asked = request(one);
    assert_eq!((asked.right, asked.by.as_str(), asked.items.len()), (RightKind::Access, "agent", 0));
    assert!(text.contains("right access, asked for by the agent: was granted, is granted (text: refused, "), "{text}");
    assert_ne!(granted(&OLD, &asked), granted(&other, &asked));
}

#[test]
fn a_case_in_which_a_right_waits_is_told_with_the_items_that_it_is_about() {
    let waits = "[[right.block]]\nname = \"护理合同有效\"\nclause = [\"六(三)1\"]\nwhen = { in-force = \"care-contract\" }\n\
                 items = [\"adl-score\", \"care-log\"]\n";
    let (found, text) = told(&changed(waits, ""), Other::Right);
    let [one] = found.as_slice() else { panic!("{text}") };
    assert_eq!(one.items.iter().map(|item| item.id.as_str()).collect::<Vec<_>>(), ["adl-score", "care-log"]);
    assert!(one.said.as_ref().unwrap().first().unwrap().contains("护理合同有效"), "{text}");
    // Whatever it is about, it waits: so it does for who asks about everything, and for nobody else anew.
    let always = waits.replace("items = [\"adl-score\", \"care-log\"]\n", "");
    let (found, text) = told(&changed(waits, &always), Other::Right);
    let [one] = found.as_slice() else { panic!("{text}") };
    let asked = request(one);
    assert_eq!((asked.right, asked.items.len(), asked.by.as_str()), (RightKind::Delete, 0, "self"), "{text}");
    assert!(matches!(&asked.subject, Subject::Inline(subject) if subject.state.records.len() == 1), "{asked:?}");
}

#[test]
fn a_ground_of_refusal_and_a_duty_to_keep_are_told() {
    let text = TEXT.replacen("id = \"others-rights\"", "id = \"rights-of-a-third\"", 1);
    let (found, told_of) = told(&compiled(&text, OPERATION), Other::Right);
    for ground in ["others-rights", "rights-of-a-third"] {
        let lines = found.iter().filter(|one| request(one).refusal.as_deref() == Some(ground));
        assert_eq!(lines.map(|one| one.elements.len()).sum::<usize>(), RightKind::ALL.len(), "{told_of}");
    }
    assert!(found.iter().all(|one| request(one).refusal.is_some()), "{told_of}");

    let class = "id = \"care-file\"\n";
    let kept = changed(class, &format!("{class}floors = [\"insurance-file\"]\n"));
    let (found, text) = told(&kept, Other::Right);
    let one = found.iter().find(|one| one.elements.iter().any(|right| right.id == "delete"));
    let asked = request(one.unwrap_or_else(|| panic!("{text}")));
    let Subject::Inline(subject) = &asked.subject else { panic!() };
    assert_eq!(subject.state.records.first().unwrap().class.as_str(), "care-file");
    let [was, is] = [&**OLD, &*kept].map(|tables| tables.right(&asked, &subject.state, None, now()).effect);
    assert_eq!((was, is), (Grant::Granted, Grant::Blocked));
}

/// Any request for a right that both versions can be asked for.
fn any_request(old: &Tables, new: &Tables, dice: &mut Dice) -> RightAsked {
    let policies = [old, new].map(|tables| &tables.program().policy);
    let known = |tables: &Tables, item: &str| tables.alphabet().item(item).is_some();
    let items: Vec<String> = old.alphabet().items.iter().map(ToString::to_string).filter(|id| known(new, id)).collect();
    let items: Vec<String> = (0..dice.roll(3)).map(|_| dice.pick(&items)).collect();
    let by = std::iter::once("self").chain(Delegate::ALL.iter().map(|by| by.word())).collect::<Vec<_>>();
    let by = if dice.roll(2) == 0 { "self" } else { dice.pick(&by) };
    let listed = policies.iter().flat_map(|policy| policy.refusals.iter().map(|one| one.id.to_string()));
    let grounds: Vec<String> = listed.chain(LawGround::ALL.iter().map(|ground| ground.word().to_owned())).collect();
    let refusal = (dice.roll(3) == 0).then(|| dice.pick(&grounds));
    let facts = policies.iter().flat_map(|policy| policy.facts.iter().map(|fact| fact.id.to_string()));
    let mut facts: serde_json::Map<String, Value> = facts
        .map(|fact| (fact, [json!(null), json!(true), json!(false)][dice.roll(3)].clone()))
        .filter(|(_, value)| !value.is_null())
        .collect();
    let persons: Vec<String> = policies[1].persons.iter().map(|one| one.id.to_string()).collect();
    if dice.roll(2) == 0 {
        let group: Vec<String> = (0..dice.roll(4)).map(|_| dice.pick(&persons)).collect();
        facts.insert("same-person".to_owned(), json!([group]));
    }
    let classes: Vec<String> =
        policies.iter().flat_map(|policy| policy.records.iter().map(|one| one.id.to_string())).collect();
    let records: Vec<Value> = (0..dice.roll(3))
        .map(|_| {
            let (class, year) = (dice.pick(&classes), 2010 + dice.roll(17));
            [
                json!({"class": class, "in_force_until": "2027-03-01"}),
                json!({"class": class, "ended": format!("{year}-04-01")}),
                json!({"class": class, "ended": "2026-04-01", "open_claim": true}),
                json!({"class": class, "in_force_from": format!("{}-04-02", year - 3), "in_force_until": format!("{year}-04-01")}),
                json!({"class": class}),
            ][dice.roll(5)]
            .clone()
        })
        .collect();
    let mut subject = json!({"records": records});
    if dice.roll(2) == 0 {
        subject["born"] = format!("{}-03-01", 1960 + dice.roll(66)).into();
    }
    serde_json::from_value(json!({
        "platform": policies[1].policy.platform.value, "right": dice.pick(RightKind::ALL).word(), "by": by,
        "since": "2026-09-01", "items": items, "refusal": refusal, "facts": facts, "subject": subject,
    }))
    .unwrap()
}

/// Asks both versions for some rights, and holds that what they answer otherwise is told, and that what is told is so.
fn no_right_is_left_out(old: &Tables, new: &Tables, dice: &mut Dice) -> usize {
    let others = compared(old, new).decisions.others;
    let told: Vec<&Answered> = others.iter().filter(|one| one.ask == Other::Right).collect();
    for one in told.iter().filter(|one| one.said.is_some()) {
        let asked = request(one);
        assert_ne!(granted(old, &asked), granted(new, &asked), "{asked:?}");
    }
    let mut differed = 0;
    for _ in 0..200 {
        let asked = any_request(old, new, dice);
        let [was, is] = [old, new].map(|tables| granted(tables, &asked));
        if was == is {
            continue;
        }
        let is_told =
            told.iter().filter(|one| one.elements.iter().any(|has| has.id == asked.right.word())).any(|one| {
                let shown = one.said.is_some().then(|| request(one));
                shown.is_none_or(|shown| {
                    (shown.by == "self" || shown.by == asked.by)
                        && (shown.refusal.is_none() || shown.refusal == asked.refusal)
                        && (shown.items.is_empty() || one.items.iter().any(|item| asked.items.contains(&item.id)))
                })
            });
        assert!(is_told, "{asked:?}: {was:?} {is:?}");
        differed += 1;
    }
    differed
}

#[test]
fn no_right_that_is_granted_otherwise_after_one_flip_is_left_out() {
    let (program, mut dice, mut flipped_rights, mut differed) = (OLD.program(), Dice(29), 0, 0);
    let numbers = (0..flips(program)).rev();
    for other in numbers.filter_map(|number| flipped(program, number)) {
        if other.program().policy.rights == program.policy.rights {
            // The rights stand together: behind them, the other facts are the business of the other tests.
            if flipped_rights > 0 {
                break;
            }
            continue;
        }
        flipped_rights += 1;
        differed += no_right_is_left_out(&OLD, &other, &mut dice);
    }
    assert!(flipped_rights > 5 && differed > 0, "{flipped_rights} {differed}");
}

#[test]
fn no_right_that_is_granted_otherwise_by_random_policies_is_left_out() {
    let mut differed = 0;
    for seed in 0..12_u64 {
        differed += no_right_is_left_out(&random_tables(seed), &random_tables(seed + 1), &mut Dice(seed));
    }
    assert!(differed > 100, "{differed}");
}

/// Asks both versions some functions, clocks and records, and holds that what they answer otherwise is told.
fn nothing_else_is_left_out(old: &Tables, new: &Tables, dice: &mut Dice) -> usize {
    let others = compared(old, new).decisions.others;
    let is_told = |ask: Other, id: &str, item: Option<&str>| {
        others.iter().any(|one| {
            one.ask == ask
                && one.elements.iter().any(|has| has.id == id)
                && item.is_none_or(|item| one.items.iter().any(|has| has.id == item))
        })
    };
    let policy = &new.program().policy;
    let day = |dice: &mut Dice| {
        Date::constant(2026, 9, 1).checked_add(jiff::Span::new().days(i64::try_from(dice.roll(360)).unwrap())).unwrap()
    };
    let mut differed = 0;
    for _ in 0..40 {
        let function = dice.pick(&policy.functions);
        let Some(before) = old.program().policy.functions.iter().find(|one| one.id == function.id) else { continue };
        let groups: Vec<_> = [before, &function].iter().filter_map(|one| one.collects.said()).flatten().collect();
        if groups.is_empty() {
            continue;
        }
        let group = dice.pick(&groups);
        let item = dice.pick(&group.items).text;
        let facts: serde_json::Map<_, _> = policy
            .facts
            .iter()
            .filter(|fact| old.program().policy.facts.iter().any(|one| one.id == fact.id))
            .map(|fact| (fact.id.to_string(), [json!(null), json!(true), json!(false)][dice.roll(3)].clone()))
            .filter(|(_, value)| !value.is_null())
            .collect();
        let asked: FunctionOpen = serde_json::from_value(json!({
            "platform": policy.policy.platform.value, "function": function.id.value, "person": group.of.text,
            "refused": [item], "facts": facts,
        }))
        .unwrap();
        let [was, is] = [old, new].map(|tables| {
            let answer = tables.function_open(&asked, &SubjectState::default(), None, now());
            (answer.effect, answer.published.closes, answer.alternatives)
        });
        let known = |tables: &Tables| tables.alphabet().items.iter().any(|one| one.as_str() == item);
        if was != is && known(old) && known(new) {
            assert!(is_told(Other::Function, function.id.as_str(), Some(&item)), "{asked:?}: {was:?} {is:?}");
            differed += 1;
        }
    }
    for clock in policy.clocks.iter().filter(|one| old.program().policy.clocks.iter().any(|was| was.id == one.id)) {
        let id = clock.id.to_string();
        let asked = DueAsked { platform: policy.policy.platform.value.clone(), clock: id.clone(), since: day(dice) };
        let [was, is] = [old, new].map(|tables| tables.due(&asked, now()).due.map(|due| due.ends));
        if was != is {
            assert!(is_told(Other::Due, &id, None), "{asked:?}");
            differed += 1;
        }
    }
    for class in policy.records.iter().filter(|one| old.program().policy.records.iter().any(|was| was.id == one.id)) {
        let ended = day(dice);
        let record: RecordState = serde_json::from_value(json!({"class": class.id.value, "ended": ended})).unwrap();
        let [was, is] = [old, new].map(|tables| tables.retain_record(&record, date(2026, 9, 1)));
        if was != is {
            assert!(is_told(Other::Retain, class.id.as_str(), None), "{record:?}");
            differed += 1;
        }
    }
    differed
}

#[test]
fn no_other_answer_that_differs_after_one_flip_is_left_out() {
    let (program, mut dice, mut differed) = (OLD.program(), Dice(17), 0);
    for number in (0..flips(program)).step_by(7) {
        let Some(other) = flipped(program, number) else { continue };
        differed += nothing_else_is_left_out(&OLD, &other, &mut dice);
    }
    assert!(differed > 0, "{differed}");
}

#[test]
fn no_other_answer_that_differs_between_random_policies_is_left_out() {
    let mut differed = 0;
    for seed in 0..16_u64 {
        differed += nothing_else_is_left_out(&random_tables(seed), &random_tables(seed + 1), &mut Dice(seed));
    }
    assert!(differed > 0, "{differed}");
}
