//! Everything that a text can call by name, in one automaton: the longest name wins, so that 银行预留手机号 is no 手机号.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::{AhoCorasick, MatchKind};

use super::page::{Page, folded};
use super::words::Words;
use super::{Meaning, Sort};
use crate::resolve::Program;

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
        let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(self.words.keys());
        // It is built of words that lie in memory already, and cannot be too many for it.
        let Ok(automaton) = automaton else { return Vec::new() };
        let meanings: Vec<&BTreeSet<Meaning>> = self.words.values().collect();
        let found = automaton.find_iter(&page.text).filter_map(|found| {
            let means = meanings.get(found.pattern().as_usize())?;
            let unknown = means.iter().any(|meaning| meaning.id == UNKNOWN);
            let from = if unknown { company(page, found.start(), words) } else { found.start() };
            Some(Named { from, to: found.end(), means })
        });
        found.collect()
    }
}

/// Where the name of a company begins whose end begins at `end`.
fn company(page: &Page, end: usize, words: &Words) -> usize {
    let before = page.text.get(..end).unwrap_or_default();
    let signs = before.char_indices().rev().take(COMPANY);
    let inside = signs.take_while(|(_, sign)| !words.companies.stops.iter().any(|stop| stop.starts_with(*sign)));
    inside.last().map_or(end, |(at, _)| at)
}
