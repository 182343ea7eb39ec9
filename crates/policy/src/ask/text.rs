//! Answers for people: names in the words of the page, the frame around them in English, columns that stay in line under
//! both.

use std::fmt::{self, Display, Write as _};

use super::called::Called;
use super::flows::Flow;
use super::function::{FunctionFlows, Refusing};
use super::item::ItemFlows;
use super::literal::Circumstance;
use super::mend::Mending;
use super::minor::MinorFlows;
use super::off::FunctionOff;
use super::recipient::RecipientFlows;
use super::scope::{Closing, ScopeFlows};
use super::side::{Consent, Masking, Side, Stop, Way};
use super::strict::StrictFlows;
use super::unasked::Unasked;
use super::withdraw::Withdrawal;
use crate::question::{Code, Openness};

/// Lines are broken after this many columns where they can be.
const WIDTH: usize = 110;
/// Where what is said of a flow begins.
const INDENT: usize = 15;
/// More items than this are not told one by one; the form for programs has them all.
const MANY: usize = 60;
/// So many of them are told.
const SHOWN: usize = 12;
/// What stops every flow alike; said once, at the end.
const EVERYWHERE: &[Code] = &[
    Code::Erased,
    Code::StorageOnly,
    Code::AccountClosed,
    Code::RoleNotAllowed,
    Code::ApprovalMissing,
    Code::AgeUnknown,
];
const FOOTNOTE: &str = "Everywhere besides: nothing once erased; only keeping and legal duty once restricted or closed; staff \
within its role, on minors' data with approval.";

/// Writes an answer for people.
pub trait Text {
    /// The answer in lines.
    fn text(&self) -> String;
}

impl Text for ItemFlows {
    fn text(&self) -> String {
        let of = &self.sensitivity;
        let mut facts = vec![if of.sensitive { "sensitive" } else { "not sensitive" }.to_owned()];
        facts.extend(of.class.map(|class| format!("class {class}")));
        facts.extend(of.level.map(|level| format!("level {level}")));
        facts.push(format!("mask {}", of.mask));
        let mut out = Lines::new(&self.item, &format!("{}; law of {}", facts.join(", "), self.day));
        out.line("received by", &names(&self.recipients));
        out.flows("Flows", &self.flows, false);
        out.done()
    }
}

impl Text for RecipientFlows {
    fn text(&self) -> String {
        let chosen = if self.chosen { ", chosen by the customer" } else { "" };
        let mut out = Lines::new(&self.recipient, &format!("class {}{chosen}; law of {}", self.class, self.day));
        out.line("clause", &self.clause.join(", "));
        out.line("parties", &names(&self.parties));
        out.flows("May get", &self.flows, true);
        out.done()
    }
}

impl Text for FunctionFlows {
    fn text(&self) -> String {
        let mut out = Lines::new(&self.function, &format!("{} function; law of {}", self.kind, self.day));
        out.line("clause", &self.clause.join(", "));
        out.line("purposes", &names(&self.purposes));
        out.line("ground", &self.basis.map_or_else(|| "not stated".to_owned(), |basis| basis.to_string()));
        out.line("makes", &names(self.makes.as_slice()));
        out.line("consents", &self.scopes.join(", "));
        out.flows("Does", &self.flows, true);
        out.heading(if self.refusing.is_empty() { "Refusing: there is nothing to refuse" } else { "Refusing" });
        self.refusing.iter().for_each(|one| out.refusing(one));
        out.done()
    }
}

impl Text for ScopeFlows {
    fn text(&self) -> String {
        let called = Called { id: self.scope.clone(), name: self.element.name.clone() };
        let mut out = Lines::new(&called, &format!("{} consent; law of {}", self.form, self.day));
        out.line("clause", &self.clause.join(", "));
        out.line("recipient", &names(self.recipient.as_slice()));
        out.line("per party", if self.per_party { "each party is a grant of its own" } else { "" });
        out.line("guardian", &format!("gives it under the age of {}", self.guardian_under));
        out.flows("Stops when withdrawn", &self.stops, true);
        out.flows("In some cases, or under another consent too", &self.touched, true);
        out.heading(if self.functions.is_empty() { "Functions: none closes" } else { "Functions" });
        self.functions.iter().for_each(|one| out.closing(one));
        out.done()
    }
}

impl Text for Unasked {
    fn text(&self) -> String {
        let about = self.item.as_ref().map_or_else(|| "any item".to_owned(), both);
        let mut out = Lines::headed(&format!("Without consent: {about}"), &format!("law of {}", self.day));
        for one in &self.grounds {
            let ground =
                one.basis.map_or_else(|| "No ground asked for".to_owned(), |basis| format!("On the ground {basis}"));
            out.names(&ground, &one.flows, self.item.is_none());
        }
        out.flows("In some cases", &self.in_some_cases, self.item.is_none());
        for one in &self.excepted {
            out.names(&format!("Relying on the exception {}", both(&one.exception)), &one.flows, self.item.is_none());
        }
        out.done()
    }
}

