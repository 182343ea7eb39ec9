//! Who sees what before and after verification.

use model::act::Life;
use policy::question::Effect;

use super::*;

const ME: SubjectId = SubjectId::from_random([1; 16]);
const OTHER: SubjectId = SubjectId::from_random([2; 16]);

fn record(id: u8, function: Option<&str>, of: &[SubjectId], events: &[&str]) -> RecordRow {
    let at: Timestamp = "2026-06-01T02:00:00Z".parse().unwrap();
    RecordRow {
        id: RecordId::from_random([id; 16]),
        class: "account".parse().unwrap(),
        function: function.map(|id| id.parse().unwrap()),
        roles: of.iter().map(|subject| (*subject, "registrant".parse().unwrap())).collect(),
        in_force_from: None,
        in_force_until: None,
        life: Life::Live,
        events: events.iter().map(|word| ((*word).to_owned(), day_in_shanghai(at), at)).collect(),
        at,
    }
}

#[test]
fn before_verification_a_person_sees_what_the_person_gave() {
    let own = |events: &[&str]| record(1, Some("register"), &[ME], events);
    let handed = |events: &[&str]| record(2, None, &[ME, OTHER], events);
    for (records, verified) in [
        (vec![own(&[])], false),
        (vec![own(&["opened"]), handed(&["opened"])], false),
        (vec![own(&["opened", VERIFIED])], true),
        (vec![handed(&[]), own(&[VERIFIED])], true),
        // A number that changed is to be verified anew.
        (vec![own(&[VERIFIED, CHANGED])], false),
        (vec![own(&[VERIFIED, CHANGED, VERIFIED])], true),
        // What stands on a record of several people, or of a system's, verifies none of them.
        (vec![own(&[]), handed(&[VERIFIED])], false),
        (vec![handed(&[VERIFIED])], false),
        (vec![own(&[]), record(3, Some("register"), &[ME, OTHER], &[VERIFIED])], false),
        (Vec::new(), false),
    ] {
        let sight = Sight::of(ME, &records);
        assert_eq!(sight.is_verified(), verified, "{records:?}");
        assert!(sight.covers(&own(&[])));
        assert_eq!(sight.covers(&handed(&[])), verified);
    }
}

#[test]
fn who_never_registered_has_nothing_to_verify() {
    let now = "2026-06-01T02:00:00Z".parse().unwrap();
    let handed = [record(2, None, &[ME], &[])];
    assert!(matches!(Sight::of(ME, &handed).verified_now("face-matches", now), Err(Refusal::Wrong(_))));
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
        person: None,
        function: function.map(|id| id.parse().unwrap()),
        purpose: None,
        recipient: None,
        party: None,
        items: Vec::new(),
        scopes: Vec::new(),
        basis: None,
        exception: None,
        effect: Effect::Permit,
        reasons: Vec::new(),
        because: None,
        policy: model::Fingerprint::from_digest([1; 32]),
        tables: model::Fingerprint::from_digest([2; 32]),
        text: None,
        permissions: std::collections::BTreeMap::new(),
        parts: None,
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
    let sight = |events: &[&str]| {
        Sight::of(ME, &[record(1, Some("register"), &[ME], events), record(2, None, &[ME, OTHER], &[])])
    };
    let (before, after) = (sight(&[]), sight(&[VERIFIED]));
    assert!(shown.iter().all(|entry| before.covers_leaf(entry, &salt) && after.covers_leaf(entry, &salt)));
    assert!(hidden.iter().all(|entry| !before.covers_leaf(entry, &salt) && after.covers_leaf(entry, &salt)));
}
