//! Plates and vehicle identification numbers.

use zeroize::Zeroizing;

use super::words::{is_plate_ending, is_plate_province};
use super::{Reason, compacted, gather};

/// A plate of seven characters, or eight for new-energy vehicles, without the dot or space between the parts.
pub(super) fn plate(value: &str) -> Result<Zeroizing<String>, Reason> {
    let typed = compacted(value)?;
    let plate = gather(typed.len(), typed.chars().filter(|c| !matches!(c, '\u{b7}' | '\u{2022}' | '.')));
    let mut characters = plate.chars();
    let known = |c: char| c.is_ascii_alphanumeric() || is_plate_province(c) || is_plate_ending(c);
    if !plate.chars().all(known) {
        Err(Reason::Alphabet)
    } else if !(7..=8).contains(&plate.chars().count()) {
        Err(Reason::Length)
    } else if !characters.next().is_some_and(is_plate_province) {
        Err(Reason::Region)
    } else if is_plate(plate.chars()) {
        Ok(plate)
    } else {
        Err(Reason::Shape)
    }
}

/// Whether compact text is a plate.
pub(super) fn is_plate(mut characters: impl Iterator<Item = char> + Clone) -> bool {
    let length = characters.clone().count();
    let issued = characters.next().is_some_and(is_plate_province)
        && characters.next().is_some_and(|c| c.is_ascii_uppercase() && c != 'I');
    issued
        && match length {
            7 => characters.by_ref().take(4).all(is_serial) && characters.all(|c| is_serial(c) || is_plate_ending(c)),
            8 => is_new_energy(characters),
            _ => false,
        }
}

/// Small vehicles: a letter, a letter or digit, four digits. Large ones: five digits, a letter.
fn is_new_energy(mut serial: impl Iterator<Item = char> + Clone) -> bool {
    let energy = |c: Option<char>| matches!(c, Some('A'..='H' | 'J' | 'K'));
    let mut large = serial.clone();
    let is_large = large.by_ref().take(5).all(|c| c.is_ascii_digit()) && energy(large.next());
    let is_small = energy(serial.next()) && serial.next().is_some_and(is_serial) && serial.all(|c| c.is_ascii_digit());
    is_large || is_small
}

/// Serials avoid the letters that look like one and zero.
fn is_serial(c: char) -> bool {
    c.is_ascii_digit() || (c.is_ascii_uppercase() && !matches!(c, 'I' | 'O'))
}

/// Seventeen characters without I, O and Q. The check digit is not required: imported vehicles lack it.
pub(super) fn vin(value: &str) -> Result<Zeroizing<String>, Reason> {
    let number = compacted(value)?;
    if !number.chars().all(|c| is_serial(c) && c != 'Q') {
        Err(Reason::Alphabet)
    } else if number.len() != 17 {
        Err(Reason::Length)
    } else {
        Ok(number)
    }
}
