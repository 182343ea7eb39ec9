//! Answers beside those about processing that differ: by when a clock runs out, how long a record is kept, whether a function is open
//! to somebody who refuses an item, whether a right is granted. Each hangs on little, so both versions are asked everything that it hangs on.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use model::Slug;
use model::act::{Life, RecordState};
use model::calendar::{Certainty, day_in_shanghai};
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use serde::Serialize;
use serde_json::Value;

use super::axis::{Axes, Both, Thing, things, together};
use super::say::{Say, Version};
use crate::ask::Called;
use crate::claim::setting::record;
use crate::compile::{Tables, truth};
use crate::question::{
    DueAsked, DueDate, FunctionAnswer, FunctionOpen, InlineSubject, Openness, Processing, Question, Retain, Subject,
};
use crate::syntax::declare::words;
use crate::syntax::{Action, Function, Kind, RightKind, Shape};
use crate::terms::literal::{Literal, small};
use crate::terms::word::Word;

/// An answer can change with the day that a time begins on: the days of so long are gone through.
const DAYS: i64 = 366;

words! {
    /// What else is asked.
    Other {
        /// By when a clock runs out.
        Due = "due",
        /// Whether a function is open to somebody who refuses items.
        Function = "function",
        /// How long a record is kept.
        Retain = "retain",
        /// Whether a right is granted.
        Right = "right",
    }
}

/// Another answer that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answered {
    /// What is asked.
    pub ask: Other,
    /// Of which elements.
    pub elements: Vec<Called>,
    /// The items that somebody refuses, one by one; those that a request for a right is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Called>,
    /// What the old version says of the question, and what the new one says; absent: there was more to go through than is gone
    /// through, and they may differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said: Option<[String; 2]>,
    /// The question, in the form that travels.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub question: Value,
}

/// Two versions and the instant at which they are asked.
pub(super) struct Pair<'t> {
    pub(super) old: &'t Tables,
    pub(super) new: &'t Tables,
    pub(super) at: Timestamp,
}

/// Answers that differ in the same way: what they are about, and the first question that shows it.
pub(super) struct Alike<K>(BTreeMap<K, (Vec<Called>, Value)>);

impl<K: Ord> Alike<K> {
    pub(super) const fn new() -> Self {
        Self(BTreeMap::new())
    }

    pub(super) fn add(&mut self, key: K, about: Called, question: Option<Question>) {
        let (all, first) = self.0.entry(key).or_default();
        all.push(about);
        if let (Value::Null, Some(question)) = (&*first, question) {
            *first = brief(question);
        }
    }

    pub(super) fn told(self, told: impl Fn(K, Vec<Called>, Value) -> Answered) -> Vec<Answered> {
        self.0.into_iter().map(|(key, (about, question))| told(key, about, question)).collect()
    }
}

/// Compares the other answers of two versions, at an instant.
pub(super) fn others(old: &Tables, new: &Tables, at: Timestamp) -> Vec<Answered> {
    let pair = Pair { old, new, at };
    let clocks = || rayon::join(|| pair.due(), || pair.kept());
    let ((due, kept), (functions, rights)) = rayon::join(clocks, || rayon::join(|| pair.functions(), || pair.rights()));
    [due, kept, functions, rights].concat()
}

impl<'t> Pair<'t> {
    pub(super) const fn both(&self) -> [&'t Tables; 2] {
        [self.old, self.new]
    }

    fn days(&self) -> impl Iterator<Item = Date> {
        let first = day_in_shanghai(self.at);
        (0..DAYS).filter_map(move |days| first.checked_add(Span::new().try_days(days).ok()?).ok())
    }

    /// Every right, and every clock that both know, on the first day from which it runs out on another one.
    fn due(&self) -> Vec<Answered> {
        let rights = RightKind::ALL.iter().map(|right| (right.word().to_owned(), None));
        let clocks = self.new.program().policy.clocks.iter().map(|clock| clock.id.to_string());
        let known = |id: &String| self.old.program().policy.clocks.iter().any(|clock| clock.id.as_str() == id);
        let clocks = clocks.filter(known).map(|id| (id.clone(), Some(id)));
        let mut alike = Alike::new();
        for (clock, id) in rights.chain(clocks) {
            if self.old.clock_length(&clock) == self.new.clock_length(&clock) {
                continue;
            }
            let differs = |since: Date| {
                let asked = DueAsked { platform: self.platform(), clock: clock.clone(), since };
                let [was, is] = self.both().map(|tables| tables.due(&asked, self.at).due);
                let until = |due: &Option<DueDate>| due.as_ref().map(|due| (due.day, due.ends));
                let differ = until(&was) != until(&is);
                differ.then(|| ([was, is].map(running_out), Question::Due(Box::new(asked))))
            };
            let element = id.map_or_else(
                || Called { id: clock.clone(), name: clock.clone() },
                |id| super::name::called(self.old, self.new, Kind::Clock, &id),
            );
            if let Some((said, question)) = self.days().find_map(differs) {
                alike.add(said, element, Some(question));
            }
        }
        alike.told(|said, elements, question| Answered {
            ask: Other::Due,
            elements,
            items: Vec::new(),
            said: Some(said),
            question,
        })
    }

