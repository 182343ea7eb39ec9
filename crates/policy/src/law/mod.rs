//! The law pack: dated data about the law, kept out of the code (design invariant 5; rule R65).
//!
//! Code names rules of the catalogue by number. Whether a rule holds on a day, and which article carries it, stands in
//! `law/*.toml`; so do the ages, clocks and floors. Every answer uses the law of the day that it is given for.
//!
//! The files are bundled and no user edits them, so they are read with serde, without spans; a test reads them. Were
//! they broken all the same, [`bundled`] says so by a language error, and nothing compiles.

mod catalogue;
mod wording;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use jiff::civil::Date;
use model::deadline::Span;
use serde::Deserialize;

pub(crate) use catalogue::read_catalogue;
pub use catalogue::{Entry, Words, catalogue, entry};
pub use wording::{InCharge, Limit, Named, Succeeded, Superseded, Within, Wording};

use crate::finding::{Finding, Severity};
use crate::syntax::{At, Category, Event, Floor, HandlerKind, IncidentRegime, RightKind, RouteAbroad};

static BUNDLED: LazyLock<Result<LawPack, LawError>> = LazyLock::new(|| {
    let rules = include_str!("../../law/rules.toml");
    let parameters = include_str!("../../law/parameters.toml");
    let wording = include_str!("../../law/wording.toml");
    LawPack::read(rules, parameters, wording)
});

/// The pack that this program was built with; a language error where it cannot be read.
pub fn bundled() -> (LawPack, Vec<Finding>) {
    match &*BUNDLED {
        Ok(pack) => (pack.clone(), Vec::new()),
        Err(why) => (LawPack::default(), vec![Finding::new("L0501", Severity::Error, why.to_string())]),
    }
}

/// A law pack that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LawError {
    /// Not the expected TOML.
    #[error("law pack is not readable: {0}")]
    Syntax(String),
    /// The two files are of different versions.
    #[error("law pack: rules are of version `{rules}`, parameters of `{parameters}`; revise them together")]
    Versions {
        /// Version in `rules.toml`.
        rules: String,
        /// Version in `parameters.toml`.
        parameters: String,
    },
    /// The same rule twice.
    #[error("law pack: rule {0} stands twice")]
    Twice(String),
    /// A rule nobody can cite, or an interval that ends before it begins.
    #[error("law pack: `{0}` has no source, or an interval that ends before it begins")]
    Interval(String),
}

/// The law as data, shared by everything that is compiled.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LawPack(Arc<Pack>);

#[derive(Debug, Default, PartialEq)]
struct Pack {
    version: String,
    rules: BTreeMap<String, Rule>,
    /// By number of the rule.
    articles: BTreeMap<u8, Vec<Article>>,
    ages: Ages,
    underwriting: Underwriting,
    compared: Vec<String>,
    rests: Vec<Rest>,
    pricing: Pricing,
    clocks: Vec<RightClock>,
    floors: Vec<LegalFloor>,
    thresholds: Vec<Threshold>,
    exports: Vec<ExportCeiling>,
    incidents: Vec<IncidentClock>,
    wording: Wording,
}

/// One rule of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// `R10`.
    pub id: String,
    /// What it is about, independent of any article's number.
    pub concept: String,
    /// The articles that carry it, each in its interval.
    pub sources: Vec<Citation>,
}

/// An article or standard while it is in force.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Citation {
    /// As printed beside a reason.
    pub cite: String,
    /// First day in force.
    pub from: Date,
    /// First day no longer in force.
    pub until: Option<Date>,
    /// `false` where counsel has yet to confirm it.
    #[serde(default = "certain")]
    pub certain: bool,
}

/// A citation as a reason bears it: with the rule that it carries.
#[derive(Debug, PartialEq)]
struct Article {
    text: String,
    from: Date,
    until: Option<Date>,
}

impl Rule {
    fn number(&self) -> Option<u8> {
        self.id.strip_prefix('R')?.parse().ok()
    }

    fn articles(&self) -> Vec<Article> {
        let article = |source: &Citation| Article {
            text: format!("{} ({})", source.cite, self.id),
            from: source.from,
            until: source.until,
        };
        self.sources.iter().map(article).collect()
    }
}

impl Citation {
    /// Whether it is in force on the day.
    pub fn holds(&self, day: Date) -> bool {
        in_force(self.from, self.until, day)
    }
}

