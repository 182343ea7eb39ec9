//! Keys are changed while people are served: nobody notices, every change has its leaf, and one cut short goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use jiff::SignedDuration;
use ledger::{SignedCheckpoint, VerifierKey};
use model::SubjectId;
use model::key::KeyPurpose;
use shouyue_desk::collect::Registered;
use shouyue_desk::evidence;
use shouyue_desk::keys::{self, GRACE};
use shouyue_desk::leaf::{Act, Who};
use shouyue_desk::publish::{Publish, publish};
use shouyue_desk::read::{Sign, my_information, search};
use shouyue_desk::seat::{login_code_check, login_code_send};
use shouyue_desk::{House, Refusal};
use vault::{RootKey, RootKeys, Suite};

use crate::house::{Bench, CHILD, LI, Person, WANG, renamed, slug};

/// Reads somebody's own page again and again; gives how often, once told to end.
fn reading(bench: &Bench, subject: SubjectId) -> (Arc<AtomicBool>, tokio::task::JoinHandle<u64>) {
    let (house, end) = (Arc::clone(&bench.house), Arc::new(AtomicBool::new(false)));
    let ends = Arc::clone(&end);
    let reads = tokio::spawn(async move {
        let reads = AtomicU64::new(0);
        while !ends.load(Ordering::Relaxed) {
            let platform = house.platform("haigang").unwrap();
            let read = my_information(&house, &platform, subject).await.unwrap();
            assert!(!read.collected.is_empty());
            reads.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
        }
        reads.into_inner()
    });
    (end, reads)
}

async fn logs_in(bench: &Bench, house: &House, person: &Person) -> Result<SubjectId, Refusal> {
    let platform = house.platform("haigang").unwrap();
    login_code_send(house, &platform, person.phone.to_owned().into()).await.unwrap();
    let code = code(bench).await;
    login_code_check(house, &platform, &person.phone.to_owned().into(), &code).await
}

/// The code that is on its way.
async fn code(bench: &Bench) -> String {
    loop {
        match bench.sms.newest() {
            Some((_, code)) => return code,
            None => tokio::task::yield_now().await,
        }
    }
}

async fn rotations(bench: &Bench) -> Vec<String> {
    let entries = bench.entries().await.into_iter().filter(|entry| entry.act == Act::Rotate);
    entries.map(|entry| entry.because.filter(|_| entry.actor == Who::House).unwrap()).collect()
}

