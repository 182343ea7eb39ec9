//! The law at compile time: the examples of the catalogue, put into a policy in which no rule finds anything.
//!
//! The wrong example of a rule fires it exactly once, the right one not at all. What a rule tells apart beyond its example
//! has a test of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use insta::assert_snapshot;
use jiff::civil::Date;
use shouyue_policy::finding::{Finding, Language, Severity, Source};
use shouyue_policy::law::{Entry, catalogue, entry};
use shouyue_policy::report::{self, Style};
use shouyue_policy::{Sources, load, rules};
use toml::{Table, Value};

pub(crate) const POLICY: &str = include_str!("../fixtures/lawful/policy.toml");
pub(crate) const OPERATION: &str = include_str!("../fixtures/lawful/operation.toml");

/// The lawful insurer after elements of an example took the place of its own.
pub(crate) struct Files {
    pub(crate) policy: Source,
    pub(crate) operation: Source,
}

impl Files {
    fn lawful() -> Self {
        Self::of(POLICY, OPERATION)
    }

    pub(crate) fn of(policy: &str, operation: &str) -> Self {
        Self { policy: Source::new("policy.toml", policy), operation: Source::new("operation.toml", operation) }
    }

    /// With an example. A first line `# operation.toml` says into which file it goes; a line `# no [[right]] copy` takes
    /// an element out.
    pub(crate) fn with(example: &str) -> Self {
        if example.starts_with("# operation.toml") {
            return Self::of(POLICY, &put(OPERATION, example));
        }
        Self::of(&put(POLICY, example), OPERATION)
    }

    /// With elements in either file.
    pub(super) fn with_both(policy: &str, operation: &str) -> Self {
        Self::of(&put(POLICY, policy), &put(OPERATION, operation))
    }

    /// Without a table of the operation file.
    pub(super) fn without(table: &str) -> Self {
        let mut operation: Table = OPERATION.parse().unwrap();
        operation.remove(table).unwrap();
        Self::of(POLICY, &toml::to_string(&operation).unwrap())
    }

    pub(crate) fn findings(&self) -> Vec<Finding> {
        let loaded = load(&Sources { policy: &self.policy, operation: Some(&self.operation) });
        let broken: Vec<_> =
            loaded.findings.iter().filter(|one| one.code.starts_with('L') && one.severity == Severity::Error).collect();
        assert!(broken.is_empty(), "{broken:#?}");
        loaded.findings
    }

    pub(crate) fn told(&self, code: &str) -> Vec<Finding> {
        self.findings().into_iter().filter(|one| one.code == code).collect()
    }
}

/// Puts elements into a file: a table in place of the table, an element of a list in place of that of the same id.
pub(crate) fn put(file: &str, example: &str) -> String {
    let mut whole: Table = file.parse().unwrap();
    for line in example.lines() {
        let Some((list, id)) = line.strip_prefix("# no [[").and_then(|rest| rest.split_once("]] ")) else { continue };
        let all = whole[list].as_array_mut().unwrap();
        let before = all.len();
        all.retain(|one| called(one) != id);
        assert!(all.len() < before, "{line}");
    }
    for (key, value) in example.parse::<Table>().unwrap() {
        match (whole.get_mut(&key), value) {
            (Some(Value::Array(all)), Value::Array(new)) => {
                for one in new {
                    match all.iter_mut().find(|old| called(old) == called(&one)) {
                        Some(old) => *old = one,
                        None => all.push(one),
                    }
                }
            }
            (_, value) => {
                whole.insert(key, value);
            }
        }
    }
    toml::to_string(&whole).unwrap()
}

fn called(element: &Value) -> &str {
    ["id", "kind", "code", "share", "regime", "file"].into_iter().find_map(|key| element.get(key)?.as_str()).unwrap()
}

