//! Two checkpoints that an outsider kept, verified without the server.

use std::fs;

use testkit::person;

use crate::installation::{Installation, shouyue};
use crate::people::registration;

#[test]
fn two_heads_are_held_against_each_other_offline() {
    let at = Installation::new();
    at.serve().stop();
    at.publish();
    let core = at.token("collect,consent", None).secret;
    let server = at.serve();
    let (public, caller) = (server.caller(""), server.caller(&core));
    let key = server.key();
    let keep = |name: &str, text: &str| {
        fs::write(at.path(name), text).unwrap();
        at.path(name)
    };
    let mut heads = Vec::new();
    for n in 0..2 {
        caller.post("registrations", &registration(&person(n))).good();
        heads.push(keep(&format!("{n}.head"), &public.get("ledger/checkpoint").text));
    }
    let size = |path: &String| fs::read_to_string(path).unwrap().lines().nth(1).unwrap().to_owned();
    let (old, new) = (size(&heads[0]), size(&heads[1]));
    let proof = keep("proof.json", &public.get(&format!("ledger/consistency?old={old}&new={new}")).text);
    server.stop();

    let verify = |files: &[&str], more: &[&str]| {
        let arguments = ["verify", "--key", &key].into_iter().chain(files.iter().copied()).chain(more.iter().copied());
        shouyue(&arguments.collect::<Vec<_>>())
    };
    let both = [heads[0].as_str(), heads[1].as_str()];
    let said = verify(&both, &["--consistency", &proof]).fine();
    assert!(said.starts_with("VERIFIED") && said.contains(&format!("{new} leaves extend {old}")), "{said}");
    assert!(verify(&[both[1], both[0]], &["--consistency", &proof]).fine().starts_with("VERIFIED"), "in any order");
    assert!(verify(&[both[1], both[1]], &[]).fine().starts_with("VERIFIED"));

    let without = verify(&both, &[]);
    assert!(without.status == 1 && without.out.contains(&format!("consistency?old={old}&new={new}")), "{without:?}");
    let other = keep("other.json", "{\"hashes\":[\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"]}");
    let forged = verify(&both, &["--consistency", &other]);
    assert!(forged.status == 1 && forged.out.contains("not shown to extend"), "{forged:?}");
    // A head whose size somebody changed is not what was signed.
    let longer = fs::read_to_string(both[1]).unwrap().replacen(&format!("\n{new}\n"), "\n999\n", 1);
    let longer = keep("longer.head", &longer);
    let refused = verify(&[both[0], &longer], &["--consistency", &proof]);
    assert!(refused.status == 1 && refused.out.starts_with("REJECTED"), "{refused:?}");
    assert_eq!(verify(&both[..1], &[]).status, 2);
    assert_eq!(verify(&[&proof], &["--consistency", &proof]).status, 2);
}
