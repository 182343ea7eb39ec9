//! Keys are changed by command while the server is under load, and while it is killed: nobody is lost, nothing fails to open.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::{Person, Postgres, person};

use crate::calls::{Caller, verify_all};
use crate::crash::drawn;
use crate::installation::{Installation, Server, shouyue};
use crate::people::registration;

/// How often the server is killed in the midst of it.
const KILLS: u32 = 4;

const SEED: u64 = 0x5eed_0006;

/// Who was told to be registered, and as whom.
type Told = Mutex<Vec<(Person, String)>>;

/// Whoever was acknowledged is found by telephone and by number, and what is held of them opens.
fn everybody_is_there(core: &Caller, told: &Told) {
    let read = json!({ "function": "query-account" });
    for (who, subject) in told.lock().unwrap().iter() {
        for (by, value) in [("phone", &who.phone), ("document", &who.number)] {
            let found = core.post("subjects/search", &json!({ "by": by, "value": value })).good();
            assert_eq!(found["subject"].as_str(), Some(subject.as_str()), "by {by}");
        }
        let page = core.post(&format!("subjects/{subject}/reads"), &read).good();
        assert!(page.to_string().contains("****"), "values open, masked: {page}");
    }
}

/// One customer after the other until it is over, or nobody answers; each registers, is found and is shown.
fn come(core: &Caller, next: &AtomicU32, told: &Told, over: &AtomicBool) -> Result<(), ureq::Error> {
    while !over.load(Ordering::Relaxed) {
        let who = person(next.fetch_add(1, Ordering::Relaxed));
        let registered = core.try_post("registrations", &registration(&who))?.good();
        let subject = registered["subject"].as_str().unwrap().to_owned();
        told.lock().unwrap().push((who, subject));
        let (who, subject) = {
            let told = told.lock().unwrap();
            told[told.len() / 2].clone()
        };
        let found = core.try_post("subjects/search", &json!({ "by": "phone", "value": who.phone }))?.good();
        assert_eq!(found["subject"].as_str(), Some(subject.as_str()));
        let read = json!({ "function": "query-account" });
        let page: Value = core.try_post(&format!("subjects/{subject}/reads"), &read)?.good();
        assert!(page.to_string().contains("****"), "{page}");
    }
    Ok(())
}

/// Three customers at once while something is done.
fn under_load(server: &Server, secret: &str, next: &AtomicU32, told: &Told, deed: impl FnOnce()) -> u32 {
    let (over, broken) = (AtomicBool::new(false), AtomicU32::new(0));
    let core = server.caller(secret);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                if come(&core, next, told, &over).is_err() {
                    broken.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        deed();
        over.store(true, Ordering::Relaxed);
    });
    broken.into_inner()
}

fn rotations(at: &Installation) -> [String; 3] {
    let root = at.admin(&["rotate", "root"]).fine();
    let platform = at.admin(&["rotate", "platform", "haigang"]).fine();
    let tokens = at.admin(&["rotate", "tokens", "haigang"]);
    [root, platform, tokens.out]
}

/// Why each act was done that says it.
fn acts_of(auditor: &Caller) -> Vec<String> {
    let (mut acts, mut page) = (Vec::new(), "ledger/leaves?limit=200".to_owned());
    loop {
        let leaves = auditor.get(&page).good();
        for leaf in leaves["items"].as_array().unwrap() {
            acts.extend(leaf["entry"]["because"].as_str().map(str::to_owned));
        }
        match leaves["next"].as_str() {
            Some(next) => page = format!("ledger/leaves?limit=200&after={next}"),
            None => return acts,
        }
    }
}

