//! Names, addresses, days and other running text.

use jiff::civil::Date;
use model::field::Validator;
use zeroize::Zeroizing;

use super::fold::{fold, fold_text, is_han, is_name_dot};
use super::{Normal, Reason, all_digits, gather};

/// Longest free text, in characters.
const LONGEST_TEXT: usize = 20_000;

/// A person's name: letters of any script, and the dots, hyphens and apostrophes inside names.
pub(super) fn name(value: &str) -> Result<Zeroizing<String>, Reason> {
    let folded = value.chars().filter_map(fold).map(|c| if is_name_dot(c) { '\u{b7}' } else { c });
    let name = tidied(value, folded);
    let sound =
        |c: char| c.is_alphabetic() || is_mark(c) || matches!(c, ' ' | '\u{b7}' | '-' | '\'' | '\u{2019}' | '.');
    if !name.chars().all(sound) {
        return Err(Reason::Alphabet);
    }
    if name.chars().any(char::is_alphabetic) || name.is_empty() { within(name, 2, 100) } else { Err(Reason::Shape) }
}

/// Combining marks, and the private characters that core systems still use for rare characters of names.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{e000}'..='\u{f8ff}')
}

/// An organisation's name, its brackets full-width as registries print them.
pub(super) fn organisation_name(value: &str) -> Result<Zeroizing<String>, Reason> {
    let folded = value.chars().filter_map(fold_text).map(|c| match c {
        '(' => '\u{ff08}',
        ')' => '\u{ff09}',
        c => c,
    });
    // A bracket takes two bytes more than it did.
    let brackets = value.bytes().filter(|byte| matches!(byte, b'(' | b')')).count();
    let mut room = Zeroizing::new(String::with_capacity(value.len() + 2 * brackets));
    room.extend(folded);
    printable(within(tidied(&room, room.chars()), 2, 200)?)
}

/// An address or place.
pub(super) fn address(value: &str) -> Result<Zeroizing<String>, Reason> {
    printable(within(tidied(value, value.chars().filter_map(fold_text)), 2, 300)?)
}

/// A number that some system gave; case is kept, spaces are not.
pub(super) fn identifier(value: &str) -> Result<Zeroizing<String>, Reason> {
    let characters = value.chars().filter_map(fold).filter(|&c| c != ' ');
    printable(within(gather(value.len(), characters), 1, 200)?)
}

/// A password or code, kept as typed.
pub(super) fn secret(value: &str) -> Result<Zeroizing<String>, Reason> {
    within(gather(value.len(), value.chars()), 1, 1_000)
}

/// Free text: line ends as one character, no other control characters.
pub(super) fn text(value: &str) -> Result<Zeroizing<String>, Reason> {
    let characters = value.trim().chars().filter(|&c| c != '\r');
    let text = within(gather(value.len(), characters), 1, LONGEST_TEXT)?;
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) { Err(Reason::Alphabet) } else { Ok(text) }
}

/// A reference to a file that another system keeps.
pub(super) fn reference(value: &str) -> Result<Zeroizing<String>, Reason> {
    let reference = printable(within(gather(value.len(), value.trim().chars()), 1, 1_000)?)?;
    if reference.contains(char::is_whitespace) { Err(Reason::Alphabet) } else { Ok(reference) }
}

/// An address of the practical subset of RFC 5321: dot-atom, at sign, a domain with a top level. Lower case, since
/// no mail provider of note tells `A@` from `a@`.
pub(super) fn email(value: &str) -> Result<Zeroizing<String>, Reason> {
    let typed = gather(value.len(), value.chars().filter_map(fold));
    let address = gather(value.len(), typed.trim().chars().map(|c| c.to_ascii_lowercase()));
    if address.is_empty() {
        return Err(Reason::Empty);
    }
    if !address.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Reason::Alphabet);
    }
    let (local, domain) = email_parts(&address).ok_or(Reason::Shape)?;
    if local.len() > 64 || domain.len() > 253 { Err(Reason::Length) } else { Ok(address) }
}

/// The characters of a dot-atom (RFC 5322 §3.2.3), as bits.
const ATOMS: u128 = {
    let mut bits = 0;
    let mut rest: &[u8] = b"!#$%&'*+-/0123456789=?ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz{|}~";
    while let [byte, behind @ ..] = rest {
        bits |= 1 << *byte;
        rest = behind;
    }
    bits
};

