//! Roles that are left open, and who fills them in: adults on their own consents, once, in one act.

use jiff::SignedDuration;
use model::act::{Account, GivenBy};
use model::{Clear, RecordId, SubjectId};
use policy::question::Code;
use shouyue_desk::Refusal;
use shouyue_desk::collect::{
    Application, Applied, Guest, Joined, Joining, Once, Participant, Proof, Proven, Stage, invitations, invite_again,
    invite_end, is_complete, join, joined, opening, prove, prove_send,
};
use shouyue_desk::consent::Choice;
use shouyue_desk::leaf::{Act, Who};
use shouyue_desk::refusal::Ended;
use store::TokenKind;

use super::apply::{Family, insure, part, person};
use super::{codes, denied};
use crate::house::{CHILD, LI, Person, WANG, field, slug};

const SESSION: &str = "a session";

/// Li applies and leaves the insured to somebody else.
async fn opened(family: &Family) -> (SubjectId, Applied, String) {
    let li = family.registered(&LI).await;
    let own = Participant { consents: family.both(), ..person(&LI, &["applicant"]) };
    let form = Application { open: vec![slug("insured")], ..insure("travel", vec![own]) };
    let done = family.applied(li, form).await.unwrap();
    let link = done.invited[0].secret.expose().to_owned();
    (li, done, link)
}

impl Family {
    /// A guest who proves the telephone of one person.
    pub(super) async fn guest(&self, link: &str, phone: &str) -> Guest {
        let (house, platform) = (&self.bench.house, &self.platform);
        prove_send(house, platform, link, Clear::new(phone.into())).await.unwrap();
        tokio::task::yield_now().await;
        let (_, code) = self.bench.sms.newest().unwrap();
        let proven = prove(house, platform, (link, SESSION), (&Clear::new(phone.into()), &code)).await.unwrap();
        match proven {
            Proven::Account(subject) => Guest::Account(subject),
            Proven::Stranger(proof) => Guest::Stranger(Proof::read(house, platform, (link, SESSION), &proof).unwrap()),
        }
    }

    pub(super) async fn joined(
        &self,
        link: &str,
        guest: Guest,
        one: &Person,
        yes: Vec<Choice>,
    ) -> Result<Joined, Refusal> {
        let fields = vec![field("name", one.name), field("id-number", one.number)];
        let joining = Joining { fields, consents: yes, channel: None, track: None };
        join(&self.bench.house, &self.platform, link, (guest, joining), Who::Subject, None).await
    }

    async fn stage(&self, holder: SubjectId, record: RecordId) -> Stage {
        invitations(&self.bench.house, &self.platform, holder, record).await.unwrap()[0].stage
    }

    async fn complete(&self, record: RecordId) -> bool {
        is_complete(&self.bench.house, &self.platform, record).await.unwrap()
    }
}

fn ended(refusal: Refusal) -> Ended {
    match refusal {
        Refusal::Invitation(ended) => ended,
        other => panic!("no ended invitation: {other:?}"),
    }
}

#[tokio::test]
async fn r19_another_adult_is_invited_and_answers_alone() {
    let family = Family::new().await;
    let (li, applied, link) = opened(&family).await;
    assert!(!family.complete(applied.record).await, "the insured is demanded and open");
    assert_eq!(family.stage(li, applied.record).await, Stage::Open);
    let before = family.size().await;
    let guest = family.guest(&link, WANG.phone).await;
    let joined = family.joined(&link, guest, &WANG, family.both()).await.unwrap();
    assert_eq!(family.size().await, before + 1, "consents, items and the used link are one act");
    assert_eq!(joined.record, applied.record);
    let parts = [part("applicant", &["id-number", "name"]), part("insured", &["id-number", "name"])];
    assert_eq!(family.parts_of(applied.record).await, parts);
    assert!(family.complete(applied.record).await);
    assert_eq!(family.stage(li, applied.record).await, Stage::Used);
    let entry = family.entry(joined.leaf).await;
    assert_eq!((entry.act, entry.person, entry.scopes.len()), (Act::Collect, Some(slug("insured")), 2));
    assert!(entry.with.is_empty(), "the act is the guest's alone");
    let row = family.bench.store.subject(&slug("family"), joined.subject).await.unwrap().unwrap();
    assert_eq!((row.account, row.gate), (Account::None, Some((applied.record, slug("insured")))));
    let snapshot = family.bench.store.snapshot(&slug("family"), joined.subject).await.unwrap().unwrap();
    assert!(snapshot.state().consents.iter().all(|given| given.by == GivenBy::Oneself));
    // The link worked once.
    let again = opening(&family.bench.house, &family.platform, &link, None).await.unwrap_err();
    assert_eq!(ended(again), Ended::Used);
}