/// Tries the examples of a rule: what the wrong one is told, letter by letter.
pub(super) fn example(code: &str) -> String {
    let Some(Entry { wrong: Some(wrong), right: Some(right), why: Some(_), mend: Some(_), .. }) = entry(code) else {
        panic!("{code} has no words or examples in law/catalogue.toml")
    };
    let mended = Files::with(right).told(code);
    assert!(mended.is_empty(), "the right example of {code} breaks it: {mended:#?}");
    let files = Files::with(wrong);
    let told = files.told(code);
    assert_eq!(told.len(), 1, "the wrong example of {code}: {told:#?}");
    assert!(told[0].element.is_some(), "{code} names no element");
    let report = report::human(&told, &[files.policy, files.operation], Style::Plain, Language::English);
    report.split("\n\n").next().unwrap().to_owned()
}

#[test]
fn no_rule_finds_anything_in_the_lawful_policy() {
    let findings = Files::lawful().findings();
    assert!(findings.is_empty(), "{findings:#?}");
}

#[test]
fn r01_a_mailbox_whose_domain_ends_twice_is_reported() {
    assert_snapshot!("R01", example("R1"));
}

#[test]
fn r02_a_purpose_that_ends_openly_is_reported() {
    assert_snapshot!("R02", example("R2"));
}

#[test]
fn r03_the_shortest_necessary_time_is_no_period() {
    assert_snapshot!("R03", example("R3"));
}

#[test]
fn r04_an_activity_without_a_ground_is_reported() {
    assert_snapshot!("R04", example("R4"));
}

#[test]
fn r05_an_exception_that_no_article_carries_is_reported() {
    assert_snapshot!("R05", example("R5"));
}

#[test]
fn r06_de_identified_is_not_free() {
    assert_snapshot!("R06", example("R6"));
}

#[test]
fn r07_continued_use_is_no_consent() {
    assert_snapshot!("R07", example("R7"));
}

#[test]
fn r08_a_consent_bound_to_no_items_is_reported() {
    assert_snapshot!("R08", example("R8"));
}

#[test]
fn r09_a_change_that_nobody_is_told_is_reported() {
    assert_snapshot!("R09", example("R9"));
}

#[test]
fn r10_a_general_consent_to_hand_out_is_reported() {
    assert_snapshot!("R10", example("R10"));
}

#[test]
fn r11_a_credit_agency_that_is_asked_without_a_written_consent_is_reported() {
    assert_snapshot!("R11", example("R11"));
}

#[test]
fn r12_a_withdrawal_that_is_harder_than_consenting_is_reported() {
    assert_snapshot!("R12", example("R12"));
}

#[test]
fn r13_an_extra_that_closes_the_purchase_is_reported() {
    assert_snapshot!("R13", example("R13"));
}

#[test]
fn r14_a_refused_consent_that_never_rests_is_reported() {
    assert_snapshot!("R14", example("R14"));
}

#[test]
fn r15_a_sensitive_item_of_which_nothing_tells_is_reported() {
    assert_snapshot!("R15", example("R15"));
}

#[test]
fn r16_an_item_on_which_standards_disagree_is_reported() {
    assert_snapshot!("R16", example("R16"));
}

#[test]
fn r17_children_without_rules_of_their_own_are_reported() {
    assert_snapshot!("R17", example("R17"));
}

#[test]
fn r18_no_role_for_minors_is_reported() {
    assert_snapshot!("R18", example("R18"));
}

#[test]
fn r19_typing_that_counts_as_authority_is_reported() {
    assert_snapshot!("R19", example("R19"));
}

#[test]
fn r20_genetic_information_in_underwriting_is_reported() {
    assert_snapshot!("R20", example("R20"));
}

#[test]
fn r21_entrusting_without_its_terms_is_reported() {
    assert_snapshot!("R21", example("R21"));
}

#[test]
fn r23_a_recipient_without_a_name_is_reported() {
    assert_snapshot!("R23", example("R23"));
}

#[test]
fn r24_a_kit_whose_items_nobody_told_is_reported() {
    assert_snapshot!("R24", example("R24"));
}

#[test]
fn r25_affiliates_counted_in_are_reported() {
    assert_snapshot!("R25", example("R25"));
}

