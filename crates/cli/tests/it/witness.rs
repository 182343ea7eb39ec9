//! A witness beside a server, as two processes: heads cosigned on the schedule, an old database that is not served, and a witness
//! that is killed.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};

use ledger::witness::Request;
use ledger::{Checkpoint, Ed25519Signer, Edge, Hash, SignedCheckpoint, Signer as _, Tiles, leaf_hash, proof};
use serde_json::Value;
use testkit::person;

use crate::calls::{Answer, Caller};
use crate::crash::drawn;
use crate::installation::{Installation, Server, shouyue};
use crate::people::registration;

/// Its name.
const NAME: &str = "witness.example/w1";

/// How long the schedule may take.
const SOON: Duration = Duration::from_secs(60);

/// A witness in a folder of its own.
struct Witness {
    at: Installation,
    address: String,
}

impl Witness {
    fn new(logs: &[&str]) -> Self {
        let at = Installation::new();
        let listen = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let logs: Vec<String> = logs.iter().map(|key| format!("[[log]]\nkey = '{key}'\n")).collect();
        let own = format!("data = 'heads'\nkey = 'witness.key'\nname = '{NAME}'\nlisten = '{listen}'\n");
        let text = own + &logs.concat();
        fs::write(at.path("witness.toml"), text).unwrap();
        Self { at, address: format!("http://{listen}") }
    }

    fn serve(&self) -> Server {
        let mut server = Server::start(&self.at, &["witness", "--config", &self.at.path("witness.toml")], "witness ");
        server.origin.clone_from(&self.address);
        server
    }

    /// Its verifier key, as it says it.
    fn key(server: &Server) -> String {
        server.said.iter().find_map(|line| line.strip_prefix("verifier key ")).unwrap().to_owned()
    }
}

/// An installation with somebody registered, and a witness of it.
struct Watched {
    at: Installation,
    witness: Witness,
    key: String,
    core: String,
    auditor: String,
}

impl Watched {
    /// With the witness as it serves.
    fn new() -> (Self, Server) {
        let at = Installation::new();
        at.serve().stop();
        at.publish();
        let (core, auditor) = (at.token("collect,consent", None).secret, at.token("audit", None).secret);
        let log = {
            let server = at.serve();
            let log = server.key();
            server.stop();
            log
        };
        let witness = Witness::new(&[&log]);
        let serving = witness.serve();
        let key = Witness::key(&serving);
        let watched = Self { at, witness, key, core, auditor };
        watched.at.also(&watched.door());
        (watched, serving)
    }

    /// Its lines in the configuration.
    fn door(&self) -> String {
        format!("[[witness]]\naddress = '{}'\nkey = '{}'\n", self.witness.address, self.key)
    }

    /// Somebody registers; the leaf of it.
    fn register(&self, server: &Server, n: u32) -> Value {
        server.caller(&self.core).post("registrations", &registration(&person(n))).good()["leaf"].clone()
    }
}

/// Waits until everything that a server holds is cosigned; the head.
fn cosigned(server: &Server) -> String {
    let (public, size, began) = (server.caller(""), server.size(), Instant::now());
    let (_keep, never) = mpsc::channel::<()>();
    loop {
        let head = public.get("ledger/checkpoint/witnessed");
        if head.status == 200 && head.text.lines().nth(1) == Some(&size.to_string()) {
            return head.text;
        }
        assert!(began.elapsed() < SOON, "nobody cosigned {size} leaves: {head:?} {}", server.log());
        let _ = never.recv_timeout(Duration::from_millis(100));
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, to) = {
            let entry = entry.unwrap();
            (entry.path(), to.join(entry.file_name()))
        };
        if path.is_dir() {
            copy(&path, &to);
        } else if path.is_file() {
            fs::copy(path, to).unwrap();
        }
    }
}

/// Puts a copy in the place of the data folder.
fn put_back(at: &Installation, copied: &Path) {
    fs::remove_dir_all(at.data()).unwrap();
    copy(copied, &at.data());
}

