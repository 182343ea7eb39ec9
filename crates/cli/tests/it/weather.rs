//! Bad weather: a full disk, one that is read-only or fails to sync, a clock that is set back. Nothing that was acknowledged
//! is lost by it, nothing is half there, and the server goes on when it is over.

use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Cut, Weather, person};

use crate::calls::{Caller, verify_all};
use crate::crash::{Told, drawn, everything_is_there, try_visit};
use crate::erase::wrapped_keys;
use crate::installation::{Installation, Server, files_with, shouyue_in};
use crate::people::{registration, yes};

const SEED: u64 = 0x5eed_0021;

/// Clients that call at the same time.
const CLIENTS: usize = 4;

/// What became of the calls during one spell of weather.
#[derive(Default)]
struct Spell {
    good: AtomicU32,
    refused: AtomicU32,
}

/// A running server with its weather, and what its clients were told.
struct Day {
    at: Installation,
    server: Server,
    core: Caller,
    auditor: Caller,
    told: Mutex<Told>,
    next: AtomicU32,
    seed: u64,
}

impl Day {
    fn new() -> Option<Self> {
        let at = Installation::in_weather()?;
        let server = at.serve();
        at.publish();
        let core = server.caller(&at.token("collect,consent,rights,show", None).secret);
        let auditor = server.caller(&at.token("audit", None).secret);
        Some(Self { at, server, core, auditor, told: Mutex::default(), next: AtomicU32::new(0), seed: SEED })
    }

    fn weather(&self) -> &Weather {
        self.at.weather.as_ref().unwrap()
    }

    /// Clients call for a while. A server in trouble says so: it answers every call, with a problem where it must.
    fn spell(&mut self) -> Spell {
        let (over, spell) = (AtomicBool::new(false), Spell::default());
        let pause = Duration::from_millis(100 + drawn(&mut self.seed) % 200);
        std::thread::scope(|scope| {
            for _ in 0..CLIENTS {
                scope.spawn(|| {
                    while !over.load(Ordering::Relaxed) {
                        let receipts = self.at.folder().join("receipts");
                        match try_visit(&self.core, &self.auditor, &self.next, &self.told, &receipts) {
                            Ok(()) => spell.good.fetch_add(1, Ordering::Relaxed),
                            Err(refused) => {
                                let refused = refused.expect("the server is gone");
                                assert_eq!(refused.status, 500, "{refused:?}");
                                refused.problem(500, "broken");
                                spell.refused.fetch_add(1, Ordering::Relaxed)
                            }
                        };
                    }
                });
            }
            wait(pause);
            over.store(true, Ordering::Relaxed);
        });
        spell
    }

    /// Everything is there, now, after a restart, after a power cut; and it can all be proved.
    fn over(self) {
        let Self { at, server, core, auditor, told, .. } = self;
        let told = told.into_inner().unwrap();
        everything_is_there(&core, &auditor, server.size(), &told, None);
        let (key, tokens) = (server.key(), (core, auditor));
        server.kill();
        at.weather.as_ref().unwrap().cut(Cut::Whole);
        let server = at.serve();
        let (core, auditor) = (tokens.0.at(&server), tokens.1.at(&server));
        everything_is_there(&core, &auditor, server.size(), &told, None);
        server.stop();
        verify_all(&at.folder().join("receipts"), &key).fine();
        assert!(at.admin(&["fsck"]).fine().contains("clean"));
    }
}

fn wait(pause: Duration) {
    let (_keep, never) = std::sync::mpsc::channel::<()>();
    let _ = never.recv_timeout(pause);
}

#[test]
fn the_shim_takes_what_was_not_synced_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let Some(weather) = Weather::over(&folder.path().join("data")) else { return };
    let write = |script: &str| {
        let mut shell = Command::new("sh");
        shell.args(["-c", script]).current_dir(folder.path().join("data")).envs(weather.environment());
        shell.status().unwrap().success()
    };
    assert!(write(
        "dd if=/dev/zero of=synced bs=1000 count=9 conv=fsync && sync . && echo more >> synced && echo > unsynced"
    ));
    weather.cut(Cut::Whole);
    let names = std::fs::read_dir(folder.path().join("data")).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(names.collect::<Vec<_>>(), ["synced"]);
    assert_eq!(std::fs::read(folder.path().join("data/synced")).unwrap(), [0; 9000]);
    weather.room(Some(5));
    assert!(!write("echo 0123456789 > full"));
    weather.room(None);
    weather.read_only(true);
    assert!(!write("echo > made") && !write("rm synced"));
}

