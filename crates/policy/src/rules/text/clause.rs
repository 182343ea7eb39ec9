//! How texts number their clauses, and which clauses a document has.

use std::collections::{BTreeMap, BTreeSet};

use super::wording::wording;
use crate::finding::{Source, Span};
use crate::resolve::folded;
use crate::syntax::{At, Document};

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

/// The values of numbers of one series; `None` where one of them is no number.
pub(super) fn values(numbers: &[Printed<'_>]) -> Option<Vec<u32>> {
    type Counts = fn(&str) -> Option<u32>;
    // A letter may be a Roman numeral: the first way of counting that fits all of them holds.
    const WAYS: [Counts; 5] = [arabic, chinese, circled, roman, letter];
    let bare: Vec<String> = numbers.iter().map(|number| bare(number.text)).collect();
    let all = |counts: &Counts| bare.iter().map(|text| counts(text)).collect::<Option<Vec<u32>>>();
    WAYS.iter().find_map(all).or_else(|| {
        let each = |text: &String| WAYS.iter().find_map(|counts| counts(text));
        bare.iter().map(each).collect()
    })
}

/// Without brackets and full stops.
fn bare(text: &str) -> String {
    folded(text).trim_matches(['(', ')', '.', ',', '\u{3001}', ':']).to_owned()
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

/// The circled numbers from one to twenty.
fn circled(text: &str) -> Option<u32> {
    const ONE: u32 = 0x2460;
    let mut letters = text.chars();
    let (one, more) = (letters.next()?, letters.next());
    u32::from(one).checked_sub(ONE).filter(|value| *value < 20 && more.is_none()).map(|value| value + 1)
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

fn letter(text: &str) -> Option<u32> {
    let mut letters = text.chars();
    let (one, more) = (letters.next()?, letters.next());
    let from = u32::from('a');
    Some(one.to_ascii_lowercase())
        .filter(|one| one.is_ascii_lowercase() && more.is_none())
        .map(|one| u32::from(one) - from + 1)
}

/// The clauses that a document prints.
pub(super) struct Clauses<'d> {
    headings: BTreeSet<String>,
    /// Every clause that a series numbers.
    numbered: BTreeSet<String>,
    /// The clauses whose series are known; the empty one is the document.
    series: BTreeMap<String, &'d str>,
}

impl<'d> Clauses<'d> {
    pub(super) fn of(document: &'d Document, source: &Source) -> Self {
        let headings = document.headings.iter().map(|heading| folded(heading).into_owned()).collect();
        let (mut numbered, mut series) = (BTreeSet::new(), BTreeMap::new());
        for one in &document.series {
            let Some(numbers) = &one.numbers else { continue };
            let within = one.clause.as_ref().map_or("", |clause| clause.as_str());
            let parent = folded(within).into_owned();
            let child = |number: &Printed<'_>| format!("{parent}{}", folded(number.text));
            numbered.extend(printed(source, numbers).iter().map(child));
            series.insert(parent, within);
        }
        Self { headings, numbered, series }
    }

    /// Whether the document surely has no such clause: what is known of the numbers around it leaves it out.
    pub(super) fn lack(&self, clause: &str) -> bool {
        let clause = folded(clause);
        if self.headings.contains(clause.as_ref()) || self.numbered.contains(clause.as_ref()) {
            return false;
        }
        // Of what is printed the longest that leads there; without its series nothing is known of what stands in it.
        let leads = starts(&clause).filter(|start| self.headings.contains(*start) || self.numbered.contains(*start));
        let known = leads.last().unwrap_or_default();
        self.series.contains_key(known)
    }
}

/// The clauses in which a clause stands: `五`, `五(一)` for `五(一)2`.
fn starts(clause: &str) -> impl Iterator<Item = &str> {
    let ends = clause.char_indices().zip(clause.chars().skip(1)).filter_map(|((at, one), next)| {
        let apart = kind(one) != kind(next) || one == ')' || next == '(';
        (apart && one != '(' && next != ')').then_some(at + one.len_utf8())
    });
    ends.filter(|end| !within_bracket(clause, *end)).filter_map(|end| clause.get(..end))
}

fn within_bracket(clause: &str, end: usize) -> bool {
    let before = clause.get(..end).unwrap_or_default();
    before.matches('(').count() > before.matches(')').count()
}

#[derive(PartialEq, Eq)]
enum Letters {
    Numeral,
    Digits,
    Latin,
    Others,
}

fn kind(c: char) -> Letters {
    if wording().is_numeral(c) {
        Letters::Numeral
    } else if c.is_ascii_digit() {
        Letters::Digits
    } else if c.is_ascii_alphabetic() {
        Letters::Latin
    } else {
        Letters::Others
    }
}

/// Whether one of two clauses is the other, or stands in it: `八` and `八4`, not `十` and `十一`.
pub fn same_place(one: &str, other: &str) -> bool {
    let (one, other) = (folded(one), folded(other));
    let within = |inner: &str, outer: &str| starts(inner).any(|start| start == outer);
    one == other || within(&one, &other) || within(&other, &one)
}

/// The chapter in which a clause stands: `五` for `五(一)2`, the whole of an annex with its number.
pub(in crate::rules) fn chapter(clause: &str) -> String {
    let clause = folded(clause);
    let numbered = |start: &&str| start.chars().next_back().is_some_and(|last| kind(last) != Letters::Others);
    starts(&clause).find(numbered).unwrap_or(&clause).to_owned()
}

/// The innermost clause in which all of these stand, themselves among them.
pub(in crate::rules) fn around<'c>(mut clauses: impl Iterator<Item = &'c str>) -> Option<String> {
    let first = folded(clauses.next()?).into_owned();
    let holders: Vec<String> = starts(&first).map(str::to_owned).chain([first.clone()]).collect();
    let rest: Vec<String> = clauses.map(|clause| folded(clause).into_owned()).collect();
    let holds = |holder: &String| rest.iter().all(|one| one == holder || starts(one).any(|start| start == holder));
    holders.into_iter().rfind(holds)
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
            assert_eq!(values(&printed(&source, &numbers)), expected, "{text}");
        }
    }

    #[test]
    fn a_number_knows_its_place() {
        let (source, numbers) = numbers("一 三");
        let shown =
            |one: &Printed<'_>| source.text.get(one.span.start as usize..one.span.end as usize).unwrap().to_owned();
        let spans: Vec<String> = printed(&source, &numbers).iter().map(shown).collect();
        assert_eq!(spans, ["一", "三"]);
    }

    #[test]
    fn clauses_stand_in_clauses() {
        assert_eq!(starts("五(一)5(1)ii").collect::<Vec<_>>(), ["五", "五(一)", "五(一)5", "五(一)5(1)"]);
        assert_eq!(starts("十一").collect::<Vec<_>>(), Vec::<&str>::new());
        assert_eq!(starts("一(二)10").collect::<Vec<_>>(), ["一", "一(二)"]);
        assert!(same_place("八", "八4") && same_place("四（二）3", "四(二)"));
        assert!(!same_place("十", "十一") && !same_place("一(一)1", "一(一)10"));
        assert_eq!((chapter("五（一）2"), chapter("附件一")), ("五".to_owned(), "附件一".to_owned()));
    }

    #[test]
    fn several_clauses_have_one_around_them() {
        let around = |clauses: &[&str]| around(clauses.iter().copied());
        assert_eq!(around(&["一(三)1", "一（三）6"]).as_deref(), Some("一(三)"));
        assert_eq!(around(&["一(三)", "一(三)6"]).as_deref(), Some("一(三)"));
        assert_eq!(around(&["一(三)1"]).as_deref(), Some("一(三)1"));
        assert_eq!((around(&["一(三)", "二"]), around(&[])), (None, None));
    }
}
