//! How texts count.

use std::borrow::Cow;

use super::wording::wording;
use crate::finding::{Source, Span};
use crate::resolve::folded;
use crate::syntax::At;

/// A number as printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Printed<'t> {
    pub(super) text: &'t str,
    pub(super) span: Span,
}

/// The numbers of a series, each with the place where it stands.
pub(super) fn printed<'t>(source: &'t Source, numbers: &At<String>) -> Vec<Printed<'t>> {
    const QUOTES: [char; 2] = ['"', '\''];
    let start = usize::try_from(numbers.span.start).unwrap_or(usize::MAX);
    let end = usize::try_from(numbers.span.end).unwrap_or(usize::MAX);
    let raw = source.text.get(start..end).unwrap_or_default();
    let mut from = 0;
    let one = |part: &'t str| {
        let at = from + raw.get(from..)?.find(part)?;
        from = at + part.len();
        let text = part.trim_start_matches(QUOTES);
        let at = start + at + (part.len() - text.len());
        let text = text.trim_end_matches(QUOTES);
        (!text.is_empty()).then(|| Printed { text, span: (at..at + text.len()).into() })
    };
    raw.split_whitespace().filter_map(one).collect()
}

/// The values of the numbers of one series, or the first of them that is no number.
pub(super) fn values<'t>(numbers: &[Printed<'t>]) -> Result<Vec<u32>, Printed<'t>> {
    let counted = counted(numbers);
    let all = |counts: &Counts| counted.iter().map(|text| counts(text)).collect::<Option<Vec<u32>>>();
    if let Some(values) = WAYS.iter().find_map(all) {
        return Ok(values);
    }
    let each = |(text, number): (&String, &Printed<'t>)| WAYS.iter().find_map(|counts| counts(text)).ok_or(*number);
    counted.iter().zip(numbers).map(each).collect()
}

/// Whether a number as printed has that value.
pub(super) fn is_value(number: &str, value: u32) -> bool {
    let bare = bare(number).trim_start_matches(JOINTS);
    WAYS.iter().any(|counts| counts(bare) == Some(value))
}

/// What stands between the number of a clause and that of the clause above it.
const JOINTS: [char; 4] = ['.', '-', '\u{2013}', '\u{ff0d}'];

type Counts = fn(&str) -> Option<u32>;

/// Ways of counting. A letter may be a Roman numeral: the first that fits all numbers of a series holds.
const WAYS: [Counts; 6] = [arabic, chinese, sign, roman, letter, stem];

