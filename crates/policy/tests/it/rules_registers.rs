//! The law at compile time, where it looks at what a company keeps beside its text: routes abroad, assessments, periods, whom
//! an incident is told to, what staff may do.

use insta::assert_snapshot;
use shouyue_policy::finding::{Finding, Severity};

use crate::rules::{Files, example};

#[test]
fn r35_a_recipient_abroad_without_a_route_is_reported() {
    assert_snapshot!("R35", example("R35"));
}

#[test]
fn r36_more_people_than_a_route_bears_are_reported() {
    assert_snapshot!("R36", example("R36"));
}

#[test]
fn r37_a_recipient_abroad_against_whom_nobody_can_exercise_rights_is_reported() {
    assert_snapshot!("R37", example("R37"));
}

#[test]
fn r39_an_activity_that_nobody_assessed_is_reported() {
    assert_snapshot!("R39", example("R39"));
}

#[test]
fn r45_backups_without_a_day_are_reported() {
    assert_snapshot!("R45", example("R45"));
}

#[test]
fn r46_what_a_law_keeps_and_nothing_bounds_is_reported() {
    assert_snapshot!("R46", example("R46"));
}

#[test]
fn r49_erasing_that_no_recipient_hears_of_is_reported() {
    assert_snapshot!("R49", example("R49"));
}

#[test]
fn r47_a_period_under_the_floor_is_reported() {
    assert_snapshot!("R47", example("R47"));
}

#[test]
fn r48_a_class_without_its_starting_event_is_reported() {
    assert_snapshot!("R48", example("R48"));
}

#[test]
fn r50_an_account_that_waits_for_its_cover_is_reported() {
    assert_snapshot!("R50", example("R50"));
}

#[test]
fn r51_nobody_in_charge_is_reported() {
    assert_snapshot!("R51", example("R51"));
}

#[test]
fn r53_a_regime_that_nobody_tells_is_reported() {
    assert_snapshot!("R53", example("R53"));
}

#[test]
fn r54_a_notice_of_an_incident_without_cause_is_reported() {
    assert_snapshot!("R54", example("R54"));
}

#[test]
fn r56_an_item_without_a_mask_is_reported() {
    assert_snapshot!("R56", example("R56"));
}

#[test]
fn r57_a_password_that_is_handed_out_is_reported() {
    assert_snapshot!("R57", example("R57"));
}

#[test]
fn r58_clear_values_for_everybody_are_reported() {
    assert_snapshot!("R58", example("R58"));
}

#[test]
fn r61_a_sale_without_a_track_is_reported() {
    assert_snapshot!("R61", example("R61"));
}

#[test]
fn r66_an_authority_that_is_no_longer_there_is_reported() {
    assert_snapshot!("R66", example("R66"));
}

#[test]
fn r68_a_level_without_cryptography_is_reported() {
    assert_snapshot!("R68", example("R68"));
}

/// What a rule tells apart beyond its example: code, severity, what changes in the policy and in the operation file, words of
/// the message (none: it is silent).
type Further = (&'static str, Severity, &'static str, &'static str, &'static str);

const STORED: &str = "[storage]\nbackups = \"三十日内覆盖\"\n";

const ROUTE: &str = "[[route]]\nshare = \"cede\"\nanswers = \"五\"\n";

const CLOSE: &str = "[[right]]\nkind = \"close-account\"\nroutes = [\"self-service\"]\n";

const KEPT: &str = "[[retention]]\nid = \"contracts\"\nclasses = [\"contract\"]\nafter = \"删除\"\n";

