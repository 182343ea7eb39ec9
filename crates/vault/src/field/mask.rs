//! What may be seen of a value.
//!
//! Masks fail closed: a value that does not have the shape its mask expects, or is so short that the shown ends
//! would tell most of it, is shown as six stars. Kinds of fixed length (identity, mobile, plate) show one star for
//! each hidden character; all others show the same stars whatever the length, so that the length is hidden too.
//!
//! A masked value is still personal information: masked is neither de-identified nor anonymised.

use std::fmt::{self, Write};

use model::field::Mask;

use super::fold::{compact, fold, is_han, is_name_dot};
use super::phone::{is_mobile, landline_ends};
use super::resident::looks_like_one;
use super::text::email_parts;
use super::vehicle::is_plate;
use super::words::{Level, division_at_end, ends_below_districts, ends_unlike_a_division, is_compound_surname};

/// What stands for a value that is hidden whole.
const FIXED: &str = "******";
/// What stands for the hidden part of a value of variable length.
const SOME: &str = "****";
/// The fewest characters that must stay hidden between two shown ends.
const FEWEST_HIDDEN: usize = 3;

/// Writes what `mask` shows of `value`. Nothing is allocated.
///
/// [`Mask::Hidden`] writes nothing. Characters are Unicode scalars. Expects the form that
/// [`normalise`](super::normalise) gives; full-width digits, spaces and hyphens in numbers are tolerated.
///
/// # Errors
/// Only those of `out`.
///
/// ```
/// use model::field::Mask;
///
/// let mut shown = String::new();
/// shouyue_vault::field::mask(Mask::Mobile3x4, "13800138000", &mut shown)?;
/// assert_eq!(shown, "138****8000");
/// # Ok::<(), std::fmt::Error>(())
/// ```
pub fn mask(mask: Mask, value: &str, out: &mut impl Write) -> fmt::Result {
    let number = compact(value);
    match mask {
        Mask::Hidden => Ok(()),
        Mask::Fixed => out.write_str(FIXED),
        Mask::None => out.write_str(value),
        Mask::NameSurname => name_surname(value, out),
        Mask::NameFirstHidden => name_first_hidden(value, out),
        Mask::Id1x1 => ends(number.clone(), looks_like_one(number), (1, Stars::Each, 1), out),
        Mask::Id3x4 => ends(number.clone(), looks_like_one(number), (3, Stars::Each, 4), out),
        Mask::Id6x4 => ends(number.clone(), looks_like_one(number), (6, Stars::Each, 4), out),
        Mask::Mobile3x4 => ends(number.clone(), is_mobile(number), (3, Stars::Each, 4), out),
        Mask::Phone if is_mobile(number.clone()) => ends(number, true, (3, Stars::Each, 4), out),
        Mask::Landline | Mask::Phone => landline(value, out),
        Mask::CardLast4 => ends(number.clone(), is_card(number), (0, Stars::Some, 4), out),
        Mask::Card4x4 => ends(number.clone(), is_card(number), (4, Stars::Some, 4), out),
        Mask::Card6x4 => ends(number.clone(), is_card(number), (6, Stars::Some, 4), out),
        Mask::Email => email(value, out),
        Mask::AddressDistrict => address_district(value, out),
        Mask::AddressFirst6 => ends(value.chars(), true, (6, Stars::Some, 0), out),
        Mask::Plate => ends(number.clone(), is_plate(number), (2, Stars::Each, 2), out),
        Mask::Plate3x1 => ends(number.clone(), is_plate(number), (3, Stars::Each, 1), out),
        Mask::Document1x2 => ends(number.clone(), is_code(number), (1, Stars::Some, 2), out),
        Mask::Document2x3 => ends(number.clone(), is_code(number), (2, Stars::Some, 3), out),
        Mask::Officer2x2 => ends(number.clone(), is_code(number), (2, Stars::Some, 2), out),
        Mask::Last4 => ends(number.clone(), is_code(number), (0, Stars::Some, 4), out),
    }
}

#[derive(Clone, Copy)]
enum Stars {
    /// One for each hidden character.
    Each,
    /// Always four.
    Some,
}

/// Shows the first and last characters, if the value is known and long enough.
fn ends(
    characters: impl Iterator<Item = char> + Clone,
    known: bool,
    (head, stars, tail): (usize, Stars, usize),
    out: &mut impl Write,
) -> fmt::Result {
    let length = characters.clone().count();
    let Some(hidden) = length.checked_sub(head + tail).filter(|&hidden| known && hidden >= FEWEST_HIDDEN) else {
        return out.write_str(FIXED);
    };
    characters.clone().take(head).try_for_each(|c| out.write_char(c))?;
    match stars {
        Stars::Each => write_stars(hidden, out)?,
        Stars::Some => out.write_str(SOME)?,
    }
    characters.skip(length - tail).try_for_each(|c| out.write_char(c))
}

