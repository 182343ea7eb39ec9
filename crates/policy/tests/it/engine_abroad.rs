//! What leaves the country: the route that it needs, the numbers that a route bears, and the consent of its own.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};
use shouyue_policy::ask::{Mending, mend, strict};
use shouyue_policy::compile::Tables;
use shouyue_policy::prove::tables_match_meaning;
use shouyue_policy::question::{Answer, Code, Effect, Outcome, Processing, Side};

use super::engine::{NOW, adult, ask_of, by_law, by_policy, changed, consent, consent_with, reasons};

const NONE: [Code; 0] = [];

/// An export, something shared with and something entrusted to somebody abroad, and sums that go there.
const ABROAD: &str = r#"
[[recipient]]
id = "pool"
name = "境外再保险人"
class = "handler"
regime = "independent"
overseas = true
silent = ["contact", "contract", "exit", "rights"]

[[recipient]]
id = "cloud"
name = "境外云服务商"
class = "processor"
regime = "entrusted"
overseas = true
silent = ["contact", "contract", "exit", "rights"]

[[share]]
id = "cede"
name = "向境外分保"
act = "export"
recipient = "pool"
purpose = "apply"
of = ["applicant"]
items = ["name", "bank-card"]
basis = "consent"
consent = "general"
silent = ["method", "document"]

[[share]]
id = "lend"
name = "向境外提供"
act = "share"
recipient = "pool"
purpose = "assess-loss"
of = ["applicant"]
items = ["name"]
basis = "consent"
consent = "general"
silent = ["method", "document"]

[[share]]
id = "host"
name = "境外托管"
act = "entrust"
recipient = "cloud"
functions = ["apply", "visit"]
purpose = "apply"
of = ["applicant"]
items = ["name"]
silent = ["basis", "consent", "method", "document"]

[[share]]
id = "sums"
name = "境外统计"
act = "export"
recipient = "pool"
purpose = "advertise"
of = ["applicant"]
items = ["phone"]
level = "aggregate"
basis = "consent"
silent = ["consent", "method", "document"]

[[promise]]
"#;

/// The insurer with those flows, and with routes: each the flow, by what, further keys, how many people, of how many something
/// sensitive.
fn with(routes: &[(&str, &str, &str, u32, u32)]) -> Arc<Tables> {
    let table = |(share, by, more, persons, sensitive): &(&str, &str, &str, u32, u32)| {
        format!(
            "[[route]]\nshare = \"{share}\"\nby = \"{by}\"\n{more}\npersons = {persons}\nsensitive = {sensitive}\nanswers = \"R35\"\n\n"
        )
    };
    let routes: String = routes.iter().map(table).collect();
    changed(&[("[[promise]]", ABROAD)], &[("[[alternative]]", &format!("{routes}[[alternative]]"))])
}

fn contract(share: &str) -> (&str, &str, &str, u32, u32) {
    (share, "standard-contract", "", 20_000, 10)
}

const CEDE: &str = "export.cede.pool";

fn cede(tables: &Tables, more: &Value) -> Answer {
    let mut question =
        json!({"action": "export", "recipient": "pool", "purpose": "apply", "subject": adult(&[consent(CEDE)])});
    question.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    ask_of(tables, &question)
}

#[test]
fn r35_nothing_leaves_the_country_without_a_route() {
    let bare = with(&[]);
    let answer = cede(&bare, &json!({}));
    assert_eq!((answer.effect, by_policy(&answer)), (Effect::Deny, NONE.to_vec()), "the text has it");
    let [reason] = reasons(&answer, Side::Law)[..] else { panic!("{answer:#?}") };
    assert_eq!((reason.code, reason.scope.as_deref()), (Code::RouteMissing, Some(CEDE)));
    assert_eq!(reason.article.as_deref(), Some("《个人信息保护法》第三十八条 (R35)"));
    assert_eq!(cede(&with(&[contract("cede")]), &json!({})).effect, Effect::Permit);
    let other = cede(&with(&[contract("lend")]), &json!({}));
    assert_eq!(by_law(&other), [Code::RouteMissing], "a route is of one flow");
    let without = cede(&bare, &json!({"subject": adult(&[])}));
    assert_eq!(by_law(&without), [Code::SeparateConsentMissing, Code::RouteMissing], "each is told");
    let early = cede(&bare, &json!({"at": "2021-10-31T12:00:00+08:00"}));
    assert!(!by_law(&early).contains(&Code::RouteMissing), "no law asked for one then");
}

