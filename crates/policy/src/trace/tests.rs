//! A published text of our own invention beside its policy, in three prints: Markdown, a web page, and the lines and pages of
//! a PDF.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;
use crate::finding::Source;
use crate::{Sources, read};

const MARKDOWN: &str = include_str!("../../../../examples/policies/songhe/published.md");
const HTML: &str = include_str!("../../../../examples/policies/songhe/published.html");
const PRINTED: &str = include_str!("../../../../examples/policies/songhe/published.txt");

fn policy() -> Source {
    Source::new("songhe.toml", include_str!("../../../../examples/policies/songhe/2026-03-01.toml"))
}

fn program(policy: &Source) -> std::sync::Arc<Program> {
    read(&Sources { policy, operation: None }).program.unwrap()
}

fn of(text: &str, form: Form) -> Trace {
    trace(&program(&policy()), text, form)
}

/// A trace without what line breaks may change.
fn unlined(mut trace: Trace) -> Trace {
    for mention in &mut trace.mentions {
        mention.line = 0;
    }
    trace
}

#[test]
fn the_report_of_a_whole_text() {
    let all = |_| true;
    assert_snapshot!("songhe", human(&of(MARKDOWN, Form::Text), "published.md", &policy(), &all));
}

#[test]
fn three_prints_of_one_text_are_one_text() {
    let markdown = of(MARKDOWN, Form::Text);
    assert!(markdown.mentions.len() > 40, "{}", markdown.mentions.len());
    assert_eq!(unlined(of(HTML, Form::Html)), unlined(markdown.clone()));
    assert_eq!(unlined(of(PRINTED, Form::Text)), unlined(markdown));
}

#[test]
fn what_is_added_to_a_text_is_not_carried_and_what_is_taken_away_leaves_an_element_without_a_place() {
    assert!(of(MARKDOWN, Form::Text).is_whole());
    let added = MARKDOWN.replace("**住址**", "**住址**和**民族**，交给东湖健康管理有限公司，保存 7 天");
    let added = of(&added, Form::Text);
    let not: Vec<(&str, &str)> = added
        .mentions
        .iter()
        .filter(|mention| mention.carried == Carried::Not)
        .map(|mention| (mention.word.as_str(), mention.clause.as_str()))
        .collect();
    assert_eq!(not, [("民族", "一(一)2"), ("东湖健康管理有限公司", "一(一)2"), ("7天", "一(一)2")]);
    assert!(!added.is_whole());

    let taken = of(&MARKDOWN.replace("和**跌倒报警**", "").replace("和跌倒报警", ""), Form::Text);
    let lacks: Vec<(&str, &Lack)> = taken.unplaced.iter().map(|one| (one.element.as_str(), &one.lack)).collect();
    let nowhere = Lack::Nowhere("跌倒报警".to_owned());
    assert_eq!(
        lacks,
        [("item.fall-alarm", &nowhere), ("function.watch.collect.0", &nowhere), ("share.send-help", &nowhere)]
    );
    let moved = of(&MARKDOWN.replace("**跌倒报警**", "动作"), Form::Text);
    let there = Lack::There("跌倒报警".to_owned());
    assert!(moved.unplaced.iter().any(|one| one.element == "function.watch.collect.0" && one.lack == there));
    let shorter = MARKDOWN.split("（六）申请给付").next().unwrap();
    let gone = of(shorter, Form::Text);
    assert!(gone.unplaced.iter().any(|one| one.lack == Lack::Clause("六(二)".to_owned())));
}

/// The mentions of items whose name nobody knows.
fn unknown(trace: &Trace) -> Vec<(&str, &str)> {
    let is_unknown = |mention: &&Mention| mention.means.iter().any(|one| one.sort == Sort::Item && one.id.is_empty());
    let unknown = trace.mentions.iter().filter(is_unknown);
    unknown.map(|one| (one.word.as_str(), one.clause.as_str())).collect()
}

#[test]
fn what_a_sentence_lists_beside_known_items_is_an_item_though_nobody_knows_its_name() {
    assert_eq!(unknown(&of(MARKDOWN, Form::Text)), []);
    let text = MARKDOWN
        .replace("请提供您的**姓名**、**手机号码**", "请提供您的献血记录、**姓名**、**体检报告**、**手机号码**")
        .replace("**姓名**、**证件号码**和**住址**", "**姓名**（真实姓名）、**证件号码**、**住址**和**过敏史**");
    let trace = of(&text, Form::Text);
    assert_eq!(unknown(&trace), [("献血记录", "一(一)1"), ("体检报告", "一(一)1"), ("过敏史", "一(一)2")]);
    assert!(
        trace
            .mentions
            .iter()
            .all(|one| one.carried != Carried::Not || unknown(&trace).contains(&(&one.word, &one.clause)))
    );
    let line = text.lines().position(|line| line.contains("过敏史")).unwrap() + 1;
    assert!(trace.mentions.iter().any(|one| one.word == "过敏史" && one.line == line && one.carried == Carried::Not));
    // A telephone is the number of one where it is listed, and a word like others elsewhere.
    let called = of(&MARKDOWN.replace("**姓名**、**手机号码**", "**姓名**、**电话**、**手机号码**"), Form::Text);
    let phone = called.mentions.iter().find(|one| one.word == "电话").unwrap();
    assert_eq!((phone.carried, unknown(&called)), (Carried::Here, vec![]));
}