#[test]
fn r26_whole_records_for_an_agency_are_reported() {
    assert_snapshot!("R26", example("R26"));
}

#[test]
fn r28_a_list_of_winners_without_masks_is_reported() {
    assert_snapshot!("R28", example("R28"));
}

#[test]
fn r29_a_merger_of_which_nobody_is_told_is_reported() {
    assert_snapshot!("R29", example("R29"));
}

#[test]
fn r30_a_profile_that_nobody_can_refuse_is_reported() {
    assert_snapshot!("R30", example("R30"));
}

#[test]
fn r31_advertising_without_a_way_out_is_reported() {
    assert_snapshot!("R31", example("R31"));
}

#[test]
fn r32_a_price_without_its_factors_is_reported() {
    assert_snapshot!("R32", example("R32"));
}

#[test]
fn r33_a_face_as_the_only_way_is_reported() {
    assert_snapshot!("R33", example("R33"));
}

#[test]
fn r40_a_missing_right_is_reported() {
    assert_snapshot!("R40", example("R40"));
}

#[test]
fn r41_a_promise_later_than_the_law_is_reported() {
    assert_snapshot!("R41", example("R41"));
}

#[test]
fn r42_a_clock_in_the_handlers_hand_is_reported() {
    assert_snapshot!("R42", example("R42"));
}

#[test]
fn r43_a_ground_of_refusal_that_no_law_carries_is_reported() {
    assert_snapshot!("R43", example("R43"));
}

#[test]
fn r44_new_sensitive_items_as_proof_are_reported() {
    assert_snapshot!("R44", example("R44"));
}

#[test]
fn r62_a_text_without_its_day_is_reported() {
    assert_snapshot!("R62", example("R62"));
}

#[test]
fn r63_a_third_party_without_contract_is_reported() {
    assert_snapshot!("R63", example("R63"));
}

#[test]
fn r64_a_year_without_calendar_is_reported() {
    assert_snapshot!("R64", example("R64"));
}

#[test]
fn r65_a_superseded_citation_is_reported() {
    assert_snapshot!("R65", example("R65"));
}

