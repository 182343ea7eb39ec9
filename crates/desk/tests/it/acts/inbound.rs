//! What others hold about somebody: from whom it may come, on whose word, and what becomes of the rest.

use std::sync::Arc;

use model::{ActorId, Clear, SubjectId};
use policy::finding::Source;
use policy::question::{Code, Effect, Facts};
use policy::syntax::Trigger;
use shouyue_desk::collect::{
    Added, Application, Inbound, Participant, PersonFields, Registration, Whom, apply, inbound, register,
};
use shouyue_desk::consent::written::{Authorisation, Signature, Signed, attest, code_send, paper, sign};
use shouyue_desk::consent::{give, list, withdraw};
use shouyue_desk::evidence::{document, verifier_key};
use shouyue_desk::leaf::{Act, Who};
use shouyue_desk::read::my_information;
use shouyue_desk::seat::{Caller, NewToken, Seat, caller, service_token_new};
use shouyue_desk::verify::alternative;
use shouyue_desk::{Platform, Refusal};

use super::{codes, denied, faults};
use crate::house::{Bench, LI, field, slug, yes};

/// 安润: nine sources for one purpose, each with a consent of its own.
fn anrun() -> (Source, Source) {
    let policy = include_str!("../../../../../platforms/anrun/2020-10-26.toml");
    let operation = include_str!("../../../../../platforms/anrun/operation.toml");
    (Source::new("2020-10-26.toml", policy), Source::new("operation.toml", operation))
}

fn operator() -> Seat {
    let id = ActorId::from_random([0; 16]);
    Seat { id, name: "host".to_owned(), roles: Vec::new(), operator: true, closed: false }
}

async fn issued(bench: &Bench, actions: &[&str]) -> Caller {
    let new = NewToken {
        name: "core".to_owned(),
        platform: slug("anrun"),
        actions: actions.iter().map(|&action| action.to_owned()).collect(),
        purposes: vec![slug("verify"), slug("recommending")],
        party: None,
        rate: 60_000,
    };
    let issued = service_token_new(&bench.house, &operator(), new).await.unwrap();
    caller(&bench.house, issued.secret.expose()).await.unwrap()
}

struct World {
    bench: Bench,
    platform: Arc<Platform>,
    subject: SubjectId,
    caller: Caller,
}

impl World {
    /// Somebody whom the counter knows.
    async fn new() -> Self {
        let world = Self::unknown().await;
        let (house, who) = (&world.bench.house, world.caller.who());
        alternative(house, &world.platform, world.subject, "check-at-branch", who).await.unwrap();
        world
    }

    /// Somebody who registered and applied, and whose papers nobody has seen.
    async fn unknown() -> Self {
        let bench = Bench::empty().await;
        let platform = bench.publish(anrun()).await.unwrap();
        let caller = issued(&bench, &["collect"]).await;
        let form = Registration {
            function: slug("register"),
            channel: None,
            product: None,
            persons: vec![PersonFields {
                person: slug("user"),
                fields: vec![field("phone", LI.phone), field("account-name", "li-of-the-test")],
            }],
            consents: vec![yes(&platform, "collect.register")],
            facts: Facts::default(),
        };
        let done = register(&bench.house, &platform, form, Who::Subject, None).await.unwrap();
        let world = Self { bench, platform, subject: done.subject, caller };
        world.apply().await;
        world
    }

    /// Applies for insurance, with the number that tells the age.
    async fn apply(&self) {
        let values = [
            ("name", LI.name),
            ("id-number", LI.number),
            ("phone", LI.phone),
            ("home-address", "示例市示例路26号"),
            ("bank-card", "6222021234567890128"),
            ("occupation", "教师"),
            ("email", "li@customers.example"),
            ("order-info", "意外险一份"),
        ];
        let scopes = self.platform.tables.scopes().iter().filter(|scope| scope.element.as_str() == "insure");
        let person = Participant {
            roles: vec![slug("applicant")],
            whom: Whom::Typed,
            fields: values.into_iter().map(|(item, value)| field(item, value)).collect(),
            consents: scopes.map(|scope| yes(&self.platform, &scope.id)).collect(),
        };
        let application = Application {
            function: slug("insure"),
            channel: None,
            product: None,
            people: vec![person],
            open: Vec::new(),
            about: None,
            track: None,
            facts: Facts::default(),
            trigger: Trigger::Given,
        };
        apply(&self.bench.house, &self.platform, self.subject, application, Who::Subject, None).await.unwrap();
    }

