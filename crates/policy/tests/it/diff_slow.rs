//! The comparison of two versions against a slow one: a grid of questions, put to the reference interpreter of each version one by
//! one. What the grid finds turned the comparison has found, and what the comparison shows turns in both interpreters.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::date;
use model::act::{Born, SubjectState};
use model::calendar::day_in_shanghai;
use proptest::prelude::*;
use serde_json::{Value, json};
use shouyue_policy::compile::Tables;
use shouyue_policy::decide::project::{Seen, attested_adult};
use shouyue_policy::diff::{Decisions, Diff, Fate, Turn, between, diff};
use shouyue_policy::meaning;
use shouyue_policy::question::{Outcome, Processing, Question, Subject};
use shouyue_policy::scenario::{flipped, flips};
use shouyue_policy::syntax::{Action, Shape as _};
use shouyue_policy::terms::asked::Asked;

use super::engine_author::{Dice, random_tables};

const NOW: &str = "2026-09-01T00:00:00+08:00";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn compared(old: &Tables, new: &Tables) -> Diff {
    diff(old, new, now()).unwrap()
}

/// The state of a question, with its consents given to this very version.
fn given_to(tables: &Tables, state: &SubjectState) -> SubjectState {
    let mut state = state.clone();
    state.consents.iter_mut().for_each(|consent| consent.policy = tables.policy().to_string());
    state
}

/// What the reference interpreter says of each item of a question.
fn meant(tables: &Tables, question: &Processing, state: &SubjectState, born: Option<Born>) -> Vec<Outcome> {
    let (program, alphabet, at) = (tables.program(), tables.alphabet(), now());
    let Ok(asked) = Asked::read(program, alphabet, question) else {
        return vec![Outcome::Withheld; question.items.len()];
    };
    let party = asked.party.map(|place| program.operation.parties[usize::from(place)].id.as_str());
    let (state, adult) = (given_to(tables, state), attested_adult(program, asked.person));
    let seen = Seen { program, alphabet, state: &state, facts: &question.facts, born, at, party, adult };
    let standing = seen.project(&asked, seen.life());
    let of = |item: &Option<u16>| {
        let meant = meaning::decide(program, alphabet, day_in_shanghai(at), &asked, (*item)?, &standing);
        meant.map(|meant| meant.outcome)
    };
    asked.items.iter().map(|item| of(item).unwrap_or(Outcome::Withheld)).collect()
}

/// Every frame of question that means a flow of either version: what is done, whose, in which function, for what and to whom.
fn frames(versions: [&Tables; 2]) -> Vec<Value> {
    let mut frames: BTreeMap<String, Value> = BTreeMap::new();
    for tables in versions {
        let policy = &tables.program().policy;
        macro_rules! id {
            ($list:ident, $place:expr) => {
                $place.map(|place: u16| policy.$list[usize::from(place)].id.to_string())
            };
        }
        for flow in tables.flows() {
            let some =
                |places: &[u16]| std::iter::once(None).chain(places.iter().copied().map(Some)).collect::<Vec<_>>();
            for function in some(&flow.functions) {
                for purpose in some(&flow.purposes) {
                    let source = (flow.action == Action::Collect).then(|| flow.part.source()).flatten();
                    let frame = json!({
                        "platform": policy.policy.platform.value, "action": flow.action,
                        "person": policy.persons[usize::from(flow.person)].id.to_string(),
                        "function": id!(functions, function), "purpose": id!(purposes, purpose),
                        "recipient": id!(recipients, flow.recipient), "source": id!(sources, source),
                    });
                    frames.insert(frame.to_string(), frame);
                }
            }
        }
    }
    frames.into_values().collect()
}

