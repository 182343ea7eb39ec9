//! Two versions of a policy: edits are exact, consents carry over where they reach no further, and no decision that differs is left
//! out.

use std::sync::{Arc, LazyLock};

use insta::assert_snapshot;
use jiff::Timestamp;
use model::act::{Born, SubjectState};
use model::calendar::midnight_in_shanghai;
use proptest::prelude::*;
use serde_json::{Value, json};
use shouyue_policy::ask::Text as _;
use shouyue_policy::compile::Tables;
use shouyue_policy::diff::{Cause, Decisions, Diff, Fate, Kind, Way, between, diff};
use shouyue_policy::question::{Answer, Code, Demand, Outcome, Processing, Question, Subject};
use shouyue_policy::scenario::{flipped, flips};
use shouyue_policy::syntax::Shape as _;

use super::engine::{compiled, fuhe};
use super::engine_author::{Dice, random_tables};
use super::engine_random::{random_question, random_state};

const BEFORE: &str = include_str!("../../../../examples/policies/songhe/2026-03-01.toml");
const BEFORE_OPERATION: &str = include_str!("../../../../examples/policies/songhe/operation.toml");
const AFTER: &str = include_str!("../fixtures/versions/2026-09-01.toml");
const AFTER_OPERATION: &str = include_str!("../fixtures/versions/operation.toml");

static OLD: LazyLock<Arc<Tables>> = LazyLock::new(|| compiled(BEFORE, BEFORE_OPERATION));
static NEW: LazyLock<Arc<Tables>> = LazyLock::new(|| compiled(AFTER, AFTER_OPERATION));

const NOW: &str = "2026-09-01T00:00:00+08:00";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn compared(old: &Tables, new: &Tables) -> Diff {
    diff(old, new, now()).unwrap()
}

/// The invented text with one of its sentences changed.
fn changed(changes: &[(&str, &str)]) -> Arc<Tables> {
    let text = changes.iter().fold(BEFORE.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "nothing to change: {from}");
        text.replacen(from, to, 1)
    });
    compiled(&text, BEFORE_OPERATION)
}

fn fate(diff: &Diff, scope: &str) -> Fate {
    diff.consents.iter().find(|one| one.scope == scope).unwrap_or_else(|| panic!("no scope {scope}")).fate
}

fn policies() -> Vec<(String, Arc<Tables>)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../platforms");
    let mut folders: Vec<_> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let read = |path: &std::path::Path| std::fs::read_to_string(path).unwrap();
    folders
        .iter()
        .map(|folder| {
            let dated = |path: &std::path::PathBuf| {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                name.starts_with("20") || name == "undated.toml"
            };
            let policy = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).find(dated).unwrap();
            (folder.display().to_string(), compiled(&read(&policy), &read(&folder.join("operation.toml"))))
        })
        .collect()
}

#[test]
fn a_policy_does_not_differ_from_itself() {
    for (name, tables) in policies().into_iter().chain([("songhe".to_owned(), Arc::clone(&OLD))]) {
        let diff = compared(&tables, &tables);
        assert!(diff.is_empty(), "{name}: {}", diff.text());
        assert!(diff.consents.iter().all(|scope| scope.fate == Fate::Carried), "{name}");
        assert_eq!(diff.telling, None, "{name}");
    }
}

#[test]
fn a_later_version_is_told_whole() {
    let diff = compared(&OLD, &NEW);
    assert_snapshot!("diff_human", diff.text());
    let mut json = serde_json::to_value(&diff).unwrap();
    for name in json["decisions"]["names"].as_array_mut().unwrap() {
        name["witness"]["question"] = Value::Null;
    }
    for group in json["decisions"]["groups"].as_array_mut().unwrap() {
        group["witness"]["question"] = Value::Null;
    }
    for edition in ["old", "new"] {
        json[edition]["tables"] = Value::Null;
    }
    assert_snapshot!("diff_json", format!("{json:#}"));
}

#[test]
fn versions_of_two_platforms_are_not_compared() {
    let why = diff(&OLD, fuhe(), now()).unwrap_err();
    assert!(why.to_string().contains("`songhe` and `fuhe`"), "{why}");
}