/// The two parts of an e-mail address, if it is one. One look at each byte, for masks ask it of every value.
pub(super) fn email_parts(address: &str) -> Option<(&str, &str)> {
    let bytes = address.as_bytes();
    let at = bytes.iter().position(|&byte| byte == b'@')?;
    let (local, domain) = (address.get(..at)?, address.get(at + 1..)?);
    let atom = |byte: u8| byte.is_ascii() && ATOMS >> byte & 1 == 1;
    let mut part = 0_usize;
    for &byte in local.as_bytes() {
        part = match byte {
            b'.' if part > 0 => 0,
            byte if atom(byte) => part + 1,
            _ => return None,
        };
    }
    (part > 0 && is_domain(domain.as_bytes())).then_some((local, domain))
}

/// Labels of letters, digits and hyphens inside; the last one has a letter and two characters at least.
fn is_domain(domain: &[u8]) -> bool {
    let (mut labels, mut length, mut letters, mut last) = (1_u32, 0_usize, 0_u32, b'.');
    for &byte in domain {
        match byte {
            b'.' if length > 0 && last != b'-' => (labels, length, letters) = (labels + 1, 0, 0),
            b'-' if length > 0 => length += 1,
            byte if byte.is_ascii_alphanumeric() => {
                length += 1;
                letters += u32::from(byte.is_ascii_alphabetic());
            }
            _ => return false,
        }
        if length > 63 {
            return false;
        }
        last = byte;
    }
    labels > 1 && length > 1 && letters > 0 && last != b'-'
}

/// A day in one of the common ways of writing, brought to `YYYY-MM-DD`.
pub(super) fn date(value: &str) -> Result<Normal, Reason> {
    const YEAR: char = '年';
    const MONTH: char = '月';
    const DAY: [char; 2] = ['日', '号'];
    let typed = gather(value.len(), value.chars().filter_map(fold).filter(|&c| c != ' '));
    if typed.is_empty() {
        return Err(Reason::Empty);
    }
    let text = typed.strip_suffix(DAY).unwrap_or(&typed);
    let mut parts = text.split(['-', '/', '.', YEAR, MONTH]);
    let (year, month, day) = match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(run), None, None, None) if run.len() == 8 => {
            let (year, rest) = run.split_at_checked(4).ok_or(Reason::Alphabet)?;
            let (month, day) = rest.split_at_checked(2).ok_or(Reason::Alphabet)?;
            (year, month, day)
        }
        (Some(year), Some(month), Some(day), None) => (year, month, day),
        _ => return Err(Reason::Shape),
    };
    if ![year, month, day].into_iter().all(all_digits) {
        return Err(Reason::Alphabet);
    }
    if year.len() != 4 || !(1..=2).contains(&month.len()) || !(1..=2).contains(&day.len()) {
        return Err(Reason::Length);
    }
    let date = existing(year, month, day).ok_or(Reason::Date)?;
    let mut written = Zeroizing::new(String::with_capacity(10));
    for (part, width) in [(year, 4), (month, 2), (day, 2)] {
        if !written.is_empty() {
            written.push('-');
        }
        written.extend(std::iter::repeat_n('0', width - part.len()));
        written.push_str(part);
    }
    Ok(Normal::new(Validator::Date, written).with_birth(date, None))
}

fn existing(year: &str, month: &str, day: &str) -> Option<Date> {
    let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
    (1800..3000).contains(&date.year()).then_some(date)
}

/// Trims, makes one space of many, and drops spaces between Han characters.
fn tidied(value: &str, characters: impl Iterator<Item = char>) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(value.len()));
    let mut last = None;
    let mut gap = false;
    for c in characters {
        if c == ' ' {
            gap = last.is_some();
            continue;
        }
        if gap && !(last.is_some_and(is_han) && is_han(c)) {
            text.push(' ');
        }
        gap = false;
        text.push(c);
        last = Some(c);
    }
    text
}

fn within(text: Zeroizing<String>, shortest: usize, longest: usize) -> Result<Zeroizing<String>, Reason> {
    match text.chars().count() {
        0 => Err(Reason::Empty),
        length if (shortest..=longest).contains(&length) => Ok(text),
        _ => Err(Reason::Length),
    }
}

fn printable(text: Zeroizing<String>) -> Result<Zeroizing<String>, Reason> {
    if text.chars().any(char::is_control) { Err(Reason::Alphabet) } else { Ok(text) }
}
