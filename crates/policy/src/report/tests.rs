//! What reports look like, letter by letter. Chinese characters are two columns wide, so carets must be, too.

use std::sync::Arc;

use insta::assert_snapshot;

use super::{Line, Mark, Style, every_code, excerpts, explain, human, json};
use crate::finding::{Acknowledged, Finding, Language, Severity, Source, Span};

const TEXT: &str = "[[function]]\nid = \"claim\"\nname = \"理赔\"\nitems = [\"姓名\", \"姓明\", \"name\"]\n\n[[function]]\nid = \"claim\"\nwhen = { all = [\n  { fact = \"争议\" },\n] }\n";

fn source() -> Source {
    Source::new("policy.toml", TEXT)
}

/// The span of the `n`th place where `words` stand.
fn span(words: &str, n: usize) -> Span {
    let start = TEXT.match_indices(words).nth(n).unwrap().0;
    (start..start + words.len()).into()
}

fn error(code: &'static str, message: &str) -> Finding {
    Finding::new(code, Severity::Error, message)
}

fn plain(findings: &[Finding]) -> String {
    human(findings, &[source()], Style::Plain, Language::English)
}

#[test]
fn carets_stand_under_chinese_words() {
    let finding = error("L0304", "no item is called `姓明`").at(&source(), span("\"姓明\"", 0), "named here");
    assert_snapshot!(plain(&[finding.mend("did you mean `姓名`?")]), @r#"
    error[L0304]: no item is called `姓明`
     --> policy.toml:4:16
      |
    4 | items = ["姓名", "姓明", "name"]
      |                  ^^^^^^ named here
      |
      = help: did you mean `姓名`?

    1 error
    "#);
}

#[test]
fn secondary_places_are_shown_with_the_main_one() {
    let here = span("\"claim\"", 1);
    let finding = error("L0301", "two elements bear the id `claim`").at(&source(), here, "here again");
    assert_snapshot!(plain(&[finding.at(&source(), span("\"claim\"", 0), "first here")]), @r#"
    error[L0301]: two elements bear the id `claim`
     --> policy.toml:7:6
      |
    2 | id = "claim"
      |      ------- first here
    ...
    7 | id = "claim"
      |      ^^^^^^^ here again

    1 error
    "#);
}

#[test]
fn places_in_two_files_are_two_excerpts() {
    let operation = Source::new("operation.toml", "platform = \"港\"\n");
    let finding = error("L0417", "this file is for another platform").at(&operation, (11..16).into(), "here").at(
        &source(),
        span("\"理赔\"", 0),
        "there",
    );
    assert_snapshot!(human(&[finding], &[source(), operation], Style::Plain, Language::English), @r#"
    error[L0417]: this file is for another platform
     --> operation.toml:1:12
      |
    1 | platform = "港"
      |            ^^^^ here
      |
     ::: policy.toml:3:8
      |
    3 | name = "理赔"
      |        ------ there

    1 error
    "#);
}

#[test]
fn spans_of_several_lines_are_framed() {
    let finding = error("L0411", "a condition without parts").at(
        &source(),
        span("{ all = [\n  { fact = \"争议\" },\n] }", 0),
        "this",
    );
    assert_snapshot!(plain(&[finding]), @r#"
    error[L0411]: a condition without parts
      --> policy.toml:8:8
       |
     8 |   when = { all = [
       |  ________^
     9 | |   { fact = "争议" },
    10 | | ] }
       | |___^ this

    1 error
    "#);
}

#[test]
fn clause_article_and_acknowledgement_are_told() {
    let mut finding = Finding::new("R41", Severity::Error, "30 days are later than 15 working days");
    finding = finding.at(&source(), span("\"理赔\"", 0), "");
    finding.clause = Some("八(二)".to_owned());
    finding.cites = vec!["《个人信息保护法》第五十条".into(), "GB/T 35273-2020 8.7".into()];
    let finding = finding.mend("promise 15 working days");
    let mut answered = finding.clone();
    answered.acknowledged =
        Some(Acknowledged { reason: "下一版修改".to_owned(), on: jiff::civil::date(2026, 1, 5) });
    assert_snapshot!(plain(&[finding, answered]), @r#"
    error[R41]: 30 days are later than 15 working days
     --> policy.toml:3:8
      |
    3 | name = "理赔"
      |        ^^^^^^
      |
      = clause: 八(二)
      = rule: 《个人信息保护法》第五十条
      = rule: GB/T 35273-2020 8.7
      = help: promise 15 working days

    acknowledged error[R41]: 30 days are later than 15 working days
    --> policy.toml:3:8
     = acknowledged: 2026-01-05: 下一版修改

    1 error (1 more acknowledged)
    to publish this, mend 1 error of the law, or answer for it in operation.toml: [[acknowledge]]
    why, and what would be right: shouyue explain R41, and so for each code
    "#);
}

#[test]
fn a_finding_without_its_file_is_told_all_the_same() {
    let elsewhere = Source::new("elsewhere.toml", "");
    let finding = Finding::new("L0201", Severity::Warning, "`need` is not stated").at(&elsewhere, (3..9).into(), "");
    assert_snapshot!(plain(&[finding]), @r#"
    warning[L0201]: `need` is not stated
     |
     = note: in elsewhere.toml

    1 warning
    "#);
}

#[test]
fn places_outside_the_text_do_no_harm() {
    let wild = [(0, 9_999), (9_999, 10_000), (34, 35), (5, 2)];
    for (start, end) in wild {
        let mut finding = error("L0101", "not TOML").at(&source(), Span { start, end }, "here");
        finding.message = "two\nlines".into();
        assert!(plain(std::slice::from_ref(&finding)).contains("1 error"));
        assert_eq!(json(&[finding], &[source()])["errors"], 1);
    }
}

#[test]
fn the_order_is_by_file_place_and_code() {
    let place = |file: &str, at: u32, code| {
        let source = Source::new(Arc::<str>::from(file), "");
        error(code, "x").at(&source, Span { start: at, end: at }, "")
    };
    let mut findings =
        vec![place("b", 1, "L0101"), place("a", 2, "L0102"), place("a", 2, "L0101"), place("a", 1, "L0103")];
    super::order(&mut findings);
    let told: Vec<_> = findings.iter().map(|f| (&*f.places[0].file, f.places[0].span.start, f.code)).collect();
    assert_eq!(told, [("a", 1, "L0103"), ("a", 2, "L0101"), ("a", 2, "L0102"), ("b", 1, "L0101")]);
}

#[test]
fn json_counts_columns_in_characters() {
    let finding = error("L0304", "no item is called `姓明`").at(&source(), span("\"姓明\"", 0), "named here");
    assert_snapshot!(serde_json::to_string_pretty(&json(&[finding], &[source()])).unwrap(), @r#"
    {
      "acknowledged": 0,
      "errors": 1,
      "findings": [
        {
          "acknowledged": null,
          "cites": [],
          "cites_zh": [],
          "clause": null,
          "code": "L0304",
          "element": null,
          "mend": null,
          "mend_zh": null,
          "message": "no item is called `姓明`",
          "message_zh": null,
          "places": [
            {
              "end": 69,
              "file": "policy.toml",
              "from": {
                "column": 16,
                "line": 4
              },
              "label": "named here",
              "label_zh": null,
              "start": 61,
              "to": {
                "column": 20,
                "line": 4
              }
            }
          ],
          "severity": "error"
        }
      ],
      "law": {
        "acknowledged": 0,
        "errors": 0,
        "notes": 0,
        "warnings": 0
      },
      "notes": 0,
      "text": {
        "acknowledged": 0,
        "errors": 0,
        "notes": 0,
        "warnings": 0
      },
      "warnings": 0
    }
    "#);
}

#[test]
fn the_text_itself_is_counted_apart_from_the_law() {
    let of = |code, severity| Finding::new(code, severity, "so").at(&source(), span("\"姓明\"", 0), "");
    let law = of("R41", Severity::Error);
    assert!(!plain(std::slice::from_ref(&law)).contains("of the text itself"));
    let mut answered = of("T03", Severity::Warning);
    answered.acknowledged = Some(Acknowledged { reason: "so".to_owned(), on: jiff::civil::date(2026, 1, 1) });
    let told = plain(&[law, of("T01", Severity::Warning), of("T14", Severity::Error), answered]);
    let lines: Vec<&str> = told.lines().rev().take(4).collect();
    assert_eq!(lines[3], "2 errors, 1 warning (1 more acknowledged)");
    assert_eq!(lines[2], "of the law: 1 error; of the text itself: 1 error, 1 warning (1 more acknowledged)");
    assert!(lines[1].starts_with("to publish this, mend 2 errors of law and text"), "{}", lines[1]);
}

#[test]
fn colours_are_only_in_coloured_reports() {
    let finding = error("L0304", "no item").at(&source(), span("\"姓明\"", 0), "");
    assert!(human(std::slice::from_ref(&finding), &[source()], Style::Coloured, Language::English).contains('\u{1b}'));
    assert!(!plain(&[finding]).contains('\u{1b}'));
}

/// A line with `[` and `]` around what the finding is about, `(` and `)` around further places.
fn drawn(line: &Line) -> String {
    let part = |part: &super::Part| match part.mark {
        Mark::Beside => part.text.clone(),
        Mark::Further => format!("({})", part.text),
        Mark::Main => format!("[{}]", part.text),
    };
    let parts: String = line.parts.iter().map(part).collect();
    let labels: Vec<&str> = line.labels.iter().map(|label| label.text.english.as_str()).collect();
    format!("{} {parts} {}", line.number, labels.join(" ")).trim_end().to_owned()
}

fn lines(finding: &Finding, sources: &[Source]) -> Vec<(String, usize, Vec<String>)> {
    let excerpts = excerpts(&finding.places, sources);
    excerpts.into_iter().map(|one| (one.file, one.line, one.lines.iter().map(drawn).collect())).collect()
}

#[test]
fn an_excerpt_marks_each_place_in_its_line() {
    let operation = Source::new("operation.toml", "platform = \"港\"\n");
    let finding = error("L0304", "no item is called `姓明`")
        .at(&source(), span("\"姓明\"", 0), "named here")
        .at(&source(), span("\"claim\"", 0), "the function")
        .at(&source(), span("[\"姓名\", \"姓明\", \"name\"]", 0), "")
        .at(&operation, (11..16).into(), "there")
        .at(&Source::new("elsewhere.toml", ""), (0..1).into(), "");
    let there = ("operation.toml".to_owned(), 1, vec!["1 platform = (\"港\") there".to_owned()]);
    let here = vec![
        "2 id = (\"claim\") the function".to_owned(),
        "4 items = ([\"姓名\", )[\"姓明\"](, \"name\"]) named here".to_owned(),
    ];
    assert_eq!(lines(&finding, &[source(), operation]), [("policy.toml".to_owned(), 4, here), there]);
}

#[test]
fn an_excerpt_leaves_out_what_is_long() {
    let long = format!("a = \"{}\"\n[[b]]\n{}end\n", "字".repeat(500), "c = 1\n".repeat(20));
    let long = Source::new("long.toml", long);
    let at = |needle: &str| {
        let start = long.text.find(needle).unwrap();
        Span::from(start..start + needle.len())
    };
    let shown =
        lines(&error("T01", "so").at(&long, Span { start: 305, end: 311 }, "these"), std::slice::from_ref(&long));
    assert_eq!(shown[0].2, [format!("1 …{}[字字]{}… these", "字".repeat(60), "字".repeat(60))]);
    let all = Span { start: 0, end: at("[[b]]").start };
    let shown = lines(&error("T01", "so").at(&long, all, "all"), std::slice::from_ref(&long));
    assert_eq!(shown[0].2, [format!("1 [a = \"{}…{}\"] all", "字".repeat(115), "字".repeat(119))], "no second line");
    let block = Span { start: at("[[b]]").start, end: at("end").end };
    let shown = lines(&error("T01", "so").at(&long, block, "block"), std::slice::from_ref(&long));
    let numbers: Vec<&str> = shown[0].2.iter().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(numbers, ["2", "3", "4", "5", "23"]);
    assert_eq!(shown[0].2[4], "23 [end] block");
}

#[test]
fn an_excerpt_of_a_place_outside_the_text_does_no_harm() {
    for (start, end) in [(0, 9_999), (9_999, 10_000), (34, 35), (5, 2), (0, 0)] {
        let finding = error("L0101", "not TOML").at(&source(), Span { start, end }, "here");
        let shown = excerpts(&finding.places, &[source()]);
        assert_eq!(shown.len(), 1);
        assert!(shown[0].line >= 1);
    }
    assert!(
        excerpts(&error("L0101", "x").at(&Source::new("policy.toml", ""), Span::default(), "").places, &[source()])
            .len()
            == 1
    );
}

#[test]
fn every_code_is_explained_once() {
    let codes: Vec<&str> = every_code().collect();
    let mut once = codes.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), codes.len());
    assert!(["R1", "R22", "R41", "T07", "L0101", "L0604"].iter().all(|code| once.contains(code)), "{once:?}");
    for code in codes {
        let text = explain(code, Language::English).unwrap();
        assert!(text.starts_with(&format!("{code}  ")) && text.lines().count() > 1, "{text}");
        let reasoned = text.contains("\nwhy: ") && text.contains("\nto mend it: ");
        assert!(reasoned || code.starts_with('L'), "{text}");
    }
    assert_eq!(explain("R999", Language::English), None);
    // What no part of the system does is not said as if one did.
    assert!(explain("R22", Language::English).unwrap().contains("in the system, planned and not there yet: "));
    assert!(explain("R41", Language::English).unwrap().contains("in the system: "));
}
