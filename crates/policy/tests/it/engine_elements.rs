//! Sources, authority, Do-Not-Track, virtual numbers, suspended recipients, takeovers: each on the insurer of our own.

use std::sync::{Arc, LazyLock};

use serde_json::{Value, json};
use shouyue_policy::compile::Tables;
use shouyue_policy::prove::tables_match_meaning;
use shouyue_policy::question::{Answer, Code, Effect, Obligation, Outcome};

use super::engine::{adult, ask_of, by_law, by_policy, changed, consent, consent_with};

const NONE: [Code; 0] = [];

const MORE: &str = r#"
[[fact]]
id = "within"
name = "在原授权范围之内"
attested = "staff"

[[fact]]
id = "do-not-track"
name = "请勿跟踪"
attested = "system"

[[source]]
id = "bureau"
name = "征信机构"
class = "credit-agency"
consent = "written"
within = "within"
beyond = "separate"

[[source]]
id = "hospital"
name = "医院"
class = "data-holder"
silent = ["consent", "beyond"]

[[function]]
id = "enquire"
name = "查询"
kind = "additional"
purposes = ["apply"]
basis = "consent"
consent = "general"
silent = ["refused"]

[[function.collect]]
of = "applicant"
items = ["name", "phone"]
need = "optional"
trigger = "source"
source = ["bureau", "hospital"]
silent = ["sensitive"]

[[function.collect]]
of = "applicant"
items = ["email"]
need = "optional"
trigger = "source"
source = "bureau"
silent = ["sensitive"]

[[function.collect]]
of = "insured"
items = ["name"]
need = "optional"
trigger = "given"
typed-by = "applicant"
authority = "own-consent"
silent = ["sensitive"]

[[function.collect]]
of = "insured"
items = ["phone"]
need = "optional"
trigger = "given"
typed-by = "applicant"
authority = "assured"
silent = ["sensitive"]

[[function.collect]]
of = "insured"
items = ["email"]
need = "optional"
trigger = "given"
typed-by = "applicant"
authority = "deemed"
silent = ["sensitive"]

[[function.collect]]
of = "insured"
items = ["sex"]
need = "optional"
trigger = "given"
typed-by = "applicant"
authority = "guardian"
silent = ["sensitive"]

[[function.collect]]
of = "insured"
items = ["marital-status"]
need = "optional"
trigger = "given"
typed-by = "applicant"
silent = ["sensitive", "authority"]

[[tracker]]
id = "pixel"
name = "像素"
items = ["ip-address"]
purpose = "advertise"
silent = ["refusal", "limited"]

[[exception]]
id = "own-words"
number = 3
name = "自行公开"
acts = ["collect", "share"]
when = { fact = "within" }
article = "published"
article-when = { fact = "urgent" }

[[exception]]
id = "contract"
number = 4
name = "履行合同"
acts = ["collect"]
article = "contract"

[[recipient]]
id = "courier"
name = "快递"
class = "handler"
regime = "virtual-number"
limits = ["no-copy", "delete"]
silent = ["contact", "contract", "exit"]

[[recipient]]
id = "heir"
name = "承继方"
class = "acquirer"
regime = "independent"
silent = ["contact", "contract", "exit"]

[[share]]
id = "delivery"
name = "寄送"
act = "share"
recipient = "courier"
purpose = "apply"
of = ["applicant"]
items = ["name", "phone"]
basis = "consent"
consent = "separate"
silent = ["method", "document"]

[[share]]
id = "merger"
name = "合并"
act = "transfer"
recipient = "heir"
purpose = "apply"
of = ["applicant"]
items = ["name"]
consent = "nothing"
silent = ["basis", "method", "document"]

[[promise]]
"#;

static GROWN: LazyLock<Arc<Tables>> = LazyLock::new(|| {
    let suspended = "[[suspended]]\nrecipient = \"assessor\"\nsince = 2026-03-01\nreason = \"r\"\nanswers = \"R63\"\n\n\
        [[suspended]]\nparty = \"anhe\"\nsince = 2026-03-01\nreason = \"r\"\nanswers = \"R63\"\n\n[[alternative]]";
    let policy = [("do-not-track = \"nothing\"", "do-not-track = true"), ("[[promise]]", MORE)];
    changed(&policy, &[("[[alternative]]", suspended)])
});