const ABROAD: &[Further] = &[
    ("R35", Severity::Warning, "[storage]\nplace = \"原则上在中国境内\"", "", "in the country `原则上`"),
    ("R35", Severity::Warning, "[storage]\nplace = \"新加坡\"", "", "are kept in `新加坡`"),
    ("R35", Severity::Warning, "[export]\nmay = true\nconsent = \"separate\"", "", "what is done first"),
    ("R35", Severity::Note, "[export]\nmay = true\nprocedure = \"安全评估\"\nconsent = \"separate\"", "", ""),
    (
        "R36",
        Severity::Warning,
        "",
        "share = \"reinsure\"\nby = \"contract\"\npersons = 1\nsensitive = 0",
        "stays in the country",
    ),
    (
        "R36",
        Severity::Error,
        "",
        "by = \"certification\"\nuntil = 2026-01-31\npersons = 1\nsensitive = 0",
        "ended on 2026-01-31",
    ),
    ("R36", Severity::Warning, "", "by = \"certification\"\npersons = 1\nsensitive = 0", "no last day"),
    ("R36", Severity::Note, "", "by = \"contract\"\npersons = 4_000_000\nsensitive = 4_000_000", ""),
    (
        "R36",
        Severity::Error,
        "",
        "by = \"few-persons\"\npersons = 10\nsensitive = 1",
        "fewer than 1 people with sensitive",
    ),
];

/// The route of the lawful insurer with other terms, or one beside it.
fn routed(terms: &str) -> String {
    if terms.contains("share") { format!("[[route]]\nanswers = \"五\"\n{terms}") } else { format!("{ROUTE}{terms}") }
}

#[test]
fn r35_and_r36_tell_apart_what_leaves_the_country() {
    for (code, severity, policy, terms, words) in ABROAD {
        let operation = if terms.is_empty() { String::new() } else { routed(terms) };
        is_told(code, *severity, &Files::with_both(policy, &operation), words);
    }
}

#[test]
fn r36_flows_count_together_and_sensitive_ones_are_counted() {
    let second = "[[share]]\nid = \"cede-more\"\nname = \"再次分保\"\nact = \"export\"\nrecipient = \"pool\"\npurpose = \"reinsure\"\nof = [\"applicant\"]\nitems = [\"name\"]\nbasis = \"consent\"\nconsent = \"separate\"\nmethod = \"push\"\n";
    let bare = Files::with_both(second, "");
    is_told("R36", Severity::Error, &bare, "`再次分保` goes abroad without a route of its own");
    let both = "[[route]]\nshare = \"cede\"\nby = \"standard-contract\"\npersons = 600_000\nsensitive = 0\nanswers = \"五\"\n[[route]]\nshare = \"cede-more\"\nby = \"standard-contract\"\npersons = 600_000\nsensitive = 0\nanswers = \"五\"\n";
    let told = Files::with_both(second, both).told("R36");
    assert_eq!(told.len(), 2, "{told:#?}");
    assert!(told.iter().all(|one| one.message.english.contains("1200000 with all flows together")), "{told:#?}");
    let sensitive =
        second.replace("\"name\"", "\"diagnosis\"").replace("cede-more", "cede").replace("再次分保", "向境外分保");
    is_told("R36", Severity::Error, &Files::with_both(&sensitive, ""), "leaves `");
}

#[test]
fn r37_a_text_that_lets_data_go_and_names_nobody_there_is_told() {
    let nobody = "# no [[share]] cede\n# no [[recipient]] pool\n";
    let operation = "# no [[route]] cede\n[[assessment]]\nactivities = [\"reinsure\", \"map\", \"winners\"]\non = 2026-02-12\nuntil = 2029-02-11\nfile = \"YN-PIA-2026-02\"\nanswers = \"R39\"\n";
    is_told("R37", Severity::Warning, &Files::with_both(nobody, operation), "names no recipient there");
    let stays = format!("{nobody}[export]\nmay = false\nprocedure = \"nothing\"\nconsent = \"nothing\"\n");
    is_told("R37", Severity::Note, &Files::with_both(&stays, operation), "");
}

