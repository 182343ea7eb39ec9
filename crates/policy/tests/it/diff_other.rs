//! Two versions of a policy: answers about clocks, retention and functions that differ are all told, each with a question on which
//! both versions were asked.

use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use jiff::civil::{Date, date};
use model::act::{RecordState, SubjectState};
use serde_json::json;
use shouyue_policy::ask::Text as _;
use shouyue_policy::compile::Tables;
use shouyue_policy::diff::{Answered, Diff, Other, diff};
use shouyue_policy::question::{DueAsked, FunctionOpen, Question};
use shouyue_policy::scenario::{flipped, flips};

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
