//! What a witness may answer, by a server that says it.

use super::*;
use crate::PATIENCE;
use crate::simulated::loopback::{Answer, Loopback};

const SIZE: &str = "text/x.tlog.size";

const KEY: &str = "witness.example.com/w1+4bdc7eaa+BP0XJDhaoMdbZPt4zWAvodmR/ev3axPFjtcC6sg16fYY";

/// What becomes of an answer: status, content type, body.
async fn asked(status: u16, kind: Option<&'static str>, body: &'static str) -> Result<Answered, Outside> {
    let server = Loopback::start(move |call| {
        assert_eq!((call.method.as_str(), call.path.as_str()), ("POST", "/prefix/add-checkpoint"));
        assert_eq!(call.body, b"old 0\n");
        let headers = kind.iter().map(|kind| ("content-type", (*kind).to_owned())).collect();
        Some(Answer { status, headers, body: body.as_bytes().to_vec() })
    });
    let server = server.unwrap();
    let address = Address::read(&format!("{}/prefix/", server.origin())).unwrap();
    let words = Words { call: "/add-checkpoint", size: SIZE };
    let witnesses = HttpWitnesses::new(vec![(Witness::read(KEY, false).unwrap(), address)], words, PATIENCE);
    assert_eq!(witnesses.add_checkpoint("stranger.example", String::new()).await, Err(Outside::Nobody));
    witnesses.add_checkpoint("witness.example.com/w1", "old 0\n".to_owned()).await
}

#[tokio::test]
async fn each_status_of_the_protocol_is_understood_and_nothing_else_is() {
    let size = Some(SIZE);
    assert_eq!(asked(200, None, "— line\n").await, Ok(Answered::Cosigned("— line\n".to_owned())));
    assert_eq!(asked(403, None, "").await, Ok(Answered::OtherKey));
    assert_eq!(asked(404, None, "").await, Ok(Answered::UnknownLog));
    assert_eq!(asked(409, size, "12\n").await, Ok(Answered::Holds(12)));
    assert_eq!(asked(422, None, "").await, Ok(Answered::Unproved));
    assert_eq!(asked(503, None, "").await, Err(Outside::Busy));
    // A conflict without a size says nothing of what the witness has seen: nobody is locked out for it.
    for (kind, body) in [(None, "12\n"), (size, "12"), (size, "many\n"), (size, "")] {
        assert_eq!(asked(409, kind, body).await, Err(Outside::Untrusted), "{kind:?} {body}");
    }
    assert_eq!(asked(302, None, "").await, Err(Outside::Untrusted));
    assert_eq!(asked(400, None, "").await, Err(Outside::Untrusted));
}