#[test]
fn what_only_stands_beside_items_is_none() {
    for said in [
        // Nothing is taken in; one item alone is known; a phrase; a list of something else.
        "诊断证明、体检报告、病历信息应当妥善保管。",
        "请提供诊断证明、盖章。",
        "请提供诊断证明、病历信息和我们需要的其他资料。",
        "请提供诊断证明。病历信息、盖章、住址变更的，另行告知。",
    ] {
        let text = MARKDOWN.replace("不提供则无法给付。", &["不提供则无法给付。", said].concat());
        assert_ne!(text, MARKDOWN);
        assert_eq!(unknown(&of(&text, Form::Text)), [], "{said}");
    }
}

#[test]
fn a_text_that_lets_move_data_grants_the_right_to_take_them_along() {
    for said in ["您有权要求转移。", "我们协助您转移您的个人信息。", "您可以请求转移个人信息。"]
    {
        let trace = of(&[MARKDOWN, "\n\n", said].concat(), Form::Text);
        let last = trace.mentions.last().unwrap();
        let ids: Vec<&str> = last.means.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(ids, ["port"], "{said}: {last:?}");
    }
}

#[test]
fn weeks_halves_codes_of_cards_and_companies_by_less_than_their_registered_names_are_read() {
    let text = MARKDOWN.replace("**住址**", "**住址**和银行卡 CVV，一周内由南洋答复，由北海留存半年");
    let trace = of(&text, Form::Text);
    let read = |word: &str| {
        let found = trace.mentions.iter().find(|one| one.word == word && one.clause == "一(一)2");
        let found = found.unwrap_or_else(|| panic!("{word}: {:?}", trace.mentions));
        let ids: Vec<&str> = found.means.iter().map(|meaning| meaning.id.as_str()).collect();
        (ids.join(" "), found.carried)
    };
    assert_eq!(read("银行卡cvv"), ("card-check-value".to_owned(), Carried::Not));
    assert_eq!(read("一周"), ("7 days".to_owned(), Carried::Not));
    assert_eq!(read("半年"), ("6 months".to_owned(), Carried::Not));
    assert_eq!(read("北海"), ("reinsurer".to_owned(), Carried::Elsewhere));
    // Nobody is called so in the policy, and nothing is guessed.
    assert!(trace.mentions.iter().all(|one| one.word != "南洋"));
}

#[test]
fn what_another_clause_carries_is_told_as_such() {
    let text = MARKDOWN.replace("我们以星号遮盖一部分", "我们以星号遮盖一部分，诊断证明也是");
    let mention =
        of(&text, Form::Text).mentions.into_iter().find(|one| one.clause == "四(一)" && one.word == "诊断证明");
    let mention = mention.unwrap();
    assert_eq!((mention.carried, mention.by), (Carried::Elsewhere, vec!["function.claim.collect.0".to_owned()]));
}

/// Who hands something in is nobody to whom something goes.
#[test]
fn a_kind_of_recipients_is_carried_by_no_source_of_another_clause() {
    let text = MARKDOWN.replace("我们以星号遮盖一部分", "我们以星号遮盖一部分，也给关联公司");
    let trace = of(&text, Form::Text);
    let mention = trace.mentions.iter().find(|one| one.clause == "四(一)" && one.word == "关联公司").unwrap();
    assert_eq!((mention.carried, &mention.by), (Carried::Not, &Vec::new()));
}

#[test]
fn json_says_the_same() {
    let trace = of(MARKDOWN, Form::Text);
    let told = json(&trace, "published.md", &policy(), &|carried| carried != Carried::Here);
    let elsewhere = trace.mentions.iter().filter(|mention| mention.carried == Carried::Elsewhere).count();
    assert_eq!(told["mentions"].as_array().unwrap().len(), elsewhere);
    assert_eq!(told["unplaced"].as_array().unwrap().len(), trace.unplaced.len());
    assert_eq!(told["whole"], true);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    /// A break within a line moves lines, and nothing else; so do spaces and a page number between two paragraphs.
    #[test]
    fn lines_may_break_anywhere(breaks in prop::collection::vec(0_usize..4000, 0..60), spaces in prop::collection::vec(0_usize..4000, 0..30)) {
        let mut text = String::new();
        for (n, sign) in MARKDOWN.chars().enumerate() {
            // A break before a break would begin a paragraph.
            if breaks.contains(&n) && sign != '\n' && !text.ends_with('\n') {
                text.push('\n');
            }
            if spaces.contains(&n) {
                text.push(if n % 2 == 0 { ' ' } else { '\u{3000}' });
            }
            text.push(sign);
        }
        let text = text.replacen("\n\n（三）家属探望", "\n\n12\n\u{c}\n（三）家属探望", 1);
        let whole = unlined(of(MARKDOWN, Form::Text));
        prop_assert_eq!(unlined(of(&text, Form::Text)), whole);
    }

    /// Whatever is read, nothing breaks, and mentions stand in the order of the text.
    #[test]
    fn any_text_is_read(text in "[一二三（）()0-9、.姓名年日个工作<>p/\\n ]{0,200}") {
        for form in [Form::Text, Form::Html] {
            let trace = of(&text, form);
            prop_assert!(trace.mentions.is_sorted_by_key(|mention| mention.line));
        }
    }
}