#[test]
fn a_full_disk_refuses_and_goes_on_when_there_is_room_again() {
    let Some(mut day) = Day::new() else { return };
    let mut refused = 0;
    for round in 0..6 {
        // Full in the midst of a page, of the log, of a checkpoint: wherever it falls.
        let room = drawn(&mut day.seed) % (200_000 * (round + 1));
        day.weather().room(Some(room));
        refused += day.spell().refused.into_inner();
        day.weather().room(None);
        assert!(day.spell().good.into_inner() > 0, "it does not go on");
    }
    assert!(refused > 0, "the disk was never full");
    day.over();
}

#[test]
fn a_disk_that_fails_to_sync_acknowledges_nothing_meanwhile() {
    let Some(mut day) = Day::new() else { return };
    for _ in 0..4 {
        assert!(day.spell().good.into_inner() > 0, "it does not go on");
        day.weather().syncless(true);
        // Calls that were under way when the disk broke may have been answered just before.
        wait(Duration::from_millis(50));
        let before = day.told.lock().unwrap().leaves.len();
        let spell = day.spell();
        assert_eq!(day.told.lock().unwrap().leaves.len(), before, "acknowledged, and not on disk");
        assert!(spell.refused.into_inner() > 0);
        day.weather().syncless(false);
    }
    assert!(day.spell().good.into_inner() > 0, "it does not go on");
    day.over();
}

#[test]
fn a_read_only_folder_is_told_at_the_start_and_survived_at_work() {
    let Some(mut day) = Day::new() else { return };
    assert!(day.spell().good.into_inner() > 0);
    day.weather().read_only(true);
    let spell = day.spell();
    assert!(spell.good.into_inner() == 0 && spell.refused.into_inner() > 0);
    day.weather().read_only(false);
    assert!(day.spell().good.into_inner() > 0, "it does not go on");

    let Day { at, server, .. } = &day;
    let config = at.path("shouyue.toml");
    let elsewhere = Installation::in_weather().unwrap();
    let weather = elsewhere.weather.as_ref().unwrap();
    weather.read_only(true);
    let refused = shouyue_in(weather, &["serve", "--config", &elsewhere.path("shouyue.toml")]);
    assert!(refused.status == 1 && refused.err.contains("read-only"), "{refused:?}");
    // The second server on a folder is refused whatever the weather; commands go through the first one's socket.
    let second = shouyue_in(at.weather.as_ref().unwrap(), &["serve", "--config", &config]);
    assert!(second.status == 1 && second.err.contains("another server"), "{second:?}");
    assert!(at.admin(&["fsck"]).fine().contains("clean"));
    assert!(server.size() > 0);
    day.over();
}

