//! What the commands say, letter by letter, and how they end: 0 fine, 1 findings or refused, 2 wrong usage.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use insta::{Settings, assert_snapshot};
use serde_json::{Value, json};
use testkit::person;

use crate::calls::verify_all;
use crate::installation::{Installation, Ran, fed, repository, shouyue};
use crate::people::{registration, tables};
use crate::portal::Browser;

/// One text of all that a command said, without what differs from run to run.
pub(crate) fn told(ran: &Ran) -> String {
    let err = if ran.err.is_empty() { String::new() } else { format!("--- stderr\n{}", ran.err) };
    let text = format!("{}{err}--- status {}", ran.out, ran.status);
    text.split_inclusive([' ', '\n', ',', ';', ')', '`']).map(steady).collect()
}

/// A word with the end that it was split at: folders, ports, secrets, digests, keys and instants are told as such.
fn steady(word: &str) -> String {
    let end = word.trim_end_matches([' ', '\n', ',', ';', ')', '`', ':']);
    let (end, rest) = word.split_at(end.len());
    let is_hex = |text: &str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let temporary = std::env::temp_dir();
    let temporary = temporary.to_str().unwrap();
    let core = if let Some((before, path)) = end.split_once(temporary) {
        let below =
            path.trim_start_matches('/').split_once('/').map_or(String::new(), |(_, below)| format!("/{below}"));
        format!("{before}[folder]{below}")
    } else if let Some((before, port)) = end.split_once("127.0.0.1:") {
        format!("{before}127.0.0.1:[port]{}", port.trim_start_matches(|sign: char| sign.is_ascii_digit()))
    } else if end.starts_with("shouyue_") {
        "[secret]".to_owned()
    } else if is_hex(end.trim_start_matches("sha256:")) {
        "[digest]".to_owned()
    } else if end.len() == 44 && end.ends_with('=') {
        // Before the keys: a hash in base64 may hold two plus signs as well.
        "[hash]".to_owned()
    } else if end.matches('+').count() >= 2 {
        format!("{}+[key]", end.split('+').next().unwrap())
    } else if end.parse::<jiff::Timestamp>().is_ok() {
        "[instant]".to_owned()
    } else if end.parse::<jiff::civil::Date>().is_ok() {
        "[day]".to_owned()
    } else if end.starts_with('(') && end.len() == 9 && end.bytes().skip(1).all(|byte| byte.is_ascii_hexdigit()) {
        "([key]".to_owned()
    } else {
        end.to_owned()
    };
    core + rest
}

