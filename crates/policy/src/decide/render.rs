//! From rulings to the wire form: codes get their scope, fact, clause and article only here.

use jiff::civil::Date;
use model::field::Mask;

use super::Judged;
use super::project::Seen;
use crate::compile::{Meaning, Planes, Row, Tables};
use crate::question::{Answer, Code, Effect, ItemAnswer, Obligation, Outcome, Processing, Reason, Side, Verdict};
use crate::resolve::Program;
use crate::syntax::At;
use crate::terms::key::{Cause, Element, Named, Part, Ruling, Settling};

/// A reason that names nothing but itself and its rule.
pub(super) fn plain(program: &Program, code: Code, side: Side, rule: Option<u8>, day: Date) -> Reason {
    bare(program, code, side, rule, day).owned()
}

/// The same in borrowed words.
fn bare(program: &Program, code: Code, side: Side, rule: Option<u8>, day: Date) -> Reason<&str> {
    let article = rule.filter(|_| side == Side::Law).and_then(|rule| program.law.article(rule, day));
    Reason { code, side, scope: None, fact: None, clause: None, article }
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
pub(super) fn closed(program: &Program, code: Code, day: Date) -> [Reason<&str>; 2] {
    [bare(program, code, Side::Published, None, day), bare(program, code, Side::Law, closing_rule(code), day)]
}

/// Everything that a cause needs to be put into words.
pub(super) struct Words<'a, 's> {
    pub(super) tables: &'a Tables,
    pub(super) seen: Seen<'s>,
    pub(super) day: Date,
}

impl<'a> Words<'a, '_> {
    fn reason(&self, cause: Cause, side: Side, clause: Option<&'a str>) -> Reason<&'a str> {
        let program = self.tables.program();
        let scope = cause.scope.and_then(|place| self.tables.scopes().get(usize::from(place)));
        Reason {
            code: scope.and_then(|scope| self.better(cause.code, scope, side)).unwrap_or(cause.code),
            side,
            scope: scope.map(|scope| scope.id.as_str()),
            fact: cause.named.and_then(|named| self.name(named)),
            clause: scope.and_then(|scope| scope.clause.first()).map(String::as_str).or(clause),
            article: cause.rule.and_then(|rule| program.law.article(rule, self.day)),
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

    fn name(&self, named: Named) -> Option<&'a str> {
        let (policy, alphabet) = (&self.tables.program().policy, self.tables.alphabet());
        let at = usize::from;
        match named {
            Named::Fact(place) => policy.facts.get(at(place)).map(|one| one.id.as_str()),
            Named::Exception(place) => policy.exceptions.get(at(place)).map(|one| one.id.as_str()),
            Named::Permission(place) => alphabet.permissions.get(at(place)).map(String::as_str),
            Named::Same(place) => alphabet.pairs_in_words.get(at(place)).map(String::as_str),
            Named::Age => Some("age"),
            Named::Product => Some("product"),
            Named::Channel => Some("channel"),
            Named::Source => Some("source"),
        }
    }

    /// The answer for one item.
    pub(super) fn item(&self, id: &'a str, judged: &Judged) -> ItemAnswer<&'a str> {
        let (tables, program) = (self.tables, self.tables.program());
        let flow = judged.flow.and_then(|flow| tables.flow(flow));
        let Some((flow, [by_policy, by_law])) = flow.zip(tables.ruled(judged)) else {
            return withheld(id, closed(program, Code::NotDeclared, self.day).to_vec());
        };
        let Judged { outcome, published, law, .. } = *judged;
        let clause = clause(program, flow.element, flow.part);
        let said = |ruled: Ruled<'a>, side: Side| ruled.causes().map(move |cause| self.reason(cause, side, clause));
        let mut reasons: Vec<Reason<&str>> = said(by_policy, Side::Published).chain(said(by_law, Side::Law)).collect();
        reasons.sort_unstable_by(|a, b| a.side.cmp(&b.side).then_with(|| a.cmp(b)));
        reasons.dedup();
        let mask = flow.settling.mask((published, by_policy.mask), (law, by_law.mask));
        let mask = mask.filter(|_| outcome == Outcome::Masked);
        if flow.settling == Settling::Published && outcome != law {
            reasons.push(bare(program, Code::EnforcedAsPublished, Side::Law, None, self.day));
        }
        ItemAnswer { item: id, outcome, published, law, mask, reasons }
    }
}

/// What one side ruled, with its objections still bits of a plane.
#[derive(Clone, Copy)]
struct Ruled<'a> {
    planes: &'a Planes,
    plane: u32,
    failed: u64,
    outcome: Outcome,
    mask: Option<Mask>,
}

impl<'a> Ruled<'a> {
    fn causes(self) -> impl Iterator<Item = Cause> + 'a {
        self.planes.meanings(self.plane, self.failed).filter_map(|meaning| match meaning {
            Meaning::Fails(cause) => Some(cause),
            Meaning::Ground(_) => None,
        })
    }
}

impl Tables {
    /// What was judged, in full: the rulings of the published policy and of the law; `None` for what is undeclared. The
    /// ground of the law is told for the whole question, not item by item.
    pub fn rulings(&self, judged: &Judged) -> Option<[Ruling; 2]> {
        let ruling = |ruled: Ruled<'_>| {
            let Ruled { outcome, mask, .. } = ruled;
            Ruling { outcome, mask, causes: ruled.causes().collect(), ground: None }
        };
        self.ruled(judged).map(|both| both.map(ruling))
    }

    fn ruled(&self, judged: &Judged) -> Option<[Ruled<'_>; 2]> {
        let sheet = self.sheet(judged.sheet)?;
        let (published, law) = self.rows_behind(sheet)?;
        let ruled = |row: &Row, plane: u32, outcome: Outcome, failed: u64| {
            let mask = (outcome == Outcome::Masked).then_some(row.mask);
            Ruled { planes: self.planes(), plane, failed, outcome, mask }
        };
        Some([
            ruled(published, sheet.published.plane, judged.published, judged.by_policy),
            ruled(law, sheet.law.plane, judged.law, judged.by_law),
        ])
    }
}

