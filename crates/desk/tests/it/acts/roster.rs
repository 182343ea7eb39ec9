//! Many people of one role at once: who has agreed is taken in, who must answer alone is invited, the rest is told.

use model::act::Account;
use policy::finding::Source;
use shouyue_desk::Refusal;
use shouyue_desk::collect::{
    Application, Applied, Enrolled, Invited, Once, Outcome, OutcomeBefore, Participant, Unread, apply, enrol, enrolled,
    invitations, is_complete, opening, roster, roster_done, roster_keep, roster_look, roster_outcome, roster_roles,
    roster_take,
};
use shouyue_desk::consent::give;
use shouyue_desk::leaf::{Act, Who};

use super::apply::{Family, insure, person};
use crate::house::{CHILD, LI, WANG, slug, yes};

/// Li took out a cover for a company's people.
async fn company() -> (Family, model::SubjectId, Applied) {
    let policy = include_str!("../../fixtures/family/2026-01-01.toml");
    let group = include_str!("../../fixtures/family/group.toml");
    let operation = include_str!("../../fixtures/family/operation.toml");
    let notice = include_str!("../../fixtures/family/group-operation.toml");
    let (policy, operation) = (format!("{policy}\n{group}"), format!("{operation}\n{notice}"));
    let family = Family::of(Source::new("2026-01-01.toml", policy), Source::new("operation.toml", operation)).await;
    let li = family.registered(&LI).await;
    let mut own = person(&LI, &["applicant"]);
    own.fields.truncate(1);
    let own = Participant { consents: vec![yes(&family.platform, "collect.group")], ..own };
    let form = Application { function: slug("group"), product: None, ..insure("travel", vec![own]) };
    let done = apply(&family.bench.house, &family.platform, li, form, Who::Subject, None).await.unwrap();
    (family, li, done)
}

fn outcomes<T>(lines: &[Enrolled<T>]) -> Vec<(u64, String)> {
    let told = |one: &Enrolled<T>| match &one.outcome {
        Outcome::TakenIn => "taken in".to_owned(),
        Outcome::Invited(_) => "invited".to_owned(),
        Outcome::Wrong(faults) => {
            let told: Vec<String> = faults.iter().map(|one| format!("{} {}", one.item, one.code)).collect();
            told.join(", ")
        }
    };
    lines.iter().map(|one| (one.line, told(one))).collect()
}

fn line(number: u64, told: &str) -> (u64, String) {
    (number, told.to_owned())
}

#[tokio::test]
async fn r19_of_a_roster_who_agreed_is_taken_in_and_who_must_answer_alone_is_invited() {
    let (family, li, applied) = company().await;
    let (house, platform, role) = (&family.bench.house, &family.platform, slug("member"));
    // Wang has an account, is known by his number and has agreed.
    let wang = family.registered(&WANG).await;
    let own = Participant { consents: family.both(), ..person(&WANG, &["applicant", "insured"]) };
    family.applied(wang, insure("travel", vec![own])).await.unwrap();
    let agreed = vec![yes(platform, "collect.group"), yes(platform, "collect.group.identity-document")];
    give(house, platform, wang, agreed).await.unwrap();
    let roles = roster_roles(house, platform, li, applied.record).await.unwrap();
    assert_eq!(roles.iter().map(|one| one.role.as_str()).collect::<Vec<_>>(), ["member"]);
    let table = format!(
        "姓名,证件号码\n{},{}\n陈示例,990201199001010022\n{},{}\n赵示例,990201198803070010\n张示例,{}\n钱示例,\n",
        WANG.name, WANG.number, WANG.name, WANG.number, CHILD.number
    );
    let whom = (li, applied.record, &role);
    let read = roster(house, platform, whom, table.as_bytes()).await.unwrap();
    let before = family.size().await;
    let looked = roster_look(house, platform, whom, &read).await.unwrap();
    let expected = [
        line(2, "taken in"),
        line(3, "invited"),
        line(4, "id-number twice-there"),
        line(5, "id-number checksum"),
        line(6, "id-number child"),
        line(7, "invited"),
    ];
    assert_eq!(outcomes(&looked), expected);
    assert_eq!(family.size().await, before, "looking stores nothing");
    let (leaf, done) = enrol(house, platform, whom, &read, Who::Subject, None).await.unwrap();
    assert_eq!(outcomes(&done), expected);
    assert!(looked.iter().all(|one| one.who.is_none()), "while it is only looked at, nobody is named");
    let names: Vec<_> = done.iter().map(|one| one.who.as_deref().unwrap()).collect();
    assert_eq!(names[1], "陈**", "each link is for somebody");
    assert_eq!(family.size().await, before + 1, "one act");
    let entry = family.entry(leaf).await;
    assert_eq!((entry.act, entry.person, entry.with.len()), (Act::Collect, Some(role.clone()), 1));
    let record = family.bench.store.record(&slug("family"), applied.record).await.unwrap().unwrap();
    assert_eq!(record.roles.len(), 2, "of who is invited nothing is stored");
    assert!(record.roles.contains(&(wang, role.clone())));
    assert_eq!(family.bench.files_with("陈示例"), Vec::<std::path::PathBuf>::new());
    assert!(!is_complete(house, platform, applied.record).await.unwrap());
    assert_eq!(invitations(house, platform, li, applied.record).await.unwrap().len(), 2);
    let links: Vec<&Invited> = done
        .iter()
        .filter_map(|one| if let Outcome::Invited(invited) = &one.outcome { Some(invited) } else { None })
        .collect();
    let opened = opening(house, platform, links[0].secret.expose(), None).await.unwrap();
    assert_eq!((opened.role, opened.function), (role.clone(), slug("group")));
    // The same once more: who stands there is told so.
    let again = roster_look(house, platform, whom, &read).await.unwrap();
    assert_eq!(outcomes(&again)[0], line(2, "id-number twice-there"));
    let row = family.bench.store.subject(&slug("family"), wang).await.unwrap().unwrap();
    assert_eq!(row.account, Account::Active);
}

