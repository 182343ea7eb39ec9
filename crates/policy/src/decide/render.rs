//! From rulings to the wire form: codes get their scope, fact, clause and article only here.

use jiff::civil::Date;

use super::Judged;
use super::project::Seen;
use crate::compile::{Meaning, Row, Tables};
use crate::question::{Answer, Code, Effect, ItemAnswer, Obligation, Outcome, Processing, Reason, Side, Verdict};
use crate::resolve::Program;
use crate::syntax::At;
use crate::terms::key::{Cause, Element, Named, Part, Ruling, Settling};

/// A reason that names nothing but itself and its rule.
pub(super) fn plain(program: &Program, code: Code, side: Side, rule: Option<u8>, day: Date) -> Reason {
    let article = rule.filter(|_| side == Side::Law).and_then(|rule| cite(program, rule, day));
    Reason { code, side, scope: None, fact: None, clause: None, article }
}

/// The article that carries a rule on a day, with the number of the rule.
pub(super) fn cite(program: &Program, rule: u8, day: Date) -> Option<String> {
    let id = format!("R{rule}");
    program.law.citation(&id, day).map(|citation| format!("{} ({id})", citation.cite))
}

/// The rule that closes the world on the law side.
const fn closing_rule(code: Code) -> Option<u8> {
    match code {
        Code::UnknownPurpose | Code::NotDeclared => Some(2),
        Code::UnknownRecipient | Code::UnknownParty => Some(23),
        Code::UnknownEndpoint => Some(24),
        Code::UnknownException => Some(5),
        _ => None,
    }
}

/// The same code on both sides: nobody declared any such thing.
pub(super) fn closed(program: &Program, code: Code, day: Date) -> [Reason; 2] {
    [plain(program, code, Side::Published, None, day), plain(program, code, Side::Law, closing_rule(code), day)]
}

/// Everything that a cause needs to be put into words.
pub(super) struct Words<'a> {
    pub(super) tables: &'a Tables,
    pub(super) seen: Seen<'a>,
    pub(super) day: Date,
}

impl Words<'_> {
    fn reason(&self, cause: Cause, side: Side, clause: Option<&String>) -> Reason {
        let program = self.tables.program();
        let scope = cause.scope.and_then(|place| self.tables.scopes().get(usize::from(place)));
        Reason {
            code: scope.and_then(|scope| self.better(cause.code, scope, side)).unwrap_or(cause.code),
            side,
            scope: scope.map(|scope| scope.id.clone()),
            fact: cause.named.and_then(|named| self.name(named)),
            clause: scope.and_then(|scope| scope.clause.first()).or(clause).cloned(),
            article: cause.rule.and_then(|rule| cite(program, rule, self.day)),
        }
    }

    /// What is wrong with the consent that was given, where one was.
    fn better(&self, code: Code, scope: &crate::terms::Scope, side: Side) -> Option<Code> {
        let missing = matches!(
            code,
            Code::ConsentMissing
                | Code::SeparateConsentMissing
                | Code::WrittenConsentMissing
                | Code::NoBasis
                | Code::NotParty
                | Code::GuardianConsentMissing
        );
        missing.then(|| self.seen.why_not(scope, side)).flatten()
    }

    fn name(&self, named: Named) -> Option<String> {
        let policy = &self.tables.program().policy;
        let at = usize::from;
        match named {
            Named::Fact(place) => policy.facts.get(at(place)).map(|one| one.id.to_string()),
            Named::Exception(place) => policy.exceptions.get(at(place)).map(|one| one.id.to_string()),
            Named::Permission(place) => {
                policy.permissions.get(at(place)).map(|one| format!("permission.{}", one.id.value))
            }
            Named::Same(place) => {
                let (a, b) = self.tables.alphabet().pairs.get(at(place))?;
                let id = |place: &u16| policy.persons.get(at(*place)).map(|one| one.id.to_string());
                Some(format!("same-person {} {}", id(a)?, id(b)?))
            }
            Named::Age => Some("age".to_owned()),
            Named::Product => Some("product".to_owned()),
            Named::Channel => Some("channel".to_owned()),
            Named::Source => Some("source".to_owned()),
        }
    }

    /// The answer for one item.
    pub(super) fn item(&self, id: &str, judged: &Judged) -> ItemAnswer {
        let (tables, program) = (self.tables, self.tables.program());
        let flow = judged.flow.and_then(|flow| tables.flow(flow));
        let Some((flow, [published, law])) = flow.zip(tables.rulings(judged)) else {
            return withheld(id, closed(program, Code::NotDeclared, self.day).to_vec());
        };
        let clause = clause(program, flow.element, flow.part);
        let mut reasons = self.reasons(&published, Side::Published, clause);
        reasons.extend(self.reasons(&law, Side::Law, clause));
        let outcome = judged.outcome;
        let mask = flow.settling.mask(&published, &law).filter(|_| outcome == Outcome::Masked);
        if flow.settling == Settling::Published && outcome != law.outcome {
            reasons.push(plain(program, Code::EnforcedAsPublished, Side::Law, None, self.day));
        }
        ItemAnswer { item: id.to_owned(), outcome, published: published.outcome, law: law.outcome, mask, reasons }
    }

    fn reasons(&self, ruling: &Ruling, side: Side, clause: Option<&String>) -> Vec<Reason> {
        let mut reasons: Vec<Reason> = ruling.causes.iter().map(|cause| self.reason(*cause, side, clause)).collect();
        reasons.sort();
        reasons.dedup();
        reasons
    }
}