fn changes_under_load(at: &Installation) {
    let (told, next) = (Told::default(), AtomicU32::new(0));
    let server = at.serve();
    at.publish();
    let secret = at.token("collect,consent,show", None).secret;
    let auditor = at.token("audit", None).secret;
    let before = fs::read_to_string(at.path("root.key")).unwrap();
    let broken = under_load(&server, &secret, &next, &told, || {
        let [root, platform, tokens] = rotations(at);
        assert!(root.contains("wraps haigang") && root.contains("root.key"), "{root}");
        assert!(platform.contains("version 2") && tokens.contains("version 2"), "{platform}{tokens}");
        // Until the new key is used, and the old tokens are gone.
        let (_keep, never) = mpsc::channel::<()>();
        let _ = never.recv_timeout(Duration::from_secs(14));
    });
    assert_eq!(broken, 0, "no call fails");
    let after = fs::read_to_string(at.path("root.key")).unwrap();
    assert!(after.ends_with(&before) && after.lines().count() == 2, "the old key stays for old backups");
    assert_eq!(fs::metadata(at.path("root.key")).unwrap().permissions().mode() & 0o777, 0o600);

    let everybody = told.lock().unwrap().len();
    assert!(everybody > 5, "hardly any load: {everybody}");
    everybody_is_there(&server.caller(&secret), &told);
    let acts = acts_of(&server.caller(&auditor));
    for because in ["parts", "tokens"] {
        assert!(acts.iter().any(|act| act == because), "{because} has no leaf");
    }
    assert!(acts.iter().any(|act| act.starts_with("root:")), "the root key has no leaf");
    let log = server.log();
    assert!(log.contains("moved under new keys"), "{log}");
    for key in after.lines().map(|line| line.split(' ').next().unwrap()) {
        assert!(!log.contains(key) && at.files_with(key) == ["root.key"], "a key stands nowhere else");
    }
    server.stop();

    // With the old root key alone it does not start, and says which one it lacks.
    let newest = after.lines().next().unwrap().rsplit(' ').next().unwrap();
    at.secret("root.key", &before);
    let refused = at.admin(&["fsck"]);
    assert_eq!(refused.status, 1);
    assert!(refused.err.contains(newest) && refused.err.contains("keyring"), "{}", refused.err);
    // And the new one alone is enough.
    at.secret("root.key", after.lines().next().unwrap());
    assert!(at.admin(&["fsck"]).fine().contains("clean"));
}

fn changes_under_kills(at: &Installation) {
    println!("seed {SEED:#x}");
    let (told, next, mut seed) = (Told::default(), AtomicU32::new(0), SEED);
    at.serve().stop();
    at.publish();
    let secret = at.token("collect,consent,show", None).secret;
    for _ in 0..KILLS {
        let server = at.serve();
        everybody_is_there(&server.caller(&secret), &told);
        let pause = Duration::from_millis(50 + drawn(&mut seed) % 1500);
        let (core, over) = (server.caller(&secret), AtomicBool::new(false));
        std::thread::scope(|scope| {
            // Some of these are cut short, or find nobody; what they began goes on all the same.
            scope.spawn(|| {
                for key in
                    [&["rotate", "root"][..], &["rotate", "platform", "haigang"], &["rotate", "tokens", "haigang"]]
                {
                    drop(at.admin(key));
                }
            });
            scope.spawn(|| drop(come(&core, &next, &told, &over)));
            let (_keep, never) = mpsc::channel::<()>();
            let _ = never.recv_timeout(pause);
            server.kill();
            over.store(true, Ordering::Relaxed);
        });
    }
    let server = at.serve();
    everybody_is_there(&server.caller(&secret), &told);
    server.stop();
    println!("{} people", told.lock().unwrap().len());
    assert!(at.admin(&["fsck"]).fine().contains("clean"));
}

/// The same with its database on a server.
fn on(postgres: &Postgres) -> Installation {
    let at = Installation::new();
    at.also(&format!("[postgres]\naddress = '{}'\n", postgres.database()));
    at
}

#[test]
fn every_key_is_changed_under_load_and_no_call_fails() {
    changes_under_load(&Installation::new());
}

#[test]
fn every_key_is_changed_under_load_on_postgres_and_no_call_fails() {
    let postgres = Postgres::start();
    changes_under_load(&on(&postgres));
}

#[test]
fn a_server_that_is_killed_while_keys_are_changed_goes_on_with_it() {
    changes_under_kills(&Installation::new());
}

#[test]
fn a_server_that_is_killed_while_keys_are_changed_on_postgres_goes_on_with_it() {
    let postgres = Postgres::start();
    changes_under_kills(&on(&postgres));
}

