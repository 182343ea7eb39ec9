//! Three servers on one PostgreSQL: killed at random points under load, and following what one of them puts in force.

use std::collections::BTreeSet;
use std::fs;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};

use serde_json::json;
use testkit::{Authority, Postgres, person};

use crate::calls::{Caller, verify_all};
use crate::crash::{Told, everything_is_there, pause, try_visit, visit};
use crate::installation::{Installation, Server, shouyue};
use crate::people::{registration, yes};

/// Rounds; in each, every server is killed once.
const ROUNDS: u64 = 4;

/// Clients of each server.
const CLIENTS: usize = 2;

/// The longest that a server is left alone in the first rounds, in milliseconds.
const LONGEST: u64 = 900;

/// Fewest acknowledged acts for each round.
const LOAD: u64 = 15;

const SEED: u64 = 0x5eed_0005;

/// Whether there is another round: on a machine on which little is done in one, or nobody comes to be forgotten, up to five times
/// as many.
fn goes_on(round: u64, rounds: u64, told: &Mutex<Told>) -> bool {
    let told = told.lock().unwrap();
    let much = told.leaves.len() as u64 >= rounds * LOAD && !told.erased.is_empty();
    round < rounds || (round < 5 * rounds && !much)
}

/// Three installations with one root key, one folder of objects and one database.
struct Three {
    postgres: Postgres,
    shared: tempfile::TempDir,
    at: [Installation; 3],
}

impl Three {
    fn new() -> Self {
        let (postgres, shared) = (Postgres::start(), tempfile::tempdir().unwrap());
        let at = [(); 3].map(|()| Installation::new());
        let address = postgres.database();
        for one in &at {
            let folder = shared.path().display();
            one.also(&format!("[postgres]\naddress = '{address}'\nfolder = '{folder}'\n"));
        }
        // The first start makes the key; whoever joins later is given it.
        at[0].serve().stop();
        for one in &at[1..] {
            fs::copy(at[0].path("root.key"), one.path("root.key")).unwrap();
        }
        at[0].publish();
        Self { postgres, shared, at }
    }
}

#[test]
fn three_servers_that_are_killed_lose_nothing_and_make_one_ledger() {
    killed(ROUNDS);
}

#[cfg(feature = "soak")]
#[test]
fn soak_three_servers_that_are_killed_two_hundred_times_lose_nothing() {
    killed(67);
}

fn killed(rounds: u64) {
    println!("seed {SEED:#x}");
    let three = Three::new();
    let core = three.at[0].token("collect,consent,rights,show", None).secret;
    let auditor = three.at[0].token("audit", None).secret;
    let key = {
        let server = three.at[0].serve();
        let key = server.key();
        server.stop();
        key
    };
    let receipts = three.shared.path().join("receipts");
    let (told, next, mut seed) = (Mutex::new(Told::default()), AtomicU32::new(0), SEED);
    let mut round = 0;
    while goes_on(round, rounds, &told) {
        let servers: Vec<Server> = three.at.iter().map(Installation::serve).collect();
        for server in &servers {
            let (core, auditor) = (server.caller(&core), server.caller(&auditor));
            everything_is_there(&core, &auditor, server.size(), &told.lock().unwrap(), Some(round));
        }
        let over = AtomicBool::new(false);
        let pauses = [(); 3].map(|()| pause((round, rounds), (100, LONGEST), &mut seed));
        std::thread::scope(|scope| {
            for (server, pause) in servers.into_iter().zip(pauses) {
                let callers = (server.caller(&core), server.caller(&auditor));
                let (told, next, receipts, over) = (&told, &next, &receipts, &over);
                for _ in 0..CLIENTS {
                    let (core, auditor) = callers.clone();
                    scope.spawn(move || {
                        while !over.load(Ordering::Relaxed) && visit(&core, &auditor, next, told, receipts).is_ok() {}
                    });
                }
                scope.spawn(move || {
                    let (_keep, never) = mpsc::channel::<()>();
                    let _ = never.recv_timeout(pause);
                    server.kill();
                });
            }
            let (_keep, never) = mpsc::channel::<()>();
            let _ = never.recv_timeout(*pauses.iter().max().unwrap());
            over.store(true, Ordering::Relaxed);
        });
        round += 1;
    }

    let told = told.into_inner().unwrap();
    let leaves: BTreeSet<u64> = told.leaves.iter().map(|(leaf, _)| *leaf).collect();
    let (subjects, erased) = (told.subjects.len(), told.erased.len());
    println!("{} kills, {} acts acknowledged, {subjects} subjects and {erased} erased", 3 * round, leaves.len());
    assert!(erased > 0, "nobody was forgotten");
    assert_eq!(leaves.len(), told.leaves.len(), "two acts were given one leaf");
    assert!(leaves.len() as u64 >= rounds * LOAD, "hardly any load: {} acts", leaves.len());
    for at in &three.at {
        let server = at.serve();
        everything_is_there(&server.caller(&core), &server.caller(&auditor), server.size(), &told, None);
        server.stop();
        assert!(at.admin(&["fsck"]).fine().contains("clean"));
    }
    verify_all(&receipts, &key).fine();
}

