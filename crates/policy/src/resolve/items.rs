//! Items: what the vocabulary knows of them, and what a platform adds.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use model::Slug;
use model::field::{Mask, Validator};

use super::names::Collector;
use crate::finding::{Finding, Severity, Source, Span};
use crate::syntax::{At, Category, FinancialLevel, Item, Kind, MaskChoice, Sensitive, Standard, Vocabulary, nearest};

/// A standard that counts an item as sensitive, and since when until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SensitiveBy {
    /// Id of the [`Standard`].
    pub standard: Slug,
    /// First day on which it is in force.
    pub from: Date,
    /// First day on which it no longer is.
    pub until: Option<Date>,
}

/// Everything known of one item of personal information (个人信息项).
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four independent facts of the vocabulary, each a column of its own")]
pub struct ItemFacts {
    /// Canonical id.
    pub id: Slug,
    /// Published name; the vocabulary's where the policy gives none.
    pub name: String,
    /// Further names.
    pub aliases: Vec<String>,
    /// Category of GB/T 35273 annex A.
    pub category: Category,
    /// Its class where a standard counts it as sensitive.
    pub class: Option<Sensitive>,
    /// Level of JR/T 0171.
    pub level: Option<FinancialLevel>,
    /// How its values are checked.
    pub validator: Option<Validator>,
    /// How its values are shown by default.
    pub mask: Mask,
    /// Whether it is a face image or template (rule R33).
    pub face: bool,
    /// Whether it is genetic information (rule R20).
    pub genetic: bool,
    /// Whether it describes an organisation.
    pub organisation: bool,
    /// Whether equality search by keyed token is offered.
    pub searchable: bool,
    /// The standards that count it as sensitive.
    pub sensitive_by: Vec<SensitiveBy>,
}

impl ItemFacts {
    /// Whether it is a telephone number.
    pub fn is_telephone(&self) -> bool {
        matches!(self.validator, Some(Validator::Mobile | Validator::Landline | Validator::Phone))
    }

    /// Whether a standard in force on `day` counts the item as sensitive: any one under `strictest`, else the standard
    /// of that id (the operation file's switch `sensitivity`).
    pub fn sensitive_on(&self, day: Date, sensitivity: &str) -> bool {
        self.sensitive_by
            .iter()
            .filter(|by| sensitivity == STRICTEST || by.standard.as_str() == sensitivity)
            .any(|by| by.from <= day && by.until.is_none_or(|until| day < until))
    }
}

/// The switch under which any standard is enough.
pub(super) const STRICTEST: &str = "strictest";

/// What an item of a policy file is.
enum Standing {
    /// A published name for this item of the vocabulary.
    Publishes(Slug),
    /// An item of the platform's own.
    New,
    /// Reported.
    Unclear,
}

/// The items of a program: the vocabulary's, then the platform's own and its published names.
pub(super) struct Items<'c, 'f> {
    pub(super) facts: BTreeMap<Slug, ItemFacts>,
    collector: &'c mut Collector<'f>,
    standards: Vec<Standard>,
}

impl<'c, 'f> Items<'c, 'f> {
    pub(super) fn of(vocabulary: &Vocabulary, source: &Source, collector: &'c mut Collector<'f>) -> Self {
        let mut items = Self { facts: BTreeMap::new(), collector, standards: vocabulary.standards.clone() };
        for item in &vocabulary.items {
            let counted = vocabulary
                .standards
                .iter()
                .filter(|standard| standard.sensitive.iter().any(|listed| listed.value == item.id.as_str()));
            let by = counted.map(by).collect();
            items.collector.known(item, source);
            items.new_item(item, by, source);
        }
        items.check_standards(source);
        items
    }

    /// What a policy file says of items.
    pub(super) fn platform(&mut self, items: &[Item], source: &Source) {
        let mut published = BTreeSet::new();
        for item in items {
            match self.standing(item, source) {
                Standing::Publishes(id) => {
                    let first = published.insert(id.clone());
                    self.collector.published(item, &id, first, source);
                    self.rename(item, &id, first);
                }
                Standing::New => {
                    let by = if item.class.is_some() { self.standards.iter().map(by).collect() } else { Vec::new() };
                    self.collector.own(item, source);
                    self.new_item(item, by, source);
                }
                Standing::Unclear => {}
            }
        }
    }

