//! Names: every element by id, by published Chinese name, by alias or by clause number.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::Slug;

use crate::finding::{Finding, Severity, Source, Span};
use crate::syntax::{At, Item, Kind, Operation, Policy, nearest, quoted};

/// What bears a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Kind of element.
    pub kind: Kind,
    /// Canonical id.
    pub id: Slug,
    /// Published name; the id where the text gives none.
    pub name: String,
    /// Clauses of the published text that carry it, the first first.
    pub clauses: Vec<String>,
    /// File in which it stands.
    pub file: Arc<str>,
    /// Where its id stands there.
    pub span: Span,
}

/// Why a name leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotFound {
    /// Nothing is called so.
    #[error("no {} is called `{}`", .kind.word(), quoted(.text))]
    Unknown {
        /// What was looked for.
        kind: Kind,
        /// Under which name.
        text: String,
        /// The nearest name of that kind, when one is near.
        nearest: Option<String>,
    },
    /// Several elements are called so.
    #[error("`{}` means several elements of kind {}: {}", quoted(.text), .kind.word(), list(.ids))]
    Ambiguous {
        /// What was looked for.
        kind: Kind,
        /// Under which name.
        text: String,
        /// All that answer to it.
        ids: Vec<Slug>,
    },
}

fn list(ids: &[Slug]) -> String {
    const SHOWN: usize = 12;
    let more = ids.len().checked_sub(SHOWN).filter(|more| *more > 0).map(|more| format!("{more} more"));
    ids.iter().take(SHOWN).map(|id| format!("`{id}`")).chain(more).collect::<Vec<_>>().join(", ")
}

/// How well a name names: an id wins over what the policy calls an element, that over the vocabulary's names of items,
/// those over a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tier {
    Id,
    Name,
    Alias,
    Known,
    KnownAlias,
    Clause,
}

/// The names of one program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    entries: BTreeMap<(Kind, Slug), Entry>,
    index: BTreeMap<Kind, BTreeMap<String, BTreeMap<Tier, BTreeSet<Slug>>>>,
}

impl Names {
    /// The id of the one element of `kind` that `text` names.
    ///
    /// # Errors
    /// When nothing or more than one thing is called so.
    pub fn find(&self, kind: Kind, text: &str) -> Result<Slug, NotFound> {
        let tiers = self.index.get(&kind).and_then(|of_kind| of_kind.get(folded(text).as_ref()));
        let Some(ids) = tiers.and_then(|tiers| tiers.values().next()) else {
            return Err(NotFound::Unknown { kind, text: text.to_owned(), nearest: self.nearest(kind, text) });
        };
        match ids.first() {
            Some(one) if ids.len() == 1 => Ok(one.clone()),
            _ => Err(NotFound::Ambiguous { kind, text: text.to_owned(), ids: ids.iter().cloned().collect() }),
        }
    }

    /// Every text, folded, that names just one element of `kind`.
    pub(crate) fn unique(&self, kind: Kind) -> impl Iterator<Item = (&str, &Slug)> {
        let texts = self.index.get(&kind).into_iter().flatten();
        texts.filter_map(|(text, tiers)| {
            let ids = tiers.values().next().filter(|ids| ids.len() == 1)?;
            Some((text.as_str(), ids.first()?))
        })
    }

    /// Published Chinese name of an element; `id` itself where there is none.
    pub fn name_of<'a>(&'a self, kind: Kind, id: &'a str) -> &'a str {
        self.entry(kind, id).map_or(id, |entry| entry.name.as_str())
    }

    /// The element of that kind and id.
    pub fn entry(&self, kind: Kind, id: &str) -> Option<&Entry> {
        self.entries.get(&(kind, id.parse().ok()?))
    }

    /// Every element, by kind, then id.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    fn nearest(&self, kind: Kind, text: &str) -> Option<String> {
        let known = self.index.get(&kind).into_iter().flat_map(BTreeMap::keys).map(String::as_str);
        nearest(known, text).map(str::to_owned)
    }

    fn call(&mut self, kind: Kind, tier: Tier, text: &str, id: &Slug) {
        let of_kind = self.index.entry(kind).or_default();
        of_kind.entry(folded(text).into_owned()).or_default().entry(tier).or_default().insert(id.clone());
    }
}

