//! Filling in a form for several people: each is decided about alone, all stand in one record.

use model::SubjectId;
use model::act::{Account, GivenBy};
use policy::finding::Source;
use policy::question::{Code, Effect, Facts};
use policy::syntax::Trigger;
use shouyue_desk::collect::{
    Application, Applied, Once, Participant, PersonFields, Registration, Whom, apply, register,
};
use shouyue_desk::consent::{Choice, Manner, give};
use shouyue_desk::leaf::{Act, Entry, Who};
use shouyue_desk::{Platform, Refusal};
use store::TokenKind;

use super::{codes, denied};
use crate::house::{Bench, CHILD, LI, Person, WANG, field, slug, yes};

/// A house that serves an insurer of families.
pub(super) struct Family {
    pub(super) bench: Bench,
    pub(super) platform: std::sync::Arc<Platform>,
}

impl Family {
    pub(super) async fn new() -> Self {
        let policy = include_str!("../../fixtures/family/2026-01-01.toml");
        let operation = include_str!("../../fixtures/family/operation.toml");
        Self::of(Source::new("2026-01-01.toml", policy), Source::new("operation.toml", operation)).await
    }

    /// A house that serves these texts.
    pub(super) async fn of(policy: Source, operation: Source) -> Self {
        let bench = Bench::empty().await;
        let platform = bench.publish((policy, operation)).await.unwrap();
        Self { bench, platform }
    }

    pub(super) async fn registered(&self, person: &Person) -> SubjectId {
        let fields = vec![field("name", person.name), field("phone", person.phone)];
        let form = Registration {
            function: slug("register"),
            channel: None,
            product: None,
            persons: vec![PersonFields { person: slug("user"), fields }],
            consents: vec![yes(&self.platform, "collect.register")],
            facts: Facts::default(),
        };
        register(&self.bench.house, &self.platform, form, Who::Subject, None).await.unwrap().subject
    }

    pub(super) fn both(&self) -> Vec<Choice> {
        vec![yes(&self.platform, "collect.insure"), yes(&self.platform, "collect.insure.identity-document")]
    }

    pub(super) async fn applied(&self, holder: SubjectId, form: Application) -> Result<Applied, Refusal> {
        apply(&self.bench.house, &self.platform, holder, form, Who::Subject, None).await
    }

    pub(super) async fn size(&self) -> u64 {
        self.bench.store.head(&slug("family")).await.unwrap().size
    }

    pub(super) async fn entry(&self, leaf: u64) -> Entry {
        let rows = self.bench.store.leaves(&slug("family"), leaf, 1).await.unwrap();
        serde_json::from_slice(&rows[0].entry).unwrap()
    }

    /// Items of each part of a record, by role.
    pub(super) async fn parts(&self, done: &Applied) -> Vec<(String, Vec<String>)> {
        self.parts_of(done.record).await
    }

    /// The same, by the record's id.
    pub(super) async fn parts_of(&self, record: model::RecordId) -> Vec<(String, Vec<String>)> {
        let record = self.bench.store.record(&slug("family"), record).await.unwrap().unwrap();
        let mut parts = Vec::new();
        for (subject, role) in record.roles {
            let part = self.bench.store.part(&slug("family"), record.id, Some(subject), &role).await.unwrap();
            let values = part.map(|part| part.values).unwrap_or_default();
            parts.push((role.to_string(), values.iter().map(|value| value.item.to_string()).collect()));
        }
        parts.sort();
        parts
    }
}

pub(super) fn person(one: &Person, roles: &[&str]) -> Participant {
    Participant {
        roles: roles.iter().map(|role| slug(role)).collect(),
        whom: Whom::Typed,
        fields: vec![field("name", one.name), field("id-number", one.number)],
        consents: Vec::new(),
    }
}

pub(super) fn insure(product: &str, people: Vec<Participant>) -> Application {
    Application {
        function: slug("insure"),
        channel: None,
        product: Some(slug(product)),
        people,
        open: Vec::new(),
        about: None,
        facts: Facts::default(),
        trigger: Trigger::Given,
        track: None,
    }
}

