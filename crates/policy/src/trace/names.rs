//! Everything that a text can call by name, in one automaton: the longest name wins, so that 银行预留手机号 is no 手机号.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::{AhoCorasick, Anchored, Input, MatchKind, StartKind};

use super::page::{Page, folded};
use super::words::Words;
use super::{Meaning, Sort};
use crate::resolve::Program;
use crate::syntax::Policy;

/// Id of a company of which only the end of its registered name is known.
const UNKNOWN: &str = "";

/// The longest registered name, in signs.
const COMPANY: usize = 30;

/// A name at a place of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named<'n> {
    /// First byte.
    pub(super) from: usize,
    /// One past the last.
    pub(super) to: usize,
    /// What it can mean; nothing: the word only looks like a mention.
    pub(super) means: &'n BTreeSet<Meaning>,
}

/// The names of a policy, of the vocabulary and of `mentions.toml`.
pub(super) struct Names {
    words: BTreeMap<String, BTreeSet<Meaning>>,
}

impl Names {
    pub(super) fn of(program: &Program, words: &Words) -> Self {
        let mut names = Self { words: BTreeMap::new() };
        for (id, facts) in &program.items {
            for name in std::iter::once(&facts.name).chain(&facts.aliases) {
                names.add(name, Sort::Item, id.as_str());
            }
        }
        names.group(&words.items, Sort::Item, |id| id.as_str());
        names.group(&words.rights, Sort::Right, |kind| kind.word());
        names.group(&words.recipients, Sort::RecipientKind, |class| class.word());
        let policy = &program.policy;
        for one in &policy.recipients {
            names.called(&one.name, Sort::Recipient, one.id.value.as_str());
        }
        for one in &policy.sources {
            names.called(&one.name, Sort::Source, one.id.value.as_str());
        }
        for one in &policy.sdks {
            names.called(&one.name, Sort::Sdk, one.id.value.as_str());
        }
        names.permissions(program, words);
        for end in &words.companies.ends {
            names.add(end, Sort::Recipient, UNKNOWN);
        }
        let own = std::iter::once(&policy.handler.name).chain(&policy.handler.aliases);
        let own = own.chain([&policy.policy.service, &policy.policy.title]).chain(&policy.policy.aliases);
        for silent in own.map(|at| at.value.as_str()).chain(words.silence.words.iter().map(String::as_str)) {
            names.words.entry(folded(silent)).or_default();
        }
        names.short(policy, words);
        // A name of one sign would be found in every sentence.
        names.words.retain(|word, _| word.chars().count() > 1);
        names
    }

    fn add(&mut self, word: &str, sort: Sort, id: &str) {
        self.words.entry(folded(word)).or_default().insert(Meaning { sort, id: id.to_owned() });
    }

    /// A name with a remark in brackets, which tells two of one name apart, is called without it, too.
    fn called(&mut self, word: &str, sort: Sort, id: &str) {
        self.add(word, sort, id);
        let word = folded(word);
        if let Some((bare, _)) = word.strip_suffix(')').and_then(|open| open.split_once('(')) {
            self.add(bare, sort, id);
        }
    }

    /// What a text calls a company by whose registered name the policy has, where nothing else is called so.
    fn short(&mut self, policy: &Policy, words: &Words) {
        let mut short: BTreeMap<String, BTreeSet<Meaning>> = BTreeMap::new();
        let recipients = policy.recipients.iter().map(|one| (one.name.as_str(), Sort::Recipient, &one.id.value));
        let sources = policy.sources.iter().map(|one| (one.name.as_str(), Sort::Source, &one.id.value));
        for (name, sort, id) in recipients.chain(sources) {
            for word in words.companies.short(&folded(name)) {
                short.entry(word.to_owned()).or_default().insert(Meaning { sort, id: id.to_string() });
            }
        }
        for (word, means) in short {
            self.words.entry(word).or_insert(means);
        }
    }

