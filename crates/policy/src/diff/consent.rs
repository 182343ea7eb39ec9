//! Which consents carry over to the new version, and who must be asked again (PIPL art. 14, 23).
//!
//! A consent was given to the extent that a scope had in the text that was shown. It carries over when the scope still reaches no
//! further: the same purposes, no other items or people, no other manner, the same recipient. What a consent must be besides (its
//! form, who gives it, for which party) is weighed at each act, for old consents and new ones alike.
//!
//! A text may promise a new consent after changes that stand in no scope, as of rights that become fewer. Whoever consented did so
//! under that promise, to this scope as to any other: then no consent carries over, however far its scope reaches.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use serde::Serialize;

use super::extent::{Extent, Short};
use super::kind::Kind;
use crate::ask::Called;
use crate::compile::Tables;
use crate::resolve::Program;
use crate::syntax::declare::words;
use crate::syntax::{Function, Kind as Table, Policy};
use crate::terms::Scope;

words! {
    /// What becomes of the consents to a scope.
    Fate {
        /// They do not reach as far as what is done now: who gave one is asked again.
        Again = "again",
        /// Nobody was asked for it before.
        New = "new",
        /// They count for the new version.
        Carried = "carried",
        /// Nobody asks for it any more; an objection to it stands.
        Gone = "gone",
    }
}

/// One scope, and what becomes of the consents to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScopeFate {
    /// The scope.
    pub scope: String,
    /// The element that it is for.
    pub element: Called,
    /// Who receives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Called>,
    /// Who gives it: the roles.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub persons: Vec<Called>,
    /// What becomes of it.
    pub fate: Fate,
    /// In what it reaches further, or what it must be besides now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<Why>,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Why {
    /// What kind of change it is.
    pub kind: Kind,
    /// In words.
    pub what: String,
    /// The article that asks for a new consent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
}

words! {
    /// In what a scope reaches further than what was consented to, for who says it in the words of a page.
    Cause {
        /// A purpose is new.
        Purpose = "purpose",
        /// A purpose means something else.
        PurposeMeans = "purpose-means",
        /// An item is new.
        Item = "item",
        /// An item is something else.
        ItemMeans = "item-means",
        /// An item comes in, or is dealt with, otherwise.
        ItemManner = "item-manner",
        /// It holds on more channels.
        Channels = "channels",
        /// It holds for more products.
        Products = "products",
        /// It is for more functions.
        Functions = "functions",
        /// It is done otherwise.
        Manner = "manner",
        /// What was promised besides is promised no longer.
        Safeguard = "safeguard",
        /// Somebody else receives it.
        Recipient = "recipient",
        /// It was for one chosen recipient, and is for all of them.
        Everybody = "everybody",
        /// It must be given in another form.
        Form = "form",
        /// Rights are fewer, and the text that was consented to promised to ask then. So in the four that follow.
        RightsCut = "rights-cut",
        /// Rights are others.
        Rights = "rights",
        /// The handler is another.
        Ownership = "ownership",
        /// The handler is reached otherwise.
        Contact = "contact",
        /// Something else is otherwise.
        Other = "other",
    }
}

/// One way in which a scope reaches further.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Widened {
    /// What is wider.
    pub cause: Cause,
    /// The published name of what is new or otherwise; empty where nothing has one.
    pub name: String,
}

/// What becomes of the consents to every scope of either version: those to be asked again first.
pub(super) fn fates([old, new]: [&Tables; 2], by_text: &[Kind], day: Date) -> Vec<ScopeFate> {
    let article = new.program().law.article(9, day).map(str::to_owned);
    let unmoved = Unmoved::of(old, new);
    let fate = |scope: &Scope| {
        let before = old.scopes().iter().find(|known| known.id == scope.id);
        let (fate, why) = match before {
            None => (Fate::New, Vec::new()),
            Some(before) => {
                let short = beyond(&unmoved, before, scope);
                let reaches = short.is_empty() && by_text.is_empty();
                let fate = if reaches { Fate::Carried } else { Fate::Again };
                let asked =
                    short.into_iter().map(|short| Why { kind: short.kind, what: short.what, article: article.clone() });
                let asked = asked.chain(promised(old, by_text));
                (fate, asked.chain(besides(before, scope)).collect())
            }
        };
        told(new, scope, fate, why)
    };
    let mut fates: Vec<ScopeFate> = new.scopes().par_iter().map(fate).collect();
    let gone = old.scopes().iter().filter(|scope| new.alphabet().scope(&scope.id).is_none());
    fates.extend(gone.map(|scope| told(old, scope, Fate::Gone, Vec::new())));
    fates.sort_by(|a, b| (a.fate, &a.scope).cmp(&(b.fate, &b.scope)));
    fates
}

fn told(tables: &Tables, scope: &Scope, fate: Fate, why: Vec<Why>) -> ScopeFate {
    let program = tables.program();
    ScopeFate {
        scope: scope.id.clone(),
        element: Called::of(program, scope.kind, scope.element.as_str()),
        recipient: scope.recipient.as_ref().map(|id| Called::of(program, Table::Recipient, id.as_str())),
        persons: scope.persons.iter().map(|id| Called::of(program, Table::Person, id.as_str())).collect(),
        fate,
        why,
    }
}