/// One point of the grid: who asks, which facts are known, what is relied on, and what is shown.
fn question(frame: &Value, items: &[String], versions: [&Tables; 2], dice: &mut Dice) -> Processing {
    let operation = &versions[1].program().operation;
    let policy = &versions[1].program().policy;
    let mut actors = vec![json!({"kind": "subject"}), json!({"kind": "system"})];
    for role in operation.roles.iter().map(|role| role.id.to_string()).chain(["nobody".to_owned()]) {
        let bold = dice.odds(80);
        actors.push(json!({"kind": "staff", "role": role, "approved": bold, "clear_view": bold}));
    }
    let mut facts = json!({});
    let permissions = policy.permissions.iter().map(|one| format!("permission.{}", one.id.value));
    for fact in policy.facts.iter().map(|fact| fact.id.to_string()).chain(permissions) {
        match dice.roll(5) {
            0 => {}
            1 | 2 => facts[fact] = json!(false),
            _ => facts[fact] = json!(true),
        }
    }
    if dice.odds(70) {
        facts["same-person"] = json!([]);
    }
    let one = |ids: Vec<String>, percent: usize, dice: &mut Dice| {
        (!ids.is_empty() && dice.odds(percent)).then(|| dice.pick(&ids))
    };
    let mut asked = frame.clone();
    asked["at"] = json!(NOW);
    asked["items"] = json!(items);
    asked["actor"] = dice.pick(&actors);
    asked["facts"] = facts;
    asked["exception"] = json!(one(policy.exceptions.iter().map(|one| one.id.to_string()).collect(), 25, dice));
    asked["product"] = json!(one(policy.products.iter().map(|one| one.id.to_string()).collect(), 70, dice));
    asked["channel"] = json!(one(policy.channels.iter().map(|one| one.id.to_string()).collect(), 50, dice));
    asked["document"] = json!(dice.odds(70).then_some("order"));
    serde_json::from_value(asked).unwrap()
}

/// A subject who consented to everything, to nothing, or to most of it, in the strictest form.
fn subject(versions: [&Tables; 2], dice: &mut Dice) -> (SubjectState, Option<Born>) {
    let by = dice.pick(&["self", "guardian"]);
    let percent = dice.pick(&[0, 80, 100, 100]);
    let mut state = json!({"consents": []});
    let consents = state["consents"].as_array_mut().unwrap();
    for scope in versions.into_iter().flat_map(Tables::scopes).filter(|_| dice.odds(percent)) {
        let at = "2026-01-01T00:00:00Z";
        consents.push(json!({"scope": scope.id, "policy": "any", "by": by, "artefact": "written", "at": at}));
    }
    if dice.odds(10) {
        state["account"] = json!("closed");
    }
    let born =
        [None, Some(Born::On(date(2016, 3, 1))), Some(Born::On(date(2010, 3, 1))), Some(Born::On(date(1980, 3, 1)))];
    (serde_json::from_value(state).unwrap(), dice.pick(&born))
}

/// Puts a grid of questions to both interpreters. Gives how many decisions turned; each must have been found, and turned that way.
fn grid(old: &Tables, new: &Tables, found: &Decisions, seed: u64, points: usize) -> usize {
    let mut dice = Dice(seed);
    let items: Vec<String> = new.alphabet().items.iter().map(ToString::to_string).collect();
    let used = |tables: &Tables, item: &str| {
        tables.alphabet().item(item).is_some_and(|place| tables.flows().iter().any(|flow| flow.items.contains(&place)))
    };
    let items: Vec<String> = items.into_iter().filter(|item| used(old, item) || used(new, item)).collect();
    let mut turned = 0;
    for frame in frames([old, new]) {
        for _ in 0..points {
            let question = question(&frame, &items, [old, new], &mut dice);
            let (state, born) = subject([old, new], &mut dice);
            let (was, is) = (meant(old, &question, &state, born), meant(new, &question, &state, born));
            for (item, (was, is)) in items.iter().zip(was.into_iter().zip(is)).filter(|(_, (was, is))| was != is) {
                turned += 1;
                let turn = if was > is { Turn::Less } else { Turn::More };
                let named = found.names.iter().any(|name| {
                    let only = Decisions { names: vec![name.clone()], ..Decisions::default() };
                    only.cover(&question, item)
                });
                let covers = found
                    .groups
                    .iter()
                    .any(|group| group.covers(&question, item) && group.turn.is_none_or(|known| known == turn));
                assert!(
                    named || covers,
                    "seed {seed}: {item} was {was:?} and is {is:?}\n{}\n{}",
                    serde_json::to_value(&question).unwrap(),
                    serde_json::to_value(&state).unwrap()
                );
            }
        }
    }
    turned
}