#[test]
fn r35_whatever_the_act_and_unless_nobody_is_left_in_it() {
    let bare = with(&[]);
    let lent = json!({"action": "share", "recipient": "pool", "purpose": "assess-loss",
        "subject": adult(&[consent("share.lend.pool")])});
    assert_eq!(by_law(&ask_of(&bare, &lent)), [Code::RouteMissing]);
    let hosted = json!({"action": "entrust", "recipient": "cloud", "function": "apply",
        "subject": adult(&[consent("entrust.host.cloud")])});
    assert_eq!(by_law(&ask_of(&bare, &hosted)), [Code::RouteMissing]);
    let routed = with(&[contract("lend"), contract("host")]);
    assert_eq!([&lent, &hosted].map(|asked| ask_of(&routed, asked).effect), [Effect::Permit; 2]);
    let sums = json!({"action": "export", "recipient": "pool", "purpose": "advertise", "items": ["phone"],
        "subject": adult(&[consent("export.sums.pool")])});
    assert_eq!(ask_of(&bare, &sums).items[0].outcome, Outcome::Masked, "sums are about nobody");
    let here = json!({"action": "share", "recipient": "assessor", "purpose": "assess-loss",
        "subject": adult(&[consent("share.assess.assessor")])});
    assert_eq!(ask_of(&bare, &here).effect, Effect::Permit, "nor does what stays here need any");
}

#[test]
fn r35_a_route_ends_with_its_last_day() {
    let ended = with(&[("cede", "security-assessment", "until = 2026-05-31", 20_000, 10)]);
    let (last, next) = (json!({"at": "2026-05-31T23:59:59+08:00"}), json!({"at": "2026-06-01T00:00:00+08:00"}));
    assert_eq!(cede(&ended, &last).effect, Effect::Permit);
    assert_eq!(by_law(&cede(&ended, &next)), [Code::RouteMissing]);
    let renewed = with(&[
        ("cede", "security-assessment", "until = 2026-05-31", 20_000, 10),
        ("cede", "security-assessment", "until = 2029-05-31", 20_000, 10),
    ]);
    assert_eq!(cede(&renewed, &next).effect, Effect::Permit, "the second goes on where the first ends");
}

#[test]
fn r36_a_route_bears_no_more_people_than_the_law_gives_it() {
    let by = |by: &str, persons: u32| with(&[("cede", by, "", persons, 0)]);
    let codes = |tables: &Tables, at: &str| by_law(&cede(tables, &json!({"at": at})));
    for (route, persons, bears) in [
        ("standard-contract", 999_999, true),
        ("standard-contract", 1_000_000, false),
        ("certification", 1_000_000, false),
        ("few-persons", 99_999, true),
        ("few-persons", 100_000, false),
        ("security-assessment", 30_000_000, true),
        ("contract", 30_000_000, true),
    ] {
        let expected = if bears { vec![] } else { vec![Code::RouteExceeded] };
        assert_eq!(codes(&by(route, persons), NOW), expected, "{route} {persons}");
    }
    let large = by("standard-contract", 1_000_000);
    assert_eq!(codes(&large, "2024-03-21T23:59:59+08:00"), NONE, "no ceiling was in force");
    assert_eq!(codes(&large, "2024-03-22T00:00:00+08:00"), [Code::RouteExceeded]);
    let told = cede(&large, &json!({}));
    assert_eq!(reasons(&told, Side::Law)[0].article.as_deref(), Some("《促进和规范数据跨境流动规定》 (R36)"));
}

#[test]
fn r36_sensitive_items_leave_on_a_route_that_counts_them() {
    let both = json!({"items": ["name", "bank-card"],
        "subject": adult(&[consent(CEDE), consent("export.cede.pool.financial-account")])});
    let outcomes = |by: &str, sensitive: u32| {
        let tables = with(&[("cede", by, "", 20_000, sensitive)]);
        // R15 asks for a page that tells of the card in any case.
        let answer = cede(&tables, &both);
        let exceeded = |item: usize| answer.items[item].reasons.iter().any(|one| one.code == Code::RouteExceeded);
        [exceeded(0), exceeded(1)]
    };
    assert_eq!(outcomes("standard-contract", 0), [false, true]);
    assert_eq!(outcomes("standard-contract", 1), [false, false]);
    assert_eq!(outcomes("standard-contract", 10_000), [true, true], "too many of them for any item");
    assert_eq!(outcomes("few-persons", 0), [false, true], "one sensitive datum needs a route that is granted");
    assert_eq!(outcomes("contract", 0), [false, false], "nobody is counted there");
}

#[test]
fn r37_leaving_the_country_has_a_consent_of_its_own() {
    let routed = with(&[contract("cede"), contract("lend"), contract("host")]);
    let ticked = |scope: &str| adult(&[consent_with(scope, &json!({"artefact": "tick"}))]);
    let bundled = cede(&routed, &json!({"subject": ticked(CEDE)}));
    assert_eq!((by_policy(&bundled), by_law(&bundled)), (vec![], vec![Code::SeparateConsentMissing]));
    let lent = ask_of(
        &routed,
        &json!({"action": "share", "recipient": "pool", "purpose": "assess-loss", "subject": adult(&[])}),
    );
    assert_eq!(reasons(&lent, Side::Law)[0].article.as_deref(), Some("《个人信息保护法》第三十九条 (R37)"));
}

