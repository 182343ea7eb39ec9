//! A sale shown again: as it was, whatever was published since; and what was tampered with is told.

use model::RecordId;
use policy::finding::Source;
use policy::question::Facts;
use policy::syntax::Trigger;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use shouyue_desk::collect::{Application, Participant, PersonFields, Registration, Whom, apply, register};
use shouyue_desk::leaf::{Act, Who};

use shouyue_desk::Platform;
use shouyue_desk::track::{Closing, Fault, Replayed, SalePage, Step, Viewer, replay, sales, sells, shown};

use super::*;
use crate::house::{LI, field, slug, yes};

const SESSION: &str = "what the browser holds";
const PAGE: &str = "<h1>The form</h1><p>of the first version</p>";
const ROLES: &str = r#"
[[role]]
id = "sales"
name = "承保"
functions = ["insure"]
clear-view = false
minors = true
answers = "nothing says who sees what"

[[role]]
id = "desk"
name = "前台"
functions = ["register"]
clear-view = false
minors = true
answers = "nothing says who sees what"
"#;

/// A house that sells, and a customer of it.
struct Sold {
    bench: Bench,
    subject: SubjectId,
    record: RecordId,
    leaf: u64,
}

fn texts(policy: &str) -> (Source, Source) {
    let operation = format!("{}{ROLES}", include_str!("../../fixtures/family/operation.toml"));
    (Source::new("2026-01-01.toml", policy), Source::new("operation.toml", operation))
}

fn policy() -> &'static str {
    include_str!("../../fixtures/family/2026-01-01.toml")
}

fn page(platform: &Platform, markup: &str) -> SalePage {
    let functions = &platform.tables.program().policy.functions;
    let insure = functions.iter().find(|one| one.id.as_str() == "insure").unwrap();
    assert!(sells(platform, insure));
    SalePage::new(platform, (SESSION, None), insure, markup.to_owned())
}

fn platform(house: &House) -> std::sync::Arc<Platform> {
    house.platform("family").unwrap()
}

/// Applies for a product, on the page given, with one consent refused.
fn application(platform: &Platform, markup: &str, name: &str, number: &str) -> Application {
    let consents = ["collect.insure", "collect.insure.identity-document"];
    let own = Participant {
        roles: vec![slug("applicant"), slug("insured")],
        whom: Whom::Typed,
        fields: vec![field("name", name), field("id-number", number)],
        consents: consents.iter().map(|scope| yes(platform, scope)).collect(),
    };
    let mut answers: Vec<(String, bool)> = consents.iter().map(|scope| ((*scope).to_owned(), true)).collect();
    answers.push(("market.letters".to_owned(), false));
    Application {
        function: slug("insure"),
        channel: None,
        product: Some(slug("travel")),
        people: vec![own],
        open: Vec::new(),
        about: None,
        facts: Facts::default(),
        trigger: Trigger::Given,
        track: Some(Closing { page: page(platform, markup), filled: true, answers, end: Step::Submitted }),
    }
}

async fn registered(bench: &Bench) -> SubjectId {
    let platform = platform(&bench.house);
    let form = Registration {
        function: slug("register"),
        channel: None,
        product: None,
        persons: vec![PersonFields {
            person: slug("user"),
            fields: vec![field("name", LI.name), field("phone", LI.phone)],
        }],
        consents: vec![yes(&platform, "collect.register")],
        facts: Facts::default(),
    };
    register(&bench.house, &platform, form, Who::Subject, None).await.unwrap().subject
}

impl Sold {
    async fn new() -> Self {
        let bench = Bench::empty().await;
        let platform = bench.publish(texts(policy())).await.unwrap();
        let subject = registered(&bench).await;
        shown(&bench.house, &platform, page(&platform, "<p>Who stands in it</p>"), Step::Shown).await.unwrap();
        shown(&bench.house, &platform, page(&platform, PAGE), Step::Shown).await.unwrap();
        shown(&bench.house, &platform, page(&platform, PAGE), Step::Returned).await.unwrap();
        let form = application(&platform, PAGE, LI.name, LI.number);
        let done = apply(&bench.house, &platform, subject, form, Who::Subject, None).await.unwrap();
        Self { bench, subject, record: done.record, leaf: done.leaf }
    }

