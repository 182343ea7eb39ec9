//! Two later versions of each of two platforms, invented by us, the whole way: announced, in force, archived; what each lets
//! consents carry over and what it asks again; what is decided before its instant and after it.

use jiff::Timestamp;
use model::act::{Artefact, Consent, GivenBy, SubjectState};
use policy::diff::{Diff, Fate, diff};
use policy::finding::Source;
use policy::question::{Code, Outcome, Processing};
use policy::syntax::Action;
use shouyue_desk::publish::{Stage, published};
use shouyue_desk::{House, Platform};

use crate::house::{Bench, slug};

/// A platform's texts in the order of their publication, each with its operation file.
struct Story {
    id: &'static str,
    texts: [(Source, Source); 3],
    /// An item that the third version takes and the ones before do not, of whom, and in the course of which function.
    newcomer: (&'static str, &'static str, &'static str),
}

macro_rules! story {
    ($id:literal, $first:literal, $newcomer:expr) => {{
        let texts = [
            ($first, include_str!(concat!("../../../../../platforms/", $id, "/", $first))),
            ("2026-09-01.toml", include_str!(concat!("../../../../../platforms/", $id, "/later/2026-09-01.toml"))),
            ("2027-03-01.toml", include_str!(concat!("../../../../../platforms/", $id, "/later/2027-03-01.toml"))),
        ];
        let published = include_str!(concat!("../../../../../platforms/", $id, "/operation.toml"));
        let later = include_str!(concat!("../../../../../platforms/", $id, "/later/operation.toml"));
        let of = |(name, text): (&str, &str)| {
            let operation = if name == $first { published } else { later };
            (Source::new(name, text), Source::new("operation.toml", operation))
        };
        Story { id: $id, texts: texts.map(of), newcomer: $newcomer }
    }};
}

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A consent to a scope in the form that suits every need, given to a version.
fn consent(scope: &str, to: &Platform) -> Consent {
    Consent {
        id: None,
        scope: scope.to_owned(),
        party: None,
        policy: to.tables.policy().to_string(),
        text: Some(to.text),
        by: GivenBy::Oneself,
        artefact: Artefact::Written,
        at: instant("2026-06-02T00:00:00Z"),
        until: None,
        withdrawn: None,
    }
}

/// Whoever consented to a scope is asked again exactly where the comparison says so.
fn asks_whom_it_says(told: &Diff, old: &Platform, new: &Platform) {
    for scope in old.tables.scopes() {
        let fate = told.consents.iter().find(|one| one.scope == scope.id).unwrap().fate;
        assert_eq!(new.tables.counts(&consent(&scope.id, old)), fate == Fate::Carried, "{} {fate:?}", scope.id);
    }
    assert!(told.again().count() > 0 && told.consents.iter().any(|one| one.fate == Fate::Carried));
}

/// Whether the version in force knows the newcomer at all: nobody consented, so taking it is never permitted.
fn knows(house: &House, story: &Story) -> bool {
    let platform = house.platform(story.id).unwrap();
    let (item, person, function) = story.newcomer;
    let asked = Processing {
        function: Some(function.to_owned()),
        ..Processing::new(slug(story.id), Action::Collect, person, vec![item.to_owned()])
    };
    let answer = platform.tables.decide(&asked, &SubjectState::default(), None, house.now());
    assert_eq!(answer.items[0].outcome, Outcome::Withheld);
    !answer.items[0].reasons.iter().any(|reason| reason.code == Code::NotDeclared)
}

async fn goes_the_whole_way(story: &Story) {
    let bench = Bench::empty().await;
    let [first, second, third] = &story.texts;
    let first = bench.publish(first.clone()).await.unwrap();
    bench.clock.set("2026-08-01T02:00:00Z");
    let second = bench.publish(second.clone()).await.unwrap();
    assert_eq!(second.since, instant("2026-08-31T16:00:00Z"), "on the day of its text");
    bench.clock.set("2027-01-31T02:00:00Z");
    let served = bench.house.platform(story.id).unwrap();
    assert_eq!(served.tables.fingerprint(), second.tables.fingerprint(), "it took effect by itself");
    let third = bench.publish(third.clone()).await.unwrap();
    for (old, new) in [(&first, &second), (&second, &third)] {
        let told = diff(&old.tables, &new.tables, new.since).unwrap();
        assert_eq!(told.telling.as_ref().unwrap().by, model::calendar::day_in_shanghai(new.since).yesterday().ok());
        asks_whom_it_says(&told, old, new);
        assert!(!told.decisions.groups.is_empty());
    }
    bench.clock.set("2027-02-28T15:59:59Z");
    assert!(!knows(&bench.house, story));
    bench.clock.set("2027-02-28T16:00:00Z");
    assert!(knows(&bench.house, story));
    let versions = published(&bench.house, &slug(story.id)).await.unwrap();
    let stages: Vec<Stage> = versions.iter().map(|version| version.stage).collect();
    assert_eq!(stages, [Stage::Archived, Stage::Archived, Stage::InForce]);
    for ((policy, _), version) in story.texts.iter().zip(&versions) {
        let texts = shouyue_desk::publish::texts(&bench.house, &slug(story.id), version).await.unwrap();
        assert_eq!(texts.source, *policy.text, "the archive holds what was published, to the letter");
    }
}

#[tokio::test]
async fn r09_haigang_goes_on_to_two_later_versions() {
    goes_the_whole_way(&story!("haigang", "undated.toml", ("health-status", "applicant", "policy-service"))).await;
}

#[tokio::test]
async fn r09_anrun_goes_on_to_two_later_versions() {
    goes_the_whole_way(&story!("anrun", "2020-10-26.toml", ("bank-card", "reporter", "claim"))).await;
}
