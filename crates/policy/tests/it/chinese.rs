//! What rules of law and text find is said in Chinese as well, whole and plain.

use insta::assert_snapshot;
use shouyue_policy::finding::{Finding, Language, Message, Source};
use shouyue_policy::law::catalogue;
use shouyue_policy::report::{self, Style};
use shouyue_policy::rules::text;
use shouyue_policy::{Sources, load};

use crate::platforms::published;
use crate::rules::Files;

/// Latin words that a Chinese sentence has, too.
const TERMS: [&str; 8] = ["SDK", "App", "Cookie", "Do", "Not", "Track", "operation", "toml"];

/// What is wrong with a sentence: something that a blank brought along in English, or a blank that nothing filled.
fn fault(said: &Message) -> Option<String> {
    let Some(chinese) = &said.chinese else { return Some(format!("not said in Chinese: {}", said.english)) };
    // Published names stand in “…”, ids and keys in backticks; citations begin with a title.
    let mut plain = String::new();
    let mut quotes = 0_usize;
    let mut in_code = false;
    for sign in chinese.chars() {
        match sign {
            '“' | '《' => quotes += 1,
            '”' | '》' => quotes = quotes.saturating_sub(1),
            '`' => in_code = !in_code,
            _ if quotes == 0 && !in_code => plain.push(sign),
            _ => {}
        }
    }
    let words = plain.split(|sign: char| !sign.is_ascii_alphabetic()).filter(|word| word.len() > 2);
    let strange: Vec<&str> = words.filter(|word| !TERMS.contains(word)).collect();
    let whole = quotes == 0 && !in_code && !plain.contains(['{', '}']) && !chinese.is_ascii();
    (!strange.is_empty() || !whole).then(|| format!("{strange:?} in {chinese}"))
}

fn faults(finding: &Finding) -> Vec<String> {
    let labels = finding.places.iter().map(|place| &place.label).filter(|label| !label.is_empty());
    let said = std::iter::once(&finding.message).chain(labels).chain(&finding.mend);
    let cites = finding.cites.iter().filter(|cite| cite.chinese.is_none()).map(|cite| cite.english.clone());
    said.filter_map(fault).chain(cites).map(|fault| format!("{}: {fault}", finding.code)).collect()
}

#[test]
fn every_finding_about_a_platform_is_said_in_chinese() {
    let mut wrong = Vec::new();
    for platform in published() {
        let sources = Sources { policy: &platform.policy, operation: Some(&platform.operation) };
        let findings = load(&sources).findings;
        let of_rules: Vec<_> = findings.iter().filter(|finding| !finding.code.starts_with('L')).collect();
        assert!(of_rules.len() > 50, "{}", of_rules.len());
        wrong.extend(of_rules.into_iter().flat_map(faults));
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The wrong example of every rule, as a report of that language shows it.
#[test]
fn the_wrong_example_of_every_rule() {
    let mut said = String::new();
    for entry in catalogue().iter().chain(text::catalogue()) {
        let Some(wrong) = &entry.wrong else { continue };
        let told = Files::with(wrong).told(&entry.id);
        assert_eq!(told.iter().flat_map(faults).collect::<Vec<_>>(), [""; 0]);
        for Finding { code, message, places, mend, .. } in &told {
            let labels: Vec<&str> = places.iter().filter_map(|place| place.label.chinese.as_deref()).collect();
            let chinese = message.chinese.as_deref().unwrap();
            said.extend([*code, "  ", chinese, "（", &labels.join("；"), "）\n"]);
            said.extend(mend.iter().flat_map(|mend| ["    ", mend.chinese.as_deref().unwrap(), "\n"]));
        }
    }
    assert_snapshot!(said);
}

#[test]
fn a_report_is_in_one_language() {
    let files = Files::with(catalogue().iter().find(|entry| entry.id == "R41").unwrap().wrong.as_deref().unwrap());
    let told = files.told("R41");
    let sources: [Source; 2] = [files.policy, files.operation];
    assert_snapshot!(report::explained(&told, &sources, Style::Plain, Language::Chinese));
    let log = report::sarif(&told, &sources, Language::Chinese);
    assert_eq!(log["runs"][0]["language"], "zh-CN");
    let english = report::sarif(&told, &sources, Language::English);
    let print = |log: &serde_json::Value| log["runs"][0]["results"][0]["partialFingerprints"].clone();
    assert_eq!(print(&log), print(&english), "a finding is the same one in each language");
    assert_snapshot!(log["runs"][0]["results"][0]["message"]["text"].as_str().unwrap());
}
