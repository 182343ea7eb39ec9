//! Loading never panics, whatever the bytes, and every place of a finding is inside its file.

use proptest::prelude::*;
use shouyue_policy::finding::{Finding, Language, Source};
use shouyue_policy::report::{self, Style};

use shouyue_policy::Sources;

use super::engine_author::Dice;
use crate::sample;

const HAIGANG: &str = include_str!("../../../../platforms/haigang/undated.toml");

pub(super) fn reported(policy: &str, operation: Option<&str>) -> Vec<Finding> {
    let loaded = sample::load(policy, operation);
    let sources = [Source::new("policy.toml", policy), Source::new("operation.toml", operation.unwrap_or_default())];
    for finding in &loaded.findings {
        for place in &finding.places {
            let Some(source) = sources.iter().find(|source| source.name == place.file) else { continue };
            let range = place.span.start as usize..place.span.end as usize;
            assert!(source.text.get(range).is_some(), "{place:?} lies between characters or outside");
        }
        assert!(!finding.message.english.contains('\n'), "{:?}", finding.message.english);
        if let Some(place) = finding.places.first() {
            let text = if &*place.file == "policy.toml" { policy } else { operation.unwrap_or_default() };
            under_the_carets(finding, text.get(place.span.start as usize..place.span.end as usize).unwrap());
        }
    }
    let text = report::human(&loaded.findings, &sources, Style::Plain, Language::English);
    assert!(text.lines().count() > loaded.findings.len());
    assert!(report::explained(&loaded.findings, &sources, Style::Plain, Language::English).len() >= text.len());
    assert_eq!(report::sarif(&loaded.findings, &sources, Language::English)["runs"].as_array().unwrap().len(), 1);
    assert_eq!(report::json(&loaded.findings, &sources)["findings"].as_array().unwrap().len(), loaded.findings.len());
    loaded.findings
}

/// A finding about one token stands at that token.
fn under_the_carets(finding: &Finding, text: &str) {
    let about_a_token =
        ["L0102", "L0104", "L0106", "L0107", "L0108", "L0304", "L0305", "L0403"].contains(&finding.code);
    // Escapes and line breaks are written otherwise in the file, and long texts are cut in messages.
    let plain = text.chars().count() < 60 && !text.contains(['\\', '\n', '`']) && !text.contains(char::is_control);
    if about_a_token && plain {
        let token = finding.message.english.split('`').nth(1).unwrap();
        assert!(text.contains(token), "{text} is not {token}");
    }
}

/// Every finding stands at words of its file, and not at all of it. What is missing at the top of a file stands nowhere else.
fn at_words(findings: &[Finding], sources: &[&Source]) {
    for finding in findings {
        assert!(!finding.places.is_empty(), "{finding:?}");
        for place in &finding.places {
            let Some(source) = sources.iter().find(|source| source.name == place.file) else { continue };
            let range = place.span.start as usize..place.span.end as usize;
            let words = source.text.get(range.clone()).unwrap_or_else(|| panic!("{finding:?} lies outside"));
            let of_the_file = range == (0..0) && ["L0105", "L0201"].contains(&finding.code);
            assert!(of_the_file || !words.trim().is_empty(), "{finding:?} stands at nothing");
            assert!(words.len() < source.text.len(), "{finding:?} stands at the whole file");
        }
    }
}

/// The findings of the platforms, and those after one of their tables was taken out, put in twice, or moved to the end.
#[test]
fn every_finding_of_a_platform_stands_at_words_of_its_file() {
    let mut found = 0;
    for (policy, operation) in super::fuzz::platforms() {
        let operation = Source::new("operation.toml", operation);
        let starts: Vec<usize> = policy.match_indices("\n[").map(|(at, _)| at + 1).chain([policy.len()]).collect();
        let mut dice = Dice(u64::try_from(policy.len()).unwrap());
        for turn in 0..10 {
            let place = dice.roll(starts.len() - 1);
            let (from, to) = (starts[place], starts[place + 1]);
            let (upto, after) = policy.split_at(to);
            let (before, table) = upto.split_at(from);
            let text = match turn {
                0 => policy.clone(),
                1 | 2 if table.starts_with("[[") => [before, table, table, after].concat(),
                3 | 4 if table.starts_with("[[") => [before, after, table].concat(),
                _ => [before, after].concat(),
            };
            let policy = Source::new("policy.toml", text);
            let loaded = shouyue_policy::load(&Sources { policy: &policy, operation: Some(&operation) });
            at_words(&loaded.findings, &[&policy, &operation]);
            found += loaded.findings.len();
        }
    }
    assert!(found > 500, "{found}");
}

/// One way to damage a file: at a place, take some characters out and put others in.
fn damage() -> impl Strategy<Value = (prop::sample::Index, usize, String)> {
    let put = prop_oneof![
        Just(String::new()),
        "[\\[\\]{}=\"'.,#\n 0-9a-z]{1,6}",
        Just("理赔".to_owned()),
        Just("\"\"\"".to_owned()),
        Just("silent = [\"need\"]\n".to_owned()),
        Just("[[function]]\n".to_owned()),
        any::<char>().prop_map(String::from),
    ];
    (any::<prop::sample::Index>(), 0..40_usize, put)
}

fn damaged(text: &str, damages: &[(prop::sample::Index, usize, String)]) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for (at, out, put) in damages {
        let from = at.index(letters.len());
        let to = (from + out).min(letters.len());
        letters.splice(from..to, put.chars());
    }
    letters.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        reported(&text, Some(&text));
    }

    #[test]
    fn toml_like_texts_are_answered(text in "([a-z\\-]{1,9} = (1|\"理\"|\\[\\]|\\{\\}|true)\n|\\[{1,2}(policy|function|person|item|right)\\]{1,2}\n){0,20}") {
        reported(&text, None);
    }

    #[test]
    fn a_damaged_file_is_answered(damages in prop::collection::vec(damage(), 1..6)) {
        reported(&damaged(&sample::policy(), &damages), Some(&damaged(&sample::operation(), &damages)));
    }

    #[test]
    fn a_damaged_real_file_is_answered(damages in prop::collection::vec(damage(), 1..4)) {
        reported(&damaged(HAIGANG, &damages), None);
    }
}
