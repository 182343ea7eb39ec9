//! Documents set by the program, and what it refuses.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A document as `render` writes it: what follows the head of the snapshot.
fn data(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../render/tests/it/snapshots");
    let snapshot = fs::read_to_string(folder.join(format!("{name}.snap"))).unwrap();
    snapshot.splitn(3, "---\n").nth(2).unwrap().to_owned()
}

fn called(program: &str, arguments: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A program that refuses before it reads has closed its end.
    drop(child.stdin.take().unwrap().write_all(input));
    child.wait_with_output().unwrap()
}

fn set(document: &str) -> Vec<u8> {
    let output = called(env!("CARGO_BIN_EXE_shouyue-pdf"), &[], document.as_bytes());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn refused(arguments: &[&str], document: &str) -> (i32, String) {
    let output = called(env!("CARGO_BIN_EXE_shouyue-pdf"), arguments, document.as_bytes());
    assert!(output.stdout.is_empty());
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

/// The words of a PDF, without the blanks and breaks of its lines.
fn words(pdf: &[u8]) -> String {
    let output = called("pdftotext", &["-", "-"], pdf);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().split_whitespace().collect()
}

fn has(pdf: &[u8], sign: &str) -> bool {
    pdf.windows(sign.len()).any(|window| window == sign.as_bytes())
}

#[test]
fn the_words_come_back_out() {
    let words = words(&set(&data("data_activities")));
    for said in [
        "个人信息处理活动记录",
        "境外救援",
        "诊断证明（敏感：医疗健康）",
        "银行卡信息",
        "PIA-2026-001",
        "公布文本未作说明：合法性基础、保存期限。",
        "公布文本对下列各项均未作说明：约定。",
        "sha256:0f0f",
        "sha256:a5a5",
    ] {
        assert!(words.contains(said), "{said}");
    }
}

#[test]
fn a_drawing_is_set_with_its_words() {
    let pdf = set(&data("data_map"));
    let words = words(&pdf);
    for said in ["数据流图", "救援&医疗网络", "◆诊断证明", "以表格列出"] {
        assert!(words.contains(said), "{said}");
    }
}

#[test]
fn the_standards_are_kept() {
    let pdf = set(&data("data_activities"));
    assert!(pdf.starts_with(b"%PDF-1."));
    for (key, value) in [("pdfaid:part", "2"), ("pdfaid:conformance", "A"), ("pdfuaid:part", "1")] {
        let said = [format!("<{key}>{value}</{key}>"), format!("{key}=\"{value}\"")];
        assert!(said.iter().any(|said| has(&pdf, said)), "{key} is {value}");
    }
    assert!(has(&pdf, "zh-CN"), "the language, for whoever has it read aloud");
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    for name in ["data_activities", "data_map"] {
        let document = data(name);
        assert!(set(&document) == set(&document), "{name}");
    }
}

#[test]
fn what_a_policy_says_is_never_source() {
    let mut document: Value = serde_json::from_str(&data("data_activities")).unwrap();
    let title = "#panic(\"x\") *a* $b$ #import \"@preview/x:1.0.0\" </svg> \\u{0}";
    document["title"] = Value::String(title.to_owned());
    let words = words(&set(&document.to_string()));
    let title: String = title.split_whitespace().collect();
    assert!(words.contains(&title), "{words}");
}

#[test]
fn a_text_without_a_day_is_set_too() {
    let mut document: Value = serde_json::from_str(&data("data_activities")).unwrap();
    document["print"]["day"] = Value::Null;
    assert!(has(&set(&document.to_string()), "pdfaid:part"));
}

#[test]
fn a_missing_face_is_named_before_anything_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let (code, told) = refused(&["--fonts", folder.path().to_str().unwrap()], "");
    assert_eq!(code, 1);
    assert!(told.contains("Noto Sans CJK SC, Regular") && told.contains("fonts-noto-cjk"), "{told}");
    fs::write(folder.path().join("NotoSansCJK-Regular.ttc"), b"no font").unwrap();
    let (_, told) = refused(&["--fonts", folder.path().to_str().unwrap()], "");
    assert!(told.contains("holds no such face"), "{told}");
}

#[test]
fn what_is_no_document_is_refused_in_words() {
    assert!(refused(&[], "# Markdown").1.contains("no JSON"));
    assert!(refused(&[], "{\"form\": 99}").1.contains("form 99"));
    assert!(refused(&[], "{\"form\": 1}").1.contains("cannot be set"));
    assert_eq!(refused(&["--help"], "").0, 2);
}

#[test]
fn a_broken_drawing_is_refused() {
    let mut document: Value = serde_json::from_str(&data("data_map")).unwrap();
    document["sections"][0]["blocks"][0]["picture"]["svg"] = Value::String("<svg".to_owned());
    assert!(refused(&[], &document.to_string()).1.contains("cannot be set"));
}