#[test]
fn applying_an_edit_gives_the_other_version() {
    let facts = |tables: &Tables| tables.program().policy.facts();
    let (old, new) = (facts(&OLD), facts(&NEW));
    assert_eq!(between(&old, &new).unwrap().apply(&old), Some(new.clone()));
    assert_eq!(between(&new, &old).unwrap().apply(&new), Some(old.clone()));
    assert_eq!(between(&old, &old), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn edits_between_random_policies_are_exact(a in 0..400_u64, b in 0..400_u64) {
        let facts = |seed| random_tables(seed).program().policy.facts();
        let (was, now) = (facts(a), facts(b));
        match between(&was, &now) {
            None => prop_assert_eq!(was, now),
            Some(edit) => {
                prop_assert_ne!(&was, &now);
                prop_assert_eq!(edit.apply(&was), Some(now));
            }
        }
    }
}

#[test]
fn a_consent_carries_over_where_it_reaches_no_further() {
    for (from, to, scope, carried) in [
        // Words, contacts, periods, rights.
        ("name = \"手环看护\"", "name = \"手环守护\"", "collect.watch", true),
        ("value = \"95900\"", "value = \"95901\"", "collect.watch", true),
        ("count = 15, unit = \"years\"", "count = 20, unit = \"years\"", "collect.enrol", true),
        // Purposes.
        ("purposes = [\"watch-over\"]", "purposes = [\"watch-over\", \"arrange-care\"]", "collect.watch", false),
        ("text = \"发现老人跌倒，及时派人救助。\"", "text = \"了解老人作息。\"", "collect.watch", false),
        ("purposes = [\"watch-over\"]", "purposes = [\"watch-over\", \"arrange-care\"]", "collect.claim", true),
        // Items and whose.
        ("items = [\"precise-location\", \"fall-alarm\"]", "items = [\"fall-alarm\"]", "collect.watch", true),
        (
            "items = [\"bank-card\", \"diagnosis\"]",
            "items = [\"bank-card\", \"diagnosis\", \"name\"]",
            "collect.claim",
            false,
        ),
        (
            "items = [\"bank-card\", \"diagnosis\"]",
            "items = [\"bank-card\", \"diagnosis\", \"name\"]",
            "collect.claim.health",
            true,
        ),
        ("name = \"跌倒报警\"", "name = \"跌倒报警和心率\"", "collect.watch", false),
        // Manner.
        (
            "when = { fact = \"wearing-agreed\" }\nitems = [\"precise-location\", \"fall-alarm\"]\nneed = \"conditional\"",
            "items = [\"precise-location\", \"fall-alarm\"]\nneed = \"required\"",
            "collect.watch",
            false,
        ),
        (
            "when = { fact = \"wearing-agreed\" }",
            "when = { all = [{ fact = \"wearing-agreed\" }, { fact = \"attorney-verified\" }] }",
            "collect.watch",
            true,
        ),
        (
            "when = { fact = \"wearing-agreed\" }",
            "when = { any = [{ fact = \"wearing-agreed\" }, { fact = \"attorney-verified\" }] }",
            "collect.watch",
            false,
        ),
        ("channels = [\"counter\"]", "channels = [\"counter\", \"app\"]", "collect.attorney", false),
        ("channels = [\"app\", \"counter\"]\nproducts", "channels = [\"app\"]\nproducts", "collect.enrol", true),
        ("level = \"pseudonymous\"", "level = \"clear\"", "export.cede.reinsurer", false),
        ("level = \"pseudonymous\"", "level = \"aggregate\"", "export.cede.reinsurer", true),
        // Recipients.
        ("name = \"北海再保险有限公司\"", "name = \"南洋再保险有限公司\"", "export.cede.reinsurer", false),
        (
            "contact = \"privacy@nordsee-re.example\"",
            "contact = \"dpo@nordsee-re.example\"",
            "export.cede.reinsurer",
            true,
        ),
        (
            "limits = [\"no-copy\", \"no-onward\", \"inspection\"]",
            "limits = [\"inspection\"]",
            "entrust.home-care.care-home",
            false,
        ),
        ("limited = true", "limited = false", "track.cookie", false),
    ] {
        let diff = compared(&OLD, &changed(&[(from, to)]));
        let expected = if carried { Fate::Carried } else { Fate::Again };
        assert_eq!(fate(&diff, scope), expected, "{from} → {to}: {scope}");
    }
}

#[test]
fn a_further_name_that_is_struck_asks_nobody_anew_and_one_that_is_added_does() {
    let own = "name = \"照护记录\"\n";
    let named = changed(&[(own, "name = \"照护记录\"\naliases = [\"照护日志\", \"护理日志\"]\n")]);
    let fewer = changed(&[(own, "name = \"照护记录\"\naliases = [\"照护日志\"]\n")]);
    let scope = "collect.look-in";
    for (old, new, fated, way) in [
        (&named, &fewer, Fate::Carried, Way::Narrower),
        (&named, &*OLD, Fate::Carried, Way::Narrower),
        (&fewer, &named, Fate::Again, Way::Wider),
        (&*OLD, &fewer, Fate::Again, Way::Wider),
    ] {
        let diff = compared(old, new);
        assert_eq!(fate(&diff, scope), fated, "{}", diff.text());
        assert!(diff.asks.iter().any(|asks| asks.kind == Kind::Items && asks.way == way), "{}", diff.text());
        assert!(fated == Fate::Again || diff.consents.iter().all(|scope| scope.fate == Fate::Carried));
    }
}

fn asked(keys: &Value) -> Processing {
    let mut question = json!({
        "ask": "processing", "platform": "songhe", "action": "collect", "function": "watch", "channel": "app", "person": "elder",
        "items": ["fall-alarm"], "source": "bracelet", "facts": {"wearing-agreed": true, "within-authorisation": true},
        "subject": {"born": "1946-05-01"},
    });
    for (key, value) in keys.as_object().unwrap() {
        question[key] = value.clone();
    }
    let Question::Processing(question) = serde_json::from_value(question).unwrap() else { panic!("another question") };
    *question
}

/// The outcome and the reasons for somebody who consented to a version.
fn for_consents_to(tables: &Tables, version: &str) -> (Outcome, Vec<Code>) {
    let scopes = ["collect.watch", "collect.watch.health", "collect.watch.whereabouts", "inbound.bracelet"];
    let consents =
        scopes.map(|scope| json!({"scope": scope, "policy": version, "by": "self", "at": "2026-04-01T00:00:00Z"}));
    let question = asked(&json!({"subject": {"born": "1946-05-01", "consents": consents}}));
    let Subject::Inline(subject) = &question.subject else { panic!("another question") };
    let answer = tables.decide(&question, &subject.state, Some("1946-05-01".parse().unwrap()), now());
    (answer.items[0].outcome, answer.items[0].reasons.iter().map(|reason| reason.code).collect())
}

#[test]
fn consents_to_the_version_before_count_where_they_carry_over() {
    let (first, print) = (&*OLD, OLD.policy().to_string());
    assert_eq!(for_consents_to(first, &print), (Outcome::Clear, Vec::new()));
    let renamed = changed(&[("name = \"手环看护\"", "name = \"手环守护\"")]);
    let of_other = vec![Code::ConsentOfOtherVersion];
    let withheld = |(outcome, codes): (Outcome, Vec<Code>)| {
        (outcome, codes.into_iter().filter(|code| of_other.contains(code)).take(1).collect())
    };
    assert_eq!(
        withheld(for_consents_to(&renamed, &print)),
        (Outcome::Withheld, of_other.clone()),
        "alone it knows no earlier one"
    );
    let next = renamed.after(first);
    assert_eq!(for_consents_to(&next, &print), (Outcome::Clear, Vec::new()));
    assert_eq!(for_consents_to(&next, &next.policy().to_string()), (Outcome::Clear, Vec::new()));
    assert_eq!(next.fingerprint(), renamed.fingerprint(), "the notice of the file prints what every decision bears");
    let wider = NEW.after(first);
    assert_eq!(withheld(for_consents_to(&wider, &print)), (Outcome::Withheld, of_other.clone()));
    // A chain: what one step does not carry, no later step brings back.
    let back = changed(&[("version = \"3\"", "version = \"5\"")]);
    assert_eq!(withheld(for_consents_to(&back.after(&wider), &print)), (Outcome::Withheld, of_other));
    assert_eq!(for_consents_to(&back.after(&next), &print), (Outcome::Clear, Vec::new()));
    assert_eq!(for_consents_to(&back.after(&next), &next.policy().to_string()), (Outcome::Clear, Vec::new()));
}

/// Which way a change goes, where more is not simply wider.
#[test]
fn longer_keeping_rarer_promises_and_another_country_are_wider_and_a_readers_notes_are_no_change() {
    let period = "classes = [\"care-file\"]\nperiod = { count = 3, unit = \"years\" }";
    let kept = |count: u32, unit: &str| period.replace("3, unit = \"years\"", &format!("{count}, unit = \"{unit}\""));
    let notes = ("[storage]\n", "[document]\nheadings = [\"引言\"]\n\n[storage]\n");
    for ((from, to), kind, ways) in [
        ((period, kept(5, "years").as_str()), Kind::Period, vec![Way::Wider]),
        ((period, kept(1, "years").as_str()), Kind::Period, vec![Way::Narrower]),
        ((period, kept(3, "months").as_str()), Kind::Period, vec![Way::Narrower]),
        ((period, kept(40, "months").as_str()), Kind::Period, vec![Way::Wider, Way::Narrower]),
        (("every-months = 6", "every-months = 24"), Kind::Protection, vec![Way::Wider]),
        (("every-months = 6", "every-months = 3"), Kind::Protection, vec![Way::Narrower]),
        (("place = \"中国境内\"", "place = \"新加坡\""), Kind::Protection, vec![Way::Wider]),
        (notes, Kind::Wording, vec![Way::Even]),
    ] {
        let diff = compared(&OLD, &changed(&[(from, to)]));
        let found: Vec<(Kind, Way)> =
            diff.elements.iter().flat_map(|one| &one.changes).map(|change| (change.kind, change.way)).collect();
        assert_eq!(found, ways.into_iter().map(|way| (kind, way)).collect::<Vec<_>>(), "{to}");
        assert!(diff.again().next().is_none(), "{to}");
    }
}

/// Longer to wait for an answer, another name of the handler, another telephone: none of it stands in a scope.
#[test]
fn a_new_consent_that_the_text_promises_is_asked_of_everybody_who_consented() {
    let (cut, owner, contact) = (
        ("count = 10", "count = 15"),
        ("name = \"松鹤养老保险股份有限公司\"", "name = \"长鹤养老保险股份有限公司\""),
        ("value = \"95900\"", "value = \"95901\""),
    );
    let listed = ("consent-again = [", "consent-again = [\"ownership\", \"contact\", ");
    let silent = ("rights-cut-needs-consent = true", "rights-cut-needs-consent = false");
    for (promise, change, why) in [
        (None, cut, Some(Cause::RightsCut)),
        (Some(silent), cut, None),
        (None, owner, None),
        (Some(listed), owner, Some(Cause::Ownership)),
        (None, contact, None),
        (Some(listed), contact, Some(Cause::Contact)),
        // Fewer days to wait: nothing is taken from anybody.
        (None, ("count = 10", "count = 5"), None),
    ] {
        let promises: Vec<(&str, &str)> = promise.into_iter().collect();
        let (old, new) = (changed(&promises), changed(&[promises.clone(), vec![change]].concat()));
        let told = compared(&old, &new);
        let asked = told.asks.iter().any(|asks| asks.demand == Demand::Consent);
        assert_eq!(asked, why.is_some(), "{change:?}: what is asked of the handler");
        let expected = if why.is_some() { Fate::Again } else { Fate::Carried };
        assert!(told.consents.iter().all(|one| one.fate == expected), "{change:?}");
        assert_eq!(told.text().contains("Who must consent again: nobody"), why.is_none());
        // Publishing does the same, and can say why.
        let (next, print) = (new.after(&old), old.policy().to_string());
        let (outcome, codes) = for_consents_to(&next, &print);
        assert_eq!(outcome == Outcome::Clear, why.is_none(), "{change:?}: {codes:?}");
        let state: SubjectState = serde_json::from_value(json!({"consents": [
            {"scope": "collect.watch", "policy": print, "by": "self", "at": "2026-04-01T00:00:00Z"}]}))
        .unwrap();
        let [given] = state.consents.as_slice() else { panic!("{state:?}") };
        assert_eq!(next.counts(given), why.is_none());
        if let Some(cause) = why {
            assert!(codes.contains(&Code::ConsentOfOtherVersion));
            assert_eq!(next.outgrown(given).iter().map(|one| one.cause).collect::<Vec<_>>(), [cause]);
        }
    }
}

/// Puts a question to a version, with its consents given to that very version.
fn answer(tables: &Tables, question: &Processing, state: &SubjectState, born: Option<Born>, given: &str) -> Answer {
    let mut state = state.clone();
    let own = state.consents.iter_mut().filter(|consent| consent.policy == given);
    own.for_each(|consent| consent.policy = tables.policy().to_string());
    tables.decide(question, &state, born, question.at.unwrap())
}

/// Random questions, on which every decision that differs must be in a group. Gives how many differed.
fn nothing_is_left_out(old: &Tables, new: &Tables, seed: u64, questions: usize) -> usize {
    let found = diff(old, new, now()).unwrap().decisions;
    witnesses_differ(&found, old, new);
    let mut dice = Dice(!seed);
    let mut differed = 0;
    for _ in 0..questions {
        let asker = if dice.odds(50) { old } else { new };
        let question = random_question(&mut dice, asker, NOW);
        let (mut state, born) = random_state(&mut dice, old);
        let (more, _) = random_state(&mut dice, new);
        for mut consent in more.consents {
            if consent.policy == new.policy().to_string() {
                consent.policy = old.policy().to_string();
            }
            state.consents.push(consent);
        }
        let given = old.policy().to_string();
        let (was, is) = (answer(old, &question, &state, born, &given), answer(new, &question, &state, born, &given));
        // An answer calls an item by the id that the version gives it: what is asked of is told by the question.
        assert_eq!([was.items.len(), is.items.len()], [question.items.len(); 2]);
        for (asked, (was, is)) in question.items.iter().zip(was.items.iter().zip(&is.items)) {
            if (was.outcome, was.mask) != (is.outcome, is.mask) {
                differed += 1;
                assert!(
                    found.cover(&question, asked),
                    "seed {seed}: {asked}, to the versions {} and {}, of {} was {:?} and is {:?}\n{}\n{}",
                    was.item,
                    is.item,
                    question.person,
                    was.outcome,
                    is.outcome,
                    serde_json::to_value(&question).unwrap(),
                    serde_json::to_value(&state).unwrap(),
                );
            }
        }
    }
    differed
}

/// Every witness is a question on which both engines, asked as anybody asks them, say what it says.
fn witnesses_differ(found: &Decisions, old: &Tables, new: &Tables) {
    let witnesses = found.groups.iter().map(|group| &group.witness).chain(found.names.iter().map(|name| &name.witness));
    for witness in witnesses.flatten() {
        // As `shouyue decide` puts it, to either version and on any later day.
        let said = |tables: &Tables, put: &Value| {
            let question: Question = serde_json::from_value(put.clone()).unwrap();
            let reply = tables.answer(&question, "2029-01-01T00:00:00Z".parse().unwrap()).unwrap();
            serde_json::from_str::<Answer>(&reply.json().unwrap()).unwrap()
        };
        let (was, is) = (said(old, &witness.question.old), said(new, &witness.question.new));
        assert_ne!(
            (was.items[0].outcome, was.items[0].mask),
            (is.items[0].outcome, is.items[0].mask),
            "{}",
            witness.words
        );
        assert_eq!(
            (was.items[0].outcome, is.items[0].outcome),
            (witness.was.outcome, witness.now.outcome),
            "{}",
            witness.words
        );
    }
}

/// A question without one consent, record or fact, each in turn.
fn smaller(put: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    for (place, list) in [("consents", "/subject/consents"), ("records", "/subject/records")] {
        for at in 0..put.pointer(list).and_then(Value::as_array).map_or(0, Vec::len) {
            let mut less = put.clone();
            less["subject"][place].as_array_mut().unwrap().remove(at);
            all.push(less);
        }
    }
    for fact in put.pointer("/facts").and_then(Value::as_object).into_iter().flat_map(|facts| facts.keys()) {
        let mut less = put.clone();
        less["facts"].as_object_mut().unwrap().remove(fact);
        all.push(less);
    }
    all
}

#[test]
fn a_witness_has_nothing_that_could_be_left_out() {
    let narrower = changed(&[("purposes = [\"watch-over\"]", "purposes = [\"arrange-care\"]")]);
    for (old, new) in [(&*OLD, &*NEW), (&*NEW, &*OLD), (&*OLD, &narrower), (&narrower, &*OLD)] {
        let found = compared(old, new).decisions;
        let of_names = found.names.iter().filter_map(|name| name.witness.as_ref());
        let witnesses: Vec<_> =
            of_names.chain(found.groups.iter().filter_map(|group| group.witness.as_ref())).collect();
        for witness in witnesses {
            let said = |tables: &Tables, put: &Value| {
                let question: Question = serde_json::from_value(put.clone()).unwrap();
                let reply = tables.answer(&question, now()).unwrap().json().unwrap();
                let item = serde_json::from_str::<Answer>(&reply).unwrap().items.remove(0);
                let why: Vec<_> = item.reasons.into_iter().map(|one| (one.code, one.scope, one.fact)).collect();
                (item.outcome, item.mask, why)
            };
            let whole = [said(old, &witness.question.old), said(new, &witness.question.new)];
            let pairs = smaller(&witness.question.old).into_iter().zip(smaller(&witness.question.new));
            for (was, now) in pairs {
                let less = [said(old, &was), said(new, &now)];
                let alike = whole.iter().zip(&less).all(|(whole, less)| {
                    (whole.0, whole.1) == (less.0, less.1) && less.2.iter().all(|why| whole.2.contains(why))
                });
                assert!(!alike, "{}: {was} would do", witness.words);
            }
        }
    }
}

/// An id of the one version that is a further name of another item in the other: no question that bears it is denied for that.
#[test]
fn a_name_that_means_something_else_is_told_as_such() {
    let other = changed(&[(
        "category = \"health\"\nclass = \"health\"\nvalidator = \"text\"\nmask = \"hidden\"\nclause = [\"一(三)\"]",
        "as = \"medical-record\"",
    )]);
    for (old, new, line) in
        [(&*OLD, &other, "is gone: whatever names it is about"), (&other, &*OLD, "is new: whatever names it was about")]
    {
        let diff = compared(old, new);
        let name = diff.decisions.names.iter().find(|name| name.kind == "item").unwrap();
        assert_eq!(name.element.id, "care-log");
        assert_eq!(name.taken_for.as_ref().map(|one| one.id.as_str()), Some("medical-record"));
        assert!(diff.text().contains(line), "{}", diff.text());
        nothing_is_left_out(old, new, 9, 200);
    }
    assert!(compared(&OLD, &NEW).decisions.names.iter().all(|name| name.taken_for.is_none()));
}

#[test]
fn no_decision_that_differs_between_versions_is_left_out() {
    let differed = nothing_is_left_out(&OLD, &NEW, 7, 400) + nothing_is_left_out(&NEW, &OLD, 8, 400);
    assert!(differed > 20, "{differed}");
}

#[test]
fn no_decision_that_differs_after_one_flip_is_left_out() {
    let program = OLD.program();
    let (mut differed, mut empty) = (0, 0);
    for number in (0..flips(program)).step_by(11) {
        let Some(other) = flipped(program, number) else { continue };
        let seed = u64::try_from(number).unwrap();
        let found = nothing_is_left_out(&OLD, &other, seed, 200);
        empty += usize::from(diff(&OLD, &other, now()).unwrap().decisions == Decisions::default());
        differed += found;
    }
    assert!(differed > 3 && empty > 0, "{differed} {empty}");
}

#[test]
fn no_decision_that_differs_between_random_policies_is_left_out() {
    let mut differed = 0;
    for seed in 0..12_u64 {
        differed += nothing_is_left_out(&random_tables(seed), &random_tables(seed + 1), seed, 60);
    }
    assert!(differed > 200, "{differed}");
}

#[test]
fn the_day_says_which_law_is_asked() {
    let at = midnight_in_shanghai("2019-06-01".parse().unwrap()).unwrap();
    let before_pipl = diff(&OLD, &NEW, at).unwrap();
    assert!(before_pipl.asks.iter().all(|asks| asks.article.is_none()), "{:?}", before_pipl.asks);
    assert!(compared(&OLD, &NEW).asks.iter().any(|asks| asks.article.is_some()));
}
