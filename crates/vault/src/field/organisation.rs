//! Numbers with check digits that banks and registries give.

use zeroize::Zeroizing;

use super::{Reason, all_digits, compacted};

/// The alphabet of unified codes: no I, O, S, V, Z (GB 32100-2015, table 3).
const CREDIT_ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Weights of an organisation code's eight characters (GB 11714-1997).
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// Twelve to nineteen digits, the last a Luhn check digit.
pub(super) fn bank_card(value: &str) -> Result<Zeroizing<String>, Reason> {
    let number = compacted(value)?;
    if !all_digits(&number) {
        Err(Reason::Alphabet)
    } else if !(12..=19).contains(&number.len()) {
        Err(Reason::Length)
    } else if number.starts_with('0') {
        Err(Reason::Shape)
    } else if !passes_luhn(&number) {
        Err(Reason::Checksum)
    } else {
        Ok(number)
    }
}

fn passes_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit - b'0');
            match (place % 2, digit) {
                (1, 5..) => digit * 2 - 9,
                (1, _) => digit * 2,
                _ => digit,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Eighteen characters of a unified code, or the nine of an organisation code.
pub(super) fn credit_code(value: &str) -> Result<Zeroizing<String>, Reason> {
    let code = compacted(value)?;
    match code.chars().count() {
        18 => unified(&code)?,
        9 => organisation(&code)?,
        _ => return Err(Reason::Length),
    }
    Ok(code)
}

fn unified(code: &str) -> Result<(), Reason> {
    let mut sum = 0;
    let mut weight = 1;
    let mut last = 0;
    for (place, c) in code.chars().enumerate() {
        let digit = CREDIT_ALPHABET.chars().zip(0_u32..).find_map(|(known, digit)| (known == c).then_some(digit));
        last = digit.ok_or(Reason::Alphabet)?;
        if (2..8).contains(&place) && !c.is_ascii_digit() {
            return Err(Reason::Region);
        }
        if place < 17 {
            sum += last * weight;
            weight = weight * 3 % 31;
        }
    }
    if (31 - sum % 31) % 31 == last { Ok(()) } else { Err(Reason::Checksum) }
}

fn organisation(code: &str) -> Result<(), Reason> {
    let mut sum = 0;
    for (c, weight) in code.chars().zip(ORGANISATION_WEIGHTS) {
        // A counts ten, Z thirty-five.
        sum += c.to_digit(36).filter(|_| c.is_ascii()).ok_or(Reason::Alphabet)? * weight;
    }
    let check = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).ok_or(Reason::Checksum)?,
    };
    match code.chars().last() {
        Some(given) if given == check => Ok(()),
        Some('0'..='9' | 'X') => Err(Reason::Checksum),
        _ => Err(Reason::Alphabet),
    }
}
