//! From names and from JSON: what the public interface takes for a question as it comes over the wire.

use std::hint::black_box;

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use model::act::{Artefact, Consent, GivenBy, SubjectState};
use policy::compile::Tables;
use policy::question::{Actor, Facts, InlineSubject, Processing, Question, Reply, Subject};
use policy::terms::asked::Asked;
use policy::terms::literal::Who;

use crate::platform::Platform;
use crate::say;
use crate::workload::{DAY, Dice, Workload};
use race::{Lane, nanos, race, some};

const ROUNDS: usize = 101;
const QUESTIONS: usize = 512;
/// Questions of one turn.
const TIMED: usize = 32;
/// Consents of one subject.
const CONSENTS: usize = 4;

pub(crate) fn run(platforms: &[Platform]) -> Result<()> {
    say(
        "| platform | names → places | names → answer in words | JSON → JSON | of it reading | writing |\n|---|---|---|---|---|---|",
    )?;
    for platform in platforms {
        let questions = questions(&platform.tables)?;
        let wire = Wire::of(&platform.tables, &questions)?;
        let [places, answer, whole, read, write] =
            race(ROUNDS, [wire.places(), wire.answers(), wire.json(), wire.read(), wire.write()]);
        let (places, answer, whole) = (nanos(places), nanos(answer), nanos(whole));
        say(&format!("| {} | {places} | {answer} | {whole} | {} | {} |", platform.name, nanos(read), nanos(write)))?;
    }
    Ok(())
}

fn questions(tables: &Tables) -> Result<Vec<Question>> {
    let now = model::calendar::midnight_in_shanghai(DAY)?;
    let mut dice = Dice(3);
    let workload = Workload::of(tables, 3);
    let mut questions = Vec::new();
    for question in workload.questions.iter().take(QUESTIONS) {
        let subject = subject(tables, now, &mut dice);
        let asked = named(tables, &question.asked, subject, &mut dice).context("a place without a name")?;
        ensure!(Asked::read(tables.program(), tables.alphabet(), &asked).is_ok(), "a name that leads nowhere");
        questions.push(Question::Processing(Box::new(asked)));
    }
    Ok(questions)
}

/// Questions as they come, and their answers as they go.
struct Wire<'t> {
    tables: &'t Tables,
    now: Timestamp,
    asked: Vec<(&'t Processing, &'t InlineSubject)>,
    texts: Vec<String>,
    answers: Vec<Reply<'t>>,
}

impl<'t> Wire<'t> {
    fn of(tables: &'t Tables, questions: &'t [Question]) -> Result<Self> {
        let now = model::calendar::midnight_in_shanghai(DAY)?;
        let mut wire = Self { tables, now, asked: vec![], texts: vec![], answers: vec![] };
        for question in questions {
            let Question::Processing(asked) = question else { continue };
            let Subject::Inline(subject) = &asked.subject else { continue };
            wire.asked.push((asked, subject));
            wire.texts.push(serde_json::to_string(question)?);
            wire.answers.push(tables.answer(question, now)?);
        }
        Ok(wire)
    }

    fn places(&self) -> Lane<'_> {
        let (program, alphabet) = (self.tables.program(), self.tables.alphabet());
        Lane::new(TIMED, move |round| {
            for (asked, _) in some(&self.asked, TIMED, round) {
                let _ = black_box(Asked::read(program, alphabet, asked));
            }
        })
    }

    fn answers(&self) -> Lane<'_> {
        Lane::new(TIMED, move |round| {
            for (asked, subject) in some(&self.asked, TIMED, round) {
                let born = subject.born.as_deref().and_then(|born| born.parse().ok());
                black_box(self.tables.decide(asked, &subject.state, born, self.now));
            }
        })
    }

    fn json(&self) -> Lane<'_> {
        Lane::new(TIMED, move |round| {
            for text in some(&self.texts, TIMED, round) {
                let Ok(question) = serde_json::from_str::<Question>(text) else { continue };
                let Ok(answer) = self.tables.answer(&question, self.now) else { continue };
                black_box(answer.json()).ok();
            }
        })
    }

    fn read(&self) -> Lane<'_> {
        Lane::new(TIMED, move |round| {
            for text in some(&self.texts, TIMED, round) {
                black_box(serde_json::from_str::<Question>(text)).ok();
            }
        })
    }

    fn write(&self) -> Lane<'_> {
        Lane::new(TIMED, move |round| {
            for answer in some(&self.answers, TIMED, round) {
                black_box(answer.json()).ok();
            }
        })
    }
}

/// A grown person with some consents.
fn subject(tables: &Tables, now: Timestamp, dice: &mut Dice) -> InlineSubject {
    let scopes = tables.scopes();
    let consent = |_| Consent {
        id: None,
        scope: scopes[dice.roll(scopes.len())].id.clone(),
        party: None,
        policy: tables.policy().to_string(),
        text: None,
        by: GivenBy::Oneself,
        artefact: Artefact::Separate,
        at: now,
        until: None,
        withdrawn: None,
    };
    let consents = (0..CONSENTS.min(scopes.len())).map(consent).collect();
    InlineSubject { born: Some("1990-05-01".to_owned()), state: SubjectState { consents, ..SubjectState::default() } }
}

/// The question with names instead of places.
fn named(tables: &Tables, asked: &Asked, subject: InlineSubject, dice: &mut Dice) -> Option<Processing> {
    let policy = &tables.program().policy;
    let operation = &tables.program().operation;
    macro_rules! name {
        ($list:expr, $place:expr) => {
            $place.and_then(|place| $list.get(usize::from(place))).map(|one| one.id.to_string())
        };
    }
    let actor = match asked.who {
        Who::Subject => Actor::Subject,
        Who::Staff => {
            let role = operation.roles.first().map_or_else(|| "clerk".to_owned(), |role| role.id.to_string());
            Actor::Staff { role, approved: false, clear_view: false }
        }
        Who::System => Actor::System,
        Who::Party => Actor::Party { party: operation.parties.first()?.id.to_string() },
    };
    let items = asked.items.iter().flatten().filter_map(|item| tables.alphabet().items.get(usize::from(*item)));
    let known = policy.facts.iter().filter(|_| dice.roll(2) == 0).map(|fact| (fact.id.to_string(), true));
    let declared = known.collect();
    Some(Processing {
        platform: policy.policy.platform.value.clone(),
        at: None,
        action: asked.action,
        function: name!(policy.functions, asked.function),
        purpose: name!(policy.purposes, asked.purpose),
        product: None,
        channel: name!(policy.channels, asked.channel),
        recipient: name!(policy.recipients, asked.recipient),
        party: None,
        endpoint: None,
        actor,
        person: name!(policy.persons, Some(asked.person))?,
        items: items.map(ToString::to_string).collect(),
        source: None,
        exception: None,
        subject: Subject::Inline(Box::new(subject)),
        facts: Facts { same_person: None, declared },
        document: None,
    })
}
