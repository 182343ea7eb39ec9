//! Copies over the API: an archive with the person's own files, by a token that exercises rights.

use serde_json::json;
use testkit::{Power, person};

use super::attachments::PICTURE;
use super::{AGENCY, Bench, below};

#[tokio::test]
async fn a_copy_has_the_own_files_and_no_others() {
    let bench = Bench::new().await;
    let mut sent = Vec::new();
    for number in [1, 2] {
        let registered = bench.post("registrations", &bench.registration(&person(number))).await;
        let (subject, record) = (registered.at("/subject"), registered.at("/record"));
        let file = bench.sent(&bench.core, &subject, &record, &PICTURE).await.at("/attachment");
        sent.push((subject, file));
    }
    let [(subject, own), (_, other)] = <[_; 2]>::try_from(sent).unwrap();
    let size = bench.size().await;
    let path = format!("subjects/{subject}/copies");
    let copy = bench.post(&path, &json!({ "right": "port" })).await;
    assert_eq!((copy.status, copy.header("content-type")), (200, "application/zip"));
    assert_eq!(copy.header("leaf"), size.to_string());
    assert_eq!(bench.size().await, size + 1, "one act");
    assert_eq!(copy.header("content-disposition"), "attachment; filename=\"haigang-copy.zip\"");
    assert_eq!(copy.text.matches(&format!("files/{own}.png")).count(), 6, "listed, linked, packed, signed");
    assert!(copy.text.contains(&String::from_utf8_lossy(&PICTURE).into_owned()), "byte by byte");
    assert!(!copy.text.contains(&other));

    bench.post(&path, &json!({ "right": "delete" })).await.problem(422, "wrong");
    let party = bench.kit.token(Power { actions: &["rights"], ..AGENCY }).await;
    let theirs = bench.call(&party, "POST", &below(&path), Some(&json!({ "right": "copy" }))).await;
    theirs.problem(403, "not-allowed");
    let nobody = format!("subjects/sub-{:032x}/copies", 7);
    bench.post(&nobody, &json!({ "right": "copy" })).await.problem(404, "not-found");
}