#[tokio::test]
async fn the_same_roster_under_its_key_is_one_act_and_no_link_is_told_again() {
    let (family, li, applied) = company().await;
    let (house, platform, role) = (&family.bench.house, &family.platform, slug("member"));
    let whom = (li, applied.record, &role);
    let read = roster(house, platform, whom, "姓名,证件号码\n陈示例,\n张示例,1\n".as_bytes()).await.unwrap();
    let once = |request: &[u8]| Some(Once::new(platform, "a system", "roster-1", request));
    assert_eq!(enrolled(house, platform, once(b"a")).await.unwrap(), None);
    let (leaf, done) = enrol(house, platform, whom, &read, Who::Subject, once(b"a")).await.unwrap();
    let size = family.size().await;
    let Outcome::Invited(invited) = &done[0].outcome else { panic!("{done:?}") };
    let (again, lines) = enrolled(house, platform, once(b"a")).await.unwrap().unwrap();
    assert_eq!(again, leaf);
    assert_eq!((lines[0].line, &lines[0].outcome), (2, &OutcomeBefore::Invited(invited.id, invited.until)));
    assert!(matches!(&lines[1].outcome, OutcomeBefore::Wrong(faults) if faults[0].0 == "id-number"));
    let refusal = enrol(house, platform, whom, &read, Who::Subject, once(b"a")).await.unwrap_err();
    assert!(matches!(refusal, Refusal::Done { .. }), "{refusal:?}");
    let refusal = enrolled(house, platform, once(b"b")).await.unwrap_err();
    assert!(matches!(refusal, Refusal::KeyReused), "{refusal:?}");
    assert_eq!(family.size().await, size);
    assert_eq!(family.bench.files_with(invited.secret.expose()), Vec::<std::path::PathBuf>::new(), "no link is kept");
}

#[tokio::test]
async fn a_roster_of_nothing_but_faults_and_one_of_another_role_are_refused() {
    let (family, li, applied) = company().await;
    let (house, platform, role) = (&family.bench.house, &family.platform, slug("member"));
    let whom = (li, applied.record, &role);
    let faulty = roster(house, platform, whom, "证件号码\n123\n".as_bytes()).await.unwrap();
    let size = family.size().await;
    let refusal = enrol(house, platform, whom, &faulty, Who::Subject, None).await.unwrap_err();
    assert!(matches!(refusal, Refusal::Wrong(_)), "{refusal:?}");
    assert_eq!(family.size().await, size);
    for role in ["applicant", "workplace", "insured"] {
        let refusal = roster(house, platform, (li, applied.record, &slug(role)), b"name\nx\n").await.err().unwrap();
        assert!(matches!(refusal, Refusal::NotFound(_)), "{role}: {refusal:?}");
    }
    let refusal = roster(house, platform, whom, "工资\n1\n".as_bytes()).await.err().unwrap();
    assert!(matches!(refusal, Refusal::Roster(Unread::Column(1))), "{refusal:?}");
    let wang = family.registered(&WANG).await;
    let refusal = roster_roles(house, platform, wang, applied.record).await.unwrap_err();
    assert!(matches!(refusal, Refusal::NotFound("record")), "{refusal:?}");
}

#[tokio::test]
async fn a_roster_waits_some_minutes_for_one_session_and_is_taken_once() {
    let (family, li, applied) = company().await;
    let (house, platform, role) = (&family.bench.house, &family.platform, slug("member"));
    let read =
        async || roster(house, platform, (li, applied.record, &role), "姓名\n陈示例\n".as_bytes()).await.unwrap();
    let (mine, theirs) = (("mine", applied.record), ("theirs", applied.record));
    roster_keep(house, mine, read().await);
    assert!(roster_take(house, theirs).is_none());
    assert!(roster_take(house, mine).is_some() && roster_take(house, mine).is_none());
    roster_keep(house, mine, read().await);
    family.bench.clock.advance(jiff::SignedDuration::from_mins(10));
    assert!(roster_take(house, mine).is_none(), "ten minutes are over");
    assert!(roster_outcome(house, mine).is_none());
    let outcome = Outcome::Wrong(Vec::new());
    roster_done(house, mine, (7, vec![Enrolled { line: 2, who: None, outcome }]));
    assert_eq!(roster_outcome(house, mine).map(|done| done.1.len()), Some(1));
}
