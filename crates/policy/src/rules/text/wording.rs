//! Words by which rules about the text itself recognise what it says (`text/wording.toml`).

use std::sync::LazyLock;

use serde::Deserialize;

static WORDING: LazyLock<Wording> =
    LazyLock::new(|| toml::from_str(include_str!("../../../text/wording.toml")).unwrap_or_default());

/// The lists of words.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Wording {
    annexes: Vec<String>,
    escapes: Vec<String>,
    tries: Vec<String>,
    own_programs: Vec<String>,
    ways_through: Vec<String>,
    path_signs: String,
    each_times: Vec<String>,
    unsubscribings: Vec<String>,
    maybes: Vec<String>,
    erasings: Vec<String>,
    laws: Vec<String>,
    no_times: Vec<String>,
    at_once: Vec<String>,
    no_frequencies: Vec<String>,
    tellings: Vec<String>,
    domain_ends: Vec<String>,
    extensions: Vec<String>,
    number_marks: String,
    ordinal: String,
    counters: Vec<String>,
    digits: String,
    ten: String,
    hundred: String,
    formal: String,
    halves: String,
    stems: String,
    control: Vec<Control>,
}

/// A control that a promise can name.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Control {
    name: String,
    /// What of the operation file provides it; nothing where the software gives it by itself.
    pub(super) needs: Option<Need>,
}

/// What of an operation file provides a control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Need {
    /// A role of staff.
    Role,
    /// A role of staff that does not see everything in the clear.
    MaskedRole,
}

/// The words that come with the crate.
pub(super) fn wording() -> &'static Wording {
    &WORDING
}

impl Wording {
    /// Whether a clause stands in an annex.
    pub(super) fn is_annex(&self, clause: &str) -> bool {
        self.annexes.iter().any(|word| clause.starts_with(word.as_str()))
    }

    /// Whether a criterion lets a period run on.
    pub(super) fn is_escape(&self, text: &str) -> bool {
        any(&self.escapes, text)
    }

    /// Whether somebody promises to try, and not to do.
    pub(super) fn is_try(&self, text: &str) -> bool {
        any(&self.tries, text)
    }

    /// Whether a switch is said to be in a program of somebody else, and not where in it.
    pub(super) fn is_elsewhere(&self, text: &str) -> bool {
        any(&self.own_programs, text) && !any(&self.ways_through, text) && !self.is_path(text)
    }

    /// Whether a text leads from page to page. Between Latin letters a dash belongs to a name: Do-Not-Track.
    fn is_path(&self, text: &str) -> bool {
        let signs: Vec<char> = text.chars().filter(|sign| !sign.is_whitespace()).collect();
        let leads = |three: &[char]| {
            matches!(three, [before, sign, after]
                if self.path_signs.contains(*sign) && !(before.is_ascii() && after.is_ascii()))
        };
        signs.windows(3).any(leads)
    }

    /// Whether what a text says must be done each time anew.
    pub(super) fn is_each_time(&self, text: &str) -> bool {
        any(&self.each_times, text)
    }

    /// Whether a text speaks of leaving a list of addresses.
    pub(super) fn is_unsubscribing(&self, text: &str) -> bool {
        any(&self.unsubscribings, text)
    }

    /// Whether a consequence is only possible.
    pub(super) fn is_maybe(&self, text: &str) -> bool {
        any(&self.maybes, text)
    }

    /// Whether a text says that data go, and neither at once nor by a figure.
    pub(super) fn is_erasing_some_day(&self, text: &str) -> bool {
        const STOPS: [char; 6] = ['\u{ff0c}', '\u{ff1b}', '\u{3002}', ',', ';', '.'];
        let mut parts = text.split(STOPS);
        // What is done at once beside it says nothing of the data.
        let some_day = |part: &str| any(&self.erasings, part) && !any(&self.at_once, part);
        parts.any(some_day) && !self.has_figure(text)
    }

    /// Whether a criterion speaks of the law.
    pub(super) fn is_law(&self, text: &str) -> bool {
        any(&self.laws, text)
    }

    /// Whether a text gives a time that nobody can count.
    pub(super) fn is_no_time(&self, text: &str) -> bool {
        any(&self.no_times, text) && !self.has_figure(text)
    }

