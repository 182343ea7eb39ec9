//! Cubes: for some questions, the answers that are in. A formula over bits becomes alternatives of cubes over questions,
//! where "relies on none of these five exceptions" is one cube and not thirty-two.

use std::collections::BTreeMap;

use super::formula::Formula;
use crate::terms::about::Question;
use crate::terms::literal::Alphabet;

/// A set of answers to one question, by their numbers.
pub(super) type Answers = u128;

/// All of: the answer to each of these questions is one of these. A question that is not named may have any.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cube(BTreeMap<u16, Answers>);

/// At most so many alternatives while turning a formula round; whatever needs more is no row anybody can read.
const ALTERNATIVES: usize = 1 << 10;

impl Cube {
    pub(super) fn questions(&self) -> impl Iterator<Item = (u16, Answers)> + '_ {
        self.0.iter().map(|(question, answers)| (*question, *answers))
    }

    /// The part in which the answer to a question is one of these; `None` when there is no such part.
    fn part(&self, question: u16, answers: Answers, all: Answers) -> Option<Self> {
        let mut part = self.clone();
        let left = part.0.get(&question).copied().unwrap_or(all) & answers;
        part.0.insert(question, left);
        if left == all {
            part.0.remove(&question);
        }
        (left != 0).then_some(part)
    }

    /// Whether everything in `other` is in here.
    fn holds_all_of(&self, other: &Self) -> bool {
        self.0.iter().all(|(question, answers)| other.0.get(question).is_some_and(|inner| inner & !answers == 0))
    }

    /// Both as one cube, where they differ in one question only.
    fn join(&self, other: &Self, questions: &[Question]) -> Option<Self> {
        if self.0.len() != other.0.len() || !self.0.keys().eq(other.0.keys()) {
            return None;
        }
        let mut apart = self.0.iter().filter(|(question, answers)| other.0.get(question) != Some(answers));
        let (question, answers) = apart.next()?;
        if apart.next().is_some() {
            return None;
        }
        let mut joined = self.clone();
        let either = answers | other.0.get(question)?;
        joined.0.insert(*question, either);
        if either == all(questions, *question) {
            joined.0.remove(question);
        }
        Some(joined)
    }
}

/// Every answer to a question.
fn all(questions: &[Question], question: u16) -> Answers {
    let answers = questions.get(usize::from(question)).map_or(0, |question| question.answers.len());
    Answers::MAX.checked_shr(u32::try_from(128_usize.saturating_sub(answers)).unwrap_or(0)).unwrap_or(0)
}

/// The cubes in which a formula is in a state; `None` when they are too many.
pub(super) fn cubes(alphabet: &Alphabet, formula: &Formula, holds: bool) -> Option<Vec<Cube>> {
    let terms = formula.terms().iter();
    let held: Vec<Cube> = terms.filter_map(|term| of_term(alphabet, &term.must, &term.must_not)).collect();
    let held = simplify(held, alphabet.questions());
    if holds { Some(held) } else { outside(vec![Cube::default()], &held, alphabet.questions()) }
}

/// What of `from` is in none of `these`, in cubes that do not overlap where `from` does not. The question with the most
/// answers is split first: which exception is relied on decides which of their conditions matter.
pub(super) fn outside(mut from: Vec<Cube>, these: &[Cube], questions: &[Question]) -> Option<Vec<Cube>> {
    let answers = |question: &u16| questions.get(usize::from(*question)).map_or(0, |one| one.answers.len());
    for cube in these {
        let mut order: Vec<(u16, Answers)> = cube.questions().collect();
        order.sort_by_key(|(question, _)| std::cmp::Reverse(answers(question)));
        let mut rest = Vec::new();
        for part in from {
            rest.extend(beyond(part, &order, questions));
        }
        from = simplify(rest, questions);
        if from.len() > ALTERNATIVES {
            return None;
        }
    }
    Some(from)
}

/// What of a cube is not within all of these answers; the cube as it is, where none of it is.
fn beyond(cube: Cube, within: &[(u16, Answers)], questions: &[Question]) -> Vec<Cube> {
    let mut rest = Vec::new();
    let mut inner = Some(cube.clone());
    for (question, answers) in within {
        let every = all(questions, *question);
        rest.extend(inner.as_ref().and_then(|inner| inner.part(*question, every & !answers, every)));
        inner = inner.and_then(|inner| inner.part(*question, *answers, every));
    }
    if inner.is_some() { rest } else { vec![cube] }
}

fn of_term(alphabet: &Alphabet, must: &crate::terms::word::Word, must_not: &crate::terms::word::Word) -> Option<Cube> {
    let questions = alphabet.questions();
    let mut cube = Cube::default();
    for (bit, wanted) in must.bits().map(|bit| (bit, true)).chain(must_not.bits().map(|bit| (bit, false))) {
        let number = alphabet.digits().question(bit)?;
        let question = questions.get(usize::from(number))?;
        let fitting = question.answers.iter().zip(0_u32..).filter(|(answer, _)| answer.has(bit) == wanted);
        let answers = fitting.fold(0, |answers: Answers, (_, place)| answers | 1 << place);
        cube = cube.part(number, answers, all(questions, number))?;
    }
    Some(cube)
}

/// The same in fewer cubes: those inside another are left out, those that differ in one question are joined.
fn simplify(mut cubes: Vec<Cube>, questions: &[Question]) -> Vec<Cube> {
    loop {
        cubes.sort_unstable();
        cubes.dedup();
        let kept = |(place, cube): (usize, &Cube)| {
            let others = cubes.iter().enumerate().filter(|(other, _)| *other != place);
            let mut others = others.map(|(_, other)| other);
            (!others.any(|other| other.holds_all_of(cube))).then(|| cube.clone())
        };
        let kept: Vec<Cube> = cubes.iter().enumerate().filter_map(kept).collect();
        let pairs =
            kept.iter().enumerate().flat_map(|(i, a)| kept.iter().enumerate().skip(i + 1).map(move |b| (i, a, b)));
        let joined = pairs.into_iter().find_map(|(i, a, (j, b))| Some((i, j, a.join(b, questions)?)));
        let Some((i, j, joined)) = joined else { return kept };
        let rest = kept.into_iter().enumerate().filter(|(place, _)| *place != i && *place != j);
        cubes = rest.map(|(_, cube)| cube).chain([joined]).collect();
    }
}