fn ask(keys: &Value) -> Answer {
    ask_of(&GROWN, keys)
}

#[test]
fn every_row_says_what_it_means() {
    tables_match_meaning(&GROWN).unwrap_or_else(|mismatch| panic!("{mismatch}"));
}

#[test]
fn what_comes_from_a_source_needs_the_consents_that_the_text_asks() {
    let written = consent_with("inbound.bureau", &json!({"artefact": "written"}));
    let own = consent("collect.enquire");
    let from = |source: &str, within: Value, consents: &[Value]| {
        ask(&json!({"action": "collect", "function": "enquire", "source": source, "facts": {"within": within},
            "subject": adult(consents)}))
    };
    assert_eq!(from("hospital", json!(true), std::slice::from_ref(&own)).effect, Effect::Permit);
    assert_eq!(by_policy(&from("bureau", json!(true), std::slice::from_ref(&own))), [Code::WrittenConsentMissing]);
    let both = [own.clone(), written.clone()];
    assert_eq!(from("bureau", json!(true), &both).effect, Effect::Permit);
    let beyond = from("bureau", json!(false), &both);
    assert_eq!(by_policy(&beyond), [Code::SeparateConsentMissing]);
    assert_eq!(by_law(&beyond), [Code::SeparateConsentMissing], "R23: beyond the original word a new consent");
    let all = [own.clone(), written.clone(), consent("inbound.bureau.beyond")];
    assert_eq!(from("bureau", json!(false), &all).effect, Effect::Permit);
    let unknown =
        ask(&json!({"action": "collect", "function": "enquire", "source": "bureau", "subject": adult(&both)}));
    assert_eq!((by_policy(&unknown), by_law(&unknown)), (vec![Code::FactUnknown], vec![Code::FactUnknown]));
    assert_eq!(by_policy(&from("neighbour", json!(true), &all)), [Code::UnknownSource]);
    let unnamed =
        ask(&json!({"action": "collect", "function": "enquire", "facts": {"within": true}, "subject": adult(&all)}));
    assert_eq!(
        (unnamed.effect, by_policy(&unnamed)),
        (Effect::Deny, vec![Code::FactUnknown]),
        "from which of the two?"
    );
    let only = json!({"action": "collect", "function": "enquire", "facts": {"within": true}, "items": ["email"],
        "subject": adult(&both)});
    assert_eq!(ask(&only).effect, Effect::Permit, "there is one source for it");
}

#[test]
fn r11_credit_enquiries_need_a_written_consent() {
    let ticked = consent_with("inbound.bureau", &json!({"artefact": "tick"}));
    let collected = |given: &[Value]| {
        ask(&json!({"action": "collect", "function": "enquire", "items": ["email"], "facts": {"within": true},
            "subject": adult(given)}))
    };
    assert_eq!(by_law(&collected(&[consent("collect.enquire"), ticked])), [Code::WrittenConsentMissing]);
    let written = consent_with("inbound.bureau", &json!({"artefact": "written"}));
    assert_eq!(by_law(&collected(&[consent("collect.enquire"), written])), NONE);
}

#[test]
fn whose_consent_counts_is_what_the_text_says_and_for_the_law_the_persons_own() {
    let typed = |item: &str, by: &str| {
        let given = consent_with("collect.enquire", &json!({"by": by}));
        ask(&json!({"action": "collect", "function": "enquire", "person": "insured", "items": [item],
            "subject": adult(&[given])}))
    };
    for (item, by, published) in [
        ("name", "other", vec![Code::ConsentByOther]),
        ("name", "self", vec![]),
        ("phone", "other", vec![]),
        ("sex", "self", vec![Code::GuardianConsentMissing]),
        ("sex", "guardian", vec![]),
        ("marital-status", "other", vec![Code::ConsentByOther]),
    ] {
        assert_eq!(by_policy(&typed(item, by)), published, "{item} {by}");
    }
    assert_eq!(by_law(&typed("phone", "other")), [Code::ConsentByOther], "R19");
    let nobody = ask(&json!({"action": "collect", "function": "enquire", "person": "insured", "items": ["email"],
        "subject": adult(&[])}));
    assert_eq!(
        (by_policy(&nobody), by_law(&nobody)),
        (NONE.to_vec(), vec![Code::ConsentMissing]),
        "deemed is no consent"
    );
}