    /// Every class of records that both know, however long the cover was and however it ended.
    fn kept(&self) -> Vec<Answered> {
        let records = self.new.program().policy.records.iter();
        let known = |id: &str| self.old.program().policy.records.iter().any(|one| one.id.as_str() == id);
        let mut found = Vec::new();
        for class in records.map(|one| &one.id.value).filter(|id| known(id.as_str())) {
            if self.old.keeping(class.as_str()) == self.new.keeping(class.as_str()) {
                continue;
            }
            let differs = |state: RecordState| {
                let day = day_in_shanghai(self.at);
                let [was, is] = self.both().map(|tables| tables.retain_record(&state, day));
                (was != is).then(|| ([&was, &is].map(dates), state))
            };
            let states = self.days().flat_map(|day| {
                let ended = RecordState { ended: Some(day), ..record(class.clone(), Life::Live) };
                let covered = [1, 3].map(|years| {
                    let from = day.checked_sub(Span::new().years(years)).and_then(Date::tomorrow).ok();
                    RecordState { in_force_from: from, in_force_until: Some(day), ended: None, ..ended.clone() }
                });
                std::iter::once(ended).chain(covered)
            });
            found.extend({ states }.find_map(differs).map(|(said, state)| Answered {
                ask: Other::Retain,
                elements: vec![super::name::called(self.old, self.new, Kind::Record, class.as_str())],
                items: Vec::new(),
                said: Some(said),
                question: self.retaining(state),
            }));
        }
        found
    }

    fn retaining(&self, state: RecordState) -> Value {
        let policy = &self.new.program().policy;
        let person = policy.persons.first().map(|one| one.id.to_string()).unwrap_or_default();
        let item = self.new.alphabet().items.first().map(ToString::to_string).unwrap_or_default();
        let mut subject = InlineSubject::default();
        subject.state.records.push(state);
        let asked = Processing {
            at: Some(self.at),
            subject: Subject::Inline(Box::new(subject)),
            ..Processing::new(self.platform(), Action::Retain, person, vec![item])
        };
        brief(Question::Processing(Box::new(asked)))
    }

    /// Every function that both know, for each role and each single item that somebody may refuse: of several, each counts by itself.
    fn functions(&self) -> Vec<Answered> {
        let [was, is] = self.both().map(|tables| &tables.program().operation);
        let chosen = facts(&was.unneeded) == facts(&is.unneeded) && facts(&was.alternatives) == facts(&is.alternatives);
        let meanings = LazyCell::new(|| self.both().map(|tables| tables.alphabet().meanings()));
        let mut found = Vec::new();
        for now in &self.new.program().policy.functions {
            let before = self.old.program().policy.functions.iter().find(|one| one.id == now.id);
            let Some(before) = before.filter(|before| !(chosen && same(*before, now))) else { continue };
            let mut alike = Alike::new();
            let cases = self.cases((before, now), &meanings);
            let known = |item: &str| self.both().iter().all(|tables| tables.alphabet().item(item).is_some());
            let mut refusable: Vec<(&str, &str)> = refusable([before, now]).into_iter().collect();
            refusable.retain(|(_, item)| known(item));
            let turned = refusable.par_iter().map(|(person, item)| (*item, self.refused(&cases, now, person, item)));
            for (item, turned) in turned.collect::<Vec<_>>() {
                let Some((said, question)) = turned else { continue };
                alike.add(said, super::name::called(self.old, self.new, Kind::Item, item), question);
            }
            found.extend(alike.told(|said, items, question| Answered {
                ask: Other::Function,
                elements: vec![super::name::called(self.old, self.new, Kind::Function, now.id.as_str())],
                items,
                said,
                question,
            }));
        }
        found
    }

    /// Whether both versions find a function open to the same people of a role who refuse an item.
    fn refused(
        &self,
        cases: &[OnChannel],
        function: &Function,
        person: &str,
        item: &str,
    ) -> Option<(Option<[String; 2]>, Option<Question>)> {
        for (channel, cases) in cases {
            let Some(cases) = cases else { return Some((None, None)) };
            for case in cases {
                let mut asked = Processing {
                    function: Some(function.id.to_string()),
                    channel: channel.clone(),
                    ..Processing::new(self.platform(), Action::Collect, person, vec![item.to_owned()])
                };
                for say in case {
                    say.to(&mut asked, self.at);
                }
                let open = FunctionOpen {
                    platform: asked.platform,
                    at: Some(self.at),
                    function: asked.function.unwrap_or_default(),
                    product: asked.product,
                    channel: asked.channel,
                    person: asked.person,
                    refused: asked.items,
                    subject: asked.subject,
                    facts: asked.facts,
                };
                let [was, is] = self.both().map(|tables| opened(tables, &open, self.at));
                if was != is {
                    return Some((Some([was, is]), Some(Question::Function(Box::new(open)))));
                }
            }
        }
        None
    }

