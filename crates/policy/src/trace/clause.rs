//! Where the clauses of a text begin, told by their numbers alone: line breaks move, numbers do not.
//!
//! A numeral begins a clause when it is the next of its rank, or the first, and stands where a clause can begin: after a
//! sentence, at a paragraph, or behind a title that has only just begun. At a paragraph, or on a line of its own behind a sentence, a
//! few numbers may be left out. A table of contents is read like the text, and overtaken by it.

use std::fmt;

use super::page::{Page, folded};
use super::words::Words;

/// How far behind the number of a clause, in bytes, the first number inside it may follow without a sentence between.
const TITLE: usize = 120;

/// How many numbers a text may leave out.
const HOLE: u32 = 3;

/// Numbers of a clause from the outermost: `一`, `(二)`, `3`. None: before the first clause.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Address(Vec<String>);

impl Address {
    /// A clause as a policy file writes it. What is no number, such as the name of a table, belongs to the clause around.
    pub(super) fn read(clause: &str, words: &Words) -> Self {
        let clause = folded(clause);
        let mut parts = Vec::new();
        let mut rest = clause.as_str();
        while !rest.is_empty() {
            if let Some(after) = words.headings.point.iter().find_map(|point| rest.strip_prefix(point.as_str())) {
                rest = after;
                continue;
            }
            let Some((_, part, len)) = annex(rest, words).or_else(|| number(rest, words)) else { break };
            parts.push(part);
            rest = rest.get(len..).unwrap_or_default();
        }
        Self(parts)
    }

    /// Whether one is the other, or holds it.
    pub(super) fn related(&self, other: &Self) -> bool {
        let (short, long) = if self.0.len() < other.0.len() { (self, other) } else { (other, self) };
        if short.0.is_empty() { long.0.is_empty() } else { long.0.starts_with(&short.0) }
    }

    /// Whether it is `other`, or inside of it.
    pub(super) fn is_in(&self, other: &Self) -> bool {
        if other.0.is_empty() { self.0.is_empty() } else { self.0.starts_with(&other.0) }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| out.write_str(part))
    }
}

/// The clauses of a page, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Clauses(Vec<(usize, Address)>);

impl Clauses {
    pub(super) fn of(page: &Page, words: &Words) -> Self {
        let mut open: Vec<Heading> = Vec::new();
        let mut all = vec![(0, Address::default())];
        let (mut sentence, mut title) = (0, None);
        for (at, sign) in page.text.char_indices() {
            let paragraph = page.begins.binary_search(&at).is_ok();
            let own_line = paragraph || at == sentence && page.begins_line(at);
            let titled = title.is_some_and(|title| title >= sentence && (title..=title + TITLE).contains(&at));
            let heading = (paragraph || at == sentence || titled)
                .then(|| heading(page.text.get(at..).unwrap_or_default(), words, paragraph))
                .flatten()
                .filter(|heading| heading.follows(&open, paragraph, own_line));
            if let Some(heading) = heading {
                title = Some(at + heading.len);
                open.retain(|outer| outer.rank < heading.rank);
                open.push(heading);
                all.push((at, Address(open.iter().map(|heading| heading.part.clone()).collect())));
            }
            let ends = words.headings.ends.iter().any(|end| end.starts_with(sign));
            if ends {
                sentence = at + sign.len_utf8();
            }
        }
        Self(all)
    }

    /// The clause of a byte.
    pub(super) fn at(&self, at: usize) -> Option<&Address> {
        let after = self.0.partition_point(|(from, _)| *from <= at);
        self.0.get(after.checked_sub(1)?).map(|(_, address)| address)
    }

    /// Whether the text has such a clause.
    pub(super) fn has(&self, address: &Address) -> bool {
        self.0.iter().any(|(_, known)| known.is_in(address))
    }
}