    async fn seen(&self, viewer: Viewer<'_>) -> Result<Replayed, Refusal> {
        replay(&self.bench.house, &platform(&self.bench.house), viewer, self.record).await
    }

    async fn own(&self) -> Replayed {
        self.seen(Viewer::Subject(self.subject)).await.unwrap()
    }

    async fn duty(&self, by: &Seat, role: &str) -> Duty {
        let roles = vec![(slug("family"), slug(role))];
        let seat = NewSeat { name: role.to_owned(), passphrase: PASSPHRASE.to_owned(), roles, operator: false };
        seat_new(&self.bench.house, QUICK, by, seat).await.unwrap();
        let seat = staff_login(&self.bench.house, QUICK, role, PASSPHRASE).await.unwrap();
        duty(&platform(&self.bench.house), &seat).unwrap()
    }
}

fn words(replayed: &Replayed) -> Vec<&'static str> {
    replayed.replay.tracks.iter().flat_map(|track| &track.steps).map(|step| step.step.word()).collect()
}

fn faults(replayed: &Replayed) -> Vec<Fault> {
    let tracks = replayed.replay.tracks.iter();
    tracks.flat_map(|track| track.steps.iter().flat_map(|step| &step.faults).chain(&track.faults)).copied().collect()
}

#[tokio::test]
async fn r61_a_sale_is_shown_again_as_it_was() {
    let sold = Sold::new().await;
    let replayed = sold.own().await;
    let all = ["shown", "shown", "returned", "filled-in", "agreed", "agreed", "refused", "submitted"];
    assert_eq!((words(&replayed).as_slice(), faults(&replayed)), (all.as_slice(), Vec::new()));
    let entries = sold.bench.entries_of("family").await;
    let leaf = &entries[usize::try_from(sold.leaf).unwrap()];
    let last = replayed.replay.tracks[0].steps.last().unwrap();
    assert_eq!((leaf.act, leaf.track), (Act::Collect, Some(last.chain)), "the act says what led to it");
    assert!(entries.iter().filter(|entry| entry.track.is_some()).count() == 1);
    // The text moves on; what was shown does not.
    let newer = policy().replace("核保并订立保险合同。", "核保并订立保险合同，以及别的。");
    sold.bench.publish(texts(&newer)).await.unwrap();
    let replayed = sold.own().await;
    assert_eq!(faults(&replayed), []);
    assert_eq!(replayed.replay.pages.values().filter(|markup| *markup == PAGE).count(), 1);
    // What was typed is told from the record, under masks, by an act with a leaf.
    let items = replayed.record.parts.iter().flat_map(|part| &part.items);
    let values: Vec<&str> = items.filter_map(|item| item.value.as_deref()).collect();
    assert!(!values.is_empty() && values.iter().all(|value| ![LI.name, LI.number].contains(value)), "{values:?}");
    let look = sold.bench.entries_of("family").await.pop().unwrap();
    assert_eq!((look.act, look.because.as_deref()), (Act::Read, Some("replay")));
}

#[tokio::test]
async fn r61_only_who_may_is_shown_a_sale() {
    let sold = Sold::new().await;
    let known = sales(&sold.bench.house, &platform(&sold.bench.house), sold.subject).await.unwrap();
    assert_eq!(known.iter().map(|sale| sale.record).collect::<Vec<_>>(), [sold.record]);
    let other = SubjectId::from_random([9; 16]);
    assert!(matches!(sold.seen(Viewer::Subject(other)).await, Err(Refusal::NotFound(_))));
    let root = sold.bench.operator().await;
    let (sales, desk) = (sold.duty(&root, "sales").await, sold.duty(&root, "desk").await);
    assert_eq!(faults(&sold.seen(Viewer::Staff(&sales)).await.unwrap()), []);
    assert!(matches!(sold.seen(Viewer::Staff(&desk)).await, Err(Refusal::Denied(_))));
    assert_eq!(sold.bench.entries_of("family").await.pop().unwrap().act, Act::Refused);
}