pub(super) fn part(role: &str, items: &[&str]) -> (String, Vec<String>) {
    (role.to_owned(), items.iter().map(|&item| item.to_owned()).collect())
}

#[tokio::test]
async fn who_insures_oneself_types_once_and_stands_in_both_roles() {
    let family = Family::new().await;
    let li = family.registered(&LI).await;
    let own = Participant { consents: family.both(), ..person(&LI, &["applicant", "insured"]) };
    let done = family.applied(li, insure("travel", vec![own])).await;
    // The insured's own items are for another person alone: the same person typed nothing for that role.
    let done = done.unwrap();
    assert_eq!(family.parts(&done).await, [part("applicant", &["id-number", "name"]), part("insured", &[])]);
    let entry = family.entry(done.leaf).await;
    assert_eq!((entry.act, entry.effect, entry.with.len()), (Act::Collect, Effect::Permit, 0));
}

#[tokio::test]
async fn a_child_is_insured_on_the_consent_of_its_guardian_and_gets_no_account() {
    let family = Family::new().await;
    let li = family.registered(&LI).await;
    let before = family.size().await;
    let guardian = |choice: Choice| Choice { by: GivenBy::Guardian, artefact: Manner::Separate, ..choice };
    let own = Participant { consents: family.both(), ..person(&LI, &["applicant"]) };
    let consents = family.both().into_iter().map(guardian).collect();
    let child = Participant { consents, ..person(&CHILD, &["insured"]) };
    let done = family.applied(li, insure("travel", vec![own, child])).await.unwrap();
    assert_eq!(family.size().await, before + 2, "the holder's consents, then one act over both people");
    assert_eq!(
        family.parts(&done).await,
        [part("applicant", &["id-number", "name"]), part("insured", &["id-number", "name"])]
    );
    let record = family.bench.store.record(&slug("family"), done.record).await.unwrap().unwrap();
    let child = record.roles.iter().find(|(_, role)| role.as_str() == "insured").unwrap().0;
    let row = family.bench.store.subject(&slug("family"), child).await.unwrap().unwrap();
    assert_eq!((row.account, row.gate), (Account::None, Some((done.record, slug("insured")))));
    assert_eq!(family.entry(done.leaf).await.with.len(), 1);
    // The child is known by its number from now on, and its guardian's consents still stand.
    let own = person(&LI, &["applicant"]);
    let again = family.applied(li, insure("travel", vec![own, person(&CHILD, &["insured"])])).await.unwrap();
    let record = family.bench.store.record(&slug("family"), again.record).await.unwrap().unwrap();
    assert!(record.roles.contains(&(child, slug("insured"))));
}

