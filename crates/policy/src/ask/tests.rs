//! Answers about 海港, against the engine and word by word.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use jiff::Timestamp;

use super::side::Reader;
use super::*;
use crate::compile::{Row, Tables};
use crate::finding::Source;
use crate::question::{Code, Openness, Outcome, Processing, Question};
use crate::syntax::Action;
use crate::terms::literal::{Literal, Who};
use crate::terms::word::Word;

static HAIGANG: LazyLock<Arc<Tables>> = LazyLock::new(|| {
    let policy = Source::new("undated.toml", include_str!("../../../../platforms/haigang/undated.toml"));
    let operation = Source::new("operation.toml", include_str!("../../../../platforms/haigang/operation.toml"));
    crate::load(&crate::Sources { policy: &policy, operation: Some(&operation) }).tables.unwrap()
});

fn now() -> Timestamp {
    "2026-06-01T10:00:00+08:00".parse().unwrap()
}

#[test]
fn every_flow_of_the_id_number() {
    let found = item(&HAIGANG, "证件号码", now()).unwrap();
    let received: Vec<&str> = found.recipients.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(received, ["internal", "partner", "others", "authority", "agency"]);
    insta::assert_snapshot!(found.text());
}

#[test]
fn the_law_lets_nobody_work_with_a_face_unasked() {
    for face in ["人脸影像", "face-video"] {
        let found = item(&HAIGANG, face, now()).unwrap();
        assert!(found.flows.iter().any(|flow| flow.law.way == Way::WithConsent), "{face}");
        let unasked = found.flows.iter().filter(|flow| matches!(flow.law.way, Way::WithoutConsent | Way::InSomeCases));
        let kept: Vec<Action> = unasked.map(|flow| flow.action).collect();
        assert!(kept.iter().all(|action| *action == Action::Retain), "{face}: {kept:?}");
        assert_eq!(found.recipients, [], "what authenticates is handed to nobody");
    }
}

#[test]
fn what_the_agency_grant_controls() {
    let found = scope(&HAIGANG, "share.agency-query.agency", now()).unwrap();
    assert!(found.per_party);
    assert_eq!(found.touched, [], "no other consent stands in for it");
    assert!(found.stops.iter().all(|flow| flow.recipient.as_ref().is_some_and(|one| one.id == "agency")));
    let items: BTreeSet<&str> = found.stops.iter().flat_map(|flow| &flow.items).map(|item| item.id.as_str()).collect();
    let shared = recipient(&HAIGANG, "agency", now()).unwrap();
    let every: BTreeSet<&str> = shared.flows.iter().flat_map(|flow| &flow.items).map(|item| item.id.as_str()).collect();
    assert_eq!(items, every, "without it the agency gets nothing at all");
    insta::assert_snapshot!(found.text());
}

#[test]
fn withdrawing_from_registration_closes_it() {
    let found = scope(&HAIGANG, "collect.register", now()).unwrap();
    let ended: Vec<(&str, Openness)> =
        found.functions.iter().map(|one| (one.function.id.as_str(), one.published)).collect();
    assert_eq!(ended, [("register", Openness::Closed)]);
    assert!(found.stops.iter().any(|flow| flow.action == Action::Use));
}

#[test]
fn a_sensitive_consent_stops_only_its_own_items() {
    let found = scope(&HAIGANG, "collect.register.biometric", now()).unwrap();
    let items: BTreeSet<&str> = found.stops.iter().flat_map(|flow| &flow.items).map(|item| item.id.as_str()).collect();
    assert_eq!(items, BTreeSet::from(["face-image"]));
    assert_eq!(found.functions[0].effect, Openness::Limited, "R33: a face is not the only way");
}

