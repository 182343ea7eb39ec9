//! Everything that a consent controls.

use jiff::Timestamp;
use jiff::civil::Date;
use model::calendar::day_in_shanghai;
use serde::Serialize;

use super::called::{AskError, Called, find_scope};
use super::flows::{Cell, Flow, Which, list};
use super::function::{named, refuse};
use super::side::{Side, Way};
use crate::compile::{self, Tables};
use crate::question::Openness;
use crate::syntax::{Action, Form, Kind};
use crate::terms::Scope;
use crate::terms::literal::Literal;

/// What a consent controls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScopeFlows {
    /// Id of the scope.
    pub scope: String,
    /// The act consented to.
    pub act: Action,
    /// The element.
    pub element: Called,
    /// Who receives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Called>,
    /// The form that the stricter of text and law asks for.
    pub form: Form,
    /// Whether each party that the customer chooses is a grant of its own.
    pub per_party: bool,
    /// Clauses of the published text.
    pub clause: Vec<String>,
    /// Under this age a guardian gives it.
    pub guardian_under: u16,
    /// The day whose law was asked.
    pub day: Date,
    /// What stops when the consent is withdrawn, unless an exception is relied on.
    pub stops: Vec<Flow>,
    /// What hangs on it only under circumstances, or also stands on another consent.
    pub touched: Vec<Flow>,
    /// The functions that no longer get what they collect, and what becomes of them.
    pub functions: Vec<Closing>,
}

/// What becomes of a function without the items that a consent covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Closing {
    /// The function.
    pub function: Called,
    /// Whose items.
    pub person: Called,
    /// Which items are no longer collected.
    pub items: Vec<Called>,
    /// What takes effect: the verdict that demands less.
    pub effect: Openness,
    /// By the published policy.
    pub published: Openness,
    /// By law.
    pub law: Openness,
    /// Other functions that the text closes with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub closes: Vec<Called>,
}

/// Flows with a row that reads the bit of a consent.
struct Reads(u16);

impl<'t> Which<'t> for Reads {
    fn flow(&self, _: &compile::Flow) -> bool {
        true
    }

    fn cell(&self, cell: &Cell<'t>) -> bool {
        [cell.published, cell.law].iter().any(|row| row.checks.iter().any(|check| check.gate.reads().has(self.0)))
    }
}

/// Everything that a consent controls; scopes are named by id.
///
/// # Errors
/// [`AskError`] when no scope has that id.
pub fn scope(tables: &Tables, text: &str, now: Timestamp) -> Result<ScopeFlows, AskError> {
    let program = tables.program();
    let day = day_in_shanghai(now);
    let (place, scope) = find_scope(tables, text)?;
    let flows = list(tables, &Reads(tables.alphabet().bit(Literal::Granted(place))), day);
    let open = flows.into_iter().filter(|flow| !flow.is_closed());
    let (stops, touched): (Vec<Flow>, Vec<Flow>) = open.partition(|flow| flow.stops_without(&scope.id));
    let recipient = scope.recipient.as_ref();
    Ok(ScopeFlows {
        scope: scope.id.clone(),
        act: scope.act,
        element: Called::of(program, scope.kind, scope.element.as_str()),
        recipient: recipient.map(|recipient| Called::of(program, Kind::Recipient, recipient.as_str())),
        form: scope.form,
        per_party: scope.per_party,
        clause: scope.clause.clone(),
        guardian_under: scope.guardian_under,
        day,
        functions: closing(tables, scope, &stops, now),
        stops,
        touched,
    })
}

/// Asks the engine what becomes of the function whose collecting stops.
fn closing(tables: &Tables, scope: &Scope, stops: &[Flow], now: Timestamp) -> Vec<Closing> {
    if scope.kind != Kind::Function {
        return Vec::new();
    }
    let function = Called::of(tables.program(), scope.kind, scope.element.as_str());
    let mut lost: Vec<(&Called, Vec<Called>)> = Vec::new();
    for flow in stops.iter().filter(|flow| flow.action == Action::Collect && flow.recipient.is_none()) {
        for person in &flow.persons {
            match lost.iter_mut().find(|(known, _)| *known == person) {
                Some((_, items)) => items.extend(flow.items.iter().cloned()),
                None => lost.push((person, flow.items.clone())),
            }
        }
    }
    let become_of = |(person, mut items): (&Called, Vec<Called>)| {
        items.sort();
        items.dedup();
        let answer = refuse(tables, &function, person, &items, now);
        Closing {
            function: function.clone(),
            person: person.clone(),
            items,
            effect: answer.effect,
            published: answer.published.effect,
            law: answer.law.effect,
            closes: named(tables, Kind::Function, &answer.published.closes),
        }
    };
    lost.into_iter().map(become_of).collect()
}

impl Flow {
    /// The sides that count: where the published policy is enforced alone, the law's does not.
    pub(super) fn sides(&self) -> impl Iterator<Item = &Side> {
        std::iter::once(&self.published).chain(Some(&self.law).filter(|_| !self.published_alone))
    }

    /// Whether it never takes place, whatever is consented to. Of the two sides of a right, the one that grants counts.
    pub fn is_closed(&self) -> bool {
        let granted_by_either = self.origin.kind == Kind::Right.word();
        let closed = |side: &Side| side.way == Way::Never;
        if granted_by_either { self.sides().all(closed) } else { self.sides().any(closed) }
    }

    /// Whether it takes place without anybody's consent, on both sides that count.
    pub fn asks_nobody(&self) -> bool {
        !self.is_closed() && self.sides().all(|side| side.way == Way::WithoutConsent)
    }

    /// Whether nothing but this consent, or an exception, carries it.
    pub(super) fn stops_without(&self, scope: &str) -> bool {
        self.sides().any(|side| side.hangs_on(scope) == Some(true))
    }
}
