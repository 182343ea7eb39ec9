//! The bundled pack, and packs that must be refused.

use jiff::civil::date;

use super::*;

const WORDING: &str = include_str!("../../law/wording.toml");

#[test]
fn the_bundled_pack_reads() {
    let rules = include_str!("../../law/rules.toml");
    let parameters = include_str!("../../law/parameters.toml");
    let pack = LawPack::read(rules, parameters, WORDING).unwrap();
    assert_eq!(pack, bundled().0);
    let missing: Vec<String> = (1..=68).map(|n| format!("R{n}")).filter(|id| pack.rule(id).is_none()).collect();
    assert_eq!(missing, Vec::<String>::new(), "every rule of the catalogue has its sources");
}

#[test]
fn before_november_2021_there_is_no_personal_information_law() {
    let pack = bundled().0;
    assert!(!pack.holds("R10", date(2021, 10, 31)) && pack.holds("R10", date(2021, 11, 1)));
    assert!(!pack.holds("R4", date(2017, 5, 31)), "nor one that asks for consent before June 2017");
    assert!(pack.citation("R4", date(2021, 10, 31)).unwrap().cite.starts_with("《网络安全法》"));
    assert!(pack.citation("R4", date(2021, 11, 1)).unwrap().cite.starts_with("《个人信息保护法》"));
}

#[test]
fn r65_a_citation_is_that_of_the_day() {
    let pack = bundled().0;
    assert_eq!(pack.citation("R17", date(2020, 1, 1)).unwrap().cite, "《儿童个人信息网络保护规定》第九条");
    assert_eq!(pack.citation("R17", date(2022, 1, 1)).unwrap().cite, "《个人信息保护法》第三十一条");
}

#[test]
fn money_laundering_files_are_kept_ten_years_since_2025() {
    let pack = bundled().0;
    let years = |day| pack.floor(Floor::AntiMoneyLaundering, day).unwrap().short.count;
    assert_eq!(years(date(2024, 12, 31)), 5);
    assert_eq!(years(date(2025, 1, 1)), 10);
}

#[test]
fn a_floor_lies_under_records_of_its_kind() {
    let pack = bundled().0;
    let under = |handler, name, sold| {
        let kept = Kept { handler, name, events: &[], sold };
        pack.floors_under(kept, date(2026, 1, 1)).map(|legal| legal.floor).collect::<Vec<_>>()
    };
    assert_eq!(under(HandlerKind::LifeInsurer, "电子保单", false), [Floor::InsuranceFile]);
    assert_eq!(under(HandlerKind::LifeInsurer, "合同", true), [Floor::InsuranceFile]);
    assert_eq!(under(HandlerKind::PropertyInsurer, "客户身份资料", false), [Floor::AntiMoneyLaundering]);
    assert_eq!(under(HandlerKind::Platform, "电子保单", true), []);
    assert_eq!(under(HandlerKind::Platform, "访问日志", false), [Floor::NetworkLog]);
    assert_eq!(under(HandlerKind::LifeInsurer, "保单查询记录", false), []);
}

#[test]
fn underwriting_is_a_word_of_its_own() {
    let pack = bundled().0;
    for text in ["核保", "受理投保", "为投保人投保", "underwriting"] {
        assert!(pack.is_underwriting(text), "{text}");
    }
    for text in ["理赔", "联系投保人", "承保公司", ""] {
        assert!(!pack.is_underwriting(text), "{text}");
    }
}

#[test]
fn corrections_take_fifteen_working_days_at_most() {
    let pack = bundled().0;
    let clock = pack.right_clock(RightKind::Correct, date(2026, 1, 1)).unwrap();
    assert_eq!(clock.span(), Span::new(15, model::deadline::Unit::WorkingDays));
    assert!(clock.certain);
    assert!(!pack.right_clock(RightKind::Access, date(2026, 1, 1)).unwrap().certain);
}

#[test]
fn the_thresholds_are_those_of_the_day() {
    let pack = bundled().0;
    let on = |day| pack.thresholds(day).map(|one| (one.rule.as_str(), one.persons)).collect::<Vec<_>>();
    assert_eq!(on(date(2025, 5, 31)), [("R51", 1_000_000)]);
    assert_eq!(on(date(2025, 6, 1)), [("R34", 100_000), ("R51", 1_000_000)]);
    let thirty = Span::new(30, model::deadline::Unit::WorkingDays);
    assert!(pack.thresholds(date(2026, 1, 1)).all(|one| one.within == thirty && pack.rule(&one.rule).is_some()));
}

#[test]
fn unsound_packs_are_refused() {
    let parameters = include_str!("../../law/parameters.toml");
    let rules = |body: &str| format!("version = \"cn-law-2026.2\"\n{body}");
    let read = |body: &str| LawPack::read(&rules(body), parameters, WORDING);
    let rule = "[[rule]]\nid = \"R1\"\nconcept = \"x\"\nsources = [{ cite = \"a\", from = \"2020-01-01\" }]\n";
    assert!(read(rule).is_ok());
    assert_eq!(read(&format!("{rule}{rule}")), Err(LawError::Twice("R1".to_owned())));
    let ends_first = rule.replace("from = \"2020-01-01\"", "from = \"2020-01-01\", until = \"2019-01-01\"");
    assert_eq!(read(&ends_first), Err(LawError::Interval("R1".to_owned())));
    assert!(matches!(LawPack::read("version = 1", parameters, WORDING), Err(LawError::Syntax(_))));
    let other = LawPack::read("version = \"other\"\nrule = []", parameters, WORDING);
    assert!(matches!(other, Err(LawError::Versions { .. })));
}
