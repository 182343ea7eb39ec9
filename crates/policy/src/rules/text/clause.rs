//! Which clauses a document has, and how they stand in each other.

use std::collections::{BTreeMap, BTreeSet};

use super::number::{Printed, is_value, ordinals, printed};
use super::wording::wording;
use crate::finding::Source;
use crate::resolve::folded;
use crate::syntax::Document;

/// The clauses that a document prints.
pub(super) struct Clauses<'d> {
    headings: BTreeSet<String>,
    /// Every clause that a series numbers.
    numbered: BTreeSet<String>,
    /// The clauses whose series are known; the empty one is the document.
    series: BTreeMap<String, &'d str>,
    /// What is counted through the document, whatever stands around it: articles.
    counted: BTreeSet<String>,
}

impl<'d> Clauses<'d> {
    pub(super) fn of(document: &'d Document, source: &Source) -> Self {
        let headings = document.headings.iter().map(|heading| folded(heading).into_owned()).collect();
        let (mut numbered, mut series, mut counted) = (BTreeSet::new(), BTreeMap::new(), BTreeSet::new());
        for one in &document.series {
            let Some(numbers) = &one.numbers else { continue };
            let within = one.clause.as_ref().map_or("", |clause| clause.as_str());
            let parent = folded(within).into_owned();
            let numbers = printed(source, numbers);
            numbered.extend(numbers.iter().map(|number| child(&parent, number)));
            if let Some(counter) = ordinals(&numbers) {
                numbered.extend(numbers.iter().map(|number| folded(number.text).into_owned()));
                counted.insert(counter);
            }
            series.insert(parent, within);
        }
        Self { headings, numbered, series, counted }
    }

    /// The title of a part that some words name: the longest of several.
    pub(super) fn heading_in(&self, words: &str) -> Option<&str> {
        let words = folded(words);
        let named = self.headings.iter().filter(|heading| words.contains(heading.as_str()));
        named.max_by_key(|heading| heading.len()).map(String::as_str)
    }

    /// Whether the document surely has no such clause: what is known of the numbers around it leaves it out.
    pub(super) fn lack(&self, clause: &str) -> bool {
        let clause = folded(clause);
        if self.headings.contains(clause.as_ref()) || self.numbered.contains(clause.as_ref()) {
            return false;
        }
        // An article is named without its chapter.
        if let Some((_, counter)) = wording().ordinal(&clause).filter(|(number, _)| number.chars().all(is_numeral)) {
            return self.counted.contains(counter);
        }
        // Of what is printed the longest that leads there; without its series nothing is known of what stands in it.
        let leads = starts(&clause).filter(|start| self.headings.contains(*start) || self.numbered.contains(*start));
        let known = leads.last().unwrap_or_default();
        self.series.contains_key(known)
    }
}

/// A clause of a series. Some numbers repeat the one above them: 5.1 stands in 5.
fn child(parent: &str, number: &Printed<'_>) -> String {
    let number = folded(number.text);
    let repeats = |rest: &str| rest.starts_with(['.', '-']);
    match number.strip_prefix(parent).filter(|rest| repeats(rest)) {
        Some(_) => number.into_owned(),
        None => format!("{parent}{number}"),
    }
}

/// The clauses in which a clause stands: `五`, `五(一)` for `五(一)2`.
fn starts(clause: &str) -> impl Iterator<Item = &str> {
    let ends = clause.char_indices().zip(clause.chars().skip(1)).filter_map(|((at, one), next)| {
        let end = at + one.len_utf8();
        let apart = kind(one) != kind(next) || one == ')' || next == '(' || wording().is_ordinal(next);
        let joined = one == '(' || next == ')' || one == '.' || one == '-' || wording().is_ordinal(one);
        (apart && !joined && !is_counted(clause, end)).then_some(end)
    });
    ends.filter(|end| !within_bracket(clause, *end)).filter_map(|end| clause.get(..end))
}

/// Whether a clause goes on at a place with what a number before it counts, as an article does.
fn is_counted(clause: &str, end: usize) -> bool {
    let number = clause.get(..end).map(|before| before.trim_end_matches(is_numeral)).unwrap_or_default();
    let counter = clause.get(end..).and_then(|rest| rest.chars().next());
    number.len() < end
        && number.ends_with(|c| wording().is_ordinal(c))
        && counter.is_some_and(|c| wording().is_counter(c))
}

fn is_numeral(c: char) -> bool {
    matches!(kind(c), Letters::Numeral | Letters::Digits)
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
    let numbered = |start: &&str| {
        let ordinal = wording().ordinal(start).is_some_and(|(number, _)| number.chars().all(is_numeral));
        ordinal || start.chars().next_back().is_some_and(|last| kind(last) != Letters::Others)
    };
    starts(&clause).find(numbered).unwrap_or(&clause).to_owned()
}

/// The list in which a clause is the entry of that number: `三(四)` for `三(四)2`.
pub(super) fn list_of(clause: &str, number: u32) -> Option<String> {
    let clause = folded(clause);
    let list = starts(&clause).last()?;
    is_value(clause.get(list.len()..)?, number).then(|| list.to_owned())
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

    #[test]
    fn clauses_stand_in_clauses() {
        assert_eq!(starts("五(一)5(1)ii").collect::<Vec<_>>(), ["五", "五(一)", "五(一)5", "五(一)5(1)"]);
        assert_eq!(starts("十一").collect::<Vec<_>>(), Vec::<&str>::new());
        assert_eq!(starts("一(二)10").collect::<Vec<_>>(), ["一", "一(二)"]);
        assert_eq!(starts("第二章第五条2").collect::<Vec<_>>(), ["第二章", "第二章第五条"]);
        assert_eq!(starts("第3部分(一)").collect::<Vec<_>>(), ["第3部分"]);
        assert_eq!(starts("5.1.2").collect::<Vec<_>>(), ["5", "5.1"]);
        assert!(same_place("八", "八4") && same_place("四（二）3", "四(二)"));
        assert!(!same_place("十", "十一") && !same_place("一(一)1", "一(一)10"));
        assert_eq!((chapter("五（一）2"), chapter("附件一")), ("五".to_owned(), "附件一".to_owned()));
        assert_eq!((chapter("第二章第五条"), chapter("5.1")), ("第二章".to_owned(), "5".to_owned()));
    }

    #[test]
    fn an_entry_stands_in_its_list() {
        assert_eq!(list_of("三（四）2", 2).as_deref(), Some("三(四)"));
        assert_eq!(list_of("第六条(二)", 2).as_deref(), Some("第六条"));
        assert_eq!(list_of("5.2", 2).as_deref(), Some("5"));
        assert_eq!((list_of("三(四)2", 3), list_of("三(四)", 2), list_of("三", 3)), (None, None, None));
    }

    #[test]
    fn several_clauses_have_one_around_them() {
        let around = |clauses: &[&str]| around(clauses.iter().copied());
        assert_eq!(around(&["一(三)1", "一（三）6"]).as_deref(), Some("一(三)"));
        assert_eq!(around(&["一(三)", "一(三)6"]).as_deref(), Some("一(三)"));
        assert_eq!(around(&["一(三)1"]).as_deref(), Some("一(三)1"));
        assert_eq!((around(&["一(三)", "二"]), around(&[])), (None, None));
        assert_eq!(around(&["第二章第五条", "第二章第六条"]).as_deref(), Some("第二章"));
        assert_eq!((around(&["第一条", "第二条"]), around(&["5.1", "5.2"]).as_deref()), (None, Some("5")));
    }
}