    /// Whether a text says that something is done again and again, and not how often.
    pub(super) fn is_no_frequency(&self, text: &str) -> bool {
        any(&self.no_frequencies, text) && !self.has_figure(text)
    }

    /// Whether a text says that people are told.
    pub(super) fn is_telling(&self, text: &str) -> bool {
        any(&self.tellings, text)
    }

    /// The part of a host name that says whose it is: `minghu` of `www.minghu.com.cn`.
    pub(super) fn owner<'h>(&self, host: &'h str) -> Option<&'h str> {
        host.rsplit('.').find(|part| !self.is_domain_end(part))
    }

    /// Whether nothing of a domain says whose it is.
    pub(super) fn is_domain_end(&self, domain: &str) -> bool {
        domain.split('.').all(|part| self.domain_ends.iter().any(|end| end.eq_ignore_ascii_case(part)))
    }

    /// A text whose telephone numbers have a dash before their extensions.
    pub(super) fn with_extensions(&self, text: &str) -> String {
        self.extensions.iter().fold(text.to_owned(), |text, word| text.replace(word.as_str(), "-"))
    }

    /// The control of that name.
    pub(super) fn control(&self, name: &str) -> Option<&Control> {
        self.control.iter().find(|control| control.name == name)
    }

    /// The names of all controls.
    pub(super) fn controls(&self) -> impl Iterator<Item = &str> {
        self.control.iter().map(|control| control.name.as_str())
    }

    /// Whether a letter belongs to a Chinese numeral.
    pub(super) fn is_numeral(&self, letter: char) -> bool {
        [&self.digits, &self.ten, &self.hundred, &self.formal].iter().any(|letters| letters.contains(letter))
    }

    /// The value of a Chinese numeral up to 999, in plain or in formal letters.
    pub(super) fn numeral(&self, text: &str) -> Option<u32> {
        let text: String = text.chars().map(|letter| self.plain(letter)).collect();
        let (hundreds, rest) = match text.split_once(self.hundred.as_str()) {
            Some((hundreds, rest)) => (self.digit(hundreds)?, rest),
            None => (0, text.as_str()),
        };
        let (tens, ones) = match rest.split_once(self.ten.as_str()) {
            Some(("", ones)) => (1, ones),
            Some((tens, ones)) => (self.digit(tens)?, ones),
            None => (0, rest),
        };
        let ones = if ones.is_empty() { 0 } else { self.digit(ones)? };
        Some(hundreds * 100 + tens * 10 + ones).filter(|value| *value > 0)
    }

    /// The plain letter for a formal one.
    fn plain(&self, letter: char) -> char {
        let plain = || [&self.digits, &self.ten, &self.hundred].into_iter().flat_map(|letters| letters.chars());
        self.formal.chars().position(|formal| formal == letter).and_then(|at| plain().nth(at)).unwrap_or(letter)
    }

    /// What one of the ten stems, in their order, counts.
    pub(super) fn stem(&self, text: &str) -> Option<u32> {
        let mut letters = text.chars();
        let (one, more) = (letters.next()?, letters.next());
        let at = self.stems.chars().position(|stem| stem == one).filter(|_| more.is_none())?;
        u32::try_from(at + 1).ok()
    }

    /// A number without the marks around it.
    pub(super) fn unmarked<'t>(&self, number: &'t str) -> &'t str {
        number.trim_matches(|c| self.number_marks.contains(c))
    }

    /// What counts in the number of an article or a chapter, and the word for what it counts: nothing where the number stands
    /// by itself behind the sign of an order.
    pub(super) fn ordinal<'t>(&self, text: &'t str) -> Option<(&'t str, &'t str)> {
        let rest = text.strip_prefix(self.ordinal.as_str())?;
        let ends = self.counters.iter().filter_map(|counter| rest.strip_suffix(counter.as_str()));
        let number = ends.min_by_key(|number| number.len()).unwrap_or(rest);
        Some((number, rest.get(number.len()..)?))
    }

    /// Whether a sign is that of an order.
    pub(super) fn is_ordinal(&self, sign: char) -> bool {
        self.ordinal.contains(sign)
    }

    /// Whether what texts count begins with a sign.
    pub(super) fn is_counter(&self, sign: char) -> bool {
        self.counters.iter().any(|counter| counter.starts_with(sign))
    }

    /// One digit, perhaps after a nought.
    fn digit(&self, text: &str) -> Option<u32> {
        let nought = self.digits.chars().next()?;
        let letter = text.trim_start_matches(nought);
        let mut letters = letter.chars();
        let (one, more) = (letters.next()?, letters.next());
        let value = self.digits.chars().position(|digit| digit == one).filter(|_| more.is_none())?;
        u32::try_from(value).ok()
    }

    /// Whether a text counts anything.
    fn has_figure(&self, text: &str) -> bool {
        let counts = |c: char| c.is_numeric() || self.is_numeral(c) || self.halves.contains(c);
        // "First" and "at once" hold a one that counts nothing.
        let counted: String = self.no_times.iter().fold(text.to_owned(), |text, word| text.replace(word.as_str(), ""));
        counted.chars().any(counts)
    }
}

