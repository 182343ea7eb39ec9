//! One row of the tables, read the other way round: not what it says of a state, but which states it lets pass.

use serde::Serialize;

use super::called::Called;
use super::literal::{Bits, Circumstance};
use crate::compile::{Check, Formula, Row, Tables};
use crate::question::{Code, Outcome};
use crate::syntax::Basis;
use crate::terms::key::Named;
use crate::terms::literal::Literal;
use crate::terms::word::Word;

/// Whether a side lets something pass at all, and whether anybody is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// Whatever is consented to.
    Never,
    /// Only with every one of [`Side::consents`], or an exception where a consent names some.
    WithConsent,
    /// Nobody is asked, unless the circumstances say so that a consent names.
    InSomeCases,
    /// Nobody is asked.
    WithoutConsent,
}

/// What one side demands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Side {
    /// Never, with or without consent.
    pub way: Way,
    /// Why never.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub never: Vec<Stop>,
    /// Consents; each one is needed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub consents: Vec<Consent>,
    /// The ground of PIPL art. 13 on which it rests when nobody is asked: the law's own finding, or what the text says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// Alternatives of facts, one of which must be known to hold; none: no condition.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub only_when: Vec<Vec<Circumstance>>,
    /// What else withholds it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stops: Vec<Stop>,
    /// How it is masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask: Option<Masking>,
}

/// One consent that is needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Consent {
    /// Scopes, of which any one will do.
    pub any_of: Vec<String>,
    /// Alternatives of facts under which it is not needed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<Vec<Circumstance>>,
    /// Exceptions that free from it when relied on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<Called>,
    /// The reason given when it is missing.
    pub code: Code,
    /// Rule of the law catalogue; absent on the published side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

/// What withholds something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Stop {
    /// The reason that is given.
    pub code: Code,
    /// What it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub named: Option<String>,
    /// Rule of the law catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

/// How something is masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Masking {
    /// Which mask.
    pub mask: model::field::Mask,
    /// Alternatives of facts under which it is shown in the clear; none: always masked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<Vec<Circumstance>>,
    /// Rule of the law catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

/// Reads rows.
pub(super) struct Reader<'t> {
    pub(super) tables: &'t Tables,
    bits: Bits<'t>,
}

/// The parts of a condition, while they are being gathered.
struct Conditions {
    /// Whatever settles every condition.
    known: Formula,
    /// Whatever makes one false.
    refused: Formula,
}

impl<'t> Reader<'t> {
    pub(super) fn of(tables: &'t Tables) -> Self {
        Self { tables, bits: Bits::of(tables) }
    }

    /// What a row demands. `stated` is the ground that the text names, for the side that looks for none of its own.
    pub(super) fn side(&self, row: &Row, stated: Option<Basis>) -> Side {
        let mut side = Side {
            way: Way::WithoutConsent,
            never: Vec::new(),
            consents: Vec::new(),
            basis: row.ground(&Word::default()).or(stated.filter(|basis| *basis != Basis::Consent)),
            only_when: Vec::new(),
            stops: Vec::new(),
            mask: None,
        };
        let mut conditions = Conditions { known: Formula::always(), refused: Formula::never() };
        for check in &row.checks {
            self.take(check, row, &mut side, &mut conditions);
        }
        let only_when = conditions.known.without(&conditions.refused);
        if only_when.terms().is_empty() {
            side.never.push(Stop { code: Code::ConditionFalse, named: None, rule: None });
        } else if !only_when.is_always() {
            side.only_when = only_when.terms().iter().map(|term| self.bits.circumstances(term)).collect();
        }
        side.never.sort();
        side.never.dedup();
        side.stops.sort();
        side.stops.dedup();
        side.settled()
    }

    fn take(&self, check: &Check, row: &Row, side: &mut Side, conditions: &mut Conditions) {
        let cause = &check.cause;
        let never = if check.fails_when { check.gate.is_always() } else { check.gate.terms().is_empty() };
        match (cause.code, cause.named) {
            _ if cause.becomes() == Outcome::Masked => {
                let unless = check.gate.terms().iter().map(|term| self.bits.circumstances(term)).collect();
                let known = side.mask.get_or_insert(Masking { mask: row.mask, unless, rule: rule(check) });
                if never {
                    known.unless.clear();
                }
            }
            _ if never => side.never.push(self.stop(check)),
            // What an exception lacks matters to whoever relies on it; that it frees is said with the consent.
            (_, Some(Named::Exception(_))) => {}
            _ if cause.scope.is_some() && self.is_idle_unless(check, |of| matches!(of, Literal::Claimed(_))) => {}
            // What a given consent must be is no further consent.
            _ if cause.scope.is_some() && self.is_idle_unless(check, |of| matches!(of, Literal::Granted(_))) => {
                side.stops.push(self.stop(check));
            }
            _ if cause.scope.is_some() => side.consents.push(self.consent(check)),
            (Code::FactUnknown, _) if self.is_of_a_claim(check) => {}
            (Code::FactUnknown, _) => conditions.known = std::mem::take(&mut conditions.known).and(&check.gate),
            (Code::ConditionFalse, _) | (Code::NotDeclared, Some(_)) if check.fails_when => {
                conditions.refused = std::mem::take(&mut conditions.refused).or(Formula::clone(&check.gate));
            }
            _ => side.stops.push(self.stop(check)),
        }
    }

