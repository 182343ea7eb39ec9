//! `shouyue check` as pipelines and authors have it: what is shown, in which form, how it ends, and again at each change.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::commands::{snapshots, told};
use crate::installation::{Ran, repository, shouyue};
use crate::law::{ANSWER, late};

/// How long a report may take in a debug build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// The policy of the folders that [`late`] makes.
const POLICY: &str = "2026-04-01.toml";

fn check(folder: &Path, more: &[&str]) -> Ran {
    shouyue(&[&["check", folder.to_str().unwrap()], more].concat())
}

fn rewrite(file: &Path, text: &str, with: &str) {
    let before = fs::read_to_string(file).unwrap();
    assert!(before.contains(text), "{text}");
    fs::write(file, before.replacen(text, with, 1)).unwrap();
}

/// A promise that is too late, and slots of which nothing is said.
fn late_and_silent() -> tempfile::TempDir {
    let folder = late("");
    let policy = fs::read_to_string(folder.path().join(POLICY)).unwrap();
    let stated: Vec<&str> = policy.lines().filter(|line| !line.starts_with("silent = [")).collect();
    fs::write(folder.path().join(POLICY), stated.join("\n")).unwrap();
    folder
}

#[test]
fn sarif_has_rule_region_and_suppression() {
    let folder = late(ANSWER);
    let mut ran = check(folder.path(), &["--sarif"]);
    let log: Value = serde_json::from_str(&ran.out).unwrap();
    // The folder has another name in every run, and the program another version one day.
    let fingerprint = log["runs"][0]["results"][0]["partialFingerprints"]["finding/v1"].as_str().unwrap();
    ran.out = ran.out.replace(fingerprint, "[digest]").replace(env!("CARGO_PKG_VERSION"), "[version]");
    snapshots().bind(|| assert_snapshot!("check_sarif", told(&ran)));
    let open = late("");
    let ran = check(open.path(), &["--sarif", "--deny", "error"]);
    assert_eq!(ran.status, 1, "the log is written, and the step fails");
    let log: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(log["runs"][0]["results"][0]["suppressions"], json!([]));
}

