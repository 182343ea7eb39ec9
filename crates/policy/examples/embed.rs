//! A service that embeds this crate: it loads a policy, holds it, and asks before it touches personal information.
//!
//! `cargo run -p shouyue-policy --example embed`. A test runs it, too, and pins what it prints.

use std::io::{self, Write};
use std::sync::{Arc, PoisonError, RwLock};

use shouyue_policy::compile::Tables;
use shouyue_policy::finding::{Language, Source};
use shouyue_policy::jiff::{Timestamp, civil::Date};
use shouyue_policy::model::Slug;
use shouyue_policy::model::act::{Artefact, Born, Consent, GivenBy, SubjectState};
use shouyue_policy::question::{Actor, Answer, DueAsked, Facts, FunctionOpen, Processing, RightAsked, Subject};
use shouyue_policy::report::{self, Style};
use shouyue_policy::syntax::{Action, RightKind};
use shouyue_policy::{Sources, load_proved};

type Failure = Box<dyn std::error::Error>;

/// The revision in force. Whoever asks takes a copy of the `Arc` and keeps to it, so that nobody sees half of a change.
struct Policies {
    current: RwLock<Arc<Tables>>,
}

impl Policies {
    fn new(policy: &str, operation: &str) -> Result<Self, Failure> {
        Ok(Self { current: RwLock::new(compiled(policy, operation)?) })
    }

    fn current(&self) -> Arc<Tables> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes the next revision into force: compiled first, then swapped. A text that does not compile changes nothing.
    fn publish(&self, policy: &str, operation: &str) -> Result<(), Failure> {
        let next = compiled(policy, operation)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(())
    }
}

/// Compiles two texts; where they are not in the language, the error says what to mend, line by line.
fn compiled(policy: &str, operation: &str) -> Result<Arc<Tables>, Failure> {
    let sources = [Source::new("policy.toml", policy), Source::new("operation.toml", operation)];
    let [policy, operation] = &sources;
    let loaded = load_proved(&Sources { policy, operation: Some(operation) });
    loaded.tables.ok_or_else(|| report::human(&loaded.findings, &sources, Style::Plain, Language::English).into())
}

/// What our own database knows of one customer. It is handed in; the crate stores nothing.
struct Customer {
    born: Born,
    state: SubjectState,
}

impl Customer {
    /// The customer clicked "I agree" on a page of their own for this scope.
    fn agrees(&mut self, tables: &Tables, scope: &str, at: Timestamp) {
        self.state.consents.push(Consent {
            id: None,
            scope: scope.to_owned(),
            party: None,
            policy: tables.policy().to_string(),
            text: None,
            by: GivenBy::Oneself,
            artefact: Artefact::Separate,
            at,
            until: None,
            withdrawn: None,
        });
    }
}

/// One question for a whole screen: the page of an application, as a clerk of the service desk may see it.
fn screen(tables: &Tables, platform: &Slug, customer: &Customer, now: Timestamp) -> Answer {
    let items = ["relation-to-insured", "name", "id-number", "diagnosis"].map(str::to_owned).to_vec();
    let question = Processing {
        function: Some("enrol".to_owned()),
        product: Some("care".to_owned()),
        channel: Some("app".to_owned()),
        actor: Actor::Staff { role: "service".to_owned(), approved: false, clear_view: false },
        ..Processing::new(platform.clone(), Action::Show, "holder", items)
    };
    tables.decide(&question, &customer.state, Some(customer.born), now)
}

fn print_screen(out: &mut dyn Write, answer: &Answer) -> io::Result<()> {
    for item in &answer.items {
        let mask = item.mask.map(|mask| format!(" ({mask})")).unwrap_or_default();
        writeln!(out, "  {:20} {}{mask}", item.item, item.outcome)?;
        for reason in &item.reasons {
            writeln!(out, "  {:20}   {reason}", "")?;
        }
    }
    let obligations: Vec<String> = answer.obligations.iter().map(ToString::to_string).collect();
    writeln!(out, "  with it: {}", obligations.join(", "))
}