    /// Whether the check asks for nothing as long as no such literal is set: as long as nobody relies on an exception that
    /// frees from nothing, or as long as the consent that it looks at is not there.
    fn is_idle_unless(&self, check: &Check, looked_at: impl Fn(Literal) -> bool) -> bool {
        check
            .gate
            .terms()
            .iter()
            .any(|term| matches!(self.bits.literals(term).as_slice(), [(of, false)] if looked_at(*of)))
    }

    /// Whether the check looks at an exception that is relied on.
    fn is_of_a_claim(&self, check: &Check) -> bool {
        let claims = |(literal, _): &(Literal, bool)| matches!(literal, Literal::Claimed(_));
        check.gate.terms().iter().any(|term| self.bits.literals(term).iter().any(claims))
    }

    fn consent(&self, check: &Check) -> Consent {
        let (mut any_of, mut unless, mut exceptions) = (Vec::new(), Vec::new(), Vec::new());
        for term in check.gate.terms() {
            let literals = self.bits.literals(term);
            let claimed = literals.iter().find_map(|(literal, _)| match literal {
                Literal::Claimed(i) => Some(*i),
                _ => None,
            });
            let granted = literals.iter().find_map(|(literal, set)| match literal {
                Literal::Granted(i) if *set => Some(*i),
                _ => None,
            });
            match (claimed, granted.and_then(|i| self.tables.scopes().get(usize::from(i)))) {
                (Some(i), _) => exceptions.extend(self.bits.exception(i)),
                (None, Some(scope)) => any_of.push(scope.id.clone()),
                (None, None) => unless.push(self.bits.circumstances(term)),
            }
        }
        exceptions.sort();
        exceptions.dedup();
        Consent { any_of, unless, exceptions, code: check.cause.code, rule: rule(check) }
    }

    fn stop(&self, check: &Check) -> Stop {
        let named = check.cause.named.and_then(|named| match named {
            Named::Permission(i) => self.bits.permission(i).map(|permission| permission.name),
            Named::Channel => Some("channel".to_owned()),
            Named::Product => Some("product".to_owned()),
            Named::Age => Some("age".to_owned()),
            Named::Source => Some("source".to_owned()),
            Named::Fact(_) | Named::Same(_) | Named::Exception(_) => None,
        });
        Stop { code: check.cause.code, named, rule: rule(check) }
    }
}

fn rule(check: &Check) -> Option<String> {
    check.cause.rule.map(|number| format!("R{number}"))
}

impl Side {
    /// Says in one word what the demands come to; what never happens has no further conditions.
    fn settled(self) -> Self {
        let way = if !self.never.is_empty() {
            return Self {
                way: Way::Never,
                consents: Vec::new(),
                basis: None,
                only_when: Vec::new(),
                stops: Vec::new(),
                mask: None,
                ..self
            };
        } else if self.consents.iter().any(|consent| consent.unless.is_empty()) {
            Way::WithConsent
        } else if self.consents.is_empty() {
            Way::WithoutConsent
        } else {
            Way::InSomeCases
        };
        let basis = self.basis.filter(|_| way != Way::WithConsent);
        Self { way, basis, ..self }
    }

    /// Whether a consent for this scope is among the demands, and whether nothing else can stand in for it.
    pub(super) fn hangs_on(&self, scope: &str) -> Option<bool> {
        let mut on = self.consents.iter().filter(|consent| consent.any_of.iter().any(|id| id == scope)).peekable();
        on.peek()?;
        Some(on.any(|consent| consent.any_of.len() == 1 && consent.unless.is_empty()))
    }

    /// Whether it never happens, because nothing of the kind is declared on this channel.
    pub(super) fn is_not_offered(&self) -> bool {
        self.way == Way::Never && self.never.iter().all(|stop| stop.code == Code::NotDeclared)
    }
}
