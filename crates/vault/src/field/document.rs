//! Identity documents other than the resident card.

use model::field::Validator;
use zeroize::Zeroizing;

use super::fold::is_han;
use super::resident::{looks_like_one, numbered};
use super::{Normal, Reason, all_digits, compacted, gather};

/// Five to twelve letters and digits, at least four of them digits: passports of all countries.
pub(super) fn passport(value: &str) -> Result<Zeroizing<String>, Reason> {
    let number = compacted(value)?;
    code(&number, 5, 12)?;
    Ok(number)
}

/// Permits of people from Hong Kong, Macau and Taiwan, permits to go there, and residence cards, old and new.
pub(super) fn permit(value: &str) -> Result<Normal, Reason> {
    let number = compacted(value)?;
    if looks_like_one(number.chars()) && number.len() == 18 {
        return numbered(Validator::Permit, &number);
    }
    code(&number, 8, 15)?;
    let digits = number.trim_start_matches(|c: char| c.is_ascii_uppercase());
    // Taiwan: eight digits, ten with the issue; Hong Kong and Macau: one letter before them. Mainland people
    // travelling there: two letters. Foreign residents until 2017: three letters.
    let letters = number.len() - digits.len();
    let known = all_digits(digits) && matches!((letters, digits.len()), (0 | 1, 8 | 10) | (2, 7) | (3, 12));
    if known { Ok(Normal::new(Validator::Permit, number)) } else { Err(Reason::Shape) }
}

/// One or two characters of the service, then four to eight digits, with or without the words for character and
/// number between and behind them.
pub(super) fn officer_card(value: &str) -> Result<Zeroizing<String>, Reason> {
    const CHARACTER: char = '字';
    const ORDINAL: char = '第';
    const NUMBER: char = '号';
    let typed = compacted(value)?;
    let digits_from = typed.find(|c: char| c.is_ascii_digit()).ok_or(Reason::Shape)?;
    let (service, number) = typed.split_at_checked(digits_from).ok_or(Reason::Shape)?;
    let number = number.strip_suffix(NUMBER).unwrap_or(number);
    let service = service.strip_suffix(ORDINAL).unwrap_or(service);
    let service = service.strip_suffix(CHARACTER).ok_or(Reason::Shape)?;
    if !service.chars().all(is_han) || !all_digits(number) {
        Err(Reason::Alphabet)
    } else if !(1..=2).contains(&service.chars().count()) || !(4..=8).contains(&number.len()) {
        Err(Reason::Length)
    } else {
        let words = service.chars().chain([CHARACTER, ORDINAL]).chain(number.chars()).chain([NUMBER]);
        Ok(gather(typed.len() + 6, words))
    }
}

/// A document of unstated kind: what looks like a resident number must be one, an officer's card may be, anything
/// else is five to twenty letters and digits.
pub(super) fn any(value: &str) -> Result<Normal, Reason> {
    let number = compacted(value)?;
    if looks_like_one(number.chars()) {
        numbered(Validator::Document, &number)
    } else if number.chars().next().is_some_and(is_han) {
        officer_card(value).map(|number| Normal::new(Validator::Document, number))
    } else {
        code(&number, 5, 20)?;
        Ok(Normal::new(Validator::Document, number))
    }
}

/// Letters and digits, within a length, with at least four digits.
fn code(number: &str, shortest: usize, longest: usize) -> Result<(), Reason> {
    if !number.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        Err(Reason::Alphabet)
    } else if !(shortest..=longest).contains(&number.len()) {
        Err(Reason::Length)
    } else if number.bytes().filter(u8::is_ascii_digit).count() < 4 {
        Err(Reason::Shape)
    } else {
        Ok(())
    }
}