#[tokio::test]
async fn r19_nobody_consents_for_another_adult() {
    let family = Family::new().await;
    let li = family.registered(&LI).await;
    let own = || Participant { consents: family.both(), ..person(&LI, &["applicant"]) };
    for by in [GivenBy::Oneself, GivenBy::Guardian, GivenBy::Other] {
        let claimed = family.both().into_iter().map(|choice| Choice { by, ..choice });
        // A stranger's own yes, handed in by the applicant, is nobody's: the stranger has no account to give it in.
        let claimed: Vec<Choice> = claimed.filter(|choice| choice.by != GivenBy::Oneself).collect();
        let spouse = Participant { consents: claimed, ..person(&WANG, &["insured"]) };
        let answer = denied(family.applied(li, insure("travel", vec![own(), spouse])).await.unwrap_err());
        assert!(codes(&answer).contains(&Code::ConsentMissing), "{by:?}: {:?}", codes(&answer));
    }
    let token = TokenKind::Document;
    assert!(
        family
            .bench
            .store
            .subject_by_token(&slug("family"), token, &model::key::SearchToken::steady([0; 32]))
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn another_adult_who_agreed_in_an_own_account_can_be_insured() {
    let family = Family::new().await;
    let (li, wang) = (family.registered(&LI).await, family.registered(&WANG).await);
    give(&family.bench.house, &family.platform, wang, family.both()).await.unwrap();
    // He is known by his number once he has used it himself.
    let own = person(&WANG, &["applicant", "insured"]);
    family.applied(wang, insure("travel", vec![own])).await.unwrap();
    let own = Participant { consents: family.both(), ..person(&LI, &["applicant"]) };
    let done = family.applied(li, insure("travel", vec![own, person(&WANG, &["insured"])])).await.unwrap();
    let record = family.bench.store.record(&slug("family"), done.record).await.unwrap().unwrap();
    assert!(record.roles.contains(&(wang, slug("insured"))));
}

#[tokio::test]
async fn r17_the_number_that_comes_with_an_application_tells_the_age_from_then_on() {
    let family = Family::new().await;
    let (child, li) = (family.registered(&CHILD).await, family.registered(&LI).await);
    for (subject, one) in [(child, &CHILD), (li, &LI)] {
        let row = family.bench.store.subject(&slug("family"), subject).await.unwrap().unwrap();
        assert_eq!(row.gate, None, "who registers by telephone has told no age");
        let own = Participant { consents: family.both(), ..person(one, &["applicant", "insured"]) };
        let applied = family.applied(subject, insure("travel", vec![own])).await;
        let row = family.bench.store.subject(&slug("family"), subject).await.unwrap().unwrap();
        match applied {
            Ok(done) => assert_eq!(row.gate, Some((done.record, slug("applicant")))),
            Err(refusal) => {
                assert_eq!(one.number, CHILD.number);
                assert!(codes(&denied(refusal)).contains(&Code::GuardianConsentMissing));
            }
        }
    }
    let answer = give(&family.bench.house, &family.platform, li, family.both()).await;
    answer.expect("a grown-up consents alone, now that the age is known");
}

#[tokio::test]
async fn what_is_missing_or_wrong_names_its_role() {
    let family = Family::new().await;
    let li = family.registered(&LI).await;
    let own = Participant { consents: family.both(), ..person(&LI, &["applicant"]) };
    let mut child = person(&CHILD, &["insured"]);
    child.fields[1] = field("id-number", "990200201306060058");
    let refusal = family.applied(li, insure("travel", vec![own, child])).await.unwrap_err();
    let Refusal::Fields(faults) = refusal else { panic!("{refusal:?}") };
    assert_eq!((faults[0].person.clone(), faults[0].item.as_str()), (Some(slug("insured")), "id-number"));

    let own =
        Participant { roles: vec![slug("applicant")], whom: Whom::Typed, fields: Vec::new(), consents: family.both() };
    let refusal = family.applied(li, insure("travel", vec![own])).await.unwrap_err();
    let Refusal::Fields(faults) = refusal else { panic!("{refusal:?}") };
    let lacking: Vec<_> = faults.iter().map(|fault| (fault.item.as_str(), fault.code)).collect();
    assert_eq!(lacking, [("id-number", "missing"), ("name", "missing")]);
    assert!(faults.iter().all(|fault| fault.person == Some(slug("applicant"))));
}

#[tokio::test]
async fn a_product_says_which_roles_there_are() {
    let family = Family::new().await;
    let li = family.registered(&LI).await;
    let mut heir = person(&WANG, &["beneficiary"]);
    heir.fields.truncate(1);
    heir.consents = vec![];
    let own = || Participant { consents: family.both(), ..person(&LI, &["applicant", "insured"]) };
    let answer = denied(family.applied(li, insure("travel", vec![own(), heir])).await.unwrap_err());
    assert!(codes(&answer).contains(&Code::ConditionFalse), "{:?}", codes(&answer));
    let unknown = denied(family.applied(li, insure("whole-life", vec![own()])).await.unwrap_err());
    assert!(!codes(&unknown).is_empty());
}

/// Another child, of eleven.
const SISTER: Person =
    Person { name: "陈示例", phone: "13700137004", number: "990200201508090029", birth: "2015-08-09", sex: "女" };

fn guarded(choices: Vec<Choice>) -> Vec<Choice> {
    let by = |choice: Choice| Choice { by: GivenBy::Guardian, artefact: Manner::Separate, ..choice };
    choices.into_iter().map(by).collect()
}

impl Family {
    /// A house with an account holder, and an application for this child.
    async fn with_child(&self, one: &Person) -> (SubjectId, SubjectId, Applied) {
        let li = self.registered(&LI).await;
        let own = Participant { consents: self.both(), ..person(&LI, &["applicant"]) };
        let child = Participant { consents: guarded(self.both()), ..person(one, &["insured"]) };
        let done = self.applied(li, insure("travel", vec![own, child])).await.unwrap();
        let record = self.bench.store.record(&slug("family"), done.record).await.unwrap().unwrap();
        let child = record.roles.iter().find(|(_, role)| role.as_str() == "insured").unwrap().0;
        (li, child, done)
    }

    /// A claim about somebody whose number nobody types.
    fn claim(&self, whom: Whom) -> Application {
        let own = Participant { fields: vec![], consents: vec![], ..person(&LI, &["applicant"]) };
        let consents = guarded(vec![yes(&self.platform, "collect.claim")]);
        let fields = vec![field("occupation", "学生")];
        let insured = Participant { roles: vec![slug("insured")], whom, fields, consents };
        Application { function: slug("claim"), product: None, ..insure("travel", vec![own, insured]) }
    }
}

#[tokio::test]
async fn several_people_stand_in_one_role_but_nobody_twice() {
    let family = Family::new().await;
    let li = family.registered(&LI).await;
    let own = || Participant { consents: family.both(), ..person(&LI, &["applicant", "insured"]) };
    let child = |one| Participant { consents: guarded(family.both()), ..person(one, &["insured"]) };
    let done = family.applied(li, insure("travel", vec![own(), child(&CHILD), child(&SISTER)])).await.unwrap();
    // The condition on who is the same person is another one for each: the holder's items of the insured are not asked.
    let both = ["id-number", "name"];
    let expected = [part("applicant", &both), part("insured", &[]), part("insured", &both), part("insured", &both)];
    assert_eq!(family.parts(&done).await, expected);
    assert_eq!(family.entry(done.leaf).await.with.len(), 2);

    let twice = vec![own(), child(&CHILD), child(&CHILD)];
    let refusal = family.applied(li, insure("travel", twice)).await.unwrap_err();
    let Refusal::Fields(faults) = refusal else { panic!("{refusal:?}") };
    assert_eq!((faults[0].place, faults[0].item.as_str(), faults[0].code), (Some(2), "id-number", "twice-there"));
}

#[tokio::test]
async fn a_fault_names_the_person_and_not_only_the_role() {
    let family = Family::new().await;
    let li = family.registered(&LI).await;
    let own = Participant { consents: family.both(), ..person(&LI, &["applicant"]) };
    let mut child = Participant { consents: guarded(family.both()), ..person(&CHILD, &["insured"]) };
    child.fields.push(field("name", "又一个"));
    let refusal =
        family.applied(li, insure("travel", vec![own, person(&SISTER, &["insured"]), child])).await.unwrap_err();
    let Refusal::Fields(faults) = refusal else { panic!("{refusal:?}") };
    assert_eq!((faults[0].place, faults[0].person.clone()), (Some(2), Some(slug("insured"))));
    assert_eq!((faults[0].item.as_str(), faults[0].code), ("name", "twice"));
}

#[tokio::test]
async fn an_organisation_stands_in_it_with_its_plain_items() {
    let family = Family::new().await;
    let li = family.registered(&LI).await;
    let own = || Participant { consents: family.both(), ..person(&LI, &["applicant", "insured"]) };
    let workplace = |name| {
        let fields = vec![field("company-name", name)];
        Participant { roles: vec![slug("workplace")], whom: Whom::Typed, fields, consents: vec![] }
    };
    let done = family.applied(li, insure("travel", vec![own(), workplace("示例机械有限公司")])).await.unwrap();
    let part = family.bench.store.part(&slug("family"), done.record, None, &slug("workplace")).await.unwrap();
    assert_eq!(part.unwrap().values.len(), 1);
    assert_eq!(family.entry(done.leaf).await.with.len(), 0, "an organisation is no subject");
    let two = vec![own(), workplace("示例机械有限公司"), workplace("示例运输有限公司")];
    let refusal = family.applied(li, insure("travel", two)).await.unwrap_err();
    assert!(matches!(refusal, Refusal::Wrong(_)), "{refusal:?}");
}

#[tokio::test]
async fn somebody_is_named_by_a_record_of_the_holders_where_no_number_is_asked() {
    let family = Family::new().await;
    let (li, child, done) = family.with_child(&CHILD).await;
    for whom in [Whom::Subject(child), Whom::Standing(done.record, slug("insured"))] {
        let claimed = family.applied(li, family.claim(whom)).await.unwrap();
        let record = family.bench.store.record(&slug("family"), claimed.record).await.unwrap().unwrap();
        assert!(record.roles.contains(&(child, slug("insured"))), "{record:?}");
    }
    // Nobody of whom no record of the holder's knows, and no stranger without an age.
    let wang = family.registered(&WANG).await;
    let elsewhere = [Whom::Subject(wang), Whom::Standing(done.record, slug("beneficiary"))];
    for whom in elsewhere {
        let refusal = family.applied(li, family.claim(whom)).await.unwrap_err();
        assert!(matches!(refusal, Refusal::NotFound(_)), "{refusal:?}");
    }
    let form = family.claim(Whom::Subject(child));
    let other = apply(&family.bench.house, &family.platform, wang, form, Who::Subject, None).await.unwrap_err();
    assert!(matches!(other, Refusal::NotFound(_)), "another's records are nobody's to name people by: {other:?}");
}

#[tokio::test]
async fn nobody_stands_in_an_undeclared_role_and_an_account_is_a_persons() {
    let family = Family::new().await;
    let li = family.registered(&LI).await;
    let own = || person(&LI, &["applicant"]);
    let mixed = person(&WANG, &["insured", "workplace"]);
    let holder = || Participant { roles: vec![slug("workplace")], ..own() };
    for people in [vec![own(), person(&WANG, &["landlord"])], vec![own(), mixed], vec![holder()], vec![]] {
        let refusal = family.applied(li, insure("travel", people)).await.unwrap_err();
        assert!(matches!(refusal, Refusal::Wrong(_)), "{refusal:?}");
    }
}

#[tokio::test]
async fn the_number_of_another_account_is_taken() {
    let family = Family::new().await;
    let (li, wang) = (family.registered(&LI).await, family.registered(&WANG).await);
    let own = |one| Participant { consents: family.both(), ..person(one, &["applicant", "insured"]) };
    family.applied(wang, insure("travel", vec![own(&WANG)])).await.unwrap();
    let refusal = family.applied(li, insure("travel", vec![own(&WANG)])).await.unwrap_err();
    assert!(matches!(refusal, Refusal::Taken(TokenKind::Document)), "{refusal:?}");
}

#[tokio::test]
async fn an_application_comes_in_once_for_one_key() {
    let family = Family::new().await;
    let li = family.registered(&LI).await;
    let once = Once::new(&family.platform, "portal", "application-1", b"body");
    let form = || {
        let own = Participant { consents: family.both(), ..person(&LI, &["applicant", "insured"]) };
        insure("travel", vec![own])
    };
    let (house, platform) = (&family.bench.house, &family.platform);
    let first = apply(house, platform, li, form(), Who::Subject, Some(once)).await.unwrap();
    let size = family.size().await;
    let again = apply(house, platform, li, form(), Who::Subject, Some(once)).await.unwrap();
    assert_eq!((first.record, first.leaf), (again.record, again.leaf));
    assert_eq!(family.size().await, size);
}