#[test]
fn each_code_is_explained_once() {
    let ran = check(late("").path(), &["--explain"]);
    snapshots().bind(|| assert_snapshot!("check_explain", told(&ran)));
    let twice = check(late_and_silent().path(), &["--explain"]);
    let said = twice.out.matches("\n    L0201  ").count();
    assert!(twice.out.matches("[L0201]").count() > said && said == 1, "{}", twice.out);
    let json: Value = serde_json::from_str(&check(late("").path(), &["--explain", "--json"]).out).unwrap();
    assert!(json["explained"]["R41"].as_str().unwrap().contains("why: "), "{json}");
    let answered = check(late(ANSWER).path(), &["--explain", "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&answered.out).unwrap()["explained"], json!({}));
}

#[test]
fn what_is_shown_can_be_chosen_and_what_is_left_out_is_counted() {
    let folder = late_and_silent();
    let all = check(folder.path(), &["--deny", "note"]);
    assert!(all.out.contains("warning[L0201]") && all.out.contains("error[R41]"), "{}", all.out);
    let errors = check(folder.path(), &["--severity", "error"]);
    assert!(!errors.out.contains("L0201") && errors.out.contains("error[R41]"), "{}", errors.out);
    assert!(errors.out.contains(" more not shown: --severity or --only leaves them out\n"), "{}", errors.out);
    let only = check(folder.path(), &["--only", "l0201,R40", "--deny", "error"]);
    assert!(only.out.contains("L0201") && !only.out.contains("R41"), "{}", only.out);
    assert_eq!(only.status, 0, "what is not shown does not count");
    assert_eq!(check(folder.path(), &["--only", "R41", "--deny", "error"]).status, 1);
    let wrong = check(folder.path(), &["--only", "R41,Q7"]);
    snapshots().bind(|| assert_snapshot!("check_only_unknown", told(&wrong)));
    assert_eq!(wrong.status, 2);
    assert_eq!(check(folder.path(), &["--sarif", "--json"]).status, 2, "one form at a time");
}

#[test]
fn an_error_of_the_language_is_shown_whatever_is_chosen() {
    let folder = late("");
    rewrite(&folder.path().join(POLICY), "language = 1", "language = 9");
    let ran = check(folder.path(), &["--only", "R41"]);
    assert!(ran.out.contains("error[L0401]"), "{}", ran.out);
    assert_eq!(ran.status, 1);
}

#[test]
fn reports_are_the_same_in_every_order_and_shared_files_are_told_once() {
    let (one, other) = (late(""), late_and_silent());
    let (one, other) = (one.path().to_str().unwrap(), other.path().to_str().unwrap());
    for form in ["--json", "--sarif", "--explain"] {
        assert_eq!(shouyue(&["check", one, other, form]).out, shouyue(&["check", other, one, form]).out, "{form}");
    }
    let folder = late(&ANSWER.replace("R41", "R40"));
    fs::copy(folder.path().join(POLICY), folder.path().join("2026-05-01.toml")).unwrap();
    let ran = check(folder.path(), &["--only", "L0204"]);
    assert_eq!(ran.out.matches("[L0204]").count(), 1, "two versions share one operation file: {}", ran.out);
}

/// A check that watches; killed when dropped.
struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn start(folder: &Path, more: &[&str]) -> Self {
        Self::start_at(&repository(), folder, more)
    }

    fn start_at(at: &Path, folder: &Path, more: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_shouyue"))
            .args(["check", "--watch", folder.to_str().unwrap()])
            .args(more)
            .current_dir(at)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (send, receive) = channel();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| send.send(line)));
        Self { child, lines: receive }
    }

    /// The lines of a report, up to the one that ends so.
    fn report(&self, end: &str) -> String {
        let mut report = String::new();
        while !report.ends_with(&format!("{end}\n")) {
            report.push_str(&self.lines.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no more than: {report}")));
            report.push('\n');
        }
        report
    }

    /// Interrupts it as Ctrl-C does; how it ended, and what it said beside its reports.
    fn interrupt(mut self) -> (Option<i32>, String) {
        let sent = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let mut beside = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut beside).unwrap();
        (self.child.wait().unwrap().code(), beside)
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_watching_check_reports_again_when_policy_or_operation_change_and_ends_cleanly() {
    let folder = late("");
    let watching = Watching::start(folder.path(), &[]);
    let first = watching.report(" checked");
    assert!(first.contains("error[R41]"), "{first}");
    let mended = "length = { count = 15, unit = \"working-days\" }";
    rewrite(&folder.path().join(POLICY), "length = { count = 30, unit = \"days\" }", mended);
    let second = watching.report(" checked");
    assert!(second.starts_with("no findings\n"), "{second}");
    rewrite(&folder.path().join("operation.toml"), "platform = ", "platfrom = ");
    let third = watching.report(" checked");
    assert!(third.contains("operation.toml") && third.contains("error[L0102]"), "{third}");
    let (status, beside) = watching.interrupt();
    assert_eq!(status, Some(0), "{beside}");
    let changed: Vec<&str> = beside.lines().filter(|line| line.starts_with("changed: ")).collect();
    assert!(changed.len() == 2 && changed[0].ends_with(POLICY) && changed[1].ends_with("operation.toml"), "{beside}");
}

#[test]
fn a_watching_check_for_programs_writes_a_line_a_report_and_waits_for_files_to_come_back() {
    let folder = late("");
    let policy = folder.path().join(POLICY);
    let watching = Watching::start(folder.path(), &["--json"]);
    let first: Value = serde_json::from_str(&watching.report("}")).unwrap();
    assert_eq!(first["errors"], 1);
    let text = fs::read_to_string(&policy).unwrap();
    fs::remove_file(&policy).unwrap();
    fs::write(&policy, text.replace("count = 30, unit = \"days\"", "count = 15, unit = \"working-days\"")).unwrap();
    let second: Value = serde_json::from_str(&watching.report("}")).unwrap();
    assert_eq!(second["errors"], 0);
    assert_eq!(watching.interrupt().0, Some(0));
}

/// What stands on a page after some words, in the next block of that language.
fn block<'p>(page: &'p str, after: &str, language: &str) -> &'p str {
    let (_, rest) = page.split_once(after).unwrap_or_else(|| panic!("the page says nothing of `{after}`"));
    rest.split_once(&format!("```{language}\n")).unwrap().1.split_once("```").unwrap().0
}