const fn certain() -> bool {
    true
}

/// The two ages of the law.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ages {
    /// Under it, a guardian consents (PIPL art. 31).
    pub child: u16,
    /// Under it, a person is a minor (未成年人).
    pub minor: u16,
}

/// How long a refused consent rests at least, while the figure is in force.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rest {
    /// Days.
    pub days: u32,
    /// Rule of the catalogue.
    pub rule: String,
    from: Date,
    until: Option<Date>,
    /// `false` where counsel has yet to confirm the figure.
    pub certain: bool,
}

/// What a price may not be made of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pricing {
    /// Categories of items that say nothing of the risk.
    pub beside_the_risk: Vec<Category>,
    /// `false` where counsel has yet to confirm the list.
    pub certain: bool,
}

/// How long the law gives for answering a right.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RightClock {
    rights: Vec<RightKind>,
    count: u32,
    unit: model::deadline::Unit,
    /// Rule of the catalogue.
    pub rule: String,
    from: Date,
    until: Option<Date>,
    /// `false` where counsel has yet to confirm the figure.
    pub certain: bool,
}

impl RightClock {
    /// How long.
    pub const fn span(&self) -> Span {
        Span::new(self.count, self.unit)
    }
}

/// A legal floor while it is in force.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LegalFloor {
    /// Which.
    pub floor: Floor,
    /// For cover up to a year.
    pub short: Span,
    /// For cover beyond a year.
    pub long: Span,
    /// The life events from which it may be counted.
    pub starts: Vec<Event>,
    /// Where it stands.
    pub cite: String,
    from: Date,
    until: Option<Date>,
    /// `false` where counsel has yet to confirm the figure.
    pub certain: bool,
    /// The records under which it lies of itself; none: only those that a file names.
    held_by: Option<HeldBy>,
}

/// Records under which a floor lies, whatever a file says of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeldBy {
    /// Of handlers of these kinds; none: of all.
    #[serde(default)]
    handlers: Vec<HandlerKind>,
    /// They know one of these events,
    #[serde(default)]
    events: Vec<Event>,
    /// or their name ends so,
    #[serde(default)]
    names: Vec<String>,
    /// or a function that sells makes them.
    #[serde(default)]
    sold: bool,
}

/// What the law asks of a record to know the floors under it.
#[derive(Debug, Clone, Copy)]
pub struct Kept<'a> {
    /// Whose it is.
    pub handler: HandlerKind,
    /// How it is called.
    pub name: &'a str,
    /// The life events that it knows.
    pub events: &'a [At<Event>],
    /// Whether a function that sells makes it.
    pub sold: bool,
}

impl LegalFloor {
    /// Whether it lies under such a record of itself, whether or not a file names it (rule `R47`).
    pub fn lies_under(&self, kept: Kept<'_>) -> bool {
        self.held_by.as_ref().is_some_and(|by| {
            let whose = by.handlers.is_empty() || by.handlers.contains(&kept.handler);
            let knows = kept.events.iter().any(|event| by.events.contains(&event.value));
            let called = by.names.iter().any(|name| kept.name.ends_with(name.as_str()));
            whose && (knows || called || by.sold && kept.sold)
        })
    }

    /// The title of its law, between the brackets; empty where the citation is a number.
    pub fn title(&self) -> &str {
        let after = self.cite.split_once('\u{300a}').map_or("", |(_, rest)| rest);
        after.split_once('\u{300b}').map_or("", |(title, _)| title)
    }

    /// Where it stands, as findings print it.
    pub fn citation(&self) -> Citation {
        Citation { cite: self.cite.clone(), from: self.from, until: self.until, certain: self.certain }
    }
}

/// How many people's data may leave the country on a route in a calendar year, while it is in force.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportCeiling {
    /// The route.
    pub route: RouteAbroad,
    /// Fewer than so many, of all.
    pub persons: u32,
    /// Fewer than so many of whom something sensitive leaves.
    pub sensitive: u32,
    from: Date,
    until: Option<Date>,
    /// `false` where counsel has yet to confirm the figures.
    pub certain: bool,
}