#[test]
fn what_one_server_puts_in_force_and_withdraws_holds_on_the_others() {
    let mut three = Three::new();
    let core = three.at[0].token("collect,consent,show", None).secret;
    let (first, second) = (three.at[0].serve(), three.at[1].serve());
    let (here, there) = (first.caller(&core), second.caller(&core));
    let registered = here.post("registrations", &registration(&person(1))).good();
    let subject = registered["subject"].as_str().unwrap();
    let path = format!("subjects/{subject}/consents");
    let given = there.post(&path, &json!({ "consents": [yes("collect.customer-service", None)] })).good();
    let consent = given[0]["consent"].as_str().unwrap();
    assert_eq!(here.send("DELETE", &format!("{path}/{consent}"), "", &[]).unwrap().status, 200);
    let listed = there.get(&path).good();
    let found = listed["items"].as_array().unwrap().iter().find(|one| one["id"] == consent).unwrap();
    assert!(found.get("withdrawn").is_some(), "the next act sees it, in every process");

    // What one server puts in force, the other decides by: at once where somebody acts, soon where somebody looks.
    let people = json!([{ "roles": ["applicant", "insured"], "fields": person(1).policy_fields() }]);
    let policy = here.post("records", &json!({ "class": "policy", "people": people })).good();
    let record = policy["record"].as_str().unwrap();
    let due = |caller: &Caller| {
        let asked = json!({ "fen": 100, "description": "one yuan" });
        caller.post(&format!("records/{record}/payments"), &asked).status
    };
    assert_eq!(due(&there), 422, "nothing is paid here yet");
    let more = "\n[[payment]]\nclasses = [\"policy\"]\nanswers = \"the text says nothing of paying\"\n";
    three.at[0].publish_with(more);
    let began = Instant::now();
    while due(&there) != 201 {
        assert!(began.elapsed() < Duration::from_secs(30), "it is never served there");
    }

    // The database goes away and comes back: both go on.
    three.postgres.stop();
    here.get(&path).problem(503, "away");
    assert_eq!((here.get("/healthz").status, here.get("/readyz").status), (200, 503));
    three.postgres.run();
    for server in [&here, &there] {
        assert_eq!(server.get(&path).status, 200);
        assert_eq!(server.get("/readyz").status, 200);
    }
    first.stop();
    second.stop();
}

#[test]
fn an_erasure_on_another_server_is_known_at_once_and_its_certificate_claims_no_more_than_is_so() {
    let three = Three::new();
    let core = three.at[0].token("collect,consent,rights,show", None).secret;
    let (first, second) = (three.at[0].serve(), three.at[1].serve());
    let (here, there) = (first.caller(&core), second.caller(&core));
    let registered = here.post("registrations", &registration(&person(1))).good();
    let subject = registered["subject"].as_str().unwrap();
    let erased = there.post(&format!("subjects/{subject}/erasure"), &json!({})).good();
    // The log of the database's server is not ours to empty.
    assert_eq!(erased["certificate"]["destroyed"], "pending", "{erased}");
    here.get(&format!("subjects/{subject}/consents")).problem(404, "not-found");
    let asked = format!("ledger/destroyed?leaf={}", erased["leaf"]);
    assert_eq!(here.get(&asked).good()["destroyed"], "pending");
    here.get("ledger/destroyed?leaf=9999").problem(404, "not-found");
    // Each look goes on where the last one, on whichever server, ended.
    let database = three.postgres.database();
    let began = Instant::now();
    loop {
        let said = three.at[1].admin(&["fsck"]).fine();
        assert!(said.contains("clean"), "{said}");
        if !said.contains("not confirmed yet") {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(120), "{said}");
        for sql in ["CREATE TABLE used AS SELECT 1", "DROP TABLE used", "CHECKPOINT", "SELECT pg_switch_wal()"] {
            assert!(three.postgres.runs(&database, sql), "{sql}");
        }
    }
    for caller in [&here, &there] {
        let answer = caller.get(&asked).good();
        let at = answer["destroyed"].as_str().unwrap();
        assert!(at.parse::<jiff::Timestamp>().is_ok(), "{answer}");
    }
    first.stop();
    second.stop();
}