#[test]
fn r39_an_assessment_that_ended_and_each_case_are_told() {
    let ended = "[[assessment]]\nactivities = [\"apply\", \"health\"]\non = 2025-01-01\nuntil = 2026-03-31\nfile = \"YN-PIA-2026-01\"\nanswers = \"R39\"\n";
    is_told("R39", Severity::Error, &Files::with_both("", ended), "relied on until 2026-03-31");
    let told = Files::with_both("", "# no [[assessment]] YN-PIA-2026-02\n").told("R39");
    let cases =
        ["hand items over: `分保`, `网点地图`", "make items public: `中奖名单`", "send items abroad: `向境外分保`"];
    assert_eq!(told.len(), cases.len(), "{told:#?}");
    for (finding, case) in told.iter().zip(cases) {
        assert!(told.iter().any(|one| one.message.english.ends_with(case)), "{case}: {}", finding.message.english);
    }
    let by_machine = "[[use]]\nid = \"score\"\nname = \"评分\"\nkind = \"automate\"\npurpose = \"conclude\"\nfunctions = [\"apply\"]\nof = [\"applicant\"]\nbasis = \"consent\"\nconsent = \"general\"\n";
    is_told("R39", Severity::Error, &Files::with_both(by_machine, ""), "decide by machine: `评分`");
    let counted = by_machine.replace("\"automate\"", "\"statistics\"");
    is_told("R39", Severity::Note, &Files::with_both(&counted, ""), "");
}

const KEEPING: &[Further] = &[
    ("R45", Severity::Warning, "[storage]\nbackups = \"安全存储，直到备份可以清除\"", "", "for as long as it likes"),
    ("R45", Severity::Note, "[storage]\nbackups = \"不超过 90 日\"", "", ""),
    ("R45", Severity::Note, "[storage]\nbackups = \"nothing\"", "", ""),
    (
        "R47",
        Severity::Error,
        "period = { count = 3, unit = \"years\" }\nlaws = [\"法律法规\"]",
        "",
        "floor is 10 years",
    ),
    (
        "R47",
        Severity::Error,
        "period = { count = 3, unit = \"years\" }\nlaws = [\"《保险法》\", \"《反洗钱法》\"]",
        "",
        "floor is 10 years",
    ),
    ("R47", Severity::Note, "period = { count = 10, unit = \"years\" }\nlaws = [\"法律法规\"]", "", ""),
    (
        "R47",
        Severity::Warning,
        "period = { count = 30, unit = \"years\" }\nlaws = [\"《保险法》\"]",
        "",
        "longer than any floor",
    ),
    ("R47", Severity::Note, "period = { count = 30, unit = \"years\" }\nlaws = [\"《证券法》\"]", "", ""),
    ("R47", Severity::Note, "period = { count = 120, unit = \"months\" }", "", ""),
    ("R48", Severity::Error, "[[record]]\nid = \"contract\"\nname = \"合同\"", "", "knows no event, so"),
    ("R50", Severity::Warning, "fee = \"工本费\"", "", "costs something: `工本费`"),
    (
        "R50",
        Severity::Warning,
        "ground = [{ name = \"违反约定\", when = { fact = \"do-not-track\" } }]",
        "",
        "in certain cases only",
    ),
    (
        "R50",
        Severity::Warning,
        "block = [{ name = \"正在使用\", when = { fact = \"do-not-track\" } }]",
        "",
        "a condition of the handler's own",
    ),
];

#[test]
fn r45_to_r50_tell_apart_how_long_and_on_what_conditions() {
    for (code, severity, elements, operation, words) in KEEPING {
        let elements = match *code {
            "R47" => format!("{KEPT}{elements}"),
            "R50" => format!("{CLOSE}{elements}"),
            _ => (*elements).to_owned(),
        };
        is_told(code, *severity, &Files::with_both(&elements, operation), words);
    }
}

#[test]
fn r45_backups_are_looked_for_where_texts_speak_of_them() {
    let elsewhere = "[storage]\nplace = \"境内\"\n[[right]]\nkind = \"delete\"\nroutes = [\"phone\"]\neffect = \"备份在更新时删除。\"\n";
    is_told("R45", Severity::Warning, &Files::with_both(elsewhere, ""), "`备份在更新时删除。`");
}