#[test]
fn a_function_tells_what_it_takes_and_what_refusing_closes() {
    let found = function(&HAIGANG, "用户注册", now()).unwrap();
    let face = found.refusing.iter().find(|one| one.items.iter().any(|item| item.id == "face-image")).unwrap();
    assert_eq!((face.published, face.law), (Openness::Closed, Openness::Limited));
    assert_eq!(face.alternatives.len(), 2);
    assert!(found.flows.iter().any(|flow| flow.action == Action::Retain && flow.origin.element.id == "account"));
    insta::assert_snapshot!(found.text());
}

#[test]
fn the_form_for_programs() {
    let found = function(&HAIGANG, "authorise-agency", now()).unwrap();
    let json = serde_json::to_value(&found).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&json).unwrap());
}

#[test]
fn the_law_of_another_day_is_another_answer() {
    let before: Timestamp = "2017-05-31T10:00:00+08:00".parse().unwrap();
    let then = item(&HAIGANG, "phone", before).unwrap();
    let asked = |found: &ItemFlows| found.flows.iter().filter(|flow| flow.law.way == Way::WithConsent).count();
    assert_eq!(asked(&then), 0, "before any law asked for consent there is no ground to ask for");
    assert!(asked(&item(&HAIGANG, "phone", now()).unwrap()) > 0);
}

#[test]
fn unknown_names_get_near_ones() {
    let error = |why: AskError| why.to_string();
    assert_eq!(error(item(&HAIGANG, "人脸", now()).unwrap_err()), "no item is called `人脸`; near are: 人脸影像");
    assert_eq!(
        error(function(&HAIGANG, "registre", now()).unwrap_err()),
        "no function is called `registre`; near are: register"
    );
    assert!(error(scope(&HAIGANG, "share.agency", now()).unwrap_err()).contains("share.agency-query.agency.property"));
    assert_eq!(error(recipient(&HAIGANG, "zzzzzzzz", now()).unwrap_err()), "no recipient is called `zzzzzzzz`");
}

#[test]
fn what_needs_nobodys_consent_and_on_which_ground() {
    let found = unasked(&HAIGANG, Some("证件号码"), now()).unwrap();
    let statutory = found.grounds.iter().find(|one| one.basis.is_some()).unwrap();
    assert!(statutory.flows.iter().all(|flow| flow.recipient.as_ref().is_some_and(|one| one.id == "authority")));
    assert!(found.excepted.iter().all(|one| one.exception.id != "other-by-law"), "R5: no article carries it");
    insta::assert_snapshot!(found.text());
}

#[test]
fn what_withdrawing_stops_and_what_goes_on() {
    let found = withdraw(&HAIGANG, "collect.register", now()).unwrap();
    assert!(found.goes_on.iter().all(|flow| !found.consent.stops.contains(flow)));
    assert!(found.goes_on.iter().any(|flow| flow.action == Action::Retain), "floors hold");
    insta::assert_snapshot!(found.text());
}

#[test]
fn what_a_minor_may_not_do() {
    let child = minor(&HAIGANG, 13, now());
    assert!(child.with_guardian.iter().any(|flow| flow.action == Action::Collect));
    assert!(minor(&HAIGANG, 30, now()).with_guardian.is_empty());
    insta::assert_snapshot!(child.text().lines().take(24).collect::<Vec<_>>().join("\n"));
}

#[test]
fn what_goes_with_a_function() {
    let found = function_off(&HAIGANG, "用户注册", now()).unwrap();
    assert_eq!(found.no_longer_made.as_ref().unwrap().record.id, "account");
    assert!(found.no_longer_asked.iter().all(|scope| scope.starts_with("collect.register")));
    insta::assert_snapshot!(found.text());
}

#[test]
fn what_the_law_closes_and_what_would_open_it() {
    let found = strict(&HAIGANG, now());
    assert!(found.closed.iter().all(|one| one.flow.published.way != Way::Never));
    let to_others = found.closed.iter().find(|one| one.flow.recipient.as_ref().is_some_and(|one| one.id == "others"));
    assert_eq!(to_others.unwrap().opened_by[0].slot, "recipient.others");
    insta::assert_snapshot!(found.text());
}

