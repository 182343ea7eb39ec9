//! Questions, their answers and their digits.

use super::digits::Digits;
use super::literal::{About, Alphabet, Word};
use crate::finding::Source;
use crate::question::Side;
use crate::{Sources, load};

fn alphabet() -> Alphabet {
    let policy = Source::new("policy.toml", include_str!("../../tests/fixtures/engine/policy.toml"));
    let operation = Source::new("operation.toml", include_str!("../../tests/fixtures/engine/operation.toml"));
    load(&Sources { policy: &policy, operation: Some(&operation) }).tables.unwrap().alphabet().clone()
}

#[test]
fn the_weights_of_an_answer_add_up_to_its_number() {
    for question in alphabet().questions() {
        for (number, answer) in question.answers.iter().enumerate() {
            let weight = |bit: u16| question.weights.iter().find(|(of, _)| *of == bit).unwrap().1;
            assert_eq!(answer.bits().map(|bit| usize::from(weight(bit))).sum::<usize>(), number, "{question:?}");
        }
    }
}

/// Two answers that differ anywhere differ in the digit of their question, on the side that sees them.
#[test]
fn every_answer_can_be_read_back_from_its_digit() {
    let alphabet = alphabet();
    let digits: &Digits = alphabet.digits();
    let nothing = Word::default();
    for (question, number) in alphabet.questions().iter().zip(0..) {
        for (answer, word) in question.answers.iter().enumerate() {
            for (side, subject) in
                [(Side::Published, digits.subject(word, &nothing)), (Side::Law, digits.subject(&nothing, word))]
            {
                let (digit, stride) = digits.digit(number, side).unwrap();
                let value = match digit {
                    super::digits::Digit::Asked(place) => digits.asked(word).at(place),
                    super::digits::Digit::Subject(place) => subject.at(place),
                };
                let shared = question.about == About::Subject && side == Side::Law;
                let read = usize::from(value / stride) % question.answers.len();
                assert_eq!(read, if shared { 0 } else { answer }, "{question:?} {side:?}");
            }
        }
    }
}