    /// Everything that can be said of what the conditions of a function ask, on no channel and on each that both know.
    fn cases(&self, functions: (&Function, &Function), meanings: &[BTreeMap<u16, Literal>; 2]) -> Vec<OnChannel> {
        let channels = self.new.program().policy.channels.iter().map(|one| one.id.to_string());
        let known = |id: &String| self.old.program().policy.channels.iter().any(|one| one.id.as_str() == id);
        let channels = std::iter::once(None).chain(channels.filter(known).map(Some));
        channels.map(|channel| (channel.clone(), self.sayings(functions, meanings, channel.as_deref()))).collect()
    }

    /// The same on one of them; `None` where it is too much.
    fn sayings(
        &self,
        (before, now): (&Function, &Function),
        meanings: &[BTreeMap<u16, Literal>; 2],
        channel: Option<&str>,
    ) -> Option<Vec<Vec<Say>>> {
        let [was, is] = [(self.old, before), (self.new, now)].map(|(tables, function)| read(tables, function, channel));
        let axes = Axes {
            old: Version { tables: self.old, at: self.at },
            new: Version { tables: self.new, at: self.at },
            reads: Both { words: [was, was, is, is] },
        };
        let seen = self.both().into_iter().zip(meanings).zip([was, is]);
        let about: BTreeSet<Thing> =
            seen.flat_map(|((tables, meaning), reads)| things(tables, meaning, &reads)).collect();
        let sayings = |thing| if thing == Thing::Age { Some(axes.ages()) } else { axes.sayings(&thing) };
        together(about.into_iter().map(sayings).collect::<Option<Vec<_>>>()?)
    }

    pub(super) fn platform(&self) -> Slug {
        self.new.program().policy.policy.platform.value.clone()
    }
}

/// A channel, or none, and everything that can be said there; `None` where it is too much.
type OnChannel = (Option<String>, Option<Vec<Vec<Say>>>);

/// The day on which time runs out, and whether a notice yet to be published can move it.
fn running_out(due: Option<DueDate>) -> String {
    match due {
        None => "no day".to_owned(),
        Some(due) if due.certainty == Certainty::Provisional => {
            format!("{} (provisional: no notice of the holidays of that year yet)", due.day)
        }
        Some(due) => due.day.to_string(),
    }
}

/// What the conditions of a function read on a channel.
fn read(tables: &Tables, function: &Function, channel: Option<&str>) -> Word {
    let policy = &tables.program().policy;
    let channel = policy.channels.iter().position(|one| Some(one.id.as_str()) == channel).map(small);
    let conditions = function.collects.said().into_iter().flatten().filter_map(|group| group.when.as_ref());
    conditions.fold(Word::default(), |reads, when| {
        reads.with(&truth(tables.program(), tables.alphabet(), &when.value, channel).reads())
    })
}

/// Every role and item that a function asks for in either version.
fn refusable(functions: [&Function; 2]) -> BTreeSet<(&str, &str)> {
    let groups = functions.into_iter().filter_map(|function| function.collects.said()).flatten();
    groups.flat_map(|group| group.items.iter().map(|item| (group.of.text.as_str(), item.text.as_str()))).collect()
}

/// What a version says of a function, in words.
fn opened(tables: &Tables, asked: &FunctionOpen, at: Timestamp) -> String {
    let nobody = InlineSubject::default();
    let subject = match &asked.subject {
        Subject::Inline(subject) => subject,
        Subject::Known { .. } => &nobody,
    };
    let born = subject.born.as_deref().and_then(|born| born.parse().ok());
    let FunctionAnswer { effect, published, alternatives, .. } = tables.function_open(asked, &subject.state, born, at);
    let mut said = match effect {
        Openness::Closed => "closed",
        Openness::Limited => "limited",
        Openness::Available => "available",
    }
    .to_owned();
    for (what, ids) in [("closing", &published.closes), ("or by", &alternatives)] {
        if !ids.is_empty() {
            said = format!("{said}, {what} {}", ids.join(", "));
        }
    }
    said
}

fn dates(kept: &Retain) -> String {
    let said = [
        ("storage only from", kept.storage_only_from),
        ("erased not before", kept.erase_not_before),
        ("erased by", kept.erase_due),
    ];
    let said = said.iter().filter_map(|(what, day)| Some(format!("{what} {}", (*day)?)));
    said.collect::<Vec<_>>().join(", ")
}

fn brief(question: Question) -> Value {
    match question {
        Question::Processing(asked) => crate::claim::brief(&asked),
        other => serde_json::to_value(other).unwrap_or_default(),
    }
}

/// Whether two files say the same of an element, wherever they say it.
fn same<T: Shape + PartialEq>(a: &T, b: &T) -> bool {
    a == b || a.facts() == b.facts()
}

pub(super) fn facts<T: Shape>(list: &[T]) -> Vec<Value> {
    list.iter().map(Shape::facts).collect()
}
