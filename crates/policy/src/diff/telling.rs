//! What a new version asks of the handler: a new consent or a notice for each kind of change, whom to tell, by which way, by when.
//!
//! The text in force is the one that promised how people are told of changes, so its updates section is asked, not the new one's.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::kind::{Kind, Way};
use crate::ask::Called;
use crate::compile::Tables;
use crate::question::{ChangeAnswer, ChangeAsked, Demand};
use crate::syntax::{Change, Kind as Table, PersonKind, Route};

/// What the changes of one kind ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asks {
    /// The kind.
    pub kind: Kind,
    /// Which way they go together: wider when any does, narrower when all only take something back, which needs no consent.
    pub way: Way,
    /// Whether the text in force calls the kind major.
    pub major: bool,
    /// What takes effect: whichever asks for more.
    pub demand: Demand,
    /// What the text in force asks for.
    pub published: Demand,
    /// What the law asks for.
    pub law: Demand,
    /// The article, where the law asks for something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// Where the text in force says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// By which ways the text in force says that people are told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<Route>,
    /// Whether any one of them is enough.
    pub any_one_of: bool,
    /// Whether they are told before it takes effect.
    pub before_effect: bool,
}

/// Whom to tell, and by when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Telling {
    /// Roles in which people are told: whoever the text in force knew.
    pub whom: Vec<Called>,
    /// Whether all of it must be told before the new text takes effect.
    pub before_effect: bool,
    /// The last day for it: the day before the new text takes effect, or that day; `None` where the text bears no such day: then
    /// before it is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Date>,
}

/// What each kind asks for, by the text in force and by law.
pub(super) fn asks(old: &Tables, kinds: &[(Kind, Way)], at: Timestamp) -> Vec<Asks> {
    together(kinds).map(|(kind, way)| ask(old, kind, way, at)).collect()
}

/// Each kind that is there, once, with the way that its changes go together.
fn together(kinds: &[(Kind, Way)]) -> impl Iterator<Item = (Kind, Way)> {
    let of = |kind: Kind| kinds.iter().filter(move |(one, _)| *one == kind);
    let present = Kind::ALL.iter().copied().filter(move |kind| of(*kind).next().is_some());
    present.map(move |kind| {
        if of(kind).all(|(_, way)| *way == Way::Narrower) {
            (kind, Way::Narrower)
        } else if of(kind).any(|(_, way)| *way == Way::Wider) {
            (kind, Way::Wider)
        } else {
            (kind, Way::Even)
        }
    })
}

/// Whether a text asks for a new consent after any change.
pub(super) fn may_ask_again(old: &Tables) -> bool {
    Change::ALL.iter().any(|change| old.asks_again(*change))
}

/// The kinds of change after which the text in force asks for a new consent and which stand in no scope: every consent was given
/// with them. What is only taken back, or put in other words, asks nobody anew.
pub(super) fn asked_again(old: &Tables, kinds: &[(Kind, Way)]) -> Vec<Kind> {
    let listed = |kind: Kind| kind.changes().iter().any(|change| old.asks_again(*change));
    let changed = together(kinds).filter(|(kind, way)| *way != Way::Narrower && *kind != Kind::Wording);
    changed.map(|(kind, _)| kind).filter(|kind| !kind.is_in_scopes() && listed(*kind)).collect()
}

fn ask(old: &Tables, kind: Kind, way: Way, at: Timestamp) -> Asks {
    let policy = &old.program().policy;
    let platform = policy.policy.platform.value.clone();
    let asked = |change| old.change(&ChangeAsked { platform: platform.clone(), at: Some(at), change }, at);
    let answers: Vec<ChangeAnswer> = kind.changes().iter().map(|change| asked(*change)).collect();
    let major = policy.update.major.said();
    let major = major.is_some_and(|major| kind.changes().iter().any(|change| major.contains(change)));
    // Taking something back, or saying the same in other words, asks nobody anew; it is told as the text tells what it calls major.
    let most = if way != Way::Narrower && kind != Kind::Wording {
        Demand::Consent
    } else if major {
        Demand::MajorNotice
    } else {
        Demand::Notice
    };
    let published = answers.iter().map(|answer| answer.published.effect).max().unwrap_or(Demand::Nothing).min(most);
    let by_law = answers.first().map_or(Demand::Nothing, |answer| answer.law.effect);
    let least = if way == Way::Narrower { Demand::Notice } else { Demand::Consent };
    let law = if kind == Kind::Wording { Demand::Nothing } else { by_law.min(least) };
    let told = answers.iter().max_by_key(|answer| answer.published.effect);
    let article =
        answers.first().and_then(|answer| answer.law.reasons.first()).and_then(|reason| reason.article.clone());
    Asks {
        kind,
        way,
        major,
        demand: published.max(law),
        published,
        law,
        article: article.filter(|_| law > Demand::Nothing),
        clause: policy.update.clause.first().map(|clause| clause.value.clone()).filter(|_| published > Demand::Nothing),
        routes: told.map(|answer| answer.published.routes.clone()).unwrap_or_default(),
        any_one_of: told.is_some_and(|answer| answer.any_one_of),
        before_effect: law > Demand::Nothing || told.is_some_and(|answer| answer.published.before_effect),
    }
}

/// Whom to tell; `None` when nothing has to be told.
pub(super) fn telling(old: &Tables, new: &Tables, asks: &[Asks]) -> Option<Telling> {
    let asked: Vec<&Asks> = asks.iter().filter(|one| one.demand > Demand::Nothing).collect();
    if asked.is_empty() {
        return None;
    }
    let program = old.program();
    let natural = program.policy.persons.iter().filter(|person| person.kind.value == PersonKind::Natural);
    let before_effect = asked.iter().any(|one| one.before_effect);
    let effective = new.program().policy.policy.effective.said().copied();
    let day = |effective: Date| if before_effect { effective.yesterday().ok() } else { Some(effective) };
    Some(Telling {
        whom: natural.map(|person| Called::of(program, Table::Person, person.id.as_str())).collect(),
        before_effect,
        by: effective.and_then(day),
    })
}
