//! Resident identity numbers (GB 11643-1999) and the numbers built like them.

use jiff::civil::Date;
use model::field::Validator;
use zeroize::Zeroizing;

use super::{Normal, Reason, Sex, all_digits, compacted, gather};

/// Weights of the first seventeen digits, ISO 7064 MOD 11-2.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check character for each remainder.
const CHECK: &[u8; 11] = b"10X98765432";

/// A number of 18 characters, or of the 15 digits issued until 1999, which are upgraded.
pub(super) fn resident_id(value: &str) -> Result<Normal, Reason> {
    numbered(Validator::ResidentId, &compacted(value)?)
}

/// Checks compact text as a resident number, for whatever kind it stands.
///
/// Region codes are not looked up: thousands have been abolished while their holders live on. They must only not
/// begin with zero.
pub(super) fn numbered(kind: Validator, text: &str) -> Result<Normal, Reason> {
    if !text.is_ascii() {
        return Err(Reason::Alphabet);
    }
    let (full, given_check) = match text.len() {
        15 if all_digits(text) => (upgraded(text)?, None),
        18 => {
            let (digits, check) = text.split_at_checked(17).ok_or(Reason::Length)?;
            (gather(18, digits.chars()), check.bytes().next())
        }
        15 => return Err(Reason::Alphabet),
        _ => return Err(Reason::Length),
    };
    if !all_digits(&full) || given_check.is_some_and(|check| !matches!(check, b'0'..=b'9' | b'X')) {
        return Err(Reason::Alphabet);
    }
    if full.starts_with('0') {
        return Err(Reason::Region);
    }
    let birth = birth_in(&full).ok_or(Reason::Date)?;
    let check = check_character(&full).ok_or(Reason::Length)?;
    if given_check.is_some_and(|given| given != check) {
        return Err(Reason::Checksum);
    }
    let sex = if full.bytes().last().is_some_and(|digit| digit % 2 == 1) { Sex::Male } else { Sex::Female };
    let number = gather(18, full.chars().chain([char::from(check)]));
    Ok(Normal::new(kind, number).with_birth(birth, Some(sex)))
}

/// Whether compact text could be a resident number by its looks alone.
pub(super) fn looks_like_one(mut characters: impl Iterator<Item = char> + Clone) -> bool {
    match characters.clone().count() {
        15 => characters.all(|c| c.is_ascii_digit()),
        18 => {
            characters.by_ref().take(17).all(|c| c.is_ascii_digit())
                && characters.all(|c| c.is_ascii_digit() || c == 'X')
        }
        _ => false,
    }
}

/// The first seventeen digits of a fifteen-digit number: the century put in. Sequence numbers from 996 were kept
/// for people born before 1900.
fn upgraded(text: &str) -> Result<Zeroizing<String>, Reason> {
    let (region, rest) = text.split_at_checked(6).ok_or(Reason::Length)?;
    let century = if rest.get(6..).is_some_and(|sequence| sequence >= "996") { "18" } else { "19" };
    Ok(gather(18, region.chars().chain(century.chars()).chain(rest.chars())))
}

fn birth_in(seventeen: &str) -> Option<Date> {
    let number = |range| seventeen.get(range).and_then(|digits: &str| digits.parse::<i16>().ok());
    let (year, month, day) = (number(6..10)?, number(10..12)?, number(12..14)?);
    (1800..2200).contains(&year).then_some(())?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn check_character(seventeen: &str) -> Option<u8> {
    let sum: u32 = seventeen.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    CHECK.get(usize::try_from(sum % 11).ok()?).copied()
}