/// The scopes of the new version, by place, that the old one had: in what each reaches further, and for what besides the text
/// promised to ask anew. Where for nothing, a consent to the old one still counts.
pub(crate) fn widened<'t>(
    old: &'t Tables,
    new: &'t Tables,
) -> impl Iterator<Item = (u16, &'t Scope, BTreeSet<Widened>)> + 't {
    let (unmoved, by_text) = (Unmoved::of(old, new), super::asked_again(old, new));
    (0..).zip(new.scopes()).filter_map(move |(place, scope)| {
        let before = old.alphabet().scope(&scope.id).and_then(|place| old.scopes().get(usize::from(place)))?;
        let short = beyond(&unmoved, before, scope).into_iter().map(|short| short.widened);
        let promised = by_text.iter().map(|kind| unnamed(cause(*kind)));
        Some((place, scope, short.chain(promised).collect()))
    })
}

/// The cause of asking again that a change which stands in no scope is.
const fn cause(kind: Kind) -> Cause {
    match kind {
        Kind::RightsCut => Cause::RightsCut,
        Kind::Rights => Cause::Rights,
        Kind::Ownership => Cause::Ownership,
        Kind::Contact => Cause::Contact,
        _ => Cause::Other,
    }
}

/// For what the text in force promised to ask anew, where no scope shows it.
fn promised<'k>(old: &Tables, by_text: &'k [Kind]) -> impl Iterator<Item = Why> + 'k {
    let clause = old.program().policy.update.clause.first().map(|clause| format!(", {}", clause.value));
    let clause = clause.unwrap_or_default();
    by_text.iter().map(move |kind| {
        let what = match cause(*kind) {
            Cause::RightsCut => "rights are fewer",
            Cause::Rights => "rights are others",
            Cause::Ownership => "the handler is another",
            Cause::Contact => "the handler is reached otherwise",
            _ => "something else is otherwise",
        };
        Why { kind: *kind, what: format!("{what}, and the text in force asks anew then{clause}"), article: None }
    })
}

/// Two programs, and whether all is the same in both that extents are read off beside the element itself.
struct Unmoved<'t> {
    old: &'t Program,
    new: &'t Program,
    same: bool,
}

impl<'t> Unmoved<'t> {
    fn of(old: &'t Tables, new: &'t Tables) -> Self {
        let (old, new) = (&**old.program(), &**new.program());
        let (was, is) = (&old.policy, &new.policy);
        let function =
            |(was, is): (&Function, &Function)| was.id == is.id && was.collects == is.collects && was.makes == is.makes;
        let same = was.purposes == is.purposes
            && was.persons == is.persons
            && was.recipients == is.recipients
            && was.records == is.records
            && was.items == is.items
            && was.functions.len() == is.functions.len()
            && was.functions.iter().zip(&is.functions).all(function)
            && old.items == new.items;
        Self { old, new, same }
    }

    /// Whether a scope reaches just as far as it did, for nothing has changed. What is not sure is no.
    fn reaches_as_far(&self, before: &Scope, now: &Scope) -> bool {
        let (was, is) = (&self.old.policy, &self.new.policy);
        macro_rules! same {
            ($list:ident) => {{
                let find = |policy: &'t Policy| policy.$list.iter().find(|one| one.id.value == now.element);
                find(was) == find(is)
            }};
        }
        let element = match now.kind {
            Table::Function => same!(functions),
            Table::Use => same!(uses),
            Table::Tracker => same!(trackers),
            Table::Share => same!(shares),
            Table::Disclosure => same!(disclosures),
            _ => false,
        };
        self.same
            && element
            && (before.kind, &before.element, before.class) == (now.kind, &now.element, now.class)
            && before.items == now.items
    }
}

/// In what a scope reaches further than it did.
fn beyond(unmoved: &Unmoved<'_>, before: &Scope, now: &Scope) -> BTreeSet<Short> {
    let mut short = BTreeSet::new();
    if !unmoved.reaches_as_far(before, now) {
        let (was, is) = (Extent::of(unmoved.old, before), Extent::of(unmoved.new, now));
        short = is.beyond(&was, unmoved.new);
    }
    if before.kind != now.kind || before.act != now.act {
        let what = format!("it is for a {} now", now.kind.word());
        short.insert(Short { kind: Kind::Manner, what, widened: unnamed(Cause::Manner) });
    }
    if before.per_party && !now.per_party {
        let what = "it was for one chosen party, and is for all of them now".to_owned();
        short.insert(Short { kind: Kind::Recipients, what, widened: unnamed(Cause::Everybody) });
    }
    short
}

/// A way that nothing has a name in.
pub(crate) const fn unnamed(cause: Cause) -> Widened {
    Widened { cause, name: String::new() }
}

/// What a consent must be now and need not be before: who gave it otherwise is asked, too.
fn besides(before: &Scope, now: &Scope) -> Vec<Why> {
    let mut why = Vec::new();
    let mut add = |what: String| why.push(Why { kind: Kind::Manner, what, article: None });
    if now.form > before.form || now.asked > before.asked {
        add(format!("a {} consent is needed now: one that was none does not serve", now.form.max(now.asked)));
    }
    if now.per_party && !before.per_party {
        add("it is given to one chosen party now: one to all of them does not serve".to_owned());
    }
    if now.guardian_under > before.guardian_under {
        add(format!("a guardian gives it under {} now", now.guardian_under));
    }
    why
}
