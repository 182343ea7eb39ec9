//! What the bits of a word answer: questions with few answers each, whose numbers are digits.

use super::word::Word;

/// A question that literals answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Who or what it is about.
    pub about: About,
    /// Every bit that some answer sets.
    pub bits: Word,
    /// The answers that a projection can give.
    pub answers: Vec<Word>,
    /// What each bit adds to the number of the answer.
    pub weights: Vec<(u16, u8)>,
}

/// What a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The act that is asked for: who acts, for which product, under which facts.
    Asked,
    /// The subject: age, account, records, objections.
    Subject,
    /// A consent of the subject, which each side counts for itself.
    Consent,
}

/// At most so many answers to one question.
pub const ANSWERS: usize = 128;
