//! Rules about the text itself: the examples of their catalogue, put into a policy in which no rule finds anything.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use insta::assert_snapshot;
use shouyue_policy::finding::{Finding, Language, Severity, Source};
use shouyue_policy::report::{self, Style};
use shouyue_policy::rules::text;
use shouyue_policy::{Sources, load};

use crate::rules::Files;

/// The wrong example fires its rule exactly once, the right one not at all.
#[test]
fn every_rule_fires_on_its_wrong_example_once_and_never_on_the_right_one() {
    for entry in text::catalogue() {
        let code = entry.id.as_str();
        let (Some(wrong), Some(right)) = (&entry.wrong, &entry.right) else { panic!("{code} has no examples") };
        let mended = Files::with(right).told(code);
        assert!(mended.is_empty(), "the right example of {code} breaks it: {mended:#?}");
        let files = Files::with(wrong);
        let told = files.told(code);
        assert_eq!(told.len(), 1, "the wrong example of {code}: {told:#?}");
        assert!(told[0].element.is_some(), "{code} names no element");
        assert!(told[0].cites.is_empty(), "{code} cites a law");
        let report = report::human(&told, &[files.policy, files.operation], Style::Plain, Language::English);
        assert_snapshot!(code, report.split("\n\n").next().unwrap());
    }
}

