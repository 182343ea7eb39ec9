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
use super::words::{Level, Reached, is_compound_surname, reached};

/// What stands for a value that is hidden whole.
const FIXED: &str = "******";
/// What stands for the hidden part of a value of variable length.
const FOUR: &str = "****";
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
    match mask {
        Mask::Hidden => Ok(()),
        Mask::Fixed => out.write_str(FIXED),
        Mask::None => out.write_str(value),
        Mask::NameSurname => name_surname(value, out),
        Mask::NameFirstHidden => name_first_hidden(value, out),
        Mask::Id1x1 => number(value, Shape::Resident, Cut { head: 1, stars: Stars::Each, tail: 1 }, out),
        Mask::Id3x4 => number(value, Shape::Resident, Cut { head: 3, stars: Stars::Each, tail: 4 }, out),
        Mask::Id6x4 => number(value, Shape::Resident, Cut { head: 6, stars: Stars::Each, tail: 4 }, out),
        Mask::Landline => landline(value, out),
        Mask::Phone if landline_ends(value).is_some() => landline(value, out),
        Mask::Mobile3x4 | Mask::Phone => mobile(value, out),
        Mask::CardLast4 => number(value, Shape::Card, Cut { head: 0, stars: Stars::Four, tail: 4 }, out),
        Mask::Card4x4 => number(value, Shape::Card, Cut { head: 4, stars: Stars::Four, tail: 4 }, out),
        Mask::Card6x4 => number(value, Shape::Card, Cut { head: 6, stars: Stars::Four, tail: 4 }, out),
        Mask::Email => email(value, out),
        Mask::AddressDistrict => address_district(value, out),
        Mask::AddressFirst6 => ends(value.chars(), Cut { head: 6, stars: Stars::Four, tail: 0 }, out),
        Mask::Plate => number(value, Shape::Plate, Cut { head: 2, stars: Stars::Each, tail: 2 }, out),
        Mask::Plate3x1 => number(value, Shape::Plate, Cut { head: 3, stars: Stars::Each, tail: 1 }, out),
        Mask::Document1x2 => number(value, Shape::Code, Cut { head: 1, stars: Stars::Four, tail: 2 }, out),
        Mask::Document2x3 => number(value, Shape::Code, Cut { head: 2, stars: Stars::Four, tail: 3 }, out),
        Mask::Officer2x2 => number(value, Shape::Code, Cut { head: 2, stars: Stars::Four, tail: 2 }, out),
        Mask::Last4 => number(value, Shape::Code, Cut { head: 0, stars: Stars::Four, tail: 4 }, out),
    }
}

/// How many characters are shown at each end, and what stands between.
#[derive(Clone, Copy)]
struct Cut {
    head: usize,
    stars: Stars,
    tail: usize,
}

#[derive(Clone, Copy)]
enum Stars {
    /// One for each hidden character.
    Each,
    /// Always four.
    Four,
}

/// What the value must be for its ends to be shown.
#[derive(Clone, Copy)]
enum Shape {
    Resident,
    Mobile,
    Card,
    Plate,
    /// A document or business number: letters, digits, Han characters and the marks between them.
    Code,
}

impl Shape {
    fn fits(self, mut characters: impl Iterator<Item = char> + Clone) -> bool {
        match self {
            Self::Resident => looks_like_one(characters),
            Self::Mobile => is_mobile(characters),
            Self::Card => (12..=19).contains(&characters.clone().count()) && characters.all(|c| c.is_ascii_digit()),
            Self::Plate => is_plate(characters),
            Self::Code => {
                characters.all(|c| c.is_ascii_alphanumeric() || is_han(c) || matches!(c, '_' | '.' | '/' | ':'))
            }
        }
    }
}

impl Cut {
    /// How many characters of a value stay hidden, if they are enough.
    fn hidden(self, length: usize) -> Option<usize> {
        length.checked_sub(self.head + self.tail).filter(|&hidden| hidden >= FEWEST_HIDDEN)
    }

    fn write_stars(self, hidden: usize, out: &mut impl Write) -> fmt::Result {
        match self.stars {
            Stars::Each => write_stars(hidden, out),
            Stars::Four => out.write_str(FOUR),
        }
    }
}

/// Shows the ends of a number or code.
fn number(value: &str, shape: Shape, cut: Cut, out: &mut impl Write) -> fmt::Result {
    // Sealed values are in their one form: nearly always plain capitals and digits, which need no folding.
    let plain = value.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    if plain {
        let tail = value.len().saturating_sub(cut.tail);
        if let (true, Some(hidden), Some(head), Some(tail)) = (
            shape.fits(value.bytes().map(char::from)),
            cut.hidden(value.len()),
            value.get(..cut.head),
            value.get(tail..),
        ) {
            out.write_str(head)?;
            cut.write_stars(hidden, out)?;
            return out.write_str(tail);
        }
        return out.write_str(FIXED);
    }
    let folded = compact(value);
    if shape.fits(folded.clone()) { ends(folded, cut, out) } else { out.write_str(FIXED) }
}

/// Shows the first and last characters, if enough stay hidden between them.
fn ends(characters: impl Iterator<Item = char> + Clone, cut: Cut, out: &mut impl Write) -> fmt::Result {
    let length = characters.clone().count();
    let Some(hidden) = cut.hidden(length) else {
        return out.write_str(FIXED);
    };
    characters.clone().take(cut.head).try_for_each(|c| out.write_char(c))?;
    cut.write_stars(hidden, out)?;
    characters.skip(length - cut.tail).try_for_each(|c| out.write_char(c))
}

fn mobile(value: &str, out: &mut impl Write) -> fmt::Result {
    number(value, Shape::Mobile, Cut { head: 3, stars: Stars::Each, tail: 4 }, out)
}

fn write_stars(count: usize, out: &mut impl Write) -> fmt::Result {
    const STARS: &str = "****************";
    match STARS.get(..count) {
        Some(stars) => out.write_str(stars),
        None => (0..count).try_for_each(|_| out.write_char('*')),
    }
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
        Some((area, last)) => write!(out, "{area}-{FOUR}{last}"),
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
            out.write_str(FOUR)
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
        if !is_han(c) {
            return None;
        }
        match reached(begun, levels) {
            Reached::Nothing => {}
            Reached::Division(level) => return Some((length, level)),
            Reached::Private => return None,
        }
    }
    None
}
