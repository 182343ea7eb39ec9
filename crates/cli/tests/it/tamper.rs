//! Somebody changes the files behind the program's back, or sends what was made up: it is found, named, and lets nobody see
//! anything.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rusqlite::Connection;
use serde_json::{Value, json};
use testkit::{Person, person};

use crate::installation::{Installation, shouyue};
use crate::people::registration;

/// People whose data lie in the files.
const PEOPLE: u32 = 5;

/// A stopped installation with people in it.
struct Still {
    at: Installation,
    core: String,
    auditor: String,
    subjects: Vec<String>,
    /// The signed heads: of the ledger after its third leaf, and of all of it.
    heads: [String; 2],
}

impl Still {
    fn new() -> Self {
        Self::of(Installation::new())
    }

    fn of(at: Installation) -> Self {
        let server = at.serve();
        at.publish();
        let core = at.token("collect,consent,show", None).secret;
        let auditor = at.token("audit", None).secret;
        let caller = server.caller(&core);
        let mut subjects = Vec::new();
        let mut heads = Vec::new();
        for n in 0..PEOPLE {
            let registered = caller.post("registrations", &registration(&person(n))).good();
            subjects.push(registered["subject"].as_str().unwrap().to_owned());
            if [2, u64::from(PEOPLE)].contains(&registered["leaf"].as_u64().unwrap()) {
                heads.push(server.caller("").get("ledger/checkpoint").text);
            }
        }
        server.stop();
        assert!(at.admin(&["fsck"]).fine().contains("leaves, clean"));
        let still = Self { at, core, auditor, subjects, heads: heads.try_into().unwrap() };
        fs::copy(still.database(), still.pristine()).unwrap();
        still
    }

    fn database(&self) -> String {
        self.at.path("data/haigang.sqlite")
    }

    fn pristine(&self) -> String {
        self.at.path("pristine.sqlite")
    }

    /// The database as it was, but for this.
    fn changed(&self, sql: &str) {
        fs::copy(self.pristine(), self.database()).unwrap();
        let file = Connection::open(self.database()).unwrap();
        file.execute_batch(sql).unwrap();
        file.close().unwrap();
    }

    /// Part slot of the first record of somebody, by place.
    fn slot(&self, place: usize) -> i64 {
        let file = Connection::open(self.database()).unwrap();
        let subject = blob(&self.subjects[place]);
        file.query_row(&format!("SELECT slot FROM part WHERE subject = {subject}"), [], |row| row.get(0)).unwrap()
    }

    /// What a look at somebody's data answers.
    fn look(&self, place: usize) -> crate::calls::Answer {
        let server = self.at.serve();
        let path = format!("subjects/{}/reads", self.subjects[place]);
        let answer = server.caller(&self.core).post(&path, &json!({ "function": "query-account" }));
        server.stop();
        answer
    }
}

/// An id as the database writes it.
fn blob(id: &str) -> String {
    format!("x'{}'", id.split_once('-').unwrap().1)
}

#[test]
fn one_changed_byte_of_a_leaf_is_found_and_the_leaf_named() {
    let still = Still::new();
    still.changed(
        "UPDATE leaf SET entry = CAST(replace(CAST(entry AS TEXT), 'collect', 'colleCt') AS BLOB) WHERE leaf = 3",
    );
    let damaged = still.at.admin(&["fsck"]);
    assert_eq!(damaged.status, 1, "{damaged:?}");
    assert!(damaged.out.contains("DAMAGED") && damaged.out.contains("leaf 3"), "{damaged:?}");
    let json = still.at.admin(&["fsck", "--json"]);
    assert_eq!(json.status, 1);
    let report: Value = serde_json::from_str(&json.out).unwrap();
    assert!(!report[0]["damages"].as_array().unwrap().is_empty(), "{report}");

    // A running server says the same, over its socket.
    let server = still.at.serve();
    let damaged = still.at.admin(&["fsck"]);
    assert!(damaged.status == 1 && damaged.out.contains("leaf 3"), "{damaged:?}");
    server.stop();
}