/// What a rule tells apart beyond its example: code, severity, elements, words of the message (none: it is silent).
const FURTHER: &[(&str, Severity, &str, &str)] = &[
    ("R1", Severity::Error, HANDLER, "no way to reach"),
    (
        "R1",
        Severity::Warning,
        "[handler]\nname = \"颐年养老保险股份有限公司\"\nkind = \"life-insurer\"\nemail = \"a@b.example\"\naliases = [\"颐年\", \"颐年养老保险股份有限公司松江分公司\", \"颐年国际保险有限公司\"]",
        "two companies as its handler: `颐年养老保险股份有限公司` and `颐年国际保险有限公司`",
    ),
    (
        "R1",
        Severity::Warning,
        "[handler]\nname = \"颐年养老保险股份有限公司\"\nkind = \"life-insurer\"\ncontact = [{ route = \"phone\", value = \"12345678\" }]",
        "no telephone number",
    ),
    (
        "R2",
        Severity::Error,
        "[[disclose]]\nid = \"winners\"\nname = \"名单\"\nof = [\"applicant\"]\nbasis = \"statutory\"",
        "made public",
    ),
    (
        "R3",
        Severity::Error,
        "[[retention]]\nid = \"contracts\"\nclasses = [\"contract\"]\nafter = \"删除\"",
        "how long `保险合同` is kept",
    ),
    (
        "R3",
        Severity::Warning,
        "[[retention]]\nid = \"contracts\"\nperiod = { count = 10, unit = \"years\" }\nafter = \"nothing\"",
        "what happens at the end",
    ),
    (
        "R3",
        Severity::Note,
        "[[retention]]\nid = \"contracts\"\nlongest-of = [\"合同终止后十年\", \"必要期限\"]\nafter = \"删除\"",
        "",
    ),
    (
        "R4",
        Severity::Warning,
        "[[use]]\nid = \"satisfaction\"\nname = \"分析\"\nkind = \"service\"\npurpose = \"conclude\"\nfunctions = [\"apply\"]\nof = [\"insured\", \"applicant\"]\nbasis = \"contract\"",
        "a contract to which `被保险人` is no party",
    ),
    (
        "R6",
        Severity::Error,
        "[[use]]\nid = \"satisfaction\"\nname = \"分析\"\nkind = \"service\"\npurpose = \"conclude\"\nfunctions = [\"apply\"]\nof = [\"applicant\"]\nlevel = \"pseudonymous\"\nconsent = \"nothing\"",
        "as if pseudonymous data were nobody's",
    ),
    (
        "R6",
        Severity::Note,
        "[[use]]\nid = \"satisfaction\"\nname = \"分析\"\nkind = \"service\"\npurpose = \"conclude\"\nfunctions = [\"apply\"]\nof = [\"applicant\"]\nlevel = \"anonymised\"\nconsent = \"nothing\"",
        "",
    ),
    (
        "R9",
        Severity::Warning,
        "[update]\nnotice = [\"pop-up\"]\nconsent-again = [\"service-model\"]",
        "when it changes `recipients`",
    ),
    ("R10", Severity::Error, "[export]\nmay = true\nconsent = \"general\"", "sending items abroad"),
    (
        "R10",
        Severity::Warning,
        "[export]\nmay = true",
        "does not say that the consent for sending items abroad is separate",
    ),
    ("R17", Severity::Error, "[minors]\nage = 12\nguardian = true\ndedicated = true", "end at 12, the law's at 14"),
    (
        "R18",
        Severity::Warning,
        "# operation.toml\n[[role]]\nid = \"counter\"\nname = \"柜面\"\nfunctions = [\"apply\"]\nclear-view = false\nminors = true\nanswers = \"四\"",
        "every staff role",
    ),
    ("R19", Severity::Warning, ASSURED, "somebody else's word is the only authority"),
    (
        "R23",
        Severity::Warning,
        "[[recipient]]\nid = \"reinsurer\"\nname = \"再保险人\"\nclass = \"handler\"\nregime = \"independent\"\ncontact = \"x\"\ncontract = \"合同\"",
        "a kind of recipients",
    ),
    (
        "R23",
        Severity::Note,
        "[[recipient]]\nid = \"reinsurer\"\nname = \"您选定的再保险人\"\nclass = \"handler\"\nregime = \"chosen-by-customer\"\nchosen = true\ncontract = \"合同\"",
        "",
    ),
    (
        "R23",
        Severity::Error,
        "[[share]]\nid = \"reinsure\"\nname = \"分保\"\nact = \"share\"\nrecipient = \"reinsurer\"\nof = [\"applicant\"]\nitems = [\"name\"]\nbasis = \"consent\"\nconsent = \"separate\"",
        "does not tell its purpose, method",
    ),
    (
        "R24",
        Severity::Error,
        "[[sdk]]\nid = \"map\"\nname = \"地图SDK\"\nchannel = \"app\"\nrecipient = \"reinsurer\"\ntext = \"地图\"\nitems = [\"coarse-location\"]\nlink = \"https://x.example\"",
        "stands in no list",
    ),
    (
        "R41",
        Severity::Warning,
        "[[clock]]\nid = \"handle\"\nlength = { count = 21, unit = \"days\" }\nstarts = \"receipt\"\ndone = \"complete\"",
        "days of receipt in 2025",
    ),
    (
        "R41",
        Severity::Warning,
        "[[clock]]\nid = \"handle\"\nlength = { count = 3, unit = \"days\" }\nstarts = \"receipt\"\ndone = \"complete\"\noverrun = \"情况复杂时延长\"",
        "lets itself run over",
    ),
    (
        "R41",
        Severity::Warning,
        "[[clock]]\nid = \"handle\"\nlength = { count = 3, unit = \"days\" }\nstarts = \"receipt\"\ndone = \"answer\"",
        "no day by which it is done",
    ),
    (
        "R41",
        Severity::Note,
        "[[clock]]\nid = \"handle\"\nlength = { count = 48, unit = \"hours\" }\nstarts = \"receipt\"\ndone = \"complete\"",
        "",
    ),
    (
        "R42",
        Severity::Warning,
        "[[clock]]\nid = \"answer\"\nlength = { count = 30, unit = \"days\" }\ndone = \"answer\"",
        "does not say when `answer` starts",
    ),
    ("R43", Severity::Error, "refusal-list = \"open\"", "the list of grounds of refusal is open"),
    ("R43", Severity::Warning, REMEDY, "names no remedy"),
    (
        "R62",
        Severity::Error,
        "[policy]\ntitle = \"政策\"\nplatform = \"yinian\"\nservice = \"颐年\"\nupdated = 2026-03-01\neffective = 2026-02-01",
        "before it was written",
    ),
    (
        "R62",
        Severity::Error,
        "[policy]\ntitle = \"政策\"\nplatform = \"yinian\"\nservice = \"颐年\"\nupdated = 2026-03-01\neffective = 2026-03-01",
        "holds from the day of its update",
    ),
    (
        "R65",
        Severity::Warning,
        "[[statement]]\nid = \"sensitive-information\"\nkind = \"definition\"\ntext = \"按 GB/T 35273 列举。\"\nsensitive = [\"health\", \"identity-document\"]",
        "superseded by GB/T 45574-2025",
    ),
    (
        "R65",
        Severity::Note,
        "[[statement]]\nid = \"standard\"\nkind = \"declaration\"\ntext = \"按 GB/T 35273 保护。\"",
        "",
    ),
];

