//! Lengths of time that a text names: 15 个工作日, 三年, 24 小时.

use super::page::Page;
use super::words::Words;
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
        let step = rest.chars().next().map_or(1, char::len_utf8);
        let Some((count, len, written)) = number(rest, words) else {
            from += step;
            continue;
        };
        let to = from + len;
        let after = text.get(to..).unwrap_or_default();
        let before = text.get(..from).unwrap_or_default();
        let unit = if words.periods.not_after.iter().any(|word| before.ends_with(word.as_str())) {
            None
        } else {
            unit(after, words).filter(|(unit, _)| !is_date(count, *unit, after, words))
        };
        match unit {
            Some((unit, len)) if !(written && count == 1 && unit == Unit::Days) => {
                found.push(Period { from, to: to + len, count, unit });
                from = to + len;
            }
            _ => from = to,
        }
    }
    found
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

/// The longest unit that follows.
fn unit(after: &str, words: &Words) -> Option<(Unit, usize)> {
    let all = words.periods.units.iter().flat_map(|(unit, words)| words.iter().map(|word| (*unit, word.as_str())));
    let fitting = all.filter(|(_, word)| after.starts_with(word));
    fitting.max_by_key(|(_, word)| word.len()).map(|(unit, word)| (unit, word.len()))
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
    fn dates_ages_and_numbers_are_none() {
        let none =
            "2022 年 2 月 18 日更新，二〇二二年生效，14周岁，电话95900，同一天，第三年，7×24小时，12月31日，22年3月";
        assert_eq!(told(none), [""; 0]);
    }
}