#[test]
fn what_is_added_is_cosigned_and_receipts_carry_the_word_offline() {
    let (watched, serving) = Watched::new();
    let server = watched.at.serve();
    let first = cosigned(&server);
    let leaf = watched.register(&server, 1);
    let head = cosigned(&server);
    let receipts = watched.at.folder().join("receipts");
    server.caller(&watched.auditor).keep_receipt(&receipts, &leaf, None);
    let (log, public) = (server.key(), server.caller(""));
    let (old, new) = (first.lines().nth(1).unwrap(), head.lines().nth(1).unwrap());
    let proof = public.get(&format!("ledger/consistency?old={old}&new={new}")).text;
    assert_eq!(public.get("ledger/checkpoint").text, head, "the newest head bears the line as well");
    let measures = public.get("/metrics").text;
    let labels = format!("{{platform=\"haigang\",witness=\"{NAME}\"}}");
    assert!(measures.contains(&format!("shouyue_witness_leaves{labels} {new}\n")), "{measures}");
    assert!(measures.contains(&format!("shouyue_witness_contradicts{labels} 0\n")), "{measures}");
    assert_eq!(public.get("/readyz").text, "ready\n");
    server.stop();
    serving.stop();

    // Everything below is offline.
    let file = |name: &str, text: &str| {
        fs::write(watched.at.path(name), text).unwrap();
        watched.at.path(name)
    };
    let receipt = fs::read_dir(&receipts).unwrap().next().unwrap().unwrap().path();
    let verify = |what: &[&str], witness: &str| {
        let arguments = ["verify", "--key", &log, "--witness", witness];
        shouyue(&arguments.iter().chain(what).copied().collect::<Vec<_>>())
    };
    let said = verify(&[receipt.to_str().unwrap()], &watched.key).fine();
    assert!(said.starts_with("VERIFIED") && said.contains(&format!("{NAME} cosigned at 20")), "{said}");
    let (first, head, proof) = (file("1.head", &first), file("2.head", &head), file("proof.json", &proof));
    let said = verify(&[&first, &head, "--consistency", &proof], &watched.key).fine();
    assert!(said.contains(&format!("{NAME} cosigned at 20")), "{said}");

    let other = ledger::Cosigner::from_seed(NAME, &[1; 32]).unwrap().key().to_string();
    let refused = verify(&[receipt.to_str().unwrap()], &other);
    assert!(refused.status == 1 && refused.out.contains("witness    FAILED"), "{refused:?}");
    let misused = verify(&[receipt.to_str().unwrap()], &log);
    assert!(misused.status == 2 && misused.err.contains("--witness"), "{misused:?}");
}

/// The platform is closed, in clear words, everywhere.
fn closed(watched: &Watched, words: &str) {
    let server = watched.at.serve();
    let (public, core) = (server.caller(""), server.caller(&watched.core));
    let problem = core.post("registrations", &registration(&person(9))).problem(503, "overtaken");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains(NAME) && detail.contains(words) && detail.contains("Stop the server"), "{detail}");
    public.get("ledger/checkpoint").problem(503, "overtaken");
    let page = public.get("/p/haigang/");
    assert!(page.status == 503 && page.text.contains("暂停服务"), "{page:?}");
    let ready = public.get("/readyz");
    assert!(ready.status == 503 && ready.text.contains(words), "{ready:?}");
    let contradicts = format!("shouyue_witness_contradicts{{platform=\"haigang\",witness=\"{NAME}\"}} 1\n");
    assert!(public.get("/metrics").text.contains(&contradicts));
    assert!(server.log().contains(words), "{}", server.log());
    let published = watched.at.admin(&["publish", "platforms/haigang"]);
    assert!(published.status == 1 && published.out.contains("not served"), "{published:?}");
    assert!(watched.at.admin(&["fsck"]).fine().contains("clean"), "by itself it is sound");
    server.stop();
}

#[test]
fn an_old_database_put_back_by_hand_is_not_served() {
    let (watched, _serving) = Watched::new();
    let at = &watched.at;
    let server = at.serve();
    watched.register(&server, 1);
    server.stop();
    let (old, newest) = (at.folder().join("old"), at.folder().join("newest"));
    copy(&at.data(), &old);
    // Nothing is erased from now on: no list of erasures gives the copy away.
    let server = at.serve();
    watched.register(&server, 2);
    cosigned(&server);
    server.stop();
    copy(&at.data(), &newest);

    put_back(at, &old);
    closed(&watched, "it is an older copy. ");
    // Whoever adds to the copy in silence makes a second history, however long.
    let config = fs::read_to_string(at.path("shouyue.toml")).unwrap();
    fs::write(at.path("shouyue.toml"), config.replace(&watched.door(), "")).unwrap();
    let server = at.serve();
    for n in 3..6 {
        watched.register(&server, n);
    }
    server.stop();
    fs::write(at.path("shouyue.toml"), config).unwrap();
    closed(&watched, "to which something was added");

    put_back(at, &newest);
    let server = at.serve();
    watched.register(&server, 7);
    cosigned(&server);
    server.stop();
}

