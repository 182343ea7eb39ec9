//! Digits: what is known, one small number for each bundle of questions, so that a row is judged by looking its digits up.
//!
//! A [`Word`] has a bit for each literal. Most combinations of bits cannot be: nobody relies on two exceptions, nobody is
//! under fourteen and not under eighteen. The answers to one question ([`Question`]) are therefore numbered, and several
//! questions with few answers share a digit. The digits of the question and those of the subject stand apart, because a
//! subject is projected once and asked about many times; consents have one digit as the published policy counts them and
//! one, beside it, as the law does.

use super::about::{About, Question};
use super::word::Word;
use crate::question::Side;

/// Digits that a question sets.
pub const ASKED: usize = 64;
/// Digits that the state of a subject sets.
pub const SUBJECT: usize = 192;
/// At most so many values of one digit, where questions are bundled.
const VALUES: usize = 16;

/// What a question says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedDigits([u8; ASKED]);

/// What is known of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubjectDigits([u8; SUBJECT]);

impl AskedDigits {
    /// The digit at a place; places end at [`ASKED`].
    #[inline]
    pub fn at(&self, place: u8) -> u8 {
        self.0.get(usize::from(place)).copied().unwrap_or(u8::MAX)
    }
}

impl SubjectDigits {
    /// The digit at a place; places end at [`SUBJECT`].
    #[inline]
    pub fn at(&self, place: u8) -> u8 {
        self.0.get(usize::from(place)).copied().unwrap_or(u8::MAX)
    }
}

/// A digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Digit {
    /// One of [`AskedDigits`].
    Asked(u8),
    /// One of [`SubjectDigits`].
    Subject(u8),
}

/// Where the answer to a question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    about: About,
    digit: u8,
    /// What the first answer but none adds to the digit.
    stride: u8,
}

/// What a bit adds to a digit when it is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Weight {
    about: About,
    digit: u8,
    adds: u8,
}

/// The digit of every question of one alphabet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Digits {
    places: Vec<Place>,
    /// By bit.
    weights: Vec<Option<Weight>>,
    /// By bit: the question that it answers.
    questions: Vec<Option<u16>>,
}

impl Digits {
    /// Deals the questions out to digits, in their order; `None` when there are too many.
    pub(super) fn of(questions: &[Question]) -> Option<Self> {
        let mut digits = Self::default();
        let (mut asked, mut subject) = (Dealer::default(), Dealer::default());
        for about in [About::Asked, About::Subject, About::Consent] {
            subject.turn(about == About::Consent);
            for (question, number) in questions.iter().zip(0..).filter(|(question, _)| question.about == about) {
                let dealer = if about == About::Asked { &mut asked } else { &mut subject };
                let (digit, stride) = dealer.deal(question.answers.len())?;
                digits.seat(number, question, Place { about, digit, stride });
            }
        }
        (usize::from(asked.next()?) <= ASKED && usize::from(subject.next()?) <= SUBJECT).then_some(digits)
    }

    fn seat(&mut self, number: u16, question: &Question, place: Place) {
        let number_at = usize::from(number);
        if self.places.len() <= number_at {
            self.places.resize(number_at + 1, place);
        }
        if let Some(seat) = self.places.get_mut(number_at) {
            *seat = place;
        }
        for (bit, adds) in &question.weights {
            let at = usize::from(*bit);
            if self.weights.len() <= at {
                self.weights.resize(at + 1, None);
                self.questions.resize(at + 1, None);
            }
            if let (Some(weight), Some(question)) = (self.weights.get_mut(at), self.questions.get_mut(at)) {
                let adds = adds.saturating_mul(place.stride);
                *weight = Some(Weight { about: place.about, digit: place.digit, adds });
                *question = Some(number);
            }
        }
    }

    /// The question that a bit answers.
    pub fn question(&self, bit: u16) -> Option<u16> {
        self.questions.get(usize::from(bit)).copied().flatten()
    }

    /// The digit that holds the answer to a question as a side sees it, and what each answer but the first adds to it.
    pub fn digit(&self, question: u16, side: Side) -> Option<(Digit, u8)> {
        let place = self.places.get(usize::from(question))?;
        let digit = match (place.about, side) {
            (About::Asked, _) => Digit::Asked(place.digit),
            (About::Consent, Side::Law) => Digit::Subject(place.digit + 1),
            (About::Subject | About::Consent, _) => Digit::Subject(place.digit),
        };
        Some((digit, place.stride))
    }

    /// The digits that a question sets.
    pub fn asked(&self, word: &Word) -> AskedDigits {
        let mut digits = AskedDigits([0; ASKED]);
        for weight in word.bits().filter_map(|bit| self.weight(bit)).filter(|weight| weight.about == About::Asked) {
            if let Some(digit) = digits.0.get_mut(usize::from(weight.digit)) {
                *digit = digit.saturating_add(weight.adds);
            }
        }
        digits
    }

    /// The digits that the state of a subject sets, as each side counts its consents.
    pub fn subject(&self, published: &Word, law: &Word) -> SubjectDigits {
        let mut digits = SubjectDigits([0; SUBJECT]);
        let mut add = |digit: u8, adds: u8| {
            if let Some(digit) = digits.0.get_mut(usize::from(digit)) {
                *digit = digit.saturating_add(adds);
            }
        };
        for weight in published.bits().filter_map(|bit| self.weight(bit)) {
            if weight.about != About::Asked {
                add(weight.digit, weight.adds);
            }
        }
        for weight in law.bits().filter_map(|bit| self.weight(bit)) {
            if weight.about == About::Consent {
                add(weight.digit + 1, weight.adds);
            }
        }
        digits
    }

    fn weight(&self, bit: u16) -> Option<Weight> {
        self.weights.get(usize::from(bit)).copied().flatten()
    }
}

/// Fills one digit after the other.
#[derive(Default)]
struct Dealer {
    digit: u8,
    values: usize,
    paired: bool,
}

impl Dealer {
    /// Begins with digits that stand alone, or in pairs of published policy and law.
    fn turn(&mut self, paired: bool) {
        if paired != self.paired {
            self.digit += u8::from(self.values > 1);
            self.values = 0;
            self.paired = paired;
        }
    }

    /// The digit of the next question and its stride.
    fn deal(&mut self, answers: usize) -> Option<(u8, u8)> {
        if self.values > 1 && self.values * answers > VALUES {
            self.digit = self.digit.checked_add(if self.paired { 2 } else { 1 })?;
            self.values = 0;
        }
        let stride = self.values.max(1);
        self.values = stride * answers;
        u8::try_from(self.values).ok()?;
        Some((self.digit, u8::try_from(stride).ok()?))
    }

    /// The first digit that is still free.
    fn next(&self) -> Option<u8> {
        self.digit.checked_add(if self.paired { 2 } else { 1 })
    }
}
