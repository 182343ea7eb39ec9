//! Random policies and random questions, answered by tables and interpreter; and the laws that every answer obeys.

use std::collections::BTreeSet;
use std::ops::Add as _;

use jiff::Timestamp;
use jiff::civil::date;
use model::Slug;
use model::act::{Artefact, Born, Consent, GivenBy, Life, SubjectState};
use model::calendar::day_in_shanghai;
use proptest::prelude::*;
use serde_json::json;
use shouyue_policy::compile::Tables;
use shouyue_policy::decide::Judged;
use shouyue_policy::decide::project::{Seen, attested_adult};
use shouyue_policy::meaning;
use shouyue_policy::prove::tables_match_meaning;
use shouyue_policy::question::{Answer, Effect, Outcome, Processing};
use shouyue_policy::terms::asked::Asked;
use shouyue_policy::terms::key::{Element, Ruling, Settling};

use super::engine::fuhe;
use super::engine_author::{Dice, random_tables};

fn maybe<T: Clone>(dice: &mut Dice, from: &[T], percent: usize) -> Option<T> {
    (dice.odds(percent) && !from.is_empty()).then(|| dice.pick(from))
}

/// The ids of elements.
macro_rules! ids {
    ($list:expr) => {
        $list.iter().map(|one| one.id.to_string()).collect::<Vec<String>>()
    };
}

/// A question in the words of a policy: every item that some flow has is asked for.
pub(super) fn random_question(dice: &mut Dice, tables: &Tables, instant: &str) -> Processing {
    let (policy, operation) = (&tables.program().policy, &tables.program().operation);
    let (persons, permissions) = (ids!(policy.persons), ids!(policy.permissions));
    let items: BTreeSet<u16> = tables.flows().iter().flat_map(|flow| flow.items.iter().copied()).collect();
    let items: Vec<&Slug> = items.iter().map(|item| &tables.alphabet().items[usize::from(*item)]).collect();
    let roles: Vec<String> = ids!(operation.roles).into_iter().chain(["stranger".to_owned()]).collect();
    let actions = [
        "collect", "show", "use", "share", "entrust", "transfer", "disclose", "export", "profile", "market",
        "automate", "retain",
    ];
    let actor = match dice.roll(4) {
        0 => json!({"kind": "subject"}),
        1 => json!({"kind": "system"}),
        2 => {
            json!({"kind": "staff", "role": dice.pick(&roles), "approved": dice.odds(50), "clear_view": dice.odds(50)})
        }
        _ => json!({"kind": "staff", "role": roles[0], "approved": true, "clear_view": true}),
    };
    let mut facts = json!({});
    let switches = permissions.iter().map(|permission| format!("permission.{permission}"));
    for fact in ids!(policy.facts).into_iter().chain(switches) {
        if dice.odds(60) {
            facts[fact] = json!(dice.odds(50));
        }
    }
    if dice.odds(60) {
        facts["same-person"] = if dice.odds(50) { json!([]) } else { json!([[persons[0], persons[1]]]) };
    }
    let action = if dice.odds(60) { dice.pick(&["collect", "use", "show", "share"]) } else { dice.pick(&actions) };
    let out = matches!(action, "share" | "entrust" | "transfer" | "export");
    let mut question = json!({
        "platform": policy.policy.platform.value, "at": instant, "action": action, "function": maybe(dice, &ids!(policy.functions), 75),
        "purpose": maybe(dice, &ids!(policy.purposes), 35), "product": maybe(dice, &ids!(policy.products), 60),
        "channel": maybe(dice, &ids!(policy.channels), 60),
        "recipient": maybe(dice, &ids!(policy.recipients), if out { 100 } else { 0 }),
        "party": maybe(dice, &ids!(operation.parties), if out { 30 } else { 0 }), "actor": actor,
        "person": dice.pick(&persons), "items": items, "exception": maybe(dice, &ids!(policy.exceptions), 30),
        "facts": facts, "source": maybe(dice, &ids!(policy.sources), 30), "document": maybe(dice, &["order"], 30),
    });
    // What is thrown alone seldom meets anything: most questions are aimed at a flow.
    if dice.odds(70) {
        let flow = &tables.flows()[dice.roll(tables.flows().len())];
        let of = |ids: Vec<String>, place: u16| ids[usize::from(place)].clone();
        question["action"] = json!(flow.action);
        question["person"] = json!(of(persons, flow.person));
        question["recipient"] = json!(flow.recipient.map(|place| of(ids!(policy.recipients), place)));
        question["function"] = json!(maybe(dice, &flow.functions, 100).map(|place| of(ids!(policy.functions), place)));
        question["purpose"] = json!(maybe(dice, &flow.purposes, 50).map(|place| of(ids!(policy.purposes), place)));
    }
    serde_json::from_value(question).unwrap()
}