/// The number of a clause where it begins.
struct Heading {
    /// How deep such numbers stand: 一、 (一) 1. (1) ①.
    rank: u32,
    number: u32,
    part: String,
    len: usize,
    /// Nothing marks it as a number of a clause: it must be exactly the next.
    bare: bool,
}

impl Heading {
    /// Whether it is the next of its rank, or the first. On a line of its own a text may have left some out.
    fn follows(&self, open: &[Self], paragraph: bool, own_line: bool) -> bool {
        let last = open.iter().find(|outer| outer.rank == self.rank).map(|outer| outer.number);
        let first = self.number == 1 && (paragraph || self.rank > 0 || last.is_none());
        let reached = last.map_or(1..=HOLE, |last| last + 1..=last + HOLE).contains(&self.number);
        if self.bare {
            return last.is_some_and(|last| self.number == last + 1);
        }
        first || last.is_some_and(|last| self.number == last + 1) || own_line && reached
    }
}

fn heading(rest: &str, words: &Words, paragraph: bool) -> Option<Heading> {
    let annex = annex(rest, words).filter(|_| paragraph);
    if let Some((value, part, len)) = annex {
        return Some(Heading { rank: 0, number: value, part, len, bare: false });
    }
    let (rank, part, len) = number(rest, words)?;
    let after = rest.get(len..)?;
    let inner = part.trim_matches(['(', ')']);
    let value = inner.parse().ok().or_else(|| Some(words.numerals.read(inner)?.0)).or_else(|| circled(inner))?;
    let pointed = words.headings.point.iter().any(|point| {
        let behind = after.strip_prefix(point.as_str());
        behind.is_some_and(|behind| !behind.starts_with(|next: char| next.is_ascii_digit()))
    });
    let marked = !rest.starts_with(part.as_str()) || part != inner || rank > 3;
    let bare = !pointed && !marked;
    // A chapter needs its mark; a bare figure is taken for one only where a paragraph goes on with a word.
    let figure = rank == 2 && paragraph && after.starts_with(|next: char| next.is_alphabetic() && !next.is_ascii());
    (!bare || figure).then_some(Heading { rank, number: value, part, len, bare })
}

/// The name of an annex: its number, the name, and its length in bytes.
fn annex(rest: &str, words: &Words) -> Option<(u32, String, usize)> {
    let name = words.headings.annexes.iter().find(|name| rest.starts_with(name.as_str()))?;
    let (value, len) = words.numerals.read(rest.get(name.len()..)?)?;
    let len = name.len() + len;
    Some((value, rest.get(..len)?.to_owned(), len))
}

/// A number that may be that of a clause: its rank, the number as addresses have it, and how many bytes it takes.
fn number(rest: &str, words: &Words) -> Option<(u32, String, usize)> {
    let numerals = |text: &str| words.numerals.read(text).map(|(_, len)| len);
    let figures = |text: &str| {
        let len = text.bytes().take_while(u8::is_ascii_digit).count();
        (1..=2).contains(&len).then_some(len)
    };
    if let Some(inner) = rest.strip_prefix('(') {
        let (rank, len) = numerals(inner).map(|len| (1, len)).or_else(|| figures(inner).map(|len| (3, len)))?;
        inner.get(len..)?.starts_with(')').then_some(())?;
        return Some((rank, rest.get(..len + 2)?.to_owned(), len + 2));
    }
    if let Some(inner) = rest.strip_prefix(words.headings.before.as_str()) {
        let len = numerals(inner)?;
        let after = inner.get(len..)?;
        let mark = words.headings.after.iter().find(|mark| after.starts_with(mark.as_str()))?;
        let all = words.headings.before.len() + len + mark.len();
        return Some((0, inner.get(..len)?.to_owned(), all));
    }
    if let Some(len) = numerals(rest) {
        return Some((0, rest.get(..len)?.to_owned(), len));
    }
    if let Some(len) = figures(rest) {
        let part = rest.get(..len)?;
        if rest.get(len..)?.starts_with(')') {
            return Some((3, format!("({part})"), len + 1));
        }
        return Some((2, part.to_owned(), len));
    }
    let sign = rest.chars().next()?;
    circled(rest.get(..sign.len_utf8())?)?;
    Some((4, sign.to_string(), sign.len_utf8()))
}

