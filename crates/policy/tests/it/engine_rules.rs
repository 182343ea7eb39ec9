//! The rules of the catalogue that change an answer, one test and more for each.

use serde_json::json;
use shouyue_policy::question::{Code, Effect, Obligation, Outcome, Side};
use shouyue_policy::syntax::Basis;

use super::engine::{adult, ask, ask_of, by_law, by_policy, changed, consent, consent_with, reasons};

const NONE: [Code; 0] = [];

fn base(function: &str) -> String {
    format!("collect.{function}")
}

#[test]
fn r67_who_acts_in_an_emergency_tells_afterwards() {
    let asked = |urgent: bool, consents: &[_]| {
        ask(
            &json!({"action": "collect", "function": "visit", "channel": "app", "product": "life", "exception": "emergency",
            "facts": {"urgent": urgent}, "subject": adult(consents)}),
        )
    };
    let urgent = asked(true, &[]);
    assert_eq!((urgent.effect, urgent.basis), (Effect::Permit, Some(Basis::Emergency)));
    assert!(urgent.obligations.contains(&Obligation::TellAfterwards), "{:?}", urgent.obligations);
    for other in [asked(false, &[]), asked(true, &[consent("collect.visit")])] {
        assert!(!other.obligations.contains(&Obligation::TellAfterwards), "nothing is done, or by consent: {other:?}");
    }
}

#[test]
fn a_contract_carries_its_party() {
    let answer = ask(&json!({"action": "collect", "function": "apply", "subject": adult(&[])}));
    assert_eq!(answer.effect, Effect::Permit, "{:#?}", answer.items);
    assert_eq!(answer.basis, Some(Basis::Contract));
}

#[test]
fn r2_nothing_without_a_declared_purpose() {
    let other = ask(&json!({"action": "collect", "function": "apply", "purpose": "advertise", "subject": adult(&[])}));
    assert_eq!((by_policy(&other), by_law(&other)), (vec![Code::NotDeclared], vec![Code::NotDeclared]));
    assert_eq!(reasons(&other, Side::Law)[0].article.as_deref(), Some("《个人信息保护法》第六条、第十七条 (R2)"));
    let unknown = ask(&json!({"action": "collect", "function": "apply", "purpose": "fun", "subject": adult(&[])}));
    assert_eq!(by_law(&unknown), [Code::UnknownPurpose]);
    let aimless =
        ask(&json!({"action": "collect", "function": "aimless", "subject": adult(&[consent("collect.aimless")])}));
    assert_eq!(by_law(&aimless), [Code::NotStated, Code::EnforcedAsPublished]);
    assert_eq!(aimless.effect, Effect::Permit, "the operation file enforces the published policy alone there");
}

#[test]
fn r4_silence_is_no_ground() {
    let question = |consents: &[_]| {
        ask(&json!({"action": "use", "function": "silent", "person": "insured", "subject": adult(consents)}))
    };
    let without = question(&[]);
    assert_eq!((by_policy(&without), by_law(&without)), (vec![Code::ConsentMissing], vec![Code::NoBasis]));
    let with = question(&[consent("collect.silent")]);
    assert_eq!((with.effect, with.basis), (Effect::Permit, Some(Basis::Consent)));
}

#[test]
fn r5_an_exception_needs_an_article() {
    let visit = json!({"action": "collect", "function": "visit", "channel": "app", "product": "life"});
    let claim = |exception: &str, urgent: bool| {
        let mut question = visit.clone();
        question["exception"] = json!(exception);
        question["facts"] = json!({"urgent": urgent});
        question["subject"] = adult(&[]);
        ask(&question)
    };
    let academic = claim("学术研究", true);
    assert_eq!(by_policy(&academic), NONE, "the text has it");
    assert_eq!(by_law(&academic), [Code::ConsentMissing, Code::ExceptionNotInLaw]);
    let urgent = claim("1", true);
    assert_eq!((urgent.effect, urgent.basis), (Effect::Permit, Some(Basis::Emergency)));
    assert_eq!(urgent.exception.as_deref(), Some("emergency"));
    let calm = claim("emergency", false);
    assert_eq!(by_policy(&calm), [Code::ConditionFalse, Code::ConsentMissing]);
}

