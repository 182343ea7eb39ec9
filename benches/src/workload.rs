//! The questions: drawn from what a platform declares, with random subjects and circumstances.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use policy::compile::{Flow, Row, Tables};
use policy::decide::{Judged, Posed};
use policy::question::Outcome;
use policy::terms::about::About;
use policy::terms::asked::Asked;
use policy::terms::digits::SubjectDigits;
use policy::terms::key::{Element, Part, Settling};
use policy::terms::literal::{Literal, Who};
use policy::terms::word::Word;

pub(crate) const QUESTIONS: usize = 4_096;
pub(crate) const SUBJECTS: usize = 1_024;
pub(crate) const ITEMS: usize = 8;

/// The day whose law is asked for.
pub(crate) const DAY: Date = date(2026, 6, 1);

/// Throws that depend on the seed alone (SplitMix64: Steele, Lea, Flood 2014).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % sides as u64).unwrap_or(0)
    }
}

/// A subject, as each side counts its consents.
pub(crate) struct Subject {
    pub(crate) published: Word,
    pub(crate) law: Word,
    pub(crate) digits: SubjectDigits,
}

/// One question, in the terms of the peers; what we are asked stands apart from it ([`Workload::posed`]).
pub(crate) struct Question {
    pub(crate) asked: Asked,
    pub(crate) said: Word,
    pub(crate) subject: usize,
    /// The slice of the policy that answers: one flow on one channel.
    pub(crate) slice: usize,
    /// For each item the group of the slice in which it is; `None`: undeclared.
    pub(crate) groups: Vec<Option<usize>>,
    /// Our answer, for each item.
    pub(crate) outcomes: Vec<Outcome>,
}

/// One flow on one channel: what it asks of each group of items that it treats alike.
pub(crate) struct Slice<'t> {
    pub(crate) settling: Settling,
    pub(crate) groups: Vec<(&'t Row, &'t Row)>,
}

pub(crate) struct Workload<'t> {
    pub(crate) subjects: Vec<Subject>,
    pub(crate) questions: Vec<Question>,
    /// Every question as we are asked it, with its subject.
    pub(crate) posed: Vec<(usize, Posed)>,
    pub(crate) slices: Vec<Slice<'t>>,
    /// Groups of items with demands of their own, on this day.
    pub(crate) rules: usize,
}

impl<'t> Workload<'t> {
    pub(crate) fn of(tables: &'t Tables, seed: u64) -> Self {
        let mut dice = Dice(seed);
        let subjects: Vec<Subject> = (0..SUBJECTS).map(|_| subject(tables, &mut dice)).collect();
        let mut drawing = Drawing { tables, slices: Vec::new(), known: BTreeMap::new() };
        let mut questions = Vec::new();
        while questions.len() < QUESTIONS {
            let whom = dice.roll(SUBJECTS);
            questions.extend(drawing.question(&mut dice, &subjects[whom], whom));
        }
        let posed = questions.iter().map(|one| (one.subject, tables.pose(&one.asked, &one.said, DAY))).collect();
        let rules = drawing.slices.iter().map(|slice| slice.groups.len()).sum();
        Self { subjects, questions, posed, slices: drawing.slices, rules }
    }
}

fn pick(tables: &Tables, dice: &mut Dice, about: About, word: &mut Word, law: Option<&mut Word>) {
    let mut law = law;
    for question in tables.alphabet().questions().iter().filter(|question| question.about == about) {
        // What is usual, the first answer, comes in half of all cases; a consent in three of four.
        let usual = usize::from(about == About::Consent);
        let first =
            if dice.roll(2) == 0 { usual.min(question.answers.len() - 1) } else { dice.roll(question.answers.len()) };
        *word = word.with(&question.answers[first]);
        if let Some(law) = law.as_deref_mut()
            && (about == About::Subject || dice.roll(5) > 0)
        {
            *law = law.with(&question.answers[first]);
        }
    }
}

fn subject(tables: &Tables, dice: &mut Dice) -> Subject {
    let (mut published, mut law) = (Word::default(), Word::default());
    pick(tables, dice, About::Subject, &mut published, Some(&mut law));
    pick(tables, dice, About::Consent, &mut published, Some(&mut law));
    let digits = tables.alphabet().digits().subject(&published, &law);
    Subject { published, law, digits }
}

/// The group of each item.
type Groups = BTreeMap<u16, usize>;

