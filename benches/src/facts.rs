//! Facts as the peers are told them: a name and a truth for each literal that a flow reads. What each side counts for
//! itself, consents, has a name for each side.

use std::collections::BTreeMap;

use policy::compile::{Row, Tables};
use policy::question::Side;
use policy::terms::about::About;
use policy::terms::word::Word;

use crate::workload::{Question, Slice, Subject};

/// Names literals.
pub(crate) struct Facts {
    consents: Word,
}

impl Facts {
    pub(crate) fn of(tables: &Tables) -> Self {
        let questions = tables.alphabet().questions().iter().filter(|question| question.about == About::Consent);
        Self { consents: questions.fold(Word::default(), |word, question| word.with(&question.bits)) }
    }

    /// Whether each side has a truth of its own for the literal.
    pub(crate) fn is_two_sided(&self, bit: u16) -> bool {
        self.consents.has(bit)
    }

    pub(crate) fn name(&self, bit: u16, side: Side) -> String {
        match (self.is_two_sided(bit), side) {
            (false, _) => format!("b{bit}"),
            (true, Side::Published) => format!("p{bit}"),
            (true, Side::Law) => format!("l{bit}"),
        }
    }

    /// All that a slice reads, as it is for one question and subject.
    pub(crate) fn told(&self, slice: &Slice<'_>, question: &Question, subject: &Subject) -> BTreeMap<String, bool> {
        let mut told = BTreeMap::new();
        let mut tell = |row: &Row, side: Side, word: &Word| {
            let reads = row.checks.iter().fold(Word::default(), |reads, check| reads.with(&check.gate.reads()));
            told.extend(reads.bits().map(|bit| (self.name(bit, side), word.has(bit))));
        };
        let (published, law) = (subject.published.with(&question.said), subject.law.with(&question.said));
        for (by_policy, by_law) in &slice.groups {
            tell(by_policy, Side::Published, &published);
            tell(by_law, Side::Law, &law);
        }
        told
    }
}