/// Every witness of a group turns in both interpreters, and the way that the group says.
fn replayed(old: &Tables, new: &Tables, found: &Decisions) -> usize {
    let mut replayed = 0;
    for group in &found.groups {
        let Some((witness, turn)) = group.witness.as_ref().zip(group.turn) else { continue };
        let means = |tables: &Tables, put: &Value| {
            let Ok(Question::Processing(question)) = serde_json::from_value(put.clone()) else { panic!("{group:?}") };
            let Subject::Inline(subject) = &question.subject else { panic!("{question:?}") };
            let born = subject.born.as_deref().map(|born| born.parse().unwrap());
            meant(tables, &question, &subject.state, born)[0]
        };
        let (was, is) = (means(old, &witness.question.old), means(new, &witness.question.new));
        let way = match was.cmp(&is) {
            std::cmp::Ordering::Less => Turn::More,
            std::cmp::Ordering::Greater => Turn::Less,
            std::cmp::Ordering::Equal => Turn::Otherwise,
        };
        assert_eq!((way, was, is), (turn, witness.was.outcome, witness.now.outcome), "{}", witness.words);
        replayed += 1;
    }
    replayed
}

/// A random policy, and the same after one random edit that changes a decision or none.
fn edited(seed: u64) -> (std::sync::Arc<Tables>, Option<std::sync::Arc<Tables>>) {
    let tables = random_tables(seed);
    let number = Dice(seed ^ 0x0ed1).roll(flips(tables.program()));
    let other = flipped(tables.program(), number);
    (tables, other)
}

#[test]
fn the_comparison_finds_what_a_grid_of_questions_finds() {
    let (mut turned, mut shown) = (0, 0);
    for seed in 0..24 {
        let (tables, Some(other)) = edited(seed) else { continue };
        for (old, new) in [(&*tables, &*other), (&*other, &*tables)] {
            let found = compared(old, new).decisions;
            turned += grid(old, new, &found, seed, 2);
            shown += replayed(old, new, &found);
        }
    }
    assert!(turned > 10 && shown > 10, "{turned} turned, {shown} shown");
}

#[test]
fn the_comparison_of_policies_that_have_little_in_common_finds_what_a_grid_finds() {
    let (mut turned, mut shown) = (0, 0);
    for seed in 100..103 {
        let (old, new) = (random_tables(seed), random_tables(seed + 1));
        let found = compared(&old, &new).decisions;
        turned += grid(&old, &new, &found, seed, 2);
        shown += replayed(&old, &new, &found);
    }
    assert!(turned > 10 && shown > 0, "{turned} turned, {shown} shown");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_random_policy_differs_from_itself(seed in 0..2_000_u64) {
        let (one, again) = (random_tables(seed), random_tables(seed));
        for (old, new) in [(&one, &one), (&one, &again)] {
            let diff = compared(old, new);
            prop_assert!(diff.is_empty(), "seed {}: {:?}", seed, diff);
            prop_assert!(diff.asks.is_empty() && diff.telling.is_none());
            prop_assert!(diff.consents.iter().all(|scope| scope.fate == Fate::Carried && scope.why.is_empty()));
        }
    }

    #[test]
    fn applying_the_edit_of_one_flip_gives_the_flipped_file(seed in 0..2_000_u64) {
        let (tables, Some(other)) = edited(seed) else { return Ok(()) };
        for (old, new) in [(tables.program(), other.program()), (other.program(), tables.program())] {
            for (was, now) in [
                (old.policy.facts(), new.policy.facts()),
                (old.operation.facts(), new.operation.facts()),
            ] {
                let edit = between(&was, &now);
                prop_assert_eq!(edit.is_none(), was == now);
                prop_assert_eq!(edit.map_or(Some(was.clone()), |edit| edit.apply(&was)), Some(now));
            }
            // What is told apart key by key is the same edit as that between the whole files.
            let [was, now] = old.policy.apart(&new.policy);
            prop_assert_eq!(between(&was, &now), between(&old.policy.facts(), &new.policy.facts()));
        }
    }
}

#[test]
fn what_two_policies_tell_apart_key_by_key_is_the_edit_between_their_facts() {
    for seed in 0..40 {
        let (old, new) = (random_tables(seed), random_tables(seed + 1));
        let (old, new) = (old.program(), new.program());
        let [was, now] = old.policy.apart(&new.policy);
        assert_eq!(between(&was, &now), between(&old.policy.facts(), &new.policy.facts()), "seed {seed}");
        let [was, now] = old.operation.apart(&new.operation);
        assert_eq!(between(&was, &now), between(&old.operation.facts(), &new.operation.facts()), "seed {seed}");
    }
}
