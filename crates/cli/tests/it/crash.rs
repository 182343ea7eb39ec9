//! Killed at random points under load: what was acknowledged is there, and provable.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Person, person};

use crate::calls::{Caller, verify_all};
use crate::installation::{Installation, Server};
use crate::journeys::customer;
use crate::people::{person_fields, registration, yes};
use crate::portal::{Browser, Page};

/// How often it is killed, at least.
const KILLS: u64 = 20;

/// And at most, on a machine on which little is done between two of them.
const MOST: u64 = 5 * KILLS;

/// What the clients must have been told in all: acts, and receipts kept at once.
const LOAD: (usize, usize) = (200, 100);

/// Clients that call at the same time.
const CLIENTS: usize = 4;

/// The longest that a server is left alone, in milliseconds.
const LONGEST: u64 = 400;

/// What the points in time are drawn from: the same in every run. The load around them is not.
const SEED: u64 = 0x5eed_0020;

/// What clients were told and will insist on.
#[derive(Default)]
pub(crate) struct Told {
    /// Subjects whose registration was acknowledged, with its leaf.
    pub(crate) subjects: Vec<(String, u64)>,
    /// Withdrawn and given consents: subject, consent, whether withdrawn.
    consents: Vec<(String, String, bool)>,
    /// Every leaf that was acknowledged, with its subject.
    pub(crate) leaves: Vec<(u64, String)>,
}