#[test]
fn a_database_on_a_network_is_reached_over_tls_and_a_wrong_authority_is_a_refusal_to_start() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let postgres = Postgres::on_a_port(Some((&authority, "DNS:localhost")));
    let (address, password) = postgres.over_the_network(&postgres.database());
    let at = Installation::new();
    at.secret("postgres.password", password);
    at.also(&format!("[postgres]\naddress = '{address} sslmode=verify-full'\npassword = 'postgres.password'\n"));
    let refused = at.admin(&["serve"]);
    assert!(refused.status == 1 && refused.err.contains("name in `ca`"), "{refused:?}");
    at.also("ca = 'ca.pem'\n");
    fs::copy(stranger.certificate(), at.path("ca.pem")).unwrap();
    let refused = at.admin(&["serve"]);
    assert!(refused.status == 1 && refused.err.contains("invalid peer certificate"), "{refused:?}");
    fs::copy(authority.certificate(), at.path("ca.pem")).unwrap();
    let server = at.serve();
    at.publish();
    let core = at.token("collect,consent,show", None).secret;
    server.caller(&core).post("registrations", &registration(&person(1))).good();
    server.stop();
    assert!(at.admin(&["fsck"]).fine().contains("clean"));
    let shown = shouyue(&["config", "check", &at.path("shouyue.toml")]).fine();
    assert!(shown.contains("TLS by") && !shown.contains(password), "{shown}");
}

/// How often the database is taken away under load.
const FALLS: u64 = 4;

#[test]
fn a_data_folder_is_copied_into_a_database_and_goes_on_there() {
    let at = Installation::new();
    let server = at.serve();
    at.publish();
    let core = at.token("collect,consent,show", None).secret;
    let registered = server.caller(&core).post("registrations", &registration(&person(1))).good();
    let path = format!("subjects/{}/consents", registered["subject"].as_str().unwrap());
    let given = server.caller(&core).get(&path).good();
    let (key, size) = (server.key(), server.size());
    server.stop();
    let nowhere = at.admin(&["copy"]);
    assert!(nowhere.status == 2 && nowhere.err.contains("[postgres]"), "{nowhere:?}");
    let postgres = Postgres::start();
    at.also(&format!("[postgres]\naddress = '{}'\n", postgres.database()));
    let said = at.admin(&["copy"]).fine();
    assert!(said.contains(&format!("{size} leaves under the same root")), "{said}");
    assert!(said.contains("next: `shouyue fsck`"), "{said}");
    assert!(at.admin(&["fsck"]).fine().contains("clean"));
    let again = at.admin(&["copy"]);
    assert!(again.status == 1 && again.err.contains("there already"), "{again:?}");
    let server = at.serve();
    assert_eq!((server.key(), server.size()), (key, size), "one ledger, which goes on");
    assert_eq!(server.caller(&core).get(&path).good(), given);
    server.caller(&core).post("registrations", &registration(&person(2))).good();
    assert!(server.size() > size);
    server.stop();
}

#[test]
fn a_database_that_is_killed_under_load_loses_nothing_that_was_acknowledged() {
    let mut three = Three::new();
    let core = three.at[0].token("collect,consent,rights,show", None).secret;
    let auditor = three.at[0].token("audit", None).secret;
    let servers = [three.at[0].serve(), three.at[1].serve()];
    let receipts = three.shared.path().join("receipts");
    let (told, next, mut seed) = (Mutex::new(Told::default()), AtomicU32::new(0), SEED);
    let mut refused = 0;
    let mut round = 0;
    while goes_on(round, FALLS, &told) {
        let over = AtomicBool::new(false);
        let pause = pause((round, FALLS), (300, LONGEST), &mut seed);
        refused += std::thread::scope(|scope| {
            let clients = servers.iter().flat_map(|server| [server; CLIENTS]).map(|server| {
                let (core, auditor) = (server.caller(&core), server.caller(&auditor));
                let (told, next, receipts, over) = (&told, &next, &receipts, &over);
                scope.spawn(move || {
                    let mut refused = 0;
                    while !over.load(Ordering::Relaxed) {
                        match try_visit(&core, &auditor, next, told, receipts) {
                            Ok(()) => {}
                            // The servers stay, and say that they are not well.
                            Err(Some(answer)) => {
                                assert!(answer.status >= 500, "{answer:?}");
                                refused += 1;
                            }
                            Err(None) => panic!("a server is gone"),
                        }
                    }
                    refused
                })
            });
            let clients: Vec<_> = clients.collect();
            let (_keep, never) = mpsc::channel::<()>();
            let _ = never.recv_timeout(pause);
            three.postgres.kill();
            three.postgres.run();
            let _ = never.recv_timeout(Duration::from_millis(300));
            over.store(true, Ordering::Relaxed);
            clients.into_iter().map(|client| client.join().unwrap()).sum::<u32>()
        });
        for server in &servers {
            let (core, auditor) = (server.caller(&core), server.caller(&auditor));
            everything_is_there(&core, &auditor, server.size(), &told.lock().unwrap(), Some(round));
        }
        round += 1;
    }
    let told = told.into_inner().unwrap();
    println!("{round} falls, {} acts acknowledged, {refused} calls refused", told.leaves.len());
    assert!(refused > 0 && told.leaves.len() as u64 >= FALLS * LOAD, "hardly any load");
    let key = servers[0].key();
    everything_is_there(&servers[0].caller(&core), &servers[0].caller(&auditor), servers[0].size(), &told, None);
    for server in servers {
        server.stop();
    }
    assert!(three.at[0].admin(&["fsck"]).fine().contains("clean"));
    verify_all(&receipts, &key).fine();
}