#[test]
fn r7_a_box_ticked_beforehand_is_no_consent() {
    let prechecked = consent_with(&base("silent"), &json!({"artefact": "prechecked"}));
    let answer =
        ask(&json!({"action": "use", "function": "silent", "person": "insured", "subject": adult(&[prechecked])}));
    assert_eq!(by_policy(&answer), [Code::ConsentPrechecked]);
    assert_eq!(by_law(&answer), [Code::ConsentPrechecked]);
}

#[test]
fn r8_a_consent_holds_for_its_version() {
    let old = consent_with(&base("silent"), &json!({"policy": "2020-10-26"}));
    let answer = ask(&json!({"action": "use", "function": "silent", "person": "insured", "subject": adult(&[old])}));
    assert_eq!(by_policy(&answer), [Code::ConsentOfOtherVersion]);
    let print = super::engine::fuhe().policy().to_string();
    let this = consent_with(&base("silent"), &json!({"policy": print}));
    let answer = ask(&json!({"action": "use", "function": "silent", "person": "insured", "subject": adult(&[this])}));
    assert_eq!(answer.effect, Effect::Permit);
}

#[test]
fn r10_sensitive_items_need_their_own_scope() {
    let card = |consents: &[_]| {
        ask(&json!({"action": "collect", "function": "apply", "items": ["bank-card"], "subject": adult(consents)}))
    };
    let without = card(&[]);
    assert_eq!((without.items[0].published, without.items[0].law), (Outcome::Clear, Outcome::Withheld));
    let [reason] = reasons(&without, Side::Law)[..] else { panic!("{without:#?}") };
    assert_eq!(reason.code, Code::SeparateConsentMissing);
    assert_eq!(reason.scope.as_deref(), Some("collect.apply.financial-account"));
    assert_eq!(reason.article.as_deref(), Some("《个人信息保护法》第二十九条 (R10)"));
    assert_eq!(card(&[consent("collect.apply.financial-account")]).effect, Effect::Permit);
    let bundled = consent_with("collect.apply.financial-account", &json!({"artefact": "tick"}));
    assert_eq!(by_law(&card(&[bundled])), [Code::SeparateConsentMissing], "one tick among others is not separate");
}

#[test]
fn r10_can_be_switched_to_consent_alone() {
    let tables = changed(&[], &[("separate-beyond-consent = true", "separate-beyond-consent = false")]);
    let question = json!({"action": "collect", "function": "apply", "items": ["bank-card"], "subject": adult(&[])});
    assert_eq!(ask_of(&tables, &question).effect, Effect::Permit, "the ground is contract");
}

#[test]
fn r12_withdrawal_counts_from_the_next_act_on() {
    let withdrawn = consent_with(&base("silent"), &json!({"withdrawn": "2026-05-01T00:00:00+08:00"}));
    let at = |instant: &str| {
        ask(&json!({"action": "use", "function": "silent", "person": "insured", "at": instant,
            "subject": adult(std::slice::from_ref(&withdrawn))}))
    };
    assert_eq!(at("2026-04-30T23:59:59+08:00").effect, Effect::Permit, "what was lawful before stays so");
    let after = at("2026-05-01T00:00:00+08:00");
    assert_eq!((by_policy(&after), by_law(&after)), (vec![Code::ConsentWithdrawn], vec![Code::ConsentWithdrawn]));
}

#[test]
fn r15_nobody_works_with_sensitive_items_untold() {
    let scopes = ["collect.visit", "collect.visit.financial-account"].map(consent);
    let question = json!({"action": "collect", "function": "visit", "channel": "app", "product": "life",
        "items": ["bank-card"], "subject": adult(&scopes)});
    let untold = ask(&question);
    assert_eq!((by_policy(&untold), by_law(&untold)), (vec![], vec![Code::NotStated]));
    let told = changed(
        &[],
        &[(
            "function = \"apply\"\nitems = [\"bank-card\", \"face-image\"]",
            "function = \"visit\"\nitems = [\"bank-card\"]",
        )],
    );
    assert_eq!(ask_of(&told, &question).effect, Effect::Permit);
}

