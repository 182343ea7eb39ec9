//! Anchors: published clause numbers as fragments of an address.
//!
//! Chinese numbering mixes numerals, digits and brackets; a fragment should survive copying, typing and old mail
//! programs, so it is plain ASCII. Each step of a clause number becomes a letter and its number:
//!
//! | step | example | fragment |
//! |---|---|---|
//! | numeral | 一 | `s1` (section) |
//! | numeral in brackets | (一) | `p1` (part) |
//! | digits | 1 | `n1` (number) |
//! | digits in brackets | (1) | `i1` (item) |
//! | anything else, a character at a time | 附 | `u9644` |
//!
//! Two clauses share an anchor only when they are the same but for full-width brackets and blanks.

use std::fmt::Write as _;

/// The numerals one to ten.
const NUMERALS: [char; 10] = [
    '\u{4e00}', '\u{4e8c}', '\u{4e09}', '\u{56db}', '\u{4e94}', '\u{516d}', '\u{4e03}', '\u{516b}', '\u{4e5d}',
    '\u{5341}',
];

/// The anchor of a clause number: `clause_anchor("一(一)1(1)")` is `c-s1-p1-n1-i1`.
///
/// ```
/// # use shouyue_render::clause_anchor;
/// assert_eq!(clause_anchor("一(一)1(1)"), "c-s1-p1-n1-i1");
/// assert_eq!(clause_anchor("五（十二）"), "c-s5-p12");
/// assert_eq!(clause_anchor("附件一"), "c-u9644-u4ef6-s1");
/// ```
pub fn clause_anchor(clause: &str) -> String {
    let signs: Vec<char> = clause.chars().filter(|sign| !sign.is_whitespace()).map(folded).collect();
    let mut rest = signs.as_slice();
    let mut anchor = String::from("c");
    while let Some((first, after)) = rest.split_first() {
        let bracketed = (*first == '(').then(|| number(after)).flatten().and_then(|(step, after)| {
            let (close, after) = after.split_first()?;
            (*close == ')').then_some((step, after))
        });
        // Writing into a text cannot fail.
        let _ = if let Some((step, after)) = bracketed {
            rest = after;
            write!(anchor, "-{}{}", if step.numeral { 'p' } else { 'i' }, step.digits)
        } else if let Some((step, after)) = number(rest) {
            rest = after;
            write!(anchor, "-{}{}", if step.numeral { 's' } else { 'n' }, step.digits)
        } else {
            rest = after;
            write!(anchor, "-u{:x}", u32::from(*first))
        };
    }
    anchor
}

/// One number of a clause and how it was written.
struct Step {
    numeral: bool,
    digits: String,
}

/// The number at the beginning of `signs`, and what follows it.
fn number(signs: &[char]) -> Option<(Step, &[char])> {
    let digits: String = signs.iter().take_while(|sign| sign.is_ascii_digit()).collect();
    if !digits.is_empty() {
        return Some((Step { numeral: false, digits: digits.clone() }, signs.get(digits.len()..)?));
    }
    let run: Vec<usize> =
        signs.iter().map_while(|sign| NUMERALS.iter().position(|n| n == sign)).map(|i| i + 1).collect();
    let value = match run.as_slice() {
        [one] => *one,
        [10, unit @ 1..=9] => 10 + unit,
        [tens @ 2..=9, 10] => tens * 10,
        [tens @ 2..=9, 10, unit @ 1..=9] => tens * 10 + unit,
        _ => return None,
    };
    Some((Step { numeral: true, digits: value.to_string() }, signs.get(run.len()..)?))
}

/// Full-width forms as the names of the language fold them.
const fn folded(sign: char) -> char {
    match sign {
        '\u{ff08}' => '(',
        '\u{ff09}' => ')',
        '\u{ff0e}' => '.',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn steps_keep_their_level() {
        for (clause, anchor) in [
            ("一", "c-s1"),
            ("十", "c-s10"),
            ("十一(二十三)", "c-s11-p23"),
            ("一(一)3", "c-s1-p1-n3"),
            ("三(一)1(2)", "c-s3-p1-n1-i2"),
            ("三（一）1 （2）", "c-s3-p1-n1-i2"),
            ("引言", "c-u5f15-u8a00"),
            ("(", "c-u28"),
            ("", "c"),
        ] {
            assert_eq!(clause_anchor(clause), anchor, "{clause}");
        }
    }

    #[test]
    fn different_clauses_have_different_anchors() {
        let clauses =
            ["一1", "一(1)", "一(一)", "一一", "11", "1 1", "十一", "(十一)", "(11)", "01", "1", "1.1", "附件1", "a"];
        let anchors: BTreeSet<String> = clauses.iter().map(|clause| clause_anchor(clause)).collect();
        // "11" and "1 1" are the same clause, printed with and without a blank.
        assert_eq!(anchors.len(), clauses.len() - 1);
        assert!(anchors.iter().all(|anchor| anchor.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')));
    }
}
