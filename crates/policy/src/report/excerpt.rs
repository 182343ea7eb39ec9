//! The lines that a finding is about, with its places marked in them: what a terminal draws with carets, for whoever draws
//! otherwise.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{ends, files, range};
use crate::finding::{Message, Place, Source};

/// A place that is longer than this is shown by its first lines and its last.
const LINES: usize = 6;

/// Characters beside a mark that are shown of a longer line.
const AROUND: usize = 60;

/// Characters that are shown of a longer mark.
const MARKED: usize = 240;

/// What stands for characters that are left out.
const CUT: &str = "…";

/// Lines of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// Name of the source.
    pub file: String,
    /// The line in which its first place begins, from 1.
    pub line: usize,
    /// The lines, in their order; not all that stand between two need be there.
    pub lines: Vec<Line>,
}

/// A line, or what is shown of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1.
    pub number: usize,
    /// Its text in pieces.
    pub parts: Vec<Part>,
    /// What is said of the places that end here.
    pub labels: Vec<Label>,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The text.
    pub text: String,
    /// Of which places it is.
    pub mark: Mark,
}

/// How strongly a piece is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// Not at all: it stands beside.
    Beside,
    /// A further place.
    Further,
    /// The place that the finding is about.
    Main,
}

/// Words under the carets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The words.
    pub text: Message,
    /// Of which place.
    pub mark: Mark,
}

/// A place in the source at hand.
struct Spot<'p> {
    label: &'p Message,
    mark: Mark,
    range: Range<usize>,
    first: usize,
    last: usize,
}

impl Spot<'_> {
    fn shows(&self, line: usize) -> bool {
        let short = self.last - self.first < LINES;
        (self.first..=self.last).contains(&line) && (short || line < self.first + LINES - 2 || line == self.last)
    }
}

/// One excerpt a source, that of the main place first; places in sources that are not at hand are left out.
pub fn excerpts(places: &[Place], sources: &[Source]) -> Vec<Excerpt> {
    let spots = |source: &Source| -> Vec<Spot<'_>> {
        let here = places.iter().enumerate().filter(|(_, place)| place.file == source.name);
        here.map(|(nth, place)| spot(place, if nth == 0 { Mark::Main } else { Mark::Further }, source)).collect()
    };
    let excerpt = |source: &Source| {
        let spots = spots(source);
        let line = spots.first().map_or(1, |spot| spot.first);
        Excerpt { file: source.name.to_string(), line, lines: lines(&spots, source) }
    };
    files(places, sources).into_iter().map(excerpt).collect()
}

fn spot<'p>(place: &'p Place, mark: Mark, source: &Source) -> Spot<'p> {
    let range = range(source, place.span);
    let [(first, _), (end, _)] = ends(source, place.span);
    let shown = source.text.get(range.clone()).unwrap_or_default();
    // A span that takes the end of its last line along does not reach into the next one.
    let last = if shown.ends_with('\n') { end - 1 } else { end };
    Spot { label: &place.label, mark, range, first, last: last.max(first) }
}

fn lines(spots: &[Spot<'_>], source: &Source) -> Vec<Line> {
    let mut shown = Vec::new();
    let mut at = 0;
    let end = spots.iter().map(|spot| spot.last).max().unwrap_or_default();
    for (nth, whole) in source.text.split_inclusive('\n').enumerate().take(end) {
        let (number, start) = (nth + 1, at);
        at += whole.len();
        let here: Vec<&Spot<'_>> = spots.iter().filter(|spot| spot.shows(number)).collect();
        if here.is_empty() {
            continue;
        }
        let labels = here.iter().filter(|spot| spot.last == number && !spot.label.is_empty());
        let labels = labels.map(|spot| Label { text: spot.label.clone(), mark: spot.mark }).collect();
        shown.push(Line { number, parts: parts(&here, start, whole.trim_end_matches(['\n', '\r'])), labels });
    }
    shown
}

/// A line, cut where a mark begins or ends; where marks lie on each other the stronger one shows.
fn parts(spots: &[&Spot<'_>], start: usize, line: &str) -> Vec<Part> {
    let inside = |at: usize| at.clamp(start, start + line.len()) - start;
    let mut cuts = BTreeSet::from([0, line.len()]);
    cuts.extend(spots.iter().flat_map(|spot| [inside(spot.range.start), inside(spot.range.end)]));
    let cuts: Vec<usize> = cuts.into_iter().collect();
    let mut parts: Vec<Part> = Vec::new();
    for (from, to) in cuts.iter().zip(cuts.iter().skip(1)) {
        let over = spots.iter().filter(|spot| inside(spot.range.start) <= *from && *to <= inside(spot.range.end));
        let mark = over.map(|spot| spot.mark).max().unwrap_or(Mark::Beside);
        let text = line.get(*from..*to).unwrap_or_default();
        match parts.last_mut() {
            Some(before) if before.mark == mark => before.text.push_str(text),
            _ => parts.push(Part { text: text.to_owned(), mark }),
        }
    }
    let last = parts.len().saturating_sub(1);
    for (nth, part) in parts.iter_mut().enumerate() {
        part.text = match part.mark {
            Mark::Beside => beside(&part.text, nth == 0, nth == last),
            Mark::Main | Mark::Further => kept(&part.text, MARKED / 2, MARKED / 2),
        };
    }
    parts
}

/// What is shown of a piece beside a mark: of the first its end, of the last its beginning.
fn beside(text: &str, first: bool, last: bool) -> String {
    match (first, last) {
        (true, true) => kept(text, 2 * AROUND, 0),
        (true, false) => kept(text, 0, AROUND),
        (false, true) => kept(text, AROUND, 0),
        (false, false) => kept(text, AROUND / 2, AROUND / 2),
    }
}

/// The first and the last characters of a text, and a sign for what is left out between.
fn kept(text: &str, first: usize, last: usize) -> String {
    let count = text.chars().count();
    if count <= first + last {
        return text.to_owned();
    }
    let head = text.chars().take(first);
    head.chain(CUT.chars()).chain(text.chars().skip(count - last)).collect()
}
