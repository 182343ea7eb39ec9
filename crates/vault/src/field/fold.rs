//! One form for characters that people type in several.

/// Half-width for full-width, a plain space and a plain hyphen for all their kinds; `None` for what cannot be seen
/// (zero-width characters and direction marks come along when a number is copied from a chat).
pub(super) fn fold(c: char) -> Option<char> {
    match c {
        // By far the commonest, so first.
        '!'..='~' => Some(c),
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => None,
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => Some('-'),
        c if c.is_whitespace() => Some(' '),
        c => Some(c),
    }
}

/// [`fold`] for running text: only letters, digits and spaces change width, punctuation stays as written.
pub(super) fn fold_text(c: char) -> Option<char> {
    match fold(c) {
        Some(folded) if folded.is_ascii_alphanumeric() || folded == ' ' => Some(folded),
        Some(_) => Some(c),
        None => None,
    }
}

/// The characters of a number or code: folded, upper case, without spaces and hyphens.
pub(super) fn compact(value: &str) -> impl Iterator<Item = char> + Clone {
    value.chars().filter_map(fold).filter(|c| !matches!(c, ' ' | '-')).map(|c| c.to_ascii_uppercase())
}

/// Whether a character is a Han ideograph.
pub(super) fn is_han(c: char) -> bool {
    matches!(c,
        '\u{4e00}'..='\u{9fff}'
        | '\u{3007}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{323af}')
}

/// Whether a character is one of the dots that part the names of many peoples of China.
pub(super) fn is_name_dot(c: char) -> bool {
    matches!(c, '\u{b7}' | '\u{2022}' | '\u{2027}' | '\u{22c5}' | '\u{30fb}' | '\u{ff65}' | '\u{2e31}')
}
