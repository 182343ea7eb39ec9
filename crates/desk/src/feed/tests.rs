//! Which changes the facts of an act are.

use model::ConsentId;
use model::act::{Artefact, Consent, GivenBy};
use store::{ConsentGiven, ConsentWithdrawn};

use super::*;

fn anna() -> SubjectId {
    SubjectId::from_random([1; 16])
}

fn bo() -> SubjectId {
    SubjectId::from_random([2; 16])
}

fn given(subject: SubjectId, scope: &str) -> Write {
    let consent = Consent {
        id: None,
        scope: scope.to_owned(),
        party: None,
        policy: "undated".to_owned(),
        text: None,
        by: GivenBy::Oneself,
        artefact: Artefact::Tick,
        at: Timestamp::UNIX_EPOCH,
        until: None,
        withdrawn: None,
    };
    Write::Consent(ConsentGiven { subject, id: ConsentId::from_random([4; 16]), consent, paper: None })
}

fn withdrawn(subject: SubjectId, scope: &str) -> Write {
    let id = ConsentId::from_random([4; 16]);
    Write::Withdraw(ConsentWithdrawn { subject, id, scope: scope.to_owned(), at: Timestamp::UNIX_EPOCH })
}

fn destroyed(subject: Option<SubjectId>, role: &str) -> Write {
    Write::Destroy { record: RecordId::from_random([3; 16]), subject, role: role.parse().unwrap() }
}

/// Kind, whether it is Anna's, whether it is of a record, and scopes.
fn found(writes: &[Write]) -> Vec<(&'static str, Option<bool>, bool, String)> {
    let found = Found::of(writes);
    let told = found.into_changes().into_iter();
    told.map(|(kind, (subject, record), scopes)| {
        (kind.word(), subject.map(|whose| whose == anna()), record.is_some(), scopes.join(" "))
    })
    .collect()
}

#[test]
fn consents_of_one_act_are_one_change_for_each_person() {
    let writes = [given(anna(), "b"), given(bo(), "a"), given(anna(), "a"), given(anna(), "b")];
    let expected = [("consent", Some(true), false, "a b".to_owned()), ("consent", Some(false), false, "a".to_owned())];
    assert_eq!(found(&writes), expected);
}

#[test]
fn an_objection_takes_away_and_taking_it_back_gives() {
    assert_eq!(found(&[given(anna(), "opt-out.use.x")]), [("withdrawal", Some(true), false, "use.x".to_owned())]);
    assert_eq!(found(&[withdrawn(anna(), "opt-out.use.x")]), [("consent", Some(true), false, "use.x".to_owned())]);
    // A yes that lifts an objection to the same thing is one consent.
    let both = [withdrawn(anna(), "opt-out.use.x"), given(anna(), "use.x")];
    assert_eq!(found(&both), [("consent", Some(true), false, "use.x".to_owned())]);
    // An objection that ends a consent to the same thing is one withdrawal.
    let both = [withdrawn(anna(), "use.x"), given(anna(), "opt-out.use.x")];
    assert_eq!(found(&both), [("withdrawal", Some(true), false, "use.x".to_owned())]);
}

#[test]
fn an_erasure_names_each_record_once_and_at_last_the_person() {
    let writes = [
        withdrawn(anna(), "a"),
        destroyed(Some(anna()), "insured"),
        destroyed(Some(anna()), "applicant"),
        destroyed(None, "company"),
        Write::Forget(anna()),
    ];
    let expected = [
        ("withdrawal", Some(true), false, "a".to_owned()),
        ("erasure", Some(true), true, String::new()),
        ("erasure", None, true, String::new()),
        ("erasure", Some(true), false, String::new()),
    ];
    assert_eq!(found(&writes), expected);
}

#[test]
fn what_changes_nothing_for_others_is_not_told() {
    assert!(found(&[Write::Account(anna(), model::act::Account::Active)]).is_empty());
}

#[test]
fn a_cursor_names_the_place_and_the_change() {
    let row = ChangeRow {
        number: 17,
        change: NewChange {
            id: [7; 16],
            kind: ChangeKind::Publication,
            subject: None,
            record: None,
            scopes: Vec::new(),
            at: Timestamp::UNIX_EPOCH,
        },
        leaf: 9,
    };
    let change = Change::of(&"minghu".parse().unwrap(), row);
    let text = change.cursor().to_string();
    assert_eq!(text, "17.chg-07070707070707070707070707070707");
    assert_eq!(text.parse(), Ok(change.cursor()));
    for wrong in ["", "17", "x.chg-07", ".chg-07"] {
        assert_eq!(wrong.parse::<Cursor>(), Err(NoCursor), "{wrong}");
    }
    let told = serde_json::to_string(&change).unwrap();
    let expected = "{\"id\":\"chg-07070707070707070707070707070707\",\"number\":17,\"kind\":\"publication\",\
        \"platform\":\"minghu\",\"at\":\"1970-01-01T00:00:00Z\",\"leaf\":9}";
    assert_eq!(told, expected);
}