const HANDLER: &str =
    "[handler]\nname = \"颐年养老保险股份有限公司\"\nkind = \"life-insurer\"\nwebsite = \"https://yinian.example\"";

const REMEDY: &str = "# no [[right]] complain\n[handler]\nname = \"颐年养老保险股份有限公司\"\nkind = \"life-insurer\"\nemail = \"a@b.example\"\ncomplaint-bodies = \"nothing\"";

const ASSURED: &str = "[[function]]\nid = \"health\"\nname = \"健康告知\"\nkind = \"basic\"\npurposes = [\"underwriting\"]\nbasis = \"consent\"\nconsent = \"separate\"\nusers = [\"applicant\"]\n[[function.collect]]\nof = \"insured\"\nitems = [\"health-declaration\"]\nneed = \"required\"\ntrigger = \"given\"\nsensitive = true\ntyped-by = [\"applicant\"]\nauthority = \"assured\"";

#[test]
fn what_rules_tell_apart_beyond_their_examples() {
    for (code, severity, elements, words) in FURTHER {
        let told = Files::with(elements).told(code);
        if words.is_empty() {
            assert!(told.is_empty(), "{code} is not silent about\n{elements}\n{told:#?}");
            continue;
        }
        assert_eq!(told.len(), 1, "{code}\n{elements}\n{told:#?}");
        assert_eq!(told[0].severity, *severity, "{code}: {}", told[0].message.english);
        assert!(told[0].message.english.contains(words), "{code}: {}", told[0].message.english);
    }
}

#[test]
fn r19_a_word_with_proof_is_enough() {
    let proved = format!("{ASSURED}\nwhen = {{ fact = \"do-not-track\" }}");
    assert!(Files::with(&proved).told("R19").is_empty());
}

#[test]
fn r65_comments_are_nobodys_text() {
    let commented = POLICY.replacen("language = 1", "language = 1 # 《合同法》 said \\\"so\\\"", 1);
    assert!(Files::of(&commented, OPERATION).told("R65").is_empty());
    let said = POLICY.replacen("# An invented", "# 《合同法》\n# An invented", 1).replacen("松江市", "《合同法》#", 1);
    assert_eq!(Files::of(&said, OPERATION).told("R65").len(), 1);
}