/// The instants of all acts, in the order of the ledger.
fn instants(auditor: &Caller) -> Vec<String> {
    let (mut found, mut path) = (Vec::new(), "ledger/leaves?limit=200".to_owned());
    loop {
        let page = auditor.get(&path).good();
        let leaves = page["items"].as_array().unwrap();
        found.extend(leaves.iter().map(|leaf| leaf["entry"]["at"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { return found };
        path = format!("ledger/leaves?limit=200&after={next}");
    }
}

#[test]
fn a_clock_that_is_set_back_dates_no_act_before_the_last() {
    let Some(Day { at, server, core, auditor, .. }) = Day::new() else { return };
    let weather = at.weather.as_ref().unwrap();
    let act = |core: &Caller, n: u32| -> Value { core.post("registrations", &registration(&person(n))).good() };
    act(&core, 1);
    let subject = act(&core, 2)["subject"].as_str().unwrap().to_owned();
    let path = format!("subjects/{subject}/consents");
    let given = core.post(&path, &json!({ "consents": [yes("collect.customer-service", None)] })).good();
    weather.clock(-3600);
    let consent = given[0]["consent"].as_str().unwrap();
    core.send("DELETE", &format!("{path}/{consent}"), "", &[]).unwrap().good();
    act(&core, 3);
    // Another start knows of the hour by the ledger alone.
    server.kill();
    let server = at.serve();
    let (core, auditor) = (core.at(&server), auditor.at(&server));
    act(&core, 4);
    act(&core, 5);
    assert!(server.log().contains("behind the ledger"), "nobody is told");
    weather.clock(0);
    act(&core, 6);

    let found = instants(&auditor);
    assert!(found.len() >= 9, "{found:?}");
    let mut sorted = found.clone();
    sorted.sort();
    assert_eq!(found, sorted);
    // Time goes on, it does not stand still: no two acts one after the other are of one instant.
    sorted.dedup();
    assert_eq!(sorted.len(), found.len());
    server.stop();
    assert!(at.admin(&["fsck"]).fine().contains("clean"));
}

#[test]
fn what_was_erased_is_gone_after_a_power_cut() {
    let Some(Day { at, mut server, mut core, .. }) = Day::new() else { return };
    let weather = at.weather.as_ref().unwrap();
    for round in 0..4 {
        let registered = core.post("registrations", &registration(&person(round))).good();
        let subject = registered["subject"].as_str().unwrap();
        let keys = wrapped_keys(&at);
        core.post("registrations", &registration(&person(100 + round))).good();
        let path = format!("subjects/{subject}/erasure");
        let erased = core.post(&path, &json!({})).good();
        assert_eq!(erased["certificate"]["subject"], subject, "{erased}");
        server.kill();
        weather.cut(if round % 2 == 0 { Cut::Torn } else { Cut::Whole });
        server = at.serve();
        core = core.at(&server);
        core.post(&path, &json!({})).problem(404, "not-found");
        let living = wrapped_keys(&at);
        let erased: Vec<_> = keys.iter().filter(|key| !living.contains(key)).collect();
        assert!(!erased.is_empty());
        for key in erased {
            assert_eq!(files_with(at.folder(), key), Vec::<String>::new());
        }
    }
    server.stop();
    assert!(at.admin(&["fsck"]).fine().contains("clean"));
}

#[test]
fn an_erasure_that_met_a_full_disk_is_whole_or_not_there_and_its_traces_go_with_the_next_act() {
    let Some(Day { at, server, core, .. }) = Day::new() else { return };
    let weather = at.weather.as_ref().unwrap();
    let mut seed = SEED;
    let mut halted = 0;
    for round in 0..8 {
        let registered = core.post("registrations", &registration(&person(round))).good();
        let subject = registered["subject"].as_str().unwrap();
        let keys = wrapped_keys(&at);
        weather.room(Some(drawn(&mut seed) % 60_000));
        let answer = core.post(&format!("subjects/{subject}/erasure"), &json!({}));
        weather.room(None);
        halted += u32::from(answer.status == 500);
        // Anything at all that is written next; the one after it finds that all is made up for.
        for next in [100, 200] {
            core.post("registrations", &registration(&person(next + round))).good();
        }
        let path = format!("subjects/{subject}/erasure");
        let gone = core.get(&path).status == 404;
        assert!(gone || answer.status == 500, "{answer:?}");
        if !gone {
            core.post(&path, &json!({})).good();
        }
        let living = wrapped_keys(&at);
        for key in keys.iter().filter(|key| !living.contains(key)) {
            assert_eq!(files_with(at.folder(), key), Vec::<String>::new(), "round {round}");
        }
        let listed = std::fs::read_to_string(at.data().join("haigang.erasures")).unwrap();
        assert!(listed.contains(subject), "round {round}: the list of erasures lags behind");
    }
    assert!(halted > 0, "the disk was never full");
    server.stop();
    assert!(at.admin(&["fsck"]).fine().contains("clean"));
}