/// Snapshots are files that bear the name given here.
pub(crate) fn snapshots() -> Settings {
    let mut settings = Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

/// A policy in which no rule finds anything.
const LAWFUL: &str = "crates/policy/tests/fixtures/lawful/policy.toml";

/// A folder with 海港's files, one text of the policy replaced by another.
fn broken(changes: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let from = repository().join("platforms/haigang");
    let mut policy = fs::read_to_string(from.join("undated.toml")).unwrap();
    for (text, with) in changes {
        assert!(policy.contains(text), "{text}");
        policy = policy.replacen(text, with, 1);
    }
    fs::write(folder.path().join("undated.toml"), policy).unwrap();
    fs::copy(from.join("operation.toml"), folder.path().join("operation.toml")).unwrap();
    folder
}

#[test]
fn every_mistake_of_a_file_is_told_in_one_run_and_carets_stand_under_chinese_words() {
    let folder = broken(&[
        ("purposes = [\"registration\"]", "purposes = [\"注册登记\"]"),
        ("kind = \"basic\"", "kind = \"basik\""),
        ("makes = \"account\"", "mkes = \"account\""),
        ("\"sex\", \"birth-date\"", "\"sex\", \"出生日斯\""),
    ]);
    let ran = shouyue(&["check", folder.path().to_str().unwrap()]);
    snapshots().bind(|| assert_snapshot!("check_broken", told(&ran)));
    assert_eq!(ran.status, 1);
}

#[test]
fn a_good_policy_is_told_so_and_its_scenarios_pass() {
    snapshots().bind(|| {
        assert_snapshot!("check_good", told(&shouyue(&["check", LAWFUL])));
        let tested = shouyue(&["test", "platforms"]);
        assert_eq!(tested.status, 0);
        assert!(tested.out.contains("haigang/undated.toml: ") && tested.out.ends_with(" 0 failed\n"), "{tested:?}");
    });
}

#[test]
fn versions_are_compared_and_the_status_says_whether_they_differ() {
    let (old, new) = ("examples/policies/songhe", "crates/policy/tests/fixtures/versions/2026-09-01.toml");
    let same = shouyue(&["diff", old, old, "--on", "2026-09-01"]);
    assert_eq!((same.status, same.out.lines().last()), (0, Some("Nothing differs")), "{same:?}");
    let ran = shouyue(&["diff", old, new]);
    assert_eq!(ran.status, 1, "{ran:?}");
    snapshots().bind(|| {
        let parts: Vec<&str> = ran.out.lines().filter(|line| !line.starts_with(' ') && !line.is_empty()).collect();
        assert_snapshot!("diff", parts.join("\n"));
    });
    let json: Value = serde_json::from_str(&shouyue(&["diff", old, new, "--json"]).out).unwrap();
    assert_eq!((&json["new"]["version"], &json["telling"]["by"]), (&json!("2026-09-01"), &json!("2026-08-31")));
    let again = json["consents"].as_array().unwrap().iter().filter(|scope| scope["fate"] == "again").count();
    assert!(again > 0 && ran.out.matches("\n  collect.watch: ").count() == 1, "{}", ran.out);
    let page = fs::read_to_string(repository().join("docs/diff.md")).unwrap();
    let shown = page
        .split_once(&format!("$ shouyue diff {old} {new}\n"))
        .and_then(|(_, rest)| rest.split_once("```"))
        .unwrap()
        .0;
    assert_eq!(shown, ran.out, "docs/diff.md shows what the command says");
    let (second, third) = ("platforms/haigang/later/2026-09-01.toml", "platforms/haigang/later/2027-03-01.toml");
    let ran = shouyue(&["diff", second, third]);
    assert!(page.contains(&format!("$ shouyue diff {second} {third}\n{}```\n", ran.out)), "{}", ran.out);
    let others = shouyue(&["diff", old, "platforms/haigang"]);
    assert_eq!((others.status, others.out.as_str()), (2, ""));
    assert!(others.err.contains("different platforms"), "{}", others.err);
    assert_eq!(shouyue(&["diff", old, "platforms/nowhere"]).status, 2);
}

#[test]
fn the_tour_shows_the_answer_and_the_policy_of_today() {
    let page = fs::read_to_string(repository().join("README.md")).unwrap();
    let (_, rest) = page.split_once("$ echo '{\"ask\":\"processing\"").unwrap();
    let (question, rest) = rest.split_once("' | tr -d '\\n' | shouyue decide platforms/haigang").unwrap();
    let question = format!("{{\"ask\":\"processing\"{question}\n").replace("\n ", " ");
    let shown = rest.split_once('\n').unwrap().1.split_once("```").unwrap().0;
    assert_eq!(shown.replace("\n ", ""), fed(&question, &["decide", "platforms/haigang"]).out, "README.md: the answer");
    let policy = format!("\n  policy {}\n", tables().program().fingerprint);
    assert!(page.contains(&policy), "README.md: the policy of the receipt is{policy}");
}

#[test]
fn questions_come_one_a_line_and_so_do_the_answers() {
    let question = json!({
        "platform": "haigang", "ask": "processing", "action": "collect", "function": "register",
        "purpose": "registration", "person": "registrant", "items": ["phone"], "at": "2026-06-01T10:00:00+08:00",
        "subject": { "born": "1990-05-01" }, "facts": { "same-person": [] },
    });
    let nonsense = "{\"ask\":\"nothing\"}";
    let ran = fed(&format!("{question}\n\n{nonsense}\nno json\n"), &["decide", "platforms/haigang"]);
    assert_eq!(ran.status, 1, "a line that is no question: {ran:?}");
    let lines: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3, "{ran:?}");
    assert_eq!(lines[0]["effect"], "deny", "{}", lines[0]);
    assert!(lines[0].to_string().contains("consent-missing"));
    assert!(lines[1]["error"].is_string() && lines[2]["error"].is_string(), "{ran:?}");
    let good = fed(&format!("{question}\n"), &["decide", "platforms/haigang"]);
    assert_eq!((good.status, good.out.lines().count()), (0, 1), "an answer of no is an answer: {good:?}");
}