impl Text for Withdrawal {
    fn text(&self) -> String {
        let of = &self.consent;
        let called = Called { id: of.scope.clone(), name: of.element.name.clone() };
        let mut out = Lines::new(&called, &format!("when the consent is withdrawn; law of {}", of.day));
        out.line("", "what was done before stays lawful");
        out.names("Stops", &of.stops, true);
        out.names("Stops in some cases", &of.touched, true);
        out.heading(if of.functions.is_empty() { "Functions: none closes" } else { "Functions" });
        of.functions.iter().for_each(|one| out.closing(one));
        let by = |way: fn(&Flow) -> bool| self.goes_on.iter().filter(|flow| way(flow)).cloned().collect::<Vec<_>>();
        out.names("Goes on: nobody's consent is needed", &by(Flow::asks_nobody), true);
        out.names("Goes on: by another consent or, on one side, without", &by(|flow| !flow.asks_nobody()), true);
        out.done()
    }
}

impl Text for MinorFlows {
    fn text(&self) -> String {
        let about = "compared with a grown-up, where nobody relies on an exception";
        let mut out = Lines::headed(&format!("Aged {}", self.age), &format!("{about}; law of {}", self.day));
        out.names("Never, whoever consents", &self.never, true);
        out.names("Only with a guardian's consent", &self.with_guardian, true);
        out.names("By staff only with a manager's approval", &self.with_approval, true);
        out.done()
    }
}

impl Text for FunctionOff {
    fn text(&self) -> String {
        let mut out = Lines::new(&self.function, &format!("switched off; law of {}", self.day));
        for one in &self.no_longer_collected {
            out.line("not taken", &format!("of {}: {}", one.person.name, names(&one.items)));
        }
        if let Some(made) = &self.no_longer_made {
            let readers = if made.read_by.is_empty() {
                "nothing reads it".to_owned()
            } else {
                format!("{} finds old ones only", names(&made.read_by))
            };
            out.line("not made", &format!("{}; {readers}", made.record.name));
        }
        out.line("not served", &names(&self.no_longer_served));
        out.line("no purpose", &names(&self.purposes_left));
        out.line("not asked", &self.no_longer_asked.join(", "));
        out.names("Stops", &self.stops, true);
        out.names("Goes on in the course of others", &self.goes_on, true);
        out.done()
    }
}

impl Text for StrictFlows {
    fn text(&self) -> String {
        let about = format!("what the text permits in some case, and the law in none; law of {}", self.day);
        let mut out = Lines::headed("Closed by strict enforcement", &about);
        if self.closed.is_empty() {
            out.heading("Nothing");
        }
        for one in &self.closed {
            out.heading(
                &columns(&one.flow)
                    .iter()
                    .filter(|cell| !cell.is_empty())
                    .map(String::as_str)
                    .collect::<Vec<_>>()
                    .join("  "),
            );
            out.line("items", &names(&one.flow.items));
            out.line("in course of", &names(&one.flow.functions));
            out.side("law", &one.flow.law);
            let opened: Vec<String> =
                one.opened_by.iter().map(|opening| format!("{}: {}", opening.slot, opening.say)).collect();
            out.line("opened by", if opened.is_empty() { "nothing that a text could say" } else { "" });
            for opening in &opened {
                out.line("opened by", opening);
            }
        }
        out.done()
    }
}

impl Text for Mending {
    fn text(&self) -> String {
        let mut out =
            Lines::headed(&format!("As asked: {}", self.effect.word()), "what must change for it to be permitted");
        for reason in &self.reasons {
            let of = [&reason.scope, &reason.fact, &reason.article].into_iter().flatten().cloned().collect::<Vec<_>>();
            out.line(
                if reason.side == crate::question::Side::Law { "law" } else { "published" },
                &format!("{} {}", reason.code, of.join(" ")),
            );
        }
        for (set, n) in self.sets.iter().zip(1..) {
            out.heading(&format!("{n}. then {}", set.effect.word()));
            set.changes.iter().for_each(|change| out.line(change.what, &change.text));
        }
        if self.sets.is_empty() && self.effect == crate::question::Effect::Deny {
            out.heading("Nothing that could be asked otherwise would do");
        }
        if self.more {
            out.heading("There may be more ways");
        }
        out.done()
    }
}

/// The lines of an answer.
struct Lines {
    text: String,
    foot: bool,
}

impl Lines {
    fn new(called: &Called, about: &str) -> Self {
        Self::headed(&both(called), about)
    }

    fn headed(title: &str, about: &str) -> Self {
        Self { text: format!("{title}\n  {about}\n"), foot: false }
    }

