//! Questionnaires of an operation file: what can be filled in, and each mistake with its place.

use shouyue_policy::finding::Severity;

use crate::sample;

const SOUND: &str = r#"
[[questionnaire]]
function = "claim"
of = "applicant"
item = "occupation"
title = "职业情况"
question = [
    { id = "kind", text = "做什么工作？", answers = ["室内", "户外"] },
    { id = "tools", text = "用哪些工具？", answers = ["电动", "手动"], many = true },
    { id = "more", text = "还有什么？" },
]
answers = "一(二)1 lists no questions"
"#;

/// Errors of the language of the sample with these questionnaires, each with the words under its carets.
fn told(written: &str) -> Vec<(&'static str, Vec<String>)> {
    let policy = sample::policy().replacen("\"loyalty-number\"]", "\"loyalty-number\", \"occupation\"]", 1);
    let operation = format!("{}{written}", sample::operation());
    let loaded = sample::read(&policy, Some(&operation));
    let errors = loaded.findings.iter().filter(|one| one.severity == Severity::Error && one.code.starts_with('L'));
    let under = |at: std::ops::Range<usize>| operation.get(at).unwrap().to_owned();
    let told = errors.map(|one| {
        let places = one.places.iter().map(|place| under(place.span.start as usize..place.span.end as usize));
        (one.code, places.collect())
    });
    told.collect()
}

#[test]
fn a_questionnaire_is_of_an_item_in_words_that_somebody_gives() {
    assert_eq!(told(SOUND), []);
    assert_eq!(told(&SOUND.replace("of = \"applicant\"\n", "")), []);
}

#[test]
fn each_mistake_of_a_questionnaire_is_told_where_it_stands() {
    for (line, to, code, under) in [
        ("\"claim\"", "\"no-such\"", "L0304", "\"no-such\""),
        ("\"applicant\"", "\"no-such\"", "L0304", "\"no-such\""),
        ("\"occupation\"", "\"no-such\"", "L0304", "\"no-such\""),
        ("\"occupation\"", "\"education\"", "L0439", "\"education\""),
        ("\"claim\"", "\"claim-progress\"", "L0439", "\"occupation\""),
        ("\"applicant\"", "\"insured\"", "L0439", "\"occupation\""),
        ("\"more\"", "\"tools\"", "L0301", "\"tools\""),
        ("\"室内\", \"户外\"", "\"室内\"", "L0439", "\"室内\""),
        ("\"室内\", \"户外\"", "\"室内\", \"室内\"", "L0439", "\"室内\""),
        ("answers = [\"电动\", \"手动\"], ", "", "L0439", "true"),
        ("\"还有什么？\"", "\" \"", "L0111", "\" \""),
    ] {
        assert_eq!(told(&SOUND.replacen(line, to, 1)), [(code, vec![under.to_owned()])], "{to} for {line}");
    }
    // Typed there, and a number: it has a form of its own.
    let number = SOUND.replacen("\"occupation\"", "\"loyalty-number\"", 1);
    assert_eq!(told(&number), [("L0439", vec!["\"loyalty-number\"".to_owned()])]);
    let (before, rest) = SOUND.split_once("question = [").unwrap();
    let none = format!("{before}{}", rest.split_once("]\nanswers").map(|(_, rest)| format!("answers{rest}")).unwrap());
    assert_eq!(told(&none), [("L0439", vec!["[[questionnaire]]".to_owned()])]);
}

#[test]
fn an_item_has_one_questionnaire() {
    let twice = format!("{SOUND}{SOUND}");
    assert_eq!(told(&twice), [("L0439", vec!["\"occupation\"".to_owned()])]);
    let everybody = format!("{SOUND}{}", SOUND.replace("of = \"applicant\"\n", ""));
    assert_eq!(told(&everybody), [("L0439", vec!["\"occupation\"".to_owned()])]);
}