#[test]
fn r16_sensitivity_is_dated() {
    let tables = changed(&[], &[("sensitivity = \"strictest\"", "sensitivity = \"pipl-28\"")]);
    let at = |instant: &str| {
        ask_of(
            &tables,
            &json!({"action": "collect", "function": "apply", "items": ["face-image"], "at": instant,
            "subject": adult(&[])}),
        )
    };
    assert_eq!(by_law(&at("2021-10-31T12:00:00+08:00")), NONE);
    assert_eq!(by_law(&at("2021-11-01T12:00:00+08:00")), [Code::SeparateConsentMissing]);
}

#[test]
fn r17_a_guardian_consents_for_a_child() {
    let child = |by: &str| {
        let consent = consent_with(&base("silent"), &json!({"by": by}));
        ask(&json!({"action": "use", "function": "silent", "person": "insured",
            "subject": {"born": "2014-01-01", "consents": [consent]}}))
    };
    assert_eq!(by_law(&child("self")), [Code::GuardianConsentMissing]);
    assert_eq!(child("guardian").effect, Effect::Permit);
    let contract = ask(&json!({"action": "collect", "function": "apply", "subject": {"born": "2014-01-01"}}));
    assert_eq!(by_law(&contract), [Code::GuardianConsentMissing], "whatever the ground");
    assert_eq!(by_policy(&contract), [Code::GuardianConsentMissing], "the text asks for it under sixteen");
    let duty = ask(&json!({"action": "collect", "function": "statutory", "subject": {"born": "2014-01-01"}}));
    assert_eq!(duty.effect, Effect::Permit, "unless the law itself commands");
}

#[test]
fn r17_the_text_may_ask_a_guardian_for_longer() {
    let answer = ask(&json!({"action": "collect", "function": "apply", "subject": {"born": "2011-01-01"}}));
    assert_eq!((by_policy(&answer), by_law(&answer)), (vec![Code::GuardianConsentMissing], vec![]));
}

#[test]
fn r17_an_unknown_age_is_a_childs_for_separate_consent() {
    let consents = ["collect.apply.financial-account"].map(consent);
    let answer = ask(&json!({"action": "collect", "function": "apply", "items": ["name", "bank-card"],
        "subject": {"consents": consents}}));
    assert_eq!(answer.items[0].outcome, Outcome::Clear);
    assert_eq!(answer.items[1].reasons.iter().map(|reason| reason.code).collect::<Vec<_>>(), [Code::AgeUnknown]);
}

#[test]
fn r18_staff_needs_approval_for_minors() {
    let staff = |born: Option<&str>, approved: bool| {
        let mut subject = json!({"consents": [consent("collect.visit")]});
        if let Some(born) = born {
            subject["born"] = json!(born);
        }
        ask(&json!({"action": "use", "function": "visit", "channel": "app", "product": "life", "subject": subject,
            "actor": {"kind": "staff", "role": "claims", "approved": approved}}))
    };
    assert_eq!(by_law(&staff(Some("2009-01-01"), false)), [Code::ApprovalMissing]);
    assert_eq!(by_law(&staff(Some("2009-01-01"), true)), NONE);
    assert_eq!(by_law(&staff(Some("1990-01-01"), false)), NONE);
    assert_eq!(by_law(&staff(None, false)), [Code::AgeUnknown, Code::ApprovalMissing]);
}

#[test]
fn r19_each_person_has_its_own_ground() {
    let insured = |consents: &[_]| {
        ask(&json!({"action": "collect", "function": "apply", "person": "insured",
            "facts": {"same-person": []}, "subject": adult(consents)}))
    };
    assert_eq!((by_policy(&insured(&[])), by_law(&insured(&[]))), (vec![], vec![Code::NotParty]));
    assert_eq!(insured(&[consent("collect.apply")]).basis, Some(Basis::Consent));
    let spoken_for = consent_with("collect.apply", &json!({"by": "other"}));
    assert_eq!(by_law(&insured(&[spoken_for])), [Code::ConsentByOther]);
    let switched = changed(&[], &[("insured-is-party = false", "insured-is-party = true")]);
    let question = json!({"action": "collect", "function": "apply", "person": "insured",
        "facts": {"same-person": []}, "subject": adult(&[])});
    assert_eq!(ask_of(&switched, &question).effect, Effect::Permit);
}

