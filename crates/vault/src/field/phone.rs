//! Telephone numbers of mainland China.

use zeroize::Zeroizing;

use super::fold::fold;
use super::{Reason, all_digits, gather};

/// Eleven digits, without country code.
pub(super) fn mobile(value: &str) -> Result<Zeroizing<String>, Reason> {
    let characters = value.chars().filter_map(fold).filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.'));
    let typed = gather(value.len(), characters);
    let (number, _) = without_country(&typed);
    if typed.is_empty() {
        Err(Reason::Empty)
    } else if !all_digits(number) {
        Err(Reason::Alphabet)
    } else if number.len() != 11 {
        Err(Reason::Length)
    } else if !is_mobile(number.chars()) {
        Err(Reason::Shape)
    } else {
        Ok(gather(11, number.chars()))
    }
}

/// A mobile number or a fixed line. The reason for refusing is that of the kind the first digit announces.
pub(super) fn either(value: &str) -> Result<Zeroizing<String>, Reason> {
    mobile(value).or_else(|reason| {
        let typed = gather(value.len(), value.chars().filter_map(fold).filter(|&c| c != ' '));
        let meant_mobile = without_country(&typed).0.starts_with('1');
        landline(value).map_err(|other| if meant_mobile { reason } else { other })
    })
}

/// Whether compact text is a mobile number.
pub(super) fn is_mobile(mut characters: impl Iterator<Item = char> + Clone) -> bool {
    characters.clone().count() == 11
        && characters.next() == Some('1')
        && matches!(characters.next(), Some('3'..='9'))
        && characters.all(|c| c.is_ascii_digit())
}

/// `area-number`, `area-number-extension`, or the bare digits of a service number (400, 800, 95…, 12…).
///
/// A local number without area code is refused: nobody elsewhere could call it.
pub(super) fn landline(value: &str) -> Result<Zeroizing<String>, Reason> {
    // The word for extension, as printed on business cards.
    const EXTENSION: char = '转';
    let folded = gather(value.len(), value.chars().filter_map(fold).map(|c| if c == EXTENSION { '-' } else { c }));
    let trimmed = folded.trim();
    if trimmed.is_empty() {
        return Err(Reason::Empty);
    }
    let (rest, abroad) = without_country(trimmed);
    // One hyphen wherever something parted the groups of digits.
    let mut groups = Zeroizing::new(String::with_capacity(value.len() + 1));
    for c in rest.chars() {
        match c {
            '0'..='9' => groups.push(c),
            ' ' | '-' | '(' | ')' | '.' | ',' | '#' | '/' => groups.push('-'),
            _ => return Err(Reason::Alphabet),
        }
    }
    let digits = gather(value.len() + 1, groups.chars().filter(char::is_ascii_digit));
    if is_service(&digits) {
        return Ok(digits);
    }
    // Seen from abroad an area code has no leading zero.
    let (groups, digits) = if abroad && !digits.starts_with('0') {
        let zero = |text: &str| gather(value.len() + 2, std::iter::once('0').chain(text.chars()));
        (zero(groups.trim_start_matches('-')), zero(&digits))
    } else {
        (groups, digits)
    };
    split(&groups, &digits)
}

fn split(groups: &str, digits: &str) -> Result<Zeroizing<String>, Reason> {
    let area = area_length(digits).ok_or(Reason::Region)?;
    let extension = extension_length(groups, area);
    let local = digits.len().checked_sub(area + extension).ok_or(Reason::Length)?;
    if !(7..=8).contains(&local) || extension > 6 {
        return Err(Reason::Length);
    }
    let (area, rest) = digits.split_at_checked(area).ok_or(Reason::Length)?;
    let (local, extension) = rest.split_at_checked(local).ok_or(Reason::Length)?;
    if local.starts_with(['0', '1']) {
        return Err(Reason::Shape);
    }
    let mut number = Zeroizing::new(String::with_capacity(digits.len() + 2));
    for (index, part) in [area, local, extension].into_iter().filter(|part| !part.is_empty()).enumerate() {
        if index > 0 {
            number.push('-');
        }
        number.push_str(part);
    }
    Ok(number)
}

/// The digits of `010` and `02x`, else of the four-digit codes.
fn area_length(digits: &str) -> Option<usize> {
    let mut head = digits.chars();
    match (head.next()?, head.next()?) {
        ('0', '1' | '2') => Some(3),
        ('0', '3'..='9') => Some(4),
        _ => None,
    }
}

/// How many digits follow the first gap behind a complete local number.
fn extension_length(groups: &str, area: usize) -> usize {
    let mut seen = 0_usize;
    let mut characters = groups.chars();
    for c in characters.by_ref() {
        match c {
            '-' if seen >= area + 7 => break,
            '-' => {}
            _ => seen += 1,
        }
    }
    characters.filter(char::is_ascii_digit).count()
}

fn is_service(digits: &str) -> bool {
    match digits.len() {
        10 => digits.starts_with("400") || digits.starts_with("800"),
        5..=8 => digits.starts_with("95") || digits.starts_with("96") || (digits.len() == 5 && digits.starts_with('1')),
        _ => false,
    }
}

/// Strips the country code, and says whether there was one.
fn without_country(text: &str) -> (&str, bool) {
    for prefix in ["+86", "0086", "(+86)", "(86)", "+(86)"] {
        if let Some(rest) = text.strip_prefix(prefix) {
            return (rest, true);
        }
    }
    match text.strip_prefix("86") {
        Some(rest) if is_mobile(rest.chars()) => (rest, true),
        _ => (text, false),
    }
}

/// The area code and last four digits of a fixed line in its one form.
pub(super) fn landline_ends(number: &str) -> Option<(&str, &str)> {
    let (area, rest) = number.split_once('-')?;
    let local = rest.split_once('-').map_or(rest, |(local, _)| local);
    let sound = area_length(area) == Some(area.len()) && all_digits(area) && all_digits(local);
    let last = local.get(local.len().checked_sub(4)?..)?;
    (sound && (7..=8).contains(&local.len())).then_some((area, last))
}
