//! Root keys in a security module: moved there while the server serves, and refused in plain words when something is wrong.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;
use testkit::{Softhsm, person};

use crate::calls::Caller;
use crate::installation::{Installation, shouyue_with};
use crate::people::registration;

const PIN: &str = "8265-4417";

/// An installation that can reach a module, and whose configuration does not name it yet.
fn beside(hsm: &Softhsm) -> Installation {
    let mut at = Installation::new();
    at.environment.push(hsm.environment());
    at.secret("hsm.pin", PIN);
    at
}

/// Has the configuration name the module.
fn with(at: &Installation, token: &str) {
    let module = Softhsm::module().display();
    at.also(&format!("[hsm]\nmodule = '{module}'\ntoken = '{token}'\npin = 'hsm.pin'\n"));
}

fn module() -> (Softhsm, Installation) {
    let hsm = Softhsm::new();
    hsm.token("shouyue", PIN);
    let at = beside(&hsm);
    with(&at, "shouyue");
    (hsm, at)
}

fn keys(at: &Installation) -> Vec<String> {
    fs::read_to_string(at.path("root.key")).unwrap().lines().map(str::to_owned).collect()
}

fn comes(core: &Caller, number: u32) -> String {
    let registered = core.post("registrations", &registration(&person(number))).good();
    registered["subject"].as_str().unwrap().to_owned()
}

fn is_there(core: &Caller, subject: &str) {
    let page = core.post(&format!("subjects/{subject}/reads"), &json!({ "function": "query-account" })).good();
    assert!(page.to_string().contains("****"), "values open, masked: {page}");
}

#[test]
fn the_root_key_moves_from_the_file_into_a_module_to_another_key_there_and_back() {
    let hsm = Softhsm::new();
    hsm.token("shouyue", PIN);
    let at = beside(&hsm);
    let server = at.serve();
    at.admin(&["publish", "platforms/haigang", "--suite", "guomi"]).fine();
    let secret = at.token("collect,consent,show", None).secret;
    let subject = comes(&server.caller(&secret), 1);
    let refused = at.admin(&["rotate", "root", "--to", "hsm"]);
    assert!(refused.status == 1 && refused.out.contains("add [hsm]"), "{refused:?}");
    server.stop();
    let file = keys(&at);

    with(&at, "shouyue");
    let server = at.serve();
    let said = at.admin(&["rotate", "root"]).fine();
    assert!(said.contains("wraps haigang"), "{said}");
    let moved = keys(&at);
    assert!(moved[0].starts_with("hsm:") && moved[1..] == file, "{moved:?}");
    is_there(&server.caller(&secret), &subject);
    server.stop();

    // The module alone is enough, and a new key there takes the place of the one before.
    at.secret("root.key", &moved[0]);
    assert!(at.admin(&["fsck"]).fine().contains("clean"));
    let server = at.serve();
    at.admin(&["rotate", "root"]).fine();
    at.admin(&["rotate", "platform", "haigang"]).fine();
    let again = keys(&at);
    assert!(again[0].starts_with("hsm:") && again[0] != moved[0] && again[1] == moved[0], "{again:?}");
    is_there(&server.caller(&secret), &subject);
    assert!(!server.log().contains(PIN) && at.files_with(PIN) == ["hsm.pin"], "the PIN stands nowhere else");
    server.stop();
    at.secret("root.key", &again[0]);
    assert!(at.admin(&["fsck"]).fine().contains("clean"));

    at.admin(&["rotate", "root", "--to", "file"]).fine();
    let back = keys(&at);
    assert_eq!(back[0].split(' ').next().unwrap().len(), 64);
    at.secret("root.key", &back[0]);
    let server = at.serve();
    is_there(&server.caller(&secret), &subject);
    server.stop();
}

#[test]
fn a_new_installation_makes_its_root_key_in_the_module_and_a_backup_opens_under_it() {
    let (hsm, at) = module();
    let server = at.serve();
    at.publish();
    let (first, others) = (keys(&at).remove(0), keys(&at).len());
    assert!(first.starts_with("hsm:") && others == 1, "{first}");
    let secret = at.token("collect,consent,show", None).secret;
    let subject = comes(&server.caller(&secret), 1);
    let backup = at.path("backup");
    at.admin(&["backup", "haigang", &backup]).fine();
    server.stop();

    let elsewhere = beside(&hsm);
    with(&elsewhere, "shouyue");
    elsewhere.secret("root.key", &first);
    let newest = format!("{}/haigang.erasures", at.data().display());
    let config = elsewhere.path("shouyue.toml");
    let restore = ["restore", "haigang", &backup, "--erasures", &newest, "--config", &config];
    shouyue_with(&elsewhere.environment, &restore).fine();
    let server = elsewhere.serve();
    let secret = elsewhere.token("collect,consent,show", None).secret;
    is_there(&server.caller(&secret), &subject);
    server.stop();
}

#[test]
fn what_is_wrong_with_the_module_is_said_before_anything_is_served() {
    let (hsm, at) = module();
    at.serve().stop();
    at.publish();
    let why = || {
        let refused = at.admin(&["fsck"]);
        assert_eq!(refused.status, 1, "{refused:?}");
        assert!(!refused.err.contains(PIN), "{}", refused.err);
        refused.err
    };
    let (config, list) = (fs::read_to_string(at.path("shouyue.toml")).unwrap(), keys(&at).remove(0));
    let configured = |from: &str, to: &str| fs::write(at.path("shouyue.toml"), config.replace(from, to)).unwrap();
    let told = |from: &str, to: &str, word: &str| {
        configured(from, to);
        let said = why();
        assert!(said.contains(word), "{word}: {said}");
    };

    at.secret("hsm.pin", "0000-0000");
    told("", "", "refuses the PIN in");
    at.secret("hsm.pin", PIN);
    fs::set_permissions(at.path("hsm.pin"), fs::Permissions::from_mode(0o644)).unwrap();
    told("", "", "chmod 600");
    fs::remove_file(at.path("hsm.pin")).unwrap();
    told("", "", "no secret at");
    at.secret("hsm.pin", PIN);
    told("token = 'shouyue'", "token = 'another'", "no token `another` is in the security module (there: shouyue)");
    told("libsofthsm2.so", "nothing.so", "install the vendor's");
    let without = config.split("[hsm]").next().unwrap();
    fs::write(at.path("shouyue.toml"), without).unwrap();
    assert!(why().contains("add [hsm]"));

    // The right token without the key, and with another key of that name.
    configured("", "");
    hsm.delete("shouyue");
    told("", "", "no token `shouyue` is in the security module (there: none)");
    hsm.token("shouyue", PIN);
    told("", "", "restore it from the vendor's backup");
    hsm.import(("shouyue", PIN), list.strip_prefix("hsm:").unwrap(), 7);
    told("", "", "another one");
    // A list that names a key which wrapped nothing.
    hsm.import(("shouyue", PIN), "00112233aabbccdd", 8);
    at.secret("root.key", "hsm:00112233aabbccdd");
    told("", "", "which the keyring does not hold");
}