#[test]
fn r47_a_cover_beyond_a_year_has_the_longer_floor() {
    let short = format!(
        "{KEPT}period = {{ count = 5, unit = \"years\" }}\n[[record]]\nid = \"contract\"\nname = \"合同\"\nevents = [\"ended\"]\nfloors = [\"insurance-file\"]\n"
    );
    is_told("R47", Severity::Note, &Files::with_both(&short, ""), "");
    let longer =
        "[[floor]]\nclass = \"contract\"\nfloors = [\"insurance-file\"]\nlonger-than-a-year = true\nanswers = \"六\"\n";
    is_told("R47", Severity::Error, &Files::with_both(&short, longer), "5 years, the law's floor is 10 years");
    let unsure = short.replace("[\"insurance-file\"]", "[\"traceability\"]").replace("count = 5", "count = 4");
    let unsure = format!("{PLATFORM}{unsure}");
    is_told("R47", Severity::Warning, &Files::with_both(&unsure, ""), "5 years (to be confirmed by counsel)");
}

/// A handler under whose records no floor of insurers lies.
const PLATFORM: &str =
    "[handler]\nname = \"某某科技有限公司\"\nkind = \"platform\"\nemail = \"a@b.example\"\naddress = \"松江市\"\n";

#[test]
fn r47_and_r48_know_the_floor_of_a_record_that_no_file_names() {
    let kept = |years: u32, record: &str| {
        format!("{KEPT}period = {{ count = {years}, unit = \"years\" }}\n[[record]]\nid = \"contract\"\n{record}\n")
    };
    let unnamed = "5 years, and no file names it: `insurance-file`";
    // Made by a function that sells; called so; known by the events of a cover, whatever it is called.
    let sold = "name = \"合同\"\nevents = [\"ended\"]";
    let called = "name = \"电子保单\"\nevents = [\"ended\"]";
    let covering = "name = \"资料\"\nevents = [\"in-force-from\", \"ended\"]";
    let idle = "[[function]]\nid = \"apply\"\nname = \"咨询\"\nkind = \"basic\"\npurposes = [\"conclude\"]\nbasis = \"contract\"\nusers = [\"applicant\"]\nmakes = \"contract\"\nrefused = { reach = \"this-function\" }\ncollect = \"nothing\"\nsilent = [\"consent\"]\n";
    for (record, function) in [(sold, ""), (called, idle), (covering, idle)] {
        let short = kept(1, record) + function;
        is_told("R47", Severity::Error, &Files::with_both(&short, ""), unnamed);
        is_told("R47", Severity::Note, &Files::with_both(&(kept(5, record) + function), ""), "");
        is_told("R47", Severity::Note, &Files::with_both(&format!("{PLATFORM}{short}"), ""), "");
    }
    let other = kept(1, "name = \"咨询记录\"\nevents = [\"ended\"]") + idle;
    is_told("R47", Severity::Note, &Files::with_both(&other, ""), "");
    // A figure beyond a floor that nobody named may be that of a longer cover.
    is_told("R47", Severity::Note, &Files::with_both(&kept(10, sold), ""), "");
    let named = "[[floor]]\nclass = \"contract\"\nfloors = [\"insurance-file\"]\nanswers = \"六\"\n";
    is_told("R47", Severity::Error, &Files::with_both(&kept(1, sold), named), "the law's floor is 5 years");
    let opened = "name = \"保单\"\nevents = [\"opened\"]";
    is_told(
        "R48",
        Severity::Error,
        &Files::with_both(&kept(5, opened), ""),
        "no event from which the floor `insurance-file` runs",
    );
    is_told("R48", Severity::Note, &Files::with_both(&format!("{PLATFORM}{}", kept(5, opened)), ""), "");
}

