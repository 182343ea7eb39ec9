//! Who sees what before and after verification.

use model::act::Life;
use policy::question::Effect;

use super::*;

const ME: SubjectId = SubjectId::from_random([1; 16]);
const OTHER: SubjectId = SubjectId::from_random([2; 16]);

fn at() -> Timestamp {
    "2026-06-01T02:00:00Z".parse().unwrap()
}

fn record(id: u8, function: Option<&str>, of: &[SubjectId]) -> RecordRow {
    RecordRow {
        id: RecordId::from_random([id; 16]),
        class: "account".parse().unwrap(),
        function: function.map(|id| id.parse().unwrap()),
        product: None,
        holder: None,
        roles: of.iter().map(|subject| (*subject, "registrant".parse().unwrap())).collect(),
        joined: Vec::new(),
        in_force_from: None,
        in_force_until: None,
        life: Life::Live,
        events: Vec::new(),
        at: at(),
    }
}

/// A state in which these words were said of the identity, one after the other.
fn said(words: &[Option<bool>]) -> SubjectState {
    let attested = words.iter().map(|holds| known(*holds, "a test", at())).collect();
    SubjectState { attested, ..SubjectState::default() }
}

#[test]
fn before_verification_a_person_sees_what_the_person_gave() {
    let (own, handed) = (|| record(1, Some("register"), &[ME]), || record(2, None, &[ME, OTHER]));
    let shared = record(3, Some("register"), &[ME, OTHER]);
    for (records, words, verified) in [
        (vec![own()], &[][..], false),
        (vec![own(), handed()], &[][..], false),
        (vec![own(), handed()], &[Some(true)][..], true),
        (vec![handed(), own()], &[Some(true)][..], true),
        // A number that changed is to be verified anew.
        (vec![own()], &[Some(true), None][..], false),
        (vec![own()], &[Some(true), None, Some(true)][..], true),
        // Who never registered alone has nothing to be verified for.
        (vec![handed()], &[Some(true)][..], false),
        (vec![shared], &[Some(true)][..], false),
        (Vec::new(), &[Some(true)][..], false),
    ] {
        let sight = Sight::of(ME, &records, &said(words));
        assert_eq!(sight.is_verified(), verified, "{records:?} {words:?}");
        assert!(sight.covers(&own()));
        assert_eq!(sight.covers(&handed()), verified);
    }
}

#[test]
fn who_joined_by_an_own_hand_sees_the_record_and_whom_another_typed_does_not() {
    let typed = record(3, Some("insure"), &[ME, OTHER]);
    let guest = store::Joined {
        subject: ME,
        role: "insured".parse().unwrap(),
        invitation: model::InvitationId::from_random([4; 16]),
        telephone: None,
    };
    let joined = RecordRow { joined: vec![guest], ..typed.clone() };
    for (record, seen) in [(typed, false), (joined, true)] {
        assert_eq!(Sight::of(ME, std::slice::from_ref(&record), &said(&[])).covers(&record), seen);
    }
}

#[test]
fn who_never_registered_has_nothing_to_verify() {
    let sight = Sight::of(ME, &[record(2, None, &[ME])], &said(&[]));
    assert!(matches!(sight.verified_now("face-matches", at()), Err(Refusal::Wrong(_))));
}

#[test]
fn before_verification_the_leaves_of_systems_are_not_shown() {
    let service = || Who::Service { token: model::ActorId::from_random([7; 16]) };
    let entry = |act: Act, actor: Who, function: Option<&str>| Entry {
        v: 1,
        platform: "haigang".parse().unwrap(),
        act,
        at: "2026-06-01T02:00:00Z".parse().unwrap(),
        actor,
        subject: None,
        with: Vec::new(),
        record: None,
        about: None,
        person: None,
        function: function.map(|id| id.parse().unwrap()),
        purpose: None,
        recipient: None,
        party: None,
        source: None,
        items: Vec::new(),
        scopes: Vec::new(),
        basis: None,
        exception: None,
        effect: Effect::Permit,
        reasons: Vec::new(),
        because: None,
        back: None,
        policy: model::Fingerprint::from_digest([1; 32]),
        tables: model::Fingerprint::from_digest([2; 32]),
        text: None,
        from: None,
        document: None,
        permissions: std::collections::BTreeMap::new(),
        parts: None,
        track: None,
    };
    let salt = [9; 32];
    let on = |id: u8, because: Option<&str>, entry: Entry| Entry {
        record: Some(tag(&salt, RecordId::from_random([id; 16]).as_bytes())),
        because: because.map(str::to_owned),
        ..entry
    };
    let read = |function| entry(Act::Read, service(), Some(function));
    let shown = [
        on(1, Some("customer-asked"), read("query-account")),
        on(1, None, entry(Act::Correct, service(), Some("register"))),
        on(1, None, entry(Act::Event, service(), Some("verify-face"))),
        on(1, None, entry(Act::StorageOnly, Who::House, None)),
        Entry { because: Some(SEARCH.to_owned()), ..entry(Act::Read, service(), None) },
        entry(Act::Read, Who::Subject, Some("query-account")),
        entry(Act::Refused, Who::Subject, Some("query-policy")),
        entry(Act::Collect, service(), Some("register")),
        entry(Act::Consent, service(), None),
        entry(Act::Step, service(), None),
    ];
    let hidden = [
        entry(Act::Collect, service(), None),
        entry(Act::Event, service(), None),
        read("query-policy"),
        on(1, None, read("query-account")),
        on(2, Some("customer-asked"), read("query-policy")),
        on(2, None, entry(Act::Collect, service(), None)),
        entry(Act::Share, service(), Some("authorise-agency")),
        entry(Act::Refused, service(), Some("authorise-agency")),
        entry(Act::StorageOnly, Who::House, None),
        entry(Act::Correct, service(), None),
    ];
    let records = [record(1, Some("register"), &[ME]), record(2, None, &[ME, OTHER])];
    let sight = |words: &[Option<bool>]| Sight::of(ME, &records, &said(words));
    let (before, after) = (sight(&[]), sight(&[Some(true)]));
    assert!(shown.iter().all(|entry| before.covers_leaf(entry, &salt) && after.covers_leaf(entry, &salt)));
    assert!(hidden.iter().all(|entry| !before.covers_leaf(entry, &salt) && after.covers_leaf(entry, &salt)));
}