#[test]
fn a_policy_is_asked_rendered_and_described() {
    snapshots().bind(|| {
        let ask = shouyue(&["ask", "platforms/haigang", "--scope", "share.agency-query.agency"]);
        assert_snapshot!("ask_scope", told(&ask));
        let near = shouyue(&["ask", "platforms/haigang", "--item", "人脸"]);
        assert_snapshot!("ask_unknown", told(&near));
        let notice = shouyue(&["render", "platforms/haigang", "--to", "markdown"]).fine();
        let head: Vec<&str> = notice.lines().take(18).collect();
        assert_snapshot!("render_head", head.join("\n"));
        assert_snapshot!("scopes", told(&shouyue(&["schema", "--scopes", "platforms/haigang"])));
        assert_snapshot!("explain", told(&shouyue(&["explain", "L0302"])));
    });
    let html = shouyue(&["render", "platforms/haigang", "--document", "collected"]).fine();
    assert!(html.starts_with("<!DOCTYPE html>") && html.contains("个人信息收集清单"), "{html}");
    let schema: Value = serde_json::from_str(&shouyue(&["schema"]).fine()).unwrap();
    assert!(schema["$schema"].is_string());
}

#[test]
fn what_init_writes_checks_passes_and_renders() {
    let at = tempfile::tempdir().unwrap();
    let folder = at.path().join("minghu");
    let folder = folder.to_str().unwrap();
    for kind in ["life-insurer", "property-insurer", "broker", "agency", "platform", "reinsurer"] {
        fs::remove_dir_all(folder).ok();
        let began = shouyue(&["init", folder, "--name", "明湖保险", "--kind", kind]);
        assert_eq!((began.status, began.out.lines().count()), (0, 8), "{began:?}");
        let checked = shouyue(&["check", folder, "--deny", "note"]);
        assert_eq!(
            (checked.status, checked.out.as_str()),
            (0, "no findings\n1 policy version checked\n"),
            "{checked:?}"
        );
        let tested = shouyue(&["test", folder]);
        assert!(tested.status == 0 && tested.out.ends_with(" 0 failed\n"), "{tested:?}");
        let notice = shouyue(&["render", folder, "--to", "markdown"]).fine();
        assert!(notice.contains("明湖保险"), "{notice}");
    }
    let house = Installation::new();
    let server = house.serve();
    house.admin(&["publish", folder]).fine();
    drop(server);
    assert_eq!(shouyue(&["init", folder]).status, 1, "nothing is written over");
    assert_eq!(shouyue(&["init", "Ming Hu"]).status, 2);
    assert_eq!(shouyue(&["init", at.path().join("b").to_str().unwrap(), "--name", "a\"b"]).status, 2);
}