struct Drawing<'t> {
    tables: &'t Tables,
    slices: Vec<Slice<'t>>,
    /// By flow and channel: the slice, and where its items are.
    known: BTreeMap<(usize, Option<u16>), (usize, Groups)>,
}

impl Drawing<'_> {
    /// A question about a flow, unless another flow answers for one of its items, too: then the peers would have to choose
    /// as we do.
    fn question(&mut self, dice: &mut Dice, subject: &Subject, whom: usize) -> Option<Question> {
        let tables = self.tables;
        let number = dice.roll(tables.flows().len());
        let flow = &tables.flows()[number];
        let channels = u16::try_from(tables.program().policy.channels.len()).ok()?;
        let channel = Some(u16::try_from(dice.roll(usize::from(channels))).ok()?);
        let mut said = Word::default();
        pick(tables, dice, About::Asked, &mut said, None);
        let asked = asked(tables, flow, channel, &said, dice)?;
        let others = tables.flows_for(flow.action, flow.person).iter().filter(|one| !std::ptr::eq(*one, flow));
        let declared = |one: &Flow| asked.items.iter().flatten().any(|item| one.items.contains(item));
        if !flow.answers(&asked) || others.filter(|one| one.answers(&asked)).any(declared) {
            return None;
        }
        let (slice, groups) = self.slice(number, flow, channel);
        let groups = asked.items.iter().map(|item| item.and_then(|item| groups.get(&item).copied())).collect();
        let posed = tables.pose(&asked, &said, DAY);
        let mut judged = [Judged::UNDECLARED; ITEMS];
        tables.judge(&posed, &subject.digits, &mut judged);
        let outcomes = judged.iter().map(|one| one.outcome).collect();
        Some(Question { asked, said, subject: whom, slice, groups, outcomes })
    }

    fn slice(&mut self, number: usize, flow: &Flow, channel: Option<u16>) -> (usize, Groups) {
        let channel = channel.filter(|_| flow.by_channel);
        if let Some(known) = self.known.get(&(number, channel)) {
            return known.clone();
        }
        let mut groups: Vec<(&Row, &Row)> = Vec::new();
        let mut of_items = BTreeMap::new();
        for item in &flow.items {
            let Some(rows) = self.tables.rows_of(flow, *item, channel, DAY) else { continue };
            let same = |known: &(&Row, &Row)| std::ptr::eq(known.0, rows.0) && std::ptr::eq(known.1, rows.1);
            let place = groups.iter().position(same).unwrap_or_else(|| {
                groups.push(rows);
                groups.len() - 1
            });
            of_items.insert(*item, place);
        }
        self.slices.push(Slice { settling: flow.settling, groups });
        let slice = (self.slices.len() - 1, of_items);
        self.known.insert((number, channel), slice.clone());
        slice
    }
}

/// The question that means a flow: eight items, mostly its own.
fn asked(tables: &Tables, flow: &Flow, channel: Option<u16>, said: &Word, dice: &mut Dice) -> Option<Asked> {
    let all = tables.alphabet().items.len();
    let mut items = Vec::new();
    while items.len() < ITEMS {
        let own = flow.items[dice.roll(flow.items.len())];
        let any = u16::try_from(dice.roll(all)).ok()?;
        items.push(Some(if dice.roll(8) > 0 { own } else { any }));
    }
    let says = |who: Who| said.has(tables.alphabet().bit(Literal::By(who)));
    let who = [Who::Subject, Who::Staff, Who::System].into_iter().find(|who| says(*who))?;
    let within = matches!(flow.part, Part::Within(_)).then(|| flow.functions.first().copied()).flatten();
    let (function, purpose) = match flow.element {
        Element::Function(function) => (Some(function), None),
        Element::Use(_) => (flow.functions.first().copied(), flow.purposes.first().copied()),
        Element::Tracker(_) => (None, flow.purposes.first().copied()),
        Element::Share(_) => (within, None),
        Element::Disclosure(_) | Element::Record(_) | Element::Access => (None, None),
    };
    Some(Asked {
        action: flow.action,
        function,
        purpose,
        product: None,
        channel,
        recipient: flow.recipient,
        party: None,
        person: flow.person,
        source: None,
        items,
        exception: None,
        who,
        role: None,
        approved: false,
        clear_view: false,
        document: false,
    })
}