#[test]
fn r20_genes_are_no_matter_for_underwriting() {
    let scopes = ["collect.underwrite", "collect.underwrite.biometric"].map(consent);
    let answer = ask(&json!({"action": "use", "function": "underwrite", "person": "insured",
        "items": ["genetic-information"], "subject": adult(&scopes)}));
    assert!(by_law(&answer).contains(&Code::Genetic), "{answer:#?}");
    assert_eq!(by_policy(&answer), NONE);
}

#[test]
fn r20_underwriting_is_known_by_each_of_its_names_and_by_the_cover_that_begins() {
    let scopes = ["collect.underwrite", "collect.underwrite.biometric"].map(consent);
    let asked = json!({"action": "use", "function": "underwrite", "person": "insured",
        "items": ["genetic-information"], "subject": adult(&scopes)});
    let barred = |purpose: &str, function: &str, makes: &str| {
        let tables = changed(
            &[
                ("name = \"核保\"", &format!("name = \"{purpose}\"")),
                ("name = \"风险评估\"", &format!("name = \"{function}\"\n{makes}")),
            ],
            &[],
        );
        by_law(&ask_of(&tables, &asked)).contains(&Code::Genetic)
    };
    for name in ["受理投保", "核保", "承保评估", "健康告知", "费率厘定", "风险评估"] {
        assert!(barred(name, "资料", "") && barred("用途", name, ""), "{name}");
    }
    for name in ["协助理赔", "联系投保人", "向承保公司报案"] {
        assert!(!barred(name, name, ""), "{name}");
    }
    assert!(barred("用途", "资料", "makes = \"policy\""), "a cover begins with its record");
}

#[test]
fn r23_a_recipient_has_a_name() {
    let share = |recipient: &str, party: Option<&str>, consents: &[_]| {
        ask(&json!({"action": "share", "recipient": recipient, "party": party, "subject": adult(consents)}))
    };
    let vague = [consent_with("share.vague.partners", &json!({"party": "lihe"}))];
    assert_eq!(by_law(&share("partners", None, &vague)), [Code::SeparateConsentMissing, Code::RecipientUnnamed]);
    assert_eq!(
        share("partners", Some("利合商贸"), &vague).effect,
        Effect::Permit,
        "a named party of the class is fine"
    );
    let anhe = [consent_with("share.query.agency", &json!({"party": "anhe"}))];
    assert_eq!(share("agency", Some("anhe"), &anhe).effect, Effect::Permit);
    assert_eq!(
        by_law(&share("agency", Some("xinfan"), &anhe)),
        [Code::SeparateConsentMissing],
        "each party is a grant of its own"
    );
    assert_eq!(by_law(&share("agency", Some("lihe"), &anhe)), [Code::UnknownParty]);
    let general = consent_with("share.assess.assessor", &json!({"artefact": "tick"}));
    let bundled = share("assessor", None, &[general]);
    assert_eq!((by_policy(&bundled), by_law(&bundled)), (vec![], vec![Code::SeparateConsentMissing]));
}

#[test]
fn r25_a_company_of_the_group_passes_the_same_gates() {
    let group = changed(
        &[("class = \"handler\"\nregime = \"independent\"", "class = \"affiliate\"\nregime = \"internal\"")],
        &[],
    );
    let separate = consent("share.assess.assessor");
    let general = consent_with("share.assess.assessor", &json!({"artefact": "tick"}));
    for consents in [vec![], vec![general], vec![separate]] {
        let asked = json!({"action": "share", "recipient": "assessor", "subject": adult(&consents)});
        let (stranger, affiliate) = (ask(&asked), ask_of(&group, &asked));
        assert_eq!(by_law(&stranger), by_law(&affiliate), "{consents:?}");
        assert_eq!(stranger.effect, affiliate.effect);
    }
}