    /// Flows with no more than what, of whom and to whom; equal rows of other items are one.
    fn names(&mut self, heading: &str, flows: &[Flow], with_items: bool) {
        self.heading(&format!("{heading}{}", if flows.is_empty() { ": nothing" } else { "" }));
        let mut rows: Vec<([String; 5], Vec<Called>)> = Vec::new();
        for flow in flows {
            let cells = columns(flow);
            match rows.iter_mut().find(|(known, _)| *known == cells) {
                Some((_, items)) => {
                    let more: Vec<Called> = flow.items.iter().filter(|item| !items.contains(item)).cloned().collect();
                    items.extend(more);
                }
                None => rows.push((cells, flow.items.clone())),
            }
        }
        let lines = aligned(rows.iter().map(|(cells, _)| cells));
        for (line, (_, items)) in lines.iter().zip(&rows) {
            let _ = writeln!(self.text, "{line}");
            if with_items {
                self.line("items", &listed(items));
            }
        }
    }

    /// A labelled line, broken between words where it is too long; nothing is no line.
    fn line(&mut self, label: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let mut at = INDENT;
        let _ = write!(self.text, "  {}", padded(label, INDENT - 2));
        for (place, word) in text.split(' ').enumerate() {
            let wide = width(word);
            if place > 0 && at + 1 + wide > WIDTH {
                let _ = write!(self.text, "\n{:INDENT$}", "");
                at = INDENT;
            } else if place > 0 {
                self.text.push(' ');
                at += 1;
            }
            self.text.push_str(word);
            at += wide;
        }
        self.text.push('\n');
    }

    fn heading(&mut self, text: &str) {
        let _ = writeln!(self.text, "\n{text}");
    }

    fn flows(&mut self, heading: &str, flows: &[Flow], with_items: bool) {
        self.heading(&format!("{heading}{}", if flows.is_empty() { ": nothing" } else { "" }));
        let rows: Vec<[String; 5]> = flows.iter().map(columns).collect();
        for (flow, line) in flows.iter().zip(aligned(rows.iter())) {
            let _ = writeln!(self.text, "{line}");
            if with_items {
                self.line("items", &listed(&flow.items));
            }
            self.line("reads", &names(flow.origin.reads.as_slice()));
            self.line("in course of", &names(&flow.functions));
            self.line("channels", &names(&flow.channels));
            if flow.published == flow.law {
                self.side("both", &flow.law);
            } else {
                self.side("published", &flow.published);
                self.side("law", &flow.law);
            }
            if flow.published_alone {
                self.line("enforced", "as published: the law's side does not take effect here");
            }
        }
        self.foot |= !flows.is_empty();
    }

    fn side(&mut self, label: &str, side: &Side) {
        self.line(label, &main(side));
        if !side.only_when.is_empty() {
            self.line("", &format!("only when {}", alternatives(&side.only_when)));
        }
        let own: Vec<String> = side.stops.iter().filter(|stop| !EVERYWHERE.contains(&stop.code)).map(stop).collect();
        if !own.is_empty() {
            self.line("", &format!("not when: {}", own.join(", ")));
        }
        if let Some(mask) = &side.mask {
            self.line("", &masked(mask));
        }
    }

    fn refusing(&mut self, one: &Refusing) {
        let _ = writeln!(self.text, "{}: {}", open(one.effect, one.published, one.law), both(&one.person));
        self.line("items", &names(&one.items));
        self.line("closes too", &names(&one.closes));
        self.line("offered", &names(&one.alternatives));
    }

    fn closing(&mut self, one: &Closing) {
        let how = open(one.effect, one.published, one.law);
        let _ = writeln!(self.text, "{how}: {}, without what {} consented to", both(&one.function), both(&one.person));
        self.line("items", &names(&one.items));
        self.line("closes too", &names(&one.closes));
    }

    fn done(mut self) -> String {
        if self.foot {
            let _ = writeln!(self.text, "\n{FOOTNOTE}");
        }
        self.text
    }
}

fn columns(flow: &Flow) -> [String; 5] {
    let clause = flow.origin.clause.first().cloned().unwrap_or_default();
    let to = flow.recipient.as_ref().map(|recipient| format!("to {}", both(recipient))).unwrap_or_default();
    let persons: Vec<&str> = flow.persons.iter().map(|person| person.name.as_str()).collect();
    [flow.action.to_string(), both(&flow.origin.element), clause, format!("of {}", persons.join("/")), to]
}

/// Rows as lines whose columns stand under each other.
fn aligned<'r>(rows: impl Iterator<Item = &'r [String; 5]> + Clone) -> Vec<String> {
    let mut widths = [0; 5];
    for row in rows.clone() {
        widths.iter_mut().zip(row).for_each(|(most, cell)| *most = width(cell).max(*most));
    }
    let line = |row: &[String; 5]| {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, wide)| padded(cell, wide)).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.map(line).collect()
}