#[test]
fn r47_a_law_that_is_named_excuses_no_figure_but_where_the_records_are_its_own() {
    let kept = |years: u32, law: &str, floors: &str| {
        format!(
            "{KEPT}period = {{ count = {years}, unit = \"years\" }}\nlaws = [\"{law}\"]\n[[record]]\nid = \"contract\"\nname = \"电子保单\"\nevents = [\"ended\"]\n{floors}\n"
        )
    };
    let (none, other) = ("", "floors = [\"e-commerce\"]");
    let told = |severity: Severity, policy: &str, operation: &str, words: &str| {
        is_told("R47", severity, &Files::with_both(policy, operation), words);
    };
    told(Severity::Error, &kept(3, "《保险法》", none), "", "the law's floor is 5 years");
    told(Severity::Error, &kept(3, "《电子商务法》", none), "", "the law's floor is 5 years");
    told(Severity::Error, &kept(3, "法律法规另有规定的", other), "", "the law's floor is 5 years");
    told(Severity::Error, &kept(2, "《电子商务法》", other), "", "the law's floor is 5 years");
    // By its name it is a file of the insurer's, by the text one of the trade's, and of that it keeps the floor.
    told(Severity::Warning, &kept(3, "《电子商务法》", other), "", "and no file names it: `insurance-file`");
    let both = "[[floor]]\nclass = \"contract\"\nfloors = [\"insurance-file\"]\nanswers = \"六\"\n";
    told(Severity::Error, &kept(3, "《电子商务法》", other), both, "the law's floor is 5 years");
    told(Severity::Note, &kept(5, "《电子商务法》", other), "", "");
}

#[test]
fn r51_counts_people() {
    let nobody =
        "[handler]\nname = \"颐年养老保险股份有限公司\"\nkind = \"life-insurer\"\nemail = \"privacy@yinian.example\"\n";
    let held = |persons: u32| format!("persons = {persons}");
    is_told("R51", Severity::Error, &Files::with_both(nobody, &held(1_000_000)), "data of 1000000 people");
    is_told("R51", Severity::Note, &Files::with_both(nobody, &held(999_999)), "");
    let office = format!("{nobody}unit = [{{ name = \"个人信息保护负责人（dpo@yinian.example）\" }}]");
    is_told("R51", Severity::Note, &Files::with_both(&office, &held(5_000_000)), "");
}

#[test]
fn r53_clocks_are_those_of_the_kind_of_handler_and_of_its_records() {
    let none =
        "# no [[incident]] cyberspace\n# no [[incident]] financial-supervision\n# no [[incident]] central-bank\n";
    let regimes = |policy: &str| -> Vec<String> {
        let told = Files::with_both(policy, none).told("R53");
        let regime = |finding: &Finding| finding.message.english.split('`').nth(1).unwrap().to_owned();
        told.iter().map(regime).collect()
    };
    assert_eq!(regimes(""), ["central-bank", "cyberspace", "financial-supervision"]);
    let platform = "[handler]\nname = \"某某科技有限公司\"\nkind = \"platform\"\nemail = \"a@b.example\"\n";
    assert_eq!(regimes(platform), ["cyberspace"]);
    let no_files = "[[record]]\nid = \"contract\"\nname = \"合同\"\nevents = [\"ended\"]\n";
    assert_eq!(regimes(no_files), ["cyberspace", "financial-supervision"]);
    let unsure = Files::with_both("", "# no [[incident]] financial-supervision\n").told("R53");
    assert!(
        unsure[0].message.english.contains("2 hours, in full within 24 hours (to be confirmed by counsel)"),
        "{unsure:#?}"
    );
    assert!(unsure[0].cites[0].english.contains("to be confirmed by counsel"), "{unsure:#?}");
    let late = "[[clock]]\nid = \"incident\"\nlength = { count = 72, unit = \"hours\" }\nstarts = \"discovery\"\ndone = \"notify\"\n";
    is_told("R53", Severity::Warning, &Files::with_both(late, ""), "within 72 hours");
    let soon = late.replace("72", "1");
    is_told("R53", Severity::Note, &Files::with_both(&soon, ""), "");
}

#[test]
fn r54_no_template_and_a_strange_blank_are_told() {
    let strange =
        "[incident-notice]\ntext = \"{items}{cause}{harm}{measures}{advice}{contact}{weather}\"\nanswers = \"R54\"\n";
    is_told("R54", Severity::Warning, &Files::with_both("", strange), "nothing fills `weather` in");
    is_told("R54", Severity::Warning, &Files::without("incident-notice"), "no template");
}