fn asked(more: &serde_json::Value) -> Processing {
    let mut question =
        serde_json::json!({"ask": "processing", "platform": "haigang", "at": "2026-06-01T10:00:00+08:00"});
    question.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let Question::Processing(question) = serde_json::from_value(question).unwrap() else { panic!("another question") };
    *question
}

#[test]
fn what_must_change_for_a_denied_question() {
    let register = serde_json::json!({"action": "collect", "function": "register", "person": "registrant",
        "items": ["phone", "face-image"], "subject": {"born": "1990-05-01"}});
    let agency =
        serde_json::json!({"action": "share", "recipient": "agency", "person": "applicant", "items": ["bank-card"]});
    let others =
        serde_json::json!({"action": "share", "recipient": "others", "person": "applicant", "items": ["name"]});
    let texts = [register, agency, others].map(|question| mend(&HAIGANG, &asked(&question), now()).text());
    insta::assert_snapshot!(texts.join("\n----\n\n"));
}

/// An insurer of our invention, with a reinsurer abroad and a bracelet.
static SONGHE: LazyLock<Arc<Tables>> = LazyLock::new(|| {
    let policy = include_str!("../../../../examples/policies/songhe/2026-03-01.toml");
    let operation = include_str!("../../../../examples/policies/songhe/operation.toml");
    let (policy, operation) = (Source::new("2026-03-01.toml", policy), Source::new("operation.toml", operation));
    crate::load(&crate::Sources { policy: &policy, operation: Some(&operation) }).tables.unwrap()
});

#[test]
fn another_insurer_is_asked_the_same() {
    let question = serde_json::json!({"platform": "songhe", "action": "export", "recipient": "reinsurer", "person": "elder",
        "items": ["birth-date", "adl-score"], "subject": {"born": "1944-05-01"}});
    let texts = [
        mend(&SONGHE, &asked(&question), now()).text(),
        withdraw(&SONGHE, "inbound.bracelet", now()).unwrap().text(),
        function_off(&SONGHE, "手环看护", now()).unwrap().text(),
        unasked(&SONGHE, None, now()).unwrap().text(),
        strict(&SONGHE, now()).text(),
    ];
    insta::assert_snapshot!(texts.join("\n----\n\n"));
}

/// Whose a given consent must be is a condition of that consent, and no second one.
#[test]
fn what_a_given_consent_must_be_is_no_further_consent() {
    let found = item(&SONGHE, "证件号码", now()).unwrap();
    let typed = found.flows.iter().filter(|flow| flow.action == Action::Collect);
    let typed: Vec<_> =
        typed.filter(|flow| flow.published.stops.iter().any(|stop| stop.code == Code::ConsentByOther)).collect();
    assert!(!typed.is_empty());
    let consents = found.flows.iter().flat_map(|flow| [&flow.published, &flow.law]).flat_map(|side| &side.consents);
    for consent in consents {
        assert!(!consent.any_of.is_empty(), "{consent:?}");
        let negated = consent.unless.iter().flatten().any(|one| one.not && one.is == "consent");
        assert!(!negated, "{consent:?}");
    }
}

/// Every set of changes permits, and no smaller part of it does: for many questions of every kind.
#[test]
fn every_set_of_changes_permits() {
    let program = HAIGANG.program();
    let mut sets = 0;
    for (flow, n) in HAIGANG.flows().iter().zip(0_usize..) {
        let id = |place: u16| HAIGANG.alphabet().items[usize::from(place)].to_string();
        let item = flow.items[n % flow.items.len()];
        let born = [Some("1990-05-01"), Some("2015-05-01"), Some("2009-05-01"), None][n % 4];
        let function = flow.functions.first().map(|place| program.policy.functions[usize::from(*place)].id.to_string());
        let recipient = flow.recipient.map(|place| program.policy.recipients[usize::from(place)].id.to_string());
        let question = asked(&serde_json::json!({
            "action": flow.action, "function": function, "recipient": recipient, "items": [id(item)],
            "person": program.policy.persons[usize::from(flow.person)].id.to_string(),
            "subject": born.map_or_else(|| serde_json::json!({}), |born| serde_json::json!({"born": born})),
        }));
        for set in mend(&HAIGANG, &question, now()).sets {
            sets += 1;
            let asked: Question = serde_json::from_value(set.question).unwrap();
            let answer = serde_json::to_value(HAIGANG.answer(&asked, now()).unwrap()).unwrap();
            assert_ne!(answer["items"][0]["outcome"], "withheld", "{:?}: {answer}", set.changes);
            assert_eq!(answer["effect"], set.effect.word());
        }
    }
    assert!(sets > 100, "{sets} sets");
}

