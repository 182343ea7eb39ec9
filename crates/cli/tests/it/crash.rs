//! Killed at random points under load, or the power cut: what was acknowledged is there, and provable.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Cut, Person, person};

use crate::calls::{Answer, Caller, verify_all};
use crate::installation::{Installation, Server};
use crate::journeys::customer;
use crate::people::{person_fields, registration, yes};
use crate::portal::{Browser, Page};

/// How often a server is killed in the ordinary run, at least.
const KILLS: u64 = 20;

/// And how often its power is cut: each time every file is written anew.
const CUTS: u64 = 12;

/// What the clients must have been told in all, for each round: acts, and receipts kept at once.
const LOAD: (u64, u64) = (10, 5);

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
    /// Every leaf that was acknowledged, with its subject; of those who asked to be forgotten none.
    pub(crate) leaves: Vec<(u64, String)>,
    /// Subjects whose erasure was acknowledged.
    pub(crate) erased: Vec<String>,
}

/// Of so many customers one has everything erased.
const LEAVES_AGAIN: u32 = 4;

/// SplitMix64.
pub(crate) fn drawn(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut drawn = *state;
    drawn = (drawn ^ (drawn >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    drawn = (drawn ^ (drawn >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    drawn ^ (drawn >> 31)
}

/// For how long a round leaves everybody alone, of so many milliseconds at least and so many more at most: longer where all the rounds
/// before came to little.
pub(crate) fn pause((round, rounds): (u64, u64), (least, more): (u64, u64), seed: &mut u64) -> Duration {
    Duration::from_millis((least + drawn(seed) % more) * (1 + round / rounds))
}

#[test]
fn twenty_kills_under_load_lose_nothing_that_was_acknowledged() {
    ended(&Installation::new(), KILLS);
}

#[test]
fn power_cuts_under_load_lose_nothing_that_was_acknowledged() {
    if let Some(at) = Installation::in_weather() {
        ended(&at, CUTS);
    }
}

#[cfg(feature = "soak")]
#[test]
fn soak_two_hundred_kills_lose_nothing_that_was_acknowledged() {
    ended(&Installation::new(), 200);
}

#[cfg(feature = "soak")]
#[test]
fn soak_two_hundred_power_cuts_lose_nothing_that_was_acknowledged() {
    if let Some(at) = Installation::in_weather() {
        ended(&at, 200);
    }
}

/// A server is killed so often under load, at least, and its power cut where there is weather.
fn ended(at: &Installation, rounds: u64) {
    println!("seed {SEED:#x}");
    let server = at.serve();
    at.publish();
    let core = at.token("collect,consent,rights,show", None).secret;
    let auditor = at.token("audit", None).secret;
    let key = server.key();
    server.stop();

    let receipts = at.folder().join("receipts");
    let (told, next, mut seed) = (Mutex::new(Told::default()), AtomicU32::new(0), SEED);
    let mut round = 0;
    // On a machine on which little is done between two of them, up to five times as often, and with more time between them.
    while round < rounds || (round < 5 * rounds && !is_load(rounds, &told.lock().unwrap(), &receipts)) {
        let server = at.serve();
        let (core, auditor) = (server.caller(&core), server.caller(&auditor));
        everything_is_there(&core, &auditor, server.size(), &told.lock().unwrap(), Some(round));
        let (over, pause) = (AtomicBool::new(false), pause((round, rounds), (20, LONGEST), &mut seed));
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
        if let Some(weather) = &at.weather {
            weather.cut(if round % 2 == 0 { Cut::Whole } else { Cut::Torn });
        }
        round += 1;
    }

    assert!(at.admin(&["fsck"]).fine().contains("clean"));
    let server = at.serve();
    let told = told.into_inner().unwrap();
    let auditor = server.caller(&auditor);
    everything_is_there(&server.caller(&core), &auditor, server.size(), &told, None);
    // Receipts kept at the moment of the acknowledgement, and one for every leaf now that all is over.
    let (acts, subjects) = (told.leaves.len(), told.subjects.len());
    println!("{round} rounds, {acts} acts acknowledged, {subjects} subjects and {} erased", told.erased.len());
    assert!(is_load(rounds, &told, &receipts), "hardly any load: {acts} acts");
    let later = at.folder().join("later");
    for (leaf, subject) in &told.leaves {
        keep(&auditor, &later, *leaf, subject).unwrap();
    }
    server.stop();
    verify_all(&receipts, &key).fine();
    verify_all(&later, &key).fine();
    assert!(at.admin(&["fsck"]).fine().contains("clean"));
}

fn is_load(rounds: u64, told: &Told, receipts: &std::path::Path) -> bool {
    let kept = fs::read_dir(receipts).map_or(0, Iterator::count);
    told.leaves.len() as u64 >= rounds * LOAD.0 && kept as u64 >= rounds * LOAD.1
}

/// One customer after the other: registers, consents, withdraws, and now and then is forgotten. Ends when nobody answers any more.
pub(crate) fn visit(
    core: &Caller,
    auditor: &Caller,
    next: &AtomicU32,
    told: &Mutex<Told>,
    receipts: &std::path::Path,
) -> Result<(), ureq::Error> {
    match try_visit(core, auditor, next, told, receipts) {
        Err(Some(refused)) => panic!("refused: {refused:?}"),
        Err(None) => Err(ureq::Error::ConnectionFailed),
        Ok(()) => Ok(()),
    }
}

/// The same, where the server may refuse. `Err(None)`: nobody answers.
pub(crate) fn try_visit(
    core: &Caller,
    auditor: &Caller,
    next: &AtomicU32,
    told: &Mutex<Told>,
    receipts: &std::path::Path,
) -> Result<(), Option<Answer>> {
    let done = |answer: Result<Answer, ureq::Error>| match answer {
        Ok(answer) if answer.status < 300 => Ok(answer.json()),
        Ok(refused) => Err(Some(refused)),
        Err(_) => Err(None),
    };
    let number = next.fetch_add(1, Ordering::Relaxed);
    let registered = done(core.try_post("registrations", &registration(&person(number))))?;
    let subject = registered["subject"].as_str().unwrap().to_owned();
    let leaf = registered["leaf"].as_u64().unwrap();
    let mut kept = told.lock().unwrap();
    kept.leaves.push((leaf, subject.clone()));
    kept.subjects.push((subject.clone(), leaf));
    drop(kept);
    keep(auditor, receipts, leaf, &subject)?;

    for _ in 0..3 {
        let path = format!("subjects/{subject}/consents");
        let given = done(core.try_post(&path, &json!({ "consents": [yes("collect.customer-service", None)] })))?;
        let consent = given[0]["consent"].as_str().unwrap().to_owned();
        acknowledged(told, &given[0], (subject.clone(), consent.clone(), false));
        keep(auditor, receipts, given[0]["leaf"].as_u64().unwrap(), &subject)?;
        let withdrawn = core.send("DELETE", &format!("{path}/{consent}"), "", &[]);
        // Asked to withdraw: until the answer comes, either is right.
        forget(told, &consent);
        acknowledged(told, &done(withdrawn)?, (subject.clone(), consent, true));
    }
    if number.is_multiple_of(LEAVES_AGAIN) {
        // Asked to forget: until the answer comes, either is right.
        let mut kept = told.lock().unwrap();
        kept.subjects.retain(|(known, _)| *known != subject);
        kept.consents.retain(|(known, ..)| *known != subject);
        kept.leaves.retain(|(_, known)| *known != subject);
        drop(kept);
        done(core.try_post(&format!("subjects/{subject}/erasure"), &json!({})))?;
        told.lock().unwrap().erased.push(subject);
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

fn keep(auditor: &Caller, receipts: &std::path::Path, leaf: u64, subject: &str) -> Result<(), Option<Answer>> {
    let receipt = auditor.send("GET", &format!("receipts/{leaf}?subject={subject}"), "", &[]).map_err(|_| None)?;
    if receipt.status != 200 {
        return Err(Some(receipt));
    }
    fs::create_dir_all(receipts).unwrap();
    fs::write(receipts.join(format!("{leaf}.receipt")), receipt.text).unwrap();
    Ok(())
}

/// Whatever was acknowledged is there after a restart: in the end of every subject, after a round of those whom it could
/// have taken something from.
pub(crate) fn everything_is_there(core: &Caller, auditor: &Caller, size: u64, told: &Told, round: Option<u64>) {
    let highest = told.leaves.iter().map(|(leaf, _)| leaf + 1).max().unwrap_or(0);
    assert!(size >= highest, "round {round:?}: {size} leaves, {highest} acknowledged");
    let looked_at = round.map_or(told.subjects.len(), |_| 2 * CLIENTS);
    for (subject, leaf) in told.subjects.iter().rev().take(looked_at) {
        let consents = core.get(&format!("subjects/{subject}/consents?limit=200")).good();
        let listed = consents["items"].as_array().unwrap();
        for (_, consent, withdrawn) in told.consents.iter().filter(|(of, ..)| of == subject) {
            let found = listed.iter().find(|one| one["id"] == *consent);
            let found = found.unwrap_or_else(|| panic!("round {round:?}: {consent} is lost"));
            assert_eq!(found.get("withdrawn").is_some(), *withdrawn, "round {round:?}: {found}");
        }
        assert_eq!(auditor.get(&format!("receipts/{leaf}?subject={subject}")).status, 200);
    }
    let looked_at = round.map_or(told.erased.len(), |_| 2 * CLIENTS);
    for subject in told.erased.iter().rev().take(looked_at) {
        core.get(&format!("subjects/{subject}/consents")).problem(404, "not-found");
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
