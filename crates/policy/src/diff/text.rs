//! A comparison for people: what changed, the gravest first; who must consent again; whom to tell; the decisions that differ.

use std::fmt::Write as _;

use super::decision::Group;
use super::{Answered, Asks, Changed, Diff, Element, Fate, Other, ScopeFate, Turn, Unshared, Way, Which};
use crate::ask::{Called, Text, width};
use crate::question::Demand;

/// Lines are broken after this many columns where they can be.
const WIDTH: usize = 118;

impl Text for Diff {
    fn text(&self) -> String {
        let mut out = Lines::default();
        out.line(0, &format!("{} {} → {}", self.platform, self.old.version, self.new.version));
        out.line(2, &format!("law of {}", self.day));
        if self.is_empty() {
            out.heading("Nothing differs");
            return out.0;
        }
        self.changes(&mut out);
        self.asked(&mut out);
        self.scopes(&mut out);
        self.decided(&mut out);
        out.0
    }
}

impl Diff {
    fn changes(&self, out: &mut Lines) {
        let count = |of: &[Element]| of.iter().map(|element| element.changes.len()).sum::<usize>();
        let (text, choices) = (count(&self.elements), count(&self.operation));
        out.heading(&match text {
            0 => "The text says the same".to_owned(),
            n => format!("What changed: {} of {}", many(n, "fact"), many(self.elements.len(), "element")),
        });
        self.elements.iter().for_each(|element| out.element(element, true));
        if choices > 0 {
            out.heading(&format!("What the company chooses otherwise: {}", many(choices, "fact")));
            self.operation.iter().for_each(|element| out.element(element, false));
        }
    }

    fn asked(&self, out: &mut Lines) {
        if self.asks.is_empty() {
            return;
        }
        out.heading("What it asks of the handler");
        self.asks.iter().for_each(|asks| out.asks(asks));
        if let Some(telling) = &self.telling {
            let whom: Vec<&str> = telling.whom.iter().map(|one| one.name.as_str()).collect();
            let by = telling.by.map_or_else(
                || "before it is published: the new text bears no day from which it holds".to_owned(),
                |day| format!("by {day}"),
            );
            out.line(2, &format!("tell {} {by}", whom.join(", ")));
        }
    }

    fn scopes(&self, out: &mut Lines) {
        let list = |fates: &[&ScopeFate]| fates.iter().map(|one| one.scope.as_str()).collect::<Vec<_>>().join(", ");
        let of = |fate: Fate| self.consents.iter().filter(move |one| one.fate == fate);
        let carried: Vec<&ScopeFate> = of(Fate::Carried).collect();
        if of(Fate::Again).next().is_none() {
            let asked = self.asks.iter().any(|asks| asks.demand == Demand::Consent);
            let why = if asked { ": what is new reaches further in no scope that somebody consented to" } else { "" };
            out.heading(&format!("Who must consent again: nobody{why}"));
        } else {
            out.heading("Who must consent again");
            let wider = |scope: &ScopeFate| scope.why.iter().any(|why| why.kind.is_in_scopes());
            let (wider, others): (Vec<&ScopeFate>, Vec<&ScopeFate>) = of(Fate::Again).partition(|scope| wider(scope));
            for scope in &wider {
                out.scope(scope);
            }
            if let Some(one) = others.first() {
                out.line(2, if wider.is_empty() { "every consent" } else { "every other consent" });
                out.why(one);
                out.line(4, &list(&others));
            }
        }
        let weighed: Vec<&&ScopeFate> = carried.iter().filter(|one| !one.why.is_empty()).collect();
        if !weighed.is_empty() {
            out.heading("Carried over, where it is what is needed now");
            for scope in weighed {
                out.scope(scope);
            }
        }
        for (heading, fates) in [
            ("Carried over", carried),
            ("Asked for the first time", of(Fate::New).collect()),
            ("Asked no more", of(Fate::Gone).collect()),
        ] {
            if !fates.is_empty() {
                out.heading(&format!("{heading}: {}", many(fates.len(), "scope")));
                out.line(2, &list(&fates));
            }
        }
    }