/// The value of a figure in a circle.
fn circled(sign: &str) -> Option<u32> {
    let sign = sign.chars().next().filter(|sign| ('\u{2460}'..='\u{2473}').contains(sign))?;
    Some(u32::from(sign) - 0x245f)
}

#[cfg(test)]
mod tests {
    use super::super::page::paragraphs;
    use super::*;

    fn clauses(text: &str) -> Vec<String> {
        let words = Words::bundled();
        let page = Page::of(&paragraphs(text), words);
        Clauses::of(&page, words).0.into_iter().skip(1).map(|(_, address)| address.to_string()).collect()
    }

    #[test]
    fn clauses_are_told_by_their_numbers() {
        let text = "引言\n\n一、收集\n（一）注册\n1. 姓名。2. 年龄：（1）周岁；（2）虚岁。\n（二）登录\n二、使用\n";
        assert_eq!(clauses(text), ["一", "一(一)", "一(一)1", "一(一)2", "一(一)2(1)", "一(一)2(2)", "一(二)", "二"]);
        assert_eq!(clauses("第一条 收集。第二条 使用：①甲；②乙。"), ["一", "二", "二①", "二②"]);
        assert_eq!(
            clauses("一、甲。1)乙;2)丙。\n\n附件一 表\n\n附件二 表"),
            ["一", "一(1)", "一(2)", "附件一", "附件二"]
        );
    }

    #[test]
    fn a_table_of_contents_is_overtaken() {
        assert_eq!(clauses("- 一、收集\n- 二、使用\n\n一、收集。\n\n二、使用。"), ["一", "二", "一", "二"]);
    }

    /// Else what stands under it would stand one level too deep, under the clause before.
    #[test]
    fn a_hole_in_the_numbers_moves_no_clause() {
        let text = "一、甲。\n（一）乙。\n（三）丙。\n1. 丁。\n4. 戊。\n三、己。\n（一）庚。";
        let expected = ["一", "一(一)", "一(三)", "一(三)1", "一(三)4", "三", "三(一)"];
        assert_eq!(clauses(text), expected);
        assert_eq!(clauses(&text.replace('\n', "\n\n")), expected);
        // A line that was broken inside of a sentence begins nothing, and neither does a number in the midst of a line.
        assert_eq!(clauses("一、甲。\n（一）依照本条第\n（三）项。其他见第二条。三、四级机构除外。"), ["一", "一(一)"]);
    }

    #[test]
    fn what_only_looks_like_a_number_begins_nothing() {
        assert_eq!(clauses("一、甲。详见本条（二）和第三条，3.5公里，共2.0版。其一、二者。"), ["一"]);
        assert_eq!(clauses("一、甲。\n\n四、丁。\n\n九、壬。"), ["一", "四"], "some may be left out, not any");
        assert_eq!(clauses("一、甲。\n\n4. 丁。\n\n1. 甲\n\n2 乙\n\n30 天"), ["一", "一1", "一2"]);
    }

    #[test]
    fn addresses_of_policies_are_read() {
        let words = Words::bundled();
        let read = |clause| Address::read(clause, words);
        for clause in ["一(一)1(1)", "三(一)3", "附件一", "十一"] {
            assert_eq!(read(clause).to_string(), clause);
        }
        assert_eq!(read("三（一）3SDK"), read("三(一)3"));
        assert_eq!(read("引言"), Address::default());
        assert!(read("一(一)").related(&read("一(一)10")) && !read("一(一)1").related(&read("一(一)10")));
        assert!(!read("引言").related(&read("一")) && read("引言").related(&read("文首")));
    }
}