fn any(words: &[String], text: &str) -> bool {
    words.iter().any(|word| text.contains(word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read() {
        assert!(toml::from_str::<Wording>(include_str!("../../../text/wording.toml")).is_ok());
        assert!(wording().is_annex("附件一") && !wording().is_annex("一(附件)"));
        assert_eq!(wording().control("role-matrix").and_then(|control| control.needs), Some(Need::Role));
    }

    #[test]
    fn numerals_have_values() {
        let value = |text| wording().numeral(text);
        for (text, is) in [("一", 1), ("十", 10), ("十二", 12), ("二十", 20), ("三十六", 36), ("一百零五", 105)]
        {
            assert_eq!(value(text), Some(is), "{text}");
        }
        assert_eq!((value("拾贰"), value("壹佰零伍")), (Some(12), Some(105)));
        for text in ["", "零", "一二", "甲", "十十"] {
            assert_eq!(value(text), None, "{text}");
        }
    }

    #[test]
    fn hosts_have_owners() {
        assert_eq!(wording().owner("www.minghu.com.cn"), Some("minghu"));
        assert_eq!(wording().owner("minghu.com.com"), Some("minghu"));
        assert_eq!(wording().owner("Mail.MINGHU.Com.Cn"), Some("MINGHU"));
        assert_eq!(wording().owner("com"), None);
    }

    #[test]
    fn a_way_through_pages_is_no_name_with_a_dash() {
        for told in [
            "浏览器：设置-隐私-清除浏览数据",
            "浏览器的“隐私设置”",
            "浏览器 设置 － 隐私",
            "IE浏览器：工具-Internet选项",
        ] {
            assert!(!wording().is_elsewhere(told), "{told}");
        }
        for left in ["在浏览器设置中清除", "浏览器的Do-Not-Track", "浏览器（Safari-iOS）", "用浏览器清除"]
        {
            assert!(wording().is_elsewhere(left), "{left}");
        }
    }

    #[test]
    fn data_go_at_once_by_a_figure_or_some_day() {
        for told in ["立即删除", "半年内删除", "两周内匿名化", "停止服务当日删除", "三十日内删除"]
        {
            assert!(!wording().is_erasing_some_day(told), "{told}");
        }
        for left in ["删除或匿名化", "立即停止收集，删除已存储的信息", "及时删除", "停止收集后删除"]
        {
            assert!(wording().is_erasing_some_day(left), "{left}");
        }
    }

    #[test]
    fn articles_are_numbers_with_what_they_count() {
        assert_eq!(wording().ordinal("第三部分"), Some(("三", "部分")));
        assert_eq!(wording().ordinal("第12条"), Some(("12", "条")));
        assert_eq!((wording().ordinal("第三"), wording().ordinal("三条")), (Some(("三", "")), None));
        assert_eq!((wording().stem("甲"), wording().stem("癸"), wording().stem("子")), (Some(1), Some(10), None));
    }

    #[test]
    fn a_time_with_a_figure_can_be_counted() {
        assert!(wording().is_no_time("设法尽快删除"));
        assert!(wording().is_no_time("第一时间删除"));
        assert!(!wording().is_no_time("三日内及时删除"));
        assert!(wording().is_no_frequency("定期开展培训"));
        assert!(!wording().is_no_frequency("定期开展培训，每年2次"));
    }
}
