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
        Mask::NameFirst => name_first(value, out),
        Mask::NameFirstHidden => name_first_hidden(value, out),
        Mask::Id1x1 => number(value, Shape::Resident, Cut { head: 1, stars: Stars::Each, tail: 1 }, out),
        Mask::Id1x2 => number(value, Shape::Resident, Cut { head: 1, stars: Stars::Each, tail: 2 }, out),
        Mask::Id3x4 => number(value, Shape::Resident, Cut { head: 3, stars: Stars::Each, tail: 4 }, out),
        Mask::Id6x4 => number(value, Shape::Resident, Cut { head: 6, stars: Stars::Each, tail: 4 }, out),
        Mask::Landline => landline(value, Line { area: true, tail: 4 }, out),
        Mask::LandlineLast2 => landline(value, Line { area: true, tail: 2 }, out),
        Mask::LandlineLast4 => landline(value, Line { area: false, tail: 4 }, out),
        Mask::Phone if landline_ends(value).is_some() => landline(value, Line { area: true, tail: 4 }, out),
        Mask::Mobile3x4 | Mask::Phone => mobile(value, out),
        Mask::CardLast4 => number(value, Shape::Card, Cut { head: 0, stars: Stars::Four, tail: 4 }, out),
        Mask::Card4x4 => number(value, Shape::Card, Cut { head: 4, stars: Stars::Four, tail: 4 }, out),
        Mask::Card6x4 => number(value, Shape::Card, Cut { head: 6, stars: Stars::Four, tail: 4 }, out),
        Mask::Email => email(value, out),
        Mask::AddressDistrict => address_district(value, out),
        Mask::AddressFirst6 => ends(value.chars(), Cut { head: 6, stars: Stars::Four, tail: 0 }, out),
        Mask::Plate => plate(value, Cut { head: 2, stars: Stars::Each, tail: 2 }, out),
        Mask::Plate3x1 => plate(value, Cut { head: 3, stars: Stars::Each, tail: 1 }, out),
        Mask::Document1x2 => number(value, Shape::Code, Cut { head: 1, stars: Stars::Four, tail: 2 }, out),
        Mask::Document1x3 => number(value, Shape::Code, Cut { head: 1, stars: Stars::Four, tail: 3 }, out),
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
    /// Whether these are the plain capitals and digits of the shape's one form. `false` decides nothing.
    fn fits_plain(self, value: &[u8]) -> bool {
        match (self, value) {
            (Self::Resident, [digits @ .., last]) => match digits.len() {
                14 => are_digits(value),
                17 => are_digits(digits) && matches!(last, b'0'..=b'9' | b'X'),
                _ => false,
            },
            (Self::Mobile, [b'1', b'3'..=b'9', rest @ ..]) => rest.len() == 9 && are_digits(rest),
            (Self::Card, digits) => (12..=19).contains(&digits.len()) && are_digits(digits),
            (Self::Code, code) => {
                code.iter().fold(true, |plain, byte| plain & (byte.is_ascii_digit() | byte.is_ascii_uppercase()))
            }
            _ => false,
        }
    }

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

/// Every byte is looked at, whatever the first ones are: that goes many at a time.
fn are_digits(value: &[u8]) -> bool {
    value.iter().fold(true, |digits, byte| digits & byte.is_ascii_digit())
}

