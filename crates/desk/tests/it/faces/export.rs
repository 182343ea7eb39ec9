//! A copy of what is held of a person, with the own files: one act, and memory that does not grow with them.

use model::SubjectId;
use policy::syntax::RightKind;
use serde_json::Value;
use shouyue_desk::Refusal;
use shouyue_desk::attach::{Attached, upload};
use shouyue_desk::evidence::{Fared, verifier_key, verify_copy};
use shouyue_desk::leaf::{Act, Who};
use shouyue_desk::read::{Export, Manifest, export, file_name};

use super::attach::{Pieces, peak, to};
use super::*;
use crate::house::{LI, WANG};

async fn with_picture(bench: &Bench, person: &Person, size: u64) -> (SubjectId, Attached) {
    let platform = bench.platform();
    let registered = bench.registered(person).await;
    let mut content = Pieces::picture(size);
    let to = to(registered.record);
    let done = upload(&bench.house, &platform, registered.subject, to, &mut content, Who::Subject, None).await;
    (registered.subject, done.unwrap())
}

async fn copied(bench: &Bench, subject: SubjectId) -> Export {
    export(&bench.house, &bench.platform(), subject, RightKind::Port, Who::Subject).await.unwrap()
}

/// Signs a copy as it is sent; the note, and how many bytes of files went through.
async fn signed(bench: &Bench, copy: Export) -> (String, u64) {
    let platform = bench.platform();
    let (mut manifest, mut length) = (Manifest::new(&platform), 0);
    manifest.push(copy.data.as_bytes());
    manifest.end("data.json");
    for (name, mut reading) in copy.files {
        while let Some(piece) = reading.next().await.unwrap() {
            length += piece.len() as u64;
            manifest.push(&piece);
        }
        manifest.end(&name);
    }
    (manifest.sign(&platform).unwrap(), length)
}

#[tokio::test]
async fn a_copy_has_the_own_files_by_the_one_act_that_opens_all_of_it() {
    let bench = Bench::new().await;
    let (li, picture) = with_picture(&bench, &LI, 200_000).await;
    let (wang, theirs) = with_picture(&bench, &WANG, 300).await;
    let before = bench.size().await;
    let copy = copied(&bench, li).await;
    assert_eq!(bench.size().await, before + 1, "one act");
    let entry = bench.entry(copy.leaf.unwrap()).await;
    assert_eq!((entry.act, entry.because.as_deref()), (Act::Read, Some("port")));
    assert!(entry.items.contains(&slug("id-image")) && entry.items.contains(&slug("phone")));

    let name = file_name(picture.attachment, picture.kind);
    assert_eq!(copy.files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), [name.as_str()]);
    let data: Value = serde_json::from_str(&copy.data).unwrap();
    let line = data["items"].as_array().unwrap().iter().find(|line| line["item"] == "id-image").unwrap();
    assert_eq!((&line["files"][0]["name"], &line["files"][0]["size"]), (&name.clone().into(), &200_000.into()));
    assert_eq!(data["form"], "shouyue-export/1");
    let values: Vec<_> = data["items"].as_array().unwrap().iter().filter_map(|line| line["value"].as_str()).collect();
    assert!(LI.values().iter().all(|value| values.contains(value)), "every value, in the clear");
    assert!(!copy.data.contains(&theirs.attachment.to_string()), "another person's is not in it");
    assert_eq!(copied(&bench, wang).await.files.len(), 1);

    let (note, length) = signed(&bench, copy).await;
    assert_eq!(length, 200_000);
    let keys = [verifier_key(&bench.platform()).unwrap()];
    let verified = verify_copy(&note, &std::collections::BTreeMap::new(), &keys);
    assert!(!verified.holds() && verified.checks.iter().all(|check| check.passed == Some(true)));
    assert_eq!(verified.files.get(&name), Some(&Fared::Missing), "{note}");
}

#[tokio::test]
async fn whoever_makes_it_a_right_that_gives_no_copy_gives_none() {
    let bench = Bench::new().await;
    let (li, _) = with_picture(&bench, &LI, 100).await;
    let before = bench.size().await;
    let token = model::ActorId::from_random([8; 16]);
    let by = Who::Service { token };
    let refused = export(&bench.house, &bench.platform(), li, RightKind::Delete, by.clone()).await;
    assert!(matches!(refused.err(), Some(Refusal::Wrong(_))));
    assert_eq!(bench.size().await, before);
    let copy = export(&bench.house, &bench.platform(), li, RightKind::Copy, by.clone()).await.unwrap();
    assert_eq!(bench.entry(copy.leaf.unwrap()).await.actor, by);
}

#[tokio::test]
async fn a_file_that_was_changed_ends_the_copy_before_the_change() {
    let bench = Bench::new().await;
    let (li, picture) = with_picture(&bench, &LI, 2_000_000).await;
    let id = picture.attachment;
    let shard = format!("{:02x}", id.as_bytes()[0]);
    let file = bench.folder.path().join("objects/haigang").join(shard).join(id.to_string());
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[1_500_000] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let (_, mut reading) = copied(&bench, li).await.files.remove(0);
    assert!(reading.next().await.unwrap().is_some() && reading.next().await.unwrap().is_some());
    assert!(reading.next().await.is_err());
}

/// A copy with a file of 32 MiB is made while the process's peak grows by a fraction of it.
#[tokio::test]
async fn memory_does_not_grow_with_the_files_of_a_copy() {
    goes_through(32 << 20).await;
}

/// The same with 200 MiB.
#[cfg(feature = "soak")]
#[tokio::test]
async fn soak_memory_does_not_grow_with_the_large_files_of_a_copy() {
    goes_through(200 << 20).await;
}

async fn goes_through(large: u64) {
    let bench = Bench::new().await;
    // Everything that is made once is made.
    let (wang, _) = with_picture(&bench, &WANG, 6 << 20).await;
    let copy = copied(&bench, wang).await;
    signed(&bench, copy).await;
    let (li, _) = with_picture(&bench, &LI, large).await;
    let before = peak();
    let copy = copied(&bench, li).await;
    assert_eq!(signed(&bench, copy).await.1, large);
    let grown = peak() - before;
    assert!(grown < 8 << 20, "the peak grew by {grown} bytes");
}