    fn group<K>(&mut self, groups: &BTreeMap<K, Vec<String>>, sort: Sort, id: impl Fn(&K) -> &str) {
        for (key, words) in groups {
            for word in words {
                self.add(word, sort, id(key));
            }
        }
    }

    /// Words for a permission that the policy has mean that one, others the group they are of.
    fn permissions(&mut self, program: &Program, words: &Words) {
        for (group, known) in &words.permissions {
            let held = |name: &str| known.iter().any(|word| folded(name).contains(word.as_str()));
            let mut ids: Vec<&str> = program
                .policy
                .permissions
                .iter()
                .filter(|permission| held(&permission.name))
                .map(|permission| permission.id.value.as_str())
                .collect();
            if ids.is_empty() {
                ids.push(group);
            }
            for word in known {
                for id in &ids {
                    self.add(word, Sort::Permission, id);
                }
            }
        }
        for permission in &program.policy.permissions {
            self.add(&permission.name, Sort::Permission, permission.id.value.as_str());
        }
    }

    /// Every name on a page, in order.
    pub(super) fn on(&self, page: &Page, words: &Words) -> Vec<Named<'_>> {
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .start_kind(StartKind::Both)
            .build(self.words.keys());
        // It is built of words that lie in memory already, and cannot be too many for it.
        let Ok(automaton) = automaton else { return Vec::new() };
        let meanings: Vec<&BTreeSet<Meaning>> = self.words.values().collect();
        let find = |from: usize, anchored: Anchored| {
            let found = automaton.find(Input::new(&page.text).range(from..).anchored(anchored))?;
            Some((found.start(), found.end(), *meanings.get(found.pattern().as_usize())?))
        };
        let mut named: Vec<Named<'_>> = Vec::new();
        let mut at = 0;
        while let Some((from, to, means)) = find(at, Anchored::No) {
            // A word that means nothing hides what is in it, and no longer name that only begins there.
            let inside = page.text.get(from..to).into_iter().flat_map(str::char_indices).skip(1);
            let longer = inside.filter(|_| means.is_empty()).filter_map(|(n, _)| find(from + n, Anchored::Yes));
            let longer = longer.filter(|(start, end, _)| *end > to && end - start > to - from);
            let (from, to, means) = longer.max_by_key(|(start, end, _)| end - start).unwrap_or((from, to, means));
            at = to;
            let unknown = means.iter().any(|meaning| meaning.id == UNKNOWN);
            let mut one = Named { from: if unknown { company(page, from, words) } else { from }, to, means };
            if let Some(before) = named.pop_if(|before| before.qualifies(&one, page)) {
                one.from = before.from;
            }
            named.push(one);
        }
        named
    }
}

impl Named<'_> {
    /// Whether it only says whose the item is that follows it at once in Latin letters: 银行卡CVV is one item, and no bank card.
    fn qualifies(&self, next: &Self, page: &Page) -> bool {
        let is_item = |named: &Self| !named.means.is_empty() && named.means.iter().all(|one| one.sort == Sort::Item);
        let sign = |at: usize| page.text.get(at..).and_then(|rest| rest.chars().next());
        let last = page.text.get(..self.to).and_then(|text| text.chars().next_back());
        let scripts =
            last.is_some_and(|sign| !sign.is_ascii()) && sign(next.from).is_some_and(|sign| sign.is_ascii_alphabetic());
        self.to == next.from && scripts && is_item(self) && is_item(next)
    }
}

/// Where the name of a company begins whose end begins at `end`.
fn company(page: &Page, end: usize, words: &Words) -> usize {
    let before = page.text.get(..end).unwrap_or_default();
    let signs = before.char_indices().rev().take(COMPANY);
    let inside = signs.take_while(|(_, sign)| !words.companies.stops.iter().any(|stop| stop.starts_with(*sign)));
    inside.last().map_or(end, |(at, _)| at)
}
