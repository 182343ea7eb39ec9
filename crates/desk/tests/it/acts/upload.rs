//! Files about somebody else: who sends them in for whom, on whose consent, and when no more.

use model::act::GivenBy;
use model::attachment::FileKind;
use model::{AttachmentId, RecordId, Slug, SubjectId};
use policy::finding::Source;
use policy::question::Code;
use policy::syntax::Trigger;
use shouyue_desk::Refusal;
use shouyue_desk::attach::{Attached, Upload, open_own, slots, upload};
use shouyue_desk::collect::{Application, Participant};
use shouyue_desk::consent::{Choice, Manner, give, list, withdraw};
use shouyue_desk::leaf::{Act, Who};
use shouyue_desk::read::export;
use shouyue_desk::retain::erase;

use super::apply::{Family, insure, person};
use super::{codes, denied};
use crate::faces::attach::Pieces;
use crate::house::{CHILD, LI, WANG, slug, yes};

const PAPER: &str = "household-register";

/// The insurer of families that takes papers in afterwards.
async fn family() -> Family {
    family_of(include_str!("../../fixtures/family/2026-01-01.toml")).await
}

async fn family_of(policy: &str) -> Family {
    let papers = include_str!("../../fixtures/family/papers.toml");
    let operation = include_str!("../../fixtures/family/operation.toml");
    let notice = include_str!("../../fixtures/family/papers-operation.toml");
    let (policy, operation) = (format!("{policy}\n{papers}"), format!("{operation}\n{notice}"));
    Family::of(Source::new("2026-01-01.toml", policy), Source::new("operation.toml", operation)).await
}

/// Somebody insured by the holder of a record.
struct Insured {
    holder: SubjectId,
    whom: SubjectId,
    record: RecordId,
}

impl Family {
    /// Li insures a child, as its guardian.
    async fn child(&self) -> Insured {
        let holder = self.registered(&LI).await;
        let own = Participant { consents: self.both(), ..person(&LI, &["applicant"]) };
        let consents = self.both().into_iter().map(guarded).collect();
        let child = Participant { consents, ..person(&CHILD, &["insured"]) };
        let record = self.applied(holder, insure("travel", vec![own, child])).await.unwrap().record;
        Insured { holder, whom: self.insured(record).await, record }
    }

    /// Li leaves the insured open, and Wang answers alone, without an account or with one.
    async fn adult(&self, account: bool) -> Insured {
        let holder = self.registered(&LI).await;
        let own = Participant { consents: self.both(), ..person(&LI, &["applicant"]) };
        let form = Application { open: vec![slug("insured")], ..insure("travel", vec![own]) };
        let done = self.applied(holder, form).await.unwrap();
        if account {
            self.registered(&WANG).await;
        }
        let link = done.invited[0].secret.expose().to_owned();
        let guest = self.guest(&link, WANG.phone).await;
        let whom = self.joined(&link, guest, &WANG, self.both()).await.unwrap().subject;
        Insured { holder, whom, record: done.record }
    }

    async fn insured(&self, record: RecordId) -> SubjectId {
        let row = self.bench.store.record(&slug("family"), record).await.unwrap().unwrap();
        row.roles.iter().find(|(_, role)| role.as_str() == "insured").unwrap().0
    }

    async fn sent(&self, by: SubjectId, record: RecordId, item: &str) -> Result<Attached, Refusal> {
        let upload_of = Upload {
            function: slug("papers"),
            channel: None,
            record,
            person: slug("insured"),
            item: item.to_owned(),
            trigger: Trigger::Given,
        };
        let mut content = Pieces::picture(5_000);
        upload(&self.bench.house, &self.platform, by, upload_of, &mut content, Who::Subject, None).await
    }

    /// Consents to the papers, in this way.
    async fn agreed(&self, whom: SubjectId, by: fn(Choice) -> Choice) {
        let scopes = ["collect.papers", "collect.papers.identity-document"];
        let choices = scopes.map(|scope| by(yes(&self.platform, scope))).to_vec();
        give(&self.bench.house, &self.platform, whom, choices).await.unwrap();
    }

    async fn open_to(&self, by: SubjectId, record: RecordId) -> Vec<(Slug, bool)> {
        let slots = slots(&self.bench.house, &self.platform, by, record).await.unwrap();
        slots.iter().map(|slot| (slot.item.clone(), slot.is_open())).collect()
    }

    async fn there(&self, id: AttachmentId) -> bool {
        self.bench.store.object_read(&slug("family"), id, 0..1).await.unwrap().is_some()
    }
}

fn guarded(choice: Choice) -> Choice {
    Choice { by: GivenBy::Guardian, artefact: Manner::Separate, ..choice }
}

fn own(choice: Choice) -> Choice {
    choice
}

fn not_found(done: &Result<Attached, Refusal>) -> bool {
    matches!(done, Err(Refusal::NotFound(_)))
}