#[test]
fn r56_masks_that_show_too_much_are_told() {
    let card = |level: &str, mask: &str| {
        format!(
            "[[item]]\nid = \"care-card\"\nname = \"照护卡\"\ncategory = \"property\"\nlevel = \"{level}\"\nmask = \"{mask}\"\n"
        )
    };
    is_told("R56", Severity::Error, &Files::with_both(&card("c2", "none"), ""), "shows a person");
    is_told("R56", Severity::Error, &Files::with_both(&card("c3", "last-4"), ""), "authenticates");
    is_told("R56", Severity::Note, &Files::with_both(&card("c3", "hidden"), ""), "");
    is_told("R56", Severity::Note, &Files::with_both(&card("c1", "none"), ""), "");
    let chosen = "[[mask]]\nitem = \"payment-password\"\nmask = \"last-4\"\nanswers = \"七\"\n";
    is_told("R56", Severity::Error, &Files::with_both("", chosen), "authenticates");
}

const HANDED: &str = "[[share]]\nid = \"reinsure\"\nname = \"分保\"\nrecipient = \"reinsurer\"\npurpose = \"reinsure\"\nof = [\"insured\"]\nbasis = \"consent\"\nconsent = \"separate\"\nmethod = \"push\"\n";

#[test]
fn r57_a_face_may_go_where_it_is_verified() {
    let shared = format!("{HANDED}act = \"share\"\nitems = [\"face-image\"]\n");
    is_told("R57", Severity::Error, &Files::with_both(&shared, ""), "hands out what authenticates");
    let entrusted = shared.replace("act = \"share\"", "act = \"entrust\"");
    is_told("R57", Severity::Note, &Files::with_both(&entrusted, ""), "");
    let verified = shared.replace("分保", "人脸比对");
    is_told("R57", Severity::Note, &Files::with_both(&verified, ""), "");
    let public = "[[disclose]]\nid = \"winners\"\nname = \"名单\"\nof = [\"applicant\"]\nitems = [\"voiceprint\"]\nbasis = \"consent\"\nconsent = \"separate\"\n";
    is_told("R57", Severity::Error, &Files::with_both(public, ""), "makes public");
}

#[test]
fn r58_records_that_nobody_reaches_and_roles_that_reach_all_are_told() {
    let role = |functions: &str| {
        let role = |id: &str| {
            format!(
                "[[role]]\nid = \"{id}\"\nname = \"{id}\"\nfunctions = [{functions}]\nclear-view = false\nminors = true\nanswers = \"四\"\n"
            )
        };
        format!("{}{}", role("counter"), role("underwriter"))
    };
    is_told("R58", Severity::Warning, &Files::with_both("", &role("\"health\"")), "reaches `保险合同`");
    is_told("R58", Severity::Warning, &Files::with_both("", &role("")), "nobody can serve a customer");
    let more = |id: &str| {
        format!(
            "[[function]]\nid = \"{id}\"\nname = \"{id}\"\nkind = \"basic\"\npurposes = [\"conclude\"]\nbasis = \"contract\"\ncollect = \"nothing\"\n"
        )
    };
    let four = format!("{}{}", more("one"), more("two"));
    let told = Files::with_both(&four, &role("\"apply\", \"health\", \"one\", \"two\"")).told("R58");
    assert!(told.len() == 2 && told.iter().all(|one| one.message.english.contains("every function")), "{told:#?}");
}

#[test]
fn r61_a_function_of_its_own_keeps_the_track() {
    let record = "[[record]]\nid = \"contract\"\nname = \"合同\"\nevents = [\"ended\"]\n";
    is_told("R61", Severity::Warning, &Files::with_both(record, ""), "`投保` sells");
    let tracked = format!(
        "{record}[[function]]\nid = \"track\"\nname = \"销售行为可回溯管理\"\nkind = \"statutory\"\npurposes = [\"conclude\"]\nbasis = \"statutory\"\ncollect = \"nothing\"\n"
    );
    is_told("R61", Severity::Note, &Files::with_both(&tracked, ""), "");
}

