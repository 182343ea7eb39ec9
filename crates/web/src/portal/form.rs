//! Forms made from the collect groups of a function: which questions, how each is asked, what must be told beside it.

use std::collections::{BTreeMap, BTreeSet};

use desk::collect::{self, PersonFields, Setting, is_picture, same_person, typed_groups};
use desk::refusal::FieldFault;
use desk::{Platform, Refusal};
use jiff::Timestamp;
use model::calendar::day_in_shanghai;
use model::field::Validator;
use model::{Clear, Slug};
use policy::question::Facts;
use policy::resolve::ItemFacts;
use policy::syntax::{Function, Kind, PersonKind, Questionnaire};

use super::survey;
use crate::pages::parts::{Choice, Field, FieldGroup, FieldKind, SensitiveNotice};
use crate::session::Form;
use crate::told::reasons::clause;
use crate::words::{choices, fault, hint, listed, say};

/// The vocabulary's day of birth.
const BIRTH_DATE: &str = "birth-date";

/// The vocabulary's sex: few answers, read as radios.
const SEX: &str = "sex";

/// One question.
pub(crate) struct Asked<'p> {
    pub(crate) item: &'p ItemFacts,
    /// Without it the function is closed, by the verdict that demands less.
    pub(crate) required: bool,
    pub(crate) sensitive: bool,
    /// Name of its control.
    pub(crate) name: String,
}

/// One person, or organisation, that a form asks about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Block {
    /// The first part of the names of its controls.
    pub(crate) name: String,
    /// Every role in which it stands.
    pub(crate) roles: Vec<Slug>,
    /// Who it is, over the questions; empty where that goes without saying.
    pub(crate) legend: String,
    /// A sentence under the legend.
    pub(crate) intro: Option<String>,
    /// Left to somebody else: nothing is asked here.
    pub(crate) left_open: bool,
    /// Items for which no questionnaire is shown: the consent that they rest on was refused (rule R14).
    pub(crate) refused: BTreeSet<Slug>,
    /// What is known to hold of this person: a condition on it makes the same demand of the form as of what comes in.
    pub(crate) holds: BTreeMap<String, bool>,
}

impl Block {
    /// Whether the questionnaire of an item is not asked: whoever opens a function comes back only to what it demands.
    fn is_spared(&self, one: &Asked<'_>) -> bool {
        !one.required && self.refused.contains(&one.item.id)
    }
}

/// What a function asks of everybody, as a form.
pub(crate) struct Sheet<'p> {
    pub(crate) platform: &'p Platform,
    pub(crate) function: &'p Function,
    pub(crate) blocks: Vec<Block>,
    pub(crate) channel: Option<Slug>,
    pub(crate) product: Option<Slug>,
    /// Whether `blocks` are all who stand in the matter, so that conditions on who is the same person are decided.
    pub(crate) known: bool,
    /// Whether a page of its own asks for secrets that need not be given here: a code once it was sent, compared there and
    /// not kept.
    pub(crate) proves_later: bool,
    /// The item by which whoever registers here is known when they come back, with the place of its block: the text may
    /// leave it open, an account that nobody can open again may not.
    pub(crate) key: Option<(usize, Slug)>,
    pub(crate) now: Timestamp,
}

impl<'p> Sheet<'p> {
    /// Of a function by itself, a block for each role of which it asks something.
    pub(crate) fn of(platform: &'p Platform, function: &'p Function, now: Timestamp) -> Self {
        let mut roles: Vec<Slug> = Vec::new();
        let named = typed_groups(function).filter_map(|group| group.of.text.parse::<Slug>().ok());
        for role in named {
            if !roles.contains(&role) {
                roles.push(role);
            }
        }
        let several = roles.len() > 1;
        let block = |role: Slug| {
            let (name, organisation) = role_of(platform, &role);
            let legend = if several { name } else { String::new() };
            let intro = organisation.then(|| say("organisation-intro"));
            Block { name: role.to_string(), roles: vec![role], legend, intro, ..Block::default() }
        };
        let blocks = roles.into_iter().map(block).collect();
        Self {
            platform,
            function,
            blocks,
            channel: platform.portal_channel(),
            product: None,
            known: false,
            proves_later: false,
            key: None,
            now,
        }
    }