#[tokio::test]
async fn the_same_form_of_a_guest_under_its_key_is_one_act() {
    let family = Family::new().await;
    let (_, _, link) = opened(&family).await;
    let keyed = |request: &[u8]| Some(Once::new(&family.platform, SESSION, "a page", request));
    let once = keyed(b"the form");
    let guest = family.guest(&link, WANG.phone).await;
    let fields = vec![field("name", WANG.name), field("id-number", WANG.number)];
    let joining = Joining { fields, consents: family.both(), channel: None, track: None };
    let (house, platform) = (&family.bench.house, &family.platform);
    assert!(joined(house, platform, once).await.unwrap().is_none());
    let first = join(house, platform, &link, (guest, joining), Who::Subject, once).await.unwrap();
    let size = family.size().await;
    let again = joined(house, platform, once).await.unwrap().unwrap();
    assert_eq!((again.subject, again.record, again.leaf), (first.subject, first.record, first.leaf));
    let guest = Guest::Account(first.subject);
    let joining = Joining { fields: Vec::new(), consents: Vec::new(), channel: None, track: None };
    let again = join(house, platform, &link, (guest, joining), Who::Subject, once).await.unwrap();
    assert_eq!(again.leaf, first.leaf, "the link is used, and not looked at");
    assert!(matches!(joined(house, platform, keyed(b"another")).await, Err(Refusal::KeyReused)));
    assert_eq!(family.size().await, size);
}

#[tokio::test]
async fn a_link_that_is_over_withdrawn_or_of_elsewhere_leads_nowhere() {
    let family = Family::new().await;
    let (li, applied, link) = opened(&family).await;
    let (house, platform, id) = (&family.bench.house, &family.platform, applied.invited[0].id);
    let matter = (li, applied.record, id);
    let elsewhere = family.bench.publish(crate::house::haigang()).await.unwrap();
    for (platform, link) in [(&elsewhere, link.as_str()), (platform, "another")] {
        let refusal = opening(house, platform, link, None).await.unwrap_err();
        assert!(matches!(refusal, Refusal::NotFound("invitation")), "{refusal:?}");
    }
    let guest = family.guest(&link, WANG.phone).await;
    family.bench.clock.advance(SignedDuration::from_hours(24 * 7));
    assert_eq!(ended(family.joined(&link, guest, &WANG, family.both()).await.unwrap_err()), Ended::Over);
    assert_eq!(family.stage(li, applied.record).await, Stage::Over);
    assert!(!family.complete(applied.record).await, "still nobody stands there");
    // Made again, it works again, by another link.
    let again = invite_again(house, platform, matter, Who::Subject).await.unwrap();
    assert!(matches!(opening(house, platform, &link, None).await, Err(Refusal::NotFound(_))));
    let link = again.secret.expose();
    assert_eq!(opening(house, platform, link, None).await.unwrap().role, slug("insured"));
    invite_end(house, platform, matter, Who::Subject).await.unwrap();
    assert_eq!(ended(opening(house, platform, link, None).await.unwrap_err()), Ended::Withdrawn);
    assert!(!family.complete(applied.record).await, "a role that is demanded stays empty");
    // Whoever holds another matter reaches this one not at all.
    let wang = family.registered(&WANG).await;
    let theirs = invite_again(house, platform, (wang, applied.record, id), Who::Subject).await.unwrap_err();
    assert!(matches!(theirs, Refusal::NotFound("record")));
    let entries = family.bench.entries_of("family").await;
    let acts: Vec<_> = entries.iter().filter(|entry| entry.act == Act::Invite).collect();
    assert_eq!(acts.iter().filter_map(|entry| entry.because.as_deref()).collect::<Vec<_>>(), ["again", "withdrawn"]);
}

#[tokio::test]
async fn r17_a_child_is_never_let_in_by_an_invitation() {
    let family = Family::new().await;
    let (_, applied, link) = opened(&family).await;
    let guest = family.guest(&link, CHILD.phone).await;
    let answer = denied(family.joined(&link, guest, &CHILD, family.both()).await.unwrap_err());
    assert!(codes(&answer).contains(&Code::GuardianConsentMissing));
    let guest = family.guest(&link, CHILD.phone).await;
    let guarded = family.both().into_iter().map(|choice| Choice { by: GivenBy::Guardian, ..choice }).collect();
    let answer = denied(family.joined(&link, guest, &CHILD, guarded).await.unwrap_err());
    assert!(codes(&answer).contains(&Code::ConsentByOther), "a guardian answers in the own account");
    assert_eq!(family.parts_of(applied.record).await.len(), 1);
    let last = family.bench.entries_of("family").await.pop().unwrap();
    assert_eq!(last.act, Act::Refused);
}