fn root(byte: u8) -> RootKey {
    RootKey::from_bytes(&mut [byte; 32]).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_new_key_for_parts_fails_no_read_and_rewrites_no_data() {
    let bench = Bench::new().await;
    let li = bench.known(&LI).await;
    let sealed = async || {
        let part = bench.store.part(&slug("haigang"), li.record, Some(li.subject), &slug("registrant")).await.unwrap();
        let part = part.unwrap();
        (part.wrapped.unwrap(), part.values.into_iter().map(|value| value.sealed).collect::<Vec<_>>())
    };
    let (key, values) = sealed().await;
    let (end, reads) = reading(&bench, li.subject);
    for version in 2..6 {
        let changed = keys::rotate_parts(&bench.house, &bench.platform(), None).await.unwrap();
        assert_eq!(changed.version, version);
        // Nothing is sealed under it before every server may have read it.
        keys::tend(&bench.house, &bench.platform()).await.unwrap();
        assert!(!sealed().await.0.starts_with(&version.to_be_bytes()));
        bench.clock.advance(GRACE);
        keys::tend(&bench.house, &bench.platform()).await.unwrap();
        assert!(sealed().await.0.starts_with(&version.to_be_bytes()), "moved in the background");
    }
    let wang = bench.known(&WANG).await;
    end.store(true, Ordering::Relaxed);
    assert!(reads.await.unwrap() > 0);
    assert_ne!(sealed().await.0, key);
    assert_eq!(sealed().await.1, values, "data stay as they were");
    assert!(!my_information(&bench.house, &bench.platform(), wang.subject).await.unwrap().collected.is_empty());
    assert_eq!(rotations(&bench).await, ["parts"; 4]);
    assert_eq!(bench.store.integrity(&slug("haigang")).await.unwrap(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn while_tokens_are_made_anew_everybody_is_found_and_no_number_is_taken_twice() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let duty = bench.on_duty(&operator, "service").await;
    let li = bench.known(&LI).await.subject;
    let other = bench.second().await;
    let found = async |house: &House, person: &Person| {
        let platform = house.platform("haigang").unwrap();
        let [phone, number] = [person.phone, person.number].map(|text| text.to_owned().into());
        let by_phone = search(house, &platform, &duty, Sign::Phone, &phone).await.unwrap();
        let by_number = search(house, &platform, &duty, Sign::Document, &number).await.unwrap();
        assert_eq!(by_phone, by_number);
        by_phone
    };
    keys::rotate_tokens(&bench.house, &bench.platform()).await.unwrap();
    let twice = keys::rotate_tokens(&bench.house, &bench.platform()).await;
    assert!(matches!(twice, Err(Refusal::Wrong(_))), "one after the other");
    for house in [&bench.house, &other] {
        assert_eq!(found(house, &LI).await, Some(li), "not made anew yet");
    }

    // The other server has not read the new key: it does before it writes.
    let platform = other.platform("haigang").unwrap();
    let form = WANG.registration(&platform);
    let wang = shouyue_desk::collect::register(&other, &platform, form, Who::Subject, None).await.unwrap().subject;
    let again = LI.registration(&platform);
    let taken = shouyue_desk::collect::register(&other, &platform, again, Who::Subject, None).await;
    assert!(matches!(taken, Err(Refusal::Taken(_))), "by whom no new token is there yet");

    // Whoever makes them anew is killed; another server goes on.
    let third = bench.second().await;
    assert!(keys::tend(&third, &bench.platform()).await.unwrap() > 0);
    let (end, reads) = reading(&bench, li);
    for house in [&bench.house, &other, &third] {
        assert_eq!((found(house, &LI).await, found(house, &WANG).await), (Some(li), Some(wang)));
    }
    bench.clock.advance(GRACE);
    keys::tend(&bench.house, &bench.platform()).await.unwrap();
    assert_eq!(bench.store.retoken(&slug("haigang")).await.unwrap(), None, "done");
    let keys = bench.store.platform_keys(&slug("haigang")).await.unwrap();
    let versions: Vec<u32> =
        keys.iter().filter(|key| key.purpose == KeyPurpose::Tokens).map(|key| key.version).collect();
    assert_eq!(versions, [2], "the old key is gone");
    let child = bench.registered(&Person { birth: "1992-06-06", number: "990200199206060051", ..CHILD }).await.subject;
    for house in [&bench.house, &other, &third] {
        assert_eq!((found(house, &LI).await, found(house, &WANG).await), (Some(li), Some(wang)));
        assert!(logs_in(&bench, house, &LI).await.is_ok_and(|subject| subject == li));
    }
    assert!(found(&third, &Person { number: "990200199206060051", ..CHILD }).await == Some(child));
    end.store(true, Ordering::Relaxed);
    reads.await.unwrap();
    assert_eq!(rotations(&bench).await, ["tokens"]);
    assert_eq!(bench.store.integrity(&slug("haigang")).await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn a_code_that_is_under_way_outlives_a_change_of_keys() {
    let bench = Bench::new().await;
    let li = bench.known(&LI).await.subject;
    let platform = bench.platform();
    login_code_send(&bench.house, &platform, LI.phone.to_owned().into()).await.unwrap();
    let code = code(&bench).await;
    keys::rotate_tokens(&bench.house, &platform).await.unwrap();
    keys::tend(&bench.house, &platform).await.unwrap();
    bench.clock.advance(GRACE);
    keys::tend(&bench.house, &platform).await.unwrap();
    let phone = LI.phone.to_owned().into();
    let platform = bench.platform();
    assert_eq!(login_code_check(&bench.house, &platform, &phone, &code).await.unwrap(), li);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_new_root_key_is_an_act_and_a_lost_one_a_clear_refusal() {
    let bench = Bench::new().await;
    let li = bench.known(&LI).await.subject;
    let (end, reads) = reading(&bench, li);
    let lost = keys::rotate_root(&bench.house, root(0x43).into()).await;
    assert!(lost.is_err(), "without the key under which everything lies");
    let moved = keys::rotate_root(&bench.house, RootKeys::new(root(0x43), vec![root(0x42)])).await.unwrap();
    assert_eq!(moved, [slug("haigang")]);
    assert_eq!(keys::root(&bench.house), RootKeys::from(root(0x43)).newest());
    assert!(keys::finish_root(&bench.house).await.unwrap().is_empty(), "nothing is left to do");
    let change = rotations(&bench).await;
    assert_eq!(change, [format!("root:{}", keys::root(&bench.house))]);
    end.store(true, Ordering::Relaxed);
    reads.await.unwrap();

    let old = bench.rooted(root(0x42).into()).await.err().unwrap().to_string();
    assert!(old.contains(&keys::root(&bench.house).to_string()), "the refusal names the key that is missing: {old}");
    // Another server of the installation goes on with what it holds, and takes the key file over when it is there.
    let new = bench.rooted(root(0x43).into()).await.unwrap();
    let next = || RootKeys::new(root(0x45), vec![root(0x43)]);
    keys::rotate_root(&bench.house, next()).await.unwrap();
    assert!(keys::tend(&new, &bench.platform()).await.is_err(), "it says that a key is missing");
    assert!(!my_information(&new, &bench.platform(), li).await.unwrap().collected.is_empty());
    keys::adopt(&new, next());
    keys::tend(&new, &bench.platform()).await.unwrap();
    let new = bench.rooted(root(0x45).into()).await.unwrap();
    assert!(!my_information(&new, &bench.platform(), li).await.unwrap().collected.is_empty());

    // The keyring was written, then the server was killed: the next start finishes.
    let next = bench.rooted(RootKeys::new(root(0x44), vec![root(0x45)])).await.unwrap();
    assert_eq!(keys::finish_root(&next).await.unwrap(), [slug("haigang")]);
    assert!(bench.rooted(root(0x44).into()).await.is_ok());
    bench.clock.advance(SignedDuration::from_secs(1));
}

/// The root key after the first, with that one for what is under it still.
fn changed() -> RootKeys {
    RootKeys::new(root(0x43), vec![root(0x42)])
}

/// What a refused change must leave as it was: leaves and keys.
async fn stands(bench: &Bench) -> (u64, Vec<model::key::WrappedKey>) {
    (bench.size().await, bench.store.platform_keys(&slug("haigang")).await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_server_without_the_new_key_file_changes_no_key_and_goes_on() {
    let bench = Bench::new().await;
    let li = bench.known(&LI).await.subject;
    let other = bench.second().await;
    keys::rotate_root(&bench.house, changed()).await.unwrap();
    let before = stands(&bench).await;
    let platform = other.platform("haigang").unwrap();
    for refused in [keys::rotate_tokens(&other, &platform).await, keys::rotate_parts(&other, &platform, None).await] {
        let Err(Refusal::Wrong(why)) = refused else { panic!("{refused:?}") };
        assert!(why.contains("copy the key file") && why.contains(&keys::root(&bench.house).to_string()), "{why}");
    }
    assert_eq!(stands(&bench).await, before, "refused before anything was written");
    let wang = shouyue_desk::collect::register(&other, &platform, WANG.registration(&platform), Who::Subject, None);
    let wang = wang.await.unwrap().subject;
    for subject in [li, wang] {
        assert!(!my_information(&other, &platform, subject).await.unwrap().collected.is_empty());
        assert!(!my_information(&bench.house, &bench.platform(), subject).await.unwrap().collected.is_empty());
    }

    // It has both keys, and the older one first.
    keys::adopt(&other, RootKeys::new(root(0x42), vec![root(0x43)]));
    let before = stands(&bench).await;
    let refused = keys::rotate_tokens(&other, &platform).await;
    assert!(matches!(&refused, Err(Refusal::Wrong(why)) if why.contains("copy the key file")), "{refused:?}");
    assert_eq!(stands(&bench).await, before);

    keys::adopt(&other, changed());
    keys::rotate_tokens(&other, &platform).await.unwrap();
    let under = stands(&bench).await.1;
    let newest = keys::root(&bench.house);
    assert!(under.iter().all(|key| changed().told(key).unwrap().root == newest), "nothing lies under the old one");
    bench.known(&Person { birth: "1992-06-06", number: "990200199206060051", ..CHILD }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_root_key_that_is_changed_in_the_midst_of_a_change_leaves_nothing_under_the_old_one() {
    let bench = Arc::new(Bench::new().await);
    let other = bench.second().await;
    let platform = other.platform("haigang").unwrap();
    // The first draw of a change is its new key: what it is wrapped under is decided.
    let here = Arc::clone(&bench);
    bench.entropy.before_draw(1, move || {
        let run = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(keys::rotate_root(&here.house, changed())).unwrap();
        };
        std::thread::spawn(run).join().unwrap();
    });
    let refused = keys::rotate_tokens(&other, &platform).await;
    assert!(refused.is_err(), "{refused:?}");
    let newest = keys::root(&bench.house);
    assert_eq!(rotations(&bench).await, [format!("root:{newest}")], "nothing else was written");
    assert!(stands(&bench).await.1.iter().all(|key| changed().told(key).unwrap().root == newest));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn what_lies_under_a_key_that_a_server_lacks_is_away_until_the_key_file_comes() {
    let bench = Bench::new().await;
    let li = bench.known(&LI).await.subject;
    let other = bench.second().await;
    keys::rotate_root(&bench.house, changed()).await.unwrap();
    // In the wrong order: the key file is not on the other server yet.
    keys::rotate_parts(&bench.house, &bench.platform(), None).await.unwrap();
    keys::rotate_tokens(&bench.house, &bench.platform()).await.unwrap();
    bench.clock.advance(GRACE);
    keys::tend(&bench.house, &bench.platform()).await.unwrap();
    let platform = other.platform("haigang").unwrap();
    let read = my_information(&other, &platform, li).await;
    assert!(matches!(read, Err(Refusal::Contended)), "try again: {:?}", read.err());
    let register = async || {
        let platform = other.platform("haigang").unwrap();
        shouyue_desk::collect::register(&other, &platform, WANG.registration(&platform), Who::Subject, None).await
    };
    let away = register().await;
    assert!(matches!(&away, Err(Refusal::Away(why)) if why.contains("put the right key file")), "{away:?}");

    keys::adopt(&other, changed());
    keys::tend(&other, &platform).await.unwrap();
    let wang = register().await.unwrap().subject;
    let platform = other.platform("haigang").unwrap();
    for subject in [li, wang] {
        assert!(!my_information(&other, &platform, subject).await.unwrap().collected.is_empty());
    }
    assert_eq!(bench.store.integrity(&slug("haigang")).await.unwrap(), Vec::<String>::new());
}

/// Under which suites somebody's values are sealed.
async fn suites(bench: &Bench, of: &Registered) -> Vec<u8> {
    let part = bench.store.part(&slug("haigang"), of.record, Some(of.subject), &slug("registrant")).await.unwrap();
    part.unwrap().values.iter().map(|value| value.sealed[0]).collect()
}

#[tokio::test]
async fn a_platform_under_guomi_signs_its_heads_twice_and_one_goes_over_to_it_online() {
    let bench = Bench::new().await;
    let li = bench.known(&LI).await;
    let lines = async || {
        let note = evidence::checkpoint(&bench.house, &bench.platform()).await.unwrap();
        let note = SignedCheckpoint::parse(&note).unwrap();
        let keys = evidence::verifier_keys(&bench.platform()).unwrap();
        for key in &keys {
            assert_eq!(note.verify(std::slice::from_ref(key)).unwrap().origin(), "shouyue/haigang");
            let read = VerifierKey::parse(&key.to_string(), evidence::SCHEMES).unwrap();
            assert_eq!(read.to_string(), key.to_string(), "as it is handed out");
        }
        (note.to_string().lines().filter(|line| line.starts_with('—')).count(), keys.len())
    };
    assert_eq!(lines().await, (1, 1));
    assert!(suites(&bench, &li).await.iter().all(|suite| *suite == Suite::International.byte()));

    keys::rotate_parts(&bench.house, &bench.platform(), Some(Suite::Guomi)).await.unwrap();
    bench.clock.advance(GRACE);
    keys::tend(&bench.house, &bench.platform()).await.unwrap();
    keys::rotate_tokens(&bench.house, &bench.platform()).await.unwrap();
    keys::tend(&bench.house, &bench.platform()).await.unwrap();
    bench.clock.advance(GRACE);
    keys::tend(&bench.house, &bench.platform()).await.unwrap();
    assert_eq!(bench.platform().suite(), Suite::Guomi);
    let wang = bench.known(&WANG).await;
    for subject in [li.subject, wang.subject] {
        assert!(!my_information(&bench.house, &bench.platform(), subject).await.unwrap().collected.is_empty());
    }
    assert!(
        suites(&bench, &li).await.iter().all(|suite| *suite == Suite::Guomi.byte()),
        "brought over in the background"
    );
    assert_eq!(logs_in(&bench, &bench.house, &LI).await.unwrap(), li.subject);
    assert_eq!(lines().await, (2, 2), "Ed25519 and SM2");
    let receipt = evidence::receipt(&bench.house, &bench.platform(), wang.leaf, Some(wang.subject)).await.unwrap();
    for key in evidence::verifier_keys(&bench.platform()).unwrap() {
        assert!(evidence::verify(&receipt, &[key]).holds(), "either key will do");
    }
    let health = evidence::check(&bench.house, &bench.platform()).await.unwrap();
    assert!(health.is_clean(), "old heads and new ones: {:?} {:?}", health.damages, health.rows);

    // A platform that begins under it.
    let (policy, operation) = renamed("family");
    let publication = Publish {
        policy,
        operation,
        notice: "<p>notice</p>".to_owned(),
        text: crate::house::text(),
        who: Who::House,
        suite: Some(Suite::Guomi),
        from: None,
    };
    let family = publish(&bench.house, publication).await.unwrap();
    assert_eq!(family.suite(), Suite::Guomi);
    let registered =
        shouyue_desk::collect::register(&bench.house, &family, LI.registration(&family), Who::Subject, None);
    let registered = registered.await.unwrap();
    assert!(!my_information(&bench.house, &family, registered.subject).await.unwrap().collected.is_empty());
    let (policy, operation) = renamed("family");
    let other = Publish {
        policy,
        operation,
        notice: "<p>notice</p>".to_owned(),
        text: crate::house::text(),
        who: Who::House,
        suite: Some(Suite::International),
        from: None,
    };
    assert!(matches!(publish(&bench.house, other).await, Err(Refusal::Wrong(_))), "publishing changes no suite");
}
