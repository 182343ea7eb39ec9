//! One byte of a stored leaf, changed behind the program's back.

use rusqlite::Connection;
use serde_json::Value;
use testkit::person;

use crate::installation::Installation;
use crate::people::registration;

#[test]
fn one_changed_byte_of_a_leaf_is_found_and_the_leaf_named() {
    let at = Installation::new();
    let server = at.serve();
    at.publish();
    let core = server.caller(&at.token("collect,consent", None).secret);
    for n in 0..5 {
        core.post("registrations", &registration(&person(n))).good();
    }
    server.stop();
    let clean = at.admin(&["fsck"]);
    assert!(clean.fine().contains("leaves, clean"));

    let file = Connection::open(at.data().join("haigang.sqlite")).unwrap();
    let mut entry: Vec<u8> = file.query_row("SELECT entry FROM leaf WHERE leaf = 3", [], |row| row.get(0)).unwrap();
    let middle = entry.len() / 2;
    entry[middle] ^= 1;
    file.execute("UPDATE leaf SET entry = ?1 WHERE leaf = 3", [entry]).unwrap();
    file.close().unwrap();

    let damaged = at.admin(&["fsck"]);
    assert_eq!(damaged.status, 1, "{damaged:?}");
    assert!(damaged.out.contains("DAMAGED") && damaged.out.contains("leaf 3"), "{damaged:?}");
    let json = at.admin(&["fsck", "--json"]);
    assert_eq!(json.status, 1);
    let report: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(report[0]["damages"].as_array().unwrap().len(), 1, "{report}");

    // A running server says the same, over its socket.
    let server = at.serve();
    let damaged = at.admin(&["fsck"]);
    assert!(damaged.status == 1 && damaged.out.contains("leaf 3"), "{damaged:?}");
    server.stop();
}