/// SplitMix64.
pub(crate) fn drawn(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut drawn = *state;
    drawn = (drawn ^ (drawn >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    drawn = (drawn ^ (drawn >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    drawn ^ (drawn >> 31)
}

#[test]
fn twenty_kills_under_load_lose_nothing_that_was_acknowledged() {
    println!("seed {SEED:#x}");
    let at = Installation::new();
    let server = at.serve();
    at.publish();
    let core = at.token("collect,consent,show", None).secret;
    let auditor = at.token("audit", None).secret;
    let key = server.key();
    server.stop();

    let receipts = at.folder().join("receipts");
    let (told, next, mut seed) = (Mutex::new(Told::default()), AtomicU32::new(0), SEED);
    let mut kills = 0;
    while kills < KILLS || (kills < MOST && !is_load(&told.lock().unwrap(), &receipts)) {
        let round = kills;
        kills += 1;
        let server = at.serve();
        let (core, auditor) = (server.caller(&core), server.caller(&auditor));
        everything_is_there(&core, &auditor, server.size(), &told.lock().unwrap(), round);
        let (over, pause) = (AtomicBool::new(false), Duration::from_millis(20 + drawn(&mut seed) % LONGEST));
        std::thread::scope(|scope| {
            for _ in 0..CLIENTS {
                scope.spawn(|| {
                    while !over.load(Ordering::Relaxed) {
                        if visit(&core, &auditor, &next, &told, &receipts).is_err() {
                            break;
                        }
                    }
                });
            }
            let (_keep, never) = mpsc::channel::<()>();
            let _ = never.recv_timeout(pause);
            server.kill();
            over.store(true, Ordering::Relaxed);
        });
    }

    assert!(at.admin(&["fsck"]).fine().contains("clean"));
    let server = at.serve();
    let told = told.into_inner().unwrap();
    let auditor = server.caller(&auditor);
    everything_is_there(&server.caller(&core), &auditor, server.size(), &told, kills);
    // Receipts kept at the moment of the acknowledgement, and one for every leaf now that all is over.
    let (acts, subjects) = (told.leaves.len(), told.subjects.len());
    println!("{kills} kills, {acts} acts acknowledged, {subjects} subjects");
    assert!(is_load(&told, &receipts), "hardly any load: {acts} acts");
    let later = at.folder().join("later");
    for (leaf, subject) in &told.leaves {
        keep(&auditor, &later, *leaf, subject).unwrap();
    }
    server.stop();
    verify_all(&receipts, &key).fine();
    verify_all(&later, &key).fine();
    assert!(at.admin(&["fsck"]).fine().contains("clean"));
}

fn is_load(told: &Told, receipts: &std::path::Path) -> bool {
    let kept = fs::read_dir(receipts).map_or(0, Iterator::count);
    told.leaves.len() >= LOAD.0 && kept >= LOAD.1
}

/// One customer after the other: registers, consents, withdraws. Ends when nobody answers any more.
pub(crate) fn visit(
    core: &Caller,
    auditor: &Caller,
    next: &AtomicU32,
    told: &Mutex<Told>,
    receipts: &std::path::Path,
) -> Result<(), ureq::Error> {
    let number = next.fetch_add(1, Ordering::Relaxed);
    if number >= 1000 {
        return Err(ureq::Error::ConnectionFailed);
    }
    let registered = core.try_post("registrations", &registration(&person(number)))?.good();
    let subject = registered["subject"].as_str().unwrap().to_owned();
    let leaf = registered["leaf"].as_u64().unwrap();
    let mut kept = told.lock().unwrap();
    kept.leaves.push((leaf, subject.clone()));
    kept.subjects.push((subject.clone(), leaf));
    drop(kept);
    keep(auditor, receipts, leaf, &subject)?;

    for _ in 0..3 {
        let path = format!("subjects/{subject}/consents");
        let given = core.try_post(&path, &json!({ "consents": [yes("collect.customer-service", None)] }))?.good();
        let consent = given[0]["consent"].as_str().unwrap().to_owned();
        acknowledged(told, &given[0], (subject.clone(), consent.clone(), false));
        keep(auditor, receipts, given[0]["leaf"].as_u64().unwrap(), &subject)?;
        let withdrawn = core.send("DELETE", &format!("{path}/{consent}"), "", &[]);
        // Asked to withdraw: until the answer comes, either is right.
        forget(told, &consent);
        let withdrawn = withdrawn?.good();
        acknowledged(told, &withdrawn, (subject.clone(), consent, true));
    }
    Ok(())
}

fn acknowledged(told: &Mutex<Told>, done: &Value, consent: (String, String, bool)) {
    let mut told = told.lock().unwrap();
    told.leaves.push((done["leaf"].as_u64().unwrap(), consent.0.clone()));
    told.consents.push(consent);
}

fn forget(told: &Mutex<Told>, consent: &str) {
    told.lock().unwrap().consents.retain(|(_, known, _)| known != consent);
}

fn keep(auditor: &Caller, receipts: &std::path::Path, leaf: u64, subject: &str) -> Result<(), ureq::Error> {
    let receipt = auditor.send("GET", &format!("receipts/{leaf}?subject={subject}"), "", &[])?;
    assert_eq!(receipt.status, 200, "{receipt:?}");
    fs::create_dir_all(receipts).unwrap();
    fs::write(receipts.join(format!("{leaf}.receipt")), receipt.text).unwrap();
    Ok(())
}

/// Whatever was acknowledged is there after a restart.
pub(crate) fn everything_is_there(core: &Caller, auditor: &Caller, size: u64, told: &Told, round: u64) {
    let highest = told.leaves.iter().map(|(leaf, _)| leaf + 1).max().unwrap_or(0);
    assert!(size >= highest, "after kill {round}: {size} leaves, {highest} acknowledged");
    // Every subject once twenty kills are over; before, those of whom the last kill could have taken something.
    let recent = if round >= KILLS { told.subjects.len() } else { 2 * CLIENTS };
    for (subject, leaf) in told.subjects.iter().rev().take(recent) {
        let consents = core.get(&format!("subjects/{subject}/consents?limit=200")).good();
        let listed = consents["items"].as_array().unwrap();
        for (_, consent, withdrawn) in told.consents.iter().filter(|(of, ..)| of == subject) {
            let found = listed.iter().find(|one| one["id"] == *consent);
            let found = found.unwrap_or_else(|| panic!("after kill {round}: {consent} is lost"));
            assert_eq!(found.get("withdrawn").is_some(), *withdrawn, "after kill {round}: {found}");
        }
        assert_eq!(auditor.get(&format!("receipts/{leaf}?subject={subject}")).status, 200);
    }
}

/// What an order holds of whom it is about.
const ORDERED: usize = 5;

/// How long to wait for a first answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Customers who send their order in at the moment of a kill.
const BUYERS: u32 = 4;

#[test]
fn a_sale_that_is_killed_in_the_middle_is_whole_or_not_there_and_can_be_made_again() {
    let at = Installation::new();
    let (mut seed, mut taken, mut lost) = (SEED, 0, 0);
    for round in 0..6 {
        let server = at.demo("yihui-xicheng");
        let buyers: Vec<Person> = (0..BUYERS).map(|nth| person(20 + round * BUYERS + nth)).collect();
        let mut forms: Vec<_> = buyers.iter().map(|who| ordering(&server, who)).collect();
        // At some instant, or as soon as the first of them has an answer.
        let pause = if round % 2 == 0 { PATIENCE } else { Duration::from_millis(drawn(&mut seed) % LONGEST) };
        let told: Vec<bool> = std::thread::scope(|scope| {
            let (first, answered) = mpsc::channel();
            let buy = |first: mpsc::Sender<()>, (browser, page): &mut (Browser, Page), who| {
                let typed = person_fields("applicant", who);
                let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (name.as_str(), *value)).collect();
                let told = browser.try_answer(page, &typed).is_ok_and(|page| page.path.contains("/records/rec-"));
                first.send(()).unwrap();
                told
            };
            let start = |(form, who)| {
                let first = first.clone();
                scope.spawn(move || buy(first, form, who))
            };
            let threads: Vec<_> = forms.iter_mut().zip(&buyers).map(start).collect();
            let _ = answered.recv_timeout(pause);
            server.kill();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });

        let server = at.demo("yihui-xicheng");
        for (who, told) in buyers.iter().zip(told) {
            let mut browser = customer(&server, &who.phone);
            let there = held(&mut browser);
            assert!(there == 0 || there == ORDERED, "round {round}: half an order: {there} items");
            assert!(there == ORDERED || !told, "round {round}: an order that was acknowledged is gone");
            let page = browser.get("/functions/insure-self");
            let typed = person_fields("applicant", who);
            let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (name.as_str(), *value)).collect();
            let again = browser.answer(&page, &typed, |_| true);
            assert!(again.path.contains("/records/rec-"), "round {round}: {}", again.problems());
            if there == 0 { lost += 1 } else { taken += 1 }
        }
        server.stop();
    }
    println!("{taken} orders were taken in, {lost} were not there");
    assert!(taken >= 3, "in every second round somebody had an answer");
    assert!(at.admin(&["fsck"]).fine().contains("clean"));
}

/// Somebody new, with the order's form open.
fn ordering(server: &Server, who: &Person) -> (Browser, Page) {
    let mut browser = Browser::new(server);
    let page = browser.get("/register/person");
    let page = browser.send(&page, "/register/person", &[("user.phone", &who.phone)]);
    browser.log_in_with_code(&page);
    let page = browser.get("/functions/insure-self");
    (browser, page)
}

/// Items that are kept of whom an order is about.
fn held(browser: &mut Browser) -> usize {
    let links = browser.get("/mine").links(".applicant.");
    let item = |link: &String| Some(link.split_once(".applicant.")?.1.split('/').next()?.to_owned());
    links.iter().filter_map(item).collect::<std::collections::BTreeSet<_>>().len()
}