/// Clause numbers and names are printed with full-width or half-width brackets and with or without spaces: all the same.
/// Most names need no folding, and every question brings a dozen of them.
pub(crate) fn folded(text: &str) -> Cow<'_, str> {
    let folds = |c: char| c.is_whitespace() || half_width(c) != c;
    if text.chars().any(folds) {
        text.chars().filter(|c| !c.is_whitespace()).map(half_width).collect()
    } else {
        Cow::Borrowed(text)
    }
}

const fn half_width(c: char) -> char {
    match c {
        '\u{ff08}' => '(',
        '\u{ff09}' => ')',
        '\u{ff0e}' => '.',
        other => other,
    }
}

/// Collects names and refuses to give one id or one published name to two elements of a kind.
pub(super) struct Collector<'f> {
    pub(super) names: Names,
    pub(super) findings: &'f mut Vec<Finding>,
    spans: BTreeMap<(Kind, Tier, String), (Source, Span)>,
}

/// One element to collect.
struct Named<'e> {
    kind: Kind,
    called: Tier,
    id: &'e At<Slug>,
    name: Option<&'e At<String>>,
    clauses: &'e [At<String>],
    number: Option<&'e At<u32>>,
}

impl<'e> Named<'e> {
    const fn nameless(kind: Kind, id: &'e At<Slug>) -> Self {
        Self { kind, called: Tier::Name, id, name: None, clauses: &[], number: None }
    }
}

impl<'f> Collector<'f> {
    pub(super) const fn new(findings: &'f mut Vec<Finding>) -> Self {
        let names = Names { entries: BTreeMap::new(), index: BTreeMap::new() };
        Self { names, findings, spans: BTreeMap::new() }
    }

    fn once(&mut self, kind: Kind, tier: Tier, text: &At<String>, source: &Source) -> bool {
        let before = self.spans.get(&(kind, tier, folded(text).into_owned())).cloned();
        let Some((first, span)) = before else {
            self.spans.insert((kind, tier, folded(text).into_owned()), (source.clone(), text.span));
            return true;
        };
        let (code, what) = if matches!(tier, Tier::Id | Tier::Alias) { ("L0301", "id") } else { ("L0302", "name") };
        let message = format!("two elements of kind {} bear the {what} `{}`", kind.word(), quoted(text));
        self.findings.push(
            Finding::new(code, Severity::Error, message)
                .at(source, text.span, "here again")
                .at(&first, span, "first here")
                .mend(format!("give one of them another {what}")),
        );
        false
    }

    fn add(&mut self, element: &Named<'_>, source: &Source) {
        let (kind, id) = (element.kind, element.id);
        let written = At { value: id.to_string(), span: id.span };
        if id.span == Span::default() {
            return;
        }
        let new_id = self.once(kind, Tier::Id, &written, source);
        let named = element.name.filter(|name| name.span != Span::default());
        // Every list of exceptions has its own: the same case stands in several of them under one name.
        let shared = kind == Kind::Exception;
        let new_name = named.filter(|name| shared || self.once(kind, element.called, name, source));
        if !new_id {
            return;
        }
        self.names.call(kind, Tier::Id, id.as_str(), id);
        if let Some(name) = new_name {
            self.names.call(kind, element.called, name, id);
        }
        for clause in element.clauses {
            self.names.call(kind, Tier::Clause, clause, id);
        }
        if let Some(number) = element.number {
            self.names.call(kind, Tier::Clause, &number.value.to_string(), id);
        }
        let entry = Entry {
            kind,
            id: id.value.clone(),
            name: element.name.map_or_else(|| id.to_string(), |name| name.value.clone()),
            clauses: element.clauses.iter().map(|clause| clause.value.clone()).collect(),
            file: source.name.clone(),
            span: id.span,
        };
        self.names.entries.insert((kind, id.value.clone()), entry);
    }

    /// An item of the vocabulary.
    pub(super) fn known(&mut self, item: &Item, source: &Source) {
        self.item(item, [Tier::Known, Tier::KnownAlias], source);
    }

    /// An item of a policy's own.
    pub(super) fn own(&mut self, item: &Item, source: &Source) {
        self.item(item, [Tier::Name, Tier::Alias], source);
    }

