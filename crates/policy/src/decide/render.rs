//! From rulings to the wire form: codes get their scope, fact, clause and article only here.

use jiff::civil::Date;

use super::choose::Chosen;
use super::project::Seen;
use crate::compile::Tables;
use crate::question::{Answer, Code, Effect, ItemAnswer, Obligation, Outcome, Processing, Reason, Side, Verdict};
use crate::resolve::{ItemFacts, Program};
use crate::syntax::{Action, At, Basis, Limit, RecipientClass, Regime};
use crate::terms::asked::Asked;
use crate::terms::key::{Cause, Element, Named, Part, Ruling};

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
    pub(super) fn item(
        &self,
        id: &str,
        chosen: Option<&Chosen<'_>>,
        standing: &super::project::Standing,
    ) -> ItemAnswer {
        let program = self.tables.program();
        let Some(chosen) = chosen else {
            return withheld(id, closed(program, Code::NotDeclared, self.day).to_vec());
        };
        let published = chosen.published.ruling(&standing.published);
        let law = chosen.law.ruling(&standing.law);
        let clause = clause(program, chosen.flow.element, chosen.flow.part);
        let mut reasons = self.reasons(&published, Side::Published, clause);
        reasons.extend(self.reasons(&law, Side::Law, clause));
        let alone = self.tables.enforces_published(chosen.flow.element);
        let (outcome, mask) = super::choose::settle(chosen.flow.element, alone, &published, &law);
        if alone && outcome != law.outcome {
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

/// The effect of outcomes: all clear, all withheld, or something between. Of nothing at all: deny.
pub(super) fn effect(mut outcomes: impl Iterator<Item = Outcome> + Clone) -> Effect {
    if outcomes.clone().all(|outcome| outcome == Outcome::Withheld) {
        Effect::Deny
    } else if outcomes.all(|outcome| outcome == Outcome::Clear) {
        Effect::Permit
    } else {
        Effect::Partial
    }
}

/// One side's verdict: its effect, and the reasons that every item shares.
pub(super) fn verdict(items: &[ItemAnswer], side: Side) -> Verdict {
    let of = |item: &ItemAnswer| if side == Side::Law { item.law } else { item.published };
    let first = items.first().map_or(&[][..], |item| &item.reasons);
    let shared = |reason: &&Reason| reason.side == side && items.iter().all(|item| item.reasons.contains(reason));
    Verdict { effect: effect(items.iter().map(of)), reasons: first.iter().filter(shared).cloned().collect() }
}

/// What goes with the act, in the order of the list.
pub(super) fn obligations(asked: &Asked, answer: &Answer, chosen: &[Chosen<'_>], program: &Program) -> Vec<Obligation> {
    let mut list = vec![Obligation::Record];
    if answer.effect == Effect::Deny {
        return list;
    }
    let out =
        matches!(asked.action, Action::Share | Action::Entrust | Action::Transfer | Action::Disclose | Action::Export);
    let is = |item: &ItemAnswer, test: fn(&crate::resolve::ItemFacts) -> bool| {
        program.items.get(item.item.as_str()).is_some_and(test)
    };
    let mut goes_with = |obligation: Obligation, holds: bool| {
        if holds {
            list.push(obligation);
        }
    };
    goes_with(Obligation::Minimise, out || asked.action == Action::Collect);
    goes_with(Obligation::Mask, answer.items.iter().any(|item| item.outcome == Outcome::Masked));
    goes_with(Obligation::TellAfterwards, answer.basis == Some(Basis::Emergency));
    let collects_face = asked.action == Action::Collect && answer.items.iter().any(|item| is(item, |facts| facts.face));
    goes_with(Obligation::OfferAlternative, collects_face);
    goes_with(Obligation::NotifyRecipientOnErasure, out && asked.action != Action::Disclose);
    goes_with(Obligation::ReturnAndDeleteAtEnd, asked.action == Action::Entrust);
    goes_with(Obligation::KeepDisclosureRecord, out);
    let machine = |one: &Chosen<'_>| match one.flow.element {
        Element::Use(i) => {
            program.policy.uses.get(usize::from(i)).is_some_and(|used| used.kind.value.word() == "automate")
        }
        _ => false,
    };
    goes_with(Obligation::HumanReview, asked.action == Action::Automate || chosen.iter().any(machine));
    let recipient = asked.recipient.and_then(|place| program.policy.recipients.get(usize::from(place)));
    if let Some(recipient) = recipient.filter(|_| out) {
        let taken_over = asked.action == Action::Transfer && recipient.class.value == RecipientClass::Acquirer;
        goes_with(Obligation::TellOfTransfer, taken_over);
        let virtually = recipient.regime.value == Regime::VirtualNumber;
        let calls = answer.items.iter().filter(|item| item.outcome != Outcome::Withheld);
        goes_with(Obligation::VirtualNumber, virtually && calls.clone().any(|item| is(item, ItemFacts::is_telephone)));
        list.extend(recipient.limits.iter().map(|limit| duty(limit.value)));
        list.sort_unstable();
        list.dedup();
    }
    list
}

/// What a limit of a recipient obliges to.
const fn duty(limit: Limit) -> Obligation {
    match limit {
        Limit::NoList => Obligation::NoList,
        Limit::NoCopy => Obligation::NoCopy,
        Limit::NoExport => Obligation::NoExport,
        Limit::NoOnward => Obligation::NoOnward,
        Limit::Return => Obligation::Return,
        Limit::Delete => Obligation::Delete,
        Limit::Inspection => Obligation::Inspection,
    }
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