fn main(side: &Side) -> String {
    let consents = || consents(&side.consents);
    let on = side.basis.map(|basis| format!(", on the ground {basis}")).unwrap_or_default();
    match side.way {
        Way::Never => format!("never: {}", side.never.iter().map(stop).collect::<Vec<_>>().join(", ")),
        Way::WithConsent => format!("with consent {}", consents()),
        Way::InSomeCases => format!("without consent{on}, but {}", consents()),
        Way::WithoutConsent => format!("without consent{on}"),
    }
}

/// Several consents; exceptions that free from each of them alike are said once.
fn consents(of: &[Consent]) -> String {
    let alike =
        |first: &Consent| !first.exceptions.is_empty() && of.iter().all(|one| one.exceptions == first.exceptions);
    match of {
        [first, _, ..] if alike(first) => {
            let each: Vec<String> = of.iter().map(|one| consent(one, &[])).collect();
            format!("{}; or, in place of each, exception {}", each.join("; and "), ids(&first.exceptions))
        }
        of => of.iter().map(|one| consent(one, &one.exceptions)).collect::<Vec<_>>().join("; and "),
    }
}

fn consent(one: &Consent, exceptions: &[Called]) -> String {
    let mut text = one.any_of.join(" or ");
    if !one.unless.is_empty() {
        let _ = write!(text, " unless {}", alternatives(&one.unless));
    }
    if !exceptions.is_empty() {
        let _ = write!(text, " or exception {}", ids(exceptions));
    }
    if let Some(rule) = &one.rule {
        let _ = write!(text, " ({rule})");
    }
    text
}

fn masked(mask: &Masking) -> String {
    let rule = mask.rule.as_ref().map(|rule| format!(" ({rule})")).unwrap_or_default();
    if mask.unless.is_empty() {
        format!("masked: {}{rule}", mask.mask)
    } else {
        format!("masked: {} unless {}{rule}", mask.mask, alternatives(&mask.unless))
    }
}

fn stop(stop: &Stop) -> String {
    let mut text = stop.code.to_string();
    if let Some(named) = &stop.named {
        let _ = write!(text, " {named}");
    }
    if let Some(rule) = &stop.rule {
        let _ = write!(text, " ({rule})");
    }
    text
}

fn open(effect: Openness, published: Openness, law: Openness) -> String {
    let word = |openness: Openness| match openness {
        Openness::Closed => "closed",
        Openness::Limited => "goes on without them",
        Openness::Available => "open",
    };
    if published == law {
        word(effect).to_owned()
    } else {
        format!("{} (published: {}, law: {})", word(effect), word(published), word(law))
    }
}

fn alternatives(of: &[Vec<Circumstance>]) -> String {
    if let [one, other] = of
        && let ([yes], [no]) = (one.as_slice(), other.as_slice())
        && (yes.is, &yes.of) == (no.is, &no.of)
        && yes.not != no.not
    {
        let known = Circumstance { not: false, ..yes.clone() };
        return format!("it is known whether {known}");
    }
    let one = |all: &Vec<Circumstance>| all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
    of.iter().map(one).collect::<Vec<_>>().join(", or ")
}

impl Display for Circumstance {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let not = if self.not { "not " } else { "" };
        let of: Vec<&str> = self.of.iter().map(|called| called.name.as_str()).collect();
        if of.is_empty() { write!(out, "{not}{}", self.is) } else { write!(out, "{not}{}({})", self.is, of.join(", ")) }
    }
}

/// Name and id, or only one where they are the same.
fn both(called: &Called) -> String {
    if called.name == called.id { called.id.clone() } else { format!("{} {}", called.name, called.id) }
}

/// Items by name; of very many only the first.
fn listed(items: &[Called]) -> String {
    match items.get(..SHOWN).filter(|_| items.len() > MANY) {
        Some(first) => format!("{}, and {} more", names(first), items.len() - SHOWN),
        None => names(items),
    }
}

fn names(of: &[Called]) -> String {
    of.iter().map(|called| called.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn ids(of: &[Called]) -> String {
    of.iter().map(|called| called.id.as_str()).collect::<Vec<_>>().join(", ")
}

fn padded(text: &str, wide: usize) -> String {
    format!("{text}{:1$}", "", wide.saturating_sub(width(text)))
}

/// Columns that a text takes in a terminal: East Asian wide characters (UAX #11) take two.
pub(crate) fn width(text: &str) -> usize {
    let wide = |c: char| {
        matches!(u32::from(c), 0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF
            | 0xFE30..=0xFE4F | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x2_0000..=0x3_FFFD)
    };
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}
