//! Members of enumerations that no vocabulary knows. Where a sentence says what it takes in and lists it, what stands between known
//! items, or behind several, is an item, too, whatever it is called.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use super::names::Named;
use super::page::Page;
use super::words::{Enumerations, Words};
use super::{Meaning, Sort};

/// How long the name of a member may be, in signs: what is longer is a phrase.
const NAME: RangeInclusive<usize> = 2..=10;

/// In how many signs before an enumeration it is said that something is taken in.
const REACH: usize = 40;

/// How long a remark in brackets behind a member may be, in signs.
const REMARK: usize = 40;

/// An enumeration is known by so many of its members.
const KNOWN: usize = 2;

/// Id of an item that nobody knows.
const UNKNOWN: &str = "";

/// A member that is no name of the policy, the vocabulary or `mentions.toml`.
pub(super) struct Unlisted {
    /// First byte.
    pub(super) from: usize,
    /// One past the last.
    pub(super) to: usize,
    /// The item that it means in an enumeration; one without an id where it is not known.
    pub(super) means: BTreeSet<Meaning>,
}

/// Every one on a page, in order.
pub(super) fn unlisted(page: &Page, named: &[Named<'_>], words: &Words) -> Vec<Unlisted> {
    let is_item = |one: &&Named<'_>| one.means.iter().any(|meaning| meaning.sort == Sort::Item);
    let items = named.iter().filter(is_item).map(|one| (one.from, one.to)).collect();
    let reading = Reading { text: &page.text, words: &words.enumerations, named, items };
    let (mut found, mut done) = (Vec::new(), 0);
    for (from, to) in &reading.items {
        if *from < done {
            continue;
        }
        let members = reading.members(*from, *to);
        done = members.last().map_or(*to, |last| last.to);
        let known = members.iter().filter(|member| member.is_known).count();
        let begins = members.first().map_or(*from, |first| first.from);
        if known >= KNOWN && reading.takes_in(begins) {
            found.extend(members.iter().filter(|member| !member.is_known).map(|member| reading.told(member)));
        }
    }
    found
}

/// One of an enumeration.
struct Member {
    from: usize,
    to: usize,
    is_known: bool,
}

struct Reading<'p> {
    text: &'p str,
    words: &'p Enumerations,
    /// Every name on the page, those that mean nothing, too.
    named: &'p [Named<'p>],
    /// Where items begin and end.
    items: BTreeMap<usize, usize>,
}

impl Reading<'_> {
    /// The enumeration of which a known item is the first or the second member.
    fn members(&self, from: usize, to: usize) -> Vec<Member> {
        let mut members: Vec<Member> = self.before(from).into_iter().collect();
        members.push(Member { from, to, is_known: true });
        let mut end = to;
        while let Some(from) = self.behind_separator(end) {
            let known = self.items.get(&from).copied();
            let Some(to) = known.or_else(|| self.name(from)) else { break };
            members.push(Member { from, to, is_known: known.is_some() });
            end = to;
        }
        members
    }

    /// The unknown member before the first known one, where something says that an enumeration begins with it.
    fn before(&self, from: usize) -> Option<Member> {
        let before = self.text.get(..from)?.strip_suffix(self.words.sign.as_str())?;
        for (count, (at, sign)) in (1..=*NAME.end()).zip(before.char_indices().rev()) {
            let (lead, name) = (before.get(..at)?, before.get(at..)?);
            if count >= *NAME.start() && self.words.leads.iter().any(|word| lead.ends_with(word.as_str())) {
                let member = Member { from: at, to: before.len(), is_known: false };
                return self.is_name(name, at).then_some(member);
            }
            if self.words.stops.iter().any(|stop| stop.starts_with(sign)) {
                return None;
            }
        }
        None
    }

    /// Where the next member begins: behind a remark in brackets and a separator.
    fn behind_separator(&self, end: usize) -> Option<usize> {
        let rest = self.text.get(end..)?;
        let remark = rest.starts_with('(').then(|| rest.char_indices().take(REMARK).find(|(_, sign)| *sign == ')'));
        let skipped = remark.flatten().map_or(0, |(at, sign)| at + sign.len_utf8());
        let rest = rest.get(skipped..)?;
        let separator = std::iter::once(&self.words.sign).chain(&self.words.joins);
        let longest = separator.filter(|word| rest.starts_with(word.as_str())).map(String::len).max()?;
        Some(end + skipped + longest)
    }

    /// Where an unknown name ends that begins here; `None` where none does.
    fn name(&self, from: usize) -> Option<usize> {
        let rest = self.text.get(from..)?;
        let is_end = |at: &usize| {
            let Some(rest) = rest.get(*at..) else { return true };
            let ends = self.words.stops.iter().chain(&self.words.rest).chain([&self.words.sign]);
            let joined =
                |join: &String| rest.starts_with(join.as_str()) && self.items.contains_key(&(from + at + join.len()));
            rest.is_empty() || { ends }.any(|end| rest.starts_with(end.as_str())) || self.words.joins.iter().any(joined)
        };
        let places = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
        let end = { places }.take(*NAME.end() + 1).find(is_end)?;
        self.is_name(rest.get(..end)?, from).then_some(from + end)
    }

    /// Whether it can be the name of an item: of a few signs, in which no known name and no word of a phrase stands.
    fn is_name(&self, name: &str, from: usize) -> bool {
        let to = from + name.len();
        let at = self.named.partition_point(|one| one.to <= from);
        let is_named = self.named.get(at).is_some_and(|one| one.from < to);
        let is_phrase = self.words.phrases.iter().any(|word| name.contains(word.as_str()));
        NAME.contains(&name.chars().count())
            && !is_named
            && !is_phrase
            && !name.contains(|sign: char| sign.is_ascii_digit())
    }

    /// Whether the sentence says before an enumeration that something is taken in.
    fn takes_in(&self, begins: usize) -> bool {
        let before = self.text.get(..begins).unwrap_or_default();
        let from = before.char_indices().rev().take(REACH).last().map_or(0, |(at, _)| at);
        let near = before.get(from..).unwrap_or_default();
        let ended = self.words.sentences.iter().filter_map(|end| near.rfind(end.as_str()));
        let sentence = near.get(ended.max().unwrap_or_default()..).unwrap_or_default();
        self.words.verbs.iter().any(|verb| sentence.contains(verb.as_str()))
    }

    fn told(&self, member: &Member) -> Unlisted {
        let name = self.text.get(member.from..member.to).unwrap_or_default();
        let meant = self.words.items.iter().filter(|(_, words)| words.iter().any(|word| word == name));
        let mut means: BTreeSet<Meaning> = meant.map(|(id, _)| Meaning { sort: Sort::Item, id: id.clone() }).collect();
        if means.is_empty() {
            means.insert(Meaning { sort: Sort::Item, id: UNKNOWN.to_owned() });
        }
        Unlisted { from: member.from, to: member.to, means }
    }
}