#[test]
fn r66_an_authority_in_charge_that_is_missing_is_told() {
    let handler = |kind: &str, bodies: &str| {
        format!(
            "[handler]\nname = \"某某有限公司\"\nkind = \"{kind}\"\nemail = \"a@b.example\"\ncomplaint-bodies = [{bodies}]\n"
        )
    };
    is_told(
        "R66",
        Severity::Warning,
        &Files::with_both(&handler("broker", "\"网信部门\""), ""),
        "派出机构` is missing",
    );
    is_told("R66", Severity::Note, &Files::with_both(&handler("platform", "\"网信部门\""), ""), "");
    let effect = "[[right]]\nkind = \"complain\"\nroutes = [\"phone\"]\neffect = \"可向银保监局投诉。\"\n";
    is_told("R66", Severity::Warning, &Files::with_both(effect, ""), "since 2023-05-18");
}

#[test]
fn r68_a_level_stands_in_the_text_or_is_filed() {
    let level = |level: &str| format!("{STORED}security-level = \"{level}\"\n");
    is_told("R68", Severity::Warning, &Files::with_both(&level("等保三级"), ""), "nothing declares");
    is_told("R68", Severity::Note, &Files::with_both(&level("二级"), ""), "");
    is_told("R68", Severity::Note, &Files::with_both(&level("数据安全能力第3级"), ""), "");
    is_told("R68", Severity::Note, &Files::with_both(&level("等保三级"), "cryptography = \"guomi\""), "");
    is_told(
        "R68",
        Severity::Warning,
        &Files::with_both(&level("等保三级"), "cryptography = \"international\""),
        "`guomi`",
    );
    let promise = "[[promise]]\nid = \"level\"\ntext = \"系统达到等级保护第三级。\"\nevidence = \"备案证明\"\n";
    is_told("R68", Severity::Warning, &Files::with_both(promise, ""), "nothing declares");
}

#[test]
fn r63_parties_without_a_contract_in_the_register_are_told() {
    let party = "[[party]]\nid = \"donghai\"\nname = \"东海再保险股份有限公司\"\nrecipient = \"reinsurer\"\ncontact = \"x\"\nanswers = \"三\"\n";
    is_told("R63", Severity::Warning, &Files::with_both("", party), "the register gives no contract");
    let registered = format!("{party}contract = \"YN-2026-007\"\n");
    is_told("R63", Severity::Note, &Files::with_both("", &registered), "");
    assert_eq!(clause_of("R63", &Files::with_both("", party)).as_deref(), Some("三(一)"));
}

#[test]
fn what_a_text_lacks_is_told_at_the_clause_of_what_is_like_it() {
    let lacking = |elements: &str| Files::with_both(elements, "");
    assert_eq!(clause_of("R12", &lacking("# no [[right]] withdraw")).as_deref(), Some("六"));
    let elsewhere = "# no [[right]] restrict\n[[right]]\nkind = \"copy\"\nclause = [\"九\"]\nroutes = [\"phone\"]\nclock = \"answer\"\nidentity = \"nothing\"\nfee = \"nothing\"\ndelegate = [\"relative\"]\n";
    assert_eq!(clause_of("R40", &lacking("# no [[right]] restrict")).as_deref(), Some("六"), "around all rights");
    assert_eq!(clause_of("R40", &lacking(elsewhere)).as_deref(), Some("六"), "where most of them stand");
    assert_eq!(clause_of("R43", &lacking("refusal-list = \"open\"")).as_deref(), Some("六(十一)"));
    let none = lacking("refusal-list = \"open\"\n# no [[refusal]] others");
    assert_eq!(clause_of("R43", &none), None, "nothing is like it");
}

/// The clause of the one finding of a rule.
fn clause_of(code: &str, files: &Files) -> Option<String> {
    let told = files.told(code);
    assert_eq!(told.len(), 1, "{code}: {told:#?}");
    told.first().and_then(|one| one.clause.clone())
}

fn is_told(code: &str, severity: Severity, files: &Files, words: &str) {
    let told = files.told(code);
    if words.is_empty() {
        assert!(told.is_empty(), "{code} is not silent: {told:#?}");
        return;
    }
    let told: Vec<_> = told.iter().map(|one| (one.severity, one.message.english.contains(words))).collect();
    assert_eq!(told, [(severity, true)], "{code}, {words}");
}