/// What counts in each number of a series: without brackets and stops, without what an article is called, and without the
/// number of the clause above where all of them bear it, as 5.1 and 5.2 do.
fn counted(numbers: &[Printed<'_>]) -> Vec<String> {
    let folded: Vec<Cow<'_, str>> = numbers.iter().map(|number| folded(number.text)).collect();
    let bare: Vec<&str> = folded.iter().map(|text| bare(text)).collect();
    let parts: Vec<(&str, &str)> = bare.iter().filter_map(|text| text.rsplit_once(JOINTS)).collect();
    let (head, heads) = (parts.first().map(|(head, _)| *head), parts.iter().map(|(head, _)| Some(*head)));
    if parts.len() == bare.len() && heads.into_iter().all(|one| one == head) {
        return parts.into_iter().map(|(_, last)| last.to_owned()).collect();
    }
    bare.into_iter().map(str::to_owned).collect()
}

fn bare(text: &str) -> &str {
    let unmarked = wording().unmarked(text);
    wording().ordinal(unmarked).map_or(unmarked, |(number, _)| number)
}

/// What the numbers of a series count where they say it: articles, chapters.
pub(super) fn ordinals(numbers: &[Printed<'_>]) -> Option<String> {
    let called = |number: &Printed<'_>| {
        let text = folded(number.text);
        wording().ordinal(wording().unmarked(&text)).map(|(_, counter)| counter.to_owned())
    };
    let first = called(numbers.first()?)?;
    numbers
        .iter()
        .all(|number| called(number).as_ref() == Some(&first))
        .then_some(first)
        .filter(|word| !word.is_empty())
}

fn arabic(text: &str) -> Option<u32> {
    const FULL_WIDTH: std::ops::RangeInclusive<u32> = 0xff10..=0xff19;
    let half = |c: char| match u32::from(c) {
        wide if FULL_WIDTH.contains(&wide) => char::from_digit(wide - FULL_WIDTH.start(), 10).unwrap_or(c),
        _ => c,
    };
    let half: String = text.chars().map(half).collect();
    half.bytes().all(|digit| digit.is_ascii_digit()).then(|| half.parse().ok())?
}

fn chinese(text: &str) -> Option<u32> {
    wording().numeral(text)
}

/// A sign that is a number by itself.
fn sign(text: &str) -> Option<u32> {
    /// Of each run of such signs the first, its value, and how many there are (Unicode 15).
    const RUNS: [(u32, u32, u32); 17] = [
        (0x2160, 1, 12), // Roman
        (0x2170, 1, 12),
        (0x2460, 1, 20), // circled
        (0x2474, 1, 20), // in brackets
        (0x2488, 1, 20), // with a stop
        (0x249c, 1, 26), // letters in brackets, circled
        (0x24b6, 1, 26),
        (0x24d0, 1, 26),
        (0x24eb, 11, 10), // white on black
        (0x24f5, 1, 10),  // circled twice
        (0x2776, 1, 10),
        (0x2780, 1, 10),
        (0x278a, 1, 10),
        (0x3220, 1, 10), // Chinese numerals in brackets, circled
        (0x3251, 21, 15),
        (0x3280, 1, 10),
        (0x32b1, 36, 15),
    ];
    let mut signs = text.chars();
    let (one, more) = (signs.next().map(u32::from)?, signs.next());
    let in_run =
        |(first, value, count): &(u32, u32, u32)| Some(value + one.checked_sub(*first).filter(|at| at < count)?);
    RUNS.iter().find_map(in_run).filter(|_| more.is_none())
}

fn roman(text: &str) -> Option<u32> {
    let value = |c: char| match c.to_ascii_lowercase() {
        'i' => Some(1),
        'v' => Some(5),
        'x' => Some(10),
        _ => None,
    };
    let values: Vec<u32> = text.chars().map(value).collect::<Option<_>>()?;
    let next = values.iter().skip(1).chain(std::iter::once(&0));
    let (more, less): (Vec<_>, Vec<_>) = values.iter().zip(next).partition(|(one, next)| one >= next);
    let sum = |part: Vec<(&u32, &u32)>| part.into_iter().map(|(one, _)| *one).sum::<u32>();
    sum(more).checked_sub(sum(less)).filter(|value| *value > 0)
}

fn stem(text: &str) -> Option<u32> {
    wording().stem(text)
}

fn letter(text: &str) -> Option<u32> {
    let mut letters = text.chars();
    let (one, more) = (letters.next()?, letters.next());
    let from = u32::from('a');
    Some(one.to_ascii_lowercase())
        .filter(|one| one.is_ascii_lowercase() && more.is_none())
        .map(|one| u32::from(one) - from + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> (Source, At<String>) {
        let source = Source::new("a", format!("x = \"{text}\""));
        let end = u32::try_from(source.text.len()).unwrap();
        (source, At { value: text.to_owned(), span: Span { start: 4, end } })
    }

    #[test]
    fn every_way_of_counting_is_read() {
        for (text, expected) in [
            ("一 二 四", Some(vec![1, 2, 4])),
            ("壹、 贰、 拾壹、", Some(vec![1, 2, 11])),
            ("第一条 第二条 第四条", Some(vec![1, 2, 4])),
            ("第一章 第二章 第十章", Some(vec![1, 2, 10])),
            ("第1部分 第３部分", Some(vec![1, 3])),
            ("第一 第二", Some(vec![1, 2])),
            ("5.1 5.2 5.4", Some(vec![1, 2, 4])),
            ("5.1.1. 5.1.3.", Some(vec![1, 3])),
            ("１．１ １．２", Some(vec![1, 2])),
            ("1-1 1-2", Some(vec![1, 2])),
            ("5.1 5.2 6.1", None),
            ("【1】 【3】", Some(vec![1, 3])),
            ("〔一〕 〔二〕", Some(vec![1, 2])),
            ("㈠ ㈡ ㈣", Some(vec![1, 2, 4])),
            ("⑴ ⑵ ⑷", Some(vec![1, 2, 4])),
            ("⒈ ⒉ ⒊", Some(vec![1, 2, 3])),
            ("Ⅰ Ⅱ Ⅳ", Some(vec![1, 2, 4])),
            ("⑳ ㉑ ㊱", Some(vec![20, 21, 36])),
            ("甲 乙 丁", Some(vec![1, 2, 4])),
            ("①② ③", None),
            ("(一) （二）", Some(vec![1, 2])),
            ("1 2. 3、", Some(vec![1, 2, 3])),
            ("１ ２", Some(vec![1, 2])),
            ("① ② ④", Some(vec![1, 2, 4])),
            ("i ii iv ix", Some(vec![1, 2, 4, 9])),
            ("(a) (b) (d)", Some(vec![1, 2, 4])),
            ("1 二 ③", Some(vec![1, 2, 3])),
            ("1 – 3", None),
        ] {
            let (source, numbers) = numbers(text);
            assert_eq!(values(&printed(&source, &numbers)).ok(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_told() {
        let (source, numbers) = numbers("1 – 3");
        assert_eq!(values(&printed(&source, &numbers)).unwrap_err().text, "–");
    }

    #[test]
    fn articles_say_what_they_count() {
        let counted = |text: &str| {
            let (source, numbers) = numbers(text);
            ordinals(&printed(&source, &numbers))
        };
        assert_eq!(counted("第一条 第二条、").as_deref(), Some("条"));
        assert_eq!(counted("第1部分").as_deref(), Some("部分"));
        assert_eq!(
            (counted("第一条 第二章"), counted("第一 第二"), counted("一 二"), counted("")),
            (None, None, None, None)
        );
    }

    #[test]
    fn a_number_knows_its_place() {
        let (source, numbers) = numbers("一 三");
        let shown =
            |one: &Printed<'_>| source.text.get(one.span.start as usize..one.span.end as usize).unwrap().to_owned();
        let spans: Vec<String> = printed(&source, &numbers).iter().map(shown).collect();
        assert_eq!(spans, ["一", "三"]);
    }
}
