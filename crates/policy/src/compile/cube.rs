//! Cubes: for some questions, the answers that are in. A formula over bits becomes alternatives of cubes over questions,
//! where "relies on none of these five exceptions" is one cube and not thirty-two.

use super::formula::Formula;
use crate::terms::about::Question;
use crate::terms::literal::Alphabet;

/// A set of answers to one question, by their numbers.
pub(super) type Answers = u128;

/// All of: the answer to each of these questions, ascending, is one of these. A question that is not named may have any.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cube(Vec<(u16, Answers)>);

/// At most so many alternatives while turning a formula round; whatever needs more is no row anybody can read.
const ALTERNATIVES: usize = 1 << 10;

impl Cube {
    pub(super) fn questions(&self) -> impl Iterator<Item = (u16, Answers)> + '_ {
        self.0.iter().copied()
    }

    /// Where a question stands, or would stand.
    fn place(&self, question: u16) -> Result<usize, usize> {
        self.0.binary_search_by_key(&question, |(known, _)| *known)
    }

    fn answers(&self, question: u16) -> Option<Answers> {
        self.0.get(self.place(question).ok()?).map(|(_, answers)| *answers)
    }

    /// The part in which the answer to a question is one of these; `None` when there is no such part.
    fn part(mut self, question: u16, answers: Answers, all: Answers) -> Option<Self> {
        let place = self.place(question);
        let left = self.answers(question).unwrap_or(all) & answers;
        match place {
            Ok(place) if left == all => {
                self.0.remove(place);
            }
            Ok(place) => self.0.get_mut(place).into_iter().for_each(|(_, answers)| *answers = left),
            Err(_) if left == all => {}
            Err(place) => self.0.insert(place, (question, left)),
        }
        (left != 0).then_some(self)
    }

    /// Whether everything in `other` is in here.
    fn holds_all_of(&self, other: &Self) -> bool {
        self.0.len() <= other.0.len()
            && self
                .0
                .iter()
                .all(|(question, answers)| other.answers(*question).is_some_and(|inner| inner & !answers == 0))
    }

    /// Both as one cube, where they differ in one question only.
    fn join(&self, other: &Self, questions: &[Question]) -> Option<Self> {
        if self.0.len() != other.0.len() {
            return None;
        }
        let mut apart = None;
        for (place, ((question, answers), (same, others))) in self.0.iter().zip(&other.0).enumerate() {
            if question != same || answers != others && apart.is_some() {
                return None;
            }
            if answers != others {
                apart = Some((place, *question, answers | others));
            }
        }
        let (place, question, either) = apart?;
        let mut joined = self.clone();
        if either == all(questions, question) {
            joined.0.remove(place);
        } else {
            joined.0.get_mut(place).into_iter().for_each(|(_, answers)| *answers = either);
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
        rest.extend(inner.clone().and_then(|inner| inner.part(*question, every & !answers, every)));
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
        let is_needless = |(place, cube): (usize, &Cube)| {
            let mut others = cubes.iter().enumerate().filter(|(other, _)| *other != place);
            others.any(|(_, other)| other.holds_all_of(cube))
        };
        let needless: Vec<bool> = cubes.iter().enumerate().map(is_needless).collect();
        let mut needless = needless.into_iter();
        cubes.retain(|_| needless.next() != Some(true));
        let rest = |i: usize| cubes.iter().enumerate().skip(i + 1);
        let mut pairs = cubes.iter().enumerate().flat_map(|(i, a)| rest(i).map(move |(j, b)| (i, a, j, b)));
        let joined = pairs.find_map(|(i, a, j, b)| Some((i, j, a.join(b, questions)?)));
        let Some((i, j, joined)) = joined else { return cubes };
        cubes.remove(j);
        cubes.remove(i);
        cubes.push(joined);
    }
}
