//! Lengths of time that a text names: 15 个工作日, 三年, 24 小时, 一周, 半年.

use super::page::Page;
use super::words::{Measure, Periods, Words};
use crate::syntax::Unit;

/// A length of time at a place of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Period {
    /// First byte.
    pub(super) from: usize,
    /// One past the last.
    pub(super) to: usize,
    pub(super) count: u32,
    pub(super) unit: Unit,
}

/// The word for a length under which equal ones are equal: years are months.
pub(super) fn called(count: u32, unit: Unit) -> String {
    match unit {
        Unit::Years => format!("{} {}", count.saturating_mul(12), Unit::Months),
        unit => format!("{count} {unit}"),
    }
}

/// Every length of time, in order. Dates are none, and neither is one day written out (同一天).
pub(super) fn periods(page: &Page, words: &Words) -> Vec<Period> {
    let text = page.text.as_str();
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(rest) = text.get(from..).filter(|rest| !rest.is_empty()) {
        let before = text.get(..from).unwrap_or_default();
        let (measure, len) = half(before, rest, words).unwrap_or_else(|| counted(before, rest, words));
        let to = from + len;
        if let Some(Measure { count, unit }) = measure {
            found.push(Period { from, to, count, unit });
        }
        from = to;
    }
    found
}

/// A length that begins with a number, and how far it reaches; else how far to go on.
fn counted(before: &str, rest: &str, words: &Words) -> (Option<Measure>, usize) {
    let Some((count, len, written)) = number(rest, words) else {
        return (None, rest.chars().next().map_or(1, char::len_utf8));
    };
    let after = rest.get(len..).unwrap_or_default();
    let is_other = ends(before, &words.periods.not_after);
    let Some((one, of_unit)) = unit(after, words).filter(|_| !is_other) else { return (None, len) };
    let whole = one.count == 1;
    if is_date(count, one.unit, after, words) || written && count == 1 && whole && one.unit == Unit::Days {
        return (None, len);
    }
    let behind = after.get(of_unit..).unwrap_or_default();
    let half = words.periods.halves.get(&one.unit).filter(|_| whole);
    let is_half = |after: &str| !words.periods.half_not_before.iter().any(|word| after.starts_with(word.as_str()));
    match (half, behind.strip_prefix(words.periods.half.as_str())) {
        // Of months no half can be added to whole ones: fifteen days are none.
        (Some(half), Some(after)) if is_half(after) && one.unit != Unit::Months => {
            let count = count.saturating_mul(2).saturating_add(1).saturating_mul(half.count);
            (Some(Measure { count, unit: half.unit }), len + of_unit + words.periods.half.len())
        }
        _ => (Some(Measure { count: count.saturating_mul(one.count), unit: one.unit }), len + of_unit),
    }
}

/// Half of a unit, and how far it reaches.
fn half(before: &str, rest: &str, words: &Words) -> Option<(Option<Measure>, usize)> {
    let after = rest.strip_prefix(words.periods.half.as_str())?;
    let (one, len) = unit(after, words).filter(|(one, _)| one.count == 1)?;
    let measure = words.periods.halves.get(&one.unit).filter(|_| !ends(before, &words.periods.half_not_after));
    Some((Some(*measure?), words.periods.half.len() + len))
}

fn ends(before: &str, words: &[String]) -> bool {
    words.iter().any(|word| before.ends_with(word.as_str()))
}

/// A number in figures or numerals, its length, and whether it is written out.
fn number(rest: &str, words: &Words) -> Option<(u32, usize, bool)> {
    let len = rest.bytes().take_while(u8::is_ascii_digit).count();
    if len > 0 {
        return Some((rest.get(..len)?.parse().unwrap_or(u32::MAX), len, false));
    }
    if let Some((count, len)) = words.numerals.read(rest) {
        return Some((count, len, true));
    }
    // A year spelled sign by sign is passed over whole.
    let len = rest.chars().take_while(|sign| words.numerals.holds(*sign)).map(char::len_utf8).sum();
    (len > 0).then_some((u32::MAX, len, true))
}

/// The longest unit that follows, as so many of one that periods are counted in.
fn unit(after: &str, words: &Words) -> Option<(Measure, usize)> {
    let Periods { units, multiples, silence, .. } = &words.periods;
    let units = units.iter().map(|(unit, words)| (Some(Measure { count: 1, unit: *unit }), words));
    let multiples = multiples.iter().map(|multiple| (Some(multiple.measure()), &multiple.words));
    let all = units.chain(multiples).chain([(None, silence)]);
    let all = all.flat_map(|(measure, words)| words.iter().map(move |word| (measure, word.as_str())));
    let longest = all.filter(|(_, word)| after.starts_with(word)).max_by_key(|(_, word)| word.len());
    longest.and_then(|(measure, word)| Some((measure?, word.len())))
}

/// A number of four figures, or a year with a month behind it, is a date; so is what is longer than any period.
fn is_date(count: u32, unit: Unit, after: &str, words: &Words) -> bool {
    let month = after.strip_prefix(words.periods.year.as_str()).is_some_and(|after| {
        let month = after.trim_start_matches(|sign: char| sign.is_ascii_digit());
        month.len() < after.len() && month.starts_with(words.periods.month.as_str())
    });
    count > 999 || unit == Unit::Years && month
}

#[cfg(test)]
mod tests {
    use super::super::page::paragraphs;
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let words = Words::bundled();
        let page = Page::of(&paragraphs(text), words);
        periods(&page, words).iter().map(|period| called(period.count, period.unit)).collect()
    }

    #[test]
    fn lengths_of_time_are_read_in_figures_and_numerals() {
        assert_eq!(
            told("将在 15 个工作日内答复，保存三年，提前三十日，不超过24小时、六个月和五个\n自然日"),
            ["15 working-days", "36 months", "30 days", "24 hours", "6 months", "5 days"]
        );
    }

    #[test]
    fn weeks_quarters_and_halves_are_counted_in_days_and_months() {
        assert_eq!(
            told("一周内答复，两个星期，3周，一个季度，满半年后，半个月，每半天，一年半，两年半"),
            ["7 days", "14 days", "21 days", "3 months", "6 months", "15 days", "12 hours", "18 months", "30 months"]
        );
        assert_eq!(told("未满十四周岁，五周年，上半年，半数，周一至周五，第二周，三年半数以上"), ["36 months"]);
    }

    #[test]
    fn dates_ages_and_numbers_are_none() {
        let none =
            "2022 年 2 月 18 日更新，二〇二二年生效，14周岁，电话95900，同一天，第三年，7×24小时，12月31日，22年3月";
        assert_eq!(told(none), [""; 0]);
    }
}