#[test]
fn r6_what_is_de_identified_keeps_its_gates_and_sums_have_none() {
    let less = changed(
        &[(
            "purpose = \"assess-loss\"\nof = [\"applicant\"]\nitems",
            "purpose = \"assess-loss\"\nlevel = \"de-identified\"\nof = [\"applicant\"]\nitems",
        )],
        &[],
    );
    let gone = changed(
        &[(
            "purpose = \"assess-loss\"\nof = [\"applicant\"]\nitems",
            "purpose = \"assess-loss\"\nlevel = \"anonymised\"\nof = [\"applicant\"]\nitems",
        )],
        &[],
    );
    let asked = json!({"action": "share", "recipient": "assessor", "purpose": "assess-loss", "subject": adult(&[])});
    assert_eq!(by_law(&ask_of(&less, &asked)), by_law(&ask(&asked)), "still about a person");
    assert!(!by_law(&ask(&asked)).is_empty());
    assert_eq!(by_law(&ask_of(&gone, &asked)), [], "about nobody any more");
}

#[test]
fn r24_an_endpoint_stands_in_the_list() {
    let to = |endpoint: &str| {
        ask(&json!({"action": "share", "recipient": "assessor", "channel": "app", "endpoint": endpoint,
            "purpose": "assess-loss", "subject": adult(&[consent("share.assess.assessor")])}))
    };
    assert_eq!(to("https://map.example").effect, Effect::Permit);
    let stranger = to("https://other.example");
    assert_eq!((by_policy(&stranger), by_law(&stranger)), (vec![Code::UnknownEndpoint], vec![Code::UnknownEndpoint]));
}

#[test]
fn r28_publishing_needs_a_separate_consent() {
    let disclose = |consents: &[_]| ask(&json!({"action": "disclose", "subject": adult(consents)}));
    assert_eq!(by_law(&disclose(&[])), [Code::SeparateConsentMissing]);
    let listed = disclose(&[consent("disclose.winners")]);
    assert_eq!((listed.items[0].published, listed.items[0].law), (Outcome::Masked, Outcome::Clear));
    assert_eq!(listed.effect, Effect::Partial);
}

#[test]
fn r31_who_objects_is_left_alone() {
    let market = |consents: &[_]| ask(&json!({"action": "market", "purpose": "advertise", "subject": adult(consents)}));
    assert_eq!(market(&[consent("market.letters")]).effect, Effect::Permit);
    let objecting = market(&[consent("market.letters"), consent("opt-out.market.letters")]);
    assert_eq!((by_policy(&objecting), by_law(&objecting)), (vec![Code::OptedOut], vec![Code::OptedOut]));
}

#[test]
fn r33_a_face_needs_its_own_consent_and_another_way() {
    let face = ask(&json!({"action": "collect", "function": "apply", "items": ["face-image"], "subject": adult(&[])}));
    let [reason] = reasons(&face, Side::Law)[..] else { panic!("{face:#?}") };
    assert_eq!(reason.scope.as_deref(), Some("collect.apply.biometric"));
    assert_eq!(reason.article.as_deref(), Some("《人脸识别技术应用安全管理办法》 (R33)"));
    let given = ask(&json!({"action": "collect", "function": "apply", "items": ["face-image"],
        "subject": adult(&[consent("collect.apply.biometric")])}));
    assert_eq!(given.effect, Effect::Permit);
    assert!(serde_json::to_string(&given.obligations).unwrap().contains("offer-alternative"));
}

#[test]
fn r45_what_is_erased_is_gone() {
    let subject = json!({"born": "1990-05-01", "records": [{"class": "policy", "life": "erased"}]});
    let answer = ask(&json!({"action": "use", "function": "apply", "subject": subject}));
    assert_eq!((by_policy(&answer), by_law(&answer)), (vec![Code::Erased], vec![Code::Erased]));
}