#[test]
fn a_ledger_that_was_changed_is_named_and_proves_nothing() {
    let still = Still::new();
    let root = still.heads[0].lines().nth(2).unwrap();
    let root = hex::encode(BASE64.decode(root).unwrap());
    let cases = [
        ("altered", "UPDATE leaf SET entry = CAST(entry || ' ' AS BLOB) WHERE leaf = 2".to_owned(), "leaf 2"),
        ("deleted", "DELETE FROM leaf WHERE leaf = 2".to_owned(), "leaves 2..3 are missing"),
        (
            "reordered",
            "UPDATE leaf SET leaf = 102 WHERE leaf = 2; UPDATE leaf SET leaf = 2 WHERE leaf = 3; \
             UPDATE leaf SET leaf = 3 WHERE leaf = 102"
                .to_owned(),
            "leaf 2",
        ),
        // By somebody who knows how a tree is stored: rows and head agree with each other.
        (
            "truncated",
            format!("DELETE FROM leaf WHERE leaf >= 3; UPDATE head SET size = 3, root = x'{root}'"),
            "checkpoint",
        ),
    ];
    for (case, change, named) in cases {
        still.changed(&change);
        let damaged = still.at.admin(&["fsck"]);
        assert_eq!(damaged.status, 1, "{case}: {damaged:?}");
        assert!(damaged.out.contains("DAMAGED") && damaged.out.contains(named), "{case}: {damaged:?}");

        let server = still.at.serve();
        let auditor = server.caller(&still.auditor);
        let receipt = auditor.get("receipts/2");
        assert_eq!(receipt.status, 500, "{case}: {receipt:?}");
        if case == "truncated" {
            // What was signed once is never contradicted.
            assert_eq!(server.caller("").get("ledger/checkpoint").status, 500);
        }
        server.stop();
    }
    still.changed("UPDATE head SET size = size - 1");
    let damaged = still.at.admin(&["fsck"]);
    assert!(damaged.status == 1 && damaged.err.contains("the head of the ledger"), "{damaged:?}");
}

#[test]
fn sealed_values_that_were_moved_open_nowhere() {
    let still = Still::new();
    let other = Installation::new();
    // As between two platforms: one root key, and below it other keys.
    fs::copy(still.at.path("root.key"), other.path("root.key")).unwrap();
    let other = Still::of(other);
    assert_eq!(still.look(0).status, 200);
    let (first, second) = (blob(&still.subjects[0]), blob(&still.subjects[1]));
    let [own, theirs] = [still.slot(0), still.slot(1)];
    let from =
        |whose: &str, item: &str| format!("(SELECT sealed FROM value WHERE subject = {whose} AND item = '{item}')");
    let whole_key = |slot| format!("(SELECT wrapped FROM key_slot WHERE slot = {slot})");
    let elsewhere = format!("ATTACH '{}' AS other; ", other.pristine());
    let cases = [
        ("another item of the part", set(&first, "name", &from(&first, "phone"))),
        ("another subject's", set(&first, "name", &from(&second, "name"))),
        ("another part's key", format!("UPDATE key_slot SET wrapped = {} WHERE slot = {own}", whole_key(theirs))),
        (
            "another part's values with its key",
            format!(
                "UPDATE value AS v SET sealed = (SELECT sealed FROM value WHERE subject = {second} AND item = v.item) \
                 WHERE subject = {first}; UPDATE key_slot SET wrapped = {} WHERE slot = {own}",
                whole_key(theirs)
            ),
        ),
        (
            "another platform's",
            format!(
                "{elsewhere}UPDATE main.value SET sealed = (SELECT sealed FROM other.value WHERE item = 'name' LIMIT 1) \
                 WHERE subject = {first} AND item = 'name'"
            ),
        ),
        (
            "another platform's key",
            format!(
                "{elsewhere}UPDATE main.key_slot SET wrapped = (SELECT wrapped FROM other.key_slot LIMIT 1) \
                 WHERE slot = {own}"
            ),
        ),
        ("cut short", format!("UPDATE value SET sealed = substr(sealed, 1, 20) WHERE subject = {first}")),
    ];
    let people: Vec<Person> = (0..PEOPLE).map(person).collect();
    for (case, change) in cases {
        still.changed(&change);
        let answer = still.look(0);
        assert_eq!(answer.status, 500, "{case}: {answer:?}");
        for value in people.iter().flat_map(Person::values) {
            assert!(!answer.text.contains(value), "{case}: {answer:?}");
            assert_eq!(still.at.files_with(value), Vec::<String>::new(), "{case}");
        }
        // The others are none the worse.
        assert_eq!(still.look(2).status, 200, "{case}");
    }
    still.changed("SELECT 1");
    assert_eq!(still.look(0).status, 200);
}