/// By when an incident is told to an authority after it is found, while it is in force.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentClock {
    /// Under whose rules.
    pub regime: IncidentRegime,
    /// The kinds of handlers that it looks after; none: all.
    handlers: Vec<HandlerKind>,
    /// Whoever keeps records under this floor alone.
    floor: Option<Floor>,
    /// By when in brief.
    pub first: Span,
    /// By when in full, where it says so.
    pub full: Option<Span>,
    cite: String,
    from: Date,
    until: Option<Date>,
    /// `false` where counsel has yet to confirm the figures.
    pub certain: bool,
}

impl IncidentClock {
    /// Where it stands, as findings print it.
    pub fn citation(&self) -> Citation {
        Citation { cite: self.cite.clone(), from: self.from, until: self.until, certain: self.certain }
    }
}

/// Whom a threshold counts: distinct persons of whom something is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counted {
    /// A face.
    Faces,
    /// Anything.
    Persons,
}

/// A number of persons from which the handler must file with an authority, while it is in force.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// Rule of the catalogue: `R34`.
    pub rule: String,
    /// Who is counted.
    pub counts: Counted,
    /// From how many on.
    pub persons: u64,
    /// How long there is, from the day on which they are that many.
    pub within: Span,
    from: Date,
    until: Option<Date>,
    /// `false` where counsel has yet to confirm the figure.
    pub certain: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesFile {
    version: String,
    rule: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ParametersFile {
    version: String,
    ages: Ages,
    underwriting: Underwriting,
    sensitivity: Compared,
    rest: Vec<Rest>,
    pricing: Pricing,
    clock: Vec<RightClock>,
    floor: Vec<LegalFloor>,
    threshold: Vec<Threshold>,
    export: Vec<ExportCeiling>,
    incident: Vec<IncidentClock>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Underwriting {
    words: Vec<String>,
    besides: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Compared {
    compared: Vec<String>,
}

fn in_force(from: Date, until: Option<Date>, day: Date) -> bool {
    from <= day && until.is_none_or(|end| day < end)
}

impl LawPack {
    /// Reads a pack from the texts of its three files.
    ///
    /// # Errors
    /// [`LawError`] when a file does not parse, versions differ, or an interval is unsound.
    pub fn read(rules: &str, parameters: &str, wording: &str) -> Result<Self, LawError> {
        let syntax = |error: toml::de::Error| LawError::Syntax(error.message().to_owned());
        let file: RulesFile = toml::from_str(rules).map_err(syntax)?;
        let parameters: ParametersFile = toml::from_str(parameters).map_err(syntax)?;
        let wording: Wording = toml::from_str(wording).map_err(syntax)?;
        if file.version != parameters.version {
            return Err(LawError::Versions { rules: file.version, parameters: parameters.version });
        }
        let mut rules = BTreeMap::new();
        for rule in file.rule {
            let sound = rule.sources.iter().all(|source| source.until.is_none_or(|end| source.from < end));
            if rule.sources.is_empty() || !sound {
                return Err(LawError::Interval(rule.id));
            }
            if let Some(twice) = rules.insert(rule.id.clone(), rule) {
                return Err(LawError::Twice(twice.id));
            }
        }
        let odd = parameters.floor.iter().find(|floor| floor.until.is_some_and(|end| end <= floor.from));
        if let Some(floor) = odd {
            return Err(LawError::Interval(floor.floor.to_string()));
        }
        Ok(Self(Arc::new(Pack {
            version: file.version,
            articles: rules.values().filter_map(|rule| Some((rule.number()?, rule.articles()))).collect(),
            rules,
            ages: parameters.ages,
            underwriting: parameters.underwriting,
            compared: parameters.sensitivity.compared,
            rests: parameters.rest,
            pricing: parameters.pricing,
            clocks: parameters.clock,
            floors: parameters.floor,
            thresholds: parameters.threshold,
            exports: parameters.export,
            incidents: parameters.incident,
            wording,
        })))
    }

    /// Version of the data, part of the fingerprint `tables`.
    pub fn version(&self) -> &str {
        &self.0.version
    }

    /// Whether the pack has nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.rules.is_empty()
    }

    /// Every rule of the catalogue.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> + '_ {
        self.0.rules.values()
    }

    /// A rule by its number, whether in force or not.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.0.rules.get(id)
    }

    /// Whether the rule holds on the day.
    pub fn holds(&self, id: &str, day: Date) -> bool {
        self.citation(id, day).is_some()
    }

    /// The first article that carries the rule on the day.
    pub fn citation(&self, id: &str, day: Date) -> Option<&Citation> {
        self.rule(id)?.sources.iter().find(|source| source.holds(day))
    }

    /// The same with the number of the rule: `《个人信息保护法》第十三条 (R5)`.
    pub fn article(&self, rule: u8, day: Date) -> Option<&str> {
        let mut articles = self.0.articles.get(&rule)?.iter();
        articles.find(|one| in_force(one.from, one.until, day)).map(|one| one.text.as_str())
    }

    /// The two ages.
    pub fn ages(&self) -> Ages {
        self.0.ages
    }

    /// Whether a name or id says underwriting (rule R20): by a word that is no part of another's name.
    pub fn is_underwriting(&self, text: &str) -> bool {
        let Underwriting { words, besides } = &self.0.underwriting;
        let other = |word: &String, at: usize| {
            let rest = text.get(at..).unwrap_or_default();
            besides.iter().any(|longer| longer.starts_with(word.as_str()) && rest.starts_with(longer.as_str()))
        };
        words.iter().any(|word| text.match_indices(word.as_str()).any(|(at, _)| !other(word, at)))
    }

    /// Ids of the standards whose lists of sensitive items are held against each other (rule `R16`).
    pub fn compared_standards(&self) -> &[String] {
        &self.0.compared
    }

    /// Words by which rules recognise what a text says.
    pub fn wording(&self) -> &Wording {
        &self.0.wording
    }

    /// How long a refused consent rests at least, on the day (rule `R14`).
    pub fn rest(&self, day: Date) -> Option<&Rest> {
        self.0.rests.iter().find(|rest| in_force(rest.from, rest.until, day))
    }

    /// What a price may not be made of (rule `R32`).
    pub fn pricing(&self) -> &Pricing {
        &self.0.pricing
    }

    /// The clock that the law sets for a right on the day.
    pub fn right_clock(&self, right: RightKind, day: Date) -> Option<&RightClock> {
        self.0.clocks.iter().find(|clock| clock.rights.contains(&right) && in_force(clock.from, clock.until, day))
    }

    /// The floor of that name on the day.
    pub fn floor(&self, floor: Floor, day: Date) -> Option<&LegalFloor> {
        self.0.floors.iter().find(|legal| legal.floor == floor && in_force(legal.from, legal.until, day))
    }

    /// The floors on the day that lie under such a record of themselves.
    pub fn floors_under(&self, kept: Kept<'_>, day: Date) -> impl Iterator<Item = &LegalFloor> {
        self.0.floors.iter().filter(move |legal| in_force(legal.from, legal.until, day) && legal.lies_under(kept))
    }

    /// The thresholds on the day.
    pub fn thresholds(&self, day: Date) -> impl Iterator<Item = &Threshold> + '_ {
        self.0.thresholds.iter().filter(move |one| in_force(one.from, one.until, day))
    }

    /// How many people's data may leave on a route in a year, where the law of the day says so.
    pub fn export_ceiling(&self, route: RouteAbroad, day: Date) -> Option<&ExportCeiling> {
        self.0.exports.iter().find(|one| one.route == route && in_force(one.from, one.until, day))
    }

    /// The days on which it changes how many people's data may leave.
    pub fn export_turns(&self) -> impl Iterator<Item = Date> + '_ {
        self.0.exports.iter().flat_map(|one| std::iter::once(one.from).chain(one.until))
    }

    /// By when a handler of that kind tells an incident on the day, who keeps records under these floors.
    pub fn incident_clocks(
        &self,
        kind: HandlerKind,
        floors: &[Floor],
        day: Date,
    ) -> impl Iterator<Item = &IncidentClock> {
        self.0.incidents.iter().filter(move |one| {
            let looks_after = one.handlers.is_empty() || one.handlers.contains(&kind);
            let keeps = one.floor.is_none_or(|floor| floors.contains(&floor));
            in_force(one.from, one.until, day) && looks_after && keeps
        })
    }

    /// Every day on which a rule begins or ceases to hold, or changes its article.
    pub fn turns(&self) -> impl Iterator<Item = Date> + '_ {
        let sources = self.0.rules.values().flat_map(|rule| &rule.sources);
        sources.flat_map(|source| std::iter::once(source.from).chain(source.until))
    }
}

#[cfg(test)]
mod tests;