#[test]
fn r46_storage_only_means_storage_only() {
    let subject = json!({"born": "1990-05-01", "records": [{"class": "policy", "life": "storage-only"}]});
    let used = ask(&json!({"action": "use", "function": "apply", "subject": subject}));
    assert_eq!((by_policy(&used), by_law(&used)), (vec![], vec![Code::StorageOnly]));
    let duty = ask(&json!({"action": "use", "function": "statutory", "subject": subject}));
    assert_eq!(duty.effect, Effect::Permit);
    let kept = ask(&json!({"action": "retain", "function": "apply", "subject": subject}));
    assert_eq!(kept.effect, Effect::Permit);
    let looked_at = ask(&json!({"action": "show", "subject": subject}));
    assert_eq!(looked_at.effect, Effect::Permit, "the subject may look at what is held");
    let closed = json!({"born": "1990-05-01", "account": "closed"});
    assert_eq!(by_law(&ask(&json!({"action": "use", "function": "apply", "subject": closed}))), [Code::AccountClosed]);
}

#[test]
fn r56_display_is_masked_by_default() {
    let show = |role: &str, clear_view: bool| {
        ask(&json!({"action": "show", "function": "apply", "subject": adult(&[]),
            "actor": {"kind": "staff", "role": role, "clear_view": clear_view}}))
    };
    let masked = show("claims", false);
    assert_eq!((masked.items[0].outcome, masked.items[0].law), (Outcome::Masked, Outcome::Masked));
    assert_eq!(masked.items[0].mask, Some(model::field::Mask::NameSurname));
    assert_eq!(show("claims", true).effect, Effect::Permit);
    assert_eq!(show("desk", true).items[0].outcome, Outcome::Masked, "the role has no clear view");
    let own = ask(&json!({"action": "show", "function": "apply", "subject": adult(&[])}));
    assert_eq!((own.items[0].published, own.items[0].law), (Outcome::Masked, Outcome::Clear));
}

#[test]
fn r57_what_authenticates_does_not_leave() {
    let entrust = |item: &str| {
        ask(&json!({"action": "entrust", "function": "apply", "recipient": "checker", "items": [item],
            "subject": adult(&["collect.apply", "collect.apply.biometric"].map(consent))}))
    };
    assert!(by_law(&entrust("password")).contains(&Code::Authenticator));
    assert_eq!(entrust("face-image").effect, Effect::Permit, "to be verified, a face may be entrusted");
    assert_eq!(entrust("name").basis, Some(Basis::Contract), "entrusting rests on the function");
}

#[test]
fn r58_staff_acts_within_its_role() {
    let role = |role: &str| {
        ask(
            &json!({"action": "use", "function": "statutory", "subject": adult(&[]), "actor": {"kind": "staff", "role": role}}),
        )
    };
    assert_eq!(by_law(&role("claims")), [Code::RoleNotAllowed]);
    assert_eq!(by_law(&role("nobody")), [Code::RoleNotAllowed]);
}

#[test]
fn r62_a_decision_names_the_tables_that_made_it() {
    let answer = ask(&json!({"action": "collect", "function": "apply", "subject": adult(&[])}));
    assert_eq!(answer.tables, super::engine::fuhe().fingerprint());
    let other = changed(&[], &[("insured-is-party = false", "insured-is-party = true")]);
    assert_eq!(other.policy(), super::engine::fuhe().policy(), "a switch is no part of the published policy");
    assert_ne!(other.fingerprint(), super::engine::fuhe().fingerprint(), "and part of the tables");
}

#[test]
fn an_answer_uses_the_law_of_its_day() {
    let at = |instant: &str| {
        ask(&json!({"action": "use", "function": "silent", "person": "insured", "at": instant, "subject": adult(&[])}))
    };
    assert_eq!(by_law(&at("2017-05-31T23:59:59+08:00")), NONE, "no law asks for consent yet");
    assert_eq!(by_law(&at("2021-10-31T23:59:59+08:00")), [Code::NoBasis], "网络安全法 41");
    assert_eq!(by_law(&at("2021-11-01T00:00:00+08:00")), [Code::NoBasis]);
    assert_eq!(by_policy(&at("2021-10-31T23:59:59+08:00")), [Code::ConsentMissing], "the text binds all the same");
}