/// The same house after bytes of its file were replaced by others of the same length.
async fn after(sold: Sold, from: &'static str, to: &'static str) -> Sold {
    let Sold { bench, subject, record, leaf } = sold;
    let bench = bench
        .reopened_after("family", |bytes| {
            let mut found = 0;
            for at in 0..bytes.len().saturating_sub(from.len()) {
                if bytes[at..].starts_with(from.as_bytes()) {
                    bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
                    found += 1;
                }
            }
            assert!(found > 0, "{from}");
        })
        .await;
    Sold { bench, subject, record, leaf }
}

#[tokio::test]
async fn r61_a_tampered_page_or_step_is_told_and_not_shown() {
    let sold = after(Sold::new().await, "of the first version", "of another version!!").await;
    let replayed = sold.own().await;
    assert!(faults(&replayed).contains(&Fault::Page));
    assert!(replayed.replay.pages.values().all(|markup| !markup.contains("another version")), "not shown");
    let sold = after(Sold::new().await, "refusedmarket.letters", "agreed market.letters").await;
    let found = faults(&sold.own().await);
    assert!(found.contains(&Fault::Step) && found.contains(&Fault::Leaf), "{found:?}");
}

#[tokio::test]
async fn what_came_to_nothing_is_dropped_and_a_refused_sale_is_no_record() {
    let bench = Bench::empty().await;
    let platform = bench.publish(texts(policy())).await.unwrap();
    let subject = registered(&bench).await;
    shown(&bench.house, &platform, page(&platform, PAGE), Step::Shown).await.unwrap();
    let mut form = application(&platform, PAGE, LI.name, LI.number);
    form.people[0].consents.clear();
    apply(&bench.house, &platform, subject, form, Who::Subject, None).await.unwrap_err();
    assert_eq!(sales(&bench.house, &platform, subject).await.unwrap(), []);
    assert!(!bench.files_with("of the first version").is_empty());
    bench.clock.advance(jiff::SignedDuration::from_hours(25));
    assert!(shouyue_desk::seat::forget_expired(&bench.house).await.unwrap() > 0);
    // The page was the sale's own and goes with it; the track of the next sale begins anew.
    let form = application(&platform, "<p>Later</p>", LI.name, LI.number);
    let done = apply(&bench.house, &platform, subject, form, Who::Subject, None).await.unwrap();
    let replayed = replay(&bench.house, &platform, Viewer::Subject(subject), done.record).await.unwrap();
    assert_eq!(words(&replayed)[0], "filled-in");
    assert!(replayed.replay.pages.values().all(|markup| markup == "<p>Later</p>"));
}

#[test]
fn r61_no_value_is_in_a_page_or_a_step() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() });
    let names = "[\u{4e00}-\u{9fa5}]{2,4}";
    runner
        .run(&names, |name| {
            runtime.block_on(async {
                let bench = Bench::empty().await;
                let platform = bench.publish(texts(policy())).await.unwrap();
                let subject = registered(&bench).await;
                let form = application(&platform, PAGE, &name, LI.number);
                let done = apply(&bench.house, &platform, subject, form, Who::Subject, None).await.unwrap();
                let replayed = replay(&bench.house, &platform, Viewer::Subject(subject), done.record).await.unwrap();
                let all = format!("{:?}", replayed.replay);
                assert!(!all.contains(&name) && !all.contains(LI.number), "{all}");
                assert_eq!(bench.files_with(&name), Vec::<std::path::PathBuf>::new());
            });
            Ok(())
        })
        .unwrap();
}
