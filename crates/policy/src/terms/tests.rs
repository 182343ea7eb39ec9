//! Questions, their answers and their digits.

use std::sync::Arc;

use model::Slug;

use super::about::About;
use super::digits::Digits;
use super::literal::{Alphabet, small};
use super::word::Word;
use crate::compile::Tables;
use crate::finding::Source;
use crate::question::Side;
use crate::syntax::Kind;
use crate::{Sources, load};

fn tables() -> Arc<Tables> {
    let policy = Source::new("policy.toml", include_str!("../../tests/fixtures/engine/policy.toml"));
    let operation = Source::new("operation.toml", include_str!("../../tests/fixtures/engine/operation.toml"));
    load(&Sources { policy: &policy, operation: Some(&operation) }).tables.unwrap()
}

fn alphabet() -> Alphabet {
    tables().alphabet().clone()
}

/// By id, name or clause, however its brackets are printed; what means several things, or nothing, has no place.
#[test]
fn a_name_is_led_where_the_names_of_the_program_lead() {
    let tables = tables();
    let (program, alphabet) = (tables.program(), tables.alphabet());
    let mut led = 0;
    for entry in program.names.entries() {
        let ids: Vec<&Slug> = match entry.kind {
            Kind::Item => alphabet.items.iter().collect(),
            Kind::Function => program.policy.functions.iter().map(|one| &one.id.value).collect(),
            Kind::Purpose => program.policy.purposes.iter().map(|one| &one.id.value).collect(),
            Kind::Recipient => program.policy.recipients.iter().map(|one| &one.id.value).collect(),
            Kind::Party => program.operation.parties.iter().map(|one| &one.id.value).collect(),
            _ => continue,
        };
        let printed = |text: &str| format!(" {}", text.replace('(', "\u{ff08}").replace(')', "\u{ff09}"));
        let texts =
            [entry.id.as_str(), entry.name.as_str()].into_iter().chain(entry.clauses.iter().map(String::as_str));
        for text in texts.flat_map(|text| [text.to_owned(), printed(text), format!("{text}?")]) {
            let named = program.names.find(entry.kind, &text).ok();
            let place = named.and_then(|id| ids.iter().position(|one| **one == id)).map(small);
            assert_eq!(alphabet.place(entry.kind, &text), place, "{text}");
            led += usize::from(place.is_some());
        }
    }
    assert!(led > 500, "{led} names");
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