/// Every state that matters to a row and has nothing standing in the way that stops every flow: the record lives, the
/// account is open, nobody of the staff acts.
fn states(row: &Row) -> Vec<Word> {
    let alphabet = HAIGANG.alphabet();
    let bit = |literal: Literal| Word::bit(alphabet.bit(literal));
    let reads = row.demands().iter().fold(Word::default(), Word::with);
    let grants = (0..u16::try_from(alphabet.scopes.len()).unwrap()).map(Literal::Granted);
    let claims = (0..u16::try_from(HAIGANG.program().policy.exceptions.len()).unwrap()).map(Literal::Claimed);
    let hinders = [Literal::StorageOnly, Literal::AccountClosed, Literal::By(Who::Staff)];
    let fixed = grants.chain(claims).chain(hinders).fold(Word::default(), |word, one| word.with(&bit(one)));
    let open = alphabet.questions().iter().filter(|question| question.bits.misses(&fixed));
    let mut words = vec![bit(Literal::By(Who::Subject)), bit(Literal::By(Who::System))];
    for question in open.filter(|question| !question.bits.misses(&reads)) {
        words = words.iter().flat_map(|word| question.answers.iter().map(|answer| word.with(answer))).collect();
    }
    words
}

/// The oracle: the row itself, in every such state, with all consents, with none, and with all but one.
#[test]
fn what_is_listed_is_what_the_rows_do() {
    let tables = &**HAIGANG;
    let alphabet = tables.alphabet();
    let days = tables.intervals().collect::<Vec<_>>();
    let mut rows: BTreeSet<&Row> = BTreeSet::new();
    for flow in tables.flows() {
        for (item, day) in flow.items.iter().flat_map(|item| days.iter().map(move |day| (item, day))) {
            let (published, law) = tables.rows_of(flow, *item, None, *day).unwrap();
            rows.extend([published, law]);
        }
    }
    assert!(rows.len() > 50, "{}", rows.len());
    let all = (0..u16::try_from(alphabet.scopes.len()).unwrap())
        .fold(Word::default(), |word, i| word.with(&Word::bit(alphabet.bit(Literal::Granted(i)))));
    let reader = Reader::of(tables);
    for row in rows {
        let side = reader.side(row, None);
        let states = states(row);
        let withheld = |word: &Word| {
            let mut failing = row.checks.iter().filter(|check| check.fails(word));
            failing.any(|check| check.cause.becomes() == Outcome::Withheld)
        };
        let passes = |grants: &Word| states.iter().any(|word| !withheld(&word.with(grants)));
        assert_eq!(passes(&all), side.way != Way::Never, "{side:?}");
        let unasked = matches!(side.way, Way::WithoutConsent | Way::InSomeCases);
        assert_eq!(passes(&Word::default()), unasked, "{side:?}");
        for (scope, i) in alphabet.scopes.iter().zip(0..).filter(|_| side.way != Way::Never) {
            let bit = alphabet.bit(Literal::Granted(i));
            let others = all.bits().filter(|other| *other != bit).fold(Word::default(), |w, b| w.with(&Word::bit(b)));
            assert_eq!(!passes(&others), side.hangs_on(&scope.id) == Some(true), "{} {side:?}", scope.id);
        }
    }
}
