//! Forms made from the collect groups of a function: which questions, how each is asked, what must be told beside it.

use std::collections::BTreeSet;

use desk::Platform;
use desk::collect::PersonFields;
use desk::refusal::FieldFault;
use jiff::Timestamp;
use model::calendar::day_in_shanghai;
use model::field::Validator;
use model::{Clear, Slug};
use policy::question::{Facts, FunctionOpen, Openness, Subject};
use policy::resolve::ItemFacts;
use policy::syntax::{Collect, Function, Kind, PersonKind, Trigger};

use crate::pages::parts::{Choice, Field, FieldGroup, FieldKind, SensitiveNotice};
use crate::session::Form;
use crate::told::reasons::clause;
use crate::words::{choices, fault, hint, listed, say};

/// The vocabulary's day of birth.
const BIRTH_DATE: &str = "birth-date";

/// The vocabulary's sex: few answers, read as radios.
const SEX: &str = "sex";

/// One question of a function.
pub(crate) struct Asked<'p> {
    pub(crate) person: Slug,
    pub(crate) item: &'p ItemFacts,
    /// Without it the function is closed, by the verdict that demands less.
    pub(crate) required: bool,
    pub(crate) sensitive: bool,
}

impl Asked<'_> {
    /// Name of its control.
    pub(crate) fn name(&self) -> String {
        format!("{}.{}", self.person, self.item.id)
    }
}

/// The groups whose items somebody types here: neither automatic nor from elsewhere.
pub(crate) fn typed_groups(function: &Function) -> impl Iterator<Item = &Collect> {
    let groups = function.collects.said().into_iter().flatten();
    groups.filter(|group| matches!(group.trigger.said(), Some(Trigger::Given) | None))
}

/// What a function asks on a form, in the order of the policy. Pictures come later, each on a page of its own.
pub(crate) fn asked<'p>(platform: &'p Platform, function: &'p Function, now: Timestamp) -> Vec<Asked<'p>> {
    let program = platform.tables.program();
    let mut found: Vec<Asked<'p>> = Vec::new();
    for group in typed_groups(function) {
        let Ok(person) = group.of.text.parse::<Slug>() else { continue };
        for item in group.items.iter().filter_map(|item| program.items.get(item.text.as_str())) {
            let twice = found.iter().any(|one| one.person == person && one.item.id == item.id);
            if twice || is_picture(item) {
                continue;
            }
            let required = demanded(platform, function, &person, item, now);
            found.push(Asked { person: person.clone(), item, required, sensitive: is_sensitive(platform, item, now) });
        }
    }
    found
}

/// Items of a function that no form of ours asks: pictures and recordings.
pub(crate) fn pictures(platform: &Platform, function: &Function) -> Vec<String> {
    let program = platform.tables.program();
    let items = typed_groups(function).flat_map(|group| &group.items);
    let facts = items.filter_map(|item| program.items.get(item.text.as_str())).filter(|item| is_picture(item));
    facts.map(|item| item.name.clone()).collect()
}

/// Whether an item is a picture or another file, never typed.
pub(crate) fn is_picture(item: &ItemFacts) -> bool {
    item.face || item.validator.is_some_and(|validator| !validator.file_kinds().is_empty())
}

/// Whether an item is sensitive today.
pub(crate) fn is_sensitive(platform: &Platform, item: &ItemFacts, now: Timestamp) -> bool {
    let switch = &platform.tables.program().operation.switches.sensitivity.value;
    item.face || item.sensitive_on(day_in_shanghai(now), switch)
}

/// Whether refusing this one item closes the function (rules R13 and R33): the tables say.
fn demanded(platform: &Platform, function: &Function, person: &Slug, item: &ItemFacts, now: Timestamp) -> bool {
    let asked = FunctionOpen {
        platform: platform.id.clone(),
        at: None,
        function: function.id.to_string(),
        product: None,
        channel: None,
        person: person.to_string(),
        refused: vec![item.id.to_string()],
        subject: Subject::default(),
        facts: Facts::default(),
    };
    let answer = platform.tables.function_open(&asked, &model::act::SubjectState::default(), None, now);
    answer.effect == Openness::Closed
}

/// The questions as a form, with what was typed before and what was wrong with it.
pub(crate) fn form(
    platform: &Platform,
    function: &Function,
    now: Timestamp,
    typed: &Form,
    faults: &[FieldFault],
) -> crate::pages::parts::Form {
    let asked = asked(platform, function, now);
    let persons: BTreeSet<&Slug> = asked.iter().map(|one| &one.person).collect();
    let mut groups: Vec<FieldGroup> = Vec::new();
    let mut person: Option<&Slug> = None;
    let mut noticed: Option<usize> = None;
    for one in &asked {
        let notice = notice_of(platform, function, one.item);
        if person != Some(&one.person) || notice != noticed || groups.is_empty() {
            let begins = person != Some(&one.person);
            groups.push(group(platform, function, one, (begins, persons.len() > 1), notice));
        }
        (person, noticed) = (Some(&one.person), notice);
        if let Some(group) = groups.last_mut() {
            group.fields.push(field(one, typed, faults));
        }
    }
    let unplaced = faults.iter().any(|fault| !asked.iter().any(|one| one.item.id.as_str() == fault.item));
    crate::pages::parts::Form { groups, problem: unplaced.then(|| say("field-unknown")) }
}

fn group(
    platform: &Platform,
    function: &Function,
    first: &Asked<'_>,
    (begins, several): (bool, bool),
    notice: Option<usize>,
) -> FieldGroup {
    let program = platform.tables.program();
    let role = program.policy.persons.iter().find(|role| role.id.value == first.person);
    let organisation = role.is_some_and(|role| role.kind.value == PersonKind::Organisation);
    let legend = role.filter(|_| several && begins).map(|role| role.name.value.clone());
    FieldGroup {
        legend: legend.unwrap_or_default(),
        intro: (organisation && begins).then(|| say("organisation-intro")),
        notice: notice.and_then(|place| sensitive_notice(platform, function, place)),
        fields: Vec::new(),
    }
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

fn field(one: &Asked<'_>, typed: &Form, faults: &[FieldFault]) -> Field {
    let name = one.name();
    let value = typed.one(&name).unwrap_or_default().to_owned();
    let wrong =
        faults.iter().find(|wrong| wrong.item == one.item.id.as_str() && (wrong.code != "missing" || value.is_empty()));
    let validator = one.item.validator.unwrap_or(Validator::Text);
    Field {
        label: one.item.name.clone(),
        kind: kind(one.item, validator),
        hint: hint(validator.id()),
        error: wrong.map(|wrong| fault(wrong.code)),
        required: one.required,
        sensitive: one.sensitive,
        why: None,
        name,
        value,
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

/// What was typed, by role. Only the questions of this function are looked at; other fields are nobody's.
pub(crate) fn typed(platform: &Platform, function: &Function, now: Timestamp, form: &Form) -> Vec<PersonFields> {
    let mut persons: Vec<PersonFields> = Vec::new();
    for one in asked(platform, function, now) {
        let Some(value) = form.one(&one.name()).filter(|value| !value.trim().is_empty()) else {
            if !persons.iter().any(|person| person.person == one.person) {
                persons.push(PersonFields { person: one.person, fields: Vec::new() });
            }
            continue;
        };
        let value = (one.item.id.to_string(), Clear::new(value.to_owned()));
        match persons.iter_mut().find(|person| person.person == one.person) {
            Some(person) => person.fields.push(value),
            None => persons.push(PersonFields { person: one.person, fields: vec![value] }),
        }
    }
    persons
}