    fn standing(&mut self, item: &Item, source: &Source) -> Standing {
        let known = self.facts.contains_key(&item.id.value);
        let stands_for = match &item.same_as {
            Some(same) => match self.collector.names.find(Kind::Item, same) {
                Ok(id) => id,
                Err(why) => {
                    self.collector.findings.push(super::not_found(&why, source, same.span, &self.collector.names));
                    return Standing::Unclear;
                }
            },
            None if !known => return Standing::New,
            None => item.id.value.clone(),
        };
        if known && (item.category.is_some() || stands_for != item.id.value) {
            let message = format!("the vocabulary already has an item `{}`", item.id.value);
            let mend = format!("say as = \"{}\" and give only names, or choose another id", item.id.value);
            self.report("L0405", item.id.span, message, mend, source);
            return Standing::Unclear;
        }
        Standing::Publishes(stands_for)
    }

    fn rename(&mut self, item: &Item, id: &Slug, first: bool) {
        let Some(facts) = self.facts.get_mut(id) else { return };
        if first {
            let old = std::mem::replace(&mut facts.name, item.name.value.clone());
            facts.aliases.push(old);
        } else {
            facts.aliases.push(item.name.value.clone());
        }
        facts.aliases.extend(item.aliases.iter().map(|alias| alias.value.clone()));
    }

    fn new_item(&mut self, item: &Item, sensitive_by: Vec<SensitiveBy>, source: &Source) {
        let validator =
            word(item.validator.as_ref(), Validator::ALL, Validator::id, "validator", source, self.collector.findings);
        let mask = word(item.mask.as_ref(), Mask::ALL, Mask::id, "mask", source, self.collector.findings);
        if item.category.is_none() {
            let message = format!("the item `{}` has no category", item.name.value);
            let mend = "add category = …, or as = … when the vocabulary has it under another name".to_owned();
            self.report("L0404", item.id.span, message, mend, source);
        }
        let flag = |slot: &Option<At<bool>>| slot.as_ref().is_some_and(|at| at.value);
        let facts = ItemFacts {
            id: item.id.value.clone(),
            name: item.name.value.clone(),
            aliases: item.aliases.iter().map(|alias| alias.value.clone()).collect(),
            category: item.category.as_ref().map_or(Category::Other, |at| at.value),
            class: item.class.as_ref().map(|at| at.value),
            level: item.level.as_ref().map(|at| at.value),
            validator,
            mask: mask.unwrap_or_else(|| validator.map_or(Mask::Fixed, Validator::default_mask)),
            face: flag(&item.face),
            genetic: flag(&item.genetic),
            organisation: flag(&item.organisation),
            searchable: flag(&item.searchable),
            sensitive_by,
        };
        self.facts.entry(item.id.value.clone()).or_insert(facts);
    }

    fn check_standards(&mut self, source: &Source) {
        for standard in self.standards.clone() {
            for listed in &standard.sensitive {
                let known = listed.parse::<Slug>().is_ok_and(|id| self.facts.contains_key(&id));
                if !known {
                    let message =
                        format!("the standard `{}` lists `{}`, which is no item", standard.id.value, listed.value);
                    self.report("L0303", listed.span, message, "name an item by its id".to_owned(), source);
                }
            }
        }
    }

    fn report(&mut self, code: &'static str, span: Span, message: String, mend: String, source: &Source) {
        self.collector.findings.push(Finding::new(code, Severity::Error, message).at(source, span, "").mend(mend));
    }
}

fn by(standard: &Standard) -> SensitiveBy {
    SensitiveBy {
        standard: standard.id.value.clone(),
        from: standard.from.value,
        until: standard.until.as_ref().map(|at| at.value),
    }
}

/// Masks that the operation file prefers to the vocabulary's.
pub(super) fn masks(
    facts: &mut BTreeMap<Slug, ItemFacts>,
    choices: &[MaskChoice],
    source: &Source,
    findings: &mut Vec<Finding>,
) {
    for choice in choices {
        let mask = word(Some(&choice.mask), Mask::ALL, Mask::id, "mask", source, findings);
        if let (Some(mask), Some(facts)) = (mask, facts.get_mut(choice.item.text.as_str())) {
            facts.mask = mask;
        }
    }
}

/// The member of a closed list of `model::field` that is said, or a finding.
fn word<T: Copy>(
    said: Option<&At<String>>,
    all: &[T],
    id: fn(T) -> &'static str,
    what: &str,
    source: &Source,
    findings: &mut Vec<Finding>,
) -> Option<T> {
    let said = said?;
    let found = all.iter().copied().find(|one| id(*one) == said.value);
    if found.is_none() {
        let words: Vec<_> = all.iter().map(|one| id(*one)).collect();
        let mend = nearest(words.iter().copied(), said)
            .map_or_else(|| format!("one of: {}", words.join(", ")), |near| format!("did you mean `{near}`?"));
        let message = format!("no {what} is called `{}`", said.value);
        findings
            .push(Finding::new("L0403", Severity::Error, message).at(source, said.span, "not in the list").mend(mend));
    }
    found
}