#[test]
fn r37_who_consented_to_a_function_has_not_let_its_data_go_abroad() {
    let routed = with(&[contract("host")]);
    let hosted = |function: &str, consents: &[Value]| {
        json!({"action": "entrust", "recipient": "cloud", "function": function, "channel": "app", "product": "life",
            "subject": adult(consents)})
    };
    let visit = ask_of(&routed, &hosted("visit", &[consent("collect.visit")]));
    assert_eq!((by_policy(&visit), by_law(&visit)), (vec![], vec![Code::SeparateConsentMissing]));
    let (own, tick) = ("entrust.host.cloud", json!({"artefact": "tick"}));
    assert_eq!(by_law(&ask_of(&routed, &hosted("visit", &[consent_with(own, &tick)]))), [Code::SeparateConsentMissing]);
    assert_eq!(ask_of(&routed, &hosted("visit", &[consent(own)])).effect, Effect::Permit);
    // Beside a contract the switch decides, as it does for everybody else who gets something.
    assert_eq!(by_law(&ask_of(&routed, &hosted("apply", &[]))), [Code::SeparateConsentMissing]);
    let table = "[[route]]\nshare = \"host\"\nby = \"contract\"\npersons = 1\nsensitive = 0\nanswers = \"R35\"\n\n[[alternative]]";
    let lenient = changed(
        &[("[[promise]]", ABROAD)],
        &[("[[alternative]]", table), ("separate-beyond-consent = true", "separate-beyond-consent = false")],
    );
    assert_eq!(ask_of(&lenient, &hosted("apply", &[])).effect, Effect::Permit, "the ground is contract");
}

#[test]
fn r35_to_r37_are_proved_on_every_row() {
    let ended = ("cede", "certification", "until = 2025-12-31", 20_000, 10);
    for routes in [
        vec![],
        vec![contract("cede"), contract("lend"), contract("host")],
        vec![ended, ("cede", "few-persons", "", 10, 0), ("lend", "standard-contract", "", 2_000_000, 0)],
    ] {
        let tables = with(&routes);
        tables_match_meaning(&tables).unwrap_or_else(|mismatch| panic!("{mismatch}"));
        let turn = jiff::civil::date(2026, 1, 1);
        assert_eq!(tables.intervals().any(|day| day == turn), routes.contains(&ended), "{routes:?}");
    }
}

fn mended(tables: &Tables, consents: &[Value]) -> Mending {
    let question = json!({"platform": "fuhe", "person": "applicant", "items": ["name"], "action": "export", "recipient": "pool",
        "purpose": "apply", "subject": adult(consents)});
    let question: Processing = serde_json::from_value(question).unwrap();
    mend(tables, &question, NOW.parse::<Timestamp>().unwrap())
}

#[test]
fn r35_what_would_mend_it_is_a_route_beside_the_consent() {
    let told = |mending: &Mending| {
        let sets = mending.sets.iter().map(|set| set.changes.iter().map(|change| change.what).collect::<Vec<_>>());
        sets.collect::<Vec<_>>()
    };
    let bare = with(&[]);
    let consented = mended(&bare, &[consent(CEDE)]);
    assert_eq!(told(&consented), [["route"]]);
    assert_eq!(
        consented.sets[0].changes[0].text,
        "operation.toml declares a route abroad for 向境外分保 cede, that is in date: [[route]]"
    );
    assert_eq!((consented.effect, consented.sets[0].effect), (Effect::Deny, Effect::Permit));
    let silent = mended(&bare, &[]);
    assert!(told(&silent).contains(&vec!["consent", "route"]), "{silent:#?}");
    let exceeded = mended(&with(&[("cede", "standard-contract", "", 1_000_000, 0)]), &[consent(CEDE)]);
    assert!(exceeded.sets[0].changes[0].text.contains("for as many people"), "{exceeded:#?}");
    let routed = mended(&with(&[contract("cede")]), &[]);
    assert_eq!(told(&routed), [["consent"]], "where there is one, none is asked for");
}

#[test]
fn r35_is_listed_among_what_the_law_closes() {
    let closed = strict(&with(&[]), NOW.parse().unwrap()).closed;
    let slots: Vec<&str> = closed
        .iter()
        .filter(|one| one.flow.origin.element.id == "lend")
        .flat_map(|one| &one.opened_by)
        .map(|one| one.slot.as_str())
        .collect();
    assert_eq!(slots, ["operation: route"]);
}