    /// The question of one block, so far as it is the same for each.
    pub(crate) fn setting(&self, place: usize) -> Setting<'_> {
        let roles: Vec<&[Slug]> = self.blocks.iter().map(|block| block.roles.as_slice()).collect();
        let same_person = self.known.then(|| same_person(&roles, place));
        let declared = self.blocks.get(place).map(|block| block.holds.clone()).unwrap_or_default();
        Setting {
            function: self.function,
            channel: self.channel.as_ref(),
            product: self.product.as_ref(),
            facts: Facts { same_person, declared },
        }
    }

    /// What is asked of one block, in the order of the policy. Pictures come later, each on a page of its own.
    pub(crate) fn asked(&self, place: usize) -> Vec<Asked<'p>> {
        let Some(block) = self.blocks.get(place).filter(|block| !block.left_open) else { return Vec::new() };
        let setting = self.setting(place);
        let asked = collect::asked(self.platform, &setting, &block.roles, self.now);
        let question = |one: collect::AskedItem<'p>| Asked {
            item: one.item,
            required: one.required || self.key.as_ref().is_some_and(|(at, key)| *at == place && one.item.id == *key),
            sensitive: is_sensitive(self.platform, one.item, self.now),
            name: format!("{}.{}", block.name, one.item.id),
        };
        let later =
            |one: &Asked<'_>| self.proves_later && !one.required && one.item.validator == Some(Validator::Secret);
        asked.into_iter().map(question).filter(|one| !later(one)).collect()
    }

    /// Every question of the form.
    pub(crate) fn questions(&self) -> Vec<Asked<'p>> {
        (0..self.blocks.len()).flat_map(|place| self.asked(place)).collect()
    }

    /// The whole as a form, with what was typed before and what was wrong with it.
    pub(crate) fn form(&self, typed: &Form, faults: &[FieldFault]) -> crate::pages::parts::Form {
        let mut told = BTreeSet::new();
        let groups = (0..self.blocks.len()).flat_map(|place| self.groups(place, (typed, faults), &mut told)).collect();
        crate::pages::parts::Form { groups, problem: self.unplaced(faults).then(|| say("field-unknown")) }
    }

    /// Whether something is wrong with what no question asks.
    pub(crate) fn unplaced(&self, faults: &[FieldFault]) -> bool {
        let asked = self.questions();
        faults.iter().any(|fault| !asked.iter().any(|one| one.item.id.as_str() == fault.item))
    }

    /// The questions of one block, parted by what must be told beside them. What was told over a question before is not told
    /// again.
    pub(crate) fn groups(
        &self,
        place: usize,
        (typed, faults): (&Form, &[FieldFault]),
        told: &mut BTreeSet<usize>,
    ) -> Vec<FieldGroup> {
        let Some(block) = self.blocks.get(place) else { return Vec::new() };
        if block.left_open {
            let (legend, intro) = (block.legend.clone(), block.intro.clone());
            return vec![FieldGroup { legend, intro, ..FieldGroup::default() }];
        }
        let own: Vec<&FieldFault> = faults.iter().filter(|fault| fault.place.is_none_or(|of| of == place)).collect();
        let (surveyed, single): (Vec<_>, Vec<_>) =
            self.asked(place).into_iter().partition(|one| self.survey(block, one).is_some());
        let mut groups: Vec<FieldGroup> = Vec::new();
        let mut noticed: Option<usize> = None;
        for one in single {
            let notice = notice_of(self.platform, self.function, one.item);
            let notice = notice.filter(|notice| noticed == Some(*notice) || told.insert(*notice));
            if groups.is_empty() || notice != noticed {
                let begins = groups.is_empty();
                groups.push(FieldGroup {
                    legend: Some(&block.legend).filter(|_| begins).cloned().unwrap_or_default(),
                    intro: block.intro.clone().filter(|_| begins),
                    notice: notice.and_then(|place| sensitive_notice(self.platform, self.function, place)),
                    fields: Vec::new(),
                });
            }
            noticed = notice;
            if let Some(group) = groups.last_mut() {
                group.fields.push(field(&one, typed, own.iter().copied()));
            }
        }
        if groups.is_empty() && !surveyed.is_empty() && !block.legend.is_empty() {
            let (legend, intro) = (block.legend.clone(), block.intro.clone());
            groups.push(FieldGroup { legend, intro, ..FieldGroup::default() });
        }
        groups.extend(surveyed.iter().filter_map(|one| self.surveyed(block, one, (typed, &own), told)));
        groups
    }

    /// The questionnaire of a question, which then has no field.
    fn survey(&self, block: &Block, one: &Asked<'_>) -> Option<&'p Questionnaire> {
        survey::of(self.platform, self.function, &block.roles, &one.item.id)
    }

    /// A questionnaire, unless it is not asked; what must be told beside it is, where it was not told before.
    fn surveyed(
        &self,
        block: &Block,
        one: &Asked<'_>,
        (typed, faults): (&Form, &[&FieldFault]),
        told: &mut BTreeSet<usize>,
    ) -> Option<FieldGroup> {
        let questions = self.survey(block, one).filter(|_| !block.is_spared(one))?;
        let wrong = faults.iter().copied().find(|wrong| wrong.item == one.item.id.as_str());
        let notice = notice_of(self.platform, self.function, one.item).filter(|notice| told.insert(*notice));
        Some(FieldGroup {
            notice: notice.and_then(|place| sensitive_notice(self.platform, self.function, place)),
            ..survey::group(questions, one, (typed, wrong))
        })
    }

    /// What was typed into one block. Only the questions of this form are looked at; other fields are nobody's.
    pub(crate) fn typed(&self, place: usize, form: &Form) -> Vec<(String, Clear<String>)> {
        let Some(block) = self.blocks.get(place) else { return Vec::new() };
        let value = |one: Asked<'_>| {
            let value = match self.survey(block, &one) {
                Some(questions) => survey::value(questions, &one, form).filter(|_| !block.is_spared(&one)),
                None => form.one(&one.name).filter(|value| !value.trim().is_empty()).map(str::to_owned),
            };
            Some((one.item.id.to_string(), Clear::new(value?)))
        };
        self.asked(place).into_iter().filter_map(value).collect()
    }

    /// What is wrong with what was typed into one block, for a form that comes back for another reason: whoever mends that
    /// mends all at once. What is let in is the desk's to say.
    pub(crate) fn faults(&self, place: usize, form: &Form) -> Result<Vec<FieldFault>, Refusal> {
        let typed = self.typed(place, form);
        let missing = self.asked(place).into_iter().filter(|one| one.required);
        let missing = missing.filter(|one| !typed.iter().any(|(item, _)| one.item.id.as_str() == item));
        let missing: Vec<String> = missing.map(|one| one.item.id.to_string()).collect();
        let mut faults = collect::faults(self.platform, typed)?;
        faults.extend(missing.into_iter().map(|item| FieldFault { person: None, place: None, item, code: "missing" }));
        Ok(faults.into_iter().map(|fault| FieldFault { place: Some(place), ..fault }).collect())
    }

    /// What was typed, by role.
    pub(crate) fn persons(&self, form: &Form) -> Vec<PersonFields> {
        let blocks = self.blocks.iter().enumerate();
        let person = |(place, block): (usize, &Block)| {
            Some(PersonFields { person: block.roles.first()?.clone(), fields: self.typed(place, form) })
        };
        blocks.filter_map(person).collect()
    }
}