    async fn agree(&self, scopes: &[&str]) {
        let choices = scopes.iter().map(|scope| yes(&self.platform, scope)).collect();
        give(&self.bench.house, &self.platform, self.subject, choices).await.unwrap();
    }

    fn brought(source: &str, items: &[(&str, &str)]) -> Inbound {
        Inbound {
            source: slug(source),
            course: slug("verify"),
            channel: None,
            product: None,
            record: None,
            person: slug("applicant"),
            fields: items.iter().map(|(item, value)| field(item, value)).collect(),
            facts: Facts::default(),
        }
    }

    async fn bring(&self, what: Inbound) -> Result<Added, Refusal> {
        inbound(&self.bench.house, &self.platform, &self.caller, self.subject, what, None).await
    }
}

/// Everything that taking in health and property for the check hangs on, but the source's own.
const COURSE: [&str; 4] =
    ["collect.verify", "collect.verify.health", "collect.verify.property", "collect.verify.identity-document"];
const HEALTH: (&str, &str) = ("health-details", "二〇二四年四月门诊一次");
const PROPERTY: (&str, &str) = ("property-details", "住宅一处");

#[tokio::test]
async fn r23_what_a_source_brings_comes_in_with_its_name_and_on_the_word_to_that_source_alone() {
    let world = World::new().await;
    world.agree(&COURSE).await;
    world.agree(&["inbound.medical"]).await;
    let done = world.bring(World::brought("medical", &[HEALTH])).await.unwrap();
    assert!(done.withheld.is_empty());

    let entry = world.bench.entries_of("anrun").await.pop().unwrap();
    assert_eq!((entry.act, entry.source, entry.effect), (Act::Collect, Some(slug("medical")), Effect::Permit));
    assert_eq!(entry.items, [slug("health-details")]);
    let mine = my_information(&world.bench.house, &world.platform, world.subject).await.unwrap();
    let line = mine.collected.iter().find(|line| line.shown.item == slug("health-details")).unwrap();
    assert_eq!(line.source_name.as_deref(), Some("医疗机构"));
    assert_eq!(line.shown.trigger, "source");

    let other = world.bring(World::brought("judiciary", &[HEALTH])).await;
    assert!(codes(&denied(other.unwrap_err())).contains(&Code::ConsentMissing));
    let entry = world.bench.entries_of("anrun").await.pop().unwrap();
    assert_eq!((entry.act, entry.source), (Act::Refused, Some(slug("judiciary"))));
}

#[tokio::test]
async fn an_item_that_is_not_consented_to_is_refused_and_no_byte_of_it_is_kept() {
    let world = World::new().await;
    world.agree(&["collect.verify", "collect.verify.property", "inbound.medical"]).await;
    let done = world.bring(World::brought("medical", &[HEALTH, PROPERTY])).await.unwrap();
    let withheld: Vec<&str> = done.withheld.iter().map(|item| item.item.as_str()).collect();
    assert_eq!(withheld, ["health-details"]);
    let mine = my_information(&world.bench.house, &world.platform, world.subject).await.unwrap();
    assert!(mine.collected.iter().all(|line| line.shown.item != slug("health-details")));
    assert!(world.bench.files_with(HEALTH.1).is_empty());

    // What came is in the same record the next time; what ends with the consent stays out from then on.
    let again = world.bring(World::brought("medical", &[PROPERTY])).await.unwrap();
    assert_eq!(again.record, done.record);
    let given = list(&world.bench.house, &world.platform, world.subject).await.unwrap();
    let source = given.iter().find(|view| view.scope == "inbound.medical").unwrap();
    withdraw(&world.bench.house, &world.platform, world.subject, source.id).await.unwrap();
    let late = world.bring(World::brought("medical", &[PROPERTY])).await;
    assert!(codes(&denied(late.unwrap_err())).contains(&Code::ConsentWithdrawn));
}