#[test]
fn r10_each_way_out_cites_its_own_article() {
    let cited = |example: &str| Files::with(example).told("R10")[0].cites[0].english.clone();
    let general = entry("R10").unwrap().wrong.as_deref().unwrap();
    assert!(cited(general).starts_with("《个人信息保护法》第二十三条"), "{}", cited(general));
    let abroad = cited("[export]\nmay = true\nconsent = \"general\"");
    assert!(abroad.starts_with("《个人信息保护法》第三十九条"), "{abroad}");
}

#[test]
fn a_text_older_than_a_rule_is_told_so() {
    let old = POLICY.replacen("2026-04-01", "2020-10-26", 1).replacen("2026-03-01", "2020-10-26", 1);
    let cite = &Files::of(&old, OPERATION).told("R62")[0].cites[0];
    assert!(cite.english.contains("in force since 2021-11-01, after this text of 2020-10-26"), "{cite:?}");
    let chinese = cite.chinese.as_deref().unwrap();
    assert!(chinese.contains("（2021-11-01起施行，晚于本文本的日期2020-10-26"), "{chinese}");
}

#[test]
fn every_rule_that_the_compiler_checks_has_words_two_examples_that_it_tells_apart_and_a_file() {
    let checked: Vec<&str> = rules::checked().map(|(code, _)| code).collect();
    let numbers: Vec<u8> = checked.iter().map(|code| code.trim_start_matches('R').parse().unwrap()).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "{checked:?}");
    for code in &checked {
        example(code);
        let entry = entry(code).unwrap();
        let complete =
            [&entry.compile, &entry.why, &entry.mend, &entry.wrong, &entry.right].iter().all(|one| one.is_some());
        assert!(complete, "{code}: law/catalogue.toml lacks words or examples");
    }
    let with_words: Vec<&str> =
        catalogue().iter().filter(|entry| entry.wrong.is_some()).map(|entry| entry.id.as_str()).collect();
    assert_eq!(with_words, checked, "examples of rules that nobody checks");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let named = |file: &Path| file.file_stem()?.to_str()?.strip_prefix('r')?.parse::<u8>().ok();
    let files: BTreeSet<u8> = paths(&folder).iter().filter_map(|file| named(file)).collect();
    assert_eq!(files, numbers.into_iter().collect(), "one rule, one file");
}

/// What the law has against each published text: code, severity and element, and whether somebody answers for it.
#[test]
fn the_findings_of_every_platform() {
    let platforms = paths(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../platforms"));
    for folder in platforms.iter().filter(|path| path.is_dir()) {
        let id = folder.file_name().unwrap().to_str().unwrap();
        let read = |path: &Path| {
            Source::new(path.file_name().unwrap().to_str().unwrap(), std::fs::read_to_string(path).unwrap())
        };
        let is_version = |path: &&PathBuf| {
            let stem = path.file_stem().unwrap().to_str().unwrap();
            path.extension().is_some_and(|end| end == "toml") && (stem == "undated" || stem.parse::<Date>().is_ok())
        };
        let operation = read(&folder.join("operation.toml"));
        let mut told = Vec::new();
        for version in paths(folder).iter().filter(is_version) {
            let policy = read(version);
            told.push(policy.name.to_string());
            told.extend(counted(&load(&Sources { policy: &policy, operation: Some(&operation) }).findings));
        }
        assert_snapshot!(format!("findings_{id}"), told.join("\n"));
    }
}

/// Findings of the law, one line for all that agree.
fn counted(findings: &[Finding]) -> Vec<String> {
    let mut lines: BTreeMap<(u8, String), usize> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.code.starts_with('R')) {
        let number = finding.code.trim_start_matches('R').parse().unwrap();
        let answered = if finding.acknowledged.is_some() { ", answered for" } else { "" };
        let element = finding.element.as_deref().unwrap_or("-");
        let severity = format!("{:?}", finding.severity).to_lowercase();
        let line = format!("{severity} {} {element}{answered}", finding.code);
        *lines.entry((number, line)).or_default() += 1;
    }
    let times = |times: usize| if times > 1 { format!(" ({times})") } else { String::new() };
    lines.into_iter().map(|((_, line), found)| format!("  {line}{}", times(found))).collect()
}

fn paths(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