/// A role's published name, and whether organisations stand in it.
pub(crate) fn role_of(platform: &Platform, role: &Slug) -> (String, bool) {
    let role = platform.tables.program().policy.persons.iter().find(|known| known.id.value == *role);
    role.map_or_else(Default::default, |role| (role.name.value.clone(), role.kind.value == PersonKind::Organisation))
}

/// Items of a function that no form of ours asks: pictures and recordings.
pub(crate) fn pictures(platform: &Platform, function: &Function) -> Vec<String> {
    let program = platform.tables.program();
    let items = typed_groups(function).flat_map(|group| &group.items);
    let facts = items.filter_map(|item| program.items.get(item.text.as_str())).filter(|item| is_picture(item));
    facts.map(|item| item.name.clone()).collect()
}

/// Whether an item is sensitive today.
pub(crate) fn is_sensitive(platform: &Platform, item: &ItemFacts, now: Timestamp) -> bool {
    let switch = &platform.tables.program().operation.switches.sensitivity.value;
    item.face || item.sensitive_on(day_in_shanghai(now), switch)
}

/// Which notice of the operation file tells of an item in a function.
fn notice_of(platform: &Platform, function: &Function, item: &ItemFacts) -> Option<usize> {
    let notices = platform.tables.program().operation.notices.iter();
    let own = |notice: &policy::syntax::SensitiveNotice| {
        notice.function.text == function.id.as_str() && notice.items.iter().any(|named| named.text == item.id.as_str())
    };
    notices.enumerate().find(|(_, notice)| own(notice)).map(|(place, _)| place)
}