/// An item that both sides withhold.
pub(super) fn withheld<'a>(id: &'a str, reasons: Vec<Reason<&'a str>>) -> ItemAnswer<&'a str> {
    let no = Outcome::Withheld;
    ItemAnswer { item: id, outcome: no, published: no, law: no, mask: None, reasons }
}

/// The first clause of an element's part.
fn clause(program: &Program, element: Element, part: Part) -> Option<&str> {
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
    clauses.first().map(|clause| clause.value.as_str())
}

/// One side's verdict: its effect, and the reasons that every item shares.
pub(super) fn verdict<'a>(items: &[ItemAnswer<&'a str>], effect: Effect, side: Side) -> Verdict<&'a str> {
    let Some((first, others)) = items.split_first() else { return Verdict { effect, reasons: Vec::new() } };
    let shared = |reason: &Reason<&str>| others.iter().all(|item| item.reasons.contains(reason));
    let own = first.reasons.iter().filter(|reason| reason.side == side);
    Verdict { effect, reasons: own.filter(|reason| shared(reason)).copied().collect() }
}

/// The answer to a question that names what nobody knows.
pub(super) fn unknown<'a>(tables: &'a Tables, asked: &'a Processing, codes: &[Code], day: Date) -> Answer<&'a str> {
    let program = tables.program();
    let reasons: Vec<Reason<&str>> = codes.iter().flat_map(|code| closed(program, *code, day)).collect();
    let items: Vec<ItemAnswer<&str>> = asked.items.iter().map(|item| withheld(item, reasons.clone())).collect();
    let on = |side: Side| {
        let reasons = reasons.iter().filter(|reason| reason.side == side).copied().collect();
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
