//! Checking, one form, and masking of single values. Pure functions, one for each [`Validator`] and [`Mask`](model::field::Mask).
//!
//! [`normalise`] turns what a person typed into the one text that is sealed and searched, or says which rule it
//! breaks. [`mask`] writes what someone may see of a value who may see it only in part.
//!
//! Sources: GB 11643-1999 (resident number), GB 32100-2015 and GB 11714-1997 (organisations), GB/T 14504 and
//! ISO/IEC 7812-1 (bank cards), GA 36-2018 (plates), GB 16735-2019 (vehicles), RFC 5321 (e-mail).

mod document;
mod fold;
mod mask;
mod normal;
mod organisation;
mod phone;
mod resident;
mod text;
mod vehicle;
mod words;

pub use mask::mask;
pub use normal::{FieldError, Normal, Reason, Sex};

use model::field::Validator;
use zeroize::Zeroizing;

/// Checks a value that is in custody, as [`normalise`] does.
///
/// # Errors
/// [`FieldError`] with the kind and the rule that the value breaks.
pub fn accept(kind: Validator, value: &model::Clear<String>) -> Result<Normal, FieldError> {
    value.within(|text| normalise(kind, text))
}

impl model::Derived for Normal {}
impl model::Derived for FieldError {}

/// Checks a value and brings it to its one form: half-width, without the separators its kind allows, upper case
/// where case does not matter, country code removed, fifteen-digit resident numbers upgraded to eighteen.
///
/// Bringing a value to its one form twice changes nothing.
///
/// # Errors
/// [`FieldError`] with the kind and the rule that the value breaks.
pub fn normalise(kind: Validator, value: &str) -> Result<Normal, FieldError> {
    let checked = match kind {
        Validator::ResidentId => resident::resident_id(value),
        Validator::Mobile => phone::mobile(value).map(plain(kind)),
        Validator::Landline => phone::landline(value).map(plain(kind)),
        Validator::Phone => phone::either(value).map(plain(kind)),
        Validator::BankCard => organisation::bank_card(value).map(plain(kind)),
        Validator::CreditCode => organisation::credit_code(value).map(plain(kind)),
        Validator::Passport => document::passport(value).map(plain(kind)),
        Validator::Permit => document::permit(value),
        Validator::OfficerCard => document::officer_card(value).map(plain(kind)),
        Validator::Document => document::any(value),
        Validator::Plate => vehicle::plate(value).map(plain(kind)),
        Validator::Vin => vehicle::vin(value).map(plain(kind)),
        Validator::Email => text::email(value).map(plain(kind)),
        Validator::Date => text::date(value),
        Validator::Name => text::name(value).map(plain(kind)),
        Validator::OrganisationName => text::organisation_name(value).map(plain(kind)),
        Validator::Address => text::address(value).map(plain(kind)),
        Validator::Identifier => text::identifier(value).map(plain(kind)),
        Validator::Secret => text::secret(value).map(plain(kind)),
        Validator::Text => text::text(value).map(plain(kind)),
        Validator::Image | Validator::Paper | Validator::Recording => text::reference(value).map(plain(kind)),
    };
    checked.map_err(|reason| FieldError { kind, reason })
}

fn plain(kind: Validator) -> impl FnOnce(Zeroizing<String>) -> Normal {
    move |text| Normal::new(kind, text)
}

/// Collects characters into a string that is wiped when dropped.
///
/// The capacity is given beforehand, in bytes: a string that grows leaves an unwiped copy behind.
fn gather(capacity: usize, characters: impl Iterator<Item = char>) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(capacity));
    text.extend(characters);
    text
}

/// The compact form of a number or code, not empty.
fn compacted(value: &str) -> Result<Zeroizing<String>, Reason> {
    let text = gather(value.len(), fold::compact(value));
    if text.is_empty() { Err(Reason::Empty) } else { Ok(text) }
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;