/// What must be told of the items of one class before they are taken, beside the question (PIPL art. 30, rule R15).
pub(crate) fn notice_for(platform: &Platform, function: &Function, items: &[Slug]) -> Option<SensitiveNotice> {
    let known = &platform.tables.program().items;
    let place = items.iter().filter_map(|item| known.get(item)).find_map(|item| notice_of(platform, function, item))?;
    sensitive_notice(platform, function, place)
}

fn sensitive_notice(platform: &Platform, function: &Function, place: usize) -> Option<SensitiveNotice> {
    let program = platform.tables.program();
    let notice = program.operation.notices.get(place)?;
    let names = &program.names;
    let purposes = function.purposes.iter().map(|purpose| names.name_of(Kind::Purpose, &purpose.text));
    let taken: BTreeSet<&str> =
        typed_groups(function).flat_map(|group| &group.items).map(|item| item.text.as_str()).collect();
    let told = notice.items.iter().map(|item| item.text.as_str()).filter(|item| taken.contains(item));
    let told: Vec<&str> = told.collect();
    Some(SensitiveNotice {
        items: told.iter().map(|item| names.name_of(Kind::Item, item).to_owned()).collect(),
        purpose: listed(purposes),
        necessity: notice.necessity.value.clone(),
        effect: notice.impact.value.clone(),
        kept: kept(platform, function),
        receivers: super::receivers::receivers(platform, function, &told),
        clause: function.clause.first().map(|number| clause(platform, number)),
    })
}

/// How long what a function takes is kept, in the words of the list of retention.
pub(crate) fn kept(platform: &Platform, function: &Function) -> String {
    let Some(class) = &function.makes else { return say("kept-nothing") };
    let rows = render::lists::retained(platform.tables.program()).rows;
    let name = platform.tables.program().names.name_of(Kind::Record, &class.text);
    let own = rows.iter().filter(|row| row.classes.contains(name) || row.element_id == class.text);
    let parts: BTreeSet<&str> = own.flat_map(|row| [row.period.as_str(), row.floors.as_str()]).collect();
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { say("kept-not-stated") } else { listed(parts) }
}

fn field<'f>(one: &Asked<'_>, typed: &Form, mut faults: impl Iterator<Item = &'f FieldFault>) -> Field {
    let value = typed.one(&one.name).unwrap_or_default().to_owned();
    let wrong =
        faults.find(|wrong| wrong.item == one.item.id.as_str() && (wrong.code != "missing" || value.is_empty()));
    let validator = one.item.validator.unwrap_or(Validator::Text);
    Field {
        label: one.item.name.clone(),
        kind: kind(one.item, validator),
        hint: hint(validator.id()),
        error: wrong.map(|wrong| fault(wrong.code)),
        required: one.required,
        sensitive: one.sensitive,
        name: one.name.clone(),
        value,
        ..Field::default()
    }
}

/// The field of one item, whatever function asked for it, under a name of the page's own.
pub(crate) fn field_of(item: &ItemFacts, typed: &Form, name: &str, faults: &[FieldFault]) -> Field {
    let validator = item.validator.unwrap_or(Validator::Text);
    let wrong = faults.iter().find(|wrong| wrong.item == item.id.as_str());
    Field {
        name: name.to_owned(),
        label: item.name.clone(),
        kind: kind(item, validator),
        value: typed.one(name).unwrap_or_default().to_owned(),
        hint: hint(validator.id()),
        error: wrong.map(|wrong| fault(wrong.code)),
        ..Field::default()
    }
}

fn kind(item: &ItemFacts, validator: Validator) -> FieldKind {
    if let Some(answers) = choices(item.id.as_str()) {
        let answers = answers.iter().map(|answer| Choice { value: answer.clone(), label: answer.clone(), hint: None });
        let answers: Vec<Choice> = answers.collect();
        return if item.id.as_str() == SEX { FieldKind::Radio(answers) } else { FieldKind::Select(answers) };
    }
    match validator {
        Validator::Mobile | Validator::Landline | Validator::Phone => FieldKind::Phone,
        Validator::Email => FieldKind::Email,
        Validator::Date => FieldKind::Date { born: item.id.as_str() == BIRTH_DATE },
        Validator::Name => FieldKind::Name,
        Validator::OrganisationName => FieldKind::Organisation,
        Validator::ResidentId
        | Validator::Passport
        | Validator::Permit
        | Validator::OfficerCard
        | Validator::Document => FieldKind::DocumentNumber,
        _ => FieldKind::Text,
    }
}