/// May the elder be assessed who keeps the medication to himself?
fn function(
    out: &mut dyn Write,
    tables: &Tables,
    platform: &Slug,
    customer: &Customer,
    now: Timestamp,
) -> io::Result<()> {
    let question = FunctionOpen {
        platform: platform.clone(),
        at: None,
        function: "assess".to_owned(),
        product: None,
        channel: Some("app".to_owned()),
        person: "elder".to_owned(),
        refused: vec!["medication".to_owned()],
        subject: Subject::default(),
        facts: Facts::default(),
    };
    let answer = tables.function_open(&question, &customer.state, Some(customer.born), now);
    writeln!(out, "assess, without medication: {}", answer.effect)
}

/// A request that came in today, and the day by which it must be answered.
fn right(
    out: &mut dyn Write,
    tables: &Tables,
    platform: &Slug,
    customer: &Customer,
    now: Timestamp,
) -> Result<(), Failure> {
    let since: Date = "2026-06-01".parse()?;
    let question = RightAsked {
        platform: platform.clone(),
        at: None,
        right: RightKind::Copy,
        by: "self".to_owned(),
        since,
        items: Vec::new(),
        refusal: None,
        subject: Subject::default(),
        facts: Facts::default(),
    };
    let answer = tables.right(&question, &customer.state, Some(customer.born), now);
    writeln!(out, "copy: {} (published: {}, law: {})", answer.effect, answer.published.effect, answer.law.effect)?;
    for (side, due) in [("promised", &answer.published.due), ("by law", &answer.law.due)] {
        if let Some(due) = due {
            writeln!(out, "  {side:8} by {}, clock {}", due.day, due.clock)?;
        }
    }
    let clock = tables.due(&DueAsked { platform: platform.clone(), clock: "ten".to_owned(), since }, now);
    if let Some(due) = clock.due {
        writeln!(out, "ten working days from {since} end on {}, counted on calendar {}", due.day, due.calendar)?;
    }
    Ok(())
}

const POLICY: &str = include_str!("../../../examples/policies/songhe/2026-03-01.toml");
const OPERATION: &str = include_str!("../../../examples/policies/songhe/operation.toml");

pub(crate) fn run(out: &mut dyn Write) -> Result<(), Failure> {
    // Time is always handed in: the same question about the same instant has the same answer, today and in ten years.
    let now: Timestamp = "2026-06-01T10:00:00+08:00".parse()?;
    let platform: Slug = "songhe".parse()?;
    let policies = Policies::new(POLICY, OPERATION)?;
    let mut customer = Customer { born: "1978-05-01".parse()?, state: SubjectState::default() };

    writeln!(out, "before any consent")?;
    print_screen(out, &screen(&policies.current(), &platform, &customer, now))?;

    let tables = policies.current();
    customer.agrees(&tables, "collect.enrol", "2026-04-05T09:00:00+08:00".parse()?);
    customer.agrees(&tables, "collect.enrol.identity-document", "2026-04-05T09:01:00+08:00".parse()?);
    writeln!(out, "after two")?;
    print_screen(out, &screen(&tables, &platform, &customer, now))?;

    function(out, &tables, &platform, &customer, now)?;
    right(out, &tables, &platform, &customer, now)?;

    let refused = policies
        .publish(&POLICY.replacen("makes = ", "mkes = ", 1), OPERATION)
        .err()
        .ok_or("a broken text was taken")?;
    writeln!(out, "a broken revision is refused: {}", refused.to_string().lines().next().unwrap_or_default())?;
    let next = POLICY.replace(
        "kind = \"basic\"\npurposes = [\"insure\"]\nbasis = \"contract\"",
        "kind = \"basic\"\npurposes = [\"insure\"]\nbasis = \"consent\"",
    );
    policies.publish(&next, OPERATION)?;
    writeln!(out, "after another revision, whose text the customer has not seen")?;
    print_screen(out, &screen(&policies.current(), &platform, &customer, now))?;
    Ok(())
}

fn main() -> Result<(), Failure> {
    run(&mut io::stdout().lock())
}