#[test]
fn trackers_ask_the_browser_first() {
    let tracked = |facts: Value| {
        ask(&json!({"action": "collect", "purpose": "advertise", "items": ["ip-address"], "facts": facts,
            "subject": adult(&[consent("track.pixel")])}))
    };
    assert_eq!(tracked(json!({"do-not-track": false})).effect, Effect::Permit);
    assert_eq!(by_policy(&tracked(json!({"do-not-track": true}))), [Code::DoNotTrack]);
    let unknown = tracked(json!({}));
    assert_eq!((unknown.effect, by_policy(&unknown)), (Effect::Deny, vec![Code::FactUnknown]));
}

#[test]
fn a_courier_calls_a_virtual_number() {
    let answer =
        ask(&json!({"action": "share", "recipient": "courier", "purpose": "apply", "items": ["name", "phone"],
        "subject": adult(&[consent("share.delivery.courier")])}));
    let outcomes: Vec<_> = answer.items.iter().map(|item| (item.outcome, item.law)).collect();
    assert_eq!(outcomes, [(Outcome::Clear, Outcome::Clear), (Outcome::Masked, Outcome::Clear)]);
    assert_eq!(answer.items[1].reasons[0].code, Code::VirtualNumber);
    for duty in [Obligation::VirtualNumber, Obligation::NoCopy, Obligation::Delete] {
        assert!(answer.obligations.contains(&duty), "{:?}", answer.obligations);
    }
}

#[test]
fn r63_nothing_goes_to_the_suspended() {
    let to = |recipient: &str, party: Option<&str>, purpose: &str, at: &str| {
        let scope = if recipient == "agency" { "share.query.agency" } else { "share.assess.assessor" };
        let given = consent_with(scope, &json!({"party": party}));
        ask(&json!({"action": "share", "recipient": recipient, "party": party, "purpose": purpose, "at": at,
            "subject": adult(&[given])}))
    };
    let (before, after) = ("2026-02-28T23:59:59+08:00", "2026-03-01T00:00:00+08:00");
    assert_eq!(to("assessor", None, "assess-loss", before).effect, Effect::Permit);
    let stopped = to("assessor", None, "assess-loss", after);
    assert_eq!(
        (by_policy(&stopped), by_law(&stopped)),
        (vec![Code::RecipientSuspended], vec![Code::RecipientSuspended])
    );
    assert_eq!(by_law(&to("agency", Some("anhe"), "apply", after)), [Code::RecipientSuspended]);
    assert_eq!(by_law(&to("agency", Some("xinfan"), "apply", after)), NONE, "the other agency goes on");
}

#[test]
fn r29_who_takes_over_takes_the_data_along() {
    let answer = ask(&json!({"action": "transfer", "recipient": "heir", "purpose": "apply", "subject": adult(&[])}));
    assert_eq!((answer.effect, by_law(&answer)), (Effect::Permit, NONE.to_vec()), "PIPL 22 asks for no consent");
    assert!(answer.obligations.contains(&Obligation::TellOfTransfer));
}