#[tokio::test]
async fn closed_world_from_no_source_and_in_no_course_that_the_text_does_not_name() {
    let world = World::new().await;
    world.agree(&COURSE).await;
    world.agree(&["inbound.medical"]).await;
    let neighbour = world.bring(World::brought("neighbour", &[HEALTH])).await;
    assert!(codes(&denied(neighbour.unwrap_err())).contains(&Code::UnknownSource));
    let elsewhere = world.bring(Inbound { course: slug("insure"), ..World::brought("medical", &[HEALTH]) }).await;
    assert!(codes(&denied(elsewhere.unwrap_err())).contains(&Code::NotDeclared));
    let unnamed = world.bring(World::brought("medical", &[("wechat-nickname", "小李")])).await;
    assert!(codes(&denied(unnamed.unwrap_err())).contains(&Code::NotDeclared));
    let affiliate = Inbound { course: slug("affiliate-usage"), ..World::brought("medical", &[HEALTH]) };
    assert!(codes(&denied(world.bring(affiliate).await.unwrap_err())).contains(&Code::NotDeclared));
}

#[tokio::test]
async fn a_use_takes_in_what_its_source_holds_under_its_own_consent() {
    let world = World::new().await;
    world.agree(&["inbound.affiliates"]).await;
    let usage = || Inbound {
        course: slug("affiliate-usage"),
        person: slug("user"),
        ..World::brought("affiliates", &[("affiliate-usage", "常用代驾")])
    };
    assert!(codes(&denied(world.bring(usage()).await.unwrap_err())).contains(&Code::ConsentMissing));
    world.agree(&["use.affiliate-usage"]).await;
    world.bring(usage()).await.unwrap();
    let mine = my_information(&world.bench.house, &world.platform, world.subject).await.unwrap();
    let line = mine.collected.iter().find(|line| line.shown.item == slug("affiliate-usage")).unwrap();
    assert_eq!(line.source_name.as_deref(), Some("关联公司"));
    assert_eq!(line.purposes.len(), 1);
}

/// Whoever typed another's number would be shown what a hospital knows of that one.
#[tokio::test]
async fn nothing_comes_in_about_an_account_whose_holder_nobody_knows() {
    let world = World::unknown().await;
    world.agree(&COURSE).await;
    world.agree(&["inbound.medical"]).await;
    let refused = world.bring(World::brought("medical", &[HEALTH])).await;
    assert!(codes(&denied(refused.unwrap_err())).contains(&Code::IdentityUnverified));
    assert!(world.bench.files_with(HEALTH.1).is_empty());
}

/// R11: an enquiry at a credit agency; the text asks for a consent, the law for a written one.
#[tokio::test]
async fn r11_credit_data_does_not_come_in_on_a_tick() {
    let world = World::new().await;
    world.agree(&COURSE).await;
    let refused = world.bring(World::brought("credit-agency", &[PROPERTY])).await;
    assert!(codes(&denied(refused.unwrap_err())).contains(&Code::WrittenConsentMissing));
    let choice = yes(&world.platform, "inbound.credit-agency");
    let ticked = give(&world.bench.house, &world.platform, world.subject, vec![choice]).await;
    assert!(codes(&denied(ticked.unwrap_err())).contains(&Code::WrittenConsentMissing));
    let still = world.bring(World::brought("credit-agency", &[PROPERTY])).await;
    assert!(codes(&denied(still.unwrap_err())).contains(&Code::WrittenConsentMissing));
}

const CREDIT: &str = "inbound.credit-agency";

impl World {
    fn authorisation(&self) -> Authorisation {
        let words = "授权书\n向征信机关查询投保人的财产情况，用于核验。\n".to_owned();
        Authorisation { scope: CREDIT.to_owned(), policy: self.platform.tables.policy(), words, until: None }
    }

    /// Asks for the code that signs, and gives it.
    async fn code(&self, authorisation: &Authorisation) -> String {
        let (house, phone) = (&self.bench.house, Clear::new(LI.phone.to_owned()));
        code_send(house, &self.platform, self.subject, authorisation, phone).await.unwrap();
        loop {
            if let Some((_, code)) = self.bench.sms.newest() {
                return code;
            }
            tokio::task::yield_now().await;
        }
    }

    async fn sign(&self, authorisation: &Authorisation, code: &str) -> Result<Signed, Refusal> {
        let [name, phone] = [LI.name, LI.phone].map(|value| Clear::new(value.to_owned()));
        let signature = Signature { name, phone, code: code.to_owned() };
        sign(&self.bench.house, &self.platform, self.subject, authorisation, signature).await
    }
}