    fn item(&mut self, item: &Item, [called, also]: [Tier; 2], source: &Source) {
        let (name, clauses) = (Some(&item.name), item.clause.as_slice());
        self.add(&Named { kind: Kind::Item, called, id: &item.id, name, clauses, number: None }, source);
        for alias in &item.aliases {
            self.names.call(Kind::Item, also, alias, &item.id);
        }
    }

    /// A published name for an item of the vocabulary; the first one becomes the name on pages.
    pub(super) fn published(&mut self, item: &Item, stands_for: &Slug, first: bool, source: &Source) {
        let id = At { value: item.id.to_string(), span: item.id.span };
        if self.once(Kind::Item, Tier::Alias, &id, source) {
            self.names.call(Kind::Item, Tier::Alias, &id, stands_for);
        }
        if self.once(Kind::Item, Tier::Name, &item.name, source) {
            self.names.call(Kind::Item, Tier::Name, &item.name, stands_for);
        }
        for alias in &item.aliases {
            self.names.call(Kind::Item, Tier::Alias, alias, stands_for);
        }
        for clause in &item.clause {
            self.names.call(Kind::Item, Tier::Clause, clause, stands_for);
        }
        if let Some(entry) = self.names.entries.get_mut(&(Kind::Item, stands_for.clone())) {
            if first {
                item.name.value.clone_into(&mut entry.name);
            }
            entry.clauses.extend(item.clause.iter().map(|clause| clause.value.clone()));
        }
    }
}

macro_rules! collect {
    ($to:ident, $source:ident; $( $list:expr => $kind:ident { $($slot:ident : $field:ident),* } )*) => { $(
        for element in $list {
            let mut named = Named::nameless(Kind::$kind, &element.id);
            $( named.$slot = collect!(@ $slot element.$field); )*
            $to.add(&named, $source);
        }
    )* };
    (@ name $e:ident . $field:ident) => { Some(&$e.$field) };
    (@ clauses $e:ident . $field:ident) => { &$e.$field };
    (@ number $e:ident . $field:ident) => { Option::from(&$e.$field) };
}

impl Collector<'_> {
    /// Every element of a policy file but its items.
    pub(super) fn policy(&mut self, policy: &Policy, source: &Source) {
        collect! { self, source;
            &policy.channels => Channel { name: name, clauses: clause }
            &policy.products => Product { name: name, clauses: clause }
            &policy.persons => Person { name: name, clauses: clause }
            &policy.facts => Fact { name: name }
            &policy.purposes => Purpose { name: name, clauses: clause }
            &policy.records => Record { name: name, clauses: clause }
            &policy.functions => Function { name: name, clauses: clause }
            &policy.sources => Source { name: name, clauses: clause }
            &policy.permissions => Permission { name: name, clauses: clause }
            &policy.uses => Use { name: name, clauses: clause }
            &policy.exceptions => Exception { name: name, clauses: clause, number: number }
            &policy.trackers => Tracker { name: name, clauses: clause }
            &policy.recipients => Recipient { name: name, clauses: clause }
            &policy.shares => Share { name: name, clauses: clause }
            &policy.disclosures => Disclosure { name: name, clauses: clause }
            &policy.sdks => Sdk { name: name, clauses: clause }
            &policy.promises => Promise { clauses: clause }
            &policy.retentions => Retention { clauses: clause }
            &policy.clocks => Clock { clauses: clause }
            &policy.refusals => Refusal { name: name, clauses: clause, number: number }
            &policy.statements => Statement { clauses: clause }
        }
        for right in &policy.rights {
            let Ok(id) = right.kind.word().parse::<Slug>() else { continue };
            let id = At { value: id, span: right.kind.span };
            self.add(&Named { clauses: &right.clause, ..Named::nameless(Kind::Right, &id) }, source);
        }
    }

    /// The parties, roles, alternatives and checks of an operation file.
    pub(super) fn operation(&mut self, operation: &Operation, source: &Source) {
        collect! { self, source;
            &operation.parties => Party { name: name }
            &operation.roles => Role { name: name }
            &operation.alternatives => Alternative { name: name }
            &operation.checks => Check { name: name }
        }
    }
}