#[tokio::test]
async fn what_the_law_demands_and_the_guest_refuses_stores_nothing_and_leaves_the_link() {
    let family = Family::new().await;
    let (li, applied, link) = opened(&family).await;
    let guest = family.guest(&link, WANG.phone).await;
    let general = family.both().into_iter().take(1).collect();
    let before = family.size().await;
    let answer = denied(family.joined(&link, guest, &WANG, general).await.unwrap_err());
    assert!(codes(&answer).contains(&Code::ConsentMissing) || codes(&answer).contains(&Code::SeparateConsentMissing));
    assert_eq!(family.size().await, before + 1, "the refusal, and nothing else");
    assert_eq!((family.stage(li, applied.record).await, family.parts_of(applied.record).await.len()), (Stage::Open, 1));
    let guest = family.guest(&link, WANG.phone).await;
    family.joined(&link, guest, &WANG, family.both()).await.unwrap();
}

#[tokio::test]
async fn who_has_an_account_joins_by_it_and_by_no_number() {
    let family = Family::new().await;
    let wang = family.registered(&WANG).await;
    let own = Participant { consents: family.both(), ..person(&WANG, &["applicant", "insured"]) };
    family.applied(wang, insure("travel", vec![own])).await.unwrap();
    let (li, applied, link) = opened(&family).await;
    // Another telephone with his number: whoever that is does not log in.
    let guest = family.guest(&link, "13900000099").await;
    let refusal = family.joined(&link, guest, &WANG, family.both()).await.unwrap_err();
    assert!(matches!(refusal, Refusal::Taken(TokenKind::Document)), "{refusal:?}");
    // The holder invites others.
    let refusal = family.joined(&link, Guest::Account(li), &LI, family.both()).await.unwrap_err();
    assert!(matches!(refusal, Refusal::Wrong(_)), "{refusal:?}");
    let guest = family.guest(&link, WANG.phone).await;
    assert!(matches!(guest, Guest::Account(subject) if subject == wang), "his own telephone tells him");
    let joined = family.joined(&link, guest, &WANG, Vec::new()).await.unwrap();
    assert_eq!(joined.subject, wang, "on the consents that he gave before");
    assert!(family.complete(applied.record).await);
}

#[tokio::test]
async fn of_two_who_open_a_link_at_once_one_joins() {
    let family = Family::new().await;
    let (_, applied, link) = opened(&family).await;
    let (one, other) = (family.guest(&link, WANG.phone).await, family.guest(&link, "13900000098").await);
    let second = Person { number: "99020119800101001X", ..WANG };
    let both = tokio::join!(
        family.joined(&link, one, &WANG, family.both()),
        family.joined(&link, other, &second, family.both()),
    );
    let won = [both.0.is_ok(), both.1.is_ok()];
    assert_eq!(won.iter().filter(|won| **won).count(), 1, "{both:?}");
    assert_eq!(family.parts_of(applied.record).await.len(), 2);
}

#[tokio::test]
async fn a_proof_counts_for_one_link_in_one_session_and_not_for_ever() {
    let family = Family::new().await;
    let (_, _, link) = opened(&family).await;
    let (house, platform) = (&family.bench.house, &family.platform);
    let phone = || Clear::new(WANG.phone.to_owned());
    prove_send(house, platform, &link, phone()).await.unwrap();
    tokio::task::yield_now().await;
    let (_, code) = family.bench.sms.newest().unwrap();
    let wrong = prove(house, platform, (&link, SESSION), (&phone(), "000000")).await.unwrap_err();
    assert!(matches!(wrong, Refusal::NotAllowed(_)));
    let Proven::Stranger(proof) = prove(house, platform, (&link, SESSION), (&phone(), &code)).await.unwrap() else {
        panic!("nobody has an account by it");
    };
    let reads = |link: &str, session: &str, text: &str| Proof::read(house, platform, (link, session), text).is_some();
    assert!(reads(&link, SESSION, &proof));
    assert!(!reads("another", SESSION, &proof) && !reads(&link, "another", &proof) && !reads(&link, SESSION, "1.00"));
    let later = proof.replacen(|digit: char| digit.is_ascii_digit(), "9", 1);
    assert!(!reads(&link, SESSION, &later), "nobody writes the instant anew");
    family.bench.clock.advance(SignedDuration::from_mins(31));
    assert!(!reads(&link, SESSION, &proof));
}

#[tokio::test]
async fn nobody_is_invited_into_a_role_that_asks_nobody() {
    let family = Family::new().await;
    let li = family.registered(&LI).await;
    for (product, role) in [("travel", "beneficiary"), ("travel", "workplace"), ("travel", "user"), ("travel", "none")]
    {
        let own = Participant { consents: family.both(), ..person(&LI, &["applicant"]) };
        let form = Application { open: vec![slug(role)], ..insure(product, vec![own]) };
        let refusal = family.applied(li, form).await.unwrap_err();
        assert!(matches!(refusal, Refusal::Wrong(_)), "{role}: {refusal:?}");
    }
    // Where nothing is demanded of the role, the matter does not wait for it.
    let own = Participant { consents: family.both(), ..person(&LI, &["applicant", "insured"]) };
    let form = Application { open: vec![slug("beneficiary")], ..insure("accident", vec![own]) };
    let done = family.applied(li, form).await.unwrap();
    assert!(family.complete(done.record).await);
}