impl Tables {
    /// What was judged, in full: the rulings of the published policy and of the law; `None` for what is undeclared. The
    /// ground of the law is told for the whole question, not item by item.
    pub fn rulings(&self, judged: &Judged) -> Option<[Ruling; 2]> {
        let sheet = self.sheet(judged.sheet)?;
        let (published, law) = self.rows_behind(sheet)?;
        let ruling = |row: &Row, plane: u32, outcome: Outcome, failed: u64| {
            let causes = self.planes().meanings(plane, failed).filter_map(|meaning| match meaning {
                Meaning::Fails(cause) => Some(cause),
                Meaning::Ground(_) => None,
            });
            let mask = (outcome == Outcome::Masked).then_some(row.mask);
            Ruling { outcome, mask, causes: causes.collect(), ground: None }
        };
        Some([
            ruling(published, sheet.published.plane, judged.published, judged.by_policy),
            ruling(law, sheet.law.plane, judged.law, judged.by_law),
        ])
    }
}

/// An item that both sides withhold.
pub(super) fn withheld(id: &str, reasons: Vec<Reason>) -> ItemAnswer {
    let no = Outcome::Withheld;
    ItemAnswer { item: id.to_owned(), outcome: no, published: no, law: no, mask: None, reasons }
}

/// The first clause of an element's part.
fn clause(program: &Program, element: Element, part: Part) -> Option<&String> {
    let policy = &program.policy;
    let at = usize::from;
    let clauses: &[At<String>] = match element {
        Element::Function(i) => {
            let function = policy.functions.get(at(i))?;
            let group = part.group().and_then(|g| function.collects.said()?.get(at(g)));
            group.map(|group| &group.clause).filter(|clauses| !clauses.is_empty()).unwrap_or(&function.clause)
        }
        Element::Use(i) => &policy.uses.get(at(i))?.clause,
        Element::Tracker(i) => &policy.trackers.get(at(i))?.clause,
        Element::Share(i) => &policy.shares.get(at(i))?.clause,
        Element::Disclosure(i) => &policy.disclosures.get(at(i))?.clause,
        Element::Record(i) => &policy.records.get(at(i))?.clause,
        Element::Access => &policy.rights.iter().find(|right| right.kind.value.word() == "access")?.clause,
    };
    clauses.first().map(|clause| &clause.value)
}

/// One side's verdict: its effect, and the reasons that every item shares.
pub(super) fn verdict(items: &[ItemAnswer], effect: Effect, side: Side) -> Verdict {
    let first = items.first().map_or(&[][..], |item| &item.reasons);
    let shared = |reason: &&Reason| reason.side == side && items.iter().all(|item| item.reasons.contains(reason));
    Verdict { effect, reasons: first.iter().filter(shared).cloned().collect() }
}

/// The answer to a question that names what nobody knows.
pub(super) fn unknown(tables: &Tables, asked: &Processing, codes: &[Code], day: Date) -> Answer {
    let program = tables.program();
    let reasons: Vec<Reason> = codes.iter().flat_map(|code| closed(program, *code, day)).collect();
    let items: Vec<ItemAnswer> = asked.items.iter().map(|item| withheld(item, reasons.clone())).collect();
    let on = |side: Side| {
        let reasons = reasons.iter().filter(|reason| reason.side == side).cloned().collect();
        Verdict { effect: Effect::Deny, reasons }
    };
    Answer {
        effect: Effect::Deny,
        published: on(Side::Published),
        law: on(Side::Law),
        items,
        obligations: vec![Obligation::Record],
        basis: None,
        exception: None,
        retain: None,
        tables: tables.fingerprint(),
        as_of: asked.at.unwrap_or_default(),
    }
}