#[test]
fn the_page_on_checking_shows_what_the_command_says() {
    let page = fs::read_to_string(repository().join("docs/check.md")).unwrap();
    let at = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(repository().join("crates").canonicalize().unwrap(), at.path().join("crates")).unwrap();
    let made =
        Command::new("sh").args(["-ec", block(&page, "made worse", "sh")]).current_dir(at.path()).status().unwrap();
    assert!(made.success());
    let says = |arguments: &[&str]| {
        let ran = Command::new(env!("CARGO_BIN_EXE_shouyue")).args(arguments).current_dir(at.path()).output().unwrap();
        String::from_utf8(ran.stdout).unwrap()
    };
    for arguments in ["check slow", "check slow --explain --only R41", "check slow --lang zh --only R41"] {
        let out = says(&arguments.split(' ').collect::<Vec<_>>());
        assert!(page.contains(&format!("$ shouyue {arguments}\n{out}```\n")), "docs/check.md: {arguments}\n{out}");
    }
    let log: Value = serde_json::from_str(&says(&["check", "slow", "--sarif"])).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let open: Vec<&Value> = results.iter().filter(|one| one["suppressions"] == json!([])).collect();
    let shown: Value = serde_json::from_str(block(&page, "This is the open one", "json")).unwrap();
    assert_eq!((results.len(), open.as_slice()), (2, [&shown].as_slice()), "docs/check.md: the open one of the two");
    let place = &shown["locations"][0]["physicalLocation"];
    let quality = json!([{
        "description": shown["message"]["text"], "check_name": shown["ruleId"],
        "fingerprint": shown["partialFingerprints"]["finding/v1"], "severity": "major",
        "location": { "path": place["artifactLocation"]["uri"], "lines": { "begin": place["region"]["startLine"] } },
    }]);
    let made: Value = serde_json::from_str(block(&page, "For `slow` it makes", "json")).unwrap();
    assert_eq!(made, quality, "docs/check.md: what jq makes of it");

    let watching = Watching::start_at(at.path(), Path::new("slow"), &["--only", "R41"]);
    assert!(watching.report(" checked").contains("error[R41]"));
    let mended = "length = { count = 15, unit = \"working-days\" }";
    rewrite(&at.path().join("slow").join(POLICY), "length = { count = 30, unit = \"days\" }", mended);
    let second = watching.report(" checked");
    let (_, beside) = watching.interrupt();
    let shown = format!("…\n{beside}{second}```\n");
    assert!(page.contains(&format!("$ shouyue check slow --watch --only R41\n{shown}")), "docs/check.md: {shown}");
}

const SONGHE: &str = "examples/policies/songhe";

#[test]
fn a_published_text_is_traced_in_three_prints_and_a_gap_ends_with_one() {
    for print in ["md", "html", "txt"] {
        let text = format!("{SONGHE}/published.{print}");
        let ran = shouyue(&["trace", SONGHE, &text]);
        assert_eq!(ran.status, 0, "{print}: {}", ran.out);
    }
    let text = fs::read_to_string(repository().join(SONGHE).join("published.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("published.md");
    fs::write(&path, text.replace("**住址**", "**住址**和**民族**").replace("**照护记录**", "记录")).unwrap();
    let path = path.to_str().unwrap();
    let ran = shouyue(&["trace", SONGHE, path, "--only", "uncarried"]);
    snapshots().bind(|| assert_snapshot!("trace_gaps", told(&ran)));
    assert_eq!(ran.status, 1);
    let json: Value =
        serde_json::from_str(&shouyue(&["trace", SONGHE, path, "--only", "uncarried", "--json"]).out).unwrap();
    assert_eq!(json["mentions"][0]["means"], json!([{ "sort": "item", "id": "ethnicity" }]));
    assert_eq!(json["whole"], false);
    assert_eq!(shouyue(&["trace", SONGHE, "examples/no-such.md"]).status, 1);
    assert_eq!(shouyue(&["trace", SONGHE, path, "--only", "some"]).status, 2);
}