    fn decided(&self, out: &mut Lines) {
        let found = &self.decisions;
        if found.is_empty() {
            out.heading("Every decision about processing, functions, clocks, retention and rights is the same");
        }
        if !(found.names.is_empty() && found.groups.is_empty()) {
            out.heading("Decisions that differ");
            found.names.iter().for_each(|name| out.name(name));
            found.groups.iter().for_each(|group| out.group(group));
        }
        if !found.others.is_empty() {
            out.heading("Other answers that differ");
            found.others.iter().for_each(|one| out.answered(one));
        }
    }
}

/// The lines of a comparison.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn heading(&mut self, text: &str) {
        let _ = writeln!(self.0, "\n{text}");
    }

    /// A line, broken between words where it is too long; what goes on stands two columns further in.
    fn line(&mut self, indent: usize, text: &str) {
        let mut at = indent;
        let _ = write!(self.0, "{:indent$}", "");
        for (place, word) in text.split(' ').enumerate() {
            let wide = width(word);
            if place > 0 && at + 1 + wide > WIDTH {
                at = indent + 2;
                let _ = write!(self.0, "\n{:at$}", "");
            } else if place > 0 {
                self.0.push(' ');
                at += 1;
            }
            self.0.push_str(word);
            at += wide;
        }
        self.0.push('\n');
    }

    fn element(&mut self, element: &Element, with_kind: bool) {
        let called = element.element.as_ref().map(|one| format!(" {}", both(one))).unwrap_or_default();
        let clause = match (element.clause_was.join(", "), element.clause.join(", ")) {
            (was, now) if was == now => was,
            (was, now) if was.is_empty() => format!("new {now}"),
            (was, now) if now.is_empty() => format!("before {was}"),
            (was, now) => format!("{was} → {now}"),
        };
        let clause = if clause.is_empty() { String::new() } else { format!(", {clause}") };
        self.line(2, &format!("{}{called}{clause}", element.table));
        element.changes.iter().for_each(|change| self.change(change, with_kind));
    }

    fn change(&mut self, change: &Changed, with_kind: bool) {
        let (sign, said) = match &change.words {
            [None, Some(now)] => ("+", now.clone()),
            [Some(was), None] => ("-", was.clone()),
            [was, now] => ("~", format!("{} → {}", was.as_deref().unwrap_or(""), now.as_deref().unwrap_or(""))),
        };
        let place = change.place.join(" › ");
        let place = if place.is_empty() { String::new() } else { format!("{place}: ") };
        let kind = match (with_kind, change.way) {
            (false, _) => String::new(),
            (true, Way::Even) => format!("  [{}]", change.kind),
            (true, way) => format!("  [{}, {way}]", change.kind),
        };
        self.line(4, &format!("{sign} {place}{said}{kind}"));
    }

    fn asks(&mut self, asks: &Asks) {
        let demand = |demand: Demand| match demand {
            Demand::Consent => "a new consent",
            Demand::MajorNotice => "a notice as for major changes",
            Demand::Notice => "a notice",
            Demand::Nothing => "nothing",
        };
        let back = if asks.way == Way::Narrower { " (taken back)" } else { "" };
        let major = if asks.major { ", major by the text" } else { "" };
        let mut by = Vec::new();
        by.extend(asks.clause.as_ref().map(|clause| format!("text {clause}: {}", demand(asks.published))));
        by.extend(asks.article.as_ref().map(|article| format!("{article}: {}", demand(asks.law))));
        let by = if by.is_empty() { String::new() } else { format!(" ({})", by.join("; ")) };
        self.line(2, &format!("{}{back}{major}: {}{by}", asks.kind, demand(asks.demand)));
        if !asks.routes.is_empty() {
            let routes: Vec<&str> = asks.routes.iter().map(|route| route.word()).collect();
            let any = if asks.any_one_of && routes.len() > 1 { "any one of " } else { "" };
            let before = if asks.before_effect { ", before it takes effect" } else { "" };
            self.line(4, &format!("told by {any}{}{before}", routes.join(", ")));
        }
    }

    fn scope(&mut self, scope: &ScopeFate) {
        let to = scope.recipient.as_ref().map(|one| format!(" to {}", one.name)).unwrap_or_default();
        let who: Vec<&str> = scope.persons.iter().map(|one| one.name.as_str()).collect();
        let who = if who.is_empty() { String::new() } else { format!(", given by {}", who.join(", ")) };
        self.line(2, &format!("{}: {}{to}{who}", scope.scope, scope.element.name));
        self.why(scope);
    }

    fn why(&mut self, scope: &ScopeFate) {
        for why in &scope.why {
            let article = why.article.as_ref().map(|article| format!(" ({article})")).unwrap_or_default();
            self.line(4, &format!("{}: {}{article}", why.kind, why.what));
        }
    }

    fn name(&mut self, name: &Unshared) {
        let what = match name.known_by {
            Which::New => "is new: whatever names it was",
            Which::Old => "is gone: whatever names it is",
        };
        let otherwise =
            name.taken_for.as_ref().map_or_else(|| "denied".to_owned(), |one| format!("about {}", both(one)));
        self.line(2, &format!("{} {} {what} {otherwise}", name.kind, both(&name.element)));
        if let Some(witness) = &name.witness {
            self.line(4, &witness.words);
        }
    }

    fn answered(&mut self, one: &Answered) {
        let items: Vec<&str> = one.items.iter().map(|item| item.name.as_str()).collect();
        let elements = one.elements.iter().map(both).collect::<Vec<_>>().join(", ");
        let asked = |key: &str| one.question.get(key).and_then(serde_json::Value::as_str).unwrap_or_default();
        let what = match one.ask {
            Other::Due => format!("{elements}, asked on {}: due", asked("since")),
            Other::Retain => format!("a record {elements}"),
            Other::Function => format!("function {elements}, for who refuses {}", items.join(", ")),
            Other::Right => {
                let by = Some(asked("by")).filter(|by| !by.is_empty() && *by != "self");
                let by = by.map(|by| format!(", asked for by the {by}")).unwrap_or_default();
                let about = if items.is_empty() { String::new() } else { format!(", about {}", items.join(", ")) };
                let against = Some(asked("refusal")).filter(|ground| !ground.is_empty());
                let against = against.map(|ground| format!(", against {ground}")).unwrap_or_default();
                format!("right {elements}{by}{about}{against}")
            }
        };
        match &one.said {
            Some([was, now]) => self.line(2, &format!("{what}: was {was}, is {now}")),
            None => self.line(2, &format!("{what}: may differ: too many cases to go through")),
        }
    }

    fn group(&mut self, group: &Group) {
        let what = match group.turn {
            Some(Turn::Less) => "less is given",
            Some(Turn::More) => "more is given",
            Some(Turn::Otherwise) => "masked otherwise",
            None => "may differ: too many cases to go through",
        };
        let to = group.recipient.as_ref().map(|one| format!(" to {}", one.name)).unwrap_or_default();
        let items: Vec<&str> = group.items.iter().map(|one| one.name.as_str()).collect();
        let channels: Vec<&str> = group.channels.iter().map(|one| one.name.as_str()).collect();
        let on = match (group.any_channel, channels.is_empty()) {
            (true, _) => String::new(),
            (false, true) => ", where no channel is named".to_owned(),
            (false, false) => format!(", on {}", channels.join(", ")),
        };
        let element = format!("{} {}", group.kind, both(&group.element));
        self.line(
            2,
            &format!("{} {} of {}{to}, {element}{on}: {what}", group.action, items.join(", "), group.person.name),
        );
        if let Some(witness) = &group.witness {
            self.line(4, &witness.words);
        }
    }
}

fn both(called: &Called) -> String {
    if called.name == called.id { called.id.clone() } else { format!("{} {}", called.name, called.id) }
}

fn many(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