fn set(subject: &str, item: &str, to: &str) -> String {
    format!("UPDATE value SET sealed = {to} WHERE subject = {subject} AND item = '{item}'")
}

#[test]
fn a_receipt_with_one_changed_byte_is_rejected() {
    let at = Installation::new();
    let server = at.serve();
    at.publish();
    let core = server.caller(&at.token("collect,consent", None).secret);
    let auditor = server.caller(&at.token("audit", None).secret);
    let registered = core.post("registrations", &registration(&person(1))).good();
    let other = core.post("registrations", &registration(&person(2))).good();
    let subject = registered["subject"].as_str();
    let folder = at.folder().join("receipts");
    let receipt = auditor.keep_receipt(&folder, &registered["leaf"], subject);
    let (key, text) = (server.key(), fs::read(&receipt).unwrap());
    let theirs = fs::read_to_string(auditor.keep_receipt(&folder, &other["leaf"], other["subject"].as_str())).unwrap();
    server.stop();
    shouyue(&["verify", "--key", &key, &receipt]).fine();

    // Every byte, one way each; the end cut off; another receipt's checkpoint or proof under this one's entry.
    let own = String::from_utf8(text.clone()).unwrap();
    let (own_lines, their_lines): (Vec<&str>, Vec<&str>) = (own.lines().collect(), theirs.lines().collect());
    let mut forged: Vec<Vec<u8>> = (0..text.len())
        .map(|place| {
            let mut forged = text.clone();
            forged[place] ^= if forged[place].is_ascii_alphanumeric() { 1 } else { 2 };
            forged
        })
        .collect();
    forged.extend([1, 2, text.len() / 2].map(|cut| text[..text.len() - cut].to_vec()));
    for at in 1..own_lines.len().min(their_lines.len()) {
        let mixed = [&own_lines[..at], &their_lines[at..]].concat().join("\n") + "\n";
        if mixed != own && mixed != theirs {
            forged.push(mixed.into_bytes());
        }
    }
    let forgeries = at.folder().join("forged");
    fs::create_dir(&forgeries).unwrap();
    let files: Vec<String> =
        (0..forged.len()).map(|n| forgeries.join(n.to_string()).to_str().unwrap().to_owned()).collect();
    for (file, forged) in files.iter().zip(&forged) {
        fs::write(file, forged).unwrap();
    }
    for (files, forged) in files.chunks(500).zip(forged.chunks(500)) {
        let given = files.iter().map(String::as_str);
        let ran = shouyue(&["verify", "--key", &key].into_iter().chain(given).collect::<Vec<_>>());
        assert_eq!((ran.status, ran.out.matches("REJECTED").count()), (1, forged.len()), "{}", ran.err);
    }
    println!("{} forgeries rejected", forged.len());
}

#[test]
fn a_request_that_is_replayed_is_done_once_even_across_a_kill() {
    let at = Installation::new();
    let server = at.serve();
    at.publish();
    let core = server.caller(&at.token("collect,consent", None).secret);
    let form = registration(&person(1));
    let before = server.size();
    let answers: Vec<Value> = std::thread::scope(|scope| {
        let replayed = |_| scope.spawn(|| core.post_once("k1", "registrations", &form).unwrap().good());
        let threads: Vec<_> = (0..16).map(replayed).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(server.size(), before + 1);
    server.kill();
    let server = at.serve();
    let core = core.at(&server);
    let again = core.post_once("k1", "registrations", &form).unwrap().good();
    for answer in &answers {
        assert_eq!((&answer["subject"], &answer["leaf"]), (&again["subject"], &again["leaf"]));
    }
    assert_eq!(server.size(), before + 1);
    core.post_once("k1", "registrations", &registration(&person(2))).unwrap().problem(409, "key-reused");
    // The key is its caller's: under another token it is another key, and the person is known.
    let other = server.caller(&at.token("collect,consent", None).secret);
    other.post_once("k1", "registrations", &form).unwrap().problem(409, "taken");
    server.stop();
}