#[test]
fn a_server_without_the_new_key_file_changes_no_key_and_is_well_again_when_it_comes() {
    let (postgres, shared) = (Postgres::start(), tempfile::tempdir().unwrap());
    let [here, there] = [(); 2].map(|()| Installation::new());
    let address = postgres.database();
    for one in [&here, &there] {
        one.also(&format!("[postgres]\naddress = '{address}'\nfolder = '{}'\n", shared.path().display()));
    }
    let first = here.serve();
    fs::copy(here.path("root.key"), there.path("root.key")).unwrap();
    here.publish();
    let secret = here.token("collect,consent,show", None).secret;
    let second = there.serve();
    let (told, next) = (Told::default(), AtomicU32::new(0));
    let come = |core: &Caller| {
        let who = person(next.fetch_add(1, Ordering::Relaxed));
        let registered = core.post("registrations", &registration(&who)).good();
        told.lock().unwrap().push((who, registered["subject"].as_str().unwrap().to_owned()));
    };
    let (core, other) = (first.caller(&secret), second.caller(&secret));
    come(&core);

    here.admin(&["rotate", "root"]).fine();
    let size = first.size();
    for refused in [there.admin(&["rotate", "tokens", "haigang"]), there.admin(&["rotate", "platform", "haigang"])] {
        assert!(refused.status == 1 && refused.out.contains("copy the key file"), "{refused:?}");
    }
    assert_eq!(first.size(), size, "no leaf");
    come(&other);
    everybody_is_there(&other, &told);

    // In the wrong order: what is under the new key is away there, until the key file is.
    here.admin(&["rotate", "platform", "haigang"]).fine();
    let read = json!({ "function": "query-account" });
    let path = format!("subjects/{}/reads", told.lock().unwrap()[0].1);
    let waits = |status: u16| {
        let (_keep, never) = mpsc::channel::<()>();
        let began = Instant::now();
        while other.post(&path, &read).status != status {
            assert!(began.elapsed() < Duration::from_secs(60), "it never answers {status}");
            let _ = never.recv_timeout(Duration::from_millis(200));
        }
    };
    waits(503);
    fs::copy(here.path("root.key"), there.path("root.key")).unwrap();
    waits(200);
    come(&other);
    everybody_is_there(&other, &told);
    there.admin(&["rotate", "tokens", "haigang"]).fine();
    come(&core);
    come(&other);
    first.stop();
    second.stop();
    assert!(here.admin(&["fsck"]).fine().contains("clean"));
}

#[test]
fn the_system_writes_no_core_of_a_server() {
    let at = Installation::new();
    let server = at.serve();
    let limits = fs::read_to_string(format!("/proc/{}/limits", server.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
    server.stop();
}

#[test]
fn a_platform_under_guomi_gives_receipts_that_verify_by_either_key() {
    let at = Installation::new();
    let server = at.serve();
    at.admin(&["publish", "platforms/haigang", "--suite", "guomi"]).fine();
    let refused = at.admin(&["publish", "platforms/haigang", "--suite", "international"]);
    assert!(refused.status == 1 && refused.out.contains("rotate platform"), "{refused:?}");
    let (core, auditor) = (at.token("collect,consent,show", None).secret, at.token("audit", None).secret);
    let (core, auditor) = (server.caller(&core), server.caller(&auditor));
    let (told, next) = (Told::default(), AtomicU32::new(0));
    let who = person(next.fetch_add(1, Ordering::Relaxed));
    let registered = core.post("registrations", &registration(&who)).good();
    let subject = registered["subject"].as_str().unwrap().to_owned();
    told.lock().unwrap().push((who, subject.clone()));
    everybody_is_there(&core, &told);
    let receipts = at.folder().join("receipts");
    auditor.keep_receipt(&receipts, &registered["leaf"], Some(&subject));
    let keys = server.key();
    let keys: Vec<&str> = keys.lines().collect();
    assert_eq!(keys.len(), 2, "Ed25519, then SM2: {keys:?}");
    server.stop();
    for key in &keys {
        verify_all(&receipts, key).fine();
    }
    verify_all(&receipts, &keys.join("\n")).fine();
    // Another platform's SM2 key says nothing about it.
    let stranger = keys[1].replacen("haigang", "anrun", 1);
    let receipt = receipts.join(format!("{}.receipt", registered["leaf"]));
    let wrong = shouyue(&["verify", "--key", &stranger, receipt.to_str().unwrap()]);
    assert!(wrong.status != 0, "{wrong:?}");
    assert!(at.admin(&["fsck"]).fine().contains("clean"));
}