/// Two versions of one platform: every witness of the comparison is put to `decide`, with the file of either.
#[test]
fn every_witness_of_a_comparison_is_a_question_that_decide_answers_as_told() {
    let versions = ["platforms/anrun/later/2026-09-01.toml", "platforms/anrun/later/2027-03-01.toml"];
    let told = shouyue(&["diff", versions[0], versions[1], "--json"]);
    assert_eq!(told.status, 1, "{}", told.err);
    let told: Value = serde_json::from_str(&told.out).unwrap();
    let lists = ["names", "groups"].map(|list| told["decisions"][list].as_array());
    let found = lists.into_iter().flatten().flatten();
    let witnesses: Vec<&Value> = found.map(|one| &one["witness"]).filter(|witness| witness.is_object()).collect();
    assert!(witnesses.len() > 20, "{}", witnesses.len());
    for (version, put, said) in [(versions[0], "old", "was"), (versions[1], "new", "now")] {
        let questions: Vec<String> =
            witnesses.iter().map(|witness| format!("{}\n", witness["question"][put])).collect();
        let answers = fed(&questions.concat(), &["decide", version]).fine();
        assert_eq!(answers.lines().count(), witnesses.len());
        for (answer, witness) in answers.lines().zip(&witnesses) {
            let answer: Value = serde_json::from_str(answer).unwrap();
            let of = |member: &str| (answer["items"][0][member].clone(), witness[said][member].clone());
            for member in ["outcome", "mask"] {
                let (answered, told) = of(member);
                assert_eq!(answered, told, "{version}: {}\n{answer}", witness["words"]);
            }
        }
    }
}