#[test]
fn an_old_backup_that_is_restored_is_not_served() {
    let (watched, _serving) = Watched::new();
    let at = &watched.at;
    let server = at.serve();
    watched.register(&server, 1);
    let backup = at.path("backup");
    at.admin(&["backup", "haigang", &backup]).fine();
    watched.register(&server, 2);
    cosigned(&server);
    server.stop();

    for entry in fs::read_dir(at.data()).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap().starts_with("haigang") {
            if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
        }
    }
    let (list, data) = (format!("{backup}/haigang.erasures"), at.data());
    shouyue(&["restore", "haigang", &backup, "--erasures", &list, "--data", data.to_str().unwrap()]).fine();
    closed(&watched, "it is an older copy");
}

#[test]
fn a_witness_that_is_silent_is_named_and_holds_nobody_up_unless_it_is_required() {
    let (watched, serving) = Watched::new();
    serving.kill();
    let server = watched.at.serve();
    watched.register(&server, 1);
    let public = server.caller("");
    let ready = public.get("/readyz");
    assert_eq!((ready.status, ready.text), (200, format!("ready\nwitness {NAME} of haigang: silent\n")));
    let labels = format!("{{platform=\"haigang\",witness=\"{NAME}\"}}");
    assert!(public.get("/metrics").text.contains(&format!("shouyue_witness_answers{labels} 0\n")));
    public.get("ledger/checkpoint/witnessed").problem(404, "not-found");
    // It comes back, and is caught up with.
    let back = watched.witness.serve();
    cosigned(&server);
    assert_eq!(public.get("/readyz").text, "ready\n");
    server.stop();
    back.stop();

    watched.at.also("required = true\n");
    let refused = watched.at.admin(&["serve"]);
    assert!(refused.status == 1 && refused.err.contains("did not cosign") && refused.err.contains(NAME), "{refused:?}");
    let back = watched.witness.serve();
    let server = watched.at.serve();
    server.stop();
    back.stop();
}

#[test]
fn a_witness_keeps_its_key_and_says_what_is_wrong_with_its_settings() {
    let witness = Witness::new(&[]);
    let serving = witness.serve();
    let key = Witness::key(&serving);
    let second = shouyue(&["witness", "--config", &witness.at.path("witness.toml")]);
    assert!(second.status == 1 && second.err.contains("another witness"), "{second:?}");
    // What is no request, and a log that nobody named.
    let caller = Caller::new(&witness.address, "", "");
    let post = |body: &str| caller.send("POST", "/add-checkpoint", "", body.as_bytes()).unwrap();
    assert_eq!(post("nonsense").status, 400);
    assert_eq!(post(&Fork::new(true).request(0, 3).to_string()).status, 404);
    assert_eq!(caller.get("/add-checkpoint").status, 405);
    serving.stop();
    let again = witness.serve();
    assert_eq!(Witness::key(&again), key);
    again.stop();
    let said = |from: &str, to: &str| {
        let text = fs::read_to_string(witness.at.path("witness.toml")).unwrap();
        fs::write(witness.at.path("other.toml"), text.replace(from, to)).unwrap();
        shouyue(&["witness", "--config", &witness.at.path("other.toml")]).err
    };
    assert!(said(NAME, "witness.example/w2").contains("a name has its own key"));
    assert!(said("listen", "listne").contains("unknown field `listne`"));
    assert!(said("'witness.key'", "'heads/witness.key'").contains("outside `data`"));
}

/// Leaves of a history.
const LEAVES: u64 = 3000;

/// A log that shows one of two histories; they part at the hundredth leaf.
struct Fork {
    roots: Vec<Hash>,
    tiles: Tiles,
    signer: Ed25519Signer,
}

impl Fork {
    const ORIGIN: &'static str = "log.example/forked";

    fn new(honest: bool) -> Self {
        let mut edge = Edge::empty();
        let mut roots = vec![edge.root()];
        for n in 0..LEAVES {
            let leaf = if honest || n < 100 { n } else { n + LEAVES };
            edge.append(leaf_hash(&leaf.to_be_bytes()));
            roots.push(edge.root());
        }
        let tiles = edge.take_changed_tiles().into_iter().collect();
        Self { roots, tiles, signer: Ed25519Signer::from_seed(Self::ORIGIN, &[5; 32]).unwrap() }
    }