#[test]
fn r5_an_exception_answers_for_its_own_conditions() {
    let collected = |exception: &str, person: &str, facts: Value| {
        ask(
            &json!({"action": "collect", "function": "enquire", "person": person, "exception": exception, "facts": facts,
            "subject": adult(&[])}),
        )
    };
    let claimed = |facts: Value| collected("own-words", "insured", facts);
    let free = claimed(json!({"within": true, "urgent": true}));
    assert!(!by_law(&free).contains(&Code::ExceptionNotInLaw) && !by_law(&free).contains(&Code::FactUnknown));
    assert!(by_policy(&claimed(json!({"within": false}))).contains(&Code::ConditionFalse));
    let unknown = claimed(json!({}));
    let named: Vec<_> = unknown.items[0].reasons.iter().filter(|reason| reason.code == Code::FactUnknown).collect();
    assert!(named.iter().any(|reason| reason.fact.as_deref() == Some("within")), "{named:?}");
    assert!(!by_policy(&unknown).contains(&Code::ConditionFalse));
    let wider = claimed(json!({"within": true, "urgent": false}));
    assert!(by_law(&wider).contains(&Code::ExceptionNotInLaw), "the article demands more than the text");
    assert!(!by_policy(&wider).contains(&Code::FactUnknown), "the text does not");
    let theirs = ask(&json!({"action": "collect", "function": "enquire", "person": "insured", "exception": "4",
        "subject": adult(&[])}));
    assert!(by_law(&theirs).contains(&Code::NotParty), "R19: {:?}", by_law(&theirs));
}

#[test]
fn r23_lesser_grounds_do_not_let_data_leave_alone() {
    let shared = ask(&json!({"action": "share", "recipient": "courier", "purpose": "apply", "exception": "own-words",
        "facts": {"within": true, "urgent": true}, "subject": adult(&[])}));
    assert_eq!(by_policy(&shared), NONE);
    assert_eq!(by_law(&shared), [Code::SeparateConsentMissing]);
}

#[test]
fn the_published_side_asks_for_the_form_that_the_text_asks_for() {
    let with = |artefact: &str| {
        let given = consent_with("share.delivery.courier", &json!({"artefact": artefact}));
        ask(&json!({"action": "share", "recipient": "courier", "purpose": "apply", "subject": adult(&[given])}))
    };
    assert_eq!(by_policy(&with("tick")), [Code::SeparateConsentMissing]);
    assert_eq!(by_policy(&with("separate")), NONE);
}

#[test]
fn r10_all_that_is_told_of_a_child_is_sensitive() {
    let of_child = |artefact: &str| {
        let given = consent_with("collect.enquire", &json!({"by": "guardian", "artefact": artefact}));
        ask(&json!({"action": "collect", "function": "enquire", "person": "insured", "items": ["sex"],
            "subject": {"born": "2016-05-01", "consents": [given]}}))
    };
    assert_eq!(by_law(&of_child("tick")), [Code::SeparateConsentMissing]);
    assert_eq!(by_law(&of_child("separate")), NONE);
}

/// Of whom the company attests that he is of age, he is not under eighteen; whether he is under sixty nobody said.
#[test]
fn an_attested_age_says_nothing_of_later_ones() {
    let condition = ("name = \"学术研究\"\n", "name = \"学术研究\"\nwhen = { age-under = 60 }\n");
    let attest = ("separate-beyond-consent = true\n", "separate-beyond-consent = true\nadults = [\"applicant\"]\n");
    let tables = changed(&[condition], &[attest]);
    let relying = |born: &Value| {
        ask_of(
            &tables,
            &json!({"action": "share", "recipient": "assessor", "purpose": "assess-loss", "exception": "academic",
            "subject": born}),
        )
    };
    assert!(by_policy(&relying(&json!({}))).contains(&Code::FactUnknown));
    assert!(by_policy(&relying(&json!({"born": "1950-05-01"}))).contains(&Code::ConditionFalse));
    assert_eq!(by_policy(&relying(&json!({"born": "1990-05-01"}))), NONE);
    tables_match_meaning(&tables).unwrap_or_else(|mismatch| panic!("{mismatch}"));
}

#[test]
fn what_an_article_demands_may_be_an_age() {
    let demand = ("article = \"emergency\"\n", "article = \"emergency\"\narticle-when = { age-under = 60 }\n");
    let tables = changed(&[demand], &[]);
    let relying = |born: &str| {
        ask_of(
            &tables,
            &json!({"action": "share", "recipient": "assessor", "purpose": "assess-loss", "exception": "emergency",
            "facts": {"urgent": true}, "subject": {"born": born}}),
        )
    };
    assert!(by_law(&relying("1950-05-01")).contains(&Code::ExceptionNotInLaw));
    assert_eq!(by_law(&relying("1990-05-01")), NONE);
}