#[tokio::test]
async fn r19_a_guardian_sends_a_childs_paper_in_on_the_guardians_consent_and_not_after_it_ends() {
    let family = family().await;
    let Insured { holder, whom, record } = family.child().await;
    let answer = denied(family.sent(holder, record, PAPER).await.unwrap_err());
    assert!(codes(&answer).contains(&Code::ConsentMissing), "{:?}", codes(&answer));
    assert_eq!(family.open_to(holder, record).await, [(slug(PAPER), false), (slug("signature"), false)]);

    family.agreed(whom, guarded).await;
    let done = family.sent(holder, record, PAPER).await.unwrap();
    assert_eq!(done.kind, FileKind::Png);
    let entry = family.entry(done.leaf).await;
    assert_eq!((entry.act, entry.person, entry.with.len()), (Act::Collect, Some(slug("insured")), 1));
    let part = family.bench.store.part(&slug("family"), record, Some(whom), &slug("insured")).await.unwrap().unwrap();
    assert_eq!(part.attachments.len(), 1, "it lies in the child's part");

    // It is the child's: in no copy of the guardian's, and not the guardian's to open as an own one.
    let right = policy::syntax::RightKind::Copy;
    let copy = export(&family.bench.house, &family.platform, holder, right, Who::Subject).await.unwrap();
    assert!(copy.files.is_empty() && !copy.data.contains(&done.attachment.to_string()));
    let place = (record, &slug("insured"), done.attachment);
    let looked = open_own(&family.bench.house, &family.platform, holder, place).await;
    assert!(looked.is_err());

    let given = list(&family.bench.house, &family.platform, whom).await.unwrap();
    let papers = given.into_iter().find(|view| view.scope == "collect.papers").unwrap();
    withdraw(&family.bench.house, &family.platform, whom, papers.id).await.unwrap();
    let answer = denied(family.sent(holder, record, PAPER).await.unwrap_err());
    assert!(codes(&answer).contains(&Code::ConsentWithdrawn), "{:?}", codes(&answer));
    assert!(family.there(done.attachment).await, "what was lawful before stays");
}

#[tokio::test]
async fn r19_nobody_but_a_guardian_consents_for_a_child() {
    let family = family().await;
    let Insured { holder, whom, record } = family.child().await;
    let choice = yes(&family.platform, "collect.papers");
    let refused = give(&family.bench.house, &family.platform, whom, vec![choice]).await.unwrap_err();
    let answer = denied(refused);
    assert!(codes(&answer).contains(&Code::GuardianConsentMissing), "{:?}", codes(&answer));
    assert!(family.sent(holder, record, PAPER).await.is_err());
}

#[tokio::test]
async fn strangers_and_others_who_stand_in_the_matter_send_nothing_for_a_child() {
    let family = family().await;
    let Insured { whom, record, .. } = family.child().await;
    family.agreed(whom, guarded).await;
    let wang = family.registered(&WANG).await;
    let before = family.size().await;
    assert!(not_found(&family.sent(wang, record, PAPER).await));
    assert_eq!(family.size().await, before);
}

#[tokio::test]
async fn whoever_fills_in_for_an_adult_sends_what_the_text_lets_on_the_adults_own_consent() {
    let family = family().await;
    let Insured { holder, whom, record } = family.adult(false).await;
    let answer = denied(family.sent(holder, record, PAPER).await.unwrap_err());
    assert!(codes(&answer).contains(&Code::ConsentMissing), "{:?}", codes(&answer));
    family.agreed(whom, own).await;
    let done = family.sent(holder, record, PAPER).await.unwrap();
    assert!(not_found(&family.sent(holder, record, "signature").await), "this the text lets nobody else fill in");
    family.sent(whom, record, "signature").await.unwrap();
    assert_eq!(family.open_to(whom, record).await, [(slug(PAPER), true), (slug("signature"), true)]);
    let place = (record, &slug("insured"), done.attachment);
    assert!(open_own(&family.bench.house, &family.platform, whom, place).await.is_ok(), "it is the insured's own");
}

#[tokio::test]
async fn for_an_adult_with_an_account_nobody_else_sends_anything() {
    let family = family().await;
    let Insured { holder, whom, record } = family.adult(true).await;
    family.agreed(whom, own).await;
    assert!(not_found(&family.sent(holder, record, PAPER).await));
    family.sent(whom, record, PAPER).await.unwrap();
}

#[tokio::test]
async fn what_was_sent_for_a_child_goes_with_its_part_and_no_earlier_than_the_floor() {
    let policy = include_str!("../../fixtures/family/2026-01-01.toml");
    let floors = "floors = [\"insurance-file\", \"traceability\"]";
    for (policy, stays) in [(policy.to_owned(), true), (policy.replace(floors, "floors = []"), false)] {
        let family = family_of(&policy).await;
        let Insured { holder, whom, record } = family.child().await;
        family.agreed(whom, guarded).await;
        let done = family.sent(holder, record, PAPER).await.unwrap();
        erase(&family.bench.house, &family.platform, whom, Who::Subject).await.unwrap();
        assert_eq!(family.there(done.attachment).await, stays, "a floor keeps it, and nothing else");
        assert!(family.sent(holder, record, PAPER).await.is_err(), "what is only stored takes nothing in");
        assert_eq!(family.bench.store.integrity(&slug("family")).await.unwrap(), Vec::<String>::new());
    }
}