#[test]
fn what_breaks_a_claim_is_answered_as_told() {
    let claim = "证件号码 is collected only by 用户注册";
    let ran = shouyue(&["prove", "platforms/haigang", claim, "--on", "2026-06-01", "--json"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    let came: Value = serde_json::from_str(&ran.out).unwrap();
    let (question, told) = (&came[0]["witness"]["question"], &came[0]["witness"]["answer"]);
    let answer = fed(&format!("{question}\n"), &["decide", "platforms/haigang"]).fine();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    for side in ["item", "outcome", "published", "law"] {
        assert_eq!(answer["items"][0][side], told[side], "{answer}");
    }
    assert_eq!(shouyue(&["prove", "platforms/haigang", "nothing is given to others"]).status, 0);
    let beside = shouyue(&["prove", "platforms/haigang"]);
    assert!(beside.status == 0 && beside.out.contains(", as it should"), "{beside:?}");
    snapshots().bind(|| assert_snapshot!("prove_mistake", told_of_mistake()));
}

fn told_of_mistake() -> String {
    told(&shouyue(&["prove", "platforms/haigang", "证件号码 is collected only by 用户注测"]))
}

#[test]
fn wrong_usage_says_what_to_do_instead() {
    snapshots().bind(|| {
        assert_snapshot!("usage_serve", told(&shouyue(&["serve"])));
        assert_snapshot!("usage_fsck", told(&shouyue(&["fsck"])));
        assert_snapshot!("usage_code", told(&shouyue(&["explain", "X1"])));
        assert_snapshot!("usage_path", told(&shouyue(&["check", "platfroms"])));
        assert_snapshot!("usage_no_policy", told(&shouyue(&["check", "Cargo.lock"])));
        assert_snapshot!("usage_command", told(&shouyue(&["chekc", "platforms"])));
        assert_snapshot!("usage_port", told(&shouyue(&["serve", "--config", "a.toml", "--port", "1"])));
        assert_snapshot!("usage_key", told(&shouyue(&["verify", "Cargo.toml", "--key", "haigang"])));
    });
}

#[test]
fn a_configuration_is_read_or_refused_by_name() {
    let at = Installation::new();
    let file = at.path("shouyue.toml");
    snapshots().bind(|| {
        assert_snapshot!("config_good", told(&shouyue(&["config", "check", &file])));
        let good = fs::read_to_string(&file).unwrap();
        let changed = |name: &str, text: &str| {
            fs::write(&file, text).unwrap();
            let ran = shouyue(&["config", "check", &file]);
            assert_eq!(ran.status, 1, "{ran:?}");
            assert_snapshot!(name, told(&ran));
        };
        changed("config_unknown_key", &format!("{good}listne = '127.0.0.1:1'\n"));
        changed("config_empty", "");
        changed("config_plain_origin", &good.replace("http://127.0.0.1", "http://privacy.example.cn"));
        changed("config_key_inside", &good.replace("'root.key'", "'data/root.key'"));
        changed("config_no_toml", "data = ");
        fs::remove_file(&file).unwrap();
        assert_snapshot!("config_absent", told(&shouyue(&["config", "check", &file])));
        assert_snapshot!("serve_absent", told(&shouyue(&["serve", "--config", &file])));
    });
}

#[test]
fn an_empty_installation_is_safe_and_its_link_works_once() {
    let at = Installation::for_browsers();
    let mut server = at.serve();
    let link = server.line("first operator: ");
    let nothing = server.line("no platform is published yet");
    assert!(nothing.contains("shouyue publish"), "{nothing}");
    let url = link.split_whitespace().find(|word| word.starts_with("http")).unwrap().to_owned();
    let path = url.strip_prefix(&server.origin).unwrap_or_else(|| panic!("{url} is not below {}", server.origin));
    assert!(path.starts_with("/console/first/"), "{path}");

    let nobody = server.caller("");
    nobody.get("ledger/checkpoint").problem(404, "not-found");
    nobody.get("/v1/decisions").problem(405, "method");
    assert_eq!(nobody.get("/healthz").status, 200);

    let mut browser = Browser::new(&server);
    let page = browser.get(path);
    assert_eq!(page.status, 200, "{}", page.text);
    let fields =
        [("name", "leader"), ("passphrase", "a long enough passphrase"), ("again", "a long enough passphrase")];
    let done = browser.send(&page, path, &fields);
    assert_eq!(done.status, 200, "{}", done.text);
    assert_eq!(done.path, "/console/login");
    let mut other = Browser::new(&server);
    let page = other.get(path);
    assert_eq!(other.send(&page, path, &fields).status, 404, "the link worked twice");
    server.stop();
    let mut server = at.serve();
    assert!(!server.line("no platform").is_empty());
    assert!(!server.said.iter().any(|line| line.contains("/first/")), "{:?}", server.said);
    server.stop();
}

#[test]
fn a_folder_has_one_server_a_port_one_program_and_a_key_one_reader() {
    let at = Installation::for_browsers();
    let server = at.serve();
    at.publish();
    snapshots().bind(|| {
        let config = at.path("shouyue.toml");
        assert_snapshot!("serve_twice", told(&shouyue(&["serve", "--config", &config])));
        let other = Installation::new();
        let port: u16 = server.origin.rsplit(':').next().unwrap().parse().unwrap();
        other.configure("http://127.0.0.1", port);
        let ran = shouyue(&["serve", "--config", &other.path("shouyue.toml")]);
        assert_snapshot!("serve_port_taken", told(&ran));
        let folder = other.path("demo");
        let ran = shouyue(&["serve", "--demo", "--port", &port.to_string(), "--data", &folder]);
        assert_snapshot!("demo_port_taken", told(&ran).replace(&port.to_string(), "[port]"));
        let ran = shouyue(&["serve", "--demo", "--port", "0", "--data", &folder, "--platforms", &other.path("no")]);
        assert_snapshot!("demo_no_platforms", told(&ran));
    });
    server.stop();
    snapshots().bind(|| {
        let (config, key) = (at.path("shouyue.toml"), at.path("root.key"));
        fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
        assert_snapshot!("key_open", told(&shouyue(&["serve", "--config", &config])));
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        let right = fs::read(&key).unwrap();
        fs::write(&key, "0".repeat(64)).unwrap();
        // The refusal names the key that is missing, as the file names it.
        let (_, id) = std::str::from_utf8(&right).unwrap().trim().split_once("# ").unwrap();
        assert_snapshot!("key_another", told(&shouyue(&["serve", "--config", &config])).replace(id, "[root]"));
        fs::remove_file(&key).unwrap();
        assert_snapshot!("key_lost", told(&shouyue(&["serve", "--config", &config])));
        fs::write(&key, right).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    });
    at.serve().stop();
}

#[test]
fn administration_goes_over_the_socket_and_on_the_files_alike() {
    let at = Installation::new();
    snapshots().bind(|| {
        let early = at.admin(&["fsck"]);
        assert_snapshot!("fsck_nothing", told(&early));
    });
    let server = at.serve();
    snapshots().bind(|| {
        assert_snapshot!("publish", told(&at.admin(&["publish", "platforms/haigang"])));
        assert_snapshot!("publish_again", told(&at.admin(&["publish", "platforms/haigang"])));
        let new = ["token", "new", "--name", "core", "--platform", "haigang", "--actions"];
        assert_snapshot!("token_new", told(&at.admin(&[&new[..], &["collect,consent"]].concat())));
        assert_snapshot!("token_no_action", told(&at.admin(&[&new[..], &["collct"]].concat())));
        let party = [&new[..], &["share", "--party", "nobody"]].concat();
        assert_snapshot!("token_no_party", told(&at.admin(&party)));
        assert_snapshot!("token_no_digest", told(&at.admin(&["token", "revoke", &"0".repeat(64)])));
        assert_snapshot!("backup_no_platform", told(&at.admin(&["backup", "anrun", &at.path("away")])));
    });

    // Over the socket: at once.
    let token = at.token("collect,consent", None);
    let core = server.caller(&token.secret);
    core.post("registrations", &registration(&person(1))).good();
    at.admin(&["token", "revoke", &token.digest]).fine();
    core.post("registrations", &registration(&person(2))).problem(401, "unauthenticated");
    server.stop();
    assert!(!at.data().join("admin.sock").exists());

    // On the files: for the next server.
    let token = at.token("collect,consent", None);
    let revoked = at.token("collect,consent", None);
    at.admin(&["token", "revoke", &revoked.digest]).fine();
    snapshots().bind(|| {
        assert_snapshot!("fsck_clean", told(&at.admin(&["fsck"])));
        assert_snapshot!("backup", told(&at.admin(&["backup", "haigang", &at.path("away")])));
        assert_snapshot!("backup_twice", told(&at.admin(&["backup", "haigang", &at.path("away")])));
    });
    let server = at.serve();
    server.caller(&token.secret).post("registrations", &registration(&person(2))).good();
    server.caller(&revoked.secret).post("registrations", &registration(&person(3))).problem(401, "unauthenticated");
    server.stop();
}

#[test]
fn a_receipt_is_verified_check_by_check_and_a_forged_one_rejected() {
    let at = Installation::new();
    let server = at.serve();
    at.publish();
    let core = server.caller(&at.token("collect,consent", None).secret);
    let auditor = server.caller(&at.token("audit", None).secret);
    let done = core.post("registrations", &registration(&person(1))).good();
    let folder = at.folder().join("receipts");
    let file = auditor.keep_receipt(&folder, &done["leaf"], done["subject"].as_str());
    let key = server.key();
    server.stop();
    verify_all(&folder, &key).fine();

    snapshots().bind(|| {
        assert_snapshot!("verify_good", told(&shouyue(&["verify", &file, "--key", &key])));
        let other = Installation::new();
        let server = other.serve();
        other.publish();
        let foreign = server.key();
        server.stop();
        assert_snapshot!("verify_other_key", told(&shouyue(&["verify", &file, "--key", &foreign])));
        let text = fs::read_to_string(&file).unwrap();
        let at = text.lines().position(|line| line.starts_with("index ")).unwrap();
        let moved: Vec<String> = text
            .lines()
            .enumerate()
            .map(
                |(n, line)| {
                    if n == at { format!("index {}", done["leaf"].as_u64().unwrap() - 1) } else { line.to_owned() }
                },
            )
            .collect();
        fs::write(&file, moved.join("\n") + "\n").unwrap();
        assert_snapshot!("verify_moved", told(&shouyue(&["verify", &file, "--key", &key])));
        fs::write(&file, "no receipt").unwrap();
        assert_snapshot!("verify_nonsense", told(&shouyue(&["verify", &file, "--key", &key])));
        fs::remove_file(&file).unwrap();
        assert_snapshot!("verify_absent", told(&shouyue(&["verify", &file, "--key", &key])));
    });
}