impl Cut {
    /// The shown ends of plain text.
    fn of_plain(self, value: &str) -> Option<(&str, &str)> {
        Some((value.get(..self.head)?, value.get(value.len().checked_sub(self.tail)?..)?))
    }

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
    // Sealed values are in their one form, which needs no folding.
    if let (true, Some(hidden), Some((head, tail))) =
        (shape.fits_plain(value.as_bytes()), cut.hidden(value.len()), cut.of_plain(value))
    {
        out.write_str(head)?;
        cut.write_stars(hidden, out)?;
        return out.write_str(tail);
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

fn plate(value: &str, cut: Cut, out: &mut impl Write) -> fmt::Result {
    let province = value.chars().next().map_or(0, char::len_utf8);
    let serial = value.get(province..).unwrap_or_default();
    // The characters of a serial in its one form are single bytes, and only they are hidden.
    if let (true, true, Some(head), Some(tail)) = (
        serial.is_ascii(),
        is_plate(value.chars()),
        value.get(..province + cut.head.saturating_sub(1)),
        serial.len().checked_sub(cut.tail).and_then(|from| serial.get(from..)),
    ) {
        out.write_str(head)?;
        cut.write_stars((serial.len() + 1).saturating_sub(cut.head + cut.tail), out)?;
        return out.write_str(tail);
    }
    number(value, Shape::Plate, cut, out)
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

/// What a Chinese name begins and ends with, and how many characters it has.
struct ChineseName {
    first: char,
    second: char,
    last: char,
    length: usize,
}

impl ChineseName {
    /// `None` when it is no such name: then nothing can be shown safely.
    fn read(value: &str) -> Option<Self> {
        Self::read_plain(value).or_else(|| Self::read_folded(value))
    }

    /// Of characters of the commonest block and nothing else, as nearly all are: in UTF-8 each has three bytes, the first two of
    /// which say so. `None` decides nothing.
    fn read_plain(value: &str) -> Option<Self> {
        let (characters, rest) = value.as_bytes().as_chunks::<3>();
        let is_han = |[lead, next, _]: &[u8; 3]| (0xe4b8..=0xe9bf).contains(&u16::from_be_bytes([*lead, *next]));
        if !rest.is_empty() || !characters.iter().all(is_han) {
            return None;
        }
        let mut ends = value.chars();
        let (first, second) = (ends.next()?, ends.next()?);
        Some(Self { first, second, last: ends.next_back().unwrap_or(second), length: characters.len() })
    }

    fn read_folded(value: &str) -> Option<Self> {
        let mut name = Self { first: ' ', second: ' ', last: ' ', length: 0 };
        for c in value.chars().filter_map(|c| if is_han(c) { Some(c) } else { fold(c) }).filter(|&c| c != ' ') {
            if !is_han(c) && !is_name_dot(c) {
                return None;
            }
            match name.length {
                0 => name.first = c,
                1 => name.second = c,
                _ => {}
            }
            name.last = c;
            name.length += 1;
        }
        (name.length >= 2).then_some(name)
    }

    /// One star for one hidden character, two for more: as many as are hidden would tell the length of a long name.
    fn write_stars(&self, shown: usize, out: &mut impl Write) -> fmt::Result {
        out.write_str(if self.length > shown + 1 { "**" } else { "*" })
    }
}

fn name_surname(value: &str, out: &mut impl Write) -> fmt::Result {
    let Some(name) = ChineseName::read(value).filter(|name| is_han(name.first)) else { return out.write_str(FIXED) };
    out.write_char(name.first)?;
    if name.length > 2 && is_compound_surname(name.first, name.second) {
        out.write_char(name.second)?;
        return name.write_stars(2, out);
    }
    name.write_stars(1, out)
}

fn name_first(value: &str, out: &mut impl Write) -> fmt::Result {
    match ChineseName::read(value) {
        Some(name) if is_han(name.first) => {
            out.write_char(name.first)?;
            name.write_stars(1, out)
        }
        _ => out.write_str(FIXED),
    }
}

fn name_first_hidden(value: &str, out: &mut impl Write) -> fmt::Result {
    match ChineseName::read(value) {
        Some(name) if is_han(name.last) => {
            name.write_stars(1, out)?;
            out.write_char(name.last)
        }
        _ => out.write_str(FIXED),
    }
}

/// What is shown of a fixed line.
#[derive(Clone, Copy)]
struct Line {
    area: bool,
    /// Digits at the end.
    tail: usize,
}

fn landline(value: &str, line: Line, out: &mut impl Write) -> fmt::Result {
    let ends = landline_ends(value);
    let Some((area, last)) =
        ends.and_then(|(area, last)| Some((area, last.get(last.len().checked_sub(line.tail)?..)?)))
    else {
        return out.write_str(FIXED);
    };
    if line.area {
        out.write_str(area)?;
        out.write_char('-')?;
    }
    out.write_str(FOUR)?;
    out.write_str(last)
}

fn email(value: &str, out: &mut impl Write) -> fmt::Result {
    match email_parts(value) {
        Some((local, domain)) if local.len() > 1 => {
            local.chars().take(1).try_for_each(|c| out.write_char(c))?;
            out.write_str("**@")?;
            out.write_str(domain)
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
