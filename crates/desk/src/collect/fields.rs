//! What was typed, named and checked: pure. Values stay in custody; a fault names the item and the rule, never a value.

use model::act::Born;
use model::field::Validator;
use model::{Clear, Slug};
use policy::syntax::Kind;
use store::TokenKind;
use vault::field::{Normal, Reason, accept};

use crate::house::BIRTH_DATE;
use crate::refusal::FieldFault;
use crate::{Platform, Refusal};

/// The vocabulary item for a sex.
const SEX: &str = "sex";

/// The vocabulary item for a policy number.
const POLICY_NUMBER: &str = "policy-number";

/// One named field, its value in custody.
pub(crate) struct Typed {
    pub(crate) item: Slug,
    validator: Validator,
    value: Clear<String>,
}

/// One checked value.
pub(crate) struct Checked {
    pub(crate) item: Slug,
    pub(crate) value: Normal,
}

/// Finds each field's item. Names that lead nowhere, or come twice, are faults.
pub(crate) fn named(platform: &Platform, fields: Vec<(String, Clear<String>)>) -> Result<Vec<Typed>, Refusal> {
    let program = platform.tables.program();
    let mut typed: Vec<Typed> = Vec::with_capacity(fields.len());
    let mut faults = Vec::new();
    for (name, value) in fields {
        let found = program.names.find(Kind::Item, &name).ok();
        match found.and_then(|item| program.items.get(&item)) {
            Some(facts) if typed.iter().any(|other| other.item == facts.id) => {
                faults.push(FieldFault::new(facts.id.to_string(), "twice"));
            }
            Some(facts) => {
                let validator = facts.validator.unwrap_or(Validator::Text);
                typed.push(Typed { item: facts.id.clone(), validator, value });
            }
            // What is no item's name may be a value typed into the wrong box: it is not repeated.
            None => faults.push(FieldFault::new("?", "unknown")),
        }
    }
    if faults.is_empty() { Ok(typed) } else { Err(Refusal::Fields(faults)) }
}

/// Checks every field, and those of one person against each other. Empty values count as not given.
pub(crate) fn checked(typed: &[Typed]) -> Result<Vec<Checked>, Vec<FieldFault>> {
    let mut values = Vec::with_capacity(typed.len());
    let mut faults = Vec::new();
    for field in typed {
        match accept(field.validator, &field.value) {
            Ok(value) => values.push(Checked { item: field.item.clone(), value }),
            Err(error) if error.reason == Reason::Empty => {}
            Err(error) => faults.push(FieldFault::new(field.item.to_string(), error.reason.code())),
        }
    }
    faults.extend(contradictions(&values));
    if faults.is_empty() { Ok(values) } else { Err(faults) }
}

/// The values by which somebody can be found, as far as each can be accepted.
pub(crate) fn sought(platform: &Platform, typed: &[Typed]) -> Vec<Checked> {
    let items = &platform.tables.program().items;
    let searched = typed.iter().filter(|field| items.get(&field.item).is_some_and(|facts| facts.searchable));
    let accepted = |field: &Typed| {
        let value = accept(field.validator, &field.value).ok()?;
        Some(Checked { item: field.item.clone(), value })
    };
    searched.filter_map(accepted).collect()
}

/// What is wrong with fields of one person; nothing is kept of them.
///
/// # Errors
/// [`Refusal::Fields`] for names that lead to no item, or come twice.
pub fn faults(platform: &Platform, fields: Vec<(String, Clear<String>)>) -> Result<Vec<FieldFault>, Refusal> {
    Ok(checked(&named(platform, fields)?).err().unwrap_or_default())
}

/// A day of birth or a sex beside an identity number that says otherwise.
fn contradictions(values: &[Checked]) -> Vec<FieldFault> {
    let numbers = || values.iter().filter(|checked| checked.value.checked_sex().is_some());
    let contradicted = |checked: &&Checked| match checked.item.as_str() {
        BIRTH_DATE => numbers().any(|number| number.value.agrees_on_birth(&checked.value) == Some(false)),
        SEX => numbers().any(|number| number.value.agrees_on_sex(&checked.value) == Some(false)),
        _ => false,
    };
    let mut faults: Vec<FieldFault> = values
        .iter()
        .filter(contradicted)
        .map(|checked| FieldFault::new(checked.item.to_string(), "contradicts"))
        .collect();
    faults.sort_by(|one, other| one.item.cmp(&other.item));
    faults
}

/// The day of birth that the values tell.
pub(crate) fn born(values: &[Checked]) -> Option<Born> {
    let date = values.iter().find(|checked| checked.item.as_str() == BIRTH_DATE);
    let told = date.or_else(|| values.iter().find(|checked| checked.value.checked_birth().is_some()));
    told.and_then(|checked| checked.value.checked_birth()).map(Born::On)
}

/// Whether somebody has but one such number: one that tells the day of birth, which no renewal changes.
pub(crate) fn is_sole(checked: &Checked) -> bool {
    checked.value.checked_birth().is_some()
}

/// Whether a value is one by which its subject can be found, and as what.
pub(crate) fn searched_as(platform: &Platform, checked: &Checked) -> Option<TokenKind> {
    let facts = platform.tables.program().items.get(&checked.item)?;
    if !facts.searchable {
        return None;
    }
    match checked.value.kind() {
        Validator::Mobile | Validator::Landline | Validator::Phone => Some(TokenKind::Phone),
        Validator::ResidentId | Validator::Document | Validator::Passport => Some(TokenKind::Document),
        Validator::CreditCode => Some(TokenKind::Organisation),
        Validator::Identifier if checked.item.as_str() == POLICY_NUMBER => Some(TokenKind::PolicyNumber),
        _ => None,
    }
}