const INSTANTS: [&str; 6] = [
    "2019-06-01T12:00:00+08:00",
    "2021-10-31T23:59:59+08:00",
    "2022-01-01T00:00:00+08:00",
    "2024-06-01T12:00:00+08:00",
    "2025-11-01T00:00:00+08:00",
    "2026-06-01T12:00:00+08:00",
];

fn random_consent(dice: &mut Dice, tables: &Tables, scope: &str) -> Consent {
    let by = [GivenBy::Oneself, GivenBy::Oneself, GivenBy::Guardian, GivenBy::Other][dice.roll(4)];
    let artefact = [Artefact::Separate, Artefact::Written, Artefact::Tick, Artefact::Prechecked][dice.roll(4)];
    let parties: Vec<Slug> = tables.program().operation.parties.iter().map(|party| party.id.value.clone()).collect();
    let party = maybe(dice, &parties, 50);
    let instant = |text: &str| text.parse::<Timestamp>().unwrap();
    Consent {
        id: None,
        scope: scope.to_owned(),
        party,
        policy: if dice.odds(75) { tables.policy().to_string() } else { "older".to_owned() },
        text: None,
        by,
        artefact,
        at: instant(dice.pick(&["2018-01-01T00:00:00Z", "2023-01-01T00:00:00Z"])),
        until: dice.odds(10).then(|| instant("2025-06-01T00:00:00Z")),
        withdrawn: dice.odds(15).then(|| instant("2025-12-01T00:00:00Z")),
    }
}

pub(super) fn random_state(dice: &mut Dice, tables: &Tables) -> (SubjectState, Option<Born>) {
    let mut state = SubjectState::default();
    for scope in tables.scopes() {
        if dice.odds(60) {
            state.consents.push(random_consent(dice, tables, &scope.id));
        }
        if dice.odds(5) {
            state.consents.push(random_consent(dice, tables, &format!("opt-out.{}", scope.id)));
        }
    }
    if dice.odds(15) {
        state.account = model::act::Account::Closed;
    }
    if let Some(class) = maybe(dice, &ids!(tables.program().policy.records), 40) {
        let life = [Life::Live, Life::Live, Life::StorageOnly, Life::Erased][dice.roll(4)];
        state.records.push(serde_json::from_value(json!({"class": class, "life": life})).unwrap());
    }
    let born = [
        None,
        Some(Born::On(date(2015, 3, 1))),
        Some(Born::On(date(2009, 3, 1))),
        Some(Born::On(date(1980, 3, 1))),
        Some(Born::In(2008)),
    ];
    (state, born[dice.roll(5)])
}

/// How many items questions met that are declared, and that are given.
#[derive(Debug, Default, Clone, Copy)]
struct Met {
    declared: usize,
    given: usize,
}

impl std::ops::Add for Met {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { declared: self.declared + other.declared, given: self.given + other.given }
    }
}

/// The tables and the interpreter on every item of one question: outcome, mask, causes, ground, and the flow chosen.
fn both_agree(
    tables: &Tables,
    question: &Processing,
    state: &SubjectState,
    born: Option<Born>,
) -> Result<Met, TestCaseError> {
    let (program, alphabet, at) = (tables.program(), tables.alphabet(), question.at.unwrap());
    let Ok(asked) = Asked::read(program, alphabet, question) else { return Ok(Met::default()) };
    let party = asked.party.map(|place| program.operation.parties[usize::from(place)].id.as_str());
    let adult = attested_adult(program, asked.person);
    let seen = Seen { program, alphabet, state, facts: &question.facts, born, at, party, adult };
    let standing = seen.project(&asked, seen.life());
    let day = day_in_shanghai(at);
    let posed = tables.pose(&asked, &standing.published, day);
    let mut judged = vec![Judged::UNDECLARED; posed.items()];
    let together = tables.judge(&posed, &alphabet.digits().subject(&standing.published, &standing.law), &mut judged);
    let mut met = Met::default();
    let mut ground = None;
    for (item, judged) in asked.items.iter().zip(&judged) {
        let Some(item) = *item else { continue };
        let mut meant = meaning::decide(program, alphabet, day, &asked, item, &standing);
        let by_law = meant.as_mut().and_then(|meant| meant.law.ground.take());
        if ground.is_none() && meant.as_ref().is_some_and(|meant| meant.outcome != Outcome::Withheld) {
            ground = Some(by_law);
        }
        let flow = judged.flow.map(|flow| &tables.flows()[usize::try_from(flow).unwrap()]);
        let compiled = flow.map(|flow| {
            let [published, law] = tables.rulings(judged).unwrap();
            meaning::Meant { key: flow.key(item, asked.channel), published, law, outcome: judged.outcome }
        });
        met.declared += usize::from(compiled.is_some());
        met.given += usize::from(judged.outcome != Outcome::Withheld);
        prop_assert_eq!(compiled, meant);
    }
    prop_assert_eq!(together.ground, ground.flatten());
    Ok(met)
}