#[tokio::test]
async fn r11_a_signed_authorisation_lets_credit_data_in_until_it_is_withdrawn() {
    let world = World::new().await;
    world.agree(&COURSE).await;
    let authorisation = world.authorisation();
    let code = world.code(&authorisation).await;
    let signed = world.sign(&authorisation, &code).await.unwrap();
    world.bring(World::brought("credit-agency", &[PROPERTY])).await.unwrap();

    let entries = world.bench.entries_of("anrun").await;
    let entry = entries.iter().find(|entry| entry.document.is_some()).unwrap();
    assert_eq!(
        (entry.act, entry.document, entry.text),
        (Act::Consent, Some(signed.document), Some(authorisation.text()))
    );
    withdraw(&world.bench.house, &world.platform, world.subject, signed.consent).await.unwrap();
    let late = world.bring(World::brought("credit-agency", &[PROPERTY])).await;
    assert!(codes(&denied(late.unwrap_err())).contains(&Code::ConsentWithdrawn));
}

#[tokio::test]
async fn r11_the_document_is_a_note_that_anybody_can_check_and_lies_sealed() {
    let world = World::new().await;
    let authorisation = world.authorisation();
    let code = world.code(&authorisation).await;
    let signed = world.sign(&authorisation, &code).await.unwrap();
    assert!(world.bench.files_with(LI.name).is_empty());

    let paper = paper(&world.bench.house, &world.platform, world.subject, signed.consent).await.unwrap();
    let text = String::from_utf8(paper.bytes).unwrap();
    assert!(text.contains(&authorisation.words) && text.contains(&format!("signed-by: {}\n", LI.name)));
    let key = [verifier_key(&world.platform).unwrap()];
    let entries = world.bench.entries_of("anrun").await;
    let entry = entries.iter().find(|entry| entry.scopes == [CREDIT]).unwrap();
    assert!(document(entry, text.as_bytes(), &key).iter().all(|check| check.passed == Some(true)));
    let forged = text.replace(LI.name, "王示例");
    assert!(document(entry, forged.as_bytes(), &key).iter().all(|check| check.passed == Some(false)));
    // A look is an act; nobody else's document opens.
    assert_eq!(entries.last().unwrap().act, Act::Read);
    let nobody = SubjectId::from_random([1; 16]);
    assert!(
        shouyue_desk::consent::written::paper(&world.bench.house, &world.platform, nobody, signed.consent)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn r11_a_code_signs_the_text_that_it_was_sent_for_and_once() {
    let world = World::new().await;
    let authorisation = world.authorisation();
    let code = world.code(&authorisation).await;
    let more =
        Authorisation { words: "授权书\n向征信机关查询一切。\n".to_owned(), ..authorisation.clone() };
    assert_eq!(faults(world.sign(&more, &code).await.unwrap_err()), [("code".to_owned(), "code")]);
    world.sign(&authorisation, &code).await.unwrap();
    assert_eq!(faults(world.sign(&authorisation, &code).await.unwrap_err()), [("code".to_owned(), "code")]);
    let (house, phone) = (&world.bench.house, Clear::new("13900139002".to_owned()));
    let other = code_send(house, &world.platform, world.subject, &authorisation, phone).await;
    assert_eq!(faults(other.unwrap_err()), [("phone".to_owned(), "contradicts")]);
}

#[tokio::test]
async fn r11_a_scan_counts_on_the_word_of_whoever_may_bring_in_consents() {
    let world = World::new().await;
    world.agree(&COURSE).await;
    let scan = b"%PDF-1.7 an invented paper".to_vec();
    let authorisation = world.authorisation();
    let (house, platform, subject) = (&world.bench.house, &world.platform, world.subject);
    let powerless = attest(house, platform, &world.caller, subject, &authorisation, scan.clone()).await;
    assert!(matches!(powerless, Err(Refusal::NotAllowed(_))));
    let desk = issued(&world.bench, &["consent"]).await;
    let text = attest(house, platform, &desk, subject, &authorisation, b"I agree".to_vec()).await;
    assert!(matches!(text, Err(Refusal::Wrong(_))));
    let signed = attest(house, platform, &desk, subject, &authorisation, scan.clone()).await.unwrap();
    assert_eq!(paper(house, platform, subject, signed.consent).await.unwrap().bytes, scan);
    world.bring(World::brought("credit-agency", &[PROPERTY])).await.unwrap();
    let general = Authorisation { scope: "inbound.medical".to_owned(), ..authorisation };
    let needless = attest(house, platform, &desk, subject, &general, scan).await;
    assert!(codes(&denied(needless.unwrap_err())).contains(&Code::NotDeclared));
}