#[test]
fn every_rule_has_words_and_a_file_and_gives_way_to_rules_of_the_law() {
    let checked: Vec<&str> = text::checked().map(|(code, _)| code).collect();
    let entries: Vec<&str> = text::catalogue().iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(entries, checked, "text/catalogue.toml");
    assert!(checked.iter().zip(1..).all(|(code, number)| **code == format!("T{number:02}")), "{checked:?}");
    for entry in text::catalogue() {
        let complete =
            [&entry.compile, &entry.why, &entry.mend, &entry.wrong, &entry.right].iter().all(|one| one.is_some());
        assert!(complete && entry.run.is_none(), "{}: text/catalogue.toml lacks words or examples", entry.id);
        assert!(entry.yields.iter().all(|law| shouyue_policy::law::entry(law).is_some()), "{}", entry.id);
        assert!(report::explain(&entry.id, Language::English).unwrap().contains(entry.why.as_ref().unwrap()));
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules/text");
    let files: BTreeSet<String> =
        std::fs::read_dir(&folder).unwrap().filter_map(|file| rule(&file.unwrap().file_name())).collect();
    assert_eq!(files, checked.into_iter().map(str::to_owned).collect(), "one rule, one file");
}

fn rule(file: &std::ffi::OsStr) -> Option<String> {
    let number = file.to_str()?.strip_prefix('t')?.strip_suffix(".rs")?;
    number.parse::<u8>().ok().map(|number| format!("T{number:02}"))
}

/// What a rule tells apart beyond its example.
#[derive(serde::Deserialize)]
struct Case {
    code: String,
    /// Words of the finding; none: the rule is silent.
    told: Option<String>,
    elements: String,
}

#[derive(serde::Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[test]
fn what_rules_tell_apart_beyond_their_examples() {
    let cases: Cases = toml::from_str(include_str!("../fixtures/text.toml")).unwrap();
    let mut wrong = Vec::new();
    for Case { code, told: words, elements } in &cases.case {
        let told: Vec<String> = Files::with(elements).told(code).into_iter().map(|one| one.message.english).collect();
        let right = words.as_ref().map_or(told.is_empty(), |words| told.iter().any(|one| one.contains(words)));
        if !right {
            wrong.push(format!("{code}: {words:?}\n{elements}told: {told:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_promise_of_masks_needs_a_role_that_sees_them() {
    let masks = "[[promise]]\nid = \"masks\"\ntext = \"遮盖。\"\ncontrol = \"mask-on-display\"\nevidence = \"nothing\"";
    let clear = "# operation.toml\n[[role]]\nid = \"counter\"\nname = \"柜面\"\nfunctions = [\"apply\"]\nclear-view = true\nminors = false\nanswers = \"四\"";
    let promised = Files { policy: Files::with(masks).policy, operation: Files::with(clear).operation };
    let told = promised.told("T16");
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(
        told[0].message.english.contains("every role of staff sees all in the clear"),
        "{}",
        told[0].message.english
    );
    assert_eq!(told[0].places.len(), 3, "the promise and both roles");
    assert!(Files::with(masks).told("T16").is_empty());
}

#[test]
fn what_a_reader_notes_is_no_finding() {
    let elements = "[[statement]]\nid = \"two-sides\"\nkind = \"contradiction\"\ntext = \"一处说应用，一处没有。\"\nclause = [\"引言\", \"附件一\"]\n";
    assert_eq!(Files::with(elements).told("T19"), []);
}

#[test]
fn a_finding_stands_where_the_part_of_its_element_stands() {
    let of = |elements: &str, code: &str| {
        let told = Files::with(elements).told(code);
        assert_eq!(told.len(), 1, "{told:#?}");
        (told[0].element.clone(), told[0].clause.clone())
    };
    let handler = "[handler]\nname = \"颐年养老保险股份有限公司\"\nkind = \"life-insurer\"\nclause = [\"引言\", \"十\"]\nemail = \"privacy@yinian.example\"\naddress = \"松江市晚晴路8号\"\nwebsite = \"https://yinian.example\"\nofficer = \"负责人\"\naffiliates = \"nothing\"\ncomplaint-bodies = [\"网信部门\"]\n[[handler.contact]]\nroute = \"phone\"\nvalue = \"400-800-0000\"\nclause = [\"九\"]\n[[handler.contact]]\nroute = \"fax\"\nvalue = \"400-800-0000\"\nclause = [\"十\"]\n";
    assert_eq!(of(handler, "T10"), (Some("handler".to_owned()), Some("十".to_owned())));
}

#[test]
fn a_fault_that_the_law_tells_of_the_same_element_is_told_once() {
    // The catalogue lets `T14` give way to `R6`, which reports data that are de-identified and given away for free.
    const SHARE: &str = "[[share]]\nid = \"reinsure\"\nname = \"分保\"\nact = \"share\"\nrecipient = \"reinsurer\"\npurpose = \"reinsure\"\nof = [\"applicant\"]\nitems = [\"name\"]\nlevel = \"de-identified\"\nconsent = \"nothing\"\nmethod = \"push\"\ndocument = false\n";
    const SUMS: &str = "[[recipient]]\nid = \"reinsurer\"\nname = \"东海再保险股份有限公司\"\nclass = \"handler\"\nregime = \"aggregates\"\ncontact = \"x@y.example\"\ncontract = \"合同\"\nexit = [\"删除\"]\n";
    let free = Files::with(&format!("{SHARE}silent = [\"basis\"]\n{SUMS}"));
    assert_eq!((free.told("R6").len(), free.told("T14").len()), (1, 0));
    let grounded = Files::with(&format!("{SHARE}basis = \"contract\"\n{SUMS}"));
    assert_eq!((grounded.told("R6").len(), grounded.told("T14").len()), (0, 1));
}

/// What the texts of the platforms have against themselves: code, severity and element, and whether somebody answers for it.
#[test]
fn the_findings_of_every_platform() {
    for (id, policy, operation) in platforms() {
        let findings = load(&Sources { policy: &policy, operation: Some(&operation) }).findings;
        assert_snapshot!(format!("text_{id}"), lines(&findings).join("\n"));
    }
}

/// Every clause that an element names is printed in the document, where the document says what is printed there.
#[test]
fn elements_name_clauses_that_their_document_has() {
    for (id, policy, _) in platforms() {
        let clauses: BTreeSet<String> = policy
            .text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once("clause = ["))
            .flat_map(|(_, rest)| {
                rest.split(']')
                    .next()
                    .unwrap()
                    .split(',')
                    .map(|one| one.trim().trim_matches('"').to_owned())
                    .collect::<Vec<_>>()
            })
            .collect();
        assert!(clauses.len() > 20, "{id}");
        let references: Vec<String> = clauses
            .iter()
            .map(|clause| format!("{{ clause = \"x\", words = \"{clause}\", to = \"{clause}\" }}"))
            .collect();
        let (before, document) = policy.text.split_once("[document]\n").unwrap();
        let document = document.split("\n[[").next().unwrap().split("reference = [").next().unwrap();
        let asked = format!("{before}[document]\n{document}\nreference = [{}]\n", references.join(", "));
        let findings = load(&Sources { policy: &Source::new("policy.toml", asked), operation: None }).findings;
        let missing: Vec<_> = findings.iter().filter(|one| one.code == "T03").map(|one| &one.message.english).collect();
        assert!(missing.is_empty(), "{id}: {missing:#?}");
        assert!(findings.iter().any(|one| one.code.starts_with('T')), "{id}: {findings:#?}");
    }
}

fn platforms() -> Vec<(String, Source, Source)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../platforms");
    let mut folders: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    let read =
        |path: &Path| Source::new(path.file_name().unwrap().to_str().unwrap(), std::fs::read_to_string(path).unwrap());
    let mut all = Vec::new();
    for folder in folders {
        let id = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let version = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).find(|path| {
            let stem = path.file_stem().unwrap().to_str().unwrap();
            path.extension().is_some_and(|end| end == "toml") && (stem == "undated" || stem.starts_with("20"))
        });
        all.push((id, read(&version.unwrap()), read(&folder.join("operation.toml"))));
    }
    all
}

/// Findings of the text, one line for all that agree.
fn lines(findings: &[Finding]) -> Vec<String> {
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.code.starts_with('T')) {
        let answered = if finding.acknowledged.is_some() { ", answered for" } else { "" };
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let element = finding.element.as_deref().unwrap_or("-");
        *lines.entry(format!("{} {severity} {element}{answered}", finding.code)).or_default() += 1;
    }
    let times = |times: usize| if times > 1 { format!(" ({times})") } else { String::new() };
    lines.into_iter().map(|(line, found)| format!("{line}{}", times(found))).collect()
}