/// So many questions are put to one policy.
const QUESTIONS: u64 = 10;

/// A random policy, and random questions put to both.
fn policy_means_what_its_tables_say(seed: u64) -> Result<Met, TestCaseError> {
    let tables = random_tables(seed);
    let mut dice = Dice(!seed);
    let mut met = Met::default();
    for _ in 0..QUESTIONS {
        let instant = dice.pick(&INSTANTS);
        let question = random_question(&mut dice, &tables, instant);
        let (state, born) = random_state(&mut dice, &tables);
        met = met + both_agree(&tables, &question, &state, born)?;
    }
    Ok(met)
}

/// The policies from one seed to another, on every core. What fails is named by its seed: `cases(7..8)` repeats it.
fn cases(seeds: std::ops::Range<u64>) {
    let workers = u64::try_from(std::thread::available_parallelism().map_or(1, usize::from)).unwrap();
    let work = &|worker: u64| -> Met {
        let mine = seeds.clone().filter(|seed| seed % workers == worker);
        let one = |seed| policy_means_what_its_tables_say(seed).unwrap_or_else(|why| panic!("seed {seed}: {why}"));
        mine.map(one).fold(Met::default(), Met::add)
    };
    let met: Met = std::thread::scope(|scope| {
        let running: Vec<_> = (0..workers).map(|worker| scope.spawn(move || work(worker))).collect();
        running.into_iter().map(|one| one.join().unwrap()).fold(Met::default(), Met::add)
    });
    let count = usize::try_from(seeds.end - seeds.start).unwrap();
    assert!(
        met.declared > 30 * count && met.given > 5 * count,
        "{met:?} for {count} policies: questions must meet what is declared, and sometimes be granted"
    );
}

#[test]
fn random_policies_mean_what_their_tables_say() {
    cases(0..2_000 / QUESTIONS);
}

/// The big size.
#[cfg(feature = "soak")]
#[test]
fn soak_random_policies_mean_what_their_tables_say() {
    cases(0..100_000 / QUESTIONS);
}

#[test]
fn random_policies_are_proved_on_every_row() {
    for seed in 0..20 {
        let tables = random_tables(seed);
        let count = tables_match_meaning(&tables).unwrap_or_else(|mismatch| panic!("seed {seed}: {mismatch}"));
        assert!(count.lines > 1_000, "{count:?}");
    }
}

fn outcomes(answer: &Answer) -> Vec<Outcome> {
    answer.items.iter().map(|item| item.outcome).collect()
}

/// A question to the invented insurer, under the law of today.
pub(super) fn question_to_fuhe(dice: &mut Dice) -> Processing {
    let function = maybe(dice, &["apply", "visit", "underwrite", "silent", "aimless", "statutory"], 70);
    let actions = ["collect", "show", "use", "share", "entrust", "disclose", "market", "retain"];
    let mut question = random_question(dice, fuhe(), "2026-06-01T12:00:00+08:00");
    question.action = serde_json::from_value(json!(dice.pick(&actions))).unwrap();
    question.function = function.map(str::to_owned);
    question.purpose = maybe(dice, &["apply", "advertise", "assess-loss"], 40).map(str::to_owned);
    question.recipient = maybe(dice, &["assessor", "partners", "agency", "checker", "police"], 50).map(str::to_owned);
    question.party = None;
    question.exception = maybe(dice, &["emergency", "academic"], 20).map(str::to_owned);
    question.source = None;
    question.facts.declared.retain(|fact, _| fact == "urgent");
    question
}

fn fuhe_answer(question: &Processing, state: &SubjectState, born: Option<Born>) -> Answer {
    fuhe().decide(question, state, born, question.at.unwrap())
}