fn write_stars(count: usize, out: &mut impl Write) -> fmt::Result {
    (0..count).try_for_each(|_| out.write_char('*'))
}

fn is_card(mut characters: impl Iterator<Item = char> + Clone) -> bool {
    (12..=19).contains(&characters.clone().count()) && characters.all(|c| c.is_ascii_digit())
}

/// A document or business number: letters, digits, Han characters and the marks between them.
fn is_code(mut characters: impl Iterator<Item = char>) -> bool {
    characters.all(|c| c.is_ascii_alphanumeric() || is_han(c) || matches!(c, '_' | '.' | '/' | ':'))
}

/// The characters of a Chinese name, or `None` when it is no such name: then nothing can be shown safely.
fn chinese_name(value: &str) -> Option<impl Iterator<Item = char> + Clone> {
    let characters = value.chars().filter_map(fold).filter(|&c| c != ' ');
    let mut length = 0_usize;
    for c in characters.clone() {
        if !is_han(c) && !is_name_dot(c) {
            return None;
        }
        length += 1;
    }
    (length >= 2).then_some(characters)
}

fn name_surname(value: &str, out: &mut impl Write) -> fmt::Result {
    let Some(mut characters) = chinese_name(value) else {
        return out.write_str(FIXED);
    };
    let length = characters.clone().count();
    let surname = match (characters.next(), characters.next()) {
        (Some(first), Some(second)) if length > 2 && is_compound_surname(first, second) => {
            out.write_char(first)?;
            out.write_char(second)?;
            2
        }
        (Some(first), _) if is_han(first) => {
            out.write_char(first)?;
            1
        }
        _ => return out.write_str(FIXED),
    };
    // Two stars at most: more would tell the length of a long name.
    write_stars((length - surname).min(2), out)
}

fn name_first_hidden(value: &str, out: &mut impl Write) -> fmt::Result {
    let Some(characters) = chinese_name(value) else {
        return out.write_str(FIXED);
    };
    let length = characters.clone().count();
    match characters.last() {
        Some(last) if is_han(last) => {
            write_stars((length - 1).min(2), out)?;
            out.write_char(last)
        }
        _ => out.write_str(FIXED),
    }
}

fn landline(value: &str, out: &mut impl Write) -> fmt::Result {
    match landline_ends(value) {
        Some((area, last)) => write!(out, "{area}-{SOME}{last}"),
        None => out.write_str(FIXED),
    }
}

fn email(value: &str, out: &mut impl Write) -> fmt::Result {
    match email_parts(value) {
        Some((local, domain)) if local.len() > 1 => {
            local.chars().take(1).try_for_each(|c| out.write_char(c))?;
            write!(out, "**@{domain}")
        }
        // A single character before the at sign would be shown whole.
        _ => out.write_str(FIXED),
    }
}

fn address_district(value: &str, out: &mut impl Write) -> fmt::Result {
    match value.get(..district_end(value)) {
        Some(district) if !district.is_empty() && district.len() < value.len() => {
            out.write_str(district)?;
            out.write_str(SOME)
        }
        // Nothing is recognised, or nothing would be left to hide.
        _ => out.write_str(FIXED),
    }
}

/// The byte at which the part of an address down to the district ends; zero if there is none.
///
/// A district alone is not enough: without the city before it, a word that looks like one may be part of a street.
fn district_end(value: &str) -> usize {
    let (mut end, mut above) = (0, false);
    if let Some((length, _)) = division(value, &[Level::Province]) {
        (end, above) = (length, true);
    }
    for levels in [&[Level::City, Level::District][..], &[Level::District]] {
        let Some((length, level)) = value.get(end..).and_then(|rest| division(rest, levels)) else {
            return end;
        };
        if level == Level::District {
            return if above { end + length } else { 0 };
        }
        end += length;
        above = true;
    }
    end
}

/// The division that a text begins with, and its length in bytes.
fn division(text: &str, levels: &[Level]) -> Option<(usize, Level)> {
    const LONGEST_NAME: usize = 16;
    for (start, c) in text.char_indices().take(LONGEST_NAME) {
        let length = start + c.len_utf8();
        let begun = text.get(..length)?;
        if !is_han(c) || ends_below_districts(begun) || ends_unlike_a_division(begun) {
            return None;
        }
        if let Some(level) = division_at_end(begun, levels) {
            return Some((length, level));
        }
    }
    None
}