    fn request(&self, old: u64, new: u64) -> Request {
        let root = self.roots[usize::try_from(new).unwrap()];
        let head = Checkpoint::new(Self::ORIGIN, new, root).unwrap().sign(&[&self.signer]).unwrap();
        Request { old, proof: proof::consistency(old, new, &self.tiles).unwrap(), head }
    }
}

/// What a witness was heard to cosign: the root for each size. A second root is the end.
#[derive(Default)]
struct Heard {
    roots: BTreeMap<u64, Hash>,
    acknowledged: u32,
}

/// A client that shows one history, from several threads at once, until nobody answers.
fn hammer(log: &Fork, witness: &str, key: &str, seed: u64, heard: &Mutex<Heard>) {
    let key = ledger::VerifierKey::parse(key, &[ledger::COSIGNATURE_V1]).unwrap();
    let (caller, mut seed, mut old) = (Caller::new(witness, "", ""), seed, 0);
    loop {
        let new = (old + 1 + drawn(&mut seed) % 4).min(LEAVES);
        let request = log.request(old, new);
        let answered = caller.send("POST", "/add-checkpoint", "text/plain", request.to_string().as_bytes());
        let Ok(Answer { status, media, text }) = answered else { return };
        match status {
            200 => {
                let mut head: SignedCheckpoint = request.head;
                head.take_cosignature(&text, &key).unwrap();
                let mut heard = heard.lock().unwrap();
                let root = head.unverified().root();
                let before = heard.roots.insert(new, root);
                assert!(before.is_none_or(|before| before == root), "two roots for {new} leaves");
                heard.acknowledged += 1;
                old = new;
            }
            409 => {
                assert_eq!(media, "text/x.tlog.size");
                let held: u64 = text.trim_end().parse().unwrap();
                // The other history is ahead, or at this very size: this one goes on trying from where the witness is.
                old = if held == LEAVES { return } else { held };
            }
            422 => old = 0,
            _ => panic!("{status} {text}"),
        }
    }
}

fn killed(rounds: u64) {
    const SEED: u64 = 0x5eed_0008;
    println!("seed {SEED:#x}");
    let logs = [Fork::new(true), Fork::new(false)];
    let key = logs[0].signer.key().to_string();
    let (witness, heard, mut seed) = (Witness::new(&[&key]), Mutex::new(Heard::default()), SEED);
    for _ in 0..rounds {
        let serving = witness.serve();
        let key = Witness::key(&serving);
        let largest = heard.lock().unwrap().roots.last_key_value().map_or(0, |(size, _)| *size);
        let watches = serving.said.iter().find_map(|line| line.strip_prefix("watches log.example/forked: ")).unwrap();
        let held: u64 = watches.split(' ').next().unwrap().parse().unwrap();
        assert!(held >= largest, "it went back from {largest} to {held}");
        let pause = Duration::from_millis(50 + drawn(&mut seed) % 400);
        std::thread::scope(|scope| {
            for n in 0..4 {
                let (log, address, key, heard) = (&logs[n % 2], &witness.address, &key, &heard);
                let seed = drawn(&mut seed);
                scope.spawn(move || hammer(log, address, key, seed, heard));
            }
            let (_keep, never) = mpsc::channel::<()>();
            let _ = never.recv_timeout(pause);
            serving.kill();
        });
    }
    let heard = heard.into_inner().unwrap();
    println!("{rounds} kills, {} cosignatures, up to {:?} leaves", heard.acknowledged, heard.roots.last_key_value());
    assert!(heard.acknowledged >= 20, "hardly any load: {}", heard.acknowledged);
    // One history from the fork on.
    let of = |log: &Fork| heard.roots.iter().all(|(size, root)| log.roots[usize::try_from(*size).unwrap()] == *root);
    assert!(logs.iter().any(of));
    let serving = witness.serve();
    serving.stop();
}

#[test]
fn a_witness_that_is_killed_never_cosigns_a_second_history_and_never_goes_back() {
    killed(8);
}

#[cfg(feature = "soak")]
#[test]
fn soak_a_witness_that_is_killed_two_hundred_times_never_cosigns_a_second_history() {
    killed(200);
}