/// No item fares better in `less` than in `more`.
fn never_better(less: &Answer, more: &Answer) -> Result<(), TestCaseError> {
    for (less, more) in outcomes(less).iter().zip(outcomes(more)) {
        prop_assert!(*less <= more, "{:?} then {:?}", less, more);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn granting_more_never_denies_more(seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let question = question_to_fuhe(&mut dice);
        let (state, born) = random_state(&mut dice, fuhe());
        let mut granted = state.clone();
        let scopes = fuhe().scopes();
        let scope = &scopes[dice.roll(scopes.len())].id;
        granted.consents.push(random_consent(&mut dice, fuhe(), scope));
        never_better(&fuhe_answer(&question, &state, born), &fuhe_answer(&question, &granted, born))?;
    }

    #[test]
    fn withdrawing_never_permits_more(seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let question = question_to_fuhe(&mut dice);
        let (state, born) = random_state(&mut dice, fuhe());
        prop_assume!(!state.consents.iter().all(|consent| consent.scope.starts_with("opt-out.")));
        let mut withdrawn = state.clone();
        let given: Vec<usize> = (0..state.consents.len()).filter(|i| !state.consents[*i].scope.starts_with("opt-out.")).collect();
        let one = &mut withdrawn.consents[given[dice.roll(given.len())]];
        one.withdrawn = Some(one.withdrawn.map_or(question.at.unwrap(), |before| before.min(question.at.unwrap())));
        never_better(&fuhe_answer(&question, &withdrawn, born), &fuhe_answer(&question, &state, born))?;
    }

    #[test]
    fn objecting_never_permits_more(seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let question = question_to_fuhe(&mut dice);
        let (state, born) = random_state(&mut dice, fuhe());
        let mut objecting = state.clone();
        objecting.consents.push(random_consent(&mut dice, fuhe(), "opt-out.market.letters"));
        never_better(&fuhe_answer(&question, &objecting, born), &fuhe_answer(&question, &state, born))?;
    }

    #[test]
    fn what_nobody_named_is_never_permitted(seed in any::<u64>(), which in 0_usize..7) {
        let mut dice = Dice(seed);
        let mut question = question_to_fuhe(&mut dice);
        let stranger = || "nobody-named-this".to_owned();
        match which {
            0 => question.function = Some(stranger()),
            1 => question.purpose = Some(stranger()),
            2 => question.recipient = Some(stranger()),
            3 => question.channel = Some(stranger()),
            4 => question.person = stranger(),
            5 => question.endpoint = Some(stranger()),
            _ => question.items = vec![stranger()],
        }
        let (state, born) = random_state(&mut dice, fuhe());
        prop_assert_eq!(fuhe_answer(&question, &state, born).effect, Effect::Deny);
    }

    #[test]
    fn growing_up_never_loses_ones_own_consent(seed in any::<u64>(), young in 1950_i16..2024, older in 1_i16..30) {
        let mut dice = Dice(seed);
        let question = question_to_fuhe(&mut dice);
        let (mut state, _) = random_state(&mut dice, fuhe());
        state.consents.retain(|consent| consent.by != GivenBy::Guardian);
        let at = |year: i16| fuhe_answer(&question, &state, Some(Born::On(date(year, 3, 1))));
        never_better(&at(young), &at(young - older))?;
    }

    #[test]
    fn the_stricter_of_two_is_one_order(a in ruling(), b in ruling(), c in ruling()) {
        prop_assert_eq!(Ruling::stricter(a, b), Ruling::stricter(b, a));
        prop_assert_eq!(Ruling::stricter(Ruling::stricter(a, b), c), Ruling::stricter(a, Ruling::stricter(b, c)));
        prop_assert_eq!(Ruling::stricter(a, a), a);
        prop_assert!(Ruling::stricter(a, b).0 <= a.0);
    }
}

fn ruling() -> impl Strategy<Value = (Outcome, Option<model::field::Mask>)> {
    let mask = prop::sample::select(model::field::Mask::ALL.to_vec());
    prop_oneof![
        Just((Outcome::Withheld, None)),
        Just((Outcome::Clear, None)),
        mask.prop_map(|mask| (Outcome::Masked, Some(mask))),
    ]
}

#[test]
fn a_right_settles_for_the_grant() {
    use Outcome::{Clear, Withheld};
    assert_eq!(Settling::of(Element::Access, false).outcome(Withheld, Clear), Clear);
    assert_eq!(Settling::of(Element::Function(0), false).outcome(Clear, Withheld), Withheld);
    assert_eq!(Settling::of(Element::Function(0), true).outcome(Clear, Withheld), Clear);
}