#[test]
fn conditions_are_kleenes() {
    let insured = |facts: serde_json::Value| {
        ask(&json!({"action": "collect", "function": "apply", "person": "insured", "facts": facts,
            "subject": adult(&[consent("collect.apply")])}))
    };
    let unknown = insured(json!({}));
    assert_eq!((by_policy(&unknown), by_law(&unknown)), (vec![Code::FactUnknown], vec![Code::FactUnknown]));
    assert_eq!(reasons(&unknown, Side::Published)[0].fact.as_deref(), Some("same-person applicant insured"));
    assert_eq!(by_policy(&insured(json!({"same-person": [["applicant", "被保险人"]]}))), [Code::ConditionFalse]);
    assert_eq!(insured(json!({"same-person": []})).effect, Effect::Permit);
}

#[test]
fn a_function_binds_its_channel_and_product() {
    let visit = |channel: Option<&str>, product: Option<&str>| {
        let answer = ask(&json!({"action": "collect", "function": "visit", "channel": channel, "product": product,
            "subject": adult(&[consent("collect.visit")])}));
        (by_policy(&answer), answer.effect)
    };
    assert_eq!(visit(Some("app"), Some("life")), (vec![], Effect::Permit));
    assert_eq!(visit(Some("web"), Some("life")), (vec![Code::NotDeclared], Effect::Deny));
    assert_eq!(visit(Some("app"), Some("travel")), (vec![Code::NotDeclared], Effect::Deny));
    assert_eq!(visit(None, Some("life")), (vec![Code::FactUnknown], Effect::Deny));
    assert_eq!(visit(Some("app"), None), (vec![Code::FactUnknown], Effect::Deny));
}

#[test]
fn a_permission_that_is_off_stops_its_items() {
    let answer = ask(&json!({"action": "collect", "function": "visit", "channel": "app", "product": "life",
        "facts": {"permission.contacts": false}, "subject": adult(&[consent("collect.visit")])}));
    assert_eq!(by_policy(&answer), [Code::PermissionOff]);
    assert_eq!(reasons(&answer, Side::Published)[0].fact.as_deref(), Some("permission.contacts"));
}

#[test]
fn the_world_is_closed() {
    let codes = |keys: serde_json::Value| by_policy(&ask(&keys));
    let subject = adult(&[]);
    for (key, code) in [
        ("function", Code::UnknownFunction),
        ("channel", Code::UnknownChannel),
        ("recipient", Code::UnknownRecipient),
        ("party", Code::UnknownParty),
        ("person", Code::UnknownPerson),
        ("exception", Code::UnknownException),
    ] {
        assert_eq!(codes(json!({"action": "collect", key: "nobody-knows", "subject": subject})), [code], "{key}");
    }
    let item = json!({"action": "collect", "function": "apply", "items": ["nonsense"], "subject": subject});
    assert_eq!(codes(item), [Code::UnknownItem]);
    let undeclared = json!({"action": "collect", "function": "apply", "items": ["address"], "subject": subject});
    assert_eq!(codes(undeclared), [Code::NotDeclared]);
    assert_eq!(codes(json!({"action": "collect", "platform": "other", "subject": subject})), [Code::NotDeclared]);
    assert_eq!(
        codes(json!({"action": "share", "recipient": "assessor", "purpose": "apply", "items": ["address"],
        "subject": subject})),
        [Code::ItemsNotStated]
    );
}

#[test]
fn an_aggregate_never_lets_the_value_out() {
    let answer = ask(&json!({"action": "share", "recipient": "assessor", "purpose": "advertise", "items": ["phone"],
        "subject": adult(&[consent("share.counts.assessor")])}));
    assert_eq!((answer.items[0].outcome, answer.items[0].mask), (Outcome::Masked, Some(model::field::Mask::Hidden)));
}

#[test]
fn an_authority_shows_its_document() {
    let share = |document: Option<&str>| {
        ask(&json!({"action": "share", "recipient": "police", "document": document, "subject": adult(&[])}))
    };
    assert_eq!(
        (by_policy(&share(None)), by_law(&share(None))),
        (vec![Code::DocumentMissing], vec![Code::DocumentMissing])
    );
    assert_eq!(share(Some("调取证据通知书")).effect, Effect::Permit);
}
